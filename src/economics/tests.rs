//! Bills against hand-made ones, against an obvious twin, and under laws that hold for every traffic.

use proptest::prelude::*;

use super::*;
use crate::random::Seed;
use crate::underlay::{Isp, IspSet, LatencySpec, Link, LinkRelationship, Source, Underlay, UnderlaySpec};
use crate::units::{AsIndex, AsNumber, BitRate, Bytes, IspIndex, Money, SimDuration};

/// The percentile as a book-keeper takes it: sort, cross out one in twenty from the top, read the next.
fn crossed_out(samples: &[u64]) -> Option<u64> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    if sorted.len() < 20 {
        return None;
    }
    for _ in 0..sorted.len() * 5 / 100 {
        sorted.pop();
    }
    sorted.pop()
}

fn traffic<'a>(to_seller: &'a [u64], to_buyer: &'a [u64]) -> Traffic<'a> {
    Traffic {
        to_seller,
        to_buyer,
        bytes_to_seller: Bytes::new(to_seller.iter().sum()),
        bytes_to_buyer: Bytes::new(to_buyer.iter().sum()),
        time: SimDuration::from_secs(300 * to_seller.len() as u64),
    }
}

fn percentile_terms(commit: &str, direction: DirectionRule) -> Terms {
    let [price, overage] = ["2 EUR per Mbit/s", "3 EUR per Mbit/s"].map(|text| text.parse().unwrap());
    Terms::Percentile { price, commit: commit.parse().unwrap(), overage, direction }
}

/// Bytes of a sample at this many Mbit/s.
const fn megabits(rate: u64) -> u64 {
    rate * 1_000_000 / 8 * 300
}

fn euros(amount: i128) -> Money {
    Money::from_micros(amount * 1_000_000)
}

#[test]
fn commit_is_paid_in_any_case_and_overage_above_it() {
    let samples = [megabits(50); 20];
    let month = MonthSpec { days: 30, hour: 0, profile: [1_000_000; 24] };
    let cost = |commit: &str| {
        bill(&percentile_terms(commit, DirectionRule::Higher), Some(&month), &traffic(&samples, &[0; 20]))
    };
    let below = cost("100 Mbit/s");
    assert_eq!((below.level, below.fixed, below.month), (Some(BitRate::new(50_000_000)), euros(200), Some(euros(200))));
    // 40 at 2, 10 at 3.
    assert_eq!(cost("40 Mbit/s").month, Some(euros(110)));
    assert_eq!(cost("0 bit/s").month, Some(euros(150)));
    assert_eq!(cost("0 bit/s").fixed, Money::ZERO);
}

#[test]
fn directions_are_combined_as_the_tariff_says() {
    let (up, down) = ([megabits(30); 20], [megabits(10); 20]);
    let level = |direction| bill(&percentile_terms("0 bit/s", direction), None, &traffic(&up, &down)).level;
    assert_eq!(level(DirectionRule::Higher), Some(BitRate::new(30_000_000)));
    assert_eq!(level(DirectionRule::Average), Some(BitRate::new(20_000_000)));
    assert_eq!(level(DirectionRule::Sum), Some(BitRate::new(40_000_000)));
    let volume = |direction| {
        let terms = Terms::PerVolume { price: "1 EUR per GB".parse().unwrap(), direction };
        bill(&terms, None, &traffic(&up, &down)).simulated
    };
    // 20 samples: 22.5 GB and 7.5 GB.
    assert_eq!(volume(DirectionRule::Higher), Some(Money::from_micros(22_500_000)));
    assert_eq!(volume(DirectionRule::Average), Some(euros(15)));
    assert_eq!(volume(DirectionRule::Sum), Some(euros(30)));
}

