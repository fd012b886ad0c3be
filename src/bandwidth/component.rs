//! Progressive filling of whole connected components: what the worklist falls back on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::fill::FILLED;
use super::identity::NONE;

use super::Network;

/// A level with the total order that a heap needs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Level(f64);
impl Eq for Level {}
impl PartialOrd for Level {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Level {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What is left of a resource while the water rises.
#[derive(Debug, Clone, Copy)]
struct Rest {
    capacity: f64,
    weight: f64,
    flows: u32,
    /// Highest level of a flow that was fixed so far.
    highest: f64,
    level: f64,
}

impl Rest {
    fn next_level(&self) -> f64 {
        (self.capacity / self.weight).max(self.highest.max(0.0))
    }
}

impl Network {
    /// Fills the components of the resources from `step` on of the worklist from nothing: in the order of rising
    /// levels, each resource that runs full, or flow that reaches its cap, fixes what it binds.
    pub(super) fn fill_components(&mut self, now: u64, step: usize) {
        let (members, flows) = self.component(step);
        self.effort.1 += 1;
        let mut rest: Vec<Rest> = self
            .resources
            .iter()
            .map(|r| Rest {
                capacity: r.capacity as f64,
                weight: 0.0,
                flows: 0,
                highest: f64::NEG_INFINITY,
                level: f64::INFINITY,
            })
            .collect();
        for &f in &flows {
            for s in self.flows[f as usize].hops() {
                rest[s as usize].weight += self.flows[f as usize].weight;
                rest[s as usize].flows += 1;
            }
        }
        self.raise_water(&mut rest, &members, &flows);
        for &r in &members {
            let left = &rest[r as usize];
            let capacity = self.resources[r as usize].capacity as f64;
            // The tie rule: filled to the brim by flows bound elsewhere.
            let brimful =
                left.level == f64::INFINITY && left.highest >= 0.0 && left.capacity <= capacity * (1.0 - FILLED);
            let level = if brimful { left.highest } else { left.level };
            let resource = &mut self.resources[r as usize];
            resource.level = level;
            resource.passed = level;
            resource.queued = false;
            self.touch(r);
        }
        for f in flows {
            self.rate_from_levels(now, f);
        }
    }

    /// All resources and flows connected with the worklist from `step` on, in order of discovery.
    fn component(&self, step: usize) -> (Vec<u32>, Vec<u32>) {
        let mut seen_resource = vec![false; self.resources.len()];
        let mut seen_flow = vec![false; self.flows.len()];
        let mut members = Vec::new();
        let mut flows = Vec::new();
        for &r in &self.worklist[step..] {
            if !std::mem::replace(&mut seen_resource[r as usize], true) {
                members.push(r);
            }
        }
        let mut next = 0;
        while next < members.len() {
            for &f in self.members.of(self.resources[members[next] as usize].flows) {
                if std::mem::replace(&mut seen_flow[f as usize], true) {
                    continue;
                }
                flows.push(f);
                for s in self.flows[f as usize].hops() {
                    if !std::mem::replace(&mut seen_resource[s as usize], true) {
                        members.push(s);
                    }
                }
            }
            next += 1;
        }
        (members, flows)
    }

    fn raise_water(&self, rest: &mut [Rest], members: &[u32], flows: &[u32]) {
        let mut fixed = vec![false; self.flows.len()];
        let mut caps: Vec<u32> =
            flows.iter().copied().filter(|&f| self.flows[f as usize].cap < f64::INFINITY).collect();
        caps.sort_by_key(|&f| (Level(self.flows[f as usize].cap), f));
        let mut caps = caps.into_iter().peekable();
        let mut heap: BinaryHeap<Reverse<(Level, u32)>> = members
            .iter()
            .filter(|&&r| rest[r as usize].flows > 0)
            .map(|&r| Reverse((Level(rest[r as usize].next_level()), r)))
            .collect();
        while let Some(&Reverse((level, r))) = heap.peek() {
            if let Some(&f) = caps.peek()
                && self.flows[f as usize].cap <= level.0
            {
                caps.next();
                self.fix(f, self.flows[f as usize].cap, rest, &mut fixed);
                continue;
            }
            heap.pop();
            if rest[r as usize].flows == 0 {
                continue;
            }
            let current = rest[r as usize].next_level();
            if current > level.0 {
                // Flows fixed elsewhere since have left more for the others.
                heap.push(Reverse((Level(current), r)));
                continue;
            }
            rest[r as usize].level = current;
            for &f in self.members.of(self.resources[r as usize].flows) {
                self.fix(f, current, rest, &mut fixed);
            }
        }
    }

    /// Takes a flow's rate at `level` off every resource on its path.
    fn fix(&self, f: u32, level: f64, rest: &mut [Rest], fixed: &mut [bool]) {
        if std::mem::replace(&mut fixed[f as usize], true) {
            return;
        }
        let flow = &self.flows[f as usize];
        for s in flow.path.into_iter().take_while(|&s| s != NONE) {
            let left = &mut rest[s as usize];
            left.capacity = (left.capacity - flow.weight * level).max(0.0);
            left.weight -= flow.weight;
            left.flows -= 1;
            left.highest = left.highest.max(level);
        }
    }
}
