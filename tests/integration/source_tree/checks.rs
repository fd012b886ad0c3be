//! Checks of one file, or of a file against another: text in, complaints out.

use std::collections::BTreeSet;

use super::floors::quoted;
use super::text::{code_only, without_tests};

/// A file of the crate.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Relative to the crate, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.trim_start_matches("src/").split_once('/').map_or("", |(room, _)| room)
    }

    /// Whether the name says that it holds tests only; [`check_test_file`] makes sure of it.
    fn is_test_file(&self) -> bool {
        let named = ["/tests.rs", "_tests.rs"].iter().any(|end| self.path.ends_with(end));
        named || self.path.contains("/tests/") || !self.path.starts_with("src/")
    }
}

/// Longest file that is accepted, in lines.
const LONGEST: usize = 600;

pub(super) fn check_length(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (lines > LONGEST).then(|| format!("{}: {lines} lines, at most {LONGEST} are accepted", source.path))
}

/// A room's `mod.rs` begins with its doc.
pub(super) fn check_module_doc(source: &Source) -> Option<String> {
    let is_room = source.path.ends_with("/mod.rs") && source.path.split('/').count() == 3;
    let says = source.text.starts_with("//! ") && source.text.contains("**May import**");
    (is_room && !says).then(|| format!("{}: no module doc with what it is and **May import**", source.path))
}

/// A file below `src` that is named like a test is compiled for tests only.
pub(super) fn check_test_file(source: &Source, all: &[Source]) -> Option<String> {
    if !source.is_test_file() || !source.path.starts_with("src/") {
        return None;
    }
    let module = match source.path.split_once("/tests/") {
        Some((folder, _)) => format!("{folder}/tests"),
        None => source.path.trim_end_matches(".rs").to_owned(),
    };
    let (folder, name) = module.rsplit_once('/')?;
    let parents = [format!("{folder}/mod.rs"), format!("{folder}.rs")];
    let by_path = format!("#[cfg(test)] #[path = \"{name}.rs\"] mod ");
    let names_it = |parent: &Source| {
        let words = parent.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let beside = parent.path.rsplit_once('/').is_some_and(|(other, _)| other == folder);
        parents.contains(&parent.path) && words.contains(&format!("#[cfg(test)] mod {name};"))
            || beside && words.contains(&by_path)
    };
    let declared = all.iter().any(names_it);
    (!declared).then(|| format!("{}: named like a test, but not declared under `#[cfg(test)]`", source.path))
}

/// What only some rooms may do: words in code, the rooms they belong to, and why.
const DOORS: [(&[&str], &[&str], &str); 5] = [
    (&["println!", "print!", "eprintln!", "eprint!", "io::stdout", "io::stderr"], &["cli"], "only `cli` prints"),
    (&["process::exit"], &["cli"], "only `cli` ends the process"),
    (&["rand::", "rand_distr::", "rand_xoshiro::"], &["random"], "only `random` draws"),
    (
        &["fs::read", "File::open", "fs::metadata", "fs::File"],
        &["scenario", "report"],
        "only `scenario` reads inputs, only `report` its own results",
    ),
    (
        &["fs::write", "File::create", "OpenOptions", "fs::create_dir", "fs::remove", "fs::rename", "tempfile::"],
        &["report"],
        "only `report` writes",
    ),
];

/// Reading, writing, printing and drawing happen where they belong. Tests may print why they are skipped.
pub(super) fn check_doors(source: &Source) -> Vec<String> {
    if source.is_test_file() {
        return Vec::new();
    }
    let code: String = without_tests(&code_only(&source.text)).split_whitespace().collect::<Vec<_>>().join(" ");
    let found = |word: &&str| code.match_indices(*word).any(|(i, _)| !code[..i].ends_with(is_name_character));
    let wrong = DOORS.iter().filter(|(_, rooms, _)| !rooms.contains(&source.room()));
    wrong
        .flat_map(|(words, _, why)| {
            words.iter().filter(|w| found(w)).map(move |word| format!("{}: `{word}`: {why}", source.path))
        })
        .collect()
}

