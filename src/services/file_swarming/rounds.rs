//! Choke rounds.
//!
//! A round gives the regular slots to the first interested neighbours in the peer's order, and moves the optimistic ones
//! on every `optimistic_rounds` rounds; it also closes the window over which reciprocation and overhead are measured.
//! *Rounds sleep*: a peer whose flows rest, whose reserve is zero and whose interested neighbours all have slots keeps no
//! clock; its rounds keep their phase.

use super::choking::ChokeKey;
use super::masks::Relation;
use super::spec::{Refill, Ties};
use super::swarm::{FileSwarming, timer};
use crate::overlay::{Bits, ConnId};
use crate::random::Purpose;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::{PeerSlot, SimDuration, SimTime};

/// Clients look at their slots once a second (libtorrent `second_tick`).
const TICK: SimDuration = SimDuration::from_secs(1);

impl FileSwarming {
    fn round_index(&self, peer: PeerSlot, now: SimTime) -> u64 {
        let since = now.as_nanos().saturating_sub(self.peers[peer].phase.as_nanos());
        since / self.spec.choking.round.as_nanos()
    }

    /// Whether a round at this peer could change anything.
    fn needs_round(&self, cx: &ServiceContext<'_>, peer: PeerSlot) -> bool {
        let state = &self.peers[peer];
        cx.polling || state.active || state.reserve > 0 || (self.somebody_waits(cx, peer) && self.uploads(cx, peer))
    }

    /// Whether an interested neighbour could get a slot in a round.
    fn somebody_waits(&self, cx: &ServiceContext<'_>, peer: PeerSlot) -> bool {
        let interested = self.masks.count(cx.overlay, peer, Relation::Wanted);
        match self.spec.choking.refill {
            Refill::AtRound => interested > self.masks.count(cx.overlay, peer, Relation::Unchoking),
            Refill::AtOnce | Refill::NextSecond => interested > self.all_slots(peer),
        }
    }

    /// Keeps a choke clock running while the peer has a reason for one.
    pub(super) fn keep_round(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        if !self.peers[peer].round_pending && self.needs_round(cx, peer) {
            self.schedule_round(cx, peer);
        }
    }

    pub(super) fn schedule_round(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        let at = self.regular_round(peer, cx.now);
        self.set_round(cx, peer, at);
    }

    /// When the clock's next round is.
    fn regular_round(&self, peer: PeerSlot, now: SimTime) -> SimTime {
        let at = self.next_round(peer, now);
        if self.peers[peer].last_round == Some(at) { at + self.spec.choking.round } else { at }
    }

    fn set_round(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot, at: SimTime) {
        let state = &mut self.peers[peer];
        state.round_pending = true;
        state.round_at = at;
        let timer = ServiceTimer { kind: timer::CHOKE_ROUND, subject: peer.0, stamp: state.generation };
        cx.timer(at, peer, peer, timer, true);
    }

    /// A slot was given up: a round comes at the peer's next full second, and the clock starts again there.
    pub(super) fn hasten_round(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        let at = self.next_second(peer, cx.now);
        let regular = self.regular_round(peer, cx.now);
        let state = &mut self.peers[peer];
        if state.round_pending && state.round_at <= at {
            return;
        }
        if regular <= at {
            self.set_round(cx, peer, regular);
            return;
        }
        // A round that was slept through closed a window all the same.
        let slept = regular.as_nanos().saturating_sub(self.spec.choking.round.as_nanos());
        state.window_since = state.window_since.max(SimTime::from_nanos(slept));
        state.phase = at.since(SimTime::ZERO);
        self.set_round(cx, peer, at);
    }

    /// The first full second of a peer's clock after `time`.
    pub(super) fn next_second(&self, peer: PeerSlot, time: SimTime) -> SimTime {
        let tick = TICK.as_nanos();
        let offset = self.peers[peer].phase.as_nanos() % tick;
        let past = (time.as_nanos() + tick - offset) / tick;
        SimTime::from_nanos(past * tick + offset)
    }

    /// The timer of a round has come; one that a hastened round overtook does nothing.
    pub(super) fn round_timer(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        if self.peers[peer].round_pending && self.peers[peer].round_at == cx.now {
            self.peers[peer].round_pending = false;
            self.choke_round(cx, peer);
        }
    }

