//! A CSV file of subscribers: one row per AS.
//!
//! A header names the columns, in any order; the scenario says which of them hold AS numbers and subscribers, and the
//! others are not looked at: such files come from elsewhere. `#` begins a comment line. Every problem points at its row.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{KnownAses, LARGEST_FILE, Surroundings};
use crate::population::SubscriberFile;
use crate::scenario::errors::{Problem, Problems, Source, nearest};
use crate::scenario::load::ReadError;
use crate::scenario::packed::read_data;
use crate::scenario::reader::{Field, Reader};
use crate::scenario::schema::ticked;
use crate::scenario::tree::Place;
use crate::units::AsNumber;

/// Bad rows after which nobody reads on: bounds what a file that is something else can cost.
const MOST_PROBLEMS: usize = 100;
/// The most subscribers of an AS, as of an ISP in `isps`.
const MOST_SUBSCRIBERS: f64 = 1e12;
/// Columns that a refusal lists.
const SHOWN_COLUMNS: usize = 12;

/// The file that the table of `by-subscribers` names; `None`: it names none.
pub(super) fn read(table: &Reader<'_>, known: &KnownAses, surroundings: &Surroundings<'_>) -> Option<SubscriberFile> {
    let problems = table.problems();
    let Some(named) = table.optional::<String>("file") else {
        for key in ["as-column", "subscribers-column"] {
            if let Some(place) = table.key_place(key) {
                let message = format!("`{key}` names a column of no file");
                problems.add(Problem::at(place, message).allowed("`file` beside it"));
            }
        }
        return None;
    };
    let (as_column, subscribers_column) = (table.get("as-column"), table.get("subscribers-column"));
    let nothing = SubscriberFile {
        path: named.value.clone(),
        text: String::new(),
        as_column: as_column.value,
        subscribers_column: subscribers_column.value,
        rows: Vec::new(),
    };
    if !(named.ok && as_column.ok && subscribers_column.ok) {
        return Some(nothing);
    }
    let Some(file) = open(&named, surroundings, problems) else { return Some(nothing) };
    let before = problems.count();
    let csv = Csv { text: &file.text, source: surroundings.sources.borrow().len(), problems };
    let rows = csv.rows(&nothing.as_column, &nothing.subscribers_column);
    if problems.count() == before {
        let counts = |(number, subscribers): &(AsNumber, f64)| {
            *subscribers > 0.0 && known.as_ref().is_none_or(|known| known.contains(number))
        };
        if !rows.iter().any(counts) {
            let message = format!("`{}` has no subscribers in any AS of the underlay", file.shown);
            problems
                .add(Problem::at(named.place, message).allowed("a row with subscribers for at least one of its ASes"));
        }
    }
    if problems.count() > before {
        surroundings.sources.borrow_mut().push(Source { name: file.shown, is_option: false, text: file.text });
        return Some(nothing);
    }
    Some(SubscriberFile { text: file.text, rows, ..nothing })
}

struct OpenFile {
    shown: String,
    text: String,
}

fn open(named: &Field<String>, surroundings: &Surroundings<'_>, problems: &Problems) -> Option<OpenFile> {
    let path = surroundings.folder.join(&named.value);
    let shown = path.display().to_string();
    match read_data(&path, LARGEST_FILE) {
        Ok(text) => return Some(OpenFile { shown, text }),
        Err(ReadError::Unreadable(error)) => problems.add(
            Problem::at(named.place, format!("cannot read `{shown}`: {error}"))
                .missing_input()
                .advice("paths are relative to the scenario file's folder"),
        ),
        Err(ReadError::Invalid(message)) => problems.add(Problem::at(named.place, format!("`{shown}` {message}"))),
    }
    None
}

/// The file's text and where its problems go.
struct Csv<'a> {
    text: &'a str,
    source: usize,
    problems: &'a Problems,
}

