//! Advice: what is said of keys that cannot bind, and that it is true.

use std::fmt::Write as _;

use peerscape::cli;
use peerscape::selection::Catalog;
use peerscape::world::{Advice, Prepared};
use serde_json::Value;

use crate::runs::{MEMORY, ONE_BY_ONE, fingerprints, folder_with, resolved, run};

/// Nothing in it is idle.
const BASE: &str = r#"format = 1
title = "Nothing is idle"
experiment = { replications = 2, deadline = "2 h" }
underlay.isps.isp = [{ name = "north", ases = [1] }, { name = "south", ases = [2] }]
underlay.isps.link = [{ peers = [1, 2], capacity = "1 Mbit/s" }]
population.peers = 12
population.arrivals.uniform.within = "20 s"
population.access = [{ name = "dsl", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "4 Mbit/s" }
discovery = { list = 6, wanted = 6, low-mark = 3 }
service.file-swarming = { size = "2 MiB", piece = "128 KiB" }
arm = [{ name = "unmanaged", management = "none" },
  { name = "managed", oms = { order = ["same-as"], external = { min = 1, max = 3 } }, unis = {} },
]
"#;

const SERVER: &str =
    r#"service={ client-server = { size = "2 MiB" } };arm.managed={ name = "two", management = "none" }"#;

/// What is changed in the scenario (`;` between changes), and another change of what cannot bind then: both must run alike.
/// Where the second is empty the advice is not about something without effect.
const CASES: &[(&str, &str)] = &[
    ("experiment.replications=1", ""),
    ("experiment.replications=1;experiment.confidence=0.9", ""),
    ("experiment.sampling=3 h", "experiment.sampling=30 s"),
    ("experiment.deadline=2 s", ""),
    ("experiment.deadline=10 s", ""),
    ("experiment.warm-up=1 ms", "experiment.warm-up=0 s"),
    ("underlay.isps.link.0.capacity=1 Gbit/s", "underlay.isps.link.0.capacity=2 Gbit/s"),
    ("population.after-completion={ stay-for = \"3 h\" }", "population.after-completion=stay"),
    (
        "population.access=[{ name = \"dsl\", share = 0.95, down = \"8 Mbit/s\", up = \"1 Mbit/s\" }, { name = \"rare\", share = 0.05, down = \"8 Mbit/s\", up = \"1 Mbit/s\" }]",
        "",
    ),
    ("population.seeds.departure=3 h", "population.seeds.departure=4 h"),
    ("discovery.list=40", "discovery.list=41"),
    ("discovery.wanted=40", "discovery.wanted=41"),
    ("discovery.max-connections=40", "discovery.max-connections=41"),
    ("discovery.low-mark=40", "discovery.low-mark=41"),
    ("discovery.timeout=1 ms", ""),
    ("discovery.connect-timeout=1 ms", ""),
    ("discovery.retry=1 ms;discovery.retry-max=1 ms", ""),
    ("discovery.backoff=1 ms;discovery.min-interval=1 ms", ""),
    ("arm.unmanaged.tracker={ outages = [{ from = \"3 h\", until = \"4 h\" }] }", "arm.unmanaged.tracker={}"),
    ("arm.managed.oms.external.max=7", "arm.managed.oms.external.max=8"),
    (
        "arm.managed.oms.external={ min = 14, max = 15 };discovery.list=20",
        "arm.managed.oms.external={ min = 13, max = 15 }",
    ),
    ("underlay.isps.isp=[{ name = \"only\", ases = [1, 2] }]", "arm.managed.oms.external={ min = 2, max = 3 }"),
    ("arm.managed.oms.neighbours={ external = 65, internal = 64 };discovery.max-connections=60", ""),
    (
        "arm.managed.oms.neighbours={ external = 20, internal = 21 }",
        "arm.managed.oms.neighbours={ external = 30, internal = 31 }",
    ),
    ("arm.managed.oms={ order = [\"random\"] };arm.managed={ name = \"managed\", oms = { order = [\"random\"] } }", ""),
    ("arm.managed.oms.unguided=1.0", "arm.managed.oms.order=[\"same-isp\"]"),
    (
        "underlay.isps.isp=[{ name = \"only\", ases = [1] }];underlay.isps={ isp = [{ name = \"only\", ases = [1] }] }",
        "arm.managed.oms.order=[\"as-hops\"]",
    ),
    (
        "arm.managed={ name = \"managed\", oms = { order = [\"as-hops\"] }, unis = {} };discovery={ list = 12, wanted = 12, low-mark = 3 }",
        "",
    ),
    ("arm.managed.unis.max-age=3 h", "arm.managed.unis.max-age=4 h"),
    (SERVER, "discovery.list=7"),
    (
        "service={ client-server = { size = \"2 MiB\", slots = 40 } };arm.managed={ name = \"two\", management = \"none\" };discovery={}",
        "service.client-server.slots=41",
    ),
    ("service.file-swarming.choking.slots=40", "service.file-swarming.choking.slots=41"),
    ("service.file-swarming.seeding.slots=40", "service.file-swarming.seeding.slots=41"),
    (
        "service.file-swarming.choking={ optimistic = 0, optimistic-rounds = 2 }",
        "service.file-swarming.choking.optimistic-rounds=5",
    ),
    (
        "service.file-swarming.seeding={ order = \"random\", quota-pieces = 2, quota-time = \"2 s\" }",
        "service.file-swarming.seeding={ order = \"random\" }",
    ),
    ("service.file-swarming.piece=2 MiB", ""),
    ("service.file-swarming.seeding.quota-pieces=300", "service.file-swarming.seeding.quota-pieces=301"),
    (
        "service.file-swarming.pieces={ order = \"random\", random-first = 2 }",
        "service.file-swarming.pieces.random-first=9",
    ),
    ("service.file-swarming.pieces={ random-first = 16 }", "service.file-swarming.pieces.order=sequential"),
    (
        "service.file-swarming.pieces={ end-game = false, strict-end-game = true }",
        "service.file-swarming.pieces.strict-end-game=false",
    ),
    ("service.file-swarming.pieces={ pipelining = false, pipeline = 8 }", "service.file-swarming.pieces.pipeline=9"),
    (
        "service.file-swarming.wire={ acknowledgements = false, packets-per-ack = 3 }",
        "service.file-swarming.wire.packets-per-ack=4",
    ),
    (
        "service.file-swarming.tcp={ shares = { log-normal = { redraw = \"3 h\" } } }",
        "service.file-swarming.tcp={ shares = { log-normal = { redraw = \"4 h\" } } }",
    ),
    (
        "population.peers=1;service.file-swarming.tcp={ shares = { log-normal = {} } };discovery={ list = 1, wanted = 1, low-mark = 0 };arm.managed={ name = \"two\", management = \"none\" };service.file-swarming.choking={ slots = 1, optimistic = 0 }",
        "service.file-swarming.tcp={}",
    ),
    ("population.session=3 h", "population.session=4 h"),
    ("population.session=3 h;population.gap=1 min", "population.gap=2 min"),
    ("population.patience={ uniform = { from = \"2 h\", until = \"3 h\" } }", "population.patience=4 h"),
    ("service.file-swarming.fallback.after=3 h", "service.file-swarming.fallback.after=4 h"),
    ("check=[{ metric = \"local_share\", min = 0.0, max = 1.0 }, { metric = \"completion_p95_s\", max = 7200.0 }]", ""),
    (
        "check=[{ metric = \"peers_censored\", statistic = \"every-run\", max = 12 }, { metric = \"inter_isp_bytes\", of = \"relative-difference\", min = -1.0 }, { metric = \"local_share\", of = \"difference\", min = -1.0, max = 0.9 }]",
        "",
    ),
];

fn changes(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.split(';').filter(|change| !change.is_empty()).map(|change| change.split_once('=').unwrap()).collect()
}

fn advice(set: &[(&str, &str)]) -> Vec<Advice> {
    let scenario = resolved(BASE, set);
    Prepared::new(&scenario, 1, MEMORY).unwrap().advice()
}

#[test]
fn a_scenario_in_which_everything_binds_gets_none() {
    assert_eq!(advice(&[]), []);
}

/// Each of these can fail: an interval goes beyond the range of its metric, and money below zero.
#[test]
fn bounds_that_can_fail_get_none() {
    for check in [
        "{ metric = \"local_share\", statistic = \"interval\", min = 0.0, max = 1.0 }",
        "{ metric = \"stub_paid_per_month\", min = 0.0 }",
        "{ metric = \"overhead_share\", max = 1.0 }",
        "{ metric = \"completion_p95_s\", max = 7199.0 }",
        "{ metric = \"inter_isp_bytes\", of = \"difference\", min = 0.0 }",
        "{ metric = \"local_share\", of = \"relative-difference\", max = 1.0 }",
        "{ metric = \"mean_as_hops\", min = 1e-9 }",
        "{ metric = \"inter_isp_bytes\", of = \"relative-difference\", statistic = \"every-run\", min = -1.0 }",
    ] {
        assert_eq!(advice(&[("check", &format!("[{check}]"))]), [], "{check}");
    }
}

#[test]
fn advice_is_worded_so() {
    let mut said = String::new();
    for (change, _) in CASES {
        let found = advice(&changes(change));
        assert!(!found.is_empty(), "{change}");
        writeln!(said, "{change}").unwrap();
        for one in found {
            writeln!(said, "    {one}").unwrap();
        }
    }
    insta::assert_snapshot!("advice", said);
}

/// What cannot bind changes nothing: with another value that cannot bind either, every run is the same.
#[test]
fn advice_is_true() {
    let mut wrong = Vec::new();
    for (change, same) in CASES.iter().filter(|(_, same)| !same.is_empty()) {
        let mut set = changes(change);
        let before = run(&resolved(BASE, &set), &ONE_BY_ONE);
        set.extend(changes(same));
        let after = run(&resolved(BASE, &set), &ONE_BY_ONE);
        if fingerprints(&before) != fingerprints(&after) {
            wrong.push(format!("{change}: `{same}` matters"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Exit code, standard output and standard error.
fn peerscape(arguments: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["peerscape"].iter().chain(arguments);
    let code = cli::run_with(arguments, &Catalog::standard(), &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn advice_goes_to_standard_error_and_into_documents() {
    let folder = folder_with(BASE, &[]);
    let file = folder.path().join("trial.toml");
    let file = file.to_str().unwrap();
    let set = ["--set", "discovery.wanted=40"];
    let (code, out, err) = peerscape(&[&["validate", file], &set[..]].concat());
    assert_eq!(code, 0);
    assert!(err.starts_with("advice: `discovery.wanted`: ") && !out.contains("advice"), "{err}{out}");
    let (code, out, err) = peerscape(&[&["validate", file, "--format", "json"], &set[..]].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["advice"][0]["key"], "discovery.wanted");
    let (code, _, err) = peerscape(&["validate", file]);
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn advice_about_some_settings_of_a_sweep_says_of_how_many() {
    let swept = format!("{BASE}[sweep]\n\"population.peers\" = [12, 60]\n");
    let folder = folder_with(&swept, &[]);
    let file = folder.path().join("trial.toml");
    let (code, _, err) = peerscape(&["validate", file.to_str().unwrap(), "--set", "discovery.wanted=40"]);
    assert_eq!(code, 0, "{err}");
    insta::assert_snapshot!("advice_of_a_sweep", err);
}

#[test]
fn links_that_were_never_full_are_named_after_the_runs() {
    let folder = folder_with(BASE, &[]);
    let file = folder.path().join("trial.toml");
    let file = file.to_str().unwrap();
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    // Below what twelve lines of 1 Mbit/s could want, and far above what they do want.
    let set = [
        "--set",
        "underlay.isps.link.0.capacity={ up = \"7.5 Mbit/s\", down = \"0.2 Mbit/s\" }",
        "--set",
        "population.placement={ table = [{ as = 1, peers = 11 }, { as = 2, peers = 1 }] }",
        "--set",
        "population.seeds={ up = \"4 Mbit/s\", as = 1 }",
    ];
    let (code, _, err) = peerscape(&[&["run", file, "--out", out], &set[..]].concat());
    assert_eq!(code, 0, "{err}");
    let advice: Vec<&str> = err.lines().filter(|line| line.starts_with("advice: ")).collect();
    insta::assert_snapshot!("advice_after_runs", advice.join("\n"));
    let page = std::fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    assert!(page.contains("Advice: "), "the report says so, too");
    let links = std::fs::read_to_string(folder.path().join("out/links.csv")).unwrap();
    let full: Vec<(&str, &str, f64)> = links
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .map(|cells| (cells[2], cells[3], cells.last().unwrap().parse().unwrap()))
        .collect();
    assert!(full.iter().any(|(from, _, time)| *from == "2" && *time > 0.0), "{full:?}");
}

/// One client, one server, one link between them: the link is full for as long as the transfer takes, or never.
#[test]
fn the_time_in_which_a_link_is_full_is_that_of_the_transfer() {
    let set = [
        (
            "population",
            "{ peers = 1, arrivals = \"all-at-once\", access = [{ name = \"a\", share = 1.0, down = \"8 Mbit/s\", up = \"1 Mbit/s\" }], placement = { table = [{ as = 1, peers = 1 }] }, seeds = { up = \"4 Mbit/s\", as = 2 } }",
        ),
        ("service", "{ client-server = { size = \"1 MB\" } }"),
        ("arm", "[{ name = \"one\", management = \"none\" }]"),
        ("discovery", "{}"),
    ];
    for (capacity, expected) in [("1 Mbit/s", 8.0), ("2 Mbit/s", 4.0), ("5 Mbit/s", 0.0)] {
        let mut set = set.to_vec();
        set.push(("underlay.isps.link.0.capacity", capacity));
        for outcome in run(&resolved(BASE, &set), &ONE_BY_ONE).outcomes {
            let row = outcome.links.iter().find(|row| (row.from_as, row.to_as) == (2, 1)).unwrap();
            let full = row.full_s.unwrap().0.as_secs_f64();
            assert!((full - expected).abs() < 1e-6, "{capacity}: full for {full} s");
        }
    }
}
