//! Links between ISPs, seen from scenario files: each delay and each direction's capacity has its effect, and no other.

use peerscape::metrics::RunOutcome;
use peerscape::scenario::Resolved;
use peerscape::underlay::{Link, LinkRelationship, Source};
use peerscape::units::{BitRate, SimDuration};
use peerscape::world::Prepared;

use crate::runs::{MEMORY, outcome, resolved, run_text};

/// Three ISPs, each pair joined by a link of its own delay; the tracker in the first, a peer in the second, the initial
/// seed in the third.
const RING: &str = r#"
format = 1
title = "How far is it?"
experiment = { replications = 1 }
population.peers = 1
population.placement.table = [{ as = 2, peers = 1 }]
population.arrivals.list.times = ["20 s"]
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s", as = 3 }
service.file-swarming = { size = "1 MiB" }
arm = [{ name = "alone", management = "none", tracker = { as = 1, service-time = "1 ms" } }]
[underlay.isps]
isp = [
  { name = "west", ases = [1], latency = "4 ms" },
  { name = "north", ases = [2], latency = "6 ms" },
  { name = "east", ases = [3], latency = "10 ms" },
]
link = [
  { peers = [1, 2], latency = "22 ms" },
  { peers = [2, 3], latency = "35 ms" },
  { peers = [3, 1], latency = "50 ms" },
]
"#;

/// An announce (BEP 15 with IP and UDP headers: 126 bytes) on an uplink of 2 Mbit/s.
const SERIALISATION: SimDuration = SimDuration::from_nanos(126 * 8 * 500);

#[track_caller]
fn first_connection(set: &[(&str, &str)]) -> SimDuration {
    let result = run_text(RING, set);
    outcome(&result, "alone", 0).peers.iter().find(|row| row.role == "peer").unwrap().first_connection_s.unwrap().0
}

fn ms(milliseconds: u64) -> SimDuration {
    SimDuration::from_millis(milliseconds)
}

#[test]
fn the_first_connection_takes_the_delays_of_its_own_routes() {
    // To the tracker and back, with 1 ms of service: 2 × ((6 + 4) ÷ 2 + 22) + 1. Two round trips to the initial seed:
    // 4 × ((6 + 10) ÷ 2 + 35).
    assert_eq!(first_connection(&[]), ms(2 * 27 + 1 + 4 * 43).saturating_add(SERIALISATION));
    // The third side of the ring is no part of it; ISPs at the ends count by half.
    assert_eq!(first_connection(&[("underlay.isps.link.2.latency", "2 s")]), first_connection(&[]));
    let farther = first_connection(&[("underlay.isps.isp.2.latency", "30 ms")]);
    assert_eq!(farther, ms(2 * 27 + 1 + 4 * 53).saturating_add(SERIALISATION));
    let same = [("underlay.latency.inside", "3 s"), ("underlay.latency.hop", "3 s")];
    assert_eq!(first_connection(&same), first_connection(&[]), "defaults of what is written out");
}

#[test]
fn routes_over_transit_add_their_links_up() {
    let links = [(
        "underlay.isps.link",
        r#"[
        { provider = 1, customer = 2, latency = "22 ms" }, { provider = 1, customer = 3, latency = "50 ms" },
    ]"#,
    )];
    let expected = ms(2 * 27 + 1 + 4 * (8 + 22 + 50)).saturating_add(SERIALISATION);
    assert_eq!(first_connection(&links), expected);
}

fn links(scenario: &Resolved) -> &[Link] {
    let Source::Isps(set) = &scenario.underlay.source else { panic!("ISPs are written out") };
    &set.links
}

