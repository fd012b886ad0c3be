//! What a graph looks like as a whole: degrees, levels, customer cones, and how far its ASes are apart.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::route::RouteClass;
use super::route_sweep::RouteSweep;
use super::{LinkRelationship, Underlay};
use crate::random::{Purpose, Seed};
use crate::units::AsIndex;

/// ASes with most customers that a survey names.
const LARGEST: usize = 10;
/// Whose lots choose the destinations: the same for everybody, so that a file has one survey.
const SAMPLE: Seed = Seed::new(0, 0);

/// Numbers about a graph. Counts of ASes and links are exact; [`Reachability`] may rest on a sample, and says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// ASes without customers.
    pub stubs: u64,
    /// Stubs with more than one provider.
    pub multihomed_stubs: u64,
    /// ASes without providers.
    pub provider_free: u64,
    /// ASes without any link.
    pub isolated: u64,
    /// Links between a provider and its customer.
    pub transit_links: u64,
    /// Links between peers.
    pub peering_links: u64,
    /// Neighbours of an AS, over all ASes.
    pub degrees: Spread,
    /// Customers, over ASes that have some.
    pub customers: Spread,
    /// Providers, over ASes that have some.
    pub providers: Spread,
    /// Peers, over ASes that have some.
    pub peers: Spread,
    /// ASes by level, from 1: an AS without providers is on level 1, any other one below its highest provider.
    pub levels: Vec<Level>,
    /// Provider-customer links in the longest chain.
    pub longest_chain: u32,
    /// Of the pairs of provider-free ASes with customers, how many peer: all of them do in a full mesh.
    pub tier1: Tier1,
    /// The ASes with most customers, of equals those with the lowest numbers.
    pub largest: Vec<Prominent>,
    /// Routes to every destination, or to a sample.
    pub reachability: Reachability,
}

/// How a number spreads over ASes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// ASes that it is about.
    pub ases: u64,
    /// Mean; 0 without ASes.
    pub mean: f64,
    /// Smallest number that at least half of the ASes do not exceed.
    pub median: u32,
    /// Smallest number that at least 95 % of the ASes do not exceed.
    pub p95: u32,
    /// Largest number.
    pub largest: u32,
}

/// The ASes of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Level {
    /// ASes with customers.
    pub transit: u64,
    /// ASes without.
    pub stubs: u64,
}

/// The provider-free ASes with customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tier1 {
    /// How many there are.
    pub ases: u64,
    /// Pairs of them.
    pub pairs: u64,
    /// Pairs that peer.
    pub peering: u64,
}

/// An AS that stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prominent {
    /// The AS.
    pub index: AsIndex,
    /// Its customers.
    pub customers: u32,
    /// Its peers.
    pub peers: u32,
    /// Its providers.
    pub providers: u32,
    /// ASes that it reaches by customers alone, itself included (its customer cone; Luckie et al. 2013).
    pub cone: u32,
}

/// Routes of all ASes to some destinations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reachability {
    /// Destinations looked at: all ASes, or a sample without repetition.
    pub destinations: u64,
    /// Whether these are all ASes.
    pub exact: bool,
    /// (Source, destination) pairs looked at, source ≠ destination.
    pub pairs: u64,
    /// Pairs with a route, by its number of inter-AS links, from 1.
    pub by_hops: Vec<u64>,
    /// Pairs whose first link leads to a customer.
    pub by_customer: u64,
    /// Pairs whose first link leads to a peer.
    pub by_peer: u64,
    /// Pairs whose first link leads to a provider.
    pub by_provider: u64,
    /// Pairs without a valley-free route.
    pub unreachable: u64,
    /// Standard error of the mean number of links, over destinations; 0 where all ASes were looked at.
    pub hops_error: f64,
    /// Standard error of the share of pairs without a route, over destinations; 0 where all ASes were looked at.
    pub unreachable_error: f64,
}

impl Reachability {
    /// Mean number of inter-AS links, over pairs with a route.
    pub fn mean_hops(&self) -> Option<f64> {
        let routed: u64 = self.by_hops.iter().sum();
        let links: u64 = self.by_hops.iter().zip(1..).map(|(pairs, hops)| pairs * hops).sum();
        (routed > 0).then(|| links as f64 / routed as f64)
    }

    /// Share of pairs without a route.
    pub fn unreachable_share(&self) -> f64 {
        self.unreachable as f64 / self.pairs.max(1) as f64
    }
}

