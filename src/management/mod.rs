//! The control plane: the standard's servers, the peers' own side of it, and the unmanaged tracker.
//!
//! **What lives here.** [`ControlPlane`]: one run's servers and every present peer's own side. The servers: a tracker
//! (unmanaged arms), or the Overlay Management Server with or without the Underlying Network Information Server.
//! [`Message`]: what they and the peers say to one another; [`Effect`]: what a handler asks of the world.
//!
//! **Model.** A message reaches its receiver after a latency that the world adds; a server takes requests up one at a
//! time, first come first served, and works on each for its service time. With latency L and service time S the first
//! contact attempt of a peer is at 2 L + S after its arrival, with a UNIS that is asked first at 2 L + S plus twice
//! the latency between the servers and the service time of UNIS. The standard's flow 8.3.1 (traffic localization) is
//! followed without its user profile step: announce → network query → network answer → list.
//!
//! [`NeighbourLimits`] bound connections as well as lists (Bindal et al. 2006); `world` holds both ends to them.
//!
//! **Units and limits.** Times are whole nanoseconds. A peer remembers at most 256 listed peers; a server's queue holds
//! at most 2^20 requests. Control messages do not compete with flows for capacity. Outages are those the scenario
//! lists. One server of each kind, no sharding.
//!
//! **References.** ISO/IEC TR 20002, 8.2.1, 8.2.3, 8.2.4, 8.3.1; BEP 3 and BEP 15 (announces and their sizes).
//!
//! **May import**: `units`, `random`, `metrics`, `guidance`, `selection`. **Goes next**: `world` turns effects into
//! events and calls the handlers.

mod activity;
mod address;
pub mod catalog;
mod control_plane;
mod effect;
mod listed;
mod message;
mod oms;
mod peer;
mod registry;
mod server;
mod spec;
#[cfg(test)]
mod tests;
mod tracker;
mod unis;
mod wire;

pub use crate::selection::{ExternalQuota, Fill};
pub use control_plane::ControlPlane;
pub use effect::{ContactOutcome, Context, Effect, Holdings, Neighbourhood, Outbox, PeerHandle, Timer, TimerOwner};
pub use message::{Announce, Endpoint, ListEntry, Message, ServerIndex, ServerKind};
pub use server::ServerInfo;
pub use spec::{
    Accept, ContactOrder, DiscoverySpec, ManagedSpec, ManagementSpec, NamedStrategy, NeighbourLimits, OmsSpec, Outage,
    Reports, ServerSpec, UnisSpec,
};
