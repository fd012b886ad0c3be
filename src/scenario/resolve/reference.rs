//! What the results are held against.

use std::collections::BTreeSet;

use crate::metrics::rows::RunRow;
use crate::scenario::errors::{Problem, Problems, nearest};
use crate::scenario::reader::{Field, Reader};
use crate::scenario::resolved::{Accepted, ArmSpec, HeldAgainst, ReferenceSpec};
use crate::scenario::schema::ticked;

/// References of one scenario.
const MOST_REFERENCES: usize = 100;

pub(super) fn resolve(file: &Reader<'_>, arms: &[ArmSpec]) -> Vec<ReferenceSpec> {
    let readers = file.tables("reference");
    if let Some(extra) = readers.get(MOST_REFERENCES) {
        let allowed = format!("at most {MOST_REFERENCES} references");
        file.problems().add(Problem::at(extra.place(), "too many references").allowed(allowed));
    }
    let mut labels = BTreeSet::new();
    readers.iter().map(|reader| reference(reader, arms, &mut labels)).collect()
}

/// Metric, arm and label of the references so far: two that share all three could not be told apart.
type Labels = BTreeSet<(&'static str, usize, String)>;

fn reference(reader: &Reader<'_>, arms: &[ArmSpec], labels: &mut Labels) -> ReferenceSpec {
    let problems = reader.problems();
    let metric = column(&reader.get("metric"), "metric", reader);
    let arm = reader.optional::<String>("arm").and_then(|wanted| arm_of(&wanted, "reference", arms, problems));
    let source: Field<String> = reader.get("source");
    let label: Field<String> = reader.get("label");
    let among = |position: usize| arm.is_none_or(|only| only == position);
    if let (Some(metric), true) = (metric, label.ok) {
        let mut fresh = true;
        for position in (0..arms.len()).filter(|position| among(*position)) {
            fresh &= labels.insert((metric, position, label.value.clone()));
        }
        if !fresh {
            let message = format!("a second reference for `{metric}` is called `{}`", label.value);
            problems.add(Problem::at(label.place, message).allowed("a label of its own for each metric and arm"));
        }
    }
    let (against, accepted) = held(reader, metric);
    ReferenceSpec {
        metric: metric.unwrap_or_default(),
        arm,
        against,
        accepted,
        source: source.value,
        label: label.value,
    }
}

/// What the metric is held against, and the band.
fn held(reader: &Reader<'_>, metric: Option<&str>) -> (HeldAgainst, Accepted) {
    let problems = reader.problems();
    let value: Option<Field<f64>> = reader.optional("value");
    let against: Option<Field<String>> = reader.optional("against");
    let low: Option<Field<f64>> = reader.optional("low");
    let high: Option<Field<f64>> = reader.optional("high");
    let within: Option<Field<f64>> = reader.optional("within");
    let sound = [&value, &low, &high, &within].into_iter().flatten().all(|field| field.ok);
    let choice = "exactly one of `value`, `against`, or `low` and `high` (or one of them) alone";
    match (&value, &against) {
        (Some(_), Some(against)) => {
            let message = "the reference has both a `value` and a column to be held `against`";
            problems.add(Problem::at(against.place, message).allowed(choice));
        }
        (None, None) if low.is_none() && high.is_none() => {
            let message = "the reference gives nothing to hold the metric against";
            problems.add(Problem::at(reader.place(), message).allowed(choice));
        }
        _ => {}
    }
    if let (Some(within), true) = (&within, low.is_some() || high.is_some()) {
        let message = "the reference has two bands: `within`, and `low` or `high`";
        problems.add(Problem::at(within.place, message).allowed("one of them"));
    } else if let (Some(within), true) = (&within, sound) {
        let nothing = value.as_ref().is_some_and(|value| value.value == 0.0);
        if nothing || (value.is_none() && against.is_none()) {
            let message = "`within` is relative to `value`, and there is none or it is 0";
            problems.add(Problem::at(within.place, message).advice("give the band as `low` and `high`"));
        }
    }
    if let (Some(low), Some(high), true) = (&low, &high, sound)
        && low.value > high.value
    {
        let message = format!("the band begins at {} and ends at {}", low.value, high.value);
        problems.add(Problem::at(high.place, message).allowed("`high` of at least `low`"));
    } else if let (Some(value), true) = (&value, sound)
        && (low.as_ref().is_some_and(|low| value.value < low.value)
            || high.as_ref().is_some_and(|high| value.value > high.value))
    {
        let message = format!("the reference {} lies outside its own band", value.value);
        problems.add(Problem::at(value.place, message).allowed("`low` ≤ `value` ≤ `high`"));
    }
    let column = against.and_then(|against| {
        let name = column(&against, "against", reader)?;
        if Some(name) == metric {
            let message = format!("`{name}` is held against itself");
            problems.add(Problem::at(against.place, message).allowed("another column"));
        }
        Some(name)
    });
    let number = |field: Option<Field<f64>>| field.map(|field| field.value);
    let held = match (number(value), column) {
        (Some(value), _) => HeldAgainst::Value(value),
        (None, Some(column)) => HeldAgainst::Column(column),
        (None, None) => HeldAgainst::Band,
    };
    let accepted = match number(within) {
        Some(within) => Accepted::Within(within),
        None => Accepted::Between { low: number(low), high: number(high) },
    };
    (held, accepted)
}

/// The position of the arm that a reference or a check speaks of.
pub(super) fn arm_of(wanted: &Field<String>, what: &str, arms: &[ArmSpec], problems: &Problems) -> Option<usize> {
    let position = arms.iter().position(|arm| arm.name == wanted.value);
    if position.is_none() && wanted.ok && !arms.is_empty() {
        let names = || arms.iter().map(|arm| arm.name.as_str());
        problems.add(
            Problem::at(wanted.place, format!("the {what}'s arm `{}` is no arm", wanted.value))
                .allowed(format!("the name of an arm: {}", ticked(names())))
                .nearest(nearest(&wanted.value, names())),
        );
    }
    position
}

/// The numeric column of `runs.csv` of this name.
pub(super) fn column(wanted: &Field<String>, key: &str, reader: &Reader<'_>) -> Option<&'static str> {
    let found = RunRow::metric_names().find(|name| *name == wanted.value);
    if found.is_none() && wanted.ok {
        reader.problems().add(
            Problem::at(wanted.place, format!("`{key}` is no numeric column of `runs.csv`: `{}`", wanted.value))
                .allowed("a metric of `runs.csv`; `results/README.md` lists them")
                .nearest(nearest(&wanted.value, RunRow::metric_names())),
        );
    }
    found
}
