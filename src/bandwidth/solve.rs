//! The worklist: from what changed to the new rates.

use super::fill::{Demand, water_level, whole};
use super::identity::NONE;
use crate::units::SimTime;

use super::{Network, ResourceId};

impl Network {
    /// Shares the bandwidth anew after the changes of this instant; flows whose rate changes are settled at `now`.
    ///
    /// # Panics
    /// When a resource would carry more than its capacity: an invariant, checked in release builds.
    pub fn solve(&mut self, now: SimTime) {
        let now = now.as_nanos();
        self.solves = self.solves.wrapping_add(1);
        self.touched.clear();
        let limit = self.step_limit.0 + self.step_limit.1 * self.worklist.len();
        let mut step = 0;
        while step < self.worklist.len() {
            if step == limit {
                self.fill_components(now, step);
                break;
            }
            let r = self.worklist[step];
            self.resources[r as usize].queued = false;
            self.touch(r);
            self.solve_resource(now, r);
            step += 1;
        }
        self.effort.0 += step as u64;
        self.worklist.clear();
        for i in 0..self.touched.len() {
            self.fit(now, self.touched[i].0);
        }
    }

    /// Notes that `r` is re-solved in this solve.
    pub(super) fn touch(&mut self, r: u32) {
        let resource = &mut self.resources[r as usize];
        if resource.solved != self.solves {
            resource.solved = self.solves;
            self.touched.push(ResourceId(r));
        }
    }

    fn solve_resource(&mut self, now: u64, r: u32) {
        let resource = &self.resources[r as usize];
        let mut demands = std::mem::take(&mut self.demands);
        demands.clear();
        demands.extend(self.members.of(resource.flows).iter().map(|&f| {
            let flow = &self.flows[f as usize];
            Demand { elsewhere: flow.level_elsewhere(&self.resources, r), weight: flow.weight, flow: f }
        }));
        let level = water_level(resource.capacity as f64, &mut demands, resource.level);
        let before = resource.passed;
        let moved = moves(before, level, self.tolerance);
        let resource = &mut self.resources[r as usize];
        resource.level = level;
        if moved {
            resource.passed = level;
        }
        // A flow bound elsewhere below both the old and the new level concerns nobody: what it takes, and could take,
        // from the others on its path is as before.
        let below = if moved { before.min(level) } else { f64::INFINITY };
        for demand in &demands {
            let rate = whole(demand.weight * level.min(demand.elsewhere));
            let old = self.flows[demand.flow as usize].rate;
            let passed = below < demand.elsewhere;
            if rate != old || passed {
                self.pass_on(demand.flow, r, (old, rate), passed);
            }
            if rate != old {
                self.change_rate(now, demand.flow, rate);
            }
        }
        self.demands = demands;
    }

    /// Accounts for a flow's change of rate from `old` to `new`, and queues those other than `r` on its path that may
    /// have another level now: all that bind somebody when a moved level is `passed` on, and whatever is overfilled or
    /// may have become full.
    fn pass_on(&mut self, f: u32, r: u32, (old, new): (u64, u64), passed: bool) {
        let path = self.flows[f as usize].path;
        for s in path.into_iter().take_while(|&s| s != NONE) {
            let resource = &mut self.resources[s as usize];
            resource.load = resource.load - old + new;
            if s == r {
                continue;
            }
            let concerned = if resource.saturated() {
                passed || (new > old && resource.load > resource.capacity)
            } else {
                (passed || new > old) && resource.nearly_full()
            };
            if concerned {
                self.queue(s);
            }
        }
    }

    /// Takes the dust of rounding off a resource that carries a few bit/s too many, and checks that it fits.
    fn fit(&mut self, now: u64, r: u32) {
        let resource = &self.resources[r as usize];
        if resource.load > resource.capacity {
            let excess = resource.load - resource.capacity;
            assert!(
                excess as f64 <= 1.0 + resource.capacity as f64 * 1e-11,
                "sharing overfills resource {r}: {} of {} bit/s",
                resource.load,
                resource.capacity
            );
            for i in 0..resource.flows.len() as usize {
                let over = self.resources[r as usize].load.saturating_sub(self.resources[r as usize].capacity);
                if over == 0 {
                    break;
                }
                let f = self.members.of(self.resources[r as usize].flows)[i];
                let rate = self.flows[f as usize].rate;
                let less = rate - rate.min(over);
                self.pass_on(f, r, (rate, less), false);
                self.change_rate(now, f, less);
            }
        }
        let resource = &self.resources[r as usize];
        assert!(resource.load <= resource.capacity, "resource {r} carries more than its capacity");
    }

    /// Solves a flow's rate from the levels on its path.
    pub(super) fn rate_from_levels(&mut self, now: u64, f: u32) {
        let flow = &self.flows[f as usize];
        let rate = whole(flow.weight * flow.level_elsewhere(&self.resources, NONE));
        if rate != flow.rate {
            let path = flow.path;
            let old = flow.rate;
            for s in path.into_iter().take_while(|&s| s != NONE) {
                let resource = &mut self.resources[s as usize];
                resource.load = resource.load - old + rate;
            }
            self.change_rate(now, f, rate);
        }
    }
}

/// Whether a level moved by more than the tolerance, or became finite or infinite.
fn moves(before: f64, after: f64, tolerance: f64) -> bool {
    // The difference of two infinite levels is not a number, hence not above anything.
    (before - after).abs() > tolerance * before.min(after)
}
