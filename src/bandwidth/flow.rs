//! Flows: where they run, how fast, and what they have moved.

use super::identity::NONE;
use crate::units::{BitRate, SimTime};

use super::{ClockId, FlowId, Network, ResourceId, TransferId};

/// Most resources on a path.
pub const LONGEST_PATH: usize = 5;

/// What solving and settling touch, in one cache line.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(super) struct Flow {
    /// The resources crossed, padded with [`NONE`].
    pub(super) path: [u32; LONGEST_PATH],
    /// The transfer it drains; [`NONE`] marks a free slot.
    pub(super) transfer: u32,
    /// Share relative to other flows; above 0.
    pub(super) weight: f64,
    /// The flow's own cap as a level: bit/s per unit of weight.
    pub(super) cap: f64,
    /// Whole bit/s.
    pub(super) rate: u64,
    /// When `moved` was last brought up to date, ns.
    pub(super) settled: u64,
    /// Nanobits moved on the current transfer.
    pub(super) moved: u64,
}

const _: () = assert!(size_of::<Flow>() == 64, "a flow fills one cache line");

/// What only starting, stopping and sharing a transfer touch.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// The flow's position among the members of each resource of its path.
    pub(super) position: [u32; LONGEST_PATH],
    /// The sender; in a free slot, the next free slot.
    pub(super) clock: u32,
    /// The flow that joined the transfer before it; meaningless in the first.
    pub(super) previous: u32,
    /// The flow that joined the transfer after it; meaningless in the last.
    pub(super) next: u32,
    /// Its own cap in bit/s; `u64::MAX` for none.
    cap: u64,
}

impl Flow {
    /// The path without padding.
    pub(super) fn hops(&self) -> impl Iterator<Item = u32> + '_ {
        self.path.iter().copied().take_while(|&r| r != NONE)
    }

    /// The smallest of the cap and the levels on the path, `but` excepted.
    pub(super) fn level_elsewhere(&self, resources: &[super::resource::Resource], but: u32) -> f64 {
        let mut level = self.cap;
        for r in self.hops() {
            if r != but {
                level = level.min(resources[r as usize].level);
            }
        }
        level
    }

    fn settle(&mut self, now: u64) {
        self.moved = self.moved.saturating_add(self.rate.saturating_mul(now - self.settled));
        self.settled = now;
    }
}

impl Network {
    /// Starts a flow of `clock`'s sender over `path`, draining `transfer`; its rate is 0 until [`Self::solve`].
    ///
    /// `weight` is finite and above 0; `cap` bounds this flow alone. `path` names 1 to 5 distinct resources.
    ///
    /// # Panics
    /// When one of these conditions fails, or `clock` or `transfer` does not exist: mistakes of the caller.
    pub fn start_flow(
        &mut self,
        now: SimTime,
        clock: ClockId,
        path: &[ResourceId],
        weight: f64,
        cap: Option<BitRate>,
        transfer: TransferId,
    ) -> FlowId {
        assert!((1..=LONGEST_PATH).contains(&path.len()), "a flow crosses 1 to 5 resources");
        assert!(clock.index() < self.clocks.len(), "a flow of an unknown sender");
        let mut hops = [NONE; LONGEST_PATH];
        for (i, &r) in path.iter().enumerate() {
            assert!(!hops[..i].contains(&r.0), "a flow crosses a resource twice");
            hops[i] = r.0;
        }
        let cap = cap.map_or(u64::MAX, BitRate::get);
        let f = self.free_slot();
        let now = now.as_nanos();
        self.flows[f as usize] = Flow {
            path: hops,
            weight: checked_weight(weight),
            cap: cap_level(cap, weight),
            rate: 0,
            settled: now,
            moved: 0,
            transfer: NONE,
        };
        self.anchors[f as usize].cap = cap;
        self.anchors[f as usize].clock = clock.0;
        for (i, &r) in path.iter().enumerate() {
            self.anchors[f as usize].position[i] = self.members.push(&mut self.resources[r.index()].flows, f);
        }
        self.attach(now, f, transfer);
        self.queue_path(f);
        FlowId(f)
    }

    /// Ends a flow: the transfer stays, with what is missing of it. Returns the nanobits moved on it by this flow.
    pub fn stop_flow(&mut self, now: SimTime, flow: FlowId) -> u64 {
        let f = flow.0;
        let moved = self.detach(now.as_nanos(), f);
        let rate = self.flows[f as usize].rate;
        let path = self.flows[f as usize].path;
        for (i, &r) in path.iter().enumerate() {
            if r == NONE {
                break;
            }
            let resource = &mut self.resources[r as usize];
            resource.load -= rate;
            let position = self.anchors[f as usize].position[i];
            // Room at a resource that binds nobody changes nothing.
            let dirty = resource.saturated();
            if let Some(heir) = self.members.swap_remove(&mut resource.flows, position) {
                let hop = self.flows[heir as usize].path.iter().position(|&s| s == r);
                if let Some(hop) = hop {
                    self.anchors[heir as usize].position[hop] = position;
                }
            }
            if dirty {
                self.queue(r);
            }
        }
        self.flows[f as usize].transfer = NONE;
        self.anchors[f as usize].clock = self.free_flow;
        self.free_flow = f;
        moved
    }

