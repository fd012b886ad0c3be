//! How a run ends, and that it says so: everybody complete, the deadline, or a piece lost.

use peerscape::metrics::RunOutcome;

use super::accounts;
use super::simulate::{resolve, run_all};

const SWARM: &str = r#"
format = 1
title = "Ends"
experiment = { replications = 1, deadline = "2 h", sampling = "10 s" }
underlay.latency = { inside = "10 ms", hop = "15 ms" }
underlay.isps.isp = [{ name = "north", ases = [64501] }, { name = "south", ases = [64502] }]
underlay.isps.link = [{ peers = [64501, 64502] }]
population.peers = 40
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "8 Mbit/s" }
service.file-swarming = { size = "16 MiB" }
arm = [{ name = "swarm", management = "none" }]
"#;

fn one_run(set: &[(&str, &str)]) -> RunOutcome {
    let scenario = resolve(SWARM, set);
    let outcome = run_all(&scenario).remove(0).remove(0);
    accounts::check(&scenario, &outcome);
    outcome
}

#[test]
fn a_run_ends_when_everybody_has_completed() {
    let outcome = one_run(&[]);
    let run = &outcome.run;
    assert_eq!((run.ended.as_str(), run.peers_completed, run.peers_censored), ("all-complete", 40, 0));
    let last = outcome.peers.iter().filter_map(|peer| peer.completion_s).max().unwrap();
    assert_eq!(run.ended_at_s, last, "in that very instant: everybody came at time zero");
    assert_eq!(run.last_completion_s, Some(last.0.as_secs_f64()));
}

/// The seed alone needs 134 Mbit ÷ 8 Mbit/s = 17 s to send one copy: nobody can be complete after 15 s.
#[test]
fn a_run_ends_at_the_deadline_with_everybody_censored() {
    let outcome = one_run(&[("experiment.deadline", "15 s")]);
    let run = &outcome.run;
    assert_eq!((run.ended.as_str(), run.peers_completed, run.peers_censored), ("deadline", 0, 40));
    assert_eq!(run.ended_at_s.0.as_secs_f64(), 15.0);
    assert_eq!((run.completion_mean_s, run.completion_median_s, run.last_completion_s), (None, None, None));
    assert!(run.partial_bytes > 0 && run.verified_bytes > 0, "what was under way is counted");
}

/// A deadline between two completions leaves some out of the mean, and quantiles empty where they are censored.
#[test]
fn peers_cut_off_by_the_deadline_are_counted_beside_the_mean() {
    let whole = one_run(&[]);
    let mut completions: Vec<_> = whole.peers.iter().filter_map(|peer| peer.completion_s).collect();
    completions.sort_unstable();
    let deadline = completions[29].0; // the thirtieth of forty
    let cut = one_run(&[("experiment.deadline", &format!("{} ns", deadline.as_nanos()))]);
    let run = &cut.run;
    let until: Vec<f64> = completions.iter().filter(|t| t.0 <= deadline).map(|t| t.0.as_secs_f64()).collect();
    assert_eq!((run.ended.as_str(), run.peers_completed as usize), ("deadline", until.len()));
    assert_eq!(run.peers_censored as usize, 40 - until.len());
    let mean = until.iter().sum::<f64>() / until.len() as f64;
    assert!((run.completion_mean_s.unwrap() / mean - 1.0).abs() < 1e-12);
    assert_eq!(run.completion_median_s, whole.run.completion_median_s, "the median is not censored");
    assert_eq!((run.completion_p95_s, run.completion_p99_s), (None, None), "the tail is");
    assert!(run.last_completion_s.is_none());
}

/// The initial seed leaves after 10 s: 80 of 134 Mbit were sent at most, some pieces exist nowhere.
#[test]
fn a_run_ends_when_the_initial_seed_leaves_before_the_last_piece_is_out() {
    let outcome = one_run(&[("population.seeds.departure", "10 s")]);
    let run = &outcome.run;
    assert_eq!((run.ended.as_str(), run.peers_completed, run.peers_censored), ("piece-lost", 0, 40));
    assert_eq!(run.ended_at_s.0.as_secs_f64(), 10.0, "at once: nobody who is here or will come can complete");
    assert!(run.seed_copies.unwrap() < 1.0);
}

/// It leaves after sixty seconds: every piece is out, the others finish by themselves.
#[test]
fn a_seed_that_leaves_after_the_last_piece_is_missed_by_nobody() {
    let outcome = one_run(&[("population.seeds.departure", "60 s"), ("population.seeds.up", "20 Mbit/s")]);
    let stay = outcome.peers.iter().find(|peer| peer.role == "seed").unwrap().stay_s.unwrap();
    assert_eq!(stay.0.as_secs_f64(), 60.0);
    assert!(outcome.run.last_completion_s.unwrap() > 60.0, "it left before the end");
    assert_eq!(outcome.run.ended, "all-complete");
}

/// The only holder of a piece is a peer that completes and leaves at once, after the initial seed has gone.
#[test]
fn a_piece_can_be_lost_with_a_peer() {
    let set = [
        ("population.peers", "12"),
        (
            "population.access",
            r#"[{ name = "rider", share = 0.5, down = "16 Mbit/s", up = "0 bit/s" },
                                  { name = "dsl", share = 0.5, down = "16 Mbit/s", up = "1 Mbit/s" }]"#,
        ),
        ("population.seeds.up", "50 Mbit/s"),
        ("population.seeds.departure", "8 s"),
        ("population.after-completion", "leave"),
        ("experiment.replications", "8"),
    ];
    let scenario = resolve(SWARM, &set);
    let runs = run_all(&scenario).remove(0);
    for outcome in &runs {
        accounts::check(&scenario, outcome);
    }
    let lost: Vec<&RunOutcome> = runs.iter().filter(|outcome| outcome.run.ended == "piece-lost").collect();
    assert!(lost.iter().any(|outcome| outcome.run.ended_at_s.0.as_secs_f64() > 8.0), "lost with a peer, not the seed");
    for outcome in lost {
        assert!(outcome.run.peers_censored > 0);
    }
}

/// Whoever will come counts: a piece lost while peers are still to come ends the run as well.
#[test]
fn peers_that_come_too_late_for_the_last_copy_are_not_waited_for() {
    let times: Vec<String> = (0..40).map(|n| format!("\"{} s\"", if n < 20 { 0 } else { 600 })).collect();
    let arrivals = format!("{{ list = {{ times = [{}] }} }}", times.join(", "));
    let set = [
        ("population.arrivals", arrivals.as_str()),
        ("population.after-completion", "leave"),
        ("population.seeds.departure", "300 s"),
    ];
    let outcome = one_run(&set);
    let run = &outcome.run;
    assert_eq!((run.ended.as_str(), run.peers, run.peers_completed), ("piece-lost", 20, 20));
    assert_eq!(run.ended_at_s.0.as_secs_f64(), 300.0);
}

/// A server that leaves takes the content with it.
#[test]
fn clients_of_a_server_that_leaves_are_censored() {
    let set =
        [("population.seeds.departure", "30 s"), ("service", "{ client-server = { size = \"16 MiB\", slots = 4 } }")];
    let outcome = one_run(&set);
    let run = &outcome.run;
    assert_eq!((run.ended.as_str(), run.ended_at_s.0.as_secs_f64()), ("piece-lost", 30.0));
    // 8 Mbit/s over four slots: 134.2 Mbit each at 2 Mbit/s take 67 s.
    assert_eq!((run.peers_completed, run.peers_censored), (0, 40));
}
