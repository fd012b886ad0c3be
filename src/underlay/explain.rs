//! Why a route is as it is: hop by hop, what was on offer and which rule chose; and why there is none.
//!
//! At every AS the offers are the routes that its neighbours tell it (the room's doc says who tells what to whom),
//! without those that lead through itself. The rules are applied in order until one offer is left: customer before peer
//! before provider, then the shortest, then the lowest AS number.

use std::collections::VecDeque;

use super::route::RouteClass;
use super::{RouteTree, Underlay};
use crate::units::AsIndex;

/// What left only one offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// There was one offer from the beginning.
    OnlyOffer,
    /// A customer's route goes before a peer's, a peer's before a provider's.
    Relationship,
    /// Of offers over the same kind of link the shortest.
    Shortest,
    /// Of equally short ones that of the neighbour with the lowest AS number.
    LowestNumber,
}

impl Rule {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnlyOffer => "only-offer",
            Self::Relationship => "relationship",
            Self::Shortest => "shortest",
            Self::LowestNumber => "lowest-number",
        }
    }
}

/// The offers over one kind of link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offers {
    /// How many neighbours of this kind offer a route.
    pub count: u32,
    /// Links of the shortest of these routes, the link to the neighbour included; 0 without an offer.
    pub shortest: u8,
    /// How many are as short.
    pub as_short: u32,
}

impl Offers {
    fn add(&mut self, links: u8) {
        if self.count == 0 || links < self.shortest {
            (self.shortest, self.as_short) = (links, 0);
        }
        self.as_short += u32::from(links == self.shortest);
        self.count += 1;
    }
}

/// A link of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// The AS that chose.
    pub from: AsIndex,
    /// The next one.
    pub to: AsIndex,
    /// What `to` is to `from`.
    pub class: RouteClass,
    /// Links from `from` to the destination.
    pub links_left: u8,
    /// What was on offer by customers.
    pub customers: Offers,
    /// What was on offer by peers.
    pub peers: Offers,
    /// What was on offer by providers.
    pub providers: Offers,
    /// The rule that decided.
    pub rule: Rule,
}

/// Why there is no route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRoute {
    /// No links join the two at all.
    NotConnected,
    /// They are connected, but only through an AS that would carry traffic of others for nothing.
    Valley {
        /// A shortest way without regard to relationships, both ends included.
        way: Vec<AsIndex>,
        /// The first AS of the way that would neither send it up or over from a customer, nor down to one.
        unwilling: AsIndex,
    },
}

impl Underlay {
    /// The route from `from` to `to`, link by link; empty inside an AS.
    ///
    /// # Errors
    /// [`NoRoute`] when there is no valley-free route.
    pub fn explain_route(&self, from: AsIndex, to: AsIndex) -> Result<Vec<Hop>, NoRoute> {
        let tree = self.route_tree(to);
        let Some(path) = tree.path(from) else { return Err(self.explain_missing(from, to)) };
        Ok(path.windows(2).map(|ends| self.explain_hop(&tree, ends[0], ends[1])).collect())
    }

    fn explain_hop(&self, tree: &RouteTree, from: AsIndex, to: AsIndex) -> Hop {
        let graph = self.graph();
        let place = graph.place(from);
        let offers = |neighbours: &[u32], told: &dyn Fn(RouteClass) -> bool| {
            let mut offers = Offers::default();
            for neighbour in neighbours.iter().map(|place| graph.as_at(*place)) {
                let route = tree.hops(neighbour).zip(tree.class(neighbour));
                let usable = |class| told(class) && tree.path(neighbour).is_some_and(|path| !path.contains(&from));
                if let Some((hops, _)) = route.filter(|(_, class)| usable(*class)) {
                    offers.add(hops + 1);
                }
            }
            offers
        };
        let own_or_customers = |class| matches!(class, RouteClass::Own | RouteClass::Customer);
        let customers = offers(graph.customers.of(place), &own_or_customers);
        let peers = offers(graph.peers.of(place), &own_or_customers);
        let providers = offers(graph.providers.of(place), &|_| true);
        let class = tree.class(from).unwrap_or(RouteClass::Own);
        let chosen = match class {
            RouteClass::Customer => customers,
            RouteClass::Peer => peers,
            RouteClass::Provider | RouteClass::Own => providers,
        };
        let rule = match chosen {
            Offers { as_short, .. } if as_short > 1 => Rule::LowestNumber,
            Offers { count, .. } if count > 1 => Rule::Shortest,
            _ if customers.count + peers.count + providers.count > 1 => Rule::Relationship,
            _ => Rule::OnlyOffer,
        };
        Hop { from, to, class, links_left: tree.hops(from).unwrap_or(0), customers, peers, providers, rule }
    }

    fn explain_missing(&self, from: AsIndex, to: AsIndex) -> NoRoute {
        let Some(way) = self.shortest_way(from, to) else { return NoRoute::NotConnected };
        let is_customer = |of: AsIndex, other: AsIndex| {
            let graph = self.graph();
            graph.customers.of(graph.place(of)).contains(&graph.place(other))
        };
        let unwilling =
            way.windows(3).find(|three| !is_customer(three[1], three[0]) && !is_customer(three[1], three[2]));
        assert!(unwilling.is_some(), "a way without a valley is a route");
        NoRoute::Valley { unwilling: unwilling.map_or(from, |three| three[1]), way }
    }

