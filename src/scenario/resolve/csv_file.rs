//! A CSV file that a scenario names.
//!
//! A header names the columns, in any order; `#` begins a comment line. Values are written as in scenario files. Every problem
//! points at its cell.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Surroundings;
use crate::scenario::errors::{Problem, Problems, Source, nearest};
use crate::scenario::load::{ReadError, read_text};
use crate::scenario::reader::{Field, read_scalar};
use crate::scenario::scalar::Typed;
use crate::scenario::schema::{Shape, ticked};
use crate::scenario::tree::{Node, Place, Value};

/// The largest file: as that of AS relationships.
const LARGEST_FILE: u64 = 256 << 20;

/// A file that could be read.
pub(super) struct NamedFile {
    /// Its path from the current folder.
    pub(super) shown: String,
    pub(super) text: String,
}

/// Reads the file that `named` names; `None`: a problem has been recorded.
pub(super) fn open(named: &Field<String>, surroundings: &Surroundings<'_>, problems: &Problems) -> Option<NamedFile> {
    if !named.ok {
        return None;
    }
    let path = surroundings.folder.join(&named.value);
    let shown = path.display().to_string();
    match read_text(&path, LARGEST_FILE) {
        Ok(text) => Some(NamedFile { shown, text }),
        Err(ReadError::Unreadable(error)) => {
            problems.add(
                Problem::at(named.place, format!("cannot read `{shown}`: {error}"))
                    .missing_input()
                    .advice("paths are relative to the scenario file's folder"),
            );
            None
        }
        Err(ReadError::Invalid(message)) => {
            problems.add(Problem::at(named.place, format!("`{shown}` {message}")));
            None
        }
    }
}

impl NamedFile {
    /// Lets `read` go through the file. When it records a problem, the text is kept for the message and `None` returned.
    pub(super) fn read<T>(
        &self,
        surroundings: &Surroundings<'_>,
        problems: &Problems,
        read: impl FnOnce(&Csv<'_>) -> T,
    ) -> Option<T> {
        let before = problems.count();
        let source = surroundings.sources.borrow().len();
        let found = read(&Csv { text: &self.text, source, problems });
        if problems.count() == before {
            return Some(found);
        }
        let (name, text) = (self.shown.clone(), self.text.clone());
        surroundings.sources.borrow_mut().push(Source { name, is_option: false, text });
        None
    }
}

/// The file's text and where its problems go.
pub(super) struct Csv<'a> {
    text: &'a str,
    source: usize,
    problems: &'a Problems,
}

/// Where each column stands.
pub(super) struct Header {
    columns: BTreeMap<&'static str, usize>,
    width: usize,
    /// Its line.
    pub(super) line: Range<usize>,
}

impl Header {
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }
}

/// One row, with the place at which it begins.
pub(super) struct Row<'a> {
    csv: &'a Csv<'a>,
    cells: &'a csv::StringRecord,
    start: usize,
    pub(super) header: &'a Header,
}

impl<'a> Csv<'a> {
    /// Goes through the file: `check` looks at the header, `each` at every row that has a value for each column. Rows are read
    /// only if the header is sound.
    pub(super) fn read(
        &'a self,
        columns: &'static [&'static str],
        check: impl FnOnce(&Header),
        mut each: impl FnMut(&Row<'_>),
    ) {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(self.text.as_bytes());
        let mut cells = csv::StringRecord::new();
        // A text in memory that is UTF-8, with rows of any length, cannot fail to be read.
        if !reader.read_record(&mut cells).unwrap_or(false) {
            let message = "the file has no header line";
            self.refuse(0..0, message, format!("the columns {}", ticked(columns.iter().copied())));
            return;
        }
        let before = self.problems.count();
        let header = self.header(&cells, columns);
        if self.problems.count() == before {
            check(&header);
        }
        if self.problems.count() > before {
            return;
        }
        while reader.read_record(&mut cells).unwrap_or(false) {
            let start = self.row_start(&cells);
            if cells.len() == header.width {
                each(&Row { csv: self, cells: &cells, start, header: &header });
            } else {
                let message = format!("this row has {} values, the header {} columns", cells.len(), header.width);
                self.refuse(self.line_span(start), message, "a value for each column".to_owned());
            }
        }
    }

