//! The data dictionary: `results/README.md`, generated from the row types.

use std::fmt::Write as _;

use super::tables::seed_column;
use crate::metrics::rows::{
    CheckRow, Column, ComparisonRow, CostRow, GroupRow, IspRow, LinkRow, MessageRow, PeerRow, PerformanceRow,
    ReferenceRow, Row, RunRow, SummaryRow, SweepRow, TimeSeriesRow, TrafficMatrixRow,
};

/// A file that a results folder holds.
#[derive(Debug, Clone, Copy)]
pub struct FileEntry {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
}

const fn of<R: Row>() -> FileEntry {
    FileEntry { name: R::FILE, doc: R::DOC }
}

/// The plot that a result has only when its scenario names a reference.
pub(super) const REFERENCES_PLOT: &str = "references.svg";

/// The plot that a result has only when its scenario sweeps something.
const SWEEP_PLOT: &str = "sweep.svg";

/// Files that only some results have: where the scenario names a reference, or sweeps a key.
#[cfg(test)]
pub(super) const OPTIONAL: [&str; 3] = [REFERENCES_PLOT, SweepRow::FILE, SWEEP_PLOT];

/// Every file that a complete results folder may hold.
pub const FILES: &[FileEntry] = &[
    FileEntry { name: "report.html", doc: " The result for people: one page that needs nothing else." },
    of::<RunRow>(),
    of::<SummaryRow>(),
    of::<ComparisonRow>(),
    of::<ReferenceRow>(),
    of::<CheckRow>(),
    of::<GroupRow>(),
    of::<IspRow>(),
    of::<PeerRow>(),
    of::<TimeSeriesRow>(),
    of::<TrafficMatrixRow>(),
    of::<LinkRow>(),
    of::<CostRow>(),
    of::<MessageRow>(),
    of::<PerformanceRow>(),
    of::<SweepRow>(),
    FileEntry {
        name: "completion.svg",
        doc: " Plot: share of the peers that have completed, by time since their arrival, per arm.",
    },
    FileEntry {
        name: "over_time.svg",
        doc: " Plot: peers that download, and the share of payload from the own ISP, over the time of a run, per arm.",
    },
    FileEntry {
        name: SWEEP_PLOT,
        doc: " Plot: headline metrics over a swept key, per arm, with intervals; only where the scenario sweeps something.",
    },
    FileEntry {
        name: "traffic.svg",
        doc: " Plot: where bytes came from, and which kinds of links they crossed, per arm.",
    },
    FileEntry {
        name: REFERENCES_PLOT,
        doc: " Plot: the model beside what the scenario refers to, one panel per metric; only where it refers to something.",
    },
    FileEntry { name: "traffic_matrix.svg", doc: " Plot: bytes between the ASes with most traffic, per arm." },
    FileEntry {
        name: "resolved.toml",
        doc: " The scenario with every default filled in: itself a valid scenario, which gives this result again.",
    },
    FileEntry {
        name: "provenance.json",
        doc: " Where the result comes from: version, commit, compiler, target, command, seeds, fingerprint of every run, \
              hashes of input files.",
    },
];

const INTRODUCTION: &str = "\
# Results: the data dictionary

This file is generated from the row types in `src/metrics/rows`; a test keeps the two equal. Each scenario has a folder
of its own here; git keeps only this file.

- Tables are CSV (UTF-8, comma, header line). Column names carry their unit: `_s` seconds of simulated time, `_bytes`
  bytes, `_bps` bits per second, `_share` a fraction from 0 to 1, `_per_month` money. Names without a unit are counts or
  ratios.
- A missing value is an empty cell, never 0.
- In the results of a scenario with a `[sweep]` every table whose first column is `arm` has, after it, `base_arm` and one
  column for each swept key; `sweep.csv` names them.
- Rows are in plan order: arm by arm in the order of the scenario, replication by replication, then as each table says.
- The same scenario, seed and version give the same bytes in every file but one: `performance.csv` holds wall-clock
  times. (`provenance.json` also names compiler and target, which differ between machines.)
- Every file appears whole or not at all. While an experiment runs, finished runs wait in `runs-in-progress/`, one
  folder per run with its share of each table; it is removed when the complete tables are written, and stays after an
  interruption.
- Replications are the sample of every statistic; peers of one run never are. A confidence interval (`ci_`) says where
  the mean over all possible replications lies, a prediction interval (`prediction_`) where one further run will.

## Files

| file | what it is |
| --- | --- |
";

/// A table of a results folder.
#[derive(Debug, Clone, Copy)]
pub struct TableEntry {
    /// Its file.
    pub file: &'static str,
    /// What one row is.
    pub doc: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column],
}

const fn table_of<R: Row>() -> TableEntry {
    TableEntry { file: R::FILE, doc: R::DOC, columns: R::COLUMNS }
}

/// Every table that a results folder may hold.
pub const TABLES: &[TableEntry] = &[
    table_of::<RunRow>(),
    table_of::<SummaryRow>(),
    table_of::<ComparisonRow>(),
    table_of::<ReferenceRow>(),
    table_of::<CheckRow>(),
    table_of::<GroupRow>(),
    table_of::<IspRow>(),
    table_of::<PeerRow>(),
    table_of::<TimeSeriesRow>(),
    table_of::<TrafficMatrixRow>(),
    table_of::<LinkRow>(),
    table_of::<CostRow>(),
    table_of::<MessageRow>(),
    table_of::<PerformanceRow>(),
    table_of::<SweepRow>(),
];

/// The text of `results/README.md`.
pub fn data_dictionary() -> String {
    let mut text = INTRODUCTION.to_owned();
    for file in FILES {
        let _ = writeln!(text, "| `{}` | {} |", file.name, cell(file.doc));
    }
    for table in TABLES {
        let _ = write!(text, "\n## `{}`\n\n{}\n\n| column | meaning |\n| --- | --- |\n", table.file, table.doc.trim());
        for column in table.columns.iter().chain(seed_column(table.columns)) {
            let _ = writeln!(text, "| `{}` | {} |", column.name, cell(column.doc));
        }
    }
    text
}

/// Text inside a Markdown table: a bar would end the cell.
fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_dictionary_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/results/README.md");
        if std::env::var_os("PEERSCAPE_WRITE_DICTIONARY").is_some() {
            std::fs::write(path, data_dictionary()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap();
        assert!(
            committed == data_dictionary(),
            "results/README.md is not what the row types say; run this test with PEERSCAPE_WRITE_DICTIONARY=1 and \
             commit the file"
        );
    }

    #[test]
    fn files_are_named_once() {
        let mut names: Vec<_> = FILES.iter().map(|file| file.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FILES.len());
    }
}
