//! Rows of `checks.csv` in words, for the terminal and the page.

use std::fmt::Write as _;

use super::verdict_text::{aligned, printable};
use crate::experiment::{Scale, Unit, metric_name};
use crate::metrics::rows::CheckRow;

/// What is checked: `mean completion time`, with what is not the mean of the metric itself.
pub(super) fn subject(row: &CheckRow) -> String {
    let name = metric_name(&row.metric);
    let of = match (row.of.as_str(), &row.baseline) {
        ("difference", Some(baseline)) => format!("{name} − that of {baseline}"),
        ("relative-difference", Some(baseline)) => format!("{name}, relative to {baseline}"),
        _ => name,
    };
    match row.statistic.as_str() {
        "interval" => format!("{of}, whole interval"),
        "every-run" => format!("{of}, every run"),
        _ => of,
    }
}

/// Numbers of a row in its unit.
struct Writer {
    scale: Scale,
    difference: bool,
}

impl Writer {
    fn of(row: &CheckRow) -> Self {
        let unit = if row.of == "relative-difference" { Unit::Share } else { Unit::of_column(&row.metric) };
        let numbers = [row.mean, row.min, row.max, row.lowest, row.highest];
        let largest = numbers.into_iter().flatten().map(f64::abs).fold(0.0, f64::max);
        // A share of the baseline is a percentage; the difference of two shares is one in points.
        Self { scale: unit.scale(largest), difference: row.of == "difference" }
    }

    fn text(&self, value: f64) -> String {
        if self.difference { self.scale.difference(value) } else { self.scale.text(value) }
    }

    /// From one number to another, or the one that both are; a dash where there are none.
    fn range(&self, low: Option<f64>, high: Option<f64>) -> String {
        match (low, high) {
            (Some(low), Some(high)) if low.to_bits() == high.to_bits() => self.text(low),
            (Some(low), Some(high)) => format!("{} to {}", self.text(low), self.text(high)),
            _ => "–".to_owned(),
        }
    }
}

/// The bounds: `at least 60 %`, `1 to 2 s`.
pub(super) fn bounds(row: &CheckRow) -> String {
    let writer = Writer::of(row);
    match (row.min, row.max) {
        (Some(min), Some(max)) => format!("{} to {}", writer.text(min), writer.text(max)),
        (Some(min), None) => format!("at least {}", writer.text(min)),
        (None, Some(max)) => format!("at most {}", writer.text(max)),
        (None, None) => String::new(), // refused when the scenario was read
    }
}

/// What was found: the mean; of every run the lowest and the highest; of the interval its ends.
pub(super) fn found(row: &CheckRow) -> String {
    let writer = Writer::of(row);
    match row.statistic.as_str() {
        "interval" => writer.range(row.ci_low, row.ci_high),
        "every-run" => writer.range(row.lowest, row.highest),
        _ => row.mean.map_or_else(|| "–".to_owned(), |mean| writer.text(mean)),
    }
}

/// The confidence interval of the mean.
pub(super) fn interval(row: &CheckRow) -> String {
    Writer::of(row).range(row.ci_low, row.ci_high)
}

/// What stands beside the answer: runs without a value, or that chance may turn it. May be empty.
pub(super) fn remark(row: &CheckRow) -> String {
    match (row.missing, row.statistic.as_str(), row.settled) {
        (0, "mean", Some(false)) => "other seeds could turn it".to_owned(),
        (0, ..) => String::new(),
        (missing, ..) => format!("{missing} of {} runs have no value", row.n + missing),
    }
}

/// The checks as a table for a terminal, with a line that counts failures; empty when there are none.
pub fn checks_text(checks: &[CheckRow]) -> String {
    if checks.is_empty() {
        return String::new();
    }
    let mut rows = vec![["check", "arm", "bounds", "found", "interval of the mean", ""].map(str::to_owned)];
    rows.extend(checks.iter().map(|row| {
        let remark = remark(row);
        let answer = if row.passed { "passed" } else { "FAILED" };
        let answer = if remark.is_empty() { answer.to_owned() } else { format!("{answer}: {remark}") };
        [subject(row), printable(&row.arm), bounds(row), found(row), interval(row), answer]
    }));
    let mut text = aligned(&rows);
    let failed = checks.iter().filter(|row| !row.passed).count();
    let checks = if checks.len() == 1 { "1 check".to_owned() } else { format!("{} checks", checks.len()) };
    let _ = match failed {
        0 => writeln!(text, "{checks} passed"),
        _ => writeln!(text, "{failed} of {checks} FAILED"),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_and_findings_have_units() {
        let row = |metric: &str, of: &str, statistic: &str| CheckRow {
            metric: metric.to_owned(),
            of: of.to_owned(),
            statistic: statistic.to_owned(),
            baseline: (of != "value").then(|| "unmanaged".to_owned()),
            arm: "same-as".to_owned(),
            n: 5,
            ..CheckRow::default()
        };
        let checks = [
            CheckRow {
                min: Some(0.6),
                mean: Some(0.6548),
                ci_low: Some(0.5548),
                ci_high: Some(0.7548),
                passed: true,
                settled: Some(false),
                ..row("local_share", "value", "mean")
            },
            CheckRow {
                max: Some(20e6),
                lowest: Some(12e6),
                highest: Some(21.5e6),
                ..row("inter_isp_bytes", "value", "every-run")
            },
            CheckRow {
                min: Some(-1.0),
                max: Some(1.0),
                ci_low: Some(-0.5),
                ci_high: Some(0.25),
                passed: true,
                settled: Some(true),
                ..row("completion_mean_s", "difference", "interval")
            },
            CheckRow {
                max: Some(-0.1),
                mean: Some(-0.254),
                missing: 2,
                n: 3,
                ..row("inter_isp_bytes", "relative-difference", "mean")
            },
        ];
        insta::assert_snapshot!("checks_text", checks_text(&checks));
        assert_eq!(checks_text(&[]), "");
    }
}
