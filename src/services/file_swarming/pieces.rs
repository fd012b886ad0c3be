//! Which pieces a peer has, which it has requested, and the choice of the next one.

use super::spec::PieceOrder;
use crate::overlay::Bits;
use crate::units::PeerSlot;

/// Bitsets of all peers: `have` and `requested` lie side by side.
#[derive(Debug)]
pub(super) struct PieceTable {
    pieces: u32,
    words: usize,
    bits: Vec<u64>,
    planes: Vec<[u64; PLANES]>,
}

/// Planes of the bit-sliced availability counters: they saturate at 127 copies among the neighbours.
const PLANES: usize = 7;

impl PieceTable {
    pub(super) fn new(pieces: u32) -> Self {
        let words = (pieces as usize).div_ceil(64);
        Self { pieces, words, bits: Vec::new(), planes: vec![[0; PLANES]; words] }
    }

    pub(super) const fn pieces(&self) -> u32 {
        self.pieces
    }

    /// Empties the sets of a slot, making room for it first.
    pub(super) fn reset(&mut self, slot: PeerSlot, complete: bool) {
        let start = slot.index() * 2 * self.words;
        let end = start + 2 * self.words;
        if self.bits.len() < end {
            self.bits.resize(end, 0);
        }
        self.bits[start..end].fill(0);
        if complete {
            for word in 0..self.words {
                self.bits[start + word] = self.full_word(word);
            }
        }
    }

    /// Gives an empty slot the pieces of `have`.
    pub(super) fn restore(&mut self, slot: PeerSlot, have: &[u64]) {
        let start = slot.index() * 2 * self.words;
        self.bits[start..start + self.words].copy_from_slice(have);
    }

    fn full_word(&self, word: usize) -> u64 {
        let left = self.pieces as usize - word * 64;
        if left >= 64 { u64::MAX } else { (1 << left) - 1 }
    }

    #[inline]
    pub(super) fn have(&self, slot: PeerSlot) -> &[u64] {
        let start = slot.index() * 2 * self.words;
        &self.bits[start..start + self.words]
    }

    #[inline]
    fn requested(&self, slot: PeerSlot) -> &[u64] {
        let start = slot.index() * 2 * self.words + self.words;
        &self.bits[start..start + self.words]
    }

    #[inline]
    pub(super) fn has(&self, slot: PeerSlot, piece: u32) -> bool {
        self.have(slot)[piece as usize / 64] >> (piece % 64) & 1 != 0
    }

    pub(super) fn set_have(&mut self, slot: PeerSlot, piece: u32) {
        let start = slot.index() * 2 * self.words;
        self.bits[start + piece as usize / 64] |= 1 << (piece % 64);
    }

    pub(super) fn set_requested(&mut self, slot: PeerSlot, piece: u32, on: bool) {
        let word = &mut self.bits[slot.index() * 2 * self.words + self.words + piece as usize / 64];
        if on {
            *word |= 1 << (piece % 64);
        } else {
            *word &= !(1 << (piece % 64));
        }
    }

    /// Whether `theirs` holds a piece that `peer` lacks, those in `masked` not counted.
    pub(super) fn is_interesting(&self, peer: PeerSlot, theirs: &[u64], masked: &[u32]) -> bool {
        if masked.is_empty() {
            return theirs.iter().zip(self.have(peer)).any(|(theirs, mine)| theirs & !mine != 0);
        }
        (0..theirs.len()).any(|word| {
            let mut wanted = theirs[word] & !self.have(peer)[word];
            for piece in masked {
                if *piece as usize / 64 == word {
                    wanted &= !(1 << (piece % 64));
                }
            }
            wanted != 0
        })
    }

    /// Writes the pieces of `theirs` that `peer` neither has nor requested into `into`; tells how many.
    pub(super) fn candidates(&self, peer: PeerSlot, theirs: &[u64], masked: &[u32], into: &mut Vec<u64>) -> u32 {
        into.clear();
        let sets = theirs.iter().zip(self.have(peer)).zip(self.requested(peer));
        into.extend(sets.map(|((theirs, mine), requested)| theirs & !mine & !requested));
        for piece in masked {
            into[*piece as usize / 64] &= !(1 << (piece % 64));
        }
        into.iter().map(|word| word.count_ones()).sum()
    }

    /// Chooses among `candidates` (at least one bit set). `draw` is uniform over 64 bits; `neighbours` are those whose
    /// copies count for rarest-first.
    pub(super) fn choose(
        &mut self,
        order: PieceOrder,
        candidates: &mut [u64],
        neighbours: &[PeerSlot],
        draw: u64,
    ) -> u32 {
        match order {
            PieceOrder::Random => nth_set(candidates, draw),
            PieceOrder::Sequential => nth_set(candidates, 0),
            PieceOrder::RarestFirst => {
                self.keep_rarest(candidates, neighbours);
                nth_set(candidates, draw)
            }
        }
    }

