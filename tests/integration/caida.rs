//! The gallery's scenario on a file of AS relationships that the repository does not hold.

use std::path::Path;

use peerscape::scenario::{Overrides, ScenarioErrorKind, load};
use peerscape::selection::Catalog;
use peerscape::world::Prepared;

use crate::runs::{MEMORY, ONE_BY_ONE, repository, run};

const SCENARIO: &str = "scenarios/caida/real-graph.toml";

#[test]
fn the_scenario_on_the_real_graph_runs_where_its_file_is() {
    if !repository().join("../shared/data/asrel/asrel_201701.txt").exists() {
        eprintln!("SKIPPED the_scenario_on_the_real_graph_runs_where_its_file_is: ../shared/data is missing");
        return;
    }
    let set = vec![("experiment.replications".to_owned(), "2".to_owned())];
    let overrides = Overrides { seed: None, set };
    let scenario = load(&repository().join(SCENARIO), &overrides, &Catalog::standard()).unwrap();
    let prepared = Prepared::new(&scenario, 1, MEMORY).unwrap();
    assert_eq!(prepared.underlay().as_count(), 56_272);
    let notes = prepared.notes().join("\n");
    assert!(notes.contains("its own provider") && notes.contains("eyeballs.csv: 56244 of the underlay's"), "{notes}");
    let result = run(&scenario, &ONE_BY_ONE);
    let hops = |arm: &str| result.summary_of(arm, "mean_as_hops").unwrap().mean.unwrap();
    assert!(hops("as-hops") < hops("unmanaged"), "lists by distance shorten the way of a byte");
    let sizes: Vec<&str> = result
        .groups
        .iter()
        .filter(|row| row.arm == "as-hops" && row.partition == "as-size")
        .map(|row| row.group.as_str())
        .collect();
    assert!(sizes.len() >= 3, "networks of several sizes: {sizes:?}");
}

#[test]
fn without_the_file_it_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let copied = folder.path().join("a/b/real-graph.toml");
    std::fs::create_dir_all(copied.parent().unwrap()).unwrap();
    std::fs::copy(repository().join(SCENARIO), &copied).unwrap();
    std::fs::copy(repository().join("scenarios/caida/eyeballs.csv"), copied.with_file_name("eyeballs.csv")).unwrap();
    let errors = load(Path::new(&copied), &Overrides::default(), &Catalog::standard()).expect_err("no such file");
    assert_eq!(errors.kind(), ScenarioErrorKind::InputMissing);
    let text = errors.render(false);
    assert_eq!(errors.count(), 1, "{text}");
    assert!(
        text.contains("asrel_201701.txt") && text.contains("paths are relative to the scenario file's folder"),
        "{text}"
    );
}
