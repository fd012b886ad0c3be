//! Scenarios that a test runs through the library, and the files they leave.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use peerscape::experiment::{Execution, ExperimentResult, PlanOrder, RunId, Silent, execute};
use peerscape::metrics::RunOutcome;
use peerscape::report::{Provenance, ResultsFolder, write_all};
use peerscape::scenario::{Overrides, Resolved, load};
use peerscape::selection::Catalog;
use peerscape::world::PreparedSettings;
use tempfile::TempDir;

/// More than any scenario of these tests needs.
pub(crate) const MEMORY: u64 = 4 << 30;

/// The only file outside the promise that the same scenario gives the same bytes.
const PERFORMANCE: &str = "performance.csv";

/// Every file of a results folder but `performance.csv`, by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// One run at a time, in plan order.
pub(crate) const ONE_BY_ONE: Execution = Execution { jobs: 1, plan_order: PlanOrder::InOrder };

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `--set` options.
fn overrides(set: &[(&str, &str)]) -> Overrides {
    let owned = |(path, value): &(&str, &str)| ((*path).to_owned(), (*value).to_owned());
    Overrides { seed: None, set: set.iter().map(owned).collect() }
}

/// A folder with a scenario in it, called `trial.toml`, and with the files that it names.
pub(crate) fn folder_with(text: &str, others: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("trial.toml", text)].iter().chain(others) {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The scenario `text` with some values set.
#[track_caller]
pub(crate) fn resolved(text: &str, set: &[(&str, &str)]) -> Resolved {
    resolved_with(text, set, &Catalog::standard())
}

/// As [`resolved`], with strategies of one's own.
#[track_caller]
pub(crate) fn resolved_with(text: &str, set: &[(&str, &str)], strategies: &Catalog) -> Resolved {
    let folder = folder_with(text, &[]);
    match load(&folder.path().join("trial.toml"), &overrides(set), strategies) {
        Ok(resolved) => resolved,
        Err(errors) => panic!("{set:?}:\n{}", errors.render(false)),
    }
}

/// Runs all arms in all replications.
#[track_caller]
pub(crate) fn run(resolved: &Resolved, execution: &Execution) -> ExperimentResult {
    let prepared = PreparedSettings::new(resolved, execution.jobs, MEMORY).unwrap_or_else(|error| panic!("{error}"));
    let stop = AtomicBool::new(false);
    let runner = |run: RunId| prepared.run(run.arm, run.replication, &stop);
    execute(resolved, &runner, execution, &Silent, &Silent).unwrap()
}

/// Runs the scenario `text` with some values set.
#[track_caller]
pub(crate) fn run_text(text: &str, set: &[(&str, &str)]) -> ExperimentResult {
    run(&resolved(text, set), &ONE_BY_ONE)
}

/// Runs a scenario and writes its results, as the command line does; `command` is what `provenance.json` shall say.
#[track_caller]
pub(crate) fn files(resolved: &Resolved, execution: &Execution, command: &str) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let results = ResultsFolder::create(&folder.path().join("results"), false).unwrap();
    let prepared = PreparedSettings::new(resolved, execution.jobs, MEMORY).unwrap_or_else(|error| panic!("{error}"));
    let stop = AtomicBool::new(false);
    let runner = |run: RunId| prepared.run(run.arm, run.replication, &stop);
    let result = execute(resolved, &runner, execution, &Silent, &results).unwrap();
    let provenance = Provenance::of(resolved, &result, command);
    let text = resolved.to_toml_in(results.path());
    write_all(&results, &result, resolved, &text, &provenance, &prepared.notes()).unwrap();
    files_in(results.path())
}

/// What a results folder holds, `performance.csv` left out.
pub(crate) fn files_in(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap()))
        .filter(|(name, _)| name != PERFORMANCE)
        .collect()
}

/// Names of the files that are not the same in both.
pub(crate) fn differing(one: &Files, other: &Files) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

/// The fingerprints of all runs, in plan order.
pub(crate) fn fingerprints(result: &ExperimentResult) -> Vec<&str> {
    result.outcomes.iter().map(|outcome| outcome.run.fingerprint.as_str()).collect()
}

/// One run of a result.
#[track_caller]
pub(crate) fn outcome<'a>(result: &'a ExperimentResult, arm: &str, replication: u32) -> &'a RunOutcome {
    let wanted = |o: &&RunOutcome| o.run.arm == arm && o.run.replication == replication;
    result.outcomes.iter().find(wanted).unwrap_or_else(|| panic!("no run `{arm}`, {replication}"))
}
