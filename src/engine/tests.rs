//! The wheel against the heap, and both against a sorted list.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::units::{SimDuration, SimTime};

type Key = u64;

fn at(nanos: u64) -> SimTime {
    SimTime::from_nanos(nanos)
}

/// One step of a random use of a list; numbers are reduced to what exists.
#[derive(Debug, Clone)]
enum Step {
    Insert(u64),
    Move(usize, u64),
    Cancel(usize),
    Pop,
    Peek,
}

/// Distances from the clock: this instant, this bucket, this wheel, the overflow level, the far list, the end of time.
fn distance() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => Just(0),
        3 => 0_u64..3,
        6 => 0_u64..20_000_000,
        6 => 0_u64..100_000_000_000,
        4 => 0_u64..10_000_000_000_000,
        3 => 0_u64..1_000_000_000_000_000,
        1 => Just(u64::MAX),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => distance().prop_map(Step::Insert),
        5 => (any::<usize>(), distance()).prop_map(|(which, d)| Step::Move(which, d)),
        2 => any::<usize>().prop_map(Step::Cancel),
        5 => Just(Step::Pop),
        2 => Just(Step::Peek),
    ]
}

/// Two lists fed the same steps beside an ordered map, which is the definition of the order.
struct Trio {
    now: u64,
    next_key: Key,
    sorted: BTreeSet<(SimTime, Key)>,
    pending: BTreeMap<Key, (SimTime, Handle, Handle)>,
    wheel: BucketWheel<Key, Key>,
    heap: HeapSchedule<Key, Key>,
}

impl Trio {
    fn new(width: u64) -> Self {
        Self {
            now: 0,
            next_key: 0,
            sorted: BTreeSet::new(),
            pending: BTreeMap::new(),
            wheel: BucketWheel::with_bucket(SimDuration::from_nanos(width)),
            heap: HeapSchedule::new(),
        }
    }

    fn insert(&mut self, distance: u64) {
        // Keys fall while time passes, so that insertion order and key order disagree.
        let key = self.next_key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.next_key += 1;
        let time = at(self.now.saturating_add(distance));
        let handles = (self.wheel.insert(time, key, !key), self.heap.insert(time, key, !key));
        self.sorted.insert((time, key));
        self.pending.insert(key, (time, handles.0, handles.1));
    }

    fn pick(&self, which: usize) -> Option<Key> {
        (!self.pending.is_empty()).then(|| self.pending.keys().nth(which % self.pending.len()).copied())?
    }

    fn pop(&mut self) {
        let expected = self.sorted.pop_first();
        let (wheel, heap) = (self.wheel.pop(), self.heap.pop());
        assert_eq!(wheel.map(|f| (f.at, f.key)), expected);
        assert_eq!(wheel, heap);
        if let Some(fired) = wheel {
            assert_eq!(fired.event, !fired.key);
            self.now = fired.at.as_nanos();
            self.pending.remove(&fired.key);
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Insert(distance) => self.insert(distance),
            Step::Move(which, distance) => {
                if let Some(key) = self.pick(which) {
                    let time = at(self.now.saturating_add(distance));
                    let entry = self.pending.get_mut(&key).unwrap();
                    self.sorted.remove(&(entry.0, key));
                    self.sorted.insert((time, key));
                    entry.0 = time;
                    self.wheel.reschedule(entry.1, time);
                    self.heap.reschedule(entry.2, time);
                }
            }
            Step::Cancel(which) => {
                if let Some(key) = self.pick(which) {
                    let (time, wheel, heap) = self.pending.remove(&key).unwrap();
                    self.sorted.remove(&(time, key));
                    self.wheel.cancel(wheel);
                    self.heap.cancel(heap);
                }
            }
            Step::Pop => self.pop(),
            Step::Peek => {
                let expected = self.sorted.first().copied();
                assert_eq!(self.wheel.peek(), expected);
                assert_eq!(self.heap.peek(), expected);
                assert_eq!(self.wheel.peek_time(), expected.map(|(time, _)| time));
            }
        }
        assert_eq!((self.wheel.len(), self.heap.len()), (self.pending.len(), self.pending.len()));
    }