    /// A shortest way over any links, by lowest AS numbers from `from` on.
    fn shortest_way(&self, from: AsIndex, to: AsIndex) -> Option<Vec<AsIndex>> {
        let graph = self.graph();
        let (start, end) = (graph.place(from), graph.place(to));
        // From the end, so that the walk back begins at the start.
        let mut after: Vec<Option<u32>> = vec![None; graph.len() as usize];
        after[end as usize] = Some(end);
        let mut waiting = VecDeque::from([end]);
        while let Some(place) = waiting.pop_front() {
            if place == start {
                break;
            }
            for rows in [&graph.providers, &graph.peers, &graph.customers] {
                for neighbour in rows.of(place) {
                    if after[*neighbour as usize].is_none() {
                        after[*neighbour as usize] = Some(place);
                        waiting.push_back(*neighbour);
                    }
                }
            }
        }
        let mut way = vec![from];
        let mut place = start;
        while place != end {
            place = after[place as usize]?;
            way.push(graph.as_at(place));
        }
        Some(way)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AsRelationshipsText, LatencySpec, Source, Tiered, UnderlaySpec};
    use super::*;
    use crate::random::Seed;
    use crate::units::{AsNumber, SimDuration};

    fn build(source: Source) -> Underlay {
        let latency = LatencySpec { inside: SimDuration::ZERO, hop: SimDuration::ZERO };
        Underlay::build(&UnderlaySpec { source, latency }, Seed::new(1, 0)).unwrap()
    }

    fn graph(text: &str) -> Underlay {
        build(Source::AsRelationships(AsRelationshipsText { path: "as-rel.txt".to_owned(), text: text.to_owned() }))
    }

    fn rules(graph: &Underlay, from: u32, to: u32) -> Vec<(u32, RouteClass, Rule)> {
        let index = |number| graph.index_of(AsNumber(number)).unwrap();
        let hops = graph.explain_route(index(from), index(to)).unwrap();
        hops.iter().map(|hop| (graph.number(hop.to).0, hop.class, hop.rule)).collect()
    }

    #[test]
    fn each_rule_by_hand() {
        use RouteClass::{Customer, Peer, Provider};
        // 10 sells to 20 and 30; 20 and 30 sell to 40; 20 and 40 peer with 50, a customer of 10.
        let small = graph("10|20|-1\n10|30|-1\n20|40|-1\n30|40|-1\n20|50|0\n40|50|0\n10|50|-1\n");
        // 10 hears of 40 from its customers 20 and 30, two links each.
        // 10 tells 20 of that way, too; but it leads through 20.
        assert_eq!(rules(&small, 10, 40), [(20, Customer, Rule::LowestNumber), (40, Customer, Rule::OnlyOffer)]);
        // 50 hears from its peers 20 (two links) and 40 (one), and from its provider 10.
        assert_eq!(rules(&small, 50, 40), [(40, Peer, Rule::Shortest)]);
        // 30 hears of 50 from its provider 10, and of no other: 40 does not tell what a peer told it.
        assert_eq!(rules(&small, 30, 50), [(10, Provider, Rule::OnlyOffer), (50, Customer, Rule::OnlyOffer)]);
        assert_eq!(rules(&small, 40, 40), []);
        // 10 also peers with 60, which sells to 40: the customer's route goes first, though both have two links.
        let more = graph("10|20|-1\n20|40|-1\n10|60|0\n60|40|-1\n");
        assert_eq!(rules(&more, 10, 40)[0], (20, Customer, Rule::Relationship));
    }

    #[test]
    fn missing_routes_are_explained() {
        let valley = graph("1|3|-1\n2|3|-1\n9|8|0\n");
        let index = |number| valley.index_of(AsNumber(number)).unwrap();
        let way = vec![index(1), index(3), index(2)];
        assert_eq!(valley.explain_route(index(1), index(2)), Err(NoRoute::Valley { way, unwilling: index(3) }));
        assert_eq!(valley.explain_route(index(1), index(8)), Err(NoRoute::NotConnected));
    }

    #[test]
    fn explanations_agree_with_the_routes_of_a_generated_graph() {
        let tiered = Tiered {
            ases: 80,
            tier1: 4,
            transit_share: 0.3,
            multihomed_share: 0.6,
            peering_degree: 4.0,
            sibling_share: 0.0,
            subscriber_exponent: 1.0,
        };
        let graph = build(Source::Tiered(tiered));
        for (from, to) in (0..80).flat_map(|from| (0..80).map(move |to| (AsIndex(from), AsIndex(to)))) {
            let hops = graph.explain_route(from, to).unwrap();
            let mut path = vec![from];
            path.extend(hops.iter().map(|hop| hop.to));
            assert_eq!(Some(path), graph.route(from, to));
            for hop in &hops {
                // The choice is the best of what is on offer, by the rules themselves.
                let best = [(RouteClass::Customer, hop.customers), (RouteClass::Peer, hop.peers)];
                let best = best.into_iter().find(|(_, offers)| offers.count > 0);
                let (class, offers) = best.unwrap_or((RouteClass::Provider, hop.providers));
                assert_eq!((class, offers.shortest), (hop.class, hop.links_left), "{from} to {to}: {hop:?}");
            }
        }
    }
}
