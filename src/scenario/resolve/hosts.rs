//! A CSV file of hosts: one row per peer or seed.
//!
//! Read as every CSV file of a scenario (`csv_file`).

use std::collections::BTreeMap;

use super::csv_file::{self, Csv, Header, Row};
use super::underlay::Underlay;
use super::{Surroundings, check_as};
use crate::population::{Host, HostFile, HostRole};
use crate::scenario::errors::{Problem, Problems, nearest};
use crate::scenario::keys::MOST_PEERS;
use crate::scenario::reader::Field;
use crate::scenario::schema::{Shape, ticked};
use crate::scenario::tree::Place;
use crate::underlay::{IspSet, Source as Graph};
use crate::units::{AsNumber, BitRate, SimTime};

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
    let Some(file) = csv_file::open(named, surroundings, problems) else {
        return nothing(String::new());
    };
    let before = problems.count();
    let found = file.read(surroundings, problems, |csv| {
        let hosts = hosts(csv, underlay);
        if problems.count() == before {
            check_roles(&hosts, has_caches, named, &file.shown, problems);
        }
        hosts
    });
    match found {
        Some(hosts) => HostFile { hosts, ..nothing(file.text) },
        None => nothing(String::new()),
    }
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

fn hosts(csv: &Csv<'_>, underlay: &Underlay) -> Vec<Host> {
    let isps = Isps::of(underlay);
    let mut hosts = Vec::new();
    let check = |header: &Header| check_header(csv, header, underlay);
    csv.read(&COLUMNS, check, |row| hosts.extend(host(row, underlay, &isps)));
    hosts
}

fn check_header(csv: &Csv<'_>, header: &Header, underlay: &Underlay) {
    csv.require(header, &REQUIRED, &wanted());
    let refuse = |message: &str, allowed: String| csv.refuse(header.line.clone(), message, allowed);
    match (header.has(ISP), header.has(AS)) {
        (true, true) => {
            refuse("the columns `isp` and `as` both say where hosts live", "exactly one of them".to_owned());
        }
        (false, false) => refuse("missing column `isp` or `as`", format!("the columns {}", wanted())),
        (true, false) if !matches!(underlay.spec.source, Graph::Isps(_)) => {
            let message = "column `isp` needs an underlay that names its ISPs; this one does not";
            refuse(message, "column `as`".to_owned());
        }
        _ => {}
    }
}

/// One host; `None`: a problem has been recorded.
fn host(row: &Row<'_>, underlay: &Underlay, isps: &Isps<'_>) -> Option<Host> {
    let before = row.problems().count();
    let role: Field<&'static str> = row.value("role", &Shape::Choice(&ROLES));
    let position = ROLES.iter().position(|word| *word == role.value).unwrap_or(0);
    let role = HostRole::ALL[position];
    let least = BitRate::new(u64::from(role.has_everything()));
    let class: Field<String> = if row.header.has(CLASS) {
        row.value(CLASS, &Shape::Name)
    } else {
        Field { value: DEFAULT_CLASS.to_owned(), place: row.place(), ok: true, given: false }
    };
    let host = Host {
        as_number: home(row, underlay, isps),
        up: row.value("up", &Shape::Rate { min: least }).value,
        down: row.value("down", &Shape::Rate { min: BitRate::new(1) }).value,
        arrival: row.value::<SimTime>("arrival", &Shape::duration(0)).value,
        role,
        class: class.value,
    };
    (row.problems().count() == before).then_some(host)
}

/// Where a host lives.
fn home(row: &Row<'_>, underlay: &Underlay, isps: &Isps<'_>) -> AsNumber {
    if row.header.has(ISP) {
        let (name, place) = row.cell(ISP);
        return isps.home(name, place).unwrap_or_else(|problem| {
            row.problems().add(*problem);
            AsNumber(0)
        });
    }
    let (text, place) = row.cell(AS);
    let number = text.parse::<u32>().ok().filter(|number| *number > 0 && *number < u32::MAX);
    let Some(number) = number.map(AsNumber) else {
        let problem = Problem::at(place, format!("`{text}` is no AS number"));
        row.problems().add(problem.allowed("a whole number from 1 to 4294967294"));
        return AsNumber(0);
    };
    check_as(&Field { value: number, place, ok: true, given: true }, &underlay.known, row.problems());
    number
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
