//! D2: Mundinger, Weber and Weiss 2008, *Optimal scheduling of peer-to-peer file dissemination*, Journal of
//! Scheduling 11: with equal uplinks, free downlinks and no latency, a server and N peers need at least M + ⌊log₂ N⌋
//! rounds for M pieces, a round being the time of a piece at the full rate of an uplink.
//!
//! No schedule is faster, so the bound is hard. Tit-for-tat and rarest first are no schedule: the uplink is shared by
//! five slots, pieces travel five times slower than at full rate, and each duplicate from the seed, whose uplink is like the others,
//! delays the end. With 400 pieces the last completion is expected within twice the bound, as long as a slot
//! sends a piece within one choke round (an independent simulator: 1.4 with five slots, 2.7 where a piece takes five rounds).

use super::accounts;
use super::simulate::{mean_and_error, resolve, run_all};

/// A piece of 64 KiB at 524,288 bit/s: a round is one second, a slot's piece takes five, a choke round ten.
const SWARM: &str = include_str!("../../scenarios/validation/theory/d02-piece-rounds.toml");

/// (peers, pieces, rounds at least).
const CASES: [(u32, u32, u32); 3] = [(7, 1, 3), (15, 4, 7), (100, 400, 406)];

/// Last completion in rounds, run by run.
fn rounds(peers: u32, pieces: u32) -> Vec<f64> {
    let (count, size) = (peers.to_string(), format!("{} KiB", 64 * pieces));
    let scenario = resolve(SWARM, &[("population.peers", &count), ("service.file-swarming.size", &size)]);
    let runs = run_all(&scenario).remove(0);
    let last = |outcome: &peerscape::metrics::RunOutcome| {
        accounts::check(&scenario, outcome);
        assert_eq!(outcome.run.ended, "all-complete");
        outcome.run.last_completion_s.unwrap()
    };
    runs.iter().map(last).collect()
}

#[test]
fn d02_nobody_beats_the_piece_rounds_and_a_long_file_comes_within_twice() {
    for (peers, pieces, bound) in CASES {
        let bound = f64::from(bound);
        let rounds = rounds(peers, pieces);
        let (mean, error) = mean_and_error(&rounds);
        println!("N = {peers}, M = {pieces}: {mean:.2} ± {error:.2} rounds, {:.3} × the bound", mean / bound);
        for run in &rounds {
            assert!(*run >= bound, "N = {peers}, M = {pieces}: {run} rounds, fewer than {bound}");
        }
        if pieces == 400 {
            assert!(mean <= 2.0 * bound, "{mean} rounds are more than 2 × {bound}: {rounds:?}");
        }
    }
}
