//! Clocks: the one pending completion of each sender.
//!
//! A sender's transfers stand in a 4-ary heap by finish, a contiguous block: an ordinary sender's four or five share
//! a cache line or two, a large sender's thousand cost a logarithm.

use super::blocks::{Block, Blocks};
use super::identity::NONE;
use crate::units::SimTime;

use super::{ClockId, Network, TransferId};

/// A sender.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    /// The completion that was last reported, ns; `u64::MAX` for never.
    reported: u64,
    /// The transfers that its flows lead.
    led: Block,
    /// How many of them changed since the last report, at least.
    changes: u32,
    /// Whether it stands on the list of changed clocks.
    listed: bool,
    /// Whether finishes were written without regard to order.
    disordered: bool,
}

/// A led transfer in its clock's heap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Led {
    /// When it will have been moved, ns; `u64::MAX` for never.
    finish: u64,
    transfer: u32,
}

const CHILDREN: usize = 4;
/// Up to this many transfers, a heap is put in order whole rather than item by item.
const SMALL: u32 = 16;

impl Network {
    /// Adds a sender.
    ///
    /// # Panics
    /// When a `u32` cannot number it.
    pub fn add_clock(&mut self) -> ClockId {
        let id = self.clocks.len() as u32;
        assert!(id < NONE, "more senders than a u32 can number");
        self.clocks.push(Clock { reported: u64::MAX, led: Block::EMPTY, changes: 0, listed: false, disordered: false });
        ClockId(id)
    }

    /// Reports the senders whose earliest completion changed since the last call, each once, in the order in which
    /// they were first touched, with the new time (at least 1 ns ahead of the change) or `None` for never.
    pub fn drain_clock_changes(&mut self, mut report: impl FnMut(ClockId, Option<SimTime>)) {
        self.refresh();
        let mut clocks = std::mem::take(&mut self.changed_clocks);
        for c in clocks.drain(..) {
            let clock = &mut self.clocks[c as usize];
            clock.listed = false;
            clock.changes = 0;
            let earliest = self.led.of(clock.led).first().map_or(u64::MAX, |led| led.finish);
            if earliest != clock.reported {
                clock.reported = earliest;
                report(ClockId(c), (earliest != u64::MAX).then(|| SimTime::from_nanos(earliest)));
            }
        }
        self.changed_clocks = clocks;
    }

    /// Collects the transfers led by this sender that are finished at `now`, by rising identity. Their flows are still
    /// attached, and what these have moved, with what flows that left have, sums exactly to the amount; in the same
    /// instant each must be redirected or stopped.
    pub fn completed(&mut self, now: SimTime, clock: ClockId, out: &mut Vec<TransferId>) {
        let now = now.as_nanos();
        self.refresh();
        let first = out.len();
        self.collect(now, clock.index(), 0, out);
        out[first..].sort_unstable();
    }

    /// What is complete among the entries of a heap from `i` downward. A transfer that misses nothing may finish as
    /// late as 1 ns after its last change.
    fn collect(&mut self, now: u64, c: usize, i: usize, out: &mut Vec<TransferId>) {
        let Some(&Led { finish, transfer }) = self.led.of(self.clocks[c].led).get(i) else { return };
        if finish > now.saturating_add(1) {
            return;
        }
        self.settle_transfer(now, transfer);
        if self.transfers[transfer as usize].missing == 0 {
            out.push(TransferId(transfer));
        }
        for child in CHILDREN * i + 1..=CHILDREN * i + CHILDREN {
            self.collect(now, c, child, out);
        }
    }

