//! The swarm's state, and how its parts are wired to the service's events.

use super::absence::Absent;
use super::choking::ChokeKey;
use super::fallback::Fallbacks;
use super::masks::{MaskTable, Relation};
use super::messages::News;
use super::overhead::Overhead;
use super::peers::{Doing, End, PeerTable};
use super::pieces::PieceTable;
use super::pools::PoolTable;
use super::spec::FileSwarmingSpec;
use super::super_seeding::SuperSeeds;
use crate::bandwidth::TransferId;
use crate::metrics::Recorder;
use crate::overlay::ConnId;
use crate::random::Purpose;
use crate::services::context::{ServiceContext, ServiceEffect, ServiceTimer};
use crate::services::service::{PeerAccount, Role, Service, Volume};
use crate::units::{BitRate, Bytes, PeerSlot, SimDuration, SimTime};

/// Nanobits in a byte.
pub(super) const NANOBITS_PER_BYTE: u64 = 8_000_000_000;

/// Kinds of timers, in their order within one instant.
pub(super) mod timer {
    /// A flow begins after its round trip. Subject: the receiving end.
    pub(in super::super) const FLOW_START: u8 = 1;
    /// A HAVE has travelled. Subject: the end that learns of it.
    pub(in super::super) const HAVE_KNOWN: u8 = 2;
    /// A pool without drains has everything. Subject: the receiver's slot.
    pub(in super::super) const POOL_FULL: u8 = 3;
    /// A choke round. Subject: the slot.
    pub(in super::super) const CHOKE_ROUND: u8 = 4;
    /// Messages that arrive. Subject: the end that learns of them.
    pub(in super::super) const INTERESTED: u8 = 5;
    pub(in super::super) const NOT_INTERESTED: u8 = 6;
    pub(in super::super) const UNCHOKED: u8 = 7;
    pub(in super::super) const CHOKED: u8 = 8;
    /// A choked sender's buffer is empty. Subject: the sending end.
    pub(in super::super) const TAIL_ENDS: u8 = 9;
    /// A weight is drawn anew. Subject: the sending end.
    pub(in super::super) const REDRAW: u8 = 10;
    /// A connection without anything to request looks again. Subject: the receiving end.
    pub(in super::super) const RETRY: u8 = 11;
    /// A connection chooses its next piece. Subject: the receiving end.
    pub(in super::super) const AHEAD: u8 = 12;
    /// A HAVE has come to a super-seed. Subject: its end.
    pub(in super::super) const SEED_HEARS: u8 = 13;
    /// Nobody has been interested in a super-seed for long. Subject: its slot.
    pub(in super::super) const PATIENCE: u8 = 14;
    /// A peer may have been without supply for too long. Subject: its slot.
    pub(in super::super) const STALL: u8 = 15;
    /// The first byte of an origin comes. Subject: the receiver's slot.
    pub(in super::super) const ORIGIN_ANSWERS: u8 = 16;
    /// All of a pool may have been asked for. Subject: the receiver's slot; stamp: the transfer.
    pub(in super::super) const ALL_ASKED: u8 = 17;
}

/// Peer-wire messages counted in closed form.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct WireMessages {
    pub(super) requests: u64,
    pub(super) haves: u64,
    /// CHOKE, UNCHOKE, INTERESTED, NOT INTERESTED; counted where they take time.
    pub(super) states: u64,
}

/// The swarm of one file.
#[derive(Debug)]
pub struct FileSwarming {
    pub(super) spec: FileSwarmingSpec,
    /// What is verified and passed on as a whole: a piece, or a block without store-and-forward.
    unit: Bytes,
    pub(super) overhead: Overhead,
    pub(super) peers: PeerTable,
    /// Connections of a beginner turn to another piece just now.
    pub(super) turning: bool,
    pub(super) pieces: PieceTable,
    pub(super) pools: PoolTable,
    pub(super) masks: MaskTable,
    pub(super) ends: Vec<End>,
    pub(super) news: News,
    pub(super) super_seeds: SuperSeeds,
    pub(super) fallbacks: Fallbacks,
    pub(super) absent: Absent,
    /// Per flow: the end that sends it.
    pub(super) flow_end: Vec<ConnId>,
    /// Per downlink resource: whose it is.
    pub(super) downlink_owner: Vec<PeerSlot>,
    /// Copies of each piece among the peers that are present or will come again.
    copies: Vec<u32>,
    pub(super) verified_pieces: u64,
    pub(super) verified_bytes: u64,
    pub(super) wire_messages: WireMessages,
    /// Peers whose time budget may have changed in this instant.
    pub(super) budget_dirty: Vec<PeerSlot>,
    // Buffers, empty between events.
    pub(super) candidates: Vec<u64>,
    pub(super) all_candidates: Vec<u64>,
    pub(super) neighbours: Vec<PeerSlot>,
    pub(super) masked: Vec<u32>,
    pub(super) drains: Vec<ConnId>,
    pub(super) order: Vec<(ChokeKey, ConnId)>,
}

