//! Laws of durations; every draw is rounded to a whole nanosecond before it leaves.

use rand_distr::{Distribution as _, Exp1};

use super::{Purpose, Seed};
use crate::units::SimDuration;

/// The law of a random duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// Always this long.
    Constant(SimDuration),
    /// Exponential with this mean: density e^(−t/mean)/mean. Drawn by the ziggurat of Marsaglia & Tsang (2000).
    Exponential {
        /// The mean.
        mean: SimDuration,
    },
}

impl Distribution {
    /// The draw addressed by (purpose, key, counter).
    pub fn draw(&self, seed: Seed, purpose: Purpose, key: u64, counter: u64) -> SimDuration {
        match *self {
            Self::Constant(duration) => duration,
            Self::Exponential { mean } => {
                let mut stream = seed.stream(purpose, seed.draw(purpose, key, counter));
                let unit: f64 = Exp1.sample(stream.generator());
                // Exp1 stays below 50 in any 64-bit ziggurat; the product is far inside f64's exact conversions.
                SimDuration::from_nanos((unit * mean.as_nanos() as f64).round() as u64)
            }
        }
    }

    /// The mean of the law.
    pub const fn mean(&self) -> SimDuration {
        match *self {
            Self::Constant(duration) => duration,
            Self::Exponential { mean } => mean,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_has_its_mean_and_variance() {
        let law = Distribution::Exponential { mean: SimDuration::from_secs(10) };
        let n = 40_000;
        let draws: Vec<f64> = (0..n).map(|k| law.draw(Seed::new(3, 0), Purpose::Test, k, 0).as_secs_f64()).collect();
        let mean = draws.iter().sum::<f64>() / n as f64;
        let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
        // Three standard errors: sd of the mean 10/√n = 0.05, of the variance 100·√(8/n) = 1.41.
        assert!((mean - 10.0).abs() < 0.15, "mean {mean}");
        assert!((variance - 100.0).abs() < 4.3, "variance {variance}");
    }

    #[test]
    fn first_draws_are_pinned() {
        let law = Distribution::Exponential { mean: SimDuration::from_secs(1) };
        let draws: Vec<u64> = (0..3).map(|k| law.draw(Seed::new(1, 0), Purpose::Test, k, 0).as_nanos()).collect();
        assert_eq!(draws, [3_318_288_369, 849_845_022, 65_073_141]);
    }
}
