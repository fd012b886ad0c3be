//! `list`: at given times, one for each peer.

use crate::population::PopulationError;
use crate::units::SimTime;

pub(super) fn arrivals(times: &[SimTime], peers: u32) -> Result<Vec<SimTime>, PopulationError> {
    if times.len() != peers as usize {
        return Err(PopulationError::ArrivalCount { found: times.len(), peers });
    }
    match times.windows(2).position(|pair| pair[0] > pair[1]) {
        Some(before) => Err(PopulationError::ArrivalOrder { entry: before + 2 }),
        None => Ok(times.to_vec()),
    }
}
