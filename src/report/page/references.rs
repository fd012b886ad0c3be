//! The model held against what the scenario refers to.

use super::grid::{Cell, Grid, GridRow};
use crate::experiment::ExperimentResult;
use crate::metrics::rows::ReferenceRow;
use crate::report::reference_text::{distance, number, scale, span, subject};

/// A reference and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceOf<'a> {
    pub(super) label: &'a str,
    pub(super) source: &'a str,
}

/// The sources of the references, each once.
pub(super) fn sources(result: &ExperimentResult) -> Vec<SourceOf<'_>> {
    let mut sources = Vec::new();
    for row in &result.references {
        let of = SourceOf { label: &row.label, source: &row.source };
        if !sources.contains(&of) {
            sources.push(of);
        }
    }
    sources
}

/// One row per reference and arm that it speaks of.
pub(super) fn references(result: &ExperimentResult) -> Grid {
    let head = ["metric, arm", "mean of the model", "one further run", "reference", "band", "mean against the band"];
    Grid::of(&head, result.references.iter().map(row).collect())
}

fn row(row: &ReferenceRow) -> GridRow {
    let scale = scale([row]);
    let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let inside = match row.inside {
        Some(true) => Cell { class: "better", ..Cell::of("inside") },
        Some(false) => Cell { class: "worse", ..Cell::of("outside") },
        None => Cell::of("–"),
    };
    let distance = distance(row);
    let distance = if distance.is_empty() { distance } else { format!("mean {distance}") };
    let small = row
        .runs_inside
        .filter(|_| row.n > 0)
        .map_or_else(String::new, |runs| format!("{runs} of {} runs inside", row.n));
    GridRow {
        name: subject(row),
        remark: row.arm.clone(),
        cells: vec![
            Cell { small: span(&scale, row.ci_low, row.ci_high), ..Cell::of(number(&scale, row.mean)) },
            Cell::of(or_dash(span(&scale, row.prediction_low, row.prediction_high))),
            Cell { small: row.label.clone(), further: distance, ..Cell::of(number(&scale, row.reference)) },
            Cell::of(or_dash(span(&scale, row.low, row.high))),
            Cell { small, ..inside },
        ],
    }
}
