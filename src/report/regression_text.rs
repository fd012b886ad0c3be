//! What a regression check came to, for a terminal and for a machine.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::verdict_text::{aligned, printable};
use crate::experiment::regression::{Compared, Mode, Noise, NoiseBand, Regression};

/// Lines of the table; what is beyond is counted.
const MOST_LINES: usize = 40;
/// New things that are named; what is beyond is counted.
const MOST_NEW: usize = 12;

/// The short form for a terminal: what failed, expected, found, by how much, and whether it is noise.
pub fn regression_text(regression: &Regression, result: &Path, baseline: &Path) -> String {
    let mut text = String::new();
    let (result, baseline) = (result.display().to_string(), baseline.display().to_string());
    let _ = writeln!(text, "{} held against {}: {}", printable(&result), printable(&baseline), mode(regression));
    for note in &regression.notes {
        let _ = writeln!(text, "note: {}", printable(note));
    }
    let lines = folded(regression.compared.iter().filter(|compared| !compared.passed));
    if !lines.is_empty() {
        text.push('\n');
        text.push_str(&table(&lines));
    }
    if regression.compared.iter().any(|compared| !compared.passed && compared.noise.is_some()) {
        let _ = writeln!(text, "\n{}", legend(regression));
    }
    if !regression.new.is_empty() {
        let _ = writeln!(text, "\nnew, not in the baseline: {}", named(&regression.new));
    }
    text.push('\n');
    if !regression.not_compared.is_empty() {
        let _ = writeln!(text, "not compared: {}", not_compared(regression));
    }
    let _ = writeln!(text, "{}", conclusion(regression));
    text
}

/// `a.csv, b.csv (why); c.csv (why)`.
fn not_compared(regression: &Regression) -> String {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for (table, why) in &regression.not_compared {
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, tables)) => tables.push(printable(table)),
            None => reasons.push((why, vec![printable(table)])),
        }
    }
    let parts = reasons.into_iter().map(|(why, tables)| format!("{} ({why})", tables.join(", ")));
    parts.collect::<Vec<_>>().join("; ")
}

fn mode(regression: &Regression) -> String {
    match regression.mode {
        Mode::Exact => "cell by cell, both come from one model version".to_owned(),
        Mode::OtherModels => format!(
            "within noise ({} % as a whole), their model versions differ",
            trimmed(regression.confidence * 100.0)
        ),
        Mode::Stated => "within the tolerances of the file".to_owned(),
    }
}

fn legend(regression: &Regression) -> String {
    format!(
        "noise: within the range in brackets, where other seeds would put the mean; {} % for all {} means together",
        trimmed(regression.confidence * 100.0),
        regression.noisy
    )
}

fn conclusion(regression: &Regression) -> String {
    let cells: u64 = regression.compared.iter().map(|compared| compared.cells).sum();
    let tables = regression.tables.join(", ");
    let (failures, all) = (regression.failures(), regression.compared.len());
    if failures > 0 {
        return format!("FAILED: {failures} of {all} compared ({cells} cells of {tables})");
    }
    let differing = regression.compared.iter().filter(|compared| compared.differs()).count();
    let within = match (regression.mode, differing) {
        (_, 0) => ", all equal".to_owned(),
        _ => format!(", {differing} differ as far as allowed"),
    };
    format!("passed: {all} compared ({cells} cells of {tables}){within}")
}

/// What changes when a baseline is replaced.
pub(super) fn change_text(changes: &[&Compared], new: &[String]) -> String {
    let mut text = String::new();
    let lines = folded(changes.iter().copied());
    if !lines.is_empty() {
        let mut rows = vec![["metric", "arm", "before", "now", "difference", "noise?"].map(str::to_owned)];
        rows.extend(lines.iter().take(MOST_LINES).map(|line| {
            let [metric, arm, expected, found, difference, noise, _] = row(line);
            [metric, arm, expected, found, difference, noise]
        }));
        text.push_str(&aligned(&rows));
        if lines.len() > MOST_LINES {
            let _ = writeln!(text, "… and {} more; `--format json` has them all", lines.len() - MOST_LINES);
        }
        text.push('\n');
    }
    if !new.is_empty() {
        let _ = writeln!(text, "new: {}\n", named(new));
    }
    text
}

/// Up to [`MOST_NEW`] names.
fn named(new: &[String]) -> String {
    let mut names: Vec<String> = new.iter().take(MOST_NEW).map(|name| printable(name)).collect();
    if new.len() > names.len() {
        names.push(format!("{} more", new.len() - names.len()));
    }
    names.join("; ")
}

/// A line of the table: a metric of an arm, and every table in which it differs. Tables that are computed from others
/// repeat what those say.
struct Line<'a> {
    first: &'a Compared,
    tables: Vec<&'a str>,
}

