//! Where a result comes from.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::experiment::ExperimentResult;
pub use crate::scenario::InputFile;
use crate::scenario::Resolved;
use crate::underlay::Source;
use crate::world::MODEL_VERSION;

/// What `provenance.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Name of the scenario.
    pub scenario: String,
    /// Version of Peerscape.
    pub version: String,
    /// Number of the models in it: results of two builds with the same number are equal where their scenarios are
    /// ([`MODEL_VERSION`]).
    #[serde(default)]
    pub model_version: u32,
    /// Commit it was built from, when the build knew it (environment variable `PEERSCAPE_COMMIT`).
    pub commit: Option<String>,
    /// Whether its sources were those of the commit, without changes; `None` when the build did not know.
    #[serde(default)]
    pub commit_clean: Option<bool>,
    /// Compiler it was built with, when the build knew it (environment variable `PEERSCAPE_COMPILER`).
    pub compiler: Option<String>,
    /// What it was built for: architecture and operating system.
    pub target: String,
    /// The command that gives this result again. `cli` leaves out the options that change no byte of it (`--jobs`,
    /// `--out`, `--force`, `--quiet`, `--format`), because this file is inside the byte-equality promise.
    pub command: String,
    /// Root seed.
    pub seed: u64,
    /// Whether the root seed was a default, named by nobody.
    pub seed_defaulted: bool,
    /// The scenario file, before the options of the command changed anything.
    #[serde(default)]
    pub scenario_file: Option<InputFile>,
    /// Files that the scenario names.
    pub inputs: Vec<InputFile>,
    /// Every run, in plan order.
    pub runs: Vec<RunFingerprint>,
}

/// What a build says of uncommitted changes, after the commit.
const MODIFIED: &str = "-modified";

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFingerprint {
    /// Name of the arm.
    pub arm: String,
    /// Replication, counted from 0.
    pub replication: u32,
    /// Hash of all facts of the run.
    pub fingerprint: String,
}

impl Provenance {
    /// The provenance of `result`, as far as the program itself knows it; `command` as described at the field.
    pub fn of(resolved: &Resolved, result: &ExperimentResult, command: &str) -> Self {
        let commit = option_env!("PEERSCAPE_COMMIT");
        Self {
            scenario: resolved.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model_version: MODEL_VERSION,
            commit: commit.map(|commit| commit.strip_suffix(MODIFIED).unwrap_or(commit).to_owned()),
            commit_clean: commit.map(|commit| !commit.ends_with(MODIFIED)),
            compiler: option_env!("PEERSCAPE_COMPILER").map(str::to_owned),
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            command: command.to_owned(),
            seed: resolved.experiment.seed,
            seed_defaulted: resolved.experiment.seed_defaulted,
            scenario_file: resolved.as_written.file.clone(),
            inputs: inputs(resolved),
            runs: result
                .outcomes
                .iter()
                .map(|outcome| RunFingerprint {
                    arm: outcome.run.arm.clone(),
                    replication: outcome.run.replication,
                    fingerprint: outcome.run.fingerprint.clone(),
                })
                .collect(),
        }
    }

    /// One hash over the fingerprints of all runs in plan order, as 16 hexadecimal digits: equal for equal results.
    pub fn fingerprint(&self) -> String {
        let all: Vec<String> =
            self.runs.iter().map(|run| format!("{}\t{}\t{}\n", run.arm, run.replication, run.fingerprint)).collect();
        format!("{:016x}", xxh3_64(all.concat().as_bytes()))
    }

    /// The text of `provenance.json`.
    pub(super) fn to_json(&self) -> String {
        // A plain struct of texts and numbers always has a JSON form.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn inputs(resolved: &Resolved) -> Vec<InputFile> {
    let file = InputFile::of;
    let underlay = match &resolved.underlay.source {
        Source::AsRelationships(relationships) => Some(file(&relationships.path, &relationships.text)),
        Source::Isps(_) | Source::Tiered(_) => None,
    };
    let population = resolved.population.files().into_iter().map(|(path, text)| file(path, text));
    underlay.into_iter().chain(population).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::synthetic::resolved;
    use crate::underlay::AsRelationshipsText;

    #[test]
    fn inputs_are_hashed_and_everything_comes_back() {
        let mut scenario = resolved(&["only"], 1);
        let file = AsRelationshipsText { path: "as-rel.txt".to_owned(), text: String::new() };
        scenario.underlay.source = Source::AsRelationships(file);
        let provenance = Provenance::of(&scenario, &ExperimentResult::default(), "peerscape run a.toml");
        // The published XXH3 of nothing, 64 bits, seed 0.
        assert_eq!(provenance.inputs[0].xxh3, "2d06800538d394c2");
        assert_eq!(serde_json::from_str::<Provenance>(&provenance.to_json()).unwrap(), provenance);
    }

    #[test]
    fn one_fingerprint_over_all_runs_depends_on_each() {
        let run = |arm: &str, fingerprint: &str| RunFingerprint {
            arm: arm.to_owned(),
            replication: 0,
            fingerprint: fingerprint.to_owned(),
        };
        let of = |runs: Vec<RunFingerprint>| {
            let scenario = resolved(&["only"], 1);
            Provenance { runs, ..Provenance::of(&scenario, &ExperimentResult::default(), "") }.fingerprint()
        };
        let first = of(vec![run("a", "01"), run("b", "02")]);
        assert_eq!(first, of(vec![run("a", "01"), run("b", "02")]));
        assert_ne!(first, of(vec![run("a", "01"), run("b", "03")]));
        assert_ne!(first, of(vec![run("b", "02"), run("a", "01")]));
    }
}
