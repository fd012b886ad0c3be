//! Progress, conservation and completion times against an independent account in integers.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::draw::Draw;
use crate::bandwidth::{ClockId, FlowId, Network, ResourceId, SharingSpec, TransferId};
use crate::units::{BitRate, SimTime};

/// A transfer as the account knows it.
#[derive(Debug, Clone, Default)]
struct Entry {
    amount: u128,
    /// Moved by flows that left.
    gone: u128,
    missing: u128,
    /// Who drains it and what each has moved, in joining order.
    flows: Vec<(FlowId, ClockId, u128)>,
}

/// A network under random events, and the account that follows every step in exact integers.
struct Account {
    draw: Draw,
    now: u64,
    network: Network,
    links: Vec<ResourceId>,
    clocks: Vec<ClockId>,
    entries: BTreeMap<TransferId, Entry>,
    /// What the network reported of each sender.
    pending: BTreeMap<ClockId, u64>,
    completions: u64,
}

impl Account {
    fn new(seed: u64, tolerance: f64) -> Self {
        let mut draw = Draw::new(seed);
        let mut network = Network::new(SharingSpec { tolerance });
        // Small rates: whole bit/s and the rounding of the last nanosecond matter.
        let links = (0..2 + draw.below(8)).map(|_| network.add_resource(BitRate::new(1 + draw.below(3_000) as u64)));
        let links = links.collect();
        let clocks = (0..=draw.below(5)).map(|_| network.add_clock()).collect();
        Self {
            draw,
            now: 0,
            network,
            links,
            clocks,
            entries: BTreeMap::new(),
            pending: BTreeMap::new(),
            completions: 0,
        }
    }

    fn time(&self) -> SimTime {
        SimTime::from_nanos(self.now)
    }

    fn open(&mut self) -> TransferId {
        let amount = match self.draw.below(12) {
            0 => self.draw.below(3) as u64,
            _ => self.draw.below(5_000_000_000_000) as u64,
        };
        let t = self.network.open_transfer(self.time(), amount);
        let amount = u128::from(amount);
        assert!(self.entries.insert(t, Entry { amount, missing: amount, ..Entry::default() }).is_none(), "id in use");
        t
    }

    /// A transfer to drain: a new one, or one that is open already.
    fn any_transfer(&mut self, but: Option<TransferId>) -> TransferId {
        let open: Vec<TransferId> = self.entries.keys().copied().filter(|&t| Some(t) != but).collect();
        if open.is_empty() || self.draw.one_in(2) { self.open() } else { open[self.draw.below(open.len())] }
    }

    fn any_flow(&mut self) -> Option<(TransferId, FlowId)> {
        let all: Vec<_> = self.entries.iter().flat_map(|(t, e)| e.flows.iter().map(|f| (*t, f.0))).collect();
        (!all.is_empty()).then(|| all[self.draw.below(all.len())])
    }

    fn start(&mut self) {
        let t = self.any_transfer(None);
        let clock = self.clocks[self.draw.below(self.clocks.len())];
        let first = self.draw.below(self.links.len());
        let second = (first + 1 + self.draw.below(self.links.len() - 1)) % self.links.len();
        let path = [self.links[first], self.links[second]];
        let cap = self.draw.one_in(4).then(|| BitRate::new(self.draw.below(700) as u64));
        let weight = 0.25 + 2.0 * self.draw.unit();
        let hops = 1 + self.draw.below(2);
        let flow = self.network.start_flow(self.time(), clock, &path[..hops], weight, cap, t);
        self.entries.get_mut(&t).unwrap().flows.push((flow, clock, 0));
    }

    /// Takes a flow off its entry; returns what it moved.
    fn leave(&mut self, t: TransferId, flow: FlowId) -> (ClockId, u64) {
        let entry = self.entries.get_mut(&t).unwrap();
        let i = entry.flows.iter().position(|f| f.0 == flow).unwrap();
        let (_, clock, moved) = entry.flows.remove(i);
        entry.gone += moved;
        (clock, u64::try_from(moved).unwrap())
    }

