//! What every service answers.

use super::context::{ServiceContext, ServiceTimer};
use crate::bandwidth::TransferId;
use crate::overlay::ConnId;
use crate::units::{BitRate, Bytes, PeerSlot, SimDuration, SimTime};

/// What a peer brings when it joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It has everything: an initial seed or an origin server.
    Source,
    /// It has nothing yet.
    Consumer,
    /// It has nothing yet, and will never upload.
    FreeRider,
}

/// Counts of a present or departed peer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PeerAccount {
    /// Payload bytes sent, by the sender's own account.
    pub sent: u64,
    /// Payload bytes in verified pieces.
    pub verified: u64,
    /// Payload bytes of pieces under way.
    pub partial: u64,
    /// Payload bytes received twice.
    pub duplicate: u64,
    /// Payload bytes received for nothing.
    pub failed: u64,
    /// Pieces verified.
    pub pieces: u32,
    /// When the first piece was verified.
    pub first_piece: Option<SimTime>,
    /// When the last piece was verified.
    pub completed: Option<SimTime>,
    /// Payload bytes received from origins while the swarm sent nothing (fallback).
    pub from_origin: u64,
    /// Bytes of acknowledgements and packet headers that its line carried.
    pub overhead: u64,
    /// Bytes of peer-wire messages it sent, headers of blocks left out.
    pub messages: u64,
    /// Where its time went until completion.
    pub budget: TimeBudget,
}

impl PeerAccount {
    /// Everything it received.
    pub const fn received(&self) -> u64 {
        self.verified + self.partial + self.duplicate + self.failed
    }
}

/// What a peer has sent up to some instant, what is under way included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volume {
    /// Payload bytes.
    pub payload: u64,
    /// Everything that occupied its uplink, bytes on the wire: data packets, acknowledgements, peer-wire messages.
    pub wire: u64,
}

/// Where a peer's time went between arrival and completion (or the end).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeBudget {
    /// No neighbour had anything it lacked.
    pub nothing_wanted: SimDuration,
    /// Every neighbour that had something choked it.
    pub choked: SimDuration,
    /// Unchoked, and nothing flowed.
    pub waiting: SimDuration,
    /// Its own downlink was the limit.
    pub downlink_bound: SimDuration,
    /// Its senders' uplinks, or links between ISPs, were the limit.
    pub uplink_bound: SimDuration,
}

/// What overlays are for. Handlers read and write through the context and never schedule anything themselves.
pub trait Service {
    /// Size of the content.
    fn content(&self) -> Bytes;
    /// What flows have of a line or link that carries `wire` bits per second, headers taken off.
    fn payload_rate(&self, wire: BitRate) -> BitRate;
    /// Pieces verified by peers so far, and the bytes in them.
    fn progress(&self) -> (u64, u64);
    /// A peer is there: its slot and line are ready. One that has [`left`](Self::left) to come again, known by its identity, has
    /// what it had.
    fn joined(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, role: Role);
    /// A peer is about to go; its connections are closed already. `returns`: it will come again and keeps what it has.
    fn left(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, returns: bool) -> PeerAccount;
    /// A connection was made; `initiator` is the end that asked for it.
    fn connected(&mut self, cx: &mut ServiceContext<'_>, initiator: ConnId);
    /// A connection that the service asked for did not come about.
    fn contact_failed(&mut self, cx: &mut ServiceContext<'_>, from: PeerSlot);
    /// A connection is about to be removed.
    fn disconnecting(&mut self, cx: &mut ServiceContext<'_>, conn: ConnId);
    /// A transfer has moved all its bytes.
    fn transfer_done(&mut self, cx: &mut ServiceContext<'_>, transfer: TransferId);
    /// A timer fired.
    fn timer(&mut self, cx: &mut ServiceContext<'_>, timer: ServiceTimer);
    /// Rates are solved; nothing more happens in this instant.
    fn instant_ends(&mut self, cx: &mut ServiceContext<'_>);
    /// Whether a peer has everything.
    fn is_complete(&self, slot: PeerSlot) -> bool;
    /// Closes the books of a present peer at the end of the run; bytes under way are counted as partial.
    fn close(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) -> PeerAccount;
    /// What a present peer has sent until `cx.now`. Looks only: nothing is settled or credited.
    fn volume(&self, cx: &ServiceContext<'_>, slot: PeerSlot) -> Volume;
    /// Whole payload bytes that a present peer's flows have moved and that nobody has counted yet, by receiver. Looks
    /// only: nothing is settled or credited.
    fn under_way(&self, cx: &ServiceContext<'_>, sender: PeerSlot) -> Vec<(PeerSlot, u64)>;
    /// The pieces that a present peer has, bit by bit, low first, and how many there are; nothing where the content has no
    /// pieces.
    fn pieces(&self, slot: PeerSlot) -> (&[u64], u32) {
        let _ = slot;
        (&[], 0)
    }
    /// Flows that run.
    fn flows(&self) -> u32;
    /// Bytes of state, roughly.
    fn state_bytes(&self) -> u64;
}
