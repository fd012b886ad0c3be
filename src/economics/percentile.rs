//! The 95th percentile as carriers take it.

use crate::units::SimDuration;

/// The length of a sample.
pub const SAMPLE: SimDuration = SimDuration::from_secs(300);
/// The fewest samples that have a percentile: of fewer not even one would be free.
pub const SAMPLES_AT_LEAST: usize = 20;

/// How many of `samples` are free: 5 %, rounded down.
pub const fn free_samples(samples: usize) -> usize {
    samples / 20
}

/// The sample that is billed: the highest after the highest 5 % are dropped. `None` below [`SAMPLES_AT_LEAST`].
pub fn percentile(samples: &[u64]) -> Option<u64> {
    (samples.len() >= SAMPLES_AT_LEAST).then(|| {
        let values: Vec<u128> = samples.iter().map(|sample| u128::from(*sample)).collect();
        after_the_free(values) as u64
    })
}

/// The highest of `values` (at least one) after the highest 5 %.
pub(super) fn after_the_free(mut values: Vec<u128>) -> u128 {
    let free = free_samples(values.len());
    *values.select_nth_unstable_by(free, |a, b| b.cmp(a)).1
}
