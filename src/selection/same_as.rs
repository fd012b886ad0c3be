//! Same AS first.

use super::{Group, Rank, Requester, Strategy};

/// Peers of the requester's AS first, then everybody else: the "local network first" of ISO/IEC TR 20002, 8.3.1, and
/// the biased neighbour selection of Bindal et al. (2006) with the AS as the border.
///
/// Ranks: the requester's AS, others, then those of which nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SameAs;

impl Strategy for SameAs {
    fn rank(&self, _requester: &Requester, group: &Group) -> Rank {
        Rank::true_first(group.same_as)
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::example::{group, told};
    use super::*;
    use crate::units::AsIndex;

    #[test]
    fn own_as_then_others_then_unknown() {
        let requester = Requester { as_index: AsIndex(4) };
        let own = SameAs.rank(&requester, &told(4, true, Some(0)));
        let sibling = SameAs.rank(&requester, &told(5, false, Some(1)));
        let far = SameAs.rank(&requester, &told(6, false, None));
        assert!(own < sibling);
        assert_eq!(sibling, far, "distance does not count");
        assert!(far < SameAs.rank(&requester, &group(7)));
    }
}
