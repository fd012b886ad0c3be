//! `[sweep]`: what it runs, what it leaves on disk, what it refuses.

use std::path::Path;

use peerscape::experiment::{Execution, PlanOrder};
use peerscape::scenario::{Overrides, Resolved, load};
use peerscape::selection::Catalog;

use crate::runs::{ONE_BY_ONE, differing, files, folder_with, resolved, run};

/// Eight peers, two arms; what is swept follows.
const SMALL: &str = r#"format = 1
title = "Eight peers in two ISPs"
experiment = { replications = 2, seed = 7 }
underlay.isps.isp = [{ name = "north", ases = [64501] }, { name = "south", ases = [64502] }]
underlay.isps.link = [{ peers = [64501, 64502] }]
population.peers = 8
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
discovery = { list = 4, wanted = 4, low-mark = 2 }
service.file-swarming = { size = "1 MiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "managed", oms = { order = ["as-hops"], external = { min = 2, max = 4 } }, unis = {} },
]
"#;

fn swept(sweep: &str) -> Resolved {
    resolved(&format!("{SMALL}\n[sweep]\n{sweep}\n"), &[])
}

fn names(resolved: &Resolved) -> Vec<&str> {
    resolved.arms.iter().map(|arm| arm.name.as_str()).collect()
}

#[track_caller]
fn refused(sweep: &str) -> String {
    let folder = folder_with(&format!("{SMALL}\n[sweep]\n{sweep}\n"), &[]);
    let loaded = load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard());
    let path = folder.path().display().to_string();
    loaded.err().unwrap_or_else(|| panic!("`{sweep}` is accepted")).render(false).replace(&format!("{path}/"), "")
}

#[test]
fn a_key_of_one_arm_leaves_the_baseline_alone() {
    let scenario = swept(r#""arm.managed.oms.external.min" = [0, 2, 4]"#);
    let arms = ["unmanaged", "managed external.min=0", "managed external.min=2", "managed external.min=4"];
    assert_eq!(names(&scenario), arms);
    assert_eq!(scenario.settings().len(), 1);
    let result = run(&scenario, &ONE_BY_ONE);
    // The value that the file has anyway gives what the file gives without a sweep.
    let plain = run(&resolved(SMALL, &[]), &ONE_BY_ONE);
    for (swept, arm) in [("unmanaged", "unmanaged"), ("managed external.min=2", "managed")] {
        let of = |result: &peerscape::experiment::ExperimentResult, arm: &str| -> Vec<String> {
            result.outcomes_of(arm).map(|outcome| outcome.run.fingerprint.clone()).collect()
        };
        assert_eq!(of(&result, swept), of(&plain, arm));
    }
    assert!(result.comparisons.iter().all(|row| row.baseline == "unmanaged"));
}

#[test]
fn a_common_key_has_a_baseline_at_each_of_its_values() {
    let scenario = swept(r#""population.peers" = [4, 8]"#);
    let arms = ["unmanaged", "managed"];
    let expected: Vec<String> =
        [4, 8].iter().flat_map(|n| arms.map(|arm| format!("{arm} population.peers={n}"))).collect();
    assert_eq!(names(&scenario), expected);
    let result = run(&scenario, &ONE_BY_ONE);
    for row in &result.comparisons {
        assert_eq!(row.baseline, row.arm.replace("managed", "unmanaged"), "a comparison leaves its setting");
        assert!(row.n == 2 || row.arm_mean.is_none() || row.baseline_mean.is_none(), "{row:?}");
    }
    // The point that the file has anyway, and what does not change with the number of peers.
    let plain = run(&resolved(SMALL, &[]), &ONE_BY_ONE);
    for arm in arms {
        let name = format!("{arm} population.peers=8");
        let one = result.outcomes_of(&name).map(|o| o.run.fingerprint.clone());
        assert!(one.eq(plain.outcomes_of(arm).map(|o| o.run.fingerprint.clone())), "{arm}");
    }
    let lines = |arm: &str| -> Vec<(u32, Option<String>, u64)> {
        let peers = result.outcomes_of(arm).next().unwrap().peers.iter().filter(|row| row.role == "peer").take(4);
        peers.map(|row| (row.as_number, row.access.clone(), row.up_bps)).collect()
    };
    assert_eq!(lines("unmanaged population.peers=4"), lines("unmanaged population.peers=8"), "common random numbers");
}

#[test]
fn a_key_of_the_baseline_makes_settings_and_keys_multiply() {
    let scenario = swept(
        r#"
        "arm.unmanaged.tracker.service-time" = ["1 ms", "1 s"]
        "arm.managed.oms.external.min" = { from = 0, to = 4, step = 4 }"#,
    );
    let arms = names(&scenario);
    assert_eq!(arms.len(), 6);
    assert_eq!(arms[0], "unmanaged tracker.service-time=1 ms");
    assert_eq!(arms[5], "managed tracker.service-time=1 s, external.min=4");
    assert_eq!((0..6).filter(|arm| scenario.is_baseline(*arm)).collect::<Vec<_>>(), [0, 3]);
}

/// Sweeps of every kind: numbers, quantities, words, tables, paths of two kinds, a range, keys of several tables.
const KINDS: [&str; 6] = [
    r#""population.peers" = [4, 8]
       "arm.managed.oms.external.min" = [0, 4]"#,
    r#"population.seeds.up = { from = "1 Mbit/s", to = "16 Mbit/s", points = 3, scale = "log", label = "seed" }"#,
    r#""population.arrivals" = ["all-at-once", { flash-crowd = { decay = "20 s" } }]"#,
    r#""arm.1.oms.order" = [["same-as"], ["same-as", "as-hops"], []]
       "service.file-swarming.choking.slots" = { values = [2, 3], names = ["few", "many"] }"#,
    r#""service.file-swarming.client" = ["libtorrent-2", "mainline", "bindal-2006"]"#,
    r#""underlay.isps.link.0.capacity" = ["1 Mbit/s", "100 Mbit/s"]
       "population.access.dsl.up" = ["1 Mbit/s", "3 Mbit/s"]"#,
];

#[test]
fn the_resolved_sweep_gives_the_same_bytes_again_on_any_number_of_threads() {
    for sweep in KINDS {
        let scenario = swept(sweep);
        let once = files(&scenario, &ONE_BY_ONE, "the same");
        assert!(once.contains_key("sweep.csv"));
        let folder = folder_with(&String::from_utf8_lossy(&once["resolved.toml"]), &[]);
        // The name of a result is that of its file, and no part of what happens.
        let again = load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard());
        let again = again.unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let execution = Execution { jobs: 8, plan_order: PlanOrder::Shuffled(5) };
        // Provenance has the hash of the scenario file, which is another one.
        assert_eq!(differing(&once, &files(&again, &execution, "the same")), ["provenance.json"], "{sweep}");
    }
}

fn is_table(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "csv")
}

