//! The control plane: the standard's servers, the peers' own side of it, and the unmanaged tracker.
//!
//! **May import**: `units`, `random`, `metrics`, `guidance`, `selection`.

mod effect;
mod message;
mod spec;

pub use effect::{ContactOutcome, Context, Effect, Neighbourhood, Outbox, PeerHandle, Timer, TimerOwner};
pub use message::{Announce, Endpoint, ListEntry, Message, ServerIndex, ServerKind};
pub use spec::{
    DiscoverySpec, ExternalQuota, Fill, ManagedSpec, ManagementSpec, NamedStrategy, OmsSpec, Outage, ServerSpec,
    UnisSpec,
};
