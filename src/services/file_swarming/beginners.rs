//! What the connections of a beginner work on.
//!
//! With `prioritize_partials`, a peer with fewer than `random_first` pieces finishes what it has begun before it begins
//! anything else, and goes through pieces under way by their numbers, not by how rare they are (libtorrent `piece_picker.cpp`,
//! `prioritize_partials` without `rarest_first`). A connection to the seed then brings blocks of a piece that others have
//! already, as long as a slower connection has begun that piece. Only a fast connection that has a piece for itself stays
//! with it.

use super::masks::Relation;
use super::pools::{Pool, PoolId};
use super::spec::Partial;
use super::swarm::FileSwarming;
use crate::overlay::ConnId;
use crate::services::context::ServiceContext;
use crate::units::PeerSlot;

impl FileSwarming {
    /// Whether `receiver` is a beginner in a swarm of such.
    pub(super) fn finishes_what_it_began(&self, receiver: PeerSlot) -> bool {
        // Nothing can be finished of which the sender's stop leaves nothing.
        self.spec.pieces.prioritize_partials
            && self.spec.pieces.partial == Partial::Keep
            && u64::from(self.peers[receiver].verified) < self.random_first()
    }

    /// The piece under way with the lowest number that the sender has and of which a block is left to ask for.
    pub(super) fn first_partial(
        &self,
        cx: &ServiceContext<'_>,
        receiver: PeerSlot,
        sender: PeerSlot,
    ) -> Option<PoolId> {
        let left = |pool: &Pool| pool.drains == 0 && cx.network.missing(cx.now, pool.transfer) > 0;
        self.pools
            .places(receiver)
            .filter(|(_, pool)| self.knows(sender, pool.piece))
            .filter(|(_, pool)| left(pool) || pool.drains > 0 && self.has_a_block_for_one_more(cx, pool))
            .min_by_key(|(_, pool)| pool.piece)
            .map(|(id, _)| id)
    }

    /// A beginner has begun a piece on connection `by`, which was idle: the others turn to it if its number is lower than that of their own.
    pub(super) fn turn_to_first_partial(&mut self, cx: &mut ServiceContext<'_>, receiver: PeerSlot, by: ConnId) {
        // A connection that turns may set others free, which begin again: they turn to nothing while this goes on.
        if self.turning || !self.finishes_what_it_began(receiver) {
            return;
        }
        self.turning = true;
        let others: Vec<ConnId> = cx
            .overlay
            .connections_of(receiver)
            .filter(|end| *end != by && self.masks.has(*end, Relation::In))
            .collect();
        for end in others {
            let sender_end = cx.overlay.mate(end);
            let may = self.masks.has(end, Relation::Unchoked)
                && self.masks.has(end, Relation::Wants)
                && self.masks.has(sender_end, Relation::Unchoking);
            // An earlier one may have ended it.
            if may && self.masks.has(end, Relation::In) && self.has_a_lower_partial(cx, end) {
                self.stop(cx, sender_end);
                self.start(cx, end);
            }
        }
        self.turning = false;
    }

    fn has_a_lower_partial(&mut self, cx: &ServiceContext<'_>, end: ConnId) -> bool {
        let (receiver, sender) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let flow = self.ends[cx.overlay.mate(end).index()].flow;
        let id = self.pools.of_transfer(cx.network.flow_transfer(flow));
        if id.is_part() || id.is_busy_block() {
            return false;
        }
        let pool = self.pools.get(id);
        if pool.drains == 1 && !self.is_slow(self.speed(cx, end)) {
            return false;
        }
        let own = pool.piece;
        self.mask_unknown(cx, end);
        self.first_partial(cx, receiver, sender).is_some_and(|first| self.pools.get(first).piece < own)
    }
}
