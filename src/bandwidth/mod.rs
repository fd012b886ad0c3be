//! Bandwidth: resources, fluid flows, exact weighted max-min sharing.
//!
//! **What lives here.** One [`Network`] per world: *resources* (uplinks, downlinks, capacitated links between ISPs),
//! *flows* (connections that are sending) over paths of 1 to 5 resources, *transfers* (amounts that flows drain, alone
//! or together) and *clocks* (senders: one pending completion each). It knows no piece, no choke and no peer.
//!
//! **Model.** Every resource r has a *water level* L(r) ≥ 0, infinite while it binds nobody. A flow f of weight w(f)
//! and cap c(f) on path P(f) has the rate
//!
//! > x(f) = min( w(f) · min over r in P(f) of L(r), c(f) ), rounded down to whole bit/s,
//!
//! and the levels are those of weighted max-min fairness: Σ x(f) over the flows of r ≤ capacity(r), and every flow is
//! at its cap or has a *bottleneck*, a filled resource where no flow has a higher level (Bertsekas and Gallager, *Data
//! Networks*, 1992, section 6.5.2). The allocation is unique. Tie rule: a resource exactly filled is a bottleneck.
//!
//! **Method.** When something changes, only the resources on its path are solved again: the capacity is filled over
//! the flows, each bound by its level elsewhere. When a level moves, the resources whose level may depend on it follow
//! on a first-in first-out worklist; its fixed points are exactly the max-min allocation. After a limit on steps the
//! connected component is solved from nothing by progressive filling. [`SharingSpec::tolerance`] > 0 passes on only
//! moves beyond it; a resource that would be overfilled is always solved again, so capacities hold then too.
//!
//! **Integers.** Progress is counted in *nanobits* (10⁻⁹ bit: one bit/s for one nanosecond). What a transfer misses
//! plus what its flows moved is its amount, exactly; it finishes in the first nanosecond in which the sum of its flows'
//! rates has covered it, and what that last nanosecond moves too much is taken off its flows, the lead first.
//!
//! **Units and limits.** Capacities up to 2⁵³ bit/s, amounts up to 2⁶³ nanobits (1.15 GB), 2³² − 1 of everything.
//!
//! **May import**: `units`. **Goes next**: `world` turns clocks into events; `services` read rates and amounts.

mod blocks;
mod clock;
mod component;
mod fill;
mod flow;
mod identity;
mod network;
mod resource;
mod solve;
mod spec;
mod transfer;
mod verify;

#[cfg(test)]
mod tests;

pub use flow::LONGEST_PATH;
pub use identity::{ClockId, FlowId, ResourceId, TransferId};
pub use network::Network;
pub use spec::SharingSpec;
