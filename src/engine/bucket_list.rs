//! The wheel's unordered lists of references to entries.

use crate::units::SimTime;

/// What moving an entry touches: 16 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) at: SimTime,
    /// The bucket under which the entry is filed: its own, or an earlier one when it moved back in time since.
    pub(super) filed: u32,
    /// Changes whenever the entry is filed anew or leaves: references with another stamp are out of date.
    pub(super) stamp: u32,
}

/// An entry's mention in a list. The stamp would have to wrap around within the life of the list for one out of date
/// to pass as current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) place: u32,
    pub(super) stamp: u32,
}

/// Unordered lists of references, with a bit for each list that may be occupied.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    pub(super) lists: Vec<Vec<Reference>>,
    occupied: Vec<u64>,
}

impl Lists {
    pub(super) fn new(count: usize) -> Self {
        Self { lists: vec![Vec::new(); count], occupied: vec![0; count / 64] }
    }

    /// The first list that may be occupied among `count` lists from `start` on, cyclically.
    pub(super) fn next_occupied(&self, start: usize, count: usize) -> Option<usize> {
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

    /// Adds to a list; an empty one takes a spare buffer first.
    pub(super) fn push(&mut self, index: usize, reference: Reference, spare: &mut Vec<Vec<Reference>>) {
        let list = &mut self.lists[index];
        if list.is_empty() {
            self.occupied[index / 64] |= 1 << (index % 64);
            if list.capacity() == 0 {
                *list = spare.pop().unwrap_or_default();
            }
        }
        list.push(reference);
    }

    pub(super) fn take(&mut self, index: usize) -> Vec<Reference> {
        self.occupied[index / 64] &= !(1 << (index % 64));
        std::mem::take(&mut self.lists[index])
    }

    pub(super) fn clean(&mut self, slots: &[Slot]) {
        for list in self.lists.iter_mut().filter(|list| !list.is_empty()) {
            list.retain(|reference| slots[reference.place as usize].stamp == reference.stamp);
        }
    }
}
