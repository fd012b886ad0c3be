//! A future event list and a clock.

use std::marker::PhantomData;

use super::{Fired, FutureEventList, Handle};
use crate::units::SimTime;

/// The clock, and what is pending.
///
/// ```
/// use peerscape::engine::{HeapSchedule, Kernel};
/// use peerscape::units::SimTime;
/// let mut kernel = Kernel::new(HeapSchedule::new());
/// kernel.schedule(SimTime::from_nanos(5), 1_u32, "second");
/// kernel.schedule(SimTime::from_nanos(5), 0_u32, "first");
/// assert_eq!(kernel.pop().map(|fired| fired.event), Some("first"));
/// assert_eq!(kernel.now(), SimTime::from_nanos(5));
/// ```
#[derive(Debug, Clone)]
pub struct Kernel<L, K, E> {
    now: SimTime,
    taken: u64,
    list: L,
    entry: PhantomData<(K, E)>,
}

impl<L: FutureEventList<K, E>, K: Ord + Copy, E: Copy> Kernel<L, K, E> {
    /// A clock at zero over an empty `list`.
    ///
    /// # Panics
    /// When `list` is not empty.
    pub fn new(list: L) -> Self {
        assert!(list.is_empty(), "a kernel starts with nothing pending");
        Self { now: SimTime::ZERO, taken: 0, list, entry: PhantomData }
    }

    /// The current instant: the time of the entry popped last.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Schedules `event` at `at`, which must not be in the past.
    ///
    /// # Panics
    /// When `at` is before [`Kernel::now`].
    pub fn schedule(&mut self, at: SimTime, key: K, event: E) -> Handle {
        assert!(at >= self.now, "an event was scheduled at {at}, before the current instant {}", self.now);
        self.list.insert(at, key, event)
    }

    /// Moves a pending event to `at`, which must not be in the past.
    ///
    /// # Panics
    /// When `at` is before [`Kernel::now`], or the handle names no pending event.
    pub fn reschedule(&mut self, handle: Handle, at: SimTime) {
        assert!(at >= self.now, "an event was moved to {at}, before the current instant {}", self.now);
        self.list.reschedule(handle, at);
    }

    /// Removes a pending event.
    pub fn cancel(&mut self, handle: Handle) {
        self.list.cancel(handle);
    }

    /// When the next event happens. Equal to `now()` while the current instant is not over.
    pub fn next_time(&mut self) -> Option<SimTime> {
        self.list.peek_time()
    }

    /// Time and key of the next event.
    pub fn peek(&mut self) -> Option<(SimTime, K)> {
        self.list.peek()
    }

    /// Takes the next event and moves the clock to it.
    pub fn pop(&mut self) -> Option<Fired<K, E>> {
        let fired = self.list.pop()?;
        self.now = fired.at;
        self.taken += 1;
        Some(fired)
    }

    /// Events taken so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Events pending.
    pub fn pending(&self) -> usize {
        self.list.len()
    }
}
