//! Placement over ASes: the weights of each law, and the draw that they share.

mod by_subscriber_file;
mod by_subscribers;
mod by_weight;
mod table;
mod uniform;

use std::collections::BTreeMap;

use super::{DrawnCrowd, Placement, PopulationError};
use crate::random::{Purpose, Seed};
use crate::underlay::Underlay;
use crate::units::{AsIndex, AsNumber, Identity};

/// ASes with a weight above 0, ascending by position.
type Weights = Vec<(AsIndex, f64)>;

/// The ASes that anybody of this population may live in (initial seeds included), ascending. Whether they can reach the
/// control plane is not asked yet: a population may use fewer.
///
/// # Errors
/// What is wrong with the placement, as when a population is built.
pub fn placement_ases(spec: &DrawnCrowd, underlay: &Underlay) -> Result<Vec<AsIndex>, PopulationError> {
    let mut ases: Vec<AsIndex> = weights(&spec.placement, underlay)?.into_iter().map(|(index, _)| index).collect();
    if let Some(number) = spec.seeds.as_number {
        ases.push(find(underlay, SEEDS, number)?);
        ases.sort_unstable();
        ases.dedup();
    }
    Ok(ases)
}

/// What a placement and the underlay do not have in common, one sentence each.
pub fn placement_notes(placement: &Placement, underlay: &Underlay) -> Vec<String> {
    match placement {
        Placement::BySubscriberFile(file) => by_subscriber_file::notes(file, underlay),
        Placement::Uniform { .. } | Placement::BySubscribers | Placement::ByWeight(_) | Placement::Table(_) => {
            Vec::new()
        }
    }
}

/// Where errors about the initial seeds' AS come from.
pub(super) const SEEDS: &str = "`seeds`";

pub(super) fn find(underlay: &Underlay, place: &'static str, number: AsNumber) -> Result<AsIndex, PopulationError> {
    underlay.index_of(number).ok_or(PopulationError::UnknownAs { place, number })
}

fn weights(placement: &Placement, underlay: &Underlay) -> Result<Weights, PopulationError> {
    match placement {
        Placement::Uniform { over } => uniform::weights(*over, underlay),
        Placement::BySubscribers => by_subscribers::weights(underlay),
        Placement::BySubscriberFile(file) => by_subscriber_file::weights(file, underlay),
        Placement::ByWeight(given) => by_weight::weights(given, underlay),
        Placement::Table(counts) => table::weights(counts, underlay),
    }
}

/// Looks up the ASes of (number, value) pairs; ascending by position, so that the order of writing does not matter.
fn by_position<T: Copy>(
    given: &[(AsNumber, T)],
    place: &'static str,
    underlay: &Underlay,
) -> Result<BTreeMap<AsIndex, T>, PopulationError> {
    let mut found = BTreeMap::new();
    for (number, value) in given {
        if found.insert(find(underlay, place, *number)?, *value).is_some() {
            return Err(PopulationError::NamedTwice { place, number: *number });
        }
    }
    Ok(found)
}

/// ASes to draw from, in proportion to their weights.
#[derive(Debug, Clone)]
pub(super) struct Places {
    ases: Vec<AsIndex>,
    /// Sum of the weights up to and including each AS.
    through: Vec<f64>,
    /// ASes of the placement that were left out, because the control plane is out of their reach.
    pub(super) left_out: u32,
}

impl Places {
    fn new(weights: &[(AsIndex, f64)], reachable: &dyn Fn(AsIndex) -> bool) -> Result<Self, PopulationError> {
        let (mut ases, mut through, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (index, weight) in weights.iter().filter(|(index, _)| reachable(*index)) {
            sum += weight;
            ases.push(*index);
            through.push(sum);
        }
        if ases.is_empty() {
            return Err(PopulationError::EverybodyOutOfReach { ases: weights.len() });
        }
        let left_out = (weights.len() - ases.len()) as u32;
        Ok(Self { ases, through, left_out })
    }

    /// An AS by weight, for (purpose, key).
    pub(super) fn draw(&self, seed: Seed, purpose: Purpose, key: u64) -> AsIndex {
        let last = self.ases.len() - 1;
        let mark = seed.uniform(purpose, key, 0) * self.through[last];
        self.ases[self.through.partition_point(|sum| *sum <= mark).min(last)]
    }
}

/// Where everybody lives.
pub(super) struct Placed {
    /// AS of each identity.
    pub(super) peers: Vec<AsIndex>,
    /// What further draws (of initial seeds) are made from.
    pub(super) places: Places,
}

/// Places `peers` identities.
pub(super) fn place(
    spec: &DrawnCrowd,
    underlay: &Underlay,
    reachable: &dyn Fn(AsIndex) -> bool,
    seed: Seed,
) -> Result<Placed, PopulationError> {
    let weights = weights(&spec.placement, underlay)?;
    let peers = match &spec.placement {
        Placement::Table(_) => Some(table::fill(&weights, spec.peers, underlay, reachable, seed)?),
        _ => None,
    };
    let places = Places::new(&weights, reachable)?;
    let drawn = |identity: Identity| places.draw(seed, Purpose::Placement, u64::from(identity.0));
    let peers = peers.unwrap_or_else(|| (0..spec.peers).map(Identity).map(drawn).collect());
    Ok(Placed { peers, places })
}
