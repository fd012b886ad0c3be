//! Slots, generations and the arena of half connections.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Bits;
use crate::units::{PeerRef, PeerSlot};

/// One end of a connection. Stable while the connection lasts, reused afterwards with another epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u32);

impl ConnId {
    /// As an index of per-connection arrays.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
    /// The word whose masks hold this connection's bit.
    pub const fn word(self) -> usize {
        (self.0 / 64) as usize
    }
    /// The connection's bit in its word.
    pub const fn bit(self) -> u64 {
        1 << (self.0 % 64)
    }
    /// The connection at `bit` of `word`.
    pub const fn at(word: usize, bit: u32) -> Self {
        Self(word as u32 * 64 + bit)
    }
}

/// One end of a connection: who is at the other end, and that end's id.
#[derive(Debug, Clone, Copy, Default)]
struct Half {
    peer: PeerSlot,
    mate: u32,
    epoch: u32,
    class: u32,
}

#[derive(Debug, Clone, Default)]
struct Slot {
    first_word: u32,
    words: u32,
    generation: u32,
    connections: u32,
    pending_in: u32,
    pending_out: u32,
    present: bool,
}

/// Membership and connections.
#[derive(Debug, Default)]
pub struct Overlay {
    slots: Vec<Slot>,
    /// Free slots by number of words.
    free: BTreeMap<u32, Vec<PeerSlot>>,
    /// Per word: its owner.
    owner: Vec<PeerSlot>,
    /// Per word: the connections that exist.
    connected: Vec<u64>,
    halves: Vec<Half>,
    /// Payload bytes sent from this end and not yet folded into the traffic matrix.
    unfolded: Vec<u64>,
    present: u32,
}

impl Overlay {
    /// An empty overlay.
    pub fn new() -> Self {
        Self::default()
    }

    /// A slot for a peer with room for `capacity` connections. Its generation differs from that of whoever had the
    /// slot before.
    pub fn add_peer(&mut self, capacity: u32) -> PeerRef {
        let words = capacity.max(1).div_ceil(64);
        let slot = match self.free.get_mut(&words).and_then(Vec::pop) {
            Some(slot) => slot,
            None => self.new_slot(words),
        };
        let state = &mut self.slots[slot.index()];
        state.present = true;
        state.connections = 0;
        state.pending_in = 0;
        state.pending_out = 0;
        self.present += 1;
        PeerRef { slot, generation: state.generation }
    }

    fn new_slot(&mut self, words: u32) -> PeerSlot {
        let slot = PeerSlot(self.slots.len() as u32);
        let first_word = self.owner.len() as u32;
        let total = self.owner.len() + words as usize;
        assert!(total * 64 < u32::MAX as usize, "more than 2^32 connections");
        self.owner.resize(total, slot);
        self.connected.resize(total, 0);
        self.halves.resize(total * 64, Half::default());
        self.unfolded.resize(total * 64, 0);
        self.slots.push(Slot { first_word, words, ..Slot::default() });
        slot
    }

    /// Gives the slot of a departed peer back.
    ///
    /// # Panics
    /// When the peer is not present or still has connections: the world closes them first.
    pub fn remove_peer(&mut self, slot: PeerSlot) {
        let state = &mut self.slots[slot.index()];
        assert!(state.present && state.connections == 0, "a peer leaves without its connections");
        state.present = false;
        state.generation += 1;
        self.present -= 1;
        self.free.entry(state.words).or_default().push(slot);
    }

    /// Number of slots ever used: the length of per-slot arrays.
    pub fn slot_count(&self) -> usize {
        self.slots.len()
    }

    /// Number of words: the length of mask arrays; 64 times as many connections.
    pub fn word_count(&self) -> usize {
        self.owner.len()
    }

    /// Peers present, seeds and servers included.
    pub const fn present_count(&self) -> u32 {
        self.present
    }

    /// Whether `peer` is still who it was.
    pub fn is_current(&self, peer: PeerRef) -> bool {
        self.slots.get(peer.slot.index()).is_some_and(|state| state.present && state.generation == peer.generation)
    }

    /// The present peer in `slot`.
    pub fn peer_ref(&self, slot: PeerSlot) -> PeerRef {
        PeerRef { slot, generation: self.slots[slot.index()].generation }
    }

    /// The words of a peer's masks.
    #[inline]
    pub fn words(&self, slot: PeerSlot) -> Range<usize> {
        let state = &self.slots[slot.index()];
        state.first_word as usize..(state.first_word + state.words) as usize
    }

    /// The connections in `word`, as a mask.
    #[inline]
    pub fn connected_mask(&self, word: usize) -> u64 {
        self.connected[word]
    }

    /// The peer to which `word` belongs.
    #[inline]
    pub fn word_owner(&self, word: usize) -> PeerSlot {
        self.owner[word]
    }

