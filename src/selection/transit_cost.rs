//! Cheapest way out of the ISP first.

use super::{Group, Rank, Requester, Strategy};

/// Own ISP, then peers behind customers, behind settlement-free peers, behind providers: the order in which bytes cost
/// the requester's ISP, by the link on which the route to them leaves it (Gao 2001 for the relationships; RFC 5694, 5.1:
/// network operators want "their peering and transit agreements" respected).
///
/// Ranks: [`WayOut`](crate::guidance::WayOut) in that order, then ASes without a route, then those of which nothing was
/// told. It looks from the requester's ISP only: what the other ISP pays for the same bytes does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TransitCost;

impl Strategy for TransitCost {
    fn rank(&self, _requester: &Requester, group: &Group) -> Rank {
        Rank::lowest_first(group.way_out.map(|told| told.map(|way| way.map(|way| way as u64))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::example::{group, now};
    use super::*;
    use crate::guidance::WayOut;
    use crate::units::AsIndex;

    #[test]
    fn customers_pay_peers_are_free_providers_are_paid() {
        let requester = Requester { as_index: AsIndex(0) };
        let ways = [Some(WayOut::OwnIsp), Some(WayOut::Customer), Some(WayOut::Peer), Some(WayOut::Provider), None];
        let mut groups: Vec<Group> = ways.map(|way| Group { way_out: now(way), ..group(1) }).to_vec();
        groups.push(group(2));
        let ranks: Vec<Rank> = groups.iter().map(|group| TransitCost.rank(&requester, group)).collect();
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    }
}
