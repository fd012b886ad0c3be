//! A swept scenario as a scenario file.
//!
//! The file holds the first of everything (first setting, first values of each arm's own keys) with all defaults, and
//! `[sweep]` with every value. A default that follows from a swept key differs from point to point; writing the first
//! one down would fix it for all, so such keys are left out, and every point derives them again.

use std::path::Path;

use super::resolved::{ArmSpec, Resolved};
use super::sweep::{Axis, Sweep, find};
use super::tree::{Node, Value, parse_document};
use super::write::{Toml, quote};

/// Tables that speak of arms and have no defaults; they are written as the file had them.
const AS_THEY_ARE: [&str; 2] = ["reference", "check"];

impl Resolved {
    pub(super) fn write_swept(&self, sweep: &Sweep, folder: Option<&Path>) -> String {
        let views = self.views(sweep);
        let Some(first) = views.first() else { return self.write_as_is(folder) };
        let mut text = first.scenario.write_as_is(folder);
        let trees: Vec<Node> =
            views.iter().filter_map(|view| parse_document(&view.scenario.write_as_is(folder), 0).ok()).collect();
        for path in derived(&trees, &sweep.axes) {
            if !given(&self.as_written.document, &path) {
                text = without(&text, &path);
            }
        }
        let mut toml = Toml(text);
        for name in AS_THEY_ARE {
            let Some(toml::Value::Array(items)) = self.as_written.document.get(name) else { continue };
            for item in items.iter().filter_map(toml::Value::as_table) {
                toml.element(name);
                item.iter().for_each(|(key, value)| toml.plain(key, value));
            }
        }
        toml.table("sweep");
        for (position, axis) in sweep.axes.iter().enumerate() {
            write_axis(&mut toml, position, axis, &views, &trees);
        }
        toml.0
    }

    /// Scenarios with the arms of the file, one for each point, that together show every value of every axis.
    fn views(&self, sweep: &Sweep) -> Vec<View> {
        let mut bases: Vec<&str> = Vec::new();
        for arm in &sweep.arms {
            if !bases.contains(&arm.base.as_str()) {
                bases.push(&arm.base);
            }
        }
        let mut views = Vec::new();
        for (setting, of_setting) in self.settings().into_iter().enumerate() {
            let of = |base: &&str| -> Vec<usize> {
                let here = |position: &usize| {
                    let arm = &sweep.arms[*position];
                    arm.setting == setting && arm.base == **base
                };
                (0..sweep.arms.len()).filter(here).collect()
            };
            let variants: Vec<Vec<usize>> = bases.iter().map(of).collect();
            for row in 0..variants.iter().map(Vec::len).max().unwrap_or(0) {
                let chosen = variants.iter().map(|variants| variants.get(row).or(variants.last()).copied());
                let Some(chosen) = chosen.collect::<Option<Vec<usize>>>() else { continue };
                views.push(self.view(of_setting, sweep, &bases, &chosen));
            }
        }
        views
    }

    fn view(&self, setting: &Self, sweep: &Sweep, bases: &[&str], chosen: &[usize]) -> View {
        let mut scenario = Self { references: Vec::new(), checks: Vec::new(), sweep: None, ..setting.clone() };
        let position = |arm: usize| sweep.arms[arm].position;
        let arm = |(arm, name): (&usize, &&str)| {
            setting.arms.get(position(*arm)).map(|arm| ArmSpec { name: (*name).to_owned(), ..arm.clone() })
        };
        scenario.arms = chosen.iter().zip(bases).filter_map(arm).collect();
        let written = &mut scenario.as_written;
        let parameters = &self.as_written.strategy_parameters;
        written.strategy_parameters = chosen.iter().filter_map(|arm| parameters.get(*arm).cloned()).collect();
        let own = &setting.as_written.own_service;
        written.own_service = chosen.iter().map(|arm| own.get(position(*arm)).copied().unwrap_or(false)).collect();
        written.swept = true;
        let baseline = setting.experiment.baseline;
        scenario.experiment.baseline = chosen.iter().position(|arm| position(*arm) == baseline).unwrap_or(0);
        let values = |axis: usize| {
            chosen.iter().filter_map(|arm| sweep.arms[*arm].values.get(axis).copied().flatten()).collect()
        };
        View { values: (0..sweep.axes.len()).map(values).collect(), scenario }
    }
}

/// The scenario at one point.
struct View {
    scenario: Resolved,
    /// For each axis the positions of its values that are seen here.
    values: Vec<Vec<usize>>,
}

fn write_axis(toml: &mut Toml, position: usize, axis: &Axis, views: &[View], trees: &[Node]) {
    let segments: Vec<&str> = axis.key.split('.').map(str::trim).collect();
    let mut renamed = axis.named;
    let mut value = |value: usize| {
        let written = &axis.values[value].written;
        // The path of a file was rewritten where it is a part of the scenario: it is taken from there.
        let here = views.iter().zip(trees).find(|(view, _)| view.values[position].contains(&value));
        let moved = here.and_then(|(view, tree)| {
            let before = parse_document(&view.scenario.write_as_is(None), 0).ok()?;
            let (before, after) = (find(&before, &segments)?.to_plain(), find(tree, &segments)?.to_plain());
            (before != after).then_some(after)
        });
        renamed |= moved.is_some();
        moved.unwrap_or_else(|| written.clone()).to_string()
    };
    let values: Vec<String> = (0..axis.values.len()).map(&mut value).collect();
    let mut line = format!("{{ values = [{}], label = {}", values.join(", "), quote(&axis.label));
    if axis.values.iter().all(|value| value.number.is_some()) {
        line = format!("{line}, scale = \"{}\"", if axis.logarithmic { "log" } else { "linear" });
    }
    if renamed {
        let names: Vec<String> = axis.values.iter().map(|value| quote(&value.name)).collect();
        line = format!("{line}, names = [{}]", names.join(", "));
    }
    toml.plain(&quote(&axis.key), format!("{line} }}"));
}

