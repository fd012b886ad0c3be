//! The strategies of the catalog seen from scenario files: whom they prefer, what they cost, what they need.

use std::fs;

use peerscape::experiment::{ExperimentResult, Finding};
use peerscape::scenario::{Overrides, load};
use peerscape::selection::Catalog;

use crate::runs::{folder_with, outcome, resolved, run_text};

/// Sixty peers in six ISPs: two providers that peer, and two customers behind each. Half of the peers have a fast
/// uplink. Lists are short, so that it matters who is on them.
const SCENARIO: &str = r#"
format = 1
title = "Whom does each strategy prefer?"
experiment = { replications = 4, baseline = "random", deadline = "2 h" }
underlay.isps.isp = [
  { name = "west", ases = [1] }, { name = "east", ases = [2] },
  { name = "a", ases = [11] }, { name = "b", ases = [12] }, { name = "c", ases = [21] }, { name = "d", ases = [22] },
]
underlay.isps.link = [
  { peers = [1, 2], latency = "60 ms" },
  { provider = 1, customer = 11 }, { provider = 1, customer = 12 },
  { provider = 2, customer = 21 }, { provider = 2, customer = 22 },
  { peers = [11, 21], latency = "40 ms" }, { peers = [12, 22], latency = "5 ms" },
]
population.peers = 60
population.placement = { uniform = { over = "stubs" } }
population.arrivals = { uniform = { within = "1 min" } }
population.access = [
  { name = "slow", share = 0.5, down = "16 Mbit/s", up = "1 Mbit/s" },
  { name = "fast", share = 0.5, down = "16 Mbit/s", up = "8 Mbit/s" },
]
population.seeds = { up = "8 Mbit/s" }
discovery = { list = 8, wanted = 8, max-connections = 30, low-mark = 2, interval = "30 s" }
service.file-swarming = { size = "16 MiB" }
arm = [
  { name = "random", management = "none" },
  { name = "round-trip", management = "none", contacts = "round-trip" },
  { name = "peer-priority", management = "none", contacts = "peer-priority" },
  { name = "lowest-latency", oms = { order = ["lowest-latency"] }, unis = {} },
  { name = "transit-cost", oms = { order = ["transit-cost"] }, unis = {} },
  { name = "highest-bandwidth", oms = { order = ["highest-bandwidth"], reports = { uplink = true } } },
  { name = "rarest-holders", oms = { order = ["rarest-holders"], reports = { pieces = "5 s" } } },
  { name = "mixed", oms = { order = [{ weighted = { transit-cost = 1, highest-bandwidth = 1 } }], reports = { uplink = true } }, unis = {} },
]
"#;

#[track_caller]
fn is(result: &ExperimentResult, arm: &str, metric: &str, finding: Finding) {
    let row = result.comparison_of(arm, metric).unwrap();
    assert_eq!(row.verdict, finding.name(), "{row:?}");
}

/// Connections of fast peers ÷ connections of slow ones, over all replications.
fn preference(result: &ExperimentResult, arm: &str) -> f64 {
    let (mut fast, mut slow) = ((0, 0), (0, 0));
    for replication in 0..4 {
        for peer in outcome(result, arm, replication).peers.iter().filter(|peer| peer.role == "peer") {
            let of = if peer.access.as_deref() == Some("fast") { &mut fast } else { &mut slow };
            *of = (of.0 + peer.connections, of.1 + 1);
        }
    }
    (f64::from(fast.0) / f64::from(fast.1)) / (f64::from(slow.0) / f64::from(slow.1))
}

#[test]
fn each_strategy_does_what_it_is_for() {
    let result = run_text(SCENARIO, &[]);
    for outcome in &result.outcomes {
        assert_eq!(outcome.run.ended, "all-complete", "{}", outcome.run.arm);
    }
    is(&result, "transit-cost", "transit_bytes", Finding::Lower);
    is(&result, "transit-cost", "inter_isp_share", Finding::Lower);
    is(&result, "lowest-latency", "list_external_share", Finding::Lower);
    is(&result, "mixed", "transit_bytes", Finding::Lower);
    // Chance prefers nobody: within 10 % of one, where preference is at least half as much again.
    let random = preference(&result, "random");
    assert!((0.9..1.1).contains(&random), "{random}");
    for (arm, least) in [("highest-bandwidth", 1.5), ("mixed", 1.2)] {
        let preference = preference(&result, arm);
        assert!(preference > least * random, "{arm}: {preference}, at random {random}");
    }
    // What peers reported has an age: at most that of the last announce or report, and the way here.
    for arm in ["random", "lowest-latency", "transit-cost"] {
        assert_eq!(outcome(&result, arm, 0).run.report_age_mean_s, None);
    }
    let age = |arm| outcome(&result, arm, 0).run.report_age_mean_s.unwrap();
    // Seeds report once, when they announce themselves; what others hold is at most five seconds and a way old.
    assert!(age("rarest-holders") > 0.0 && age("rarest-holders") < 30.0, "{}", age("rarest-holders"));
    assert!(age("highest-bandwidth") < 31.0);
    reports_are_counted(&result);
    the_given_is_equal(&result);
}

