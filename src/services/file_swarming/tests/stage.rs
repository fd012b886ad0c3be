//! A stage for a few peers: the service alone, with a clock, and no discovery.

use std::collections::BTreeMap;

use crate::bandwidth::{ClockId, Network, SharingSpec};
use crate::metrics::Recorder;
use crate::overlay::{ConnId, Overlay};
use crate::random::Seed;
use crate::services::file_swarming::swarm::FileSwarming;
use crate::services::file_swarming::{
    ChokeOrder, ChokingSpec, FileSwarmingSpec, MessageDelay, Partial, PieceOrder, PiecesSpec, Refill, Retry, SeedOrder,
    SeedingSpec, Shares, TcpSpec, Ties, WireSpec,
};
use crate::services::{Line, Lines, Role, Service, ServiceContext, ServiceEffect, ServiceTimer};
use crate::units::{AsIndex, BitRate, Bytes, Identity, PeerSlot, SimDuration, SimTime};

/// A swarm of so many pieces of 64 KiB in blocks of 16 KiB, without overhead.
pub(super) fn spec(pieces: u64) -> FileSwarmingSpec {
    FileSwarmingSpec {
        size: Bytes::new(pieces * 65_536),
        piece: Bytes::new(65_536),
        block: Bytes::new(16_384),
        choking: ChokingSpec {
            slots: 4,
            optimistic: 1,
            round: SimDuration::from_secs(10),
            optimistic_rounds: 3,
            optimistic_unchoke: true,
            rounds: true,
            refill: Refill::AtOnce,
            order: ChokeOrder::TitForTat,
            ties: Ties::Lot,
        },
        seeding: SeedingSpec {
            slots: 4,
            order: SeedOrder::RoundRobin,
            quota_pieces: 20,
            quota_time: SimDuration::from_secs(60),
            super_seeding: false,
        },
        pieces: PiecesSpec {
            random_first: 4,
            order: PieceOrder::RarestFirst,
            strict_priority: true,
            prioritize_partials: false,
            end_game: true,
            strict_end_game: false,
            pipeline: 1_000,
            slow_piece: SimDuration::from_secs(20),
            speed_average: None,
            contiguous: false,
            store_and_forward: true,
            partial: Partial::Keep,
            queue: None,
            retry: Retry::AtOnce,
            pipelining: true,
            start_lag: true,
        },
        wire: WireSpec::NONE,
        tcp: TcpSpec { shares: Shares::Equal, messages: MessageDelay::AtOnce },
        fallback: None,
    }
}

/// The stage.
pub(super) struct Stage {
    pub(super) swarm: FileSwarming,
    pub(super) overlay: Overlay,
    pub(super) network: Network,
    pub(super) now: SimTime,
    lines: Lines,
    recorder: Recorder,
    out: Vec<ServiceEffect>,
    timers: BTreeMap<(SimTime, u64), ServiceTimer>,
    completions: BTreeMap<u32, SimTime>,
    timers_set: u64,
    /// (time, peer) of every piece verified.
    pub(super) verified: Vec<(SimTime, PeerSlot)>,
}

impl Stage {
    /// Latency class n is a one-way delay of n × 10 ms.
    pub(super) fn new(spec: &FileSwarmingSpec) -> Self {
        Self {
            swarm: FileSwarming::new(spec),
            overlay: Overlay::new(),
            network: Network::new(SharingSpec { tolerance: 0.0 }),
            now: SimTime::ZERO,
            lines: Lines {
                delay_by_class: (0..=u8::MAX).map(|n| SimDuration::from_millis(10 * u64::from(n))).collect(),
                ..Lines::default()
            },
            recorder: Recorder::default(),
            out: Vec::new(),
            timers: BTreeMap::new(),
            completions: BTreeMap::new(),
            timers_set: 0,
            verified: Vec::new(),
        }
    }