#[test]
fn tables_have_the_swept_values_beside_the_arm() {
    let all = files(&swept(KINDS[0]), &ONE_BY_ONE, "");
    for (name, bytes) in all.iter().filter(|(name, _)| is_table(name) && *name != "sweep.csv") {
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        let expected = ["arm", "base_arm", "sweep_population_peers", "sweep_external_min"];
        assert_eq!(header.iter().take(4).collect::<Vec<_>>(), expected, "{name}");
        for row in reader.records().map(Result::unwrap) {
            let value = |label: &str| row[0].split([' ', ',']).find_map(|part| part.strip_prefix(label)).unwrap_or("");
            assert_eq!([&row[2], &row[3]], [value("population.peers="), value("external.min=")], "{name}: {}", &row[0]);
            assert!(row[0].starts_with(&row[1]));
        }
    }
    let plain = files(&resolved(SMALL, &[]), &ONE_BY_ONE, "");
    assert!(!plain.contains_key("sweep.csv") && plain["runs.csv"].starts_with(b"arm,replication,"));
}

#[test]
fn the_command_line_wins_over_a_sweep() {
    let text = format!("{SMALL}\n[sweep]\n\"population.peers\" = [4, 8]\n\"arm.managed.oms.external.min\" = [0, 2]\n");
    let scenario = resolved(&text, &[("population.peers", "5")]);
    assert_eq!(names(&scenario), ["unmanaged", "managed external.min=0", "managed external.min=2"]);
    assert_eq!(scenario.population.peers(), 5);
    // By position is another way to write the same key.
    let scenario = resolved(&text, &[("population.peers", "5"), ("arm.1.oms.external.min", "1")]);
    assert_eq!(names(&scenario), ["unmanaged", "managed"]);
    assert!(scenario.sweep.is_none());
    let scenario = resolved(SMALL, &[("sweep.population.peers", "[3, 4]")]);
    assert_eq!(scenario.settings().len(), 2);
}

#[test]
fn a_table_that_names_an_arm_speaks_of_all_that_were_made_of_it() {
    let reference = r#"
[[reference]]
metric = "completion_mean_s"
arm = "managed"
value = 5
within = 0.5
source = "a book"
label = "book"
"#;
    let text = format!("{SMALL}{reference}\n[sweep]\n{}\n", KINDS[0]);
    let result = run(&resolved(&text, &[]), &ONE_BY_ONE);
    let arms: Vec<&str> = result.references.iter().map(|row| row.arm.as_str()).collect();
    let expected = [(4, 0), (4, 4), (8, 0), (8, 4)]
        .map(|(peers, min)| format!("managed population.peers={peers}, external.min={min}"));
    assert_eq!(arms, expected);
}

