//! From one tree and its swept keys to one tree for each setting.

use std::collections::BTreeSet;

use super::axis::Read;
use super::{Axis, SweptArm};
use crate::scenario::errors::{Problem, Problems};
use crate::scenario::overrides::put;
use crate::scenario::tree::{Entry, Node, Place, Value};

/// Arms in all settings together.
const MOST_ARMS: usize = 1000;
/// Characters of an arm's name.
const LONGEST_NAME: usize = 64;

/// What a sweep comes to.
#[derive(Debug)]
pub(in crate::scenario) struct Plan {
    pub(super) axes: Vec<Axis>,
    /// One for each setting.
    pub(in crate::scenario) trees: Vec<Node>,
    /// In plan order.
    pub(in crate::scenario) arms: Vec<SweptArm>,
    /// Names of expanded arms, in the order of `arms`.
    pub(in crate::scenario) names: Vec<String>,
}

/// The arms of the file.
struct Arms {
    names: Vec<String>,
    baseline: usize,
}

/// Multiplies `root` (without its `[sweep]`) by the axes. `set` are the paths that the command line gives a value: a
/// swept key among them has that value alone. `None`: nothing is left to sweep, or a problem was recorded.
pub(in crate::scenario) fn expand(
    root: &Node,
    mut axes: Vec<Read>,
    set: &[String],
    problems: &Problems,
) -> Option<Plan> {
    // What is wrong with the arms is said when the file is resolved.
    let arms = arms(root)?;
    let before = problems.count();
    axes.retain(|read| !pinned(read, set, &arms, problems));
    for read in &mut axes {
        read.axis.arm = arm_of(read, &arms).filter(|arm| *arm != arms.baseline).map(|arm| arms.names[arm].clone());
    }
    refuse_overlaps(&axes, &arms, problems);
    let (shared, own): (Vec<usize>, Vec<usize>) = (0..axes.len()).partition(|axis| axes[*axis].axis.arm.is_none());
    let size = |of: &[usize]| of.iter().fold(1_usize, |n, axis| n.saturating_mul(axes[*axis].nodes.len()));
    let own_of = |arm: &String| -> Vec<usize> {
        own.iter().copied().filter(|axis| axes[*axis].axis.arm.as_ref() == Some(arm)).collect()
    };
    let in_setting = arms.names.iter().fold(0_usize, |n, arm| n.saturating_add(size(&own_of(arm))));
    let total = size(&shared).saturating_mul(in_setting);
    if let (Some(read), true) = (axes.first(), total > MOST_ARMS) {
        let message = format!("the sweep makes {total} arms");
        problems
            .add(Problem::at(read.place, message).allowed(format!("at most {MOST_ARMS} arms, all settings together")));
    }
    if axes.is_empty() || problems.count() > before {
        return None;
    }
    let mut plan = Plan { axes: Vec::new(), trees: Vec::new(), arms: Vec::new(), names: Vec::new() };
    for (setting, of_setting) in combinations(&shared, &axes).into_iter().enumerate() {
        let mut tree = root.clone();
        for (axis, value) in &of_setting {
            place_value(&mut tree, &axes[*axis], *value, problems)?;
        }
        let mut variants = Vec::new();
        for arm in &arms.names {
            for of_arm in combinations(&own_of(arm), &axes) {
                let mut values = vec![None; axes.len()];
                for (axis, value) in of_setting.iter().chain(&of_arm) {
                    values[*axis] = Some(*value);
                }
                variants.push((SweptArm { setting, position: variants.len(), base: arm.clone(), values }, of_arm));
            }
        }
        let names: Vec<String> = variants.iter().map(|(arm, _)| name(arm, &axes)).collect();
        multiply_arms(&mut tree, &arms, &variants, &names, &axes, problems)?;
        rename(&mut tree, &variants, &names, &arms);
        plan.trees.push(tree);
        plan.arms.extend(variants.into_iter().map(|(arm, _)| arm));
        plan.names.extend(names);
    }
    check_names(&plan.names, &axes, problems)?;
    plan.axes = axes.into_iter().map(|read| read.axis).collect();
    Some(plan)
}

