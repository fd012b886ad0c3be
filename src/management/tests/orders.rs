//! In which order listed peers are contacted, and what it costs to find out.

use super::super::address::PeerAddress;
use super::*;

const TIMEOUT: SimDuration = SimDuration::from_secs(9);

/// Peers 10 to 13, 12 of them gone without a word when `silent`; peer 1 comes at 100 s and wants two neighbours.
fn little(contacts: ContactOrder, silent: bool) -> Little {
    let spec = DiscoverySpec { wanted: 4, half_open: 1, ..discovery() };
    let mut little = Little::with_contacts(&ManagementSpec::Unmanaged(server()), spec, contacts);
    for slot in 10..14 {
        little.join(0, slot, slot % ASES, true);
    }
    if silent {
        little.schedule(at(50), Event::Leave { who: peer(12), silently: true });
    }
    little.join(100, 1, 0, false);
    little.run_until(1_000);
    little
}

/// When the list of peer 1 came: announce, service, answer.
const LISTED_AT: u64 = 100 + 2 + 1 + 2;

#[test]
fn probes_cost_a_round_trip_and_are_counted() {
    let told: Vec<u32> = little(ContactOrder::AsListed, false).contacts_of(1).iter().map(|(_, slot)| *slot).collect();
    let little = little(ContactOrder::RoundTrip { timeout: TIMEOUT }, false);
    let contacts = little.contacts_of(1);
    // All answer two latencies later; equally far, they are contacted as told.
    assert_eq!(contacts[0].0, LISTED_AT + 4);
    assert_eq!(contacts.iter().map(|(_, slot)| *slot).collect::<Vec<_>>(), told);
    assert_eq!((little.count_sent("probe"), little.count_sent("probe-answer")), (4, 4));
}

#[test]
fn whoever_does_not_answer_comes_last_and_costs_the_timeout() {
    let contacts = little(ContactOrder::RoundTrip { timeout: TIMEOUT }, true).contacts_of(1);
    assert_eq!(contacts[0].0, LISTED_AT + 9);
    let slots: Vec<u32> = contacts.iter().map(|(_, slot)| *slot).collect();
    assert_eq!(slots.iter().position(|slot| *slot == 12), Some(3), "{slots:?}");
}

#[test]
fn the_highest_priority_of_both_addresses_comes_first() {
    let little = little(ContactOrder::PeerPriority, false);
    let seed = Seed::new(1, 0);
    let own = PeerAddress::of(seed, AsIndex(0), Identity(1));
    let mut expected: Vec<u32> = (10..14).collect();
    expected.sort_by_key(|slot| {
        std::cmp::Reverse(own.priority(PeerAddress::of(seed, AsIndex(slot % ASES), Identity(*slot))))
    });
    let contacts = little.contacts_of(1);
    assert_eq!(contacts.iter().map(|(_, slot)| *slot).collect::<Vec<_>>(), expected);
    assert_eq!(contacts[0].0, LISTED_AT, "it costs no time");
}
