//! Super-seeding.

use super::stage::{Stage, spec};
use crate::services::Role::{Consumer, Source};
use crate::services::Service as _;
use crate::services::file_swarming::FileSwarmingSpec;
use crate::services::file_swarming::masks::Relation;
use crate::units::{PeerSlot, SimDuration, SimTime};

const PIECE: u64 = 65_536 * 8;
const SECOND: u64 = 1_000_000_000;
const FAST: u64 = 1_000_000_000;

fn super_seeding(pieces: u64) -> FileSwarmingSpec {
    let mut spec = spec(pieces);
    spec.seeding.super_seeding = true;
    spec
}

fn pieces_of(stage: &Stage, peer: PeerSlot) -> Vec<u32> {
    (0..stage.swarm.pieces.pieces()).filter(|piece| stage.swarm.pieces.has(peer, *piece)).collect()
}

#[test]
fn neighbours_are_told_of_different_pieces_by_a_have_that_takes_its_time() {
    let mut stage = Stage::new(&super_seeding(8));
    let source = stage.add(PIECE * 4, FAST, Source);
    let peers: Vec<PeerSlot> = (0..4).map(|_| stage.add(0, FAST, Consumer)).collect();
    let ends: Vec<_> = peers.iter().map(|peer| stage.connect(*peer, source, 5)).collect();
    stage.run_until(SimTime::from_nanos(SECOND / 20 - 1));
    assert!(ends.iter().all(|end| !stage.swarm.masks.has(*end, Relation::Wants)), "nobody has heard of anything");
    stage.run_until(Stage::seconds(5));
    // 50 ms for the HAVE, 100 ms for unchoke and request, a second for a piece each of the four.
    for peer in &peers {
        assert_eq!(stage.times(*peer), [SECOND + 3 * SECOND / 20]);
    }
    let mut all: Vec<u32> = peers.iter().flat_map(|peer| pieces_of(&stage, *peer)).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 4, "four different pieces");
    assert_eq!(stage.sent(source), 4 * 65_536);
    assert!(ends.iter().all(|end| !stage.swarm.masks.has(*end, Relation::Wants)), "there is nothing else to want");
}

#[test]
fn a_lone_neighbour_is_told_of_the_next_piece_when_it_has_one() {
    let mut stage = Stage::new(&super_seeding(3));
    let source = stage.add(PIECE, FAST, Source);
    let peer = stage.add(0, FAST, Consumer);
    stage.connect(peer, source, 2);
    stage.run_until(Stage::seconds(5));
    // A HAVE, an unchoke, a request and the first byte take 20 ms each; then 20 ms more for the peer's own HAVE.
    let first = 60_000_000 + SECOND;
    let cycle = 80_000_000 + SECOND;
    assert_eq!(stage.times(peer), [first, first + cycle, first + 2 * cycle]);
}

#[test]
fn the_next_piece_waits_for_the_have_of_another_neighbour() {
    let mut stage = Stage::new(&super_seeding(10));
    let source = stage.add(PIECE * 2, FAST, Source);
    // One that passes on in two seconds, and one that takes everything and gives nothing.
    let giver = stage.add(PIECE / 2, FAST, Consumer);
    let taker = stage.add(0, FAST, Consumer);
    stage.connect(taker, giver, 1);
    stage.connect(giver, source, 2);
    stage.connect(taker, source, 2);
    stage.run_until(Stage::seconds(20));
    // Told at 20 ms, asked 40 ms later; both get half of the seed's line.
    let first = 60_000_000 + SECOND;
    // HAVE 10 ms, unchoke and request 20 ms, two seconds for the piece, HAVE to the seed 20 ms, the next told 20 ms, and
    // asked 40 ms: then it comes at the seed's full rate.
    let second = first + 30_000_000 + 2 * SECOND + 80_000_000 + SECOND / 2;
    assert_eq!(stage.times(giver)[..2], [first, second]);
    let to_taker = stage.sent(source) - 65_536 * pieces_of(&stage, giver).len() as u64;
    assert_eq!(to_taker, 65_536, "one piece to who passes nothing on");
}

