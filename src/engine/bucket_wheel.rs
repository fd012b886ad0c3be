//! The indexed bucket wheel.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::bucket_list::{Lists, Reference, Slot};
use super::{Fired, FutureEventList, Handle};
use crate::units::{SimDuration, SimTime};

/// Buckets of one block, as a power of two.
const BLOCK_BITS: u32 = 13;
/// The wheel spans two blocks: the one being drained and the next.
const WHEEL: usize = 2 << BLOCK_BITS;
/// Blocks kept apart in the overflow level: 39 hours of them at the default width.
const BLOCKS: usize = 4096;
/// Buffers longer than this are given back to the allocator when their bucket is drained.
const SPARE_CAPACITY: usize = 4096;
/// References out of date tolerated beside as many as there are entries, before all lists are cleaned.
const OUTDATED_ALLOWANCE: usize = 4096;
/// The same for the heap of the bucket being drained.
const LATE_ALLOWANCE: usize = 64;
/// A heap with more items than this is sorted at once when no sorted entries are left before it.
const SORT_AT: usize = 32;
/// Default width of a bucket: 2²² ns, about 4 ms.
const DEFAULT_SHIFT: u32 = 22;

/// `Slot::filed` of a free place.
const FREE: u32 = u32::MAX;
/// `Slot::filed` of an entry in the bucket being drained.
const DRAINING: u32 = u32::MAX - 1;
/// `Slot::filed` of an entry whose bucket's number is this or larger.
const BEYOND: u32 = u32::MAX - 2;

/// An entry of the bucket being drained, ordered by (time, key).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Item<K> {
    at: SimTime,
    key: K,
    reference: Reference,
}

/// The future event list that runs use: an indexed bucket wheel.
///
/// Pending entries lie unordered in buckets of equal width; only the bucket being drained is sorted. The wheel spans
/// two blocks of 2¹³ buckets; blocks beyond are kept whole in an overflow level and spread over the wheel when the
/// block before them is reached; what is further away still (39 hours at the default width) waits in one list. Entries
/// for the bucket being drained, or for earlier instants than the next entry looked at, go to a small heap that is
/// merged with the sorted bucket.
///
/// Moving an entry to a later bucket only writes its new time: it is filed again when its old bucket is drained.
/// Moving it to an earlier bucket files it there and leaves a reference out of date behind, as cancelling does. These
/// are skipped when their bucket is drained; when they outnumber the entries, all lists are cleaned, which bounds
/// memory at a constant cost per move.
#[derive(Debug, Clone)]
pub struct BucketWheel<K, E> {
    shift: u32,
    slots: Vec<Slot>,
    content: Vec<(K, E)>,
    free: Vec<u32>,
    /// The bucket being drained, counted from time zero.
    current: u64,
    /// Its entries, latest first.
    run: Vec<Item<K>>,
    /// Its entries that came while it was being drained.
    late: BinaryHeap<Reverse<Item<K>>>,
    /// Entries in `run` and `late` that are not out of date.
    draining: usize,
    /// References out of date in `buckets`, `blocks` and `far`.
    outdated: usize,
    buckets: Lists,
    blocks: Lists,
    far: Vec<Reference>,
    /// No entry in `far` lies in an earlier block.
    far_block: u64,
    spare: Vec<Vec<Reference>>,
}

impl<K: Ord + Copy, E: Copy> BucketWheel<K, E> {
    /// An empty list with buckets of 2²² ns.
    pub fn new() -> Self {
        Self::with_shift(DEFAULT_SHIFT)
    }

    /// An empty list with buckets of `width`, rounded up to a power of two nanoseconds between 2¹⁰ (1 µs) and 2⁴⁰
    /// (18 min).
    pub fn with_bucket(width: SimDuration) -> Self {
        Self::with_shift(width.as_nanos().clamp(1 << 10, 1 << 40).next_power_of_two().trailing_zeros())
    }

    fn with_shift(shift: u32) -> Self {
        Self {
            shift,
            slots: Vec::new(),
            content: Vec::new(),
            free: Vec::new(),
            current: 0,
            run: Vec::new(),
            late: BinaryHeap::new(),
            draining: 0,
            outdated: 0,
            buckets: Lists::new(WHEEL),
            blocks: Lists::new(BLOCKS),
            far: Vec::new(),
            far_block: u64::MAX,
            spare: Vec::new(),
        }
    }

    fn bucket_of(&self, at: SimTime) -> u64 {
        at.as_nanos() >> self.shift
    }

    /// The block being drained.
    fn block(&self) -> u64 {
        self.current >> BLOCK_BITS
    }

    fn is_current(&self, reference: Reference) -> bool {
        self.slots[reference.place as usize].stamp == reference.stamp
    }

