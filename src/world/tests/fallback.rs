//! Fallback to the origin: known answers, and that it binds.

use std::sync::atomic::AtomicBool;

use super::resolved_text;
use crate::metrics::RunOutcome;
use crate::scenario::Resolved;
use crate::world::Prepared;

/// Peers who never hear of one another: the tracker is down.
const ALONE: &str = r#"
format = 1
title = "Everybody alone"
experiment = { replications = 1, deadline = "2 h" }
underlay = { isps.isp = [{ name = "one", ases = [1] }], latency = { inside = "50 ms" } }
population.peers = 1
population.access = [{ name = "line", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "1 Mbit/s" }
service.file-swarming = { size = "2 MiB", piece = "64 KiB", wire = "none", fallback = { after = "30 s" } }
arm = [{ name = "only", management = "none", tracker = { outages = [{ from = "0 s", until = "24 h" }] } }]
"#;

fn first(scenario: &Resolved) -> RunOutcome {
    let prepared = Prepared::new(scenario, 1, u64::MAX).unwrap();
    prepared.run(0, 0, &AtomicBool::new(false)).unwrap()
}

fn run(set: &[(&str, &str)]) -> RunOutcome {
    first(&resolved_text(ALONE, set))
}

/// Two mebibytes at so many bit/s, in seconds.
fn seconds(contents: f64, rate: f64) -> f64 {
    contents * 2.0 * 1_048_576.0 * 8.0 / rate
}

#[track_caller]
fn assert_close(value: Option<f64>, expected: f64) {
    let value = value.unwrap();
    assert!((value - expected).abs() < 1e-6, "{value} instead of {expected}");
}

#[test]
fn an_isolated_peer_has_everything_after_the_stall_two_round_trips_and_the_time_of_the_origins_line() {
    let alone = run(&[]);
    assert_close(alone.run.last_completion_s, 30.0 + 0.2 + seconds(1.0, 1e6));
    assert_eq!(alone.run.fallback_bytes, Some(2 << 20));
    assert_eq!(alone.run.origin_bytes, 2 << 20);
    assert_eq!((alone.peers[0].fallback_bytes, alone.peers[0].downloaded_bytes), (2 << 20, 2 << 20));
    let asked = alone.messages.iter().find(|row| row.message == "fallback").unwrap();
    assert_eq!((asked.from.as_str(), asked.to.as_str(), asked.messages), ("peer", "origin", 2));
    // Everybody shares the origin's uplink.
    assert_close(run(&[("population.peers", "5")]).run.last_completion_s, 30.0 + 0.2 + seconds(5.0, 1e6));
    // The peer's own line is the limit.
    let narrow = r#"[{ name = "line", share = 1.0, down = "500 kbit/s", up = "1 bit/s" }]"#;
    assert_close(run(&[("population.access", narrow)]).run.last_completion_s, 30.0 + 0.2 + seconds(1.0, 5e5));
}

#[test]
fn without_fallback_an_isolated_peer_waits_for_ever() {
    let text = ALONE.replace(r#", fallback = { after = "30 s" }"#, "");
    let waits = first(&resolved_text(&text, &[]));
    assert_eq!((waits.run.peers_completed, waits.run.origin_bytes, waits.run.fallback_bytes), (0, 0, None));
}

#[test]
fn bytes_are_accounted_for_when_the_origin_leaves_in_the_middle_of_a_piece() {
    let left = run(&[("population.seeds", r#"{ up = "1 Mbit/s", departure = "40 s" }"#)]);
    assert_eq!(left.run.ended, "piece-lost");
    assert_eq!(left.run.origin_bytes, 1_225_000, "9.8 s at 1 Mbit/s");
    assert_eq!(left.run.fallback_bytes, Some(1_225_000));
    assert_eq!(left.run.verified_bytes + left.run.partial_bytes, 1_225_000);
}

#[test]
fn the_swarm_takes_over_when_it_supplies_again() {
    let outage = r#"{ outages = [{ from = "0 s", until = "40 s" }] }"#;
    let options = [("population.peers", "12"), ("arm.only.tracker", outage), ("service.file-swarming.size", "8 MiB")];
    let both = run(&options);
    let fallback = both.run.fallback_bytes.unwrap();
    assert_eq!(both.run.peers_completed, 12);
    assert!(fallback > 0 && fallback < both.run.verified_bytes / 2, "{fallback} of {}", both.run.verified_bytes);
}

#[test]
fn stalled_peers_complete_earlier_and_the_origin_sends_more() {
    // One neighbour each, hardly ever new ones: some end up among peers who all lack the same.
    let sparse = [
        ("population.peers", "40"),
        ("arm.only.tracker", "{}"),
        ("discovery", r#"{ list = 2, wanted = 2, max-connections = 4, low-mark = 0, interval = "10 min" }"#),
        ("population.arrivals", r#"{ flash-crowd = { decay = "20 s" } }"#),
        ("population.after-completion", "leave"),
        ("service.file-swarming.size", "4 MiB"),
    ];
    let never = [&sparse[..], &[("service.file-swarming.fallback.after", "24 h")]].concat();
    let (without, with) = (run(&never), run(&sparse));
    assert_eq!(without.run.fallback_bytes, Some(0));
    assert!(with.run.fallback_bytes > Some(0));
    assert!(with.run.origin_bytes > without.run.origin_bytes, "{} {}", with.run.origin_bytes, without.run.origin_bytes);
    let mean = |outcome: &RunOutcome| {
        let times = outcome.peers.iter().filter(|peer| peer.downloads());
        times.map(|peer| peer.completion_s.map_or(7_200.0, |time| time.0.as_secs_f64())).sum::<f64>() / 40.0
    };
    assert!(mean(&with) < 0.8 * mean(&without), "{} {}", mean(&with), mean(&without));
}
