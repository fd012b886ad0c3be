//! Metamorphic checks: what a change of the scenario must, and must not, change. Each under the condition that makes it
//! true; the conditions stand at each test.

use std::fmt::Write as _;

use peerscape::metrics::RunOutcome;
use peerscape::random::{Purpose, Seed};

use super::accounts;
use super::simulate::{assert_same_mean, resolve, run_all};

/// Two ISPs that exchange traffic by a transit provider; an unmanaged and a managed arm. All servers live in AS 10.
const SWARM: &str = r#"
format = 1
title = "Metamorphic"
experiment = { replications = 3, deadline = "3 h", sampling = "10 min" }
underlay.latency = { inside = "8 ms", hop = "12 ms" }
underlay.isps.isp = [
  { name = "transit", ases = [10] }, { name = "north", ases = [21] }, { name = "south", ases = [31] },
]
underlay.isps.link = [{ provider = 10, customer = 21 }, { provider = 10, customer = 31 }]
population.peers = 60
population.placement.table = [{ as = 21, peers = 24 }, { as = 31, peers = 36 }]
population.arrivals.flash-crowd = { decay = "20 s" }
population.access = [
  { name = "adsl", share = 0.5, down = "8 Mbit/s", up = "1 Mbit/s" },
  { name = "vdsl", share = 0.5, down = "24 Mbit/s", up = "4 Mbit/s" },
]
population.seeds = { up = "8 Mbit/s", as = 21 }
discovery = { list = 20, wanted = 15 }
service.file-swarming = { size = "8 MiB", piece = "128 KiB" }
arm = [
  { name = "unmanaged", management = "none", tracker = { as = 10 } },
  { name = "managed", oms = { as = 10, order = ["as-hops"], external = { min = 2, max = 6 } }, unis = { as = 10 } },
]
"#;

fn outcomes(text: &str, set: &[(&str, &str)]) -> Vec<Vec<RunOutcome>> {
    let scenario = resolve(text, set);
    let arms = run_all(&scenario);
    for outcome in arms.iter().flatten() {
        accounts::check(&scenario, outcome);
    }
    arms
}

/// Replications where means are compared: three standard errors are below 5 % then.
const MANY: &str = "120";

/// A metric of every run of an arm.
fn column(runs: &[RunOutcome], of: impl Fn(&RunOutcome) -> f64) -> Vec<f64> {
    runs.iter().map(of).collect()
}

fn completion(outcome: &RunOutcome) -> f64 {
    outcome.run.completion_mean_s.unwrap()
}

fn isp_completion(isp: &'static str) -> impl Fn(&RunOutcome) -> f64 {
    move |outcome| outcome.isps.iter().find(|row| row.name == isp).unwrap().completion_mean_s.unwrap()
}

/// An ISP numbered last, without peers, share of placement or links. Not even the fingerprint knows of it.
#[test]
fn an_isp_without_peers_changes_no_other_row() {
    let isps = r#"[
      { name = "transit", ases = [10] }, { name = "north", ases = [21] }, { name = "south", ases = [31] },
      { name = "empty", ases = [99] },
    ]"#;
    assert_eq!(outcomes(SWARM, &[]), outcomes(SWARM, &[("underlay.isps.isp", isps)]));
}

/// New names in the opposite alphabetical order, for ISPs, access classes and arms: the results bear the new names and
/// are otherwise the same.
#[test]
fn renaming_renames_and_changes_nothing_else() {
    let names = [
        ("transit", "a-carrier"),
        ("north", "z-first"),
        ("south", "b-second"),
        ("adsl", "y-slow"),
        ("vdsl", "c-fast"),
        ("unmanaged", "z-baseline"),
        ("managed", "a-treatment"),
    ];
    let mut renamed = SWARM.to_owned();
    for (old, new) in names {
        renamed = renamed.replace(&format!("name = \"{old}\""), &format!("name = \"{new}\""));
    }
    let back = |name: &mut String| {
        let (old, _) = names.iter().find(|(_, new)| name == new).unwrap_or_else(|| panic!("`{name}` is an old name"));
        *name = (*old).to_owned();
    };
    let mut found = outcomes(&renamed, &[]);
    for outcome in found.iter_mut().flatten() {
        back(&mut outcome.run.arm);
        back(&mut outcome.performance.arm);
        for row in &mut outcome.isps {
            back(&mut row.arm);
            back(&mut row.name);
        }
        for row in &mut outcome.peers {
            back(&mut row.arm);
            back(&mut row.isp);
            row.access.iter_mut().for_each(back);
        }
        outcome.time_series.iter_mut().for_each(|row| back(&mut row.arm));
        outcome.traffic_matrix.iter_mut().for_each(|row| back(&mut row.arm));
        outcome.links.iter_mut().for_each(|row| back(&mut row.arm));
        outcome.messages.iter_mut().for_each(|row| back(&mut row.arm));
    }
    assert_eq!(found, outcomes(SWARM, &[]));
}

