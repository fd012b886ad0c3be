//! `constant`: always the same duration. A life under way has the full length, and is over any part of it equally likely.

use crate::units::SimDuration;

pub(super) const fn length_biased(duration: SimDuration) -> f64 {
    duration.as_nanos() as f64
}
