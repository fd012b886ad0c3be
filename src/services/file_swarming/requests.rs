//! Which piece a connection works on next.
//!
//! In this order: a pool that somebody left; for a slow connection, a pool that other slow ones share; a new piece,
//! random first, then rarest first; in the end game, a pool under way, at the price of at most one block of
//! duplicate. A connection that needs longer than `slow_piece` for a piece shares it, a faster one owns it: whole pieces
//! from fast senders, pieces from several slow ones, as clients do that pick whole pieces by measured speed.

use std::ops::Range;

use super::masks::Relation;
use super::pools::{Pool, PoolId};
use super::spec::{Partial, PieceOrder};
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE, timer};
use crate::overlay::ConnId;
use crate::random::Purpose;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::{Bytes, PeerSlot, SimDuration};

/// A connection asks for at most so much ahead (libtorrent `request_blocks.cpp`).
const MOST_AHEAD: Bytes = Bytes::new(8 << 20);

/// What a connection could work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// A pool that somebody left.
    Resume(PoolId),
    /// A pool that others drain, with blocks enough for one more.
    Share(PoolId),
    /// A new piece, in a free place: one of the `candidates`.
    New(u8),
    /// A pool under way, in the end game.
    Join(PoolId),
    /// A piece that another connection has asked for and not begun, in a free place, in the end game.
    Take(ConnId, u8),
    /// A single block that another connection was asked for, in the strict end game.
    Busy,
}

impl FileSwarming {
    /// Chooses (and takes) a pool for the receiving `end`, whose connection runs at `rate` bits per second (0: not known).
    pub(super) fn next_pool(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, rate: u64) -> Option<PoolId> {
        let receiver = cx.overlay.owner(end);
        if let Some(id) = self.next_reserved(cx, end) {
            return Some(id);
        }
        let slow = self.is_slow(rate);
        match self.choose(cx, end, slow)? {
            Choice::Resume(id) => {
                let pool = self.pools.get_mut(id);
                pool.drains = 1;
                pool.owned = !slow;
                Some(id)
            }
            Choice::Share(id) => {
                let pool = self.pools.get_mut(id);
                pool.drains += 1;
                pool.owned = false;
                Some(id)
            }
            Choice::New(place) => {
                let piece = self.new_piece(cx, receiver);
                let piece = self.reserve(cx, end, piece, rate);
                Some(self.open_pool(cx, receiver, place, piece, !slow))
            }
            Choice::Join(id) => {
                let transfer = self.pools.get(id).transfer;
                cx.network.extend_transfer(cx.now, transfer, self.block_nanobits());
                let duplicate = self.spec.block.get();
                let pool = self.pools.get_mut(id);
                pool.drains += 1;
                pool.owned = false;
                pool.duplicate += duplicate;
                Some(id)
            }
            Choice::Take(from, place) => {
                let (next, after) = self.ends[from.index()].reserved;
                self.ends[from.index()].reserved = (next, after - 1);
                self.peers[receiver].unrequested += 1;
                Some(self.open_pool(cx, receiver, place, after - 1, !slow))
            }
            Choice::Busy => self.take_busy_block(cx, end),
        }
    }

    /// Whether nothing but a busy block is left to ask the other end for.
    pub(super) fn only_busy_blocks(&mut self, cx: &ServiceContext<'_>, end: ConnId) -> bool {
        if !self.is_strict_end_game(cx.overlay.owner(end)) {
            return false;
        }
        let slow = self.is_slow(self.speed(cx, end));
        self.choose(cx, end, slow) == Some(Choice::Busy)
    }

    /// Whether a starved connection would find something to request.
    pub(super) fn could_request(&mut self, cx: &ServiceContext<'_>, end: ConnId) -> bool {
        let slow = self.is_slow(self.speed(cx, end));
        self.choose(cx, end, slow).is_some()
    }

