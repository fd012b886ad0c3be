//! `pareto`: P(X > t) = (minimum ÷ t)^shape for t ≥ minimum (Pareto 1896; type I).
//!
//! Drawn by inversion, minimum·U^(−1 ÷ shape). Length-biased: Pareto again, of shape − 1.

use crate::units::SimDuration;

pub(super) fn draw(minimum: SimDuration, shape: f64, unit: f64) -> SimDuration {
    super::whole_nanos(minimum.as_nanos() as f64 * libm::pow(unit, -1.0 / shape))
}

pub(super) fn length_biased(minimum: SimDuration, shape: f64, unit: f64) -> f64 {
    minimum.as_nanos() as f64 * libm::pow(unit, -1.0 / (shape - 1.0))
}

/// minimum·shape ÷ (shape − 1); infinite up to shape 1.
pub(super) fn mean(minimum: SimDuration, shape: f64) -> f64 {
    if shape > 1.0 { minimum.as_nanos() as f64 * shape / (shape - 1.0) } else { f64::INFINITY }
}
