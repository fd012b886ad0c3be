//! D7: exactly k external neighbours.
//!
//! Bindal et al. 2006, "Improving traffic locality in BitTorrent via biased neighbor selection", in the setting of D6,
//! with a fixed symmetric graph of 35 neighbours, k of them external, inbound ones included, no re-announce. Setting and
//! expectation stand in `scenarios/validation/theory/d07-biased-neighbours.toml`.
//!
//! Asserted: redundancy falls with k, lies between 1 and a quarter of random at k = 1, and the median completion within
//! 15 % of random; for random lists the closed form of D6. Of the ranges of two independent simulators (25 to 27 at k = 17,
//! 9 to 16 at 4, 4.7 to 8.6 at 1) the middle one is missed: 25.3, 17.4 and 8.5. They are references of the scenario, so its
//! report shows the miss; `docs/limitations.md` says what is known of it.

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::PeerRow;

use super::accounts;
use super::simulate::{mean_and_error, resolve_file, run_all};

/// Arms of the scenario, with the external neighbours that a peer has and half the width of the published band.
const ARMS: [(&str, f64, f64); 4] =
    [("random", 35.0 * 650.0 / 699.0, 0.5), ("k-17", 17.0, 1.0), ("k-4", 4.0, 3.5), ("k-1", 1.0, 1.95)];

/// Three runs of each arm are as many as a minute allows; their errors are far below the bands.
const FEWER: &[(&str, &str)] = &[("experiment.replications", "3")];

/// Means over an arm's runs.
struct Seen {
    redundancy: f64,
    error: f64,
    median: f64,
    neighbours: f64,
    external: f64,
}

fn see(name: &str, runs: &[RunOutcome]) -> Seen {
    let over_runs = |of: &dyn Fn(&RunOutcome) -> f64| mean_and_error(&runs.iter().map(of).collect::<Vec<_>>());
    let per_peer = |run: &RunOutcome, of: fn(&PeerRow) -> u32| {
        run.peers.iter().map(|peer| f64::from(of(peer))).sum::<f64>() / run.peers.len() as f64
    };
    let (redundancy, error) = over_runs(&|outcome| outcome.run.isp_redundancy.unwrap());
    let (median, _) = over_runs(&|outcome| outcome.run.completion_median_s.unwrap());
    let (neighbours, _) = over_runs(&|outcome| per_peer(outcome, |peer| peer.connections));
    let (external, _) = over_runs(&|outcome| per_peer(outcome, |peer| peer.connections_external));
    println!(
        "{name}: redundancy {redundancy:.2} ± {error:.2}, median {median:.0} s, neighbours {neighbours:.2}, external \
         {external:.3}"
    );
    Seen { redundancy, error, median, neighbours, external }
}

#[test]
#[ignore = "long"]
fn d07_fewer_external_neighbours_bring_fewer_copies_into_an_isp() {
    let scenario = resolve_file("scenarios/validation/theory/d07-biased-neighbours.toml", FEWER);
    let runs = run_all(&scenario);
    for outcome in runs.iter().flatten() {
        accounts::check(&scenario, outcome);
        assert_eq!(outcome.run.ended, "all-complete");
    }
    let seen: Vec<Seen> = runs.iter().zip(ARMS).map(|(runs, (name, ..))| see(name, runs)).collect();
    let random = &seen[0];
    assert!((random.redundancy - 46.49).abs() <= 0.5, "random lists: {}", random.redundancy);
    for ((name, external, band), seen) in ARMS.iter().zip(&seen) {
        // Ever had: replacements among those that are complete count too. That nobody has more than the limits at a
        // time the world itself asserts.
        assert!((seen.neighbours / 35.0 - 1.0).abs() < 0.05, "{name}: {} neighbours", seen.neighbours);
        assert!((seen.external / external - 1.0).abs() < 0.05, "{name}: {} external neighbours", seen.external);
        assert!(3.0 * seen.error <= *band, "{name}: too noisy");
        assert!((seen.median / random.median - 1.0).abs() <= 0.15, "{name}: {} s", seen.median);
    }
    assert!(seen.windows(2).all(|pair| pair[0].redundancy > pair[1].redundancy), "redundancy falls with k");
    assert!(seen[3].redundancy >= 1.0 && seen[3].redundancy <= random.redundancy / 4.0);
}
