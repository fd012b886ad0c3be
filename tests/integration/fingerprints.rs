//! The committed fingerprints of the gallery: any profile, compiler or machine must come to the same facts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use peerscape::scenario::{Overrides, load};
use peerscape::selection::Catalog;
use peerscape::world::PreparedSettings;
use rayon::prelude::*;

use crate::runs::{MEMORY, repository};

const TABLE: &str = "tests/integration/fingerprints.toml";

/// Writes the table instead of comparing with it.
const WRITE: &str = "PEERSCAPE_WRITE_FINGERPRINTS";

/// The gallery, each scenario with the replications that are guarded (all, if it has fewer).
const GALLERY: [(&str, u32); 13] = [
    ("scenarios/client-server.toml", u32::MAX),
    ("scenarios/managed-vs-unmanaged/file-swarming.toml", 1),
    ("scenarios/managed-vs-unmanaged/poisson-steady-state.toml", 1),
    ("scenarios/minimal.toml", u32::MAX),
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
         # Written by: {WRITE}=1 cargo test --test integration fingerprints\n"
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
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &found).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
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
    found.retain(|path| !path.starts_with(repository().join("scenarios/validation/theory")));
    // Those need a file that the repository does not hold; a test of their own runs them where it is.
    found.retain(|path| !path.starts_with(repository().join("scenarios/caida")));
    let guarded: BTreeSet<PathBuf> = GALLERY.iter().map(|(scenario, _)| repository().join(scenario)).collect();
    assert_eq!(found, guarded, "every scenario in the gallery has its fingerprints in {TABLE}");
}
