//! Every key that a scenario file may hold has an effect: with another value, something else happens or a table changes.

mod changes;
mod scenarios;

pub(crate) use scenarios::MONEY_TEXT;

use std::collections::BTreeSet;

use changes::{Change, Effect};
use peerscape::experiment::ExperimentResult;
use peerscape::scenario::{Overrides, Resolved, accepted_keys, load};
use peerscape::selection::Catalog;

use crate::runs::{ONE_BY_ONE, differing, files, fingerprints, folder_with, run};

/// Keys without a second value, and why.
const SINGLE_VALUE: [(&str, &str); 1] = [("format", "1 is the only version")];

fn resolve(change: &Change, changed: bool) -> Result<Resolved, String> {
    let folder = folder_with(change.base.text, change.base.files);
    let mut set = change.before.clone();
    if changed {
        set.push((change.path.clone(), change.value));
        set.extend(change.with.iter().cloned());
    }
    let set = set.into_iter().map(|(path, value)| (path, value.to_owned())).collect();
    let overrides = Overrides { seed: None, set };
    load(&folder.path().join("trial.toml"), &overrides, &Catalog::standard()).map_err(|e| e.render(false))
}

/// What is wrong with a change, if anything.
fn try_change(change: &Change) -> Result<(), String> {
    let (base, changed) = (resolve(change, false)?, resolve(change, true)?);
    let results = [&base, &changed].map(|scenario| run(scenario, &ONE_BY_ONE));
    let same = fingerprints(&results[0]) == fingerprints(&results[1]);
    match change.effect {
        Effect::Behaviour if same => Err("has no effect on any run".to_owned()),
        Effect::Behaviour => elsewhere(change, &results),
        Effect::Output(_) | Effect::Names if !same => {
            Err("changes what happens, and is listed as a key of output".to_owned())
        }
        Effect::Names => {
            let [one, other] = [&base, &changed].map(|scenario| files(scenario, &ONE_BY_ONE, ""));
            let wanted = ["runs.csv", "summary.csv", "sweep.csv", "report.html"];
            let differing = differing(&one, &other);
            let found = wanted.iter().all(|name| differing.iter().any(|file| file == name));
            if found { Ok(()) } else { Err(format!("changes {differing:?} only")) }
        }
        Effect::Output(expected) => {
            let [one, other] = [&base, &changed].map(|scenario| files(scenario, &ONE_BY_ONE, ""));
            let mut differing = differing(&one, &other);
            differing.retain(|name| !["resolved.toml", "provenance.json"].contains(&name.as_str()));
            if differing == expected { Ok(()) } else { Err(format!("changes {differing:?}, and not {expected:?}")) }
        }
    }
}

/// A key of one arm leaves the other arms as they were.
fn elsewhere(change: &Change, results: &[ExperimentResult; 2]) -> Result<(), String> {
    let Some(arm) = change.path.strip_prefix("arm.").and_then(|path| path.split('.').next()) else { return Ok(()) };
    let [one, other] = [0, 1].map(|n| {
        let others = results[n].outcomes.iter().filter(|outcome| outcome.run.arm != arm);
        others.map(|outcome| outcome.run.fingerprint.clone()).collect::<Vec<_>>()
    });
    if one == other { Ok(()) } else { Err(format!("changes other arms than `{arm}`")) }
}

#[track_caller]
fn try_all(changes: &[Change]) {
    let wrong: Vec<String> = changes
        .iter()
        .filter_map(|change| Some(format!("`{}` = {}: {}", change.path, change.value, try_change(change).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} changes:\n{}", wrong.len(), changes.len(), wrong.join("\n"));
}

#[test]
fn keys_of_the_experiment_have_effects() {
    try_all(&changes::experiment());
}

#[test]
fn keys_of_the_underlay_have_effects() {
    try_all(&changes::underlay());
}

#[test]
fn keys_of_the_population_have_effects() {
    try_all(&changes::population());
}

#[test]
fn keys_of_discovery_have_effects() {
    try_all(&changes::discovery());
}

#[test]
fn keys_of_file_swarming_have_effects() {
    try_all(&changes::file_swarming());
}

#[test]
fn keys_of_arms_have_effects() {
    try_all(&changes::arms());
}

#[test]
fn keys_of_references_have_effects() {
    try_all(&changes::references());
}

#[test]
fn keys_of_money_have_effects() {
    try_all(&changes::tariffs());
}

#[test]
fn keys_of_checks_have_effects() {
    try_all(&changes::checks());
}

#[test]
fn keys_of_sweeps_have_effects() {
    try_all(&changes::sweep());
}

/// `path` as [`accepted_keys`] writes it: elements of lists are `*`, and so is the path that is swept.
fn pattern(path: &str) -> String {
    if let Some((_, last)) = path.strip_prefix("sweep.").and_then(|path| path.rsplit_once('.')) {
        return format!("sweep.*.{last}");
    }
    let mut segments: Vec<&str> = path.split('.').collect();
    for at in 1..segments.len() {
        const LISTS: [&str; 10] =
            ["arm", "isp", "link", "access", "by-weight", "table", "outages", "reference", "tariff", "check"];
        let in_list = LISTS.contains(&segments[at - 1]);
        if in_list {
            segments[at] = "*";
        }
    }
    segments.join(".")
}

#[test]
fn every_accepted_key_is_changed() {
    let groups = [
        changes::experiment(),
        changes::underlay(),
        changes::population(),
        changes::discovery(),
        changes::file_swarming(),
        changes::arms(),
        changes::references(),
        changes::tariffs(),
        changes::checks(),
        changes::sweep(),
    ];
    let names = |change: &Change| [pattern(change.chooses.unwrap_or(&change.path)), pattern(&change.path)];
    let changed: BTreeSet<String> = groups.iter().flatten().flat_map(names).collect();
    let accepted: Vec<String> = accepted_keys().into_iter().map(|key| key.path).collect();
    for path in &changed {
        assert!(accepted.contains(path), "`{path}` is no key");
    }
    let single = |path: &str| SINGLE_VALUE.iter().any(|(key, _)| *key == path);
    // A table is changed by changing a key in it.
    let covered = |path: &String| {
        changed.contains(path) || changed.iter().any(|c| c.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
    };
    let missing: Vec<&String> = accepted.iter().filter(|path| !single(path) && !covered(path)).collect();
    assert!(missing.is_empty(), "no change is tried of {missing:#?}");
}

#[test]
fn a_key_with_a_single_value_refuses_every_other() {
    for (key, _) in SINGLE_VALUE {
        let folder = folder_with(scenarios::SHARED.text, &[]);
        for value in ["0", "2", "one"] {
            let set = vec![(key.to_owned(), value.to_owned())];
            let refused = load(&folder.path().join("trial.toml"), &Overrides { seed: None, set }, &Catalog::standard());
            assert!(refused.is_err(), "`{key}` = {value}");
        }
    }
}
