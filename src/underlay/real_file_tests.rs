//! The whole of a real file: `../shared/data/asrel/asrel_201701.txt` (Jin et al., IMC 2020), 56,272 ASes.

use std::path::Path;
use std::sync::OnceLock;

use super::*;
use crate::random::{Purpose, Seed};
use crate::units::{AsIndex, SimDuration};

const FILE: &str = "../shared/data/asrel/asrel_201701.txt";
const LATENCY: LatencySpec = LatencySpec { inside: SimDuration::from_millis(10), hop: SimDuration::from_millis(7) };

/// The underlay of the real file, read once; `None`, said aloud, where the data is not there.
fn real(name: &str) -> Option<&'static Underlay> {
    static REAL: OnceLock<Option<Underlay>> = OnceLock::new();
    let build = || {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        let text = std::fs::read_to_string(path).ok()?;
        let file = AsRelationshipsText { path: FILE.to_owned(), text };
        let spec = UnderlaySpec { source: Source::AsRelationships(file), latency: LATENCY };
        Some(Underlay::build(&spec, Seed::new(1, 0)).unwrap())
    };
    let real = REAL.get_or_init(build).as_ref();
    if real.is_none() {
        eprintln!("SKIPPED {name}: ../shared/data is missing");
    }
    real
}

fn stubs(underlay: &Underlay) -> Vec<AsIndex> {
    (0..underlay.as_count() as u32).map(AsIndex).filter(|index| underlay.is_stub(*index)).collect()
}

/// A seeded sample without repetition.
fn sample(mut from: Vec<AsIndex>, count: usize) -> Vec<AsIndex> {
    Seed::new(11, 0).stream(Purpose::Test, 0).shuffle(&mut from);
    from.truncate(count);
    from
}

#[test]
fn real_file_is_read_whole_and_its_dirt_is_reported() {
    let Some(underlay) = real("real_file_is_read_whole_and_its_dirt_is_reported") else { return };
    // Counted by independent scripts: see the data's own description, and `sort | uniq -d`.
    assert_eq!(underlay.as_count(), 56_272);
    // 47,884 in the file; AS 59622 loses its only customer when a cycle is broken.
    assert_eq!(stubs(underlay).len(), 47_885);
    let report = underlay.report();
    assert_eq!(report.links, 248_966);
    assert_eq!((report.duplicates.count, report.contradictions.count, report.self_loops.count), (164, 0, 0));
    assert_eq!(report.provider_cycles.count, 5);
    assert_eq!(report.cycle_links.count, 8);
    assert_eq!(report.notes().len(), 3 + usize::from(report.islands.count > 0), "{:#?}", report.notes());
    let multihomed = stubs(underlay).iter().filter(|stub| underlay.providers(**stub) > 1).count();
    let share = multihomed as f64 / 47_885.0;
    assert!((share - 0.557).abs() < 0.0005, "{share} of the stubs are multi-homed");
    let mut degrees: Vec<u32> = (0..underlay.as_count() as u32).map(|n| underlay.customers(AsIndex(n))).collect();
    degrees.retain(|degree| *degree > 0);
    degrees.sort_unstable();
    assert_eq!((degrees[degrees.len() / 2], degrees[degrees.len() - 1]), (2, 5_040));
    assert_eq!(underlay.number(underlay.default_server_as()).0, 174);
    assert_eq!(underlay.graph().depths().iter().max(), Some(&18));
}

#[test]
fn real_file_has_an_acyclic_provider_graph() {
    let Some(underlay) = real("real_file_has_an_acyclic_provider_graph") else { return };
    // Kahn (1962): take away ASes without providers until nothing is left.
    let count = underlay.as_count();
    let (mut providers, mut customers) = (vec![0_u32; count], vec![Vec::new(); count]);
    for link in underlay.links().iter().filter(|l| l.relationship == LinkRelationship::ProviderCustomer) {
        providers[link.b.index()] += 1;
        customers[link.a.index()].push(link.b.index());
    }
    let mut free: Vec<usize> = (0..count).filter(|n| providers[*n] == 0).collect();
    let mut taken = 0;
    while let Some(n) = free.pop() {
        taken += 1;
        for customer in &customers[n] {
            providers[*customer] -= 1;
            if providers[*customer] == 0 {
                free.push(*customer);
            }
        }
    }
    assert_eq!(taken, count);
}

