//! Pieces, pools and the request pipeline.

use super::stage::{Stage, spec};
use crate::services::Role::{Consumer, Source};
use crate::services::Service as _;
use crate::services::file_swarming::masks::Relation;
use crate::units::{SimDuration, SimTime};

/// Bits of a piece of the stage's swarm.
const PIECE: u64 = 65_536 * 8;
const SECOND: u64 = 1_000_000_000;
const FAST: u64 = 1_000_000_000;

#[test]
fn the_first_piece_after_an_unchoke_waits_one_round_trip_and_the_next_ones_follow_without_a_gap() {
    let mut stage = Stage::new(&spec(4));
    let source = stage.add(PIECE, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    stage.connect(peer, source, 3);
    stage.run_until(Stage::seconds(10));
    // 2 × 30 ms, then a piece a second.
    let expected: Vec<u64> = (1..=4).map(|n| 60_000_000 + n * SECOND).collect();
    assert_eq!(stage.times(peer), expected);
    assert!(stage.swarm.is_complete(peer));
}

#[test]
fn two_slow_senders_at_one_to_three_share_a_piece_and_finish_it_together() {
    let mut stage = Stage::new(&spec(1));
    // 100 s and 33 s a piece: both slower than 20 s.
    let slow = stage.add(PIECE / 64, FAST, Source);
    let faster = stage.add(PIECE / 64 * 3, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    stage.connect(peer, slow, 0);
    stage.connect(peer, faster, 0);
    stage.run_until(Stage::seconds(200));
    assert_eq!(stage.times(peer), [16 * SECOND], "at four times the slow rate");
    // A quarter and three quarters; the byte that both had begun is counted where it ended.
    let (from_slow, from_faster) = (stage.sent(slow), stage.sent(faster));
    assert!(from_slow.abs_diff(16_384) <= 1, "{from_slow}");
    assert_eq!(from_slow + from_faster, 65_536);
    let account = stage.with(|swarm, cx| swarm.close(cx, peer));
    assert_eq!((account.verified, account.duplicate), (65_536, 0));
    assert!(account.duplicate <= 16_384, "at most one block of duplicate for the extra sender");
}

#[test]
fn a_fast_sender_owns_its_piece_until_the_end_game_costs_a_block_of_duplicate() {
    let mut stage = Stage::new(&spec(1));
    let owner = stage.add(PIECE / 4, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    let end = stage.connect(peer, owner, 0);
    // Half the piece later a second sender comes: everything is requested, it joins.
    stage.swarm.ends[end.index()].last_rate = PIECE;
    stage.run_until(Stage::seconds(2));
    let joiner = stage.add(PIECE / 4, FAST, Source);
    stage.connect(peer, joiner, 0);
    stage.run_until(Stage::seconds(10));
    // Missing: half a piece and one block of duplicate (a quarter): 0.75 pieces at half a piece a second.
    assert_eq!(stage.times(peer), [3 * SECOND + SECOND / 2]);
    let account = stage.with(|swarm, cx| swarm.close(cx, peer));
    assert_eq!((account.verified, account.duplicate), (65_536, 16_384));
    assert_eq!(stage.sent(owner) + stage.sent(joiner), 65_536 + 16_384);
}

#[test]
fn without_the_end_game_nobody_joins_an_owned_piece() {
    let mut spec = spec(1);
    spec.pieces.end_game = false;
    let mut stage = Stage::new(&spec);
    let owner = stage.add(PIECE / 4, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    let end = stage.connect(peer, owner, 1);
    stage.swarm.ends[end.index()].last_rate = PIECE;
    stage.run_until(Stage::seconds(2));
    let other = stage.add(PIECE / 4, FAST, Source);
    let idle = stage.connect(peer, other, 1);
    stage.run_until(Stage::seconds(10));
    assert_eq!(stage.times(peer), [20_000_000 + 4 * SECOND]);
    assert!(!stage.swarm.masks.has(idle, Relation::In));
    assert_eq!(stage.sent(other), 0);
}

#[test]
fn a_choke_in_the_middle_of_a_piece_keeps_its_bytes_and_another_sender_finishes_it() {
    let mut stage = Stage::new(&spec(1));
    let first = stage.add(PIECE / 8, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    let end = stage.connect(peer, first, 0);
    stage.run_until(Stage::seconds(6));
    let chokes = stage.overlay.mate(end);
    stage.choke(chokes);
    stage.run_until(Stage::seconds(7));
    let second = stage.add(PIECE / 2, FAST, Source);
    stage.connect(peer, second, 5);
    stage.run_until(Stage::seconds(20));
    // Six eighths came from the first; a quarter at half a piece a second, one round trip of 100 ms after 7 s.
    assert_eq!(stage.times(peer), [7 * SECOND + SECOND / 10 + SECOND / 2]);
    assert_eq!((stage.sent(first), stage.sent(second)), (65_536 / 4 * 3, 65_536 / 4));
}

#[test]
fn only_whole_pieces_are_passed_on() {
    let mut stage = Stage::new(&spec(2));
    let source = stage.add(PIECE, FAST, Source);
    let middle = stage.add(FAST, FAST, Consumer);
    let last = stage.add(0, FAST, Consumer);
    stage.connect(middle, source, 0);
    stage.connect(last, middle, 0);
    stage.run_until(SimTime::from_nanos(SECOND - 1));
    assert!(!stage.swarm.peers[last].account.pieces > 0);
    stage.run_until(Stage::seconds(5));
    let hop = PIECE * SECOND / FAST;
    assert_eq!(stage.times(middle), [SECOND, 2 * SECOND]);
    assert_eq!(stage.times(last), [SECOND + hop, 2 * SECOND + hop]);
}

#[test]
fn a_have_is_heard_one_path_latency_later() {
    let mut stage = Stage::new(&spec(1));
    let source = stage.add(PIECE, FAST, Source);
    let middle = stage.add(PIECE, FAST, Consumer);
    let last = stage.add(0, FAST, Consumer);
    stage.connect(middle, source, 0);
    stage.connect(last, middle, 20);
    stage.run_until(Stage::seconds(5));
    // Verified at 1 s, heard 200 ms later, unchoked at once, first byte a round trip (400 ms) later.
    assert_eq!(stage.times(last), [2 * SECOND + 600_000_000]);
}

#[test]
fn the_request_pipeline_caps_a_connection_at_its_depth_per_round_trip() {
    let mut spec = spec(2);
    spec.pieces.pipeline = 2;
    let mut stage = Stage::new(&spec);
    let source = stage.add(FAST, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    stage.connect(peer, source, 50);
    stage.run_until(Stage::seconds(10));
    // Two blocks a round trip of one second: two seconds a piece.
    assert_eq!(stage.times(peer), [3 * SECOND, 5 * SECOND]);
}

#[test]
fn rarest_first_takes_the_piece_that_fewest_neighbours_have() {
    let mut spec = spec(8);
    spec.pieces.random_first = 0;
    let mut stage = Stage::new(&spec);
    let source = stage.add(PIECE, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    for _ in 0..3 {
        let other = stage.add(0, FAST, Consumer);
        for piece in (0..8).filter(|piece| *piece != 5) {
            stage.swarm.pieces.set_have(other, piece);
        }
        stage.connect(peer, other, 0);
    }
    stage.connect(peer, source, 0);
    stage.run_until(SimTime::from_nanos(SECOND));
    assert!(stage.swarm.pieces.has(peer, 5));
    assert_eq!(stage.swarm.peers[peer].account.pieces, 1);
}

#[test]
fn a_departure_leaves_the_pool_and_closes_the_books() {
    let mut stage = Stage::new(&spec(2));
    let source = stage.add(PIECE, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    let end = stage.connect(peer, source, 0);
    stage.run_until(SimTime::ZERO.saturating_add(SimDuration::from_millis(1_500)));
    stage.with(|swarm, cx| swarm.disconnecting(cx, end));
    let _ = stage.overlay.take_sent(stage.overlay.mate(end));
    stage.overlay.disconnect(end);
    let account = stage.with(|swarm, cx| swarm.left(cx, peer, false));
    assert_eq!((account.verified, account.partial, account.pieces), (65_536, 32_768, 1));
    assert_eq!(stage.sent(source), 65_536 + 32_768);
    stage.network.verify();
}
