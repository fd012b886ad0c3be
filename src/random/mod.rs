//! The only room that draws.
//!
//! **What lives here.** [`Seed`]: stateless draws addressed by (root seed, replication, purpose, key, counter);
//! [`Stream`]: a small generator seeded by such an address, for shuffles and samples; [`Distribution`]: laws (listed in
//! [`catalog`]) whose draws, fresh or of a life under way, leave this room rounded to whole nanoseconds; [`Seed::rank`]: the seeded permutation of identities that
//! orders simultaneous events.
//!
//! **May import**: `units`, `catalog`. **Goes next**: every model that needs chance.
//!
//! *Given* things (capacity, place, arrival) are keyed by an entity's identity and therefore equal in all arms of a
//! replication: these are the common random numbers that pair the arms. *Choices* (samples, ties, optimistic
//! unchokes) are keyed by entity and counter: they may diverge between arms, for that entity alone.
//!
//! Reference: the mixing function is the 64-bit finaliser of `MurmurHash3` in the variant "Mix13" (Stafford 2011), the
//! one that `SplitMix64` uses (Steele, Lea, Flood 2014).

pub mod catalog;
mod distribution;
#[cfg(test)]
pub(crate) mod kolmogorov_smirnov;
mod purpose;
mod seed;
mod stream;

pub use distribution::{Distribution, Empirical, EmpiricalError};
pub use purpose::Purpose;
pub use seed::Seed;
pub use stream::Stream;
