//! Routes and link loads against slow twins that share no code with the sweep: enumeration of all valley-free paths, and
//! a path-vector protocol run until nothing changes.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::random::Seed;
use crate::units::{AsIndex, AsNumber, SimDuration};

const LATENCY: LatencySpec = LatencySpec { inside: SimDuration::from_millis(10), hop: SimDuration::from_millis(7) };

fn from_text(text: String) -> Underlay {
    let file = AsRelationshipsText { path: "test.txt".to_owned(), text };
    let spec = UnderlaySpec { source: Source::AsRelationships(file), latency: LATENCY };
    Underlay::build(&spec, Seed::new(1, 0)).unwrap()
}

/// What the neighbour is to the AS whose route leads there: 0 customer, 1 peer, 2 provider.
type Neighbours = Vec<Vec<(usize, u8)>>;

fn neighbours(underlay: &Underlay) -> Neighbours {
    let mut all = vec![Vec::new(); underlay.as_count()];
    for link in underlay.links() {
        let (a, b) = (link.a.index(), link.b.index());
        let (a_sees, b_sees) = match link.relationship {
            LinkRelationship::ProviderCustomer => (0, 2),
            LinkRelationship::Peering => (1, 1),
        };
        all[a].push((b, a_sees));
        all[b].push((a, b_sees));
    }
    all
}

/// All simple valley-free paths to `to`, by source: (class of the first link, path).
fn valley_free_paths(neighbours: &Neighbours, to: usize) -> Vec<Vec<(u8, Vec<usize>)>> {
    fn walk(
        neighbours: &Neighbours,
        to: usize,
        path: &mut Vec<usize>,
        stage: u8,
        first: u8,
        out: &mut Vec<(u8, Vec<usize>)>,
    ) {
        let here = path[path.len() - 1];
        if here == to {
            out.push((first, path.clone()));
            return;
        }
        for (next, class) in &neighbours[here] {
            // stage 0: still climbing; 1: over the top, only down from here.
            if path.contains(next) || (stage == 1 && *class != 0) {
                continue;
            }
            let first = if path.len() == 1 { *class } else { first };
            path.push(*next);
            walk(neighbours, to, path, u8::from(*class != 2), first, out);
            path.pop();
        }
    }
    (0..neighbours.len())
        .map(|from| {
            let mut out = Vec::new();
            walk(neighbours, to, &mut vec![from], 0, 0, &mut out);
            out
        })
        .collect()
}

/// BGP in slow motion: every AS chooses among what its neighbours tell, again and again.
fn path_vector(underlay: &Underlay, neighbours: &Neighbours, to: usize) -> Vec<Option<Vec<usize>>> {
    let count = neighbours.len();
    let mut chosen: Vec<Option<(u8, Vec<usize>)>> = vec![None; count];
    chosen[to] = Some((0, vec![to]));
    for _ in 0..=count * 4 {
        let before = chosen.clone();
        for here in (0..count).filter(|here| *here != to) {
            let mut offers: Vec<(u8, usize, AsNumber, Vec<usize>)> = Vec::new();
            for (next, class) in &neighbours[here] {
                let Some((their_class, path)) = &before[*next] else { continue };
                // Routes of peers and providers are told to customers only: to us if the neighbour is our provider.
                if (*their_class != 0 && *class != 2) || path.contains(&here) {
                    continue;
                }
                let whole: Vec<usize> = std::iter::once(here).chain(path.iter().copied()).collect();
                offers.push((*class, whole.len(), underlay.number(AsIndex(*next as u32)), whole));
            }
            offers.sort();
            chosen[here] = offers.into_iter().next().map(|(class, _, _, path)| (class, path));
        }
        if chosen == before {
            return chosen.into_iter().map(|c| c.map(|(_, path)| path)).collect();
        }
    }
    panic!("the path-vector protocol did not settle");
}

/// Up to 7 ASes with odd numbers and any relationships at all: duplicates, contradictions, loops and cycles included.
fn dirty_text() -> impl Strategy<Value = String> {
    (2_usize..8).prop_flat_map(|count| {
        let numbers = Just([65_000_u32, 7, 300, 20, 4_000_000, 9, 1_000]).prop_shuffle();
        let lines = prop::collection::vec((0..count, 0..count, prop::bool::weighted(0.7)), 1..16);
        (numbers, lines).prop_map(|(numbers, lines)| {
            let line = |(a, b, transit): (usize, usize, bool)| {
                format!("{}|{}|{}\n", numbers[a], numbers[b], if transit { "-1" } else { "0" })
            };
            lines.into_iter().map(line).collect::<String>()
        })
    })
}

