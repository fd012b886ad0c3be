//! `exponential`: density e^(−t ÷ mean) ÷ mean.
//!
//! Drawn by the ziggurat of Marsaglia & Tsang (2000, *The ziggurat method for generating random variables*). A life under way is
//! the sum of two fresh ones (Gamma of shape 2), which makes its residual exponential again.

use rand_distr::{Distribution as _, Exp1};

use crate::random::Stream;
use crate::units::SimDuration;

pub(super) fn draw(mean: SimDuration, stream: &mut Stream) -> SimDuration {
    let unit: f64 = Exp1.sample(stream.generator());
    // Exp1 stays below 50 in any 64-bit ziggurat; the product is far inside f64's exact conversions.
    SimDuration::from_nanos((unit * mean.as_nanos() as f64).round() as u64)
}

pub(super) fn length_biased(mean: SimDuration, stream: &mut Stream) -> f64 {
    let mut unit = || -> f64 { Exp1.sample(stream.generator()) };
    mean.as_nanos() as f64 * (unit() + unit())
}