/// Other AS numbers, ISPs and places in another order of the file: other draws, the same means.
#[test]
fn renumbering_keeps_the_means() {
    let renumbered = SWARM
        .replace(
            r#"{ name = "transit", ases = [10] }, { name = "north", ases = [21] }, { name = "south", ases = [31] },"#,
            r#"{ name = "south", ases = [3] }, { name = "north", ases = [55] }, { name = "transit", ases = [90] },"#,
        )
        .replace("provider = 10, customer = 21", "provider = 90, customer = 3")
        .replace("provider = 10, customer = 31", "provider = 90, customer = 55")
        .replace(
            "[{ as = 21, peers = 24 }, { as = 31, peers = 36 }]",
            "[{ as = 3, peers = 36 }, { as = 55, peers = 24 }]",
        )
        .replace("as = 21", "as = 55")
        .replace("as = 10", "as = 90");
    let many = [("experiment.replications", MANY)];
    let (before, after) = (outcomes(SWARM, &many), outcomes(&renumbered, &many));
    for (before, after) in before.iter().zip(&after) {
        let arm = before[0].run.arm.as_str();
        let same = |what: &str, of: &dyn Fn(&RunOutcome) -> f64, band: f64| {
            assert_same_mean(&format!("{arm}, {what}"), &column(before, of), &column(after, of), band);
        };
        same("completion", &completion, 0.05);
        same("completion in the north", &isp_completion("north"), 0.05);
        same("completion in the south", &isp_completion("south"), 0.05);
        same("local share", &|outcome| outcome.run.local_share.unwrap(), 0.05);
    }
}

/// All rates doubled; all latencies, timers, arrivals halved.
const TWICE_AS_FAST: &[(&str, &str)] = &[
    ("experiment.replications", MANY),
    ("underlay.latency", "{ inside = \"4 ms\", hop = \"6 ms\" }"),
    ("population.arrivals", "{ flash-crowd = { decay = \"10 s\" } }"),
    (
        "population.access",
        "[{ name = \"adsl\", share = 0.5, down = \"16 Mbit/s\", up = \"2 Mbit/s\" }, \
         { name = \"vdsl\", share = 0.5, down = \"48 Mbit/s\", up = \"8 Mbit/s\" }]",
    ),
    ("population.seeds.up", "16 Mbit/s"),
    (
        "discovery",
        "{ list = 20, wanted = 15, interval = \"15 min\", min-interval = \"30 s\", timeout = \"7500 ms\", \
         retry = \"7500 ms\", retry-max = \"15 min\", connect-timeout = \"5 s\", backoff = \"30 s\" }",
    ),
    ("service.file-swarming.choking.round", "\"5 s\""),
    ("service.file-swarming.seeding.quota-time", "\"30 s\""),
    ("service.file-swarming.pieces.slow-piece", "\"10 s\""),
    ("experiment.deadline", "90 min"),
    ("experiment.sampling", "5 min"),
    (
        "arm",
        "[{ name = \"unmanaged\", management = \"none\", tracker = { as = 10, service-time = \"500 us\" } }, \
         { name = \"managed\", \
         oms = { as = 10, order = [\"as-hops\"], external = { min = 2, max = 6 }, service-time = \"500 us\" }, \
         unis = { as = 10, service-time = \"500 us\", max-age = \"30 min\" } }]",
    ),
];