    /// Whether a piece has no more copies among `neighbours` than the rarest of the `candidates`.
    pub(super) fn is_as_rare(&self, piece: u32, candidates: &[u64], neighbours: &[PeerSlot]) -> bool {
        let copies = |piece: u32| neighbours.iter().filter(|slot| self.has(**slot, piece)).count();
        let mine = copies(piece);
        mine == 0
            || candidates
                .iter()
                .enumerate()
                .flat_map(|(word, bits)| Bits(*bits).map(move |bit| word as u32 * 64 + bit))
                .all(|candidate| copies(candidate) >= mine)
    }

    /// Leaves only the candidates with fewest copies among `neighbours`: bit-sliced counters, read on demand ("pull").
    fn keep_rarest(&mut self, candidates: &mut [u64], neighbours: &[PeerSlot]) {
        let used = (neighbours.len() + 1).next_power_of_two().ilog2() as usize;
        let used = used.clamp(1, PLANES);
        for (word, candidate) in candidates.iter().enumerate() {
            let mut planes = [0_u64; PLANES];
            if *candidate != 0 {
                for neighbour in neighbours {
                    let mut carry = self.bits[neighbour.index() * 2 * self.words + word] & candidate;
                    for plane in &mut planes[..used] {
                        let sum = *plane ^ carry;
                        carry &= *plane;
                        *plane = sum;
                    }
                    // Saturate instead of wrapping round.
                    for plane in &mut planes[..used] {
                        *plane |= carry;
                    }
                }
            }
            self.planes[word] = planes;
        }
        for plane in (0..used).rev() {
            let planes = &self.planes;
            if candidates.iter().zip(planes).any(|(candidate, count)| candidate & !count[plane] != 0) {
                for (candidate, count) in candidates.iter_mut().zip(planes) {
                    *candidate &= !count[plane];
                }
            }
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.bits.capacity() * 8) as u64
    }
}

/// The piece at place `draw` × count ÷ 2^64 among the set bits.
fn nth_set(words: &[u64], draw: u64) -> u32 {
    let count: u32 = words.iter().map(|word| word.count_ones()).sum();
    let mut place = ((u128::from(draw) * u128::from(count)) >> 64) as u32;
    for (index, word) in words.iter().enumerate() {
        let ones = word.count_ones();
        if place < ones {
            let bit = Bits(*word).nth(place as usize).unwrap_or(0);
            return index as u32 * 64 + bit;
        }
        place -= ones;
    }
    debug_assert!(false, "no candidate to choose from");
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    #[test]
    fn rarest_first_agrees_with_counting_one_by_one() {
        let seed = Seed::new(11, 0);
        let mut draws = (0..).map(|n| seed.draw(Purpose::Test, 0, n));
        let mut draw = move || draws.next().unwrap();
        for round in 0..200 {
            let pieces = 1 + (draw() % 200) as u32;
            let peers = 1 + (draw() % 140) as u32;
            let mut table = PieceTable::new(pieces);
            for slot in 0..=peers {
                table.reset(PeerSlot(slot), false);
                for piece in 0..pieces {
                    if draw().is_multiple_of(if round % 2 == 0 { 3 } else { 40 }) {
                        table.set_have(PeerSlot(slot), piece);
                    }
                }
            }
            let mut candidates = vec![0; (pieces as usize).div_ceil(64)];
            for piece in 0..pieces {
                candidates[piece as usize / 64] |= (draw() & 1) << (piece % 64);
            }
            if candidates.iter().all(|word| *word == 0) {
                continue;
            }
            let copies = |piece: u32| (0..peers).filter(|slot| table.has(PeerSlot(*slot), piece)).count().min(127);
            let all: Vec<u32> = (0..pieces).filter(|p| candidates[*p as usize / 64] >> (p % 64) & 1 != 0).collect();
            let fewest = all.iter().map(|p| copies(*p)).min().unwrap();
            let expected: Vec<u32> = all.into_iter().filter(|p| copies(*p) == fewest).collect();
            let neighbours: Vec<PeerSlot> = (0..peers).map(PeerSlot).collect();
            table.keep_rarest(&mut candidates, &neighbours);
            let kept: Vec<u32> = candidates
                .iter()
                .enumerate()
                .flat_map(|(word, bits)| Bits(*bits).map(move |bit| word as u32 * 64 + bit))
                .collect();
            assert_eq!(kept, expected, "round {round}");
        }
    }

    #[test]
    fn masked_pieces_do_not_interest() {
        let mut table = PieceTable::new(70);
        table.reset(PeerSlot(0), false);
        table.reset(PeerSlot(1), true);
        assert!(table.is_interesting(PeerSlot(0), table.have(PeerSlot(1)), &[]));
        for piece in 0..69 {
            table.set_have(PeerSlot(0), piece);
        }
        assert!(table.is_interesting(PeerSlot(0), table.have(PeerSlot(1)), &[3]));
        assert!(!table.is_interesting(PeerSlot(0), table.have(PeerSlot(1)), &[69]));
        let mut into = Vec::new();
        assert_eq!(table.candidates(PeerSlot(0), table.have(PeerSlot(1)), &[], &mut into), 1);
        table.set_requested(PeerSlot(0), 69, true);
        assert_eq!(table.candidates(PeerSlot(0), table.have(PeerSlot(1)), &[], &mut into), 0);
    }
}
