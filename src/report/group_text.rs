//! The worst served groups in words.

use std::fmt::Write as _;

use super::verdict_text::printable;
use crate::experiment::{ExperimentResult, Finding, Partition, Scale, Unit};
use crate::metrics::rows::GroupRow;
use crate::scenario::Resolved;

/// What divides peers into groups.
pub(super) const fn partition(partition: Partition) -> &'static str {
    match partition {
        Partition::AsSize => "size of AS",
        Partition::Access => "access class",
        Partition::SizeAndAccess => "size of AS and access class",
    }
}

/// A group's short name: `2 to 9 peers`, or the access class as it is.
pub(super) fn short(row: &GroupRow) -> String {
    match row.parts() {
        (Some(size), None) => in_words(size),
        (Some(size), Some(class)) => format!("{}, {class}", in_words(size)),
        (None, class) => class.unwrap_or_default().to_owned(),
    }
}

fn in_words(size: &str) -> String {
    match size.split_once('-') {
        None => format!("{size} peer"),
        Some((from, "")) => format!("{from} peers and more"),
        Some((from, to)) => format!("{from} to {to} peers"),
    }
}

/// A group's name: `ASes of 2 to 9 peers`, `access class adsl`.
pub(super) fn name(row: &GroupRow) -> String {
    let short = short(row);
    if row.parts().0.is_some() { format!("ASes of {short}") } else { format!("access class {short}") }
}

/// The scale of a row's numbers.
pub(super) fn scale(row: &GroupRow) -> Scale {
    Unit::Seconds.scale(row.completion_p95_s.unwrap_or(0.0).max(row.baseline_p95_s.unwrap_or(0.0)))
}

/// Where the percentile is censored; empty where it is not.
pub(super) fn censored(row: &GroupRow) -> String {
    match row.runs - row.n {
        0 => String::new(),
        missing => format!("censored in {missing} of {} runs", row.runs),
    }
}

/// The percentile, or that it is censored.
pub(super) fn percentile(row: &GroupRow) -> String {
    match (row.completion_p95_s, censored(row)) {
        (Some(p95), censored) if censored.is_empty() => scale(row).text(p95),
        (Some(p95), censored) => format!("{} ({censored})", scale(row).text(p95)),
        (None, censored) => censored,
    }
}

/// The interval of the difference from the baseline; a bare difference where there is none; empty without either.
pub(super) fn difference(row: &GroupRow) -> String {
    match (row.difference_s, row.difference_ci_low_s, row.difference_ci_high_s) {
        (_, Some(low), Some(high)) => scale(row).difference_interval(low, high),
        (Some(difference), ..) => scale(row).difference(difference),
        _ => String::new(),
    }
}

/// What was established, in words; empty in the baseline arm.
pub(super) fn finding(row: &GroupRow) -> String {
    let amount = row.relative_difference.map(|d| format!(" by {:.1} %", d.abs() * 100.0)).unwrap_or_default();
    match row.finding() {
        None => String::new(),
        Some(Finding::Higher) => format!("higher{amount}"),
        Some(Finding::Lower) => format!("lower{amount}"),
        Some(Finding::NoDifference) => "no difference".to_owned(),
        Some(Finding::TooNoisy) => "too noisy to tell".to_owned(),
        Some(Finding::NotEnoughRuns) if row.runs >= 2 && row.n < row.runs => "not compared: censored".to_owned(),
        // Nobody of a group is missing in one arm alone: its runs are the baseline's.
        Some(Finding::NotEnoughRuns) if row.runs >= 2 => "not compared: baseline censored".to_owned(),
        Some(Finding::NotEnoughRuns) => "not enough runs".to_owned(),
    }
}

/// Rows for a terminal: the worst served group of each partition with several groups, arm by arm.
pub(super) fn rows(result: &ExperimentResult, resolved: &Resolved) -> Vec<[String; 7]> {
    let mut rows = Vec::new();
    for of in Partition::PLAIN {
        let arms = resolved.settings().into_iter().flat_map(|setting| &setting.arms);
        for row in arms.filter_map(|arm| result.worst_served(&arm.name, of)) {
            rows.push([
                partition(of).to_owned(),
                printable(&row.arm),
                printable(&short(row)),
                percentile(row),
                row.baseline_p95_s.map(|p95| scale(row).text(p95)).unwrap_or_default(),
                difference(row),
                finding(row),
            ]);
        }
    }
    rows
}

/// Which group an arm other than the baseline serves worst, what that group has in the baseline, and which one is the
/// worst there.
pub(super) fn sentence(row: &GroupRow, baseline: &GroupRow, partition: Partition) -> String {
    let by = self::partition(partition);
    let own = name(row);
    let mut text = format!("{}: by {by}, the worst served are {own}: 95th percentile of completion ", row.arm);
    let (percentile_here, before) = (percentile(row), row.baseline_p95_s.map(|p95| scale(row).text(p95)));
    match before.filter(|_| row.completion_p95_s.is_some()) {
        Some(before) => {
            let (finding, difference, pairs) = (finding(row), difference(row), row.pairs.unwrap_or(0));
            let _ = write!(
                text,
                "{percentile_here} against {before} in {}: {finding} (interval of the difference {difference}, {pairs} pairs \
                 of runs).",
                baseline.arm
            );
        }
        None => {
            let _ = write!(text, "{percentile_here}; nothing to compare with {}.", baseline.arm);
        }
    }
    let _ = if baseline.group == row.group {
        write!(text, " They are the worst served in {}, too.", baseline.arm)
    } else {
        write!(text, " In {} the worst served are {} ({}).", baseline.arm, name(baseline), percentile(baseline))
    };
    text
}

/// The sentences on all arms other than the baseline (of their own setting, in a sweep), with the rows they are about.
pub(super) fn sentences<'a>(result: &'a ExperimentResult, resolved: &Resolved) -> Vec<(&'a GroupRow, String)> {
    resolved.settings().into_iter().flat_map(|setting| of_setting(result, setting)).collect()
}

fn of_setting<'a>(result: &'a ExperimentResult, resolved: &Resolved) -> Vec<(&'a GroupRow, String)> {
    let Some(baseline) = resolved.arms.get(resolved.experiment.baseline) else { return Vec::new() };
    let mut sentences = Vec::new();
    for partition in Partition::PLAIN {
        let Some(before) = result.worst_served(&baseline.name, partition) else { continue };
        let others = resolved.arms.iter().filter(|arm| arm.name != baseline.name);
        let rows = others.filter_map(|arm| result.worst_served(&arm.name, partition));
        sentences.extend(rows.map(|row| (row, sentence(row, before, partition))));
    }
    sentences
}
