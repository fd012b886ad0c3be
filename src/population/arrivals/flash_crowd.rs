//! `flash-crowd`: a Poisson process of rate (N ÷ τ)·e^(−t ÷ τ), given that N peers arrive in all.
//!
//! Given their number, the points of a Poisson process are independent draws from its normalised rate (Kingman 1993,
//! section 2.4): here N exponential times of mean τ, sorted.

use crate::population::PopulationError;
use crate::random::{Distribution, Purpose, Seed};
use crate::units::{SimDuration, SimTime};

pub(super) fn arrivals(decay: SimDuration, peers: u32, seed: Seed) -> Result<Vec<SimTime>, PopulationError> {
    if decay == SimDuration::ZERO {
        return Err(PopulationError::NoDecay);
    }
    let law = Distribution::Exponential { mean: decay };
    let mut times: Vec<SimTime> =
        (0..u64::from(peers)).map(|point| SimTime::ZERO + law.draw(seed, Purpose::Arrival, point, 0)).collect();
    times.sort_unstable();
    Ok(times)
}
