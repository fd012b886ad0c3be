//! The model held against what the scenario refers to: closed forms, published figures, measurements.

use super::statistics::{Interval, Sample};
use super::{metric_names, metric_values};
use crate::metrics::RunOutcome;
use crate::metrics::rows::ReferenceRow;
use crate::scenario::{HeldAgainst, ReferenceSpec, Resolved};

/// One row per reference and arm that it speaks of.
pub(super) fn held(resolved: &Resolved, outcomes: &[RunOutcome]) -> Vec<ReferenceRow> {
    let mut rows = Vec::new();
    for reference in &resolved.references {
        for (position, arm) in resolved.arms.iter().enumerate() {
            if reference.arm.is_none_or(|only| only == position) {
                rows.push(row(reference, &arm.name, outcomes, resolved.experiment.confidence));
            }
        }
    }
    rows
}

fn row(reference: &ReferenceSpec, arm: &str, outcomes: &[RunOutcome], confidence: f64) -> ReferenceRow {
    let of_arm = outcomes.iter().filter(|outcome| outcome.run.arm == arm);
    let values: Vec<f64> = of_arm.filter_map(|outcome| value(reference, outcome)).collect();
    let sample = Sample::of(&values, confidence);
    let (low, high) = reference.band();
    let accepted = |value: f64| low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high);
    let judged = low.is_some() || high.is_some();
    let (number, against) = match reference.against {
        HeldAgainst::Value(value) => (Some(value), None),
        HeldAgainst::Column(column) => (Some(1.0), Some(column.to_owned())),
        HeldAgainst::Band => (None, None),
    };
    let end = |interval: Option<Interval>, of: fn(Interval) -> f64| interval.map(of);
    ReferenceRow {
        arm: arm.to_owned(),
        metric: reference.metric.to_owned(),
        against,
        n: sample.n,
        mean: sample.mean,
        ci_low: end(sample.interval, |interval| interval.low),
        ci_high: end(sample.interval, |interval| interval.high),
        prediction_low: end(sample.prediction, |interval| interval.low),
        prediction_high: end(sample.prediction, |interval| interval.high),
        confidence,
        reference: number,
        low,
        high,
        inside: sample.mean.filter(|_| judged).map(accepted),
        runs_inside: judged.then(|| values.iter().filter(|value| accepted(**value)).count() as u32),
        relative_difference: sample.mean.zip(number).filter(|(_, n)| *n != 0.0).map(|(mean, n)| mean / n - 1.0),
        label: reference.label.clone(),
        source: reference.source.clone(),
    }
}

/// What a run says: the metric, or its ratio to another column. `None` where either is missing or the divisor is 0.
fn value(reference: &ReferenceSpec, outcome: &RunOutcome) -> Option<f64> {
    let values = metric_values(&outcome.run);
    let of = |name: &str| metric_names().position(|metric| metric == name).and_then(|at| values.get(at).copied())?;
    let value = of(reference.metric)?;
    match reference.against {
        HeldAgainst::Column(column) => of(column).filter(|divisor| *divisor != 0.0).map(|divisor| value / divisor),
        HeldAgainst::Value(_) | HeldAgainst::Band => Some(value),
    }
}
