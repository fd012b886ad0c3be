//! Per-peer and per-connection state.

use super::pools::PoolId;
use super::speed::{Belief, UNKNOWN};
use crate::bandwidth::FlowId;
use crate::services::service::{PeerAccount, TimeBudget};
use crate::units::{Bytes, PeerSlot, SimDuration, SimTime};

/// Pieces verified most recently: a HAVE is masked until it has travelled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recent {
    entries: [(u32, SimTime); Self::LENGTH],
    next: u8,
}

impl Recent {
    const LENGTH: usize = 16;

    const NONE: Self = Self { entries: [(u32::MAX, SimTime::ZERO); Self::LENGTH], next: 0 };

    pub(super) fn push(&mut self, piece: u32, now: SimTime) {
        self.entries[usize::from(self.next)] = (piece, now);
        self.next = (self.next + 1) % Self::LENGTH as u8;
    }

    /// Pieces verified after `now − delay`, newest first, with the time each becomes known.
    pub(super) fn unknown(&self, now: SimTime, delay: SimDuration) -> impl Iterator<Item = (u32, SimTime)> + '_ {
        (1..=Self::LENGTH)
            .map(move |back| self.entries[(usize::from(self.next) + Self::LENGTH - back) % Self::LENGTH])
            .map(move |(piece, at)| (piece, at.saturating_add(delay)))
            .take_while(move |(piece, known)| *piece != u32::MAX && *known > now)
    }
}

/// What a peer is doing, for its time budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// Not present, or complete.
    Nothing,
    NothingWanted,
    Choked,
    Waiting,
    DownlinkBound,
    UplinkBound,
}

/// A peer of the swarm.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) generation: u32,
    pub(super) source: bool,
    /// It never unchokes anybody.
    pub(super) free_rider: bool,
    pub(super) complete: bool,
    pub(super) present: bool,
    /// Pieces neither verified nor requested.
    pub(super) unrequested: u32,
    pub(super) verified: u32,
    /// Choke rounds are at phase + k × round.
    pub(super) phase: SimDuration,
    pub(super) round_pending: bool,
    /// When the pending round comes.
    pub(super) round_at: SimTime,
    /// When the window over which traffic is measured began.
    pub(super) window_since: SimTime,
    /// The turn of the optimistic slots, where rounds have no fixed clock.
    pub(super) optimistic_turn: u64,
    /// When the last round was.
    pub(super) last_round: Option<SimTime>,
    /// Some flow of this peer ran since the last round.
    pub(super) active: bool,
    /// Counts draws of piece choices.
    pub(super) choices: u32,
    pub(super) recent: Recent,
    /// Payload bits per second that acknowledgements and messages take from the uplink.
    pub(super) reserve: u64,
    /// When the last message left: messages of one instant leave one after another.
    pub(super) message_left: SimTime,
    /// Payload bytes received since the last round.
    pub(super) received_in_window: u64,
    /// Bytes of peer-wire messages sent since the last round.
    pub(super) messages_in_window: u64,
    pub(super) doing: Doing,
    pub(super) doing_since: SimTime,
    pub(super) budget_dirty: bool,
    pub(super) account: PeerAccount,
}

impl Peer {
    pub(super) const ABSENT: Self = Self {
        generation: 0,
        source: false,
        free_rider: false,
        complete: false,
        present: false,
        unrequested: 0,
        verified: 0,
        phase: SimDuration::ZERO,
        round_pending: false,
        round_at: SimTime::NEVER,
        window_since: SimTime::ZERO,
        optimistic_turn: 0,
        last_round: None,
        active: false,
        choices: 0,
        recent: Recent::NONE,
        reserve: 0,
        message_left: SimTime::ZERO,
        received_in_window: 0,
        messages_in_window: 0,
        doing: Doing::Nothing,
        doing_since: SimTime::ZERO,
        budget_dirty: false,
        account: PeerAccount {
            sent: 0,
            verified: 0,
            partial: 0,
            duplicate: 0,
            failed: 0,
            pieces: 0,
            first_piece: None,
            completed: None,
            from_origin: 0,
            overhead: 0,
            messages: 0,
            budget: TimeBudget {
                nothing_wanted: SimDuration::ZERO,
                choked: SimDuration::ZERO,
                waiting: SimDuration::ZERO,
                downlink_bound: SimDuration::ZERO,
                uplink_bound: SimDuration::ZERO,
            },
        },
    };
}

