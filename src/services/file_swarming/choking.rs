//! Choking: who may download.
//!
//! A peer has `slots` regular slots and `optimistic` ones. A newly interested neighbour gets a free slot at once, unless
//! slots are given in rounds only (`refill`). The order in which neighbours get slots is the same between rounds and in
//! them: by reciprocation for a peer that still downloads, and among equals, as for seeds, whoever has its slot and has
//! not used up its quota first, then whose last unchoke is longest ago (libtorrent `choker.cpp`).

use super::masks::Relation;
use super::spec::{ChokeOrder, Refill, SeedOrder, Ties};
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE};
use crate::metrics::FactKind;
use crate::overlay::{Bits, ConnId};
use crate::random::Purpose;
use crate::services::context::ServiceContext;
use crate::units::{BitRate, Bytes, PeerSlot, SimTime};

/// The place of a neighbour in a peer's order: by what it gave, by how long it waited, by lot. Smaller is better.
pub(super) type ChokeKey = [u64; 4];

impl FileSwarming {
    pub(super) fn regular_slots(&self, peer: PeerSlot) -> u32 {
        let slots = if self.peers[peer].complete { self.spec.seeding.slots } else { self.spec.choking.slots };
        if self.spec.choking.optimistic_unchoke { slots } else { slots + self.spec.choking.optimistic }
    }

    pub(super) fn all_slots(&self, peer: PeerSlot) -> u32 {
        let slots = if self.peers[peer].complete { self.spec.seeding.slots } else { self.spec.choking.slots };
        slots + self.spec.choking.optimistic
    }

    /// Whether a peer ever unchokes anybody: free riders do not, nor do lines without an uplink.
    pub(super) fn uploads(&self, cx: &ServiceContext<'_>, peer: PeerSlot) -> bool {
        !self.peers[peer].free_rider && cx.lines.line(peer).wire_up != BitRate::ZERO
    }

    /// A neighbour has become interested: it gets a free slot at once, or waits for a round.
    pub(super) fn offer(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let peer = cx.overlay.owner(end);
        if !self.uploads(cx, peer) {
            return;
        }
        let free = self.masks.count(cx.overlay, peer, Relation::Unchoking) < self.all_slots(peer);
        if free && self.spec.choking.refill != Refill::AtRound {
            self.unchoke(cx, end);
        } else {
            self.keep_round(cx, peer);
        }
    }

    /// A slot has become free.
    pub(super) fn slot_given_up(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        match self.spec.choking.refill {
            Refill::AtOnce => self.fill_free_slots(cx, peer),
            Refill::NextSecond => self.hasten_round(cx, peer),
            Refill::AtRound => self.keep_round(cx, peer),
        }
    }

    /// Gives free slots to waiting neighbours, best first.
    pub(super) fn fill_free_slots(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        if !self.uploads(cx, peer) {
            return;
        }
        let used = self.masks.count(cx.overlay, peer, Relation::Unchoking);
        let free = self.all_slots(peer).saturating_sub(used) as usize;
        if free == 0 {
            return;
        }
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        let lots = self.lots(peer, cx.now);
        for word in cx.overlay.words(peer) {
            let waiting = self.masks.word(word, Relation::Wanted) & !self.masks.word(word, Relation::Unchoking);
            for bit in Bits(waiting) {
                let end = ConnId::at(word, bit);
                order.push((self.choke_key(cx, end, lots), end));
            }
        }
        order.sort_unstable();
        for (_, end) in order.iter().take(free) {
            self.unchoke(cx, *end);
        }
        order.clear();
        self.order = order;
    }

    /// The place of a neighbour in this peer's order. `lots` counts the draws.
    pub(super) fn choke_key(&self, cx: &ServiceContext<'_>, end: ConnId, lots: u64) -> ChokeKey {
        let (peer, neighbour) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let complete = self.peers[peer].complete;
        let main = match (complete, self.spec.seeding.order, self.spec.choking.order) {
            (true, SeedOrder::FastestFirst, _) => u64::MAX - self.window_out(cx, end),
            (true, SeedOrder::AntiLeech, _) => self.distance_from_a_side(neighbour),
            (false, _, ChokeOrder::TitForTat) => u64::MAX - self.window_in(cx, end),
            _ => 0,
        };
        let random = if complete {
            self.spec.seeding.order == SeedOrder::Random
        } else {
            self.spec.choking.order == ChokeOrder::Random
        };
        let turns = !random && (complete || self.spec.choking.ties == Ties::Turn);
        let turn = if turns { self.turn(cx, end) } else { 0 };
        let lots = if self.spec.choking.ties == Ties::LastingLot && !random { 0 } else { lots };
        let pair = u64::from(cx.identity(peer).0) << 32 | u64::from(cx.identity(neighbour).0);
        // An optimistic slot becomes a regular one only for more than equal merit.
        let optimistic = u64::from(self.masks.has(end, Relation::Optimistic));
        [main, turn, optimistic, cx.seed.draw(Purpose::ChokeTie, pair, lots)]
    }

