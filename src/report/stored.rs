//! A results folder, read again: what `peerscape check` and `peerscape bless` start from.

use std::fs;
use std::path::{Path, PathBuf};

use super::dictionary::FILES;
use super::provenance::Provenance;
use super::store::{StoreError, is_interrupted};
use super::tables::read_checks;
use crate::experiment::recheck;
use crate::experiment::regression::{Origin, StoredResult, StoredTable};
use crate::metrics::rows::{CheckRow, Row, RunRow};

/// Name of the file that says where a result comes from.
pub(super) const PROVENANCE: &str = "provenance.json";
/// The largest file that is read back.
const LARGEST_FILE: u64 = 1 << 30;

/// A results folder as it was read: its tables, and where it comes from.
#[derive(Debug, Clone)]
pub struct ReadResult {
    /// The folder.
    pub path: PathBuf,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Its tables.
    pub stored: StoredResult,
    /// The checks of its scenario, answered anew from its runs.
    pub checks: Vec<CheckRow>,
}

/// Reads the results folder (or the baseline) at `path`: `provenance.json` and every table.
///
/// # Errors
/// When it is no results folder, holds an interrupted experiment, or a file is not of the form it should have.
pub fn read_result(path: &Path) -> Result<ReadResult, StoreError> {
    let not = |reason: &str| StoreError::NotAResult { path: path.to_owned(), reason: reason.to_owned() };
    if !path.is_dir() {
        return Err(not("there is no such folder"));
    }
    if is_interrupted(path) {
        return Err(not("an experiment in it was interrupted or still runs"));
    }
    for file in [PROVENANCE, RunRow::FILE] {
        if !path.join(file).is_file() {
            return Err(not(&format!("it has no `{file}`")));
        }
    }
    let provenance = read_provenance(&path.join(PROVENANCE))?;
    let tables = table_files(path)?.into_iter().map(|name| read_table(path, name)).collect::<Result<_, _>>()?;
    let stored = StoredResult { origin: origin(&provenance), tables };
    for column in ["arm", "replication"] {
        if stored.table(RunRow::FILE).is_none_or(|runs| runs.column(column).is_none()) {
            let reason = format!("it has no column `{column}`");
            return Err(StoreError::Table { path: path.join(RunRow::FILE), reason });
        }
    }
    // A file that lost its end would have nothing to differ in.
    let (rows, runs) = (stored.table(RunRow::FILE).map_or(0, |runs| runs.rows.len()), provenance.runs.len());
    if rows != runs {
        let reason = format!("it has {rows} runs, and `{PROVENANCE}` speaks of {runs}");
        return Err(StoreError::Table { path: path.join(RunRow::FILE), reason });
    }
    let checks = recheck(&read_checks(path)?, &stored);
    Ok(ReadResult { path: path.to_owned(), provenance, stored, checks })
}

/// Whether `path` holds anything that a result consists of, complete or not.
pub fn holds_result(path: &Path) -> bool {
    is_interrupted(path) || FILES.iter().any(|file| path.join(file.name).exists())
}

fn read_provenance(path: &Path) -> Result<Provenance, StoreError> {
    let text = read_bytes(path)?;
    serde_json::from_slice(&text)
        .map_err(|error| StoreError::Provenance { path: path.to_owned(), reason: error.to_string() })
}

fn origin(provenance: &Provenance) -> Origin {
    Origin {
        scenario: provenance.scenario.clone(),
        model_version: provenance.model_version,
        seed: provenance.seed,
        scenario_hash: provenance.scenario_file.as_ref().map(|file| file.xxh3.clone()),
        inputs: provenance.inputs.iter().map(|file| (file.path.clone(), file.xxh3.clone())).collect(),
        runs: provenance.runs.len(),
    }
}

/// The tables in a folder: in the order of the data dictionary, then by name.
fn table_files(path: &Path) -> Result<Vec<String>, StoreError> {
    let entries = fs::read_dir(path).map_err(|source| StoreError::io("read", path, source))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_table = |name: &String| Path::new(name).extension().is_some_and(|extension| extension == "csv");
    let mut names: Vec<String> = names.filter(is_table).collect();
    let place = |name: &str| FILES.iter().position(|file| file.name == name).unwrap_or(FILES.len());
    names.sort_by(|a, b| (place(a), a).cmp(&(place(b), b)));
    Ok(names)
}

fn read_table(folder: &Path, file: String) -> Result<StoredTable, StoreError> {
    let path = folder.join(&file);
    let bytes = read_bytes(&path)?;
    let wrong = |error: csv::Error| StoreError::Table { path: path.clone(), reason: error.to_string() };
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let columns: Vec<String> = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
    if columns.is_empty() {
        return Err(StoreError::Table { path, reason: "it is empty: there is no header".to_owned() });
    }
    let rows = reader.records().map(|row| Ok(row?.iter().map(str::to_owned).collect()));
    let rows = rows.collect::<Result<Vec<Vec<String>>, csv::Error>>().map_err(wrong)?;
    Ok(StoredTable { file, columns, rows })
}

pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, StoreError> {
    let size = fs::metadata(path).map_err(|source| StoreError::io("read", path, source))?.len();
    if size > LARGEST_FILE {
        let reason = format!("it is larger than {} MiB, the limit", LARGEST_FILE >> 20);
        return Err(StoreError::Table { path: path.to_owned(), reason });
    }
    fs::read(path).map_err(|source| StoreError::io("read", path, source))
}
