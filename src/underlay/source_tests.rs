//! What the sources `isps` and `as-relationships` accept, refuse and report.

use super::LinkRelationship::{Peering, ProviderCustomer};
use super::*;
use crate::random::Seed;
use crate::units::{AsIndex, AsNumber, BitRate, IspIndex, SimDuration};

const LATENCY: LatencySpec = LatencySpec { inside: SimDuration::from_millis(10), hop: SimDuration::from_millis(7) };

fn build(source: Source) -> Result<Underlay, UnderlayError> {
    Underlay::build(&UnderlaySpec { source, latency: LATENCY }, Seed::new(1, 0))
}

fn from_text(text: &str) -> Result<Underlay, UnderlayError> {
    build(Source::AsRelationships(AsRelationshipsText { path: "data/as-rel.txt".to_owned(), text: text.to_owned() }))
}

fn isp(name: &str, ases: &[u32], subscribers: f64) -> Isp {
    Isp {
        name: name.to_owned(),
        ases: ases.iter().copied().map(AsNumber).collect(),
        subscribers,
        latency: LATENCY.inside,
    }
}

fn provides(a: u32, b: u32) -> Link {
    let relationship = LinkRelationship::ProviderCustomer;
    Link { a: AsNumber(a), b: AsNumber(b), relationship, capacity_ab: None, capacity_ba: None, latency: LATENCY.hop }
}

fn peers(a: u32, b: u32) -> Link {
    Link { relationship: LinkRelationship::Peering, ..provides(a, b) }
}

/// A transit provider over two eyeball ISPs; the second has two ASes. AS numbers fall while positions rise.
fn small() -> IspSet {
    IspSet {
        isps: vec![isp("Carrier", &[900], 0.0), isp("North", &[50], 30.0), isp("South", &[40, 41], 20.0)],
        links: vec![
            Link { capacity_ab: Some(BitRate::new(7_000)), ..provides(900, 50) },
            Link {
                capacity_ab: Some(BitRate::new(5_000)),
                capacity_ba: Some(BitRate::new(3_000)),
                ..provides(900, 40)
            },
            provides(40, 41),
        ],
    }
}

#[test]
fn positions_follow_the_file_and_subscribers_spread_over_ases() {
    let underlay = build(Source::Isps(small())).unwrap();
    let numbers: Vec<u32> = (0..4).map(|n| underlay.number(AsIndex(n)).0).collect();
    assert_eq!(numbers, [900, 50, 40, 41]);
    assert_eq!((underlay.isp_count(), underlay.isp_name(IspIndex(2))), (3, "South"));
    assert_eq!(underlay.isp_ases(IspIndex(2)), [AsIndex(2), AsIndex(3)]);
    assert_eq!(underlay.index_of(AsNumber(41)), Some(AsIndex(3)));
    assert_eq!(underlay.index_of(AsNumber(1)), None);
    assert!(underlay.knows_subscribers());
    assert_eq!((0..4).map(|n| underlay.subscribers(AsIndex(n))).collect::<Vec<_>>(), [0.0, 30.0, 10.0, 10.0]);
    assert_eq!((0..4).map(|n| underlay.is_stub(AsIndex(n))).collect::<Vec<_>>(), [false, true, false, true]);
    assert_eq!(underlay.number(underlay.default_server_as()), AsNumber(900));
}

#[test]
fn the_server_stands_in_the_as_with_most_customers_lowest_number_first() {
    let set = IspSet {
        isps: vec![isp("a", &[9], 1.0), isp("b", &[8], 1.0), isp("c", &[7, 6], 1.0)],
        links: vec![provides(9, 7), provides(8, 6), peers(8, 9)],
    };
    assert_eq!(build(Source::Isps(set)).unwrap().default_server_as(), AsIndex(1));
}

