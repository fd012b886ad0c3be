//! Where an ISP stands in the hierarchy of transit.

use super::Underlay;
use super::draft::{AsLink, Draft};
use crate::units::IspIndex;

/// Where an ISP stands in the hierarchy of transit, by its links to other ISPs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IspClass {
    /// It sells transit and buys none.
    Tier1,
    /// It sells transit and buys some.
    Transit,
    /// It sells no transit: an access network.
    Stub,
}

impl IspClass {
    /// All classes, from the top down.
    pub const ALL: [Self; 3] = [Self::Tier1, Self::Transit, Self::Stub];

    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tier1 => "tier-1",
            Self::Transit => "transit",
            Self::Stub => "stub",
        }
    }

    /// The class of every ISP.
    pub(super) fn of_all(draft: &Draft) -> Vec<Self> {
        let (mut sells, mut buys) = (vec![false; draft.isp_names.len()], vec![false; draft.isp_names.len()]);
        let owner = |index: crate::units::AsIndex| draft.isp_of[index.index()].index();
        for AsLink { a, b, .. } in draft.links.iter().filter(|link| link.is_transit()) {
            let (provider, customer) = (owner(*a), owner(*b));
            sells[provider] |= provider != customer;
            buys[customer] |= provider != customer;
        }
        let class = |(sells, buys): (bool, bool)| match (sells, buys) {
            (true, false) => Self::Tier1,
            (true, true) => Self::Transit,
            (false, _) => Self::Stub,
        };
        sells.into_iter().zip(buys).map(class).collect()
    }
}

impl Underlay {
    /// Where an ISP stands in the hierarchy of transit.
    pub fn isp_class(&self, isp: IspIndex) -> IspClass {
        self.isp_classes[isp.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::underlay::{ImportReport, LinkRelationship};
    use crate::units::{AsIndex, AsNumber};

    #[test]
    fn links_inside_an_isp_sell_nothing() {
        use LinkRelationship::{Peering, ProviderCustomer};
        // ISP 0 owns ASes 0 and 1; 1 sells to ISP 1 (AS 2), which sells to ISP 2 (AS 3); ISP 3 only peers; ISP 4 owns
        // ASes 5 and 6, one the other's provider, and buys from ISP 0.
        let link = |a: u32, b: u32, kind| AsLink::unlimited(AsIndex(a), AsIndex(b), kind);
        let draft = Draft {
            numbers: (1..=7).map(AsNumber).collect(),
            isp_of: [0, 0, 1, 2, 3, 4, 4].map(IspIndex).to_vec(),
            isp_names: (0..5).map(|n| n.to_string()).collect(),
            subscribers: None,
            links: vec![
                link(0, 1, ProviderCustomer),
                link(1, 2, ProviderCustomer),
                link(2, 3, ProviderCustomer),
                link(0, 4, Peering),
                link(5, 6, ProviderCustomer),
                link(0, 5, ProviderCustomer),
            ],
            delays: None,
            report: ImportReport::default(),
        };
        let names: Vec<&str> = IspClass::of_all(&draft).into_iter().map(IspClass::name).collect();
        assert_eq!(names, ["tier-1", "transit", "stub", "stub", "stub"]);
    }
}
