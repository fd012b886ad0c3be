//! Tables with a row per run and thing: ISPs, contracts, kinds of messages, links; and groups of peers.
//!
//! A *cell* is one numeric column of one such thing in one arm. Its values over replications are a sample like those of a
//! metric in `runs.csv`, and judged in the same way ([`Bands`](super::noise)). Two things are different. There are many
//! cells, so a line of the result is a column of an arm, with the cell that is furthest out. And a cell may have no
//! spread by chance: a small ISP has three peers in all of five replications, and four in the next five. Where a column
//! varies elsewhere in the arm, such a cell is given the spread that its column has in proportion to the means (the
//! dispersion φ = Σs²/Σx̄ of quasi-likelihood; Wedderburn 1974, *Biometrika* 61, 439–447), so that s² = φ·x̄. Where a
//! column varies nowhere (a flat fee), nothing else is allowed either.
//!
//! A row that is missing in a replication stands for zero bytes, messages and peers; other columns have no value there.
//! Where one side has no value at all, what is compared is how often there is one.

use std::collections::{BTreeMap, BTreeSet};

use super::noise::{Moments, NoiseBand, Quantiles, band};
use super::stored::{StoredResult, StoredTable};
use super::{Compared, Noise, Regression, allows};
use crate::metrics::rows::{CostRow, GroupRow, IspRow, LinkRow, MessageRow, Row};
use crate::scenario::{Tolerance, ToleranceSpec};

/// The tables of this form.
pub(super) const TABLES: [&str; 5] = [IspRow::FILE, CostRow::FILE, GroupRow::FILE, MessageRow::FILE, LinkRow::FILE];

/// Numeric columns that say which thing a row is about, or are sums and settings of the analysis.
const NO_MEASURES: [&str; 6] = ["seed", "isp", "ases", "capacity_bps", "samples", "confidence"];

/// The numeric columns of such a table that are compared.
pub(super) fn measures(table: &StoredTable) -> Vec<&str> {
    if table.file == GroupRow::FILE {
        return table.columns.iter().map(String::as_str).filter(|name| *name == GROUP_MEASURE).collect();
    }
    let keys = table.key_columns();
    let named = |name: &&str| !keys.contains(name) && !NO_MEASURES.contains(name) && !is_setting(name);
    let numeric = |name: &&str| table.cells(name).all(|cell| cell.is_empty() || cell.parse::<f64>().is_ok());
    table.columns.iter().map(String::as_str).filter(named).filter(numeric).collect()
}

/// The one column of `groups.csv` that stands with its spread over replications.
const GROUP_MEASURE: &str = "completion_p95_s";

/// Columns that a sweep adds.
pub(super) fn is_setting(column: &str) -> bool {
    column == "base_arm" || column.starts_with("sweep_")
}

/// Whether a missing row means that there was none of it.
fn is_count(table: &str, column: &str) -> bool {
    let count = |name: &str| {
        matches!(name, "bytes" | "messages" | "lost") || name.ends_with("_bytes") || name.starts_with("peers")
    };
    table != CostRow::FILE && count(column)
}

/// The values of a cell over the replications of its arm.
#[derive(Debug, Clone, Default)]
struct Side {
    values: Moments,
    /// 1 where there is a value, 0 where there is none.
    presence: Moments,
    /// As they stand, to be compared to the last digit.
    texts: Vec<String>,
}

/// What a cell is about: the key columns of its rows without the replication, after the arm.
type Thing = Vec<String>;
/// The cells of a column in an arm.
type Cells = BTreeMap<Thing, Side>;

