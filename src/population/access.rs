//! Access classes: an independent draw for each identity.

use super::{AccessClass, PopulationError};
use crate::random::{Purpose, Seed};
use crate::units::Identity;

/// How far the shares may miss 1 by rounding.
const ROUNDING: f64 = 1e-9;

/// The access classes with their shares summed up.
#[derive(Debug, Clone)]
pub(super) struct AccessLaw {
    /// Sum of the shares up to and including each class.
    through: Vec<f64>,
}

impl AccessLaw {
    pub(super) fn new(classes: &[AccessClass]) -> Result<Self, PopulationError> {
        let mut sum = 0.0;
        let through: Vec<f64> = classes
            .iter()
            .map(|class| {
                sum += class.share;
                sum
            })
            .collect();
        let positive = classes.iter().all(|class| class.share > 0.0);
        let whole = (sum - 1.0).abs() <= ROUNDING;
        if positive && whole { Ok(Self { through }) } else { Err(PopulationError::AccessShares { sum }) }
    }

    /// Position of the class of `identity`.
    pub(super) fn draw(&self, seed: Seed, identity: Identity) -> u32 {
        let mark = seed.uniform(Purpose::AccessClass, u64::from(identity.0), 0);
        let class = self.through.partition_point(|sum| *sum <= mark);
        class.min(self.through.len() - 1) as u32
    }
}
