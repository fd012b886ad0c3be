//! A CSV file of hosts: one row per peer or seed.
//!
//! A header names the columns, in any order; `#` begins a comment line. Values are written as in scenario files, without
//! quotation marks. Every problem points at its cell.

use std::collections::BTreeMap;
use std::ops::Range;

use super::underlay::Underlay;
use super::{Surroundings, check_as};
use crate::population::{Host, HostFile, HostRole};
use crate::scenario::errors::{Problem, Problems, Source, nearest};
use crate::scenario::keys::MOST_PEERS;
use crate::scenario::load::{ReadError, read_text};
use crate::scenario::reader::{Field, read_scalar};
use crate::scenario::scalar::Typed;
use crate::scenario::schema::{Shape, ticked};
use crate::scenario::tree::{Node, Place, Value};
use crate::underlay::{IspSet, Source as Graph};
use crate::units::{AsNumber, BitRate, SimTime};

/// The largest file: as that of AS relationships.
const LARGEST_FILE: u64 = 256 << 20;
/// Seeds and caches of a run.
const MOST_SEEDS: usize = 100_000;
/// Names of ISPs that a problem lists.
const SHOWN_NAMES: usize = 10;
const ISP: &str = "isp";
const AS: &str = "as";
const CLASS: &str = "class";
const REQUIRED: [&str; 4] = ["up", "down", "arrival", "role"];
const COLUMNS: [&str; 7] = [ISP, AS, "up", "down", "arrival", "role", CLASS];
/// The words of column `role`, in the order of [`HostRole::ALL`].
const ROLES: [&str; 4] = ["leecher", "free-rider", "seed", "cache"];
/// Class of hosts whose file has no such column.
const DEFAULT_CLASS: &str = "host";

/// Reads the file that `named` names; `has_caches`: the scenario has caches besides.
pub(super) fn read(
    named: &Field<String>,
    has_caches: bool,
    underlay: &Underlay,
    surroundings: &Surroundings<'_>,
    problems: &Problems,
) -> HostFile {
    let nothing = |text: String| HostFile { path: named.value.clone(), text, hosts: Vec::new() };
    if !named.ok {
        return nothing(String::new());
    }
    let path = surroundings.folder.join(&named.value);
    let shown = path.display().to_string();
    let text = match read_text(&path, LARGEST_FILE) {
        Ok(text) => text,
        Err(ReadError::Unreadable(error)) => {
            problems.add(
                Problem::at(named.place, format!("cannot read `{shown}`: {error}"))
                    .missing_input()
                    .advice("paths are relative to the scenario file's folder"),
            );
            return nothing(String::new());
        }
        Err(ReadError::Invalid(message)) => {
            problems.add(Problem::at(named.place, format!("`{shown}` {message}")));
            return nothing(String::new());
        }
    };
    let source = surroundings.sources.borrow().len();
    let before = problems.count();
    let table = Csv { text: &text, source, problems };
    let hosts = table.hosts(underlay);
    if problems.count() == before {
        check_roles(&hosts, has_caches, named, &shown, problems);
    }
    if problems.count() > before {
        surroundings.sources.borrow_mut().push(Source { name: shown, is_option: false, text });
        return nothing(String::new());
    }
    HostFile { hosts, ..nothing(text) }
}

/// Refuses files in which nobody downloads, nobody has the content, or too many do.
fn check_roles(hosts: &[Host], has_caches: bool, named: &Field<String>, shown: &str, problems: &Problems) {
    let refuse = |message: String, allowed: String| problems.add(Problem::at(named.place, message).allowed(allowed));
    let sources = hosts.iter().filter(|host| host.role.has_everything()).count();
    let peers = hosts.len() - sources;
    if peers == 0 {
        let message = format!("nobody downloads: `{shown}` has no `leecher` and no `free-rider`");
        refuse(message, "at least one".to_owned());
    }
    if sources == 0 && !has_caches {
        let message = format!("nobody has the content: `{shown}` has no `seed` and no `cache`");
        refuse(message, "at least one, or `population.caches`".to_owned());
    }
    if peers as u64 > MOST_PEERS {
        refuse(format!("`{shown}` has {peers} peers"), format!("at most {MOST_PEERS}"));
    }
    if sources > MOST_SEEDS {
        refuse(format!("`{shown}` has {sources} seeds and caches"), format!("at most {MOST_SEEDS}"));
    }
}