    fn drain(&mut self) {
        while !self.pending.is_empty() {
            self.pop();
        }
        self.pop();
        assert!(self.wheel.is_empty() && self.heap.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn wheel_and_heap_pop_what_a_sorted_list_pops(
        width in prop_oneof![Just(1_u64), Just(4_000_000), Just(1_000_000_000)],
        steps in prop::collection::vec(step(), 1..400),
    ) {
        let mut trio = Trio::new(width);
        for step in &steps {
            trio.take(step);
        }
        trio.drain();
    }
}

/// A long run with hundreds of pending entries, so that buckets, blocks and the far list are crowded and reused.
#[test]
fn a_crowded_schedule_keeps_its_order() {
    // A linear congruential generator (Knuth's MMIX constants), its high half scaled to a bound.
    let mut state = 7_u64;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(state >> 32) * u128::from(bound)) >> 32) as u64
    };
    for (width, horizon) in [(4_000_000, 60_000_000_000), (1_000, 1_000_000_000_000), (1_000_000, 500_000_000)] {
        let mut trio = Trio::new(width);
        for _ in 0..500 {
            trio.insert(below(horizon));
        }
        for n in 0..20_000 {
            let distance = below(horizon);
            let which = below(1 << 20) as usize;
            trio.take(&Step::Move(which, distance / 3));
            trio.take(&Step::Move(which / 2, distance * 2));
            trio.pop();
            trio.insert(distance);
            if n % 16 == 0 {
                trio.take(&Step::Peek);
                trio.take(&Step::Cancel(which));
                trio.insert(distance / 1000);
            }
        }
        trio.drain();
    }
}

#[test]
fn what_is_scheduled_for_this_instant_leaves_in_this_instant() {
    let mut kernel = Kernel::new(BucketWheel::new());
    for key in [10_u32, 30, 50] {
        kernel.schedule(at(1_000), key, key);
    }
    kernel.schedule(at(1_001), 0, 0);
    assert_eq!(kernel.pop().unwrap().key, 10);
    kernel.schedule(at(1_000), 40, 40);
    // A key that would have come before the one being handled comes next all the same.
    kernel.schedule(at(1_000), 5, 5);
    let late = kernel.schedule(at(2_000_000_000), 20, 20);
    kernel.reschedule(late, at(1_000));
    let order: Vec<u32> = std::iter::from_fn(|| kernel.pop()).map(|fired| fired.key).collect();
    assert_eq!(order, [5, 20, 30, 40, 50, 0]);
    assert_eq!((kernel.now(), kernel.taken(), kernel.pending()), (at(1_001), 7, 0));
}

#[test]
fn looking_far_ahead_does_not_hide_what_comes_before() {
    let mut wheel = BucketWheel::new();
    wheel.insert(at(u64::MAX), 1_u32, ());
    assert_eq!(wheel.peek_time(), Some(at(u64::MAX)));
    wheel.insert(at(7), 2, ());
    wheel.insert(at(86_400_000_000_000), 3, ());
    let order: Vec<u32> = std::iter::from_fn(|| wheel.pop()).map(|fired| fired.key).collect();
    assert_eq!(order, [2, 3, 1]);
}

#[test]
fn a_handle_is_reused_only_after_its_entry_is_gone() {
    let mut wheel = BucketWheel::new();
    let first = wheel.insert(at(5), 1_u32, "first");
    let second = wheel.insert(at(6), 2, "second");
    assert_ne!(first, second);
    wheel.cancel(first);
    let third = wheel.insert(at(9), 3, "third");
    assert_eq!(first, third);
    // The sorted run still holds an item for the cancelled entry's place: it must not come back.
    assert_eq!(wheel.pop().unwrap().event, "second");
    wheel.reschedule(third, at(10));
    assert_eq!(wheel.pop(), Some(Fired { at: at(10), key: 3, event: "third" }));
    assert_eq!(wheel.pop(), None);
}

#[test]
#[should_panic(expected = "the handle names no pending event")]
fn cancelling_twice_is_noticed_by_the_wheel() {
    let mut wheel = BucketWheel::new();
    let handle = wheel.insert(at(5), 1_u32, ());
    wheel.cancel(handle);
    wheel.cancel(handle);
}

#[test]
#[should_panic(expected = "before the current instant")]
fn scheduling_into_the_past_is_noticed() {
    let mut kernel = Kernel::new(BucketWheel::new());
    kernel.schedule(at(5), 1_u32, ());
    kernel.pop();
    kernel.schedule(at(4), 2, ());
}

#[test]
#[should_panic(expected = "before the current instant")]
fn moving_into_the_past_is_noticed() {
    let mut kernel = Kernel::new(HeapSchedule::new());
    kernel.schedule(at(5), 1_u32, ());
    let handle = kernel.schedule(at(6), 2, ());
    kernel.pop();
    kernel.reschedule(handle, at(4));
}
