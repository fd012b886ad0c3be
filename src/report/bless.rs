//! Accepting a result as the baseline that later ones are held against.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::dictionary::FILES;
use super::regression_text::change_text;
use super::store::{StoreError, write_all_or_nothing};
use super::stored::{PROVENANCE, ReadResult, read_bytes};
use super::verdict_text::printable;
use crate::experiment::regression::{Compared, Regression};
use crate::metrics::rows::{
    CheckRow, ComparisonRow, CostRow, GroupRow, IspRow, MessageRow, ReferenceRow, Row, RunRow, SummaryRow,
};

/// What a baseline keeps of a result: where it comes from, and the tables whose size does not grow with the number of peers
/// or links. Those of [`IF_SMALL`] are among them.
pub const BASELINE_FILES: [&str; 10] = [
    RunRow::FILE,
    SummaryRow::FILE,
    ComparisonRow::FILE,
    ReferenceRow::FILE,
    CheckRow::FILE,
    PROVENANCE,
    GroupRow::FILE,
    IspRow::FILE,
    CostRow::FILE,
    MessageRow::FILE,
];
/// Of these, what grows with the number of ISPs, groups and kinds of messages, and is kept only up to [`MOST_BYTES`].
const IF_SMALL: [&str; 4] = [GroupRow::FILE, IspRow::FILE, CostRow::FILE, MessageRow::FILE];
/// The largest of such tables that is kept: a baseline is committed, and read as a difference.
const MOST_BYTES: u64 = 256 << 10;

/// The files that a baseline keeps of `result`, and those it leaves out because they are too large.
fn kept(result: &ReadResult) -> (Vec<&'static str>, Vec<&'static str>) {
    let size = |file: &str| fs::metadata(result.path.join(file)).map(|data| data.len());
    let present = BASELINE_FILES.into_iter().filter(|file| result.path.join(file).is_file());
    present.partition(|file| !IF_SMALL.contains(file) || size(file).is_ok_and(|size| size <= MOST_BYTES))
}

/// Why a result should not become a baseline, one sentence each; empty: nothing speaks against it. `against` is what it
/// came to when held against the baseline that it would replace.
pub fn objections(result: &ReadResult, baseline: Option<&ReadResult>, against: Option<&Regression>) -> Vec<String> {
    let mut objections = Vec::new();
    let provenance = &result.provenance;
    if provenance.commit_clean == Some(false) {
        let commit = provenance.commit.as_deref().unwrap_or("?");
        objections.push(format!(
            "it was made by a build with uncommitted changes (on top of commit {commit}): nobody can build that again"
        ));
    }
    let cells = |column: &str| {
        let runs = result.stored.table(RunRow::FILE);
        runs.map(|runs| runs.cells(column).map(str::to_owned).collect::<Vec<_>>()).unwrap_or_default()
    };
    let fingerprints: Vec<&str> = provenance.runs.iter().map(|run| run.fingerprint.as_str()).collect();
    if cells("fingerprint") != fingerprints {
        objections.push("`runs.csv` and `provenance.json` speak of different runs: one of them was changed".to_owned());
    }
    let failed = result.checks.iter().filter(|check| !check.passed).count();
    if failed > 0 {
        objections.push(format!("{failed} of {} checks of its scenario failed", result.checks.len()));
    }
    let needed = BASELINE_FILES.iter().filter(|file| !IF_SMALL.contains(file));
    let missing = needed.filter(|file| !result.path.join(file).is_file());
    objections.extend(missing.map(|file| format!("it is incomplete: `{file}` is missing")));
    if let (Some(baseline), Some(regression)) = (baseline, against)
        && same_experiment(result, baseline)
        && regression.compared.iter().any(Compared::differs)
    {
        objections.push(format!(
            "scenario, seed, input files and model version ({}) are those of the baseline, and yet the results differ: a \
             model changed and its version was not raised (MODEL_VERSION in `src/world/version.rs`), or a table was edited",
            provenance.model_version
        ));
    }
    objections
}

/// Whether nothing is different about what was run, so that the results must be equal.
fn same_experiment(result: &ReadResult, baseline: &ReadResult) -> bool {
    let (new, old) = (&result.provenance, &baseline.provenance);
    let options = |command: &str| command.split_once(" --").map(|(_, options)| options.to_owned());
    new.model_version == old.model_version
        && result.stored.origin == baseline.stored.origin
        && options(&new.command) == options(&old.command)
}

/// What was accepted, for a terminal: what changed against `old`, and what spoke against it.
pub fn blessed_text(
    result: &ReadResult,
    folder: &Path,
    old: Option<(&ReadResult, &Regression)>,
    objections: &[String],
) -> String {
    let mut text = String::new();
    for objection in objections {
        let _ = writeln!(text, "note: in spite of this: {}", printable(objection));
    }
    let left = kept(result).1;
    if !left.is_empty() {
        let _ = writeln!(
            text,
            "note: {} would be more than {} KiB of the baseline and is left out: give `check` a whole results folder to \
             compare it",
            left.join(", "),
            MOST_BYTES >> 10
        );
    }
    let (from, to) = (printable(&result.path.display().to_string()), printable(&folder.display().to_string()));
    let model = result.provenance.model_version;
    match old {
        None => {
            let _ = writeln!(text, "{to} is a new baseline: {from}, model version {model}");
        }
        Some((old, regression)) => {
            let changes: Vec<_> = regression.compared.iter().filter(|compared| compared.differs()).collect();
            if changes.is_empty() && regression.new.is_empty() {
                let _ = writeln!(text, "{to} says the same as before: {from}, model version {model}");
            } else {
                text.push_str(&change_text(&changes, &regression.new));
                let before = old.provenance.model_version;
                let _ = writeln!(text, "{to} now is {from}: model version {model}, before {before}");
            }
        }
    }
    text
}

/// Copies what a baseline keeps of `result` into `folder`, which is created where needed. All files are on disk under
/// temporary names before the first takes its place.
///
/// # Errors
/// When a file cannot be read or written, or the folder holds a whole result, of which only a part would be replaced.
pub fn bless(result: &ReadResult, folder: &Path) -> Result<(), StoreError> {
    let other = FILES.iter().find(|file| !BASELINE_FILES.contains(&file.name) && folder.join(file.name).exists());
    if let Some(file) = other {
        return Err(StoreError::NoBaseline { path: folder.to_owned(), file: file.name.to_owned() });
    }
    let files = kept(result).0.into_iter().map(|file| Ok((file, read_bytes(&result.path.join(file))?)));
    let files = files.collect::<Result<Vec<_>, StoreError>>()?;
    fs::create_dir_all(folder).map_err(|source| StoreError::io("create", folder, source))?;
    write_all_or_nothing(folder, &files)?;
    let stale = BASELINE_FILES.iter().filter(|file| files.iter().all(|(name, _)| name != *file));
    for path in stale.map(|file| folder.join(file)).filter(|path| path.is_file()) {
        fs::remove_file(&path).map_err(|source| StoreError::io("remove", &path, source))?;
    }
    Ok(())
}
