//! Holders of the rarest pieces first.

use super::{Candidate, Group, Rank, Requester, Strategy};

/// Those first who hold the rarest piece that the requester lacks: the wish of who operates the content, who wants it to
/// survive if they leave (RFC 5694, 5.1).
///
/// All groups rank alike; scores: the number of members that hold the candidate's rarest piece, as far as they reported
/// it, then candidates who hold nothing that the requester lacks, then those who reported nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RarestHolders;

impl Strategy for RarestHolders {
    fn rank(&self, _requester: &Requester, _group: &Group) -> Rank {
        Rank(0)
    }

    fn score(&self, _requester: &Requester, candidate: &Candidate) -> Rank {
        Rank::lowest_first(candidate.rarest_held.map(|told| told.map(|holders| holders.map(u64::from))))
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
    fn fewest_holders_first_then_who_has_nothing_new_then_the_silent() {
        let requester = Requester { as_index: AsIndex(0) };
        let scores = [now(Some(1)), now(Some(40)), now(None), None]
            .map(|rarest_held| RarestHolders.score(&requester, &Candidate { rarest_held, ..Candidate::default() }));
        assert!(scores.is_sorted_by(|a, b| a < b), "{scores:?}");
    }
}