#[test]
fn a_mesh_joins_every_pair_that_no_link_joins() {
    let mesh = r#"{ capacity = "3 Mbit/s", latency = "9 ms" }"#;
    let set = [
        ("underlay.isps.isp.0.ases", "[1, 11]"),
        ("underlay.isps.link", r"[{ provider = 11, customer = 3 }, { provider = 1, customer = 11 }]"),
        ("underlay.isps.mesh", mesh),
    ];
    let scenario = resolved(RING, &set);
    let found: Vec<(u32, u32, LinkRelationship)> =
        links(&scenario).iter().map(|link| (link.a.0, link.b.0, link.relationship)).collect();
    // The written ones, of which one joins the first ISP and the third; then what is missing, in the order of the ISPs.
    let (transit, peering) = (LinkRelationship::ProviderCustomer, LinkRelationship::Peering);
    assert_eq!(found, [(11, 3, transit), (1, 11, transit), (1, 2, peering), (2, 3, peering)]);
    let capacity = Some(BitRate::new(3_000_000));
    for link in &links(&scenario)[2..] {
        assert_eq!((link.capacity_ab, link.capacity_ba, link.latency), (capacity, capacity, ms(9)));
    }
    assert_eq!((links(&scenario)[0].capacity_ab, links(&scenario)[0].latency), (None, ms(15)));
    // Alone, it is the ring.
    let written = r"[{ peers = [1, 2] }, { peers = [1, 3] }, { peers = [2, 3] }]";
    let written = resolved(RING, &[("underlay.isps.link", written)]);
    let (before, _) = RING.split_once("link = [").unwrap();
    assert_eq!(links(&resolved(&format!("{before}mesh = {{}}\n"), &[])), links(&written));
}