impl FileSwarming {
    /// A swarm without peers.
    pub fn new(spec: &FileSwarmingSpec) -> Self {
        // What is passed on as a whole is a piece to this swarm.
        let unit = if spec.pieces.store_and_forward { spec.piece } else { spec.block };
        let pieces = spec.size.get().div_ceil(unit.get()) as u32;
        Self {
            overhead: Overhead::new(&spec.wire, spec.block),
            peers: PeerTable::default(),
            turning: false,
            pieces: PieceTable::new(pieces),
            pools: PoolTable::default(),
            masks: MaskTable::default(),
            ends: Vec::new(),
            news: News::default(),
            super_seeds: SuperSeeds::default(),
            fallbacks: Fallbacks::default(),
            absent: Absent::default(),
            flow_end: Vec::new(),
            downlink_owner: Vec::new(),
            copies: vec![0; pieces as usize],
            verified_pieces: 0,
            verified_bytes: 0,
            wire_messages: WireMessages::default(),
            budget_dirty: Vec::new(),
            candidates: Vec::new(),
            all_candidates: Vec::new(),
            neighbours: Vec::new(),
            masked: Vec::new(),
            drains: Vec::new(),
            order: Vec::new(),
            spec: spec.clone(),
            unit,
        }
    }

    /// Bytes of a piece; the last one may be shorter.
    pub(super) fn piece_length(&self, piece: u32) -> u64 {
        let start = u64::from(piece) * self.unit.get();
        self.unit.get().min(self.spec.size.get() - start)
    }

    /// Whether a HAVE is sent for this one: one for each piece of the file, also where blocks are passed on.
    pub(super) fn is_announced(&self, piece: u32) -> bool {
        let per_piece = self.spec.piece.get() / self.unit.get();
        (u64::from(piece) + 1).is_multiple_of(per_piece) || piece + 1 == self.pieces.pieces()
    }

    /// Until a peer has so many, it chooses at random.
    pub(super) fn random_first(&self) -> u64 {
        u64::from(self.spec.pieces.random_first) * (self.spec.piece.get() / self.unit.get())
    }

    pub(super) fn copies_added(&mut self, piece: u32) {
        self.copies[piece as usize] += 1;
    }

    fn grow(&mut self, cx: &ServiceContext<'_>) {
        self.masks.grow(cx.overlay.word_count());
        if self.ends.len() < cx.overlay.word_count() * 64 {
            self.ends.resize(cx.overlay.word_count() * 64, End::NEW);
            if self.messages_wait() {
                self.news.grow(self.ends.len());
            }
        }
    }

    /// What acknowledgements and messages leave of a peer's uplink.
    pub(super) fn uplink_capacity(&self, cx: &ServiceContext<'_>, slot: PeerSlot) -> BitRate {
        let line = self.overhead.payload_rate(cx.lines.line(slot).wire_up);
        BitRate::new(line.get() - self.peers[slot].reserve.min(line.get()))
    }

    /// Adds to a peer's own books what is in its pools, and closes its time budget.
    fn account(&mut self, cx: &ServiceContext<'_>, slot: PeerSlot) -> PeerAccount {
        self.budget_until_now(cx.now, slot);
        let partial = self.bytes_under_way(cx, slot);
        let overhead = self.overhead;
        let account = &mut self.peers[slot].account;
        account.partial = partial;
        account.overhead = overhead.headers(account.sent) + overhead.acknowledgements(account.received());
        *account
    }

    fn write_wire_messages(&mut self, recorder: &mut Recorder) {
        use super::overhead::{HAVE, PIECE_HEADER, REQUEST, STATE};
        let WireMessages { requests, haves, states } = std::mem::take(&mut self.wire_messages);
        if requests > 0 {
            recorder.sent("peer", "peer", "request", requests, requests * REQUEST);
            recorder.sent("peer", "peer", "piece-header", requests, requests * PIECE_HEADER);
        }
        if states > 0 {
            recorder.sent("peer", "peer", "state", states, states * STATE);
        }
        if haves > 0 {
            recorder.sent("peer", "peer", "have", haves, haves * HAVE);
        }
    }
}

impl Service for FileSwarming {
    fn content(&self) -> Bytes {
        self.spec.size
    }

