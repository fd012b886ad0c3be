//! The verdict for a terminal and for a machine.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::check_text::checks_text;
use super::{group_text, reference_text};
use crate::experiment::{Censored, CensoredRuns, ExperimentResult, Finding, HEADLINES, Headline, Verdict};
use crate::scenario::Resolved;

/// The short table for a terminal: per headline metric the baseline, every other arm and what was established. Plain
/// text without control characters, under 100 columns for names of ordinary length.
pub fn verdict_text(result: &ExperimentResult, resolved: &Resolved) -> String {
    let mut text = String::new();
    let experiment = &resolved.experiment;
    let _ = writeln!(text, "{}", printable(&resolved.title));
    let baseline = resolved.baseline_name();
    let _ = writeln!(
        text,
        "baseline {}{}; {} replications; intervals of {} %; smallest effect {} %\n",
        printable(baseline),
        in_settings(resolved),
        experiment.replications,
        experiment.confidence * 100.0,
        experiment.smallest_effect * 100.0
    );
    let mut rows =
        vec![["metric", "arm", "baseline", "arm's mean", "difference (interval)", "verdict"].map(str::to_owned)];
    for headline in HEADLINES {
        rows.extend(verdicts_on(result, &headline).map(row));
    }
    if rows.len() == 1 {
        text.push_str(&means_only(result, resolved));
    } else {
        text.push_str(&aligned(&rows));
    }
    text.push('\n');
    let mut worst = group_text::rows(result, resolved);
    if !worst.is_empty() {
        let head = ["worst served by", "arm", "group", "95 % done in", "baseline", "difference (interval)", "verdict"];
        worst.insert(0, head.map(str::to_owned));
        text.push_str(&aligned(&worst));
        text.push('\n');
    }
    if !result.references.is_empty() {
        text.push_str(&references(result));
        text.push('\n');
    }
    if !result.checks.is_empty() {
        text.push_str(&checks_text(&result.checks));
        text.push('\n');
    }
    if result
        .verdicts
        .iter()
        .any(|verdict| verdict.censored_runs.censored + verdict.baseline_censored_runs.censored > 0)
    {
        text.push_str("censored: the value lies after the end of the run, because too few peers completed\n");
    }
    for arm in &resolved.arms {
        let Censored { censored, peers } = Censored::of(&arm.name, &result.outcomes);
        let _ = writeln!(text, "{}: {censored} of {peers} peers censored (did not complete)", printable(&arm.name));
    }
    text
}

/// ` in each of 3 settings`, where something common to all arms is swept.
fn in_settings(resolved: &Resolved) -> String {
    match resolved.settings().len() {
        1 => String::new(),
        settings => format!(" in each of {settings} settings"),
    }
}

/// A line for each thing that the model is held against.
fn references(result: &ExperimentResult) -> String {
    let mut rows =
        vec![["held against", "metric", "arm", "mean", "one further run", "reference", ""].map(str::to_owned)];
    for row in &result.references {
        let scale = reference_text::scale([row]);
        let dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
        rows.push([
            printable(&row.label),
            reference_text::subject(row),
            printable(&row.arm),
            reference_text::number(&scale, row.mean),
            dash(reference_text::span(&scale, row.prediction_low, row.prediction_high)),
            reference_text::number(&scale, row.reference),
            reference_text::finding(row),
        ]);
    }
    aligned(&rows)
}

fn verdicts_on<'a>(result: &'a ExperimentResult, headline: &Headline) -> impl Iterator<Item = &'a Verdict> {
    let metric = headline.metric;
    result.verdicts.iter().filter(move |verdict| verdict.headline.metric == metric)
}