    /// Files the entry at `place` by its time.
    fn file(&mut self, place: u32) {
        let Slot { at, stamp, .. } = self.slots[place as usize];
        let reference = Reference { place, stamp };
        let bucket = self.bucket_of(at);
        if bucket <= self.current {
            self.slots[place as usize].filed = DRAINING;
            self.draining += 1;
            self.late.push(Reverse(Item { at, key: self.content[place as usize].0, reference }));
            return;
        }
        self.slots[place as usize].filed = bucket.min(u64::from(BEYOND)) as u32;
        let block = bucket >> BLOCK_BITS;
        let ahead = block - self.block();
        if ahead <= 1 {
            self.buckets.push(bucket as usize % WHEEL, reference, &mut self.spare);
        } else if ahead <= BLOCKS as u64 {
            self.blocks.push(block as usize % BLOCKS, reference, &mut self.spare);
        } else {
            self.far_block = self.far_block.min(block);
            self.far.push(reference);
        }
    }

    /// Puts every mention of the entry at `place` out of date.
    fn unfile(&mut self, place: u32) {
        let slot = &mut self.slots[place as usize];
        slot.stamp = slot.stamp.wrapping_add(1);
        if slot.filed == DRAINING {
            self.draining -= 1;
            if self.late.len() > 2 * self.draining + LATE_ALLOWANCE {
                let slots = &self.slots;
                self.late.retain(|Reverse(item)| slots[item.reference.place as usize].stamp == item.reference.stamp);
            }
        } else {
            self.outdated += 1;
            if self.outdated > self.len() + OUTDATED_ALLOWANCE {
                self.clean();
            }
        }
    }

    fn clean(&mut self) {
        self.buckets.clean(&self.slots);
        self.blocks.clean(&self.slots);
        let slots = &self.slots;
        self.far.retain(|reference| slots[reference.place as usize].stamp == reference.stamp);
        self.outdated = 0;
    }

    /// Makes the first entry the last of `run` or the top of `late`, draining the next bucket if need be. Returns
    /// whether it is the top of `late`; `None` when nothing is pending.
    fn settle(&mut self) -> Option<bool> {
        loop {
            while self.run.last().is_some_and(|item| !self.is_current(item.reference)) {
                self.run.pop();
            }
            while self.late.peek().is_some_and(|Reverse(item)| !self.is_current(item.reference)) {
                self.late.pop();
            }
            match (self.run.last(), self.late.peek()) {
                (Some(run), Some(Reverse(late))) => return Some(late < run),
                (Some(_), None) => return Some(false),
                (None, Some(_)) if self.late.len() > SORT_AT => self.sort_late(),
                (None, Some(_)) => return Some(true),
                (None, None) if self.is_empty() => return None,
                (None, None) => self.drain_next(),
            }
        }
    }

    /// Moves on to the next occupied bucket, or, when the wheel is empty, to the next occupied block.
    fn drain_next(&mut self) {
        let from = self.block();
        let rest_of_wheel = ((from + 2) << BLOCK_BITS) - self.current - 1;
        let start = (self.current as usize + 1) % WHEEL;
        if let Some(index) = self.buckets.next_occupied(start, rest_of_wheel as usize) {
            self.current += ((index + WHEEL - start) % WHEEL + 1) as u64;
            let references = self.buckets.take(index);
            self.fill_run(&references);
            self.recycle(references);
            self.spread_blocks(from);
            return;
        }
        let start = (from as usize + 2) % BLOCKS;
        let next = self.blocks.next_occupied(start, BLOCKS - 1);
        let block = match next.map(|index| from + 2 + ((index + BLOCKS - start) % BLOCKS) as u64) {
            Some(block) => block,
            None => self.earliest_far_block(),
        };
        self.current = block << BLOCK_BITS;
        self.spread_blocks(from);
    }

