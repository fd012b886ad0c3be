//! What the swarms did: locality in its bounds, sanity, time budget, endings, control messages, every metric.

use std::collections::BTreeMap;

use super::grid::{Cell, Grid, GridRow, Metric, arm_head, common_scale, mean_cell, metric_grid};
use super::verdicts::count;
use crate::experiment::{ExperimentResult, Unit, metric_names, plain_number};
use crate::metrics::{Ending, RunOutcome};
use crate::scenario::Resolved;
use crate::units::SimDuration;

const fn metric(column: &'static str, name: &'static str, remark: &'static str, unit: Unit) -> Metric {
    Metric { column, name, remark, unit }
}

/// The measured locality between what random lists would give and what was possible.
pub(super) fn locality(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let metrics = [
        metric(
            "local_share_random",
            "random lists would give",
            "Σ n(n − 1) ÷ N(N − 1) over ISPs with n of N peers",
            Unit::Share,
        ),
        metric("local_share", "measured", "received payload whose sender is in the same ISP", Unit::Share),
        metric(
            "local_share_possible",
            "possible at most",
            "one copy must enter each ISP that has peers but no initial seed",
            Unit::Share,
        ),
        metric("same_as_share", "measured, same AS", "", Unit::Share),
        metric("list_external_share", "outsiders on lists", "entries in another ISP than the requester", Unit::Share),
        metric("connection_external_share", "connections between ISPs", "", Unit::Share),
    ];
    metric_grid(result, resolved, &metrics)
}

/// Whether the swarms behaved like swarms.
pub(super) fn sanity(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let metrics = [
        metric(
            "distance_to_bound",
            "last completion ÷ bound",
            "Kumar and Ross 2006, who let all peers arrive at once: late arrivals raise it; never below 1",
            Unit::Number,
        ),
        metric(
            "uplink_utilisation",
            "uplink utilisation",
            "payload sent ÷ what all uplinks could have carried",
            Unit::Share,
        ),
        metric("duplicate_share", "duplicates", "payload received twice (end game)", Unit::Share),
        metric("overhead_share", "protocol overhead", "packet headers and acknowledgements ÷ payload", Unit::Share),
        metric("seed_copies", "copies sent by initial seeds", "", Unit::Number),
        metric("cache_copies", "copies sent by caches", "", Unit::Number),
        metric("isp_redundancy", "copies entering an ISP", "mean over ISPs with peers", Unit::Number),
        metric("first_piece_mean_s", "time to the first piece", "", Unit::Seconds),
        metric(
            "fairness_jain",
            "Jain's index of uploaded ÷ downloaded",
            "1: everybody gives in proportion",
            Unit::Number,
        ),
        metric("busiest_1pct_share", "sent by the busiest 1 %", "", Unit::Share),
        metric("contacts", "contact attempts", "", Unit::Number),
        metric("contacts_refused", "… refused", "", Unit::Number),
        metric("contacts_timed_out", "… timed out", "the listed peer was gone", Unit::Number),
        metric("guidance_age_mean_s", "age of network information used", "", Unit::Seconds),
    ];
    metric_grid(result, resolved, &metrics)
}

/// A kind of time in a peer's budget.
pub(super) struct BudgetKind {
    pub(super) column: &'static str,
    pub(super) name: &'static str,
    /// Class of its colour.
    pub(super) class: &'static str,
}

/// Where a peer's time until completion goes.
pub(super) const BUDGET: [BudgetKind; 5] = [
    BudgetKind { column: "nothing_wanted_mean_s", name: "nothing wanted", class: "b1" },
    BudgetKind { column: "choked_mean_s", name: "choked by all", class: "b2" },
    BudgetKind { column: "waiting_mean_s", name: "waiting (round trips)", class: "b3" },
    BudgetKind { column: "uplink_bound_mean_s", name: "senders' uplinks the limit", class: "b4" },
    BudgetKind { column: "downlink_bound_mean_s", name: "own downlink the limit", class: "b5" },
];

/// The time budget of one arm.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    pub(super) arm: String,
    pub(super) total: String,
    /// Width of the bar relative to the longest one, in percent.
    pub(super) width: String,
    pub(super) parts: Vec<Part>,
}

/// A part of a budget.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) class: &'static str,
    /// Share of the arm's total, in percent.
    pub(super) width: String,
    pub(super) text: String,
}

