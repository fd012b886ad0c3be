//! Fallback to the origin: a peer that the swarm has left without supply fetches from the content's origin directly.
//!
//! **Rule.** A peer that lacks something and to which nobody has been sending for `after` (from its arrival, or from the
//! end of the last flow of the swarm) asks an origin for a piece. The first byte comes two round trips later: a new
//! connection, then the request and its answer. Pieces follow one another without a gap, each a client-server flow on the
//! origin's uplink beside the slots it gives as a seed, until somebody sends to the peer again: then the piece under way
//! is the last.
//!
//! **Which piece**: one that was begun, least missing first; else as the peer chooses any other. What stands in the pool
//! of a piece stays there, whoever sends it. **Which origin**: initial seeds that are present, by the peer's identity;
//! everybody knows them, as a metainfo file names its web seeds (BEP 19). One that leaves is replaced by another at once.
//!
//! **Units**: payload in bytes, flows in nanobits. **Limits**: no limit of such flows, no queue at the origin, no
//! pipeline limit; an origin without a route is not asked again.

use super::masks::Relation;
use super::pools::{Pool, PoolId};
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE, timer};
use crate::bandwidth::{FlowId, LONGEST_PATH, TransferId};
use crate::overlay::ConnId;
use crate::services::context::{ServiceContext, ServiceEffect, ServiceTimer};
use crate::units::{PeerRef, PeerSlot, SimTime};

/// BEP 3: protocol name, reserved bytes, info hash, peer id; one each way.
const HANDSHAKE: u64 = 68;
/// Round trips from the decision to the first byte: the connection, the request.
const ROUND_TRIPS: u32 = 2;

/// How a peer stands with the origin.
#[derive(Debug, Clone, Copy)]
enum State {
    /// It fetches from the swarm alone.
    Off,
    /// Its request is under way.
    Asked(PeerRef),
    /// The origin sends; of what the flow has moved on its current transfer, `credited` nanobits are accounted for.
    Fetching { origin: PeerSlot, flow: FlowId, credited: u64 },
}

/// A peer's supply.
#[derive(Debug, Clone, Copy)]
struct Watch {
    /// Since when nobody of the swarm has been sending to it; `None`: somebody is.
    idle_since: Option<SimTime>,
    /// Whether a clock runs.
    pending: bool,
    state: State,
}

impl Watch {
    const NEW: Self = Self { idle_since: None, pending: false, state: State::Off };
}

/// Everybody's supply, by slot; empty where there is no fallback.
#[derive(Debug, Default)]
pub(super) struct Fallbacks {
    watches: Vec<Watch>,
    /// Initial seeds present, in the order of their arrival.
    origins: Vec<PeerSlot>,
    /// Flows that run.
    pub(super) flows: u32,
}

impl Fallbacks {
    fn state(&self, slot: PeerSlot) -> State {
        self.watches.get(slot.index()).map_or(State::Off, |watch| watch.state)
    }

    /// Whether an origin sends to this peer.
    pub(super) fn is_fetching(&self, slot: PeerSlot) -> bool {
        matches!(self.state(slot), State::Fetching { .. })
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.watches.capacity() * size_of::<Watch>()) as u64
    }
}

impl FileSwarming {
    /// A peer is there.
    pub(super) fn watch_supply(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        if self.spec.fallback.is_none() {
            return;
        }
        let watches = &mut self.fallbacks.watches;
        if watches.len() <= slot.index() {
            watches.resize(slot.index() + 1, Watch::NEW);
        }
        watches[slot.index()] = Watch::NEW;
        let identity = cx.identity(slot);
        if !self.peers[slot].source {
            self.supply_ended(cx, slot);
        } else if identity.is_seed() && !identity.is_cache() {
            self.fallbacks.origins.push(slot);
        }
    }

    /// Somebody of the swarm sends to this peer.
    pub(super) fn supply_began(&mut self, slot: PeerSlot) {
        if let Some(watch) = self.fallbacks.watches.get_mut(slot.index()) {
            watch.idle_since = None;
        }
    }

    /// A flow to this peer has ended, or it has just come.
    pub(super) fn supply_ended(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        if self.spec.fallback.is_some() && !self.masks.any(cx.overlay, slot, Relation::In) {
            self.fallbacks.watches[slot.index()].idle_since = Some(cx.now);
            self.look_later(cx, slot, cx.now);
        }
    }

    /// Sets the peer's clock, if none runs, to the time of a stall that began at `since`.
    fn look_later(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, since: SimTime) {
        let Some(fallback) = &self.spec.fallback else { return };
        let watch = &mut self.fallbacks.watches[slot.index()];
        if !watch.pending {
            watch.pending = true;
            let timer = ServiceTimer { kind: timer::STALL, subject: slot.0, stamp: self.peers[slot].generation };
            cx.timer(since.saturating_add(fallback.after), slot, slot, timer, false);
        }
    }

