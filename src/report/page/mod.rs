//! `report.html`: one page for people, self-contained, without scripts.
//!
//! This file gathers the parts of the page; `setting`, `overview`, `verdicts`, `references`, `swarm`, `groups`, `winners` and
//! `money` compute them.
//! `page.html` is the frame and says in which order the sections come; each section is a file of its own in `sections/`,
//! `contents` links them, and `style.css` sets them. Everything from outside (titles, names of arms and ISPs, notes, the command) is escaped
//! by the templates.
//!
//! **A new section** is a file that computes its content (ordinarily [`grid::Grid`]s), a field of [`Page`], a template
//! `sections/<name>.html` with one `<section id="<name>">` that shows nothing where there is nothing to say, and its
//! line in `page.html`. `table.html` has the macro that sets a grid:
//! `{% import "table.html" as page %}`, then `{% call page::table(grid) %}{% endcall %}`.

mod blocks;
mod checks;
mod concerned;
mod contents;
mod grid;
mod groups;
mod money;
mod overview;
mod references;
mod setting;
mod swarm;
mod verdicts;
mod views;
mod winners;

use askama::Template;

use super::dictionary::{FILES, FileEntry};
use super::plots::Plots;
use super::store::StoreError;
use super::{Provenance, tables::File};
use crate::experiment::ExperimentResult;
use crate::scenario::Resolved;
use grid::Grid;
use groups::Groups;
use money::Money;
use setting::ArmText;
use swarm::Budget;
use verdicts::Card;
use winners::Winners;

/// Files that are written with the page, beside tables and plots.
const OTHERS: [&str; 3] = ["report.html", "resolved.toml", "provenance.json"];

/// Everything the page shows, ready to be set.
#[derive(Template)]
#[template(path = "page.html", config = "src/report/page/askama.toml")]
struct Page<'a> {
    style: &'static str,
    title: &'a str,
    scenario: &'a str,
    preamble: Vec<String>,
    setting: String,
    arms: Vec<ArmText>,
    swept: Vec<setting::Swept<'a>>,
    baseline: &'a str,
    overview: overview::Overview,
    cards: Vec<Card>,
    headlines: Grid,
    pairs: Grid,
    references: Grid,
    sources: Vec<references::SourceOf<'a>>,
    checks: Grid,
    check_summary: String,
    locality: Grid,
    views: Grid,
    view_heads: &'static [views::View],
    view_columns: Vec<(&'static str, bool)>,
    outsiders: Grid,
    plots: &'a Plots,
    winners: Vec<Winners>,
    groups: Vec<Groups>,
    group_sentences: Vec<String>,
    money: Option<Money>,
    sanity: Grid,
    budget: Vec<Budget>,
    budget_kinds: &'static [swarm::BudgetKind],
    endings: Grid,
    messages: Grid,
    notes: Vec<String>,
    sentences: Vec<String>,
    metrics: Grid,
    provenance: &'a Provenance,
    fingerprint: String,
    files: Vec<&'static FileEntry>,
}

