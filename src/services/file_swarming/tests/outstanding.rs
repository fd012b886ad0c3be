//! Requests that are outstanding, and messages in the queue of a full uplink, against sums done by hand.

use super::stage::{Stage, spec};
use crate::overlay::ConnId;
use crate::services::Role::{Consumer, Source};
use crate::services::Service as _;
use crate::services::file_swarming::masks::Relation;
use crate::services::file_swarming::{FileSwarmingSpec, MessageDelay, PieceOrder};
use crate::units::{Bytes, PeerSlot, SimDuration, SimTime};

const SECOND: u64 = 1_000_000_000;
const FAST: u64 = 1_000_000_000;
/// Bits in a KiB.
const KIB: u64 = 8_192;

/// One piece of a MiB, requests for three seconds.
fn one_large_piece() -> FileSwarmingSpec {
    let mut spec = spec(16);
    spec.piece = spec.size;
    spec.pieces.queue = Some(SimDuration::from_secs(3));
    spec.pieces.end_game = false;
    spec
}

/// A receiver, a sender of 4 KiB/s and one of 44 KiB/s, both too slow for a piece of their own; the end from the slow one.
fn two_senders(spec: &FileSwarmingSpec) -> (Stage, PeerSlot, [PeerSlot; 2], ConnId) {
    let mut stage = Stage::new(spec);
    let senders = [4, 44].map(|rate| stage.add(rate * KIB, FAST, Source));
    let peer = stage.add(0, FAST, Consumer);
    let from_slow = stage.connect(peer, senders[0], 0);
    stage.connect(peer, senders[1], 0);
    (stage, peer, senders, from_slow)
}

#[track_caller]
fn about(seconds: f64, times: &[u64]) {
    let [time] = times else { panic!("one piece: {times:?}") };
    assert!((*time as f64 / 1e9 - seconds).abs() < 0.005, "{time} ns, not {seconds} s");
}

#[test]
fn what_a_slow_sender_was_asked_for_stays_with_it() {
    let (mut stage, peer, senders, _) = two_senders(&one_large_piece());
    stage.run_until(Stage::seconds(60));
    // After 17 2/3 s 848 of 1,024 KiB are here. The rest is asked for: 128 of the fast one (three seconds, in blocks), 32 of the slow
    // one (two blocks at least), which takes 8 s for that; a last block is left to the fast one.
    about(17.667 + 8.0, &stage.times(peer));
    let sent = senders.map(|sender| stage.sent(sender));
    assert_eq!(sent.iter().sum::<u64>(), 1 << 20);
    assert!(sent[0].abs_diff(25_667 * 4 * 1_024 / 1_000) < 1_024, "{sent:?}");
    stage.network.verify();
}

#[test]
fn senders_share_a_piece_to_its_end_where_nothing_is_outstanding() {
    let (mut stage, peer, ..) = two_senders(&FileSwarmingSpec {
        pieces: crate::services::file_swarming::PiecesSpec { queue: None, ..one_large_piece().pieces },
        ..one_large_piece()
    });
    stage.run_until(Stage::seconds(60));
    about(1_024.0 / 48.0, &stage.times(peer));
}

#[test]
fn a_part_that_is_given_up_goes_back_to_its_piece() {
    let (mut stage, peer, senders, from_slow) = two_senders(&one_large_piece());
    stage.run_until(Stage::seconds(22));
    let account = stage.with(|swarm, cx| swarm.close(cx, peer));
    let here = (1 << 20) - (25_667 - 22_000) * 4 * 1_024 / 1_000;
    assert!(account.partial.abs_diff(here) < 1_024, "{} of {here} bytes", account.partial);
    let chokes = stage.overlay.mate(from_slow);
    stage.choke(chokes);
    stage.run_until(Stage::seconds(60));
    // What the slow one would have taken 3 2/3 s for is left to the other.
    about(22.0 + 3.667 * 4.0 / 44.0, &stage.times(peer));
    let account = stage.with(|swarm, cx| swarm.close(cx, peer));
    assert_eq!((account.verified, account.partial, account.duplicate), (1 << 20, 0, 0));
    assert_eq!(senders.map(|sender| stage.sent(sender)).iter().sum::<u64>(), 1 << 20);
}

#[test]
fn a_run_of_pieces_reaches_forward_where_nothing_before_is_free() {
    let mut spec = spec(8);
    spec.pieces.contiguous = true;
    spec.pieces.random_first = 0;
    spec.pieces.order = PieceOrder::Sequential;
    let mut stage = Stage::new(&spec);
    // 20 s are enough for three pieces.
    let source = stage.add(64 * KIB * 8 / 50, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    let end = stage.connect(peer, source, 1);
    stage.swarm.ends[end.index()].last_rate = 64 * KIB * 8 / 50;
    stage.run_until(Stage::seconds(1));
    assert_eq!(stage.swarm.ends[end.index()].reserved, (1, 3));
}

/// The flow to `end` begins at this time, give or take 5 ms.
#[track_caller]
fn begins_at(stage: &mut Stage, end: ConnId, millis: u64) {
    for (at, begun) in [(millis - 5, false), (millis + 5, true)] {
        stage.run_until(SimTime::from_nanos(at * SECOND / 1_000));
        assert_eq!(stage.swarm.masks.has(end, Relation::In), begun, "at {at} ms");
    }
}

#[test]
fn handshakes_messages_and_first_data_stand_in_the_queue_of_a_full_uplink() {
    let mut spec = spec(400);
    spec.tcp.messages = MessageDelay::BehindData { send_buffer: Bytes::new(1), queue: SimDuration::from_millis(150) };
    let mut stage = Stage::new(&spec);
    // An initial window takes 100 ms.
    let source = stage.add(14_480 * 8 * 10, FAST, Source);
    let connect_at = |stage: &mut Stage, seconds: u64| {
        stage.run_until(Stage::seconds(seconds));
        let peer = stage.add(0, FAST, Consumer);
        stage.connect(peer, source, 1)
    };
    // INTERESTED, UNCHOKE, REQUEST and the data: 10 ms each, the line is idle.
    let first = connect_at(&mut stage, 0);
    begins_at(&mut stage, first, 40);
    // One connection sends: 100 ms each for the answer to SYN, the handshake, UNCHOKE and the data.
    let second = connect_at(&mut stage, 1);
    begins_at(&mut stage, second, 1_440);
    // Two would make 200 ms; the queue is full at 150.
    let third = connect_at(&mut stage, 2);
    begins_at(&mut stage, third, 2_640);
}
