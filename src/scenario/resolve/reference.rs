//! What the results are held against.

use std::collections::BTreeSet;

use crate::metrics::rows::{IspRow, RunRow};
use crate::scenario::errors::{Problem, nearest};
use crate::scenario::reader::{Field, Reader};
use crate::scenario::resolved::{Accepted, ArmSpec, HeldAgainst, ReferenceSpec};
use crate::scenario::schema::ticked;
use crate::underlay::{Source, UnderlaySpec};

/// References of one scenario.
const MOST_REFERENCES: usize = 100;

pub(super) fn resolve(file: &Reader<'_>, arms: &[ArmSpec], underlay: &UnderlaySpec) -> Vec<ReferenceSpec> {
    let readers = file.tables("reference");
    if let Some(extra) = readers.get(MOST_REFERENCES) {
        let allowed = format!("at most {MOST_REFERENCES} references");
        file.problems().add(Problem::at(extra.place(), "too many references").allowed(allowed));
    }
    let mut labels = BTreeSet::new();
    readers.iter().map(|reader| reference(reader, arms, underlay, &mut labels)).collect()
}

/// Metric, ISP, arm and label of the references so far: two that share all of them could not be told apart.
type Labels = BTreeSet<(&'static str, Option<String>, usize, String)>;

fn reference(reader: &Reader<'_>, arms: &[ArmSpec], underlay: &UnderlaySpec, labels: &mut Labels) -> ReferenceSpec {
    let problems = reader.problems();
    let isp = reader.optional("isp").map(|wanted| isp(&wanted, underlay, reader));
    let wanted: Field<String> = reader.get("metric");
    let metric = if isp.is_some() {
        column(&wanted, "metric", "isps.csv", IspRow::metric_names, reader)
    } else {
        column(&wanted, "metric", "runs.csv", RunRow::metric_names, reader)
    };
    let arm = reader.optional("arm").and_then(|wanted| arm(&wanted, arms, reader));
    let source: Field<String> = reader.get("source");
    let label: Field<String> = reader.get("label");
    let among = |position: usize| arm.is_none_or(|only| only == position);
    if let (Some(metric), true) = (metric, label.ok) {
        let mut fresh = true;
        for position in (0..arms.len()).filter(|position| among(*position)) {
            fresh &= labels.insert((metric, isp.clone(), position, label.value.clone()));
        }
        if !fresh {
            let message = format!("a second reference for `{metric}` is called `{}`", label.value);
            problems.add(Problem::at(label.place, message).allowed("a label of its own for each metric and arm"));
        }
    }
    let (against, accepted) = held(reader, metric, arms);
    ReferenceSpec {
        metric: metric.unwrap_or_default(),
        isp,
        arm,
        against,
        accepted,
        source: source.value,
        label: label.value,
    }
}

/// The position of the arm of this name.
fn arm(wanted: &Field<String>, arms: &[ArmSpec], reader: &Reader<'_>) -> Option<usize> {
    let position = arms.iter().position(|arm| arm.name == wanted.value);
    if position.is_none() && wanted.ok && !arms.is_empty() {
        let names = || arms.iter().map(|arm| arm.name.as_str());
        reader.problems().add(
            Problem::at(wanted.place, format!("the reference's arm `{}` is no arm", wanted.value))
                .allowed(format!("the name of an arm: {}", ticked(names())))
                .nearest(nearest(&wanted.value, names())),
        );
    }
    position
}

/// The name of an ISP that the scenario names.
fn isp(wanted: &Field<String>, underlay: &UnderlaySpec, reader: &Reader<'_>) -> String {
    let named: Vec<&str> = match &underlay.source {
        Source::Isps(spec) => spec.isps.iter().map(|isp| isp.name.as_str()).collect(),
        _ => Vec::new(),
    };
    if wanted.ok && !named.contains(&wanted.value.as_str()) {
        let problem = Problem::at(wanted.place, format!("the reference's ISP `{}` is no ISP", wanted.value));
        reader.problems().add(if named.is_empty() {
            problem.advice("only an `isps` underlay names its ISPs")
        } else {
            problem
                .allowed("the name of an ISP of `underlay.isps`")
                .nearest(nearest(&wanted.value, named.iter().copied()))
        });
    }
    wanted.value.clone()
}

/// What the metric is held against, and the band.
fn held(reader: &Reader<'_>, metric: Option<&str>, arms: &[ArmSpec]) -> (HeldAgainst, Accepted) {
    let problems = reader.problems();
    let relative_to: Option<Field<String>> = reader.optional("relative-to");
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
    let against_given = against.is_some();
    let column = against.and_then(|against| {
        let name = column(&against, "against", "runs.csv", RunRow::metric_names, reader)?;
        if Some(name) == metric {
            let message = format!("`{name}` is held against itself");
            problems.add(Problem::at(against.place, message).allowed("another column"));
        }
        Some(name)
    });
    let other = relative_to.as_ref().and_then(|wanted| arm(wanted, arms, reader));
    if let (Some(wanted), true) = (&relative_to, value.is_some() || against_given) {
        let message = "a reference `relative-to` an arm is held against a band alone";
        problems.add(Problem::at(wanted.place, message).allowed("`low` and `high`, or one of them"));
    }
    let number = |field: Option<Field<f64>>| field.map(|field| field.value);
    let held = match (number(value), column) {
        _ if relative_to.is_some() => HeldAgainst::Arm(other.unwrap_or_default()),
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

/// The numeric column of a table of this name.
pub(super) fn column<Names: Iterator<Item = &'static str>>(
    wanted: &Field<String>,
    key: &str,
    table: &str,
    names: impl Fn() -> Names,
    reader: &Reader<'_>,
) -> Option<&'static str> {
    let found = names().find(|name| *name == wanted.value);
    if found.is_none() && wanted.ok {
        reader.problems().add(
            Problem::at(wanted.place, format!("`{key}` is no numeric column of `{table}`: `{}`", wanted.value))
                .allowed(format!("a metric of `{table}`; `results/README.md` lists them"))
                .nearest(nearest(&wanted.value, names())),
        );
    }
    found
}
