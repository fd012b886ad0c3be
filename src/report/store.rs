//! The results folder: refuses, keeps, replaces.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::dictionary::FILES;
use super::tables;
use crate::experiment::{RunId, RunStore};
use crate::metrics::RunOutcome;

/// Name of the folder, inside a results folder, that holds finished runs while others still run.
const IN_PROGRESS: &str = "runs-in-progress";

/// Why the results folder cannot be used, written or read. Messages are for people.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder holds a result already.
    #[error(
        "`{}` holds another result ({holds}); choose another folder with `--out`, or replace it with `--force`",
        .path.display()
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// What it holds, for people.
        holds: String,
    },
    /// The path exists and is no folder.
    #[error("`{}` is not a folder", .path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// The system refused to read or write.
    #[error("cannot {action} `{}`: {source}", .path.display())]
    Io {
        /// What was tried: `write`, `read`, `create` …
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A row could not be written as text: a defect, not a user's mistake.
    #[error("cannot encode `{file}`: {reason}")]
    Encode {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The path is no results folder, or holds no complete result.
    #[error("`{}` is no complete result: {reason}", .path.display())]
    NotAResult {
        /// The path.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// A folder that should hold a baseline holds a whole result.
    #[error(
        "`{}` holds a whole result (`{file}`), and a baseline would replace only a part of it; choose another folder",
        .path.display()
    )]
    NoBaseline {
        /// The folder.
        path: PathBuf,
        /// A file of it that no baseline has.
        file: String,
    },
    /// A provenance that was read is none.
    #[error("`{}` does not say where the result comes from: {reason}", .path.display())]
    Provenance {
        /// The file.
        path: PathBuf,
        /// Why, with the line.
        reason: String,
    },
    /// A table that was read is not one of this version.
    #[error("`{}` is not a table of this version: {reason}", .path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// Why, with the line.
        reason: String,
    },
}

