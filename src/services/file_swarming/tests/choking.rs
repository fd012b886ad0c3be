//! Choking.

use super::stage::{Stage, spec};
use crate::overlay::ConnId;
use crate::services::Role::{Consumer, Source};
use crate::services::file_swarming::masks::Relation;
use crate::services::file_swarming::{FileSwarmingSpec, SeedOrder, Ties};
use crate::units::{PeerSlot, SimDuration};

const PIECE: u64 = 65_536 * 8;
const FAST: u64 = 1_000_000_000;

fn unchoked(stage: &Stage, ends: &[ConnId]) -> Vec<bool> {
    ends.iter().map(|end| stage.swarm.masks.has(*end, Relation::Unchoking)).collect()
}

/// One slot, no optimistic one, rounds of ten seconds.
fn one_slot(pieces: u64) -> FileSwarmingSpec {
    let mut spec = spec(pieces);
    spec.choking.slots = 1;
    spec.choking.optimistic = 0;
    spec.seeding.slots = 1;
    spec
}

/// Connects `peer` with consumers that want from it; returns its ends.
fn audience(stage: &mut Stage, peer: PeerSlot, n: usize) -> Vec<ConnId> {
    (0..n)
        .map(|_| {
            let other = stage.add(0, FAST, Consumer);
            stage.connect(peer, other, 0)
        })
        .collect()
}

#[test]
fn free_slots_are_given_at_once_and_no_more_than_there_are() {
    let mut stage = Stage::new(&spec(100));
    let source = stage.add(PIECE, FAST, Source);
    let ends = audience(&mut stage, source, 7);
    assert_eq!(unchoked(&stage, &ends), [true, true, true, true, true, false, false]);
}

#[test]
fn a_slot_given_up_is_filled_at_once() {
    let mut stage = Stage::new(&one_slot(2));
    let source = stage.add(PIECE, FAST, Source);
    let ends = audience(&mut stage, source, 2);
    assert_eq!(unchoked(&stage, &ends), [true, false]);
    // Two pieces of a second: then the first wants nothing more.
    stage.run_until(Stage::seconds(2));
    assert_eq!(unchoked(&stage, &ends), [false, true]);
}

#[test]
fn tit_for_tat_gives_the_slot_to_whom_most_was_received_from() {
    let mut stage = Stage::new(&one_slot(400));
    let peer = stage.add(FAST, FAST, Consumer);
    // Everybody wants the peer's one piece; two of them send, at different rates.
    stage.swarm.pieces.set_have(peer, 399);
    let ends: Vec<ConnId> = [0, PIECE, PIECE * 3]
        .into_iter()
        .map(|up| {
            let other = stage.add(up, 1, Consumer);
            for piece in 0..300 {
                stage.swarm.pieces.set_have(other, piece);
            }
            stage.connect(peer, other, 0)
        })
        .collect();
    assert_eq!(unchoked(&stage, &ends), [true, false, false], "the first to come");
    stage.run_until(Stage::seconds(25));
    assert_eq!(unchoked(&stage, &ends), [false, false, true], "the one that sends most");
}

/// Who holds the only slot after each of twenty rounds, of eight neighbours that give nothing.
fn holders_among_equals(ties: Ties) -> Vec<usize> {
    let mut spec = one_slot(4_000);
    spec.choking.ties = ties;
    let mut stage = Stage::new(&spec);
    let peer = stage.add(FAST, FAST, Consumer);
    for piece in 0..300 {
        stage.swarm.pieces.set_have(peer, piece);
    }
    let ends: Vec<ConnId> = (0..8)
        .map(|_| {
            let other = stage.add(0, 8_000, Consumer);
            stage.connect(peer, other, 0)
        })
        .collect();
    (1..=20)
        .map(|round| {
            stage.run_until(Stage::seconds(round * 10));
            let held = unchoked(&stage, &ends);
            assert_eq!(held.iter().filter(|held| **held).count(), 1);
            held.iter().position(|held| *held).unwrap()
        })
        .collect()
}

