//! Reading `[sweep]`: which keys, which values.

use std::collections::BTreeSet;

use super::range::{Amount, Spacing, values};
use super::{Axis, AxisUnit, AxisValue};
use crate::scenario::errors::{Problem, Problems};
use crate::scenario::keys;
use crate::scenario::reader::{Field, Reader};
use crate::scenario::tree::{Entry, Node, Place, Value};

/// From this ratio of the largest to the smallest number on, a list has a logarithmic axis.
const WIDE: f64 = 20.0;
/// A table with one of these keys says how a key is swept; any other one only leads to a key.
pub(in crate::scenario) const OF_AN_AXIS: [&str; 6] = ["values", "from", "to", "step", "points", "scale"];

/// A swept key as it was read.
#[derive(Debug, Clone)]
pub(in crate::scenario) struct Read {
    pub(super) axis: Axis,
    /// The path's segments.
    pub(super) segments: Vec<String>,
    /// Where the key stands in `[sweep]`.
    pub(super) place: Place,
    /// The values with their places.
    pub(super) nodes: Vec<Node>,
    /// Whether the label was given.
    labelled: bool,
}

/// Reads `[sweep]`, whose paths may be quoted (`"population.peers"`) or nested tables.
pub(in crate::scenario) fn read(sweep: &Node, problems: &Problems) -> Vec<Read> {
    let mut axes = Vec::new();
    match sweep.entries() {
        Some(entries) => {
            for entry in entries {
                walk(entry, "", &mut axes, problems);
            }
        }
        None => problems.add(
            Problem::at(sweep.place, format!("`sweep` has the wrong type: {}", sweep.value.kind()))
                .allowed("a table: `[sweep]`, then lines such as `\"population.peers\" = [10, 100, 1000]`"),
        ),
    }
    label(&mut axes, problems);
    axes
}

fn walk(entry: &Entry, before: &str, axes: &mut Vec<Read>, problems: &Problems) {
    let path = if before.is_empty() { entry.key.trim().to_owned() } else { format!("{before}.{}", entry.key.trim()) };
    match &entry.node.value {
        Value::Table(inner) if !inner.iter().any(|of| OF_AN_AXIS.contains(&of.key.as_str())) => {
            if inner.is_empty() {
                let message = format!("`{path}` is swept over nothing");
                problems.add(Problem::at(entry.node.place, message).allowed("a list of values, or a range"));
            }
            for entry in inner {
                walk(entry, &path, axes, problems);
            }
        }
        _ => axes.extend(axis(&path, entry, problems)),
    }
}

/// One swept key; `None`: a problem was recorded.
fn axis(path: &str, entry: &Entry, problems: &Problems) -> Option<Read> {
    let segments: Vec<String> = path.split('.').map(|segment| segment.trim().to_owned()).collect();
    if segments.iter().any(String::is_empty) {
        let message = format!("`{path}` is not the path of a key");
        problems.add(Problem::at(entry.key_place, message).allowed("`\"path.to.key\"`, as in `\"population.peers\"`"));
        return None;
    }
    refuse_unsweepable(&segments, entry.key_place, problems)?;
    let (nodes, scale, wanted, names) = match &entry.node.value {
        Value::Array(items) => (items.clone(), None, None, None),
        Value::Table(_) => {
            let reader = Reader::open(&entry.node, &keys::AXIS, format!("sweep.{path}"), problems);
            let scale = reader.optional::<&'static str>("scale");
            let logarithmic = scale.as_ref().map(|scale| scale.value == "log");
            let nodes = match reader.raw("values") {
                Some(node) => listed(node, &reader, problems)?,
                None => range(&reader, logarithmic, problems)?,
            };
            let logarithmic = logarithmic.or_else(|| (!reader.has("values")).then_some(false));
            let names = reader.list::<String>("names");
            (nodes, logarithmic, reader.optional::<String>("label"), names)
        }
        _ => {
            let message = format!("`{path}` is swept over {}", entry.node.value.kind());
            problems.add(Problem::at(entry.node.place, message).allowed(
                "a list of values, or a range such as `{ from = 1, to = 16, step = 2 }` or \
                 `{ from = 10, to = 1000, points = 5, scale = \"log\" }`",
            ));
            return None;
        }
    };
    if nodes.is_empty() || nodes.len() as u64 > keys::MOST_POINTS {
        let message = format!("`{path}` is swept over {} values", nodes.len());
        problems.add(Problem::at(entry.node.place, message).allowed(format!("1 to {} values", keys::MOST_POINTS)));
        return None;
    }
    let values = with_names(&nodes, names.as_deref(), path, problems)?;
    let given_names = names.is_some();
    let unit = unit(&nodes);
    let numbers: Vec<f64> = values.iter().filter_map(|value| value.number).collect();
    let numeric = unit != AxisUnit::Words;
    if let (Some(true), false) = (scale, numeric && numbers.iter().all(|number| *number > 0.0)) {
        let message = format!("`{path}` has a logarithmic scale and values that are no positive numbers");
        problems.add(Problem::at(entry.node.place, message).allowed("numbers or quantities above 0"));
    }
    let logarithmic = numeric && scale.unwrap_or_else(|| wide(&numbers));
    let labelled = wanted.is_some();
    let label = wanted.map_or_else(|| short(&segments), |wanted: Field<String>| wanted.value);
    let axis = Axis {
        key: path.to_owned(),
        label,
        column: String::new(),
        arm: None,
        unit,
        logarithmic,
        named: given_names,
        values,
    };
    Some(Read { axis, segments, place: entry.key_place, nodes, labelled })
}