#[test]
fn twice_as_fast_a_world_halves_a_swarms_completion_times() {
    let many = [("experiment.replications", MANY)];
    let (slow, fast) = (outcomes(SWARM, &many), outcomes(SWARM, TWICE_AS_FAST));
    for (slow, fast) in slow.iter().zip(&fast) {
        let arm = slow[0].run.arm.as_str();
        let last = |outcome: &RunOutcome| outcome.run.last_completion_s.unwrap();
        let doubled = |of: fn(&RunOutcome) -> f64| column(fast, |outcome| 2.0 * of(outcome));
        assert_same_mean(&format!("{arm}, completion"), &column(slow, completion), &doubled(completion), 0.05);
        assert_same_mean(&format!("{arm}, last completion"), &column(slow, last), &doubled(last), 0.05);
        let local = |outcome: &RunOutcome| outcome.run.local_share.unwrap();
        assert_same_mean(&format!("{arm}, local share"), &column(slow, local), &column(fast, local), 0.05);
    }
}

/// A server: exact to the nanosecond, for every event time is whole, halved too. Two clients at once share 8 Mbit/s from
/// 80 ms on (two round trips of 40 ms), two more ten seconds later; 80 Mbit each: 30.08 s, and 30.08 s for those too.
#[test]
fn twice_as_fast_a_world_halves_a_servers_times_exactly() {
    let server = |latency: &str, later: &str, up: &str, down: &str| {
        format!(
            r#"
format = 1
title = "Exact"
experiment = {{ replications = 1, deadline = "1 h" }}
underlay.latency = {{ inside = "{latency}", hop = "0 ms" }}
underlay.isps.isp = [{{ name = "only", ases = [1] }}]
population.peers = 4
population.arrivals.list = {{ times = ["0 s", "0 s", "{later}", "{later}"] }}
population.access = [{{ name = "line", share = 1.0, down = "{down}", up = "0 bit/s" }}]
population.seeds = {{ up = "{up}" }}
service.client-server = {{ size = "10 MB" }}
arm = [{{ name = "server", management = "none" }}]
"#
        )
    };
    let nanos = |text: &str| -> Vec<u64> {
        let outcome = outcomes(text, &[]).remove(0).remove(0);
        outcome.peers.iter().filter_map(|peer| peer.completion_s).map(|done| done.0.as_nanos()).collect()
    };
    let slow = nanos(&server("20 ms", "10 s", "8 Mbit/s", "100 Mbit/s"));
    assert_eq!(slow, [30_080_000_000; 4]);
    let fast = nanos(&server("10 ms", "5 s", "16 Mbit/s", "200 Mbit/s"));
    assert_eq!(fast, slow.iter().map(|time| time / 2).collect::<Vec<_>>());
    // One flow, bound by its own downlink.
    let alone = |latency: &str, down: &str| {
        let text = server(latency, "10 s", "100 Mbit/s", down);
        let set = [("population.peers", "1"), ("population.arrivals", "\"all-at-once\"")];
        outcomes(&text, &set).remove(0).remove(0).peers[0].completion_s.unwrap().0.as_nanos()
    };
    assert_eq!((alone("20 ms", "4 Mbit/s"), alone("10 ms", "8 Mbit/s")), (20_080_000_000, 10_040_000_000));
}

/// Every peer and the seed live in ASes of their own, all of them customers of one: whoever asks, everybody else is two hops away.
/// An order that says nothing is none: `same-as` then `as-hops` leave what `as-hops` leaves, an OMS that orders by lot
/// leaves what a tracker leaves, to the nanosecond. Between the two pairs only the question to UNIS differs, which
/// delays the first lists: within three standard errors.
#[test]
fn equal_costs_are_no_order() {
    let mut star = String::from("[{ name = \"centre\", ases = [1] },");
    let (mut links, mut places) = (String::from("["), String::from("["));
    for stub in 2..=42 {
        write!(star, "{{ name = \"isp-{stub}\", ases = [{stub}] }},").unwrap();
        write!(links, "{{ provider = 1, customer = {stub} }},").unwrap();
    }
    for stub in 2..=41 {
        write!(places, "{{ as = {stub}, peers = 1 }},").unwrap();
    }
    for text in [&mut star, &mut links, &mut places] {
        text.push(']');
    }
    let arms = r#"[
      { name = "tracker", management = "none", tracker = { as = 1 } },
      { name = "by-lot", oms = { as = 1, order = ["random"] } },
      { name = "as-hops", oms = { as = 1, order = ["as-hops"] }, unis = { as = 1 } },
      { name = "two-orders", oms = { as = 1, order = ["same-as", "as-hops"] }, unis = { as = 1 } },
    ]"#;
    let set = [
        ("experiment.replications", MANY),
        ("underlay.isps.isp", star.as_str()),
        ("underlay.isps.link", links.as_str()),
        ("population.peers", "40"),
        ("population.placement.table", places.as_str()),
        ("population.seeds.as", "42"),
        ("discovery", "{ list = 8, wanted = 8 }"),
        ("arm", arms),
    ];
    let [tracker, lot, hops, two] = <[_; 4]>::try_from(outcomes(SWARM, &set)).unwrap();
    let times = |runs: &[RunOutcome]| -> Vec<_> {
        runs.iter().flat_map(|run| &run.peers).map(|peer| (peer.completion_s, peer.uploaded_bytes)).collect()
    };
    assert_eq!(times(&tracker), times(&lot));
    assert_eq!(times(&hops), times(&two));
    assert_same_mean("completion", &column(&tracker, completion), &column(&hops, completion), 0.05);
    let from_seed = |outcome: &RunOutcome| outcome.run.seed_copies.unwrap();
    assert_same_mean("the seed's part", &column(&tracker, from_seed), &column(&hops, from_seed), 0.05);
}

