//! Who pays whom for which links.

use std::collections::{BTreeMap, BTreeSet};

use super::EconomicsSpec;
use super::spec::Party;
use crate::underlay::{RouteClass, RouteTree, Underlay};
use crate::units::{AsIndex, IspIndex};

/// The kind of links that a contract is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relationship {
    /// The seller carries the buyer's traffic to and from everywhere.
    Transit,
    /// Both exchange the traffic of their own customers.
    Peering,
}

impl Relationship {
    /// The names used in scenarios and tables, in the order of the variants.
    pub const NAMES: [&'static str; 2] = ["transit", "peering"];

    /// The name used in scenarios and tables.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// An agreement between two ISPs about all their links of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// Who is paid: the provider; of peers the one whom a tariff names as the seller, else the one that comes first.
    pub seller: IspIndex,
    /// Who pays.
    pub buyer: IspIndex,
    /// The kind of links.
    pub links: Relationship,
    /// Position of its tariff in the spec.
    pub tariff: usize,
}

/// One direction of a link between ISPs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkDirection {
    /// Sending end.
    pub from: AsIndex,
    /// Receiving end.
    pub to: AsIndex,
    /// Position of the contract that it belongs to.
    pub contract: usize,
    /// Whether it leads from the buyer to the seller.
    pub to_seller: bool,
}

/// All contracts that traffic between some ASes can touch.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    contracts: Vec<Contract>,
    /// Sorted by both ends.
    links: Vec<LinkDirection>,
}

impl Ledger {
    /// The contracts with a link on a route between two of `ases`, in the order of (seller, buyer, kind). Costs a sweep
    /// of the graph for each of `ases`.
    pub fn build(spec: &EconomicsSpec, underlay: &Underlay, ases: &[AsIndex]) -> Self {
        let mut crossed: BTreeSet<(AsIndex, AsIndex, LinkSide)> = BTreeSet::new();
        for destination in ases {
            let tree = underlay.route_tree(*destination);
            let mut seen = BTreeSet::new();
            for source in ases {
                walk(&tree, *source, |from, to, side| {
                    let fresh = seen.insert(from);
                    if fresh && underlay.isp_of(from) != underlay.isp_of(to) {
                        crossed.insert((from, to, side));
                    }
                    fresh
                });
            }
        }
        let paid = |from: AsIndex, to: AsIndex, side: LinkSide| {
            let (from, to) = (underlay.isp_of(from), underlay.isp_of(to));
            match side {
                LinkSide::Up => (to, from, Relationship::Transit),
                LinkSide::Down => (from, to, Relationship::Transit),
                LinkSide::Across => paid_peering(spec, underlay, from, to),
            }
        };
        let keys: BTreeSet<(IspIndex, IspIndex, Relationship)> =
            crossed.iter().map(|(from, to, side)| paid(*from, *to, *side)).collect();
        let mut contracts = Vec::with_capacity(keys.len());
        let mut positions = BTreeMap::new();
        for (seller, buyer, links) in keys {
            let owns = |isp: IspIndex| move |party: &Party| owner(underlay, party) == Some(isp);
            // One tariff for transit in general, and one for peering, are there in every spec.
            let tariff = spec.tariff(links, &owns(seller), &owns(buyer)).unwrap_or_default();
            positions.insert((seller, buyer, links), contracts.len());
            contracts.push(Contract { seller, buyer, links, tariff });
        }
        // Both directions of a link belong to its contract, though routes may cross one only.
        let mut links: Vec<LinkDirection> = Vec::new();
        for (from, to, side) in crossed {
            let key = paid(from, to, side);
            let contract = positions[&key];
            for (from, to) in [(from, to), (to, from)] {
                links.push(LinkDirection { from, to, contract, to_seller: underlay.isp_of(to) == key.0 });
            }
        }
        links.sort_unstable_by_key(|link| (link.from, link.to));
        links.dedup();
        Self { contracts, links }
    }

    /// The contracts, in the order of (seller, buyer, kind).
    pub fn contracts(&self) -> &[Contract] {
        &self.contracts
    }

    /// The directions of all their links, in the order of both ends.
    pub fn links(&self) -> &[LinkDirection] {
        &self.links
    }

    /// Position of a direction among [`links`](Self::links); `None`: inside an ISP, or on no route.
    pub fn find(&self, from: AsIndex, to: AsIndex) -> Option<usize> {
        self.links.binary_search_by_key(&(from, to), |link| (link.from, link.to)).ok()
    }

    /// Calls `visit` with the position of every link between ISPs that the route of `source` crosses.
    pub fn along(&self, tree: &RouteTree, source: AsIndex, mut visit: impl FnMut(usize)) {
        walk(tree, source, |from, to, _| {
            if let Some(link) = self.find(from, to) {
                visit(link);
            }
            true
        });
    }
}

/// What a link is to its sending end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LinkSide {
    Up,
    Across,
    Down,
}

/// Calls `visit` with each link of a route until it says that what follows is known.
fn walk(tree: &RouteTree, source: AsIndex, mut visit: impl FnMut(AsIndex, AsIndex, LinkSide) -> bool) {
    let mut here = source;
    while let (Some(class), Some(next)) = (tree.class(here), tree.next_hop(here)) {
        let side = match class {
            RouteClass::Own => return,
            RouteClass::Customer => LinkSide::Down,
            RouteClass::Peer => LinkSide::Across,
            RouteClass::Provider => LinkSide::Up,
        };
        if !visit(here, next, side) {
            return;
        }
        here = next;
    }
}

/// Peers pay one another where a tariff names both; otherwise the order of the underlay says who stands first.
fn paid_peering(
    spec: &EconomicsSpec,
    underlay: &Underlay,
    one: IspIndex,
    other: IspIndex,
) -> (IspIndex, IspIndex, Relationship) {
    let named = spec.tariffs.iter().filter(|tariff| tariff.links == Relationship::Peering).find_map(|tariff| {
        let (seller, buyer) = (owner(underlay, tariff.seller.as_ref()?)?, owner(underlay, tariff.buyer.as_ref()?)?);
        ((seller, buyer) == (one, other) || (seller, buyer) == (other, one)).then_some((seller, buyer))
    });
    let (seller, buyer) = named.unwrap_or((one.min(other), one.max(other)));
    (seller, buyer, Relationship::Peering)
}

fn owner(underlay: &Underlay, party: &Party) -> Option<IspIndex> {
    underlay.index_of(party.number).map(|index| underlay.isp_of(index))
}
