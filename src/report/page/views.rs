//! What each arm is to those who care: three views after RFC 5694, section 5.1, and how far outsiders get.

use super::grid::{Cell, Grid, GridRow, common_scale, mean_cell};
use super::verdicts::signed_percent;
use crate::experiment::{ExperimentResult, Unit};
use crate::metrics::rows::ComparisonRow;
use crate::scenario::{ArmSpec, Resolved};

/// Who looks, at how many of the columns.
pub(super) struct View {
    pub(super) who: &'static str,
    pub(super) wish: &'static str,
    pub(super) columns: usize,
}

/// Columns of `runs.csv` of which less is better for who looks at them.
struct Concern {
    column: &'static str,
    name: &'static str,
    unit: Unit,
}

const fn concern(column: &'static str, name: &'static str, unit: Unit) -> Concern {
    Concern { column, name, unit }
}

/// RFC 5694, 5.1: network operators want transfers to be local, users fast ones, who distributes content wants it to
/// survive (and not to serve it all alone).
pub(super) const VIEWS: [View; 3] = [
    View { who: "network operator", wish: "keep bytes inside, and off links that cost", columns: 2 },
    View { who: "user", wish: "have it soon", columns: 2 },
    View { who: "operator of the content", wish: "serve little, and see every piece survive", columns: 2 },
];

const CONCERNS: [Concern; 6] = [
    concern("inter_isp_bytes", "bytes between ISPs", Unit::Bytes),
    concern("transit_bytes", "bytes over transit links", Unit::Bytes),
    concern("completion_mean_s", "mean completion", Unit::Seconds),
    concern("completion_p95_s", "95th percentile", Unit::Seconds),
    concern("seed_copies", "copies sent by the initial seeds", Unit::Number),
    concern("last_unique_piece_s", "every piece copied outside the seeds after", Unit::Seconds),
];

/// Whether the columns of a view begin at this one: it gets a line on its left.
fn begins_view(column: usize) -> bool {
    let mut begin = 0;
    VIEWS.iter().any(|view| {
        let begins = begin == column;
        begin += view.columns;
        begins
    })
}

/// The columns' headings, each with whether a view begins there.
pub(super) fn headings() -> Vec<(&'static str, bool)> {
    CONCERNS.iter().enumerate().map(|(at, concern)| (concern.name, begins_view(at))).collect()
}

/// One row per arm: means of the baseline, differences of the others; empty for a single arm.
pub(super) fn views(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let Some(baseline) = resolved.arms.get(resolved.experiment.baseline).filter(|_| resolved.arms.len() > 1) else {
        return Grid::default();
    };
    let others = resolved.arms.iter().filter(|arm| arm.name != baseline.name);
    let mut rows = vec![row(result, resolved, baseline, true)];
    rows.extend(others.map(|arm| row(result, resolved, arm, false)));
    Grid::of(&[], rows)
}

fn row(result: &ExperimentResult, resolved: &Resolved, arm: &ArmSpec, baseline: bool) -> GridRow {
    let cell = |concern: &Concern| {
        let Some(scale) = common_scale(result, resolved, concern.column, concern.unit) else { return Cell::of("–") };
        if baseline {
            return mean_cell(result, resolved, &arm.name, concern.column, &scale);
        }
        let Some(row) = result.comparison_of(&arm.name, concern.column) else { return Cell::of("–") };
        let Some(difference) = row.difference else {
            return Cell { small: "no value to compare".to_owned(), ..Cell::of("–") };
        };
        let text = match row.relative_difference {
            Some(relative) => signed_percent(relative),
            None => scale.difference(difference),
        };
        let small = match row.ci_low.zip(row.ci_high) {
            Some((low, high)) => scale.difference_interval(low, high),
            None => scale.difference(difference),
        };
        Cell { small, class: class(row), ..Cell::of(text) }
    };
    GridRow {
        name: arm.name.clone(),
        remark: if baseline { "baseline: means".to_owned() } else { String::new() },
        cells: CONCERNS.iter().map(cell).collect(),
    }
}

/// Less is better in every column.
fn class(row: &ComparisonRow) -> &'static str {
    match row.verdict.as_str() {
        "lower" => "better",
        "higher" => "worse",
        "no-difference" => "same",
        "not-enough-runs" => "few",
        _ => "noisy",
    }
}

/// Outsiders on lists, among connections, in bytes: one row per arm; empty where nobody was listed.
pub(super) fn outsiders(result: &ExperimentResult, resolved: &Resolved) -> Grid {
    let columns = [
        ("list_external_share", "list entries"),
        ("connection_external_share", "neighbours"),
        ("inter_isp_share", "bytes"),
    ];
    let listed = |arm: &&ArmSpec| {
        result.summary_of(&arm.name, "list_external_share").is_some_and(|summary| summary.mean.is_some())
    };
    let rows = resolved.arms.iter().filter(listed).map(|arm| {
        let cells = columns.iter().map(|(column, _)| {
            let scale = common_scale(result, resolved, column, Unit::Share).unwrap_or_else(|| Unit::Share.scale(1.0));
            mean_cell(result, resolved, &arm.name, column, &scale)
        });
        GridRow { name: arm.name.clone(), remark: String::new(), cells: cells.collect() }
    });
    let rows: Vec<GridRow> = rows.collect();
    let head: Vec<&str> = std::iter::once("").chain(columns.iter().map(|(_, name)| *name)).collect();
    Grid::of(&head, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rows::{Row, RunRow};

    #[test]
    fn every_concern_is_a_column_and_belongs_to_a_view() {
        for concern in CONCERNS {
            assert!(RunRow::COLUMNS.iter().any(|column| column.name == concern.column), "{}", concern.column);
        }
        assert_eq!(VIEWS.iter().map(|view| view.columns).sum::<usize>(), CONCERNS.len());
        let begins: Vec<bool> = headings().into_iter().map(|(_, begins)| begins).collect();
        assert_eq!(begins, [true, false, true, false, true, false]);
    }
}