fn is_name_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Marks of unfinished work; written in halves so that this file does not accuse itself.
const UNFINISHED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!"),
    concat!("unimpl", "emented!"),
    concat!("db", "g!"),
];

pub(super) fn check_unfinished(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    lines
        .flat_map(|(n, line)| UNFINISHED.iter().filter(move |w| line.contains(**w)).map(move |w| (n + 1, *w)))
        .map(|(line, word)| format!("{}:{line}: `{word}`", source.path))
        .collect()
}

/// The names after `marker` in `code`.
fn names_after<'a>(code: &'a str, marker: &str) -> Vec<&'a str> {
    let tails = code.match_indices(marker).map(|(i, _)| &code[i + marker.len()..]);
    tails.map(|tail| &tail[..tail.find(|c| !is_name_character(c)).unwrap_or(tail.len())]).collect()
}

/// A catalog names every implementation beside it of a trait defined beside it, and the trait's file names none.
pub(super) fn check_catalog(catalog: &Source, beside: &[&Source]) -> Vec<String> {
    let code = |s: &Source| without_tests(&code_only(&s.text));
    let catalog_code = code(catalog);
    let mut complaints = Vec::new();
    if !catalog.text.contains('"') {
        complaints.push(format!("{}: names nothing", catalog.path));
    }
    for defining in beside {
        for trait_name in names_after(&code(defining), "pub trait ").into_iter().map(str::to_owned) {
            for implementing in beside.iter().filter(|s| s.path != catalog.path && s.path != defining.path) {
                for name in names_after(&code(implementing), &format!(" {trait_name} for ")) {
                    if !contains_name(&catalog_code, name) {
                        complaints.push(format!("{}: does not name `{name}` of {}", catalog.path, implementing.path));
                    }
                    if contains_name(&code(defining), name) {
                        complaints.push(format!("{}: the trait's file names `{name}`", defining.path));
                    }
                }
            }
        }
    }
    complaints
}

fn contains_name(code: &str, name: &str) -> bool {
    code.split(|c| !is_name_character(c)).any(|word| word == name)
}

