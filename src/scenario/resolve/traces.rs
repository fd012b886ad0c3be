//! CSV files of measured times.

use super::Surroundings;
use super::csv_file;
use crate::population::{ArrivalTrace, Interval, SessionTrace};
use crate::scenario::errors::{Problem, Problems};
use crate::scenario::reader::Field;
use crate::scenario::schema::Shape;
use crate::units::SimTime;

const ARRIVAL: &str = "arrival";

/// The file of arrival times that `named` names: ascending, at least one for each peer.
pub(super) fn arrivals(
    named: &Field<String>,
    peers: &Field<u32>,
    surroundings: &Surroundings<'_>,
    problems: &Problems,
) -> ArrivalTrace {
    let path = named.value.clone();
    let Some(file) = csv_file::open(named, surroundings, problems) else {
        return ArrivalTrace { path, text: String::new(), times: Vec::new() };
    };
    let before = problems.count();
    let found = file.read(surroundings, problems, |csv| {
        let mut times: Vec<SimTime> = Vec::new();
        let check = |header: &csv_file::Header| csv.require(header, &[ARRIVAL], "`arrival`");
        csv.read(&[ARRIVAL], check, |row| {
            let time: Field<SimTime> = row.value(ARRIVAL, &Shape::duration(0));
            let last = times.last().copied().unwrap_or_default();
            if time.ok && time.value < last {
                let message = format!("this arrival, {}, is before that of the row above, {last}", time.value);
                problems.add(Problem::at(time.place, message).allowed("times in ascending order: sort the file"));
            } else if time.ok {
                times.push(time.value);
            }
        });
        if problems.count() == before && peers.ok && times.len() < peers.value as usize {
            let message = format!("`{}` has {} arrival times for {} peers", file.shown, times.len(), peers.value);
            problems.add(Problem::at(named.place, message).allowed("at least one time for each peer"));
        }
        times
    });
    ArrivalTrace { path, times: found.unwrap_or_default(), text: file.text }
}

const PEER: &str = "peer";
const FROM: &str = "from";
const UNTIL: &str = "until";
const COLUMNS: [&str; 3] = [PEER, FROM, UNTIL];

/// The file of sessions that `named` names: for each of `peers` at least one, in order of time.
pub(super) fn sessions(
    named: &Field<String>,
    peers: Option<u32>,
    surroundings: &Surroundings<'_>,
    problems: &Problems,
) -> SessionTrace {
    let nothing = |text: String| SessionTrace { path: named.value.clone(), text, intervals: Vec::new().into() };
    let (Some(peers), Some(file)) = (peers, csv_file::open(named, surroundings, problems)) else {
        return nothing(String::new());
    };
    let before = problems.count();
    let found = file.read(surroundings, problems, |csv| {
        let mut intervals: Vec<Vec<Interval>> = vec![Vec::new(); peers as usize];
        let check = |header: &csv_file::Header| csv.require(header, &COLUMNS, "`peer`, `from`, `until`");
        csv.read(&COLUMNS, check, |row| add_session(row, &mut intervals));
        let without = intervals.iter().position(Vec::is_empty);
        if let (Some(peer), true) = (without, problems.count() == before) {
            let message = format!("peer {peer} has no session in `{}`; there are {peers} peers", file.shown);
            problems
                .add(Problem::at(named.place, message).allowed(format!("a session for each peer, 0 to {}", peers - 1)));
        }
        intervals
    });
    SessionTrace { intervals: found.unwrap_or_default().into(), ..nothing(file.text) }
}

/// A row of a trace joins the sessions of its peer.
fn add_session(row: &csv_file::Row<'_>, intervals: &mut [Vec<Interval>]) {
    let problems = row.problems();
    let last = intervals.len().saturating_sub(1) as u64;
    let peer: Field<u64> = row.number(PEER, &Shape::Count { min: 0, max: last });
    let from: Field<SimTime> = row.value(FROM, &Shape::duration(0));
    let (text, place) = row.cell(UNTIL);
    let until = (!text.is_empty()).then(|| row.value::<SimTime>(UNTIL, &Shape::duration(0)));
    if !peer.ok || !from.ok || until.as_ref().is_some_and(|until| !until.ok) {
        return;
    }
    let until = until.map(|until| until.value);
    if until.is_some_and(|until| until <= from.value) {
        let message = format!("this session begins at {} and does not end after that", from.value);
        problems.add(Problem::at(place, message).allowed("an end after `from`; nothing: to the end of the run"));
        return;
    }
    let Some(sessions) = intervals.get_mut(peer.value as usize) else { return };
    match sessions.last() {
        Some((_, None)) => {
            let message = format!("peer {} has a session above that lasts to the end of the run", peer.value);
            problems.add(Problem::at(from.place, message).allowed("no session after that"));
        }
        Some((_, Some(end))) if from.value < *end => {
            let message =
                format!("peer {} is still there at {}: its session above ends at {end}", peer.value, from.value);
            problems.add(Problem::at(from.place, message).allowed("sessions of a peer one after another, in order"));
        }
        _ => sessions.push((from.value, until)),
    }
}
