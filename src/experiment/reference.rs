//! The model held against what the scenario refers to: closed forms, published figures, measurements.

use super::metric::isp_metric;
use super::statistics::{Interval, Sample};
use super::{metric_names, metric_values};
use crate::metrics::RunOutcome;
use crate::metrics::rows::ReferenceRow;
use crate::scenario::{ArmSpec, HeldAgainst, ReferenceSpec, Resolved};

/// One row per reference and arm that it speaks of.
pub(super) fn held(resolved: &Resolved, outcomes: &[RunOutcome]) -> Vec<ReferenceRow> {
    let mut rows = Vec::new();
    for reference in &resolved.references {
        for (position, arm) in resolved.arms.iter().enumerate() {
            if reference.arm.is_none_or(|only| only == position) {
                rows.push(row(reference, &arm.name, outcomes, resolved));
            }
        }
    }
    rows
}

fn row(reference: &ReferenceSpec, arm: &str, outcomes: &[RunOutcome], resolved: &Resolved) -> ReferenceRow {
    let (arms, confidence) = (&resolved.arms, resolved.experiment.confidence);
    let of_arm = outcomes.iter().filter(|outcome| outcome.run.arm == arm);
    let values: Vec<f64> = of_arm.filter_map(|outcome| value(reference, outcome, outcomes, arms)).collect();
    let sample = Sample::of(&values, confidence);
    let (low, high) = reference.band();
    let accepted = |value: f64| low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high);
    let judged = low.is_some() || high.is_some();
    let (number, against) = match reference.against {
        HeldAgainst::Value(value) => (Some(value), None),
        HeldAgainst::Column(column) => (Some(1.0), Some(column.to_owned())),
        HeldAgainst::Arm(other) => (None, arms.get(other).map(|arm| format!("arm {}", arm.name))),
        HeldAgainst::Band => (None, None),
    };
    let metric = match &reference.isp {
        Some(isp) => format!("{} of {isp}", reference.metric),
        None => reference.metric.to_owned(),
    };
    let end = |interval: Option<Interval>, of: fn(Interval) -> f64| interval.map(of);
    ReferenceRow {
        arm: arm.to_owned(),
        metric,
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

/// What a run says: the metric, or its ratio to another column or to another arm. `None` where either is missing or the
/// divisor is 0.
fn value(reference: &ReferenceSpec, outcome: &RunOutcome, outcomes: &[RunOutcome], arms: &[ArmSpec]) -> Option<f64> {
    let value = metric(reference, reference.metric, outcome)?;
    let divisor = match reference.against {
        HeldAgainst::Column(column) => metric(reference, column, outcome)?,
        HeldAgainst::Arm(other) => {
            let name = &arms.get(other)?.name;
            let replication = outcome.run.replication;
            let pair = outcomes.iter().find(|o| o.run.arm == *name && o.run.replication == replication)?;
            metric(reference, reference.metric, pair)?
        }
        HeldAgainst::Value(_) | HeldAgainst::Band => return Some(value),
    };
    (divisor != 0.0).then(|| value / divisor)
}

/// A column of the run, or of the ISP that the reference names.
fn metric(reference: &ReferenceSpec, name: &str, outcome: &RunOutcome) -> Option<f64> {
    if let Some(isp) = &reference.isp {
        return isp_metric(outcome.isps.iter().find(|row| row.name == *isp)?, name);
    }
    let at = metric_names().position(|metric| metric == name)?;
    metric_values(&outcome.run).get(at).copied()?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::analyse;
    use crate::experiment::synthetic::resolved;
    use crate::metrics::rows::IspRow;
    use crate::scenario::Accepted;

    /// Two arms of four runs: mean completion 10, 12, 14, 16 (in arm `b` 1 more), bound 5, missing, 0, 4.
    fn outcomes() -> Vec<RunOutcome> {
        let mut outcomes = Vec::new();
        for (arm, more) in [("a", 0.0), ("b", 1.0)] {
            for (replication, (time, bound)) in
                [(10.0, Some(5.0)), (12.0, None), (14.0, Some(0.0)), (16.0, Some(4.0))].into_iter().enumerate()
            {
                let mut outcome = RunOutcome::default();
                outcome.run.arm = arm.to_owned();
                outcome.run.replication = replication as u32;
                outcome.run.completion_mean_s = Some(time + more);
                outcome.run.bound_s = bound;
                outcomes.push(outcome);
            }
        }
        outcomes
    }

    fn rows(arm: Option<usize>, against: HeldAgainst, accepted: Accepted) -> Vec<ReferenceRow> {
        let mut scenario = resolved(&["a", "b"], 4);
        let (source, label) = ("s".to_owned(), "l".to_owned());
        scenario.references =
            vec![ReferenceSpec { metric: "completion_mean_s", isp: None, arm, against, accepted, source, label }];
        analyse(&scenario, outcomes()).references
    }

    #[test]
    fn number_with_a_tolerance_in_every_arm() {
        let rows = rows(None, HeldAgainst::Value(12.5), Accepted::Within(0.08));
        let [a, b] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((a.arm.as_str(), a.n, a.mean, a.reference), ("a", 4, Some(13.0), Some(12.5)));
        assert_eq!((a.low, a.high, a.inside, a.runs_inside), (Some(11.5), Some(13.5), Some(true), Some(1)));
        assert_eq!((b.mean, b.inside, b.runs_inside), (Some(14.0), Some(false), Some(1)));
        assert!((a.relative_difference.unwrap() - 0.04).abs() < 1e-12);
        // s = √(20/3), t(0.975; 3) = 3.182446: ± 3.182446·s/2 for the mean, ± 3.182446·s·√1.25 for one further run.
        let half = 3.182_446 * (20.0_f64 / 3.0).sqrt();
        assert!((a.ci_high.unwrap() - 13.0 - half / 2.0).abs() < 1e-5, "{a:?}");
        assert!((a.prediction_low.unwrap() - 13.0 + half * 1.25_f64.sqrt()).abs() < 1e-5, "{a:?}");
    }

    #[test]
    fn ratio_run_by_run_leaves_out_runs_without_a_divisor() {
        // 10/5 = 2 and 16/4 = 4: the mean ratio is 3, and not 26/9.
        let rows = rows(Some(0), HeldAgainst::Column("bound_s"), Accepted::Between { low: Some(1.0), high: Some(3.0) });
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.n, row.mean, row.reference), (2, Some(3.0), Some(1.0)));
        assert_eq!((row.inside, row.runs_inside, row.relative_difference), (Some(true), Some(1), Some(2.0)));
        assert_eq!(row.against.as_deref(), Some("bound_s"));
    }

    #[test]
    fn an_isp_in_one_arm_relative_to_another() {
        let mut scenario = resolved(&["a", "b"], 4);
        let mut outcomes = outcomes();
        for (position, outcome) in outcomes.iter_mut().enumerate() {
            let isp = |name: &str, in_bytes: u64| IspRow { name: name.to_owned(), in_bytes, ..IspRow::default() };
            // In arm b a quarter of what it is in arm a, in the last replication nothing in either.
            let last = position % 4 == 3;
            let bytes = if last { 0 } else { [100, 25][position / 4] };
            outcome.isps = vec![isp("other", 7), isp("own", bytes)];
        }
        let accepted = Accepted::Between { low: Some(0.05), high: Some(0.3) };
        let (source, label) = ("s".to_owned(), "l".to_owned());
        let (isp, against) = (Some("own".to_owned()), HeldAgainst::Arm(0));
        scenario.references =
            vec![ReferenceSpec { metric: "in_bytes", isp, arm: Some(1), against, accepted, source, label }];
        let row = analyse(&scenario, outcomes).references.remove(0);
        assert_eq!((row.metric.as_str(), row.against.as_deref()), ("in_bytes of own", Some("arm a")));
        assert_eq!((row.n, row.mean, row.inside), (3, Some(0.25), Some(true)));
    }

    #[test]
    fn nothing_is_judged_without_a_band_or_a_value() {
        let open = Accepted::Between { low: None, high: None };
        let [row] = &rows(Some(1), HeldAgainst::Value(0.0), open)[..] else { panic!() };
        assert_eq!((row.inside, row.runs_inside, row.relative_difference), (None, None, None));
        let low = Accepted::Between { low: Some(99.0), high: None };
        let [row] = &rows(Some(1), HeldAgainst::Band, low)[..] else { panic!() };
        assert_eq!((row.reference, row.inside, row.runs_inside), (None, Some(false), Some(0)));
        // A metric without any value: neither inside nor outside.
        let mut scenario = resolved(&["a"], 1);
        let (source, label) = ("s".to_owned(), "l".to_owned());
        let metric = "seed_copies";
        scenario.references = vec![ReferenceSpec {
            metric,
            isp: None,
            arm: None,
            against: HeldAgainst::Band,
            accepted: low,
            source,
            label,
        }];
        let row = analyse(&scenario, outcomes()).references.remove(0);
        assert_eq!((row.n, row.mean, row.inside, row.runs_inside), (0, None, None, Some(0)));
    }
}