/// Compares the tables that the baseline has.
pub(super) fn compare(
    result: &StoredResult,
    baseline: &StoredResult,
    tolerance: &ToleranceSpec,
    into: &mut Regression,
) {
    let held: Vec<&StoredTable> =
        TABLES.iter().filter_map(|file| baseline.table(file)).filter(|t| !t.rows.is_empty()).collect();
    // Half of the risk belongs to the metrics of `runs.csv`.
    let risk = (1.0 - tolerance.confidence) / 2.0 / held.len().max(1) as f64;
    for expected in held {
        into.tables.push(expected.file.clone());
        match result.table(&expected.file) {
            Some(found) => table((result, found), (baseline, expected), risk, tolerance, into),
            None => into.compared.push(super::exact::missing(&expected.file, "the table", None)),
        }
    }
}

/// Whether any table of this form is compared, so that the risk is shared.
pub(super) fn any(baseline: &StoredResult) -> bool {
    TABLES.iter().any(|file| baseline.table(file).is_some_and(|table| !table.rows.is_empty()))
}

type Stored<'a> = (&'a StoredResult, &'a StoredTable);

fn table(result: Stored<'_>, baseline: Stored<'_>, risk: f64, tolerance: &ToleranceSpec, into: &mut Regression) {
    let file = baseline.1.file.as_str();
    let (before, after) = (sides(baseline), sides(result));
    let things = |all: &BTreeMap<(String, String), Cells>| -> BTreeSet<Thing> {
        all.values().flat_map(|cells| cells.keys().cloned()).collect()
    };
    let (known, found) = (things(&before), things(&after));
    into.new.extend(found.difference(&known).map(|thing| format!("{file}: {}", thing.join(" "))));
    let mut judged: Vec<Column<'_>> = Vec::new();
    let (old, new) = (measures(baseline.1), measures(result.1));
    // An arm that is gone has failed with its metrics.
    for arm in baseline.0.arms().into_iter().filter(|arm| result.0.runs_of(arm) > 0) {
        for measure in &old {
            let key = (arm.to_owned(), (*measure).to_owned());
            let Some(expected) = before.get(&key) else { continue };
            if !new.contains(measure) {
                into.compared.push(super::exact::missing(file, &format!("column {measure}"), Some(arm)));
                continue;
            }
            // What is in no row of the result.
            let absent = Side::new(Vec::new(), result.0.runs_of(arm), is_count(file, measure));
            judged.push(Column::new(arm, measure, expected, after.get(&key).unwrap_or(&Cells::new()), &absent));
        }
    }
    let cells: usize = judged.iter().map(|column| column.cells.iter().filter(|cell| cell.has_noise()).count()).sum();
    into.noisy += cells;
    let mut quantiles = Quantiles::new(1.0 - risk / cells.max(1) as f64);
    into.new.extend(new.iter().filter(|name| !old.contains(name)).map(|name| format!("{file}: column {name}")));
    into.compared.extend(judged.into_iter().map(|column| column.judge(file, tolerance, &mut quantiles)));
}

/// The cells of a table by arm and column.
fn sides((result, table): Stored<'_>) -> BTreeMap<(String, String), Cells> {
    if table.file == GroupRow::FILE {
        return group_sides(table);
    }
    let mut rows: BTreeMap<&str, BTreeMap<Thing, Vec<&[String]>>> = BTreeMap::new();
    let at = |name: &str| table.column(name);
    let keys: Vec<usize> = table
        .key_columns()
        .iter()
        .filter(|name| !["arm", "replication"].contains(name))
        .filter_map(|name| at(name))
        .collect();
    for row in &table.rows {
        let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
        let arm = at("arm").and_then(|at| row.get(at)).map(String::as_str).unwrap_or_default();
        let thing: Thing = keys.iter().map(|at| cell(*at)).collect();
        rows.entry(arm).or_default().entry(thing).or_default().push(row);
    }
    let mut sides = BTreeMap::new();
    for (arm, things) in rows {
        let runs = result.runs_of(arm);
        for measure in measures(table) {
            let Some(column) = at(measure) else { continue };
            let side = |rows: &Vec<&[String]>| {
                let texts: Vec<String> = rows.iter().filter_map(|row| row.get(column).cloned()).collect();
                Side::new(texts, runs, is_count(&table.file, measure))
            };
            let cells: Cells = things.iter().map(|(thing, rows)| (thing.clone(), side(rows))).collect();
            sides.insert((arm.to_owned(), measure.to_owned()), cells);
        }
    }
    sides
}

