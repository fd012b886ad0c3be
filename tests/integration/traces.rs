//! Measured times from CSV files: what they do to a run, and how bad files are refused.

use std::fs;

use peerscape::scenario::{Overrides, Resolved, ScenarioErrorKind, load};
use peerscape::selection::Catalog;

use crate::runs::{ONE_BY_ONE, fingerprints, folder_with, run};

const SCENARIO: &str = r#"format = 1
title = "Measured times"
experiment = { replications = 2, horizon = "2 min", deadline = "1 h" }
underlay.isps.isp = [{ name = "one", ases = [1] }]
service.file-swarming = { size = "2 MiB" }

[population]
peers = 3
arrivals.trace = "arrivals.csv"
after-completion = { stay-for = { empirical = "stays.csv" } }
access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
seeds = { up = "4 Mbit/s" }

[[arm]]
name = "unmanaged"
management = "none"
"#;

const ARRIVALS: &str = "# Made up.\narrival\n500 ms\n2 s\n2 s\n90 s\n";
const STAYS: &str = "value,weight\n10 s,1\n20 s,0.5\n";

fn files<'a>(arrivals: &'a str, stays: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![("arrivals.csv", arrivals), ("stays.csv", stays)]
}

fn resolved(scenario: &str, files: &[(&str, &str)]) -> Resolved {
    let folder = folder_with(scenario, files);
    match load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard()) {
        Ok(resolved) => resolved,
        Err(errors) => panic!("{}", errors.render(false)),
    }
}

#[test]
fn peers_come_and_stay_as_the_files_say() {
    let result = run(&resolved(SCENARIO, &files(ARRIVALS, STAYS)), &ONE_BY_ONE);
    for outcome in &result.outcomes {
        let peers: Vec<_> = outcome.peers.iter().filter(|peer| peer.downloads()).collect();
        let arrivals: Vec<u64> = peers.iter().map(|peer| peer.arrival_s.0.as_nanos() / 1_000_000).collect();
        assert_eq!(arrivals, [500, 2_000, 2_000], "the first three rows");
        for peer in peers {
            let (Some(stay), Some(completion)) = (peer.stay_s, peer.completion_s) else { continue };
            let stayed = stay.0.as_nanos() - completion.0.as_nanos();
            assert!([10_000_000_000, 20_000_000_000].contains(&stayed), "{stayed} ns");
        }
    }
    let left = result.outcomes.iter().flat_map(|outcome| &outcome.peers).filter(|peer| peer.stay_s.is_some()).count();
    assert!(left > 0, "somebody leaves before the run ends");
}

#[test]
fn files_are_written_back_for_any_folder_and_hashed() {
    let folder = folder_with(SCENARIO, &files(ARRIVALS, STAYS));
    let one = load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard()).unwrap();
    let below = folder.path().join("results/trial");
    fs::create_dir_all(&below).unwrap();
    let text = one.to_toml_in(&below);
    for path in ["../../arrivals.csv", "../../stays.csv"] {
        assert!(text.contains(path), "{text}");
    }
    fs::write(below.join("resolved.toml"), &text).unwrap();
    let two = load(&below.join("resolved.toml"), &Overrides::default(), &Catalog::standard()).unwrap();
    assert_eq!(one.to_toml(), two.to_toml_in(folder.path()));
    assert_eq!(fingerprints(&run(&one, &ONE_BY_ONE)), fingerprints(&run(&two, &ONE_BY_ONE)));
    let provenance = crate::runs::files(&one, &ONE_BY_ONE, "")["provenance.json"].clone();
    let provenance = String::from_utf8(provenance).unwrap();
    assert!(provenance.contains("arrivals.csv") && provenance.contains("stays.csv"), "{provenance}");
}

/// The message for these files, and its kind.
fn refusal(scenario: &str, files: &[(&str, &str)]) -> (String, ScenarioErrorKind) {
    let folder = folder_with(scenario, files);
    let refused = load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard());
    let errors = refused.expect_err("the files are refused");
    (errors.render(false).replace(&format!("{}/", folder.path().display()), ""), errors.kind())
}

/// A test per refusal: its name is the snapshot's.
macro_rules! refused {
    ($($name:ident: $scenario:expr, $files:expr;)+) => {$(
        #[test]
        fn $name() {
            let (message, kind) = refusal(&$scenario, &$files);
            assert_eq!(kind, ScenarioErrorKind::Invalid);
            insta::assert_snapshot!(concat!("traces_", stringify!($name)), message);
        }
    )+};
}

refused! {
    arrivals_that_go_back: SCENARIO, files("arrival\n5 s\n# later\n4 s\n9 s\n", STAYS);
    arrivals_without_a_unit: SCENARIO, files("arrival\n5\n6 s\n-7 s\n", STAYS);
    too_few_arrivals: SCENARIO, files("arrival\n5 s\n", STAYS);
    arrivals_under_another_name: SCENARIO, files("arrivals\n5 s\n", STAYS);
    weights_below_zero: SCENARIO, files(ARRIVALS, "value,weight\n10 s,-1\n20 s,many\n");
    weights_of_nothing: SCENARIO, files(ARRIVALS, "value,weight\n10 s,0\n20 s,0\n");
    no_durations: SCENARIO, files(ARRIVALS, "value\n");
    uniform_upside_down:
        SCENARIO.replace("{ empirical = \"stays.csv\" }", "{ uniform = { from = \"2 min\", until = \"1 min\" } }"),
        files(ARRIVALS, STAYS);
    weibull_without_scale:
        SCENARIO.replace("{ empirical = \"stays.csv\" }", "{ weibull = { shape = 0 } }"), files(ARRIVALS, STAYS);
}

