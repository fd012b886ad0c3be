//! Resources, and which flows cross each of them.

use super::identity::NONE;

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
    /// Where its flows begin in [`Members`].
    start: u32,
    /// How many flows cross it.
    pub(super) len: u32,
    /// Number of the last solve that re-solved it.
    pub(super) solved: u32,
    /// log2 of the room reserved in [`Members`]; [`NO_ROOM`] before the first flow.
    class: u8,
    /// Whether it waits on the worklist.
    pub(super) queued: bool,
}

const NO_ROOM: u8 = u8::MAX;
/// Smallest block of [`Members`], log2: four flows, the slots of an ordinary sender.
const FIRST_CLASS: u8 = 2;

impl Resource {
    pub(super) const fn new(capacity: u64) -> Self {
        Self {
            level: f64::INFINITY,
            passed: f64::INFINITY,
            capacity,
            load: 0,
            start: 0,
            len: 0,
            solved: 0,
            class: NO_ROOM,
            queued: false,
        }
    }

    /// Whether its level binds somebody, or it is exactly filled.
    pub(super) const fn saturated(&self) -> bool {
        self.level < f64::INFINITY
    }

    /// Whether an unsaturated resource is so full that the fractions cut off its flows' rates could matter.
    pub(super) const fn nearly_full(&self) -> bool {
        self.load + self.len as u64 >= self.capacity
    }

    pub(super) const fn span(&self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

/// The flows of every resource: one contiguous block each, of a power of two, from one arena.
///
/// Blocks that are outgrown go to a free list of their size, so a network in a steady state allocates nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    flows: Vec<u32>,
    free: [Vec<u32>; 32],
}

impl Members {
    /// The flows that cross `resource`.
    pub(super) fn of(&self, resource: &Resource) -> &[u32] {
        &self.flows[resource.span()]
    }

    /// The flow at a place within some resource's [`Resource::span`].
    pub(super) fn at(&self, place: usize) -> u32 {
        self.flows[place]
    }

    /// Adds a flow; returns its position.
    pub(super) fn add(&mut self, resource: &mut Resource, flow: u32) -> u32 {
        if resource.class == NO_ROOM || resource.len == 1 << resource.class {
            self.grow(resource);
        }
        self.flows[(resource.start + resource.len) as usize] = flow;
        resource.len += 1;
        resource.len - 1
    }

    /// Removes the flow at `position`; returns the flow that takes its place, or [`NONE`].
    pub(super) fn remove(&mut self, resource: &mut Resource, position: u32) -> u32 {
        assert!(position < resource.len, "a flow leaves a resource that it does not cross");
        resource.len -= 1;
        if position == resource.len {
            return NONE;
        }
        let heir = self.flows[(resource.start + resource.len) as usize];
        self.flows[(resource.start + position) as usize] = heir;
        heir
    }

    fn grow(&mut self, resource: &mut Resource) {
        let class = if resource.class == NO_ROOM { FIRST_CLASS } else { resource.class + 1 };
        let start = self.free[usize::from(class)].pop().unwrap_or_else(|| {
            let end = self.flows.len();
            assert!(end + (1 << class) < NONE as usize, "more flow crossings than a u32 can number");
            self.flows.resize(end + (1 << class), NONE);
            end as u32
        });
        let old = resource.span();
        self.flows.copy_within(old, start as usize);
        if resource.class != NO_ROOM {
            self.free[usize::from(resource.class)].push(resource.start);
        }
        resource.start = start;
        resource.class = class;
    }
}