    /// Recomputes the finish of every transfer that changed.
    fn refresh(&mut self) {
        let mut transfers = std::mem::take(&mut self.changed_transfers);
        for &t in &transfers {
            let entry = &mut self.transfers[t as usize];
            entry.dirty = false;
            if entry.clock == NONE {
                continue;
            }
            let finish = entry.finish();
            let clock = &mut self.clocks[entry.clock as usize];
            let position = self.led_position[t as usize] as usize;
            let heap = self.led.of_mut(clock.led);
            heap[position].finish = finish;
            // Many changes, such as a level that moves under all flows, keep most of the order.
            if clock.led.len() <= SMALL || clock.changes >= clock.led.len() / 8 {
                clock.disordered = true;
            } else {
                sift(heap, position, &mut self.led_position);
            }
        }
        for t in transfers.drain(..) {
            let c = self.transfers[t as usize].clock;
            if c == NONE {
                continue;
            }
            let clock = &mut self.clocks[c as usize];
            clock.changes = 0;
            if std::mem::take(&mut clock.disordered) {
                let heap = self.led.of_mut(clock.led);
                for i in (0..heap.len().div_ceil(CHILDREN)).rev() {
                    sift_down(heap, i, &mut self.led_position);
                }
            }
        }
        self.changed_transfers = transfers;
    }

    /// Makes `c` the sender that carries the completion of `t`, which must be marked as changed.
    pub(super) fn lead(&mut self, t: u32, c: u32) {
        let clock = &mut self.clocks[c as usize];
        // Never is in order at the end of a heap.
        self.led_position[t as usize] = self.led.push(&mut clock.led, Led { finish: u64::MAX, transfer: t });
        self.transfers[t as usize].clock = c;
        self.mark_clock(c);
    }

    /// Frees the sender that carries the completion of `t` from it.
    pub(super) fn unlead(&mut self, t: u32) {
        let c = std::mem::replace(&mut self.transfers[t as usize].clock, NONE);
        let clock = &mut self.clocks[c as usize];
        let position = self.led_position[t as usize];
        if let Some(heir) = self.led.swap_remove(&mut clock.led, position) {
            self.led_position[heir.transfer as usize] = position;
            sift(self.led.of_mut(clock.led), position as usize, &mut self.led_position);
        }
        self.mark_clock(c);
    }

    pub(super) fn mark_clock(&mut self, c: u32) {
        let clock = &mut self.clocks[c as usize];
        clock.changes += 1;
        if !clock.listed {
            clock.listed = true;
            self.changed_clocks.push(c);
        }
    }

    /// Asserts that every heap is in order and known to its transfers.
    pub(super) fn verify_clocks(&self) {
        for (c, clock) in self.clocks.iter().enumerate() {
            let heap = self.led.of(clock.led);
            for (i, led) in heap.iter().enumerate() {
                assert!(self.led_position[led.transfer as usize] as usize == i, "sender {c}: a transfer is misplaced");
                assert!(self.transfers[led.transfer as usize].clock as usize == c, "sender {c}: a transfer is not its");
                assert!(i == 0 || heap[(i - 1) / CHILDREN].finish <= led.finish, "sender {c}: a heap out of order");
            }
        }
    }
}

/// The heaps of all clocks.
pub(super) type LedBlocks = Blocks<Led>;

fn sift(heap: &mut [Led], i: usize, positions: &mut [u32]) {
    if i > 0 && heap[i].finish < heap[(i - 1) / CHILDREN].finish {
        sift_up(heap, i, positions);
    } else {
        sift_down(heap, i, positions);
    }
}

fn sift_up(heap: &mut [Led], mut i: usize, positions: &mut [u32]) {
    let led = heap[i];
    while i > 0 {
        let parent = (i - 1) / CHILDREN;
        if heap[parent].finish <= led.finish {
            break;
        }
        heap[i] = heap[parent];
        positions[heap[i].transfer as usize] = i as u32;
        i = parent;
    }
    heap[i] = led;
    positions[led.transfer as usize] = i as u32;
}

fn sift_down(heap: &mut [Led], mut i: usize, positions: &mut [u32]) {
    let led = heap[i];
    let begin = i;
    loop {
        let first = CHILDREN * i + 1;
        let children = first..heap.len().min(first + CHILDREN);
        let Some(least) = children.min_by_key(|&child| heap[child].finish) else { break };
        if heap[least].finish >= led.finish {
            break;
        }
        heap[i] = heap[least];
        positions[heap[i].transfer as usize] = i as u32;
        i = least;
    }
    if i != begin {
        heap[i] = led;
        positions[led.transfer as usize] = i as u32;
    }
}
