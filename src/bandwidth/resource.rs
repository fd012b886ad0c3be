//! Resources: capacities and their water levels.

use super::blocks::Block;

/// One capacity and its water level, in one cache line.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(super) struct Resource {
    /// Water level in bit/s per unit of weight; infinite while the resource binds nobody.
    pub(super) level: f64,
    /// The level that the neighbours were last told of.
    pub(super) passed: f64,
    /// Bit/s.
    pub(super) capacity: u64,
    /// Sum of the whole-number rates of its flows, bit/s.
    pub(super) load: u64,
    /// The flows that cross it.
    pub(super) flows: Block,
    /// Number of the last solve that re-solved it.
    pub(super) solved: u32,
    /// Whether it waits on the worklist.
    pub(super) queued: bool,
}

impl Resource {
    pub(super) const fn new(capacity: u64) -> Self {
        Self {
            level: f64::INFINITY,
            passed: f64::INFINITY,
            capacity,
            load: 0,
            flows: Block::EMPTY,
            solved: 0,
            queued: false,
        }
    }

    /// Whether its level binds somebody, or it is exactly filled.
    pub(super) const fn saturated(&self) -> bool {
        self.level < f64::INFINITY
    }

    /// Whether an unsaturated resource is so full that the fractions cut off its flows' rates could matter.
    pub(super) const fn nearly_full(&self) -> bool {
        self.load + self.flows.len() as u64 >= self.capacity
    }
}
