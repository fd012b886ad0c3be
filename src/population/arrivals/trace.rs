//! `trace`: the first times of a measured list.

use super::list;
use crate::population::PopulationError;
use crate::units::SimTime;

pub(super) fn arrivals(times: &[SimTime], peers: u32) -> Result<Vec<SimTime>, PopulationError> {
    list::arrivals(&times[..times.len().min(peers as usize)], peers)
}
