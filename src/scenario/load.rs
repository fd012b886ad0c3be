//! From a path to a resolved scenario.

use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use super::errors::{Problem, Problems, ScenarioErrorKind, ScenarioErrors, Source};
use super::overrides::{self, Overrides};
use super::packed::read_data;
use super::resolve::{LARGEST_FILE, Surroundings, resolve};
use super::resolved::{InputFile, Resolved};
use super::sweep;
use super::tree::{Node, Place, parse_document};
use crate::selection::Catalog;
use crate::underlay::AsRelationshipsText;

/// The largest scenario file, in bytes: 16 MiB hold a million arrival times.
const LARGEST_SCENARIO: u64 = 16 << 20;

/// Reads the scenario at `path`, applies the command line's `overrides` and resolves it. Files that it names are read
/// too, relative to its folder.
///
/// # Errors
///
/// Everything that is wrong, at once: see [`ScenarioErrors`].
pub fn load(path: &Path, overrides: &Overrides, strategies: &Catalog) -> Result<Resolved, ScenarioErrors> {
    let shown = path.display();
    let refused = |kind: ScenarioErrorKind, message: String| ScenarioErrors {
        sources: vec![Source { name: shown.to_string(), is_option: false, text: String::new() }],
        problems: vec![Problem::whole(kind, message)],
    };
    match read_text(path, LARGEST_SCENARIO) {
        Ok(text) => from_text(path, text, overrides, strategies),
        Err(ReadError::Unreadable(error)) => {
            Err(refused(ScenarioErrorKind::InputMissing, format!("cannot read the scenario `{shown}`: {error}")))
        }
        Err(ReadError::Invalid(message)) => {
            Err(refused(ScenarioErrorKind::Invalid, format!("the scenario `{shown}` {message}")))
        }
    }
}

/// Reads a file of AS relationships by itself, plain or packed, as `underlay.as-relationships` would.
///
/// # Errors
///
/// It cannot be read, is too large or is not text. What its lines say is the importer's business.
pub fn read_as_relationships(path: &Path) -> Result<AsRelationshipsText, ScenarioErrors> {
    let shown = path.display().to_string();
    let (kind, message) = match read_data(path, LARGEST_FILE) {
        Ok(text) => return Ok(AsRelationshipsText { path: shown, text }),
        Err(ReadError::Unreadable(error)) => {
            (ScenarioErrorKind::InputMissing, format!("cannot read the file `{shown}`: {error}"))
        }
        Err(ReadError::Invalid(message)) => (ScenarioErrorKind::Invalid, format!("the file `{shown}` {message}")),
    };
    let sources = vec![Source { name: shown, is_option: false, text: String::new() }];
    Err(ScenarioErrors { sources, problems: vec![Problem::whole(kind, message)] })
}

/// As [`load`], with the file's text in hand.
pub(super) fn from_text(
    path: &Path,
    text: String,
    overrides: &Overrides,
    strategies: &Catalog,
) -> Result<Resolved, ScenarioErrors> {
    let problems = Problems::default();
    let mut root = parse(&text, &problems);
    let preamble = preamble_of(&text);
    let file = InputFile::of(&path.to_string_lossy(), &text);
    let mut sources = vec![Source { name: path.display().to_string(), is_option: false, text }];
    if let Some(root) = &mut root {
        overrides::apply(root, overrides, &mut sources, &problems);
    }
    let sources = RefCell::new(sources);
    let resolved = root.and_then(|root| {
        let surroundings = Surroundings {
            catalog: strategies,
            file,
            sources: &sources,
            folder: path.parent().unwrap_or(Path::new("")),
            name: name_of(path),
            preamble,
        };
        resolve_all(root, &surroundings, overrides, &problems)
    });
    match (resolved, problems.into_sorted()) {
        (Some(resolved), problems) if problems.is_empty() => Ok(resolved),
        (_, problems) => Err(ScenarioErrors { sources: sources.into_inner(), problems }),
    }
}

