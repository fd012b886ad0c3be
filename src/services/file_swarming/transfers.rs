//! Flows of pieces: begin, go on without a gap, stop, finish; and the accounts they feed.

use super::masks::Relation;
use super::peers::End;
use super::pools::{Pool, PoolId};
use super::spec::{Partial, Retry};
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE, timer};
use crate::bandwidth::FlowId;
use crate::metrics::FactKind;
use crate::overlay::{Bits, ConnId};
use crate::services::context::{ServiceContext, ServiceEffect, ServiceTimer};
use crate::units::{BitRate, Bytes, PeerSlot, SimDuration};

/// A flow crosses two access lines and at most this many limited links between ISPs.
const LONGEST_PATH: usize = crate::bandwidth::LONGEST_PATH;

impl FileSwarming {
    /// The receiving end asks for a piece and the other begins to send it; or finds nothing to ask for.
    pub(super) fn start(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        debug_assert!(self.masks.has(end, Relation::Unchoked) && self.masks.has(end, Relation::Wants));
        self.note_speed(cx, end);
        let rate = self.speed(cx, end);
        let asked = self.ends[end.index()].busy_block.take();
        let begun = self.pools.places(cx.overlay.owner(end)).count();
        let Some(pool) = asked.or_else(|| self.next_pool(cx, end, rate)) else {
            self.starve(cx, end, SimDuration::ZERO);
            return;
        };
        let mate = cx.overlay.mate(end);
        let (receiver, sender) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let (to, from) = (*cx.lines.line(receiver), *cx.lines.line(sender));
        let mut path = [from.up; LONGEST_PATH];
        let links = cx.lines.limited_links(from.as_index, to.as_index);
        path[1..=links.len()].copy_from_slice(links);
        path[links.len() + 1] = to.down;
        let cap = self.pipeline_cap(cx, end);
        let transfer = self.pools.get(pool).transfer;
        let weight = self.weight(cx, mate);
        let flow = cx.network.start_flow(cx.now, from.clock, &path[..links.len() + 2], weight, cap, transfer);
        self.set_flow_end(flow, mate);
        self.supply_began(receiver);
        self.ends[mate.index()].flow = flow;
        self.ends[mate.index()].credited = 0;
        self.masks.set(end, Relation::In, true);
        self.masks.set(mate, Relation::Out, true);
        self.keep_redrawing(cx, mate);
        if !pool.is_busy_block() {
            self.ahead(cx, end);
            self.watch_requests(cx, pool);
        }
        for peer in [receiver, sender] {
            self.peers[peer].active = true;
            self.keep_round(cx, peer);
        }
        self.touch_budget(receiver);
        if self.pools.places(receiver).count() > begun {
            self.turn_to_first_partial(cx, receiver, end);
        }
    }

    /// Writes down which end sends a flow.
    pub(super) fn set_flow_end(&mut self, flow: FlowId, sender_end: ConnId) {
        let index = flow.0 as usize;
        if self.flow_end.len() <= index {
            self.flow_end.resize(index + 1, ConnId(u32::MAX));
        }
        self.flow_end[index] = sender_end;
    }

    /// A connection never has a gap while pipeline × block ≥ rate × round trip; beyond that its rate is capped.
    fn pipeline_cap(&self, cx: &ServiceContext<'_>, end: ConnId) -> Option<BitRate> {
        let (round_trip, pipeline) = if self.spec.pieces.pipelining {
            (cx.round_trip(end), self.spec.pieces.pipeline)
        } else {
            (self.request_round_trip(cx, end), 1)
        };
        let round_trip = round_trip.as_nanos();
        let ahead = u128::from(pipeline) * u128::from(self.spec.block.bits());
        let cap = (ahead * 1_000_000_000).checked_div(u128::from(round_trip))?;
        u64::try_from(cap).ok().map(|cap| BitRate::new(cap.max(1)))
    }

    /// The receiving end may download and wants something, but everything is requested elsewhere.
    /// Where it looks again only now and then, it does so after `wait` for the first time.
    fn starve(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, wait: SimDuration) {
        self.masks.set(end, Relation::Starved, true);
        self.touch_budget(cx.overlay.owner(end));
        if self.spec.pieces.retry == Retry::AtOnce {
            self.wake_when_known(cx, end);
        } else {
            self.retry_after(cx, end, wait);
        }
    }

    /// Sets the clock of a starved connection: the first full second of its peer after `wait`.
    fn retry_after(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, wait: SimDuration) {
        let owner = cx.overlay.owner(end);
        let at = self.next_second(owner, cx.now.saturating_add(wait));
        self.ends[end.index()].retry_at = at;
        let timer = ServiceTimer { kind: timer::RETRY, subject: end.0, stamp: cx.overlay.epoch(end) };
        cx.timer(at, owner, cx.overlay.neighbour(end), timer, false);
    }

