//! D1, second half: a swarm.
//!
//! Kumar & Ross 2006, theorem 1: nobody distributes F bits faster than max(F/u_s, F/d_min, N·F/(u_s + Σu_i)), counted
//! from the first arrival to the last completion.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::accounts;
use super::simulate::{resolve, run_all};

/// The conditions under which a homogeneous swarm comes within 1.4 × of the bound: at least 256 pieces, u_s ≥ 2·u_i, seed
/// slots ≥ u_s/d (15), a slot sends a piece within one choke round. No latency, no overhead; everybody comes at once
/// and stays.
///
/// One set of client settings for all nine cases.
const SWARM: &str = r#"
format = 1
title = "D1: a swarm"
experiment = { replications = 3, deadline = "12 h", sampling = "10 min" }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "only", ases = [64501] }]
population.peers = 10
population.access = [{ name = "line", share = 1.0, down = "2 Mbit/s", up = "300 kbit/s" }]
population.seeds = { up = "30 Mbit/s" }
discovery = { list = 50, wanted = 40, max-connections = 60 }
service.file-swarming = { size = "18750000 B", piece = "73243 B", wire = "none", seeding = { slots = 15 } }
arm = [{ name = "swarm", management = "none" }]
"#;

/// (peers, uplink, a hundredth of the published bound in seconds).
const CASES: [(&str, &str, f64); 9] = [
    ("10", "300 kbit/s", 75.0),
    ("10", "700 kbit/s", 75.0),
    ("10", "2 Mbit/s", 75.0),
    ("100", "300 kbit/s", 250.0),
    ("100", "700 kbit/s", 150.0),
    ("100", "2 Mbit/s", 75.0),
    ("1000", "300 kbit/s", 454.545_454),
    ("1000", "700 kbit/s", 205.479_452),
    ("1000", "2 Mbit/s", 75.0),
];

#[test]
fn d01_explore() {
    let mut table = String::new();
    let extra: Vec<(String, String)> = std::env::var("D1SET")
        .unwrap_or_default()
        .split(';')
        .filter(|s| !s.is_empty())
        .map(|s| {
            let (a, b) = s.split_once('=').unwrap();
            (a.to_owned(), b.to_owned())
        })
        .collect();
    for (peers, up, bound) in CASES {
        let access = format!(r#"[{{ name = "line", share = 1.0, down = "2 Mbit/s", up = "{up}" }}]"#);
        let mut set = vec![("population.peers", peers), ("population.access", access.as_str())];
        set.extend(extra.iter().map(|(a, b)| (a.as_str(), b.as_str())));
        let scenario = resolve(SWARM, &set);
        let mut ratios = Vec::new();
        for outcome in run_all(&scenario).remove(0) {
            accounts::check(&scenario, &outcome);
            ratios.push(outcome.run.distance_to_bound.unwrap_or(99.0));
        }
        let worst = ratios.iter().copied().fold(0.0, f64::max);
        let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
        write!(table, " | {peers}/{} {mean:.3} {worst:.3}", &up[..3]).unwrap();
        let _ = bound;
    }
    println!("{table}");
    if std::env::var("D1TAIL").is_ok() {
        let access = format!(
            r#"[{{ name = "line", share = 1.0, down = "2 Mbit/s", up = "{}" }}]"#,
            std::env::var("D1TAIL").unwrap()
        );
        let mut set = vec![("population.peers", "100"), ("population.access", access.as_str())];
        set.extend(extra.iter().map(|(a, b)| (a.as_str(), b.as_str())));
        let scenario = resolve(SWARM, &set);
        let outcome = run_all(&scenario).remove(0).remove(0);
        let mut peers = outcome.peers.clone();
        peers.sort_by_key(|p| p.completion_s);
        for i in [0, 1, 2, 5, 10, 50, 80, 90, 92, 93, 94, 95, 96, 97, 98, 99, 100] {
            let p = &peers[i];
            println!(
                "{i}: {} done {:?} conns {} first conn {:?} first piece {:?} up {} | none {} choked {} wait {} down {} up {}",
                p.role,
                p.completion_s.map(|t| t.0.as_secs_f64()),
                p.connections,
                p.first_connection_s.map(|t| t.0.as_secs_f64()),
                p.first_piece_s.map(|t| t.0.as_secs_f64()),
                p.uploaded_bytes as f64 / 18.75e6,
                p.nothing_wanted_s.0.as_secs_f64(),
                p.choked_s.0.as_secs_f64(),
                p.waiting_s.0.as_secs_f64(),
                p.downlink_bound_s.0.as_secs_f64(),
                p.uplink_bound_s.0.as_secs_f64()
            );
        }
    }
}
