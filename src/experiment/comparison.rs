//! Summaries per arm and paired comparisons with the baseline arm.

use super::statistics::{Interval, Sample, correlation};
use super::verdict::{Pairs, judge};
use super::{ExperimentResult, check, groups, metric_names, metric_values, reference, verdict};
use crate::metrics::RunOutcome;
use crate::metrics::rows::{ComparisonRow, SummaryRow};
use crate::scenario::{ExperimentSpec, Resolved};

/// The metrics of one arm: by replication, in the order of [`metric_names`].
struct ArmValues<'a> {
    name: &'a str,
    runs: Vec<(u32, Vec<Option<f64>>)>,
}

impl<'a> ArmValues<'a> {
    fn of(name: &'a str, outcomes: &[RunOutcome]) -> Self {
        let runs = outcomes.iter().filter(|outcome| outcome.run.arm == name);
        let mut runs: Vec<_> = runs.map(|o| (o.run.replication, metric_values(&o.run))).collect();
        runs.sort_by_key(|(replication, _)| *replication);
        Self { name, runs }
    }

    /// The values that are there, by replication.
    fn present(&self, metric: usize) -> impl Iterator<Item = (u32, f64)> {
        self.runs.iter().filter_map(move |(replication, values)| {
            values.get(metric).copied().flatten().map(|value| (*replication, value))
        })
    }
}

/// Turns the outcomes of an experiment, in plan order, into its result.
pub fn analyse(resolved: &Resolved, outcomes: Vec<RunOutcome>) -> ExperimentResult {
    let mut result = ExperimentResult::default();
    // Arms are compared inside the settings of a sweep, which have their own baselines.
    for setting in resolved.settings() {
        let names: Vec<&str> = setting.arms.iter().map(|arm| arm.name.as_str()).collect();
        let comparisons = compare(&names, &outcomes, &setting.experiment);
        result.summary.extend(summarise(&names, &outcomes, setting.experiment.confidence));
        result.verdicts.extend(verdict::verdicts(&comparisons, &outcomes, &setting.experiment));
        result.comparisons.extend(comparisons);
        result.references.extend(reference::held(setting, &outcomes));
        result.checks.extend(check::checked(setting, &outcomes));
        result.groups.extend(groups::groups(setting, &outcomes));
    }
    result.outcomes = outcomes;
    result
}

/// One row per arm and metric, with an interval of the mean of level `confidence`.
pub fn summarise(arms: &[&str], outcomes: &[RunOutcome], confidence: f64) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    for arm in arms.iter().map(|name| ArmValues::of(name, outcomes)) {
        for (metric, name) in metric_names().enumerate() {
            let values: Vec<f64> = arm.present(metric).map(|(_, value)| value).collect();
            let sample = Sample::of(&values, confidence);
            rows.push(SummaryRow {
                arm: arm.name.to_owned(),
                metric: name.to_owned(),
                n: sample.n,
                mean: sample.mean,
                standard_deviation: sample.standard_deviation,
                ci_low: sample.interval.map(|interval| interval.low),
                ci_high: sample.interval.map(|interval| interval.high),
                prediction_low: sample.prediction.map(|interval| interval.low),
                prediction_high: sample.prediction.map(|interval| interval.high),
                confidence,
            });
        }
    }
    rows
}

/// One row per arm other than the baseline (a position in `arms`) and metric: differences paired by replication.
pub fn compare(arms: &[&str], outcomes: &[RunOutcome], experiment: &ExperimentSpec) -> Vec<ComparisonRow> {
    let Some(baseline) = arms.get(experiment.baseline).map(|name| ArmValues::of(name, outcomes)) else {
        return Vec::new();
    };
    let others = arms.iter().enumerate().filter(|(position, _)| *position != experiment.baseline);
    let mut rows = Vec::new();
    for arm in others.map(|(_, name)| ArmValues::of(name, outcomes)) {
        for (metric, name) in metric_names().enumerate() {
            rows.push(compare_metric(name, metric, &baseline, &arm, experiment));
        }
    }
    rows
}

fn compare_metric(
    name: &str,
    metric: usize,
    baseline: &ArmValues<'_>,
    arm: &ArmValues<'_>,
    experiment: &ExperimentSpec,
) -> ComparisonRow {
    let confidence = experiment.confidence;
    let of_arm: Vec<(u32, f64)> = arm.present(metric).collect();
    let mut before = Vec::new();
    let mut after = Vec::new();
    for (replication, value) in baseline.present(metric) {
        if let Some((_, other)) = of_arm.iter().find(|(r, _)| *r == replication) {
            before.push(value);
            after.push(*other);
        }
    }
    let differences: Vec<f64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    let sample = Sample::of(&differences, confidence);
    let baseline_mean = Sample::of(&before, confidence).mean;
    let difference = sample.mean;
    let half_width = sample.interval.map(|Interval { low, high }| (high - low) / 2.0);
    let pairs = Pairs { baseline_mean, difference, interval: sample.interval };
    ComparisonRow {
        arm: arm.name.to_owned(),
        baseline: baseline.name.to_owned(),
        metric: name.to_owned(),
        n: sample.n,
        baseline_mean,
        arm_mean: Sample::of(&after, confidence).mean,
        difference,
        ci_low: sample.interval.map(|interval| interval.low),
        ci_high: sample.interval.map(|interval| interval.high),
        relative_difference: difference.zip(baseline_mean).filter(|(_, base)| *base != 0.0).map(|(d, base)| d / base),
        half_width_relative: half_width.zip(difference).filter(|(_, d)| *d != 0.0).map(|(half, d)| half / d.abs()),
        correlation: correlation(&before, &after),
        verdict: judge(&pairs, experiment.smallest_effect).name().to_owned(),
        confidence,
    }
}
