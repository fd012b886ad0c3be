//! `uniform`: independent uniform times between zero and `within`, sorted.

use crate::population::PopulationError;
use crate::random::{Purpose, Seed};
use crate::units::{SimDuration, SimTime};

pub(super) fn arrivals(within: SimDuration, peers: u32, seed: Seed) -> Result<Vec<SimTime>, PopulationError> {
    if within == SimDuration::ZERO {
        return Err(PopulationError::NoWindow);
    }
    let time = |point| SimTime::from_nanos(seed.below(Purpose::Arrival, point, 0, within.as_nanos()));
    let mut times: Vec<SimTime> = (0..u64::from(peers)).map(time).collect();
    times.sort_unstable();
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::kolmogorov_smirnov::{KS_ONE_IN_A_THOUSAND, kolmogorov_smirnov};

    #[test]
    fn arrivals_are_uniform_in_the_window() {
        let (within, n) = (SimDuration::from_secs(3), 20_000);
        let times = arrivals(within, n, Seed::new(11, 0)).unwrap();
        assert!(times.is_sorted() && times.iter().all(|time| *time < SimTime::ZERO + within));
        let sample = times.iter().map(|time| time.as_secs_f64()).collect();
        let found = kolmogorov_smirnov(sample, |t| t / 3.0);
        assert!(found < KS_ONE_IN_A_THOUSAND, "{found}");
        // The mean of n draws has standard deviation within ÷ √(12 n).
        let mean = times.iter().map(|time| time.as_secs_f64()).sum::<f64>() / f64::from(n);
        assert!((mean - 1.5).abs() < 3.0 * 3.0 / (12.0 * f64::from(n)).sqrt(), "{mean}");
        assert_ne!(times, arrivals(within, n, Seed::new(11, 1)).unwrap());
    }
}
