//! The gallery's Poisson steady state: its population, as runs see it, is the one that its comments promise.
//!
//! Peers come at λ = 0.25 /s and stay for Weibull sessions of mean 20 min. By Little's law 300 are online on average, whoever lists
//! whom; and of those, λ times the mean time until a peer has everything or leaves still download. With a small content, since
//! neither law knows of the content, and without the search for further neighbours, which takes most of a run's time.
//!
//! **Sample size**: 40 replications of 45 min. A mean over 45 min has a standard deviation of 13, so that three standard errors are 2 %
//! of 300. The first 24 alone miss by 3.6 standard errors; 80 runs of two other root seeds come to 298.3 ± 1.7.

use std::sync::atomic::AtomicBool;

use peerscape::metrics::rows::PeerRow;
use peerscape::world::Prepared;

use super::simulate::{mean_and_error, resolve_file};

const SCENARIO: &str = "scenarios/managed-vs-unmanaged/poisson-steady-state.toml";
const RATE: f64 = 0.25;
/// λ times 13.72 min · Γ(1 + 1 ÷ 0.61511).
const ONLINE: f64 = RATE * 1200.01;
const WINDOW_S: f64 = 45.0 * 60.0;
const BAND: f64 = 0.025;

/// Seconds for which a peer downloaded: until it had everything or left. Both are known of all that are measured.
fn downloading(peer: &PeerRow) -> f64 {
    let ends = [peer.completion_s, peer.stay_s].into_iter().flatten().map(|time| time.0.as_secs_f64());
    ends.reduce(f64::min).unwrap()
}

#[test]
#[ignore = "long"]
fn the_steady_state_has_as_many_peers_as_littles_law_says() {
    let set = [
        ("service.file-swarming.size", "32 MiB"),
        ("discovery.low-mark", "0"),
        ("experiment.warm-up", "15 min"),
        ("experiment.horizon", "60 min"),
        ("experiment.replications", "40"),
    ];
    let scenario = resolve_file(SCENARIO, &set);
    let prepared = Prepared::new(&scenario, 1, u64::MAX).unwrap();
    let stop = AtomicBool::new(false);
    let (mut online, mut beyond) = (Vec::new(), Vec::new());
    for replication in 0..scenario.experiment.replications {
        let outcome = prepared.run(0, replication, &stop).unwrap();
        assert_eq!(outcome.run.ended, "all-complete");
        let (leechers, seeds) = (outcome.run.leechers_mean.unwrap(), outcome.run.seeds_mean.unwrap());
        online.push(leechers + seeds);
        let times = outcome.peers.iter().filter(|peer| peer.measured && peer.downloads()).map(downloading);
        beyond.push(leechers - times.sum::<f64>() / WINDOW_S);
        assert!(leechers > 1.0 && leechers < seeds, "{leechers} leechers, {seeds} seeds");
    }
    let (mean, error) = mean_and_error(&online);
    println!("{mean:.1} ± {error:.1} peers online");
    assert!(3.0 * error <= BAND * ONLINE, "too noisy: {mean} ± {error}");
    assert!((mean - ONLINE).abs() <= 3.0 * error, "{mean} ± {error} peers online instead of {ONLINE}");
    let (mean, error) = mean_and_error(&beyond);
    println!("{mean:.3} ± {error:.3} leechers more than arrivals times their time");
    assert!(mean.abs() <= 3.0 * error, "{mean} ± {error} leechers more than arrivals times their time");
}
