//! `log-normal`: ln X is normal with mean ln(median) and standard deviation sigma (Galton 1879).
//!
//! Drawn as median·e^(sigma·z). Length-biased: log-normal again, of median·e^(sigma²).

use super::normal;
use crate::units::SimDuration;

pub(super) fn draw(median: SimDuration, sigma: f64, unit: f64) -> SimDuration {
    super::whole_nanos(median.as_nanos() as f64 * libm::exp(sigma * normal::quantile(unit)))
}

pub(super) fn length_biased(median: SimDuration, sigma: f64, unit: f64) -> f64 {
    median.as_nanos() as f64 * libm::exp(sigma * (sigma + normal::quantile(unit)))
}

/// median·e^(sigma² ÷ 2).
pub(super) fn mean(median: SimDuration, sigma: f64) -> f64 {
    median.as_nanos() as f64 * libm::exp(sigma * sigma / 2.0)
}