/// The same graph as an explicit set, ASes in falling order of their numbers and then rotated: index order is no longer
/// number order.
fn as_isps(underlay: &Underlay, rotation: usize) -> Underlay {
    let mut order: Vec<u32> = (0..underlay.as_count() as u32).rev().collect();
    order.rotate_left(rotation % underlay.as_count());
    let isp = |n: u32| Isp {
        name: format!("isp {n}"),
        ases: vec![underlay.number(AsIndex(n))],
        subscribers: 1.0,
        latency: LATENCY.inside,
    };
    let isps = order.into_iter().map(isp).collect();
    let links = underlay.links().iter().map(|link| Link {
        a: underlay.number(link.a),
        b: underlay.number(link.b),
        relationship: link.relationship,
        capacity_ab: None,
        capacity_ba: None,
        latency: LATENCY.hop,
    });
    let source = Source::Isps(IspSet { isps, links: links.collect() });
    Underlay::build(&UnderlaySpec { source, latency: LATENCY }, Seed::new(1, 0)).unwrap()
}

fn numbers(underlay: &Underlay, path: Option<Vec<AsIndex>>) -> Option<Vec<AsNumber>> {
    path.map(|path| path.into_iter().map(|index| underlay.number(index)).collect())
}

/// Bytes per link direction by walking every pair's path.
fn naive_loads(underlay: &Underlay, matrix: &[(AsIndex, AsIndex, u64)]) -> (BTreeMap<(AsNumber, AsNumber), u64>, u64) {
    let mut loads = BTreeMap::new();
    let mut unrouted = 0;
    for (from, to, bytes) in matrix {
        match underlay.route(*from, *to) {
            None => unrouted += bytes,
            Some(path) => {
                for ends in path.windows(2) {
                    *loads.entry((underlay.number(ends[0]), underlay.number(ends[1]))).or_insert(0) += bytes;
                }
            }
        }
    }
    loads.retain(|_, bytes| *bytes > 0);
    (loads, unrouted)
}

