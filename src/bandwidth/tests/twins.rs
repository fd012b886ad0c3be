//! The worklist against global progressive filling, after every step of warm sequences.

use num_rational::BigRational;

use super::draw::Draw;
use super::reference::{Demand, Number, assert_optimal, max_min};
use crate::bandwidth::{FlowId, Network, ResourceId, SharingSpec};
use crate::units::{BitRate, SimTime};

const START: SimTime = SimTime::ZERO;

/// What a sequence draws from.
#[derive(Debug, Clone, Copy)]
struct Plan {
    resources: usize,
    flows: usize,
    steps: usize,
    equal: bool,
    weights: bool,
    caps: bool,
    /// Capacities are 1 to this many units.
    units: usize,
    unit: u64,
}

/// A network under random changes, and the same facts in the twin's terms.
struct Warm {
    plan: Plan,
    draw: Draw,
    network: Network,
    links: Vec<ResourceId>,
    capacities: Vec<u64>,
    flows: Vec<(FlowId, Demand<u64>)>,
}

impl Warm {
    fn new(plan: Plan, seed: u64, tolerance: f64) -> Self {
        let mut draw = Draw::new(seed);
        let mut network = Network::new(SharingSpec { tolerance });
        let common = plan.unit * (1 + draw.below(plan.units)) as u64;
        let capacities: Vec<u64> = (0..plan.resources)
            .map(|_| if plan.equal { common } else { plan.unit * (1 + draw.below(plan.units)) as u64 })
            .collect();
        let links = capacities.iter().map(|&c| network.add_resource(BitRate::new(c))).collect();
        let mut warm = Self { plan, draw, network, links, capacities, flows: Vec::new() };
        for _ in 0..plan.flows {
            warm.start();
        }
        warm.network.solve(START);
        warm
    }

    fn step(&mut self) {
        // Several changes per instant now and then, as in a swarm.
        for _ in 0..=self.draw.below(6) / 5 * self.draw.below(8) {
            match self.draw.below(10) {
                0 if !self.plan.equal => self.change_capacity(),
                1 if self.plan.weights && !self.flows.is_empty() => self.change_weight(),
                2 if self.plan.caps && !self.flows.is_empty() => self.change_cap(),
                _ if self.draw.below(2 * self.plan.flows) >= self.flows.len() => self.start(),
                _ => self.stop(),
            }
        }
        self.network.solve(START);
    }

    fn change_capacity(&mut self) {
        let i = self.draw.below(self.links.len());
        // Now and then a link goes down.
        let units = if self.draw.one_in(20) { 0 } else { 1 + self.draw.below(self.plan.units) };
        self.capacities[i] = self.plan.unit * units as u64;
        self.network.set_capacity(self.links[i], BitRate::new(self.capacities[i]));
    }

    /// Eighths, exact in binary as in rationals.
    fn draw_weight(&mut self) -> u64 {
        if self.plan.weights { 1 + self.draw.below(24) as u64 } else { 8 }
    }

    fn draw_cap(&mut self) -> Option<u64> {
        (self.plan.caps && self.draw.one_in(3))
            .then(|| self.plan.unit * (1 + self.draw.below(self.plan.units)) as u64 / 3)
    }

    fn change_weight(&mut self) {
        let i = self.draw.below(self.flows.len());
        let weight = self.draw_weight();
        self.flows[i].1.weight = weight;
        self.network.set_weight(START, self.flows[i].0, weight as f64 / 8.0);
    }

    fn change_cap(&mut self) {
        let i = self.draw.below(self.flows.len());
        let cap = self.draw_cap();
        self.flows[i].1.cap = cap;
        self.network.set_cap(START, self.flows[i].0, cap.map(BitRate::new));
    }

    fn start(&mut self) {
        let hops = 2 + self.draw.below(3.min(self.links.len() - 1));
        let mut path = Vec::new();
        while path.len() < hops {
            let r = self.draw.below(self.links.len());
            if !path.contains(&r) {
                path.push(r);
            }
        }
        let (weight, cap) = (self.draw_weight(), self.draw_cap());
        let clock = self.network.add_clock();
        let transfer = self.network.open_transfer(START, 1 << 60);
        let links: Vec<ResourceId> = path.iter().map(|&i| self.links[i]).collect();
        let flow = self.network.start_flow(START, clock, &links, weight as f64 / 8.0, cap.map(BitRate::new), transfer);
        self.flows.push((flow, Demand { path, weight, cap }));
    }

    fn stop(&mut self) {
        let i = self.draw.below(self.flows.len());
        let (flow, _) = self.flows.swap_remove(i);
        let transfer = self.network.flow_transfer(flow);
        self.network.stop_flow(START, flow);
        self.network.close_transfer(transfer);
    }

    fn terms<T: Number>(&self) -> (Vec<T>, Vec<Demand<T>>) {
        let capacities = self.capacities.iter().map(|&c| T::from_whole(c)).collect();
        let flows = self.flows.iter().map(|(_, d)| Demand {
            path: d.path.clone(),
            weight: T::from_whole(d.weight) / T::from_whole(8),
            cap: d.cap.map(T::from_whole),
        });
        (capacities, flows.collect())
    }

    /// The largest relative error of the network's rates, before these are cut to whole bit/s.
    fn worst(&self, expected: &[f64]) -> f64 {
        let mut worst: f64 = 0.0;
        for ((flow, _), &expected) in self.flows.iter().zip(expected) {
            let real = self.network.real_rate(*flow);
            let whole = self.network.rate(*flow).get() as f64;
            assert!((whole - real).abs() <= 1.0 + real * 1e-11, "{whole} is not {real} cut to whole bit/s");
            let error = if expected == 0.0 { real } else { (real - expected).abs() / expected };
            worst = worst.max(error);
        }
        worst
    }