    /// The choice, without taking it. Leaves the candidates for a new piece in `candidates`.
    fn choose(&mut self, cx: &ServiceContext<'_>, end: ConnId, slow: bool) -> Option<Choice> {
        let (receiver, sender) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        self.mask_unknown(cx, end);
        let whole = self.spec.pieces.partial == Partial::Drop;
        let place = self.pools.free_place(receiver);
        let found = self.find_candidates(receiver, sender);
        let new = place.filter(|_| found > 0).map(Choice::New);
        if whole {
            return new;
        }
        let left = self.left_pool(cx, receiver, sender).map(Choice::Resume);
        if self.spec.pieces.strict_priority && left.is_some() {
            return left;
        }
        let beginner = self.finishes_what_it_began(receiver);
        let may_share = slow || place.is_none() || !self.spec.pieces.strict_priority;
        let under_way = if beginner {
            let first = self.first_partial(cx, receiver, sender);
            first.map(|id| if self.pools.get(id).drains == 0 { Choice::Resume(id) } else { Choice::Share(id) })
        } else {
            left.or_else(|| {
                let shared = self.shared_pool(cx, receiver, sender, place.is_none()).filter(|_| may_share);
                shared.map(Choice::Share)
            })
        };
        let choice = match (under_way, new) {
            (Some(under_way), Some(new)) => {
                let first =
                    self.spec.pieces.strict_priority || u64::from(self.peers[receiver].verified) < self.random_first();
                if beginner || slow && (first || self.is_as_rare(cx, receiver, under_way)) {
                    Some(under_way)
                } else {
                    Some(new)
                }
            }
            (under_way, new) => under_way.or(new),
        };
        if self.spec.pieces.strict_end_game {
            return choice.or_else(|| self.has_busy_block(cx, receiver, sender).then_some(Choice::Busy));
        }
        choice
            .or_else(|| {
                self.reserved_elsewhere(cx, receiver, sender).zip(place).map(|(from, place)| Choice::Take(from, place))
            })
            .or_else(|| self.end_game_pool(cx, receiver, sender).map(Choice::Join))
    }

    /// In the end game, a connection whose last reserved piece this sender could send at once.
    fn reserved_elsewhere(&self, cx: &ServiceContext<'_>, receiver: PeerSlot, sender: PeerSlot) -> Option<ConnId> {
        if !self.spec.pieces.contiguous || !self.spec.pieces.end_game || self.peers[receiver].unrequested > 0 {
            return None;
        }
        cx.overlay.connections_of(receiver).find(|end| {
            let (next, after) = self.ends[end.index()].reserved;
            next < after && self.knows(sender, after - 1)
        })
    }

    /// Whether a piece under way has no more copies among the neighbours than the rarest candidate.
    fn is_as_rare(&mut self, cx: &ServiceContext<'_>, receiver: PeerSlot, choice: Choice) -> bool {
        let (Choice::Resume(id) | Choice::Share(id)) = choice else {
            return false;
        };
        if self.spec.pieces.order != PieceOrder::RarestFirst {
            return true;
        }
        let piece = self.pools.get(id).piece;
        self.count_neighbours(cx, receiver);
        self.pieces.is_as_rare(piece, &self.candidates, &self.neighbours)
    }

    /// The neighbours whose copies count: copies at peers that have everything add one to each piece, leaving them out
    /// changes no order.
    fn count_neighbours(&mut self, cx: &ServiceContext<'_>, receiver: PeerSlot) {
        self.neighbours.clear();
        self.neighbours.extend(
            cx.overlay
                .connections_of(receiver)
                .map(|conn| cx.overlay.neighbour(conn))
                .filter(|neighbour| !self.peers[*neighbour].complete),
        );
    }

    pub(super) fn is_slow(&self, rate: u64) -> bool {
        self.pieces_in_time(rate) == 0
    }

    /// Whole pieces that a connection of this rate brings within `slow_piece`.
    fn pieces_in_time(&self, rate: u64) -> u64 {
        let nanobits = u128::from(rate) * u128::from(self.spec.pieces.slow_piece.as_nanos());
        let most = u128::from(MOST_AHEAD.get() * NANOBITS_PER_BYTE);
        let piece = u128::from(self.spec.piece.get() * NANOBITS_PER_BYTE);
        // A piece larger than the limit can still be had in time.
        (nanobits.min(most.max(piece)) / piece) as u64
    }

    /// A fast connection also asks for the pieces beside the chosen one, as many as it will bring in time: the first of
    /// them is what it gets now (libtorrent `request_blocks.cpp`, `expand_piece`).
    fn reserve(&mut self, cx: &ServiceContext<'_>, end: ConnId, piece: u32, rate: u64) -> u32 {
        let run = self.run_around(piece, rate);
        self.set_reserved(cx, end, run.start + 1, run.end);
        run.start
    }

