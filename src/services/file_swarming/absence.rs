//! Peers that are away and will come again: what they keep.
//!
//! A client saves what it has: verified pieces, and the blocks of pieces under way (`fastresume` files of libtorrent and
//! mainline alike). So a peer that comes again has the pieces it had, goes on with those it had begun, and its accounts go on.
//! Its copies are no longer lost to the swarm than it is away: they count in what is left of each piece. Connections, slots and
//! rates are forgotten: it meets its neighbours anew.

use std::collections::BTreeMap;

use super::pools::Pool;
use super::swarm::{FileSwarming, timer};
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::services::service::PeerAccount;
use crate::units::{Identity, PeerSlot};

/// What peers keep, by identity.
#[derive(Debug, Default)]
pub(super) struct Absent(BTreeMap<Identity, Kept>);

#[derive(Debug)]
struct Kept {
    account: PeerAccount,
    complete: bool,
    verified: u32,
    choices: u32,
    have: Vec<u64>,
    /// Pools, each with the nanobits that it misses.
    under_way: Vec<(Pool, u64)>,
}

impl Absent {
    pub(super) fn bytes(&self) -> u64 {
        let kept = |kept: &Kept| {
            size_of::<Kept>() + kept.have.capacity() * 8 + kept.under_way.capacity() * size_of::<(Pool, u64)>()
        };
        self.0.values().map(kept).sum::<usize>() as u64
    }
}

impl FileSwarming {
    /// A peer goes and will come again; its books are closed, its pools still open.
    pub(super) fn keep(&mut self, cx: &ServiceContext<'_>, slot: PeerSlot) {
        let missing = |pool: &Pool| cx.network.missing(cx.now, pool.transfer);
        let under_way = self.pools.places(slot).map(|(_, pool)| (*pool, missing(pool))).collect();
        let peer = &self.peers[slot];
        let kept = Kept {
            account: peer.account,
            complete: peer.complete,
            verified: peer.verified,
            choices: peer.choices,
            have: self.pieces.have(slot).to_vec(),
            under_way,
        };
        self.absent.0.insert(cx.identity(slot), kept);
    }

    /// A peer has joined; if it has been here before, it is again who it was.
    pub(super) fn take_up(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) {
        let Some(kept) = self.absent.0.remove(&cx.identity(slot)) else { return };
        self.pieces.restore(slot, &kept.have);
        let unrequested = self.pieces.pieces() - kept.verified - kept.under_way.len() as u32;
        let peer = &mut self.peers[slot];
        peer.account = kept.account;
        peer.complete = kept.complete;
        peer.verified = kept.verified;
        peer.choices = kept.choices;
        peer.unrequested = unrequested;
        let generation = peer.generation;
        let mut full = false;
        for ((pool, missing), place) in kept.under_way.into_iter().zip(0..) {
            let transfer = cx.network.open_transfer(cx.now, missing);
            let id = self.pools.open(slot, place, pool.piece, transfer);
            *self.pools.get_mut(id) = Pool { transfer, drains: 0, owned: false, ..pool };
            self.pieces.set_requested(slot, pool.piece, true);
            full |= missing == 0;
        }
        if full {
            let timer = ServiceTimer { kind: timer::POOL_FULL, subject: slot.0, stamp: generation };
            cx.timer(cx.now, slot, slot, timer, false);
        }
    }
}
