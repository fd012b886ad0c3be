//! Partial-piece pools: what a receiver has of the pieces it is fetching.
//!
//! A *pool* holds the missing bytes of one piece at one receiver. Flows *drain* it; a choke or a departure leaves it
//! with its bytes, and another sender goes on. Only a whole piece can be passed on.

use crate::bandwidth::TransferId;
use crate::units::{PeerSlot, SimTime};

/// Pools that a receiver keeps at most.
pub(super) const POOLS: usize = 16;
/// Parts of pools that senders finish on their own, at most; their places follow those of the pools.
const PARTS: usize = 80;
/// Busy blocks that a receiver has asked for a second time, at most; their places follow those of the parts.
const BUSY_BLOCKS: usize = 256 - FIRST_BUSY;
const FIRST_BUSY: usize = POOLS + PARTS;

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
    /// Where it was asked for first; `None`: the piece had not been begun.
    pub(super) of: Option<PoolId>,
    /// Blocks that come after it there, or [`BusyBlock::HAD`].
    pub(super) behind: u32,
}

/// What is left of a pool's piece to one sender alone, because it was asked for it before.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// Its bytes, as a pool of their own.
    pool: Pool,
    /// The place of the pool it belongs to.
    of: u8,
}

impl BusyBlock {
    /// The block has come elsewhere.
    pub(super) const HAD: u32 = u32::MAX;
}

/// What a receiver has besides its pools.
#[derive(Debug, Clone, Default)]
struct Beside {
    parts: Vec<Part>,
    busy: Vec<BusyBlock>,
    /// Places of pools, and when they may have no block left that nobody was asked for.
    looks: Vec<(u8, SimTime)>,
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
        usize::from(self.place) >= FIRST_BUSY
    }

    /// Whether this is a part of a pool.
    pub(super) fn is_part(self) -> bool {
        (POOLS..FIRST_BUSY).contains(&usize::from(self.place))
    }
}

impl PoolTable {
    pub(super) fn reset(&mut self, slot: PeerSlot) {
        if self.pools.len() <= slot.index() {
            self.pools.resize(slot.index() + 1, [Pool::EMPTY; POOLS]);
            self.beside.resize(slot.index() + 1, Beside::default());
        }
        debug_assert!(self.busy(slot).next().is_none());
        debug_assert!(self.parts(slot).next().is_none());
        self.beside[slot.index()].early.clear();
        self.beside[slot.index()].looks.clear();
        debug_assert!(self.pools[slot.index()].iter().all(|pool| pool.piece == Pool::FREE));
    }

    #[inline]
    pub(super) fn of(&self, slot: PeerSlot) -> &[Pool; POOLS] {
        &self.pools[slot.index()]
    }

    #[inline]
    pub(super) fn get(&self, id: PoolId) -> &Pool {
        let (receiver, place) = (id.receiver.index(), usize::from(id.place));
        match place {
            0..POOLS => &self.pools[receiver][place],
            POOLS..FIRST_BUSY => &self.beside[receiver].parts[place - POOLS].pool,
            _ => &self.beside[receiver].busy[place - FIRST_BUSY].pool,
        }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: PoolId) -> &mut Pool {
        let (receiver, place) = (id.receiver.index(), usize::from(id.place));
        match place {
            0..POOLS => &mut self.pools[receiver][place],
            POOLS..FIRST_BUSY => &mut self.beside[receiver].parts[place - POOLS].pool,
            _ => &mut self.beside[receiver].busy[place - FIRST_BUSY].pool,
        }
    }

    pub(super) fn busy_block(&self, id: PoolId) -> &BusyBlock {
        &self.beside[id.receiver.index()].busy[usize::from(id.place) - FIRST_BUSY]
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
        let id = PoolId { receiver, place: (FIRST_BUSY + place) as u8 };
        self.set_owner(block.pool.transfer, id);
        id
    }

    /// Opens a part of the pool `of`, if there is room for one more.
    pub(super) fn open_part(&mut self, of: PoolId, pool: Pool) -> Option<PoolId> {
        let parts = &mut self.beside[of.receiver.index()].parts;
        let place = parts.iter().position(|other| other.pool.piece == Pool::FREE).unwrap_or(parts.len());
        let part = Part { pool, of: of.place };
        if place < parts.len() {
            parts[place] = part;
        } else if place < PARTS {
            parts.push(part);
        } else {
            return None;
        }
        let id = PoolId { receiver: of.receiver, place: (POOLS + place) as u8 };
        self.set_owner(pool.transfer, id);
        Some(id)
    }

    /// The pool that a part belongs to.
    pub(super) fn whole_of(&self, part: PoolId) -> PoolId {
        let of = self.beside[part.receiver.index()].parts[usize::from(part.place) - POOLS].of;
        PoolId { receiver: part.receiver, place: of }
    }

    /// All parts at `receiver`, in order.
    pub(super) fn parts(&self, receiver: PeerSlot) -> impl Iterator<Item = (PoolId, &Pool)> + '_ {
        let parts = self.beside[receiver.index()].parts.iter().zip(POOLS..);
        parts
            .filter(|(part, _)| part.pool.piece != Pool::FREE)
            .map(move |(part, place)| (PoolId { receiver, place: place as u8 }, &part.pool))
    }

    /// Parts that `receiver` could hold besides those it has.
    pub(super) fn room_for_parts(&self, receiver: PeerSlot) -> usize {
        PARTS - self.parts(receiver).count()
    }

    /// Whether senders still work on parts of this pool.
    pub(super) fn has_parts(&self, id: PoolId) -> bool {
        let mut parts = self.beside[id.receiver.index()].parts.iter();
        parts.any(|part| part.of == id.place && part.pool.piece != Pool::FREE)
    }

    /// When somebody looks whether all of a pool has been asked for; [`SimTime::NEVER`]: nobody does.
    pub(super) fn look_at(&self, id: PoolId) -> SimTime {
        let looks = &self.beside[id.receiver.index()].looks;
        looks.iter().find(|(place, _)| *place == id.place).map_or(SimTime::NEVER, |(_, at)| *at)
    }

    pub(super) fn set_look(&mut self, id: PoolId, at: SimTime) {
        let looks = &mut self.beside[id.receiver.index()].looks;
        looks.retain(|(place, _)| *place != id.place);
        if at != SimTime::NEVER {
            looks.push((id.place, at));
        }
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
        for block in self.busy_mut(receiver).filter(|block| block.pool.piece == piece) {
            block.of = Some(id);
        }
        self.set_owner(transfer, id);
        id
    }

    /// Nothing is missing of a pool but its parts, and nobody drains it.
    pub(super) fn renew(&mut self, id: PoolId, transfer: TransferId) {
        let pool = self.get_mut(id);
        pool.transfer = transfer;
        pool.drains = 0;
        pool.owned = false;
        self.set_owner(transfer, id);
    }

    fn set_owner(&mut self, transfer: TransferId, id: PoolId) {
        let index = transfer.0 as usize;
        if self.by_transfer.len() <= index {
            self.by_transfer.resize(index + 1, PoolId { receiver: PeerSlot(u32::MAX), place: 0 });
        }
        self.by_transfer[index] = id;
    }

    pub(super) fn free(&mut self, id: PoolId) {
        if !id.is_part() && !id.is_busy_block() {
            self.set_look(id, SimTime::NEVER);
        }
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