fn folded<'a>(failing: impl Iterator<Item = &'a Compared>) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = Vec::new();
    for compared in failing {
        // A column of the same name may be another thing in a table that is not computed from others.
        let same = |line: &&mut Line<'_>| {
            let about = |one: &Compared| (one.metric.clone(), one.arm.clone(), one.rule == "exact");
            about(line.first) == about(compared) && compared.rule == "exact"
        };
        match lines.iter_mut().find(same) {
            Some(line) if line.first.table != compared.table => line.tables.push(&compared.table),
            _ => lines.push(Line { first: compared, tables: vec![&compared.table] }),
        }
    }
    lines
}

fn table(lines: &[Line<'_>]) -> String {
    let head = ["metric", "arm", "expected", "found", "difference", "noise?", "where"].map(str::to_owned);
    let mut rows = vec![head];
    rows.extend(lines.iter().take(MOST_LINES).map(row));
    let mut text = aligned(&rows);
    if lines.len() > MOST_LINES {
        let _ = writeln!(text, "… and {} more; `--format json` has them all", lines.len() - MOST_LINES);
    }
    text
}

fn row(line: &Line<'_>) -> [String; 7] {
    let compared = line.first;
    let (expected, found) = side_by_side(compared.expected.as_deref(), compared.found.as_deref());
    let cells = match (compared.cell.as_str(), compared.cells) {
        (_, 0 | 1) => String::new(),
        ("", cells) => format!(" ({} of {cells} runs)", compared.differing),
        (cell, cells) => format!(" ({cell}; {} of {cells} cells)", compared.differing),
    };
    let mut place = format!("{}{cells}", line.tables.join(", "));
    if compared.rule != "exact" {
        let cell = if compared.cell.is_empty() { String::new() } else { format!(", {}", compared.cell) };
        place = format!("{}{cell}; allowed: {}", line.tables.join(", "), compared.rule);
    }
    [
        printable(&compared.metric),
        printable(compared.arm.as_deref().unwrap_or("–")),
        printable(&expected),
        printable(&found),
        difference(compared),
        noise(compared),
        printable(&place),
    ]
}

/// Two numbers with six significant digits, or with all of them where those are equal; texts as they are.
fn side_by_side(expected: Option<&str>, found: Option<&str>) -> (String, String) {
    let (Some(expected), Some(found)) = (expected, found) else {
        let text = |side: Option<&str>| side.map_or_else(|| "–".to_owned(), str::to_owned);
        return (text(expected), text(found));
    };
    let (short, other) = (significant(expected, 6), significant(found, 6));
    if short == other { (expected.to_owned(), found.to_owned()) } else { (short, other) }
}

/// A number with `digits` significant digits, without zeros at its end; other texts unchanged.
fn significant(text: &str, digits: i32) -> String {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && text.chars().filter(char::is_ascii_digit).count() > digits as usize => {
            number_text(number, digits)
        }
        _ => text.to_owned(),
    }
}

