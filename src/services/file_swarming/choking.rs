//! Choking: who may download.
//!
//! A peer has `slots` regular slots and `optimistic` ones. A choke round gives the regular slots to the first interested
//! neighbours in the peer's order (tit-for-tat, or a seed's order) and moves the optimistic ones on every
//! `optimistic_rounds` rounds. Between rounds, a newly interested neighbour gets a free slot at once, and a slot given up
//! is filled at once. *Rounds sleep*: a peer whose flows rest, whose reserve is zero and whose interested neighbours all
//! have slots keeps no clock; its rounds keep their phase.

use super::masks::Relation;
use super::spec::{ChokeOrder, SeedOrder};
use super::swarm::{FileSwarming, timer};
use crate::metrics::FactKind;
use crate::overlay::{Bits, ConnId};
use crate::random::Purpose;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::{BitRate, PeerSlot, SimTime};

impl FileSwarming {
    fn regular_slots(&self, peer: PeerSlot) -> u32 {
        if self.peers[peer].complete { self.spec.seeding.slots } else { self.spec.choking.slots }
    }

    fn all_slots(&self, peer: PeerSlot) -> u32 {
        self.regular_slots(peer) + self.spec.choking.optimistic
    }

    /// Whether a peer ever unchokes anybody: free riders do not, nor do lines without an uplink.
    fn uploads(&self, cx: &ServiceContext<'_>, peer: PeerSlot) -> bool {
        !self.peers[peer].free_rider && cx.lines.line(peer).wire_up != BitRate::ZERO
    }

    /// A neighbour has become interested: it gets a free slot at once, or waits for a round.
    pub(super) fn offer(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let peer = cx.overlay.owner(end);
        if !self.uploads(cx, peer) {
            return;
        }
        if self.masks.count(cx.overlay, peer, Relation::Unchoking) < self.all_slots(peer) {
            self.unchoke(cx, end);
        } else {
            self.keep_round(cx, peer);
        }
    }

    /// Gives free slots to waiting neighbours, best first.
    pub(super) fn refill(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
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
        let round = self.round_index(peer, cx.now);
        for word in cx.overlay.words(peer) {
            let waiting = self.masks.word(word, Relation::Wanted) & !self.masks.word(word, Relation::Unchoking);
            for bit in Bits(waiting) {
                let end = ConnId::at(word, bit);
                order.push((self.choke_key(cx, end, round), end));
            }
        }
        order.sort_unstable();
        for (_, end) in order.iter().take(free) {
            self.unchoke(cx, *end);
        }
        order.clear();
        self.order = order;
    }

    /// The place of a neighbour in this peer's order; smaller is better, ties by lot.
    fn choke_key(&self, cx: &ServiceContext<'_>, end: ConnId, round: u64) -> u128 {
        let (peer, neighbour) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let state = &self.ends[end.index()];
        let main = if self.peers[peer].complete {
            match self.spec.seeding.order {
                SeedOrder::FastestFirst => u64::MAX - self.window_out(cx, end),
                SeedOrder::RoundRobin if self.keeps_slot(cx.now, end) => 0,
                SeedOrder::RoundRobin => {
                    let waiting_since = if self.masks.has(end, Relation::Unchoking) { cx.now } else { state.choked_at };
                    waiting_since.as_nanos().saturating_add(1)
                }
            }
        } else {
            match self.spec.choking.order {
                ChokeOrder::TitForTat => u64::MAX - self.window_in(cx, end),
                ChokeOrder::Random => 0,
            }
        };
        let pair = u64::from(cx.identity(peer).0) << 32 | u64::from(cx.identity(neighbour).0);
        u128::from(main) << 64 | u128::from(cx.seed.draw(Purpose::ChokeTie, pair, round))
    }

