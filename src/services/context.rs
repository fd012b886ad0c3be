//! A service's only window on the world.

use crate::bandwidth::{ClockId, Network, ResourceId};
use crate::metrics::Recorder;
use crate::overlay::{ConnId, Overlay};
use crate::random::Seed;
use crate::units::{AsIndex, BitRate, Identity, PeerSlot, SimDuration, SimTime};

/// A peer's access line, and where it ends.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Who is there now.
    pub identity: Identity,
    /// The AS of its address.
    pub as_index: AsIndex,
    /// Uplink, wire bits per second.
    pub wire_up: BitRate,
    /// Downlink, wire bits per second.
    pub wire_down: BitRate,
    /// The uplink as a resource; its capacity is the service's business (payload or wire).
    pub up: ResourceId,
    /// The downlink as a resource.
    pub down: ResourceId,
    /// The clock of what the peer sends.
    pub clock: ClockId,
}

/// Access lines and paths, by slot.
#[derive(Debug, Default)]
pub struct Lines {
    /// By slot.
    pub by_slot: Vec<Line>,
    /// One-way delay by latency class.
    pub delay_by_class: Vec<SimDuration>,
    /// Limited links on the route between two ASes; empty when no link is limited.
    pub limited: Vec<LimitedPath>,
}

/// The limited links between a pair of ASes, in the order of travel.
#[derive(Debug, Clone)]
pub struct LimitedPath {
    /// The sending side.
    pub from: AsIndex,
    /// The receiving side.
    pub to: AsIndex,
    /// The links.
    pub links: Vec<ResourceId>,
}

impl Lines {
    /// The line of a slot.
    #[inline]
    pub fn line(&self, slot: PeerSlot) -> &Line {
        &self.by_slot[slot.index()]
    }

    /// Limited links on the way between two ASes.
    pub fn limited_links(&self, from: AsIndex, to: AsIndex) -> &[ResourceId] {
        self.limited
            .binary_search_by_key(&(from, to), |path| (path.from, path.to))
            .map_or(&[], |found| &self.limited[found].links)
    }
}

/// A service's timer: small and `Copy`, never cancelled; the service ignores one whose stamp is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceTimer {
    /// Which of the service's timers; orders simultaneous timers of one peer.
    pub kind: u8,
    /// A slot or a connection, as the kind says.
    pub subject: u32,
    /// Epoch or generation of the subject.
    pub stamp: u32,
}

/// What a service asks the world to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceEffect {
    /// Call back at `at`.
    Timer {
        /// When; not in the past.
        at: SimTime,
        /// Whose: orders simultaneous timers.
        owner: PeerSlot,
        /// The other peer concerned, or the owner again.
        other: PeerSlot,
        /// Which.
        timer: ServiceTimer,
        /// Whether it is a mere wake-up: it comes after all other events of its instant.
        wake_up: bool,
    },
    /// Close this connection.
    Disconnect(ConnId),
    /// Open a connection to a peer known without discovery; ends in `connected`, unless either leaves first.
    Connect {
        /// Who opens.
        from: PeerSlot,
        /// To whom.
        to: PeerSlot,
    },
    /// Call back when messages have gone back and forth between two peers that need not be connected, so many times;
    /// never, where there is no route.
    RoundTrips {
        /// Whose timer it is.
        from: PeerSlot,
        /// The other peer.
        to: PeerSlot,
        /// How many round trips.
        count: u32,
        /// Which.
        timer: ServiceTimer,
    },
    /// Payload went from one peer to another outside their connections.
    Carried {
        /// Who sent it.
        from: PeerSlot,
        /// Who received it.
        to: PeerSlot,
        /// How much.
        bytes: u64,
    },
    /// This peer has everything now.
    Completed(PeerSlot),
    /// No peer that is here or will come can ever complete.
    ContentLost,
}

/// A service's window on the world.
pub struct ServiceContext<'a> {
    /// The instant of this event.
    pub now: SimTime,
    /// Randomness of this run.
    pub seed: Seed,
    /// Whether nothing may sleep: every peer keeps its choke clock, every neighbour is woken by every HAVE. The twin of
    /// the sleeping engine, for tests.
    pub polling: bool,
    /// Who is connected to whom.
    pub overlay: &'a mut Overlay,
    /// Flows.
    pub network: &'a mut Network,
    /// Access lines.
    pub lines: &'a Lines,
    /// Where metrics go.
    pub recorder: &'a mut Recorder,
    /// Where effects go.
    pub out: &'a mut Vec<ServiceEffect>,
}

impl ServiceContext<'_> {
    /// One-way delay between the ends of a connection.
    pub fn delay(&self, conn: ConnId) -> SimDuration {
        self.lines.delay_by_class[self.overlay.latency_class(conn) as usize]
    }

    /// Round-trip time between the ends of a connection.
    pub fn round_trip(&self, conn: ConnId) -> SimDuration {
        self.delay(conn).saturating_mul(2)
    }

    /// Who is in a slot.
    pub fn identity(&self, slot: PeerSlot) -> Identity {
        self.lines.line(slot).identity
    }

    /// Asks to be called back.
    pub fn timer(&mut self, at: SimTime, owner: PeerSlot, other: PeerSlot, timer: ServiceTimer, wake_up: bool) {
        self.out.push(ServiceEffect::Timer { at, owner, other, timer, wake_up });
    }
}
