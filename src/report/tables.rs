//! CSV tables from row types, and back.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::store::StoreError;
use crate::experiment::ExperimentResult;
use crate::metrics::RunOutcome;
use crate::metrics::rows::{CheckRow, Column, Row, RunRow};

/// A file of the results folder: its name and its bytes.
pub(super) type File = (&'static str, Vec<u8>);

/// All tables of an experiment, rows in plan order.
pub(super) fn tables(result: &ExperimentResult) -> Result<Vec<File>, StoreError> {
    let mut files = run_tables(&result.outcomes)?;
    let seed = seed_of(&result.outcomes);
    files.push(table(&result.summary, seed)?);
    files.push(table(&result.comparisons, seed)?);
    files.push(table(&result.references, seed)?);
    files.push(table(&result.checks, seed)?);
    files.push(table(&result.groups, seed)?);
    Ok(files)
}

/// The tables that single runs contribute to.
pub(super) fn run_tables(outcomes: &[RunOutcome]) -> Result<Vec<File>, StoreError> {
    let seed = seed_of(outcomes);
    Ok(vec![
        table(outcomes.iter().map(|outcome| &outcome.run), seed)?,
        table(outcomes.iter().flat_map(|outcome| &outcome.isps), seed)?,
        table(outcomes.iter().flat_map(|outcome| &outcome.peers), seed)?,
        table(outcomes.iter().flat_map(|outcome| &outcome.time_series), seed)?,
        table(outcomes.iter().flat_map(|outcome| &outcome.traffic_matrix), seed)?,
        table(outcomes.iter().flat_map(|outcome| &outcome.links), seed)?,
        table(outcomes.iter().flat_map(|outcome| &outcome.costs), seed)?,
        table(outcomes.iter().flat_map(|outcome| &outcome.messages), seed)?,
        table(outcomes.iter().map(|outcome| &outcome.performance), seed)?,
    ])
}

/// The root seed, which all runs of an experiment share.
fn seed_of(outcomes: &[RunOutcome]) -> u64 {
    outcomes.first().map(|outcome| outcome.run.seed).unwrap_or_default()
}

/// The last column of every table whose rows do not say it themselves: a table that is passed on alone, without the
/// folder it comes from, still says which experiment it belongs to.
static SEED: Column = Column { name: "seed", doc: " Root seed of the experiment, also where it was a default." };

/// The column [`SEED`], for a table that has none of its own.
pub(super) fn seed_column(columns: &[Column]) -> Option<&'static Column> {
    columns.iter().all(|column| column.name != SEED.name).then_some(&SEED)
}

/// One table: a header line even without rows, an empty cell for a missing value, shortest exact decimals.
pub(super) fn table<'a, R: Row + 'a>(rows: impl IntoIterator<Item = &'a R>, seed: u64) -> Result<File, StoreError> {
    let encode = |error: csv::Error| StoreError::Encode { file: R::FILE.to_owned(), reason: error.to_string() };
    // The header is written from the column list, so that it is there without rows too.
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let last = seed_column(R::COLUMNS);
    writer.write_record(R::COLUMNS.iter().chain(last).map(|column| column.name)).map_err(encode)?;
    for row in rows {
        if last.is_some() { writer.serialize((row, seed)) } else { writer.serialize(row) }.map_err(encode)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| StoreError::Encode { file: R::FILE.to_owned(), reason: error.to_string() })?;
    Ok((R::FILE, bytes))
}

/// Reads `runs.csv` of a results folder, or a table of that form given by its own path.
///
/// # Errors
/// When it is not there, or a line is not a row of this version's `runs.csv`; the message names file and line.
pub fn read_runs(path: &Path) -> Result<Vec<RunRow>, StoreError> {
    let file = if path.is_dir() { path.join(RunRow::FILE) } else { path.to_owned() };
    read_table(&file)
}

/// Reads `checks.csv` of a results folder; a result from before there were checks has none.
///
/// # Errors
/// When a line is not a row of this version's `checks.csv`; the message names file and line.
pub fn read_checks(folder: &Path) -> Result<Vec<CheckRow>, StoreError> {
    let file = folder.join(CheckRow::FILE);
    if file.exists() { read_table(&file) } else { Ok(Vec::new()) }
}

