//! Fallback of stalled peers to the origin.

use super::stage::{Stage, spec};
use crate::services::Role::{Consumer, FreeRider};
use crate::services::Service as _;
use crate::services::file_swarming::{FallbackSpec, FileSwarmingSpec};
use crate::units::{PeerSlot, SimDuration, SimTime};

const PIECE: u64 = 65_536 * 8;
const SECOND: u64 = 1_000_000_000;
const FAST: u64 = 1_000_000_000;
/// Two round trips between peers that are not connected.
const ASKING: u64 = 40_000_000;

/// A stall lasts ten seconds.
fn fallback(pieces: u64) -> FileSwarmingSpec {
    FileSwarmingSpec { fallback: Some(FallbackSpec { after: SimDuration::from_secs(10) }), ..spec(pieces) }
}

fn at(nanos: u64) -> SimTime {
    SimTime::from_nanos(nanos)
}

/// What a peer has fetched from origins.
fn fetched(stage: &mut Stage, peer: PeerSlot) -> u64 {
    stage.with(|swarm, cx| swarm.close(cx, peer)).from_origin
}

#[test]
fn another_origin_goes_on_with_the_piece_of_one_that_leaves() {
    let mut stage = Stage::new(&fallback(3));
    let peer = stage.add(0, FAST, Consumer);
    let (first, second) = (stage.add_seed(PIECE), stage.add_seed(PIECE));
    let begins = 10 * SECOND + ASKING;
    stage.run_until(at(begins + 3 * SECOND / 2));
    assert_eq!(stage.leave(first), 65_536 * 3 / 2);
    stage.run_until(Stage::seconds(20));
    let goes_on = begins + 3 * SECOND / 2 + ASKING;
    assert_eq!(stage.times(peer), [begins + SECOND, goes_on + SECOND / 2, goes_on + 3 * SECOND / 2]);
    assert_eq!(stage.sent(second), 65_536 * 3 / 2);
    assert_eq!(fetched(&mut stage, peer), 3 * 65_536);
    assert_eq!(stage.swarm.flows(), 0);
}

#[test]
fn without_an_origin_a_peer_asks_again_and_again() {
    let mut stage = Stage::new(&fallback(1));
    let peer = stage.add(0, FAST, Consumer);
    stage.run_until(Stage::seconds(25));
    stage.add_seed(PIECE);
    stage.run_until(Stage::seconds(40));
    assert_eq!(stage.times(peer), [30 * SECOND + ASKING + SECOND]);
}

#[test]
fn while_the_swarm_sends_nobody_asks() {
    let mut stage = Stage::new(&fallback(40));
    let seed = stage.add_seed(PIECE);
    let peer = stage.add(0, FAST, Consumer);
    stage.connect(peer, seed, 1);
    stage.run_until(Stage::seconds(60));
    assert_eq!(stage.times(peer).len(), 40);
    assert_eq!(fetched(&mut stage, peer), 0);
}

#[test]
fn the_piece_under_way_is_the_last_when_the_swarm_sends_again() {
    let mut stage = Stage::new(&fallback(40));
    let peer = stage.add(0, FAST, Consumer);
    stage.add_seed(PIECE);
    let begins = 10 * SECOND + ASKING;
    stage.run_until(at(begins + SECOND / 2));
    // Somebody else who has everything: four pieces a second. The origin's half piece comes all the same.
    let neighbour = stage.add(PIECE * 4, FAST, crate::services::Role::Source);
    stage.connect(peer, neighbour, 1);
    stage.run_until(Stage::seconds(30));
    assert_eq!(stage.times(peer).len(), 40);
    assert_eq!(fetched(&mut stage, peer), 65_536);
    assert_eq!(stage.sent(neighbour), 39 * 65_536);
}

#[test]
fn a_piece_that_a_neighbour_began_is_finished_first() {
    let mut stage = Stage::new(&fallback(8));
    let peer = stage.add(0, FAST, Consumer);
    let neighbour = stage.add(PIECE, FAST, crate::services::Role::Source);
    stage.add_seed(PIECE);
    let end = stage.connect(peer, neighbour, 1);
    // The first byte comes at 20 ms; a piece and three quarters of another later the neighbour is gone.
    stage.run_until(at(20_000_000 + 7 * SECOND / 4));
    stage.with(|swarm, cx| swarm.disconnecting(cx, end));
    for end in [end, stage.overlay.mate(end)] {
        stage.overlay.take_sent(end);
    }
    stage.overlay.disconnect(end);
    let stalled = 20_000_000 + 7 * SECOND / 4 + 10 * SECOND;
    stage.run_until(at(stalled + 2 * SECOND));
    assert_eq!(stage.times(peer)[1..], [stalled + ASKING + SECOND / 4, stalled + ASKING + 5 * SECOND / 4]);
}

#[test]
fn a_peer_that_never_uploads_may_ask_too_and_everybody_shares_the_origins_line() {
    let mut stage = Stage::new(&fallback(1));
    stage.add_seed(PIECE);
    let peers: Vec<PeerSlot> = [Consumer, FreeRider, Consumer, Consumer].map(|role| stage.add(1, FAST, role)).to_vec();
    stage.run_until(Stage::seconds(20));
    for peer in peers {
        assert_eq!(stage.times(peer), [10 * SECOND + ASKING + 4 * SECOND]);
    }
}
