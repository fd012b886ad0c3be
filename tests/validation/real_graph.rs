//! Real input: the AS relationships of January 2017 (CAIDA serial-1, 56,272 ASes).

use std::sync::atomic::AtomicBool;

use peerscape::world::Prepared;

use super::accounts;
use super::simulate::{resolve, shared_data};

/// The access classes, latencies, arrivals, discovery and quota of `scenarios/managed-vs-unmanaged/file-swarming.toml` with
/// 5,000 peers, uniform over the stubs of the real graph, two arms, one replication. 32 pieces instead of 256, to be
/// quick; the whole is run by hand.
const SCENARIO: &str = r#"
format = 1
title = "The main scenario on the real AS graph"
experiment = { seed = 20002, replications = 1, deadline = "6 h", sampling = "10 s" }
underlay.latency = { inside = "10 ms", hop = "15 ms" }
underlay.as-relationships = { file = "missing" }
population.peers = 5000
population.placement.uniform = { over = "stubs" }
population.arrivals.flash-crowd = { decay = "2 min" }
population.after-completion.stay-for.exponential = { mean = "5 min" }
population.access = [
  { name = "adsl", share = 0.4, down = "16 Mbit/s", up = "1 Mbit/s" },
  { name = "vdsl", share = 0.4, down = "50 Mbit/s", up = "10 Mbit/s" },
  { name = "fibre", share = 0.2, down = "250 Mbit/s", up = "50 Mbit/s" },
]
population.seeds = { count = 2, up = "50 Mbit/s" }
discovery = { list = 50, interval = "30 min", wanted = 30, max-connections = 50 }
service.file-swarming = { size = "8 MiB", piece = "256 KiB", block = "16 KiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "as-hops", oms = { order = ["as-hops"], external = { min = 8, max = 24 } }, unis = {} },
]
"#;

#[test]
fn the_main_scenario_runs_on_the_real_graph() {
    let Some(file) = shared_data("the_main_scenario_runs_on_the_real_graph", "asrel/asrel_201701.txt") else { return };
    let path = format!("{:?}", file.to_str().unwrap());
    let scenario = resolve(SCENARIO, &[("underlay.as-relationships.file", &path)]);
    let prepared = Prepared::new(&scenario, 1, u64::MAX).unwrap();
    let notes = prepared.notes().join("\n");
    assert!(prepared.underlay().as_count() > 50_000, "the whole file");
    assert!(notes.contains("its own provider"), "the file is dirty, and the run says so: {notes}");
    let stop = AtomicBool::new(false);
    let mut hops = Vec::new();
    for arm in 0..2 {
        let outcome = prepared.run(arm, 0, &stop).unwrap();
        accounts::check(&scenario, &outcome);
        assert_eq!((outcome.run.ended.as_str(), outcome.run.peers_completed), ("all-complete", 5000));
        hops.push(outcome.run.mean_as_hops.unwrap());
    }
    assert!(hops[1] < hops[0], "lists ordered by AS hops shorten the way of a byte: {hops:?}");
}