    /// Round-robin: a receiver keeps its slot until both quotas are used up.
    fn keeps_slot(&self, now: SimTime, end: ConnId) -> bool {
        let state = &self.ends[end.index()];
        let pieces = state.sent_since_unchoke.get() / self.spec.piece.get();
        self.masks.has(end, Relation::Unchoking)
            && (pieces < u64::from(self.spec.seeding.quota_pieces)
                || now.since(state.unchoked_at) < self.spec.seeding.quota_time)
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

    fn unchoke(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        debug_assert!(!self.masks.has(end, Relation::Unchoking) && self.masks.has(end, Relation::Wanted));
        let mate = cx.overlay.mate(end);
        self.masks.set(end, Relation::Unchoking, true);
        self.masks.set(mate, Relation::Unchoked, true);
        let state = &mut self.ends[end.index()];
        state.unchoked_at = cx.now;
        state.sent_since_unchoke = crate::units::Bytes::ZERO;
        choke_fact(cx, FactKind::Unchoke, end);
        self.touch_budget(cx.overlay.owner(mate));
        self.start_after_round_trip(cx, mate);
    }

    /// Takes a slot away; a piece under way keeps its bytes.
    pub(super) fn choke(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let mate = cx.overlay.mate(end);
        self.masks.set(end, Relation::Unchoking, false);
        self.masks.set(end, Relation::Optimistic, false);
        self.masks.set(mate, Relation::Unchoked, false);
        self.masks.set(mate, Relation::Starved, false);
        self.ends[end.index()].choked_at = cx.now;
        // A delayed start is out of date.
        self.ends[mate.index()].stamp += 1;
        choke_fact(cx, FactKind::Choke, end);
        self.touch_budget(cx.overlay.owner(mate));
        if self.masks.has(end, Relation::Out) {
            self.stop(cx, end);
        }
    }

    fn round_index(&self, peer: PeerSlot, now: SimTime) -> u64 {
        let since = now.as_nanos().saturating_sub(self.peers[peer].phase.as_nanos());
        since / self.spec.choking.round.as_nanos()
    }

    /// Whether a round at this peer could change anything.
    fn needs_round(&self, cx: &ServiceContext<'_>, peer: PeerSlot) -> bool {
        let state = &self.peers[peer];
        cx.polling
            || state.active
            || state.reserve > 0
            || (self.masks.count(cx.overlay, peer, Relation::Wanted) > self.all_slots(peer) && self.uploads(cx, peer))
    }

    /// Keeps a choke clock running while the peer has a reason for one.
    pub(super) fn keep_round(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        if !self.peers[peer].round_pending && self.needs_round(cx, peer) {
            self.schedule_round(cx, peer);
        }
    }

    pub(super) fn schedule_round(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        let mut at = self.next_round(peer, cx.now);
        if self.peers[peer].last_round == Some(at) {
            at = at + self.spec.choking.round;
        }
        let state = &mut self.peers[peer];
        state.round_pending = true;
        let timer = ServiceTimer { kind: timer::CHOKE_ROUND, subject: peer.0, stamp: state.generation };
        cx.timer(at, peer, peer, timer, true);
    }

    /// One choke round.
    pub(super) fn choke_round(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        self.peers[peer].last_round = Some(cx.now);
        self.settle_windows(cx, peer);
        if self.uploads(cx, peer) {
            self.reassign_slots(cx, peer);
        }
        self.close_window(cx, peer);
        self.keep_round(cx, peer);
    }

    fn settle_windows(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        for word in cx.overlay.words(peer) {
            for bit in Bits(self.masks.word(word, Relation::Out)) {
                self.settle(cx, ConnId::at(word, bit));
            }
            for bit in Bits(self.masks.word(word, Relation::In)) {
                self.settle(cx, cx.overlay.mate(ConnId::at(word, bit)));
            }
        }
    }

    fn reassign_slots(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        let round = self.round_index(peer, cx.now);
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        for word in cx.overlay.words(peer) {
            for bit in Bits(self.masks.word(word, Relation::Wanted)) {
                let end = ConnId::at(word, bit);
                order.push((self.choke_key(cx, end, round), end));
            }
        }
        order.sort_unstable();
        let regular = (self.regular_slots(peer) as usize).min(order.len());
        if order.len() > self.all_slots(peer) as usize {
            self.draw_optimistic(cx, &mut order[regular..], round);
        }
        let kept = (self.all_slots(peer) as usize).min(order.len());
        for (_, end) in &order[kept..] {
            if self.masks.has(*end, Relation::Unchoking) {
                self.choke(cx, *end);
            }
        }
        for (place, (_, end)) in order[..kept].iter().enumerate() {
            let optimistic = place >= regular && order.len() > kept;
            if optimistic && !self.masks.has(*end, Relation::Optimistic) {
                self.ends[end.index()].optimistic_at = cx.now;
            }
            self.masks.set(*end, Relation::Optimistic, optimistic);
            if !self.masks.has(*end, Relation::Unchoking) {
                self.unchoke(cx, *end);
            }
        }
        order.clear();
        self.order = order;
    }

    /// Brings the optimistic choices to the front of those that have no regular slot: those of the last rounds stay
    /// until their turn is over, then it is the turn of the choked neighbour whose last one is longest ago (libtorrent
    /// `last_optimistically_unchoked`; the mainline client rotates its list to the same effect), ties by lot.
    fn draw_optimistic(&self, cx: &ServiceContext<'_>, rest: &mut [(u128, ConnId)], round: u64) {
        let rotate = round.is_multiple_of(u64::from(self.spec.choking.optimistic_rounds));
        for (key, end) in rest.iter_mut() {
            let stays = !rotate && self.masks.has(*end, Relation::Optimistic);
            let unchoked = self.masks.has(*end, Relation::Unchoking);
            let by = u64::from(cx.identity(cx.overlay.owner(*end)).0);
            let whom = u64::from(cx.identity(cx.overlay.neighbour(*end)).0);
            let lot = cx.seed.draw(Purpose::OptimisticUnchoke, by << 32 | whom, round);
            let class = if stays { 0 } else { 1 + u128::from(unchoked) };
            // Time stays below 2^62 ns, 146 years.
            let last = u128::from(self.ends[end.index()].optimistic_at.as_nanos());
            *key = class << 126 | last << 64 | u128::from(lot);
        }
        rest.sort_unstable();
    }

    /// Starts the next window: reciprocation from zero, the uplink's reserve from the traffic of the window that ends.
    fn close_window(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        for word in cx.overlay.words(peer) {
            for bit in Bits(cx.overlay.connected_mask(word)) {
                let state = &mut self.ends[ConnId::at(word, bit).index()];
                state.window_in = 0;
                state.window_out = 0;
            }
        }
        let still_active =
            self.masks.any(cx.overlay, peer, Relation::In) || self.masks.any(cx.overlay, peer, Relation::Out);
        let line = self.overhead.payload_rate(cx.lines.line(peer).wire_up);
        let window = self.spec.choking.round;
        let state = &mut self.peers[peer];
        let (received, messages) = (state.received_in_window, state.messages_in_window);
        let reserve = self.overhead.reserve(received, messages, window, line);
        state.received_in_window = 0;
        state.messages_in_window = 0;
        state.active = still_active;
        if reserve != state.reserve {
            state.reserve = reserve;
            let capacity = self.uplink_capacity(cx, peer);
            cx.network.set_capacity(cx.lines.line(peer).up, capacity);
        }
    }
}

fn choke_fact(cx: &mut ServiceContext<'_>, kind: FactKind, end: ConnId) {
    let by = cx.identity(cx.overlay.owner(end));
    let whom = cx.identity(cx.overlay.neighbour(end));
    cx.recorder.fact(cx.now, kind, by.0, whom.0);
}
