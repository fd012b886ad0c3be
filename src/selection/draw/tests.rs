//! Drawn lists against known answers and against the twin.

use std::collections::BTreeMap;
use std::sync::Arc;

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::{CandidateGroup, ListRequest, draw_list, twin};
use crate::guidance::WayOut;
use crate::random::{Purpose, Seed};
use crate::selection::strategy::example;
use crate::selection::{
    AsHops, Candidate, Catalog, ExternalQuota, Fill, Group, HighestBandwidth, Random, RarestHolders, Reported,
    Requester, SameAs, Strategy,
};
use crate::units::{AsIndex, BitRate, SimDuration};

const REQUESTER: Requester = Requester { as_index: AsIndex(0) };

/// What was told of an AS: its hops from the requester, and whether it is the requester's ISP.
fn seen(as_index: u32, hops: u8, same_isp: bool) -> Group {
    let told = Reported { value: same_isp, age: SimDuration::ZERO };
    Group { same_isp: Some(told), ..example::told(as_index, as_index == 0, Some(hops)) }
}

fn candidates(group: Group, members: &[u32]) -> CandidateGroup<'_, u32> {
    CandidateGroup { group, members, except: None }
}

fn request<'a>(order: &'a [&'a dyn Strategy], external: Option<ExternalQuota>, entries: usize) -> ListRequest<'a> {
    ListRequest { requester: REQUESTER, order, external, entries, sample: 4 }
}

fn quota(min: u32, max: u32, fill: Fill) -> ExternalQuota {
    ExternalQuota { min, max, fill }
}

/// One peer in each AS, insiders 1, 2, 3 at 0, 1, 3 hops and outsiders 11, 12, 13 at 2, 4, 5: no lots to draw.
fn without_ties(external: impl Into<Option<ExternalQuota>>, entries: usize) -> Vec<u32> {
    let groups = [
        candidates(seen(4, 4, false), &[12]),
        candidates(seen(0, 0, true), &[1]),
        candidates(seen(5, 5, false), &[13]),
        candidates(seen(1, 1, true), &[2]),
        candidates(seen(2, 2, false), &[11]),
        candidates(seen(3, 3, true), &[3]),
    ];
    let mut stream = Seed::new(1, 0).stream(Purpose::Test, 0);
    draw_list(&request(&[&AsHops], external.into(), entries), &groups, &look, &mut stream)
}

#[test]
fn the_order_is_cut() {
    assert_eq!(without_ties(None, 4), [1, 2, 11, 3]);
    assert_eq!(without_ties(None, 100), [1, 2, 11, 3, 12, 13]);
    assert_eq!(without_ties(None, 0), [0_u32; 0]);
}

#[test]
fn at_most_max_outsiders_in_their_natural_places() {
    assert_eq!(without_ties(quota(0, 1, Fill::None), 100), [1, 2, 11, 3]);
    assert_eq!(without_ties(quota(0, 2, Fill::None), 100), [1, 2, 11, 3, 12]);
    assert_eq!(without_ties(quota(0, 9, Fill::None), 100), without_ties(None, 100));
    assert_eq!(without_ties(quota(0, 0, Fill::None), 2), [1, 2]);
}

#[test]
fn at_least_min_outsiders_stand_first() {
    assert_eq!(without_ties(quota(2, 2, Fill::None), 4), [11, 12, 1, 2]);
    assert_eq!(without_ties(quota(1, 3, Fill::None), 100), [11, 1, 2, 3, 12, 13]);
    assert_eq!(without_ties(quota(5, 5, Fill::None), 100), [11, 12, 13, 1, 2, 3], "the swarm has three");
    assert_eq!(without_ties(quota(4, 4, Fill::None), 2), [11, 12], "a list is no longer than it was asked to be");
    assert_eq!(without_ties(quota(3, 1, Fill::None), 100), [11, 1, 2, 3], "min above max counts as max");
}

#[test]
fn when_insiders_run_out_fill_decides() {
    assert_eq!(without_ties(quota(0, 0, Fill::None), 100), [1, 2, 3]);
    assert_eq!(without_ties(quota(0, 0, Fill::Ordered), 100), [1, 2, 3, 11, 12, 13]);
    assert_eq!(without_ties(quota(0, 1, Fill::Ordered), 5), [1, 2, 11, 3, 12]);
    assert_eq!(without_ties(quota(2, 2, Fill::Ordered), 100), [11, 12, 1, 2, 3, 13]);
}

#[test]
fn who_is_of_an_unknown_isp_is_an_outsider() {
    let groups = [candidates(example::group(1), &[9, 8]), candidates(seen(0, 0, true), &[1])];
    let mut stream = Seed::new(1, 0).stream(Purpose::Test, 0);
    assert_eq!(draw_list(&request(&[], Some(quota(0, 0, Fill::None)), 9), &groups, &look, &mut stream), [1]);
}

#[test]
fn a_later_strategy_breaks_ties_of_an_earlier_one() {
    let groups = [candidates(seen(2, 5, false), &[25]), candidates(seen(3, 2, false), &[32])];
    let mut stream = Seed::new(1, 0).stream(Purpose::Test, 0);
    assert_eq!(draw_list(&request(&[&SameAs, &AsHops], None, 9), &groups, &look, &mut stream), [32, 25]);
}

#[test]
fn equal_costs_give_the_very_list_of_random_selection() {
    // VALIDATION, metamorphic: equal costs (one's own AS included), no quota, the same stream.
    let members: Vec<u32> = (0..60).collect();
    let groups: Vec<_> = members
        .chunks(7)
        .zip(0..)
        .map(|(members, as_index)| {
            let except = (as_index == 3).then_some(2);
            CandidateGroup { group: seen(as_index, 1, false), members, except }
        })
        .collect();
    for key in 0..50 {
        let list = |order: &[&dyn Strategy]| {
            draw_list(
                &request(order, None, 20),
                &groups,
                &|_| Candidate::default(),
                &mut Seed::new(7, 0).stream(Purpose::Test, key),
            )
        };
        let random = list(&[&Random]);
        assert_eq!(random.len(), 20);
        assert_eq!(list(&[&AsHops]), random);
        assert_eq!(list(&[]), random);
        assert_eq!(list(&[&Random, &AsHops]), random);
        // Nor do equal scores tell anybody apart, nor a mixture of what is equal.
        assert_eq!(list(&[&HighestBandwidth]), random);
        assert_eq!(list(&[&RarestHolders, &AsHops]), random);
        let catalog = Catalog::standard();
        for parts in ["as-hops = 1\nsame-isp = 2", "as-hops = 1\nhighest-bandwidth = 2"] {
            let mixture = crate::selection::Weighted::read(&parts.parse().unwrap(), &catalog).unwrap();
            assert_eq!(list(&[&mixture]), random);
        }
    }
}

/// Probabilities of the twin's lists: all shuffles, each as likely.
fn twin_law(request: &ListRequest, groups: &[CandidateGroup<u32>], candidates: usize) -> BTreeMap<Vec<u32>, f64> {
    let mut shuffles = vec![vec![]];
    for _ in 0..candidates {
        shuffles = shuffles
            .iter()
            .flat_map(|begun: &Vec<usize>| {
                (0..candidates).filter(|i| !begun.contains(i)).map(|i| [&begun[..], &[i]].concat())
            })
            .collect();
    }
    let mut law = BTreeMap::new();
    for shuffle in &shuffles {
        let list = twin::list(request, groups, look, |order| order.copy_from_slice(shuffle));
        *law.entry(list).or_insert(0.0) += 1.0 / shuffles.len() as f64;
    }
    law
}

/// Facts of single candidates by their number: two fast ones, one that said nothing; who holds rare pieces.
fn look(member: u32) -> Candidate {
    let uplink = match member {
        2 | 31 => Some(8_000),
        0 | 21 => Some(1_000),
        11 => None,
        _ => Some(2_000),
    };
    let holders = match member {
        11 | 22 => Some(Some(1)),
        2 | 31 => Some(Some(3)),
        21 => Some(None),
        _ => None,
    };
    Candidate {
        uplink: uplink.and_then(|rate| example::now(BitRate::new(rate))),
        rarest_held: holders.and_then(example::now),
    }
}

/// Six candidates in four ASes (the requester, 1, is none), two of them in the requester's ISP beside its own AS.
/// Neither delays nor ways out go with hops.
fn six() -> Vec<(Group, Vec<u32>, Option<usize>)> {
    let group = |group: Group, millis, way| Group {
        delay: example::now(Some(SimDuration::from_millis(millis))),
        way_out: example::now(way),
        ..group
    };
    vec![
        (group(seen(2, 1, false), 40, Some(WayOut::Provider)), vec![21, 22], None),
        (group(seen(0, 0, true), 10, Some(WayOut::OwnIsp)), vec![1, 0, 2], Some(1)),
        (group(seen(3, 2, false), 20, Some(WayOut::Customer)), vec![31], None),
        (group(seen(1, 1, true), 20, Some(WayOut::OwnIsp)), vec![11], None),
    ]
}

/// Every strategy of the catalog but mixtures, alone; mixtures of groups, of single candidates, of both; orders of
/// several.
fn orders() -> Vec<(String, Vec<Arc<dyn Strategy>>)> {
    let catalog = Catalog::standard();
    let make = |name: &str, parameters: &str| {
        (catalog.get(name).unwrap().build)(&parameters.parse().unwrap(), &catalog).unwrap()
    };
    let plain = |name: &str| make(name, "");
    let mixed = |parameters: &str| make("weighted", parameters);
    let alone = catalog.entries().iter().map(|entry| entry.name).filter(|name| *name != "weighted");
    let mut orders: Vec<(String, Vec<Arc<dyn Strategy>>)> =
        alone.map(|name| (name.to_owned(), vec![plain(name)])).collect();
    for parameters in [
        "as-hops = 1\ntransit-cost = 2",
        "same-as = 3\nhighest-bandwidth = 1",
        "highest-bandwidth = 1\nrarest-holders = 1",
    ] {
        orders.push((format!("weighted: {parameters}"), vec![mixed(parameters)]));
    }
    for names in [["same-as", "as-hops"], ["same-isp", "highest-bandwidth"], ["rarest-holders", "lowest-latency"]] {
        orders.push((names.join(", "), names.map(plain).to_vec()));
    }
    orders.push((
        "a mixture, then a score".to_owned(),
        vec![mixed("same-isp = 1\ntransit-cost = 1"), plain("highest-bandwidth")],
    ));
    orders
}

#[test]
fn lists_have_the_law_of_the_twin() {
    let six = six();
    let groups: Vec<CandidateGroup<u32>> =
        six.iter().map(|(group, members, except)| CandidateGroup { group: *group, members, except: *except }).collect();
    let quotas = [
        None,
        Some(quota(0, 0, Fill::None)),
        Some(quota(0, 1, Fill::None)),
        Some(quota(1, 1, Fill::Ordered)),
        Some(quota(1, 2, Fill::None)),
        Some(quota(2, 3, Fill::Ordered)),
        Some(quota(0, 2, Fill::Ordered)),
    ];
    let mut case = 0;
    for (name, order) in orders() {
        let order: Vec<&dyn Strategy> = order.iter().map(|strategy| &**strategy).collect();
        let samples: &[usize] = if order.iter().any(|strategy| strategy.scores()) { &[1, 2] } else { &[1] };
        for external in quotas {
            for (entries, sample) in [2, 4].into_iter().flat_map(|n| samples.iter().map(move |sample| (n, *sample))) {
                let request = ListRequest { sample, ..request(&order, external, entries) };
                holds(&name, &request, &groups, case);
                case += 1;
            }
        }
    }
    assert_eq!(case, 7 * 2 * ((7 + 2 * 2) + (1 + 2 + 2) + (1 + 2 + 2) + 2), "scoring orders with two samples");
}

/// That the drawn lists have the twin's probabilities.
fn holds(name: &str, request: &ListRequest, groups: &[CandidateGroup<u32>], case: u32) {
    let law = twin_law(request, groups, 6);
    let draws = 4_000;
    let mut seen = BTreeMap::new();
    for key in 0..draws {
        let mut stream = Seed::new(11, case).stream(Purpose::Test, key);
        *seen.entry(draw_list(request, groups, &look, &mut stream)).or_insert(0_u32) += 1;
    }
    assert!(seen.keys().all(|list| law.contains_key(list)), "{name}, {request:?} draws what the twin never does");
    let smallest = law.values().copied().fold(1.0, f64::min) * draws as f64;
    assert!(smallest >= 5.0, "too few draws for a chi-square test");
    if law.len() == 1 {
        return;
    }
    let statistic: f64 = law
        .iter()
        .map(|(list, p)| {
            let expected = p * draws as f64;
            (f64::from(seen.get(list).copied().unwrap_or(0)) - expected).powi(2) / expected
        })
        .sum();
    // About 300 cases at the 0.001 % point: a right implementation fails with a chance of 0.3 % per seed.
    let limit = ChiSquared::new((law.len() - 1) as f64).unwrap().inverse_cdf(0.99999);
    assert!(statistic < limit, "{name}, {request:?}: {statistic} of {limit} with {} lists", law.len());
}

#[test]
fn the_best_of_a_sample_is_listed_and_of_a_small_swarm_the_best() {
    let members: Vec<u32> = (0..1_000).collect();
    let groups = [candidates(seen(1, 1, false), &members)];
    // Candidate n has an uplink of n.
    let look = |n: u32| Candidate { uplink: example::now(BitRate::new(u64::from(n))), ..Candidate::default() };
    let list = |sample, key| {
        let request = ListRequest { sample, ..request(&[&HighestBandwidth], None, 10) };
        draw_list(&request, &groups, &look, &mut Seed::new(3, 0).stream(Purpose::Test, key))
    };
    assert_eq!(list(100, 0), (990..1_000).rev().collect::<Vec<_>>(), "everybody is looked at");
    // The mean of the best ten of 40 of 1,000: of the highest k-th order statistics, 1,001·(41 − k)/41 − 1 (k = 1 … 10).
    let expected: f64 = (1..=10).map(|k| 1_001.0 * f64::from(41 - k) / 41.0 - 1.0).sum::<f64>() / 10.0;
    let means: Vec<f64> =
        (0..2_000).map(|key| list(4, key).iter().map(|n| f64::from(*n)).sum::<f64>() / 10.0).collect();
    let mean = means.iter().sum::<f64>() / means.len() as f64;
    let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (means.len() - 1) as f64;
    let error = (variance / means.len() as f64).sqrt();
    assert!((mean - expected).abs() < 3.0 * error, "{mean} against {expected} ± {error}");
}