    /// Sorts the entries of the current bucket; those that have moved to a later one are filed there.
    fn fill_run(&mut self, references: &[Reference]) {
        for &reference in references {
            let Reference { place, stamp } = reference;
            let slot = &mut self.slots[place as usize];
            if slot.stamp != stamp {
                self.outdated -= 1;
            } else if slot.at.as_nanos() >> self.shift > self.current {
                self.file(place);
            } else {
                slot.filed = DRAINING;
                self.run.push(Item { at: slot.at, key: self.content[place as usize].0, reference });
            }
        }
        self.draining += self.run.len();
        self.run.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// Makes a crowded heap the sorted run: each entry passes through here at most once per filing.
    fn sort_late(&mut self) {
        let mut late = std::mem::take(&mut self.late).into_vec();
        self.run.extend(late.drain(..).map(|Reverse(item)| item));
        let slots = &self.slots;
        self.run.retain(|item| slots[item.reference.place as usize].stamp == item.reference.stamp);
        self.run.sort_unstable_by(|a, b| b.cmp(a));
        self.late = BinaryHeap::from(late);
    }

    /// Keeps an emptied list's buffer for the next list, unless it is large.
    fn recycle(&mut self, mut references: Vec<Reference>) {
        if (1..=SPARE_CAPACITY).contains(&references.capacity()) {
            references.clear();
            self.spare.push(references);
        }
    }

    /// Files what the references name, as far as they are not out of date.
    fn refile(&mut self, references: &[Reference]) {
        for &reference in references {
            if self.is_current(reference) {
                self.file(reference.place);
            } else {
                self.outdated -= 1;
            }
        }
    }

    /// After the block being drained changed: brings near what is near now. `from` was the block before.
    fn spread_blocks(&mut self, from: u64) {
        let now = self.block();
        for block in (from + 2).max(now)..=now + 1 {
            if block > from + BLOCKS as u64 {
                break;
            }
            let references = self.blocks.take(block as usize % BLOCKS);
            self.refile(&references);
            self.recycle(references);
        }
        if now != from && self.far_block <= now + BLOCKS as u64 {
            self.far_block = u64::MAX;
            let references = std::mem::take(&mut self.far);
            self.refile(&references);
        }
    }

    fn earliest_far_block(&self) -> u64 {
        let current = self.far.iter().filter(|&&reference| self.is_current(reference));
        let earliest = current.map(|r| self.bucket_of(self.slots[r.place as usize].at) >> BLOCK_BITS).min();
        assert!(earliest.is_some(), "an event is pending but kept nowhere");
        earliest.unwrap_or(u64::MAX)
    }
}

impl<K: Ord + Copy, E: Copy> Default for BucketWheel<K, E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord + Copy, E: Copy> FutureEventList<K, E> for BucketWheel<K, E> {
    fn insert(&mut self, at: SimTime, key: K, event: E) -> Handle {
        let place = if let Some(place) = self.free.pop() {
            self.slots[place as usize].at = at;
            self.content[place as usize] = (key, event);
            place
        } else {
            let place = self.slots.len() as u32;
            assert!(place < BEYOND, "2^32 - 3 events are pending");
            self.slots.push(Slot { at, filed: FREE, stamp: 0 });
            self.content.push((key, event));
            place
        };
        self.file(place);
        Handle(place)
    }

    fn reschedule(&mut self, handle: Handle, at: SimTime) {
        let bucket = self.bucket_of(at);
        let slot = &mut self.slots[handle.0 as usize];
        slot.at = at;
        // The markers are larger than any bucket's number, so that only entries filed under their bucket pass.
        if slot.filed < BEYOND && bucket >= u64::from(slot.filed) {
            return;
        }
        assert!(slot.filed != FREE, "the handle names no pending event");
        self.unfile(handle.0);
        self.file(handle.0);
    }

    fn cancel(&mut self, handle: Handle) {
        assert!(self.slots[handle.0 as usize].filed != FREE, "the handle names no pending event");
        self.unfile(handle.0);
        self.slots[handle.0 as usize].filed = FREE;
        self.free.push(handle.0);
    }

    fn peek(&mut self) -> Option<(SimTime, K)> {
        let item = if self.settle()? { self.late.peek().map(|Reverse(item)| item) } else { self.run.last() };
        item.map(|item| (item.at, item.key))
    }

    fn pop(&mut self) -> Option<Fired<K, E>> {
        let item = if self.settle()? { self.late.pop().map(|Reverse(item)| item) } else { self.run.pop() }?;
        let place = item.reference.place;
        let slot = &mut self.slots[place as usize];
        slot.stamp = slot.stamp.wrapping_add(1);
        slot.filed = FREE;
        self.draining -= 1;
        self.free.push(place);
        let (key, event) = self.content[place as usize];
        Some(Fired { at: item.at, key, event })
    }

    fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moving to and fro, and cancelling, must not fill the lists with references out of date.
    #[test]
    fn memory_stays_in_proportion_to_what_is_pending() {
        const PENDING: u64 = 1_000;
        let mut wheel = BucketWheel::new();
        let far = |n: u64| SimTime::from_nanos(1_000_000_000_000 + n * 7_919_000_000);
        let near = |n: u64| SimTime::from_nanos(10_000_000 + n * 104_729);
        let mut handles: Vec<Handle> = (0..PENDING).map(|n| wheel.insert(far(n), n, ())).collect();
        for round in 0..200 {
            for (n, handle) in (0..PENDING).zip(&mut handles) {
                if (n + round) % 3 == 0 {
                    wheel.cancel(*handle);
                    *handle = wheel.insert(far(n), n, ());
                } else {
                    // Earlier each round, so that every move files it anew.
                    wheel.reschedule(*handle, near(PENDING * (200 - round) + n));
                }
            }
            let lists = wheel.buckets.lists.iter().chain(&wheel.blocks.lists).chain([&wheel.far]);
            let references: usize = lists.map(Vec::len).sum();
            let run = wheel.run.len() + wheel.late.len();
            assert_eq!(references + run, wheel.len() + wheel.outdated, "every reference is accounted for");
            assert!(wheel.outdated <= wheel.len() + OUTDATED_ALLOWANCE);
        }
        assert_eq!((wheel.len(), wheel.slots.len()), (PENDING as usize, PENDING as usize));
    }
}
