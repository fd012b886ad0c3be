//! The strict end game: one busy block at a time.
//!
//! When everything a peer lacks has been asked for, a connection that could bring more, and is asked for nothing, is asked for
//! one block that another connection has been asked for: any block of any such piece (libtorrent `request_blocks.cpp`,
//! `strict_end_game_mode`; `piece_picker.cpp`). Whichever comes first counts. If it is the second one asked, the first is told not to
//! send it, in time or too late: what its sender has in its buffer, and sends while the CANCEL travels, comes all the same. The
//! block then has come twice.
//!
//! A pool is sent in order, so that a block has been sent when less is missing than it and what lies behind it.

use super::pools::{BusyBlock, Pool, PoolId};
use super::spec::MessageDelay;
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE, timer};
use crate::overlay::ConnId;
use crate::random::Purpose;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::PeerSlot;

impl FileSwarming {
    /// Whether a peer may ask for busy blocks, and they alone.
    pub(super) fn is_strict_end_game(&self, receiver: PeerSlot) -> bool {
        let pieces = &self.spec.pieces;
        pieces.strict_end_game && pieces.end_game && self.peers[receiver].unrequested == 0
    }

    pub(super) fn has_busy_block(&self, cx: &ServiceContext<'_>, receiver: PeerSlot, sender: PeerSlot) -> bool {
        self.is_strict_end_game(receiver)
            && self.pools.may_open_busy(receiver)
            && self.busy_pieces(cx, receiver, sender).next().is_some()
    }

