//! The network as an ISP's server sees it.

use super::{CostRow, Details, WayOut};
use crate::units::{AsIndex, SimDuration};

/// What the provider of network information looks at. `world` implements it over the underlay's routes.
pub trait NetworkView {
    /// Number of ASes; every `AsIndex` below it is valid.
    fn as_count(&self) -> usize;
    /// Inter-AS links on the route (0 inside one AS); `None`: no route.
    fn hops(&self, from: AsIndex, to: AsIndex) -> Option<u8>;
    /// Whether both belong to one ISP.
    fn same_isp(&self, a: AsIndex, b: AsIndex) -> bool;
    /// One-way delay of the route; `None`: no route.
    fn delay(&self, from: AsIndex, to: AsIndex) -> Option<SimDuration>;
    /// On which kind of link the route leaves the ISP of `from`; `None`: no route.
    fn way_out(&self, from: AsIndex, to: AsIndex) -> Option<WayOut>;
}

/// Distances from `from` to every AS, as they are now. A route of 255 links or more, longer than any that can be told
/// apart in a byte, is told as 254; delays are rounded to the microsecond, and one above 71 minutes is told as that.
pub fn cost_row(view: &dyn NetworkView, from: AsIndex, details: Details) -> CostRow {
    let all = || (0..view.as_count() as u32).map(AsIndex);
    let micros = |delay: SimDuration| {
        let rounded = delay.as_nanos().saturating_add(500) / 1_000;
        u32::try_from(rounded).unwrap_or(u32::MAX).min(CostRow::NO_DELAY - 1)
    };
    CostRow {
        from,
        hops: all().map(|to| view.hops(from, to).map_or(CostRow::UNREACHABLE, |h| h.min(254))).collect(),
        same_isp: all().map(|to| view.same_isp(from, to)).collect(),
        delays: details
            .delays
            .then(|| all().map(|to| view.delay(from, to).map_or(CostRow::NO_DELAY, micros)).collect()),
        ways_out: details.ways_out.then(|| all().map(|to| view.way_out(from, to)).collect()),
    }
}