/// The file's text and where its problems go.
struct Csv<'a> {
    text: &'a str,
    source: usize,
    problems: &'a Problems,
}

/// Where each column stands; all required ones do.
struct Header {
    columns: BTreeMap<&'static str, usize>,
    width: usize,
}

/// One row, with the place at which it begins.
struct Row<'a> {
    cells: &'a csv::StringRecord,
    start: usize,
    header: &'a Header,
}

impl Csv<'_> {
    fn hosts(&self, underlay: &Underlay) -> Vec<Host> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(self.text.as_bytes());
        let mut hosts = Vec::new();
        let mut cells = csv::StringRecord::new();
        let mut header: Option<Header> = None;
        let isps = Isps::of(underlay);
        // A text in memory that is UTF-8, with rows of any length, cannot fail to be read.
        while reader.read_record(&mut cells).unwrap_or(false) {
            let start = self.line_start(cells.position().map_or(0, |position| position.byte() as usize));
            match &header {
                None => match self.header(&cells, start, underlay) {
                    Some(found) => header = Some(found),
                    None => return hosts,
                },
                Some(header) => hosts.extend(self.host(&Row { cells: &cells, start, header }, underlay, &isps)),
            }
        }
        if header.is_none() {
            let message = "the file has no header line";
            self.refuse(0..0, message, format!("the columns {}", ticked(COLUMNS)));
        }
        hosts
    }

    /// The header; `None`: a problem has been recorded.
    fn header(&self, cells: &csv::StringRecord, start: usize, underlay: &Underlay) -> Option<Header> {
        let before = self.problems.count();
        let mut columns = BTreeMap::new();
        for (position, name) in cells.iter().enumerate() {
            let span = self.cell_span(start, position);
            let Some(known) = COLUMNS.into_iter().find(|known| *known == name) else {
                let problem = Problem::at(self.place(span), format!("unknown column `{name}`"));
                self.problems.add(problem.allowed(ticked(COLUMNS)).nearest(nearest(name, COLUMNS)));
                continue;
            };
            if columns.insert(known, position).is_some() {
                self.refuse(span, format!("column `{known}` is there twice"), "each column once".to_owned());
            }
        }
        let line = self.line_span(start);
        if self.problems.count() == before {
            for name in REQUIRED.into_iter().filter(|name| !columns.contains_key(name)) {
                self.refuse(line.clone(), format!("missing column `{name}`"), format!("the columns {}", wanted()));
            }
            match (columns.contains_key(ISP), columns.contains_key(AS)) {
                (true, true) => {
                    let message = "the columns `isp` and `as` both say where hosts live";
                    self.refuse(line, message, "exactly one of them".to_owned());
                }
                (false, false) => {
                    self.refuse(line, "missing column `isp` or `as`", format!("the columns {}", wanted()));
                }
                (true, false) if !matches!(underlay.spec.source, Graph::Isps(_)) => {
                    let message = "column `isp` needs an underlay that names its ISPs; this one does not";
                    self.refuse(line, message, "column `as`".to_owned());
                }
                _ => {}
            }
        }
        (self.problems.count() == before).then_some(Header { columns, width: cells.len() })
    }

    /// One host; `None`: a problem has been recorded.
    fn host(&self, row: &Row<'_>, underlay: &Underlay, isps: &Isps<'_>) -> Option<Host> {
        if row.cells.len() != row.header.width {
            let message = format!("this row has {} values, the header {} columns", row.cells.len(), row.header.width);
            self.refuse(self.line_span(row.start), message, "a value for each column".to_owned());
            return None;
        }
        let before = self.problems.count();
        let role: Field<&'static str> = self.value(row, "role", &Shape::Choice(&ROLES));
        let position = ROLES.iter().position(|word| *word == role.value).unwrap_or(0);
        let role = HostRole::ALL[position];
        let least = BitRate::new(u64::from(role.has_everything()));
        let class: Field<String> = match row.header.columns.get(CLASS) {
            Some(_) => self.value(row, CLASS, &Shape::Name),
            None => Field { value: DEFAULT_CLASS.to_owned(), place: self.place(0..0), ok: true, given: false },
        };
        let host = Host {
            as_number: self.home(row, underlay, isps),
            up: self.value(row, "up", &Shape::Rate { min: least }).value,
            down: self.value(row, "down", &Shape::Rate { min: BitRate::new(1) }).value,
            arrival: self.value::<SimTime>(row, "arrival", &Shape::duration(0)).value,
            role,
            class: class.value,
        };
        (self.problems.count() == before).then_some(host)
    }

    /// Where a host lives.
    fn home(&self, row: &Row<'_>, underlay: &Underlay, isps: &Isps<'_>) -> AsNumber {
        if row.header.columns.contains_key(ISP) {
            let (name, place) = self.cell(row, ISP);
            return isps.home(name, place).unwrap_or_else(|problem| {
                self.problems.add(*problem);
                AsNumber(0)
            });
        }
        let (text, place) = self.cell(row, AS);
        let number = text.parse::<u32>().ok().filter(|number| *number > 0 && *number < u32::MAX);
        let Some(number) = number.map(AsNumber) else {
            let problem = Problem::at(place, format!("`{text}` is no AS number"));
            self.problems.add(problem.allowed("a whole number from 1 to 4294967294"));
            return AsNumber(0);
        };
        check_as(&Field { value: number, place, ok: true, given: true }, &underlay.known, self.problems);
        number
    }

    /// A value that is written as in scenario files.
    fn value<T: Typed>(&self, row: &Row<'_>, column: &'static str, shape: &Shape) -> Field<T> {
        let (text, place) = self.cell(row, column);
        read_scalar(&Node { value: Value::Text(text.to_owned()), place }, shape, column, self.problems)
    }

    fn cell<'r>(&self, row: &'r Row<'_>, column: &str) -> (&'r str, Place) {
        let position = row.header.columns.get(column).copied().unwrap_or(0);
        let text = row.cells.get(position).unwrap_or_default();
        (text, self.place(self.cell_span(row.start, position)))
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.source, span)
    }

    fn refuse(&self, span: Range<usize>, message: impl Into<String>, allowed: String) {
        self.problems.add(Problem::at(self.place(span), message).allowed(allowed));
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

/// What the header must have.
fn wanted() -> String {
    format!("`isp` or `as`, {}, and `class` where it is wanted", ticked(REQUIRED))
}

/// The ISPs of the underlay by name.
struct Isps<'a> {
    set: Option<&'a IspSet>,
    by_name: BTreeMap<&'a str, usize>,
}