#[test]
fn limited_links_are_directions_in_the_order_of_the_file() {
    let underlay = build(Source::Isps(small())).unwrap();
    assert_eq!(underlay.limited_link_count(), 3);
    let limits: Vec<_> = (0..3).map(|id| underlay.limited_link(LimitedLinkId(id))).collect();
    let rate = BitRate::new;
    let expected = [
        (AsIndex(0), AsIndex(1), rate(7_000)),
        (AsIndex(0), AsIndex(2), rate(5_000)),
        (AsIndex(2), AsIndex(0), rate(3_000)),
    ];
    assert_eq!(limits, expected);
    // 41 > 40 > 900 > 50: up the link that is limited to 3,000, down the one limited to 7,000.
    assert_eq!(underlay.limited_links_on_route(AsIndex(3), AsIndex(1)), [LimitedLinkId(2), LimitedLinkId(0)]);
    assert_eq!(underlay.limited_links_on_route(AsIndex(1), AsIndex(3)), [LimitedLinkId(1)]);
    assert_eq!(underlay.limited_links_on_route(AsIndex(2), AsIndex(3)), []);
    let loads = fold_links(&underlay, &[(AsIndex(3), AsIndex(1), 10)]);
    let seen: Vec<_> =
        loads.links.iter().map(|l| (l.from.0, l.to.0, l.kind.name(), l.same_isp, l.bytes, l.capacity)).collect();
    assert_eq!(
        seen,
        [
            (2, 0, "transit-up", false, 10, Some(rate(3_000))),
            (3, 2, "transit-up", true, 10, None),
            (0, 1, "transit-down", false, 10, Some(rate(7_000))),
        ]
    );
    let totals = (loads.transit_up, loads.transit_down, loads.peering, loads.byte_hops, loads.inside_isp);
    assert_eq!(totals, (20, 10, 0, 30, 10));
}

#[test]
fn names_and_a_further_isp_without_links_change_nothing_else() {
    let plain = build(Source::Isps(small())).unwrap();
    let mut renamed = small();
    for (isp, name) in renamed.isps.iter_mut().zip(["Zeta", "Alpha", "Mid"]) {
        isp.name = name.to_owned();
    }
    renamed.isps.push(isp("Lonely", &[1], 0.0));
    let other = build(Source::Isps(renamed)).unwrap();
    assert_eq!(plain.links(), other.links());
    assert_eq!(plain.default_server_as(), other.default_server_as());
    let everybody: Vec<AsIndex> = (0..4).map(AsIndex).collect();
    assert_eq!(plain.routes_hash(&everybody), other.routes_hash(&everybody));
    for index in &everybody {
        assert_eq!(plain.isp_of(*index), other.isp_of(*index));
        assert_eq!(plain.subscribers(*index).to_bits(), other.subscribers(*index).to_bits());
        assert_eq!(other.route(*index, AsIndex(4)), None);
    }
    assert_eq!(other.report().notes(), ["isps: 1 AS has no connection to the largest part of the graph: AS1."]);
}

#[test]
fn doubtful_sets_are_refused_with_a_reason() {
    let set = |change: &dyn Fn(&mut IspSet)| {
        let mut set = small();
        change(&mut set);
        build(Source::Isps(set)).unwrap_err().to_string()
    };
    for (text, found) in [
        ("underlay.isps: there is not a single AS", set(&|s| s.isps.clear())),
        ("two ISPs are called `North`; names must differ", set(&|s| s.isps[2].name = "North".to_owned())),
        ("ISP `North` owns no AS; give it at least one", set(&|s| s.isps[1].ases.clear())),
        (
            "AS 40 is listed twice (ISP `North` and ISP `South`); an AS has one owner",
            set(&|s| s.isps[1].ases.push(AsNumber(40))),
        ),
        ("ISP `South` has -1 subscribers; expected a finite number, 0 or more", set(&|s| s.isps[2].subscribers = -1.0)),
        ("the link 900 to 51 names AS 51, which no ISP owns", set(&|s| s.links.push(provides(900, 51)))),
        ("AS 41 has a link to itself; a link joins two ASes", set(&|s| s.links.push(peers(41, 41)))),
        (
            "there are two links between AS 40 and AS 900; write one, with one relationship",
            set(&|s| s.links.push(peers(40, 900))),
        ),
        (
            "the link from AS 900 to AS 50 has capacity zero; leave the link out, or the capacity",
            set(&|s| s.links[0].capacity_ab = Some(BitRate::ZERO)),
        ),
        (
            "the providers of these ASes form a cycle: 900 > 40 > 41 > 900; turn one of the links into a peering link",
            set(&|s| s.links.push(provides(41, 900))),
        ),
    ] {
        assert_eq!(found, text);
    }
}

