//! What a peer knows of its connections, as masks: one cache line per 64 connections.

use crate::overlay::{ConnId, Overlay};
use crate::units::PeerSlot;

/// Relations that a connection has, seen from one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Relation {
    /// I let the other end download.
    Unchoking = 0,
    /// The other end lets me download.
    Unchoked = 1,
    /// The other end has something that I lack.
    Wants = 2,
    /// I have something that the other end lacks.
    Wanted = 3,
    /// I send (or will, after a round trip).
    Out = 4,
    /// The other end sends to me (or will, after a round trip).
    In = 5,
    /// Unchoked and wanted, with nothing left to request.
    Starved = 6,
    /// My optimistic unchokes.
    Optimistic = 7,
}

/// The relations of 64 connections.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Masks([u64; 8]);

/// All masks, indexed by the overlay's words.
#[derive(Debug, Default)]
pub(super) struct MaskTable {
    words: Vec<Masks>,
}

impl MaskTable {
    pub(super) fn grow(&mut self, words: usize) {
        if self.words.len() < words {
            self.words.resize(words, Masks::default());
        }
    }

    #[inline]
    pub(super) fn has(&self, conn: ConnId, relation: Relation) -> bool {
        self.words[conn.word()].0[relation as usize] & conn.bit() != 0
    }

    #[inline]
    pub(super) fn set(&mut self, conn: ConnId, relation: Relation, on: bool) {
        let word = &mut self.words[conn.word()].0[relation as usize];
        if on {
            *word |= conn.bit();
        } else {
            *word &= !conn.bit();
        }
    }

    #[inline]
    pub(super) fn word(&self, word: usize, relation: Relation) -> u64 {
        self.words[word].0[relation as usize]
    }

    pub(super) fn clear(&mut self, conn: ConnId) {
        for word in &mut self.words[conn.word()].0 {
            *word &= !conn.bit();
        }
    }

    /// How many of a peer's connections have the relation.
    pub(super) fn count(&self, overlay: &Overlay, slot: PeerSlot, relation: Relation) -> u32 {
        overlay.words(slot).map(|word| self.word(word, relation).count_ones()).sum()
    }

    /// Whether any of a peer's connections has the relation.
    pub(super) fn any(&self, overlay: &Overlay, slot: PeerSlot, relation: Relation) -> bool {
        overlay.words(slot).any(|word| self.word(word, relation) != 0)
    }

    /// How many connections of all peers have the relation.
    pub(super) fn total(&self, relation: Relation) -> u32 {
        self.words.iter().map(|word| word.0[relation as usize].count_ones()).sum()
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.words.capacity() * size_of::<Masks>()) as u64
    }
}