    /// The clock of a starved connection has come.
    pub(super) fn look_again(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        if !self.masks.has(end, Relation::Starved) || self.ends[end.index()].retry_at != cx.now {
            return;
        }
        let Retry::Timed { every, .. } = self.spec.pieces.retry else {
            return;
        };
        if self.could_request(cx, end) {
            self.masks.set(end, Relation::Starved, false);
            self.request(cx, end);
        } else {
            self.retry_after(cx, end, every);
        }
    }

    /// Something changed for a starved connection: if there is something to request now, it asks again.
    pub(super) fn retry_starved(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) -> bool {
        let worth_it = self.spec.pieces.retry == Retry::AtOnce && self.could_request(cx, end);
        if worth_it {
            self.masks.set(end, Relation::Starved, false);
            self.request(cx, end);
        }
        worth_it
    }

    /// All starved connections of a peer look for something to request.
    pub(super) fn retry_all_starved(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        for word in cx.overlay.words(peer) {
            for bit in Bits(self.masks.word(word, Relation::Starved)) {
                self.retry_starved(cx, ConnId::at(word, bit));
            }
        }
    }

    /// Brings all accounts of the flow sent by `sender_end` up to now.
    pub(super) fn settle(&mut self, cx: &mut ServiceContext<'_>, sender_end: ConnId) {
        let end = &mut self.ends[sender_end.index()];
        let moved = cx.network.moved(cx.now, end.flow);
        let news = moved - end.credited;
        if news == 0 {
            return;
        }
        end.credited = moved;
        end.window_out = end.window_out.saturating_add(news);
        let transfer = cx.network.flow_transfer(end.flow);
        let pool = self.pools.get_mut(self.pools.of_transfer(transfer));
        debug_assert!(pool.transfer == transfer);
        pool.carry += news;
        let bytes = pool.carry / NANOBITS_PER_BYTE;
        pool.carry %= NANOBITS_PER_BYTE;
        let receiver_end = cx.overlay.mate(sender_end);
        let window = &mut self.ends[receiver_end.index()].window_in;
        *window = window.saturating_add(news);
        self.credit(cx, self.pools.of_transfer(transfer), sender_end, bytes);
    }

    /// Writes whole bytes of a pool to the accounts of who sent them and who has them.
    pub(super) fn credit(&mut self, cx: &mut ServiceContext<'_>, id: PoolId, sender_end: ConnId, bytes: u64) {
        self.pools.get_mut(id).credited += bytes;
        self.ends[sender_end.index()].sent_since_unchoke += Bytes::new(bytes);
        self.peers[cx.overlay.owner(sender_end)].account.sent += bytes;
        self.peers[cx.overlay.neighbour(sender_end)].received_in_window += bytes;
        cx.overlay.count_sent(sender_end, bytes);
    }

    /// The flow sent by `sender_end` stops; its pool keeps what it has.
    pub(super) fn stop(&mut self, cx: &mut ServiceContext<'_>, sender_end: ConnId) {
        self.settle(cx, sender_end);
        let receiver_end = cx.overlay.mate(sender_end);
        let receiver = cx.overlay.owner(receiver_end);
        let flow = self.ends[sender_end.index()].flow;
        let transfer = cx.network.flow_transfer(flow);
        self.note_speed(cx, receiver_end);
        self.ends[receiver_end.index()].last_rate = cx.network.rate(flow).get();
        cx.network.stop_flow(cx.now, flow);
        self.ends[sender_end.index()].flow = End::NO_FLOW;
        self.ends[receiver_end.index()].owed = 0;
        self.masks.set(sender_end, Relation::Out, false);
        self.masks.set(receiver_end, Relation::In, false);
        self.supply_ended(cx, receiver);
        let released = self.release_reserved(cx, receiver_end);
        self.touch_budget(receiver);
        let id = self.pools.of_transfer(transfer);
        let pool = self.pools.get_mut(id);
        if pool.transfer != transfer || pool.piece == Pool::FREE {
            // The piece is complete; the flow was about to go on with another.
            if released {
                self.retry_all_starved(cx, receiver);
            }
            return;
        }
        pool.drains -= 1;
        let left = pool.drains == 0;
        if id.is_busy_block() {
            self.give_up_busy_block(cx, id);
            return;
        }
        if left && id.is_part() {
            let whole = self.give_back(cx, id, sender_end);
            if self.pools.get(whole).drains == 0 {
                self.leave_pool(cx, whole);
            } else {
                self.retry_all_starved(cx, receiver);
            }
            return;
        }
        if !left {
            if released {
                self.retry_all_starved(cx, receiver);
            }
            return;
        }
        self.leave_pool(cx, id);
    }

