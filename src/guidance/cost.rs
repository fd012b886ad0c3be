//! Network distance from one AS, as UNIS tells it.

use std::sync::Arc;

use crate::units::AsIndex;

/// Distances from one AS to every AS in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostRow {
    /// The AS from which the row looks.
    pub from: AsIndex,
    /// Inter-AS links on the route to each AS, indexed by `AsIndex`; [`CostRow::UNREACHABLE`] where there is none or nothing is told.
    pub hops: Arc<[u8]>,
    /// Whether each AS belongs to the ISP of `from`, indexed by `AsIndex`.
    pub same_isp: Arc<[bool]>,
}

impl CostRow {
    /// No route, or nothing told.
    pub const UNREACHABLE: u8 = u8::MAX;

    /// Inter-AS links on the route to `to`; `None`: no route, or nothing told.
    pub fn hops_to(&self, to: AsIndex) -> Option<u8> {
        self.hops.get(to.index()).copied().filter(|hops| *hops != Self::UNREACHABLE)
    }

    /// Whether `to` belongs to the ISP of `from`; `None`: nothing told.
    pub fn is_same_isp(&self, to: AsIndex) -> Option<bool> {
        self.same_isp.get(to.index()).copied()
    }
}
