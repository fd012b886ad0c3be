//! What a column of a result means.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::metrics::rows::{Column, CostRow, Row};

/// A column of a table.
pub(super) struct ColumnTopic {
    pub(super) file: &'static str,
    pub(super) column: Column,
}

/// Suffixes of column names, and the units they stand for (`results/README.md` says the same).
const UNITS: [(&str, &str); 6] = [
    ("_s", "seconds of simulated time"),
    ("_bytes", "bytes"),
    ("_bps", "bits per second"),
    ("_share", "a fraction from 0 to 1"),
    ("_per_month", MONEY),
    ("_cost", MONEY),
];

const MONEY: &str = "money: the scenario's currency (column currency of costs.csv)";

impl ColumnTopic {
    /// With its file, because several tables have columns of one name.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.file, self.column.name)
    }

    pub(super) fn is_called(&self, asked: &str) -> bool {
        let rest = asked.strip_prefix(self.file).and_then(|rest| rest.strip_prefix([':', '/', '.']));
        rest == Some(self.column.name)
    }

    fn unit(&self) -> &'static str {
        let of_suffix = UNITS.iter().find(|(suffix, _)| self.column.name.ends_with(suffix));
        of_suffix.map_or("none: a name, a count or a ratio", |(_, unit)| unit)
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!("{}: column of {}\n    {}\n\n", self.column.name, self.file, self.column.doc.trim());
        let _ = writeln!(text, "    unit      {}", self.unit());
        let _ = writeln!(text, "    missing   an empty cell, never 0");
        let _ = writeln!(text, "    docs      {}", self.docs());
        text
    }

    pub(super) fn document(&self) -> Value {
        json!({
            "sort": "column", "name": self.column.name, "file": self.file, "doc": self.column.doc.trim(),
            "unit": self.unit(), "docs": self.docs(),
        })
    }

    fn docs(&self) -> String {
        let section = if self.unit() == MONEY || self.file == CostRow::FILE { "10. Money" } else { "9. Metrics" };
        format!("results/README.md, {}; docs/models.md, {section}", self.file)
    }
}