fn check_loads(underlay: &Underlay, matrix: &[(AsIndex, AsIndex, u64)]) {
    let folded = fold_links(underlay, matrix);
    let (naive, unrouted) = naive_loads(underlay, matrix);
    let by_ends: Vec<_> =
        folded.links.iter().map(|l| ((underlay.number(l.from), underlay.number(l.to)), l.bytes)).collect();
    assert_eq!(by_ends, naive.into_iter().collect::<Vec<_>>());
    assert_eq!(folded.unrouted, unrouted);
    assert_eq!(folded.byte_hops, folded.links.iter().map(|l| l.bytes).sum::<u64>());
    assert_eq!(folded.byte_hops, folded.peering + folded.transit_up + folded.transit_down);
    for load in &folded.links {
        let link =
            underlay.links().iter().find(|l| (l.a, l.b) == (load.from, load.to) || (l.b, l.a) == (load.from, load.to));
        let link = link.unwrap();
        let kind = if link.a == load.from { link.relationship.kind_ab() } else { link.relationship.kind_ba() };
        assert_eq!(load.kind, kind);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn routes_are_those_of_a_path_vector_protocol_and_valley_free(text in dirty_text()) {
        let underlay = from_text(text);
        let neighbours = neighbours(&underlay);
        for to in 0..underlay.as_count() {
            let tree = underlay.route_tree(AsIndex(to as u32));
            let settled = path_vector(&underlay, &neighbours, to);
            let possible = valley_free_paths(&neighbours, to);
            for from in 0..underlay.as_count() {
                let source = AsIndex(from as u32);
                let path: Option<Vec<usize>> = tree.path(source).map(|p| p.iter().map(|i| i.index()).collect());
                prop_assert_eq!(&path, &settled[from]);
                prop_assert_eq!(underlay.route(source, AsIndex(to as u32)), tree.path(source));
                let Some(path) = path else {
                    prop_assert!(possible[from].is_empty(), "a valley-free path was missed");
                    continue;
                };
                prop_assert_eq!(path.len() - 1, usize::from(tree.hops(source).unwrap()));
                if from == to {
                    prop_assert_eq!(tree.class(source), Some(RouteClass::Own));
                    continue;
                }
                let class = possible[from].iter().find(|(_, p)| *p == path).map(|(class, _)| *class);
                let (best, shortest) = possible[from].iter().map(|(class, p)| (*class, p.len())).min().unwrap();
                prop_assert_eq!(class, Some(best), "not valley-free, or a worse class than possible");
                if best < 2 {
                    prop_assert_eq!(path.len(), shortest, "customer and peer routes are the shortest of their class");
                }
            }
        }
    }

    #[test]
    fn routes_do_not_depend_on_positions(text in dirty_text(), rotation in 0_usize..7) {
        let by_number = from_text(text);
        let by_position = as_isps(&by_number, rotation);
        for from in by_number.links().iter().flat_map(|l| [l.a, l.b]) {
            for to in (0..by_number.as_count() as u32).map(AsIndex) {
                let there = |index| by_position.index_of(by_number.number(index)).unwrap();
                prop_assert_eq!(
                    numbers(&by_number, by_number.route(from, to)),
                    numbers(&by_position, by_position.route(there(from), there(to)))
                );
            }
        }
        let everybody = |u: &Underlay| (0..u.as_count() as u32).map(AsIndex).collect::<Vec<_>>();
        prop_assert_eq!(by_number.routes_hash(&everybody(&by_number)), by_position.routes_hash(&everybody(&by_position)));
    }

    #[test]
    fn the_table_holds_the_routes_of_the_trees(text in dirty_text()) {
        let underlay = from_text(text);
        let everybody: Vec<AsIndex> = (0..underlay.as_count() as u32).map(AsIndex).collect();
        let table = RouteTable::build(&underlay, &everybody, 1 << 20).unwrap();
        let mut unreachable = 0;
        for to in &everybody {
            let tree = underlay.route_tree(*to);
            for from in &everybody {
                prop_assert_eq!(table.hops(*from, *to), tree.hops(*from));
                prop_assert_eq!(table.class(*from, *to), tree.class(*from));
                let delay = tree.hops(*from).map(|h| SimDuration::from_millis(10 + 7 * u64::from(h)));
                prop_assert_eq!(table.latency(*from, *to), delay);
                unreachable += u64::from(tree.hops(*from).is_none());
            }
        }
        prop_assert_eq!(table.unreachable_pairs().count, unreachable);
    }

    #[test]
    fn loads_are_those_of_walking_every_path(
        text in dirty_text(),
        bytes in prop::collection::vec((0_u32..7, 0_u32..7, 0_u64..1_000), 0..30),
    ) {
        let underlay = from_text(text);
        let count = underlay.as_count() as u32;
        let mut matrix: Vec<_> = bytes.iter().map(|(f, t, b)| (AsIndex(f % count), AsIndex(t % count), *b)).collect();
        matrix.sort_by_key(|(_, to, _)| *to);
        check_loads(&underlay, &matrix);
    }
}

#[test]
fn loads_of_a_generated_graph_are_those_of_walking_every_path() {
    let tiered = Tiered {
        ases: 120,
        tier1: 3,
        transit_share: 0.2,
        multihomed_share: 0.55,
        peering_degree: 3.0,
        sibling_share: 0.3,
        subscriber_exponent: 1.0,
    };
    let spec = UnderlaySpec { source: Source::Tiered(tiered), latency: LATENCY };
    let underlay = Underlay::build(&spec, Seed::new(4, 0)).unwrap();
    let mut matrix = Vec::new();
    for to in (0..120).step_by(3).map(AsIndex) {
        matrix.extend((0..120).map(|from| (AsIndex(from), to, u64::from(from * 31 + to.0) % 97)));
    }
    check_loads(&underlay, &matrix);
    let loads = fold_links(&underlay, &matrix);
    let inside = loads.links.iter().filter(|l| underlay.isp_of(l.from) == underlay.isp_of(l.to));
    assert_eq!(loads.inside_isp, inside.map(|l| l.bytes).sum::<u64>());
    assert!(loads.inside_isp > 0 && loads.inside_isp < loads.byte_hops);
}