/// The arms by name; `None` where they have none.
fn arms(root: &Node) -> Option<Arms> {
    let Value::Array(items) = &root.get("arm")?.value else { return None };
    let names: Option<Vec<String>> = items.iter().map(|item| text(item.get("name")?).map(str::to_owned)).collect();
    let names = names.filter(|names| !names.is_empty())?;
    let wanted = root.get("experiment").and_then(|experiment| experiment.get("baseline")).and_then(text);
    let baseline = wanted.and_then(|wanted| names.iter().position(|name| name == wanted)).unwrap_or(0);
    Some(Arms { names, baseline })
}

fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The arm whose key is swept; `None`: the key is common, or there is no such arm.
fn arm_of(read: &Read, arms: &Arms) -> Option<usize> {
    let [first, arm, _, ..] = read.segments.as_slice() else { return None };
    (first == "arm").then(|| position(arm, arms)).flatten()
}

fn position(arm: &str, arms: &Arms) -> Option<usize> {
    let by_position = || arm.parse::<usize>().ok().filter(|position| *position < arms.names.len());
    arms.names.iter().position(|name| name == arm).or_else(by_position)
}

/// The path with the arm by its name, so that two ways to write it are one.
fn canonical(segments: &[String], arms: &Arms) -> Vec<String> {
    let mut segments = segments.to_vec();
    if let [first, arm, ..] = segments.as_mut_slice()
        && first == "arm"
        && let Some(position) = position(arm, arms)
    {
        arm.clone_from(&arms.names[position]);
    }
    segments
}

/// Whether the command line gives the swept key a value; refuses one for a part of it, which would have no effect.
fn pinned(read: &Read, set: &[String], arms: &Arms, problems: &Problems) -> bool {
    let key = canonical(&read.segments, arms);
    let mut pinned = false;
    for path in set {
        let segments: Vec<String> = path.split('.').map(|segment| segment.trim().to_owned()).collect();
        let given = canonical(&segments, arms);
        if given == key {
            pinned = true;
        } else if given.starts_with(&key) {
            let message = format!("`--set {path}` changes a part of what is swept");
            problems.add(Problem::at(read.place, message).advice(format!("set `{}` as a whole", read.axis.key)));
        }
    }
    pinned
}

fn refuse_overlaps(axes: &[Read], arms: &Arms, problems: &Problems) {
    let keys: Vec<Vec<String>> = axes.iter().map(|read| canonical(&read.segments, arms)).collect();
    for (later, key) in keys.iter().enumerate() {
        for (earlier, other) in keys.iter().enumerate().take(later) {
            if key.starts_with(other) || other.starts_with(key) {
                let message = format!("`{}` is swept, and so is `{}`", axes[later].axis.key, axes[earlier].axis.key);
                problems.add(Problem::at(axes[later].place, message).allowed("keys that do not hold one another"));
            }
        }
    }
}