    fn assert_agrees(&self, label: &str) {
        let (capacities, flows) = self.terms::<f64>();
        let expected = max_min(&capacities, &flows);
        let worst = self.worst(&expected);
        assert!(worst <= 1e-9, "{label}: the worklist is {worst:e} off the global solver ({:?})", self.plan);
    }
}

fn plan(seed: u64, largest: f64) -> Plan {
    let mut draw = Draw::new(seed ^ 0x5EED);
    let resources = (2.0 * (largest / 2.0).powf(draw.unit())).round() as usize;
    Plan {
        resources,
        flows: (resources as f64 * (0.5 + 2.5 * draw.unit())).ceil() as usize,
        steps: 220,
        equal: seed.is_multiple_of(2),
        weights: seed % 3 == 1,
        caps: seed % 4 >= 2,
        units: 40,
        unit: 1_000_000_000,
    }
}

fn run(seeds: std::ops::Range<u64>, largest: f64, step_limit: (usize, usize)) -> (u64, u64) {
    let mut effort = (0, 0);
    for seed in seeds {
        let mut warm = Warm::new(plan(seed, largest), seed, 0.0);
        warm.network.step_limit = step_limit;
        for step in 0..warm.plan.steps {
            warm.step();
            warm.assert_agrees(&format!("seed {seed}, step {step}"));
            if step % 20 == 0 {
                warm.network.verify();
            }
        }
        effort.0 += warm.network.effort().0;
        effort.1 += warm.network.effort().1;
    }
    effort
}

#[test]
fn agrees_with_the_global_solver_after_every_step() {
    let largest = run(0..2, 300.0, crate::bandwidth::network::STEP_LIMIT);
    let small = run(2..40, 150.0, crate::bandwidth::network::STEP_LIMIT);
    assert_eq!(largest.1 + small.1, 0, "the worklist came to rest every time");
}

#[test]
fn agrees_on_three_hundred_resources() {
    for (seed, equal) in [(1_001, true), (1_002, false)] {
        let plan = Plan { resources: 300, flows: 500, equal, ..plan(seed, 300.0) };
        let mut warm = Warm::new(plan, seed, 0.0);
        for step in 0..warm.plan.steps {
            warm.step();
            warm.assert_agrees(&format!("seed {seed}, step {step}"));
        }
        warm.network.verify();
    }
}

/// With almost no steps granted, components are filled whole, and the answer is the same.
#[test]
fn the_fallback_agrees_with_the_global_solver() {
    let (_, whole) = run(50..62, 100.0, (0, 0));
    assert!(whole > 2_000, "nearly every solve falls back");
    let (_, some) = run(62..74, 100.0, (6, 0));
    assert!(some > 100, "some solves fall back");
}

/// Small cases in exact rationals: the global solver is optimal there, and both solvers agree with it.
#[test]
fn both_solvers_agree_with_exact_rationals() {
    for seed in 100..140 {
        let plan = Plan { resources: 2 + (seed % 7) as usize, flows: 8, steps: 40, ..plan(seed, 8.0) };
        let mut warm = Warm::new(plan, seed, 0.0);
        for step in 0..plan.steps {
            warm.step();
            let (capacities, flows) = warm.terms::<BigRational>();
            let exact = max_min(&capacities, &flows);
            assert_optimal(&capacities, &flows, &exact);
            let expected: Vec<f64> = exact
                .iter()
                .map(|x| {
                    // Numerator and denominator of small cases fit f64's exponent; their quotient rounds three times.
                    let (n, d) = (x.numer().to_string(), x.denom().to_string());
                    n.parse::<f64>().unwrap() / d.parse::<f64>().unwrap()
                })
                .collect();
            let (capacities, flows) = warm.terms::<f64>();
            for (slow, exact) in max_min(&capacities, &flows).iter().zip(&expected) {
                assert!((slow - exact).abs() <= 1e-9 * exact, "seed {seed}, step {step}: the twin itself is off");
            }
            let worst = warm.worst(&expected);
            assert!(worst <= 1e-9, "seed {seed}, step {step}: {worst:e} off the exact solution");
        }
    }
}

/// A tolerance keeps capacities and comes close; what it costs is measured, not promised.
#[test]
fn a_tolerance_never_overfills() {
    for tolerance in [0.01, 0.05] {
        let mut worst: f64 = 0.0;
        for seed in 200..212 {
            let mut warm = Warm::new(plan(seed, 120.0), seed, tolerance);
            for step in 0..warm.plan.steps {
                warm.step();
                if step % 10 == 0 {
                    warm.network.verify();
                    let (capacities, flows) = warm.terms::<f64>();
                    worst = worst.max(warm.worst(&max_min(&capacities, &flows)));
                }
            }
        }
        eprintln!("tolerance {tolerance}: largest rate error {worst:.3}");
    }
}

/// At capacities where a relative rounding exceeds 1 bit/s, whole rates still fit: `solve` and `verify` assert it.
#[test]
fn the_largest_capacities_are_not_overfilled() {
    for seed in 300..310 {
        let plan = Plan { unit: (1 << 53) / 40, weights: true, ..plan(seed, 60.0) };
        let mut warm = Warm::new(plan, seed, 0.0);
        for step in 0..plan.steps {
            warm.step();
            warm.network.verify();
            warm.assert_agrees(&format!("seed {seed}, step {step}"));
        }
    }
}
