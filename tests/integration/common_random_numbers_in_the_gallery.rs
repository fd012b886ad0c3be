//! Common random numbers in every scenario of the gallery, and with sessions, traces, fallback and tariffs: whoever is in two
//! arms has the same place, line, arrival, sessions and stay in both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::PeerRow;
use peerscape::scenario::{Overrides, Resolved, load};
use peerscape::selection::Catalog;

use crate::mutations::files_below;
use crate::runs::{ONE_BY_ONE, folder_with, repository, run};

/// Fewer peers than the scenarios have: what is given does not depend on how many there are.
const SMALL: [(&str, &str); 2] = [("experiment.replications", "1"), ("population.peers", "40")];
/// What else has to shrink with them.
const FURTHER: [(&str, &[(&str, &str)]); 4] = [
    ("locality/bindal-2006.toml", &[("population.placement", "uniform")]),
    (
        "managed-vs-unmanaged/poisson-steady-state.toml",
        &[
            ("population.peers", "90"),
            ("population.arrivals.poisson.mean-gap", "60 s"),
            ("experiment.warm-up", "1 min"),
            ("experiment.horizon", "1 h"),
        ],
    ),
    (
        "planner/transit-bill.toml",
        &[("experiment.warm-up", "0 s"), ("experiment.horizon", "4 min"), ("experiment.deadline", "1 h")],
    ),
    ("worst-served.toml", &[("population.placement", "uniform")]),
];
/// These need a file that is not a part of the repository.
const WITH_DATA: [&str; 1] = ["caida/real-graph.toml"];
/// Theory and measurements have tests of their own.
const NOT_IN_THE_GALLERY: &str = "validation";

/// Everything that is drawn while a run lives: sessions and gaps, patience, stays; fallback and tariffs besides.
const LIVES: &str = r#"format = 1
title = "Are the arms given the same lives?"
experiment = { replications = 2, deadline = "4 h" }
underlay.tiered = { ases = 40, tier1 = 3 }
population.peers = 60
population.arrivals = { poisson = { mean-gap = "10 s" } }
population.session = { weibull = { shape = 0.6, scale = "1 min" } }
population.gap = { log-normal = { median = "1 min", sigma = 1.0 } }
population.patience = { exponential = { mean = "10 min" } }
population.after-completion = { stay-for = { exponential = { mean = "1 min" } } }
population.access = [
  { name = "adsl", share = 0.5, down = "16 Mbit/s", up = "1 Mbit/s" },
  { name = "fibre", share = 0.5, down = "200 Mbit/s", up = "50 Mbit/s" },
]
population.seeds = { count = 1, up = "2 Mbit/s" }
discovery = { list = 10, wanted = 8, low-mark = 4 }
service.file-swarming = { size = "32 MiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "managed", oms = { order = ["same-as"], external = { min = 2, max = 8 } }, unis = {} },
  { name = "fallback", management = "none", service = { file-swarming = { size = "32 MiB", fallback = { after = "5 s" } } } },
]
tariff = [{ name = "list", links = "transit", terms = { percentile = { price = "2 EUR per Mbit/s" } } }]
"#;

/// What is given to a peer from the start.
fn given(row: &PeerRow) -> (u32, &str, &Option<String>, u64, u64, u64) {
    (row.as_number, &row.isp, &row.access, row.up_bps, row.down_bps, row.arrival_s.0.as_nanos())
}

/// How much was compared.
#[derive(Default)]
struct Seen {
    arms: usize,
    peers: usize,
    stays: usize,
    early: usize,
}

/// Compares the arms of each replication pair by pair, setting by setting of a sweep.
fn compare(scenario: &Resolved, outcomes: &[RunOutcome]) -> Seen {
    let mut seen = Seen::default();
    let (sessions, name) = (&scenario.population.sessions, &scenario.name);
    for setting in scenario.settings() {
        let of_setting = |outcome: &&RunOutcome| setting.arms.iter().any(|arm| arm.name == outcome.run.arm);
        let mut first: BTreeMap<u32, &RunOutcome> = BTreeMap::new();
        for outcome in outcomes.iter().filter(of_setting) {
            seen.arms += 1;
            let one = *first.entry(outcome.run.replication).or_insert(outcome);
            let others: BTreeMap<(&str, u32), &PeerRow> =
                outcome.peers.iter().map(|row| ((row.role.as_str(), row.peer), row)).collect();
            // Roles of sources have other names in client-server arms; peers are peers everywhere.
            for row in one.peers.iter().filter(|row| row.downloads()) {
                let Some(other) = others.get(&(row.role.as_str(), row.peer)) else { continue };
                assert_eq!(given(row), given(other), "{name}: peer {} in {}", row.peer, outcome.run.arm);
                seen.peers += 1;
                if std::ptr::eq(one, outcome) {
                    continue;
                }
                if row.left_early && other.left_early {
                    let life = |row: &PeerRow| (row.stay_s.map(|stay| stay.0), row.sessions, row.online_s.0);
                    assert_eq!(life(row), life(other), "{name}: peer {} left early in {}", row.peer, outcome.run.arm);
                    seen.early += 1;
                }
                let stay = |row: &PeerRow| Some(row.stay_s?.0.as_nanos() - row.completion_s?.0.as_nanos());
                if let Some((one, other)) = stay(row).zip(stay(other)).filter(|_| !sessions.limited()) {
                    assert_eq!(one, other, "{name}: peer {} after completion in {}", row.peer, outcome.run.arm);
                    seen.stays += 1;
                }
            }
        }
    }
    seen
}