    /// Whether a peer that lacks something has been idle for long enough.
    fn is_stalled(&self, slot: PeerSlot, now: SimTime) -> bool {
        let since = self.fallbacks.watches.get(slot.index()).and_then(|watch| watch.idle_since);
        let stalled =
            since.zip(self.spec.fallback.as_ref()).map(|(since, fallback)| since.saturating_add(fallback.after));
        self.lacks_something(slot) && stalled.is_some_and(|stalled| stalled <= now)
    }

    fn lacks_something(&self, slot: PeerSlot) -> bool {
        self.peers[slot].verified < self.pieces.pieces()
    }

    /// A peer that is not stalled (any more) is looked at again when it may be.
    fn wait_for_a_stall(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        if let Some(since) = self.fallbacks.watches[slot.index()].idle_since.filter(|_| self.lacks_something(slot)) {
            self.look_later(cx, slot, since);
        }
    }

    /// A peer's clock has come.
    pub(super) fn look_for_a_stall(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        self.fallbacks.watches[slot.index()].pending = false;
        if !self.is_stalled(slot, cx.now) {
            self.wait_for_a_stall(cx, slot);
        } else if matches!(self.fallbacks.state(slot), State::Off) {
            self.ask_origin(cx, slot);
        }
    }

    fn ask_origin(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        let origins = &self.fallbacks.origins;
        let place = (cx.identity(slot).0 as usize).checked_rem(origins.len());
        let Some(origin) = place.map(|place| origins[place]) else {
            // Nobody to ask: perhaps later.
            self.look_later(cx, slot, cx.now);
            return;
        };
        cx.recorder.sent("peer", "origin", "fallback", 2, 2 * HANDSHAKE);
        self.fallbacks.watches[slot.index()].state = State::Asked(cx.overlay.peer_ref(origin));
        let timer = ServiceTimer { kind: timer::ORIGIN_ANSWERS, subject: slot.0, stamp: self.peers[slot].generation };
        cx.out.push(ServiceEffect::RoundTrips { from: slot, to: origin, count: ROUND_TRIPS, timer });
    }

    /// The first byte of the origin would come now: it does, unless the swarm was faster.
    pub(super) fn origin_answers(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        let State::Asked(origin) = self.fallbacks.state(slot) else { return };
        self.fallbacks.watches[slot.index()].state = State::Off;
        if !self.is_stalled(slot, cx.now) {
            self.wait_for_a_stall(cx, slot);
            return;
        }
        if !cx.overlay.is_current(origin) {
            self.ask_origin(cx, slot);
            return;
        }
        match self.next_from_origin(cx, slot, origin.slot) {
            Some(pool) => self.fetch(cx, slot, origin.slot, pool),
            None => self.look_later(cx, slot, cx.now),
        }
    }

    /// Takes a piece for the origin to send: one that was begun, or a new one.
    fn next_from_origin(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, origin: PeerSlot) -> Option<PoolId> {
        let begun = self
            .pools
            .places(slot)
            .filter(|(_, pool)| pool.drains == 0)
            .map(|(id, pool)| (cx.network.missing(cx.now, pool.transfer), id))
            .filter(|(missing, _)| *missing > 0)
            .min_by_key(|(missing, id)| (*missing, id.place));
        if let Some((_, id)) = begun {
            let pool = self.pools.get_mut(id);
            pool.drains = 1;
            pool.owned = true;
            return Some(id);
        }
        let place = self.pools.free_place(slot)?;
        let mut candidates = std::mem::take(&mut self.candidates);
        let found = self.pieces.candidates(slot, self.pieces.have(origin), &[], &mut candidates);
        self.candidates = candidates;
        if found == 0 {
            return None;
        }
        let piece = self.new_piece(cx, slot);
        Some(self.open_pool(cx, slot, place, piece, true))
    }

    fn fetch(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, origin: PeerSlot, pool: PoolId) {
        let (to, from) = (*cx.lines.line(slot), *cx.lines.line(origin));
        let mut path = [from.up; LONGEST_PATH];
        let links = cx.lines.limited_links(from.as_index, to.as_index);
        path[1..=links.len()].copy_from_slice(links);
        path[links.len() + 1] = to.down;
        let transfer = self.pools.get(pool).transfer;
        let flow = cx.network.start_flow(cx.now, from.clock, &path[..links.len() + 2], 1.0, None, transfer);
        self.set_flow_end(flow, Self::ORIGIN);
        self.fallbacks.watches[slot.index()].state = State::Fetching { origin, flow, credited: 0 };
        self.fallbacks.flows += 1;
        self.peers[slot].active = true;
        self.keep_round(cx, slot);
        self.touch_budget(slot);
    }

    /// Stands where the sending end of a flow stands, for flows of origins.
    pub(super) const ORIGIN: ConnId = ConnId(u32::MAX);

