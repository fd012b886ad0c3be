//! What the scenario asks of the results.

use super::grid::{Cell, Grid, GridRow};
use crate::experiment::ExperimentResult;
use crate::metrics::rows::CheckRow;
use crate::report::check_text::{bounds, found, interval, remark, subject};

/// One row per check and arm that it speaks of.
pub(super) fn checks(result: &ExperimentResult) -> Grid {
    let head = ["metric, arm", "bounds", "found", "answer"];
    Grid::of(&head, result.checks.iter().map(row).collect())
}

/// The failures in a sentence; empty when there are no checks.
pub(super) fn summary(result: &ExperimentResult) -> String {
    let failed = result.checks.iter().filter(|check| !check.passed).count();
    match (result.checks.len(), failed) {
        (0, _) => String::new(),
        (1, 0) => "The check of the scenario passed.".to_owned(),
        (1, _) => "The check of the scenario failed.".to_owned(),
        (all, 0) => format!("All {all} checks of the scenario passed."),
        (all, failed) => format!("{failed} of {all} checks of the scenario failed."),
    }
}

fn row(check: &CheckRow) -> GridRow {
    let (text, class) = if check.passed { ("passed", "better") } else { ("failed", "worse") };
    let interval = if check.statistic == "interval" || check.n < 2 { String::new() } else { interval(check) };
    GridRow {
        name: subject(check),
        remark: check.arm.clone(),
        cells: vec![
            Cell::of(bounds(check)),
            Cell { small: interval, ..Cell::of(found(check)) },
            Cell { class, small: remark(check), ..Cell::of(text) },
        ],
    }
}
