//! Common random numbers: what is given to a peer is the same in all arms, and stays when something else is added.

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::PeerRow;

use crate::runs::{outcome, run_text};

/// Everything that is drawn for a peer: access class, place, arrival, stay after completion.
const SCENARIO: &str = r#"
format = 1
title = "Are the arms given the same?"
experiment = { replications = 6, baseline = "unmanaged" }
underlay.tiered = { ases = 40, tier1 = 3 }
population.peers = 50
population.arrivals = { flash-crowd = { decay = "1 min" } }
population.after-completion = { stay-for = { exponential = { mean = "1 min" } } }
population.access = [
  { name = "adsl", share = 0.5, down = "16 Mbit/s", up = "1 Mbit/s" },
  { name = "vdsl", share = 0.3, down = "50 Mbit/s", up = "10 Mbit/s" },
  { name = "fibre", share = 0.2, down = "200 Mbit/s", up = "50 Mbit/s" },
]
population.seeds = { count = 1, up = "10 Mbit/s" }
discovery = { list = 10, wanted = 8, low-mark = 4 }
service.file-swarming = { size = "8 MiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "same-as", oms = { order = ["same-as"], external = { min = 2, max = 8 } }, unis = {} },
  { name = "server", management = "none", service = { client-server = { size = "8 MiB" } } },
]
"#;

/// What is given, as far as `peers.csv` shows it. Seconds that a peer stays after its completion are given too, and are
/// known of those that left: nanoseconds, exact.
#[derive(Debug, Clone, PartialEq)]
struct Given {
    peer: u32,
    place: (u32, String),
    access: Option<String>,
    arrival: String,
}

fn given(row: &PeerRow) -> Given {
    Given {
        peer: row.peer,
        place: (row.as_number, row.isp.clone()),
        access: row.access.clone(),
        arrival: format!("{:?}", row.arrival_s),
    }
}

fn given_to_all(outcome: &RunOutcome) -> Vec<Given> {
    outcome.peers.iter().map(given).collect()
}

/// How long each peer stayed after its completion, in nanoseconds, where it did.
fn stays(outcome: &RunOutcome) -> Vec<Option<u64>> {
    let stay = |row: &PeerRow| Some(row.stay_s?.0.as_nanos() - row.completion_s?.0.as_nanos());
    outcome.peers.iter().map(stay).collect()
}

#[test]
fn all_arms_are_given_the_same_and_replications_are_not() {
    let result = run_text(SCENARIO, &[]);
    let mut by_replication = Vec::new();
    for replication in 0..6 {
        let [one, other, third] = ["unmanaged", "same-as", "server"].map(|arm| outcome(&result, arm, replication));
        let expected = given_to_all(one);
        assert_eq!(expected.len(), 51, "everybody arrived, and the initial seed");
        assert_eq!(expected, given_to_all(other), "replication {replication}");
        assert_eq!(expected, given_to_all(third), "replication {replication}");
        // The stay is drawn for the peer, not for the moment: equal wherever the peer left in both arms.
        let both: Vec<(u64, u64)> = stays(one).into_iter().zip(stays(other)).filter_map(|(a, b)| a.zip(b)).collect();
        assert!(both.len() > 20, "{} peers left in both arms", both.len());
        assert!(both.iter().all(|(a, b)| a == b), "replication {replication}: {both:?}");
        by_replication.push(expected);
    }
    let peers = |replication: usize| &by_replication[replication][..50];
    for (one, other) in [(0, 1), (1, 2), (0, 5)] {
        let pairs = || peers(one).iter().zip(peers(other));
        assert!(pairs().all(|(a, b)| a.arrival != b.arrival), "replications {one} and {other}: arrivals");
        // Places and classes are few: some agree by chance, not all.
        assert!(pairs().any(|(a, b)| a.place != b.place) && pairs().any(|(a, b)| a.access != b.access));
    }
}

#[test]
fn another_seed_renumbers_nobody() {
    let one = run_text(SCENARIO, &[("experiment.replications", "2")]);
    let two = run_text(SCENARIO, &[("experiment.replications", "2"), ("population.seeds.count", "2")]);
    for (before, after) in one.outcomes.iter().zip(&two.outcomes) {
        let (before, after) = (given_to_all(before), given_to_all(after));
        // The new seed stands behind everybody; all others are whom they were.
        assert_eq!(after.len(), before.len() + 1);
        assert_eq!(before, after[..before.len()]);
    }
}

#[test]
fn another_peer_renumbers_nobody_who_arrives_at_once() {
    // In a flash crowd identities are places in the order of arrival: one more peer comes somewhere in between.
    let at_once = ("population.arrivals", "all-at-once");
    let few = run_text(SCENARIO, &[("experiment.replications", "2"), at_once]);
    let more = run_text(SCENARIO, &[("experiment.replications", "2"), at_once, ("population.peers", "51")]);
    for (before, after) in few.outcomes.iter().zip(&more.outcomes) {
        let (before, mut after) = (given_to_all(before), given_to_all(after));
        let added = after.remove(50);
        assert_eq!(added.peer, 50);
        assert_eq!(before, after);
    }
}

#[test]
fn the_correlation_between_arms_is_reported() {
    let result = run_text(SCENARIO, &[]);
    let row = result.comparison_of("same-as", "completion_mean_s").unwrap();
    let of =
        |arm: &str| -> Vec<f64> { (0..6).map(|n| outcome(&result, arm, n).run.completion_mean_s.unwrap()).collect() };
    let (x, y) = (of("unmanaged"), of("same-as"));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let moment = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(p, q)| (p - mean(a)) * (q - mean(b))).sum() };
    let expected = moment(&x, &y) / (moment(&x, &x) * moment(&y, &y)).sqrt();
    let reported = row.correlation.unwrap();
    assert!((reported - expected).abs() < 1e-9, "{reported} and {expected}");
    // Who has which line, and when they come, decides much of how long everybody takes, in all arms alike.
    assert!(reported > 0.5, "{reported}");
    // What is wholly given agrees wholly.
    let bound = result.comparison_of("same-as", "bound_s").unwrap();
    assert_eq!(bound.difference, Some(0.0));
    let csv = crate::runs::files(&crate::runs::resolved(SCENARIO, &[]), &crate::runs::ONE_BY_ONE, "");
    let text = String::from_utf8(csv["comparisons.csv"].clone()).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let column = header.iter().position(|name| *name == "correlation").unwrap();
    let line = text.lines().find(|line| line.starts_with("same-as,unmanaged,completion_mean_s,")).unwrap();
    assert_eq!(line.split(',').nth(column), Some(reported.to_string().as_str()));
}

#[test]
fn an_arm_more_changes_none_of_the_others() {
    let set = [("experiment.replications", "1")];
    let three = run_text(SCENARIO, &set);
    let fourth = "  { name = \"as-hops\", oms = { order = [\"as-hops\"] }, unis = {} },\n]\n";
    let text = format!("{}{fourth}", SCENARIO.trim_end().trim_end_matches(']'));
    let four = run_text(&text, &set);
    assert_eq!(four.outcomes.len(), 4);
    for outcome in &three.outcomes {
        let same = crate::runs::outcome(&four, &outcome.run.arm, 0);
        assert_eq!((&outcome.run, &outcome.peers), (&same.run, &same.peers));
    }
}
