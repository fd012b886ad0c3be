//! Sampling without replacement from a union of groups, without copying them.

use std::collections::BTreeMap;

/// The members of several groups in one urn. Taking k of n costs O(k·(log k + log groups)), whatever n is: a partial
/// shuffle (Durstenfeld 1964) whose untouched places are not stored.
#[derive(Debug, Default)]
pub(super) struct Urn {
    /// Groups and the place behind their last member, ascending.
    ends: Vec<(usize, u32)>,
    drawn: usize,
    /// Places at or behind `drawn` that hold another member than their own.
    moved: BTreeMap<usize, usize>,
}

impl Urn {
    /// Adds a group of `members` members. Only before the first take.
    pub(super) fn add(&mut self, group: u32, members: usize) {
        assert!(self.drawn == 0, "an urn is filled before it is drawn from");
        if members > 0 {
            self.ends.push((self.total() + members, group));
        }
    }

    fn total(&self) -> usize {
        self.ends.last().map_or(0, |(end, _)| *end)
    }

    /// Members not taken yet.
    pub(super) fn remaining(&self) -> usize {
        self.total() - self.drawn
    }

    /// Takes the `nth` of the remaining members: uniform when `nth` is uniform in 0..remaining. Gives the group and
    /// the place inside it.
    pub(super) fn take(&mut self, nth: usize) -> (u32, usize) {
        assert!(nth < self.remaining(), "an urn holds {} members, the place asked for is {nth}", self.remaining());
        let first = self.drawn;
        let first_member = self.moved.remove(&first).unwrap_or(first);
        let member =
            if nth == 0 { first_member } else { self.moved.insert(first + nth, first_member).unwrap_or(first + nth) };
        self.drawn += 1;
        let at = self.ends.partition_point(|(end, _)| *end <= member);
        let begin = if at == 0 { 0 } else { self.ends[at - 1].0 };
        (self.ends[at].1, member - begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    #[test]
    fn every_member_is_taken_once() {
        let mut stream = Seed::new(1, 0).stream(Purpose::Test, 0);
        let mut urn = Urn::default();
        for (group, members) in [(7, 3), (8, 0), (9, 1), (2, 40)] {
            urn.add(group, members);
        }
        let mut taken = Vec::new();
        while urn.remaining() > 0 {
            taken.push(urn.take(stream.below(urn.remaining() as u64) as usize));
        }
        taken.sort_unstable();
        let expected: Vec<_> = (0..40).map(|i| (2, i)).chain([(7, 0), (7, 1), (7, 2), (9, 0)]).collect();
        assert_eq!(taken, expected);
        assert!(urn.moved.is_empty());
    }

    #[test]
    fn takes_follow_the_textbook_shuffle() {
        // The same places drawn from a plain array by swapping give the same members.
        let mut array: Vec<usize> = (0..20).collect();
        let mut urn = Urn::default();
        urn.add(0, 20);
        for (i, nth) in [19, 0, 5, 16, 0, 3, 3, 12].into_iter().enumerate() {
            array.swap(i, i + nth);
            assert_eq!(urn.take(nth).1, array[i]);
        }
    }
}
