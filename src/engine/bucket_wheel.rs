//! The indexed bucket wheel.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

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
/// Items out of date tolerated beside those in use before the heap is cleaned.
const OUTDATED_ALLOWANCE: usize = 64;
/// A heap with more items than this is sorted at once when no sorted entries are left before it.
const SORT_AT: usize = 32;
/// Default width of a bucket: 2²² ns, about 4 ms.
const DEFAULT_SHIFT: u32 = 22;

/// `Slot::position` of entries in the bucket being drained, and of places that are free.
const DRAINING: u32 = u32::MAX;
const FREE: u32 = u32::MAX - 1;

/// What finding and moving an entry touches: 16 bytes.
#[derive(Debug, Clone, Copy)]
struct Slot {
    at: SimTime,
    /// Index in its bucket's list, or a marker.
    position: u32,
    /// Changes whenever the entry leaves the bucket being drained: items with another stamp are out of date.
    stamp: u32,
}

/// An entry of the bucket being drained, ordered by (time, key). The stamp would have to wrap around within one bucket
/// for an item out of date to pass as current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Item<K> {
    at: SimTime,
    key: K,
    place: u32,
    stamp: u32,
}

/// Where an entry of some time is kept: a function of that time and of the bucket being drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Draining,
    Bucket(usize),
    Block(usize),
    Far,
}

/// Unordered lists of places, with a bit for each list that may be occupied.
#[derive(Debug, Clone)]
struct Lists {
    lists: Vec<Vec<u32>>,
    occupied: Vec<u64>,
}

impl Lists {
    fn new(count: usize) -> Self {
        Self { lists: vec![Vec::new(); count], occupied: vec![0; count / 64] }
    }

    /// The first list that may be occupied among `count` lists from `start` on, cyclically.
    fn next_occupied(&self, start: usize, count: usize) -> Option<usize> {
        let mut passed = 0;
        while passed < count {
            let index = (start + passed) % self.lists.len();
            let word = self.occupied[index / 64] >> (index % 64);
            if word != 0 {
                let found = passed + word.trailing_zeros() as usize;
                return (found < count).then_some((start + found) % self.lists.len());
            }
            passed += 64 - index % 64;
        }
        None
    }

    fn take(&mut self, index: usize) -> Vec<u32> {
        self.occupied[index / 64] &= !(1 << (index % 64));
        std::mem::take(&mut self.lists[index])
    }
}

