//! D3: Qiu and Srikant 2004, *Modeling and performance analysis of BitTorrent-like peer-to-peer networks*, section 3.
//!
//! Peers arrive by a Poisson process of rate λ, nobody gives up (θ = 0), a complete peer stays for an exponential time
//! of mean 1/γ. With the file as unit, c = 0.002 /s the downlink, μ = 0.00125 /s the uplink and γ = 0.005 /s, the mean
//! completion time in steady state is max(1/c, (1/μ − η_s/γ)/η), where η and η_s are the effectiveness of the uplinks of leechers
//! and of complete peers (the paper has η_s = 1): 600 s when both are 1. It does not depend on λ.
//!
//! Each run is held against the closed form with its own measured effectiveness, within 10 %; mean completion times
//! from λ = 0.5 to 5 agree within 5 %. Measurement begins after 75 min ≥ 5·(T + 1/γ). Fewer replications where λ is
//! larger: a run then measures more peers, and costs as much more. Settings: `scenarios/validation/theory/d03-*`.

use std::sync::OnceLock;

use peerscape::metrics::rows::RunRow;

use super::simulate::{mean_and_error, resolve, run_all};

/// A rate of arrivals: its scenario, replications, and the results, computed once by whichever test comes first.
struct Case {
    rate: f64,
    text: &'static str,
    replications: &'static str,
    runs: OnceLock<Vec<RunRow>>,
}

macro_rules! case {
    ($rate:literal, $name:literal, $replications:literal) => {
        Case {
            rate: $rate,
            text: include_str!(concat!("../../scenarios/validation/theory/d03-arrivals-", $name, ".toml")),
            replications: $replications,
            runs: OnceLock::new(),
        }
    };
}

static CASES: [Case; 4] = [case!(0.5, "0-5", "10"), case!(1.0, "1", "3"), case!(2.0, "2", "2"), case!(5.0, "5", "1")];

impl Case {
    fn runs(&self) -> &[RunRow] {
        self.runs.get_or_init(|| {
            let scenario = resolve(self.text, &[("experiment.replications", self.replications)]);
            run_all(&scenario).remove(0).into_iter().map(|outcome| outcome.run).collect()
        })
    }

    fn completion(&self) -> f64 {
        let times: Vec<f64> = self.runs().iter().map(|run| run.completion_mean_s.unwrap()).collect();
        mean_and_error(&times).0
    }
}

/// Every run within 10 % of the closed form; leechers as Little's law says, complete peers λ/γ.
fn fluid(case: &Case) {
    for run in case.runs() {
        assert_eq!((run.ended.as_str(), run.peers_censored), ("all-complete", 0));
        let (time, model) = (run.completion_mean_s.unwrap(), run.fluid_completion_s.unwrap());
        let (leechers, seeds) = (run.leechers_mean.unwrap(), run.seeds_mean.unwrap());
        println!(
            "λ = {}: {time:.1} s, fluid model {model:.1} s, η = {:.4}, η_s = {:.4}, {leechers:.1} leechers, {seeds:.1} seeds",
            case.rate,
            run.leecher_effectiveness.unwrap(),
            run.seed_effectiveness.unwrap(),
        );
        assert!(5.0 * (time + 200.0) <= 4500.0, "the warm-up is too short for T = {time}");
        assert!((time / model - 1.0).abs() <= 0.1, "λ = {}: {time} s is not {model} s", case.rate);
        // Over a window of a few T, Little's law and λ/γ hold but for chance.
        assert!((leechers / (case.rate * time) - 1.0).abs() <= 0.15, "{leechers} leechers at λ = {}", case.rate);
        assert!((seeds / (case.rate * 200.0) - 1.0).abs() <= 0.15, "{seeds} seeds at λ = {}", case.rate);
    }
}

#[test]
#[ignore = "long"]
fn d03_half_a_peer_a_second_behaves_like_the_fluid_model() {
    fluid(&CASES[0]);
    let times: Vec<f64> = CASES[0].runs().iter().map(|run| run.completion_mean_s.unwrap()).collect();
    let (mean, error) = mean_and_error(&times);
    assert!(3.0 * error <= 0.05 * mean, "too noisy to compare with: {mean} ± {error}");
}

#[test]
#[ignore = "long"]
fn d03_one_and_two_peers_a_second_behave_like_the_fluid_model() {
    fluid(&CASES[1]);
    fluid(&CASES[2]);
}

#[test]
#[ignore = "long"]
fn d03_five_peers_a_second_behave_like_the_fluid_model() {
    fluid(&CASES[3]);
}

#[test]
#[ignore = "long"]
fn d03_completion_does_not_depend_on_the_rate_of_arrivals() {
    // Longest first, so that the others can be computed meanwhile.
    let times: Vec<f64> = CASES.iter().rev().map(Case::completion).collect();
    let (least, most) = times.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), t| (a.min(*t), b.max(*t)));
    println!("mean completion at λ = 5, 2, 1, 0.5: {times:.1?} s");
    assert!(most / least - 1.0 <= 0.05, "{times:?}");
}
