//! The question a peer-selection strategy answers.

use std::fmt;

use crate::units::{AsIndex, SimDuration};

/// A fact as somebody reported it, with its age when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported<T> {
    /// What was reported.
    pub value: T,
    /// How old the report is.
    pub age: SimDuration,
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
}

/// A place in the order: lower is better, equal is drawn by lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rank(pub u64);

/// Facts a strategy cannot work without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// Network information (from UNIS).
    pub network_information: bool,
}

/// A peer-selection strategy: a pure function of what was reported. It never walks the swarm.
pub trait Strategy: Send + Sync + fmt::Debug {
    /// The place of `group` in the order for `requester`.
    fn rank(&self, requester: &Requester, group: &Group) -> Rank;
}