    /// Lets a flow go on, without a gap and at the same rate, with another transfer. Returns the nanobits that it
    /// moved on the old one, which stays with what is missing of it. `transfer` may be the old one: the count of what
    /// the flow moved begins anew, and it joins last.
    pub fn redirect_flow(&mut self, now: SimTime, flow: FlowId, transfer: TransferId) -> u64 {
        let now = now.as_nanos();
        let moved = self.detach(now, flow.0);
        self.attach(now, flow.0, transfer);
        moved
    }

    /// Changes a flow's own cap; in force after the next [`Self::solve`].
    pub fn set_cap(&mut self, _now: SimTime, flow: FlowId, cap: Option<BitRate>) {
        let cap = cap.map_or(u64::MAX, BitRate::get);
        if std::mem::replace(&mut self.anchors[flow.index()].cap, cap) == cap {
            return;
        }
        let entry = &mut self.flows[flow.index()];
        entry.cap = cap_level(cap, entry.weight);
        self.queue_path(flow.0);
    }

    /// Changes a flow's weight; in force after the next [`Self::solve`].
    ///
    /// # Panics
    /// When the weight is not finite and above 0.
    pub fn set_weight(&mut self, _now: SimTime, flow: FlowId, weight: f64) {
        let cap = self.anchors[flow.index()].cap;
        let entry = &mut self.flows[flow.index()];
        entry.weight = checked_weight(weight);
        entry.cap = cap_level(cap, weight);
        self.queue_path(flow.0);
    }

    /// Nanobits that the flow has moved on its current transfer so far.
    pub fn moved(&self, now: SimTime, flow: FlowId) -> u64 {
        let now = now.as_nanos();
        let mut over = self.overshoot(now, self.flows[flow.index()].transfer);
        let at = |f: u32| {
            let entry = &self.flows[f as usize];
            entry.moved.saturating_add(entry.rate.saturating_mul(now - entry.settled))
        };
        if over == 0 {
            return at(flow.0);
        }
        for other in self.transfer_flows(self.flow_transfer(flow)) {
            let moved = at(other.0);
            let cut = over.min(moved);
            if other == flow {
                return moved - cut;
            }
            over -= cut;
        }
        at(flow.0)
    }

    /// The flow's rate since the last [`Self::solve`].
    pub fn rate(&self, flow: FlowId) -> BitRate {
        BitRate::new(self.flows[flow.index()].rate)
    }

    /// The flow's rate before it is cut to whole bit/s.
    #[cfg(test)]
    pub(super) fn real_rate(&self, flow: FlowId) -> f64 {
        let entry = &self.flows[flow.index()];
        entry.weight * entry.level_elsewhere(&self.resources, NONE)
    }

    /// The transfer that the flow drains.
    pub fn flow_transfer(&self, flow: FlowId) -> TransferId {
        TransferId(self.flows[flow.index()].transfer)
    }

    /// The sender whose flow this is.
    pub fn flow_clock(&self, flow: FlowId) -> ClockId {
        ClockId(self.anchors[flow.index()].clock)
    }

    /// Brings `moved` up to date with the rate in force.
    pub(super) fn settle_flow(&mut self, now: u64, f: u32) {
        self.flows[f as usize].settle(now);
    }

    fn free_slot(&mut self) -> u32 {
        if self.free_flow != NONE {
            let f = self.free_flow;
            self.free_flow = self.anchors[f as usize].clock;
            return f;
        }
        let f = self.flows.len() as u32;
        assert!(f < NONE, "more flows than a u32 can number");
        self.flows.push(Flow {
            path: [NONE; LONGEST_PATH],
            weight: 1.0,
            cap: f64::INFINITY,
            rate: 0,
            settled: 0,
            moved: 0,
            transfer: NONE,
        });
        self.anchors.push(Anchor {
            position: [NONE; LONGEST_PATH],
            clock: NONE,
            previous: NONE,
            next: NONE,
            cap: u64::MAX,
        });
        f
    }

    /// Puts on the worklist what a change of this flow's terms can move: the resources that bind somebody, or are
    /// about to; all of them where none binds.
    fn queue_path(&mut self, f: u32) {
        let path = self.flows[f as usize].path;
        let mut any = false;
        for r in path.into_iter().take_while(|&r| r != NONE) {
            let resource = &self.resources[r as usize];
            if resource.saturated() || resource.nearly_full() {
                any |= resource.saturated();
                self.queue(r);
            }
        }
        if !any {
            for r in path.into_iter().take_while(|&r| r != NONE) {
                self.queue(r);
            }
        }
    }
}

fn checked_weight(weight: f64) -> f64 {
    assert!(weight.is_finite() && weight > 0.0, "a flow's weight is finite and above 0");
    weight
}

fn cap_level(cap: u64, weight: f64) -> f64 {
    if cap == u64::MAX { f64::INFINITY } else { cap as f64 / weight }
}