/// The cells of `groups.csv`, whose rows are over replications already.
fn group_sides(table: &StoredTable) -> BTreeMap<(String, String), Cells> {
    let mut sides: BTreeMap<(String, String), Cells> = BTreeMap::new();
    for row in &table.rows {
        let text = |name: &str| table.column(name).and_then(|at| row.get(at)).cloned().unwrap_or_default();
        let count = |name: &str| text(name).parse::<u32>().unwrap_or(0);
        let (n, runs) = (count("n"), count("runs"));
        let spread: f64 = text("standard_deviation_s").parse().unwrap_or(0.0);
        let mean: f64 = text(GROUP_MEASURE).parse().unwrap_or(0.0);
        let squares = f64::from(n.saturating_sub(1)) * spread * spread;
        let side = Side {
            values: Moments { n, mean, squares },
            presence: Moments::of_presence(n, runs),
            texts: vec![text(GROUP_MEASURE)],
        };
        let key = (text("arm"), GROUP_MEASURE.to_owned());
        sides.entry(key).or_default().insert(vec![text("partition"), text("group")], side);
    }
    sides
}

impl Side {
    /// Of the cells of one thing, in an arm of `runs` replications.
    fn new(texts: Vec<String>, runs: usize, missing_is_zero: bool) -> Self {
        let mut values: Vec<f64> = texts.iter().filter_map(|text| text.parse().ok()).collect();
        if missing_is_zero {
            values.resize(values.len().max(runs), 0.0);
        }
        let presence = Moments::of_presence(values.len() as u32, (runs as u32).max(values.len() as u32));
        Self { values: Moments::of(&values), presence, texts }
    }
}

/// A cell of the baseline and the result.
struct Cell {
    thing: Thing,
    expected: Side,
    found: Side,
}

impl Cell {
    /// Whether both sides have a value, so that values are compared; otherwise it is how often there is one.
    fn by_value(&self) -> bool {
        self.expected.values.n > 0 && self.found.values.n > 0
    }

    /// What is compared: values, or how often there is one.
    fn moments(&self) -> (&Moments, &Moments) {
        self.either(self.by_value())
    }

    fn either(&self, by_value: bool) -> (&Moments, &Moments) {
        if by_value {
            (&self.expected.values, &self.found.values)
        } else {
            (&self.expected.presence, &self.found.presence)
        }
    }

    fn has_noise(&self) -> bool {
        let (expected, found) = self.moments();
        expected.n > 0 && found.n > 0 && expected.n + found.n > 2
    }

    fn differs(&self) -> bool {
        self.expected.texts != self.found.texts
    }
}

/// A column in an arm: one line of the comparison.
struct Column<'a> {
    arm: &'a str,
    measure: &'a str,
    cells: Vec<Cell>,
    /// Σs²/Σx̄ of values, and of how often there is one.
    dispersion: [f64; 2],
}

impl<'a> Column<'a> {
    fn new(arm: &'a str, measure: &'a str, expected: &Cells, found: &Cells, absent: &Side) -> Self {
        // What is new passes.
        let pair = |(thing, expected): (&Thing, &Side)| Cell {
            thing: thing.clone(),
            expected: expected.clone(),
            found: found.get(thing).unwrap_or(absent).clone(),
        };
        let cells: Vec<Cell> = expected.iter().map(pair).collect();
        let dispersion = [true, false].map(|by_value| {
            let (mut variances, mut means) = (0.0, 0.0);
            for (expected, found) in cells.iter().map(|cell| cell.either(by_value)) {
                let degrees = (expected.n + found.n).saturating_sub(2).max(1);
                variances += (expected.squares + found.squares) / f64::from(degrees);
                means += f64::midpoint(expected.mean.abs(), found.mean.abs());
            }
            if means > 0.0 { variances / means } else { 0.0 }
        });
        Self { arm, measure, cells, dispersion }
    }

