//! Requests that are outstanding: what a sender was asked for stays with it.
//!
//! With `queue`, a connection always has requests for so much time outstanding, two blocks at least (libtorrent
//! `request_queue_time`, `min_request_queue`). Senders of one pool drain it together while it has blocks that nobody was
//! asked for. From then on each has the blocks that it was asked for, and no other helps it with them: the pool falls into
//! *parts*, one for each sender. A fast sender is done with its part before a slow one, and goes on with another piece; the
//! piece is whole when the last part is. A part that its sender gives up goes back to the pool.

use super::pools::{BusyBlock, Pool, PoolId};
use super::spec::Partial;
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE, timer};
use crate::bandwidth::FlowId;
use crate::overlay::ConnId;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::{PeerSlot, SimDuration, SimTime};

/// Blocks outstanding, at least and at most (libtorrent `min_request_queue`, `max_out_request_queue`).
const BLOCKS: (u64, u64) = (2, 500);
/// Blocks outstanding at first (libtorrent `peer_connection.h`, `m_desired_queue_size`).
const BLOCKS_AT_FIRST: u64 = 4;
/// Rates change while nobody looks: it is looked again after so long at least; while nothing moves, after this.
const LOOK_AGAIN: [SimDuration; 2] = [SimDuration::from_millis(1), SimDuration::from_millis(50)];

impl FileSwarming {
    /// Blocks that stand asked for at a sender of this rate.
    pub(super) fn blocks_asked(&self, rate: u64, queue: SimDuration) -> u64 {
        let ahead = u128::from(rate) * u128::from(queue.as_nanos());
        let blocks = (ahead / u128::from(self.block_nanobits())).min(u128::from(BLOCKS.1)) as u64;
        blocks.max(BLOCKS.0)
    }

    /// Nanobits that the sender of a flow has been asked for and has not sent.
    fn asked_of(&self, cx: &ServiceContext<'_>, queue: SimDuration, flow: FlowId) -> u64 {
        let asked = self.blocks_asked(cx.network.rate(flow).get(), queue) * self.block_nanobits();
        let sender_end = self.flow_end[flow.0 as usize];
        if sender_end == Self::ORIGIN || self.ends[cx.overlay.mate(sender_end).index()].last_rate > 0 {
            return asked;
        }
        asked.max((BLOCKS_AT_FIRST * self.block_nanobits()).saturating_sub(cx.network.moved(cx.now, flow)))
    }

    /// Nanobits of a pool for which nobody was asked.
    pub(super) fn unasked(&self, cx: &ServiceContext<'_>, pool: &Pool) -> u64 {
        let missing = cx.network.missing(cx.now, pool.transfer);
        let Some(queue) = self.spec.pieces.queue else { return missing };
        let asked = cx.network.transfer_flows(pool.transfer).map(|flow| self.asked_of(cx, queue, flow));
        missing.saturating_sub(asked.sum())
    }

    /// A sender has joined a pool: somebody looks when all of it may have been asked for.
    pub(super) fn watch_requests(&mut self, cx: &mut ServiceContext<'_>, id: PoolId) {
        let pool = *self.pools.get(id);
        let whole = id.is_busy_block() || id.is_part() || self.spec.pieces.partial == Partial::Drop;
        if self.spec.pieces.queue.is_none() || whole || pool.drains < 2 {
            return;
        }
        // Rates are known at the end of this instant.
        self.look_then(cx, id, cx.now.saturating_add(SimDuration::from_nanos(1)));
    }

    fn look_then(&mut self, cx: &mut ServiceContext<'_>, id: PoolId, at: SimTime) {
        if at >= self.pools.look_at(id) {
            return;
        }
        self.pools.set_look(id, at);
        let stamp = self.pools.get(id).transfer.0;
        let timer = ServiceTimer { kind: timer::ALL_ASKED, subject: id.receiver.0, stamp };
        cx.timer(at, id.receiver, id.receiver, timer, false);
    }

    /// All of a pool may have been asked for.
    pub(super) fn look_at_requests(&mut self, cx: &mut ServiceContext<'_>, receiver: PeerSlot, transfer: u32) {
        let found = self.pools.places(receiver).find(|(_, pool)| pool.transfer.0 == transfer);
        let Some((id, pool)) = found.map(|(id, pool)| (id, *pool)) else { return };
        if self.pools.look_at(id) != cx.now {
            return;
        }
        self.pools.set_look(id, SimTime::NEVER);
        if pool.drains < 2 {
            return;
        }
        let Some(unasked) = self.unasked(cx, &pool).checked_sub(self.block_nanobits()) else {
            self.part(cx, id);
            return;
        };
        let rates: u64 = cx.network.transfer_flows(pool.transfer).map(|flow| cx.network.rate(flow).get()).sum();
        let [shortest, idle] = LOOK_AGAIN;
        let until = |nanos: u64| SimDuration::from_nanos(nanos + 1).max(shortest);
        let wait = unasked.checked_div(rates).map_or(idle, until);
        self.look_then(cx, id, cx.now.saturating_add(wait));
    }

