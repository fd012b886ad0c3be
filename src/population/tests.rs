//! Laws of placement, classes, arrivals and stays against closed forms; what is refused; what depends on what.

use super::*;
use crate::random::{Distribution, Seed};
use crate::underlay::{
    AsRelationshipsText, Isp, IspSet, LatencySpec, Link, LinkRelationship, Source, Underlay, UnderlaySpec,
};
use crate::units::{AsIndex, AsNumber, BitRate, Identity, SimDuration, SimTime};

const LATENCY: LatencySpec = LatencySpec { inside: SimDuration::from_millis(10), hop: SimDuration::from_millis(7) };

fn underlay(source: Source) -> Underlay {
    Underlay::build(&UnderlaySpec { source, latency: LATENCY }, Seed::new(1, 0)).unwrap()
}

/// A provider, AS 100 at position 0, over `subscribers.len()` stubs, ASes 1, 2, … at positions 1, 2, ….
fn star_set(subscribers: &[f64]) -> IspSet {
    let mut isps =
        vec![Isp { name: "Carrier".to_owned(), ases: vec![AsNumber(100)], subscribers: 0.0, latency: LATENCY.inside }];
    let mut links = Vec::new();
    for (n, subscribers) in subscribers.iter().enumerate() {
        let b = AsNumber(n as u32 + 1);
        isps.push(Isp { name: format!("isp {n}"), ases: vec![b], subscribers: *subscribers, latency: LATENCY.inside });
        let relationship = LinkRelationship::ProviderCustomer;
        links.push(Link {
            a: AsNumber(100),
            b,
            relationship,
            capacity_ab: None,
            capacity_ba: None,
            latency: LATENCY.hop,
        });
    }
    IspSet { isps, links }
}

pub(super) fn star(subscribers: &[f64]) -> Underlay {
    underlay(Source::Isps(star_set(subscribers)))
}

fn class(name: &str, share: f64) -> AccessClass {
    AccessClass {
        name: name.to_owned(),
        share,
        down: BitRate::new(16_000_000),
        up: BitRate::new(1_000_000),
        free_rider: false,
    }
}

fn spec(peers: u32, placement: Placement) -> DrawnCrowd {
    DrawnCrowd {
        peers,
        access: vec![class("a", 0.2), class("b", 0.5), class("c", 0.3)],
        placement,
        arrivals: Arrivals::AllAtOnce,
        seeds: SeedsSpec {
            count: 2,
            up: BitRate::new(5_000_000),
            as_number: None,
            departure: Some(SimTime::from_nanos(9)),
        },
    }
}

const STUBS: Placement = Placement::Uniform { over: PlacementRange::Stubs };

fn of(crowd: &DrawnCrowd, after_completion: AfterCompletion) -> PopulationSpec {
    PopulationSpec {
        crowd: Crowd::Drawn(crowd.clone()),
        after_completion,
        caches: None,
        sessions: SessionsSpec::UNLIMITED,
    }
}

fn build(spec: &DrawnCrowd, underlay: &Underlay) -> Population {
    built(spec, AfterCompletion::Stay, underlay, Seed::new(3, 0))
}

fn built(spec: &DrawnCrowd, after: AfterCompletion, underlay: &Underlay, seed: Seed) -> Population {
    Population::build(&of(spec, after), underlay, &|_| true, seed).unwrap()
}

fn identities(population: &Population) -> impl Iterator<Item = Identity> {
    (0..population.peers()).map(Identity)
}

fn places(population: &Population) -> Vec<u32> {
    identities(population).map(|peer| population.as_index(peer).0).collect()
}

/// Pearson's statistic of counts against probabilities.
fn chi_square(cells: impl Iterator<Item = u32>, probabilities: &[f64]) -> f64 {
    let mut counts = vec![0.0; probabilities.len()];
    let mut n = 0.0;
    for cell in cells {
        counts[cell as usize] += 1.0;
        n += 1.0;
    }
    let term = |(count, p): (&f64, &f64)| {
        assert!(*p > 0.0 || *count == 0.0, "a cell of probability 0 was drawn");
        if *p > 0.0 { (count - n * p).powi(2) / (n * p) } else { 0.0 }
    };
    counts.iter().zip(probabilities).map(term).sum()
}

// Points of the chi-square law that are exceeded once in a thousand, by degrees of freedom.
const CHI_2: f64 = 13.82;
const CHI_3: f64 = 16.27;
const CHI_4: f64 = 18.47;

