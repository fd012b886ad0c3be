//! The committed fingerprints of the gallery: any profile, compiler or machine must come to the same facts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use peerscape::scenario::{Overrides, load};
use peerscape::selection::Catalog;
use peerscape::world::{MODEL_VERSION, PreparedSettings};
use rayon::prelude::*;

use crate::runs::{MEMORY, repository};

const TABLE: &str = "tests/integration/fingerprints.toml";

/// Writes the table instead of comparing with it.
const WRITE: &str = "PEERSCAPE_WRITE_FINGERPRINTS";

/// What the value `scenarios` of [`WRITE`] says: scenario files were changed, and no model was.
const SCENARIOS_ONLY: &str = "scenarios";

/// The line of the table that says which models came to these facts.
const VERSION: &str = "model-version = ";

/// The gallery, each scenario with the replications that are guarded (all, if it has fewer).
const GALLERY: [(&str, u32); 16] = [
    ("scenarios/client-server.toml", u32::MAX),
    ("scenarios/managed-vs-unmanaged/file-swarming.toml", 1),
    ("scenarios/managed-vs-unmanaged/poisson-steady-state.toml", 1),
    ("scenarios/minimal.toml", u32::MAX),
    ("scenarios/planner/transit-bill.toml", 1),
    ("scenarios/strategies/three-views.toml", 1),
    ("scenarios/sweeps/outsiders.toml", 1),
    ("scenarios/validation/scarcity/free-riders.toml", 1),
    ("scenarios/validation/scarcity/scarce-link.toml", 1),
    ("scenarios/validation/scarcity/seed-equal.toml", 1),
    ("scenarios/validation/scarcity/seed-half.toml", 1),
    ("scenarios/validation/swarms/a_base.toml", 2),
    ("scenarios/validation/swarms/b_het.toml", 1),
    ("scenarios/validation/swarms/c2_man8k1.toml", 1),
    ("scenarios/validation/swarms/c2_rand8.toml", 1),
    ("scenarios/worst-served.toml", 1),
];

/// Scenario, arm, fingerprints by replication.
type Fingerprints = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Fingerprints of the first replications of a scenario, by arm.
fn fingerprints_of(scenario: &Path, replications: u32) -> BTreeMap<String, Vec<String>> {
    let loaded = load(scenario, &Overrides::default(), &Catalog::standard());
    let resolved = loaded.unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let prepared = PreparedSettings::new(&resolved, 2, MEMORY).unwrap();
    let replications = replications.min(resolved.experiment.replications);
    let runs: Vec<(usize, u32)> =
        (0..resolved.arms.len()).flat_map(|arm| (0..replications).map(move |replication| (arm, replication))).collect();
    let never = AtomicBool::new(false);
    let found: Vec<String> = runs
        .par_iter()
        .map(|(arm, replication)| prepared.run(*arm, *replication, &never).unwrap().run.fingerprint)
        .collect();
    let mut by_arm = BTreeMap::new();
    for ((arm, _), fingerprint) in runs.iter().zip(found) {
        by_arm.entry(resolved.arms[*arm].name.clone()).or_insert_with(Vec::new).push(fingerprint);
    }
    by_arm
}

fn to_toml(table: &Fingerprints) -> String {
    let mut text = format!(
        "# Fingerprints of the gallery: for each arm those of its replications, from 0. A test compares them.\n\
         # Written by: {WRITE}=1 cargo test --test integration fingerprints\n\
         {VERSION}{MODEL_VERSION}\n"
    );
    for (scenario, arms) in table {
        let _ = writeln!(text, "\n[\"{scenario}\"]");
        for (arm, fingerprints) in arms {
            let quoted: Vec<String> = fingerprints.iter().map(|fingerprint| format!("\"{fingerprint}\"")).collect();
            let _ = writeln!(text, "{arm} = [{}]", quoted.join(", "));
        }
    }
    text
}

