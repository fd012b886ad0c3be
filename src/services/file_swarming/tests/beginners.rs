//! Beginners, the speed of a connection as a client measures it, and what stands in a send buffer.

use super::stage::{Stage, spec};
use crate::services::Role::{Consumer, Source};
use crate::services::file_swarming::spec::MessageDelay;
use crate::units::{Bytes, SimDuration};

/// Bits of a piece of the stage's swarm: four blocks.
const PIECE: u64 = 65_536 * 8;
const FAST: u64 = 1_000_000_000;

/// Pools of a peer that has no piece yet, while a slow sender and then a fast one serve it.
fn pools_with_a_slow_and_a_fast_sender(prioritize_partials: bool) -> Vec<u32> {
    let mut spec = spec(8);
    spec.pieces.prioritize_partials = prioritize_partials;
    let mut stage = Stage::new(&spec);
    let slow = stage.add(PIECE / 64, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    stage.connect(peer, slow, 0);
    stage.run_until(Stage::seconds(1));
    let fast = stage.add(PIECE / 4, FAST, Source);
    let end = stage.connect(peer, fast, 5);
    stage.swarm.ends[end.index()].last_rate = PIECE;
    stage.run_until(Stage::seconds(2));
    stage.swarm.pools.places(peer).map(|(_, pool)| pool.drains).collect()
}

#[test]
fn a_fast_connection_of_a_beginner_works_on_what_a_slow_one_has_begun() {
    assert_eq!(pools_with_a_slow_and_a_fast_sender(true), [2], "one piece, two senders");
    assert_eq!(pools_with_a_slow_and_a_fast_sender(false), [1, 1], "a piece each");
}

#[test]
fn the_measured_speed_of_a_constant_rate_is_the_average_second_by_second() {
    let mut spec = spec(8);
    spec.pieces.speed_average = Some(SimDuration::from_secs(5));
    let mut stage = Stage::new(&spec);
    let source = stage.add(PIECE, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    let end = stage.connect(peer, source, 0);
    let mut average = 0.0;
    for second in 1..=6 {
        stage.run_until(Stage::seconds(second));
        average += (PIECE as f64 - average) / 5.0;
        let speed = stage.with(|swarm, cx| swarm.speed(cx, end));
        // Each look back rounds down to a bit per second.
        assert!((speed as f64 - average).abs() < 4.0, "{speed} after {second} s, by hand {average}");
    }
}

#[test]
fn a_send_buffer_holds_no_more_than_was_asked_for_and_has_not_left() {
    let buffered = |send_buffer: u64| {
        let mut spec = spec(64);
        spec.pieces.queue = Some(SimDuration::from_secs(3));
        spec.tcp.messages =
            MessageDelay::BehindData { send_buffer: Bytes::new(send_buffer), queue: SimDuration::from_millis(150) };
        let mut stage = Stage::new(&spec);
        let source = stage.add(16_384 * 8, FAST, Source);
        let peer = stage.add(0, FAST, Consumer);
        let end = stage.connect(peer, source, 5);
        stage.run_until(Stage::seconds(2));
        stage.with(|swarm, cx| swarm.buffered(cx, cx.overlay.mate(end))).get()
    };
    // Three blocks are outstanding at 16 KiB/s, half of one has come; a quarter of a second's worth travels: 100 ms there and
    // back, and 150 ms in the queue.
    assert_eq!(buffered(1 << 20), 3 * 16_384 - 8_192 - 4_096);
    assert_eq!(buffered(20_000), 20_000, "what fits");
}
