//! Same ISP first.

use super::{Group, Rank, Requester, Strategy};

/// Peers of the requester's ISP first, whichever of its ASes they are in, then everybody else: coarse guidance, that
/// tells no more of a network than where it ends (the "coarse grain" swarm of RFC 5632, 2009).
///
/// Ranks: the requester's ISP, others, then those of which nothing was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SameIsp;

impl Strategy for SameIsp {
    fn rank(&self, _requester: &Requester, group: &Group) -> Rank {
        Rank::true_first(group.same_isp)
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::example::{group, told};
    use super::super::{Reported, SameAs};
    use super::*;
    use crate::units::{AsIndex, SimDuration};

    #[test]
    fn an_as_of_ones_own_isp_comes_before_others_and_the_unknown() {
        let requester = Requester { as_index: AsIndex(4) };
        let own = told(4, true, Some(0));
        let mut sibling = told(5, false, Some(1));
        sibling.same_isp = Some(Reported { value: true, age: SimDuration::ZERO });
        let other = told(6, false, Some(1));
        let rank = |group| SameIsp.rank(&requester, &group);
        assert_eq!(rank(own), rank(sibling), "the AS does not count");
        assert!(rank(sibling) < rank(other) && rank(other) < rank(group(7)));
        assert!(SameAs.rank(&requester, &own) < SameAs.rank(&requester, &sibling), "for `same-as` it does");
    }
}
