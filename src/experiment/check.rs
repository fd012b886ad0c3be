//! Checks of a scenario: whether what a metric came to lies within its bounds.

use super::regression::StoredResult;
use super::statistics::{Interval, Sample};
use super::{metric_names, metric_values};
use crate::metrics::RunOutcome;
use crate::metrics::rows::CheckRow;
use crate::scenario::{CheckOf, CheckStatistic, Resolved};

/// One row per check and arm that it speaks of.
pub(super) fn checked(resolved: &Resolved, outcomes: &[RunOutcome]) -> Vec<CheckRow> {
    let values = |arm: &str, metric: &str| {
        let position = metric_names().position(|name| name == metric);
        let of_arm = outcomes.iter().filter(|outcome| outcome.run.arm == arm);
        of_arm.map(|outcome| metric_values(&outcome.run).get(position?).copied().flatten()).collect()
    };
    let experiment = &resolved.experiment;
    let baseline = resolved.arms.get(experiment.baseline).map(|arm| arm.name.as_str()).unwrap_or_default();
    let mut rows = Vec::new();
    for check in &resolved.checks {
        for (position, arm) in resolved.arms.iter().enumerate() {
            let comparable = check.of == CheckOf::Value || position != experiment.baseline;
            if check.arm.map_or(comparable, |only| only == position) {
                let question = CheckRow {
                    arm: arm.name.clone(),
                    metric: check.metric.to_owned(),
                    of: check.of.name().to_owned(),
                    baseline: (check.of != CheckOf::Value).then(|| baseline.to_owned()),
                    statistic: check.statistic.name().to_owned(),
                    confidence: experiment.confidence,
                    min: check.min,
                    max: check.max,
                    ..CheckRow::default()
                };
                rows.push(answer(question, &values));
            }
        }
    }
    rows
}

/// The checks of a stored result, answered anew from its runs.
pub fn recheck(checks: &[CheckRow], stored: &StoredResult) -> Vec<CheckRow> {
    let values = |arm: &str, metric: &str| stored.optional_values(arm, metric);
    checks.iter().map(|check| answer(check.clone(), &values)).collect()
}

/// Fills in what a check came to; `values` gives those of a metric in the runs of an arm, by replication.
fn answer(question: CheckRow, values: &dyn Fn(&str, &str) -> Vec<Option<f64>>) -> CheckRow {
    let of_arm = values(&question.arm, &question.metric);
    let all = match &question.baseline {
        None => of_arm,
        Some(baseline) => differences(&of_arm, &values(baseline, &question.metric), &question.of),
    };
    let present: Vec<f64> = all.iter().copied().flatten().collect();
    let sample = Sample::of(&present, question.confidence);
    let extreme = |best: fn(f64, f64) -> f64| present.iter().copied().reduce(best);
    let (lowest, highest) = (extreme(f64::min), extreme(f64::max));
    let missing = (all.len() - present.len()) as u32;
    let within = |low: Option<f64>, high: Option<f64>| {
        let above = question.min.is_none_or(|min| low.is_some_and(|low| low >= min));
        let below = question.max.is_none_or(|max| high.is_some_and(|high| high <= max));
        above && below
    };
    let ends = sample.interval.map(|Interval { low, high }| (low, high));
    let holds = match question.statistic.as_str() {
        name if name == CheckStatistic::Interval.name() => within(ends.map(|(low, _)| low), ends.map(|(_, high)| high)),
        name if name == CheckStatistic::EveryRun.name() => within(lowest, highest),
        _ => within(sample.mean, sample.mean),
    };
    let clear = |bound: Option<f64>, low: f64, high: f64| bound.is_none_or(|bound| bound <= low || high <= bound);
    CheckRow {
        n: sample.n,
        missing,
        mean: sample.mean,
        ci_low: ends.map(|(low, _)| low),
        ci_high: ends.map(|(_, high)| high),
        lowest,
        highest,
        passed: holds && missing == 0 && sample.n > 0,
        settled: ends.map(|(low, high)| clear(question.min, low, high) && clear(question.max, low, high)),
        ..question
    }
}

