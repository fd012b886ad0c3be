//! The registry against a plain table.

use std::collections::BTreeMap;

use super::*;
use crate::random::{Purpose, Seed};
use crate::units::{Identity, PeerSlot};

fn unknown(as_index: AsIndex) -> Group {
    Group::unknown(as_index)
}

fn at(seconds: u64) -> SimTime {
    SimTime::ZERO.saturating_add(SimDuration::from_secs(seconds))
}

fn peer(slot: u32, generation: u32) -> PeerRef {
    PeerRef { slot: PeerSlot(slot), generation }
}

/// The candidates for a requester, sorted; checks that they are grouped rightly.
fn listed(registry: &Registry, requester: PeerRef, complete: bool) -> Vec<PeerRef> {
    let mut all = Vec::new();
    for candidates in registry.candidates(requester, complete, unknown) {
        for (place, entry) in candidates.members.iter().enumerate() {
            assert_eq!(entry.as_index, candidates.group.as_index);
            assert_eq!(candidates.except == Some(place), entry.peer == requester, "the requester is left out");
            if entry.peer != requester {
                all.push(entry.peer);
            }
        }
    }
    all.sort_unstable();
    all
}

#[test]
fn agrees_with_a_plain_table_over_long_random_histories() {
    for seed in 0..20 {
        let mut stream = Seed::new(seed, 0).stream(Purpose::Test, 0);
        let mut registry = Registry::new(Some(SimDuration::from_secs(50)));
        // Peer → AS, complete, last announce.
        let mut table: BTreeMap<PeerRef, (u32, bool, u64)> = BTreeMap::new();
        for now in 0..2_000 {
            let who = peer(stream.below(40) as u32, stream.below(3) as u32);
            let complete = stream.below(3) == 0;
            match stream.below(5) {
                0 => {
                    registry.remove(who);
                    table.remove(&who);
                }
                1 => {
                    registry.expire(at(now));
                    table.retain(|_, (_, _, seen)| *seen + 100 >= now);
                }
                _ => {
                    let as_index = who.slot.0 % 7;
                    registry.announce(at(now), who, Identity(0), AsIndex(as_index), complete);
                    table.insert(who, (as_index, complete, now));
                }
            }
            let everybody: Vec<_> = table.keys().copied().filter(|p| *p != who).collect();
            assert_eq!(listed(&registry, who, false), everybody);
            let incomplete: Vec<_> = everybody.iter().copied().filter(|p| !table[p].1).collect();
            assert_eq!(listed(&registry, who, true), incomplete);
        }
    }
}

#[test]
fn members_who_miss_two_announces_are_forgotten() {
    let mut registry = Registry::new(Some(SimDuration::from_secs(100)));
    registry.announce(at(0), peer(1, 0), Identity(0), AsIndex(0), false);
    registry.announce(at(0), peer(2, 0), Identity(0), AsIndex(0), false);
    registry.announce(at(100), peer(2, 0), Identity(0), AsIndex(0), false);
    let outsider = peer(9, 0);
    registry.expire(at(200));
    assert_eq!(listed(&registry, outsider, false), [peer(1, 0), peer(2, 0)]);
    registry.expire(at(201));
    assert_eq!(listed(&registry, outsider, false), [peer(2, 0)]);
    registry.expire(at(301));
    assert_eq!(listed(&registry, outsider, false), []);
}

#[test]
fn without_an_interval_nobody_is_forgotten() {
    let mut registry = Registry::new(None);
    registry.announce(at(0), peer(1, 0), Identity(0), AsIndex(0), false);
    registry.expire(at(1_000_000));
    assert_eq!(listed(&registry, peer(9, 0), false), [peer(1, 0)]);
    assert!(registry.announces.is_empty());
}

#[test]
fn who_left_without_a_word_stays_listed_beside_the_slots_new_owner() {
    let mut registry = Registry::new(Some(SimDuration::from_secs(100)));
    registry.announce(at(0), peer(1, 0), Identity(0), AsIndex(0), true);
    registry.announce(at(150), peer(1, 1), Identity(0), AsIndex(0), false);
    assert_eq!(listed(&registry, peer(9, 0), false), [peer(1, 0), peer(1, 1)]);
    registry.expire(at(201));
    assert_eq!(listed(&registry, peer(9, 0), false), [peer(1, 1)]);
}
