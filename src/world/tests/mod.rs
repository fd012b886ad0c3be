//! Twins and known answers of whole runs.

use std::path::Path;

use crate::scenario::{Overrides, Resolved, load};
use crate::selection::Catalog;

mod client_server;
mod fallback;
mod sessions;
mod twins;

fn resolved(path: &Path, set: &[(&str, &str)]) -> Resolved {
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    load(path, &Overrides { seed: None, set }, &Catalog::standard()).unwrap_or_else(|e| panic!("{}", e.render(false)))
}

fn resolved_text(text: &str, set: &[(&str, &str)]) -> Resolved {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, text).unwrap();
    resolved(&path, set)
}
