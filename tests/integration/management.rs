//! Control traffic takes time, gets lost, and is counted: seen from scenario files.

use std::collections::BTreeSet;

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::PeerRow;
use peerscape::units::SimDuration;

use crate::runs::{outcome, run_text};

/// One ISP with one AS, an initial seed in it, and peers that come when the list says.
///
/// Every message takes exactly `inside`, besides its own time on the sender's uplink.
const ONE_AS: &str = r#"
format = 1
title = "How long until the first connection?"
experiment = { replications = 1 }
underlay.isps.isp = [{ name = "one", ases = [1] }]
underlay.latency.inside = "10 ms"
population.peers = 1
population.arrivals.list.times = ["1 s"]
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming = { size = "1 MiB" }
arm = [
  { name = "unmanaged", management = "none", tracker = { service-time = "1 ms" } },
  { name = "managed", oms = { order = ["as-hops"], service-time = "1 ms" }, unis = { service-time = "1 ms" } },
]
"#;

/// An announce (BEP 15 with IP and UDP headers: 126 bytes) on an uplink of 2 Mbit/s.
const SERIALISATION: SimDuration = SimDuration::from_nanos(126 * 8 * 500);

fn row(outcome: &RunOutcome, peer: u32) -> &PeerRow {
    outcome.peers.iter().find(|row| row.role == "peer" && row.peer == peer).unwrap()
}

/// From a peer's arrival to its first connection.
#[track_caller]
fn first_connection(outcome: &RunOutcome, peer: u32) -> SimDuration {
    row(outcome, peer).first_connection_s.unwrap().0
}