#[test]
fn chains_longer_than_a_route_can_be_written_are_refused() {
    let chain = |links: u32| (1..=links).map(|n| format!("{n}|{}|-1\n", n + 1)).collect::<Vec<_>>().concat();
    let underlay = from_text(&chain(30)).unwrap();
    assert_eq!(underlay.route_tree(AsIndex(30)).hops(AsIndex(0)), Some(30));
    assert_eq!(
        from_text(&chain(31)).unwrap_err().to_string(),
        "AS 32 stands at the end of a chain of 31 providers; at most 30 are supported"
    );
    // Two full chains side by side, joined at the top: the longest route there can be.
    let twin = |links: u32| (1..=links).map(|n| format!("{}|{}|-1\n", n + 100, n + 101)).collect::<Vec<_>>().concat();
    let underlay = from_text(&format!("{}{}1|101|0\n", chain(30), twin(30))).unwrap();
    let (one, other) = (underlay.index_of(AsNumber(31)).unwrap(), underlay.index_of(AsNumber(131)).unwrap());
    assert_eq!(underlay.route_tree(one).hops(other), Some(61));
    assert_eq!(underlay.route(other, one).unwrap().len(), 62);
    // So deep that a recursive search would exhaust the stack.
    assert!(matches!(from_text(&chain(200_000)), Err(UnderlayError::ChainTooLong { end: AsNumber(32), .. })));
}

#[test]
fn dirty_lines_are_counted_and_the_first_wins() {
    let text = "# a comment\n\n2|1|-1\r\n3|1|-1|bgp\n2|3|0|mlp\n\
        2|1|-1\n3|2|0\n1|2|-1\n2|1|0\n7|7|-1\n20|21|0\n";
    let underlay = from_text(text).unwrap();
    let numbers: Vec<u32> = (0..underlay.as_count() as u32).map(|n| underlay.number(AsIndex(n)).0).collect();
    assert_eq!(numbers, [1, 2, 3, 7, 20, 21]);
    assert_eq!(underlay.isp_name(IspIndex(3)), "AS7");
    assert!(!underlay.knows_subscribers());
    let links: Vec<_> = underlay.links().iter().map(|l| (l.a.0, l.b.0, l.relationship)).collect();
    assert_eq!(links, [(1, 0, ProviderCustomer), (1, 2, Peering), (2, 0, ProviderCustomer), (4, 5, Peering)]);
    assert_eq!(
        underlay.report().notes(),
        [
            "data/as-rel.txt: 2 lines repeat an earlier one (ignored): line 6: `2|1|-1` (first in line 3); line 7: `3|2|0` \
             (first in line 5).",
            "data/as-rel.txt: 2 lines contradict an earlier one (the first wins): line 8: `1|2|-1` (first in line 3); line \
             9: `2|1|0` (first in line 3).",
            "data/as-rel.txt: 1 line links an AS to itself (ignored): line 10: `7|7|-1`.",
            "data/as-rel.txt: 3 ASes have no connection to the largest part of the graph: AS7; AS20; AS21.",
        ]
    );
    let everybody: Vec<AsIndex> = (0..6).map(AsIndex).collect();
    let table = RouteTable::build(&underlay, &everybody, 1_000).unwrap();
    assert_eq!(
        table.note().unwrap(),
        "22 of 30 ordered pairs of ASes in use have no valley-free route (73.33 %), for example AS7 to AS1; AS20 to AS1; \
         AS21 to AS1; AS7 to AS2; AS20 to AS2."
    );
}