    /// Whose turn it is among equals: who is being served, most served first; then whose last unchoke is longest ago; at
    /// last who has used up its quota.
    fn turn(&self, cx: &ServiceContext<'_>, end: ConnId) -> u64 {
        const CLASS: u32 = 62;
        let state = &self.ends[end.index()];
        let unchoking = self.masks.has(end, Relation::Unchoking);
        if unchoking && self.quota_is_used_up(cx.now, end) {
            return 2 << CLASS;
        }
        let sent = if unchoking { self.window_out(cx, end) / NANOBITS_PER_BYTE } else { 0 };
        if sent > 0 {
            return (1 << CLASS) - 1 - sent;
        }
        // Who never had a slot waits since the ends met, and comes before who got one in that instant. Times stay below
        // 2^61 ns, 73 years.
        1 << CLASS | state.unchoked_at.as_nanos() << 1 | u64::from(state.unchoked_once)
    }

    /// A receiver keeps its slot until both quotas are used up.
    fn quota_is_used_up(&self, now: SimTime, end: ConnId) -> bool {
        let state = &self.ends[end.index()];
        let pieces = state.sent_since_unchoke.get() / self.spec.piece.get();
        pieces >= u64::from(self.spec.seeding.quota_pieces)
            && now.since(state.unchoked_at) >= self.spec.seeding.quota_time
    }

    /// Pieces that a peer lacks of everything or has beyond nothing, whichever is less: 0 for who has just begun or is
    /// nearly done.
    fn distance_from_a_side(&self, peer: PeerSlot) -> u64 {
        let has = self.peers[peer].verified;
        u64::from(has.min(self.pieces.pieces() - has))
    }

    /// Nanobits received from the other end in this window, up to now.
    fn window_in(&self, cx: &ServiceContext<'_>, end: ConnId) -> u64 {
        let sender_end = cx.overlay.mate(end);
        let mut window = self.ends[end.index()].window_in;
        if self.masks.has(end, Relation::In) {
            let sender = &self.ends[sender_end.index()];
            window = window.saturating_add(cx.network.moved(cx.now, sender.flow) - sender.credited);
        }
        window
    }

    /// Nanobits sent to the other end in this window, up to now.
    fn window_out(&self, cx: &ServiceContext<'_>, end: ConnId) -> u64 {
        let state = &self.ends[end.index()];
        let mut window = state.window_out;
        if self.masks.has(end, Relation::Out) {
            window = window.saturating_add(cx.network.moved(cx.now, state.flow) - state.credited);
        }
        window
    }

    pub(super) fn unchoke(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        debug_assert!(!self.masks.has(end, Relation::Unchoking) && self.masks.has(end, Relation::Wanted));
        self.masks.set(end, Relation::Unchoking, true);
        let state = &mut self.ends[end.index()];
        state.unchoked_at = cx.now;
        state.unchoked_once = true;
        state.sent_since_unchoke = Bytes::ZERO;
        choke_fact(cx, FactKind::Unchoke, end);
        self.tell_unchoke(cx, end);
    }

    /// Takes a slot away; a piece under way keeps its bytes.
    pub(super) fn choke(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        self.masks.set(end, Relation::Unchoking, false);
        self.masks.set(end, Relation::Optimistic, false);
        choke_fact(cx, FactKind::Choke, end);
        self.tell_choke(cx, end);
    }
}

fn choke_fact(cx: &mut ServiceContext<'_>, kind: FactKind, end: ConnId) {
    let by = cx.identity(cx.overlay.owner(end));
    let whom = cx.identity(cx.overlay.neighbour(end));
    cx.recorder.fact(cx.now, kind, by.0, whom.0);
}