    /// Pieces of which `sender` could send a busy block, where they were asked for, and how many blocks are missing there.
    fn busy_pieces<'a>(
        &'a self,
        cx: &'a ServiceContext<'_>,
        receiver: PeerSlot,
        sender: PeerSlot,
    ) -> impl Iterator<Item = (u32, Option<PoolId>, u64)> + 'a {
        let block = self.block_nanobits();
        let begun =
            self.pools.places(receiver).chain(self.pools.parts(receiver)).filter(|(_, pool)| pool.drains > 0).map(
                move |(id, pool)| (pool.piece, Some(id), cx.network.missing(cx.now, pool.transfer).div_ceil(block)),
            );
        let reserved = cx
            .overlay
            .connections_of(receiver)
            .flat_map(|end| {
                let (next, after) = self.ends[end.index()].reserved;
                next..after
            })
            .map(move |piece| {
                let missing = self.piece_length(piece) - self.pools.early(receiver, piece);
                (piece, None, (missing * NANOBITS_PER_BYTE).div_ceil(block))
            });
        begun.chain(reserved).filter(move |(piece, _, blocks)| *blocks > 0 && self.knows(sender, *piece))
    }

    /// The receiving `end` asks for a busy block, if nothing else is left.
    pub(super) fn ask_for_busy_block(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        if self.ends[end.index()].busy_block.is_none() && self.only_busy_blocks(cx, end) {
            self.ends[end.index()].busy_block = self.take_busy_block(cx, end);
        }
    }

    /// Draws a piece, then a block of it.
    pub(super) fn take_busy_block(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) -> Option<PoolId> {
        let (receiver, sender) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let pieces: Vec<(u32, Option<PoolId>, u64)> = self.busy_pieces(cx, receiver, sender).collect();
        let state = &mut self.peers[receiver];
        state.choices += 1;
        let identity = u64::from(cx.identity(receiver).0);
        let draw = cx.seed.draw(Purpose::PieceChoice, identity, u64::from(state.choices));
        let among = (pieces.len() as u64).max(1);
        let (piece, of, blocks) = *pieces.get((draw % among) as usize)?;
        let behind = draw / among % blocks;
        let last = match self.piece_length(piece) % self.spec.block.get() {
            0 => self.spec.block.get(),
            rest => rest,
        };
        let size = if behind == 0 { last } else { self.spec.block.get() };
        let transfer = cx.network.open_transfer(cx.now, size * NANOBITS_PER_BYTE);
        let pool = Pool { piece, transfer, drains: 1, ..Pool::EMPTY };
        Some(self.pools.open_busy(receiver, BusyBlock { pool, size, of, behind: behind as u32 }))
    }

    /// The busy block that `end` asked for will not be sent.
    pub(super) fn forget_busy_block(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        if let Some(id) = self.ends[end.index()].busy_block.take() {
            self.give_up_busy_block(cx, id);
        }
    }

    /// What came of the block is lost.
    pub(super) fn give_up_busy_block(&mut self, cx: &mut ServiceContext<'_>, id: PoolId) {
        let Pool { transfer, credited, .. } = *self.pools.get(id);
        cx.network.close_transfer(transfer);
        self.pools.free(id);
        self.peers[id.receiver].account.failed += credited;
    }

    /// A busy block is here.
    pub(super) fn finish_busy_block(&mut self, cx: &mut ServiceContext<'_>, id: PoolId) {
        let transfer = self.pools.get(id).transfer;
        let sender_end = cx.network.transfer_flows(transfer).next().map(|flow| self.flow_end[flow.0 as usize]);
        if let Some(sender_end) = sender_end {
            self.settle(cx, sender_end);
        }
        let block = *self.pools.busy_block(id);
        let BusyBlock { pool, size, .. } = block;
        assert!(pool.credited == size && pool.carry == 0, "a finished block holds its bytes");
        self.pools.free(id);
        let new = if block.behind == BusyBlock::HAD { 0 } else { self.place_block(cx, id.receiver, block) };
        self.peers[id.receiver].account.duplicate += size - new;
        if new == 0 {
            self.count_request(id.receiver);
        }
        if let Some(sender_end) = sender_end {
            self.go_on_after_busy_block(cx, sender_end);
        }
        cx.network.close_transfer(transfer);
    }

    /// Puts a block where it belongs; tells how many bytes of it were new.
    fn place_block(&mut self, cx: &mut ServiceContext<'_>, receiver: PeerSlot, block: BusyBlock) -> u64 {
        let BusyBlock { pool: Pool { piece, .. }, size, of, behind } = block;
        if self.pieces.has(receiver, piece) {
            return 0;
        }
        let asked = of.map(|id| (id, *self.pools.get(id))).filter(|(_, pool)| pool.piece == piece);
        let pool_of_it = || self.pools.places(receiver).find(|(_, pool)| pool.piece == piece);
        let begun = asked.or_else(|| pool_of_it().map(|(id, pool)| (id, *pool)));
        let Some((id, pool)) = begun else {
            let missing = self.piece_length(piece) - self.pools.early(receiver, piece);
            // The last bytes are left to whom they were asked from.
            if missing <= size {
                return 0;
            }
            self.pools.add_early(receiver, piece, size);
            self.moved_up(receiver, block);
            return size;
        };
        let missing = cx.network.missing(cx.now, pool.transfer);
        let size_nanobits = size * NANOBITS_PER_BYTE;
        let before = missing.checked_sub(u64::from(behind) * self.block_nanobits() + size_nanobits);
        let in_time = before.is_some_and(|before| before >= self.comes_all_the_same(cx, pool));
        if !in_time && behind > 0 {
            // It comes a second time before the blocks behind it: the piece is whole no sooner.
            return 0;
        }
        // Whole bytes of the block that had not come.
        let new = size.min(missing / NANOBITS_PER_BYTE);
        cx.network.shrink_transfer(cx.now, pool.transfer, new * NANOBITS_PER_BYTE);
        self.pools.get_mut(id).credited += new;
        self.moved_up(receiver, block);
        if !in_time {
            self.owe(cx, pool, new);
        }
        if pool.drains == 0 && missing == new * NANOBITS_PER_BYTE {
            let stamp = self.peers[receiver].generation;
            let timer = ServiceTimer { kind: timer::POOL_FULL, subject: receiver.0, stamp };
            cx.timer(cx.now, receiver, receiver, timer, false);
        }
        new
    }

    /// The sender of a pool still sends the block that came elsewhere, before it goes on with another piece.
    fn owe(&mut self, cx: &ServiceContext<'_>, pool: Pool, bytes: u64) {
        let mut senders = cx.network.transfer_flows(pool.transfer).map(|flow| self.flow_end[flow.0 as usize]);
        if let Some(sender_end) = senders.find(|sender_end| *sender_end != Self::ORIGIN) {
            let receiver_end = cx.overlay.mate(sender_end);
            self.ends[receiver_end.index()].owed += bytes;
        }
    }

    /// The connection goes on with `pool`, after what it still sends a second time.
    pub(super) fn pay_what_is_owed(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, id: PoolId) {
        let owed = std::mem::take(&mut self.ends[end.index()].owed);
        if owed > 0 {
            let pool = self.pools.get_mut(id);
            pool.duplicate += owed;
            cx.network.extend_transfer(cx.now, pool.transfer, owed * NANOBITS_PER_BYTE);
        }
    }

    /// Nanobits of a pool that its senders have in their buffers or send while a CANCEL travels.
    fn comes_all_the_same(&self, cx: &ServiceContext<'_>, pool: Pool) -> u64 {
        let origin = match self.spec.tcp.messages {
            MessageDelay::AtOnce => 0,
            MessageDelay::BehindData { send_buffer, .. } => send_buffer.get() * NANOBITS_PER_BYTE,
        };
        let of = |end: ConnId| {
            if end == Self::ORIGIN {
                return origin;
            }
            let buffer = self.buffered(cx, end).get() * NANOBITS_PER_BYTE;
            let rate = cx.network.rate(self.ends[end.index()].flow).get();
            let cancel = cx.delay(end).saturating_add(self.wait(cx, cx.overlay.mate(end)));
            buffer.saturating_add(rate.saturating_mul(cancel.as_nanos()))
        };
        cx.network.transfer_flows(pool.transfer).map(|flow| of(self.flow_end[flow.0 as usize])).sum()
    }

    /// A block is here: others that were asked for it bring it a second time, and those before it have one less behind them.
    fn moved_up(&mut self, receiver: PeerSlot, block: BusyBlock) {
        let BusyBlock { pool: Pool { piece, .. }, of, behind, .. } = block;
        for other in self.pools.busy_mut(receiver).filter(|other| other.pool.piece == piece && other.of == of) {
            if other.behind == behind {
                other.behind = BusyBlock::HAD;
            } else if other.behind > behind && other.behind != BusyBlock::HAD {
                other.behind -= 1;
            }
        }
    }

    /// A piece is whole: whatever still comes of it comes a second time.
    pub(super) fn had_elsewhere(&mut self, receiver: PeerSlot, piece: u32) {
        for block in self.pools.busy_mut(receiver).filter(|block| block.pool.piece == piece) {
            block.behind = BusyBlock::HAD;
        }
    }
}