#[test]
fn serial_1_and_serial_2_give_the_same_graph_and_sources_are_counted() {
    let serial_1 = "# inferred clique: 1 2\n1|2|0\n1|3|-1\n2|4|-1\n3|4|0\n";
    let serial_2 = "# source:topology\n1|2|0|bgp\n1|3|-1|bgp\n2|4|-1| bgp \n3|4|0|mlp\n";
    let mixed = "1|2|0|bgp\n1|3|-1\n2|4|-1|\n3|4|0|mlp\n3|4|0|ark\n";
    let links = |text: &str| from_text(text).unwrap().links().to_vec();
    assert_eq!(links(serial_1), links(serial_2));
    assert_eq!(links(serial_1), links(mixed));
    let counted = |text: &str| from_text(text).unwrap().report().lines.clone().unwrap();
    let sources = |pairs: &[(&str, u64)]| pairs.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>();
    let of = |text: &str| (counted(text).comments, counted(text).serial_1, counted(text).serial_2);
    assert_eq!(of(serial_1), (1, 4, 0));
    assert_eq!(of(serial_2), (1, 0, 4));
    assert_eq!(of(mixed), (0, 2, 3));
    assert_eq!(counted(serial_1).links_by_source, []);
    assert_eq!(counted(serial_2).links_by_source, sources(&[("bgp", 3), ("mlp", 1)]));
    // The second line about a link names another source: the first counts.
    assert_eq!(counted(mixed).links_by_source, sources(&[("bgp", 1), ("mlp", 1)]));
    let many = (0..30).map(|n| format!("1|{}|0|s{n}", n + 2)).collect::<Vec<_>>().join("\n");
    assert_eq!((counted(&many).links_by_source.len(), counted(&many).links_of_further_sources), (20, 10));
}

#[test]
fn provider_cycles_are_broken_by_standing() {
    // 5 > 6 > 7 > 5, and customers that make 7 the largest, then 5.
    let underlay = from_text("5|6|-1\n6|7|-1\n7|5|-1\n7|1|-1\n7|2|-1\n5|3|-1\n").unwrap();
    let report = underlay.report();
    assert_eq!(report.provider_cycles.examples, ["AS5, AS6, AS7"]);
    // The order is 7 (three customers), 5 (two), 6: only the link that 6 sells to 7 runs against it.
    assert_eq!(report.cycle_links.examples, ["`6|7|-1`"]);
    let path = underlay.route(AsIndex(0), underlay.index_of(AsNumber(6)).unwrap()).unwrap();
    assert_eq!(path.iter().map(|i| underlay.number(*i).0).collect::<Vec<_>>(), [1, 7, 5, 6]);
    assert_eq!(report.notes().len(), 2);
}

#[test]
fn what_is_not_a_relationship_is_refused_with_its_line() {
    for (text, message) in [
        ("1|2|-1\n1;2;0\n", "data/as-rel.txt:2: `1;2;0` is not an AS relationship; expected "),
        ("1|2|0|bgp\n2|3|0|bgp|more\n", "data/as-rel.txt:2: `2|3|0|bgp|more` is not"),
        ("1|2|1\n", "data/as-rel.txt:1: `1|2|1` is not"),
        ("1|-2|0\n", "data/as-rel.txt:1: `1|-2|0` is not"),
        ("1|4294967296|0\n", "data/as-rel.txt:1: `1|4294967296|0` is not"),
        ("# only\n# comments\n", "data/as-rel.txt: there is not a single AS"),
    ] {
        let found = from_text(text).unwrap_err().to_string();
        assert!(found.starts_with(message), "{found}");
    }
    assert_eq!(
        from_text("<html>\nx\ny\n1|2|0\n").unwrap_err().to_string(),
        "data/as-rel.txt:1: `<html>` is not an AS relationship; expected `provider|customer|-1` or `peer|peer|0` with AS \
         numbers below 4294967296 and at most one more field (the source of the inference), or a comment after `#` (and \
         2 more lines)"
    );
    let long = from_text(&"9".repeat(500)).unwrap_err().to_string();
    assert!(long.contains(&format!("`{}…`", "9".repeat(60))), "{long}");
}
