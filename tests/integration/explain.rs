//! `peerscape explain` and `peerscape completions`.

use std::collections::BTreeSet;

use peerscape::cli;
use peerscape::report::TABLES;
use peerscape::scenario::{Overrides, accepted_keys, load};
use peerscape::selection::Catalog;
use serde_json::Value;

use crate::runs::folder_with;

/// Exit code, standard output and standard error.
fn peerscape(arguments: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["peerscape"].iter().chain(arguments);
    let code = cli::run_with(arguments, &Catalog::standard(), &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn explained(name: &str) -> String {
    let (code, out, err) = peerscape(&["explain", name]);
    assert_eq!((code, err.as_str()), (0, ""), "{name}");
    out
}

#[test]
fn a_key_is_explained_by_its_path_or_the_end_of_it() {
    let text = explained("arm.*.oms.external.min");
    insta::assert_snapshot!("explained_key", text);
    for asked in [
        "external.min",
        "oms.external.min",
        "arm.oms.external.min",
        "arm.managed.oms.external.min",
        "arm.1.oms.external.min",
    ] {
        assert_eq!(explained(asked), text, "{asked}");
    }
}

#[test]
fn an_alternative_a_column_and_a_strategy_are_explained() {
    insta::assert_snapshot!("explained_alternative", explained("flash-crowd"));
    insta::assert_snapshot!("explained_column", explained("completion_mean_s"));
    insta::assert_snapshot!("explained_strategy", explained("same-as"));
}

#[test]
fn several_meanings_are_listed() {
    insta::assert_snapshot!("explained_several", explained("slots"));
}

#[test]
fn unknown_names_get_the_nearest_ones() {
    let (code, out, err) = peerscape(&["explain", "replicaitons"]);
    assert_eq!((code, out.as_str()), (2, ""));
    insta::assert_snapshot!("explained_unknown", err);
    let (code, out, _) = peerscape(&["explain", "zebra\u{1b}[2J", "--format", "json"]);
    assert_eq!(code, 2);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["nearest"], serde_json::json!([]));
    assert!(!peerscape(&["explain", "zebra\u{1b}[2J"]).2.contains('\u{1b}'));
}

#[test]
fn money_and_checks_are_explained_with_examples_that_are_accepted() {
    let example = |name: &str| {
        let text = explained(name);
        let option = text.lines().find_map(|line| line.trim().strip_prefix("or        --set '")).unwrap();
        let (key, value) = option.trim_end_matches('\'').split_once('=').unwrap();
        (key.to_owned(), value.to_owned())
    };
    let (tariff, billing, check) = (example("tariff"), example("billing"), example("check"));
    let path = crate::runs::repository().join("scenarios/minimal.toml");
    let accepted = |set: Vec<(String, String)>| {
        let loaded = load(&path, &Overrides { seed: None, set }, &Catalog::standard());
        loaded.unwrap_or_else(|errors| panic!("{}", errors.render(false)))
    };
    assert!(accepted(vec![tariff.clone(), billing]).economics.unwrap().month.is_some());
    assert_eq!(accepted(vec![check.clone()]).checks.len(), 1);
    // Parts of what is there, by the names and positions that the examples use.
    let commit = ("tariff.some-name.terms.percentile.commit".to_owned(), example("tariff.terms.percentile.commit").1);
    accepted(vec![tariff, commit]);
    let min = example("check.min");
    assert_eq!(min.0, "check.0.min");
    assert_eq!(accepted(vec![check, min]).checks[0].min, Some(1.0));
    insta::assert_snapshot!("explained_money", explained("transit_paid_per_month"));
}

#[test]
fn json_says_the_same() {
    let (code, out, err) = peerscape(&["explain", "external.min", "--format", "json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&out).unwrap();
    let meaning = &document["meanings"][0];
    assert_eq!((&meaning["sort"], &meaning["name"]), (&"key".into(), &"arm.*.oms.external.min".into()));
    assert_eq!((&meaning["default"], &meaning["type"]), (&Value::Null, &"whole number".into()));
}

#[test]
fn every_key_and_every_column_is_explained_by_its_full_name() {
    for key in accepted_keys().iter().filter(|key| !key.path.starts_with("arm.*.service.")) {
        let text = explained(&key.path);
        assert!(text.starts_with(&key.path) || text.contains("one of the"), "{text}");
        assert!(text.contains("docs/models.md, "), "{text}");
    }
    for table in TABLES {
        for column in table.columns {
            let text = explained(&format!("{}:{}", table.file, column.name));
            assert!(text.contains(table.file) && text.contains(column.doc.trim()), "{text}");
        }
    }
}

/// Examples are of use only where the program takes them: those of the keys of tables that stand alone are set, one by
/// one, in a scenario that has nothing to contradict them.
#[test]
fn examples_of_keys_are_accepted() {
    const BASE: &str = "scenarios/minimal.toml";
    let text = std::fs::read_to_string(crate::runs::repository().join(BASE)).unwrap();
    let folder = folder_with(&text, &[]);
    let mut refused = BTreeSet::new();
    let mut tried = 0;
    for key in accepted_keys() {
        let alone = ["experiment.", "discovery.", "bandwidth.", "service.file-swarming.", "underlay.latency."];
        let other = ["baseline", "super-seeding", "strict-end-game"];
        if alone.iter().any(|table| key.path.starts_with(table)) && !other.iter().any(|end| key.path.ends_with(end)) {
            tried += 1;
            let set = vec![(key.path.clone(), key.example.clone())];
            let result = load(&folder.path().join("trial.toml"), &Overrides { seed: None, set }, &Catalog::standard());
            if let Err(errors) = result {
                refused.insert(format!("{} = {}: {errors}", key.path, key.example));
            }
        }
    }
    assert!(tried > 60, "{tried}");
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn completions_know_every_subcommand_and_choice() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, err) = peerscape(&["completions", shell]);
        assert_eq!((code, err.as_str()), (0, ""), "{shell}");
        for word in ["run", "validate", "list", "explain", "schema", "completions", "memory-limit"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let (code, out, err) = peerscape(&["completions", "tcsh"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("bash") && err.contains("tcsh"), "{err}");
}

/// The scripts are of use only where their shells take them.
#[test]
#[cfg(unix)]
fn bash_takes_its_completions() {
    let (_, script, _) = peerscape(&["completions", "bash"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("peerscape.bash");
    std::fs::write(&file, script).unwrap();
    let asks = format!(
        "source '{}'; COMP_WORDS=(peerscape ex); COMP_CWORD=1; _peerscape peerscape ex peerscape; echo \"${{COMPREPLY[@]}}\"",
        file.display()
    );
    let Ok(output) = std::process::Command::new("bash").args(["--norc", "-c", &asks]).output() else {
        eprintln!("SKIPPED bash_takes_its_completions: bash is missing");
        return;
    };
    let completed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(completed.trim(), "explain", "{}", String::from_utf8_lossy(&output.stderr));
}
