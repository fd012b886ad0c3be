//! Laws of durations; every draw is rounded to a whole nanosecond before it leaves.
//!
//! Beside fresh draws X of a law there are *residual* ones: what is left, at an instant that has nothing to do with the
//! life, of a life under way. Its density is (1 − F(x)) ÷ E\[X\], and a sample is U·L, where U is uniform on (0, 1) and L is a
//! draw of the *length-biased* law, of density x·f(x) ÷ E\[X\] (Cox 1962, *Renewal theory*, chapter 5). Each law below
//! has a length-biased law that can be drawn exactly.
//!
//! Logarithms, powers and the gamma function are those of `libm`: the same bits on every system.

mod constant;
mod empirical;
mod exponential;
mod gamma;
mod log_normal;
mod normal;
mod pareto;
mod uniform;
mod weibull;

pub use empirical::{Empirical, EmpiricalError};

use super::{Purpose, Seed, Stream};
use crate::units::SimDuration;

/// The longest duration that is drawn, in nanoseconds (146 years): sums of two still fit, and no run lasts so long.
const LONGEST: f64 = 4_611_686_018_427_387_904.0;

/// The law of a random duration (see the room's catalog).
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    /// Always this long.
    Constant(SimDuration),
    /// Exponential with this mean: density e^(−t/mean)/mean. Drawn by the ziggurat of Marsaglia & Tsang (2000).
    Exponential {
        /// The mean.
        mean: SimDuration,
    },
    /// Every whole nanosecond between two durations, both included, equally likely.
    Uniform {
        /// The shortest.
        from: SimDuration,
        /// The longest, not below `from`.
        until: SimDuration,
    },
    /// Weibull: P(X > t) = e^(−(t ÷ scale)^shape).
    Weibull {
        /// Below 1: heavier than exponential; 1: exponential. Above 0.
        shape: f64,
        /// The duration that 36.8 % exceed.
        scale: SimDuration,
    },
    /// Log-normal: ln X is normal.
    LogNormal {
        /// e^μ: half of all draws are longer.
        median: SimDuration,
        /// Standard deviation σ of ln X, 0 or more.
        sigma: f64,
    },
    /// Pareto: P(X > t) = (minimum ÷ t)^shape for t ≥ minimum.
    Pareto {
        /// The shortest.
        minimum: SimDuration,
        /// The exponent, above 0; the mean is infinite up to 1, the variance up to 2.
        shape: f64,
    },
    /// One of measured durations.
    Empirical(Empirical),
}

impl Distribution {
    /// The draw addressed by (purpose, key, counter).
    pub fn draw(&self, seed: Seed, purpose: Purpose, key: u64, counter: u64) -> SimDuration {
        let word = seed.draw(purpose, key, counter);
        match self {
            Self::Constant(duration) => *duration,
            Self::Exponential { mean } => exponential::draw(*mean, &mut seed.stream(purpose, word)),
            Self::Uniform { from, until } => uniform::draw(*from, *until, word),
            Self::Weibull { shape, scale } => weibull::draw(*shape, *scale, inside(word)),
            Self::LogNormal { median, sigma } => log_normal::draw(*median, *sigma, inside(word)),
            Self::Pareto { minimum, shape } => pareto::draw(*minimum, *shape, inside(word)),
            Self::Empirical(sample) => sample.draw(inside(word)),
        }
    }

    /// What is left of a life under way: a draw from density (1 − F(x)) ÷ mean. `None`: the mean is infinite or zero, so that
    /// there is no such law.
    pub fn draw_residual(&self, seed: Seed, purpose: Purpose, key: u64, counter: u64) -> Option<SimDuration> {
        self.mean().filter(|mean| *mean > SimDuration::ZERO)?;
        let mut stream = Stream::from_word(seed.draw(purpose, key, counter));
        let passed = inside(stream.word());
        let whole = match self {
            Self::Constant(duration) => constant::length_biased(*duration),
            Self::Exponential { mean } => exponential::length_biased(*mean, &mut stream),
            Self::Uniform { from, until } => uniform::length_biased(*from, *until, inside(stream.word())),
            Self::Weibull { shape, scale } => weibull::length_biased(*shape, *scale, &mut stream),
            Self::LogNormal { median, sigma } => log_normal::length_biased(*median, *sigma, inside(stream.word())),
            Self::Pareto { minimum, shape } => pareto::length_biased(*minimum, *shape, inside(stream.word())),
            Self::Empirical(sample) => sample.length_biased(inside(stream.word())),
        };
        Some(whole_nanos(passed * whole))
    }

    /// Its name in the catalog.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Constant(_) => "constant",
            Self::Exponential { .. } => "exponential",
            Self::Uniform { .. } => "uniform",
            Self::Weibull { .. } => "weibull",
            Self::LogNormal { .. } => "log-normal",
            Self::Pareto { .. } => "pareto",
            Self::Empirical(_) => "empirical",
        }
    }

    /// The mean of the law; `None`: it is infinite, or more than 146 years.
    pub fn mean(&self) -> Option<SimDuration> {
        let nanos = match self {
            Self::Constant(duration) => return Some(*duration),
            Self::Exponential { mean } => return Some(*mean),
            Self::Uniform { from, until } => f64::midpoint(from.as_nanos() as f64, until.as_nanos() as f64),
            Self::Weibull { shape, scale } => weibull::mean(*shape, *scale),
            Self::LogNormal { median, sigma } => log_normal::mean(*median, *sigma),
            Self::Pareto { minimum, shape } => pareto::mean(*minimum, *shape),
            Self::Empirical(sample) => sample.mean(),
        };
        (nanos < LONGEST).then(|| whole_nanos(nanos))
    }
}

/// A word as a real inside (0, 1), neither end included: the middle of one of 2^53 equal cells.
fn inside(word: u64) -> f64 {
    ((word >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
}

/// Rounded, and at most [`LONGEST`].
fn whole_nanos(nanos: f64) -> SimDuration {
    SimDuration::from_nanos(nanos.min(LONGEST).round() as u64)
}

#[cfg(test)]
mod tests;