    /// Gives each sender of a pool what it was asked for, and what is left, less than a block, to who was asked for most.
    fn part(&mut self, cx: &mut ServiceContext<'_>, id: PoolId) {
        let Some(queue) = self.spec.pieces.queue else { return };
        let pool = *self.pools.get(id);
        let flows: Vec<FlowId> = cx.network.transfer_flows(pool.transfer).collect();
        let by_an_origin = flows.iter().any(|flow| self.flow_end[flow.0 as usize] == Self::ORIGIN);
        if by_an_origin || flows.len() > self.pools.room_for_parts(id.receiver) {
            return;
        }
        for flow in &flows {
            self.settle(cx, self.flow_end[flow.0 as usize]);
        }
        let missing = cx.network.missing(cx.now, pool.transfer);
        let asked: Vec<u64> = flows.iter().map(|flow| self.asked_of(cx, queue, *flow)).collect();
        let all: u128 = asked.iter().copied().map(u128::from).sum();
        let most = asked.iter().enumerate().max_by_key(|(place, asked)| (**asked, std::cmp::Reverse(*place)));
        let most = most.map_or(0, |(place, _)| place);
        // Rates may have risen since it was looked last: then more is asked for than there is.
        let held = u128::from(missing).min(all);
        let share = |asked: u64| (held * u128::from(asked) / all) as u64 / NANOBITS_PER_BYTE * NANOBITS_PER_BYTE;
        let mut amounts: Vec<u64> = asked.into_iter().map(share).collect();
        // The byte that is under way, too.
        amounts[most] = missing - (amounts.iter().sum::<u64>() - amounts[most]);
        for (place, (flow, amount)) in flows.iter().zip(amounts).enumerate() {
            let carry = if place == most { std::mem::take(&mut self.pools.get_mut(id).carry) } else { 0 };
            let transfer = cx.network.open_transfer(cx.now, amount);
            let part = Pool { piece: pool.piece, transfer, drains: 1, carry, ..Pool::EMPTY };
            let part = self.pools.open_part(id, part);
            debug_assert!(part.is_some(), "there was room");
            let sender_end = self.flow_end[flow.0 as usize];
            if sender_end != Self::ORIGIN {
                self.note_speed(cx, cx.overlay.mate(sender_end));
            }
            cx.network.redirect_flow(cx.now, *flow, transfer);
            self.ends[sender_end.index()].credited = 0;
        }
        cx.network.shrink_transfer(cx.now, pool.transfer, missing);
        self.place_busy_blocks(cx, id, &flows);
        let pool = self.pools.get_mut(id);
        pool.drains = 0;
        pool.owned = false;
        // Its queue of requests has room: a fast connection chooses what comes after its part.
        for flow in flows {
            self.ahead(cx, cx.overlay.mate(self.flow_end[flow.0 as usize]));
        }
    }

    /// Blocks that were asked for a second time are among those of a part now: the last blocks in the last one.
    fn place_busy_blocks(&mut self, cx: &ServiceContext<'_>, whole: PoolId, flows: &[FlowId]) {
        let block = self.block_nanobits();
        let parts: Vec<(PoolId, u32)> = flows
            .iter()
            .map(|flow| cx.network.flow_transfer(*flow))
            .map(|part| (self.pools.of_transfer(part), cx.network.missing(cx.now, part).div_ceil(block) as u32))
            .collect();
        for busy in self.pools.busy_mut(whole.receiver).filter(|busy| busy.of == Some(whole)) {
            for (part, blocks) in parts.iter().rev() {
                if busy.behind == BusyBlock::HAD || busy.behind < *blocks {
                    busy.of = Some(*part);
                    break;
                }
                busy.behind -= blocks;
            }
        }
    }

    /// A part has everything: its pool has, if it was the last one.
    pub(super) fn put_together(&mut self, part: PoolId) -> PoolId {
        let whole = self.pools.whole_of(part);
        let Pool { credited, duplicate, piece, .. } = *self.pools.get(part);
        self.pools.free(part);
        let pool = self.pools.get_mut(whole);
        pool.credited += credited;
        pool.duplicate += duplicate;
        for block in
            self.pools.busy_mut(part.receiver).filter(|block| block.pool.piece == piece && block.of == Some(part))
        {
            block.behind = BusyBlock::HAD;
        }
        whole
    }

    /// A part has lost its last sender: what is missing of it goes back to its pool.
    pub(super) fn give_back(&mut self, cx: &mut ServiceContext<'_>, part: PoolId, sender_end: ConnId) -> PoolId {
        let whole = self.pools.whole_of(part);
        let Pool { credited, duplicate, carry, transfer, piece, .. } = *self.pools.get(part);
        let missing = cx.network.missing(cx.now, transfer);
        self.pools.free(part);
        cx.network.close_transfer(transfer);
        let pool = self.pools.get_mut(whole);
        pool.credited += credited;
        pool.duplicate += duplicate;
        pool.carry += carry;
        cx.network.extend_transfer(cx.now, pool.transfer, missing);
        for block in
            self.pools.busy_mut(part.receiver).filter(|block| block.pool.piece == piece && block.of == Some(part))
        {
            block.of = Some(whole);
        }
        let pool = self.pools.get_mut(whole);
        if pool.carry >= NANOBITS_PER_BYTE {
            // The byte under way of the pool and that of the part make a whole one.
            pool.carry -= NANOBITS_PER_BYTE;
            self.credit(cx, whole, sender_end, 1);
        }
        whole
    }

    /// Whether nothing is missing of a pool, nor of its parts.
    pub(super) fn is_whole(&self, cx: &ServiceContext<'_>, id: PoolId) -> bool {
        let pool = self.pools.get(id);
        pool.drains == 0 && cx.network.missing(cx.now, pool.transfer) == 0 && !self.pools.has_parts(id)
    }
}