impl Survey {
    /// Looks at `underlay`; routes to at most `destinations` ASes, chosen by lots that are always the same.
    pub fn of(underlay: &Underlay, destinations: usize) -> Self {
        let everybody = || (0..underlay.as_count() as u32).map(AsIndex);
        let peer_counts = peer_counts(underlay);
        let peers = |index: AsIndex| peer_counts[index.index()];
        let degree = |index| underlay.customers(index) + underlay.providers(index) + peers(index);
        let positive = |of: &dyn Fn(AsIndex) -> u32| Spread::of(everybody().map(of).filter(|n| *n > 0).collect());
        let count = |is: &dyn Fn(AsIndex) -> bool| everybody().filter(|index| is(*index)).count() as u64;
        let transit_links = underlay.links().iter().filter(|link| link.is_transit()).count() as u64;
        Self {
            stubs: count(&|index| underlay.is_stub(index)),
            multihomed_stubs: count(&|index| underlay.is_stub(index) && underlay.providers(index) > 1),
            provider_free: count(&|index| underlay.providers(index) == 0),
            isolated: count(&|index| degree(index) == 0),
            transit_links,
            peering_links: underlay.links().len() as u64 - transit_links,
            degrees: Spread::of(everybody().map(degree).collect()),
            customers: positive(&|index| underlay.customers(index)),
            providers: positive(&|index| underlay.providers(index)),
            peers: positive(&peers),
            levels: levels(underlay),
            longest_chain: underlay.graph().depths().into_iter().max().unwrap_or(0),
            tier1: tier1(underlay),
            largest: largest(underlay, &peer_counts),
            reachability: reachability(underlay, destinations),
        }
    }
}

impl Spread {
    fn of(mut values: Vec<u32>) -> Self {
        values.sort_unstable();
        let place = |share: f64| ((share * values.len() as f64).ceil() as usize).max(1) - 1;
        let at = |place: usize| values.get(place).copied().unwrap_or(0);
        let sum: u64 = values.iter().copied().map(u64::from).sum();
        Self {
            ases: values.len() as u64,
            mean: sum as f64 / values.len().max(1) as f64,
            median: at(place(0.5)),
            p95: at(place(0.95)),
            largest: values.last().copied().unwrap_or(0),
        }
    }
}

fn peer_counts(underlay: &Underlay) -> Vec<u32> {
    let mut counts = vec![0; underlay.as_count()];
    for link in underlay.links().iter().filter(|link| link.relationship == LinkRelationship::Peering) {
        counts[link.a.index()] += 1;
        counts[link.b.index()] += 1;
    }
    counts
}

fn levels(underlay: &Underlay) -> Vec<Level> {
    let graph = underlay.graph();
    let mut level = vec![0_usize; graph.len() as usize];
    let mut levels: Vec<Level> = Vec::new();
    for place in 0..graph.len() {
        let own = graph.providers.of(place).iter().map(|provider| level[*provider as usize] + 1).min().unwrap_or(0);
        level[place as usize] = own;
        if levels.len() <= own {
            levels.resize(own + 1, Level::default());
        }
        if place < graph.transit() {
            levels[own].transit += 1;
        } else {
            levels[own].stubs += 1;
        }
    }
    levels
}

fn tier1(underlay: &Underlay) -> Tier1 {
    let is_tier1 = |index: AsIndex| underlay.providers(index) == 0 && !underlay.is_stub(index);
    let ases = (0..underlay.as_count() as u32).filter(|n| is_tier1(AsIndex(*n))).count() as u64;
    let joins = |link: &&super::AsLink| !link.is_transit() && is_tier1(link.a) && is_tier1(link.b);
    let peering = underlay.links().iter().filter(joins).count() as u64;
    Tier1 { ases, pairs: ases * ases.saturating_sub(1) / 2, peering }
}

fn largest(underlay: &Underlay, peers: &[u32]) -> Vec<Prominent> {
    let mut order: Vec<AsIndex> = (0..underlay.as_count() as u32).map(AsIndex).collect();
    order.retain(|index| !underlay.is_stub(*index));
    order.sort_unstable_by_key(|index| (std::cmp::Reverse(underlay.customers(*index)), underlay.number(*index)));
    order.truncate(LARGEST);
    let one = |index: AsIndex| Prominent {
        index,
        customers: underlay.customers(index),
        peers: peers[index.index()],
        providers: underlay.providers(index),
        cone: cone(underlay, index),
    };
    order.into_iter().map(one).collect()
}

