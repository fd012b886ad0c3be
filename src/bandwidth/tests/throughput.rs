//! A probe of speed, for eyes: `cargo test --release --lib bandwidth::tests::throughput -- --ignored --nocapture`.

use super::draw::Draw;
use crate::bandwidth::{ClockId, FlowId, Network, ResourceId, SharingSpec, TransferId};
use crate::units::{BitRate, SimTime};

/// A piece of 256 KiB in nanobits.
const PIECE: u64 = 262_144 * 8 * 1_000_000_000;

/// (down, up) in kbit/s.
const ADSL: &[(u64, u64)] =
    &[(2_000, 384), (8_000, 768), (8_000, 1_024), (16_000, 1_024), (24_000, 2_048), (50_000, 10_000)];
const FIBRE: &[(u64, u64)] = &[(20_000, 20_000), (50_000, 50_000), (100_000, 100_000)];

/// Processor time of this thread, ns (Linux; zero elsewhere): the machine may be busy with other work.
struct Stopwatch(u64);

impl Stopwatch {
    fn read() -> u64 {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
    }
    fn now() -> Self {
        Self(Self::read())
    }
    /// Nanoseconds for each of `n`.
    fn each(&self, n: usize) -> f64 {
        (Self::read() - self.0) as f64 / n as f64
    }
}

/// The earliest of all clocks: an implicit tournament tree, so that the probe's own schedule stays cheap.
struct Schedule {
    size: usize,
    tree: Vec<(u64, u32)>,
}

impl Schedule {
    fn new(n: usize) -> Self {
        let size = n.next_power_of_two();
        Self { size, tree: vec![(u64::MAX, u32::MAX); 2 * size] }
    }
    fn set(&mut self, clock: u32, time: u64) {
        let mut i = self.size + clock as usize;
        self.tree[i] = (time, clock);
        while i > 1 {
            i /= 2;
            let winner = self.tree[2 * i].min(self.tree[2 * i + 1]);
            if self.tree[i] == winner {
                break;
            }
            self.tree[i] = winner;
        }
    }
    fn first(&self) -> (u64, u32) {
        self.tree[1]
    }
}

struct Swarm {
    network: Network,
    draw: Draw,
    up: Vec<ResourceId>,
    down: Vec<ResourceId>,
    /// Every sender's flows.
    flows: Vec<Vec<FlowId>>,
    schedule: Schedule,
}

impl Swarm {
    fn new(peers: usize, classes: &[(u64, u64)], tolerance: f64) -> Self {
        let mut draw = Draw::new(7);
        let mut network = Network::new(SharingSpec { tolerance });
        let mut up = Vec::new();
        let mut down = Vec::new();
        for _ in 0..peers {
            let (d, u) = classes[draw.below(classes.len())];
            up.push(network.add_resource(BitRate::new(u * 1_000)));
            down.push(network.add_resource(BitRate::new(d * 1_000)));
            network.add_clock();
        }
        let mut swarm =
            Self { network, draw, up, down, flows: vec![Vec::new(); peers], schedule: Schedule::new(peers) };
        for sender in 0..peers {
            for _ in 0..4 + sender % 2 {
                swarm.start(SimTime::ZERO, sender);
            }
        }
        swarm.network.solve(SimTime::ZERO);
        swarm.drain();
        swarm
    }

    fn start(&mut self, now: SimTime, sender: usize) {
        let peers = self.up.len();
        let receiver = (sender + 1 + self.draw.below(peers - 1)) % peers;
        let amount = PIECE / 2 + self.draw.next() % PIECE;
        let transfer = self.network.open_transfer(now, amount);
        let path = [self.up[sender], self.down[receiver]];
        let flow = self.network.start_flow(now, ClockId(sender as u32), &path, 1.0, None, transfer);
        self.flows[sender].push(flow);
    }

    fn replace(&mut self, now: SimTime, sender: usize, i: usize) {
        let flow = self.flows[sender].swap_remove(i);
        let transfer = self.network.flow_transfer(flow);
        self.network.stop_flow(now, flow);
        self.network.close_transfer(transfer);
        self.start(now, sender);
    }

    fn drain(&mut self) {
        let schedule = &mut self.schedule;
        self.network.drain_clock_changes(|clock, time| {
            schedule.set(clock.0, time.map_or(u64::MAX, SimTime::as_nanos));
        });
    }

    /// Starts and stops alone.
    fn churn(&mut self, steps: usize) {
        for step in 0..steps {
            // Time creeps: nothing completes.
            let now = SimTime::from_nanos(step as u64);
            let sender = self.draw.below(self.up.len());
            let i = self.draw.below(self.flows[sender].len());
            self.replace(now, sender, i);
            self.network.solve(now);
            self.drain();
        }
    }

