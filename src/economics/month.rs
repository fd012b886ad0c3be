//! A month made of the simulated time, by the scenario's own rule.

use super::percentile::after_the_free;
use super::{MonthSpec, SAMPLES_AT_LEAST};
use crate::units::{Bytes, SimDuration};

const NANOS_PER_HOUR: u128 = 3_600_000_000_000;

impl MonthSpec {
    /// The billed sample of the month, in bytes, as a fraction: over all hours, each a copy of `samples` scaled by the
    /// profile. `None` below [`SAMPLES_AT_LEAST`].
    pub(super) fn percentile(&self, samples: &[u64]) -> Option<(u128, u128)> {
        if samples.len() < SAMPLES_AT_LEAST {
            return None;
        }
        // All values have the same divisor, the weight of the measured hour; the days are alike and change nothing.
        let scaled =
            self.profile.iter().flat_map(|weight| samples.iter().map(|s| u128::from(*s) * u128::from(*weight)));
        Some((after_the_free(scaled.collect()), u128::from(self.measured_weight())))
    }

    /// The bytes of a month in which `bytes` were carried in `time`, rounded down.
    pub(super) fn volume(&self, bytes: u64, time: SimDuration) -> Option<Bytes> {
        let nanos = u128::from(time.as_nanos());
        if nanos == 0 {
            return None;
        }
        let weights: u128 = self.profile.iter().map(|weight| u128::from(*weight)).sum();
        // Two steps keep every product far below 2^128: 2^60 bytes × 2^42 × 2^35 fit, then ÷ time, × days.
        let day = u128::from(bytes) * NANOS_PER_HOUR / nanos * weights / u128::from(self.measured_weight());
        u64::try_from(day * u128::from(self.days)).ok().map(Bytes::new)
    }

    /// The weight of the hour to which the simulated time corresponds; above 0.
    pub fn measured_weight(&self) -> u64 {
        self.profile[usize::from(self.hour)]
    }
}
