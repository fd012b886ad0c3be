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
