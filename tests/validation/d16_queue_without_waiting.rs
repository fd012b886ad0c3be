//! D16: peers that come by a Poisson process of rate λ and stay for a time of any law are an M/G/∞ queue.
//!
//! In steady state the population is Poisson with mean (and variance) λ·E[S], whatever the law of S (Kingman 1993, 5.2). From a
//! stationary start it is so at every instant. The room is tested by itself.
//!
//! **Sample size**: for each law 2,000 independent replications, one snapshot each at 0, 300 and 900 s; λ·E[S] = 60. Then the variance
//! ÷ mean lies within 1 ± 3·√(2/(n − 1)) = 1 ± 0.095.

use peerscape::population::Population;
use peerscape::random::Seed;
use peerscape::underlay::Underlay;
use peerscape::units::{Identity, SimTime};

use super::simulate::{mean_and_error, resolve};

const SCENARIO: &str = r#"
format = 1
title = "D16: an M/G/infinity population"
underlay.isps.isp = [{ name = "only", ases = [1] }]
service.file-swarming = { size = "1 MiB" }
arm = [{ name = "unmanaged", management = "none" }]

[population]
peers = 420
arrivals = { poisson = { mean-gap = "5 s" } }
access = [{ name = "line", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
seeds = { up = "1 Mbit/s" }
start = "stationary"
"#;

const SNAPSHOTS: u32 = 2_000;
const SECONDS: [u64; 3] = [0, 300, 900];

/// `session`: a law of mean 300 s.
fn holds(session: &str) {
    let scenario = resolve(SCENARIO, &[("population.session", session)]);
    let underlay = Underlay::build(&scenario.underlay, Seed::new(1, u32::MAX)).unwrap();
    let mut there = [const { Vec::new() }; SECONDS.len()];
    for replication in 0..SNAPSHOTS {
        let seed = Seed::new(16, replication);
        let population = Population::build(&scenario.population, &underlay, &|_| true, seed).unwrap();
        let last = population.arrival(Identity(population.peers() - 1));
        assert!(last > SimTime::from_nanos(900_000_000_000), "the crowd ends before the last snapshot: {last}");
        let mut counts = [0_u32; SECONDS.len()];
        for peer in (0..population.peers()).map(Identity) {
            let (from, until) = population.given_sessions(peer).next().unwrap();
            for (seconds, count) in SECONDS.iter().zip(&mut counts) {
                let at = SimTime::from_nanos(seconds * 1_000_000_000);
                *count += u32::from(from <= at && until.is_some_and(|until| at < until));
            }
        }
        for (count, there) in counts.iter().zip(&mut there) {
            there.push(f64::from(*count));
        }
    }
    for (seconds, there) in SECONDS.iter().zip(&there) {
        let (mean, error) = mean_and_error(there);
        let n = f64::from(SNAPSHOTS);
        let dispersion = error * error * n / mean;
        println!("{session} at {seconds} s: mean {mean:.3} ± {error:.3}, variance ÷ mean {dispersion:.4}");
        assert!(3.0 * error <= 0.05 * 60.0, "too noisy to tell");
        assert!((mean - 60.0).abs() <= 3.0 * error, "{session} at {seconds} s: mean {mean} ± {error}");
        let band = 3.0 * (2.0 / (n - 1.0)).sqrt();
        assert!((dispersion - 1.0).abs() <= band, "{session} at {seconds} s: variance ÷ mean {dispersion}");
    }
}

#[test]
fn d16_exponential_and_constant_stays() {
    holds("{ exponential = { mean = \"300 s\" } }");
    holds("\"300 s\"");
}

#[test]
fn d16_heavy_tailed_stays() {
    // 150 s·Γ(3) = 300 s.
    holds("{ weibull = { shape = 0.5, scale = \"150 s\" } }");
    // 300 s·e^(−1/2).
    holds("{ log-normal = { median = \"181.959198 s\", sigma = 1.0 } }");
    // 2.5 ÷ 1.5 × 180 s: infinite variance of the residual, finite mean.
    holds("{ pareto = { minimum = \"180 s\", shape = 2.5 } }");
}

#[test]
fn d16_uniform_stays() {
    holds("{ uniform = { from = \"100 s\", until = \"500 s\" } }");
}
