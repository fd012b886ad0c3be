//! Transfers: amounts that flows drain together, to the nanobit.

use super::flow::Anchor;
use super::identity::NONE;
use crate::units::SimTime;

use super::{FlowId, Network, TransferId};

/// Largest amount of a transfer, nanobits: 1.15 GB.
const LARGEST_AMOUNT: u64 = 1 << 63;

/// An amount and who drains it, in one cache line.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(super) struct Transfer {
    /// Nanobits not yet moved, at `settled`.
    pub(super) missing: u64,
    /// When `missing` was last brought up to date, ns.
    pub(super) settled: u64,
    /// Sum of its flows' rates, bit/s.
    pub(super) total: u64,
    /// What is missing and what its present flows have moved: the amount less what flows that left took along.
    pub(super) kept: u64,
    /// Its lead, the first flow still attached.
    pub(super) first: u32,
    /// The flow that joined last.
    pub(super) last: u32,
    /// The sender of the lead; [`NONE`] without flows.
    pub(super) clock: u32,
    /// In a free slot, the next free slot.
    next_free: u32,
    /// Whether its finish awaits recomputation.
    pub(super) dirty: bool,
    pub(super) open: bool,
}

impl Transfer {
    /// When it will have been moved, ns; `u64::MAX` for never.
    pub(super) const fn finish(&self) -> u64 {
        if self.missing == 0 {
            self.settled + 1
        } else if self.total == 0 {
            u64::MAX
        } else {
            self.settled.saturating_add(self.missing.div_ceil(self.total))
        }
    }
}

impl Network {
    /// Opens a transfer of `amount` nanobits.
    ///
    /// # Panics
    /// When the amount is above 2⁶³.
    pub fn open_transfer(&mut self, now: SimTime, amount: u64) -> TransferId {
        assert!(amount <= LARGEST_AMOUNT, "a transfer moves at most 2^63 nanobits");
        let mut fresh = Transfer {
            missing: amount,
            settled: now.as_nanos(),
            total: 0,
            kept: amount,
            first: NONE,
            last: NONE,
            clock: NONE,
            next_free: NONE,
            dirty: false,
            open: true,
        };
        let t = self.free_transfer;
        if t == NONE {
            let t = self.transfers.len() as u32;
            assert!(t < NONE, "more transfers than a u32 can number");
            self.transfers.push(fresh);
            self.led_position.push(NONE);
            return TransferId(t);
        }
        let slot = &mut self.transfers[t as usize];
        self.free_transfer = slot.next_free;
        // The slot may still stand on the list of changed transfers.
        fresh.dirty = slot.dirty;
        *slot = fresh;
        TransferId(t)
    }

    /// Adds `extra` nanobits to what is missing.
    ///
    /// # Panics
    /// When what is missing, with what the flows now attached have moved, would exceed 2⁶³.
    pub fn extend_transfer(&mut self, now: SimTime, transfer: TransferId, extra: u64) {
        self.settle_transfer(now.as_nanos(), transfer.0);
        let entry = &mut self.transfers[transfer.index()];
        assert!(extra <= LARGEST_AMOUNT - entry.kept.min(LARGEST_AMOUNT), "a transfer holds at most 2^63 nanobits");
        entry.missing += extra;
        entry.kept += extra;
        self.mark_transfer(transfer.0);
    }

    /// Takes `less` nanobits off what is missing: they came another way.
    ///
    /// # Panics
    /// When less than that is missing.
    pub fn shrink_transfer(&mut self, now: SimTime, transfer: TransferId, less: u64) {
        self.settle_transfer(now.as_nanos(), transfer.0);
        let entry = &mut self.transfers[transfer.index()];
        assert!(less <= entry.missing, "a transfer shrinks by more than it lacks");
        entry.missing -= less;
        entry.kept -= less;
        self.mark_transfer(transfer.0);
    }

    /// Nanobits of the transfer not yet moved.
    pub fn missing(&self, now: SimTime, transfer: TransferId) -> u64 {
        let entry = &self.transfers[transfer.index()];
        let drained = drained(entry, now.as_nanos());
        u64::try_from(drained).map_or(0, |d| entry.missing.saturating_sub(d))
    }

    /// Forgets a transfer that no flow drains.
    ///
    /// # Panics
    /// When a flow drains it, or it is closed already.
    pub fn close_transfer(&mut self, transfer: TransferId) {
        let free = self.free_transfer;
        let entry = &mut self.transfers[transfer.index()];
        assert!(entry.open && entry.first == NONE, "a transfer is closed while a flow drains it, or twice");
        entry.open = false;
        entry.next_free = free;
        self.free_transfer = transfer.0;
    }