    fn stop(&mut self, t: TransferId, flow: FlowId) {
        let (_, moved) = self.leave(t, flow);
        assert_eq!(self.network.stop_flow(self.time(), flow), moved);
    }

    fn redirect(&mut self, t: TransferId, flow: FlowId) {
        let to = self.any_transfer(Some(t));
        let (clock, moved) = self.leave(t, flow);
        let rate = self.network.rate(flow);
        assert_eq!(self.network.redirect_flow(self.time(), flow, to), moved);
        assert_eq!(self.network.rate(flow), rate, "a redirection leaves the rate alone");
        self.entries.get_mut(&to).unwrap().flows.push((flow, clock, 0));
    }

    fn extend(&mut self) {
        let open: Vec<TransferId> = self.entries.keys().copied().collect();
        if open.is_empty() {
            return;
        }
        let t = open[self.draw.below(open.len())];
        let extra = self.draw.below(1_000_000_000_000) as u64;
        self.network.extend_transfer(self.time(), t, extra);
        let entry = self.entries.get_mut(&t).unwrap();
        entry.amount += u128::from(extra);
        entry.missing += u128::from(extra);
    }

    fn shrink(&mut self) {
        let open: Vec<TransferId> = self.entries.keys().copied().collect();
        if open.is_empty() {
            return;
        }
        let t = open[self.draw.below(open.len())];
        let entry = self.entries.get_mut(&t).unwrap();
        let most = u64::try_from(entry.missing).unwrap();
        let less = if self.draw.one_in(8) { most } else { most / (1 + self.draw.below(9) as u64) };
        self.network.shrink_transfer(SimTime::from_nanos(self.now), t, less);
        entry.amount -= u128::from(less);
        entry.missing -= u128::from(less);
    }

    fn close_some(&mut self) {
        let idle = self.entries.iter().find(|(_, e)| e.flows.is_empty() && (e.missing == 0 || e.amount % 3 == 0));
        if let Some((&t, entry)) = idle {
            assert_eq!(entry.missing + entry.gone, entry.amount);
            self.network.close_transfer(t);
            self.entries.remove(&t);
        }
    }

    fn change(&mut self) {
        match self.draw.below(12) {
            0..4 => self.start(),
            4..6 => {
                if let Some((t, flow)) = self.any_flow() {
                    self.stop(t, flow);
                }
            }
            6..8 => {
                if let Some((t, flow)) = self.any_flow() {
                    self.redirect(t, flow);
                }
            }
            8 if self.draw.one_in(2) => self.shrink(),
            8 => self.extend(),
            9 => self.close_some(),
            10 => {
                let r = self.links[self.draw.below(self.links.len())];
                let capacity = if self.draw.one_in(5) { 0 } else { self.draw.below(3_000) as u64 };
                self.network.set_capacity(r, BitRate::new(capacity));
            }
            _ => {
                if let Some((_, flow)) = self.any_flow() {
                    let cap = self.draw.one_in(2).then(|| BitRate::new(self.draw.below(500) as u64));
                    self.network.set_cap(self.time(), flow, cap);
                }
            }
        }
    }

    /// Advances to the next completion, or less far; rates are in force throughout.
    fn advance(&mut self) {
        let step = match self.draw.below(4) {
            0 => self.draw.below(5) as u64,
            1 => self.draw.below(1_000_000) as u64,
            _ => self.draw.below(2_000_000_000_000) as u64,
        };
        let next = self.pending.values().copied().min().unwrap_or(u64::MAX);
        let to = next.min(self.now + step);
        let elapsed = u128::from(to - self.now);
        for entry in self.entries.values_mut() {
            let mut over = 0;
            for (flow, _, moved) in &mut entry.flows {
                let step = u128::from(self.network.rate(*flow).get()) * elapsed;
                *moved += step;
                over += step;
            }
            let drained = over.min(entry.missing);
            over -= drained;
            entry.missing -= drained;
            for (_, _, moved) in &mut entry.flows {
                let cut = over.min(*moved);
                *moved -= cut;
                over -= cut;
            }
            assert_eq!(over, 0);
        }
        self.now = to;
    }

