//! The window of measurement, and what is written down at moments of a run: cases worked out by hand.

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::RunRow;

use super::accounts;
use super::simulate::{resolve, run_all};

fn one_run(text: &str, set: &[(&str, &str)]) -> RunOutcome {
    let scenario = resolve(text, set);
    let outcome = run_all(&scenario).remove(0).remove(0);
    accounts::check(&scenario, &outcome);
    outcome
}

fn close(value: Option<f64>, expected: f64, tolerance: f64) {
    let value = value.unwrap();
    assert!((value - expected).abs() <= tolerance, "{value} is not {expected}");
}

/// A peer every ten seconds; each is served alone in one second (8 Mbit at 8 Mbit/s) and stays for three more.
const SERVER: &str = r#"
format = 1
title = "Window"
experiment = { replications = 1, deadline = "1 h", sampling = "10 s" }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "only", ases = [64501] }]
population.peers = 5
population.arrivals.list.times = ["0 s", "10 s", "20 s", "30 s", "40 s"]
population.after-completion.stay-for.constant = "3 s"
population.access = [{ name = "line", share = 1.0, down = "100 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "8 Mbit/s" }
service.client-server.size = "1000000 B"
arm = [{ name = "server", management = "none" }]
"#;

fn window(row: &RunRow) -> (u32, f64, f64, f64, f64) {
    let mean = |value: Option<f64>| value.unwrap();
    let ended = row.ended_at_s.0.as_secs_f64();
    (row.peers, ended, mean(row.completion_mean_s), mean(row.leechers_mean), mean(row.seeds_mean))
}

#[test]
fn only_peers_that_arrive_inside_are_measured_and_averages_are_over_the_window() {
    // Everybody: 5 × 1 s and 4 × 3 s in 41 s; the last completes as the run ends.
    let all = one_run(SERVER, &[]).run;
    assert_eq!(window(&all), (5, 41.0, 1.0, 5.0 / 41.0, 12.0 / 41.0));
    assert!(all.bound_s.is_some());
    // Those of 10 and 20 s; the run goes on until the horizon. One complete peer is cut by neither end.
    let set = [("experiment.warm-up", "5 s"), ("experiment.horizon", "25 s")];
    let inside = one_run(SERVER, &set);
    assert_eq!(window(&inside.run), (2, 25.0, 1.0, 2.0 / 20.0, 6.0 / 20.0));
    assert_eq!((inside.run.bound_s, inside.run.distance_to_bound), (None, None));
    let measured: Vec<bool> = inside.peers.iter().map(|peer| peer.measured).collect();
    assert_eq!(measured, [false, true, true, false], "three arrived, and the server");
    // Both ends cut a phase: from 0.5 s (half a download left) to 12 s (one of three seconds as a seed).
    let set = [("experiment.warm-up", "500 ms"), ("experiment.horizon", "12 s")];
    let (peers, ended, _, leechers, seeds) = window(&one_run(SERVER, &set).run);
    assert_eq!((peers, ended), (1, 12.0));
    assert!((leechers - 1.5 / 11.5).abs() < 1e-12 && (seeds - 4.0 / 11.5).abs() < 1e-12, "{leechers} {seeds}");
    // Who arrives at the horizon is measured, and the run waits.
    let set = [("experiment.warm-up", "10 s"), ("experiment.horizon", "20 s")];
    assert_eq!(window(&one_run(SERVER, &set).run), (2, 21.0, 1.0, 1.0 / 10.0, 3.0 / 10.0));
}

/// One seed and one peer without latency: the seed's uplink is busy from the first instant, the peer's never.
const PAIR: &str = r#"
format = 1
title = "Pair"
experiment = { replications = 1, deadline = "1 h", sampling = "10 s" }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "only", ases = [64501] }]
population.peers = 1
population.access = [{ name = "line", share = 1.0, down = "100 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "4 Mbit/s" }
service.file-swarming = { size = "32 MiB", wire = "none" }
arm = [{ name = "swarm", management = "none", tracker = { service-time = "0 ms" } }]
"#;

#[test]
fn uplinks_are_occupied_by_what_they_carry() {
    // The peer asks for a list in 126 bytes of its uplink; then nothing but the seed's uplink counts.
    let asked = 126.0 * 8.0 / 1e6;
    let row = one_run(PAIR, &[]).run;
    let seconds = asked + f64::from(1_u32 << 28) / 4e6;
    let busy = |until: f64| 4.0 / 5.0 * (until - asked) / until;
    close(row.completion_mean_s, seconds, 1e-6);
    close(row.uplink_utilisation_first_minute, busy(60.0), 1e-7);
    close(row.uplink_utilisation_to_first_completion, busy(seconds), 1e-7);
    assert_eq!((row.best_fed_share, row.last_unique_piece_s), (Some(1.0), row.completion_mean_s));
    assert_eq!((row.leecher_effectiveness, row.seed_effectiveness), (Some(0.0), None));
    // A run that ends before its first minute is looked at as it ends.
    let short = one_run(PAIR, &[("experiment.deadline", "30 s")]).run;
    close(short.uplink_utilisation_first_minute, busy(30.0), 1e-7);
    assert_eq!((short.uplink_utilisation_to_first_completion, short.last_unique_piece_s), (None, None));
    // With headers the seed's wire is as full, and the peer sends 52 bytes for every other packet of 1,448, 17 for every
    // block and 9 for every piece: 1.796 % and 0.107 % of 4 Mbit/s × 0.9646.
    let row = one_run(PAIR, &[("service.file-swarming.wire", "{}")]).run;
    let payload = 4.0 * 1448.0 / 1500.0 * 16_384.0 / 16_397.0;
    let beside = payload * (26.0 / 1448.0 + 17.0 / 16_384.0 + 9.0 / 262_144.0);
    close(row.uplink_utilisation_to_first_completion, (4.0 + beside) / 5.0, 1e-4);
}

const SWARM: &str = r#"
format = 1
title = "Swarm"
experiment = { replications = 1, deadline = "2 h", sampling = "10 s" }
underlay.latency = { inside = "10 ms", hop = "15 ms" }
underlay.isps.isp = [{ name = "only", ases = [64501] }]
population.peers = 40
population.arrivals.flash-crowd.decay = "60 s"
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "8 Mbit/s" }
service.file-swarming = { size = "16 MiB" }
arm = [{ name = "swarm", management = "none" }]
"#;

/// Time and bytes of leechers and of complete peers, put together, are those of `peers.csv`.
#[test]
fn leechers_and_seeds_together_are_everybody() {
    let outcome = one_run(SWARM, &[]);
    let run = &outcome.run;
    let end = run.ended_at_s.0.as_secs_f64();
    let peers = || outcome.peers.iter().filter(|peer| peer.role == "peer");
    let leeching: f64 = peers().map(|peer| peer.completion_s.unwrap().0.as_secs_f64()).sum();
    let present: f64 = peers().map(|peer| end - peer.arrival_s.0.as_secs_f64()).sum();
    close(run.leechers_mean, leeching / end, 1e-9);
    close(run.seeds_mean, (present - leeching) / end, 1e-9);
    let payload = 2e6 * 1448.0 / 1500.0 * 16_384.0 / 16_397.0;
    let as_leechers = run.leecher_effectiveness.unwrap() * payload * leeching;
    let as_seeds = run.seed_effectiveness.unwrap() * payload * (present - leeching);
    let sent: u64 = peers().map(|peer| peer.uploaded_bytes).sum();
    close(Some((as_leechers + as_seeds) / 8.0), sent as f64, 1e-5 * sent as f64);
    assert!(as_leechers > 0.0 && as_seeds > 0.0);
    // What the seed sent, receiver by receiver: eight of forty get at least their share.
    assert!((0.2..1.0).contains(&run.best_fed_share.unwrap()));
    let unique = run.last_unique_piece_s.unwrap();
    let first_completion = peers().map(|p| p.arrival_s.0.as_secs_f64() + p.completion_s.unwrap().0.as_secs_f64());
    assert!(unique <= first_completion.fold(f64::INFINITY, f64::min), "who is complete has had every piece");
}

/// The window splits bytes as it splits time: what windows that follow each other saw adds up.
#[test]
fn effectiveness_of_two_halves_is_that_of_the_whole() {
    let sent = |from: &str, until: &str| {
        let row = one_run(SWARM, &[("experiment.warm-up", from), ("experiment.horizon", until)]).run;
        let parts = [(row.leecher_effectiveness, row.leechers_mean), (row.seed_effectiveness, row.seeds_mean)];
        parts.map(|(share, mean)| share.unwrap_or(0.0) * mean.unwrap())
    };
    let (first, second, whole) = (sent("0 s", "100 s"), sent("100 s", "150 s"), sent("0 s", "150 s"));
    for phase in 0..2 {
        let parts = (first[phase] * 100.0 + second[phase] * 50.0) / 150.0;
        assert!((parts - whole[phase]).abs() < 1e-5 * whole[phase], "{parts} {}", whole[phase]);
    }
}
