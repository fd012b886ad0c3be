//! D9: a flash crowd with limited stays.
//!
//! Peers arrive at rate λ(t) = λ0·e^(−t/τ), λ0 = 2 /s, τ = 3600 s, 7,200 in all; each stays for an exponential time of mean
//! s = 600 s. The mean population is λ0·(e^(−t/τ) − e^(−t/s)) ÷ (1/s − 1/τ), with its peak where e^(−t/s)/s = e^(−t/τ)/τ. The room
//! is tested by itself, at given instants, never at a run's own maximum (which lies above the peak of the mean).
//!
//! **Sample size**: 100 replications of 7,200 peers.

use peerscape::population::Population;
use peerscape::random::Seed;
use peerscape::underlay::Underlay;
use peerscape::units::{Identity, SimTime};

use super::simulate::{mean_and_error, resolve};

const SCENARIO: &str = r#"
format = 1
title = "D9: a flash crowd with limited stays"
underlay.isps.isp = [{ name = "only", ases = [1] }]
service.file-swarming = { size = "1 MiB" }
arm = [{ name = "unmanaged", management = "none" }]

[population]
peers = 7200
arrivals = { flash-crowd = { decay = "1 h" } }
access = [{ name = "line", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
seeds = { up = "1 Mbit/s" }
session = { exponential = { mean = "10 min" } }
"#;

const RATE: f64 = 2.0;
const DECAY: f64 = 3_600.0;
const STAY: f64 = 600.0;

fn closed_form(t: f64) -> f64 {
    RATE * ((-t / DECAY).exp() - (-t / STAY).exp()) / (1.0 / STAY - 1.0 / DECAY)
}

#[test]
fn d09_the_closed_form_gives_the_published_numbers() {
    for (t, printed) in [(600.0, 689.2), (1_290.0, 838.6), (3_600.0, 526.2), (7_200.0, 194.9)] {
        assert!((closed_form(t) - printed).abs() < 0.05, "{t}: {}", closed_form(t));
    }
    let peak = (DECAY / STAY).ln() / (1.0 / STAY - 1.0 / DECAY);
    assert!((peak - 1_290.07).abs() < 0.005, "{peak}");
    assert!(closed_form(peak) > closed_form(peak - 1.0) && closed_form(peak) > closed_form(peak + 1.0));
}

#[test]
fn d09_the_mean_population_of_a_flash_crowd() {
    let scenario = resolve(SCENARIO, &[]);
    let underlay = Underlay::build(&scenario.underlay, Seed::new(1, u32::MAX)).unwrap();
    let peak = (DECAY / STAY).ln() / (1.0 / STAY - 1.0 / DECAY);
    let times = [600.0, peak, 3_600.0, 7_200.0];
    let mut there: Vec<Vec<f64>> = vec![Vec::new(); times.len()];
    for replication in 0..100 {
        let seed = Seed::new(9, replication);
        let population = Population::build(&scenario.population, &underlay, &|_| true, seed).unwrap();
        assert_eq!(population.peers(), 7_200);
        let spans: Vec<(SimTime, SimTime)> = (0..population.peers())
            .map(|peer| {
                let mut sessions = population.given_sessions(Identity(peer));
                let (from, until) = sessions.next().unwrap();
                assert!(sessions.next().is_none(), "nobody comes again");
                (from, until.unwrap())
            })
            .collect();
        for (t, counts) in times.iter().zip(&mut there) {
            let at = SimTime::from_nanos((t * 1e9) as u64);
            counts.push(spans.iter().filter(|(from, until)| *from <= at && at < *until).count() as f64);
        }
    }
    for (t, counts) in times.iter().zip(&there) {
        let (found, error) = mean_and_error(counts);
        let expected = closed_form(*t);
        println!("at {t:.0} s: {found:.2} ± {error:.2}, expected {expected:.2}");
        assert!(3.0 * error <= 0.05 * expected, "at {t} s: too noisy to tell: {found} ± {error}");
        assert!((found - expected).abs() <= 3.0 * error, "at {t} s: {found} ± {error} is not {expected}");
    }
}
