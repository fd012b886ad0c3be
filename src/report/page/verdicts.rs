//! The ten-second verdict and the table of headline metrics.

use super::grid::{Cell, Grid, GridRow, arm_head, common_scale, mean_cell};
use crate::experiment::{Censored, ExperimentResult, Finding, HEADLINES, Verdict, plain_number};
use crate::report::verdict_text::finding_text;
use crate::scenario::Resolved;

/// What was found about one arm, at a glance.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) arm: String,
    pub(super) lead: String,
    pub(super) groups: Vec<Group>,
}

/// Metrics with one kind of finding.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) class: &'static str,
    pub(super) items: Vec<String>,
}

/// One card per arm other than the baseline.
pub(super) fn cards(result: &ExperimentResult, resolved: &Resolved) -> Vec<Card> {
    let others = resolved.arms.iter().enumerate().filter(|(n, _)| *n != resolved.experiment.baseline);
    others.map(|(_, arm)| card(&arm.name, result)).collect()
}

fn card(arm: &str, result: &ExperimentResult) -> Card {
    let of_arm = || result.verdicts.iter().filter(|verdict| verdict.comparison.arm == arm);
    let groups = [
        ("better", "Better", "better"),
        ("worse", "Worse", "worse"),
        ("same", "No difference worth mentioning", "same"),
        ("noisy", "Too noisy to tell", "noisy"),
        ("few", "Not enough runs", "noisy"),
    ];
    let groups = groups.into_iter().filter_map(|(key, title, class)| {
        let items: Vec<String> = of_arm().filter(|verdict| class_of(verdict) == key).map(item).collect();
        (!items.is_empty()).then_some(Group { title, class, items })
    });
    let lead_metrics = ["inter_isp_bytes", "completion_mean_s"];
    let lead = lead_metrics.into_iter().filter_map(|metric| of_arm().find(|v| v.headline.metric == metric));
    let lead: Vec<String> = lead.map(lead_clause).collect();
    Card { arm: arm.to_owned(), lead: lead.join("; "), groups: groups.collect() }
}

fn class_of(verdict: &Verdict) -> &'static str {
    match (verdict.finding, verdict.improves()) {
        (_, Some(true)) => "better",
        (_, Some(false)) => "worse",
        (Finding::NoDifference, _) => "same",
        (Finding::NotEnoughRuns, _) => "few",
        _ => "noisy",
    }
}

fn lead_clause(verdict: &Verdict) -> String {
    let name = verdict.headline.name;
    match verdict.finding {
        Finding::Higher | Finding::Lower => format!("{name} {}", finding_text(verdict)),
        Finding::NoDifference => format!("no difference worth mentioning in {name}"),
        Finding::TooNoisy => format!("too noisy to tell for {name}"),
        Finding::NotEnoughRuns => format!("not enough runs to judge {name}"),
    }
}

/// A metric with its change: `traffic between ISPs −62.3 % (26.00 → 9.80 GB)`.
fn item(verdict: &Verdict) -> String {
    let scale = verdict.scale();
    let row = &verdict.comparison;
    let (Some(base), Some(arm), Some(difference)) = (row.baseline_mean, row.arm_mean, row.difference) else {
        return format!("{}: no value to compare", verdict.headline.name);
    };
    let change = match row.relative_difference {
        Some(relative) if scale.symbol != "%" => {
            format!("{}{:.1} %", if relative < 0.0 { "−" } else { "+" }, relative.abs() * 100.0)
        }
        _ => scale.difference(difference),
    };
    format!("{} {change} ({} → {})", verdict.headline.name, scale.number(base), scale.text(arm))
}

/// Headline metrics per arm, with intervals, findings and the censored beside the means.
pub(super) fn headlines(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let mut rows = Vec::new();
    for headline in HEADLINES {
        let Some(scale) = common_scale(result, resolved, headline.metric, headline.unit) else { continue };
        let cells = resolved.arms.iter().map(|arm| {
            let cell = mean_cell(result, resolved, &arm.name, headline.metric, &scale);
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
    Grid { head: arm_head("mean over runs", resolved), rows }
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
