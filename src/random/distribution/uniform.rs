//! `uniform`: density 1 ÷ (until − from).
//!
//! Length-biased: F(x) = (x² − from²) ÷ (until² − from²), inverted.

use crate::units::SimDuration;

pub(super) fn draw(from: SimDuration, until: SimDuration, word: u64) -> SimDuration {
    let cells = u128::from(until.as_nanos().saturating_sub(from.as_nanos())) + 1;
    from.saturating_add(SimDuration::from_nanos(((u128::from(word) * cells) >> 64) as u64))
}

pub(super) fn length_biased(from: SimDuration, until: SimDuration, unit: f64) -> f64 {
    let (from, until) = (from.as_nanos() as f64, until.as_nanos() as f64);
    libm::sqrt(from * from + unit * (until * until - from * from))
}