    /// A pool has lost its last drain: it waits for another sender, or its bytes are lost.
    pub(super) fn leave_pool(&mut self, cx: &mut ServiceContext<'_>, id: PoolId) {
        let receiver = id.receiver;
        let pool = self.pools.get_mut(id);
        pool.owned = false;
        let (credited, transfer) = (pool.credited, pool.transfer);
        if cx.network.missing(cx.now, transfer) == 0 {
            let timer =
                ServiceTimer { kind: timer::POOL_FULL, subject: receiver.0, stamp: self.peers[receiver].generation };
            cx.timer(cx.now, receiver, receiver, timer, false);
            return;
        }
        if self.spec.pieces.partial == Partial::Drop {
            self.drop_pool(cx, id, credited);
        }
        self.retry_all_starved(cx, receiver);
    }

    /// The piece of a pool without drains is given up with the bytes it has.
    fn drop_pool(&mut self, cx: &mut ServiceContext<'_>, id: PoolId, credited: u64) {
        let Pool { piece, transfer, .. } = *self.pools.get(id);
        cx.network.close_transfer(transfer);
        self.pools.free(id);
        self.pieces.set_requested(id.receiver, piece, false);
        let state = &mut self.peers[id.receiver];
        state.unrequested += 1;
        state.account.failed += credited;
    }

    /// Pools that lost their last drain in the very instant in which they became full.
    pub(super) fn finish_full_pools(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, generation: u32) {
        if !self.peers[slot].present || self.peers[slot].generation != generation {
            return;
        }
        let full: Vec<PoolId> = self.pools.places(slot).map(|(id, _)| id).filter(|id| self.is_whole(cx, *id)).collect();
        for id in full {
            self.finish_pool(cx, id);
        }
    }

    /// A pool, or a part of one, has everything: its senders go on with the next one without a gap, and when nothing more is
    /// missing the piece is verified.
    pub(super) fn finish_pool(&mut self, cx: &mut ServiceContext<'_>, id: PoolId) {
        let transfer = self.pools.get(id).transfer;
        if id.is_busy_block() {
            self.finish_busy_block(cx, id);
            return;
        }
        let mut drains = std::mem::take(&mut self.drains);
        drains.clear();
        let senders = cx.network.transfer_flows(transfer).map(|flow| self.flow_end[flow.0 as usize]);
        drains.extend(senders.filter(|end| *end != Self::ORIGIN));
        for sender_end in &drains {
            self.settle(cx, *sender_end);
        }
        self.settle_fallback(cx, id.receiver);
        let all_places_were_taken = self.pools.free_place(id.receiver).is_none();
        if id.is_part() {
            let whole = self.put_together(id);
            if self.is_whole(cx, whole) {
                cx.network.close_transfer(self.pools.get(whole).transfer);
                self.piece_is_here(cx, whole);
            }
        } else if self.pools.has_parts(id) {
            // What was given back is here before the other parts.
            self.pools.renew(id, cx.network.open_transfer(cx.now, 0));
        } else {
            self.piece_is_here(cx, id);
        }
        for sender_end in &drains {
            if self.ends[sender_end.index()].flow != End::NO_FLOW {
                self.go_on(cx, *sender_end);
            }
        }
        self.fallback_goes_on(cx, id.receiver, transfer);
        if self.pools.get(id).transfer != transfer || self.pools.get(id).piece == Pool::FREE {
            cx.network.close_transfer(transfer);
        }
        drains.clear();
        self.drains = drains;
        if all_places_were_taken {
            self.retry_all_starved(cx, id.receiver);
        }
        if self.peers[id.receiver].verified == self.pieces.pieces() {
            self.completed(cx, id.receiver);
        }
    }

    /// All bytes of a piece have come.
    fn piece_is_here(&mut self, cx: &mut ServiceContext<'_>, id: PoolId) {
        let pool = *self.pools.get(id);
        let length = self.piece_length(pool.piece);
        assert!(pool.credited == length + pool.duplicate && pool.carry == 0, "a finished piece holds its bytes");
        self.pools.free(id);
        self.had_elsewhere(id.receiver, pool.piece);
        self.verify(cx, id.receiver, pool.piece, length, pool.duplicate);
        self.spread_news(cx, id.receiver, pool.piece);
    }