fn seconds(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

fn lost(outcome: &RunOutcome, to: &str) -> u64 {
    outcome.messages.iter().filter(|row| row.to == to).map(|row| row.lost).sum()
}

#[test]
fn nobody_is_contacted_before_messages_and_service_took_their_time() {
    // 2 s to the server, 1 s there, 2 s back: the first attempt at 5 s. It takes two more round trips (TCP's handshake,
    // BitTorrent's handshake) until there is a connection, at 13 s.
    let slow = [
        ("underlay.latency.inside", "2 s"),
        ("arm.unmanaged.tracker.service-time", "1 s"),
        ("arm.managed.oms.service-time", "1 s"),
        ("arm.managed.unis.service-time", "1 s"),
        // What it told when the initial seed asked, at 6 s, is too old.
        ("arm.managed.unis.max-age", "1 s"),
        ("population.arrivals.list.times", r#"["10 s"]"#),
    ];
    let result = run_text(ONE_AS, &slow);
    assert_eq!(first_connection(outcome(&result, "unmanaged", 0), 0), seconds(5 + 8) + SERIALISATION);
    // The OMS asks UNIS first: another 2 s, 1 s there, 2 s.
    assert_eq!(first_connection(outcome(&result, "managed", 0), 0), seconds(10 + 8) + SERIALISATION);
    // Not a nanosecond earlier: at a deadline just before the list arrives nobody has tried, at the list's instant one has.
    let attempts = |arm: &str, deadline: SimDuration| {
        let deadline = format!("{} ns", deadline.as_nanos());
        let result = run_text(ONE_AS, &[&slow[..], &[("experiment.deadline", deadline.as_str())]].concat());
        outcome(&result, arm, 0).run.contacts
    };
    for (arm, list_arrives) in [("unmanaged", seconds(10 + 5)), ("managed", seconds(10 + 10))] {
        let list_arrives = list_arrives + SERIALISATION;
        let before = SimDuration::from_nanos(list_arrives.as_nanos() - 1);
        assert_eq!((attempts(arm, before), attempts(arm, list_arrives)), (0, 1), "{arm}");
    }
}

#[test]
fn nobody_of_a_crowd_is_connected_before_five_seconds() {
    let crowd = [
        ("underlay.latency.inside", "2 s"),
        ("arm.unmanaged.tracker.service-time", "1 s"),
        ("arm.managed.oms.service-time", "1 s"),
        ("arm.managed.unis.service-time", "1 s"),
        ("population.peers", "12"),
        ("population.arrivals", "all-at-once"),
    ];
    let result = run_text(ONE_AS, &crowd);
    for arm in ["unmanaged", "managed"] {
        let outcome = outcome(&result, arm, 0);
        assert_eq!((outcome.run.peers_completed, outcome.run.peers), (12, 12));
        let mut first: Vec<SimDuration> = (0..12).map(|peer| first_connection(outcome, peer)).collect();
        first.sort_unstable();
        assert!(first[0] >= seconds(13), "{arm}: {first:?}");
        // Requests are served one at a time: not everybody can be told in the same second.
        assert!(first[11] >= first[0] + seconds(1), "{arm}: {first:?}");
    }
}

#[test]
fn a_tracker_that_is_down_delays_joins_by_the_retry_schedule() {
    let schedule = [
        ("discovery.timeout", "5 s"),
        ("discovery.retry", "5 s"),
        ("discovery.retry-max", "20 s"),
        ("experiment.deadline", "10 min"),
    ];
    let down = ("arm.unmanaged.tracker.outages", r#"[{ from = "0 s", until = "60 s" }]"#);
    let up = run_text(ONE_AS, &schedule);
    let down = run_text(ONE_AS, &[&schedule[..], &[down]].concat());
    let [up, down] = [&up, &down].map(|result| outcome(result, "unmanaged", 0));
    // Announces after 0, 5 + 5, 5 + 10, 5 + 20 and (at most) 5 + 20 seconds: the fifth, 75 s after the first, is answered.
    assert_eq!(first_connection(down, 0), first_connection(up, 0) + seconds(75));
    assert_eq!(first_connection(up, 0), SERIALISATION + SimDuration::from_millis(61));
    // Four of the peer, and four of the initial seed, which announces itself by the same schedule.
    assert_eq!((lost(up, "tracker"), lost(down, "tracker")), (0, 8));
    let completion = |outcome: &RunOutcome| row(outcome, 0).completion_s.unwrap().0;
    assert!(completion(down) > completion(up) + seconds(74), "whoever comes later is done later");
}

#[test]
fn a_unis_that_is_down_delays_managed_lists() {
    let schedule = [
        ("discovery.timeout", "5 s"),
        ("discovery.retry", "4 s"),
        ("discovery.retry-max", "20 s"),
        ("arm.managed.unis.max-age", "0 s"),
        ("experiment.deadline", "10 min"),
    ];
    let outage = |server: &str| format!("arm.managed.{server}.outages");
    let unis = outage("unis");
    // The initial seed is answered before; the peer comes at 1 s.
    let down = (unis.as_str(), r#"[{ from = "500 ms", until = "60 s" }]"#);
    let up = run_text(ONE_AS, &schedule);
    let down = run_text(ONE_AS, &[&schedule[..], &[down]].concat());
    // Queries of the OMS wait as long as announces do, twice as long each time, at most `retry-max`: the sixth, after
    // 5 + 10 + 20 + 20 + 20 s, is answered, and so is the peer's announce that waits for it.
    let of = |result, arm| first_connection(outcome(result, arm, 0), 0);
    assert_eq!(of(&down, "managed"), of(&up, "managed") + seconds(75));
    assert_eq!(lost(outcome(&down, "managed", 0), "unis"), 5);
    assert_eq!(of(&up, "managed"), SERIALISATION + SimDuration::from_millis(61 + 21));
    assert_eq!(of(&down, "unmanaged"), of(&up, "unmanaged"), "nobody asks UNIS there");
}

/// Five peers come, complete, and leave while the tracker is down, which does not hear their goodbye; then a sixth
/// comes.
///
/// Nobody announces early, so that the sixth finds the initial seed and not the other way round.
const GHOSTS: [(&str, &str); 10] = [
    ("experiment.replications", "6"),
    ("population.peers", "6"),
    ("population.arrivals.list.times", r#"["0 s", "1 s", "2 s", "3 s", "4 s", "60 s"]"#),
    ("population.after-completion", r#"{ stay-for = "20 s" }"#),
    ("population.seeds.up", "100 Mbit/s"),
    ("discovery.low-mark", "0"),
    ("discovery.wanted", "1"),
    ("discovery.half-open", "1"),
    ("discovery.connect-timeout", "10 s"),
    ("experiment.deadline", "10 min"),
];

#[test]
fn listed_peers_that_are_gone_cost_timed_out_attempts() {
    let deaf = ("arm.unmanaged.tracker.outages", r#"[{ from = "15 s", until = "55 s" }]"#);
    let told = run_text(ONE_AS, &GHOSTS);
    let untold = run_text(ONE_AS, &[&GHOSTS[..], &[deaf]].concat());
    let alone = SERIALISATION + SimDuration::from_millis(61);
    let mut counts = BTreeSet::new();
    for replication in 0..6 {
        let [told, untold] = [&told, &untold].map(|result| outcome(result, "unmanaged", replication));
        assert_eq!((told.run.peers_completed, untold.run.peers_completed), (6, 6));
        // The five are gone in both when the sixth comes.
        for peer in 0..5 {
            assert!(row(untold, peer).stay_s.unwrap().0 < seconds(55 - 4));
        }
        assert_eq!((told.run.contacts_timed_out, first_connection(told, 5)), (0, alone));
        // One attempt at a time, in the order of the list, until the initial seed's turn.
        let gone = untold.run.contacts_timed_out;
        assert_eq!(first_connection(untold, 5), alone + seconds(10).saturating_mul(gone));
        counts.insert(gone);
    }
    assert!(counts.iter().all(|gone| *gone <= 5) && counts.len() > 1, "the seed stands anywhere: {counts:?}");
}

fn rows_of(outcome: &RunOutcome) -> BTreeSet<(&str, &str, &str)> {
    outcome.messages.iter().map(|row| (row.from.as_str(), row.to.as_str(), row.message.as_str())).collect()
}

#[test]
fn every_kind_of_message_is_counted() {
    let crowd = [("population.peers", "12"), ("population.arrivals", "all-at-once")];
    let result = run_text(ONE_AS, &crowd);
    let [unmanaged, managed] = ["unmanaged", "managed"].map(|arm| outcome(&result, arm, 0));
    let among_peers = ["bitfield", "handshake", "have", "piece-header", "request"].map(|name| ("peer", "peer", name));
    let expected = |others: &[(&'static str, &'static str, &'static str)]| -> BTreeSet<_> {
        among_peers.iter().chain(others).copied().collect()
    };
    assert_eq!(rows_of(unmanaged), expected(&[("peer", "tracker", "announce"), ("tracker", "peer", "list")]));
    let servers = [
        ("peer", "oms", "announce"),
        ("oms", "peer", "list"),
        ("oms", "unis", "network-query"),
        ("unis", "oms", "network-answer"),
    ];
    assert_eq!(rows_of(managed), expected(&servers));
    for row in &managed.messages {
        assert!(row.messages > 0 && row.bytes > row.messages && row.lost == 0, "{row:?}");
    }
    let of = |from: &str, to: &str| managed.messages.iter().find(|row| row.from == from && row.to == to).unwrap();
    // All are in one AS: the OMS asks once, and the answer is young enough for everybody.
    let (query, answer) = (of("oms", "unis"), of("unis", "oms"));
    assert_eq!((query.messages, answer.messages), (1, 1));
    assert_eq!((query.delay_mean_s, answer.delay_mean_s), (Some(0.01), Some(0.01)));
    // Everybody, the initial seed too, announces itself on joining, and each peer on completion.
    assert_eq!(of("peer", "oms").messages, 13 + 12);
    // Each is answered with a list, but for the completion that ends the run.
    assert_eq!(managed.run.lists, 13 + 12 - 1);
    let bytes: u64 = managed.messages.iter().map(|row| row.bytes).sum();
    assert_eq!(managed.run.control_bytes, bytes);
}

#[test]
fn information_is_as_old_as_it_may_be() {
    let crowd = [
        ("population.peers", "60"),
        ("population.arrivals", r#"{ flash-crowd = { decay = "3 min" } }"#),
        ("experiment.replications", "3"),
    ];
    let (mut ages, mut queries) = (Vec::new(), Vec::new());
    let limits = [("0 s", 0.0_f64), ("10 s", 10.0), ("1 min", 60.0), ("1 h", 3_600.0)];
    for (text, limit) in limits {
        let result = run_text(ONE_AS, &[&crowd[..], &[("arm.managed.unis.max-age", text)]].concat());
        let runs: Vec<&RunOutcome> = result.outcomes_of("managed").collect();
        let age = runs.iter().map(|o| o.run.guidance_age_mean_s.unwrap()).sum::<f64>() / runs.len() as f64;
        // Told 10 ms ago at the least: that is how long an answer travels.
        assert!((0.01..=limit.max(0.01) + 1e-9).contains(&age), "{text}: {age} s");
        let asked = |o: &&RunOutcome| o.messages.iter().find(|row| row.to == "unis").unwrap().messages;
        ages.push(age);
        queries.push(runs.iter().map(asked).sum::<u64>());
        assert!(result.outcomes_of("unmanaged").all(|o| o.run.guidance_age_mean_s.is_none()));
    }
    assert!(ages.is_sorted_by(|a, b| a < b), "{ages:?}");
    assert!(queries.is_sorted_by(|a, b| a > b), "{queries:?}");
    assert_eq!(queries[3], 3, "an hour is longer than the run: one question per run");
}
