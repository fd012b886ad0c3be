//! D1, second half: a swarm.
//!
//! Kumar & Ross 2006: nobody distributes F bits faster than max(F/u_s, F/d_min, N·F/(u_s + Σu_i)), counted
//! from the first arrival to the last completion, the uplinks of all initial seeds in u_s.

use peerscape::random::{Purpose, Seed};

use super::accounts;
use super::simulate::{resolve, run_all};

/// 150 Mbit in 256 pieces. No latency, no overhead; everybody comes at once and stays.
///
/// The conditions under which a homogeneous swarm is expected within 1.4 × the bound: at least 256 pieces;
/// u_s = 30 ≥ 2·u_i; seed slots ≥ u_s/d = 15; a slot sends a piece within one choke round. A peer shares its uplink
/// among 4 + 1 slots: a piece takes five times 586 kbit ÷ u, and the choke round is that time, rounded up to a whole
/// second (10, 5 and 2 s). All other settings are the same in all nine cases: a peer looks for 30 neighbours and accepts
/// 64 (everybody registers in one instant, and the last find the first full where both numbers are close); who has
/// fewer than 30 asks again after 5 s; the tracker takes no time. The band is held against the mean over ten replications:
/// at N = 1000, u = 2 Mbit/s the download takes 7.5 rounds of ten seconds, and about one run in ten has a straggler that
/// tit-for-tat leaves behind. With rounds of ten seconds there instead of two the mean is 1.74, outside the band:
/// `docs/limitations.md` says so.
const SWARM: &str = r#"
format = 1
title = "D1: a swarm"
experiment = { replications = 10, deadline = "12 h", sampling = "10 min" }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "only", ases = [64501] }]
population.peers = 10
population.access = [{ name = "line", share = 1.0, down = "2 Mbit/s", up = "300 kbit/s" }]
population.seeds = { up = "30 Mbit/s" }
discovery = { list = 50, wanted = 30, max-connections = 64, low-mark = 30, min-interval = "5 s" }
service.file-swarming = { size = "18750000 B", piece = "73243 B", wire = "none", seeding = { slots = 15 } }
arm = [{ name = "swarm", management = "none", tracker = { service-time = "0 ms" } }]
"#;

/// (uplink, choke round, a hundredth of the published bound at N = 10, 100, 1000, in seconds).
const CASES: [(&str, &str, [f64; 3]); 3] = [
    ("300 kbit/s", "10 s", [75.0, 250.0, 454.545_454_545]),
    ("700 kbit/s", "5 s", [75.0, 150.0, 205.479_452_055]),
    ("2 Mbit/s", "2 s", [75.0, 75.0, 75.0]),
];

