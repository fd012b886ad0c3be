//! What an experiment leaves on disk and on the screen: CSV tables, plots, one HTML page, provenance, data dictionary.
//!
//! **What lives here.** [`ResultsFolder`] (`store`) owns a results folder: it refuses to mix two results, keeps
//! finished runs while others still run, and lets every file appear atomically. [`write_all`] fills it.
//! [`data_dictionary`] is `results/README.md`. [`verdict_text`] and [`verdict_json`] are the short form for a terminal.
//!
//! **Model.** None: whatever is computed here is arithmetic on rows for a plot or a table of the page (a mean over
//! replications, an empirical distribution function), stated where it is done. Intervals come from `experiment`.
//!
//! **Units.** Columns carry theirs in their names; plots and pages write them beside every number. Bytes are
//! decimal (1 GB = 10⁹ bytes) wherever people read them.
//!
//! **Promises.** Every file but `performance.csv` has the same bytes whenever scenario, seed and version are the same:
//! nothing here reads a clock, a thread or a hash map's order, coordinates in plots are whole pixels.
//!
//! **May import**: every lower room. The only room that writes files; `cli` prints.

mod bless;
mod check_text;
mod dictionary;
mod group_text;
mod junit;
mod page;
mod plots;
mod provenance;
mod reference_text;
mod regression_text;
mod store;
mod stored;
mod swept;
mod tables;
mod verdict_text;

#[cfg(test)]
mod tests;

pub use bless::{BASELINE_FILES, bless, blessed_text, objections};
pub use check_text::checks_text;
pub use dictionary::{FILES, FileEntry, TABLES, TableEntry, data_dictionary};
pub use junit::{JunitGates, write_junit};
pub use provenance::{InputFile, Provenance, RunFingerprint};
pub use regression_text::{regression_json, regression_text};
pub use store::{ResultsFolder, StoreError};
pub use stored::{ReadResult, holds_result, read_result};
pub use tables::{read_checks, read_runs};
pub use verdict_text::{verdict_json, verdict_text};

use crate::experiment::ExperimentResult;
use crate::scenario::Resolved;

/// Writes a whole result into `folder`: all files are prepared first, then each appears atomically, then the files of
/// the runs in progress are removed.
///
/// `resolved_toml` is the resolved scenario as `scenario` prints it; `notes` say what this experiment approximates or
/// noticed, one sentence each (those of the runs are added).
///
/// # Errors
/// When a file cannot be written. Complete files stay, and so do the runs in progress.
pub fn write_all(
    folder: &ResultsFolder,
    result: &ExperimentResult,
    resolved: &Resolved,
    resolved_toml: &str,
    provenance: &Provenance,
    notes: &[String],
) -> Result<(), StoreError> {
    let plots = plots::plots(result, resolved)?;
    let mut files = swept::with_swept_values(tables::tables(result)?, resolved)?;
    let mut names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    names.extend(plots.all().map(|plot| plot.file));
    files.push(page::page(result, resolved, &plots, provenance, notes, &names)?);
    for plot in plots.all() {
        files.push((plot.file, plot.svg.clone().into_bytes()));
    }
    files.push(("resolved.toml", resolved_toml.as_bytes().to_vec()));
    files.push(("provenance.json", provenance.to_json().into_bytes()));
    folder.write_complete(&files)
}