/// North and south change places: sizes of the ISPs, and where the seed is.
#[test]
fn a_mirrored_scenario_gives_mirrored_means() {
    let set = [
        ("population.placement.table", "[{ as = 21, peers = 36 }, { as = 31, peers = 24 }]"),
        ("population.seeds.as", "31"),
        ("experiment.seed", "77"),
        ("experiment.replications", "320"),
    ];
    let (one, other) = (outcomes(SWARM, &set[3..]), outcomes(SWARM, &set));
    for (one, other) in one.iter().zip(&other) {
        let arm = one[0].run.arm.as_str();
        for (here, there) in [("north", "south"), ("south", "north")] {
            let what = format!("{arm}: {here} against mirrored {there}");
            assert_same_mean(&what, &column(one, isp_completion(here)), &column(other, isp_completion(there)), 0.05);
            let entered = |isp: &'static str| {
                move |outcome: &RunOutcome| outcome.isps.iter().find(|row| row.name == isp).unwrap().in_bytes as f64
            };
            assert_same_mean(&what, &column(one, entered(here)), &column(other, entered(there)), 0.05);
        }
    }
}

/// More upload of a server delays nobody by more than a nanosecond: with any lines when everybody is served at once,
/// and with equal lines when slots are given to whoever came first. (With slots *and* different lines it may: a client
/// that is done earlier makes room for one that takes more.)
#[test]
fn more_upload_of_a_server_delays_nobody() {
    let seed = Seed::new(20_002, 0);
    let mixed = r#"[{ name = "slow", share = 0.5, down = "1 Mbit/s", up = "0 bit/s" },
                    { name = "fast", share = 0.5, down = "9 Mbit/s", up = "0 bit/s" }]"#;
    let equal = r#"[{ name = "line", share = 1.0, down = "3 Mbit/s", up = "0 bit/s" }]"#;
    for number in 0..20_u64 {
        let draw = |n: u64, from: u64, to: u64| from + seed.below(Purpose::Test, number, n, to - from + 1);
        let slots = draw(0, 2, 12);
        let (access, service) = if number % 2 == 0 {
            (mixed, "{ client-server = { size = \"3 MB\" } }".to_owned())
        } else {
            (equal, format!("{{ client-server = {{ size = \"3 MB\", slots = {slots} }} }}"))
        };
        let up = draw(1, 3_000_000, 20_000_000);
        let more = up + draw(2, 1, 20_000_000);
        let completions = |up: u64| -> Vec<u64> {
            let set = [
                ("experiment.replications", "1".to_owned()),
                ("experiment.seed", number.to_string()),
                ("population.access", access.to_owned()),
                ("population.seeds.up", format!("\"{up} bit/s\"")),
                ("service", service.clone()),
                ("arm", "[{ name = \"server\", management = \"none\" }]".to_owned()),
            ];
            let set: Vec<(&str, &str)> = set.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let outcome = outcomes(SWARM, &set).remove(0).remove(0);
            outcome.peers.iter().filter_map(|peer| peer.completion_s).map(|done| done.0.as_nanos()).collect()
        };
        let (before, after) = (completions(up), completions(more));
        assert_eq!((before.len(), after.len()), (60, 60));
        for (peer, (before, after)) in before.iter().zip(&after).enumerate() {
            assert!(
                *after <= before + 1,
                "case {number}: {up} to {more} bit/s delays peer {peer}: {before} to {after} ns"
            );
        }
    }
}
