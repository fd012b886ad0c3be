//! Who wins and who loses: ISPs, compared with the baseline.
//!
//! An ISP is compared by the bytes it exchanges with its providers (in + out), because that is what it pays for, and by
//! the mean completion time of its peers. Differences are paired by replication, as everywhere.

use std::collections::BTreeMap;

use super::grid::{Cell, Grid, GridRow};
use super::verdicts::signed_percent;
use crate::experiment::{ExperimentResult, Sample, Unit};
use crate::metrics::rows::IspRow;
use crate::scenario::Resolved;

/// Winners, and losers, shown per arm at most.
const SHOWN: usize = 5;

/// The ISPs of one arm.
#[derive(Debug, Clone)]
pub(super) struct Winners {
    pub(super) arm: String,
    pub(super) summary: String,
    pub(super) grid: Grid,
}

/// What the replications say of one ISP in both arms.
#[derive(Debug, Clone, Default)]
struct Isp<'a> {
    name: &'a str,
    peers: u64,
    transit_before: f64,
    transit_after: f64,
    transit_differences: Vec<f64>,
    completion_before: Vec<f64>,
    completion_after: Vec<f64>,
}

/// A comparison per arm other than the baseline, where ISPs were recorded.
pub(super) fn winners(result: &ExperimentResult, resolved: &Resolved) -> Vec<Winners> {
    resolved.settings().into_iter().flat_map(|setting| of_setting(result, setting)).collect()
}

fn of_setting(result: &ExperimentResult, resolved: &Resolved) -> Vec<Winners> {
    let experiment = &resolved.experiment;
    let Some(baseline) = resolved.arms.get(experiment.baseline) else { return Vec::new() };
    let others = resolved.arms.iter().enumerate().filter(|(n, _)| *n != experiment.baseline);
    others
        .map(|(_, arm)| of_arm(&arm.name, &compared(result, &baseline.name, &arm.name), experiment.confidence))
        .filter(|winners| !winners.grid.rows.is_empty())
        .collect()
}

/// Bytes exchanged with providers.
fn transit(row: &IspRow) -> f64 {
    (row.provider_in_bytes + row.provider_out_bytes) as f64
}

/// All ISPs that either arm recorded, by position; an ISP without a row in a run had no traffic in it.
fn compared<'a>(result: &'a ExperimentResult, baseline: &'a str, arm: &'a str) -> Vec<Isp<'a>> {
    let mut isps: BTreeMap<u32, Isp<'a>> = BTreeMap::new();
    for after in result.outcomes_of(arm) {
        let before = result.outcomes_of(baseline).find(|before| before.run.replication == after.run.replication);
        let Some(before) = before else { continue };
        let mut rows: BTreeMap<u32, (Option<&IspRow>, Option<&IspRow>)> = BTreeMap::new();
        for row in &before.isps {
            rows.entry(row.isp).or_default().0 = Some(row);
        }
        for row in &after.isps {
            rows.entry(row.isp).or_default().1 = Some(row);
        }
        for (position, (before, after)) in rows {
            let isp = isps.entry(position).or_default();
            isp.name = before.or(after).map(|row| row.name.as_str()).unwrap_or_default();
            isp.peers += before.or(after).map_or(0, |row| u64::from(row.peers));
            let (old, new) = (before.map_or(0.0, transit), after.map_or(0.0, transit));
            isp.transit_before += old;
            isp.transit_after += new;
            isp.transit_differences.push(new - old);
            let completion = |row: Option<&IspRow>| row.and_then(|row| row.completion_mean_s);
            if let Some((old, new)) = completion(before).zip(completion(after)) {
                isp.completion_before.push(old);
                isp.completion_after.push(new);
            }
        }
    }
    let replications = result.outcomes_of(arm).count();
    for isp in isps.values_mut() {
        isp.transit_differences.resize(replications, 0.0);
    }
    isps.into_values().collect()
}

fn of_arm(arm: &str, isps: &[Isp<'_>], confidence: f64) -> Winners {
    let mut order: Vec<&Isp<'_>> = isps.iter().collect();
    order.sort_by(|a, b| (a.transit_after - a.transit_before).total_cmp(&(b.transit_after - b.transit_before)));
    let gained = order.iter().take(SHOWN).filter(|isp| isp.transit_after < isp.transit_before);
    let lost = order.iter().rev().take(SHOWN).filter(|isp| isp.transit_after > isp.transit_before);
    // The losers' list ends with the one that lost most.
    let lost: Vec<_> = lost.collect();
    let class = |isp: &Isp<'_>| match Sample::of(&isp.transit_differences, confidence).interval {
        Some(interval) if interval.high < 0.0 => "better",
        Some(interval) if interval.low > 0.0 => "worse",
        _ => "open",
    };
    let rows = gained.chain(lost.into_iter().rev()).map(|isp| row(isp, class(isp)));
    let head = ["ISP", "peers per run", "exchanged with providers, per run", "change", "mean completion of its peers"];
    let grid = Grid::of(&head, rows.collect());
    Winners { arm: arm.to_owned(), summary: summary(isps, confidence), grid }
}

/// How many ISPs are established to gain or lose.
fn summary(isps: &[Isp<'_>], confidence: f64) -> String {
    let signs = |differences: &dyn Fn(&Isp<'_>) -> Vec<f64>| {
        let intervals = isps.iter().filter_map(|isp| Sample::of(&differences(isp), confidence).interval);
        intervals.fold((0, 0), |(less, more), interval| {
            (less + u32::from(interval.high < 0.0), more + u32::from(interval.low > 0.0))
        })
    };
    let with_peers = isps.iter().filter(|isp| isp.peers > 0).count();
    let transit = signs(&|isp| isp.transit_differences.clone());
    let times = signs(&|isp| isp.completion_after.iter().zip(&isp.completion_before).map(|(a, b)| a - b).collect());
    format!(
        "{} ISPs, {with_peers} of them with peers. Established for single ISPs (interval excludes zero): {} exchange \
         fewer bytes with their providers, {} more; peers complete sooner in {}, later in {}.",
        isps.len(),
        transit.0,
        transit.1,
        times.0,
        times.1
    )
}

fn row(isp: &Isp<'_>, class: &'static str) -> GridRow {
    let runs = isp.transit_differences.len().max(1) as f64;
    let (before, after) = (isp.transit_before / runs, isp.transit_after / runs);
    let scale = Unit::Bytes.scale(before.max(after) * 10.0);
    let change = if before > 0.0 { signed_percent((after - before) / before) } else { "new".to_owned() };
    let completion = match (mean(&isp.completion_before), mean(&isp.completion_after)) {
        (Some(old), Some(new)) => {
            let scale = Unit::Seconds.scale(old);
            Cell {
                small: scale.difference(new - old),
                ..Cell::of(format!("{} → {}", scale.number(old), scale.text(new)))
            }
        }
        _ => Cell::of("–"),
    };
    GridRow {
        name: isp.name.to_owned(),
        remark: String::new(),
        cells: vec![
            Cell::of(format!("{:.1}", isp.peers as f64 / runs)),
            Cell {
                small: scale.difference(after - before),
                ..Cell::of(format!("{} → {}", scale.number(before), scale.text(after)))
            },
            Cell { class, ..Cell::of(change) },
            completion,
        ],
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    Sample::of(values, 0.95).mean
}