#[test]
fn random_placements_follow_their_weights() {
    let underlay = star(&[1.0, 2.0, 3.0, 4.0]);
    let by_weight = Placement::ByWeight(vec![
        (AsNumber(4), 2.0),
        (AsNumber(100), 1.0),
        (AsNumber(1), 5.0),
        (AsNumber(2), 0.0),
        (AsNumber(3), 2.0),
    ]);
    // Two of its ASes are not in the underlay, one of the underlay has no row, one has nobody; the order is the file's own.
    let rows = [(4, 30.0), (9, 1e6), (2, 10.0), (3, 0.0), (100, 60.0), (77, 5.0)];
    let by_file = Placement::BySubscriberFile(SubscriberFile {
        path: "subscribers.csv".to_owned(),
        text: String::new(),
        as_column: "as".to_owned(),
        subscribers_column: "subscribers".to_owned(),
        rows: rows.map(|(number, subscribers)| (AsNumber(number), subscribers)).to_vec(),
    });
    assert_eq!(
        placement_notes(&by_file, &underlay),
        [
            "subscribers.csv: 2 of 6 ASes, with 100.0 % of the subscribers, are not in the underlay and were left out, for \
             example AS9, AS77.",
            "subscribers.csv: 1 of the underlay's 5 ASes have no row and hold no peers.",
        ]
    );
    assert_eq!(placement_notes(&by_weight, &underlay), [""; 0]);
    let all = Placement::Uniform { over: PlacementRange::All };
    for (placement, probabilities, limit) in [
        (STUBS, [0.0, 0.25, 0.25, 0.25, 0.25], CHI_3),
        (all, [0.2; 5], CHI_4),
        (Placement::BySubscribers, [0.0, 0.1, 0.2, 0.3, 0.4], CHI_3),
        (by_file, [0.6, 0.0, 0.1, 0.0, 0.3], CHI_2),
        (by_weight, [0.1, 0.5, 0.0, 0.2, 0.2], CHI_3),
    ] {
        let population = build(&spec(20_000, placement.clone()), &underlay);
        let chi = chi_square(places(&population).into_iter(), &probabilities);
        assert!(chi < limit, "{placement:?}: chi-square {chi}");
        // Where a peer lives says nothing about when it comes: the first thousand follow the same law.
        let chi = chi_square(places(&population).into_iter().take(1_000), &probabilities);
        assert!(chi < limit, "{placement:?}, first thousand: chi-square {chi}");
    }
}

#[test]
fn initial_seeds_follow_the_placement_or_stand_where_told() {
    let underlay = star(&[1.0, 2.0, 3.0, 4.0]);
    let counts = (1..=4).map(|n| (AsNumber(n), 10 * n)).collect();
    for placement in [Placement::BySubscribers, Placement::Table(counts)] {
        let mut spec = spec(100, placement);
        spec.seeds.count = 20_000;
        let population = build(&spec, &underlay);
        let chi = chi_square(population.seeds().iter().map(|s| s.as_index.0), &[0.0, 0.1, 0.2, 0.3, 0.4]);
        assert!(chi < CHI_3, "chi-square {chi}");
        spec.seeds.count = 2;
        spec.seeds.as_number = Some(AsNumber(100));
        let population = build(&spec, &underlay);
        let expected = |n| InitialSeed {
            identity: Identity::seed(n),
            as_index: AsIndex(0),
            class: None,
            up: BitRate::new(5_000_000),
            down: BitRate::new(5_000_000),
            arrival: SimTime::ZERO,
            departure: Some(SimTime::from_nanos(9)),
        };
        assert_eq!(population.seeds(), [expected(0), expected(1)]);
        assert!(population.ases_in_use().contains(&AsIndex(0)));
    }
}

#[test]
fn access_classes_have_their_shares_in_every_as() {
    let underlay = star(&[1.0, 1.0]);
    let population = build(&spec(20_000, STUBS), &underlay);
    for stub in [AsIndex(1), AsIndex(2)] {
        let there = identities(&population).filter(|peer| population.as_index(*peer) == stub);
        let chi = chi_square(there.map(|peer| population.access_class(peer) as u32), &[0.2, 0.5, 0.3]);
        assert!(chi < CHI_2, "chi-square {chi}");
    }
    assert_eq!(population.access(Identity(0)).name, ["a", "b", "c"][population.access_class(Identity(0))]);
}

