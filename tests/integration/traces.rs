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
