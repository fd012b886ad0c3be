//! Partial-piece pools: what a receiver has of the pieces it is fetching.
//!
//! A *pool* holds the missing bytes of one piece at one receiver. Flows *drain* it; a choke or a departure leaves it
//! with its bytes, and another sender goes on. Only a whole piece can be passed on.

use crate::bandwidth::TransferId;
use crate::units::PeerSlot;

/// Pools that a receiver keeps at most.
pub(super) const POOLS: usize = 16;
/// Busy blocks that a receiver has asked for a second time, at most; their places follow those of the pools.
const BUSY_BLOCKS: usize = 256 - POOLS;

/// A piece under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pool {
    /// The piece, or [`Pool::FREE`].
    pub(super) piece: u32,
    /// What is missing, in the bandwidth room's books.
    pub(super) transfer: TransferId,
    /// Flows draining it.
    pub(super) drains: u32,
    /// Whether one fast sender has it for itself.
    pub(super) owned: bool,
    /// Bytes already credited to senders.
    pub(super) credited: u64,
    /// Nanobits moved and not yet credited: less than a byte.
    pub(super) carry: u64,
    /// Bytes that will have been received twice, by joins in the end game.
    pub(super) duplicate: u64,
}

impl Pool {
    pub(super) const FREE: u32 = u32::MAX;

    pub(super) const EMPTY: Self = Self {
        piece: Self::FREE,
        transfer: TransferId(u32::MAX),
        drains: 0,
        owned: false,
        credited: 0,
        carry: 0,
        duplicate: 0,
    };
}

/// A single block that was asked for elsewhere too, in the strict end game.
#[derive(Debug, Clone, Copy)]
pub(super) struct BusyBlock {
    /// Its bytes, as a pool of their own.
    pub(super) pool: Pool,
    /// Bytes of the block.
    pub(super) size: u64,
    /// Blocks of the piece that come after it, or [`BusyBlock::HAD`].
    pub(super) behind: u32,
}

impl BusyBlock {
    /// The block has come elsewhere.
    pub(super) const HAD: u32 = u32::MAX;
}

/// What a receiver has besides its pools.
#[derive(Debug, Clone, Default)]
struct Beside {
    busy: Vec<BusyBlock>,
    /// Pieces asked for and not begun of which some bytes have come already.
    early: Vec<(u32, u64)>,
}

/// Where a pool is: receiver and position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PoolId {
    pub(super) receiver: PeerSlot,
    pub(super) place: u8,
}

/// All pools, and which transfer is whose.
#[derive(Debug, Default)]
pub(super) struct PoolTable {
    pools: Vec<[Pool; POOLS]>,
    beside: Vec<Beside>,
    by_transfer: Vec<PoolId>,
}

impl PoolId {
    /// Whether this is a busy block and no pool.
    pub(super) fn is_busy_block(self) -> bool {
        usize::from(self.place) >= POOLS
    }
}

impl PoolTable {
    pub(super) fn reset(&mut self, slot: PeerSlot) {
        if self.pools.len() <= slot.index() {
            self.pools.resize(slot.index() + 1, [Pool::EMPTY; POOLS]);
            self.beside.resize(slot.index() + 1, Beside::default());
        }
        debug_assert!(self.busy(slot).next().is_none());
        self.beside[slot.index()].early.clear();
        debug_assert!(self.pools[slot.index()].iter().all(|pool| pool.piece == Pool::FREE));
    }

    #[inline]
    pub(super) fn of(&self, slot: PeerSlot) -> &[Pool; POOLS] {
        &self.pools[slot.index()]
    }

    #[inline]
    pub(super) fn get(&self, id: PoolId) -> &Pool {
        let (receiver, place) = (id.receiver.index(), usize::from(id.place));
        if place < POOLS { &self.pools[receiver][place] } else { &self.beside[receiver].busy[place - POOLS].pool }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: PoolId) -> &mut Pool {
        let (receiver, place) = (id.receiver.index(), usize::from(id.place));
        if place < POOLS {
            &mut self.pools[receiver][place]
        } else {
            &mut self.beside[receiver].busy[place - POOLS].pool
        }
    }

    pub(super) fn busy_block(&self, id: PoolId) -> &BusyBlock {
        &self.beside[id.receiver.index()].busy[usize::from(id.place) - POOLS]
    }