/// Resolves the tree, or each setting of its sweep. `None`: a problem has been recorded.
fn resolve_all(
    mut root: Node,
    surroundings: &Surroundings<'_>,
    overrides: &Overrides,
    problems: &Problems,
) -> Option<Resolved> {
    let Some(swept) = root.take("sweep") else {
        return Some(resolve(&root, surroundings.clone(), problems));
    };
    let set: Vec<String> = overrides.set.iter().map(|(path, _)| path.clone()).collect();
    let document = root.to_plain();
    let before = problems.count();
    let axes = sweep::read(&swept, problems);
    let plan = if problems.count() == before { sweep::expand(&root, axes, &set, problems) } else { None };
    let Some(mut plan) = plan else {
        // Nothing is left to sweep, or the sweep is wrong: then the rest of the file is read for its own mistakes.
        return Some(resolve(&root, surroundings.clone(), problems));
    };
    let settings = std::mem::take(&mut plan.trees);
    let mut resolved: Vec<Resolved> =
        settings.iter().map(|tree| resolve(tree, surroundings.clone(), problems)).collect();
    if problems.count() > before {
        let renamed = plan.names.iter().zip(&plan.arms).map(|(name, arm)| (name.as_str(), arm.base.as_str()));
        problems.unite(&renamed.collect::<Vec<_>>());
    }
    if let (Some(first), toml::Value::Table(document)) = (resolved.first_mut(), document) {
        first.as_written.document = document;
    }
    sweep::join(resolved, plan)
}

/// The text as a tree; `None`: a problem has been recorded.
fn parse(text: &str, problems: &Problems) -> Option<Node> {
    if text.trim().is_empty() {
        let problem = Problem::whole(ScenarioErrorKind::Invalid, "the scenario is empty");
        problems.add(problem.advice("`scenarios/minimal.toml` is a scenario to begin with"));
        return None;
    }
    match parse_document(text, 0) {
        Ok(root) => Some(root),
        Err(errors) => {
            for error in errors {
                problems.add(Problem::at(Place::new(0, error.span), format!("not TOML: {}", error.message)));
            }
            None
        }
    }
}

/// Why a file cannot be used.
pub(super) enum ReadError {
    /// The system does not let us read it.
    Unreadable(std::io::Error),
    /// Its content cannot be text of ours; the second half of a sentence.
    Invalid(String),
}

/// Reads a whole UTF-8 file of at most `limit` bytes.
pub(super) fn read_text(path: &Path, limit: u64) -> Result<String, ReadError> {
    text_of(read_bytes(path, limit)?)
}

/// Reads a whole file of at most `limit` bytes.
pub(super) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let file = File::open(path).map_err(ReadError::Unreadable)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(ReadError::Unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::Invalid(format!("is larger than {} MiB, the limit", limit >> 20)));
    }
    Ok(bytes)
}

/// Bytes that should be UTF-8, as text.
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..valid]).matches('\n').count() + 1;
        ReadError::Invalid(format!("is not UTF-8 text (byte {}, line {line})", valid + 1))
    })
}

/// The path below the innermost folder called `scenarios`, without extension and with `/` between folders; the file
/// stem where there is no such folder.
fn name_of(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).with_extension("");
    let parts: Vec<String> = absolute
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let folders = parts.len().saturating_sub(1);
    match parts[..folders].iter().rposition(|part| part == "scenarios") {
        Some(at) => parts[at + 1..].join("/"),
        None => parts.last().cloned().unwrap_or_default(),
    }
}

/// The comment lines that the file begins with, without `#` and one space after it. A line `#:schema …` speaks to
/// editors.
fn preamble_of(text: &str) -> Vec<String> {
    text.lines()
        .map_while(|line| line.strip_prefix('#'))
        .filter(|line| !line.starts_with(':'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned())
        .collect()
}
