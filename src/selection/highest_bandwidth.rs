//! Fastest uplinks first.

use super::{Candidate, Group, Rank, Requester, Strategy};
use crate::units::BitRate;

/// The highest reported upload capacity first: the wish of the user, whose download is somebody's upload (RFC 5694, 5.1:
/// peers that "have high bandwidth"; ISO/IEC TR 20002, annex A.2: the report "may contain uplink bandwidth").
///
/// All groups rank alike; scores: the capacity, highest first, then candidates who reported none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HighestBandwidth;

impl Strategy for HighestBandwidth {
    fn rank(&self, _requester: &Requester, _group: &Group) -> Rank {
        Rank(0)
    }

    fn score(&self, _requester: &Requester, candidate: &Candidate) -> Rank {
        let behind = |uplink: BitRate| u64::MAX / 2 - uplink.get().min(u64::MAX / 2);
        Rank::lowest_first(candidate.uplink.map(|told| told.map(|uplink| Some(behind(uplink)))))
    }

    fn scores(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::example::now;
    use super::*;
    use crate::units::AsIndex;

    #[test]
    fn fastest_first_and_the_silent_last() {
        let requester = Requester { as_index: AsIndex(0) };
        let uplinks = [now(BitRate::new(u64::MAX)), now(BitRate::new(9_000)), now(BitRate::ZERO), None];
        let scores =
            uplinks.map(|uplink| HighestBandwidth.score(&requester, &Candidate { uplink, ..Candidate::default() }));
        assert!(scores.is_sorted_by(|a, b| a < b), "{scores:?}");
    }
}