    /// Brings the accounts of what an origin sends to `slot` up to now.
    pub(super) fn settle_fallback(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        let Some(Watch { state: State::Fetching { origin, flow, credited }, .. }) =
            self.fallbacks.watches.get_mut(slot.index())
        else {
            return;
        };
        let moved = cx.network.moved(cx.now, *flow);
        let news = moved - *credited;
        *credited = moved;
        let (origin, transfer) = (*origin, cx.network.flow_transfer(*flow));
        let pool = self.pools.get_mut(self.pools.of_transfer(transfer));
        pool.carry += news;
        let bytes = pool.carry / NANOBITS_PER_BYTE;
        pool.carry %= NANOBITS_PER_BYTE;
        pool.credited += bytes;
        self.peers[origin].account.sent += bytes;
        let receiver = &mut self.peers[slot];
        receiver.received_in_window += bytes;
        receiver.account.from_origin += bytes;
        if bytes > 0 {
            cx.out.push(ServiceEffect::Carried { from: origin, to: slot, bytes });
        }
    }

    /// Brings the accounts of all that this peer sends as an origin, or receives from one, up to now.
    pub(super) fn settle_fallbacks_of(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        self.settle_fallback(cx, slot);
        for receiver in self.served_by(slot) {
            self.settle_fallback(cx, receiver);
        }
    }

    fn served_by(&self, origin: PeerSlot) -> Vec<PeerSlot> {
        if !self.fallbacks.origins.contains(&origin) {
            return Vec::new();
        }
        let serves = |(slot, watch): (usize, &Watch)| match watch.state {
            State::Fetching { origin: sender, .. } if sender == origin => Some(PeerSlot(slot as u32)),
            _ => None,
        };
        self.fallbacks.watches.iter().enumerate().filter_map(serves).collect()
    }

    /// Payload bytes that an origin has sent to stalled peers and that no account holds yet, by receiver; settles nothing.
    pub(super) fn fallback_under_way(&self, cx: &ServiceContext<'_>, origin: PeerSlot) -> Vec<(PeerSlot, u64)> {
        let under_way = |slot: PeerSlot| match self.fallbacks.state(slot) {
            State::Fetching { flow, credited, .. } => {
                (slot, (cx.network.moved(cx.now, flow) - credited) / NANOBITS_PER_BYTE)
            }
            State::Off | State::Asked(_) => (slot, 0),
        };
        self.served_by(origin).into_iter().map(under_way).collect()
    }

    /// The piece that an origin was sending, if it was, is verified: it goes on with another, unless the swarm does.
    pub(super) fn fallback_goes_on(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, transfer: TransferId) {
        let State::Fetching { origin, flow, .. } = self.fallbacks.state(slot) else { return };
        if cx.network.flow_transfer(flow) != transfer {
            return;
        }
        let stalled = self.is_stalled(slot, cx.now);
        let next = if stalled { self.next_from_origin(cx, slot, origin) } else { None };
        if let Some(pool) = next {
            let transfer = self.pools.get(pool).transfer;
            cx.network.redirect_flow(cx.now, flow, transfer);
            self.fallbacks.watches[slot.index()].state = State::Fetching { origin, flow, credited: 0 };
            return;
        }
        self.end_flow(cx, slot, flow);
        if stalled {
            // Everything is on its way; should it stay away, that is another stall.
            self.look_later(cx, slot, cx.now);
        } else {
            self.wait_for_a_stall(cx, slot);
        }
    }

    fn end_flow(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, flow: FlowId) {
        cx.network.stop_flow(cx.now, flow);
        self.fallbacks.watches[slot.index()].state = State::Off;
        self.fallbacks.flows -= 1;
        self.touch_budget(slot);
    }

    /// What an origin sends to `slot` stops; the piece under way keeps its bytes.
    fn stop_fallback(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        let State::Fetching { flow, .. } = self.fallbacks.state(slot) else { return };
        self.settle_fallback(cx, slot);
        let id = self.pools.of_transfer(cx.network.flow_transfer(flow));
        self.end_flow(cx, slot, flow);
        let pool = self.pools.get_mut(id);
        debug_assert!(pool.piece != Pool::FREE);
        pool.drains -= 1;
        if pool.drains == 0 {
            self.leave_pool(cx, id);
        }
    }

    /// A peer goes: what it receives from an origin stops, and what it sends as one; whom it served asks another.
    pub(super) fn end_fallbacks_of(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        let served = self.served_by(slot);
        self.fallbacks.origins.retain(|origin| *origin != slot);
        self.stop_fallback(cx, slot);
        for receiver in served {
            self.stop_fallback(cx, receiver);
            if self.is_stalled(receiver, cx.now) {
                self.ask_origin(cx, receiver);
            } else {
                self.wait_for_a_stall(cx, receiver);
            }
        }
        if let Some(watch) = self.fallbacks.watches.get_mut(slot.index()) {
            *watch = Watch::NEW;
        }
    }
}