    fn header(&self, cells: &csv::StringRecord, known: &'static [&'static str]) -> Header {
        let start = self.row_start(cells);
        let mut columns = BTreeMap::new();
        for (position, name) in cells.iter().enumerate() {
            let span = self.cell_span(start, position);
            let Some(found) = known.iter().copied().find(|column| *column == name) else {
                let problem = Problem::at(self.place(span), format!("unknown column `{name}`"));
                let nearest = nearest(name, known.iter().copied());
                self.problems.add(problem.allowed(ticked(known.iter().copied())).nearest(nearest));
                continue;
            };
            if columns.insert(found, position).is_some() {
                self.refuse(span, format!("column `{found}` is there twice"), "each column once".to_owned());
            }
        }
        Header { columns, width: cells.len(), line: self.line_span(start) }
    }

    /// Refuses a header that lacks one of these columns; `wanted`: what it must have.
    pub(super) fn require(&self, header: &Header, required: &[&str], wanted: &str) {
        for name in required.iter().filter(|name| !header.has(name)) {
            self.refuse(header.line.clone(), format!("missing column `{name}`"), format!("the columns {wanted}"));
        }
    }

    pub(super) fn refuse(&self, span: Range<usize>, message: impl Into<String>, allowed: String) {
        self.problems.add(Problem::at(self.place(span), message).allowed(allowed));
    }

    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.source, span)
    }

    fn row_start(&self, cells: &csv::StringRecord) -> usize {
        self.line_start(cells.position().map_or(0, |position| position.byte() as usize))
    }

    /// The first line at or after `at` that is neither empty nor a comment.
    fn line_start(&self, at: usize) -> usize {
        let mut start = at;
        for line in self.text[at..].split_inclusive('\n') {
            if !line.trim_end_matches(['\r', '\n']).is_empty() && !line.starts_with('#') {
                return start;
            }
            start += line.len();
        }
        at
    }

    fn line_span(&self, start: usize) -> Range<usize> {
        let line = self.text[start..].lines().next().unwrap_or_default();
        start..start + line.len()
    }

    /// Where a cell of the row that begins at `start` stands, without the space around it.
    fn cell_span(&self, start: usize, position: usize) -> Range<usize> {
        let row = &self.text[start..];
        let (mut quoted, mut column, mut from, mut to) = (false, 0, 0, row.len());
        for (at, byte) in row.bytes().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b',' | b'\n' | b'\r' if !quoted => {
                    if column == position || byte != b',' {
                        to = at;
                        break;
                    }
                    column += 1;
                    from = at + 1;
                }
                _ => {}
            }
        }
        let cell = &row[from..to.max(from)];
        let from = from + (cell.len() - cell.trim_start().len());
        start + from..start + from + cell.trim().len()
    }
}

impl<'a> Row<'a> {
    /// A value that is written as in scenario files.
    pub(super) fn value<T: Typed>(&self, column: &'static str, shape: &Shape) -> Field<T> {
        let (text, place) = self.cell(column);
        read_scalar(&Node { value: Value::Text(text.to_owned()), place }, shape, column, self.csv.problems)
    }

    /// A number that is not a quantity: without quotation marks in a scenario file.
    pub(super) fn number<T: Typed>(&self, column: &'static str, shape: &Shape) -> Field<T> {
        let (text, place) = self.cell(column);
        let value = match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => Value::Integer(Some(whole)),
            (_, Ok(real)) => Value::Float(real),
            _ => Value::Text(text.to_owned()),
        };
        read_scalar(&Node { value, place }, shape, column, self.csv.problems)
    }

    /// The text of a cell and where it stands.
    pub(super) fn cell(&self, column: &str) -> (&'a str, Place) {
        let position = self.header.columns.get(column).copied().unwrap_or(0);
        let text = self.cells.get(position).unwrap_or_default();
        (text, self.csv.place(self.csv.cell_span(self.start, position)))
    }

    pub(super) fn problems(&self) -> &'a Problems {
        self.csv.problems
    }

    /// The line on which the row begins.
    pub(super) fn place(&self) -> Place {
        self.csv.place(self.csv.line_span(self.start))
    }
}