/// Every combination of values: pairs of axis and value, the last axis changing fastest.
fn combinations(of: &[usize], axes: &[Read]) -> Vec<Vec<(usize, usize)>> {
    let mut all = vec![Vec::new()];
    for axis in of {
        let longer = |combination: Vec<(usize, usize)>| {
            (0..axes[*axis].nodes.len()).map(move |value| {
                let mut combination = combination.clone();
                combination.push((*axis, value));
                combination
            })
        };
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}

fn place_value(tree: &mut Node, read: &Read, value: usize, problems: &Problems) -> Option<()> {
    let segments: Vec<&str> = read.segments.iter().map(String::as_str).collect();
    match put(tree, &segments, read.nodes[value].clone(), read.place, "") {
        Ok(()) => Some(()),
        Err(problem) => {
            problems.add(*problem);
            None
        }
    }
}

/// `managed external.min=4, population.peers=100`.
fn name(arm: &SweptArm, axes: &[Read]) -> String {
    let of_axis = |(read, value): (&Read, &Option<usize>)| {
        value.map(|value| format!("{}={}", read.axis.label, read.axis.values[value].name))
    };
    let values: Vec<String> = axes.iter().zip(&arm.values).filter_map(of_axis).collect();
    if values.is_empty() { arm.base.clone() } else { format!("{} {}", arm.base, values.join(", ")) }
}

fn check_names(names: &[String], axes: &[Read], problems: &Problems) -> Option<()> {
    let place = axes.first().map_or(Place::new(0, 0..0), |read| read.place);
    if let Some(long) = names.iter().find(|name| name.chars().count() > LONGEST_NAME) {
        let message = format!("the sweep makes an arm with a name of more than {LONGEST_NAME} characters: `{long}`");
        let advice = "give swept keys a shorter `label`, values `names`, as in `{ values = [1, 2], label = \"n\" }`";
        problems.add(Problem::at(place, message).advice(advice));
        return None;
    }
    let mut known = BTreeSet::new();
    if let Some(double) = names.iter().find(|name| !known.insert(*name)) {
        problems.add(Problem::at(place, format!("the sweep makes a second arm called `{double}`")));
        return None;
    }
    Some(())
}

type Variant = (SweptArm, Vec<(usize, usize)>);

/// Puts the expanded arms in the place of those of the file.
fn multiply_arms(
    tree: &mut Node,
    arms: &Arms,
    variants: &[Variant],
    names: &[String],
    axes: &[Read],
    problems: &Problems,
) -> Option<()> {
    let mut expanded = Vec::with_capacity(variants.len());
    for ((variant, of_arm), name) in variants.iter().zip(names) {
        // A copy of the whole tree is the only one in which the path of an arm's key leads somewhere.
        let items = super::find(tree, &["arm"])?;
        let Value::Array(items) = &items.value else { return None };
        let mut item = items.get(arms.names.iter().position(|arm| *arm == variant.base)?)?.clone();
        for (axis, value) in of_arm {
            let read = &axes[*axis];
            let segments: Vec<&str> = read.segments.iter().skip(2).map(String::as_str).collect();
            if let Err(problem) = put(&mut item, &segments, read.nodes[*value].clone(), read.place, "arm") {
                problems.add(*problem);
                return None;
            }
        }
        set_text(&mut item, "name", name);
        expanded.push(item);
    }
    if let Value::Table(entries) = &mut tree.value
        && let Some(Entry { node: Node { value: Value::Array(items), .. }, .. }) =
            entries.iter_mut().find(|entry| entry.key == "arm")
    {
        *items = expanded;
    }
    Some(())
}

/// Replaces a text that is there.
fn set_text(node: &mut Node, key: &str, new: &str) {
    if let Value::Table(entries) = &mut node.value
        && let Some(entry) = entries.iter_mut().find(|entry| entry.key == key)
    {
        entry.node.value = Value::Text(new.to_owned());
    }
}

/// Lets the rest of the file speak of the expanded arms: the baseline, and the tables with a key `arm`, each of which
/// speaks of every arm that was made of its own.
fn rename(tree: &mut Node, variants: &[Variant], names: &[String], arms: &Arms) {
    let made_of = |base: &str| -> Vec<&String> {
        variants.iter().zip(names).filter(|((arm, _), _)| arm.base == base).map(|(_, name)| name).collect()
    };
    let Value::Table(entries) = &mut tree.value else { return };
    for entry in entries.iter_mut().filter(|entry| entry.key != "arm") {
        if entry.key == "experiment"
            && let Some(wanted) = entry.node.get("baseline").and_then(text).map(str::to_owned)
            && wanted == arms.names[arms.baseline]
            && let Some(name) = made_of(&wanted).first()
        {
            set_text(&mut entry.node, "baseline", name);
        }
        let Value::Array(items) = &mut entry.node.value else { continue };
        let copies = |item: &Node| -> Vec<Node> {
            let Some(base) = item.get("arm").and_then(text) else { return vec![item.clone()] };
            let made = made_of(base);
            if made.is_empty() {
                return vec![item.clone()];
            }
            let copy = |name: &&String| {
                let mut copy = item.clone();
                set_text(&mut copy, "arm", name);
                copy
            };
            made.iter().map(copy).collect()
        };
        *items = items.iter().flat_map(copies).collect();
    }
}