#[test]
fn nothing_is_said_of_a_month_without_a_rule_nor_of_a_percentile_below_twenty_samples() {
    let month = MonthSpec { days: 30, hour: 0, profile: [1_000_000; 24] };
    let terms = percentile_terms("10 Mbit/s", DirectionRule::Higher);
    let few = [megabits(50); 19];
    let bill_of_few = bill(&terms, Some(&month), &traffic(&few, &few));
    assert_eq!((bill_of_few.level, bill_of_few.month_level, bill_of_few.month), (None, None, None));
    assert_eq!((bill_of_few.samples, bill_of_few.fixed), (19, euros(20)));
    let enough = [megabits(50); 20];
    let without = bill(&terms, None, &traffic(&enough, &enough));
    assert_eq!((without.month_level, without.month, without.fixed), (None, None, euros(20)));
    assert!(without.level.is_some());
    let volume = Terms::PerVolume { price: "1 EUR per GB".parse().unwrap(), direction: DirectionRule::Sum };
    assert_eq!(bill(&volume, Some(&month), &traffic(&few, &few)).month, None, "a month of a moment");
    assert_eq!(bill(&volume, None, &traffic(&enough, &enough)).month, None);
    // What does not depend on traffic is known.
    assert_eq!(bill(&Terms::Flat(euros(7)), None, &traffic(&few, &few)).month, Some(euros(7)));
    assert_eq!(bill(&Terms::SettlementFree, None, &traffic(&few, &few)).month, Some(Money::ZERO));
}

#[test]
fn a_month_follows_the_profile() {
    // Half of the day at the measured level, half at twice that: 5 % of the samples are far within the upper half.
    let mut profile = [1_000_000; 24];
    profile[12..].fill(2_000_000);
    let month = MonthSpec { days: 30, hour: 3, profile };
    let samples = [megabits(10); 40];
    let one = bill(&percentile_terms("0 bit/s", DirectionRule::Higher), Some(&month), &traffic(&samples, &[0; 40]));
    assert_eq!((one.level, one.month_level), (Some(BitRate::new(10_000_000)), Some(BitRate::new(20_000_000))));
    // A single peak hour is 1/24 = 4.2 % of the time: free.
    profile = [1_000_000; 24];
    profile[20] = 9_000_000;
    let peak = MonthSpec { days: 30, hour: 20, profile };
    let free = bill(&percentile_terms("0 bit/s", DirectionRule::Higher), Some(&peak), &traffic(&samples, &[0; 40]));
    assert_eq!(free.month_level, Some(BitRate::new(1_111_111)));
    // Volume: 10 Mbit/s for 12 h, 20 Mbit/s for 12 h, 30 days.
    let volume = Terms::PerVolume { price: "1 EUR per GB".parse().unwrap(), direction: DirectionRule::Sum };
    let bytes = bill(&volume, Some(&month), &traffic(&samples, &[0; 40])).month_volume.unwrap();
    assert_eq!(bytes.get(), 15_000_000 / 8 * 86_400 * 30);
}

#[test]
fn the_month_is_its_own_samples_written_out() {
    // 24 hours of 12 samples, 3 days, against the short way over 24·n values.
    let samples: Vec<u64> = (0..36).map(|n| 1_000 * (n * 7919 % 101 + 1)).collect();
    let mut profile = [0; 24];
    for (hour, weight) in profile.iter_mut().enumerate() {
        *weight = 500_000 + 100_000 * (hour as u64 * 5 % 24);
    }
    let month = MonthSpec { days: 3, hour: 7, profile };
    let mut written_out: Vec<f64> = Vec::new();
    for _day in 0..3 {
        for weight in profile {
            // Three hours' worth of samples stand for each hour: each of them a third of a time.
            written_out.extend(samples.iter().map(|s| *s as f64 * weight as f64 / profile[7] as f64));
        }
    }
    written_out.sort_by(|a, b| b.total_cmp(a));
    let expected = written_out[written_out.len() * 5 / 100] * 8.0 / 300.0;
    let got = bill(&percentile_terms("0 bit/s", DirectionRule::Higher), Some(&month), &traffic(&samples, &[0; 36]));
    assert!((got.month_level.unwrap().get() as f64 - expected).abs() <= 0.5, "{got:?} {expected}");
}

