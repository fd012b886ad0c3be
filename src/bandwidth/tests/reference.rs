//! The slow twin: global progressive filling, in any ordered field.

use std::ops::{Add, Div, Mul, Sub};

use num_bigint::BigInt;
use num_rational::BigRational;

/// Numbers to share in: `f64` for the twin, exact rationals for the oracle.
pub(super) trait Number:
    Clone + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn from_whole(n: u64) -> Self;
    /// Numbers this close to zero, relative to `scale`, are zero.
    fn vanishes(&self, scale: &Self) -> bool;
}

impl Number for f64 {
    fn from_whole(n: u64) -> Self {
        n as f64
    }
    fn vanishes(&self, scale: &Self) -> bool {
        self.abs() <= 1e-12 * scale
    }
}

impl Number for BigRational {
    fn from_whole(n: u64) -> Self {
        Self::from_integer(BigInt::from(n))
    }
    fn vanishes(&self, _: &Self) -> bool {
        *self == Self::from_whole(0)
    }
}

/// A flow as the twin sees it.
#[derive(Debug, Clone)]
pub(super) struct Demand<T> {
    pub(super) path: Vec<usize>,
    pub(super) weight: T,
    pub(super) cap: Option<T>,
}

/// Weighted max-min rates: raise everybody's level together; where a resource fills or a cap is met, stop those
/// concerned; go on with the others.
pub(super) fn max_min<T: Number>(capacities: &[T], flows: &[Demand<T>]) -> Vec<T> {
    let mut rates: Vec<Option<T>> = vec![None; flows.len()];
    while rates.iter().any(Option::is_none) {
        let mut rest = capacities.to_vec();
        let mut weight = vec![T::from_whole(0); capacities.len()];
        for (flow, rate) in flows.iter().zip(&rates) {
            for &r in &flow.path {
                match rate {
                    Some(rate) => rest[r] = rest[r].clone() - rate.clone(),
                    None => weight[r] = weight[r].clone() + flow.weight.clone(),
                }
            }
        }
        let zero = T::from_whole(0);
        let levels: Vec<Option<T>> = (0..capacities.len())
            .map(|r| {
                let left = if rest[r] < zero { zero.clone() } else { rest[r].clone() };
                (weight[r] > zero).then(|| left / weight[r].clone())
            })
            .collect();
        let caps = flows
            .iter()
            .zip(&rates)
            .filter(|(_, rate)| rate.is_none())
            .filter_map(|(flow, _)| flow.cap.clone().map(|cap| cap / flow.weight.clone()));
        let lowest = levels.iter().flatten().cloned().chain(caps).fold(None, |low: Option<T>, x| match low {
            Some(low) if low <= x => Some(low),
            _ => Some(x),
        });
        let lowest = lowest.expect("an open flow crosses a resource");
        let before: Vec<bool> = rates.iter().map(Option::is_some).collect();
        for (i, flow) in flows.iter().enumerate().filter(|(i, _)| !before[*i]) {
            let full = flow.path.iter().any(|&r| levels[r].as_ref().is_some_and(|l| *l <= lowest));
            let capped = flow.cap.as_ref().is_some_and(|cap| cap.clone() / flow.weight.clone() <= lowest);
            if full || capped {
                rates[i] = Some(lowest.clone() * flow.weight.clone());
            }
        }
    }
    rates.into_iter().flatten().collect()
}

/// The condition of optimality: everything fits, and every flow is at its cap or has a filled resource on its path
/// where no flow has a higher rate per weight.
pub(super) fn assert_optimal<T: Number>(capacities: &[T], flows: &[Demand<T>], rates: &[T]) {
    let zero = T::from_whole(0);
    let mut rest = capacities.to_vec();
    let mut highest = vec![zero.clone(); capacities.len()];
    for (flow, rate) in flows.iter().zip(rates) {
        let level = rate.clone() / flow.weight.clone();
        for &r in &flow.path {
            rest[r] = rest[r].clone() - rate.clone();
            if level > highest[r] {
                highest[r] = level.clone();
            }
        }
    }
    for (left, capacity) in rest.iter().zip(capacities) {
        assert!(*left >= zero || left.vanishes(capacity), "a resource carries more than its capacity");
    }
    for (flow, rate) in flows.iter().zip(rates) {
        let level = rate.clone() / flow.weight.clone();
        let capped = flow.cap.as_ref().is_some_and(|cap| (cap.clone() - rate.clone()).vanishes(cap));
        let bound = flow
            .path
            .iter()
            .any(|&r| rest[r].vanishes(&capacities[r]) && (highest[r].clone() - level.clone()).vanishes(&highest[r]));
        assert!(capped || bound, "a flow could be faster without slowing a slower one");
    }
}