#[test]
fn real_file_forwarding_never_loops() {
    let Some(underlay) = real("real_file_forwarding_never_loops") else { return };
    let everybody: Vec<AsIndex> = (0..underlay.as_count() as u32).map(AsIndex).collect();
    for destination in sample(everybody.clone(), 200) {
        let tree = underlay.route_tree(destination);
        for from in &everybody {
            // Each hop is one link nearer, so following next hops ends at the destination.
            match (tree.hops(*from), tree.next_hop(*from)) {
                (Some(0), None) => assert_eq!(*from, destination),
                (Some(hops), Some(next)) => assert_eq!(tree.hops(next), Some(hops - 1)),
                (None, None) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Lengths of all routes to one AS by another method than the sweep: breadth-first over lengths, without a routing
/// order, so that it bears provider cycles too.
struct Buckets {
    providers: Vec<Vec<usize>>,
    peers: Vec<Vec<usize>>,
    customers: Vec<Vec<usize>>,
}

impl Buckets {
    fn new(count: usize, links: impl Iterator<Item = (usize, usize, LinkRelationship)>) -> Self {
        let none = || vec![Vec::new(); count];
        let mut all = Self { providers: none(), peers: none(), customers: none() };
        for (a, b, relationship) in links {
            let (of_a, of_b) = match relationship {
                LinkRelationship::ProviderCustomer => (&mut all.customers, &mut all.providers),
                LinkRelationship::Peering => {
                    all.peers[a].push(b);
                    all.peers[b].push(a);
                    continue;
                }
            };
            of_a[a].push(b);
            of_b[b].push(a);
        }
        all
    }

    fn lengths(&self, to: usize) -> Vec<Option<u8>> {
        let mut length: Vec<Option<u8>> = vec![None; self.peers.len()];
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); 64];
        let mut reach = |at: usize, hops: u8, waiting: &mut Vec<Vec<usize>>| {
            if length[at].is_none() {
                length[at] = Some(hops);
                waiting[usize::from(hops)].push(at);
            }
        };
        reach(to, 0, &mut waiting);
        for hops in 0..63_u8 {
            for at in waiting[usize::from(hops)].clone() {
                self.providers[at].iter().for_each(|provider| reach(*provider, hops + 1, &mut waiting));
            }
        }
        let upward = waiting.clone();
        for hops in 0..63_u8 {
            for at in &upward[usize::from(hops)] {
                self.peers[*at].iter().for_each(|peer| reach(*peer, hops + 1, &mut waiting));
            }
        }
        for hops in 0..63_u8 {
            for at in waiting[usize::from(hops)].clone() {
                self.customers[at].iter().for_each(|customer| reach(*customer, hops + 1, &mut waiting));
            }
        }
        length
    }
}

/// Mean length and share of sources without a route, by destination.
fn to_destination(lengths: impl Iterator<Item = Option<u8>>) -> (f64, f64) {
    let (mut sum, mut routed, mut all) = (0.0, 0.0, 0.0);
    for length in lengths {
        all += 1.0;
        if let Some(hops) = length {
            sum += f64::from(hops);
            routed += 1.0;
        }
    }
    (sum / f64::max(routed, 1.0), 1.0 - routed / all)
}

#[test]
fn real_file_has_the_known_path_lengths() {
    let Some(underlay) = real("real_file_has_the_known_path_lengths") else { return };
    let stubs = stubs(underlay);
    let written = underlay.links().iter().map(|l| (l.a.index(), l.b.index(), l.relationship));
    let twin = Buckets::new(underlay.as_count(), written);
    // The file as it is, the cycles left in.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = std::fs::read_to_string(path).unwrap();
    let raw = Buckets::new(
        underlay.as_count(),
        text.lines().map(|line| {
            let fields: Vec<&str> = line.split('|').collect();
            let index = |text: &str| underlay.index_of(crate::units::AsNumber(text.parse().unwrap())).unwrap().index();
            let relationship =
                if fields[2] == "-1" { LinkRelationship::ProviderCustomer } else { LinkRelationship::Peering };
            (index(fields[0]), index(fields[1]), relationship)
        }),
    );
    let (mut means, mut raw_means, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for destination in sample(stubs.clone(), 400) {
        let tree = underlay.route_tree(destination);
        let expected = twin.lengths(destination.index());
        assert!(
            (0..underlay.as_count()).all(|n| tree.hops(AsIndex(n as u32)) == expected[n]),
            "AS index {destination}"
        );
        let raw = raw.lengths(destination.index());
        let others = || stubs.iter().filter(|stub| **stub != destination);
        let (mean, without) = to_destination(others().map(|stub| tree.hops(*stub)));
        let (raw_mean, _) = to_destination(others().map(|stub| raw[stub.index()]));
        missing.push(without);
        if mean > 0.0 {
            means.push(mean);
            raw_means.push(raw_mean);
        }
    }
    let (hops, error) = mean_and_error(&means);
    let (raw_hops, raw_error) = mean_and_error(&raw_means);
    let (missing, missing_error) = mean_and_error(&missing);
    eprintln!(
        "hops between stubs {hops:.3} ± {error:.3}, with the cycles left in {raw_hops:.3} ± {raw_error:.3}; unreachable \
         {missing:.4} ± {missing_error:.4}"
    );
    // All 2.26 billion pairs: 4.162 hops, 1.225 % of pairs without a route. The known 4.33 hops were measured with the
    // provider cycles left in, where some ASes prefer long ways around a cycle. Bands: three standard errors of the
    // sample of destinations, and half a unit of the last printed digit.
    assert!((hops - 4.162).abs() < 3.0 * error + 0.0005, "{hops} ± {error}");
    assert!((raw_hops - 4.33).abs() < 3.0 * raw_error + 0.005, "{raw_hops} ± {raw_error}");
    assert!((missing - 0.012).abs() < 3.0 * missing_error + 0.0005, "{missing} ± {missing_error}");
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn real_file_hash_is_the_same_on_any_number_of_threads() {
    let Some(underlay) = real("real_file_hash_is_the_same_on_any_number_of_threads") else { return };
    let in_use = sample((0..underlay.as_count() as u32).map(AsIndex).collect(), 300);
    let hash = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| underlay.routes_hash(&in_use))
    };
    assert_eq!(hash(1), hash(3));
}

#[expect(clippy::disallowed_types, reason = "measures wall clock; no model sees it")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, std::time::Duration) {
    let start = std::time::Instant::now();
    let done = work();
    (done, start.elapsed())
}

#[test]
fn real_file_table_over_5000_stubs_fits_its_limit() {
    let Some(underlay) = real("real_file_table_over_5000_stubs_fits_its_limit") else { return };
    let in_use = sample(stubs(underlay), 5_000);
    let refused = RouteTable::build(underlay, &in_use, 20_000_000).unwrap_err();
    assert_eq!(refused.needed, 25_020_000);
    let (table, elapsed) = timed(|| RouteTable::build(underlay, &in_use, 200 << 20).unwrap());
    eprintln!("route table over 5,000 stubs: {elapsed:?}; {}", table.note().unwrap());
    assert!(elapsed.as_secs() < 15);
    let (_, elapsed) =
        timed(|| in_use[..200].iter().filter(|to| underlay.route_tree(**to).hops(in_use[0]).is_some()).count());
    eprintln!("a route tree: {:?}", elapsed / 200);
    for to in &in_use[..3] {
        let tree = underlay.route_tree(*to);
        assert!(in_use.iter().all(|from| table.hops(*from, *to) == tree.hops(*from)));
    }
}