#[test]
fn a_table_is_filled_exactly_in_an_order_that_says_nothing() {
    let underlay = star(&[1.0; 4]);
    let table = vec![(AsNumber(3), 4_000), (AsNumber(1), 1_000), (AsNumber(2), 0), (AsNumber(100), 5_000)];
    let population = build(&spec(10_000, Placement::Table(table.clone())), &underlay);
    let places = places(&population);
    let count = |of: u32| places.iter().filter(|place| **place == of).count();
    assert_eq!((count(0), count(1), count(2), count(3)), (5_000, 1_000, 0, 4_000));
    // The first thousand are a sample without replacement: their statistic is (1 − 1,000/10,000) × chi-square.
    let chi = chi_square(places.iter().copied().take(1_000), &[0.5, 0.1, 0.0, 0.4]) / 0.9;
    assert!(chi < CHI_2, "chi-square {chi}");
    let mut reversed = table;
    reversed.reverse();
    let other = build(&spec(10_000, Placement::Table(reversed)), &underlay);
    assert_eq!(places, self::places(&other), "the order of writing does not matter");
    let halves = spec(10_000, Placement::Table(vec![(AsNumber(1), 5_000), (AsNumber(2), 5_000)]));
    let again = built(&halves, AfterCompletion::Stay, &underlay, Seed::new(3, 1));
    assert_ne!(places, self::places(&again));
}

/// Mean population of a flash crowd of `n` with time constant `tau` at `t`, when everybody stays Exp(`stay`):
/// n·p with p = ∫₀ᵗ (1/τ)e^(−s/τ)·e^(−(t−s)/σ) ds; and its standard deviation: n·p·(1 − p), stays being independent.
fn mean_population(n: f64, tau: f64, stay: f64, t: f64) -> (f64, f64) {
    let p = stay / (tau - stay) * ((-t / tau).exp() - (-t / stay).exp());
    (n * p, (n * p * (1.0 - p)).sqrt())
}

#[test]
fn d09_flash_crowd_population() {
    // λ0 = 2 /s, τ = 3,600 s: 7,200 arrivals.
    let (n, tau, stay) = (7_200, 3_600, 600);
    let underlay = star(&[1.0]);
    let mut spec = spec(n, STUBS);
    spec.arrivals = Arrivals::FlashCrowd { decay: SimDuration::from_secs(tau) };
    let after = AfterCompletion::StayFor(Distribution::Exponential { mean: SimDuration::from_secs(stay) });
    let replications = 20;
    let times = [(600.0, 689.2), (1_290.0, 838.6), (3_600.0, 526.2), (7_200.0, 194.9)];
    let mut sums = [0.0; 4];
    for replication in 0..replications {
        let population = built(&spec, after.clone(), &underlay, Seed::new(5, replication));
        assert!(identities(&population).map(|p| population.arrival(p)).is_sorted());
        for peer in identities(&population) {
            let arrival = population.arrival(peer);
            let departure = arrival + population.lingering(peer).unwrap();
            for (sum, (t, _)) in sums.iter_mut().zip(times) {
                *sum += f64::from(u8::from(arrival.as_secs_f64() <= t && departure.as_secs_f64() > t));
            }
        }
    }
    for (sum, (t, published)) in sums.iter().zip(times) {
        let (mean, deviation) = mean_population(f64::from(n), tau as f64, stay as f64, t);
        assert!((mean - published).abs() < 0.05, "closed form {mean} at {t} s, published {published}");
        let found = sum / f64::from(replications);
        let error = deviation / f64::from(replications).sqrt();
        assert!((found - mean).abs() < 3.0 * error, "{found} at {t} s instead of {mean} ± {error}");
    }
}

#[test]
fn lists_and_stays_are_taken_as_given() {
    let underlay = star(&[1.0]);
    let mut spec = spec(3, STUBS);
    let times = [0, 5, 5].map(SimTime::from_nanos);
    spec.arrivals = Arrivals::List(times.to_vec());
    let population = build(&spec, &underlay);
    assert_eq!(identities(&population).map(|p| population.arrival(p)).collect::<Vec<_>>(), times);
    assert_eq!(population.lingering(Identity(1)), None);
    let stay = |after| built(&spec, after, &underlay, Seed::new(3, 0)).lingering(Identity(1));
    assert_eq!(stay(AfterCompletion::Leave), Some(SimDuration::ZERO));
    let constant = SimDuration::from_secs(3);
    assert_eq!(stay(AfterCompletion::StayFor(Distribution::Constant(constant))), Some(constant));
}

