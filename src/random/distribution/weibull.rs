//! `weibull`: P(X > t) = e^(−(t ÷ scale)^shape) (Weibull 1951, *A statistical distribution function of wide applicability*).
//!
//! Session lengths of peers follow it, with a shape below 1 (Stutzbach, Rejaie 2006, *Understanding churn in peer-to-peer
//! networks*; Steiner, En-Najjary, Biersack 2009, *Long term study of peer behavior in the KAD DHT*). Drawn by inversion,
//! scale·(−ln U)^(1 ÷ shape). Length-biased: scale·G^(1 ÷ shape), G a Gamma variable of shape 1 + 1 ÷ shape.

use super::gamma;
use crate::random::Stream;
use crate::units::SimDuration;

pub(super) fn draw(shape: f64, scale: SimDuration, unit: f64) -> SimDuration {
    super::whole_nanos(scale.as_nanos() as f64 * libm::pow(-libm::log(unit), 1.0 / shape))
}

pub(super) fn length_biased(shape: f64, scale: SimDuration, stream: &mut Stream) -> f64 {
    scale.as_nanos() as f64 * libm::pow(gamma::draw(1.0 + 1.0 / shape, stream), 1.0 / shape)
}

/// scale·Γ(1 + 1 ÷ shape).
pub(super) fn mean(shape: f64, scale: SimDuration) -> f64 {
    scale.as_nanos() as f64 * libm::tgamma(1.0 + 1.0 / shape)
}