fn cone(underlay: &Underlay, top: AsIndex) -> u32 {
    let graph = underlay.graph();
    let mut seen = vec![false; graph.len() as usize];
    let mut waiting = vec![graph.place(top)];
    let mut size = 0;
    while let Some(place) = waiting.pop() {
        if !std::mem::replace(&mut seen[place as usize], true) {
            size += 1;
            waiting.extend(graph.customers.of(place));
        }
    }
    size
}

/// Routes to one destination.
#[derive(Default)]
struct ToOne {
    by_hops: BTreeMap<u8, u64>,
    by_class: [u64; 3],
    unreachable: u64,
}

impl ToOne {
    fn look(sweep: &RouteSweep<'_>, destination: u32, places: u32) -> Self {
        let mut found = Self::default();
        for place in (0..places).filter(|place| *place != destination) {
            let route = sweep.route(place);
            let Some((hops, class)) = route.hops().zip(route.class()) else {
                found.unreachable += 1;
                continue;
            };
            *found.by_hops.entry(hops).or_default() += 1;
            match class {
                RouteClass::Own => {}
                RouteClass::Customer => found.by_class[0] += 1,
                RouteClass::Peer => found.by_class[1] += 1,
                RouteClass::Provider => found.by_class[2] += 1,
            }
        }
        found
    }

    /// Mean number of links, and share of sources without a route.
    fn means(&self) -> (Option<f64>, f64) {
        let routed: u64 = self.by_hops.values().sum();
        let links: u64 = self.by_hops.iter().map(|(hops, sources)| u64::from(*hops) * sources).sum();
        let mean = (routed > 0).then(|| links as f64 / routed as f64);
        (mean, self.unreachable as f64 / (routed + self.unreachable).max(1) as f64)
    }
}

fn reachability(underlay: &Underlay, destinations: usize) -> Reachability {
    let graph = underlay.graph();
    let mut chosen: Vec<AsIndex> = (0..underlay.as_count() as u32).map(AsIndex).collect();
    // By number, so that the order of a scenario's file does not choose.
    chosen.sort_unstable_by_key(|index| underlay.number(*index));
    let exact = chosen.len() <= destinations;
    if !exact {
        SAMPLE.stream(Purpose::Survey, 0).shuffle(&mut chosen);
        chosen.truncate(destinations);
    }
    let found: Vec<ToOne> = chosen
        .par_iter()
        .map_init(
            || RouteSweep::new(graph),
            |sweep, destination| {
                let place = graph.place(*destination);
                sweep.toward(place);
                ToOne::look(sweep, place, graph.len())
            },
        )
        .collect();
    let mut all = Reachability { destinations: chosen.len() as u64, exact, ..Reachability::default() };
    all.pairs = all.destinations * underlay.as_count().saturating_sub(1) as u64;
    for one in &found {
        for (hops, sources) in &one.by_hops {
            let place = usize::from(*hops) - 1;
            if all.by_hops.len() <= place {
                all.by_hops.resize(place + 1, 0);
            }
            all.by_hops[place] += sources;
        }
        all.by_customer += one.by_class[0];
        all.by_peer += one.by_class[1];
        all.by_provider += one.by_class[2];
        all.unreachable += one.unreachable;
    }
    if !exact {
        let means: Vec<(Option<f64>, f64)> = found.iter().map(ToOne::means).collect();
        // Drawn without repetition from a finite number of destinations.
        let left = (1.0 - chosen.len() as f64 / underlay.as_count() as f64).sqrt();
        all.hops_error = left * standard_error(&means.iter().filter_map(|(hops, _)| *hops).collect::<Vec<_>>());
        all.unreachable_error = left * standard_error(&means.iter().map(|(_, share)| *share).collect::<Vec<_>>());
    }
    all
}