fn row(verdict: &Verdict) -> [String; 6] {
    let scale = verdict.scale();
    let comparison = &verdict.comparison;
    let mean = |value: Option<f64>, of: CensoredRuns| match value {
        Some(value) => scale.text(value),
        None if of.censored > 0 => "censored".to_owned(),
        None => "–".to_owned(),
    };
    let difference = match (comparison.difference, comparison.ci_low, comparison.ci_high) {
        (Some(_), Some(low), Some(high)) => scale.difference_interval(low, high),
        (Some(difference), _, _) => scale.difference(difference),
        _ => "–".to_owned(),
    };
    [
        verdict.headline.name.to_owned(),
        printable(&comparison.arm),
        mean(comparison.baseline_mean, verdict.baseline_censored_runs),
        mean(comparison.arm_mean, verdict.censored_runs),
        difference,
        format!("{}{}", finding_text(verdict), pairs(verdict)),
    ]
}

/// ` (7 of 10 pairs)` where the others are censored and some are left.
fn pairs(verdict: &Verdict) -> String {
    let (pairs, runs) = (verdict.comparison.n, verdict.censored_runs.runs);
    let censored = verdict.censored_runs.censored + verdict.baseline_censored_runs.censored > 0;
    if censored && pairs > 0 && verdict.censoring().is_none() {
        format!(" ({pairs} of {runs} pairs)")
    } else {
        String::new()
    }
}

/// A finding in words, with the size of an established difference.
pub(super) fn finding_text(verdict: &Verdict) -> String {
    let amount = verdict.amount().map(|amount| format!(" by {amount}")).unwrap_or_default();
    match verdict.finding {
        Finding::Higher => format!("higher{amount}"),
        Finding::Lower => format!("lower{amount}"),
        Finding::NoDifference => "no difference".to_owned(),
        Finding::TooNoisy => "too noisy to tell".to_owned(),
        Finding::NotEnoughRuns => match verdict.censoring() {
            Some(runs) => format!("censored {runs}"),
            None => "not enough runs".to_owned(),
        },
    }
}

/// With a single arm there is nothing to compare: its means.
fn means_only(result: &ExperimentResult, resolved: &Resolved) -> String {
    let mut rows = vec![["metric", "arm", "mean"].map(str::to_owned)];
    for headline in HEADLINES {
        for arm in &resolved.arms {
            if let Some(mean) = result.summary_of(&arm.name, headline.metric).and_then(|summary| summary.mean) {
                let text = headline.in_currency(resolved.currency()).unit.scale(mean).text(mean);
                rows.push([headline.name.to_owned(), printable(&arm.name), text]);
            }
        }
    }
    aligned(&rows)
}

/// Columns side by side, each as wide as its widest cell.
pub(super) fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

/// Names come from a file: control characters must not reach a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The verdict as one JSON document.
pub fn verdict_json(result: &ExperimentResult, resolved: &Resolved) -> String {
    let experiment = &resolved.experiment;
    let arms: Vec<Value> = resolved
        .arms
        .iter()
        .map(|arm| {
            let Censored { censored, peers } = Censored::of(&arm.name, &result.outcomes);
            json!({ "name": arm.name, "peers": peers, "peers_censored": censored })
        })
        .collect();
    let verdicts: Vec<Value> = result
        .verdicts
        .iter()
        .map(|verdict| {
            json!({
                "comparison": verdict.comparison,
                "improves": verdict.improves(),
                "sentence": verdict.sentence,
            })
        })
        .collect();
    let references: Vec<Value> = result
        .references
        .iter()
        .map(|row| json!({ "comparison": row, "sentence": reference_text::sentence(row) }))
        .collect();
    let worst_served: Vec<Value> = group_text::sentences(result, resolved)
        .iter()
        .map(|(row, sentence)| json!({ "group": row, "sentence": sentence }))
        .collect();
    let document = json!({
        "scenario": resolved.name,
        "title": resolved.title,
        "baseline": resolved.baseline_name(),
        "replications": experiment.replications,
        "confidence": experiment.confidence,
        "smallest_effect": experiment.smallest_effect,
        "arms": arms,
        "verdicts": verdicts,
        "references": references,
        "checks": result.checks,
        "worst_served": worst_served,
    });
    format!("{document:#}\n")
}
