//! A plain binary heap: the slow twin of the bucket wheel.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Fired, FutureEventList, Handle};
use crate::units::SimTime;

#[derive(Debug, Clone)]
struct Slot<K, E> {
    /// Counts what happened to this place; a heap item with another stamp is out of date.
    stamp: u64,
    pending: Option<(K, E)>,
}

/// A binary heap with lazy deletion: moving pushes a second item, and items out of date are skipped.
///
/// Simple enough to be read as the definition of the order; several times slower than
/// [`BucketWheel`](super::BucketWheel) when entries move often.
#[derive(Debug, Clone)]
pub struct HeapSchedule<K, E> {
    heap: BinaryHeap<Reverse<(SimTime, K, u32, u64)>>,
    slots: Vec<Slot<K, E>>,
    free: Vec<u32>,
}

impl<K: Ord + Copy, E: Copy> HeapSchedule<K, E> {
    /// An empty list.
    pub fn new() -> Self {
        Self { heap: BinaryHeap::new(), slots: Vec::new(), free: Vec::new() }
    }

    fn drop_outdated(&mut self) {
        while let Some(&Reverse((_, _, place, stamp))) = self.heap.peek() {
            if self.slots[place as usize].stamp == stamp {
                return;
            }
            self.heap.pop();
        }
    }
}

impl<K: Ord + Copy, E: Copy> Default for HeapSchedule<K, E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord + Copy, E: Copy> FutureEventList<K, E> for HeapSchedule<K, E> {
    fn insert(&mut self, at: SimTime, key: K, event: E) -> Handle {
        let place = self.free.pop().unwrap_or(self.slots.len() as u32);
        assert!(place != u32::MAX, "more than 2^32 - 2 events are pending");
        if place as usize == self.slots.len() {
            self.slots.push(Slot { stamp: 0, pending: None });
        }
        let slot = &mut self.slots[place as usize];
        slot.pending = Some((key, event));
        self.heap.push(Reverse((at, key, place, slot.stamp)));
        Handle(place)
    }

    fn reschedule(&mut self, handle: Handle, at: SimTime) {
        let slot = &mut self.slots[handle.0 as usize];
        let pending = slot.pending;
        assert!(pending.is_some(), "the handle names no pending event");
        if let Some((key, _)) = pending {
            slot.stamp += 1;
            self.heap.push(Reverse((at, key, handle.0, slot.stamp)));
        }
    }

    fn cancel(&mut self, handle: Handle) {
        let slot = &mut self.slots[handle.0 as usize];
        assert!(slot.pending.take().is_some(), "the handle names no pending event");
        slot.stamp += 1;
        self.free.push(handle.0);
    }

    fn peek(&mut self) -> Option<(SimTime, K)> {
        self.drop_outdated();
        self.heap.peek().map(|&Reverse((at, key, ..))| (at, key))
    }

    fn pop(&mut self) -> Option<Fired<K, E>> {
        self.drop_outdated();
        let Reverse((at, key, place, _)) = self.heap.pop()?;
        let slot = &mut self.slots[place as usize];
        slot.stamp += 1;
        self.free.push(place);
        slot.pending.take().map(|(_, event)| Fired { at, key, event })
    }

    fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}