    fn complete(&mut self) {
        let due: Vec<ClockId> = self.pending.iter().filter(|(_, t)| **t == self.now).map(|(c, _)| *c).collect();
        for clock in due {
            let mut done = Vec::new();
            self.network.completed(self.time(), clock, &mut done);
            let expected: usize = self
                .entries
                .values()
                .filter(|e| e.missing == 0 && e.flows.first().is_some_and(|f| f.1 == clock))
                .count();
            assert_eq!(done.len(), expected);
            for t in done {
                self.completions += 1;
                let entry = self.entries[&t].clone();
                let moved: u128 = entry.flows.iter().map(|f| u128::from(self.network.moved(self.time(), f.0))).sum();
                assert_eq!(moved + entry.gone, entry.amount, "to the nanobit");
                for (flow, _, _) in entry.flows {
                    if self.draw.one_in(3) { self.stop(t, flow) } else { self.redirect(t, flow) }
                }
                self.network.close_transfer(t);
                self.entries.remove(&t);
            }
        }
    }

    fn settle(&mut self) {
        self.network.solve(self.time());
        let pending = &mut self.pending;
        let now = self.now;
        self.network.drain_clock_changes(|clock, time| {
            let new = time.map(SimTime::as_nanos);
            assert!(new.is_none_or(|t| t > now), "a completion lies at least 1 ns ahead");
            let old = match new {
                Some(t) => pending.insert(clock, t),
                None => pending.remove(&clock),
            };
            // A completion that has just taken place may be reported anew; otherwise only changes are.
            assert!(old != new, "a clock is reported without a change");
        });
    }

    fn check(&self) {
        self.network.verify();
        let mut expected: BTreeMap<ClockId, u64> = BTreeMap::new();
        for (&t, entry) in &self.entries {
            assert_eq!(u128::from(self.network.missing(self.time(), t)), entry.missing);
            let flows: Vec<FlowId> = self.network.transfer_flows(t).collect();
            assert_eq!(flows, entry.flows.iter().map(|f| f.0).collect::<Vec<_>>(), "joining order");
            let mut total = 0;
            for (flow, _, moved) in &entry.flows {
                assert_eq!(u128::from(self.network.moved(self.time(), *flow)), *moved);
                total += u128::from(self.network.rate(*flow).get());
            }
            let sum: u128 = entry.flows.iter().map(|f| f.2).sum();
            assert_eq!(sum + entry.missing + entry.gone, entry.amount, "bytes are conserved");
            let Some(lead) = entry.flows.first() else { continue };
            let finish = match (entry.missing, total) {
                (0, _) => self.now + 1,
                (_, 0) => continue,
                (missing, total) => self.now + u64::try_from(missing.div_ceil(total)).unwrap(),
            };
            expected.entry(lead.1).and_modify(|t| *t = finish.min(*t)).or_insert(finish);
        }
        assert_eq!(self.pending, expected, "completions at {}", self.now);
    }

    /// Begins with a crowd of flows of few senders: large heaps, and whole levels that move at once.
    fn crowd(&mut self, flows: usize) {
        for _ in 0..flows {
            self.start();
        }
    }

    fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            for _ in 0..=self.draw.below(3) {
                self.change();
            }
            self.settle();
            self.check();
            self.advance();
            self.complete();
        }
        self.settle();
        self.check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_and_completions_follow_the_account(seed in any::<u64>(), loose in any::<bool>(), crowded in 0..8_u8) {
        let mut account = Account::new(seed, if loose { 0.02 } else { 0.0 });
        account.crowd(if crowded == 0 { 150 } else { 0 });
        account.run(120);
    }
}

#[test]
fn the_account_sees_completions() {
    let completions: u64 = (0..50)
        .map(|seed| {
            let mut account = Account::new(seed, 0.0);
            account.run(200);
            account.completions
        })
        .sum();
    assert!(completions > 1_000, "{completions} completions only");
}
