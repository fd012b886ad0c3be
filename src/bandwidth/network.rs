//! The bandwidth state of one world.

use super::blocks::Blocks;
use super::clock::{Clock, LedBlocks};
use super::fill::Demand;
use super::flow::{Anchor, Flow};
use super::identity::NONE;
use super::resource::Resource;
use super::transfer::Transfer;
use super::{FlowId, ResourceId, SharingSpec};
use crate::units::BitRate;

/// A level that moves by less than this, relatively, is at rest: exact sharing's stand-in for zero.
const AT_REST: f64 = 1e-13;
/// Worklist steps granted to every solve, and for each resource that it begins with.
pub(super) const STEP_LIMIT: (usize, usize) = (4096, 32);
/// Largest capacity, bit/s: whole numbers stay exact in `f64`.
const LARGEST_CAPACITY: u64 = 1 << 53;

/// All bandwidth state of one world: resources, flows, transfers and senders' clocks.
///
/// In every instant: change whatever must change, then [`Self::solve`] once, then
/// [`Self::drain_clock_changes`]. Redirections alone need no solve.
#[derive(Debug, Clone)]
pub struct Network {
    pub(super) resources: Vec<Resource>,
    /// The flows across each resource.
    pub(super) members: Blocks<u32>,
    pub(super) flows: Vec<Flow>,
    pub(super) anchors: Vec<Anchor>,
    pub(super) free_flow: u32,
    pub(super) transfers: Vec<Transfer>,
    pub(super) free_transfer: u32,
    pub(super) clocks: Vec<Clock>,
    /// The transfers led by each clock.
    pub(super) led: LedBlocks,
    /// Every transfer's position in its clock's heap.
    pub(super) led_position: Vec<u32>,
    /// Resources to be solved, first in, first out.
    pub(super) worklist: Vec<u32>,
    /// Resources re-solved in the last solve.
    pub(super) touched: Vec<ResourceId>,
    /// Scratch: the demands on the resource being solved.
    pub(super) demands: Vec<Demand>,
    pub(super) changed_transfers: Vec<u32>,
    pub(super) changed_clocks: Vec<u32>,
    /// Number of solves, modulo 2³².
    pub(super) solves: u32,
    pub(super) tolerance: f64,
    /// [`STEP_LIMIT`], which tests lower.
    pub(super) step_limit: (usize, usize),
    /// Resources solved so far, components solved whole so far.
    pub(super) effort: (u64, u64),
}

impl Network {
    /// An empty network.
    ///
    /// # Panics
    /// When the tolerance is not between 0 and 0.05.
    pub fn new(spec: SharingSpec) -> Self {
        assert!((0.0..=0.05).contains(&spec.tolerance), "the tolerance lies between 0 and 0.05");
        Self {
            resources: Vec::new(),
            members: Blocks::new(),
            flows: Vec::new(),
            anchors: Vec::new(),
            free_flow: NONE,
            transfers: Vec::new(),
            free_transfer: NONE,
            clocks: Vec::new(),
            led: Blocks::new(),
            led_position: Vec::new(),
            worklist: Vec::new(),
            touched: Vec::new(),
            demands: Vec::new(),
            changed_transfers: Vec::new(),
            changed_clocks: Vec::new(),
            solves: 0,
            tolerance: spec.tolerance.max(AT_REST),
            step_limit: STEP_LIMIT,
            effort: (0, 0),
        }
    }

    /// Adds an uplink, a downlink or a capacitated link.
    ///
    /// # Panics
    /// When `capacity` is above 2⁵³ bit/s.
    pub fn add_resource(&mut self, capacity: BitRate) -> ResourceId {
        let id = self.resources.len() as u32;
        assert!(id < NONE, "more resources than a u32 can number");
        assert!(capacity.get() <= LARGEST_CAPACITY, "a capacity is at most 2^53 bit/s");
        self.resources.push(Resource::new(capacity.get()));
        ResourceId(id)
    }

    /// Changes a capacity; in force after the next [`Self::solve`].
    ///
    /// # Panics
    /// When `capacity` is above 2⁵³ bit/s.
    pub fn set_capacity(&mut self, resource: ResourceId, capacity: BitRate) {
        assert!(capacity.get() <= LARGEST_CAPACITY, "a capacity is at most 2^53 bit/s");
        let entry = &mut self.resources[resource.index()];
        if entry.capacity != capacity.get() {
            entry.capacity = capacity.get();
            self.queue(resource.0);
        }
    }

    /// The resource's capacity.
    pub fn capacity(&self, resource: ResourceId) -> BitRate {
        BitRate::new(self.resources[resource.index()].capacity)
    }

    /// The sum of the rates of the flows across the resource.
    pub fn load(&self, resource: ResourceId) -> BitRate {
        BitRate::new(self.resources[resource.index()].load)
    }

    /// Whether the resource's level binds some flow; a resource exactly filled counts.
    pub fn is_saturated(&self, resource: ResourceId) -> bool {
        self.resources[resource.index()].saturated()
    }

    /// The flows across the resource, in no particular but a reproducible order.
    pub fn resource_flows(&self, resource: ResourceId) -> impl Iterator<Item = FlowId> + '_ {
        self.members.of(self.resources[resource.index()].flows).iter().copied().map(FlowId)
    }

    /// The resources re-solved in the last [`Self::solve`], each once.
    pub fn touched_resources(&self) -> &[ResourceId] {
        &self.touched
    }

    /// How much work sharing was: resources solved, and components solved whole because the worklist did not end.
    pub fn effort(&self) -> (u64, u64) {
        self.effort
    }

    /// Puts a resource on the worklist, once.
    pub(super) fn queue(&mut self, r: u32) {
        let resource = &mut self.resources[r as usize];
        if !resource.queued {
            resource.queued = true;
            self.worklist.push(r);
        }
    }
}