impl Csv<'_> {
    fn rows(&self, as_column: &str, subscribers_column: &str) -> Vec<(AsNumber, f64)> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(self.text.trim_start_matches('\u{feff}').as_bytes());
        let offset = self.text.len() - self.text.trim_start_matches('\u{feff}').len();
        let mut cells = csv::StringRecord::new();
        let mut rows = Vec::new();
        let mut seen: BTreeMap<AsNumber, u64> = BTreeMap::new();
        let mut columns = None;
        let before = self.problems.count();
        // A text in memory that is UTF-8, with rows of any length, cannot fail to be read.
        while reader.read_record(&mut cells).unwrap_or(false) && self.problems.count() < before + MOST_PROBLEMS {
            let start = cells.position().map_or(0, |position| position.byte() as usize) + offset;
            let line = self.line_span(start);
            let Some((at, of)) = columns else {
                let find = |name| self.column(&cells, name, &line);
                match (find(as_column), find(subscribers_column)) {
                    (Some(at), Some(of)) => columns = Some((at, of)),
                    _ => return rows,
                }
                continue;
            };
            let row = self.row(&cells, at, of, line.clone());
            rows.extend(row.filter(|(number, _)| self.is_first(*number, &line, &mut seen)));
        }
        if columns.is_none() {
            self.refuse(
                0..0,
                "the file has no header line",
                format!("the columns {}", ticked([as_column, subscribers_column])),
            );
        }
        rows
    }

    /// Position of the column called `name`; `None`: a problem has been recorded.
    fn column(&self, header: &csv::StringRecord, name: &str, line: &Range<usize>) -> Option<usize> {
        let mut found = header.iter().enumerate().filter(|(_, column)| *column == name).map(|(position, _)| position);
        match (found.next(), found.next()) {
            (Some(only), None) => return Some(only),
            (Some(_), Some(_)) => {
                self.refuse(line.clone(), format!("column `{name}` is there twice"), "it once".to_owned());
            }
            (None, _) => {
                let columns = || header.iter().take(SHOWN_COLUMNS);
                let problem = Problem::at(self.place(line.clone()), format!("missing column `{name}`"))
                    .allowed(format!("a header with that column; this one has {}", ticked(columns())))
                    .nearest(nearest(name, columns()));
                self.problems
                    .add(problem.advice("`as-column` and `subscribers-column` say how the columns are called"));
            }
        }
        None
    }

    /// AS and subscribers of a row; `None`: a problem has been recorded.
    fn row(&self, cells: &csv::StringRecord, at: usize, of: usize, line: Range<usize>) -> Option<(AsNumber, f64)> {
        let (Some(number), Some(subscribers)) = (cells.get(at), cells.get(of)) else {
            let message = format!("this row is too short: its last column is number {}", cells.len());
            self.refuse(line, message, format!("at least {}, as many as its columns", at.max(of) + 1));
            return None;
        };
        let digits = number.strip_prefix("AS").unwrap_or(number);
        let parsed = digits.parse::<u32>().ok().filter(|n| *n > 0 && *n < u32::MAX && !digits.starts_with('+'));
        let Some(parsed) = parsed else {
            let allowed = "a whole number from 1 to 4294967294, with or without `AS` before it";
            self.refuse(line, format!("`{}` is no AS number", shortened(number)), allowed.to_owned());
            return None;
        };
        let count = subscribers.parse::<f64>().ok().filter(|count| (0.0..=MOST_SUBSCRIBERS).contains(count));
        let Some(count) = count else {
            let message = format!("`{}` is no number of subscribers", shortened(subscribers));
            self.refuse(line, message, format!("a number from 0 to {MOST_SUBSCRIBERS:.0}, without separators"));
            return None;
        };
        Some((AsNumber(parsed), count))
    }

    fn is_first(&self, number: AsNumber, line: &Range<usize>, seen: &mut BTreeMap<AsNumber, u64>) -> bool {
        // Line numbers are counted only for a message.
        let start = line.start as u64;
        let Some(first) = seen.insert(number, start) else { return true };
        let line_number = self.text[..first as usize].matches('\n').count() + 1;
        self.refuse(
            line.clone(),
            format!("AS {number} is here twice, first in line {line_number}"),
            "each AS once".to_owned(),
        );
        false
    }

    fn refuse(&self, span: Range<usize>, message: impl Into<String>, allowed: String) {
        self.problems.add(Problem::at(self.place(span), message).allowed(allowed));
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.source, span)
    }

    /// The first line at or after `at` that is neither empty nor a comment.
    fn line_span(&self, at: usize) -> Range<usize> {
        let mut start = at;
        for line in self.text.get(at..).unwrap_or_default().split_inclusive('\n') {
            let shown = line.trim_end_matches(['\r', '\n']);
            if !shown.is_empty() && !line.starts_with('#') {
                return start..start + shown.len();
            }
            start += line.len();
        }
        at..at
    }
}

/// At most 40 characters.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
