//! Values from the command line, laid over the file's before it is resolved.

use super::errors::{Problem, Problems, Source, nearest};
use super::schema::ticked;
use super::tree::{Entry, Node, Place, Value, parse_value};

/// What the command line changes in a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--seed N`: replaces `experiment.seed`.
    pub seed: Option<u64>,
    /// `--set path=value`, in order: the path is dotted, elements of a list of tables are addressed by their `name` or
    /// by their position from 0 (`arm.managed.oms.external.min`, `underlay.isps.link.0.capacity`); the value is TOML,
    /// and what is not TOML is taken as a string (`experiment.deadline=2 h`).
    pub set: Vec<(String, String)>,
}

/// Changes `root` as the command line says. Each option becomes a source of its own, which problems point into.
pub(super) fn apply(root: &mut Node, overrides: &Overrides, sources: &mut Vec<Source>, problems: &Problems) {
    for (path, value) in &overrides.set {
        set(root, "--set", path, value, format!("{path}={value}"), path.len() + 1, sources, problems);
    }
    if let Some(seed) = overrides.seed {
        let value = seed.to_string();
        set(root, "--seed", "experiment.seed", &value, value.clone(), 0, sources, problems);
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one option; a struct for one private call would hide them")]
fn set(
    root: &mut Node,
    option: &str,
    path: &str,
    value: &str,
    text: String,
    value_at: usize,
    sources: &mut Vec<Source>,
    problems: &Problems,
) {
    let source = sources.len();
    let whole = Place::new(source, 0..text.len());
    let value_place = Place::new(source, value_at..text.len());
    sources.push(Source { name: option.to_owned(), is_option: true, text });
    let node = match parse_value(value, source, value_at) {
        Ok(node) => node,
        Err(error) if value.trim_start().starts_with(['"', '\'', '[', '{']) => {
            let span = error.span.start + value_at..error.span.end + value_at;
            problems.add(Problem::at(Place::new(source, span), format!("not TOML: {}", error.message)));
            return;
        }
        Err(_) => Node { value: Value::Text(value.to_owned()), place: value_place },
    };
    let segments: Vec<&str> = path.split('.').map(str::trim).collect();
    if segments.iter().any(|segment| segment.is_empty()) {
        let problem = Problem::at(whole, format!("`{path}` is not a path"));
        problems.add(problem.allowed("`path.to.key=value`, as in `experiment.replications=3`"));
        return;
    }
    if let Err(problem) = put(root, &segments, node, whole, "") {
        problems.add(*problem);
    }
}

/// Puts `node` at the path, making tables on the way where there are none.
pub(super) fn put(
    at: &mut Node,
    segments: &[&str],
    node: Node,
    place: Place,
    walked: &str,
) -> Result<(), Box<Problem>> {
    let Some((segment, rest)) = segments.split_first() else {
        *at = node;
        return Ok(());
    };
    let here = if walked.is_empty() { "the scenario".to_owned() } else { format!("`{walked}`") };
    let next = if walked.is_empty() { (*segment).to_owned() } else { format!("{walked}.{segment}") };
    let kind = at.value.kind();
    match &mut at.value {
        Value::Table(entries) => {
            let position = entries.iter().position(|entry| entry.key == *segment).unwrap_or_else(|| {
                let node = Node { value: Value::Table(Vec::new()), place };
                entries.push(Entry { key: (*segment).to_owned(), key_place: place, node });
                entries.len() - 1
            });
            put(&mut entries[position].node, rest, node, place, &next)
        }
        Value::Array(items) => {
            let by_name = items.iter().position(|item| name_of(item) == Some(segment));
            let by_position = segment.parse().ok().filter(|number| *number < items.len());
            if let Some(position) = by_name.or(by_position) {
                return put(&mut items[position], rest, node, place, &next);
            }
            let names: Vec<&str> = items.iter().filter_map(name_of).collect();
            let near = nearest(segment, names.iter().copied());
            let positions = match items.len() {
                0 => "nothing: the list is empty".to_owned(),
                n => format!("positions 0 to {}", n - 1),
            };
            let allowed = if names.is_empty() { positions } else { format!("{}, or {positions}", ticked(names)) };
            let message = format!("{here} has no element `{segment}`");
            Err(Box::new(Problem::at(place, message).allowed(allowed).nearest(near)))
        }
        _ => {
            let message = format!("{here} is {kind}: it has no key `{segment}`");
            Err(Box::new(Problem::at(place, message).advice(format!("set {here} as a whole"))))
        }
    }
}

fn name_of(node: &Node) -> Option<&str> {
    match &node.get("name")?.value {
        Value::Text(name) => Some(name),
        _ => None,
    }
}