    /// Completions, all redirected, and one replaced flow per `every` completions.
    fn live(&mut self, completions: usize, every: usize) {
        let mut done: Vec<TransferId> = Vec::new();
        let mut n = 0;
        while n < completions {
            let (time, clock) = self.schedule.first();
            let now = SimTime::from_nanos(time);
            done.clear();
            self.network.completed(now, ClockId(clock), &mut done);
            for &transfer in &done {
                n += 1;
                let flow = self.network.transfer_flows(transfer).next().unwrap();
                if n.is_multiple_of(every) {
                    let i = self.flows[clock as usize].iter().position(|&f| f == flow).unwrap();
                    self.replace(now, clock as usize, i);
                } else {
                    let amount = PIECE / 2 + self.draw.next() % PIECE;
                    let next = self.network.open_transfer(now, amount);
                    self.network.redirect_flow(now, flow, next);
                    self.network.close_transfer(transfer);
                }
            }
            self.network.solve(now);
            self.drain();
        }
    }
}

/// One server, a thousand clients and more: the baseline service.
#[test]
#[ignore = "a probe of speed, for eyes"]
fn nanoseconds_per_event_of_a_server() {
    for clients in [100, 1_000, 10_000] {
        let mut swarm = Swarm::new(clients, &[(8_000, 1_000)], 0.0);
        let server = swarm.network.add_resource(BitRate::new(clients as u64 * 2_000_000));
        let clock = swarm.network.add_clock();
        swarm.up[0] = server;
        for sender in 0..clients {
            while let Some(flow) = swarm.flows[sender].pop() {
                swarm.network.stop_flow(SimTime::ZERO, flow);
            }
        }
        swarm.schedule = Schedule::new(clients + 1);
        swarm.network.solve(SimTime::ZERO);
        swarm.drain();
        let start = |swarm: &mut Swarm, now: SimTime, client: usize| {
            let transfer = swarm.network.open_transfer(now, PIECE / 2 + swarm.draw.next() % PIECE);
            let path = [server, swarm.down[client]];
            let flow = swarm.network.start_flow(now, clock, &path, 1.0, None, transfer);
            swarm.flows[client].push(flow);
        };
        let begin = Stopwatch::now();
        for client in 0..clients {
            // Separate instants: an arrival is an event.
            let now = SimTime::from_nanos(client as u64);
            start(&mut swarm, now, client);
            swarm.network.solve(now);
            swarm.drain();
        }
        let arrival = begin.each(clients);
        let steps = 100_000;
        let begin = Stopwatch::now();
        let mut done = Vec::new();
        let mut n = 0;
        while n < steps {
            let (time, c) = swarm.schedule.first();
            let now = SimTime::from_nanos(time);
            done.clear();
            swarm.network.completed(now, ClockId(c), &mut done);
            for &transfer in &done {
                n += 1;
                let flow = swarm.network.transfer_flows(transfer).next().unwrap();
                let next = swarm.network.open_transfer(now, PIECE / 2 + swarm.draw.next() % PIECE);
                swarm.network.redirect_flow(now, flow, next);
                swarm.network.close_transfer(transfer);
            }
            swarm.network.solve(now);
            swarm.drain();
        }
        let redirect = begin.each(steps);
        let (time, _) = swarm.schedule.first();
        let begin = Stopwatch::now();
        for client in 0..clients {
            let flow = swarm.flows[client].pop().unwrap();
            swarm.network.stop_flow(SimTime::from_nanos(time), flow);
            swarm.network.solve(SimTime::from_nanos(time));
            swarm.drain();
        }
        let departure = begin.each(clients);
        swarm.network.verify();
        eprintln!(
            "server with {clients:>5} clients: {arrival:7.0} ns per arrival, {redirect:4.0} ns per redirected completion, \
             {departure:7.0} ns per departure"
        );
    }
}

#[test]
#[ignore = "a probe of speed, for eyes"]
fn nanoseconds_per_event() {
    let sizes: Vec<usize> = std::env::var("PROBE_PEERS").map_or(vec![1_000, 10_000], |s| vec![s.parse().unwrap()]);
    for (label, classes, tolerance) in
        [("adsl", ADSL, 0.0), ("fibre", FIBRE, 0.0), ("adsl 1 %", ADSL, 0.01), ("fibre 1 %", FIBRE, 0.01)]
    {
        for &peers in &sizes {
            let steps = 100_000;
            let begin = Stopwatch::now();
            let mut churned = Swarm::new(peers, classes, tolerance);
            let built = begin.each(1_000_000);
            let mut swarm = Swarm::new(peers, classes, tolerance);
            churned.churn(20_000);
            swarm.live(20_000, 5);
            let (mut churn, mut redirect, mut live) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
            let solved = churned.network.effort().0;
            let rounds = 5;
            // The least of several: the machine is shared.
            for _ in 0..rounds {
                let begin = Stopwatch::now();
                churned.churn(steps);
                churn = churn.min(begin.each(2 * steps));
                let begin = Stopwatch::now();
                swarm.live(steps, usize::MAX);
                redirect = redirect.min(begin.each(steps));
                let begin = Stopwatch::now();
                swarm.live(steps, 5);
                live = live.min(begin.each(steps));
            }
            let solved = (churned.network.effort().0 - solved) as f64 / (2 * steps * rounds) as f64;
            swarm.network.verify();
            eprintln!(
                "{label:>9}, N = {peers:>6}: {churn:6.0} ns per start or stop ({solved:.1} resources), {redirect:5.0} ns \
                 per redirected completion, {live:6.0} ns with one in five replaced; built in {built:.0} ms, {} fallbacks",
                swarm.network.effort().1
            );
        }
    }
}
