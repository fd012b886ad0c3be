//! Rows of `references.csv` in words, for the terminal, the page and the plot.

use std::fmt::Write as _;

use crate::experiment::{Scale, Unit, metric_name};
use crate::metrics::rows::ReferenceRow;

/// What is held against something: `mean completion time`, `last completion ÷ bound`.
pub(super) fn subject(row: &ReferenceRow) -> String {
    let metric = match row.metric.split_once(" of ") {
        Some((column, isp)) => format!("{} of {isp}", metric_name(column)),
        None => metric_name(&row.metric),
    };
    match &row.against {
        Some(against) if against.starts_with("arm ") => format!("{metric}, relative to {against}"),
        Some(column) => format!("{metric} ÷ {}", metric_name(column)),
        None => metric,
    }
}

/// Unit and prefix that suit the numbers of some rows with one subject.
pub(super) fn scale<'a>(rows: impl IntoIterator<Item = &'a ReferenceRow>) -> Scale {
    let (mut unit, mut largest) = (Unit::Number, 0.0_f64);
    for row in rows {
        if row.against.is_none() {
            let column = row.metric.split_once(" of ").map_or(row.metric.as_str(), |(column, _)| column);
            unit = Unit::of_column(column);
        }
        let numbers = [row.mean, row.reference, row.low, row.high];
        largest = numbers.into_iter().flatten().map(f64::abs).fold(largest, f64::max);
    }
    unit.scale(largest)
}

/// A number with its unit, or a dash.
pub(super) fn number(scale: &Scale, value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| scale.text(value))
}

/// An interval or a band without its unit: `540 to 660`, `at least 540`; empty when it has no end.
pub(super) fn span(scale: &Scale, low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{} to {}", scale.number(low), scale.number(high)),
        (Some(low), None) => format!("at least {}", scale.number(low)),
        (None, Some(high)) => format!("at most {}", scale.number(high)),
        (None, None) => String::new(),
    }
}

/// What came out: `inside (540 to 660)`, `OUTSIDE (540 to 660)`; where no band says it, the distance from the reference.
pub(super) fn finding(row: &ReferenceRow) -> String {
    let band = span(&scale([row]), row.low, row.high);
    match row.inside {
        Some(true) => format!("inside ({band})"),
        Some(false) => format!("OUTSIDE ({band})"),
        None if row.mean.is_none() => "no value".to_owned(),
        None => distance(row),
    }
}

/// The mean's distance from the reference in percent, with its sign; empty where it has no meaning.
pub(super) fn distance(row: &ReferenceRow) -> String {
    let Some(relative) = row.relative_difference else { return String::new() };
    let text = format!("{:.1}", relative.abs() * 100.0);
    let sign = match () {
        () if text.bytes().all(|b| b == b'0' || b == b'.') => "±",
        () if relative < 0.0 => "−",
        () => "+",
    };
    format!("{sign}{text} %")
}

/// One sentence: what the model says, what it is held against, and what came of it.
pub(super) fn sentence(row: &ReferenceRow) -> String {
    let scale = scale([row]);
    let mut text = format!("{}: {} is {}", row.arm, subject(row), number(&scale, row.mean));
    if row.prediction_low.is_some() {
        let _ = write!(
            text,
            " ({} % interval {}, one further run {}, {} runs)",
            row.confidence * 100.0,
            span(&scale, row.ci_low, row.ci_high),
            span(&scale, row.prediction_low, row.prediction_high),
            row.n
        );
    }
    let _ = write!(text, ", held against {}", row.label);
    if row.reference.is_some() {
        let _ = write!(text, " {}", number(&scale, row.reference));
    }
    let band = span(&scale, row.low, row.high);
    let distance = distance(row);
    if !distance.is_empty() {
        let _ = write!(text, " ({distance})");
    }
    match row.inside {
        Some(inside) => {
            let runs = row.runs_inside.unwrap_or(0);
            let place = if inside { "inside" } else { "OUTSIDE" };
            format!("{text}: {place} the band ({band}); {runs} of {} runs are inside.", row.n)
        }
        None => format!("{text}."),
    }
}
