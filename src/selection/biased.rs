//! Biased neighbour selection.

use super::{Group, Rank, Requester, SameIsp, Strategy};

/// Biased neighbour selection of Bindal et al. (2006): peers of the requester's ISP, and k of others.
///
/// In a list the order is that of [`SameIsp`]. What makes it another strategy is that k limits *connections* as well: a
/// peer has at most k external neighbours, those that contacted it included. It therefore needs an arm that limits
/// neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Biased;

impl Strategy for Biased {
    fn rank(&self, requester: &Requester, group: &Group) -> Rank {
        SameIsp.rank(requester, group)
    }

    fn limits_connections(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::example::{group, told};
    use super::*;
    use crate::units::AsIndex;

    #[test]
    fn ones_own_isp_comes_first() {
        let requester = Requester { as_index: AsIndex(0) };
        let ranks =
            [told(0, true, Some(0)), told(1, false, Some(1)), group(2)].map(|group| Biased.rank(&requester, &group));
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    }
}