    /// The neighbouring pieces that a connection asks for together with `piece`: those before it, then those behind.
    fn run_around(&self, piece: u32, rate: u64) -> Range<u32> {
        let mut run = piece..piece + 1;
        if !self.spec.pieces.contiguous {
            return run;
        }
        let most = self.pieces_in_time(rate).max(1) as usize;
        while run.start > 0 && run.len() < most && is_set(&self.all_candidates, run.start - 1) {
            run.start -= 1;
        }
        while run.end < self.pieces.pieces() && run.len() < most && is_set(&self.all_candidates, run.end) {
            run.end += 1;
        }
        run
    }

    fn set_reserved(&mut self, cx: &ServiceContext<'_>, end: ConnId, from: u32, until: u32) {
        let receiver = cx.overlay.owner(end);
        for piece in from..until {
            self.pieces.set_requested(receiver, piece, true);
        }
        self.peers[receiver].unrequested -= until - from;
        self.ends[end.index()].reserved = (from, until);
    }

    /// Sees to it that a fast connection chooses its next piece in time: its requests stand in a queue, and what is
    /// chosen does not know what becomes known in the meantime (libtorrent `request_queue_time`).
    pub(super) fn ahead(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let Some(queue) = self.spec.pieces.queue else { return };
        let mate = cx.overlay.mate(end);
        let state = &self.ends[end.index()];
        if state.ahead_at > cx.now || state.reserved.0 < state.reserved.1 || !self.masks.has(end, Relation::In) {
            return;
        }
        let flow = self.ends[mate.index()].flow;
        let rate = cx.network.rate(flow).get();
        let missing = cx.network.missing(cx.now, cx.network.flow_transfer(flow));
        let comes_in = match missing.checked_div(rate) {
            Some(nanos) => SimDuration::from_nanos(nanos),
            // It has begun in this instant: no rate is known yet.
            None => queue.saturating_add(SimDuration::from_secs(1)),
        };
        if comes_in > queue {
            let at = cx.now.saturating_add(SimDuration::from_nanos(comes_in.as_nanos() - queue.as_nanos()));
            self.ends[end.index()].ahead_at = at;
            let (owner, other) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
            let timer = ServiceTimer { kind: timer::AHEAD, subject: end.0, stamp: cx.overlay.epoch(end) };
            cx.timer(at, owner, other, timer, false);
        } else {
            let speed = self.speed(cx, end);
            if !self.is_slow(speed) {
                self.choose_ahead(cx, end, speed);
            }
        }
    }

    fn choose_ahead(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, rate: u64) {
        let (receiver, sender) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        self.mask_unknown(cx, end);
        if self.finishes_what_it_began(receiver) && self.first_partial(cx, receiver, sender).is_some() {
            return;
        }
        let found = self.find_candidates(receiver, sender);
        if found == 0 {
            return;
        }
        let piece = self.new_piece(cx, receiver);
        let run = self.run_around(piece, rate);
        self.set_reserved(cx, end, run.start, run.end);
        if self.peers[receiver].unrequested == 0 && self.spec.pieces.end_game {
            self.retry_all_starved(cx, receiver);
        }
    }

    /// The next piece that this connection has asked for already.
    fn next_reserved(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) -> Option<PoolId> {
        let (next, after) = self.ends[end.index()].reserved;
        if next == after {
            return None;
        }
        let receiver = cx.overlay.owner(end);
        let place = self.pools.free_place(receiver)?;
        self.ends[end.index()].reserved = (next + 1, after);
        self.peers[receiver].unrequested += 1;
        Some(self.open_pool(cx, receiver, place, next, true))
    }

    /// What a connection has asked for and will not get is free for others; tells whether there is any.
    pub(super) fn release_reserved(&mut self, cx: &ServiceContext<'_>, end: ConnId) -> bool {
        let (next, after) = std::mem::take(&mut self.ends[end.index()].reserved);
        let receiver = cx.overlay.owner(end);
        for piece in next..after {
            self.pieces.set_requested(receiver, piece, false);
        }
        self.peers[receiver].unrequested += after - next;
        after > next
    }

    pub(super) fn knows(&self, sender: PeerSlot, piece: u32) -> bool {
        self.shows(sender, piece)
    }

