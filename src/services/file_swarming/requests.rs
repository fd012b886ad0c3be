//! Which piece a connection works on next.
//!
//! In this order: a pool that somebody left; for a slow connection, a pool that other slow ones share; a new piece,
//! random first, then rarest first; in the end game, a pool under way, at the price of at most one block of
//! duplicate. A connection that needs longer than `slow_piece` for a piece shares it, a faster one owns it: whole pieces
//! from fast senders, pieces from several slow ones, as clients do that pick whole pieces by measured speed.

use super::pools::PoolId;
use super::spec::PieceOrder;
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE};
use crate::overlay::ConnId;
use crate::random::Purpose;
use crate::services::context::ServiceContext;
use crate::units::PeerSlot;

/// What a connection could work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// A pool that somebody left.
    Resume(PoolId),
    /// A pool that others drain, with blocks enough for one more.
    Share(PoolId),
    /// A new piece, in a free place.
    New(u8),
    /// A pool under way, in the end game.
    Join(PoolId),
}

impl FileSwarming {
    /// Chooses (and takes) a pool for the receiving `end`, whose connection runs at `rate` bits per second (0: not known).
    pub(super) fn next_pool(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, rate: u64) -> Option<PoolId> {
        let receiver = cx.overlay.owner(end);
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
        }
    }

    /// Whether a starved connection would find something to request.
    pub(super) fn could_request(&mut self, cx: &ServiceContext<'_>, end: ConnId) -> bool {
        let slow = self.is_slow(self.ends[end.index()].last_rate);
        self.choose(cx, end, slow).is_some()
    }

    /// The choice, without taking it. Leaves the candidates for a new piece in `candidates`.
    fn choose(&mut self, cx: &ServiceContext<'_>, end: ConnId, slow: bool) -> Option<Choice> {
        let (receiver, sender) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        self.mask_unknown(cx, end);
        if let Some(id) = self.left_pool(cx, receiver, sender) {
            return Some(Choice::Resume(id));
        }
        let place = self.pools.free_place(receiver);
        if (slow || place.is_none())
            && let Some(id) = self.shared_pool(cx, receiver, sender, place.is_none())
        {
            return Some(Choice::Share(id));
        }
        if let Some(place) = place {
            let mut candidates = std::mem::take(&mut self.candidates);
            let found = self.pieces.candidates(receiver, sender, &self.masked, &mut candidates);
            self.candidates = candidates;
            if found > 0 {
                return Some(Choice::New(place));
            }
        }
        self.end_game_pool(cx, receiver, sender).map(Choice::Join)
    }

    fn is_slow(&self, rate: u64) -> bool {
        let piece_time = self.spec.pieces.slow_piece.as_nanos();
        u128::from(rate) * u128::from(piece_time) < u128::from(self.spec.piece.get()) * u128::from(NANOBITS_PER_BYTE)
    }

    fn knows(&self, sender: PeerSlot, piece: u32) -> bool {
        self.pieces.has(sender, piece) && !self.masked.contains(&piece)
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
            .map(|(id, pool)| (id, cx.network.missing(cx.now, pool.transfer), pool))
            .filter(|(_, missing, pool)| *missing >= self.block_nanobits() * u64::from(pool.drains + 1))
            .max_by_key(|(id, missing, _)| (*missing, std::cmp::Reverse(id.place)))
            .map(|(id, _, _)| id)
    }

    fn block_nanobits(&self) -> u64 {
        self.spec.block.get() * NANOBITS_PER_BYTE
    }

    /// One of the `candidates`: at random until the peer has a few to offer, then by `order`.
    fn new_piece(&mut self, cx: &ServiceContext<'_>, receiver: PeerSlot) -> u32 {
        let state = &mut self.peers[receiver];
        state.choices += 1;
        let identity = u64::from(cx.identity(receiver).0);
        let draw = cx.seed.draw(Purpose::PieceChoice, identity, u64::from(state.choices));
        let order =
            if state.verified < self.spec.pieces.random_first { PieceOrder::Random } else { self.spec.pieces.order };
        self.neighbours.clear();
        if order == PieceOrder::RarestFirst {
            // Copies at peers that have everything add one to each piece: leaving them out changes no order.
            self.neighbours.extend(
                cx.overlay
                    .connections_of(receiver)
                    .map(|conn| cx.overlay.neighbour(conn))
                    .filter(|neighbour| !self.peers[*neighbour].complete),
            );
        }
        self.pieces.choose(order, &mut self.candidates, &self.neighbours, draw)
    }

    fn open_pool(
        &mut self,
        cx: &mut ServiceContext<'_>,
        receiver: PeerSlot,
        place: u8,
        piece: u32,
        owned: bool,
    ) -> PoolId {
        let amount = self.piece_length(piece) * NANOBITS_PER_BYTE;
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
            .filter(|(_, pool)| pool.drains > 0 && self.knows(sender, pool.piece))
            .map(|(id, pool)| (id, cx.network.missing(cx.now, pool.transfer), pool))
            .filter(|(_, missing, pool)| *missing > self.block_nanobits() * u64::from(pool.drains))
            .min_by_key(|(id, missing, pool)| (pool.drains, std::cmp::Reverse(*missing), id.place))
            .map(|(id, _, _)| id)
    }
}
