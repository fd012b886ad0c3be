//! The window of measurement: from the end of the warm-up to the horizon.
//!
//! A peer is *measured* when it arrives inside, both ends included. Time averages are over the window, which ends with
//! the run where there is no horizon.

use crate::scenario::ExperimentSpec;
use crate::units::{SimDuration, SimTime};
use crate::world::people::Person;

/// The window of measurement of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::world) struct Window {
    /// The end of the warm-up.
    pub(in crate::world) from: SimTime,
    /// The horizon; `None`: the end of the run.
    pub(in crate::world) until: Option<SimTime>,
}

impl Window {
    pub(in crate::world) fn of(experiment: &ExperimentSpec) -> Self {
        Self {
            from: SimTime::ZERO.saturating_add(experiment.warm_up),
            until: experiment.horizon.map(|horizon| SimTime::ZERO.saturating_add(horizon)),
        }
    }

    /// Whether a peer that arrives at `arrival` is measured.
    pub(in crate::world) fn measures(&self, arrival: SimTime) -> bool {
        arrival >= self.from && self.until.is_none_or(|until| arrival <= until)
    }

    /// The run goes on until here even when every measured peer is done: averages are over the whole window.
    pub(in crate::world) fn last_instant(&self) -> SimTime {
        self.until.unwrap_or(self.from)
    }

    /// The same window, closed by the end of the run.
    pub(super) fn closed(&self, ended_at: SimTime) -> Span {
        Span { from: self.from, until: self.until.map_or(ended_at, |until| until.min(ended_at)) }
    }
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: SimTime,
    pub(super) until: SimTime,
}

impl Span {
    /// How long it is; zero when it ends before it begins.
    pub(super) fn length(&self) -> SimDuration {
        self.until.since(self.from)
    }

    /// How much of it lies inside another.
    pub(super) fn inside(&self, other: &Self) -> SimDuration {
        self.until.min(other.until).since(self.from.max(other.from))
    }
}

/// What one phase of a peer's life (downloading, or complete) put into the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Phase {
    /// Time in this phase inside the window.
    pub(super) time: SimDuration,
    /// Payload bytes sent in this phase inside the window.
    pub(super) sent: u64,
}

/// (as a leecher, complete): what a peer that arrived put into a window, given when the run ended.
pub(super) fn phases(person: &Person, window: &Span, ended_at: SimTime) -> (Phase, Phase) {
    let gone = person.left.unwrap_or(ended_at);
    let complete = person.account.completed.unwrap_or(gone).min(gone);
    let (mut leeching, mut seeding) = (SimDuration::ZERO, SimDuration::ZERO);
    for (from, until) in person.spans(ended_at) {
        leeching += Span { from, until: until.min(complete) }.inside(window);
        seeding += Span { from: from.max(complete), until }.inside(window);
    }
    let all = person.account.sent;
    // Who was not there at an edge of the window had gone with all it sent, or was still to come.
    let at = |edge: SimTime, seen: Option<u64>| seen.unwrap_or(if person.arrival > edge { 0 } else { all });
    let first = if person.arrival >= window.from { 0 } else { at(window.from, person.tally.at_warm_up) };
    let last = at(window.until, person.tally.at_horizon).max(first);
    let turn = person.tally.at_completion.unwrap_or(all).clamp(first, last);
    (Phase { time: leeching, sent: turn - first }, Phase { time: seeding, sent: last - turn })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::HostRole;
    use crate::units::{AsIndex, BitRate, Identity};

    fn at(seconds: u64) -> SimTime {
        SimTime::from_nanos(seconds * 1_000_000_000)
    }

    /// Arrives at 10 s, is complete at 30 s, leaves at 50 s; sends a byte a second as a leecher, three as a seed.
    fn person(window: &Span) -> Person {
        let line = BitRate::new(1);
        let mut person = Person::new(Identity(0), HostRole::Leecher, AsIndex(0), Some(0), line, line, at(10));
        person.arrived = true;
        person.left = Some(at(50));
        person.account.completed = Some(at(30));
        person.account.sent = 80;
        person.tally.at_completion = Some(20);
        let sent = |time: SimTime| {
            let second = time.as_nanos() / 1_000_000_000;
            (10..=50).contains(&second).then(|| if second <= 30 { second - 10 } else { 20 + 3 * (second - 30) })
        };
        person.tally.at_warm_up = sent(window.from);
        person.tally.at_horizon = sent(window.until);
        person
    }

    #[test]
    fn every_place_of_a_window_over_a_life() {
        for from in 0..60 {
            for until in from..60 {
                let window = Span { from: at(from), until: at(until) };
                let (leecher, seed) = phases(&person(&window), &window, at(60));
                let overlap = |begin: u64, end: u64| until.min(end).saturating_sub(from.max(begin));
                let (leeching, seeding) = (overlap(10, 30), overlap(30, 50));
                assert_eq!((leecher.time.as_secs_f64(), leecher.sent), (leeching as f64, leeching), "{from} {until}");
                assert_eq!((seed.time.as_secs_f64(), seed.sent), (seeding as f64, 3 * seeding), "{from} {until}");
            }
        }
    }

    #[test]
    fn both_ends_are_measured() {
        let window = Window { from: at(5), until: Some(at(9)) };
        let measured: Vec<u64> = (0..20).filter(|second| window.measures(at(*second))).collect();
        assert_eq!(measured, [5, 6, 7, 8, 9]);
        assert_eq!(window.closed(at(7)), Span { from: at(5), until: at(7) });
        assert_eq!(window.closed(at(3)).length(), SimDuration::ZERO);
    }
}
