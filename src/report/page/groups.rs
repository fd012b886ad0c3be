//! Worst-served groups: the 95th percentile of completion by AS size and by access class.

use super::grid::{Cell, Grid, GridRow, arm_head};
use crate::experiment::{ExperimentResult, Finding, Partition};
use crate::metrics::rows::GroupRow;
use crate::report::group_text;
use crate::scenario::Resolved;

/// The groups of one partition.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    pub(super) title: &'static str,
    /// Whether it is shown on demand: its rows are many.
    pub(super) folded: bool,
    pub(super) grid: Grid,
}

/// The partitions that have several groups, setting by setting of a sweep.
pub(super) fn groups(result: &ExperimentResult, resolved: &Resolved) -> Vec<Groups> {
    let of = |partition: Partition| {
        let settings = resolved.settings().into_iter();
        settings.map(move |setting| Groups {
            title: title(partition),
            folded: partition == Partition::SizeAndAccess,
            grid: grid(result, setting, partition),
        })
    };
    Partition::ALL.into_iter().flat_map(of).filter(|groups| groups.grid.rows.len() > 1).collect()
}

/// Which group each arm serves worst, and what changed.
pub(super) fn sentences(result: &ExperimentResult, resolved: &Resolved) -> Vec<String> {
    group_text::sentences(result, resolved).into_iter().map(|(_, sentence)| super::unbroken(&sentence)).collect()
}

const fn title(partition: Partition) -> &'static str {
    match partition {
        Partition::AsSize => "By size of the AS",
        Partition::Access => "By access class",
        Partition::SizeAndAccess => "By size of the AS and access class",
    }
}

fn grid(result: &ExperimentResult, resolved: &Resolved, partition: Partition) -> Grid {
    let own = |name: &str| resolved.arms.iter().any(|arm| arm.name == name);
    let rows = || result.groups.iter().filter(move |row| row.partition == partition.name() && own(&row.arm));
    let mut names: Vec<&GroupRow> = Vec::new();
    // Every arm has the same groups, unless somebody never arrived.
    for row in rows() {
        if !names.iter().any(|known| known.group == row.group) {
            names.push(row);
        }
    }
    let row = |group: &GroupRow| {
        let of_arm = |arm: &str| rows().find(|row| row.arm == arm && row.group == group.group);
        let cells = resolved.arms.iter().map(|arm| of_arm(&arm.name).map_or_else(|| Cell::of("–"), cell));
        let name = if group.parts().0.is_some() { group_text::name(group) } else { group.group.clone() };
        let number = format!("{:.1}", group.peers);
        let number = number.trim_end_matches(".0");
        let peers = if number == "1" { "1 peer".to_owned() } else { format!("{number} peers") };
        GridRow { name, remark: format!("{peers} in a run"), cells: cells.collect() }
    };
    Grid::of_arms(arm_head("", resolved), names.into_iter().map(row).collect(), resolved)
}

fn cell(row: &GroupRow) -> Cell {
    let class = match row.finding() {
        Some(Finding::Higher) => "worse",
        Some(Finding::Lower) => "better",
        Some(Finding::TooNoisy | Finding::NotEnoughRuns) => "noisy",
        Some(Finding::NoDifference) | None => "",
    };
    let scale = group_text::scale(row);
    let mut small = match (row.ci_low_s, row.ci_high_s) {
        (Some(low), Some(high)) => format!("{} to {}", scale.number(low), scale.number(high)),
        _ => String::new(),
    };
    let censored = group_text::censored(row);
    if row.completion_p95_s.is_some() && !censored.is_empty() {
        small = if small.is_empty() { censored.clone() } else { format!("{small}; {censored}") };
    }
    Cell {
        small,
        further: if row.worst { "worst served in this arm".to_owned() } else { String::new() },
        finding: super::unbroken(&group_text::finding(row)),
        class,
        ..Cell::of(row.completion_p95_s.map_or(censored, |p95| scale.text(p95)))
    }
}