/// Everything given of a population, for comparison.
fn given(population: &Population) -> Vec<(SimTime, usize, AsIndex, Option<SimDuration>)> {
    let one = |p| (population.arrival(p), population.access_class(p), population.as_index(p), population.lingering(p));
    identities(population).map(one).collect()
}

#[test]
fn one_seed_gives_one_population_and_one_more_peer_moves_nobody() {
    let underlay = star(&[1.0, 2.0, 3.0]);
    let law = Distribution::Exponential { mean: SimDuration::from_secs(60) };
    let after = AfterCompletion::StayFor(law);
    let crowd = |peers, placement| DrawnCrowd {
        arrivals: Arrivals::FlashCrowd { decay: SimDuration::from_secs(100) },
        ..spec(peers, placement)
    };
    let of_seed = |seed| given(&built(&crowd(500, STUBS), after.clone(), &underlay, seed));
    assert_eq!(of_seed(Seed::new(3, 0)), of_seed(Seed::new(3, 0)));
    assert_ne!(of_seed(Seed::new(3, 0)), of_seed(Seed::new(3, 1)));
    for placement in [STUBS, Placement::BySubscribers] {
        let at_once = |peers| {
            let crowd = DrawnCrowd { arrivals: Arrivals::AllAtOnce, ..crowd(peers, placement.clone()) };
            built(&crowd, after.clone(), &underlay, Seed::new(3, 0))
        };
        let (fewer, more) = (at_once(500), at_once(501));
        assert_eq!(given(&fewer), given(&more)[..500]);
        assert_eq!(fewer.seeds(), more.seeds());
    }
}

#[test]
fn names_and_a_further_isp_change_nothing() {
    let plain = star_set(&[1.0, 2.0, 3.0]);
    let mut other = plain.clone();
    for (n, isp) in other.isps.iter_mut().enumerate() {
        isp.name = format!("{}", 9 - n);
    }
    other.isps.push(Isp {
        name: "Lonely".to_owned(),
        ases: vec![AsNumber(999)],
        subscribers: 0.0,
        latency: SimDuration::ZERO,
    });
    let (plain, other) = (underlay(Source::Isps(plain)), underlay(Source::Isps(other)));
    let table = Placement::Table(vec![(AsNumber(1), 100), (AsNumber(3), 200)]);
    let weights = Placement::ByWeight(vec![(AsNumber(1), 1.0), (AsNumber(3), 2.0)]);
    for placement in [STUBS, Placement::Uniform { over: PlacementRange::All }, Placement::BySubscribers, table, weights]
    {
        let spec = spec(300, placement);
        let one = build(&spec, &plain);
        // The servers stand at AS 100, which the further ISP cannot reach.
        let tree = other.route_tree(other.default_server_as());
        let reachable = |index: AsIndex| tree.hops(index).is_some();
        let stay = of(&spec, AfterCompletion::Stay);
        let two = Population::build(&stay, &other, &reachable, Seed::new(3, 0)).unwrap();
        assert_eq!(given(&one), given(&two));
        assert_eq!(one.seeds(), two.seeds());
        assert_eq!(two.left_out(), u32::from(matches!(spec.placement, Placement::Uniform { .. })));
    }
}

#[test]
fn places_out_of_reach_are_left_out_and_counted() {
    let underlay = star(&[1.0, 1.0, 1.0, 1.0]);
    let reachable = |index: AsIndex| index.0 != 2;
    let stay = of(&spec(9_000, STUBS), AfterCompletion::Stay);
    let population = Population::build(&stay, &underlay, &reachable, Seed::new(3, 0)).unwrap();
    let third = 1.0 / 3.0;
    let chi = chi_square(places(&population).into_iter(), &[0.0, third, 0.0, third, third]);
    assert!(chi < CHI_2, "chi-square {chi}");
    assert_eq!(population.left_out(), 1);
    assert_eq!(population.ases_in_use(), [1, 3, 4].map(AsIndex));
    assert_eq!(placement_ases(&spec(1, STUBS), &underlay).unwrap(), [1, 2, 3, 4].map(AsIndex));
    let mut elsewhere = spec(1, Placement::ByWeight(vec![(AsNumber(3), 1.0), (AsNumber(1), 0.0)]));
    elsewhere.seeds.as_number = Some(AsNumber(100));
    assert_eq!(placement_ases(&elsewhere, &underlay).unwrap(), [0, 3].map(AsIndex));
}