/// One report in five seconds of a peer that lacks something: 28 + 56 bytes and a bit for each of 64 pieces.
fn reports_are_counted(result: &ExperimentResult) {
    for replication in 0..4 {
        let outcome = outcome(result, "rarest-holders", replication);
        let sent = outcome.messages.iter().find(|row| row.message == "activity-report").unwrap();
        assert_eq!((sent.from.as_str(), sent.to.as_str(), sent.lost), ("peer", "oms", 0));
        assert_eq!(sent.bytes, sent.messages * (28 + 56 + 8));
        let peers = outcome.peers.iter().filter(|peer| peer.role == "peer");
        let expected: u64 = peers.map(|peer| (peer.completion_s.unwrap().0.as_nanos() - 1) / 5_000_000_000).sum();
        assert_eq!(sent.messages, expected);
        let mut others = outcome.messages.iter().filter(|row| row.to == "oms" && row.message == "announce");
        assert!(others.all(|row| row.bytes == row.messages * 126));
        let bandwidth = crate::runs::outcome(result, "highest-bandwidth", replication);
        let announces = bandwidth.messages.iter().find(|row| row.message == "announce").unwrap();
        assert_eq!(announces.bytes, announces.messages * 130, "four bytes say the uplink");
    }
}

/// Peers' places, lines and times are the same in all arms.
fn the_given_is_equal(result: &ExperimentResult) {
    for replication in 0..4 {
        let given = |arm: &str| -> Vec<_> {
            let peers = outcome(result, arm, replication).peers.iter();
            peers.map(|p| (p.peer, p.as_number, p.access.clone(), p.arrival_s)).collect()
        };
        let random = given("random");
        for arm in result.outcomes.iter().map(|outcome| outcome.run.arm.as_str()) {
            assert_eq!(given(arm), random, "{arm}");
        }
    }
}

#[test]
fn clients_choose_among_those_listed() {
    // Lists are longer than what a peer wants.
    let set = [("discovery.list", "40"), ("discovery.wanted", "6"), ("experiment.replications", "6")];
    let result = run_text(SCENARIO, &set);
    is(&result, "round-trip", "connection_external_share", Finding::Lower);
    for replication in 0..6 {
        let random = &outcome(&result, "random", replication).run;
        let hashed = &outcome(&result, "peer-priority", replication).run;
        assert_ne!(random.fingerprint, hashed.fingerprint);
        let measured = outcome(&result, "round-trip", replication);
        let of = |message: &str| measured.messages.iter().find(|row| row.message == message).unwrap();
        let (probes, answers) = (of("probe"), of("probe-answer"));
        assert_eq!((probes.from.as_str(), probes.to.as_str()), ("peer", "peer"));
        assert_eq!((probes.bytes, answers.bytes), (probes.messages * 84, answers.messages * 75));
        // Whoever is gone does not answer; some probes may be under way at the end.
        assert!(answers.messages <= probes.messages - probes.lost);
        assert!(measured.run.list_external_share.unwrap() > 0.6, "the tracker's lists stay random");
    }
}

#[test]
fn a_resolved_scenario_keeps_reports_samples_and_mixtures() {
    let set = [("arm.highest-bandwidth.oms.sample", "2")];
    let text = resolved(SCENARIO, &set).to_toml();
    for line in [
        "order = [\"highest-bandwidth\"]\nunguided = 0.0\nreports = { uplink = true, pieces = \"never\" }",
        "reports = { uplink = false, pieces = \"5 s\" }",
        "sample = 2",
        "contacts = { round-trip = { timeout = \"1 s\" } }",
        "contacts = \"peer-priority\"",
        "order = [{ weighted = { highest-bandwidth = 1, transit-cost = 1 } }]",
    ] {
        assert_eq!(text.matches(line).count(), 1, "{line} in\n{text}");
    }
    assert_eq!(text.matches("sample = 4").count(), 2, "where nothing is scored, nothing is sampled");
    assert_eq!(resolved(&text, &[]).to_toml(), text);
    // A larger sample finds faster peers.
    let one = [("experiment.replications", "4"), ("arm.highest-bandwidth.oms.sample", "1")];
    let sampled = run_text(SCENARIO, &one);
    assert!(preference(&sampled, "highest-bandwidth") < 1.15, "nobody is left out: only the order is left");
}

/// What people read when `from` is replaced by `to`.
#[track_caller]
fn refusal(from: &str, to: &str) -> String {
    let text = SCENARIO.replacen(from, to, 1);
    assert_ne!(text, SCENARIO);
    let folder = folder_with(&text, &[]);
    let path = fs::canonicalize(folder.path()).unwrap().join("trial.toml");
    let errors = load(&path, &Overrides::default(), &Catalog::standard()).unwrap_err();
    errors.render(false).replace(&format!("{}/", path.parent().unwrap().display()), "")
}

#[test]
fn what_a_strategy_needs_and_nobody_supplies_is_refused_with_advice() {
    insta::assert_snapshot!("strategy_needs_uplinks", refusal("reports = { uplink = true } } },", "} },"));
    insta::assert_snapshot!("strategy_needs_pieces", refusal("pieces = \"5 s\"", "uplink = true"));
    insta::assert_snapshot!(
        "strategy_needs_delays",
        refusal("[\"lowest-latency\"] }, unis = {}", "[\"lowest-latency\"] }")
    );
    insta::assert_snapshot!(
        "mixture_needs_what_its_parts_need",
        refusal("reports = { uplink = true } }, unis", "}, unis")
    );
}

#[test]
fn nonsense_is_refused() {
    insta::assert_snapshot!("mixture_of_nothing", refusal("{ transit-cost = 1, highest-bandwidth = 1 }", "{}"));
    insta::assert_snapshot!("mixture_with_a_negative_weight", refusal("transit-cost = 1", "transit-cost = -1"));
    insta::assert_snapshot!("mixture_of_an_unknown_strategy", refusal("transit-cost = 1", "transit-costs = 1"));
    insta::assert_snapshot!("reports_of_nothing", refusal("reports = { uplink = true } } },", "reports = {} } },"));
    insta::assert_snapshot!(
        "sample_without_scores",
        refusal("order = [\"transit-cost\"]", "order = [\"transit-cost\"], sample = 9")
    );
}
