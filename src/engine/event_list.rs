//! The interface of a future event list.

use crate::units::SimTime;

/// A pending entry's name: an index into the list's slab, reused after the entry was popped or cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub(super) u32);

/// An entry that has left the list because its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fired<K, E> {
    /// When it happens.
    pub at: SimTime,
    /// Its place among simultaneous entries.
    pub key: K,
    /// What happens.
    pub event: E,
}

/// Pending entries in the order (time, key).
///
/// Two pending entries with equal (time, key) must not exist: their order is not promised. `reschedule` and `cancel`
/// assert that the handle names a pending entry; a handle kept too long may name a later entry in the same place.
pub trait FutureEventList<K: Ord + Copy, E: Copy> {
    /// Adds an entry. Times before entries already popped are accepted here; [`Kernel`](super::Kernel) asserts against
    /// them.
    fn insert(&mut self, at: SimTime, key: K, event: E) -> Handle;
    /// Moves a pending entry to another time; its key, event and handle stay.
    fn reschedule(&mut self, handle: Handle, at: SimTime);
    /// Removes a pending entry.
    fn cancel(&mut self, handle: Handle);
    /// The time of the first entry. (`&mut`: looking may sort.)
    fn peek_time(&mut self) -> Option<SimTime> {
        self.peek().map(|(at, _)| at)
    }
    /// Time and key of the first entry.
    fn peek(&mut self) -> Option<(SimTime, K)>;
    /// Removes and returns the first entry.
    fn pop(&mut self) -> Option<Fired<K, E>>;
    /// Pending entries.
    fn len(&self) -> usize;
    /// Whether nothing is pending.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