#[test]
fn mistakes_are_refused_with_a_reason() {
    let underlay = star(&[1.0, 2.0]);
    let refuse = |change: &dyn Fn(&mut DrawnCrowd)| {
        let mut spec = spec(3, STUBS);
        change(&mut spec);
        let reachable = |index: AsIndex| index.0 != 2;
        Population::build(&of(&spec, AfterCompletion::Stay), &underlay, &reachable, Seed::new(3, 0))
            .unwrap_err()
            .to_string()
    };
    let table = |counts: &[(u32, u32)]| Placement::Table(counts.iter().map(|(n, c)| (AsNumber(*n), *c)).collect());
    let weights =
        |weights: &[(u32, f64)]| Placement::ByWeight(weights.iter().map(|(n, w)| (AsNumber(*n), *w)).collect());
    for (text, found) in [
        ("`peers` = 0; expected 1 to 3221225472", refuse(&|s| s.peers = 0)),
        ("`seeds` = 0; expected 1 to 268435456", refuse(&|s| s.seeds.count = 0)),
        (
            "the shares of the access classes sum to 0.5; expected shares above 0 that sum to 1",
            refuse(&|s| s.access = vec![class("a", 0.5)]),
        ),
        (
            "the shares of the access classes sum to 1; expected shares above 0 that sum to 1",
            refuse(&|s| s.access = vec![class("a", 2.0), class("b", -1.0)]),
        ),
        (
            "the placement table has 4 places for 3 peers; the two must be equal",
            refuse(&|s| s.placement = table(&[(1, 4)])),
        ),
        ("placement `table` names AS 1 twice", refuse(&|s| s.placement = table(&[(1, 1), (1, 2)]))),
        ("placement `table` names AS 7, which the underlay does not have", refuse(&|s| s.placement = table(&[(7, 3)]))),
        (
            "placement `table` puts somebody into AS 2, from which no route leads to the servers of the control plane",
            refuse(&|s| s.placement = table(&[(1, 2), (2, 1)])),
        ),
        (
            "`seeds` puts somebody into AS 2, from which no route leads to the servers of the control plane",
            refuse(&|s| s.seeds.as_number = Some(AsNumber(2))),
        ),
        ("`seeds` names AS 8, which the underlay does not have", refuse(&|s| s.seeds.as_number = Some(AsNumber(8)))),
        (
            "AS 1 has weight -1; expected a finite number, 0 or more",
            refuse(&|s| s.placement = weights(&[(1, -1.0), (2, 2.0)])),
        ),
        ("no AS has a weight above 0, so that nobody can be placed", refuse(&|s| s.placement = weights(&[(1, 0.0)]))),
        (
            "from none of the 1 ASes of the placement a route leads to the servers of the control plane",
            refuse(&|s| s.placement = weights(&[(2, 1.0)])),
        ),
        (
            "the list of arrivals has 1 times for 3 peers; the two must be equal",
            refuse(&|s| s.arrivals = Arrivals::List(vec![SimTime::ZERO])),
        ),
        (
            "the list of arrivals goes back in time at entry 3 (counted from 1); put it in ascending order",
            refuse(&|s| s.arrivals = Arrivals::List([0, 9, 8].map(SimTime::from_nanos).to_vec())),
        ),
        (
            "the `decay` of a flash crowd must be above zero; for everybody at once take `all-at-once`",
            refuse(&|s| s.arrivals = Arrivals::FlashCrowd { decay: SimDuration::ZERO }),
        ),
        (
            "the window `within` of `uniform` arrivals must be above zero; for everybody at once take `all-at-once`",
            refuse(&|s| s.arrivals = Arrivals::Uniform { within: SimDuration::ZERO }),
        ),
        (
            "the `mean-gap` of `poisson` arrivals must be above zero; for everybody at once take `all-at-once`",
            refuse(&|s| s.arrivals = Arrivals::Poisson { mean_gap: SimDuration::ZERO }),
        ),
    ] {
        assert_eq!(found, text);
    }
    let file = AsRelationshipsText { path: "f".to_owned(), text: "1|2|-1".to_owned() };
    let nobody_knows = underlay_of(file);
    let by_subscribers = of(&spec(3, Placement::BySubscribers), AfterCompletion::Stay);
    let found = Population::build(&by_subscribers, &nobody_knows, &|_| true, Seed::new(3, 0));
    assert_eq!(found.unwrap_err(), PopulationError::SubscribersUnknown);
}

fn underlay_of(file: AsRelationshipsText) -> Underlay {
    underlay(Source::AsRelationships(file))
}