    pub(super) fn with<T>(&mut self, call: impl FnOnce(&mut FileSwarming, &mut ServiceContext<'_>) -> T) -> T {
        let mut cx = ServiceContext {
            now: self.now,
            seed: Seed::new(7, 0),
            polling: false,
            overlay: &mut self.overlay,
            network: &mut self.network,
            lines: &self.lines,
            recorder: &mut self.recorder,
            out: &mut self.out,
        };
        let result = call(&mut self.swarm, &mut cx);
        for effect in std::mem::take(&mut self.out) {
            let (at, timer) = match effect {
                ServiceEffect::Timer { at, timer, .. } => (at, timer),
                // Peers that are not connected are 10 ms apart.
                ServiceEffect::RoundTrips { count, timer, .. } => {
                    (self.now.saturating_add(SimDuration::from_millis(20 * u64::from(count))), timer)
                }
                _ => continue,
            };
            self.timers_set += 1;
            self.timers.insert((at, self.timers_set), timer);
        }
        result
    }

    /// A peer with an uplink of `up` and a downlink of `down` bit/s.
    pub(super) fn add(&mut self, up: u64, down: u64, role: Role) -> PeerSlot {
        self.add_from(0, up, down, role)
    }

    /// An initial seed.
    pub(super) fn add_seed(&mut self, up: u64) -> PeerSlot {
        self.add_from(Identity::FIRST_SEED, up, up, Role::Source)
    }

    /// A peer goes; tells what it has sent.
    pub(super) fn leave(&mut self, slot: PeerSlot) -> u64 {
        let account = self.with(|swarm, cx| swarm.left(cx, slot, false));
        self.overlay.remove_peer(slot);
        self.solve();
        account.sent
    }

    fn add_from(&mut self, first: u32, up: u64, down: u64, role: Role) -> PeerSlot {
        let slot = self.overlay.add_peer(50).slot;
        let (wire_up, wire_down) = (BitRate::new(up), BitRate::new(down));
        self.lines.by_slot.push(Line {
            identity: Identity(first + slot.0),
            as_index: AsIndex(0),
            wire_up,
            wire_down,
            up: self.network.add_resource(wire_up),
            down: self.network.add_resource(wire_down),
            clock: self.network.add_clock(),
        });
        self.with(|swarm, cx| swarm.joined(cx, slot, role));
        slot
    }

    /// Connects two peers at `class` × 10 ms; returns the end of the first.
    pub(super) fn connect(&mut self, a: PeerSlot, b: PeerSlot, class: u32) -> ConnId {
        let (at_a, _) = self.overlay.connect(a, b, class).unwrap();
        self.with(|swarm, cx| swarm.connected(cx, at_a));
        self.solve();
        at_a
    }

    pub(super) fn choke(&mut self, end: ConnId) {
        self.with(|swarm, cx| swarm.choke(cx, end));
        self.solve();
    }

    fn solve(&mut self) {
        self.network.solve(self.now);
        self.with(Service::instant_ends);
        let completions = &mut self.completions;
        self.network.drain_clock_changes(|clock, at| {
            match at {
                Some(at) => completions.insert(clock.0, at),
                None => completions.remove(&clock.0),
            };
        });
    }

    /// Lets time pass until `end`, or until nothing is left to happen.
    pub(super) fn run_until(&mut self, end: SimTime) {
        loop {
            let completion = self.completions.iter().map(|(clock, at)| (*at, *clock)).min();
            let timer = self.timers.keys().next().copied();
            let next = [completion.map(|(at, _)| at), timer.map(|(at, _)| at)].into_iter().flatten().min();
            let Some(at) = next.filter(|at| *at <= end) else {
                self.now = end;
                return;
            };
            self.now = at;
            let before: Vec<u32> = self.pieces_of_all();
            if let Some((at, clock)) = completion
                && at == self.now
            {
                self.completions.remove(&clock);
                let mut done = Vec::new();
                self.network.completed(self.now, ClockId(clock), &mut done);
                for transfer in done {
                    self.with(|swarm, cx| swarm.transfer_done(cx, transfer));
                }
            } else if let Some(key) = timer
                && let Some(timer) = self.timers.remove(&key)
            {
                self.with(|swarm, cx| swarm.timer(cx, timer));
            }
            let after = self.pieces_of_all();
            for (slot, (before, after)) in before.iter().zip(after).enumerate() {
                for _ in *before..after {
                    self.verified.push((self.now, PeerSlot(slot as u32)));
                }
            }
            if self.timers.keys().next().is_none_or(|(at, _)| *at > self.now) {
                self.solve();
            }
        }
    }

    fn pieces_of_all(&self) -> Vec<u32> {
        (0..self.swarm.peers.len()).map(|slot| self.swarm.peers[PeerSlot(slot as u32)].account.pieces).collect()
    }

    /// When `peer` verified its pieces, in nanoseconds.
    pub(super) fn times(&self, peer: PeerSlot) -> Vec<u64> {
        self.verified.iter().filter(|(_, who)| *who == peer).map(|(at, _)| at.as_nanos()).collect()
    }

    pub(super) fn sent(&mut self, peer: PeerSlot) -> u64 {
        self.with(|swarm, cx| swarm.close(cx, peer)).sent
    }

    pub(super) fn seconds(seconds: u64) -> SimTime {
        SimTime::ZERO.saturating_add(SimDuration::from_secs(seconds))
    }
}
