//! Arrival processes: when each identity arrives, ascending.

mod all_at_once;
mod flash_crowd;
mod list;
mod poisson;
mod trace;
mod uniform;

use super::{Arrivals, PopulationError};
use crate::random::Seed;
use crate::units::SimTime;

/// Arrival times of `peers` identities, ascending.
pub(super) fn arrivals(law: &Arrivals, peers: u32, seed: Seed) -> Result<Vec<SimTime>, PopulationError> {
    match law {
        Arrivals::AllAtOnce => Ok(all_at_once::arrivals(peers)),
        Arrivals::List(times) => list::arrivals(times, peers),
        Arrivals::Trace(trace) => trace::arrivals(&trace.times, peers),
        Arrivals::Uniform { within } => uniform::arrivals(*within, peers, seed),
        Arrivals::Poisson { mean_gap } => poisson::arrivals(*mean_gap, peers, seed),
        Arrivals::FlashCrowd { decay } => flash_crowd::arrivals(*decay, peers, seed),
    }
}
