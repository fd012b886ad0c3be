//! The hold model on the future event lists: pop the first entry, insert another one, move some pending ones.
//!
//! `cargo bench --bench engine`. One iteration is one hold: a pop, an insert and 0 or 4 moves. Distances are
//! exponential with a mean of 10 s, as completions of pieces are.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

use peerscape::engine::{BucketWheel, FutureEventList, Handle, HeapSchedule};
use peerscape::random::{Distribution, Purpose, Seed};
use peerscape::units::{SimDuration, SimTime};

/// As large as the key and event of a simulation.
type Key = (u64, u64);
type Event = [u32; 4];

/// A list with `pending` entries, and distances drawn beforehand, so that drawing is not measured.
struct Hold<L> {
    list: L,
    handles: Vec<Handle>,
    now: SimTime,
    distances: Vec<SimDuration>,
    drawn: usize,
    sequence: u64,
    lot: u64,
}

impl<L: FutureEventList<Key, Event>> Hold<L> {
    fn new(list: L, pending: u32) -> Self {
        let law = Distribution::Exponential { mean: SimDuration::from_secs(10) };
        let seed = Seed::new(1, 0);
        let distances = (0..1 << 20).map(|n| law.draw(seed, Purpose::Test, 0, n)).collect();
        let mut hold = Self { list, handles: Vec::new(), now: SimTime::ZERO, distances, drawn: 0, sequence: 0, lot: 1 };
        for entity in 0..pending {
            let handle = hold.insert(entity);
            hold.handles.push(handle);
        }
        hold
    }

    fn later(&mut self) -> SimTime {
        self.drawn = (self.drawn + 1) % self.distances.len();
        self.now + self.distances[self.drawn]
    }

    fn insert(&mut self, entity: u32) -> Handle {
        let at = self.later();
        self.sequence += 1;
        self.list.insert(at, (u64::from(entity), self.sequence), [entity; 4])
    }

    fn hold(&mut self, moves: u32) {
        let Some(fired) = self.list.pop() else { return };
        self.now = fired.at;
        let entity = fired.event[0];
        self.handles[entity as usize] = self.insert(entity);
        for _ in 0..moves {
            self.lot = self.lot.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let other = ((u128::from(self.lot) * self.handles.len() as u128) >> 64) as usize;
            let at = self.later();
            self.list.reschedule(self.handles[other], at);
        }
    }
}

fn measure<L: FutureEventList<Key, Event>>(criterion: &mut Criterion, name: &str, make: impl Fn() -> L) {
    for pending in [10_000, 1_000_000] {
        for moves in [0, 4] {
            let mut hold = Hold::new(make(), pending);
            for _ in 0..2 * pending {
                hold.hold(moves);
            }
            criterion.bench_function(&format!("{name}/{pending} pending/+{moves} moves"), |bencher| {
                bencher.iter(|| black_box(&mut hold).hold(moves));
            });
        }
    }
}

fn hold_model(criterion: &mut Criterion) {
    measure(criterion, "wheel", BucketWheel::new);
    measure(criterion, "heap", HeapSchedule::new);
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    targets = hold_model
}
criterion_main!(benches);
