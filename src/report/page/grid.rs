//! A table of the page.

use super::blocks::{Parts, cut};
use crate::experiment::{CensoredRuns, ExperimentResult, Scale, Unit};
use crate::scenario::Resolved;

/// A table: a heading per column, then rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<GridRow>,
    /// Where each column but the first is an arm: the same in parts that are not too wide.
    pub(super) parts: Option<Parts>,
}

impl Grid {
    /// A grid with a column per arm.
    pub(super) fn of_arms(head: Vec<String>, rows: Vec<GridRow>, resolved: &Resolved) -> Self {
        let grid = Self { head, rows, parts: None };
        let parts = cut(&grid, resolved);
        Self { parts: Some(parts), ..grid }
    }

    /// Any other grid.
    pub(super) fn of(head: &[&str], rows: Vec<GridRow>) -> Self {
        Self { head: head.iter().map(|name| (*name).to_owned()).collect(), rows, parts: None }
    }
}

/// A row: its name, then one cell per further column.
#[derive(Debug, Clone)]
pub(super) struct GridRow {
    pub(super) name: String,
    /// A remark under the name; may be empty.
    pub(super) remark: String,
    pub(super) cells: Vec<Cell>,
}

/// A cell: what it says, smaller lines below, and a class for the style sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) small: String,
    /// A third line, as small: where one further run is to be expected; may be empty.
    pub(super) further: String,
    /// A finding below, such as `lower by 12 %`; may be empty.
    pub(super) finding: String,
    pub(super) class: &'static str,
}

impl Cell {
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A metric of a table: column of `runs.csv`, name, remark, unit.
pub(super) struct Metric {
    pub(super) column: &'static str,
    pub(super) name: &'static str,
    pub(super) remark: &'static str,
    pub(super) unit: Unit,
}

/// The names of the arms as headings, after one heading for the row names.
pub(super) fn arm_head(first: &str, resolved: &Resolved) -> Vec<String> {
    let mut head = vec![first.to_owned()];
    for (position, arm) in resolved.arms.iter().enumerate() {
        let baseline = resolved.is_baseline(position) && resolved.arms.len() > 1;
        head.push(if baseline { format!("{} (baseline)", arm.name) } else { arm.name.clone() });
    }
    head
}

/// One row per metric, one column per arm: mean and interval over replications. Metrics without any value are left out.
pub(super) fn metric_grid(result: &ExperimentResult, resolved: &Resolved, metrics: &[Metric]) -> Grid {
    let row = |metric: &Metric| {
        let scale = common_scale(result, resolved, metric.column, metric.unit)?;
        let cells = resolved.arms.iter().map(|arm| mean_cell(result, resolved, &arm.name, metric.column, &scale));
        Some(GridRow { name: metric.name.to_owned(), remark: metric.remark.to_owned(), cells: cells.collect() })
    };
    Grid::of_arms(arm_head("", resolved), metrics.iter().filter_map(row).collect(), resolved)
}

/// One scale for all arms, so that the cells of a row can be compared; `None` when no arm has a value.
pub(super) fn common_scale(result: &ExperimentResult, resolved: &Resolved, column: &str, unit: Unit) -> Option<Scale> {
    let means = resolved.arms.iter().filter_map(|arm| result.summary_of(&arm.name, column).and_then(|row| row.mean));
    means.map(f64::abs).reduce(f64::max).map(|largest| unit.scale(largest))
}

/// Mean with interval of one metric in one arm.
pub(super) fn mean_cell(
    result: &ExperimentResult,
    resolved: &Resolved,
    arm: &str,
    column: &str,
    scale: &Scale,
) -> Cell {
    let Some(row) = result.summary_of(arm, column) else { return Cell::of("–") };
    let censored = CensoredRuns::of(column, arm, &result.outcomes);
    let Some(mean) = row.mean else {
        return match (censored.censored, column) {
            (0, _) => Cell { small: "no value in any run".to_owned(), ..Cell::of("–") },
            (_, "completion_mean_s") => Cell { small: "nobody completed".to_owned(), ..Cell::of("–") },
            _ => {
                Cell { small: format!("after the end {}", censored.in_words()), class: "noisy", ..Cell::of("censored") }
            }
        };
    };
    let mut small = match (row.ci_low, row.ci_high) {
        (Some(low), Some(high)) => format!("{} to {}", scale.number(low), scale.number(high)),
        _ => String::new(),
    };
    if row.n < resolved.experiment.replications {
        let runs = match censored.censored {
            0 => format!("({} of {} runs)", row.n, resolved.experiment.replications),
            _ => format!("(censored {})", censored.in_words()),
        };
        small = if small.is_empty() { runs } else { format!("{small} {runs}") };
    }
    Cell { small, ..Cell::of(scale.text(mean)) }
}