/// Arm − baseline by replication; relative: ÷ the mean of the baseline over these pairs. `None` where either is missing.
fn differences(arm: &[Option<f64>], baseline: &[Option<f64>], of: &str) -> Vec<Option<f64>> {
    let pairs: Vec<Option<(f64, f64)>> =
        arm.iter().enumerate().map(|(at, value)| value.zip(baseline.get(at).copied().flatten())).collect();
    let before: Vec<f64> = pairs.iter().flatten().map(|(_, before)| *before).collect();
    let divisor = if of == CheckOf::RelativeDifference.name() { Sample::of(&before, 0.5).mean } else { Some(1.0) };
    let divisor = divisor.filter(|divisor| *divisor != 0.0);
    pairs.iter().map(|pair| pair.and_then(|(after, before)| Some((after - before) / divisor?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::analyse;
    use crate::experiment::synthetic::resolved;
    use crate::scenario::CheckSpec;

    /// Arm `a`: 10, 12, 14, 16; arm `b`: 8, 12, 13, 15; the bound only in the first runs.
    fn outcomes() -> Vec<RunOutcome> {
        let mut outcomes = Vec::new();
        for (arm, times) in [("a", [10.0, 12.0, 14.0, 16.0]), ("b", [8.0, 12.0, 13.0, 15.0])] {
            for (replication, time) in times.into_iter().enumerate() {
                let mut outcome = RunOutcome::default();
                outcome.run.arm = arm.to_owned();
                outcome.run.replication = replication as u32;
                outcome.run.completion_mean_s = Some(time);
                outcome.run.bound_s = (replication == 0).then_some(1.0);
                outcomes.push(outcome);
            }
        }
        outcomes
    }

    const OPEN: CheckSpec = CheckSpec {
        metric: "completion_mean_s",
        arm: None,
        of: CheckOf::Value,
        statistic: CheckStatistic::Mean,
        min: None,
        max: None,
    };

    fn rows(check: CheckSpec) -> Vec<CheckRow> {
        let mut scenario = resolved(&["a", "b"], 4);
        scenario.checks = vec![check];
        analyse(&scenario, outcomes()).checks
    }

    fn passes(check: CheckSpec) -> Vec<bool> {
        rows(check).iter().map(|row| row.passed).collect()
    }

    #[test]
    fn means_lie_within_bounds_that_are_themselves_allowed() {
        // The means are 13 and 12.
        assert_eq!(passes(CheckSpec { min: Some(13.0), ..OPEN }), [true, false]);
        assert_eq!(passes(CheckSpec { max: Some(12.0), ..OPEN }), [false, true]);
        assert_eq!(passes(CheckSpec { min: Some(12.0), max: Some(13.0), ..OPEN }), [true, true]);
        assert_eq!(passes(CheckSpec { max: Some(12.0), arm: Some(1), ..OPEN }), [true]);
        let row = &rows(CheckSpec { min: Some(13.0), ..OPEN })[0];
        assert_eq!((row.n, row.mean, row.lowest, row.highest), (4, Some(13.0), Some(10.0), Some(16.0)));
        // 13 ± 3.182446·√(20/3)/2 = 8.89 to 17.11: seeds could turn it; far away they could not.
        assert_eq!(row.settled, Some(false));
        assert_eq!(rows(CheckSpec { min: Some(8.0), ..OPEN })[0].settled, Some(true));
        assert_eq!(rows(CheckSpec { min: Some(20.0), ..OPEN })[0].settled, Some(true));
    }

    #[test]
    fn interval_and_every_run_ask_for_more_than_the_mean() {
        let interval = CheckSpec { statistic: CheckStatistic::Interval, arm: Some(0), ..OPEN };
        assert_eq!(passes(CheckSpec { min: Some(8.8), max: Some(17.2), ..interval.clone() }), [true]);
        assert_eq!(passes(CheckSpec { min: Some(8.9), ..interval.clone() }), [false]);
        assert_eq!(passes(CheckSpec { max: Some(17.1), ..interval }), [false]);
        let every = CheckSpec { statistic: CheckStatistic::EveryRun, ..OPEN };
        assert_eq!(passes(CheckSpec { min: Some(10.0), ..every.clone() }), [true, false]);
        assert_eq!(passes(CheckSpec { max: Some(15.0), ..every }), [false, true]);
    }

    #[test]
    fn differences_are_paired_with_the_baseline() {
        // Arm b − arm a: −2, 0, −1, −1, mean −1; the baseline's mean is 13.
        let difference = CheckSpec { of: CheckOf::Difference, ..OPEN };
        let row = rows(CheckSpec { max: Some(-1.0), ..difference.clone() });
        let [row] = row.as_slice() else { panic!("the baseline is not compared with itself: {row:?}") };
        assert_eq!((row.arm.as_str(), row.baseline.as_deref(), row.passed), ("b", Some("a"), true));
        assert_eq!((row.mean, row.lowest, row.highest), (Some(-1.0), Some(-2.0), Some(0.0)));
        assert_eq!(passes(CheckSpec { max: Some(-1.01), ..difference.clone() }), [false]);
        assert_eq!(passes(CheckSpec { max: Some(-0.5), statistic: CheckStatistic::EveryRun, ..difference }), [false]);
        let relative = CheckSpec { of: CheckOf::RelativeDifference, ..OPEN };
        assert!((rows(CheckSpec { max: Some(0.0), ..relative.clone() })[0].mean.unwrap() + 1.0 / 13.0).abs() < 1e-12);
        assert_eq!(passes(CheckSpec { max: Some(-0.07), ..relative.clone() }), [true]);
        assert_eq!(passes(CheckSpec { max: Some(-0.08), ..relative }), [false]);
    }

    #[test]
    fn a_run_without_a_value_fails() {
        let row = rows(CheckSpec { metric: "bound_s", min: Some(0.0), arm: Some(0), ..OPEN }).remove(0);
        assert_eq!((row.n, row.missing, row.mean, row.passed), (1, 3, Some(1.0), false));
        let none = rows(CheckSpec { metric: "seed_copies", min: Some(0.0), arm: Some(0), ..OPEN }).remove(0);
        assert_eq!((none.n, none.missing, none.passed, none.settled), (0, 4, false, None));
    }
}
