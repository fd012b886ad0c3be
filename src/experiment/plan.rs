//! Which runs an experiment consists of, and in which order they are started.

use crate::random::{Purpose, Seed};

/// One run: a replication of an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId {
    /// Position of the arm in the scenario. Decides the order first: this is *plan order*.
    pub arm: usize,
    /// Replication, counted from 0.
    pub replication: u32,
}

/// The order in which runs are *started*. Results are in plan order whatever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlanOrder {
    /// Replication by replication, all arms of one before the next: what an interruption leaves can be compared.
    #[default]
    InOrder,
    /// Shuffled by this number: for tests that the order leaves no trace.
    Shuffled(u64),
}

/// All runs in the order in which they are to be started.
pub fn plan(arms: usize, replications: u32, order: PlanOrder) -> Vec<RunId> {
    let mut runs: Vec<RunId> =
        (0..replications).flat_map(|replication| (0..arms).map(move |arm| RunId { arm, replication })).collect();
    if let PlanOrder::Shuffled(seed) = order {
        Seed::new(seed, 0).stream(Purpose::Test, 0).shuffle(&mut runs);
    }
    runs
}
