//! Peers that go before they are complete, and come again.

use std::sync::atomic::AtomicBool;

use super::resolved_text;
use crate::metrics::RunOutcome;
use crate::metrics::rows::PeerRow;
use crate::world::{Prepared, RunOptions};

/// A crowd that is served slowly: everybody needs several sessions.
const SCENARIO: &str = r#"
format = 1
title = "peers come and go"
experiment = { replications = 2, deadline = "2 h" }
underlay.isps.isp = [{ name = "north", ases = [1] }, { name = "south", ases = [2] }]
underlay.isps.link = [{ peers = [1, 2] }]
discovery = { min-interval = "5 s", interval = "1 min", backoff = "5 s" }

[population]
peers = 16
arrivals = { uniform = { within = "30 s" } }
access = [{ name = "line", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
seeds = { up = "1 Mbit/s" }
session = { exponential = { mean = "40 s" } }
gap = { exponential = { mean = "20 s" } }

[service.file-swarming]
size = "8 MiB"
piece = "128 KiB"

[[arm]]
name = "unmanaged"
management = "none"
"#;

/// Changes that exercise every way to go and to come again.
const CASES: [&[(&str, &str)]; 8] = [
    &[],
    &[("population.gap", "\"0 s\""), ("population.session", "{ weibull = { shape = 0.6, scale = \"20 s\" } }")],
    &[("population.after-completion", "{ stay-for = \"15 s\" }"), ("population.patience", "\"4 min\"")],
    &[("population.after-completion", "leave")],
    &[("service.file-swarming.tcp", "{ messages = { behind-data = {} } }")],
    &[("service.file-swarming.seeding", "{ super-seeding = true }")],
    &[("service.file-swarming.pieces", "{ partial = \"drop\", retry = \"timed\" }")],
    &[("service.file-swarming.fallback", "{ after = \"5 s\" }")],
];

fn run(set: &[(&str, &str)], replication: u32, options: RunOptions) -> RunOutcome {
    let resolved = resolved_text(SCENARIO, set);
    let prepared = Prepared::new(&resolved, 1, u64::MAX).unwrap();
    prepared.run_with(0, replication, &AtomicBool::new(false), options).unwrap()
}

fn peers(outcome: &RunOutcome) -> impl Iterator<Item = &PeerRow> {
    outcome.peers.iter().filter(|row| row.downloads())
}

#[test]
fn a_peer_that_comes_again_has_what_it_had() {
    // The world asserts that no piece is verified twice and that bytes are conserved.
    for set in CASES {
        let outcome = run(set, 0, RunOptions::default());
        let content = 8 << 20;
        let mut came_again = 0;
        for row in peers(&outcome) {
            if row.completion_s.is_some() {
                assert_eq!(row.pieces, 64, "{row:?}");
            }
            let received = u64::from(row.pieces) * (128 << 10);
            assert!(row.downloaded_bytes >= received && received <= content, "{row:?}");
            came_again += u32::from(row.sessions > 1 && row.completion_s.is_some());
        }
        assert!(came_again > 3, "{set:?}: {came_again} of 16 needed more than one session");
        // Nothing is fetched again because somebody was away: lost bytes are those of the setting alone.
        if !set.iter().any(|(key, _)| key.ends_with("pieces")) {
            assert_eq!(outcome.run.failed_bytes, 0, "{set:?}");
        }
    }
}

#[test]
fn twins_agree_when_peers_come_and_go() {
    for (number, set) in CASES.iter().enumerate() {
        let [plain, polling, heap] = [(false, false), (true, false), (false, true)]
            .map(|(polling, heap)| run(set, 1, RunOptions { polling, heap }).run);
        assert_eq!(plain.fingerprint, heap.fingerprint, "case {number}: another schedule");
        if set.iter().any(|(_, value)| value.contains("behind-data")) {
            // Where messages wait, the polling twin is exact only while nobody leaves.
            continue;
        }
        assert_eq!(plain.fingerprint, polling.fingerprint, "case {number}: nothing sleeps");
    }
}

#[test]
fn sessions_are_as_drawn_in_every_arm_and_count_in_the_tables() {
    let resolved = resolved_text(SCENARIO, &[]);
    let prepared = Prepared::new(&resolved, 1, u64::MAX).unwrap();
    let outcome = prepared.run(0, 0, &AtomicBool::new(false)).unwrap();
    let population = &prepared.populations[0];
    let end = outcome.run.ended_at_s.0.as_nanos();
    let (mut sessions, mut online) = (0, 0.0);
    for row in peers(&outcome) {
        let given = population.given_sessions(crate::units::Identity(row.peer));
        let here = |(from, until): (crate::units::SimTime, Option<crate::units::SimTime>)| {
            let from = from.as_nanos();
            (from <= end).then(|| until.map_or(end, crate::units::SimTime::as_nanos).min(end) - from)
        };
        let spans: Vec<u64> = given.map_while(here).collect();
        assert_eq!(row.online_s.0.as_nanos(), spans.iter().sum::<u64>(), "{row:?}");
        assert_eq!(row.sessions as usize, spans.len(), "{row:?}");
        sessions += row.sessions;
        online += row.online_s.0.as_secs_f64();
    }
    assert_eq!(outcome.run.sessions_mean, Some(f64::from(sessions) / 16.0));
    assert!((outcome.run.online_mean_s.unwrap() - online / 16.0).abs() < 1e-6);
}

#[test]
fn who_loses_patience_is_censored_and_gone_for_good() {
    let outcome = run(&[("population.patience", "\"50 s\"")], 0, RunOptions::default());
    assert_eq!(outcome.run.ended, "all-complete");
    let early: Vec<&PeerRow> = peers(&outcome).filter(|row| row.left_early).collect();
    assert!(!early.is_empty());
    assert_eq!(outcome.run.peers_left_early as usize, early.len());
    assert_eq!(outcome.run.peers_censored, outcome.run.peers_left_early);
    for row in early {
        assert!(row.completion_s.is_none() && row.stay_s.unwrap().0.as_secs_f64() <= 50.0, "{row:?}");
    }
    // Nobody who is complete goes for that reason.
    assert!(peers(&outcome).all(|row| row.left_early || row.completion_s.is_some()));
}

#[test]
fn without_gaps_a_session_is_the_only_one() {
    let set = resolved_text(&SCENARIO.replace("gap = { exponential = { mean = \"20 s\" } }\n", ""), &[]);
    let prepared = Prepared::new(&set, 1, u64::MAX).unwrap();
    let outcome = prepared.run(0, 0, &AtomicBool::new(false)).unwrap();
    assert!(peers(&outcome).all(|row| row.sessions == 1));
    assert!(outcome.run.peers_left_early > 0);
    assert_eq!(outcome.run.peers_left_early, outcome.run.peers_censored);
    assert_eq!(outcome.run.fluid_completion_s, None, "the model has no peers that give up");
}

#[test]
fn clients_of_a_server_go_on_where_they_stopped() {
    let text = SCENARIO
        .replace(
            "[service.file-swarming]\nsize = \"8 MiB\"\npiece = \"128 KiB\"",
            "[service.client-server]\nsize = \"8 MiB\"\nslots = 3",
        )
        .replace("discovery", "# discovery");
    let prepared_set = resolved_text(&text, &[("population.seeds.up", "\"16 Mbit/s\"")]);
    let prepared = Prepared::new(&prepared_set, 1, u64::MAX).unwrap();
    let outcome = prepared.run(0, 0, &AtomicBool::new(false)).unwrap();
    assert_eq!(outcome.run.ended, "all-complete");
    for row in peers(&outcome) {
        assert_eq!(row.downloaded_bytes, 8 << 20, "nothing twice: {row:?}");
    }
    assert!(peers(&outcome).any(|row| row.sessions > 2));
    // 16 × 8 MiB at 16 Mbit/s.
    assert!(outcome.run.ended_at_s.0.as_secs_f64() >= 67.1);
}

#[test]
fn a_piece_in_the_hands_of_who_comes_again_is_not_lost() {
    // One peer fetches from a seed that leaves at 150 s; it is away from 140 s to 600 s, and the only one with the content.
    let trace = "peer,from,until\n0,0 s,140 s\n0,600 s,\n1,300 s,\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("trace.csv"), trace).unwrap();
    let text = SCENARIO
        .replace("peers = 16", "peers = 2")
        .replace("arrivals = { uniform = { within = \"30 s\" } }\n", "")
        .replace("session = { exponential = { mean = \"40 s\" } }", "session.trace = \"trace.csv\"")
        .replace("gap = { exponential = { mean = \"20 s\" } }\n", "")
        .replace("seeds = { up = \"1 Mbit/s\" }", "seeds = { up = \"1 Mbit/s\", departure = \"150 s\" }");
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, &text).unwrap();
    let resolved = super::resolved(&path, &[]);
    let prepared = Prepared::new(&resolved, 1, u64::MAX).unwrap();
    let outcome = prepared.run(0, 0, &AtomicBool::new(false)).unwrap();
    assert_eq!((outcome.run.ended.as_str(), outcome.run.peers_completed), ("all-complete", 2));
    let second = peers(&outcome).find(|row| row.peer == 1).unwrap();
    assert!(second.arrival_s.0.as_secs_f64() + second.first_piece_s.unwrap().0.as_secs_f64() > 600.0);
    let first = peers(&outcome).find(|row| row.peer == 0).unwrap();
    assert_eq!((first.sessions, first.left_early), (2, false));
    // Gone for good instead, the content is lost when the seed leaves.
    std::fs::write(folder.path().join("trace.csv"), "peer,from,until\n0,0 s,140 s\n1,300 s,\n").unwrap();
    let resolved = super::resolved(&path, &[]);
    let prepared = Prepared::new(&resolved, 1, u64::MAX).unwrap();
    let outcome = prepared.run(0, 0, &AtomicBool::new(false)).unwrap();
    assert_eq!(outcome.run.ended, "piece-lost");
}