/// The page of an experiment; `written` are the names of its tables and plots.
pub(super) fn page(
    result: &ExperimentResult,
    resolved: &Resolved,
    plots: &Plots,
    provenance: &Provenance,
    notes: &[String],
    written: &[&str],
) -> Result<File, StoreError> {
    let baseline = resolved.baseline_name();
    let page = Page {
        style: include_str!("style.css"),
        title: &resolved.title,
        scenario: &resolved.name,
        preamble: setting::preamble(resolved),
        setting: setting::setting(resolved),
        arms: setting::arms_of_the_file(resolved),
        swept: setting::swept(resolved),
        baseline,
        overview: overview::overview(result, resolved),
        cards: verdicts::cards(result, resolved),
        headlines: verdicts::headlines(result, resolved),
        pairs: verdicts::pairs(result),
        references: references::references(result),
        sources: references::sources(result),
        checks: checks::checks(result),
        check_summary: checks::summary(result),
        locality: swarm::locality(result, resolved),
        views: views::views(result, resolved),
        view_heads: &views::VIEWS,
        view_columns: views::headings(),
        outsiders: views::outsiders(result, resolved),
        plots,
        winners: winners::winners(result, resolved),
        groups: groups::groups(result, resolved),
        group_sentences: groups::sentences(result, resolved),
        money: money::money(result, resolved),
        sanity: swarm::sanity(result, resolved),
        budget: swarm::budgets(result, resolved),
        budget_kinds: &swarm::BUDGET,
        endings: swarm::endings(result, resolved),
        messages: swarm::messages(result, resolved),
        notes: all_notes(result, notes),
        sentences: result.verdicts.iter().map(|verdict| unbroken(&verdict.sentence)).collect(),
        metrics: swarm::all_metrics(result, resolved),
        provenance,
        fingerprint: provenance.fingerprint(),
        files: FILES.iter().filter(|file| OTHERS.contains(&file.name) || written.contains(&file.name)).collect(),
    };
    let text = page
        .render()
        .map_err(|error| StoreError::Encode { file: "report.html".to_owned(), reason: error.to_string() })?;
    Ok(("report.html", contents::with_contents(&text).into_bytes()))
}

/// The same text, in which no line ends between a number and its unit.
fn unbroken(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(' ') {
        kept.push_str(before);
        let word = after.split([' ', ')', ',', ';', '.', ':']).next().unwrap_or_default();
        kept.push(if before.ends_with(|c: char| c.is_ascii_digit()) && is_unit(word) { '\u{a0}' } else { ' ' });
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// As [`unbroken`], and no interval `1.5 to 2` is broken: for cells of tables.
fn whole(text: &str) -> String {
    let ends = |before: &str, after: &str| {
        before.ends_with(|c: char| c.is_ascii_digit())
            && after.starts_with(|c: char| c.is_ascii_digit() || "+−".contains(c))
    };
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" to ") {
        kept.push_str(before);
        kept.push_str(if ends(before, after) { "\u{a0}to\u{a0}" } else { " to " });
        rest = after;
    }
    kept.push_str(rest);
    unbroken(&kept)
}

/// Units of `experiment::Unit`, and codes of currencies.
fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 13] =
        ["%", "s", "h", "B", "kB", "MB", "GB", "TB", "bit/s", "kbit/s", "Mbit/s", "Gbit/s", "points"];
    UNITS.contains(&word) || (word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// The given notes, then those of the runs, each once; a note of some runs only says of how many.
fn all_notes(result: &ExperimentResult, notes: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for note in notes {
        if !all.contains(note) {
            all.push(note.clone());
        }
    }
    let mut counted: Vec<(&String, usize)> = Vec::new();
    for note in result.outcomes.iter().flat_map(|outcome| &outcome.notes) {
        match counted.iter_mut().find(|(known, _)| *known == note) {
            Some((_, count)) => *count += 1,
            None => counted.push((note, 1)),
        }
    }
    let runs = result.outcomes.len();
    for (note, count) in counted.into_iter().filter(|(note, _)| !notes.contains(note)) {
        all.push(if count < runs { format!("{note} ({count} of {runs} runs)") } else { note.clone() });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_with_their_units_and_intervals_in_one_piece() {
        assert_eq!(
            unbroken("lower by 12.3 %: 3 to 4 GB (5 % more)"),
            "lower by 12.3\u{a0}%: 3 to 4\u{a0}GB (5\u{a0}% more)"
        );
        assert_eq!(unbroken("−118.67 EUR, 6 of 11 ISPs, 2 runs"), "−118.67\u{a0}EUR, 6 of 11 ISPs, 2 runs");
        assert_eq!(whole("a run: 1.5 to 2 s"), "a run: 1.5\u{a0}to\u{a0}2\u{a0}s");
        assert_eq!(whole("−2 to +3.5 points"), "−2\u{a0}to\u{a0}+3.5\u{a0}points");
        assert_eq!(whole("1 to none, back to it"), "1 to none, back to it");
    }
}
