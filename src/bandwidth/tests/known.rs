//! Solved exercises.

use crate::bandwidth::{ClockId, FlowId, Network, ResourceId, SharingSpec, TransferId};
use crate::units::{BitRate, SimTime};

/// Nanobits in a bit.
const BIT: u64 = 1_000_000_000;

fn at(ns: u64) -> SimTime {
    SimTime::from_nanos(ns)
}

/// A network where every flow has a sender and a large transfer of its own.
struct Exercise {
    network: Network,
    links: Vec<ResourceId>,
}

impl Exercise {
    fn new(capacities: &[u64]) -> Self {
        let mut network = Network::new(SharingSpec { tolerance: 0.0 });
        let links = capacities.iter().map(|&c| network.add_resource(BitRate::new(c))).collect();
        Self { network, links }
    }

    fn flow(&mut self, path: &[usize]) -> FlowId {
        let clock = self.network.add_clock();
        let transfer = self.network.open_transfer(at(0), 1 << 60);
        let path: Vec<ResourceId> = path.iter().map(|&i| self.links[i]).collect();
        self.network.start_flow(at(0), clock, &path, 1.0, None, transfer)
    }

    fn rates(&mut self, flows: &[FlowId]) -> Vec<u64> {
        self.network.solve(at(0));
        self.network.verify();
        flows.iter().map(|&f| self.network.rate(f).get()).collect()
    }
}

/// One unit of D4 in bit/s: whole bit/s are then finer than the 10⁻⁹ asked for.
const UNIT: u64 = 10_000_000_000;

#[test]
fn d04_two_links_and_four_flows() {
    let mut exercise = Exercise::new(&[10 * UNIT, 8 * UNIT]);
    let flows = [&[0][..], &[0, 1], &[1], &[1]].map(|path| exercise.flow(path));
    let rates = exercise.rates(&flows);
    assert_eq!(rates, [73_333_333_333, 26_666_666_666, 26_666_666_666, 26_666_666_666]);
    for (rate, expected) in rates.iter().zip([22.0 / 3.0, 8.0 / 3.0, 8.0 / 3.0, 8.0 / 3.0]) {
        let unit = *rate as f64 / UNIT as f64;
        assert!((unit - expected).abs() < 1e-9, "{unit} is not {expected}");
    }
    assert!(exercise.links.iter().all(|&l| exercise.network.is_saturated(l)));
}

#[test]
fn d04_parking_lot_of_three_links() {
    let mut exercise = Exercise::new(&[10 * UNIT; 3]);
    let flows = [&[0, 1, 2][..], &[0], &[1], &[2]].map(|path| exercise.flow(path));
    assert_eq!(exercise.rates(&flows), [5 * UNIT; 4]);
}

/// Reads the clocks as the world does.
fn due(network: &mut Network) -> Vec<(ClockId, Option<u64>)> {
    let mut out = Vec::new();
    network.drain_clock_changes(|clock, time| out.push((clock, time.map(SimTime::as_nanos))));
    out
}

fn finished(network: &mut Network, now: SimTime, clock: ClockId) -> Vec<TransferId> {
    let mut out = Vec::new();
    network.completed(now, clock, &mut out);
    out
}

/// Two slow senders at 1:3 share a transfer and finish it together; every nanobit is one's or the other's.
#[test]
fn two_senders_at_one_to_three_share_a_transfer() {
    let mut network = Network::new(SharingSpec { tolerance: 0.0 });
    let slow = network.add_resource(BitRate::new(1_000));
    let fast = network.add_resource(BitRate::new(3_000));
    let down = network.add_resource(BitRate::new(1_000_000));
    let (a, b) = (network.add_clock(), network.add_clock());
    let amount = 1_000_001 * BIT;
    let piece = network.open_transfer(at(0), amount);
    let first = network.start_flow(at(0), a, &[slow, down], 1.0, None, piece);
    let second = network.start_flow(at(0), b, &[fast, down], 1.0, None, piece);
    network.solve(at(0));
    assert_eq!(network.rate(first), BitRate::new(1_000));
    assert_eq!(network.rate(second), BitRate::new(3_000));
    // 1,000,001 bit at 4,000 bit/s: 250.00025 s.
    let end = 250_000_250_000;
    assert_eq!(due(&mut network), [(a, Some(end))], "the lead's clock alone carries the completion");
    assert_eq!(network.missing(at(end / 2), piece), amount / 2);
    assert_eq!(network.moved(at(end / 2), first), amount / 8);
    network.verify();
    assert_eq!(finished(&mut network, at(end), a), [piece]);
    assert_eq!(network.moved(at(end), first), amount / 4);
    assert_eq!(network.moved(at(end), second), amount / 4 * 3);
    assert_eq!(network.stop_flow(at(end), first) + network.stop_flow(at(end), second), amount);
    network.close_transfer(piece);
    network.solve(at(end));
    assert_eq!(due(&mut network), [(a, None)]);
    network.verify();
}

