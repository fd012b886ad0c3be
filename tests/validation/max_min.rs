//! D4: max-min fair shares of whole runs.
//!
//! Bertsekas & Gallager 1992, section 6.5.2, progressive filling. The room `bandwidth` proves its solver against an
//! oracle; here known shares come out of completion times, through access lines and links between ISPs.

use peerscape::metrics::RunOutcome;

use super::accounts;
use super::simulate::{resolve, run_all};

fn one_run(text: &str, set: &[(&str, &str)]) -> RunOutcome {
    let scenario = resolve(text, set);
    let outcome = run_all(&scenario).remove(0).remove(0);
    accounts::check(&scenario, &outcome);
    assert_eq!(outcome.run.ended, "all-complete");
    outcome
}

fn completions(outcome: &RunOutcome, isp: &str) -> Vec<f64> {
    let peers = outcome.peers.iter().filter(|peer| peer.role == "peer" && peer.isp == isp);
    peers.map(|peer| peer.completion_s.unwrap().0.as_secs_f64()).collect()
}

/// Within 1e-9, and the nanosecond to which a completion is rounded up.
fn assert_seconds(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-9 * expected + 1e-9, "{found} s found, {expected} s expected");
    }
}

/// Two servers in one ISP, one client beside them, three in another ISP behind a link. Servers take clients in turn, so
/// that, whoever comes first, the inner client shares its server's uplink A with one outer client, and the other two
/// outer clients have the other server: flows {A}, {A, B}, {B}, {B} over the uplink A and the link B.
///
/// Rates are whole bits per second: at gigabits that is below 1e-9.
const TWO_RESOURCES: &str = r#"
format = 1
title = "D4"
experiment = { replications = 1, deadline = "1 h" }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "inner", ases = [1] }, { name = "outer", ases = [2] }]
underlay.isps.link = [{ peers = [1, 2], capacity = { up = "8 Gbit/s" } }]
population.peers = 4
population.placement.table = [{ as = 1, peers = 1 }, { as = 2, peers = 3 }]
population.access = [{ name = "line", share = 1.0, down = "100 Gbit/s", up = "0 bit/s" }]
population.seeds = { count = 2, up = "10 Gbit/s", as = 1 }
service.client-server = { size = "200 MB" }
arm = [{ name = "servers", management = "none" }]
"#;

/// A = 10, B = 8: shares 7.3333 and 2.6667. 1.6 Gbit take 0.218181818 s and 0.6 s; when the inner client is done,
/// B goes on binding the others.
#[test]
fn d04_two_resources_and_four_flows() {
    for seed in ["1", "2", "3", "4"] {
        let outcome = one_run(TWO_RESOURCES, &[("experiment.seed", seed)]);
        assert_seconds(&completions(&outcome, "inner"), &[1.6 / (22.0 / 3.0)]);
        assert_seconds(&completions(&outcome, "outer"), &[0.6; 3]);
    }
}

/// A = B = 10: shares 20/3 and 10/3.
#[test]
fn d04_two_equal_resources_and_four_flows() {
    let outcome = one_run(TWO_RESOURCES, &[("underlay.isps.link", "[{ peers = [1, 2], capacity = \"10 Gbit/s\" }]")]);
    assert_seconds(&completions(&outcome, "inner"), &[0.24]);
    assert_seconds(&completions(&outcome, "outer"), &[0.48; 3]);
}

/// Three resources in a row: the server's uplink of 30, a link of 10 to the next AS, a link of 4 to the one after that;
/// one client at each place. 4 beyond both links, 6 behind the first, 20 beside the server. (The parking lot of three
/// links with a short flow on each is a test of the room `bandwidth`.)
#[test]
fn d04_links_in_a_row() {
    let row = r#"
format = 1
title = "D4: links in a row"
experiment = { replications = 1, deadline = "1 h" }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "near", ases = [1] }, { name = "middle", ases = [2] }, { name = "far", ases = [3] }]
underlay.isps.link = [
  { provider = 1, customer = 2, capacity = { down = "10 Gbit/s" } },
  { provider = 2, customer = 3, capacity = { down = "4 Gbit/s" } },
]
population.peers = 3
population.placement.table = [{ as = 1, peers = 1 }, { as = 2, peers = 1 }, { as = 3, peers = 1 }]
population.access = [{ name = "line", share = 1.0, down = "100 Gbit/s", up = "0 bit/s" }]
population.seeds = { up = "30 Gbit/s", as = 1 }
service.client-server = { size = "200 MB" }
arm = [{ name = "server", management = "none" }]
"#;
    // 1.6 Gbit at 20, 6 and 4 Gbit/s; when the first is done, nothing changes for the others, nor for the last.
    let outcome = one_run(row, &[]);
    assert_seconds(&completions(&outcome, "near"), &[1.6 / 20.0]);
    assert_seconds(&completions(&outcome, "middle"), &[1.6 / 6.0]);
    assert_seconds(&completions(&outcome, "far"), &[0.4]);
    // All three capacities 10: everybody has a third of the uplink; when all are done at once, nobody was faster.
    let all_ten = r#"[
      { provider = 1, customer = 2, capacity = { down = "10 Gbit/s" } },
      { provider = 2, customer = 3, capacity = { down = "10 Gbit/s" } },
    ]"#;
    let outcome = one_run(row, &[("underlay.isps.link", all_ten), ("population.seeds.up", "10 Gbit/s")]);
    for isp in ["near", "middle", "far"] {
        assert_seconds(&completions(&outcome, isp), &[0.48]);
    }
}