/// Peers of a trace of sessions, or with laws: each refused combination.
const SESSIONS: &str = r#"format = 1
title = "Measured sessions"
underlay.isps.isp = [{ name = "one", ases = [1] }]
service.file-swarming = { size = "2 MiB" }
arm = [{ name = "unmanaged", management = "none" }]

[population]
peers = 2
access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
seeds = { up = "4 Mbit/s" }
session.trace = "sessions.csv"
"#;

const INTERVALS: &str = "peer,from,until\n0,1 s,10 s\n1,0 s,\n0,20 s,\n";

fn with(line: &str) -> String {
    format!("{}{line}\n", SESSIONS.replace("session.trace = \"sessions.csv\"\n", ""))
}

fn sessions(text: &str) -> [(&'static str, &str); 1] {
    [("sessions.csv", text)]
}

#[test]
fn peers_are_there_when_the_trace_says() {
    let text = SESSIONS.replace("arm =", "experiment = { horizon = \"30 s\", deadline = \"5 min\" }\narm =");
    for outcome in run(&resolved(&text, &sessions(INTERVALS)), &ONE_BY_ONE).outcomes {
        let peers: Vec<_> = outcome.peers.iter().filter(|peer| peer.downloads()).collect();
        let arrivals: Vec<f64> = peers.iter().map(|peer| peer.arrival_s.0.as_secs_f64()).collect();
        assert_eq!(arrivals, [1.0, 0.0], "identities are those of the file");
        let counts: Vec<u32> = peers.iter().map(|peer| peer.sessions).collect();
        assert_eq!(counts, [2, 1]);
        let end = outcome.run.ended_at_s.0.as_secs_f64();
        assert!((peers[0].online_s.0.as_secs_f64() - (9.0 + end - 20.0)).abs() < 1e-6);
        assert!((peers[1].online_s.0.as_secs_f64() - end).abs() < 1e-6);
    }
}

refused! {
    sessions_that_overlap: SESSIONS, sessions("peer,from,until\n0,1 s,10 s\n1,0 s,\n0,9 s,\n1,50 s,60 s\n");
    sessions_without_an_end_in_time: SESSIONS, sessions("peer,from,until\n0,10 s,10 s\n1,0 s,\n");
    sessions_of_nobody: SESSIONS, sessions("peer,from,until\n0,1 s,10 s\n2,0 s,\n-1,0 s,\n");
    sessions_of_some_only: SESSIONS, sessions("peer,from,until\n1,1 s,10 s\n");
    sessions_without_a_column: SESSIONS, sessions("peer,from\n1,1 s\n");
    trace_beside_arrivals: format!("{SESSIONS}arrivals = \"all-at-once\"\n"), sessions(INTERVALS);
    trace_beside_a_gap: format!("{SESSIONS}gap = \"1 min\"\n"), sessions(INTERVALS);
    trace_of_a_stationary_start: format!("{SESSIONS}start = \"stationary\"\n"), sessions(INTERVALS);
    gap_without_sessions: with("gap = \"1 min\""), [];
    sessions_of_no_length: with("session = \"10 ms\""), [];
    stationary_without_sessions: with("start = \"stationary\""), [];
    stationary_without_a_mean:
        with("start = \"stationary\"\ngap = \"1 min\"\nsession = { pareto = { minimum = \"1 min\", shape = 1.0 } }"), [];
    stationary_with_arrivals:
        with("start = \"stationary\"\nsession = \"1 min\"\ngap = \"1 min\"\narrivals = \"all-at-once\""), [];
    stationary_flash_crowd:
        with("start = \"stationary\"\nsession = \"1 min\"\narrivals = { flash-crowd = { decay = \"1 min\" } }"), [];
    stationary_that_leaves:
        with("start = \"stationary\"\nsession = \"1 min\"\ngap = \"1 h\"\nafter-completion = \"leave\"\npatience = \"1 h\""), [];
    stationary_crowd_too_small:
        with("start = \"stationary\"\nsession = \"1 min\"\narrivals = { poisson = { mean-gap = \"1 s\" } }"), [];
}

#[test]
fn hosts_and_their_sessions_must_agree() {
    let text = SESSIONS
        .replace("peers = 2\n", "hosts = \"hosts.csv\"\n")
        .replace("access = [{ name = \"dsl\", share = 1.0, down = \"16 Mbit/s\", up = \"2 Mbit/s\" }]\n", "")
        .replace("seeds = { up = \"4 Mbit/s\" }\n", "");
    let hosts = "as,role,up,down,arrival\n1,seed,4 Mbit/s,4 Mbit/s,0 s\n1,leecher,1 Mbit/s,8 Mbit/s,1 s\n\
                 1,leecher,1 Mbit/s,8 Mbit/s,0 s\n";
    let files = [("hosts.csv", hosts), ("sessions.csv", INTERVALS)];
    let outcomes = run(&resolved(&text, &files), &ONE_BY_ONE).outcomes;
    assert_eq!(outcomes[0].peers[0].arrival_s.0.as_nanos(), 1_000_000_000);
    let late = [("hosts.csv", hosts), ("sessions.csv", "peer,from,until\n0,1 s,10 s\n1,2 s,\n")];
    insta::assert_snapshot!("traces_hosts_that_disagree", refusal(&text, &late).0);
}
