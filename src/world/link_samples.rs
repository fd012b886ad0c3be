//! 5-minute samples of the links between ISPs: what is billed.
//!
//! A sample is the exact integral of the flows over its time: whole bytes, each in the sample in which it became whole.
//! At the end of every sample the bytes that connections carried and nobody has counted yet are looked up, without
//! settling anything: they are added to the sample that ends and taken from the next one, so that the bytes folded later
//! are split where they belong. All samples of a link together are the link's bytes, which is checked at the end of every
//! run.

use std::sync::Arc;

use super::outcome::Window;
use crate::economics::{Ledger, SAMPLE};
use crate::underlay::Underlay;
use crate::units::{AsIndex, SimDuration, SimTime};

/// Bytes from one AS to another in one sample; negative where they belong to an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    destination: AsIndex,
    source: AsIndex,
    sample: u32,
    bytes: i64,
}

/// Entries that wait until they are laid onto links: about 24 MB.
const MOST_PENDING: usize = 1 << 20;

/// The samples of all links between ISPs, while a run lives.
#[derive(Debug)]
pub(super) struct LinkSamples {
    ledger: Arc<Ledger>,
    underlay: Arc<Underlay>,
    window: Window,
    /// When samples ended; the first begins at zero, the last has not ended.
    ends: Vec<SimTime>,
    pending: Vec<Entry>,
    lay_at: usize,
    /// Per link direction of the ledger, per sample.
    links: Vec<Vec<i64>>,
}

impl LinkSamples {
    pub(super) fn new(ledger: Arc<Ledger>, underlay: Arc<Underlay>, window: Window) -> Self {
        let links = vec![Vec::new(); ledger.links().len()];
        Self { ledger, underlay, window, ends: Vec::new(), pending: Vec::new(), lay_at: MOST_PENDING, links }
    }

    /// When the sample under way ends: every 5 minutes from the beginning of the window of measurement on, and at its
    /// end.
    pub(super) fn next_end(&self, now: SimTime) -> Option<SimTime> {
        let last = self.window.until.unwrap_or(SimTime::NEVER);
        let next = if now < self.window.from { self.window.from } else { now.saturating_add(SAMPLE).min(last) };
        (now < last).then_some(next)
    }

    /// Bytes counted now.
    pub(super) fn count(&mut self, source: AsIndex, destination: AsIndex, bytes: u64) {
        self.enter(source, destination, self.ends.len(), bytes.cast_signed());
    }

    /// Bytes that a connection has carried by the end of the sample under way, and that will be counted later.
    pub(super) fn carried_by_the_end(&mut self, source: AsIndex, destination: AsIndex, bytes: u64) {
        self.enter(source, destination, self.ends.len(), bytes.cast_signed());
        self.enter(source, destination, self.ends.len() + 1, -bytes.cast_signed());
    }

    /// The sample under way ends.
    pub(super) fn end_sample(&mut self, now: SimTime) {
        self.ends.push(now);
    }

    fn enter(&mut self, source: AsIndex, destination: AsIndex, sample: usize, bytes: i64) {
        if bytes == 0 || self.underlay.isp_of(source) == self.underlay.isp_of(destination) {
            return;
        }
        self.pending.push(Entry { destination, source, sample: sample as u32, bytes });
        if self.pending.len() >= self.lay_at {
            self.lay();
        }
    }

    /// Lays what waits onto the links of its routes.
    fn lay(&mut self) {
        let mut entries = std::mem::take(&mut self.pending);
        entries.sort_unstable();
        for column in entries.chunk_by(|one, other| one.destination == other.destination) {
            let tree = self.underlay.route_tree(column[0].destination);
            for cells in column.chunk_by(|one, other| one.source == other.source) {
                let links = &mut self.links;
                self.ledger.along(&tree, cells[0].source, |link| {
                    for cell in cells {
                        let samples = &mut links[link];
                        if samples.len() <= cell.sample as usize {
                            samples.resize(cell.sample as usize + 1, 0);
                        }
                        samples[cell.sample as usize] += cell.bytes;
                    }
                });
            }
        }
        entries.clear();
        self.pending = entries;
    }

    /// The samples of a run that ended now.
    pub(super) fn finish(mut self, ended_at: SimTime) -> Samples {
        self.lay();
        let mut ends = self.ends;
        ends.push(ended_at);
        let begin = |sample: usize| if sample == 0 { SimTime::ZERO } else { ends[sample - 1] };
        let until = self.window.until.unwrap_or(ended_at).min(ended_at);
        let inside = |sample: &usize| begin(*sample) >= self.window.from && ends[*sample] <= until;
        let billed: Vec<usize> = (0..ends.len()).filter(inside).collect();
        let whole: Vec<usize> =
            billed.iter().copied().filter(|sample| ends[*sample].since(begin(*sample)) == SAMPLE).collect();
        let links = self.links.into_iter().map(|samples| LinkBytes::of(samples, ends.len(), &whole, &billed));
        Samples { links: links.collect(), whole: whole.len(), time: until.since(self.window.from) }
    }
}

/// What the samples of a run came to.
#[derive(Debug, Default)]
pub(super) struct Samples {
    /// Per link direction of the ledger.
    pub(super) links: Vec<LinkBytes>,
    /// Whole samples inside the window of measurement.
    pub(super) whole: usize,
    /// The length of the window of measurement, closed by the end of the run.
    pub(super) time: SimDuration,
}

/// Bytes of one direction of a link.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct LinkBytes {
    /// The whole samples inside the window of measurement.
    pub(super) samples: Vec<u64>,
    /// All bytes inside the window.
    pub(super) billed: u64,
    /// All bytes of the run.
    pub(super) all: u64,
}

impl LinkBytes {
    fn of(mut samples: Vec<i64>, count: usize, whole: &[usize], billed: &[usize]) -> Self {
        samples.resize(samples.len().max(count), 0);
        // Flows that share a transfer may hand a byte to one another when it ends: what was seen under way on one of them
        // then is a byte more than it is paid in the end. It counts where it is certain.
        for sample in (1..samples.len()).rev() {
            if samples[sample] < 0 {
                samples[sample - 1] += samples[sample];
                samples[sample] = 0;
            }
        }
        assert!(samples.iter().all(|bytes| *bytes >= 0), "no sample of a link is negative");
        let sum = |of: &[usize]| of.iter().map(|sample| samples[*sample].unsigned_abs()).sum();
        Self {
            samples: whole.iter().map(|sample| samples[*sample].unsigned_abs()).collect(),
            billed: sum(billed),
            all: samples.iter().map(|bytes| bytes.unsigned_abs()).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_handed_over_counts_where_it_is_certain() {
        let bytes = LinkBytes::of(vec![10, 20, -1, 5], 4, &[1, 2], &[1, 2, 3]);
        assert_eq!(bytes, LinkBytes { samples: vec![19, 0], billed: 24, all: 34 });
        let short = LinkBytes::of(vec![7], 3, &[1], &[1, 2]);
        assert_eq!(short, LinkBytes { samples: vec![0], billed: 0, all: 7 });
    }
}