fn number_text(number: f64, digits: i32) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let magnitude = libm::log10(number.abs()).floor() as i32;
    let decimals = digits - 1 - magnitude;
    if !(-12..=15).contains(&magnitude) {
        return format!("{number:.*e}", (digits - 1).max(0) as usize);
    }
    let text = format!("{number:.*}", decimals.clamp(0, 20) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// With a sign, absolute and relative.
fn difference(compared: &Compared) -> String {
    let signed = |number: f64, text: String| format!("{}{text}", if number < 0.0 { "−" } else { "+" });
    let Some(absolute) = compared.absolute else { return "–".to_owned() };
    let size = signed(absolute, number_text(absolute.abs(), 3));
    match compared.relative {
        Some(relative) => format!("{size} ({} %)", signed(relative, number_text(relative.abs() * 100.0, 3))),
        None => size,
    }
}

fn noise(compared: &Compared) -> String {
    let range =
        |band: &NoiseBand| format!("({} to {})", number_text(band.low, 4), number_text(band.high, 4)).replace('-', "−");
    match (compared.noise_of(), &compared.noise) {
        (Noise::Noise, Some(band)) => format!("noise {}", range(band)),
        (Noise::More, Some(band)) => format!("more than noise {}", range(band)),
        _ => "–".to_owned(),
    }
}

fn trimmed(number: f64) -> String {
    number_text(number, 4)
}

/// The whole comparison as data: everything that differs, and counts of the rest.
pub fn regression_json(regression: &Regression, baseline: &Path) -> Value {
    let differing: Vec<Value> = regression
        .compared
        .iter()
        .filter(|compared| compared.differs() || !compared.passed)
        .map(|compared| {
            json!({
                "table": compared.table,
                "metric": compared.metric,
                "arm": compared.arm,
                "cell": (!compared.cell.is_empty()).then_some(&compared.cell),
                "expected": compared.expected,
                "found": compared.found,
                "absolute": compared.absolute,
                "relative": compared.relative,
                "noise": compared.noise_of().name(),
                "noise_low": compared.noise.map(|band| band.low),
                "noise_high": compared.noise.map(|band| band.high),
                "cells_differing": compared.differing,
                "cells": compared.cells,
                "allowed": compared.rule,
                "passed": compared.passed,
            })
        })
        .collect();
    json!({
        "baseline": baseline.display().to_string(),
        "mode": match regression.mode {
            Mode::Exact => "exact",
            Mode::OtherModels => "other-models",
            Mode::Stated => "tolerances",
        },
        "passed": regression.passed(),
        "compared": regression.compared.len(),
        "failures": regression.failures(),
        "confidence": regression.confidence,
        "tables": regression.tables,
        "not_compared": regression
            .not_compared
            .iter()
            .map(|(table, why)| json!({ "table": table, "why": why }))
            .collect::<Vec<_>>(),
        "differing": differing,
        "new": regression.new,
        "notes": regression.notes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::regression::{Origin, StoredResult, StoredTable, hold};
    use crate::scenario::ToleranceSpec;

    fn table(file: &str, text: &str) -> StoredTable {
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        StoredTable { file: file.to_owned(), columns: lines.next().unwrap(), rows: lines.collect() }
    }

    /// Three replications of one arm; `more`: the time of the last, `traffic`: the bytes of all, and further columns.
    fn stored(more: &str, traffic: u64, columns: &str, models: u32) -> StoredResult {
        let cells = columns.split(',').skip(1).map(|_| ",1").collect::<String>();
        let row = |replication: u32, time: &str| {
            format!("same-as,{replication},1,all-complete,{time},{}{cells}\n", traffic + u64::from(replication))
        };
        let rows: String = ["18.5", "19.25", more].iter().zip(0..).map(|(time, at)| row(at, time)).collect();
        let header = format!("arm,replication,seed,ended,completion_mean_s,inter_isp_bytes{columns}\n");
        let summary = format!("arm,metric,n,mean\nsame-as,completion_mean_s,3,{more}\n");
        StoredResult {
            origin: Origin { scenario: "s".to_owned(), model_version: models, seed: 1, runs: 3, ..Origin::default() },
            tables: vec![table("runs.csv", &(header + &rows)), table("summary.csv", &summary)],
        }
    }

    fn text(result: &StoredResult, baseline: &StoredResult, tolerance: Option<&ToleranceSpec>) -> String {
        let (result_path, baseline_path) = (Path::new("results/minimal"), Path::new("baselines/minimal"));
        regression_text(&hold(result, baseline, tolerance), result_path, baseline_path)
    }

    #[test]
    fn words_for_a_terminal() {
        let baseline = stored("20.000000000000004", 121_037_824, "", 1);
        insta::assert_snapshot!("equal", text(&baseline, &baseline, None));
        let last_digit = stored("20.000000000000008", 121_037_824, "", 1);
        insta::assert_snapshot!("last_digit", text(&last_digit, &baseline, None));
        let much = stored("20.000000000000004", 93_000_000, ",further,more", 1);
        insta::assert_snapshot!("more_than_noise_and_new_columns", text(&much, &baseline, None));
        insta::assert_snapshot!("lost_columns", text(&baseline, &much, None));
        let models = stored("26.5", 121_037_824, "", 2);
        insta::assert_snapshot!("other_models_within_noise", text(&models, &baseline, None));
        let models = stored("20", 93_000_000, "", 2);
        insta::assert_snapshot!("other_models_beyond_noise", text(&models, &baseline, None));
    }

    #[test]
    fn numbers_are_short_where_they_differ_and_long_where_they_must() {
        let both = |a: &str, b: &str| side_by_side(Some(a), Some(b));
        assert_eq!(both("18.771612345", "18.881612345"), ("18.7716".to_owned(), "18.8816".to_owned()));
        assert_eq!(both("18.7716123451", "18.7716123452"), ("18.7716123451".to_owned(), "18.7716123452".to_owned()));
        assert_eq!(both("121037824", "93000000"), ("121037824".to_owned(), "93000000".to_owned()));
        assert_eq!(both("all-complete", "deadline"), ("all-complete".to_owned(), "deadline".to_owned()));
        assert_eq!(number_text(0.000_000_334_2, 3), "0.000000334");
        assert_eq!(number_text(3.34e-13, 3), "3.34e-13");
    }
}
