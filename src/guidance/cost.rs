//! Network distance from one AS, as UNIS tells it.

use std::sync::Arc;

use crate::units::{AsIndex, SimDuration};

/// Which way leads out of an ISP towards a destination: by the relationship of the link on which the route leaves it.
/// In the order of what it costs the ISP: customers pay it, peers cost nothing, providers are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WayOut {
    /// None: the destination is in the ISP itself.
    OwnIsp,
    /// Over a link to a customer.
    Customer,
    /// Over a settlement-free peering link.
    Peer,
    /// Over a link to a provider.
    Provider,
}

/// What a row tells besides hops and ownership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Details {
    /// One-way delays.
    pub delays: bool,
    /// Ways out of the requester's ISP.
    pub ways_out: bool,
}

/// Distances from one AS to every AS in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostRow {
    /// The AS from which the row looks.
    pub from: AsIndex,
    /// Inter-AS links on the route to each AS, indexed by `AsIndex`; [`CostRow::UNREACHABLE`] where there is none or nothing is told.
    pub hops: Arc<[u8]>,
    /// Whether each AS belongs to the ISP of `from`, indexed by `AsIndex`.
    pub same_isp: Arc<[bool]>,
    /// One-way delays in whole microseconds (RFC 9439's `delay-ow`), indexed by `AsIndex`; [`CostRow::NO_DELAY`] where
    /// there is no route. `None`: not told.
    pub delays: Option<Arc<[u32]>>,
    /// Ways out of the ISP of `from`, indexed by `AsIndex`; the inner `None`: no route. The outer one: not told.
    pub ways_out: Option<Arc<[Option<WayOut>]>>,
}

impl CostRow {
    /// No route, or nothing told.
    pub const UNREACHABLE: u8 = u8::MAX;
    /// No route.
    pub const NO_DELAY: u32 = u32::MAX;

    /// A row that tells nothing.
    pub fn nothing(from: AsIndex) -> Self {
        Self { from, hops: Arc::new([]), same_isp: Arc::new([]), delays: None, ways_out: None }
    }

    /// What it tells besides hops and ownership.
    pub const fn details(&self) -> Details {
        Details { delays: self.delays.is_some(), ways_out: self.ways_out.is_some() }
    }

    /// Inter-AS links on the route to `to`; `None`: no route, or nothing told.
    pub fn hops_to(&self, to: AsIndex) -> Option<u8> {
        self.hops.get(to.index()).copied().filter(|hops| *hops != Self::UNREACHABLE)
    }

    /// Whether `to` belongs to the ISP of `from`; `None`: nothing told.
    pub fn is_same_isp(&self, to: AsIndex) -> Option<bool> {
        self.same_isp.get(to.index()).copied()
    }

    /// One-way delay to `to`; the inner `None`: no route; the outer one: nothing told.
    pub fn delay_to(&self, to: AsIndex) -> Option<Option<SimDuration>> {
        let delay = *self.delays.as_ref()?.get(to.index())?;
        Some((delay != Self::NO_DELAY).then(|| SimDuration::from_micros(u64::from(delay))))
    }

    /// The way out of the ISP of `from` towards `to`; the inner `None`: no route; the outer one: nothing told.
    pub fn way_out_to(&self, to: AsIndex) -> Option<Option<WayOut>> {
        self.ways_out.as_ref()?.get(to.index()).copied()
    }
}