/// The time budgets of all arms that have one.
pub(super) fn budgets(result: &ExperimentResult, resolved: &Resolved) -> Vec<Budget> {
    let seconds = |arm: &str, column| result.summary_of(arm, column).and_then(|row| row.mean).unwrap_or(0.0);
    let arms: Vec<(&str, Vec<f64>)> = resolved
        .arms
        .iter()
        .map(|arm| (arm.name.as_str(), BUDGET.iter().map(|kind| seconds(&arm.name, kind.column)).collect()))
        .collect();
    let total = |parts: &[f64]| parts.iter().sum::<f64>();
    let longest = arms.iter().map(|(_, parts)| total(parts)).fold(0.0, f64::max);
    let of = |(arm, parts): (&str, Vec<f64>)| {
        let total = total(&parts);
        let part = |(kind, seconds): (&BudgetKind, &f64)| Part {
            class: kind.class,
            width: format!("{:.2}", 100.0 * seconds / total),
            text: format!("{} ({:.1} %)", Unit::Seconds.scale(*seconds).text(*seconds), 100.0 * seconds / total),
        };
        Budget {
            arm: arm.to_owned(),
            total: Unit::Seconds.scale(total).text(total),
            width: format!("{:.2}", 100.0 * total / longest),
            parts: BUDGET.iter().zip(&parts).map(part).collect(),
        }
    };
    arms.into_iter().filter(|(_, parts)| total(parts) > 0.0).map(of).collect()
}

/// How runs ended, and who did not complete.
pub(super) fn endings(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let mut rows = Vec::new();
    let mut row = |name: &str, remark: &str, of: &dyn Fn(&[&RunOutcome]) -> u64, warn: bool| {
        let cells = resolved.arms.iter().map(|arm| {
            let runs: Vec<&RunOutcome> = result.outcomes_of(&arm.name).collect();
            let n = of(&runs);
            Cell { class: if warn && n > 0 { "noisy" } else { "" }, ..Cell::of(count(n)) }
        });
        rows.push(GridRow { name: name.to_owned(), remark: remark.to_owned(), cells: cells.collect() });
    };
    let ended = |ending: Ending| {
        move |runs: &[&RunOutcome]| runs.iter().filter(|run| run.run.ended == ending.name()).count() as u64
    };
    row("runs", "", &|runs| runs.len() as u64, false);
    row("ended: all complete", "", &ended(Ending::AllComplete), false);
    row("ended: deadline", "", &ended(Ending::Deadline), true);
    row("ended: piece lost", "no peer present or to come could complete", &ended(Ending::PieceLost), true);
    let window = resolved.experiment.warm_up > SimDuration::ZERO || resolved.experiment.horizon.is_some();
    let measured = if window { "measured ones: between warm-up and horizon" } else { "" };
    row("peers that arrived, all runs", measured, &|runs| runs.iter().map(|run| u64::from(run.run.peers)).sum(), false);
    row("… completed", "", &|runs| runs.iter().map(|run| u64::from(run.run.peers_completed)).sum(), false);
    row("… censored", "", &|runs| runs.iter().map(|run| u64::from(run.run.peers_censored)).sum(), true);
    Grid::of_arms(arm_head("", resolved), rows, resolved)
}

/// Control messages of one kind in one arm.
#[derive(Debug, Clone, Copy, Default)]
struct Messages {
    sent: u64,
    bytes: u64,
    lost: u64,
}

/// Control messages per run, by sender, receiver and type.
pub(super) fn messages(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let mut kinds: BTreeMap<(&str, &str, &str), Vec<Messages>> = BTreeMap::new();
    for (position, arm) in resolved.arms.iter().enumerate() {
        for row in result.outcomes_of(&arm.name).flat_map(|outcome| &outcome.messages) {
            let key = (row.from.as_str(), row.to.as_str(), row.message.as_str());
            let arms = kinds.entry(key).or_insert_with(|| vec![Messages::default(); resolved.arms.len()]);
            if let Some(sum) = arms.get_mut(position) {
                sum.sent += row.messages;
                sum.bytes += row.bytes;
                sum.lost += row.lost;
            }
        }
    }
    let runs = f64::from(resolved.experiment.replications.max(1));
    let cell = |sum: &Messages| {
        if sum.sent == 0 {
            return Cell::of("–");
        }
        let bytes = sum.bytes as f64 / runs;
        let lost =
            if sum.lost > 0 { format!(", {} lost", plain_number(sum.lost as f64 / runs)) } else { String::new() };
        let small = format!("{}{lost}", Unit::Bytes.scale(bytes).text(bytes));
        Cell { small, ..Cell::of(plain_number(sum.sent as f64 / runs)) }
    };
    let rows = kinds.iter().map(|((from, to, message), arms)| GridRow {
        name: format!("{from} → {to}"),
        remark: (*message).to_owned(),
        cells: arms.iter().map(cell).collect(),
    });
    Grid::of_arms(arm_head("messages per run", resolved), rows.collect(), resolved)
}

/// Every scalar metric of `summary.csv`, by its column name.
pub(super) fn all_metrics(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let row = |name: &str| {
        let scale = common_scale(result, resolved, name, Unit::Number)?;
        let cells = resolved.arms.iter().map(|arm| mean_cell(result, resolved, &arm.name, name, &scale));
        Some(GridRow { name: name.to_owned(), remark: String::new(), cells: cells.collect() })
    };
    Grid::of_arms(arm_head("column of runs.csv", resolved), metric_names().filter_map(row).collect(), resolved)
}