#[test]
fn nobody_passes_anything_on_and_the_seed_loses_patience() {
    let mut stage = Stage::new(&super_seeding(3));
    let source = stage.add(PIECE * 2, FAST, Source);
    let peers = [stage.add(0, FAST, Consumer), stage.add(0, FAST, Consumer)];
    for peer in peers {
        stage.connect(peer, source, 0);
    }
    stage.run_until(Stage::seconds(100));
    for peer in peers {
        // A second for each piece, ten of patience between.
        assert_eq!(stage.times(peer)[..2], [SECOND, 12 * SECOND]);
        assert!(stage.swarm.is_complete(peer));
    }
    assert_eq!(stage.sent(source), 6 * 65_536);
}

/// What a homogeneous swarm of `peers` around one seed cost the seed: copies sent when the last piece had come to some
/// peer, and when the first peer was complete; then when the last one was, in tenths of a second, 0: never.
struct Cost {
    last_piece: f64,
    first_complete: f64,
    end: u64,
}

fn cost(spec: &FileSwarmingSpec, peers: u32, seed_up: u64) -> Cost {
    let mut stage = Stage::new(spec);
    let source = stage.add(seed_up, FAST, Source);
    let peers: Vec<PeerSlot> = (0..peers).map(|_| stage.add(PIECE, 8 * PIECE, Consumer)).collect();
    for (n, peer) in peers.iter().enumerate() {
        stage.connect(*peer, source, 4);
        for other in &peers[..n] {
            stage.connect(*peer, *other, 4);
        }
    }
    let content = spec.size.get() as f64;
    let mut cost = Cost { last_piece: 0.0, first_complete: 0.0, end: 0 };
    for tenth in 1..200_000 {
        stage.run_until(SimTime::ZERO.saturating_add(SimDuration::from_millis(tenth * 100)));
        let sent = stage.with(|swarm, cx| swarm.volume(cx, source)).payload as f64 / content;
        let some = |piece| peers.iter().any(|peer| stage.swarm.pieces.has(*peer, piece));
        if cost.last_piece == 0.0 && (0..stage.swarm.pieces.pieces()).all(some) {
            cost.last_piece = sent;
        }
        if cost.first_complete == 0.0 && peers.iter().any(|peer| stage.swarm.is_complete(*peer)) {
            cost.first_complete = sent;
        }
        if peers.iter().all(|peer| stage.swarm.is_complete(*peer)) {
            cost.end = tenth;
            break;
        }
    }
    stage.network.verify();
    cost
}

/// BEP 16: an ordinary seed may have to send 150 to 200 % of the content before another peer is complete, a super-seed
/// of limited bandwidth about 105 %.
#[test]
fn a_super_seed_sends_little_more_than_one_copy_until_another_peer_is_complete() {
    for (peers, pieces) in [(20, 200), (30, 400), (50, 400)] {
        for up in [1, 2, 4] {
            let ordinary = cost(&spec(pieces), peers, up * PIECE);
            let sparing = cost(&super_seeding(pieces), peers, up * PIECE);
            let case = format!(
                "{peers} peers, {pieces} pieces, seed {up}: ordinary {:.3} {:.3}, super {:.3} {:.3}; {} and {} s",
                ordinary.last_piece,
                ordinary.first_complete,
                sparing.last_piece,
                sparing.first_complete,
                ordinary.end / 10,
                sparing.end / 10
            );
            eprintln!("{case}");
            assert!(sparing.end > 0 && ordinary.end > 0, "all are complete: {case}");
            assert!((1.0..1.1).contains(&sparing.last_piece), "{case}");
            assert!(sparing.last_piece < ordinary.last_piece, "{case}");
            // "Limited bandwidth": a faster seed has everything out long before anybody is complete, and then sends like any.
            if up == 1 {
                assert!((1.0..1.1).contains(&sparing.first_complete), "{case}");
                assert!(sparing.first_complete < ordinary.first_complete, "{case}");
            }
        }
    }
}
