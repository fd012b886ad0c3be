//! Cell by cell: for two results of one model version.

use std::collections::{BTreeMap, BTreeSet};

use super::noise::{Bands, band_of};
use super::stored::{RowKey, StoredResult, StoredTable};
use super::{Compared, Regression, is_outside_the_promise};
use crate::experiment::{IDENTITY_COLUMNS, Sample};
use crate::metrics::rows::{CheckRow, CostRow, ReferenceRow, Row, RunRow};

/// The rule of every line here.
const RULE: &str = "exact";

/// Compares every table of the baseline.
pub(super) fn compare(result: &StoredResult, baseline: &StoredResult, bands: &Bands, into: &mut Regression) {
    for expected in baseline.tables.iter().filter(|table| !is_outside_the_promise(&table.file)) {
        into.tables.push(expected.file.clone());
        match result.table(&expected.file) {
            Some(found) => {
                let mut tally = Tally::new(expected, found);
                tally.columns(into);
                tally.rows(baseline, into);
                into.compared.extend(tally.finish(result, baseline, bands));
            }
            None => into.compared.push(missing(&expected.file, "the table", None)),
        }
    }
}

/// Something that the baseline has and the result lacks.
pub(super) fn missing(table: &str, what: &str, arm: Option<&str>) -> Compared {
    Compared {
        table: table.to_owned(),
        metric: what.to_owned(),
        arm: arm.map(str::to_owned),
        cell: String::new(),
        expected: Some("there".to_owned()),
        found: Some("missing".to_owned()),
        differing: 1,
        cells: 1,
        absolute: None,
        relative: None,
        noise: None,
        rule: RULE.to_owned(),
        ignored: false,
        passed: false,
    }
}

/// What is counted together: the cells of a metric in an arm.
#[derive(Default)]
struct Group {
    cells: u64,
    differing: u64,
    /// The cell with the largest difference: size, where, expected, found.
    worst: Option<(f64, String, String, String)>,
}

/// The comparison of one table.
struct Tally<'a> {
    expected: &'a StoredTable,
    found: &'a StoredTable,
    /// Columns of both: name, position in the baseline, position in the result.
    shared: Vec<(&'a str, usize, usize)>,
    /// By arm and metric, each by its place in the order of appearance.
    groups: BTreeMap<(usize, usize), Group>,
    arms: Vec<&'a str>,
    metrics: Vec<&'a str>,
}

impl<'a> Tally<'a> {
    fn new(expected: &'a StoredTable, found: &'a StoredTable) -> Self {
        // Rows are paired by their key columns: those are equal.
        let shared =
            expected.columns.iter().enumerate().filter(|(_, name)| !expected.key_columns().contains(&name.as_str()));
        let shared = shared.filter_map(|(at, name)| Some((name.as_str(), at, found.column(name)?))).collect();
        Self { expected, found, shared, groups: BTreeMap::new(), arms: Vec::new(), metrics: Vec::new() }
    }

    /// Columns that one side lacks.
    fn columns(&self, into: &mut Regression) {
        let file = &self.expected.file;
        for name in self.expected.columns.iter().filter(|name| self.found.column(name).is_none()) {
            into.compared.push(missing(file, &format!("column {name}"), None));
        }
        for name in self.found.columns.iter().filter(|name| self.expected.column(name).is_none()) {
            into.new.push(format!("{file}: column {name}"));
        }
    }

    /// Pairs the rows and compares their cells.
    fn rows(&mut self, baseline: &StoredResult, into: &mut Regression) {
        let by_key: BTreeMap<RowKey<'a>, usize> =
            self.found.keys().into_iter().enumerate().map(|(row, key)| (key, row)).collect();
        let mut gone: BTreeMap<Option<&'a str>, u64> = BTreeMap::new();
        let mut paired = BTreeSet::new();
        for (row, key) in self.expected.keys().into_iter().enumerate() {
            match by_key.get(&key) {
                Some(other) => {
                    paired.insert(*other);
                    self.row(row, *other);
                }
                None => *gone.entry(arm_of(self.expected, row)).or_default() += 1,
            }
        }
        for (arm, count) in gone {
            let all = arm.is_some_and(|arm| self.found.cells("arm").all(|other| other != arm));
            let what = if all { "the arm" } else { "rows" };
            let rows = Compared { differing: count, cells: count, ..missing(&self.expected.file, what, arm) };
            into.compared.push(rows);
        }
        self.unexpected(&paired, baseline, into);
    }