/// A gapless connection: its next transfer begins in the same instant, and no rate is touched.
#[test]
fn a_redirected_flow_has_no_gap() {
    let mut exercise = Exercise::new(&[1_000]);
    let flows = [exercise.flow(&[0]), exercise.flow(&[0])];
    assert_eq!(exercise.rates(&flows), [500, 500]);
    let network = &mut exercise.network;
    let clock = network.flow_clock(flows[0]);
    due(network);
    let (first, second) = (network.open_transfer(at(0), 500 * BIT), network.open_transfer(at(0), 250 * BIT));
    network.redirect_flow(at(0), flows[0], first);
    assert_eq!(due(network), [(clock, Some(BIT))]);
    assert_eq!(finished(network, at(BIT), clock), [first]);
    assert_eq!(network.redirect_flow(at(BIT), flows[0], second), 500 * BIT);
    network.close_transfer(first);
    assert_eq!(due(network), [(clock, Some(BIT + BIT / 2))], "no solve was needed");
    assert_eq!(network.rate(flows[0]), BitRate::new(500));
    network.verify();
}

/// A choke in the middle keeps what was moved, and another sender finishes the rest.
#[test]
fn a_stopped_flow_leaves_its_bytes_to_the_next() {
    let mut network = Network::new(SharingSpec { tolerance: 0.0 });
    let up = [700, 300].map(|c| network.add_resource(BitRate::new(c)));
    let (a, b) = (network.add_clock(), network.add_clock());
    let piece = network.open_transfer(at(0), 1_000 * BIT);
    let flow = network.start_flow(at(0), a, &up[..1], 1.0, None, piece);
    network.solve(at(0));
    assert_eq!(due(&mut network), [(a, Some(1_428_571_429))]);
    assert_eq!(network.stop_flow(at(BIT), flow), 700 * BIT);
    network.solve(at(BIT));
    assert_eq!(due(&mut network), [(a, None)]);
    assert_eq!(network.missing(at(5 * BIT), piece), 300 * BIT);
    let flow = network.start_flow(at(5 * BIT), b, &up[1..], 1.0, None, piece);
    network.solve(at(5 * BIT));
    assert_eq!(due(&mut network), [(b, Some(6 * BIT))]);
    assert_eq!(finished(&mut network, at(6 * BIT), b), [piece]);
    assert_eq!(network.stop_flow(at(6 * BIT), flow), 300 * BIT);
}

/// The last nanosecond moves 7 nanobits for the 3 that were missing: the 4 are taken off the lead.
#[test]
fn the_last_nanosecond_is_cut() {
    let mut network = Network::new(SharingSpec { tolerance: 0.0 });
    let up = [5, 2].map(|c| network.add_resource(BitRate::new(c)));
    let clock = network.add_clock();
    let transfer = network.open_transfer(at(0), 7 * 10 + 3);
    let flows = up.map(|r| network.start_flow(at(0), clock, &[r], 1.0, None, transfer));
    network.solve(at(0));
    assert_eq!(due(&mut network), [(clock, Some(11))]);
    assert_eq!(flows.map(|f| network.moved(at(11), f)), [51, 22], "before it is settled");
    assert_eq!(finished(&mut network, at(11), clock), [transfer]);
    assert_eq!(flows.map(|f| network.moved(at(11), f)), [51, 22], "and after");
    assert_eq!(network.missing(at(11), transfer), 0);
    network.verify();
}

/// Caps and weights in closed form: 1:3 of what a capped flow leaves.
#[test]
fn weights_share_what_caps_leave() {
    let mut network = Network::new(SharingSpec { tolerance: 0.0 });
    let link = network.add_resource(BitRate::new(1_000));
    let clock = network.add_clock();
    let mut start = |weight, cap: Option<u64>| {
        let transfer = network.open_transfer(at(0), BIT);
        network.start_flow(at(0), clock, &[link], weight, cap.map(BitRate::new), transfer)
    };
    let flows = [start(1.0, None), start(3.0, None), start(5.0, Some(200))];
    network.solve(at(0));
    assert_eq!(flows.map(|f| network.rate(f).get()), [200, 600, 200]);
    assert!(network.is_saturated(link));
    network.set_cap(at(0), flows[0], Some(BitRate::new(100)));
    network.set_cap(at(0), flows[1], Some(BitRate::new(100)));
    network.solve(at(0));
    assert_eq!(flows.map(|f| network.rate(f).get()), [100, 100, 200]);
    assert!(!network.is_saturated(link), "nobody is bound by the link");
    assert_eq!(network.load(link), BitRate::new(400));
    network.set_weight(at(0), flows[2], 1.0);
    network.set_cap(at(0), flows[2], Some(BitRate::new(800)));
    network.solve(at(0));
    assert_eq!(flows.map(|f| network.rate(f).get()), [100, 100, 800]);
    assert!(network.is_saturated(link), "the tie rule: exactly filled");
    assert_eq!(network.touched_resources(), [link]);
}

/// A link that is down stops its flows; when it is back they go on where they were.
#[test]
fn a_link_goes_down_and_comes_back() {
    let mut network = Network::new(SharingSpec { tolerance: 0.0 });
    let link = network.add_resource(BitRate::new(100));
    let clock = network.add_clock();
    let transfer = network.open_transfer(at(0), 200 * BIT);
    let flow = network.start_flow(at(0), clock, &[link], 1.0, None, transfer);
    network.solve(at(0));
    assert_eq!(due(&mut network), [(clock, Some(2 * BIT))]);
    network.set_capacity(link, BitRate::ZERO);
    network.solve(at(BIT));
    assert_eq!((due(&mut network), network.rate(flow)), (vec![(clock, None)], BitRate::ZERO));
    network.set_capacity(link, BitRate::new(50));
    network.solve(at(9 * BIT));
    assert_eq!(due(&mut network), [(clock, Some(11 * BIT))]);
    network.verify();
}
