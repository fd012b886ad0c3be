//! The network as an ISP's server sees it.

use super::CostRow;
use crate::units::AsIndex;

/// What the provider of network information looks at. `world` implements it over the underlay's routes.
pub trait NetworkView {
    /// Number of ASes; every `AsIndex` below it is valid.
    fn as_count(&self) -> usize;
    /// Inter-AS links on the route (0 inside one AS); `None`: no route.
    fn hops(&self, from: AsIndex, to: AsIndex) -> Option<u8>;
    /// Whether both belong to one ISP.
    fn same_isp(&self, a: AsIndex, b: AsIndex) -> bool;
}

/// Distances from `from` to every AS, as they are now. A route of 255 links or more, longer than any that can be told
/// apart in a byte, is told as 254.
pub fn cost_row(view: &dyn NetworkView, from: AsIndex) -> CostRow {
    let all = || (0..view.as_count() as u32).map(AsIndex);
    CostRow {
        from,
        hops: all().map(|to| view.hops(from, to).map_or(CostRow::UNREACHABLE, |h| h.min(254))).collect(),
        same_isp: all().map(|to| view.same_isp(from, to)).collect(),
    }
}