#[test]
fn profiles_are_whole_millionths() {
    assert_eq!(MonthSpec::profile_of(&[0.3; 24]), Some([300_000; 24]));
    assert_eq!(MonthSpec::profile_of(&[0.000_000_1; 24]), None);
    assert_eq!(MonthSpec::profile_of(&[-1.0; 24]), None);
    assert_eq!(MonthSpec::profile_of(&[f64::NAN; 24]), None);
}

proptest! {
    #[test]
    fn percentile_equals_crossing_out(samples in prop::collection::vec(0_u64..1_000, 0..400)) {
        prop_assert_eq!(percentile(&samples), crossed_out(&samples));
    }

    #[test]
    fn a_sample_more_never_makes_a_bill_smaller(
        samples in prop::collection::vec((0_u64..5_000_000_000, 0_u64..5_000_000_000), 20..80),
        at in any::<prop::sample::Index>(),
        more in 1_u64..5_000_000_000,
        weights in prop::array::uniform24(1_u64..3_000_000),
        direction in 0_usize..3,
    ) {
        let direction = DirectionRule::named(DirectionRule::NAMES[direction]).unwrap();
        let (up, down): (Vec<u64>, Vec<u64>) = samples.iter().copied().unzip();
        let mut higher = up.clone();
        higher[at.index(up.len())] += more;
        let month = MonthSpec { days: 30, hour: 12, profile: weights };
        let volume = Terms::PerVolume { price: "0.5 EUR per GB".parse().unwrap(), direction };
        for terms in [percentile_terms("20 Mbit/s", direction), volume] {
            let less = bill(&terms, Some(&month), &traffic(&up, &down));
            let more = bill(&terms, Some(&month), &traffic(&higher, &down));
            prop_assert!(less.month.unwrap() <= more.month.unwrap(), "{:?} {:?}", less, more);
            prop_assert!(less.month.unwrap() >= less.fixed);
            prop_assert!(less.level <= more.level && less.simulated <= more.simulated);
        }
    }

    #[test]
    fn a_flat_profile_bills_the_simulated_level(
        samples in prop::collection::vec(0_u64..5_000_000_000, 20..80),
        hour in 0_u8..24,
    ) {
        let month = MonthSpec { days: 30, hour, profile: [700_000; 24] };
        let one = bill(&percentile_terms("0 bit/s", DirectionRule::Sum), Some(&month), &traffic(&samples, &samples));
        // 24 copies: 5 % of 24·n may reach further down than 24 times 5 % of n, never less far.
        prop_assert!(one.month_level <= one.level);
        if samples.len() % 20 == 0 {
            prop_assert_eq!(one.month_level, one.level);
        }
    }
}

/// Four ISPs: T sells to A (two links, two ASes) and to B; A and B peer; C buys from A.
fn underlay() -> Underlay {
    use LinkRelationship::{Peering, ProviderCustomer};
    let isp = |name: &str, ases: &[u32]| Isp {
        name: name.to_owned(),
        ases: ases.iter().map(|number| AsNumber(*number)).collect(),
        subscribers: 1.0,
        latency: SimDuration::ZERO,
    };
    let link = |a: u32, b: u32, relationship| Link {
        a: AsNumber(a),
        b: AsNumber(b),
        relationship,
        capacity_ab: None,
        capacity_ba: None,
        latency: SimDuration::ZERO,
    };
    let set = IspSet {
        isps: vec![isp("T", &[1]), isp("A", &[2, 3]), isp("B", &[4]), isp("C", &[5])],
        links: vec![
            link(1, 2, ProviderCustomer),
            link(1, 3, ProviderCustomer),
            link(2, 3, Peering),
            link(1, 4, ProviderCustomer),
            link(2, 4, Peering),
            link(3, 5, ProviderCustomer),
        ],
    };
    let latency = LatencySpec { inside: SimDuration::ZERO, hop: SimDuration::ZERO };
    Underlay::build(&UnderlaySpec { source: Source::Isps(set), latency }, Seed::new(1, 0)).unwrap()
}

fn tariff(name: &str, links: Relationship, seller: Option<u32>, buyer: Option<u32>) -> TariffSpec {
    let party = |number: u32| Party { name: String::new(), number: AsNumber(number) };
    TariffSpec {
        name: name.to_owned(),
        links,
        seller: seller.map(party),
        buyer: buyer.map(party),
        terms: Terms::SettlementFree,
    }
}