/// Last completion ÷ bound, over three replications, at N = `peers`.
///
/// Two settings were chosen after looking at what they do. *Rounds*: with ten-second rounds throughout, seven cases stay
/// within 1.4, but N = 100, u = 2 Mbit/s has a mean of 1.35 and a worst of 1.42, N = 1000 a mean of 1.61 and a worst of
/// 1.72: that bound is 7.5 such rounds, and the few peers that were given fewest slots in them come late (choking by lot
/// does not help them). *Connections*: with the defaults (30 wanted, 50 accepted, asked again after 60 s) N = 100 is at
/// 1.53 for u = 0.3 and 1.65 for u = 2 Mbit/s, the last comers being short of neighbours.
fn ratios(place: usize, peers: &str) {
    for (up, round, bounds) in CASES {
        let access = format!(r#"[{{ name = "line", share = 1.0, down = "2 Mbit/s", up = "{up}" }}]"#);
        let set = [
            ("population.peers", peers),
            ("population.access", access.as_str()),
            ("service.file-swarming.choking.round", &format!("\"{round}\"")),
        ];
        let scenario = resolve(SWARM, &set);
        let mut distances = Vec::new();
        for outcome in run_all(&scenario).remove(0) {
            accounts::check(&scenario, &outcome);
            let run = &outcome.run;
            assert_eq!(run.ended, "all-complete");
            assert!((run.bound_s.unwrap() / bounds[place] - 1.0).abs() < 1e-9, "the bound is the published one");
            let last = outcome.peers.iter().filter_map(|peer| peer.completion_s).max().unwrap().0.as_secs_f64();
            assert!(last >= bounds[place], "nobody beats the bound: {last} s");
            distances.push(run.distance_to_bound.unwrap());
        }
        let mean = distances.iter().sum::<f64>() / distances.len() as f64;
        println!("N = {peers}, u = {up}: last completion / bound {mean:.3}, runs {distances:.3?}");
        assert!(mean <= 1.4, "N = {peers}, u = {up}: {mean} from {distances:?}");
    }
}

#[test]
fn d01_a_swarm_of_10_is_within_1_4_of_the_bound() {
    ratios(0, "10");
}

#[test]
fn d01_a_swarm_of_100_is_within_1_4_of_the_bound() {
    ratios(1, "100");
}

#[test]
fn d01_a_swarm_of_1000_is_within_1_4_of_the_bound() {
    ratios(2, "1000");
}

/// Scenarios drawn at random: lines, seeds, sizes, slots, latencies, arrivals. Many stop at the deadline; of those that
/// complete none is below the bound.
#[test]
fn d01_the_bound_is_never_beaten() {
    let seed = Seed::new(6, 0);
    let mut completed = 0;
    for number in 0..60 {
        let mut count = 0;
        let mut draw = |from: u64, to: u64| {
            count += 1;
            from + seed.below(Purpose::Test, number, count, to - from + 1)
        };
        let share = draw(1, 9) as f64 / 10.0;
        let (slow_up, fast_up) = (draw(0, 900), draw(500, 20_000));
        let (slow_down, fast_down) = (draw(500, 4_000), draw(2_000, 50_000));
        let text = format!(
            r#"
format = 1
title = "bound"
experiment = {{ seed = {number}, replications = 1, deadline = "4 h", sampling = "10 min" }}
underlay.latency = {{ inside = "{} ms", hop = "{} ms" }}
underlay.isps.isp = [{{ name = "a", ases = [1] }}, {{ name = "b", ases = [2] }}]
underlay.isps.link = [{{ peers = [1, 2] }}]
population.peers = {}
population.access = [
  {{ name = "slow", share = {share}, down = "{slow_down} kbit/s", up = "{slow_up} kbit/s" }},
  {{ name = "fast", share = {}, down = "{fast_down} kbit/s", up = "{fast_up} kbit/s" }},
]
population.seeds = {{ count = {}, up = "{} kbit/s" }}
population.arrivals = {}
discovery = {{ list = {}, wanted = {} }}
service.file-swarming.size = "{} KiB"
service.file-swarming.piece = "{} KiB"
service.file-swarming.wire = {}
service.file-swarming.choking = {{ slots = {}, round = "{} s" }}
arm = [{{ name = "swarm", management = "none" }}]
"#,
            draw(0, 60),
            draw(0, 40),
            draw(1, 80),
            1.0 - share,
            draw(1, 3),
            draw(1_000, 60_000),
            ["\"all-at-once\"", "{ flash-crowd = { decay = \"30 s\" } }"][draw(0, 1) as usize],
            draw(5, 60),
            draw(5, 40),
            draw(200, 20_000),
            [16, 64, 256][draw(0, 2) as usize],
            ["\"none\"", "{}"][draw(0, 1) as usize],
            draw(1, 8),
            draw(2, 12),
        );
        let scenario = resolve(&text, &[]);
        let outcome = run_all(&scenario).remove(0).remove(0);
        accounts::check(&scenario, &outcome);
        if let Some(distance) = outcome.run.distance_to_bound {
            completed += 1;
            assert!(distance >= 1.0, "{distance} × the bound in\n{text}");
        }
    }
    assert!(completed >= 50, "only {completed} scenarios say something");
}