fn read_table<R: Row + DeserializeOwned>(path: &Path) -> Result<Vec<R>, StoreError> {
    let text = std::fs::read(path).map_err(|source| StoreError::io("read", path, source))?;
    let mut reader = csv::Reader::from_reader(text.as_slice());
    reader
        .deserialize()
        .map(|row| row.map_err(|error| StoreError::Table { path: path.to_owned(), reason: error.to_string() }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rows::{ComparisonRow, LinkRow};
    use crate::units::{SimDuration, TableSeconds};

    fn text<'a, R: Row + 'a>(rows: impl IntoIterator<Item = &'a R>) -> String {
        String::from_utf8(table(rows, 7).unwrap().1).unwrap()
    }

    #[test]
    fn header_without_rows_and_empty_cells() {
        let header = "arm,replication,from_as,to_as,kind,same_isp,bytes,mean_bps,capacity_bps,full_s,p95_bps,seed\n";
        assert_eq!(text::<LinkRow>([]), header);
        let row = LinkRow {
            arm: "a, \"b\"".to_owned(),
            replication: 1,
            from_as: 65_000,
            to_as: 7,
            kind: "peering".to_owned(),
            same_isp: false,
            bytes: u64::MAX,
            mean_bps: Some(0.1 + 0.2),
            capacity_bps: None,
            full_s: None,
            p95_bps: None,
        };
        let line = "\"a, \"\"b\"\"\",1,65000,7,peering,false,18446744073709551615,0.30000000000000004,,,,7\n";
        assert_eq!(text([&row]), format!("{header}{line}"));
    }

    #[test]
    fn every_header_matches_the_order_of_serialisation() {
        fn check<R: Row + Default + DeserializeOwned + PartialEq + std::fmt::Debug>() {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.serialize(R::default()).unwrap();
            let derived = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let (header, row) = derived.trim_end().split_once('\n').unwrap();
            let expected = if seed_column(R::COLUMNS).is_some() {
                format!("{header},seed\n{row},7\n")
            } else {
                format!("{header}\n{row}\n")
            };
            assert_eq!(text([&R::default()]), expected, "{}", R::FILE);
        }
        use crate::metrics::rows::{
            CostRow, GroupRow, IspRow, MessageRow, PeerRow, PerformanceRow, ReferenceRow, SummaryRow, SweepRow,
            TimeSeriesRow, TrafficMatrixRow,
        };
        check::<RunRow>();
        check::<IspRow>();
        check::<PeerRow>();
        check::<TimeSeriesRow>();
        check::<TrafficMatrixRow>();
        check::<LinkRow>();
        check::<CostRow>();
        check::<MessageRow>();
        check::<PerformanceRow>();
        check::<SummaryRow>();
        check::<ComparisonRow>();
        check::<ReferenceRow>();
        check::<CheckRow>();
        check::<SweepRow>();
        check::<GroupRow>();
    }

    #[test]
    fn runs_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let row = RunRow {
            arm: "unmanaged".to_owned(),
            seed: u64::MAX,
            fingerprint: "00000000000000e1".to_owned(),
            ended_at_s: TableSeconds(SimDuration::from_nanos(1_000_000_001)),
            completion_mean_s: Some(1.0 / 3.0),
            ..RunRow::default()
        };
        let (name, bytes) = table([&row], 0).unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        assert_eq!(read_runs(folder.path()).unwrap(), std::slice::from_ref(&row));
        assert_eq!(read_runs(&folder.path().join(name)).unwrap(), [row]);
        assert!(read_runs(&folder.path().join("absent")).unwrap_err().to_string().contains("absent"));
        std::fs::write(folder.path().join(name), "arm,replication\nunmanaged,x\n").unwrap();
        let error = read_runs(folder.path()).unwrap_err().to_string();
        assert!(error.contains("runs.csv") && error.contains("line: 2"), "{error}");
    }
}
