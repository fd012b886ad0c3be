//! A result as it was read from its folder: text, in tables.

use std::collections::BTreeMap;

use super::entities::{is_setting, measures};
use crate::experiment::IDENTITY_COLUMNS;
use crate::metrics::rows::{
    CheckRow, ComparisonRow, CostRow, GroupRow, IspRow, LinkRow, MessageRow, ReferenceRow, Row, RunRow, SummaryRow,
    TimeSeriesRow, TrafficMatrixRow,
};

/// Where a result comes from, as far as a comparison cares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Name of the scenario.
    pub scenario: String,
    /// Number of the models; 0 for results from before there was one.
    pub model_version: u32,
    /// Root seed.
    pub seed: u64,
    /// Hash of the scenario file, where it is known.
    pub scenario_hash: Option<String>,
    /// Files that the scenario names: path and hash.
    pub inputs: Vec<(String, String)>,
    /// How many runs there are.
    pub runs: usize,
}

/// A result that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredResult {
    /// Where it comes from.
    pub origin: Origin,
    /// Its tables.
    pub tables: Vec<StoredTable>,
}

impl StoredResult {
    /// The table of this file name.
    pub fn table(&self, file: &str) -> Option<&StoredTable> {
        self.tables.iter().find(|table| table.file == file)
    }

    /// Names of the arms in `runs.csv`, in plan order.
    pub fn arms(&self) -> Vec<&str> {
        let mut arms = Vec::new();
        if let Some(runs) = self.table(RunRow::FILE) {
            for arm in runs.cells("arm") {
                if !arms.contains(&arm) {
                    arms.push(arm);
                }
            }
        }
        arms
    }

    /// The scalar metrics: columns of `runs.csv` other than those that say which run it was, in their order.
    pub fn metrics(&self) -> Vec<&str> {
        let columns = self.table(RunRow::FILE).map(|runs| runs.columns.as_slice()).unwrap_or_default();
        let measured = |name: &&str| !IDENTITY_COLUMNS.contains(name) && !is_setting(name);
        columns.iter().map(String::as_str).filter(measured).collect()
    }

    /// What a tolerance file can name: the columns of each table that is compared within tolerances.
    pub fn measures(&self) -> Vec<(&str, Vec<&str>)> {
        let scalars = std::iter::once((RunRow::FILE, self.metrics()));
        let tables = super::entities::TABLES.iter().filter_map(|file| self.table(file));
        scalars.chain(tables.map(|table| (table.file.as_str(), measures(table)))).collect()
    }

    /// How many runs of an arm there are.
    pub(super) fn runs_of(&self, arm: &str) -> usize {
        self.table(RunRow::FILE).map_or(0, |runs| runs.cells("arm").filter(|name| *name == arm).count())
    }

    /// The values of a metric in the runs of an arm, by replication; those that are empty are left out.
    pub fn values(&self, arm: &str, metric: &str) -> Vec<f64> {
        self.optional_values(arm, metric).into_iter().flatten().collect()
    }

    /// The same with `None` where a cell is empty.
    pub fn optional_values(&self, arm: &str, metric: &str) -> Vec<Option<f64>> {
        self.cells(arm, metric).into_iter().map(|cell| cell.parse().ok()).collect()
    }

    /// The cells of a metric in the runs of an arm, as they stand.
    pub(super) fn cells(&self, arm: &str, metric: &str) -> Vec<&str> {
        let Some(runs) = self.table(RunRow::FILE) else { return Vec::new() };
        let (Some(of_arm), Some(of_metric)) = (runs.column("arm"), runs.column(metric)) else { return Vec::new() };
        let rows = runs.rows.iter().filter(|row| row.get(of_arm).is_some_and(|name| name == arm));
        rows.filter_map(|row| row.get(of_metric).map(String::as_str)).collect()
    }
}

/// A table that was read: every cell as text, every row as long as the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredTable {
    /// Its file name.
    pub file: String,
    /// The header line.
    pub columns: Vec<String>,
    /// The other lines.
    pub rows: Vec<Vec<String>>,
}

/// What a row is about: the values of its key columns, and its number among the rows that share them.
pub(super) type RowKey<'a> = (Vec<&'a str>, usize);

impl StoredTable {
    /// Position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The cells of a column, from top to bottom; empty when there is none of this name.
    pub fn cells<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let position = self.column(name);
        self.rows.iter().filter_map(move |row| row.get(position?).map(String::as_str))
    }

    /// The columns that say what a row is about.
    pub(super) fn key_columns(&self) -> &'static [&'static str] {
        match self.file.as_str() {
            SummaryRow::FILE => &["arm", "metric"],
            ComparisonRow::FILE => &["arm", "baseline", "metric"],
            ReferenceRow::FILE => &["arm", "metric", "isp", "against", "label"],
            CheckRow::FILE => &["arm", "metric", "of", "statistic"],
            IspRow::FILE => &["arm", "replication", "name"],
            CostRow::FILE => &["arm", "replication", "buyer", "seller", "links", "tariff"],
            GroupRow::FILE => &["arm", "partition", "group"],
            MessageRow::FILE => &["arm", "replication", "from", "to", "message"],
            LinkRow::FILE => &["arm", "replication", "from_as", "to_as", "kind"],
            TrafficMatrixRow::FILE => &["arm", "replication", "source_as", "destination_as"],
            TimeSeriesRow::FILE => &["arm", "replication", "time_s"],
            _ => &["arm", "replication"],
        }
    }

    /// What each row is about, in the order of the rows.
    pub(super) fn keys(&self) -> Vec<RowKey<'_>> {
        let columns: Vec<usize> = self.key_columns().iter().filter_map(|name| self.column(name)).collect();
        let mut seen: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        let mut keys = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let values: Vec<&str> = columns.iter().filter_map(|at| row.get(*at).map(String::as_str)).collect();
            let count = seen.entry(values.clone()).or_default();
            keys.push((values, *count));
            *count += 1;
        }
        keys
    }
}