    /// The pool that somebody left with least missing.
    fn left_pool(&self, cx: &ServiceContext<'_>, receiver: PeerSlot, sender: PeerSlot) -> Option<PoolId> {
        self.pools
            .places(receiver)
            .filter(|(_, pool)| pool.drains == 0 && self.knows(sender, pool.piece))
            .map(|(id, pool)| (id, cx.network.missing(cx.now, pool.transfer)))
            .filter(|(_, missing)| *missing > 0)
            .min_by_key(|(_, missing)| *missing)
            .map(|(id, _)| id)
    }

    /// The shared pool with most missing that has a block for one more sender.
    fn shared_pool(
        &self,
        cx: &ServiceContext<'_>,
        receiver: PeerSlot,
        sender: PeerSlot,
        owned_too: bool,
    ) -> Option<PoolId> {
        self.pools
            .places(receiver)
            .filter(|(_, pool)| pool.drains > 0 && (owned_too || !pool.owned) && self.knows(sender, pool.piece))
            .filter(|(_, pool)| self.has_a_block_for_one_more(cx, pool))
            .max_by_key(|(id, pool)| (cx.network.missing(cx.now, pool.transfer), std::cmp::Reverse(id.place)))
            .map(|(id, _)| id)
    }

    /// Whether each sender of a pool and one more can be asked for a block of it.
    pub(super) fn has_a_block_for_one_more(&self, cx: &ServiceContext<'_>, pool: &Pool) -> bool {
        let block = self.block_nanobits();
        let missing = cx.network.missing(cx.now, pool.transfer);
        missing >= block * u64::from(pool.drains + 1) && self.unasked(cx, pool) >= block
    }

    pub(super) fn block_nanobits(&self) -> u64 {
        self.spec.block.get() * NANOBITS_PER_BYTE
    }

    /// One of the `candidates`: at random until the peer has a few to offer, then by `order`.
    pub(super) fn new_piece(&mut self, cx: &ServiceContext<'_>, receiver: PeerSlot) -> u32 {
        let random_first = self.random_first();
        let state = &mut self.peers[receiver];
        state.choices += 1;
        let identity = u64::from(cx.identity(receiver).0);
        let draw = cx.seed.draw(Purpose::PieceChoice, identity, u64::from(state.choices));
        let order = if u64::from(state.verified) < random_first { PieceOrder::Random } else { self.spec.pieces.order };
        if order == PieceOrder::RarestFirst {
            self.count_neighbours(cx, receiver);
        }
        if self.spec.pieces.contiguous {
            self.all_candidates.clone_from(&self.candidates);
        }
        self.pieces.choose(order, &mut self.candidates, &self.neighbours, draw)
    }

    pub(super) fn open_pool(
        &mut self,
        cx: &mut ServiceContext<'_>,
        receiver: PeerSlot,
        place: u8,
        piece: u32,
        owned: bool,
    ) -> PoolId {
        let amount = (self.piece_length(piece) - self.pools.early(receiver, piece)) * NANOBITS_PER_BYTE;
        let transfer = cx.network.open_transfer(cx.now, amount);
        let id = self.pools.open(receiver, place, piece, transfer);
        let pool = self.pools.get_mut(id);
        pool.drains = 1;
        pool.owned = owned;
        self.pieces.set_requested(receiver, piece, true);
        let state = &mut self.peers[receiver];
        state.unrequested -= 1;
        if state.unrequested == 0 && self.spec.pieces.end_game {
            // The end game begins: whoever has nothing to request may join.
            self.retry_all_starved(cx, receiver);
        }
        id
    }

    /// Everything is requested: the pool with fewest drains, most missing first, that is worth one more block.
    fn end_game_pool(&self, cx: &ServiceContext<'_>, receiver: PeerSlot, sender: PeerSlot) -> Option<PoolId> {
        if !self.spec.pieces.end_game || self.peers[receiver].unrequested > 0 {
            return None;
        }
        self.pools
            .places(receiver)
            .chain(self.pools.parts(receiver))
            .filter(|(_, pool)| pool.drains > 0 && self.knows(sender, pool.piece))
            .map(|(id, pool)| (id, cx.network.missing(cx.now, pool.transfer), pool))
            .filter(|(_, missing, pool)| *missing > self.block_nanobits() * u64::from(pool.drains))
            .min_by_key(|(id, missing, pool)| (pool.drains, std::cmp::Reverse(*missing), id.place))
            .map(|(id, _, _)| id)
    }
}

fn is_set(words: &[u64], piece: u32) -> bool {
    words[piece as usize / 64] >> (piece % 64) & 1 != 0
}