fn standard_error(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if values.len() < 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (squares / (n - 1.0) / n).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::{AsRelationshipsText, LatencySpec, Source, UnderlaySpec};
    use super::*;
    use crate::units::SimDuration;

    fn underlay(text: &str) -> Underlay {
        let file = AsRelationshipsText { path: "as-rel.txt".to_owned(), text: text.to_owned() };
        let latency = LatencySpec { inside: SimDuration::ZERO, hop: SimDuration::ZERO };
        Underlay::build(&UnderlaySpec { source: Source::AsRelationships(file), latency }, Seed::new(1, 0)).unwrap()
    }

    /// 1 and 2 peer on top; 3 buys from both, 4 from 2; 5 from 3, 6 from 3 and 4; 4 and 3 peer; 9 stands alone.
    const SMALL: &str = "1|2|0\n1|3|-1\n2|3|-1\n2|4|-1\n3|5|-1\n3|6|-1\n4|6|-1\n3|4|0\n9|9|0\n";

    #[test]
    fn counts_by_hand() {
        let graph = underlay(SMALL);
        let survey = Survey::of(&graph, 100);
        assert_eq!((survey.stubs, survey.multihomed_stubs, survey.provider_free, survey.isolated), (3, 1, 3, 1));
        assert_eq!((survey.transit_links, survey.peering_links), (6, 2));
        // Degrees 2, 3, 5, 3, 1, 2, 0.
        let degrees = Spread { ases: 7, mean: 16.0 / 7.0, median: 2, p95: 5, largest: 5 };
        assert_eq!(survey.degrees, degrees);
        assert_eq!((survey.customers.ases, survey.customers.median, survey.customers.largest), (4, 1, 2));
        assert_eq!((survey.providers.ases, survey.providers.mean), (4, 6.0 / 4.0));
        let level = |transit, stubs| Level { transit, stubs };
        assert_eq!(survey.levels, [level(2, 1), level(2, 0), level(0, 2)]);
        assert_eq!(survey.longest_chain, 2);
        assert_eq!(survey.tier1, Tier1 { ases: 2, pairs: 1, peering: 1 });
        let largest: Vec<_> = survey.largest.iter().map(|p| (graph.number(p.index).0, p.customers, p.cone)).collect();
        assert_eq!(largest, [(2, 2, 5), (3, 2, 3), (1, 1, 4), (4, 1, 2)]);
        assert_eq!((survey.largest[1].peers, survey.largest[1].providers), (1, 2));
    }

    #[test]
    fn reachability_by_hand_and_against_the_route_trees() {
        // A provider of two customers: up 1, down 1, up and down 2.
        let star = Survey::of(&underlay("1|2|-1\n1|3|-1\n"), 10).reachability;
        assert_eq!((star.pairs, star.by_hops.clone(), star.unreachable), (6, vec![4, 2], 0));
        assert_eq!((star.by_customer, star.by_peer, star.by_provider), (2, 0, 4));
        assert_eq!(star.mean_hops(), Some(8.0 / 6.0));
        assert!(star.exact && star.hops_error == 0.0);
        let graph = underlay(SMALL);
        let all = Survey::of(&graph, 100).reachability;
        let mut by_hops = vec![0; all.by_hops.len()];
        let mut without = 0;
        for to in (0..7).map(AsIndex) {
            let tree = graph.route_tree(to);
            for from in (0..7).map(AsIndex).filter(|from| *from != to) {
                match tree.hops(from) {
                    Some(hops) => by_hops[usize::from(hops) - 1] += 1,
                    None => without += 1,
                }
            }
        }
        assert_eq!((all.by_hops.clone(), all.unreachable), (by_hops, without));
        assert_eq!(all.by_customer + all.by_peer + all.by_provider + all.unreachable, all.pairs);
        assert!((all.unreachable_share() - without as f64 / 42.0).abs() < 1e-15);
    }

    #[test]
    fn a_sample_covers_the_whole_within_its_errors() {
        let tiered = super::super::Tiered {
            ases: 600,
            tier1: 5,
            transit_share: 0.15,
            multihomed_share: 0.55,
            peering_degree: 2.0,
            sibling_share: 0.0,
            subscriber_exponent: 1.0,
        };
        let latency = LatencySpec { inside: SimDuration::ZERO, hop: SimDuration::ZERO };
        let spec = UnderlaySpec { source: Source::Tiered(tiered), latency };
        let graph = Underlay::build(&spec, Seed::new(3, 0)).unwrap();
        let (whole, sample) = (Survey::of(&graph, 600).reachability, Survey::of(&graph, 150).reachability);
        assert!(whole.exact && !sample.exact && sample.destinations == 150);
        assert_eq!(sample.pairs, 150 * 599);
        let difference = (whole.mean_hops().unwrap() - sample.mean_hops().unwrap()).abs();
        assert!(
            sample.hops_error > 0.0 && difference < 3.0 * sample.hops_error,
            "{difference} ± {}",
            sample.hops_error
        );
    }
}