impl StoreError {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

/// A folder that is ready to take one result.
#[derive(Debug)]
pub struct ResultsFolder {
    path: PathBuf,
}

impl ResultsFolder {
    /// Makes `path` ready for a result: creates it where needed, and tries whether it can be written, before any
    /// simulated second is spent.
    ///
    /// With `force` an older result is accepted: its files stay until the new ones replace them one by one, only
    /// runs left over from an interruption are removed now. Files that are not Peerscape's are never touched.
    ///
    /// # Errors
    /// When the folder holds a result, complete or interrupted, and `force` is not given; when it cannot be written.
    pub fn create(path: &Path, force: bool) -> Result<Self, StoreError> {
        if path.exists() && !path.is_dir() {
            return Err(StoreError::NotAFolder { path: path.to_owned() });
        }
        if let Some(holds) = holds(path)?
            && !force
        {
            return Err(StoreError::Occupied { path: path.to_owned(), holds });
        }
        let in_progress = path.join(IN_PROGRESS);
        if in_progress.is_dir() {
            fs::remove_dir_all(&in_progress).map_err(|source| StoreError::io("remove", &in_progress, source))?;
        }
        fs::create_dir_all(path).map_err(|source| StoreError::io("create", path, source))?;
        tempfile::tempfile_in(path).map_err(|source| StoreError::io("write into", path, source))?;
        Ok(Self { path: path.to_owned() })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where finished runs are kept until the complete result is written: one folder per run, with its share of every
    /// table of the result.
    pub fn runs_in_progress(&self) -> PathBuf {
        self.path.join(IN_PROGRESS)
    }

    /// Writes the files of a complete result. All of them are on disk under temporary names before the first one takes
    /// its place, so that a full disk leaves the folder as it was. Files of an older result that this one does not have
    /// are removed.
    pub(super) fn write_complete(&self, files: &[tables::File]) -> Result<(), StoreError> {
        write_all_or_nothing(&self.path, files)?;
        let stale = FILES.iter().filter(|file| files.iter().all(|(name, _)| *name != file.name));
        for path in stale.map(|file| self.path.join(file.name)).filter(|path| path.is_file()) {
            fs::remove_file(&path).map_err(|source| StoreError::io("remove", &path, source))?;
        }
        let in_progress = self.runs_in_progress();
        if in_progress.is_dir() {
            fs::remove_dir_all(&in_progress).map_err(|source| StoreError::io("remove", &in_progress, source))?;
        }
        Ok(())
    }
}

impl RunStore for ResultsFolder {
    /// Writes the run's share of all tables into a folder of its own, which appears as a whole.
    fn keep(&self, run: RunId, outcome: &RunOutcome) -> io::Result<()> {
        let files = tables::run_tables(std::slice::from_ref(outcome)).map_err(io::Error::other)?;
        let parent = self.runs_in_progress();
        let name = format!("arm-{}-replication-{}", run.arm, run.replication);
        let place = |source: io::Error| io::Error::new(source.kind(), format!("`{}`: {source}", parent.display()));
        fs::create_dir_all(&parent).map_err(place)?;
        let folder = builder(0o777).prefix(".run-").tempdir_in(&parent).map_err(place)?;
        for (file, bytes) in &files {
            fs::write(folder.path().join(file), bytes).map_err(place)?;
        }
        fs::rename(folder.path(), parent.join(name)).map_err(place)?;
        // It has moved: there is nothing left to clean up under the old name.
        let _moved = folder.keep();
        Ok(())
    }
}

/// Writes files into a folder that exists: all of them are on disk under temporary names before the first takes its place.
pub(super) fn write_all_or_nothing(folder: &Path, files: &[tables::File]) -> Result<(), StoreError> {
    let mut ready = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        let path = folder.join(name);
        let file = temporary(folder, bytes, true).map_err(|source| StoreError::io("write", &path, source))?;
        ready.push((file, path));
    }
    for (file, path) in ready {
        file.persist(&path).map_err(|error| StoreError::io("write", &path, error.error))?;
    }
    Ok(())
}

/// Writes one file, which appears whole or not at all; its folder is created where needed.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|source| StoreError::io("create", folder, source))?;
    let file = temporary(folder, bytes, false).map_err(|source| StoreError::io("write", path, source))?;
    file.persist(path).map_err(|error| StoreError::io("write", path, error.error))?;
    Ok(())
}

/// Whether a folder holds finished runs of an experiment that did not end.
pub(super) fn is_interrupted(path: &Path) -> bool {
    path.join(IN_PROGRESS).is_dir()
}

/// What of ours `path` holds; `None` when there is nothing.
fn holds(path: &Path) -> Result<Option<String>, StoreError> {
    let in_progress = path.join(IN_PROGRESS);
    if in_progress.is_dir() {
        let entries = fs::read_dir(&in_progress).map_err(|source| StoreError::io("read", &in_progress, source))?;
        let runs = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("arm-")).count();
        let noun = if runs == 1 { "run" } else { "runs" };
        return Ok(Some(format!("{runs} finished {noun} of an interrupted experiment in `{IN_PROGRESS}`")));
    }
    let found = FILES.iter().find(|file| path.join(file.name).exists());
    Ok(found.map(|file| format!("`{}`", file.name)))
}

/// A file beside its later place, with `bytes` in it; `sync` waits until the disk has them.
fn temporary(folder: &Path, bytes: &[u8], sync: bool) -> io::Result<tempfile::NamedTempFile> {
    let mut file = builder(0o666).prefix(".writing-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.flush()?;
    if sync {
        file.as_file().sync_all()?;
    }
    Ok(file)
}

/// Temporary files are for their owner's eyes alone unless told otherwise; results are ordinary files.
fn builder(mode: u32) -> tempfile::Builder<'static, 'static> {
    #[cfg_attr(not(unix), allow(unused_mut))]
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder
}