    /// One choke round.
    fn choke_round(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        self.peers[peer].last_round = Some(cx.now);
        self.settle_windows(cx, peer);
        if self.uploads(cx, peer) && !self.spec.choking.rounds {
            self.fill_free_slots(cx, peer);
        } else if self.uploads(cx, peer) {
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
        self.settle_fallback(cx, peer);
    }

    fn reassign_slots(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        let round = self.lots(peer, cx.now);
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
        if order.len() > self.all_slots(peer) as usize && regular < self.all_slots(peer) as usize {
            self.draw_optimistic(cx, peer, &mut order[regular..], round);
        }
        let kept = (self.all_slots(peer) as usize).min(order.len());
        for (_, end) in &order[kept..] {
            if self.masks.has(*end, Relation::Unchoking) {
                self.choke(cx, *end);
            }
        }
        // Without more candidates than slots nothing changes: such rounds may be slept through.
        let contested = order.len() > kept;
        for (place, (_, end)) in order[..kept].iter().enumerate() {
            let optimistic = place >= regular && contested;
            if optimistic && !self.masks.has(*end, Relation::Optimistic) {
                self.ends[end.index()].optimistic_at = cx.now;
            }
            if contested {
                self.masks.set(*end, Relation::Optimistic, optimistic);
            }
            if !self.masks.has(*end, Relation::Unchoking) {
                self.unchoke(cx, *end);
            }
        }
        order.clear();
        self.order = order;
    }

    /// Brings the optimistic choices to the front of those that have no regular slot: those of the last rounds stay
    /// until their turn is over, then it is the turn of the choked neighbour whose last one is longest ago (libtorrent
    /// `last_optimistically_unchoked`; the mainline client rotates its list to the same effect), ties by lot, or with `Ties::Turn` by who
    /// connected first.
    fn draw_optimistic(&mut self, cx: &ServiceContext<'_>, peer: PeerSlot, rest: &mut [(ChokeKey, ConnId)], lots: u64) {
        let rotate = self.optimistic_turn_ends(peer, cx.now);
        for (key, end) in rest.iter_mut() {
            let stays = !rotate && self.masks.has(*end, Relation::Optimistic);
            let unchoked = self.masks.has(*end, Relation::Unchoking);
            let by = u64::from(cx.identity(peer).0);
            let whom = u64::from(cx.identity(cx.overlay.neighbour(*end)).0);
            let lot = cx.seed.draw(Purpose::OptimisticUnchoke, by << 32 | whom, lots);
            let class = if stays { 0 } else { 1 + u64::from(unchoked) };
            let state = &self.ends[end.index()];
            let met = if self.spec.choking.ties == Ties::Turn { state.met_at.as_nanos() } else { 0 };
            *key = [class, state.optimistic_at.as_nanos(), met, lot];
        }
        rest.sort_unstable();
    }

    /// Whether the optimistic slots move on in the round of this instant.
    fn optimistic_turn_ends(&mut self, peer: PeerSlot, now: SimTime) -> bool {
        let rounds = u64::from(self.spec.choking.optimistic_rounds);
        if self.spec.choking.refill != Refill::NextSecond {
            return self.round_index(peer, now).is_multiple_of(rounds);
        }
        // Rounds come at any second here: turns have a clock of their own.
        let turn = now.as_nanos() / self.spec.choking.round.saturating_mul(rounds).as_nanos();
        let ends = turn != self.peers[peer].optimistic_turn;
        self.peers[peer].optimistic_turn = turn;
        ends
    }

    /// Counts the draws of a peer's rounds.
    pub(super) fn lots(&self, peer: PeerSlot, now: SimTime) -> u64 {
        match self.spec.choking.refill {
            Refill::NextSecond => now.as_nanos(),
            Refill::AtOnce | Refill::AtRound => self.round_index(peer, now),
        }
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
        let still_active = self.masks.any(cx.overlay, peer, Relation::In)
            || self.masks.any(cx.overlay, peer, Relation::Out)
            || self.fallbacks.is_fetching(peer);
        let line = self.overhead.payload_rate(cx.lines.line(peer).wire_up);
        let state = &mut self.peers[peer];
        let window = cx.now.since(state.window_since).min(self.spec.choking.round);
        state.window_since = cx.now;
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
