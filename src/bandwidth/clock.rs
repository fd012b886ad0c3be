//! Clocks: the one pending completion of each sender.

use super::identity::NONE;
use crate::units::SimTime;

use super::{ClockId, Network, TransferId};

/// A sender's earliest completion and the transfers that its flows lead.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    /// Earliest finish of the transfers it leads, ns; `u64::MAX` for never.
    earliest: u64,
    /// What was last reported.
    reported: u64,
    /// The transfer that finishes first.
    earliest_of: u32,
    /// The transfers it leads, in the order in which it came to lead them.
    pub(super) first_led: u32,
    last_led: u32,
    /// Whether `earliest` must be looked for among all of them.
    rescan: bool,
    changed: bool,
}

impl Network {
    /// Adds a sender.
    pub fn add_clock(&mut self) -> ClockId {
        let id = self.clocks.len() as u32;
        assert!(id < NONE, "more senders than a u32 can number");
        self.clocks.push(Clock {
            earliest: u64::MAX,
            reported: u64::MAX,
            earliest_of: NONE,
            first_led: NONE,
            last_led: NONE,
            rescan: false,
            changed: false,
        });
        ClockId(id)
    }

    /// Reports the senders whose earliest completion changed since the last call, each once, in the order in which
    /// they were first touched, with the new time (at least 1 ns ahead of the change) or `None` for never.
    pub fn drain_clock_changes(&mut self, mut report: impl FnMut(ClockId, Option<SimTime>)) {
        let mut transfers = std::mem::take(&mut self.changed_transfers);
        for t in transfers.drain(..) {
            self.refresh_finish(t);
        }
        self.changed_transfers = transfers;
        let mut clocks = std::mem::take(&mut self.changed_clocks);
        for c in clocks.drain(..) {
            if self.clocks[c as usize].rescan {
                self.rescan(c);
            }
            let clock = &mut self.clocks[c as usize];
            clock.changed = false;
            if clock.earliest != clock.reported {
                clock.reported = clock.earliest;
                let time = (clock.earliest != u64::MAX).then(|| SimTime::from_nanos(clock.earliest));
                report(ClockId(c), time);
            }
        }
        self.changed_clocks = clocks;
    }

    /// Collects the transfers led by this sender that are finished at `now`, in the order in which it came to lead
    /// them. Their flows are still attached, and what these have moved, with what flows that left have, sums exactly
    /// to the amount; in the same instant each must be redirected or stopped.
    pub fn completed(&mut self, now: SimTime, clock: ClockId, out: &mut Vec<TransferId>) {
        let now = now.as_nanos();
        let mut t = self.clocks[clock.index()].first_led;
        while t != NONE {
            self.settle_transfer(now, t);
            let entry = &self.transfers[t as usize];
            if entry.missing == 0 {
                out.push(TransferId(t));
            }
            t = entry.next_led;
        }
    }

    fn refresh_finish(&mut self, t: u32) {
        let entry = &mut self.transfers[t as usize];
        entry.dirty = false;
        if entry.clock == NONE {
            return;
        }
        let finish = if entry.missing == 0 {
            entry.settled + 1
        } else if entry.total == 0 {
            u64::MAX
        } else {
            entry.settled.saturating_add(entry.missing.div_ceil(entry.total))
        };
        entry.finish = finish;
        let c = entry.clock;
        let clock = &mut self.clocks[c as usize];
        if finish < clock.earliest {
            clock.earliest = finish;
            clock.earliest_of = t;
        } else if clock.earliest_of == t && finish > clock.earliest {
            clock.rescan = true;
        }
        self.mark_clock(c);
    }

    fn rescan(&mut self, c: u32) {
        let clock = &mut self.clocks[c as usize];
        clock.rescan = false;
        clock.earliest = u64::MAX;
        clock.earliest_of = NONE;
        let mut t = clock.first_led;
        while t != NONE {
            let entry = &self.transfers[t as usize];
            if entry.finish < clock.earliest {
                clock.earliest = entry.finish;
                clock.earliest_of = t;
            }
            t = entry.next_led;
        }
    }

    /// Makes `c` the sender that carries the completion of `t`.
    pub(super) fn lead(&mut self, t: u32, c: u32) {
        let clock = &mut self.clocks[c as usize];
        let last = std::mem::replace(&mut clock.last_led, t);
        if last == NONE {
            clock.first_led = t;
        } else {
            self.transfers[last as usize].next_led = t;
        }
        let entry = &mut self.transfers[t as usize];
        entry.clock = c;
        entry.finish = u64::MAX;
        entry.previous_led = last;
        entry.next_led = NONE;
    }

    /// Frees the sender that carries the completion of `t` from it.
    pub(super) fn unlead(&mut self, t: u32) {
        let entry = &mut self.transfers[t as usize];
        let (c, previous, next) = (entry.clock, entry.previous_led, entry.next_led);
        entry.clock = NONE;
        let clock = &mut self.clocks[c as usize];
        if clock.earliest_of == t {
            clock.rescan = true;
        }
        if previous == NONE {
            clock.first_led = next;
        }
        if next == NONE {
            clock.last_led = previous;
        }
        if previous != NONE {
            self.transfers[previous as usize].next_led = next;
        }
        if next != NONE {
            self.transfers[next as usize].previous_led = previous;
        }
        self.mark_clock(c);
    }

    fn mark_clock(&mut self, c: u32) {
        let clock = &mut self.clocks[c as usize];
        if !clock.changed {
            clock.changed = true;
            self.changed_clocks.push(c);
        }
    }
}
