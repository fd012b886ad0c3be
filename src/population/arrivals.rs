//! Arrival processes: when each identity arrives, ascending.

mod all_at_once;
mod flash_crowd;
mod list;

use super::{Arrivals, PopulationError};
use crate::random::Seed;
use crate::units::SimTime;

/// Arrival times of `peers` identities, ascending.
pub(super) fn arrivals(law: &Arrivals, peers: u32, seed: Seed) -> Result<Vec<SimTime>, PopulationError> {
    match law {
        Arrivals::AllAtOnce => Ok(all_at_once::arrivals(peers)),
        Arrivals::List(times) => list::arrivals(times, peers),
        Arrivals::FlashCrowd { decay } => flash_crowd::arrivals(*decay, peers, seed),
    }
}