    /// Busy blocks that `receiver` has asked for, in order.
    pub(super) fn busy(&self, receiver: PeerSlot) -> impl Iterator<Item = &BusyBlock> + '_ {
        self.beside[receiver.index()].busy.iter().filter(|block| block.pool.piece != Pool::FREE)
    }

    pub(super) fn busy_mut(&mut self, receiver: PeerSlot) -> impl Iterator<Item = &mut BusyBlock> + '_ {
        self.beside[receiver.index()].busy.iter_mut().filter(|block| block.pool.piece != Pool::FREE)
    }

    pub(super) fn may_open_busy(&self, receiver: PeerSlot) -> bool {
        self.busy(receiver).count() < BUSY_BLOCKS
    }

    pub(super) fn open_busy(&mut self, receiver: PeerSlot, block: BusyBlock) -> PoolId {
        let busy = &mut self.beside[receiver.index()].busy;
        let place = busy.iter().position(|other| other.pool.piece == Pool::FREE).unwrap_or(busy.len());
        if place == busy.len() {
            busy.push(block);
        } else {
            busy[place] = block;
        }
        let id = PoolId { receiver, place: (POOLS + place) as u8 };
        self.set_owner(block.pool.transfer, id);
        id
    }

    /// Bytes that came of a piece before it was begun.
    pub(super) fn early(&self, receiver: PeerSlot, piece: u32) -> u64 {
        let early = &self.beside[receiver.index()].early;
        early.iter().find(|(other, _)| *other == piece).map_or(0, |(_, bytes)| *bytes)
    }

    pub(super) fn all_early(&self, receiver: PeerSlot) -> u64 {
        self.beside[receiver.index()].early.iter().map(|(_, bytes)| bytes).sum()
    }

    pub(super) fn add_early(&mut self, receiver: PeerSlot, piece: u32, bytes: u64) {
        let early = &mut self.beside[receiver.index()].early;
        match early.iter_mut().find(|(other, _)| *other == piece) {
            Some((_, sum)) => *sum += bytes,
            None => early.push((piece, bytes)),
        }
    }

    fn take_early(&mut self, receiver: PeerSlot, piece: u32) -> u64 {
        let bytes = self.early(receiver, piece);
        self.beside[receiver.index()].early.retain(|(other, _)| *other != piece);
        bytes
    }

    /// The pool that a transfer fills.
    pub(super) fn of_transfer(&self, transfer: TransferId) -> PoolId {
        self.by_transfer[transfer.0 as usize]
    }

    /// A free place at `receiver`, or `None` when all are taken.
    pub(super) fn free_place(&self, receiver: PeerSlot) -> Option<u8> {
        self.of(receiver).iter().position(|pool| pool.piece == Pool::FREE).map(|place| place as u8)
    }

    pub(super) fn open(&mut self, receiver: PeerSlot, place: u8, piece: u32, transfer: TransferId) -> PoolId {
        let id = PoolId { receiver, place };
        let credited = self.take_early(receiver, piece);
        *self.get_mut(id) = Pool { piece, transfer, credited, ..Pool::EMPTY };
        self.set_owner(transfer, id);
        id
    }

    fn set_owner(&mut self, transfer: TransferId, id: PoolId) {
        let index = transfer.0 as usize;
        if self.by_transfer.len() <= index {
            self.by_transfer.resize(index + 1, PoolId { receiver: PeerSlot(u32::MAX), place: 0 });
        }
        self.by_transfer[index] = id;
    }

    pub(super) fn free(&mut self, id: PoolId) {
        *self.get_mut(id) = Pool::EMPTY;
    }

    /// Places in use at `receiver`, in order.
    pub(super) fn places(&self, receiver: PeerSlot) -> impl Iterator<Item = (PoolId, &Pool)> + '_ {
        self.of(receiver)
            .iter()
            .enumerate()
            .filter(|(_, pool)| pool.piece != Pool::FREE)
            .map(move |(place, pool)| (PoolId { receiver, place: place as u8 }, pool))
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.pools.capacity() * size_of::<[Pool; POOLS]>() + self.by_transfer.capacity() * size_of::<PoolId>()) as u64
    }
}
