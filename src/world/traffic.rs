//! The traffic matrix: payload bytes per ordered pair of ASes.

use crate::units::AsIndex;

/// Entries are appended as connections close, and merged when there are many: a dense matrix would be far larger.
#[derive(Debug, Default)]
pub(super) struct TrafficMatrix {
    entries: Vec<(u64, u64)>,
    merge_at: usize,
}

const FIRST_MERGE: usize = 1 << 20;

impl TrafficMatrix {
    pub(super) fn add(&mut self, source: AsIndex, destination: AsIndex, bytes: u64) {
        // Sorted by destination: that is how columns are pushed up route trees.
        self.entries.push((u64::from(destination.0) << 32 | u64::from(source.0), bytes));
        if self.entries.len() >= self.merge_at.max(FIRST_MERGE) {
            self.merge();
            self.merge_at = self.entries.len() * 2;
        }
    }

    fn merge(&mut self) {
        self.entries.sort_unstable_by_key(|(pair, _)| *pair);
        self.entries.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 += later.1;
            }
            same
        });
    }

    /// (source, destination, bytes), sorted by destination, then source.
    pub(super) fn finish(mut self) -> Vec<(AsIndex, AsIndex, u64)> {
        self.merge();
        self.entries
            .into_iter()
            .map(|(pair, bytes)| (AsIndex(pair as u32), AsIndex((pair >> 32) as u32), bytes))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_pair_are_added_up() {
        let mut matrix = TrafficMatrix::default();
        for (source, destination, bytes) in [(2, 1, 5), (0, 3, 1), (2, 1, 7), (1, 2, 9)] {
            matrix.add(AsIndex(source), AsIndex(destination), bytes);
        }
        let expected = [(2, 1, 12), (1, 2, 9), (0, 3, 1)].map(|(s, d, b)| (AsIndex(s), AsIndex(d), b));
        assert_eq!(matrix.finish(), expected);
    }
}