/// Four clients in one ISP, the origin server in the other, and a link of 2 Mbit/s in one direction.
const ONE_WAY: &str = r#"
format = 1
title = "Which direction?"
experiment = { replications = 1 }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "eyeballs", ases = [1] }, { name = "content", ases = [2] }]
underlay.isps.link = [{ peers = [2, 1] }]
population.peers = 4
population.placement.table = [{ as = 1, peers = 4 }]
population.access = [{ name = "dsl", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "16 Mbit/s", as = 2 }
service.client-server = { size = "1 MB" }
arm = [{ name = "alone", management = "none" }]
"#;

/// When the last client has everything, ns.
#[track_caller]
fn last_download(scenario: &str, set: &[(&str, &str)]) -> u64 {
    let result = run_text(scenario, set);
    let times = outcome(&result, "alone", 0).peers.iter().filter_map(|row| row.completion_s);
    times.map(|time| time.0.as_nanos()).max().unwrap()
}

#[test]
fn a_capacity_limits_its_own_direction_exactly() {
    let last = |set: &[(&str, &str)]| last_download(ONE_WAY, set);
    // 32 Mbit over the uplink of 16 Mbit/s, over a link of 2 Mbit/s, and with that limit the other way.
    assert_eq!(last(&[]), 2_000_000_000);
    assert_eq!(last(&[("underlay.isps.link.0.capacity.up", "2 Mbit/s")]), 16_000_000_000);
    assert_eq!(last(&[("underlay.isps.link.0.capacity.down", "2 Mbit/s")]), 2_000_000_000);
}

/// A server behind a provider, clients behind another, and the two providers peer.
const UP_OVER_AND_DOWN: &str = r#"
format = 1
title = "Three narrow links"
experiment = { replications = 1 }
underlay.latency = { inside = "0 ms", hop = "0 ms" }
underlay.isps.isp = [{ name = "eyeballs" }, { name = "access" }, { name = "backbone" }, { name = "content" }]
underlay.isps.link = [
  { provider = 64513, customer = 64512, capacity = { down = "4 Mbit/s" } },
  { peers = [64514, 64513], capacity = { up = "4 Mbit/s" } },
  { provider = 64514, customer = 64515, capacity = { up = "4 Mbit/s" } },
]
population.peers = 4
population.placement.table = [{ as = 64512, peers = 4 }]
population.access = [{ name = "dsl", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "16 Mbit/s", as = 64515 }
service.client-server = { size = "1 MB" }
arm = [{ name = "alone", management = "none" }]
"#;

#[test]
fn each_of_three_links_on_a_route_can_be_the_bottleneck() {
    let narrow =
        ["underlay.isps.link.0.capacity.down", "underlay.isps.link.1.capacity.up", "underlay.isps.link.2.capacity.up"];
    assert_eq!(last_download(UP_OVER_AND_DOWN, &[]), 8_000_000_000);
    for link in narrow {
        assert_eq!(last_download(UP_OVER_AND_DOWN, &[(link, "2 Mbit/s")]), 16_000_000_000, "{link}");
    }
    let last = last_download(UP_OVER_AND_DOWN, &narrow.map(|link| (link, "1 Gbit/s")));
    assert_eq!(last, 2_000_000_000);
}

#[test]
fn a_route_over_four_narrow_links_is_refused() {
    let text = UP_OVER_AND_DOWN
        .replace(r#"name = "content" }"#, r#"name = "content", ases = [64515, 64520] }"#)
        .replace("\n]", "\n  { provider = 64515, customer = 64520, capacity = \"4 Mbit/s\" },\n]")
        .replace("as = 64515", "as = 64520");
    let scenario = resolved(&text, &[]);
    let refused = Prepared::new(&scenario, 1, MEMORY).err().unwrap().to_string();
    let expected = "the route from AS 64520 to AS 64512 crosses 4 links with a capacity; at most 3 can be modelled";
    assert!(refused.starts_with(expected), "{refused}");
}

/// Ten peers in each of two ISPs with random lists, and a seed in the first.
const SCARCE: &str = r#"
format = 1
title = "A narrow link"
experiment = { replications = 1 }
underlay.latency = { inside = "8 ms", hop = "22 ms" }
underlay.isps.isp = [{ name = "west", ases = [1] }, { name = "east", ases = [2] }]
underlay.isps.link = [{ peers = [1, 2] }]
population.peers = 20
population.placement.table = [{ as = 1, peers = 10 }, { as = 2, peers = 10 }]
population.access = [{ name = "dsl", share = 1.0, down = "4 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "2 Mbit/s", as = 1 }
service.file-swarming = { size = "16 MiB" }
arm = [{ name = "alone", management = "none" }]
"#;

/// Payload that crossed from west to east and from east to west, bits; and the length of the run, ns.
fn crossed(outcome: &RunOutcome) -> (f64, f64, f64) {
    let bits = |from| outcome.links.iter().find(|row| row.from_as == from).map_or(0, |row| row.bytes * 8) as f64;
    let last = outcome.peers.iter().filter_map(|row| row.completion_s).map(|time| time.0.as_nanos()).max();
    (bits(1), bits(2), last.unwrap() as f64 / 1e9)
}

#[test]
fn a_scarce_link_bounds_a_swarm_in_each_direction_apart() {
    // Of the wire, 1,448 of 1,500 bytes and 16,384 of 16,397 are payload.
    let payload = 1_448.0 / 1_500.0 * 16_384.0 / 16_397.0;
    let run = |set: &[(&str, &str)]| {
        let result = run_text(SCARCE, set);
        crossed(outcome(&result, "alone", 0))
    };
    let (east, west, _) = run(&[]);
    let content = f64::from(16 << 20) * 8.0;
    // Without limits both directions carry several copies of the content.
    assert!(east > 3.0 * content && west > 2.0 * content, "{east} {west}");
    let narrow = 1_200_000.0 * payload * (1.0 + 1e-9);
    // One copy at least must cross to the east, and never faster than the link lets it.
    let (east, _, seconds) = run(&[("underlay.isps.link.0.capacity.up", "1.2 Mbit/s")]);
    assert!(east >= content && east <= narrow * seconds, "{east} in {seconds} s");
    // The other way limited, more crosses to the east than would fit through it.
    let (east, west, seconds) = run(&[("underlay.isps.link.0.capacity.down", "1.2 Mbit/s")]);
    assert!(west <= narrow * seconds && east > narrow * seconds, "{east} and {west} in {seconds} s");
    let (east, west, seconds) = run(&[("underlay.isps.link.0.capacity", "1.2 Mbit/s")]);
    assert!(east.max(west) <= narrow * seconds, "{east} and {west} in {seconds} s");
    assert!(east >= content);
}
