//! D5: one access link is an M/G/1 queue under processor sharing.
//!
//! Flows arrive by a Poisson process and share one link equally (max-min fairness on a single resource). Then the mean
//! slow-down, a flow's time ÷ the time that it would take alone, is 1/(1 − ρ) for any law of sizes (Kleinrock 1976,
//! *Queueing systems* II, 4.4; Harchol-Balter 2013, 30.3).
//!
//! Sizes follow a Weibull law of shape ½ (squared coefficient of variation 5): the square of an exponential time, whose mean is
//! 2 for scale 1. The room is tested by itself, with 10⁵ flows a run: a run of 10⁴ misses 5 % at ρ = 0.8 more often than not.

use peerscape::bandwidth::{Network, SharingSpec, TransferId};
use peerscape::random::{Distribution, Purpose, Seed};
use peerscape::units::{BitRate, SimDuration, SimTime};

use super::simulate::mean_and_error;

/// 1 Mbit/s and a mean size of 10 Mbit: ten seconds alone, so that a nanosecond more or less is nothing to the smallest.
const CAPACITY: u64 = 1_000_000;
const MEAN_SECONDS: u64 = 10;

/// A flow under way: when it came, and its size in nanobits.
#[derive(Clone, Copy)]
struct Customer {
    arrival: SimTime,
    amount: u64,
}

/// Mean slow-down over the first `flows` arrivals of a link that starts empty.
fn mean_slow_down(load: f64, flows: u64, seed: Seed) -> f64 {
    let unit = Distribution::Exponential { mean: SimDuration::from_secs(1) };
    let gap = Distribution::Exponential { mean: SimDuration::from_nanos((MEAN_SECONDS as f64 / load * 1e9) as u64) };
    let mut network = Network::new(SharingSpec { tolerance: 0.0 });
    let link = network.add_resource(BitRate::new(CAPACITY));
    let clock = network.add_clock();
    let mut customers: Vec<Customer> = Vec::new();
    let (mut next_arrival, mut next_completion) =
        (SimTime::ZERO.saturating_add(gap.draw(seed, Purpose::Test, 0, 0)), None);
    let (mut arrived, mut slow_downs, mut done) = (0_u64, 0.0, Vec::new());
    let mut completed = 0;
    while completed < flows {
        let now = next_completion.map_or(next_arrival, |at: SimTime| at.min(next_arrival));
        if next_completion == Some(now) {
            done.clear();
            network.completed(now, clock, &mut done);
            for transfer in &done {
                slow_downs += finish(&mut network, &customers, now, *transfer);
                completed += 1;
            }
        }
        if now == next_arrival && arrived < flows {
            arrived += 1;
            let exponential = unit.draw(seed, Purpose::Test, 1, arrived).as_secs_f64();
            // Weibull of shape ½ with mean 1: E[X²] = 2.
            let amount = (exponential * exponential / 2.0 * (MEAN_SECONDS * CAPACITY) as f64 * 1e9).round() as u64;
            let amount = amount.max(1);
            let transfer = network.open_transfer(now, amount);
            customers.resize(customers.len().max(transfer.index() + 1), Customer { arrival: now, amount });
            customers[transfer.index()] = Customer { arrival: now, amount };
            network.start_flow(now, clock, &[link], 1.0, None, transfer);
            let wait = gap.draw(seed, Purpose::Test, 0, arrived);
            next_arrival = if arrived < flows { now.saturating_add(wait) } else { SimTime::NEVER };
        }
        network.solve(now);
        network.drain_clock_changes(|_, at| next_completion = at);
    }
    slow_downs / flows as f64
}

fn finish(network: &mut Network, customers: &[Customer], now: SimTime, transfer: TransferId) -> f64 {
    let flow = network.transfer_flows(transfer).next().unwrap();
    let customer = customers[transfer.index()];
    assert_eq!(network.stop_flow(now, flow), customer.amount, "all of it was moved");
    network.close_transfer(transfer);
    now.since(customer.arrival).as_nanos() as f64 / (customer.amount as f64 / CAPACITY as f64)
}

/// Mean over `runs` runs of `flows` flows within 5 % of 1/(1 − ρ), three standard errors within the band.
fn holds(load: f64, runs: u32, flows: u64) {
    let means: Vec<f64> = (0..runs).map(|run| mean_slow_down(load, flows, Seed::new(5, run))).collect();
    let expected = 1.0 / (1.0 - load);
    let (mean, error) = mean_and_error(&means);
    println!("load {load}: slow-down {mean:.4} ± {error:.4}, expected {expected:.4}");
    assert!(3.0 * error <= 0.05 * expected, "too noisy to tell: {mean} ± {error}");
    assert!((mean / expected - 1.0).abs() <= 0.05, "load {load}: {mean} ± {error} is not {expected}");
}

#[test]
fn d05_the_slow_down_at_a_load_of_one_half_is_two() {
    holds(0.5, 20, 20_000);
}

#[test]
fn d05_the_slow_down_at_a_load_of_four_fifths_is_five() {
    holds(0.8, 20, 100_000);
}