/// Keys that say how an experiment is judged or presented are the same in all of it.
fn refuse_unsweepable(segments: &[String], place: Place, problems: &Problems) -> Option<()> {
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    let advice = match names.as_slice() {
        ["experiment", "seed"] => "`experiment.replications` repeats every arm with other random numbers",
        [
            "experiment",
            "replications" | "baseline" | "confidence" | "smallest-effect" | "matrix-rows" | "sampling",
            ..,
        ]
        | ["experiment"] => "it says how the experiment is judged, and is the same in all of it",
        ["format" | "title" | "sweep" | "reference" | "check", ..] => "it changes no run",
        ["arm"] | ["arm", _] | ["arm", _, "name"] => {
            "sweep the keys of an arm, as in `\"arm.managed.oms.external.min\"`"
        }
        _ => return Some(()),
    };
    problems.add(Problem::at(place, format!("`{}` cannot be swept", segments.join("."))).advice(advice));
    None
}

fn listed(node: &Node, reader: &Reader<'_>, problems: &Problems) -> Option<Vec<Node>> {
    for key in ["from", "to", "step", "points"] {
        if let Some(place) = reader.key_place(key) {
            let message = format!("the sweep has both `values` and `{key}`");
            problems.add(Problem::at(place, message).allowed("either `values`, or a range"));
        }
    }
    if let Value::Array(items) = &node.value {
        return Some(items.clone());
    }
    problems.add(
        Problem::at(node.place, format!("`values` has the wrong type: {}", node.value.kind()))
            .allowed("a list of values of the swept key"),
    );
    None
}

fn range(reader: &Reader<'_>, logarithmic: Option<bool>, problems: &Problems) -> Option<Vec<Node>> {
    let amount = |key: &str| {
        let Some(node) = reader.raw(key) else {
            let message = format!("the range has no `{key}`");
            problems.add(Problem::at(reader.place(), message).allowed("`from`, `to`, and `step` or `points`"));
            return None;
        };
        let amount = Amount::of(node);
        if amount.is_none() {
            let message = format!("`{key}` is no number or quantity");
            problems.add(Problem::at(node.place, message).allowed("a number, or a quantity such as `\"1 Mbit/s\"`"));
        }
        amount
    };
    let (from, to) = (amount("from")?, amount("to")?);
    let points = reader.optional::<u64>("points");
    let spacing = match (points, reader.has("step")) {
        (Some(points), false) if !points.ok => return None,
        (Some(points), false) if logarithmic == Some(true) => Spacing::LogPoints(points.value),
        (Some(points), false) => Spacing::Points(points.value),
        (None, true) if logarithmic == Some(true) => {
            let place = reader.key_place("step").unwrap_or(reader.place());
            let message = "a logarithmic range has no `step`";
            problems.add(Problem::at(place, message).allowed("`points`: how many values, both ends included"));
            return None;
        }
        (None, true) => {
            let step = amount("step")?;
            if step.unit != from.unit {
                let place = reader.key_place("step").unwrap_or(reader.place());
                let message = "`step` and `from` are not of one kind";
                problems.add(Problem::at(place, message).allowed("numbers, or quantities of the same kind"));
                return None;
            }
            Spacing::Step(step.base)
        }
        (points, _) => {
            let message = if points.is_some() {
                "the range has both `step` and `points`"
            } else {
                "the range has neither `step` nor `points`"
            };
            problems.add(Problem::at(reader.place(), message).allowed("one of them"));
            return None;
        }
    };
    if from.unit != to.unit {
        let message = "`from` and `to` are not of one kind";
        problems.add(Problem::at(reader.place(), message).allowed("two numbers, or two quantities of the same kind"));
        return None;
    }
    match values(from, to, spacing) {
        Ok(values) => Some(values.into_iter().map(|value| Node { value, place: reader.place() }).collect()),
        Err(reason) => {
            problems.add(Problem::at(reader.place(), format!("the range {reason}")));
            None
        }
    }
}

