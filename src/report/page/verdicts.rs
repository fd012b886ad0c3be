//! The ten-second verdict and the table of headline metrics.

use super::grid::{Cell, Grid, GridRow, arm_head, common_scale, mean_cell};
use crate::experiment::{
    Censored, CensoredRuns, ExperimentResult, Finding, HEADLINES, Scale, Unit, Verdict, plain_number,
};
use crate::report::verdict_text::finding_text;
use crate::scenario::{ArmSpec, Resolved};

/// What was found about one arm, at a glance.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) arm: String,
    pub(super) lead: String,
    pub(super) groups: Vec<Group>,
    /// Who did not complete; empty when everybody did.
    pub(super) censored: String,
}

/// Metrics with one kind of finding.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) class: &'static str,
    pub(super) items: Vec<Item>,
}

/// One metric of a group: `traffic between ISPs`, `−62.3 %`, `26.00 → 9.80 GB`.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) name: &'static str,
    pub(super) change: String,
    pub(super) means: String,
}

/// One card per arm other than the baseline.
pub(super) fn cards(result: &ExperimentResult, resolved: &Resolved) -> Vec<Card> {
    let others = resolved.arms.iter().enumerate().filter(|(n, _)| !resolved.is_baseline(*n));
    others.map(|(_, arm)| card(&arm.name, result)).collect()
}

fn card(arm: &str, result: &ExperimentResult) -> Card {
    let of_arm = || result.verdicts.iter().filter(|verdict| verdict.comparison.arm == arm);
    let groups = [
        ("better", "Better", "better"),
        ("worse", "Worse", "worse"),
        ("same", "No difference worth mentioning", "same"),
        ("noisy", "Too noisy to tell", "noisy"),
        ("censored", "Censored: the value lies after the end of runs", "noisy"),
        ("few", "Not enough runs", "noisy"),
    ];
    let groups = groups.into_iter().filter_map(|(key, title, class)| {
        let items: Vec<Item> = of_arm().filter(|verdict| class_of(verdict) == key).map(item).collect();
        (!items.is_empty()).then_some(Group { title, class, items })
    });
    let lead_metrics = ["inter_isp_bytes", "completion_mean_s"];
    let lead = lead_metrics.into_iter().filter_map(|metric| of_arm().find(|v| v.headline.metric == metric));
    let lead: Vec<String> = lead.map(lead_clause).collect();
    let censored = of_arm().next().map(censored_text).unwrap_or_default();
    Card { arm: arm.to_owned(), lead: super::unbroken(&lead.join("; ")), groups: groups.collect(), censored }
}

fn censored_text(verdict: &Verdict) -> String {
    let (arm, baseline) = (verdict.censored, verdict.baseline_censored);
    if arm.censored + baseline.censored == 0 {
        return String::new();
    }
    format!(
        "Means of completion time leave out the censored, who did not complete: {} of {} peers here, {} of {} in {}.",
        count(arm.censored),
        count(arm.peers),
        count(baseline.censored),
        count(baseline.peers),
        verdict.comparison.baseline
    )
}

/// The paired differences behind the verdicts, a row per headline metric and arm.
pub(super) fn pairs(result: &ExperimentResult) -> Grid {
    let row = |verdict: &Verdict| {
        let comparison = &verdict.comparison;
        let scale = verdict.scale();
        let or_dash = |text: Option<String>| Cell::of(text.unwrap_or_else(|| "–".to_owned()));
        let interval =
            comparison.ci_low.zip(comparison.ci_high).map(|(low, high)| scale.difference_interval(low, high));
        GridRow {
            name: verdict.headline.name.to_owned(),
            remark: comparison.arm.clone(),
            cells: vec![
                Cell::of(comparison.n.to_string()),
                or_dash(comparison.difference.map(|difference| scale.difference(difference))),
                or_dash(interval),
                or_dash(comparison.half_width_relative.map(plain_number)),
                or_dash(comparison.correlation.map(|correlation| format!("{correlation:.2}").replace('-', "−"))),
            ],
        }
    };
    let head = ["metric, arm", "pairs", "difference", "interval", "half-width ÷ |difference|", "correlation"];
    Grid::of(&head, result.verdicts.iter().map(row).collect())
}

pub(super) fn class_of(verdict: &Verdict) -> &'static str {
    match (verdict.finding, verdict.improves()) {
        (_, Some(true)) => "better",
        (_, Some(false)) => "worse",
        (Finding::NoDifference, _) => "same",
        (Finding::NotEnoughRuns, _) if verdict.censoring().is_some() => "censored",
        (Finding::NotEnoughRuns, _) => "few",
        _ => "noisy",
    }
}

