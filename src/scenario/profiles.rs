//! Client profiles: presets of keys, laid under what a scenario says itself.
//!
//! A profile is a piece of scenario text, one file per client in `profiles/`, in which a comment gives the source of each
//! value. `client = "…"` in `[service.file-swarming]` or `[discovery]` brings that table's part of it. What the scenario
//! writes beside it wins, key by key; where it chooses another alternative than the profile, the profile's parameters of
//! that key are left out. What resolves are plain keys: nothing behind `resolve` knows of profiles.

use std::borrow::Cow;
use std::cell::RefCell;

use super::errors::{Problem, Problems, Source};
use super::keys::SCENARIO;
use super::schema::{Shape, Table};
use super::tree::{Entry, Node, Place, Value, parse_document};

/// The key that names a profile.
const CLIENT: &str = "client";

/// Name and text of every profile.
pub(super) const PROFILES: [(&str, &str); 3] = [
    ("bindal-2006", include_str!("profiles/bindal-2006.toml")),
    ("libtorrent-2", include_str!("profiles/libtorrent-2.toml")),
    ("mainline", include_str!("profiles/mainline.toml")),
];

/// The keys of a client profile as scenario text, each with a comment that names its source.
pub fn client_profile(name: &str) -> Option<&'static str> {
    PROFILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The scenario with every table that names a client filled with the keys of its profile. Texts of profiles join the
/// `sources`, so that problems can point into them.
pub(super) fn filled<'a>(root: &'a Node, sources: &RefCell<Vec<Source>>, problems: &Problems) -> Cow<'a, Node> {
    let part = |node: &'a Node, path: &[&str]| path.iter().try_fold(node, |node, key| node.get(key));
    let arms = match root.get("arm").map(|arms| &arms.value) {
        Some(Value::Array(arms)) => arms.as_slice(),
        _ => &[],
    };
    let services = std::iter::once(root).chain(arms).filter_map(|node| part(node, &["service", "file-swarming"]));
    if !services.chain(root.get("discovery")).any(|table| table.get(CLIENT).is_some()) {
        return Cow::Borrowed(root);
    }
    let mut root = root.clone();
    lay_under(&mut root, &mut sources.borrow_mut(), problems);
    Cow::Owned(root)
}

fn lay_under(root: &mut Node, sources: &mut Vec<Source>, problems: &Problems) {
    let mut library = Library { sources, problems, parsed: Vec::new() };
    for path in [&["discovery"][..], &["service", "file-swarming"]] {
        library.fill(root, path, path);
    }
    if let Some(Node { value: Value::Array(arms), .. }) = child(root, "arm") {
        for arm in arms {
            library.fill(arm, &["service", "file-swarming"], &["service", "file-swarming"]);
        }
    }
}

/// The profiles in use, as trees.
struct Library<'a> {
    sources: &'a mut Vec<Source>,
    problems: &'a Problems,
    parsed: Vec<(&'static str, Node)>,
}

impl Library<'_> {
    /// Fills the table at `path` of `node`, if it names a profile, with the profile's table at `part`.
    fn fill(&mut self, node: &mut Node, path: &[&str], part: &[&str]) {
        let Some(table) = path.iter().try_fold(node, |node, key| child(node, key)) else { return };
        let Some(Value::Text(name)) = table.get(CLIENT).map(|client| &client.value) else { return };
        let name = name.clone();
        let Some(profile) = self.profile(&name) else { return };
        let preset = part.iter().try_fold(profile, |node, key| node.get(key));
        if let (Some(preset), Some(keys)) = (preset, keys_at(part)) {
            merge_tables(table, preset, keys);
        }
    }

    /// The tree of a profile; `None`: there is no such profile, which resolving will say.
    fn profile(&mut self, name: &str) -> Option<&Node> {
        let (name, text) = PROFILES.iter().find(|(known, _)| *known == name)?;
        if !self.parsed.iter().any(|(known, _)| known == name) {
            let title = format!("client profile {name}");
            // One text for all settings of a sweep.
            let known = self.sources.iter().position(|source| source.name == title);
            let source = known.unwrap_or(self.sources.len());
            match parse_document(text, source) {
                Ok(node) => self.parsed.push((name, node)),
                Err(_) => self.problems.add(Problem::at(Place::new(source, 0..0), "this profile is not TOML")),
            }
            if known.is_none() {
                self.sources.push(Source { name: title, is_option: false, text: (*text).to_owned() });
            }
        }
        self.parsed.iter().find(|(known, _)| known == name).map(|(_, node)| node)
    }
}

fn child<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    let Value::Table(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node)
}

/// The accepted keys of the table at `path` of a scenario.
fn keys_at(path: &[&str]) -> Option<&'static Table> {
    let mut shape: &'static Shape = &SCENARIO.key(path.first()?)?.shape;
    for name in &path[1..] {
        shape = payload(shape, name)?;
    }
    table_of(shape)
}

fn payload(shape: &'static Shape, name: &str) -> Option<&'static Shape> {
    let Shape::OneOf { alternatives, .. } = shape else { return None };
    alternatives.iter().find(|alternative| alternative.name == name)?.payload.as_ref()
}

fn table_of(shape: &'static Shape) -> Option<&'static Table> {
    match shape {
        Shape::Table(table) | Shape::TableOrWord(table, _) => Some(table),
        _ => None,
    }
}

/// Adds to `written` the entries of `preset` that it lacks.
fn merge_tables(written: &mut Node, preset: &Node, keys: &'static Table) {
    let Some(presets) = preset.entries() else { return };
    for entry in presets {
        match child(written, &entry.key) {
            Some(node) => {
                if let Some(key) = keys.key(&entry.key) {
                    merge(node, &entry.node, &key.shape);
                }
            }
            None => add(written, entry),
        }
    }
}

fn add(written: &mut Node, entry: &Entry) {
    if let Value::Table(entries) = &mut written.value {
        entries.push(entry.clone());
    }
}

/// A key that both hold: what is written wins, and tables are merged key by key.
fn merge(written: &mut Node, preset: &Node, shape: &'static Shape) {
    if written.entries().is_none() {
        return;
    }
    if let Some(keys) = table_of(shape) {
        merge_tables(written, preset, keys);
    } else if let Some([chosen]) = preset.entries()
        && let Some(parameters) = child(written, &chosen.key)
        && let Some(shape) = payload(shape, &chosen.key)
    {
        merge(parameters, &chosen.node, shape);
    }
}
