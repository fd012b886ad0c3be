//! Limits of neighbours, who may be accepted, and lists that do not add up.

use super::*;

/// Ten complete peers, the even ones in the ISP of peer 0 and the odd ones in another, before peer 0 arrives at 100 s.
fn ten_before(management: &ManagementSpec, spec: DiscoverySpec) -> Little {
    let mut little = Little::new(management, spec);
    for slot in 10..20 {
        little.join(0, slot, slot % 2, true);
    }
    little.join(100, 0, 0, false);
    little
}

fn limited(neighbours: NeighbourLimits) -> ManagementSpec {
    let ManagementSpec::Managed(mut managed) = managed(server(), server(), secs(10_000)) else { unreachable!() };
    managed.oms.neighbours = Some(neighbours);
    ManagementSpec::Managed(managed)
}

#[test]
fn internal_and_external_neighbours_have_limits_of_their_own() {
    let limits = NeighbourLimits { external: Some(2), internal: Some(3), accept: Accept::Any };
    let mut little = ten_before(&limited(limits), discovery());
    little.run_until(500);
    let external = |little: &Little| little.contacts_of(0).iter().filter(|(_, slot)| slot % 2 == 1).count();
    assert_eq!((external(&little), little.contacts_of(0).len()), (2, 5), "attempts count while they are under way");
    // A place that is given up is taken by the next of its kind.
    let lost = little.connections.0.iter().find(|(a, b)| a.slot.0 == 0 && b.slot.0 % 2 == 1).copied().unwrap();
    little.schedule(at(500), Event::Disconnect(lost.0, lost.1));
    little.run_until(600);
    assert_eq!((external(&little), little.contacts_of(0).len()), (3, 6));
}

#[test]
fn entries_say_who_is_external_only_where_that_matters() {
    let flags = |management: &ManagementSpec| {
        let mut little = ten_before(management, discovery());
        little.run_until(500);
        let list = little.sent.iter().rev().find_map(|(_, _, message)| match message {
            Message::List { entries, .. } if entries.len() == 10 => Some(entries.clone()),
            _ => None,
        });
        list.unwrap()
    };
    let limits = NeighbourLimits { external: Some(2), ..NeighbourLimits::default() };
    assert!(flags(&limited(limits)).iter().all(|entry| entry.external == Some(entry.peer.slot.0 % 2 == 1)));
    let unlimited = managed(server(), server(), secs(10_000));
    assert!(flags(&unlimited).iter().all(|entry| entry.external.is_none()));
}

#[test]
fn the_last_list_of_either_vouches_for_the_other() {
    let limits = NeighbourLimits { accept: Accept::Listed, ..NeighbourLimits::default() };
    let spec = DiscoverySpec { list: 3, interval: Some(secs(300)), ..discovery() };
    let mut little = ten_before(&limited(limits), spec.clone());
    little.run_until(200);
    let vouched =
        |little: &Little| -> Vec<u32> { (10..20).filter(|slot| little.plane.vouched(peer(0), peer(*slot))).collect() };
    let sorted_list = |little: &Little| {
        let lists = little.lists();
        let mut list = lists.iter().rev().find(|(_, list)| list.len() == 3).unwrap().1.clone();
        list.sort_unstable();
        list
    };
    let first = sorted_list(&little);
    // The complete ones asked when nobody was there.
    assert_eq!(vouched(&little), first);
    assert!(first.iter().all(|slot| little.plane.vouched(peer(*slot), peer(0))), "it does not matter who asks");
    assert!(!little.plane.vouched(peer(10), peer(11)));
    // At 300 s they ask again, and are told of peer 0.
    little.run_until(390);
    assert_eq!(vouched(&little), (10..20).collect::<Vec<_>>());
    let mut open = ten_before(&limited(NeighbourLimits { external: Some(1), ..NeighbourLimits::default() }), spec);
    open.run_until(200);
    assert_eq!(vouched(&open).len(), 10, "`any` asks no list");
}

#[test]
fn without_accumulation_the_neighbourhood_is_the_last_list() {
    let neighbours = |accumulate| {
        let spec = DiscoverySpec { list: 3, interval: Some(secs(100)), accumulate, ..discovery() };
        let mut little = ten_before(&ManagementSpec::Unmanaged(server()), spec);
        // Nobody else opens connections to it. Lists come at 100, 200, 300 s and so on.
        little.closed.insert(peer(0));
        little.run_until(190);
        let contacts = little.contacts_of(0).len();
        little.run_until(690);
        let mut own: Vec<u32> =
            little.contacts_of(0).iter().map(|(_, slot)| *slot).collect::<BTreeSet<_>>().into_iter().collect();
        own.retain(|slot| little.connections.0.contains(&(peer(0), peer(*slot))));
        let lists = little.lists();
        let mut last = lists.iter().rev().find(|(_, list)| list.len() == 3).unwrap().1.clone();
        last.sort_unstable();
        (contacts, own, last)
    };
    let (contacts, own, last) = neighbours(false);
    assert_eq!((contacts, own), (3, last));
    let (contacts, own, _) = neighbours(true);
    assert_eq!(contacts, 3);
    assert!(own.len() > 6, "six lists of three out of ten: {own:?}");
}
