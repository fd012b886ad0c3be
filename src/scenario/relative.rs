//! Paths of files that a scenario names, as seen from another folder.

use std::path::{Component, Path, PathBuf};

/// `path`, written relative to folder `from`, made relative to folder `to`.
pub(super) fn relative_path(path: &str, from: &Path, to: &Path) -> String {
    if Path::new(path).is_absolute() {
        return path.to_owned();
    }
    let file = plain_absolute(&from.join(path));
    let folder = plain_absolute(to);
    let shared = file.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return path.to_owned();
    }
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(file.components().skip(shared)).collect();
    relative.to_string_lossy().replace('\\', "/")
}

/// Absolute, without `.` and `..`: by the file system where the path exists (symbolic links followed), by its letters
/// where not.
fn plain_absolute(path: &Path) -> PathBuf {
    if let Ok(found) = path.canonicalize() {
        return found;
    }
    let mut plain = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}
