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

#[cfg(test)]
pub(in crate::population) mod tests {
    /// √n times the largest distance between the empirical and the given distribution function (Kolmogorov-Smirnov). Where
    /// the law is right and n is large, it exceeds [`KS_ONE_IN_A_THOUSAND`] with probability 0.001.
    pub(in crate::population) fn kolmogorov_smirnov(mut sample: Vec<f64>, law: impl Fn(f64) -> f64) -> f64 {
        sample.sort_by(f64::total_cmp);
        let n = sample.len() as f64;
        let distance = |(k, x): (usize, &f64)| {
            let below = law(*x);
            (below - k as f64 / n).max((k as f64 + 1.0) / n - below)
        };
        sample.iter().enumerate().map(distance).fold(0.0, f64::max) * n.sqrt()
    }

    /// Quantile 0.999 of Kolmogorov's law, √(−ln(0.0005) ÷ 2).
    pub(in crate::population) const KS_ONE_IN_A_THOUSAND: f64 = 1.949;

    #[test]
    fn the_statistic_of_a_known_sample() {
        // Two points against the uniform law: the largest step is from 0.5 at 0.2.
        let found = kolmogorov_smirnov(vec![0.9, 0.2], |x| x);
        assert!((found - 0.4 * 2.0_f64.sqrt()).abs() < 1e-12, "{found}");
    }
}