/// One end of a connection, as the peer at this end sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// The flow that this end sends, or [`End::NO_FLOW`].
    pub(super) flow: FlowId,
    /// Counts unchokes and starts: a delayed start with another stamp is out of date.
    pub(super) stamp: u32,
    /// Nanobits received from the other end since the last round of this end's peer.
    pub(super) window_in: u64,
    /// Nanobits sent to the other end since the last round of this end's peer.
    pub(super) window_out: u64,
    /// Of what the flow sent by this end has moved on its current transfer, the nanobits already accounted for.
    pub(super) credited: u64,
    /// Rate at which the other end last sent to this one, bits per second; 0: never.
    pub(super) last_rate: u64,
    /// When this end last unchoked the other; at first, when they met.
    pub(super) unchoked_at: SimTime,
    /// When the last message of this end arrives at the other: messages of a connection keep their order.
    pub(super) message_arrives: SimTime,
    /// Counts tails: a choked sender goes on with what its send buffer holds.
    pub(super) tail: u32,
    /// When this end chooses its next piece, ahead of need.
    pub(super) ahead_at: SimTime,
    /// When this end looks again for something to request.
    pub(super) retry_at: SimTime,
    /// When the weight of what this end sends is drawn anew; zero: no timer is set.
    pub(super) redraw_at: SimTime,
    /// The busy block that this end has asked for and that the other has not begun to send.
    pub(super) busy_block: Option<PoolId>,
    /// Bytes that the other end still sends although they have come elsewhere.
    pub(super) owed: u64,
    /// Whether this end has ever unchoked the other.
    pub(super) unchoked_once: bool,
    /// When the ends met: when this one has the other's handshake.
    pub(super) met_at: SimTime,
    /// How fast this end believes the other to send.
    pub(super) belief: Belief,
    /// When this end last gave the other an optimistic slot; zero: never.
    pub(super) optimistic_at: SimTime,
    /// Pieces that this end has asked the other for beyond the one under way: from, until.
    pub(super) reserved: (u32, u32),
    /// Payload bytes sent since the unchoke.
    pub(super) sent_since_unchoke: Bytes,
}

impl End {
    pub(super) const NO_FLOW: FlowId = FlowId(u32::MAX);

    pub(super) const NEW: Self = Self {
        flow: Self::NO_FLOW,
        stamp: 0,
        window_in: 0,
        window_out: 0,
        credited: 0,
        last_rate: 0,
        unchoked_at: SimTime::ZERO,
        message_arrives: SimTime::ZERO,
        tail: 0,
        ahead_at: SimTime::ZERO,
        retry_at: SimTime::ZERO,
        redraw_at: SimTime::ZERO,
        busy_block: None,
        owed: 0,
        unchoked_once: false,
        met_at: SimTime::ZERO,
        belief: UNKNOWN,
        optimistic_at: SimTime::ZERO,
        reserved: (0, 0),
        sent_since_unchoke: Bytes::ZERO,
    };
}

/// All peers, by slot.
#[derive(Debug, Default)]
pub(super) struct PeerTable {
    peers: Vec<Peer>,
}

impl PeerTable {
    pub(super) fn reset(&mut self, slot: PeerSlot) -> &mut Peer {
        if self.peers.len() <= slot.index() {
            self.peers.resize(slot.index() + 1, Peer::ABSENT);
        }
        let peer = &mut self.peers[slot.index()];
        debug_assert!(!peer.present);
        let generation = peer.generation + 1;
        *peer = Peer { generation, present: true, ..Peer::ABSENT };
        peer
    }

    pub(super) fn len(&self) -> usize {
        self.peers.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.peers.capacity() * size_of::<Peer>()) as u64
    }
}

impl std::ops::Index<PeerSlot> for PeerTable {
    type Output = Peer;
    #[inline]
    fn index(&self, slot: PeerSlot) -> &Peer {
        &self.peers[slot.index()]
    }
}

impl std::ops::IndexMut<PeerSlot> for PeerTable {
    #[inline]
    fn index_mut(&mut self, slot: PeerSlot) -> &mut Peer {
        &mut self.peers[slot.index()]
    }
}