#[test]
fn the_gallery_has_its_committed_fingerprints() {
    let gallery = GALLERY.map(|(scenario, replications)| {
        (scenario.to_owned(), fingerprints_of(&repository().join(scenario), replications))
    });
    let found = to_toml(&Fingerprints::from(gallery));
    let path = repository().join(TABLE);
    let mut committed = fs::read_to_string(&path).unwrap_or_default();
    if let Some(why) = std::env::var_os(WRITE) {
        let changed = changed_without_a_new_number(&committed, &found);
        assert!(
            changed.is_empty() || why == SCENARIOS_ONLY,
            "runs of {changed:?} come to other facts than those of the same model version, {MODEL_VERSION}. If a model \
             changed, raise MODEL_VERSION in src/world/version.rs (once for all changes since the last commit of the \
             table). If only these scenario files changed: {WRITE}={SCENARIOS_ONLY}"
        );
        fs::write(&path, &found).unwrap();
        committed.clone_from(&found);
    }
    let differing: Vec<(&str, &str)> = committed.lines().zip(found.lines()).filter(|(a, b)| a != b).collect();
    assert!(
        committed == found,
        "{TABLE} says otherwise. Runs of the gallery do not come to the facts they came to when the table was written: \
         something happens at another nanosecond, to somebody else, or not at all. If no model and no scenario was \
         meant to change, this is a defect (or this compiler or machine computes differently). If one was, say so in \
         CHANGELOG.md, write the table anew by `{WRITE}=1 cargo test --test integration fingerprints`, and commit \
         it.\n(committed, found): {differing:#?}\nfound:\n{found}"
    );
}

/// The scenarios that stand in both tables with different facts although both come from one model version.
fn changed_without_a_new_number(committed: &str, found: &str) -> Vec<String> {
    let [committed, found]: [toml::Table; 2] = [committed, found].map(|text| toml::from_str(text).unwrap_or_default());
    let version = VERSION.trim_end_matches(" = ");
    if committed.get(version) != found.get(version) {
        return Vec::new();
    }
    let both = found.iter().filter_map(|(name, facts)| Some((name, committed.get(name)?, facts)));
    both.filter(|(_, before, after)| before != after).map(|(name, _, _)| name.clone()).collect()
}

#[test]
fn other_facts_need_another_model_version() {
    let table =
        |version: u32, fingerprint: &str| format!("{VERSION}{version}\n\n[\"a.toml\"]\narm = [\"{fingerprint}\"]\n");
    assert_eq!(changed_without_a_new_number(&table(1, "00"), &table(1, "01")), ["a.toml"]);
    assert_eq!(changed_without_a_new_number(&table(1, "00"), &table(2, "01")), [""; 0]);
    assert_eq!(changed_without_a_new_number(&table(1, "00"), &table(1, "00")), [""; 0]);
    // A table from before there were versions, a new scenario, and one that is gone, are no change of a model.
    assert_eq!(changed_without_a_new_number(&table(1, "00").replace(VERSION, "x = "), &table(1, "01")), [""; 0]);
    let more = format!("{}[\"b.toml\"]\narm = [\"02\"]\n", table(1, "00"));
    assert_eq!(changed_without_a_new_number(&table(1, "00"), &more), [""; 0]);
    assert_eq!(changed_without_a_new_number(&more, &table(1, "00")), [""; 0]);
}

fn scenarios_below(folder: &Path, into: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            scenarios_below(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            into.insert(path);
        }
    }
}

#[test]
fn the_whole_gallery_is_guarded() {
    let mut found = BTreeSet::new();
    scenarios_below(&repository().join("scenarios"), &mut found);
    // Those take minutes, and tests of their own hold what they come to.
    for folder in ["scenarios/validation/theory", "scenarios/scaling", "scenarios/locality"] {
        found.retain(|path| !path.starts_with(repository().join(folder)));
    }
    // Those need a file that the repository does not hold; a test of their own runs them where it is.
    found.retain(|path| !path.starts_with(repository().join("scenarios/caida")));
    let guarded: BTreeSet<PathBuf> = GALLERY.iter().map(|(scenario, _)| repository().join(scenario)).collect();
    assert_eq!(found, guarded, "every scenario in the gallery has its fingerprints in {TABLE}");
}
