//! A small named generator, for shuffles and samples.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A reproducible stream of numbers: `xoshiro256++` (Blackman & Vigna 2021), seeded from one word.
#[derive(Debug, Clone)]
pub struct Stream {
    generator: Xoshiro256PlusPlus,
}

impl Stream {
    pub(super) fn from_word(word: u64) -> Self {
        Self { generator: Xoshiro256PlusPlus::seed_from_u64(word) }
    }

    /// Sixty-four uniform bits.
    pub fn word(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A uniform number in 0..`bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.word()) * u128::from(bound)) >> 64) as u64
    }

    /// A uniform real in [0, 1) with 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Puts `items` into a uniformly random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.generator);
    }

    pub(super) fn generator(&mut self) -> &mut Xoshiro256PlusPlus {
        &mut self.generator
    }
}