    fn payload_rate(&self, wire: BitRate) -> BitRate {
        self.overhead.payload_rate(wire)
    }

    fn progress(&self) -> (u64, u64) {
        (self.verified_pieces, self.verified_bytes)
    }

    fn joined(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, role: Role) {
        self.grow(cx);
        let source = role == Role::Source;
        let pieces = self.pieces.pieces();
        let period = self.spec.choking.round.as_nanos();
        let phase = cx.seed.below(Purpose::ChokePhase, u64::from(cx.identity(slot).0), 0, period);
        self.pieces.reset(slot, source);
        self.pools.reset(slot);
        let peer = self.peers.reset(slot);
        peer.source = source;
        peer.free_rider = role == Role::FreeRider;
        peer.complete = source;
        peer.phase = SimDuration::from_nanos(phase);
        peer.unrequested = if source { 0 } else { pieces };
        peer.doing_since = cx.now;
        peer.window_since = cx.now;
        if source {
            for copies in &mut self.copies {
                *copies += 1;
            }
        }
        self.prepare_super_seed(slot);
        self.take_up(cx, slot);
        self.watch_supply(cx, slot);
        let line = *cx.lines.line(slot);
        let down = line.down.0 as usize;
        if self.downlink_owner.len() <= down {
            self.downlink_owner.resize(down + 1, PeerSlot(u32::MAX));
        }
        self.downlink_owner[down] = slot;
        cx.network.set_capacity(line.up, self.uplink_capacity(cx, slot));
        cx.network.set_capacity(line.down, self.overhead.payload_rate(line.wire_down));
        self.peers[slot].doing = if self.peers[slot].complete { Doing::Nothing } else { Doing::NothingWanted };
        if cx.polling {
            self.schedule_round(cx, slot);
        }
    }

    fn left(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, returns: bool) -> PeerAccount {
        self.end_fallbacks_of(cx, slot);
        let account = self.account(cx, slot);
        if returns {
            self.keep(cx, slot);
        }
        let pools: Vec<_> = self.pools.places(slot).map(|(id, pool)| (id, *pool)).collect();
        for (id, pool) in pools {
            debug_assert!(pool.drains == 0, "a peer leaves while somebody sends to it");
            cx.network.close_transfer(pool.transfer);
            self.pools.free(id);
        }
        let mut lost = false;
        for piece in 0..self.pieces.pieces() {
            if !returns && self.pieces.has(slot, piece) {
                self.copies[piece as usize] -= 1;
                lost |= self.copies[piece as usize] == 0;
            }
        }
        if lost {
            cx.out.push(ServiceEffect::ContentLost);
        }
        self.peers[slot].present = false;
        self.peers[slot].doing = Doing::Nothing;
        account
    }

    fn connected(&mut self, cx: &mut ServiceContext<'_>, initiator: ConnId) {
        let mate = cx.overlay.mate(initiator);
        for end in [initiator, mate] {
            let End { stamp, tail, .. } = self.ends[end.index()];
            self.ends[end.index()] = End { stamp, tail, unchoked_at: cx.now, met_at: cx.now, ..End::NEW };
            self.masks.clear(end);
            self.news.clear(end);
        }
        self.wait_for_handshakes(cx, initiator);
        // The handshake carried both bitfields.
        for end in [initiator, mate] {
            self.begin_super_seeding(cx, end);
        }
        for end in [initiator, mate] {
            self.reconsider_interest(cx, end);
        }
    }

