//! Whole runs of the client-server service.

use std::sync::atomic::AtomicBool;

use super::resolved_text;
use crate::metrics::RunOutcome;
use crate::world::Prepared;

const SCENARIO: &str = r#"
format = 1
title = "two servers, one of which leaves"
experiment = { replications = 1, deadline = "1 h" }
underlay.isps.isp = [{ name = "only" }]
underlay.latency = { inside = "0 ms", hop = "0 ms" }
population.peers = 4
population.access = [{ name = "line", share = 1.0, down = "8 Mbit/s", up = "0 bit/s" }]
population.seeds = { count = 1, up = "8 Mbit/s" }
service.client-server = { size = "1 MB" }
arm = [{ name = "alone", management = "none" }]
"#;

fn run(set: &[(&str, &str)]) -> RunOutcome {
    let resolved = resolved_text(SCENARIO, set);
    let prepared = Prepared::new(&resolved, 1, u64::MAX).unwrap();
    prepared.run(0, 0, &AtomicBool::new(false)).unwrap()
}

#[test]
fn the_uplink_is_shared_and_the_time_budget_says_so() {
    let outcome = run(&[]);
    for row in outcome.peers.iter().filter(|row| row.role == "peer") {
        assert_eq!(row.completion_s.unwrap().0.as_nanos(), 4_000_000_000);
        assert_eq!(row.uplink_bound_s.0.as_nanos(), 4_000_000_000);
        assert_eq!(row.downloaded_bytes, 1_000_000);
    }
}

#[test]
fn with_one_slot_clients_queue_first_come_first_served() {
    let outcome = run(&[("service.client-server.slots", "1")]);
    let mut times: Vec<u64> =
        outcome.peers.iter().filter_map(|row| row.completion_s).map(|time| time.0.as_nanos() / 1_000_000_000).collect();
    times.sort_unstable();
    assert_eq!(times, [1, 2, 3, 4]);
    let choked: u64 = outcome.peers.iter().map(|row| row.choked_s.0.as_nanos()).sum();
    assert_eq!(choked, 6_000_000_000);
}

#[test]
fn content_is_lost_when_the_only_server_leaves() {
    let outcome = run(&[("population.seeds.departure", "\"2 s\"")]);
    assert_eq!(outcome.run.ended, "piece-lost");
    assert_eq!(outcome.run.peers_censored, 4);
    // Half of everything was on the way.
    assert_eq!(outcome.run.partial_bytes, 2_000_000);
}
