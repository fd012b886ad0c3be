//! What handlers may ask the world to do. `management` schedules nothing itself.

use std::sync::Arc;

use super::message::{Endpoint, Message, ServerIndex};
use crate::metrics::Recorder;
use crate::random::Seed;
use crate::units::{AsIndex, BitRate, Identity, PeerRef, PeerSlot, SimTime};

/// A peer as its own side of the control plane knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerHandle {
    /// Where its state lives.
    pub peer: PeerRef,
    /// Who it is: key of its random draws.
    pub identity: Identity,
    /// The AS its address belongs to.
    pub as_index: AsIndex,
    /// What its access line carries upstream.
    pub uplink: BitRate,
}

/// How a contact attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactOutcome {
    /// A connection was made.
    Connected,
    /// The other peer has no room, or the two are connected already.
    Refused,
    /// Nobody answered.
    TimedOut,
}

/// Whose timer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimerOwner {
    /// A peer; ignored when the peer is gone.
    Peer(PeerRef),
    /// A server.
    Server(ServerIndex),
}

/// A timer: small and `Copy`. Timers are never cancelled; a handler ignores one whose token is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timer {
    /// Whose.
    pub owner: TimerOwner,
    /// Which of the owner's timers: orders simultaneous timers of one owner.
    pub kind: u8,
    /// The owner's note to itself.
    pub token: u32,
}

/// What a handler asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send a message. The world adds serialisation and path latency, and counts it.
    Send {
        /// Sender.
        from: Endpoint,
        /// Receiver.
        to: Endpoint,
        /// Body.
        message: Message,
    },
    /// Wake the owner.
    Timer {
        /// When; not in the past.
        at: SimTime,
        /// Which.
        timer: Timer,
    },
    /// Try to connect. Ends in exactly one call of `contact_ended`, unless `from` leaves first.
    Contact {
        /// Who tries.
        from: PeerRef,
        /// Whom.
        to: PeerRef,
        /// Whether it counts as an external neighbour of both. Said by the OMS on the list that named it: who is
        /// contacted believes it, so that both ends count alike; true where nothing was said.
        external: bool,
    },
    /// Close the connection, if there still is one.
    Disconnect {
        /// Who closes.
        from: PeerRef,
        /// Which neighbour.
        to: PeerRef,
    },
}

/// Effects in the order in which they were asked for.
pub type Outbox = Vec<Effect>;

/// What a peer's own side of the control plane may know of its connections.
pub trait Neighbourhood {
    /// Connections of a present peer, half-open inbound ones included.
    fn connections(&self, peer: PeerSlot) -> u32;
    /// Those of them that are to external neighbours.
    fn external(&self, peer: PeerSlot) -> u32;
    /// Whether the two are connected.
    fn connected(&self, peer: PeerSlot, other: PeerRef) -> bool;
}

/// What a peer's own side of the control plane may know of the peer's content.
pub trait Holdings {
    /// The pieces that a present peer holds, bit by bit, low first; and how many pieces the content has.
    fn pieces(&self, peer: PeerSlot) -> (Arc<[u64]>, u32);
}

/// A handler's only window on the world.
pub struct Context<'a> {
    /// The instant of this event.
    pub now: SimTime,
    /// Randomness of this run.
    pub seed: Seed,
    /// Where effects go.
    pub out: &'a mut Outbox,
    /// Where metrics go.
    pub recorder: &'a mut Recorder,
    /// Who is connected to whom.
    pub neighbourhood: &'a dyn Neighbourhood,
    /// Who holds what; asked for a peer itself only.
    pub holdings: &'a dyn Holdings,
}
