//! `poisson`: a Poisson process of rate 1 ÷ `mean-gap` from time zero on, cut after N arrivals.
//!
//! The gaps of a Poisson process, the one before the first arrival included, are independent and exponential (Kingman 1993,
//! section 4.1). The n-th gap is drawn for n, so that a longer crowd begins with the shorter one.

use crate::population::PopulationError;
use crate::random::{Distribution, Purpose, Seed};
use crate::units::{SimDuration, SimTime};

pub(super) fn arrivals(mean_gap: SimDuration, peers: u32, seed: Seed) -> Result<Vec<SimTime>, PopulationError> {
    if mean_gap == SimDuration::ZERO {
        return Err(PopulationError::NoGap);
    }
    let law = Distribution::Exponential { mean: mean_gap };
    let mut at = SimTime::ZERO;
    let mut next = |point| {
        // Gaps of years for millions of peers end beyond the range of time: those never come.
        at = at.saturating_add(law.draw(seed, Purpose::Arrival, point, 0));
        at
    };
    Ok((0..u64::from(peers)).map(&mut next).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::kolmogorov_smirnov::{KS_ONE_IN_A_THOUSAND, kolmogorov_smirnov};

    const N: u32 = 20_000;

    fn times() -> Vec<f64> {
        let times = arrivals(SimDuration::from_secs(2), N, Seed::new(12, 0)).unwrap();
        assert!(times.is_sorted());
        times.iter().map(|time| time.as_secs_f64()).collect()
    }

    #[test]
    fn gaps_are_exponential_and_independent() {
        let times = times();
        let gaps: Vec<f64> = std::iter::once(times[0]).chain(times.windows(2).map(|pair| pair[1] - pair[0])).collect();
        let found = kolmogorov_smirnov(gaps.clone(), |gap| 1.0 - (-gap / 2.0).exp());
        assert!(found < KS_ONE_IN_A_THOUSAND, "{found}");
        // Without serial correlation, √n times the coefficient at lag 1 is standard normal: above 3.29 once in a thousand.
        let moment =
            |lag: usize| gaps.iter().zip(&gaps[lag..]).map(|(a, b)| (a - 2.0) * (b - 2.0)).sum::<f64>() / f64::from(N);
        let correlation = moment(1) / moment(0) * f64::from(N).sqrt();
        assert!(correlation.abs() < 3.29, "{correlation}");
    }

    #[test]
    fn counts_have_the_variance_of_their_mean() {
        // Windows of 20 s, the last ones left out, because the process is cut after N arrivals: Poisson(10) each.
        let windows = 1_900;
        let mut counts = vec![0.0; windows];
        for time in times() {
            if let Some(count) = counts.get_mut((time / 20.0) as usize) {
                *count += 1.0;
            }
        }
        let dispersion: f64 = counts.iter().map(|count: &f64| (count - 10.0).powi(2) / 10.0).sum();
        // Σ (count − λ)² ÷ λ has mean n and variance n(2 + 1/λ); beyond 3.29 standard deviations once in a thousand.
        let deviation = (windows as f64 * 2.1).sqrt();
        assert!((dispersion - windows as f64).abs() < 3.29 * deviation, "{dispersion}");
    }

    #[test]
    fn one_more_peer_moves_nobody_and_time_does_not_overflow() {
        let of = |peers| arrivals(SimDuration::from_secs(2), peers, Seed::new(12, 0)).unwrap();
        assert_eq!(of(50), of(51)[..50]);
        let years = arrivals(SimDuration::from_secs(3_650 * 86_400), 1_000, Seed::new(12, 0)).unwrap();
        assert!(years.is_sorted() && years[999] == SimTime::from_nanos(u64::MAX));
    }
}