    /// A peer's connections, in the order of their ids.
    pub fn connections_of(&self, slot: PeerSlot) -> impl Iterator<Item = ConnId> + '_ {
        self.words(slot).flat_map(move |word| Bits(self.connected[word]).map(move |bit| ConnId::at(word, bit)))
    }

    /// The peer at this end.
    #[inline]
    pub fn owner(&self, conn: ConnId) -> PeerSlot {
        self.owner[conn.word()]
    }

    /// The peer at the other end.
    #[inline]
    pub fn neighbour(&self, conn: ConnId) -> PeerSlot {
        self.halves[conn.index()].peer
    }

    /// The other end.
    #[inline]
    pub fn mate(&self, conn: ConnId) -> ConnId {
        ConnId(self.halves[conn.index()].mate)
    }

    /// Distinguishes this connection from earlier ones with the same id.
    #[inline]
    pub fn epoch(&self, conn: ConnId) -> u32 {
        self.halves[conn.index()].epoch
    }

    /// Whether `conn` exists and is still the connection of that epoch.
    pub fn is_open(&self, conn: ConnId, epoch: u32) -> bool {
        self.connected[conn.word()] & conn.bit() != 0 && self.epoch(conn) == epoch
    }

    /// The connection's latency class: an index into whatever table the world keeps.
    #[inline]
    pub fn latency_class(&self, conn: ConnId) -> u32 {
        self.halves[conn.index()].class
    }

    /// Connections of a peer.
    pub fn connection_count(&self, slot: PeerSlot) -> u32 {
        self.slots[slot.index()].connections
    }

    /// Half-open contacts of a peer: (inbound, outbound).
    pub fn pending(&self, slot: PeerSlot) -> (u32, u32) {
        let state = &self.slots[slot.index()];
        (state.pending_in, state.pending_out)
    }

    /// Changes the count of half-open inbound contacts.
    pub fn add_pending_in(&mut self, slot: PeerSlot, change: i32) {
        let state = &mut self.slots[slot.index()];
        state.pending_in = state.pending_in.saturating_add_signed(change);
    }

    /// Changes the count of half-open outbound contacts.
    pub fn add_pending_out(&mut self, slot: PeerSlot, change: i32) {
        let state = &mut self.slots[slot.index()];
        state.pending_out = state.pending_out.saturating_add_signed(change);
    }

    /// Whether the two are connected.
    pub fn are_connected(&self, a: PeerSlot, b: PeerSlot) -> bool {
        // Walk the end with fewer connections: the other one may be an origin server.
        let (few, other) = if self.connection_count(a) <= self.connection_count(b) { (a, b) } else { (b, a) };
        self.connections_of(few).any(|conn| self.neighbour(conn) == other)
    }

    /// Connects two present peers; `None` when either has no free place.
    pub fn connect(&mut self, a: PeerSlot, b: PeerSlot, class: u32) -> Option<(ConnId, ConnId)> {
        debug_assert!(a != b);
        let at_a = self.free_place(a)?;
        let at_b = self.free_place(b)?;
        for (here, there, peer, owner) in [(at_a, at_b, b, a), (at_b, at_a, a, b)] {
            let half = &mut self.halves[here.index()];
            *half = Half { peer, mate: there.0, epoch: half.epoch + 1, class };
            self.connected[here.word()] |= here.bit();
            self.slots[owner.index()].connections += 1;
        }
        Some((at_a, at_b))
    }

    fn free_place(&self, slot: PeerSlot) -> Option<ConnId> {
        self.words(slot)
            .find(|word| self.connected[*word] != u64::MAX)
            .map(|word| ConnId::at(word, (!self.connected[word]).trailing_zeros()))
    }

    /// Removes a connection, given either end.
    ///
    /// # Panics
    /// When bytes sent over it have not been taken yet: they would be lost from the traffic matrix.
    pub fn disconnect(&mut self, conn: ConnId) {
        let mate = self.mate(conn);
        for end in [conn, mate] {
            assert!(self.unfolded[end.index()] == 0, "a connection closes with bytes not accounted for");
            self.connected[end.word()] &= !end.bit();
            let owner = self.owner(end);
            self.slots[owner.index()].connections -= 1;
        }
    }

    /// Counts payload bytes sent from this end.
    #[inline]
    pub fn count_sent(&mut self, conn: ConnId, bytes: u64) {
        self.unfolded[conn.index()] += bytes;
    }

    /// Payload bytes sent from this end that nobody took yet.
    pub fn unfolded(&self, conn: ConnId) -> u64 {
        self.unfolded[conn.index()]
    }

    /// Takes the bytes sent from this end since the last call, to be folded into the traffic matrix.
    pub fn take_sent(&mut self, conn: ConnId) -> u64 {
        std::mem::take(&mut self.unfolded[conn.index()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_has_two_ends_that_name_each_other() {
        let mut overlay = Overlay::new();
        let a = overlay.add_peer(50).slot;
        let b = overlay.add_peer(130).slot;
        let (at_a, at_b) = overlay.connect(a, b, 3).unwrap();
        assert_eq!((overlay.mate(at_a), overlay.mate(at_b)), (at_b, at_a));
        assert_eq!((overlay.neighbour(at_a), overlay.neighbour(at_b)), (b, a));
        assert_eq!((overlay.owner(at_a), overlay.owner(at_b)), (a, b));
        assert_eq!(overlay.latency_class(at_b), 3);
        assert!(overlay.are_connected(a, b) && overlay.are_connected(b, a));
        assert_eq!(overlay.words(b).len(), 3);
        let epoch = overlay.epoch(at_a);
        overlay.disconnect(at_b);
        assert!(!overlay.is_open(at_a, epoch) && !overlay.are_connected(a, b));
        assert_eq!((overlay.connection_count(a), overlay.connection_count(b)), (0, 0));
    }

    #[test]
    fn a_reused_slot_has_another_generation() {
        let mut overlay = Overlay::new();
        let first = overlay.add_peer(10);
        overlay.remove_peer(first.slot);
        let second = overlay.add_peer(64);
        assert_eq!(first.slot, second.slot);
        assert!(!overlay.is_current(first) && overlay.is_current(second));
        assert_ne!(overlay.add_peer(65).slot, second.slot);
    }

    #[test]
    fn a_full_peer_refuses() {
        let mut overlay = Overlay::new();
        let hub = overlay.add_peer(64).slot;
        for _ in 0..64 {
            let other = overlay.add_peer(1).slot;
            assert!(overlay.connect(hub, other, 0).is_some());
        }
        let other = overlay.add_peer(1).slot;
        assert!(overlay.connect(hub, other, 0).is_none());
        assert_eq!(overlay.connections_of(hub).count(), 64);
    }
}
