//! The generic discrete-event kernel: future event list and clock. It contains no word of any domain.
//!
//! **What lives here.** [`FutureEventList`]: what is going to happen, ordered; [`BucketWheel`]: the list that runs use;
//! [`HeapSchedule`]: a binary heap with the same interface, its slow twin; [`Kernel`]: a list and a clock.
//!
//! **Model.** A pending entry is (time, key, event). Entries leave in ascending order of (time, key), whatever the
//! order in which they were inserted or moved: the key, not the history, decides between simultaneous events.
//!
//! 1. Time never runs backwards: scheduling before the clock is asserted against, in release builds too.
//! 2. An entry scheduled for the current instant leaves in this instant, at its key's place among those still pending.
//! 3. Two pending entries with equal (time, key) must not exist; which of them would leave first is not promised.
//! 4. A [`Handle`] names a pending entry until that entry is popped or cancelled; then it may name another one.
//!
//! **Units.** Whole nanoseconds ([`SimTime`](crate::units::SimTime)). **Limits.** Fewer than 2³² − 1 entries pending at
//! once. The wheel's costs are O(1) amortised as long as a bucket holds a few hundred entries, plus sorting these.
//!
//! **References.** R. Brown, *Calendar queues*, CACM 31(10), 1988; G. Varghese and A. Lauck, *Hashed and hierarchical
//! timing wheels*, SOSP 1987; the hold model of the benches: D. Jones, *An empirical comparison of priority-queue and
//! event-set implementations*, CACM 29(4), 1986.
//!
//! **May import**: `units`. **Goes next**: `world` owns a kernel and dispatches what it pops.

mod bucket_list;
mod bucket_wheel;
mod event_list;
mod heap_schedule;
mod kernel;
#[cfg(test)]
mod tests;

pub use bucket_wheel::BucketWheel;
pub use event_list::{Fired, FutureEventList, Handle};
pub use heap_schedule::HeapSchedule;
pub use kernel::Kernel;