/// What all values are.
fn unit(nodes: &[Node]) -> AxisUnit {
    let units: BTreeSet<Option<&str>> = nodes.iter().map(|n| Amount::of(n).map(|a| a.unit.suffix())).collect();
    let first = nodes.first().and_then(Amount::of).map(|amount| amount.unit);
    if units.len() == 1 { first.unwrap_or(AxisUnit::Words) } else { AxisUnit::Words }
}

fn wide(numbers: &[f64]) -> bool {
    let smallest = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = numbers.iter().copied().fold(0.0, f64::max);
    smallest > 0.0 && largest >= WIDE * smallest
}

/// The values with their names, which must all differ.
fn with_names(
    nodes: &[Node],
    names: Option<&[Field<String>]>,
    path: &str,
    problems: &Problems,
) -> Option<Vec<AxisValue>> {
    if let Some(names) = names
        && names.len() != nodes.len()
    {
        let place = names.first().map_or(nodes[0].place, |name| name.place);
        let message = format!("{} names for {} values of `{path}`", names.len(), nodes.len());
        problems.add(Problem::at(place, message).allowed("one name for each value"));
        return None;
    }
    let mut known = BTreeSet::new();
    let mut values = Vec::with_capacity(nodes.len());
    let numeric = unit(nodes) != AxisUnit::Words;
    for (position, node) in nodes.iter().enumerate() {
        let given = names.and_then(|names| names.get(position));
        let mut name = given.map_or_else(|| display(node), |name| name.value.clone());
        let place = given.map_or(node.place, |name| name.place);
        if values.iter().any(|value: &AxisValue| value.written == node.to_plain()) {
            problems.add(Problem::at(node.place, format!("`{path}` is swept over `{name}` twice")));
            return None;
        }
        if !known.insert(name.clone()) {
            if given.is_some() {
                problems.add(Problem::at(place, format!("a second value is called `{name}`")));
                return None;
            }
            // Tables that differ inside only.
            name = format!("{name}#{}", position + 1);
            known.insert(name.clone());
        }
        let number = Amount::of(node).filter(|_| numeric).map(Amount::number);
        values.push(AxisValue { name, number, written: node.to_plain() });
    }
    Some(values)
}

/// A value in a few characters.
fn display(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.unwrap_or_default().to_string(),
        Value::Float(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Datetime(datetime) => datetime.to_string(),
        Value::Array(items) => items.iter().map(display).collect::<Vec<_>>().join("+"),
        Value::Table(entries) => entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>().join("+"),
    }
}

/// The last two parts of a key, those that name an arm left out.
fn short(segments: &[String]) -> String {
    let own = if segments.first().is_some_and(|first| first == "arm") { segments.get(2..) } else { Some(segments) };
    let own = own.unwrap_or_default();
    own.get(own.len().saturating_sub(2)..).unwrap_or_default().join(".")
}

/// Makes labels and columns unique: where two shortened labels are alike, the whole path is the label.
fn label(axes: &mut [Read], problems: &Problems) {
    let labels: Vec<String> = axes.iter().map(|read| read.axis.label.clone()).collect();
    let double = |label: &String| labels.iter().filter(|other| *other == label).count() > 1;
    for read in axes.iter_mut().filter(|read| double(&read.axis.label)) {
        if read.labelled {
            let message = format!("a second swept key is called `{}`", read.axis.label);
            problems.add(Problem::at(read.place, message).allowed("a `label` of its own"));
        } else {
            read.axis.label.clone_from(&read.axis.key);
        }
    }
    let mut columns = BTreeSet::new();
    for (position, read) in axes.iter_mut().enumerate() {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let stem: String = read.axis.label.chars().map(plain).collect();
        let mut column = format!("sweep_{}{}", stem.trim_matches('_'), read.axis.unit.suffix());
        if !columns.insert(column.clone()) {
            column = format!("{column}_{}", position + 1);
            columns.insert(column.clone());
        }
        read.axis.column = column;
    }
}

/// The node at a path, elements of lists by name or position; `None` where the tree has nothing there.
pub(in crate::scenario) fn find<'a>(at: &'a Node, segments: &[&str]) -> Option<&'a Node> {
    let Some((segment, rest)) = segments.split_first() else { return Some(at) };
    let next = match &at.value {
        Value::Array(items) => {
            let by_name = items.iter().find(
                |item| matches!(item.get("name"), Some(Node { value: Value::Text(name), .. }) if name == segment),
            );
            by_name.or_else(|| items.get(segment.parse::<usize>().ok()?))
        }
        _ => at.get(segment),
    };
    find(next?, rest)
}