/// The future event list that runs use: an indexed bucket wheel.
///
/// Pending entries lie unordered in buckets of equal width; only the bucket being drained is sorted. Each entry knows
/// its place in its bucket, so that moving it costs O(1). The wheel spans two blocks of 2¹³ buckets; blocks beyond are
/// kept whole in an overflow level and spread over the wheel when the clock reaches the block before; what is further
/// away still (39 hours at the default width) waits in one list. Entries for the bucket being drained, or for earlier
/// instants than the next entry looked at, go to a small heap that is merged with the sorted bucket.
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
    buckets: Lists,
    blocks: Lists,
    far: Vec<u32>,
    /// No entry in `far` lies in an earlier block.
    far_block: u64,
    spare: Vec<Vec<u32>>,
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
            buckets: Lists::new(WHEEL),
            blocks: Lists::new(BLOCKS),
            far: Vec::new(),
            far_block: u64::MAX,
            spare: Vec::new(),
        }
    }

    /// The block being drained.
    fn block(&self) -> u64 {
        self.current >> BLOCK_BITS
    }

    fn keep(&self, at: SimTime) -> Keep {
        let bucket = at.as_nanos() >> self.shift;
        if bucket <= self.current {
            return Keep::Draining;
        }
        let ahead = (bucket >> BLOCK_BITS) - self.block();
        if ahead <= 1 {
            Keep::Bucket(bucket as usize % WHEEL)
        } else if ahead <= BLOCKS as u64 {
            Keep::Block((bucket >> BLOCK_BITS) as usize % BLOCKS)
        } else {
            Keep::Far
        }
    }

    /// Files the entry at `place` by its time.
    fn file(&mut self, place: u32) {
        let at = self.slots[place as usize].at;
        match self.keep(at) {
            Keep::Draining => {
                let slot = &mut self.slots[place as usize];
                slot.position = DRAINING;
                let item = Item { at, key: self.content[place as usize].0, place, stamp: slot.stamp };
                self.draining += 1;
                self.late.push(Reverse(item));
            }
            Keep::Bucket(index) => {
                let list = &mut self.buckets.lists[index];
                if list.is_empty() {
                    self.buckets.occupied[index / 64] |= 1 << (index % 64);
                    if list.capacity() == 0 {
                        *list = self.spare.pop().unwrap_or_default();
                    }
                }
                self.slots[place as usize].position = list.len() as u32;
                list.push(place);
            }
            Keep::Block(index) => {
                self.blocks.occupied[index / 64] |= 1 << (index % 64);
                let list = &mut self.blocks.lists[index];
                self.slots[place as usize].position = list.len() as u32;
                list.push(place);
            }
            Keep::Far => {
                self.far_block = self.far_block.min(at.as_nanos() >> self.shift >> BLOCK_BITS);
                self.slots[place as usize].position = self.far.len() as u32;
                self.far.push(place);
            }
        }
    }

    /// Takes the entry at `place` out of wherever it is kept.
    fn unfile(&mut self, place: u32) {
        let slot = self.slots[place as usize];
        assert!(slot.position != FREE, "the handle names no pending event");
        let list = match self.keep(slot.at) {
            Keep::Draining => {
                let slot = &mut self.slots[place as usize];
                slot.stamp = slot.stamp.wrapping_add(1);
                self.draining -= 1;
                self.forget_outdated();
                return;
            }
            Keep::Bucket(index) => &mut self.buckets.lists[index],
            Keep::Block(index) => &mut self.blocks.lists[index],
            Keep::Far => &mut self.far,
        };
        let position = slot.position as usize;
        list.swap_remove(position);
        if let Some(&moved) = list.get(position) {
            self.slots[moved as usize].position = slot.position;
        }
    }

    /// Keeps the heap from filling with items out of date when entries move often within one bucket.
    fn forget_outdated(&mut self) {
        if self.late.len() > 2 * self.draining + OUTDATED_ALLOWANCE {
            let slots = &self.slots;
            self.late.retain(|Reverse(item)| slots[item.place as usize].stamp == item.stamp);
        }
    }

    /// Makes the first entry the last of `run` or the top of `late`, draining the next bucket if need be. Returns
    /// whether it is the top of `late`; `None` when nothing is pending.
    fn settle(&mut self) -> Option<bool> {
        loop {
            while let Some(item) = self.run.last() {
                if self.slots[item.place as usize].stamp == item.stamp {
                    break;
                }
                self.run.pop();
            }
            while let Some(Reverse(item)) = self.late.peek() {
                if self.slots[item.place as usize].stamp == item.stamp {
                    break;
                }
                self.late.pop();
            }
            match (self.run.last(), self.late.peek()) {
                (Some(run), Some(Reverse(late))) => return Some(late < run),
                (Some(_), None) => return Some(false),
                (None, Some(_)) if self.late.len() > SORT_AT => self.sort_late(),
                (None, Some(_)) => return Some(true),
                (None, None) if self.free.len() == self.slots.len() => return None,
                (None, None) => self.drain_next(),
            }
        }
    }

    /// Moves on to the next occupied bucket, or, when the wheel is empty, to the next occupied block.
    fn drain_next(&mut self) {
        let rest_of_wheel = ((self.block() + 2) << BLOCK_BITS) - self.current - 1;
        let start = (self.current as usize + 1) % WHEEL;
        if let Some(index) = self.buckets.next_occupied(start, rest_of_wheel as usize) {
            let steps = (index + WHEEL - start) % WHEEL + 1;
            let from = self.block();
            self.current += steps as u64;
            let places = self.buckets.take(index);
            self.fill_run(&places);
            self.recycle(places);
            self.spread_blocks(from);
            return;
        }
        let from = self.block();
        let start = (from as usize + 2) % BLOCKS;
        let next = self.blocks.next_occupied(start, BLOCKS - 1);
        let block = match next.map(|index| from + 2 + ((index + BLOCKS - start) % BLOCKS) as u64) {
            Some(block) => block,
            None => self.earliest_far_block(),
        };
        self.current = block << BLOCK_BITS;
        self.spread_blocks(from);
    }

    fn fill_run(&mut self, places: &[u32]) {
        self.draining += places.len();
        self.run.extend(places.iter().map(|&place| {
            let slot = &mut self.slots[place as usize];
            slot.position = DRAINING;
            Item { at: slot.at, key: self.content[place as usize].0, place, stamp: slot.stamp }
        }));
        self.run.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// Makes a crowded heap the sorted run: each entry passes through here at most once per filing.
    fn sort_late(&mut self) {
        let mut late = std::mem::take(&mut self.late).into_vec();
        let slots = &self.slots;
        let current = late.drain(..).filter(|Reverse(item)| slots[item.place as usize].stamp == item.stamp);
        self.run.extend(current.map(|Reverse(item)| item));
        self.run.sort_unstable_by(|a, b| b.cmp(a));
        self.late = BinaryHeap::from(late);
    }

    fn recycle(&mut self, mut places: Vec<u32>) {
        if (1..=SPARE_CAPACITY).contains(&places.capacity()) {
            places.clear();
            self.spare.push(places);
        }
    }

    /// After the block being drained changed: brings near what is near now. `from` was the block before.
    fn spread_blocks(&mut self, from: u64) {
        let now = self.block();
        for block in (from + 2).max(now)..=now + 1 {
            if block > from + BLOCKS as u64 {
                break;
            }
            for place in self.blocks.take(block as usize % BLOCKS) {
                self.file(place);
            }
        }
        if now != from && self.far_block <= now + BLOCKS as u64 {
            self.far_block = u64::MAX;
            for place in std::mem::take(&mut self.far) {
                self.file(place);
            }
        }
    }

    fn earliest_far_block(&self) -> u64 {
        let blocks = self.far.iter().map(|&place| self.slots[place as usize].at.as_nanos() >> self.shift >> BLOCK_BITS);
        let earliest = blocks.min();
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
            assert!(place < FREE, "more than 2^32 - 2 events are pending");
            self.slots.push(Slot { at, position: FREE, stamp: 0 });
            self.content.push((key, event));
            place
        };
        self.file(place);
        Handle(place)
    }

    fn reschedule(&mut self, handle: Handle, at: SimTime) {
        let old = self.slots[handle.0 as usize];
        let same_bucket = (old.at.as_nanos() ^ at.as_nanos()) >> self.shift == 0;
        if same_bucket && old.position != DRAINING && old.position != FREE {
            self.slots[handle.0 as usize].at = at;
            return;
        }
        self.unfile(handle.0);
        self.slots[handle.0 as usize].at = at;
        self.file(handle.0);
    }

    fn cancel(&mut self, handle: Handle) {
        self.unfile(handle.0);
        self.slots[handle.0 as usize].position = FREE;
        self.free.push(handle.0);
    }

    fn peek(&mut self) -> Option<(SimTime, K)> {
        let item = if self.settle()? { self.late.peek().map(|Reverse(item)| item) } else { self.run.last() };
        item.map(|item| (item.at, item.key))
    }

    fn pop(&mut self) -> Option<Fired<K, E>> {
        let item = if self.settle()? { self.late.pop().map(|Reverse(item)| item) } else { self.run.pop() }?;
        let slot = &mut self.slots[item.place as usize];
        slot.stamp = slot.stamp.wrapping_add(1);
        slot.position = FREE;
        self.draining -= 1;
        self.free.push(item.place);
        let (key, event) = self.content[item.place as usize];
        Some(Fired { at: item.at, key, event })
    }

    fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}
