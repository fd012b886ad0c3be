//! A run and its twins leave the same facts.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::resolved;
use crate::scenario::Resolved;
use crate::world::{Prepared, RunOptions};

fn minimal() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/minimal.toml")
}

fn fingerprints(resolved: &Resolved, options: RunOptions) -> Vec<(String, u64, Option<u64>)> {
    let prepared = Prepared::new(resolved, 1, u64::MAX).unwrap();
    let stop = AtomicBool::new(false);
    let mut all = Vec::new();
    for arm in 0..resolved.arms.len() {
        for replication in 0..resolved.experiment.replications {
            let outcome = prepared.run_with(arm, replication, &stop, options).unwrap();
            all.push((outcome.run.fingerprint, outcome.run.piece_transfers, outcome.run.fallback_bytes));
        }
    }
    all
}

/// Scenarios that exercise what sleeps: churn, free riders, long paths, few slots, slow lines.
fn cases() -> Vec<Resolved> {
    let path = minimal();
    [
        &[][..],
        &[("underlay.latency", "{ inside = \"80 ms\", hop = \"700 ms\" }")],
        &[("underlay.latency", "{ inside = \"0 ms\", hop = \"0 ms\" }")],
        &[("population.after-completion", "leave"), ("population.arrivals", "{ flash-crowd = { decay = \"20 s\" } }")],
        &[(
            "population.access",
            "[{ name = \"rider\", share = 0.4, down = \"8 Mbit/s\", up = \"0 bit/s\" }, \
             { name = \"fibre\", share = 0.6, down = \"20 Mbit/s\", up = \"5 Mbit/s\" }]",
        )],
        &[
            (
                "population.access",
                "[{ name = \"rider\", share = 0.4, down = \"8 Mbit/s\", up = \"1 Mbit/s\", free-rider = true }, \
                 { name = \"fibre\", share = 0.6, down = \"20 Mbit/s\", up = \"5 Mbit/s\" }]",
            ),
            ("population.caches", "{ up = \"2 Mbit/s\" }"),
            ("population.arrivals", "{ poisson = { mean-gap = \"500 ms\" } }"),
        ],
        &[("population.seeds.up", "512 kbit/s"), ("service.file-swarming.choking", "{ slots = 2, round = \"4 s\" }")],
        &[("service.file-swarming.seeding", "{ order = \"fastest-first\", slots = 2 }")],
        &[("service.file-swarming.seeding", "{ super-seeding = true }")],
        &[
            ("service.file-swarming.seeding", "{ super-seeding = true, slots = 2 }"),
            ("population.after-completion", "leave"),
            ("population.arrivals", "{ poisson = { mean-gap = \"500 ms\" } }"),
        ],
        &[("service.file-swarming.tcp", "{ messages = { behind-data = {} } }")],
        &[
            ("service.file-swarming.tcp", "{ shares = \"log-normal\", messages = \"behind-data\" }"),
            ("service.file-swarming.choking", "{ slots = 3, refill = \"next-second\" }"),
            (
                "service.file-swarming.pieces",
                "{ contiguous = true, queue = \"3 s\", retry = \"timed\", strict-end-game = true, strict-priority = false }",
            ),
        ],
        &[("service.file-swarming.choking", "{ slots = 2, refill = \"at-round\" }")],
        &[
            ("service.file-swarming.pieces", "{ partial = \"drop\", pipelining = false }"),
            ("service.file-swarming.choking", "{ refill = \"next-second\", rounds = false }"),
        ],
        &[("service.file-swarming.pieces", "{ store-and-forward = false, start-lag = false }")],
        // Stalls: one connection each, and nobody to tell of others.
        &[
            ("service.file-swarming.fallback", "{ after = \"2 s\" }"),
            ("discovery", "{ list = 2, wanted = 1, max-connections = 2, low-mark = 0 }"),
            ("population.arrivals", "{ poisson = { mean-gap = \"500 ms\" } }"),
        ],
        &[
            ("service.file-swarming.fallback", "{ after = \"700 ms\" }"),
            ("service.file-swarming.tcp", "{ shares = \"log-normal\", messages = \"behind-data\" }"),
            ("service.file-swarming.choking", "{ slots = 1, optimistic = 0, refill = \"next-second\" }"),
            ("population.seeds", "{ count = 3, up = \"2 Mbit/s\", departure = \"9 s\" }"),
            ("population.after-completion", "leave"),
            ("population.caches", "{ up = \"1 Mbit/s\" }"),
        ],
        &[("population.peers", "90"), ("discovery", "{ list = 30, wanted = 20, max-connections = 25 }")],
    ]
    .iter()
    .map(|set| resolved(&path, set))
    .collect()
}

#[test]
fn a_world_in_which_nothing_sleeps_verifies_the_same_pieces_at_the_same_nanoseconds() {
    let (mut differ, mut stalls) = (Vec::new(), 0);
    for (number, case) in cases().iter().enumerate() {
        let sleeping = fingerprints(case, RunOptions::default());
        let polling = fingerprints(case, RunOptions { polling: true, heap: false });
        if sleeping != polling {
            differ.push(number);
        }
        stalls += usize::from(sleeping.iter().any(|(_, _, fallback)| *fallback > Some(0)));
    }
    assert!(differ.is_empty(), "cases {differ:?}");
    assert_eq!(stalls, 2, "cases in which peers fetch from the origin");
}

#[test]
fn the_binary_heap_leaves_the_same_facts_as_the_bucket_wheel() {
    for (number, case) in cases().iter().enumerate() {
        let wheel = fingerprints(case, RunOptions::default());
        let heap = fingerprints(case, RunOptions { polling: false, heap: true });
        assert_eq!(wheel, heap, "case {number}");
    }
}
