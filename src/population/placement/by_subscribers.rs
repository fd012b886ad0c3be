//! `by-subscribers`: in proportion to the subscribers that the underlay knows of each AS.

use super::Weights;
use crate::population::PopulationError;
use crate::underlay::Underlay;
use crate::units::AsIndex;

pub(super) fn weights(underlay: &Underlay) -> Result<Weights, PopulationError> {
    if !underlay.knows_subscribers() {
        return Err(PopulationError::SubscribersUnknown);
    }
    let weights: Weights = (0..underlay.as_count() as u32)
        .map(AsIndex)
        .map(|index| (index, underlay.subscribers(index)))
        .filter(|(_, subscribers)| *subscribers > 0.0)
        .collect();
    if weights.is_empty() { Err(PopulationError::NoWeight { what: "subscribers" }) } else { Ok(weights) }
}
