//! The rules of the house, checked on its sources: floors, knowledge walls, lengths, docs, catalogs, dependencies.
//!
//! Every check is a function from text to complaints, and is itself fed bad text below: a rule that cannot fail is none.

mod checks;
mod floors;
mod imports;
mod text;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use checks::{
    Source, check_catalog, check_dependencies, check_doors, check_length, check_module_doc, check_test_file,
    check_unfinished,
};
use floors::Floors;
use imports::{check_imports, imports};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// All Rust files below `folder`, by path, as paths relative to the crate.
fn rust_files(folder: &str) -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    let relative = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| Source { path: relative(path), text: fs::read_to_string(path).unwrap() }).collect()
}

fn rooms() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("src")).unwrap().map(|e| e.unwrap().path());
    entries.filter(|p| p.is_dir()).map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

fn floors() -> Floors {
    Floors::parse(&read("ARCHITECTURE.md")).unwrap_or_else(|complaints| panic!("{}", complaints.join("\n")))
}

fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaint(s):\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn every_room_has_a_floor_and_every_floor_a_room() {
    assert_none(&floors().check_rooms(&rooms()));
}

#[test]
fn rooms_import_only_what_their_floor_allows() {
    let (floors, sources) = (floors(), rust_files("src"));
    let complaints: Vec<String> = sources.iter().flat_map(|s| check_imports(&floors, s)).collect();
    assert_none(&complaints);
    // The scan sees something: `world` is built from half the house.
    let seen: BTreeSet<String> = sources.iter().flat_map(|s| imports(&s.path, &s.text)).map(|i| i.room).collect();
    assert!(seen.contains("units") && seen.contains("metrics"), "the scan found only {seen:?}");
}

#[test]
fn only_the_doors_read_write_print_and_draw() {
    let sources = rust_files("src");
    let complaints = sources.iter().flat_map(check_doors);
    assert_none(&complaints.chain(sources.iter().filter_map(|s| check_test_file(s, &sources))).collect::<Vec<_>>());
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let sources = ["src", "tests", "benches"].into_iter().flat_map(rust_files);
    let complaints: Vec<String> = sources.filter_map(|s| check_length(&s)).collect();
    assert_none(&complaints);
}

#[test]
fn every_room_says_what_it_is() {
    let complaints: Vec<String> = rust_files("src").iter().filter_map(check_module_doc).collect();
    assert_none(&complaints);
}

#[test]
fn catalogs_name_the_implementations_beside_them() {
    let sources = rust_files("src");
    let complaints: Vec<String> = sources
        .iter()
        .filter(|s| s.path.ends_with("/catalog.rs"))
        .flat_map(|catalog| {
            let folder = catalog.path.trim_end_matches("catalog.rs");
            let beside = |s: &&Source| s.path.strip_prefix(folder).is_some_and(|rest| !rest.contains('/'));
            check_catalog(catalog, &sources.iter().filter(beside).collect::<Vec<_>>())
        })
        .collect();
    assert_none(&complaints);
}

#[test]
fn nothing_is_left_unfinished() {
    let sources = ["src", "tests", "benches"].into_iter().flat_map(rust_files);
    let complaints: Vec<String> = sources.flat_map(|s| check_unfinished(&s)).collect();
    assert_none(&complaints);
}

#[test]
fn every_dependency_earns_its_place_in_writing() {
    assert_none(&check_dependencies(&read("Cargo.toml"), &read("ARCHITECTURE.md")));
}