    /// Peers of a swarm find one another by discovery alone.
    fn contact_failed(&mut self, _cx: &mut ServiceContext<'_>, _from: PeerSlot) {}

    fn disconnecting(&mut self, cx: &mut ServiceContext<'_>, conn: ConnId) {
        let mate = cx.overlay.mate(conn);
        let mut freed = [false; 2];
        for (end, freed) in [conn, mate].into_iter().zip(&mut freed) {
            *freed = self.masks.has(end, Relation::Unchoking);
            if self.ends[end.index()].flow != End::NO_FLOW {
                self.stop(cx, end);
            }
            // A delayed start of this connection is out of date.
            self.ends[end.index()].stamp += 1;
            self.ends[end.index()].tail += 1;
            self.forget_busy_block(cx, end);
            self.release_reserved(cx, end);
        }
        for end in [conn, mate] {
            self.masks.clear(end);
            self.touch_budget(cx.overlay.owner(end));
            self.end_super_seeding(cx, end);
        }
        for (end, freed) in [conn, mate].into_iter().zip(freed) {
            if freed {
                self.slot_given_up(cx, cx.overlay.owner(end));
            }
        }
    }

    fn transfer_done(&mut self, cx: &mut ServiceContext<'_>, transfer: TransferId) {
        let pool = self.pools.of_transfer(transfer);
        debug_assert!(self.pools.get(pool).transfer == transfer);
        self.finish_pool(cx, pool);
    }

    fn timer(&mut self, cx: &mut ServiceContext<'_>, timer: ServiceTimer) {
        match timer.kind {
            timer::FLOW_START => {
                let end = ConnId(timer.subject);
                if self.ends[end.index()].stamp == timer.stamp {
                    self.requested(cx, end);
                }
            }
            timer::TAIL_ENDS => self.tail_ends(cx, ConnId(timer.subject), timer.stamp),
            timer::POOL_FULL => self.finish_full_pools(cx, PeerSlot(timer.subject), timer.stamp),
            timer::CHOKE_ROUND => {
                let slot = PeerSlot(timer.subject);
                if self.peers[slot].present && self.peers[slot].generation == timer.stamp {
                    self.round_timer(cx, slot);
                }
            }
            timer::ALL_ASKED => {
                let slot = PeerSlot(timer.subject);
                if self.peers[slot].present {
                    self.look_at_requests(cx, slot, timer.stamp);
                }
            }
            timer::PATIENCE => self.patience_ends(cx, PeerSlot(timer.subject), timer.stamp),
            timer::STALL | timer::ORIGIN_ANSWERS => {
                let slot = PeerSlot(timer.subject);
                if self.peers[slot].present && self.peers[slot].generation == timer.stamp {
                    if timer.kind == timer::STALL {
                        self.look_for_a_stall(cx, slot);
                    } else {
                        self.origin_answers(cx, slot);
                    }
                }
            }
            _ if cx.overlay.is_open(ConnId(timer.subject), timer.stamp) => {
                self.connection_timer(cx, ConnId(timer.subject), timer.kind);
            }
            _ => {}
        }
    }

    fn instant_ends(&mut self, cx: &mut ServiceContext<'_>) {
        self.update_budgets(cx);
    }

    fn is_complete(&self, slot: PeerSlot) -> bool {
        self.peers[slot].complete
    }

    fn close(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) -> PeerAccount {
        self.write_wire_messages(cx.recorder);
        let ends: Vec<ConnId> = cx.overlay.connections_of(slot).collect();
        for end in ends {
            if self.ends[end.index()].flow != End::NO_FLOW {
                self.settle(cx, end);
            }
        }
        self.settle_fallbacks_of(cx, slot);
        self.account(cx, slot)
    }

    fn volume(&self, cx: &ServiceContext<'_>, slot: PeerSlot) -> Volume {
        self.volume_until(cx, slot)
    }

    fn under_way(&self, cx: &ServiceContext<'_>, sender: PeerSlot) -> Vec<(PeerSlot, u64)> {
        self.sent_under_way(cx, sender)
    }

    fn pieces(&self, slot: PeerSlot) -> (&[u64], u32) {
        (self.pieces.have(slot), self.pieces.pieces())
    }

    fn flows(&self) -> u32 {
        self.masks.total(Relation::Out) + self.fallbacks.flows
    }

    fn state_bytes(&self) -> u64 {
        self.peers.bytes()
            + self.pieces.bytes()
            + self.pools.bytes()
            + self.masks.bytes()
            + self.super_seeds.bytes()
            + self.fallbacks.bytes()
            + self.absent.bytes()
            + (self.ends.capacity() * size_of::<End>()) as u64
    }
}

impl FileSwarming {
    /// A timer of a connection that is still open.
    fn connection_timer(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, kind: u8) {
        match kind {
            timer::HAVE_KNOWN => self.have_known(cx, end),
            timer::INTERESTED => self.interest_known(cx, end, true),
            timer::NOT_INTERESTED => self.interest_known(cx, end, false),
            timer::UNCHOKED => self.unchoke_known(cx, end),
            timer::CHOKED => self.choke_known(cx, end),
            timer::RETRY => self.look_again(cx, end),
            timer::AHEAD => self.ahead(cx, end),
            timer::SEED_HEARS => self.super_seed_hears(cx, end),
            _ => self.redraw(cx, end),
        }
    }

    /// The first instant of a peer's choke clock that is not before `now`.
    pub(super) fn next_round(&self, slot: PeerSlot, now: SimTime) -> SimTime {
        let period = self.spec.choking.round.as_nanos();
        let phase = self.peers[slot].phase.as_nanos();
        let past = now.as_nanos().saturating_sub(phase);
        SimTime::from_nanos(phase + past.div_ceil(period) * period)
    }
}
