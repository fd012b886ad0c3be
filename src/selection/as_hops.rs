//! Fewest AS hops first.

use super::{Group, Rank, Requester, Strategy};

/// Nearest AS first, by inter-AS links on the route: the ISP's "oracle" of Aggarwal, Feldmann and Scheideler (2007),
/// which sorts a list of possible neighbours by AS hops.
///
/// Ranks: the number of hops (0 in the requester's AS), then ASes without a route, then those of which nothing was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AsHops;

impl Strategy for AsHops {
    fn rank(&self, _requester: &Requester, group: &Group) -> Rank {
        Rank::lowest_first(group.as_hops.map(|told| told.map(|hops| hops.map(u64::from))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::example::{group, told};
    use super::*;
    use crate::units::AsIndex;

    #[test]
    fn nearest_first_and_the_unknown_last() {
        let requester = Requester { as_index: AsIndex(0) };
        let ranks =
            [told(0, true, Some(0)), told(1, false, Some(1)), told(2, false, Some(7)), told(3, false, None), group(4)]
                .map(|group| AsHops.rank(&requester, &group));
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    }
}
