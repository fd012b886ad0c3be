//! D1, first half: a server alone.
//!
//! Kumar & Ross 2006 ("Peer-assisted file distribution: the minimum distribution time"), section 2: with everybody there
//! at once a server alone takes max(N·F/u_s, F/d_min). F = 150 Mbit, u_s = 30 Mbit/s, d = 2 Mbit/s; no latency, no
//! overhead. Accepted: 0.1 %; what is seen is below one part in 10⁶.

use super::accounts;
use super::simulate::{resolve, run_all};

pub(crate) const SERVER: &str = r#"
format = 1
title = "D1: a server alone"
experiment = { replications = 1, deadline = "2 h", sampling = "10 min" }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "only", ases = [64501] }]
population.peers = 10
population.access = [{ name = "line", share = 1.0, down = "2 Mbit/s", up = "300 kbit/s" }]
population.seeds = { up = "30 Mbit/s" }
service.client-server = { size = "18750000 B" }
arm = [{ name = "client-server", management = "none" }]
"#;

fn last_completion(set: &[(&str, &str)]) -> f64 {
    let scenario = resolve(SERVER, set);
    let outcome = run_all(&scenario).remove(0).remove(0);
    accounts::check(&scenario, &outcome);
    assert_eq!(outcome.run.ended, "all-complete");
    outcome.run.last_completion_s.unwrap()
}

fn assert_seconds(what: &str, expected: f64, found: f64) {
    assert!((found / expected - 1.0).abs() <= 1e-3, "{what}: {expected} s expected, {found} s found");
}

/// A hundredth of the published 7,500, 50,000 and 500,000 s: the downlinks bind at N = 10, the server beyond.
#[test]
fn d01_a_server_alone_takes_the_time_of_kumar_and_ross() {
    for (peers, seconds) in [("10", 75.0), ("100", 500.0), ("1000", 5000.0)] {
        assert_seconds(peers, seconds, last_completion(&[("population.peers", peers)]));
    }
}

/// With 15 or more slots of at most 2 Mbit/s the uplink stays full: slots change who waits, not the last completion.
/// Slots of 1 to 14 leave capacity idle, and the time is that of ⌈N/slots⌉ rounds of F/d each.
#[test]
fn d01_slots_change_the_time_only_where_they_leave_capacity_idle() {
    for (peers, slots, seconds) in [
        ("10", "15", 75.0),
        ("100", "15", 525.0), // 6 rounds of 15 at 2 Mbit/s each, then 10 more: 7 rounds of 75 s
        ("90", "15", 450.0),
        ("1000", "20", 5000.0), // 50 rounds of 20 at 1.5 Mbit/s each
        ("100", "5", 1500.0),   // 20 rounds of 75 s
    ] {
        let set = [("population.peers", peers), ("service.client-server.slots", slots)];
        assert_seconds(&format!("{peers} clients, {slots} slots"), seconds, last_completion(&set));
    }
}

/// Mixed downlinks: the slowest client needs F/d_min, the others share what it leaves. With 20 clients of 1 Mbit/s and
/// 10 of 10 Mbit/s on 30 Mbit/s every client has 1 Mbit/s, and the last ends at max(30·F/30, F/1) = 150 s exactly.
#[test]
fn d01_the_slowest_downlink_binds() {
    let lines = r#"[{ name = "slow", share = 0.5, down = "1 Mbit/s", up = "0 bit/s" },
                    { name = "fast", share = 0.5, down = "10 Mbit/s", up = "0 bit/s" }]"#;
    for (peers, seconds) in [("8", 150.0), ("30", 150.0), ("60", 300.0)] {
        let set = [("population.peers", peers), ("population.access", lines)];
        assert_seconds(&format!("{peers} mixed clients"), seconds, last_completion(&set));
    }
}

/// Two servers share the clients in turn: N/2 each.
#[test]
fn d01_two_servers_take_half_the_time() {
    let set = [("population.peers", "100"), ("population.seeds.count", "2")];
    assert_seconds("two servers", 250.0, last_completion(&set));
}

/// Where a client's time goes, by hand. 80 Mbit each over downlinks of 6 and an uplink of 8 Mbit/s. Alone the first has
/// 6 (its downlink is the limit), from 5 s on both have 4 (the server is), from 17.5 s the second has 6 again. With one
/// slot the second waits for the first to be done, and both are bound by their downlinks.
#[test]
fn the_time_budget_of_two_clients_is_as_by_hand() {
    let budgets = |service: &str| -> Vec<[f64; 3]> {
        let set = [
            ("population.peers", "2"),
            ("population.arrivals", "{ list = { times = [\"0 s\", \"5 s\"] } }"),
            ("population.access", "[{ name = \"line\", share = 1.0, down = \"6 Mbit/s\", up = \"0 bit/s\" }]"),
            ("population.seeds.up", "8 Mbit/s"),
            ("service.client-server", service),
        ];
        let scenario = resolve(SERVER, &set);
        let outcome = run_all(&scenario).remove(0).remove(0);
        accounts::check(&scenario, &outcome);
        let clients = outcome.peers.iter().filter(|peer| peer.role == "peer");
        let seconds = |time: peerscape::units::TableSeconds| time.0.as_secs_f64();
        clients.map(|peer| [peer.choked_s, peer.downlink_bound_s, peer.uplink_bound_s].map(seconds)).collect()
    };
    assert_eq!(budgets("{ size = \"10 MB\" }"), [[0.0, 5.0, 12.5], [0.0, 5.0, 12.5]]);
    let one_slot = budgets("{ size = \"9 MB\", slots = 1 }");
    assert_eq!(one_slot, [[0.0, 12.0, 0.0], [7.0, 12.0, 0.0]]);
}
