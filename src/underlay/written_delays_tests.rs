//! Delays written ISP by ISP and link by link: by hand, and against walking every route.

use proptest::prelude::*;

use super::LinkRelationship::{Peering, ProviderCustomer};
use super::*;
use crate::random::Seed;
use crate::units::{AsIndex, AsNumber, SimDuration};

fn ms(milliseconds: u64) -> SimDuration {
    SimDuration::from_millis(milliseconds)
}

fn isp(ases: &[u32], latency: SimDuration) -> Isp {
    let numbers = ases.iter().copied().map(AsNumber).collect();
    Isp { name: format!("isp {ases:?}"), ases: numbers, subscribers: 1.0, latency }
}

fn link(a: u32, b: u32, relationship: LinkRelationship, latency: SimDuration) -> Link {
    Link { a: AsNumber(a), b: AsNumber(b), relationship, capacity_ab: None, capacity_ba: None, latency }
}

/// Defaults that no route may take: everything below says what it adds.
fn build(isps: Vec<Isp>, links: Vec<Link>) -> (Underlay, RouteTable) {
    let latency = LatencySpec { inside: SimDuration::from_secs(1_000), hop: SimDuration::from_secs(1_000) };
    let spec = UnderlaySpec { source: Source::Isps(IspSet { isps, links }), latency };
    let underlay = Underlay::build(&spec, Seed::new(1, 0)).unwrap();
    let everybody: Vec<AsIndex> = (0..underlay.as_count() as u32).map(AsIndex).collect();
    let table = RouteTable::build(&underlay, &everybody, 1 << 20).unwrap();
    (underlay, table)
}

fn rows(table: &RouteTable) -> Vec<Vec<Option<u64>>> {
    let milliseconds = |delay: SimDuration| delay.as_nanos() / 1_000_000;
    let ases = table.in_use();
    ases.iter().map(|from| ases.iter().map(|to| table.latency(*from, *to).map(milliseconds)).collect()).collect()
}

#[test]
fn each_side_of_a_ring_of_three_has_its_own_delay() {
    let (_, table) = build(
        vec![isp(&[1], ms(4)), isp(&[2], ms(6)), isp(&[3], ms(10))],
        vec![link(1, 2, Peering, ms(22)), link(2, 3, Peering, ms(35)), link(3, 1, Peering, ms(50))],
    );
    let expected = [[4, 27, 57], [27, 6, 43], [57, 43, 10]].map(|row| row.map(Some).to_vec());
    assert_eq!(rows(&table), expected);
    // A class per different delay, and the delay by class.
    for from in table.in_use() {
        for to in table.in_use() {
            let class = table.delay_class(*from, *to).unwrap();
            assert_eq!(Some(table.delay_by_class()[class as usize]), table.latency(*from, *to));
        }
    }
    assert_eq!(table.delay_by_class(), [4, 6, 10, 27, 43, 57].map(ms));
}

#[test]
fn isps_that_a_route_crosses_add_nothing_but_their_links() {
    // 2 and 3 buy from 1; 4 and 5 are one ISP, 5 a customer of 4, which buys from 3. Nobody reaches 6.
    let (_, table) = build(
        vec![isp(&[1], ms(900)), isp(&[2], ms(2)), isp(&[3], ms(400)), isp(&[4, 5], ms(8)), isp(&[6], ms(1))],
        vec![
            link(1, 2, ProviderCustomer, ms(10)),
            link(1, 3, ProviderCustomer, ms(20)),
            link(3, 4, ProviderCustomer, ms(30)),
            link(4, 5, ProviderCustomer, ms(7)),
        ],
    );
    let at = |from, to| table.latency(AsIndex(from), AsIndex(to));
    assert_eq!(at(1, 4), Some(ms(1 + 10 + 20 + 30 + 7 + 4)));
    assert_eq!(at(4, 1), at(1, 4));
    assert_eq!(at(3, 4), Some(ms(8 + 7)));
    assert_eq!(at(4, 4), Some(ms(8)));
    assert_eq!((at(5, 0), at(0, 5), table.delay_class(AsIndex(5), AsIndex(0))), (None, None, None));
    assert_eq!(at(5, 5), Some(ms(1)));
}

#[test]
fn halves_of_odd_delays_lose_nothing_between_equals() {
    let odd = SimDuration::from_nanos(7);
    let (_, table) = build(
        vec![isp(&[1], odd), isp(&[2], odd), isp(&[3], SimDuration::ZERO)],
        vec![link(1, 2, Peering, SimDuration::ZERO), link(1, 3, Peering, SimDuration::ZERO)],
    );
    let at = |to| table.latency(AsIndex(0), AsIndex(to));
    assert_eq!((at(0), at(1), at(2)), (Some(odd), Some(odd), Some(SimDuration::from_nanos(3))));
}

proptest! {
    /// Any acyclic set of up to 7 ISPs, each link with a delay of its own: a power of two, so that a sum says which
    /// links were counted, and how often.
    #[test]
    fn delays_are_those_of_walking_every_route(
        count in 2_u32..8,
        lines in prop::collection::vec((0_u32..7, 0_u32..7, prop::bool::weighted(0.6)), 1..14),
    ) {
        let mut links: Vec<Link> = Vec::new();
        for (a, b, transit) in lines {
            // Lower numbers sell to higher ones: no cycle.
            let (a, b) = (a.min(b) % count + 1, a.max(b) % count + 1);
            let (a, b) = (a.min(b), a.max(b));
            if a == b || links.iter().any(|link| (link.a.0, link.b.0) == (a, b)) {
                continue;
            }
            let relationship = if transit { ProviderCustomer } else { Peering };
            links.push(link(a, b, relationship, ms(1 << links.len())));
        }
        let adds = |a: AsNumber, b: AsNumber| {
            links.iter().find(|l| (l.a, l.b) == (a.min(b), a.max(b))).unwrap().latency
        };
        let isps = (1..=count).map(|n| isp(&[n], ms(u64::from(2 * n) << 20))).collect();
        let (underlay, table) = build(isps, links.clone());
        for from in table.in_use() {
            for to in table.in_use() {
                let walked = underlay.route(*from, *to).map(|path| {
                    let inside = u64::from(from.0 + 1 + to.0 + 1) << 20;
                    let numbers: Vec<AsNumber> = path.iter().map(|index| underlay.number(*index)).collect();
                    numbers.windows(2).fold(ms(inside), |sum, ends| sum.saturating_add(adds(ends[0], ends[1])))
                });
                prop_assert_eq!(table.latency(*from, *to), walked);
            }
        }
    }
}
