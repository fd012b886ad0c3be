//! `by-weight`: in proportion to weights given AS by AS.

use super::{Weights, by_position};
use crate::population::PopulationError;
use crate::underlay::Underlay;
use crate::units::AsNumber;

pub(super) fn weights(given: &[(AsNumber, f64)], underlay: &Underlay) -> Result<Weights, PopulationError> {
    let bad = given.iter().find(|(_, weight)| !(weight.is_finite() && *weight >= 0.0));
    if let Some((number, found)) = bad {
        return Err(PopulationError::Weight { number: *number, found: *found });
    }
    let found = by_position(given, "placement `by-weight`", underlay)?;
    let weights: Weights = found.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
    if weights.is_empty() { Err(PopulationError::NoWeight { what: "a weight" }) } else { Ok(weights) }
}