impl<'a> Isps<'a> {
    fn of(underlay: &'a Underlay) -> Self {
        let Graph::Isps(set) = &underlay.spec.source else { return Self { set: None, by_name: BTreeMap::new() } };
        let by_name = set.isps.iter().enumerate().map(|(position, isp)| (isp.name.as_str(), position)).collect();
        Self { set: Some(set), by_name }
    }

    /// The AS of the ISP called `name`, which must have exactly one; `place` is where the name stands.
    fn home(&self, name: &str, place: Place) -> Result<AsNumber, Box<Problem>> {
        let found = self.set.zip(self.by_name.get(name)).map(|(set, position)| &set.isps[*position]);
        match found.map(|isp| isp.ases.as_slice()) {
            Some([only]) => Ok(*only),
            Some(several) => {
                let numbers: Vec<String> = several.iter().map(|number| format!("`{number}`")).collect();
                let message = format!("ISP `{name}` owns {} ASes, and any of them may be meant", several.len());
                let allowed = format!("column `as` instead of `isp`, with one of {}", numbers.join(", "));
                Err(Box::new(Problem::at(place, message).allowed(allowed)))
            }
            None => {
                let names = || self.by_name.keys().copied();
                let count = self.by_name.len();
                let more = if count > SHOWN_NAMES { format!(" … ({count} in all)") } else { String::new() };
                let problem = Problem::at(place, format!("the underlay has no ISP `{name}`"))
                    .allowed(format!("{}{more}", ticked(names().take(SHOWN_NAMES))))
                    .nearest(nearest(name, names()));
                Err(Box::new(problem))
            }
        }
    }
}
