//! `table`: exactly so many peers in each AS.
//!
//! The places of the table, AS by AS, are given to the identities by a seeded permutation: an identity is a position in
//! order of arrival, and must say nothing about where its peer lives.

use super::{Weights, by_position};
use crate::population::PopulationError;
use crate::random::{Purpose, Seed};
use crate::underlay::Underlay;
use crate::units::{AsIndex, AsNumber};

const TABLE: &str = "placement `table`";
/// Key of the permutation, beyond all identities.
const PERMUTATION: u64 = 1 << 32;

/// The counts as weights, for the draw of initial seeds.
pub(super) fn weights(counts: &[(AsNumber, u32)], underlay: &Underlay) -> Result<Weights, PopulationError> {
    let found = by_position(counts, TABLE, underlay)?;
    let weights: Weights =
        found.into_iter().filter(|(_, count)| *count > 0).map(|(index, count)| (index, f64::from(count))).collect();
    if weights.is_empty() { Err(PopulationError::NoWeight { what: "a count" }) } else { Ok(weights) }
}

/// The AS of each identity.
pub(super) fn fill(
    weights: &[(AsIndex, f64)],
    peers: u32,
    underlay: &Underlay,
    reachable: &dyn Fn(AsIndex) -> bool,
    seed: Seed,
) -> Result<Vec<AsIndex>, PopulationError> {
    // Counts are 32-bit integers: exact as reals.
    let sum = weights.iter().map(|(_, count)| *count as u64).sum();
    if sum != u64::from(peers) {
        return Err(PopulationError::TableSum { sum, peers });
    }
    if let Some((index, _)) = weights.iter().find(|(index, _)| !reachable(*index)) {
        return Err(PopulationError::OutOfReach { place: TABLE, number: underlay.number(*index) });
    }
    let mut places: Vec<AsIndex> =
        weights.iter().flat_map(|(index, count)| std::iter::repeat_n(*index, *count as usize)).collect();
    seed.stream(Purpose::Placement, PERMUTATION).shuffle(&mut places);
    Ok(places)
}