#[test]
fn a_lasting_lot_gives_the_slot_to_the_same_of_equals_in_every_round() {
    let lasting = holders_among_equals(Ties::LastingLot);
    assert!(lasting.iter().all(|holder| *holder == lasting[0]), "{lasting:?}");
    let anew = holders_among_equals(Ties::Lot);
    assert!(anew.windows(2).filter(|pair| pair[0] != pair[1]).count() > 10, "{anew:?}");
}

#[test]
fn the_optimistic_slot_moves_every_third_round() {
    let mut spec = one_slot(4_000);
    spec.choking.optimistic = 1;
    let mut stage = Stage::new(&spec);
    let peer = stage.add(FAST, FAST, Consumer);
    stage.swarm.pieces.set_have(peer, 399);
    let ends = {
        let mut ends = Vec::new();
        for _ in 0..8 {
            let other = stage.add(0, 8_000, Consumer);
            ends.push(stage.connect(peer, other, 0));
        }
        ends
    };
    let mut holders = Vec::new();
    for round in 1..=30 {
        stage.run_until(Stage::seconds(round * 10));
        let of: Vec<usize> = (0..8).filter(|n| stage.swarm.masks.has(ends[*n], Relation::Optimistic)).collect();
        assert!(of.len() <= 1);
        holders.extend(of);
    }
    let changes = holders.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!((4..=12).contains(&changes), "{changes} changes in thirty rounds: {holders:?}");
    let mut all = holders.clone();
    all.sort_unstable();
    all.dedup();
    assert!(all.len() >= 4, "everybody gets a turn: {holders:?}");
}

#[test]
fn a_seed_keeps_a_receiver_until_its_quota_is_used_and_then_takes_who_waited_longest() {
    let mut spec = one_slot(400);
    spec.seeding.quota_pieces = 2;
    spec.seeding.quota_time = SimDuration::from_secs(15);
    let mut stage = Stage::new(&spec);
    let source = stage.add(PIECE, FAST, Source);
    let ends = audience(&mut stage, source, 3);
    let mut order = Vec::new();
    for second in 1..=120 {
        stage.run_until(Stage::seconds(second));
        let holder = unchoked(&stage, &ends).iter().position(|unchoked| *unchoked).unwrap();
        if order.last() != Some(&holder) {
            order.push(holder);
        }
    }
    assert!(order.len() >= 4, "{order:?}");
    let expected: Vec<usize> = if order[1] == 1 { vec![0, 1, 2] } else { vec![0, 2, 1] };
    for (turn, holder) in order.iter().enumerate() {
        assert_eq!(*holder, expected[turn % 3], "round-robin: {order:?}");
    }
}

#[test]
fn a_fastest_first_seed_prefers_whom_it_sends_most() {
    let mut spec = one_slot(4_000);
    spec.seeding.order = SeedOrder::FastestFirst;
    spec.seeding.slots = 2;
    spec.choking.optimistic = 1;
    let mut stage = Stage::new(&spec);
    let source = stage.add(PIECE * 10, FAST, Source);
    let ends: Vec<ConnId> = [PIECE / 2, PIECE / 4, PIECE * 4, PIECE * 3]
        .into_iter()
        .map(|down| {
            let other = stage.add(0, down, Consumer);
            stage.connect(source, other, 0)
        })
        .collect();
    stage.run_until(Stage::seconds(200));
    let slots = unchoked(&stage, &ends);
    assert!(slots[2] && slots[3], "both fast receivers have a slot: {slots:?}");
}

#[test]
fn a_peer_without_an_uplink_unchokes_nobody() {
    let mut stage = Stage::new(&spec(4));
    let rider = stage.add(0, FAST, Consumer);
    stage.swarm.pieces.set_have(rider, 0);
    let ends = audience(&mut stage, rider, 3);
    stage.run_until(Stage::seconds(60));
    assert_eq!(unchoked(&stage, &ends), [false; 3]);
}

#[test]
fn a_peer_with_nothing_to_decide_keeps_no_choke_clock() {
    let mut stage = Stage::new(&spec(1));
    let source = stage.add(PIECE, FAST, Source);
    let ends = audience(&mut stage, source, 2);
    stage.run_until(Stage::seconds(60));
    assert_eq!(unchoked(&stage, &ends), [false; 2]);
    for slot in 0..3 {
        assert!(!stage.swarm.peers[PeerSlot(slot)].round_pending, "slot {slot}");
    }
}
