//! D7: exactly k external neighbours.
//!
//! Bindal et al. 2006, "Improving traffic locality in BitTorrent via biased neighbor selection", in the setting of D6,
//! with a fixed symmetric graph of 35 neighbours, k of them external, inbound ones included, no re-announce. Setting and
//! expectation stand in `scenarios/validation/theory/d07-biased-neighbours.toml`. The bands are those of two independent
//! simulators.

use peerscape::metrics::RunOutcome;

use super::accounts;
use super::simulate::{mean_and_error, resolve_file, run_all};

/// Arms of the scenario: external neighbours, and the band of redundancy.
const ARMS: [(&str, f64, Option<(f64, f64)>); 4] = [
    ("random", 35.0 * 650.0 / 699.0, None),
    ("k-17", 17.0, Some((25.0, 27.0))),
    ("k-4", 4.0, Some((9.0, 16.0))),
    ("k-1", 1.0, Some((4.7, 8.6))),
];

struct Seen {
    redundancy: f64,
    median: f64,
}

/// What the runs of an arm give; asserts that the graph is what it should be.
fn see(arm: usize, runs: &[RunOutcome]) -> Seen {
    let (name, external, _) = ARMS[arm];
    let (mut redundancy, mut medians) = (Vec::new(), Vec::new());
    for outcome in runs {
        assert_eq!(outcome.run.ended, "all-complete");
        let everybody = outcome.peers.len() as f64;
        let mean = |of: &dyn Fn(&peerscape::metrics::rows::PeerRow) -> u32| {
            outcome.peers.iter().map(|peer| f64::from(of(peer))).sum::<f64>() / everybody
        };
        let (all, outside) = (mean(&|peer| peer.connections), mean(&|peer| peer.connections_external));
        let run = &outcome.run;
        println!(
            "{name}, replication {}: redundancy {:.2}, neighbours {all:.2}, external {outside:.3}, median completion \
             {:.0} s, mean {:.0} s",
            run.replication,
            run.isp_redundancy.unwrap(),
            run.completion_median_s.unwrap(),
            run.completion_mean_s.unwrap(),
        );
        // Ever had, so that replacements among the complete count too. That nobody has more at a time is asserted by
        // the world itself.
        assert!((all / 35.0 - 1.0).abs() < 0.05, "{name}: {all} neighbours");
        assert!((outside / external - 1.0).abs() < 0.05, "{name}: {outside} external neighbours");
        redundancy.push(run.isp_redundancy.unwrap());
        medians.push(run.completion_median_s.unwrap());
    }
    let (mean, error) = mean_and_error(&redundancy);
    let (median, _) = mean_and_error(&medians);
    println!("{name}: redundancy {mean:.2} ± {error:.2}, median {median:.0} s");
    assert!(3.0 * error <= 0.05 * mean, "{name}: too noisy");
    Seen { redundancy: mean, median }
}

#[test]
#[ignore = "long"]
fn d07_fewer_external_neighbours_bring_fewer_copies_into_an_isp() {
    let scenario = resolve_file("scenarios/validation/theory/d07-biased-neighbours.toml", &[]);
    let runs = run_all(&scenario);
    for outcome in runs.iter().flatten() {
        accounts::check(&scenario, outcome);
    }
    let seen: Vec<Seen> = runs.iter().enumerate().map(|(arm, runs)| see(arm, runs)).collect();
    let random = &seen[0];
    assert!(seen.windows(2).all(|pair| pair[0].redundancy > pair[1].redundancy), "redundancy falls with k");
    assert!(seen[3].redundancy >= 1.0 && seen[3].redundancy <= random.redundancy / 4.0);
    for ((name, _, band), seen) in ARMS.iter().zip(&seen) {
        assert!((seen.median / random.median - 1.0).abs() <= 0.15, "{name}: {} s", seen.median);
        if let Some((low, high)) = band {
            assert!((*low..=*high).contains(&seen.redundancy), "{name}: {}", seen.redundancy);
        }
    }
}
