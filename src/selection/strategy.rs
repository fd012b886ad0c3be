//! The question a peer-selection strategy answers.

use std::fmt;
use std::sync::Arc;

use crate::guidance::WayOut;
use crate::units::{AsIndex, BitRate, SimDuration};

/// A fact as somebody reported it, with its age when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported<T> {
    /// What was reported.
    pub value: T,
    /// How old the report is.
    pub age: SimDuration,
}

impl<T> Reported<T> {
    /// The same report, seen through `view`.
    pub fn map<U>(self, view: impl FnOnce(T) -> U) -> Reported<U> {
        Reported { value: view(self.value), age: self.age }
    }
}

/// Who asks for a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requester {
    /// The AS its address belongs to.
    pub as_index: AsIndex,
}

/// Candidates that look alike to a strategy: the peers of one AS. Each fact is there only if somebody reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// The AS of these candidates' addresses.
    pub as_index: AsIndex,
    /// Whether it is the requester's AS.
    pub same_as: Option<Reported<bool>>,
    /// Whether it belongs to the requester's ISP.
    pub same_isp: Option<Reported<bool>>,
    /// Inter-AS links on the route from the requester; the inner `None`: no route.
    pub as_hops: Option<Reported<Option<u8>>>,
    /// One-way delay of the route from the requester; the inner `None`: no route.
    pub delay: Option<Reported<Option<SimDuration>>>,
    /// On which kind of link the route leaves the requester's ISP; the inner `None`: no route.
    pub way_out: Option<Reported<Option<WayOut>>>,
}

impl Group {
    /// A group of which nothing is known but its AS.
    pub const fn unknown(as_index: AsIndex) -> Self {
        Self { as_index, same_as: None, same_isp: None, as_hops: None, delay: None, way_out: None }
    }
}

/// One candidate, already drawn. Each fact is there only if it was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Candidate {
    /// What its access line carries upstream.
    pub uplink: Option<Reported<BitRate>>,
    /// How many members hold the rarest piece that it holds and the requester lacks; the inner `None`: it holds no piece
    /// that the requester lacks.
    pub rarest_held: Option<Reported<Option<u32>>>,
}

impl Candidate {
    /// The ages of the facts that it carries.
    pub fn ages(&self) -> impl Iterator<Item = SimDuration> + use<> {
        [self.uplink.map(|told| told.age), self.rarest_held.map(|told| told.age)].into_iter().flatten()
    }
}

/// A place in the order: lower is better, equal is drawn by lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rank(pub u64);

impl Rank {
    /// Behind everybody of whom something good was told.
    const NONE: Self = Self(u64::MAX - 1);
    /// Behind those of whom nothing was told.
    const NOT_TOLD: Self = Self(u64::MAX);

    /// Whom the fact holds for first, then the others, then those of whom nothing was told.
    pub fn true_first(told: Option<Reported<bool>>) -> Self {
        Self::lowest_first(told.map(|told| told.map(|holds| Some(u64::from(!holds)))))
    }

    /// The lowest value first, then those for whom there is none (no route …), then those of whom nothing was told.
    pub fn lowest_first(told: Option<Reported<Option<u64>>>) -> Self {
        match told.map(|told| told.value) {
            Some(Some(value)) => Self(value).min(Self(u64::MAX - 2)),
            Some(None) => Self::NONE,
            None => Self::NOT_TOLD,
        }
    }
}

/// Facts a strategy cannot work without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// Network information (from UNIS): hops and ISPs.
    pub network_information: bool,
    /// Network information with one-way delays.
    pub delays: bool,
    /// Network information with the way out of the requester's ISP.
    pub ways_out: bool,
    /// Peers that report the capacity of their uplinks.
    pub uplinks: bool,
    /// Peers that report the pieces they hold.
    pub pieces: bool,
}

impl Needs {
    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            network_information: self.network_information || other.network_information,
            delays: self.delays || other.delays,
            ways_out: self.ways_out || other.ways_out,
            uplinks: self.uplinks || other.uplinks,
            pieces: self.pieces || other.pieces,
        }
    }

    /// Whether UNIS has to be asked.
    pub const fn asks_unis(self) -> bool {
        self.network_information || self.delays || self.ways_out
    }

    /// In words, each with the key that supplies it; empty: nothing.
    pub fn in_words(self) -> String {
        let words = [
            (self.asks_unis(), "network information (`unis`)"),
            (self.uplinks, "reports of uplinks (`oms.reports.uplink`)"),
            (self.pieces, "reports of pieces (`oms.reports.pieces`)"),
        ];
        words.into_iter().filter(|(needed, _)| *needed).map(|(_, word)| word).collect::<Vec<_>>().join(", ")
    }
}

/// A strategy that a mixture mixes.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name in the catalog.
    pub name: String,
    /// The strategy.
    pub strategy: Arc<dyn Strategy>,
    /// Its share in the mixture, in millionths; all shares add up to about a million.
    pub millionths: u32,
}

/// A peer-selection strategy: pure functions of what was reported. It never walks the swarm.
pub trait Strategy: Send + Sync + fmt::Debug {
    /// The place of `group` in the order for `requester`.
    fn rank(&self, requester: &Requester, group: &Group) -> Rank;

    /// The place of one candidate among those already drawn from groups of equal rank. Asked only of a strategy that
    /// [`scores`](Self::scores).
    fn score(&self, requester: &Requester, candidate: &Candidate) -> Rank {
        let _ = (requester, candidate);
        Rank(0)
    }

    /// Whether it tells single candidates apart.
    fn scores(&self) -> bool {
        false
    }

    /// What a mixture mixes; empty for everything else. A mixture is placed by its parts, not by its own rank.
    fn parts(&self) -> &[Part] {
        &[]
    }

    /// What the parts of a mixture need, beside what its line in the catalog says.
    fn parts_need(&self) -> Needs {
        Needs::default()
    }

    /// Whether it is about connections as well as lists, so that it needs an arm with a limit of external neighbours.
    fn limits_connections(&self) -> bool {
        false
    }
}

/// Groups for tests.
#[cfg(test)]
pub(super) mod example {
    use super::{Group, Reported};
    use crate::units::{AsIndex, SimDuration};

    /// A group of which nothing is known.
    pub(crate) fn group(as_index: u32) -> Group {
        Group::unknown(AsIndex(as_index))
    }

    /// A fact told just now.
    #[expect(clippy::unnecessary_wraps, reason = "facts are optional")]
    pub(crate) fn now<T>(value: T) -> Option<Reported<T>> {
        Some(Reported { value, age: SimDuration::ZERO })
    }

    /// A group of which hops and ownership were told just now; the ISP has one AS.
    pub(crate) fn told(as_index: u32, same: bool, hops: Option<u8>) -> Group {
        Group { same_as: now(same), same_isp: now(same), as_hops: now(hops), ..group(as_index) }
    }
}
