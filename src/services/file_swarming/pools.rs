//! Partial-piece pools: what a receiver has of the pieces it is fetching.
//!
//! A *pool* holds the missing bytes of one piece at one receiver. Flows *drain* it; a choke or a departure leaves it
//! with its bytes, and another sender goes on. Only a whole piece can be passed on.

use crate::bandwidth::TransferId;
use crate::units::PeerSlot;

/// Pools that a receiver keeps at most.
pub(super) const POOLS: usize = 16;

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

    const EMPTY: Self = Self {
        piece: Self::FREE,
        transfer: TransferId(u32::MAX),
        drains: 0,
        owned: false,
        credited: 0,
        carry: 0,
        duplicate: 0,
    };
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
    by_transfer: Vec<PoolId>,
}

impl PoolTable {
    pub(super) fn reset(&mut self, slot: PeerSlot) {
        if self.pools.len() <= slot.index() {
            self.pools.resize(slot.index() + 1, [Pool::EMPTY; POOLS]);
        }
        debug_assert!(self.pools[slot.index()].iter().all(|pool| pool.piece == Pool::FREE));
    }

    #[inline]
    pub(super) fn of(&self, slot: PeerSlot) -> &[Pool; POOLS] {
        &self.pools[slot.index()]
    }

    #[inline]
    pub(super) fn get(&self, id: PoolId) -> &Pool {
        &self.pools[id.receiver.index()][usize::from(id.place)]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: PoolId) -> &mut Pool {
        &mut self.pools[id.receiver.index()][usize::from(id.place)]
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
        *self.get_mut(id) = Pool { piece, transfer, ..Pool::EMPTY };
        let index = transfer.0 as usize;
        if self.by_transfer.len() <= index {
            self.by_transfer.resize(index + 1, PoolId { receiver: PeerSlot(u32::MAX), place: 0 });
        }
        self.by_transfer[index] = id;
        id
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