    /// The flow that brought a busy block ends; what its receiver asks for next is a new request.
    pub(super) fn go_on_after_busy_block(&mut self, cx: &mut ServiceContext<'_>, sender_end: ConnId) {
        let end = cx.overlay.mate(sender_end);
        self.stop(cx, sender_end);
        let unchoked = self.masks.has(end, Relation::Unchoked) && self.masks.has(sender_end, Relation::Unchoking);
        if !unchoked || !self.masks.has(end, Relation::Wants) {
            return;
        }
        if self.could_request(cx, end) {
            self.request(cx, end);
        } else {
            self.starve(cx, end, self.first_retry());
        }
    }

    /// How long a connection that has nothing more to request waits before it looks again.
    fn first_retry(&self) -> SimDuration {
        match self.spec.pieces.retry {
            Retry::Timed { first, .. } => first,
            Retry::AtOnce => SimDuration::ZERO,
        }
    }

    /// The flow's receiver takes its next piece now (pipelined: no gap, no change of rates), or nothing is left.
    fn go_on(&mut self, cx: &mut ServiceContext<'_>, sender_end: ConnId) {
        let receiver_end = cx.overlay.mate(sender_end);
        let flow = self.ends[sender_end.index()].flow;
        let rate = self.speed(cx, receiver_end);
        self.ends[receiver_end.index()].last_rate = cx.network.rate(flow).get();
        if !self.masks.has(sender_end, Relation::Unchoking) {
            // Choked: the rest of the send buffer held blocks of the piece that is done.
            self.stop(cx, sender_end);
        } else if self.only_busy_blocks(cx, receiver_end) {
            // Its queue of requests is empty before it may ask for a busy block.
            self.stop(cx, sender_end);
            self.request(cx, receiver_end);
        } else if let Some(pool) = self.next_pool(cx, receiver_end, rate) {
            self.pay_what_is_owed(cx, receiver_end, pool);
            let transfer = self.pools.get(pool).transfer;
            let cap = self.pipeline_cap(cx, receiver_end);
            cx.network.set_cap(cx.now, flow, cap);
            self.note_speed(cx, receiver_end);
            cx.network.redirect_flow(cx.now, flow, transfer);
            self.ends[sender_end.index()].credited = 0;
            self.ahead(cx, receiver_end);
            self.watch_requests(cx, pool);
        } else {
            self.stop(cx, sender_end);
            self.starve(cx, receiver_end, self.first_retry());
        }
    }

    fn verify(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot, piece: u32, length: u64, duplicate: u64) {
        assert!(!self.pieces.has(peer, piece), "no piece is verified twice");
        self.pieces.set_have(peer, piece);
        self.pieces.set_requested(peer, piece, false);
        self.copies_added(piece);
        self.verified_pieces += 1;
        self.verified_bytes += length;
        let announced = self.is_announced(piece);
        let connections = if announced { u64::from(cx.overlay.connection_count(peer)) } else { 0 };
        let blocks = self.overhead.blocks(length + duplicate);
        let state = &mut self.peers[peer];
        state.recent.push(piece, cx.now);
        state.verified += 1;
        state.account.pieces += 1;
        state.account.verified += length;
        state.account.duplicate += duplicate;
        state.account.first_piece.get_or_insert(cx.now);
        if self.overhead.counts_messages() {
            let messages = blocks * super::overhead::REQUEST + connections * super::overhead::HAVE;
            state.messages_in_window += messages;
            state.account.messages += messages;
            self.wire_messages.requests += blocks;
            self.wire_messages.haves += connections;
        }
        cx.recorder.fact(cx.now, FactKind::PieceVerified, cx.identity(peer).0, piece);
    }

    /// A block was asked for and brought nothing new.
    pub(super) fn count_request(&mut self, peer: PeerSlot) {
        if self.overhead.counts_messages() {
            let state = &mut self.peers[peer];
            state.messages_in_window += super::overhead::REQUEST;
            state.account.messages += super::overhead::REQUEST;
            self.wire_messages.requests += 1;
        }
    }

    fn completed(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        self.budget_until_now(cx.now, peer);
        let state = &mut self.peers[peer];
        state.complete = true;
        state.doing = super::peers::Doing::Nothing;
        state.account.completed = Some(cx.now);
        cx.recorder.fact(cx.now, FactKind::Completed, cx.identity(peer).0, 0);
        cx.out.push(ServiceEffect::Completed(peer));
        for end in cx.overlay.connections_of(peer) {
            if self.peers[cx.overlay.neighbour(end)].complete {
                cx.out.push(ServiceEffect::Disconnect(end));
            }
        }
        self.slot_given_up(cx, peer);
        self.keep_round(cx, peer);
    }
}
