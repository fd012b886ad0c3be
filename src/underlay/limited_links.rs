//! Directions of links that have a capacity.

use std::fmt;

use super::draft::AsLink;
use crate::units::{AsIndex, BitRate};

/// Position of a limited link direction, dense from 0 in the order of the links (a to b before b to a).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LimitedLinkId(pub u32);

impl LimitedLinkId {
    /// As an array index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for LimitedLinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The limited directions, and where to find one by its ends.
#[derive(Debug, Clone, Default)]
pub(super) struct LimitedLinks {
    directions: Vec<(AsIndex, AsIndex, BitRate)>,
    /// Sorted by (from, to).
    by_ends: Vec<(AsIndex, AsIndex, LimitedLinkId)>,
}

impl LimitedLinks {
    pub(super) fn of(links: &[AsLink]) -> Self {
        let directions: Vec<_> = links
            .iter()
            .flat_map(|link| [(link.a, link.b, link.capacity_ab), (link.b, link.a, link.capacity_ba)])
            .filter_map(|(from, to, capacity)| capacity.map(|capacity| (from, to, capacity)))
            .collect();
        let mut by_ends: Vec<_> =
            directions.iter().enumerate().map(|(id, (from, to, _))| (*from, *to, LimitedLinkId(id as u32))).collect();
        by_ends.sort_unstable();
        Self { directions, by_ends }
    }

    pub(super) fn all(&self) -> &[(AsIndex, AsIndex, BitRate)] {
        &self.directions
    }

    pub(super) fn find(&self, from: AsIndex, to: AsIndex) -> Option<LimitedLinkId> {
        let at = self.by_ends.binary_search_by_key(&(from, to), |(from, to, _)| (*from, *to)).ok()?;
        Some(self.by_ends[at].2)
    }
}
