//! `uniform`: each AS of the range equally likely.

use super::Weights;
use crate::population::{PlacementRange, PopulationError};
use crate::underlay::Underlay;
use crate::units::AsIndex;

pub(super) fn weights(over: PlacementRange, underlay: &Underlay) -> Result<Weights, PopulationError> {
    let weights: Weights = (0..underlay.as_count() as u32)
        .map(AsIndex)
        .filter(|index| over == PlacementRange::All || underlay.is_stub(*index))
        .map(|index| (index, 1.0))
        .collect();
    // A finite graph without provider cycles always has an AS without customers, unless it has no AS.
    if weights.is_empty() { Err(PopulationError::NoWeight { what: "a place" }) } else { Ok(weights) }
}
