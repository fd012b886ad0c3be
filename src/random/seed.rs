//! Stateless draws, addressed by what they are for.

use rand_distr::{Distribution as _, StandardNormal};

use super::{Purpose, Stream};
use crate::units::Identity;

/// The root of all randomness in one run: root seed and replication.
///
/// ```
/// use peerscape::random::{Purpose, Seed};
/// let seed = Seed::new(1, 0);
/// assert_eq!(seed.draw(Purpose::Test, 7, 0), seed.draw(Purpose::Test, 7, 0));
/// assert_ne!(seed.draw(Purpose::Test, 7, 0), seed.draw(Purpose::Test, 7, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    state: u64,
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Stafford's Mix13: a bijection of 64-bit words.
pub(super) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Seed {
    /// The seed of one replication of an experiment.
    pub const fn new(root: u64, replication: u32) -> Self {
        let state = mix(root.wrapping_add(GOLDEN));
        Self { state: mix(state ^ (replication as u64 + 1).wrapping_mul(GOLDEN)) }
    }

    /// Sixty-four uniform bits for (purpose, key, counter).
    pub const fn draw(self, purpose: Purpose, key: u64, counter: u64) -> u64 {
        let a = mix(self.state ^ (purpose as u64).wrapping_mul(0xD1B5_4A32_D192_ED03));
        let b = mix(a ^ key.wrapping_mul(GOLDEN).wrapping_add(0x2545_F491_4F6C_DD1D));
        mix(b ^ counter.wrapping_mul(0xA24B_AED4_963E_E407).wrapping_add(GOLDEN))
    }

    /// A uniform number in 0..`bound` (0 when `bound` is 0), by the widening multiplication of Lemire (2019); the
    /// bias is below `bound`/2^64.
    pub const fn below(self, purpose: Purpose, key: u64, counter: u64, bound: u64) -> u64 {
        ((self.draw(purpose, key, counter) as u128 * bound as u128) >> 64) as u64
    }

    /// A uniform real in [0, 1) with 53 bits.
    pub const fn uniform(self, purpose: Purpose, key: u64, counter: u64) -> f64 {
        (self.draw(purpose, key, counter) >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A standard normal real for (purpose, key, counter), by the ziggurat of Marsaglia & Tsang (2000).
    pub fn normal(self, purpose: Purpose, key: u64, counter: u64) -> f64 {
        let mut stream = Stream::from_word(self.draw(purpose, key, counter));
        StandardNormal.sample(stream.generator())
    }

    /// A generator of its own for (purpose, key).
    pub fn stream(self, purpose: Purpose, key: u64) -> Stream {
        Stream::from_word(self.draw(purpose, key, u64::MAX))
    }

    /// The place of `identity` in the order of simultaneous events: a permutation of all identities, fixed by the
    /// seed, so that neither insertion order nor low numbers win ties.
    ///
    /// A four-round Feistel network over two 16-bit halves (Luby & Rackoff 1988).
    pub const fn rank(self, identity: Identity) -> u32 {
        let mut left = identity.0 >> 16;
        let mut right = identity.0 & 0xFFFF;
        let mut round = 0;
        while round < 4 {
            let f = (self.draw(Purpose::Rank, right as u64, round) >> 48) as u32;
            (left, right) = (right, left ^ f);
            round += 1;
        }
        (left << 16) | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_draws_are_pinned() {
        let seed = Seed::new(1, 0);
        let draws: Vec<u64> = (0..3).map(|n| seed.draw(Purpose::Test, 42, n)).collect();
        assert_eq!(draws, PINNED);
    }
    const PINNED: [u64; 3] = [2_347_485_417_073_387_430, 5_491_414_926_885_230_848, 10_878_073_858_755_503_911];

    #[test]
    fn rank_is_a_permutation() {
        let seed = Seed::new(9, 3);
        let mut ranks: Vec<u32> = (0..100_000).map(|i| seed.rank(Identity(i))).collect();
        ranks.sort_unstable();
        ranks.dedup();
        assert_eq!(ranks.len(), 100_000);
    }

    #[test]
    fn bounded_draws_are_uniform() {
        // Pearson's chi-square over 16 cells, 15 degrees of freedom: 37.7 is the 0.1 % point.
        let seed = Seed::new(5, 1);
        let mut cells = [0_f64; 16];
        for key in 0..16_000 {
            cells[seed.below(Purpose::Test, key, 0, 16) as usize] += 1.0;
        }
        let chi: f64 = cells.iter().map(|c| (c - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi < 37.7, "chi-square {chi}");
    }
}
