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
        Group { as_index: AsIndex(as_index), same_as: None, same_isp: None, as_hops: None }
    }

    /// A group of which everything was told just now; the ISP has one AS.
    pub(crate) fn told(as_index: u32, same: bool, hops: Option<u8>) -> Group {
        let age = SimDuration::ZERO;
        Group {
            as_index: AsIndex(as_index),
            same_as: Some(Reported { value: same, age }),
            same_isp: Some(Reported { value: same, age }),
            as_hops: Some(Reported { value: hops, age }),
        }
    }
}