/// The dependencies of the manifest and the list in ARCHITECTURE.md name the same packages.
pub(super) fn check_dependencies(manifest: &str, architecture: &str) -> Vec<String> {
    let Ok(manifest) = manifest.parse::<toml::Table>() else {
        return vec!["Cargo.toml: not TOML".to_owned()];
    };
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let used: BTreeSet<String> = tables
        .iter()
        .filter_map(|name| manifest.get(*name)?.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect();
    let section = architecture.split("## Dependencies").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let lines = section.lines().filter(|l| l.starts_with("- `"));
    let explained: BTreeSet<String> = lines.filter_map(|l| quoted(l).into_iter().next()).collect();
    let unexplained = used.difference(&explained).map(|d| format!("ARCHITECTURE.md: no line for dependency `{d}`"));
    let gone = explained.difference(&used).map(|d| format!("ARCHITECTURE.md: `{d}` is no dependency"));
    unexplained.chain(gone).collect()
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn long_files_and_silent_rooms_are_refused() {
    assert!(check_length(&source("src/a/b.rs", &"x\n".repeat(600))).is_none());
    assert!(check_length(&source("src/a/b.rs", &"x\n".repeat(601))).is_some());
    assert!(check_module_doc(&source("src/a/mod.rs", "//! A room.\n//! **May import**: none.\n")).is_none());
    assert!(check_module_doc(&source("src/a/mod.rs", "mod b;\n//! A room. **May import**\n")).is_some());
    assert!(check_module_doc(&source("src/a/mod.rs", "//! A room.\n")).is_some());
    assert!(check_module_doc(&source("src/a/b/mod.rs", "mod c;")).is_none(), "only rooms are asked");
}

#[test]
fn each_door_is_closed_to_other_rooms() {
    for (words, rooms, _) in DOORS {
        for word in words {
            let text = format!("fn f() {{ {word}(x) }}");
            assert_eq!(check_doors(&source("src/underlay/a.rs", &text)).len(), 1, "{word}");
            assert_eq!(check_doors(&source(&format!("src/{}/a.rs", rooms[0]), &text)), [""; 0], "{word}");
            assert_eq!(check_doors(&source("src/underlay/a.rs", &format!("// {word}"))), [""; 0], "{word}");
            assert_eq!(check_doors(&source("src/underlay/tests.rs", &text)), [""; 0], "{word}");
        }
    }
    assert_eq!(check_doors(&source("src/underlay/a.rs", "use brand::x;")), [""; 0], "the end of another name");
}

#[test]
fn a_name_like_a_test_s_opens_no_door() {
    let file = source("src/a/real_tests.rs", "");
    let parent = |text: &str| [source("src/a/mod.rs", text)];
    assert!(check_test_file(&file, &parent("#[cfg(test)]\nmod real_tests;")).is_none());
    assert!(check_test_file(&file, &parent("mod real_tests;")).is_some());
    let beside = |text: &str| [source("src/a/real.rs", text)];
    assert!(check_test_file(&file, &beside("#[cfg(test)]\n#[path = \"real_tests.rs\"]\nmod tests;")).is_none());
    assert!(check_test_file(&file, &beside("#[path = \"real_tests.rs\"]\nmod tests;")).is_some());
    assert!(check_test_file(&source("src/a/b/tests/c.rs", ""), &parent("")).is_some());
    assert!(check_test_file(&source("src/a/b.rs", ""), &[]).is_none());
}

#[test]
fn unfinished_work_is_found() {
    for word in UNFINISHED {
        assert_eq!(
            check_unfinished(&source("src/a/b.rs", &format!("fn f() {{}}\n// {word} later"))).len(),
            1,
            "{word}"
        );
    }
    assert_eq!(check_unfinished(&source("src/a/b.rs", "fn todo_list() {}")), [""; 0]);
}

#[test]
fn catalogs_that_forget_somebody_are_refused() {
    let definition = source("src/a/shape.rs", "pub trait Shape { fn f(&self); }");
    let round = source("src/a/round.rs", "impl Shape for Round {}");
    let full = source("src/a/catalog.rs", "const X: (&str, Round) = (\"round\", Round);");
    let forgetful = source("src/a/catalog.rs", "const X: &str = \"Round\";");
    let gossip = source("src/a/shape.rs", "pub trait Shape { fn f(&self) { Round } }");
    assert_eq!(check_catalog(&full, &[&definition, &round, &full]), [""; 0]);
    assert_eq!(check_catalog(&forgetful, &[&definition, &round, &forgetful]).len(), 1);
    assert_eq!(check_catalog(&full, &[&gossip, &round, &full]).len(), 1);
    assert_eq!(check_catalog(&source("src/a/catalog.rs", "fn f() {}"), &[]).len(), 1);
}

#[test]
fn dependencies_and_their_reasons_are_compared_both_ways() {
    let manifest = "[dependencies]\na = \"1\"\n[dev-dependencies]\nb = { version = \"1\" }\n";
    let text = |lines: &str| format!("# X\n- `z`: not here\n## Dependencies\n{lines}\n## Next\n- `y`: nor here\n");
    assert_eq!(check_dependencies(manifest, &text("- `a`: so.\n- `b`: so.")), [""; 0]);
    assert_eq!(check_dependencies(manifest, &text("- `a`: so.")).len(), 1);
    assert_eq!(check_dependencies(manifest, &text("- `a`: so.\n- `b`: so.\n- `c`: so.")).len(), 1);
    assert_eq!(check_dependencies("[", "").len(), 1);
}