fn loaded(file: &Path, set: &[(&str, &str)]) -> Resolved {
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    load(file, &Overrides { seed: None, set }, &Catalog::standard()).unwrap_or_else(|errors| {
        panic!("{}: what has to shrink with the population stands in FURTHER\n{}", file.display(), errors.render(false))
    })
}

#[test]
fn all_arms_of_every_gallery_scenario_are_given_the_same() {
    let folder = repository().join("scenarios");
    let name = |file: &Path| file.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
    let files = files_below(&folder, "toml");
    let names: BTreeSet<String> = files.iter().map(|file| name(file)).collect();
    for (known, _) in FURTHER {
        assert!(names.contains(known), "{known} is gone");
    }
    let (mut compared, mut stays, mut early) = (0, 0, 0);
    for file in files {
        let name = name(&file);
        if name.starts_with(NOT_IN_THE_GALLERY) {
            continue;
        }
        if WITH_DATA.contains(&name.as_str()) && !repository().join("../shared/data").is_dir() {
            eprintln!(
                "SKIPPED all_arms_of_every_gallery_scenario_are_given_the_same ({name}): ../shared/data is missing"
            );
            continue;
        }
        let further = FURTHER.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, set)| set);
        let scenario = loaded(&file, &[&SMALL[..], further].concat());
        let result = run(&scenario, &ONE_BY_ONE);
        let seen = compare(&scenario, &result.outcomes);
        assert!(seen.arms >= 2 && seen.peers >= 60, "{name}: {} peers in {} arms", seen.peers, seen.arms);
        (compared, stays, early) = (compared + 1, stays + seen.stays, early + seen.early);
    }
    assert!(compared >= 10, "{compared} scenarios");
    assert!(stays > 100 && early > 5, "{stays} stays and {early} premature departures were compared");
}

#[test]
fn lives_are_the_same_in_all_arms() {
    let folder = folder_with(LIVES, &[]);
    let scenario = loaded(&folder.path().join("trial.toml"), &[]);
    let result = run(&scenario, &ONE_BY_ONE);
    let seen = compare(&scenario, &result.outcomes);
    assert!(seen.peers == 60 * 6 && seen.early > 10, "{} peers, {} left early", seen.peers, seen.early);
    assert!(result.outcomes.iter().flat_map(|outcome| &outcome.peers).any(|row| row.sessions > 3));
    assert!(result.outcomes.iter().any(|outcome| outcome.run.fallback_bytes.is_some_and(|bytes| bytes > 0)));
    assert!(result.outcomes.iter().all(|outcome| !outcome.costs.is_empty()));
}

#[test]
fn measured_arrivals_and_sessions_are_the_same_in_all_arms() {
    let drawn = "population.arrivals = { poisson = { mean-gap = \"10 s\" } }\n";
    let arrivals: String = (0..60).map(|peer| format!("{} s", 7 * peer)).collect::<Vec<_>>().join("\n");
    let text = LIVES.replace(drawn, "population.arrivals.trace = \"arrivals.csv\"\n");
    let stays = "value,weight\n4 s,1\n90 s,2\n";
    let text = text.replace("{ weibull = { shape = 0.6, scale = \"1 min\" } }", "{ empirical = \"laws.csv\" }");
    let folder = folder_with(&text, &[("arrivals.csv", &format!("arrival\n{arrivals}\n")), ("laws.csv", stays)]);
    let scenario = loaded(&folder.path().join("trial.toml"), &[]);
    let seen = compare(&scenario, &run(&scenario, &ONE_BY_ONE).outcomes);
    assert!(seen.peers == 60 * 6 && seen.early > 10, "{} peers, {} left early", seen.peers, seen.early);
    // Sessions themselves: three each, a minute apart.
    let sessions: String = (0..60)
        .flat_map(|peer| (0..3).map(move |n| (peer, 5 * peer + 80 * n)))
        .map(|(peer, from)| format!("{peer},{from} s,{} s", from + 20))
        .collect::<Vec<_>>()
        .join("\n");
    let text = LIVES
        .replace(drawn, "")
        .replace("{ weibull = { shape = 0.6, scale = \"1 min\" } }", "{ trace = \"sessions.csv\" }");
    let text = text.replace("population.gap = { log-normal = { median = \"1 min\", sigma = 1.0 } }\n", "");
    let folder = folder_with(&text, &[("sessions.csv", &format!("peer,from,until\n{sessions}\n"))]);
    let scenario = loaded(&folder.path().join("trial.toml"), &[]);
    let seen = compare(&scenario, &run(&scenario, &ONE_BY_ONE).outcomes);
    assert!(seen.peers == 60 * 6 && seen.early > 10, "{} peers, {} left early", seen.peers, seen.early);
}