    /// Rows of the result that the baseline lacks: new where the whole baseline has no such arm or metric, wrong otherwise.
    /// A scenario may get a first tariff, a further check or reference.
    fn unexpected(&self, paired: &BTreeSet<usize>, baseline: &StoredResult, into: &mut Regression) {
        let file = self.expected.file.as_str();
        let (arms, metrics) = (baseline.arms(), baseline.metrics());
        let first = file == CostRow::FILE && self.expected.rows.is_empty();
        let question = [CheckRow::FILE, ReferenceRow::FILE].contains(&file);
        let cell = |row: usize, name: &str| {
            self.found.column(name).and_then(|at| self.found.rows.get(row)?.get(at)).map(String::as_str)
        };
        let mut fresh = BTreeSet::new();
        let mut wrong: BTreeMap<Option<&str>, u64> = BTreeMap::new();
        for row in (0..self.found.rows.len()).filter(|row| !paired.contains(row)) {
            match (cell(row, "arm"), cell(row, "metric")) {
                (_, Some(metric)) if !metrics.contains(&metric) => fresh.insert(format!("metric {metric}")),
                (Some(arm), _) if !arms.contains(&arm) => fresh.insert(format!("arm {arm}")),
                (_, Some(metric)) if question => fresh.insert(format!("row on {metric}")),
                _ if first => fresh.insert("its first rows".to_owned()),
                (arm, _) => {
                    *wrong.entry(arm).or_default() += 1;
                    false
                }
            };
        }
        into.new.extend(fresh.into_iter().map(|what| format!("{}: {what}", self.expected.file)));
        for (arm, count) in wrong {
            let rows = missing(&self.expected.file, "further rows", arm);
            let texts = (Some("none".to_owned()), Some(count.to_string()));
            into.compared.push(Compared { differing: count, cells: count, expected: texts.0, found: texts.1, ..rows });
        }
    }

    /// Compares two rows that are about the same.
    fn row(&mut self, row: usize, other: usize) {
        let (Some(expected), Some(found)) = (self.expected.rows.get(row), self.found.rows.get(other)) else { return };
        let arm = position(&mut self.arms, arm_of(self.expected, row).unwrap_or_default());
        let metric_column = self.expected.column("metric");
        let about = metric_column.and_then(|at| expected.get(at)).map(String::as_str);
        for (name, at, other_at) in &self.shared {
            let (Some(before), Some(after)) = (expected.get(*at), found.get(*other_at)) else { continue };
            let metric = position(&mut self.metrics, about.unwrap_or(name));
            let group = self.groups.entry((arm, metric)).or_default();
            group.cells += 1;
            if before == after {
                continue;
            }
            group.differing += 1;
            let size = difference(before, after).map_or(f64::INFINITY, |(absolute, _)| absolute.abs());
            if group.worst.as_ref().is_none_or(|(largest, ..)| size > *largest) {
                let place = place(self.expected, row, about.map(|_| *name));
                group.worst = Some((size, place, before.clone(), after.clone()));
            }
        }
    }

    /// One line per arm and metric.
    fn finish(self, result: &StoredResult, baseline: &StoredResult, bands: &Bands) -> Vec<Compared> {
        let mut lines = Vec::new();
        for ((arm, metric), group) in self.groups {
            let (arm, metric) = (self.arms.get(arm).copied(), self.metrics.get(metric).copied().unwrap_or_default());
            let arm = arm.filter(|arm| !arm.is_empty());
            let worst = group.worst.map(|(_, cell, expected, found)| (cell, expected, found));
            let scalar = self.expected.file == RunRow::FILE && !IDENTITY_COLUMNS.contains(&metric);
            let mean = |of: &StoredResult| Sample::of(&of.values(arm?, metric), 0.5).mean.map(|mean| mean.to_string());
            let shown = match (worst, scalar) {
                // Runs are many and their mean is what the metric is known by; where it hides the change, a cell shows it.
                (Some(worst), true) => match (mean(baseline), mean(result)) {
                    (Some(before), Some(after)) if before != after => Some((String::new(), before, after)),
                    _ => Some(worst),
                },
                (worst, _) => worst,
            };
            let (cell, expected, found) = shown.unwrap_or_default();
            let number = !IDENTITY_COLUMNS.contains(&metric);
            let (absolute, relative) = difference(&expected, &found).filter(|_| number).unzip();
            lines.push(Compared {
                table: self.expected.file.clone(),
                metric: metric.to_owned(),
                arm: arm.map(str::to_owned),
                cell,
                expected: (!expected.is_empty()).then_some(expected),
                found: (!found.is_empty()).then_some(found),
                differing: group.differing,
                cells: group.cells,
                absolute,
                relative: relative.flatten(),
                noise: band_of(bands, &self.expected.file, arm, metric),
                rule: RULE.to_owned(),
                ignored: false,
                passed: group.differing == 0,
            });
        }
        lines
    }
}

/// The position of `name` in the order of appearance.
fn position<'a>(names: &mut Vec<&'a str>, name: &'a str) -> usize {
    names.iter().position(|known| *known == name).unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    })
}

fn arm_of(table: &StoredTable, row: usize) -> Option<&str> {
    table.column("arm").and_then(|at| table.rows.get(row)?.get(at)).map(String::as_str)
}

/// found − expected, and the same relative to |expected| unless that is 0; `None` unless both are numbers.
pub(super) fn difference(expected: &str, found: &str) -> Option<(f64, Option<f64>)> {
    let (expected, found): (f64, f64) = (expected.parse().ok()?, found.parse().ok()?);
    let absolute = found - expected;
    Some((absolute, (expected != 0.0).then(|| absolute / expected.abs())))
}

/// Where a cell stands: what its row is about without the arm, and the column where the metric does not name it.
fn place(table: &StoredTable, row: usize, column: Option<&str>) -> String {
    let cell = |name: &str| table.column(name).and_then(|at| table.rows.get(row)?.get(at));
    let mut parts: Vec<String> = column.into_iter().map(|name| format!("column {name}")).collect();
    if let Some(replication) = cell("replication") {
        parts.push(format!("replication {replication}"));
    }
    // Line 1 is the header.
    parts.push(format!("line {}", row + 2));
    parts.join(", ")
}
