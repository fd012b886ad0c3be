//! Contacts: order, limits, failures.

use super::*;

fn unmanaged() -> ManagementSpec {
    ManagementSpec::Unmanaged(server())
}

/// A world with `others` complete peers, in slots from 10, before peer 1 arrives at 100 s.
fn with_others(management: &ManagementSpec, spec: DiscoverySpec, others: u32) -> Little {
    let mut little = Little::new(management, spec);
    for slot in 10..10 + others {
        little.join(0, slot, slot % ASES, true);
    }
    little.join(100, 1, 0, false);
    little
}

#[test]
fn contacts_follow_the_list() {
    let mut little = with_others(&unmanaged(), DiscoverySpec { wanted: 12, ..discovery() }, 20);
    little.run_until(1_000);
    let (_, list) = little.lists().pop().unwrap();
    assert_eq!(list.len(), 20);
    let contacted: Vec<u32> = little.contacts_of(1).iter().map(|(_, slot)| *slot).collect();
    assert_eq!(contacted, list[..12], "in the order given, no more than wanted");
    assert!(!list.is_sorted(), "the order means something only if it is not that of the slots");
}

#[test]
fn half_open_attempts_are_limited() {
    let mut little = with_others(&unmanaged(), DiscoverySpec { half_open: 2, wanted: 5, ..discovery() }, 20);
    little.run_until(1_000);
    let begun: Vec<u64> = little.contacts_of(1).iter().map(|(when, _)| *when).collect();
    // Each is answered after a second.
    assert_eq!(begun, [105, 105, 106, 106, 107]);
}

#[test]
fn listed_peers_that_are_gone_cost_a_timed_out_attempt_and_then_rest() {
    let mut little = with_others(&unmanaged(), DiscoverySpec { half_open: 1, ..discovery() }, 2);
    for slot in [10, 11] {
        little.schedule(at(50), Event::Leave { who: peer(slot), silently: true });
    }
    little.run_until(10_000);
    let (_, list) = little.lists().pop().unwrap();
    // Each attempt takes 20 s; rests of 100 and 200 s; three attempts.
    let expected = [(105, 0), (125, 1), (225, 0), (245, 1), (445, 0), (465, 1)];
    assert_eq!(little.contacts_of(1), expected.map(|(when, place)| (when, list[place])));
    let recorded = little.finish();
    assert_eq!((recorded.contacts, recorded.contacts_timed_out, recorded.contacts_refused), (6, 6, 0));
}

#[test]
fn refusals_are_counted_and_the_next_is_contacted() {
    let mut little = with_others(&unmanaged(), DiscoverySpec { half_open: 1, attempts: 1, ..discovery() }, 3);
    little.closed.extend([peer(10), peer(11), peer(12)]);
    little.run_until(10_000);
    assert_eq!(little.contacts_of(1).iter().map(|(when, _)| *when).collect::<Vec<_>>(), [105, 106, 107]);
    assert_eq!(little.finish().contacts_refused, 3);
}

#[test]
fn a_lost_neighbour_is_replaced_from_the_list() {
    let mut little = with_others(&unmanaged(), DiscoverySpec { wanted: 2, ..discovery() }, 5);
    little.run_until(499);
    let (_, list) = little.lists().pop().unwrap();
    little.schedule(at(500), Event::Disconnect(peer(1), peer(list[0])));
    little.run_until(1_000);
    assert_eq!(little.contacts_of(1), [(105, list[0]), (105, list[1]), (500, list[2])]);
}

#[test]
fn who_has_connected_by_itself_is_not_contacted() {
    let mut little = with_others(&unmanaged(), DiscoverySpec { wanted: 3, ..discovery() }, 5);
    little.run_until(103);
    let (_, list) = little.lists().pop().unwrap();
    let early = peer(list[1]);
    little.connections.0.extend([(peer(1), early), (early, peer(1))]);
    little.run_until(1_000);
    assert_eq!(little.contacts_of(1), [(105, list[0]), (105, list[2])], "connections count, whoever began them");
}

#[test]
fn complete_peers_contact_those_who_lack_something() {
    let mut little = Little::new(&unmanaged(), discovery());
    little.join(0, 1, 0, false);
    little.join(0, 3, 0, true);
    little.join(10, 2, 0, true);
    little.run_until(1_000);
    assert_eq!(little.contacts_of(2), [(15, 1)], "the other complete one is there, but of no use to it");
}

#[test]
fn lists_are_as_long_as_asked_for() {
    let mut little = with_others(&unmanaged(), DiscoverySpec { list: 7, ..discovery() }, 20);
    little.run_until(1_000);
    assert_eq!(little.lists().pop().unwrap().1.len(), 7);
    let recorded = little.finish();
    // The twenty complete ones asked before anybody was there who lacks something; the last five of them, served more
    // than 15 + 5 s after the first announce, twice.
    assert_eq!((recorded.lists, recorded.list_entries), (20 + 5 + 1, 7));
}

#[test]
fn a_reused_slot_is_another_peer() {
    let mut little = Little::new(&unmanaged(), discovery());
    little.join(0, 7, 3, true);
    little.join(100, 1, 0, false);
    little.schedule(at(102), Event::Leave { who: peer(1), silently: false });
    let next = PeerRef { slot: PeerSlot(1), generation: 1 };
    let who = PeerHandle { peer: next, identity: Identity(2), as_index: AsIndex(0), uplink: BitRate::ZERO };
    little.schedule(at(103), Event::Join { who, complete: false });
    little.run_until(1_000);
    // The answer to the first owner of the slot, at 105, finds nobody; the second owner's comes at 108.
    assert_eq!(little.contacts, [(at(108), next, peer(7))]);
    let recorded = little.finish();
    let lists = recorded.messages.iter().find(|row| row.message == "list").unwrap();
    assert_eq!(lists.lost, 1);
}

#[test]
fn a_run_repeats_itself() {
    let run = || {
        let spec = DiscoverySpec { interval: Some(secs(120)), low_mark: 10, half_open: 3, ..discovery() };
        let mut little = Little::new(&managed(server(), server(), secs(200)), spec);
        for slot in 0..60 {
            little.join(u64::from(slot) * 7, slot, slot % ASES, slot == 0);
        }
        for slot in 20..40 {
            little.schedule(at(600), Event::Leave { who: peer(slot), silently: slot % 2 == 0 });
        }
        little.run_until(2_000);
        (little.contacts.clone(), little.finish().fingerprint)
    };
    let (contacts, fingerprint) = run();
    assert!(contacts.len() > 500, "{}", contacts.len());
    assert_eq!(run(), (contacts, fingerprint));
}