/// Paths of values that are not the same at all points, though nobody sweeps them.
fn derived(trees: &[Node], axes: &[Axis]) -> Vec<Vec<String>> {
    let Some((first, others)) = trees.split_first() else { return Vec::new() };
    let mut differing = Vec::new();
    for other in others {
        differences(first, other, &mut Vec::new(), &mut differing);
    }
    differing.sort();
    differing.dedup();
    let swept: Vec<Vec<String>> = axes.iter().map(|axis| by_position(first, &axis.key)).collect();
    differing.retain(|path| !swept.iter().any(|key| path.starts_with(key) || key.starts_with(path)));
    differing
}

/// A key's path with elements of lists by position.
fn by_position(tree: &Node, key: &str) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = Some(tree);
    for segment in key.split('.').map(str::trim) {
        let mut name = segment.to_owned();
        if let Some(Node { value: Value::Array(items), .. }) = at {
            let named = |item: &Node| matches!(item.get("name"), Some(Node { value: Value::Text(name), .. }) if name == segment);
            if let Some(position) = items.iter().position(named) {
                name = position.to_string();
            }
        }
        at = at.and_then(|node| find(node, &[name.as_str()]));
        path.push(name);
    }
    path
}

fn differences(one: &Node, other: &Node, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match (&one.value, &other.value) {
        (Value::Table(entries), Value::Table(_)) => {
            for entry in entries {
                path.push(entry.key.clone());
                match other.get(&entry.key) {
                    Some(node) => differences(&entry.node, node, path, found),
                    None => found.push(path.clone()),
                }
                path.pop();
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (position, (item, other)) in items.iter().zip(others).enumerate() {
                path.push(position.to_string());
                differences(item, other, path, found);
                path.pop();
            }
        }
        _ if one.to_plain() != other.to_plain() => found.push(path.clone()),
        _ => {}
    }
}

/// Whether the file itself has this key.
fn given(document: &toml::Table, path: &[String]) -> bool {
    let mut at: Option<toml::Value> = Some(toml::Value::Table(document.clone()));
    for segment in path {
        at = match at {
            Some(toml::Value::Table(table)) => table.get(segment).cloned(),
            Some(toml::Value::Array(items)) => segment.parse().ok().and_then(|n: usize| items.get(n).cloned()),
            _ => None,
        };
    }
    at.is_some()
}

/// The text without the key at this path; as it was where there is none.
fn without(text: &str, path: &[String]) -> String {
    let Some((last, before)) = path.split_last() else { return text.to_owned() };
    let segments: Vec<&str> = before.iter().map(String::as_str).collect();
    let place = parse_document(text, 0).ok().and_then(|tree| {
        let entry = find(&tree, &segments)?.entries()?.iter().find(|entry| entry.key == *last)?;
        Some((entry.key_place.start, entry.node.place.end))
    });
    let Some((start, end)) = place else { return text.to_owned() };
    let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    if text[line..start].trim().is_empty() {
        let end = text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1);
        return format!("{}{}", &text[..line], &text[end..]);
    }
    if text[line..start].trim_start().starts_with('[') {
        // In the header of a table: the table goes, and any other below the same key.
        let end = text[start..].find("\n[").map_or(text.len(), |newline| start + newline + 1);
        return without(&format!("{}{}", &text[..line], &text[end..]), path);
    }
    // Inside a table on one line: a comma goes too.
    let (before, after) = (text[..start].trim_end(), text[end..].trim_start());
    match (after.strip_prefix(','), before.strip_suffix(',')) {
        (Some(after), _) => format!("{before} {}", after.trim_start()),
        (None, Some(before)) => format!("{before} {after}"),
        (None, None) => format!("{before} {after}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn a_key_is_taken_out_wherever_it_stands() {
        let text = "[a]\nx = 1\ny = { p = 1, q = 2 }\n";
        let path = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert_eq!(without(text, &path(&["a", "x"])), "[a]\ny = { p = 1, q = 2 }\n");
        assert_eq!(without(text, &path(&["a", "y", "p"])), "[a]\nx = 1\ny = { q = 2 }\n");
        assert_eq!(without(text, &path(&["a", "y", "q"])), "[a]\nx = 1\ny = { p = 1 }\n");
        assert_eq!(without(text, &path(&["a", "z"])), text);
        let text = "[a]\nx = 1\n[a.b.c]\ny = 2\n\n[a.b.d]\nz = 3\n[e]\nf = 4\n";
        assert_eq!(without(text, &path(&["a", "b"])), "[a]\nx = 1\n[e]\nf = 4\n");
    }
}