const CHECKS: &str = r#"
[[check]]
metric = "local_share"
arm = "managed"
min = 0.1

[[check]]
metric = "completion_mean_s"
of = "relative-difference"
statistic = "every-run"
max = 0.01
"#;

/// Arm, metric and answer of every check of the scenario of this text.
fn checked(text: &str) -> Vec<(String, String, bool)> {
    let result = run(&resolved(text, &[]), &ONE_BY_ONE);
    result.checks.into_iter().map(|row| (row.arm, row.metric, row.passed)).collect()
}

#[test]
fn checks_speak_of_every_arm_of_a_sweep_and_survive_in_the_resolved_scenario() {
    for sweep in [KINDS[0], KINDS[3]] {
        let text = format!("{SMALL}{CHECKS}\n[sweep]\n{sweep}\n");
        let scenario = resolved(&text, &[]);
        let managed: Vec<&str> = names(&scenario).into_iter().filter(|name| name.starts_with("managed")).collect();
        let answers = checked(&text);
        for metric in ["local_share", "completion_mean_s"] {
            let mut arms: Vec<&str> =
                answers.iter().filter(|(_, of, _)| of == metric).map(|(arm, ..)| arm.as_str()).collect();
            arms.sort_unstable();
            let mut expected = managed.clone();
            expected.sort_unstable();
            assert_eq!(arms, expected, "{metric}: every arm but the baselines of its settings");
        }
        // Each difference is to the baseline of its own setting.
        let result = run(&scenario, &ONE_BY_ONE);
        for row in result.checks.iter().filter(|row| row.of == "relative-difference") {
            let peers = |arm: &str| arm.find("population.peers=").map(|at| arm[at..].chars().nth(17));
            assert_eq!(row.baseline.as_deref().and_then(peers), peers(&row.arm), "{row:?}");
        }
        let once = files(&scenario, &ONE_BY_ONE, "the same");
        let written = String::from_utf8(once["resolved.toml"].clone()).unwrap();
        assert_eq!(written.matches("[[check]]").count(), 2, "{written}");
        assert_eq!(checked(&written), answers);
        let again = files(&resolved(&written, &[]), &ONE_BY_ONE, "the same");
        assert_eq!(differing(&once, &again), ["provenance.json"], "{sweep}");
    }
}

#[test]
fn refusals() {
    let mistakes = [
        r#""population.peer" = [1, 2]"#,
        r#""population.peers" = [1, "2"]"#,
        r#""arm.manged.oms.external.min" = [1, 2]"#,
        r#""arm.managed.oms.external.mn" = [1, 2]"#,
        r#""arm.managed.oms.external.min" = [1, 9]"#,
        r#""population.peers" = [1, 1]"#,
        r#""population.peers" = []"#,
        r#""population.peers" = 4"#,
        r#""population.peers" = { from = 1, to = 5 }"#,
        r#""population.peers" = { from = 1, too = 5, step = 1 }"#,
        r#""population.peers" = { from = 5, to = 1, step = 1 }"#,
        r#""population.peers" = { from = 1, to = "5 s", points = 3 }"#,
        r#""population.peers" = { from = 1, to = 3, points = 9, scale = "log" }"#,
        r#""population.peers" = { from = 1, to = 500, step = 1 }
"arm.managed.oms.external.min" = [0, 1, 2, 3]"#,
        r#""experiment.seed" = [1, 2]"#,
        r#""experiment.confidence" = [0.9, 0.95]"#,
        r#""population.arrivals" = ["all-at-once"]
"population.arrivals.flash-crowd.decay" = ["1 s"]"#,
        r#""population.access" = [[{ name = "a", share = 0.5, down = "1 Mbit/s", up = "1 Mbit/s" }]]"#,
        r#""population..peers" = [1]"#,
        r#""population.peers" = { values = [4, 8], names = ["few"] }"#,
        r#""population.peers" = { values = [4, 8], label = "a label that is much too long to be a part of an arm's name" }"#,
    ];
    let all: Vec<String> = mistakes.iter().map(|sweep| refused(sweep)).collect();
    insta::assert_snapshot!("sweep_refusals", all.join("\n----\n"));
}

#[test]
fn gallery_sweep_is_in_reach() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/sweeps");
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let loaded = load(&entry.path(), &Overrides::default(), &Catalog::standard());
        let scenario = loaded.unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        assert!(scenario.sweep.is_some(), "{}", entry.path().display());
    }
}