    fn band(&self, cell: &Cell, quantiles: &mut Quantiles) -> Option<NoiseBand> {
        if !cell.has_noise() {
            return None;
        }
        let (expected, found) = cell.moments();
        let dispersion = self.dispersion[usize::from(!cell.by_value())];
        let typical = dispersion * f64::midpoint(expected.mean.abs(), found.mean.abs());
        Some(band(expected, found, typical, quantiles))
    }

    /// The line of this column: the cell that is furthest beyond what is allowed, or furthest from the baseline.
    fn judge(self, file: &str, tolerance: &ToleranceSpec, quantiles: &mut Quantiles) -> Compared {
        let rule = tolerance.of(file, self.measure, self.arm);
        let judged: Vec<(f64, Compared)> =
            self.cells.iter().map(|cell| self.cell(cell, file, rule, quantiles)).collect();
        let count = |of: &dyn Fn(&Compared) -> bool| judged.iter().filter(|(_, one)| of(one)).count() as u64;
        let (failing, differing) = (count(&|one| !one.passed), count(&Compared::differs));
        let cells = judged.len() as u64;
        // The first of equals, so that a tie is decided by the table.
        let worst = judged.into_iter().reduce(|worst, next| {
            let beyond = |one: &(f64, Compared)| (!one.1.passed, one.0);
            if beyond(&next).partial_cmp(&beyond(&worst)).is_some_and(std::cmp::Ordering::is_gt) { next } else { worst }
        });
        let Some((_, mut line)) = worst else {
            return super::exact::missing(file, self.measure, Some(self.arm));
        };
        if failing > 1 {
            line.cell = format!("{} and {} more", line.cell, failing - 1);
        }
        (line.differing, line.cells) = (differing, cells);
        line
    }

    /// A cell by itself, and how far out it is, in half-widths of its noise.
    fn cell(&self, cell: &Cell, file: &str, rule: &Tolerance, quantiles: &mut Quantiles) -> (f64, Compared) {
        let noise = self.band(cell, quantiles);
        let mean = |side: &Side| (side.values.n > 0).then_some(side.values.mean);
        let (expected, found) = (mean(&cell.expected), mean(&cell.found));
        let absolute = expected.zip(found).map(|(expected, found)| found - expected);
        let relative = absolute.zip(expected).filter(|(_, of)| *of != 0.0).map(|(size, of)| size / of.abs());
        let out = noise.map_or(f64::INFINITY, |band| {
            let centre = f64::midpoint(band.low, band.high);
            let (size, half) = ((band.mean - centre).abs(), (band.high - band.low) / 2.0);
            if size == 0.0 { 0.0 } else { size / half }
        });
        let differs = cell.differs();
        let gone = cell.found.texts.is_empty() && !cell.expected.texts.is_empty();
        let mut compared = Compared {
            table: file.to_owned(),
            metric: self.measure.to_owned(),
            arm: Some(self.arm.to_owned()),
            cell: cell.thing.join(" "),
            expected: expected.map(|mean| mean.to_string()),
            found: found.map(|mean| mean.to_string()).or_else(|| gone.then(|| "missing".to_owned())),
            differing: u64::from(differs),
            cells: 1,
            absolute,
            relative,
            noise,
            rule: rule.to_string(),
            ignored: rule.ignore,
            passed: false,
        };
        let equal = !differs || (!rule.exact && expected == found);
        compared.passed = allows(rule, &compared, equal);
        let size = if differs && compared.noise_of() != Noise::Unknown { out } else { f64::from(u8::from(differs)) };
        (size, compared)
    }
}