    /// The flows that drain the transfer, in the order in which they joined; the first is its lead.
    pub fn transfer_flows(&self, transfer: TransferId) -> impl Iterator<Item = FlowId> + '_ {
        let Transfer { first, last, .. } = self.transfers[transfer.index()];
        std::iter::successors((first != NONE).then_some(first), move |&f| {
            (f != last).then(|| self.anchors[f as usize].next)
        })
        .map(FlowId)
    }

    /// Brings `missing` up to date; what the last nanosecond moved too much is taken off the flows, the lead first.
    pub(super) fn settle_transfer(&mut self, now: u64, t: u32) {
        let entry = &mut self.transfers[t as usize];
        if entry.settled == now {
            return;
        }
        let drained = drained(entry, now);
        entry.settled = now;
        if drained <= u128::from(entry.missing) {
            entry.missing -= drained as u64;
        } else {
            let over = drained - u128::from(entry.missing);
            entry.missing = 0;
            self.take_off(now, t, over);
        }
    }

    fn take_off(&mut self, now: u64, t: u32, over: u128) {
        let mut over = u64::try_from(over).unwrap_or(u64::MAX);
        let Transfer { first: mut f, last, .. } = self.transfers[t as usize];
        while f != NONE {
            self.settle_flow(now, f);
            let flow = &mut self.flows[f as usize];
            let cut = over.min(flow.moved);
            flow.moved -= cut;
            over -= cut;
            f = if f == last || over == 0 { NONE } else { self.anchors[f as usize].next };
        }
        assert!(over == 0, "a transfer was drained by more than its flows moved");
    }

    /// By how many nanobits the flows of `t` would have moved too much at `now`, were it settled.
    pub(super) fn overshoot(&self, now: u64, t: u32) -> u64 {
        let entry = &self.transfers[t as usize];
        let over = drained(entry, now).saturating_sub(u128::from(entry.missing));
        u64::try_from(over).unwrap_or(u64::MAX)
    }

    /// Lets a flow that drains nothing join `transfer`.
    pub(super) fn attach(&mut self, now: u64, f: u32, transfer: TransferId) {
        let t = transfer.0;
        assert!(self.transfers[t as usize].open, "a flow joins a closed transfer");
        self.settle_transfer(now, t);
        let entry = &mut self.transfers[t as usize];
        let flow = &mut self.flows[f as usize];
        flow.transfer = t;
        entry.total += flow.rate;
        let clock = self.anchors[f as usize].clock;
        let last = std::mem::replace(&mut entry.last, f);
        if last == NONE {
            entry.first = f;
            self.lead(t, clock);
        } else {
            self.anchors[last as usize].next = f;
            self.anchors[f as usize].previous = last;
        }
        self.mark_transfer(t);
    }

    /// Takes a flow off its transfer; returns what it moved.
    pub(super) fn detach(&mut self, now: u64, f: u32) -> u64 {
        let t = self.flows[f as usize].transfer;
        assert!(t != NONE, "a flow that was stopped is used again");
        self.settle_flow(now, f);
        self.settle_transfer(now, t);
        let flow = &mut self.flows[f as usize];
        let moved = std::mem::take(&mut flow.moved);
        let entry = &mut self.transfers[t as usize];
        entry.total -= flow.rate;
        entry.kept -= moved;
        match (entry.first == f, entry.last == f) {
            (true, true) => {
                entry.first = NONE;
                entry.last = NONE;
                self.unlead(t);
            }
            (true, false) => {
                let next = self.anchors[f as usize].next;
                entry.first = next;
                self.unlead(t);
                self.lead(t, self.anchors[next as usize].clock);
            }
            (false, true) => entry.last = self.anchors[f as usize].previous,
            (false, false) => {
                let Anchor { previous, next, .. } = self.anchors[f as usize];
                self.anchors[previous as usize].next = next;
                self.anchors[next as usize].previous = previous;
            }
        }
        self.mark_transfer(t);
        moved
    }

    /// Gives a flow a new rate from `now` on. Loads are the caller's.
    pub(super) fn change_rate(&mut self, now: u64, f: u32, rate: u64) {
        self.settle_flow(now, f);
        let flow = &mut self.flows[f as usize];
        let old = std::mem::replace(&mut flow.rate, rate);
        let t = flow.transfer;
        self.settle_transfer(now, t);
        let entry = &mut self.transfers[t as usize];
        entry.total = entry.total - old + rate;
        self.mark_transfer(t);
    }

    fn mark_transfer(&mut self, t: u32) {
        let entry = &mut self.transfers[t as usize];
        if !entry.dirty {
            entry.dirty = true;
            self.changed_transfers.push(t);
            let c = entry.clock;
            if c != NONE {
                self.mark_clock(c);
            }
        }
    }
}

fn drained(entry: &Transfer, now: u64) -> u128 {
    u128::from(entry.total) * u128::from(now - entry.settled)
}
