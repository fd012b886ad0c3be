//! Which rooms a file reaches for.

use super::checks::Source;
use super::floors::Floors;
use super::text::code_only;

/// A path into a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// First name after the crate's root; `*`, `self` or `as` when the root itself is taken.
    pub(super) room: String,
    /// Counted from 1.
    pub(super) line: usize,
}

/// All paths of a file that start at the crate's root: `crate::room`, `crate::{room, room::x}`, `$crate::room`,
/// `super::super::room`, in `use` or inline.
pub(super) fn imports(path: &str, text: &str) -> Vec<Import> {
    let code = code_only(text).replace("r#", "");
    let tokens = tokens(&code);
    let depth = module_depth(path);
    let mut found = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let starts_path = i == 0 || tokens[i - 1].1 != "::";
        let after = match tokens[i].1 {
            "crate" if starts_path && !in_visibility(&tokens, i) => Some(i + 1),
            "super" if starts_path => after_supers(&tokens, i, depth),
            _ => None,
        };
        if let Some(after) = after {
            for room in first_names(&tokens[after..]) {
                found.push(Import { room, line: line_of(&code, tokens[i].0) });
            }
        }
        i += 1;
    }
    found
}

/// Names and punctuation with their byte offsets.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut chars = code.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut end = start + c.len_utf8();
        if c.is_alphanumeric() || c == '_' {
            while let Some(&(i, c)) = chars.peek().filter(|(_, c)| c.is_alphanumeric() || *c == '_') {
                end = i + c.len_utf8();
                chars.next();
            }
        } else if c == ':' && chars.peek().is_some_and(|&(_, c)| c == ':') {
            end += 1;
            chars.next();
        }
        found.push((start, &code[start..end]));
    }
    found
}

/// Module path length below the root: `src/a/mod.rs` is 1, `src/a/b.rs` is 2, `src/lib.rs` is 0.
fn module_depth(path: &str) -> usize {
    let below = path.trim_start_matches("src/");
    let parts = below.split('/').count();
    if below.ends_with("/mod.rs") || below == "lib.rs" || below == "main.rs" { parts - 1 } else { parts }
}

fn in_visibility(tokens: &[(usize, &str)], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).map_or("", |i| tokens[i].1);
    before(1) == "(" && before(2) == "pub" || before(1) == "in" && before(3) == "pub"
}

/// The token after `super::super::…` when that many steps reach the crate's root. Inline modules are not counted, so
/// inside one a path may be judged to reach further than it does; then the next name is hardly a room's.
fn after_supers(tokens: &[(usize, &str)], start: usize, depth: usize) -> Option<usize> {
    let mut at = start;
    let mut steps = 0;
    while tokens.get(at).is_some_and(|t| t.1 == "super") {
        steps += 1;
        at += 1;
        if tokens.get(at + 1).is_some_and(|t| t.1 == "super") {
            at += 1;
        }
    }
    (steps >= depth).then_some(at)
}

/// The first names of the path or group that follows the root; `tokens` starts at the `::` after it.
fn first_names(tokens: &[(usize, &str)]) -> Vec<String> {
    let Some((_, "::")) = tokens.first() else {
        // `use crate as …` renames the root; `crate` alone is no path.
        return tokens.first().filter(|t| t.1 == "as").map(|_| vec!["as".to_owned()]).unwrap_or_default();
    };
    if tokens.get(1).is_some_and(|t| t.1 != "{") {
        return vec![tokens[1].1.to_owned()];
    }
    let mut names = Vec::new();
    let mut depth = 0;
    let mut fresh = false;
    for &(_, token) in &tokens[1..] {
        match token {
            "{" => {
                depth += 1;
                fresh = depth == 1;
            }
            "}" => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            "," => fresh = depth == 1,
            name if fresh => {
                names.push(name.to_owned());
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

fn line_of(code: &str, offset: usize) -> usize {
    code[..offset].matches('\n').count() + 1
}

/// Complaints about what a file of a room imports. `src/lib.rs` only declares rooms and
/// `src/main.rs` only calls `cli`.
pub(super) fn check_imports(floors: &Floors, source: &Source) -> Vec<String> {
    let Some((room, _)) = source.path.trim_start_matches("src/").split_once('/') else {
        return Vec::new();
    };
    // Other names: `super` paths inside inline modules, which name something of the room itself.
    let taken = |i: &&Import| floors.is_room(&i.room) || matches!(i.room.as_str(), "*" | "self" | "as");
    let found = imports(&source.path, &source.text);
    found
        .iter()
        .filter(taken)
        .filter_map(|Import { room: imported, line }| {
            let reason = if floors.is_room(imported) {
                floors.refusal(&source.path, room, imported)?
            } else {
                "the crate's root must not be imported as a whole".to_owned()
            };
            Some(format!("{}:{line}: room `{room}` imports `{imported}`: {reason}", source.path))
        })
        .collect()
}

#[test]
fn every_way_to_write_an_import_is_seen() {
    let text = "
        use crate::units::SimTime;
        use crate::{random, metrics::{rows, Recorder}, r#engine};
        use crate :: underlay as u;
        fn f() -> crate::guidance::Cost { $crate::bandwidth::x(super::super::population::y()) }
        pub(crate) fn g() {}
        pub(in crate::overlay) fn h() {}
        // use crate::cli;
        const S: &str = \"crate::cli\";
        use super::super::{selection, overlay::Connection};
        use super::sibling;
        use crate::*;
        use crate as everything;
    ";
    let found: Vec<String> = imports("src/world/a.rs", text).into_iter().map(|i| i.room).collect();
    let expected = [
        "units",
        "random",
        "metrics",
        "engine",
        "underlay",
        "guidance",
        "bandwidth",
        "population",
        "selection",
        "overlay",
        "*",
        "as",
    ];
    assert_eq!(found, expected);
    let from_room: Vec<String> =
        imports("src/world/mod.rs", "use super::cli::x;").into_iter().map(|i| i.room).collect();
    assert_eq!(from_room, ["cli"]);
}

#[test]
fn a_bad_import_is_reported_with_file_room_and_import() {
    let floors = Floors::parse(super::floors::EXAMPLE).unwrap();
    let source = |text: &str| Source { path: "src/left/deep/a.rs".to_owned(), text: text.to_owned() };
    assert_eq!(check_imports(&floors, &source("use crate::{ground, left::x};")), [""; 0]);
    let complaints = check_imports(&floors, &source("\nuse crate::{ground, upper};"));
    assert_eq!(complaints.len(), 1);
    for part in ["src/left/deep/a.rs:2", "`left` imports `upper`", "floor 1", "floor 2"] {
        assert!(complaints[0].contains(part), "{part} in {complaints:?}");
    }
    assert_eq!(check_imports(&floors, &source("fn f() { super::super::super::right::g() }")).len(), 1);
    assert_eq!(check_imports(&floors, &source("use crate::*;")).len(), 1);
}