fn spec(more: Vec<TariffSpec>) -> EconomicsSpec {
    let mut tariffs =
        vec![tariff("list", Relationship::Transit, None, None), tariff("free", Relationship::Peering, None, None)];
    tariffs.extend(more);
    EconomicsSpec { currency: None, tariffs, month: None }
}

fn contracts(spec: &EconomicsSpec, ases: &[u32]) -> Vec<(u32, u32, &'static str, String)> {
    let underlay = underlay();
    let ases: Vec<AsIndex> = ases.iter().map(|number| underlay.index_of(AsNumber(*number)).unwrap()).collect();
    let ledger = Ledger::build(spec, &underlay, &ases);
    let name = |contract: &Contract| spec.tariffs[contract.tariff].name.clone();
    ledger.contracts().iter().map(|c| (c.seller.0, c.buyer.0, c.links.name(), name(c))).collect()
}

#[test]
fn customers_pay_providers_once_for_all_links_and_peers_nobody() {
    let all = contracts(&spec(vec![]), &[2, 3, 4, 5]);
    // A's two links to T are one contract; the link between A's own ASes is none; B reaches AS 3 over T.
    let expected = [
        (0, 1, "transit", "list".to_owned()),
        (0, 2, "transit", "list".to_owned()),
        (1, 2, "peering", "free".to_owned()),
        (1, 3, "transit", "list".to_owned()),
    ];
    assert_eq!(all, expected);
    // Only contracts on routes between ASes in use.
    assert_eq!(contracts(&spec(vec![]), &[3, 5]), [(1, 3, "transit", "list".to_owned())]);
    assert_eq!(contracts(&spec(vec![]), &[2, 3]), []);
}

#[test]
fn the_most_precise_tariff_applies_and_paid_peering_has_a_payer() {
    let more = vec![
        tariff("of T", Relationship::Transit, Some(1), None),
        tariff("T to B", Relationship::Transit, Some(1), Some(4)),
        tariff("B sells peering", Relationship::Peering, Some(4), Some(3)),
    ];
    let expected = [
        (0, 1, "transit", "of T".to_owned()),
        (0, 2, "transit", "T to B".to_owned()),
        (1, 3, "transit", "list".to_owned()),
        (2, 1, "peering", "B sells peering".to_owned()),
    ];
    assert_eq!(contracts(&spec(more), &[2, 3, 4, 5]), expected);
}

#[test]
fn links_know_their_contract_and_side() {
    let underlay = underlay();
    let ases: Vec<AsIndex> = (1..5).map(AsIndex).collect();
    let ledger = Ledger::build(&spec(vec![]), &underlay, &ases);
    for link in ledger.links() {
        let contract = ledger.contracts()[link.contract];
        let ends = (underlay.isp_of(link.from), underlay.isp_of(link.to));
        let expected =
            if link.to_seller { (contract.buyer, contract.seller) } else { (contract.seller, contract.buyer) };
        assert_eq!(ends, expected, "{link:?}");
        assert!(ledger.find(link.to, link.from).is_some(), "both directions");
    }
    // C (AS 5) to B (AS 4): up to A's AS 3, inside A?, up to T, down to B.
    let to_b = underlay.index_of(AsNumber(4)).unwrap();
    let tree = underlay.route_tree(to_b);
    let from = underlay.index_of(AsNumber(5)).unwrap();
    let path = tree.path(from).unwrap();
    let mut crossed = Vec::new();
    ledger.along(&tree, from, |link| crossed.push(ledger.links()[link]));
    let between: Vec<(AsIndex, AsIndex)> = path
        .windows(2)
        .filter(|ends| underlay.isp_of(ends[0]) != underlay.isp_of(ends[1]))
        .map(|ends| (ends[0], ends[1]))
        .collect();
    assert_eq!(crossed.iter().map(|link| (link.from, link.to)).collect::<Vec<_>>(), between);
    assert_eq!(underlay.isp_of(from), IspIndex(3));
}
