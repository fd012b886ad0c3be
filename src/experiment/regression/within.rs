//! Within tolerances: for two model versions, or as a tolerance file says.

use std::collections::BTreeSet;

use super::noise::{Bands, band_of};
use super::{Compared, Regression, StoredResult, allows, entities};
use crate::experiment::Sample;
use crate::metrics::rows::{Row, RunRow};
use crate::scenario::{Tolerance, ToleranceSpec};

/// Compares the mean of every metric of every arm of the baseline.
pub(super) fn compare(
    result: &StoredResult,
    baseline: &StoredResult,
    tolerance: &ToleranceSpec,
    bands: &Bands,
    into: &mut Regression,
) {
    into.tables.push(RunRow::FILE.to_owned());
    let (known, found): (BTreeSet<&str>, BTreeSet<&str>) =
        (baseline.metrics().into_iter().collect(), result.metrics().into_iter().collect());
    for arm in baseline.arms() {
        for metric in baseline.metrics() {
            into.compared.push(metric_of_arm(
                result,
                baseline,
                (arm, metric),
                tolerance.of(RunRow::FILE, metric, arm),
                bands,
            ));
        }
    }
    let file = RunRow::FILE;
    into.new.extend(found.difference(&known).map(|metric| format!("{file}: column {metric}")));
    let arms: BTreeSet<&str> = baseline.arms().into_iter().collect();
    into.new
        .extend(result.arms().into_iter().filter(|arm| !arms.contains(arm)).map(|arm| format!("{file}: arm {arm}")));
    entities::compare(result, baseline, tolerance, into);
}

fn metric_of_arm(
    result: &StoredResult,
    baseline: &StoredResult,
    (arm, metric): (&str, &str),
    tolerance: &Tolerance,
    bands: &Bands,
) -> Compared {
    let (before, after) = (baseline.cells(arm, metric), result.cells(arm, metric));
    let mean = |of: &StoredResult| Sample::of(&of.values(arm, metric), 0.5).mean;
    let (expected, found) = (mean(baseline), mean(result));
    let absolute = expected.zip(found).map(|(expected, found)| found - expected);
    let relative = absolute.zip(expected).filter(|(_, of)| *of != 0.0).map(|(size, of)| size / of.abs());
    let differing = before.iter().zip(&after).filter(|(a, b)| a != b).count() + before.len().abs_diff(after.len());
    let there = !after.is_empty();
    let mut compared = Compared {
        table: RunRow::FILE.to_owned(),
        metric: metric.to_owned(),
        arm: Some(arm.to_owned()),
        cell: String::new(),
        expected: expected.map(|mean| mean.to_string()),
        found: if there { found.map(|mean| mean.to_string()) } else { Some("missing".to_owned()) },
        differing: differing as u64,
        cells: before.len().max(after.len()) as u64,
        absolute,
        relative,
        noise: band_of(bands, RunRow::FILE, Some(arm), metric),
        rule: tolerance.to_string(),
        ignored: tolerance.ignore,
        passed: false,
    };
    // No value on either side, though the runs are there, is the same answer twice; other replications without a change
    // of the mean are none either.
    let equal = there && (differing == 0 || (!tolerance.exact && expected == found));
    compared.passed = allows(tolerance, &compared, equal);
    compared
}
