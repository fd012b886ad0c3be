//! What is wrong with a scenario: every error with its place, what is allowed and what was probably meant.

use std::cell::RefCell;
use std::fmt;

use super::render;
use super::tree::Place;

/// Why a scenario cannot run; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScenarioErrorKind {
    /// The scenario file, or a file that it names, cannot be read (exit code 66).
    InputMissing,
    /// It was read and must be corrected (exit code 65).
    Invalid,
}

/// Everything that is wrong with a scenario, in the order of the file.
#[derive(Debug, Clone)]
pub struct ScenarioErrors {
    pub(super) sources: Vec<Source>,
    pub(super) problems: Vec<Problem>,
}

/// A text that problems point into.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The file's path, or the option (`--set`, `--seed`).
    pub(super) name: String,
    pub(super) is_option: bool,
    pub(super) text: String,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// `None`: the file as a whole.
    pub(super) place: Option<Place>,
    pub(super) kind: ScenarioErrorKind,
    /// One sentence without a full stop.
    pub(super) message: String,
    /// Shown under the marked text; empty: nothing.
    pub(super) label: String,
    /// What may stand there.
    pub(super) allowed: Option<String>,
    /// The nearest name that is allowed.
    pub(super) nearest: Option<String>,
    /// What to do.
    pub(super) advice: Option<String>,
}

impl Problem {
    pub(super) fn at(place: Place, message: impl Into<String>) -> Self {
        Self {
            place: Some(place),
            kind: ScenarioErrorKind::Invalid,
            message: message.into(),
            label: String::new(),
            allowed: None,
            nearest: None,
            advice: None,
        }
    }

    pub(super) fn whole(kind: ScenarioErrorKind, message: impl Into<String>) -> Self {
        Self { kind, place: None, ..Self::at(Place::new(0, 0..0), message) }
    }

    pub(super) fn missing_input(mut self) -> Self {
        self.kind = ScenarioErrorKind::InputMissing;
        self
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(super) fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    pub(super) fn nearest(mut self, nearest: Option<&str>) -> Self {
        self.nearest = nearest.map(str::to_owned);
        self
    }

    pub(super) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

/// Collects problems while a scenario is read; reading goes on after each.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: RefCell<Vec<Problem>>,
}

impl Problems {
    pub(super) fn add(&self, problem: Problem) {
        self.list.borrow_mut().push(problem);
    }

    /// How many so far: a part of the file that adds none was sound.
    pub(super) fn count(&self) -> usize {
        self.list.borrow().len()
    }

    /// Leaves each problem once that several settings of a sweep found; `renamed` are names of expanded arms with those
    /// in the file.
    pub(super) fn unite(&self, renamed: &[(&str, &str)]) {
        let mut known: Vec<(Option<Place>, String)> = Vec::new();
        self.list.borrow_mut().retain(|problem| {
            let ticked = |name: &str| format!("`{name}`");
            let message = renamed
                .iter()
                .fold(problem.message.clone(), |message, (name, base)| message.replace(&ticked(name), &ticked(base)));
            let this = (problem.place, message);
            let fresh = !known.contains(&this);
            known.push(this);
            fresh
        });
    }

    /// All problems in the order of the sources and of the text within each.
    pub(super) fn into_sorted(self) -> Vec<Problem> {
        let mut list = self.list.into_inner();
        list.sort_by_key(|problem| problem.place);
        list
    }
}

impl ScenarioErrors {
    /// [`ScenarioErrorKind::InputMissing`] when nothing else is wrong than files that cannot be read.
    pub fn kind(&self) -> ScenarioErrorKind {
        if self.problems.iter().all(|p| p.kind == ScenarioErrorKind::InputMissing) {
            ScenarioErrorKind::InputMissing
        } else {
            ScenarioErrorKind::Invalid
        }
    }

    /// How many things are wrong.
    pub fn count(&self) -> usize {
        self.problems.len()
    }

    /// All errors as text for people, each with the offending line; `color`: with ANSI escape sequences. The first
    /// [`RENDER_LIMIT`](Self::RENDER_LIMIT) are shown in full, the others counted.
    pub fn render(&self, color: bool) -> String {
        render::text(self, color)
    }

    /// All errors as data: `{"kind", "errors": [{"file" or "option", "line", "column", "text", "message", "allowed",
    /// "nearest", "advice"}]}`; lines and columns count from 1, columns in characters.
    pub fn to_json(&self) -> serde_json::Value {
        render::json(self)
    }

    /// Errors that [`render`](Self::render) shows in full.
    pub const RENDER_LIMIT: usize = 200;
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ScenarioErrors {}

/// The candidate nearest to `name`, if one is near enough to have been meant.
///
/// Near: Jaro-Winkler similarity of at least 0.8, or at most two edits (Damerau-Levenshtein, optimal string alignment)
/// in a name of four letters or more.
pub(super) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Names are short; whatever is longer is no misspelling of one.
    if name.len() > 64 {
        return None;
    }
    let lower = name.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let other = candidate.to_lowercase();
        let similarity = strsim::jaro_winkler(&lower, &other);
        let near = similarity >= 0.8 || (lower.len() >= 4 && strsim::osa_distance(&lower, &other) <= 2);
        if near && best.is_none_or(|(score, _)| similarity > score) {
            best = Some((similarity, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_finds_slips_and_ignores_strangers() {
        assert_eq!(nearest("optimistc", ["slots", "optimistic", "optimistic-rounds"]), Some("optimistic"));
        assert_eq!(nearest("Mbps", ["bit/s", "kbit/s", "Mbit/s"]), Some("Mbit/s"));
        assert_eq!(nearest("as_hops", ["as-hops", "random", "same-as"]), Some("as-hops"));
        assert_eq!(nearest("unmanged", ["unmanaged", "same-as"]), Some("unmanaged"));
        assert_eq!(nearest("zebra", ["slots", "round", "order"]), None);
        assert_eq!(nearest("", ["slots"]), None);
    }
}