pub(super) fn lead_clause(verdict: &Verdict) -> String {
    let name = verdict.headline.name;
    match verdict.finding {
        Finding::Higher | Finding::Lower => format!("{name} {}", finding_text(verdict)),
        Finding::NoDifference => format!("no difference worth mentioning in {name}"),
        Finding::TooNoisy => format!("too noisy to tell for {name}"),
        Finding::NotEnoughRuns => match verdict.censoring() {
            Some(runs) => format!("{name} censored {runs}"),
            None => format!("not enough runs to judge {name}"),
        },
    }
}

pub(super) fn item(verdict: &Verdict) -> Item {
    let scale = verdict.scale();
    let row = &verdict.comparison;
    let name = verdict.headline.name;
    let (Some(base), Some(arm), Some(difference)) = (row.baseline_mean, row.arm_mean, row.difference) else {
        let means = verdict.censoring().unwrap_or_else(|| "no value to compare".to_owned());
        return Item { name, change: "–".to_owned(), means };
    };
    let change = match row.relative_difference {
        Some(relative) if !matches!(verdict.headline.unit, Unit::Share | Unit::Money(_)) => signed_percent(relative),
        _ => scale.difference(difference),
    };
    Item { name, change, means: format!("{} → {}", scale.number(base), scale.text(arm)) }
}

/// A relative change in percent, with its sign.
pub(super) fn signed_percent(relative: f64) -> String {
    let text = format!("{:.1}", relative.abs() * 100.0);
    let sign = if text == "0.0" {
        ""
    } else if relative < 0.0 {
        "−"
    } else {
        "+"
    };
    format!("{sign}{text} %")
}

/// Headline metrics per arm, with intervals, findings and the censored beside the means.
pub(super) fn headlines(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let mut rows = Vec::new();
    for headline in HEADLINES.map(|headline| headline.in_currency(resolved.currency())) {
        let any_censored = |arm: &ArmSpec| CensoredRuns::of(headline.metric, &arm.name, &result.outcomes).censored > 0;
        let without_value = || resolved.arms.iter().any(any_censored).then(|| headline.unit.scale(1.0));
        let scale = common_scale(result, resolved, headline.metric, headline.unit).or_else(without_value);
        let Some(scale) = scale else { continue };
        let cells = resolved.arms.iter().map(|arm| {
            let cell = Cell {
                further: further(result, &arm.name, headline.metric, &scale),
                ..mean_cell(result, resolved, &arm.name, headline.metric, &scale)
            };
            let verdict = result
                .verdicts
                .iter()
                .find(|verdict| verdict.comparison.arm == arm.name && verdict.headline.metric == headline.metric);
            match verdict {
                Some(verdict) => Cell { finding: finding_text(verdict), class: class_of(verdict), ..cell },
                None => cell,
            }
        });
        rows.push(GridRow { name: headline.name.to_owned(), remark: String::new(), cells: cells.collect() });
        if headline.metric == "completion_p95_s" {
            rows.push(censored(result, resolved));
        }
    }
    Grid::of_arms(arm_head("mean over runs", resolved), rows, resolved)
}

/// Where one further run is to be expected; empty below two runs, and where all are equal.
fn further(result: &ExperimentResult, arm: &str, metric: &str, scale: &Scale) -> String {
    let row = result.summary_of(arm, metric);
    let ends = row.and_then(|row| row.prediction_low.zip(row.prediction_high)).filter(|(low, high)| low < high);
    ends.map(|(low, high)| format!("a run: {} to {}", scale.number(low), scale.number(high))).unwrap_or_default()
}

fn censored(result: &ExperimentResult, resolved: &Resolved) -> GridRow {
    let cells = resolved.arms.iter().map(|arm| {
        let Censored { censored, peers } = Censored::of(&arm.name, &result.outcomes);
        let small = format!("of {} in all runs", if peers == 0 { "0".to_owned() } else { count(peers) });
        Cell { small, class: if censored > 0 { "noisy" } else { "" }, ..Cell::of(count(censored)) }
    });
    GridRow {
        name: "censored peers".to_owned(),
        remark: "did not complete; the means above leave them out".to_owned(),
        cells: cells.collect(),
    }
}

/// A whole number for people.
pub(super) fn count(n: u64) -> String {
    if n < 1_000 { n.to_string() } else { plain_number(n as f64) }
}
