//! Regular, early, last announces; who stays listed.

use super::*;

fn unmanaged() -> ManagementSpec {
    ManagementSpec::Unmanaged(server())
}

#[test]
fn a_peer_announces_itself_regularly() {
    let spec = DiscoverySpec { interval: Some(secs(300)), ..discovery() };
    let mut little = Little::new(&unmanaged(), spec);
    little.join(0, 7, 3, true);
    little.run_until(1_000);
    let expected = [Announce::Started, Announce::Update, Announce::Update, Announce::Update];
    assert_eq!(little.announces_of(7), [0, 300, 600, 900].into_iter().zip(expected).collect::<Vec<_>>());
}

#[test]
fn without_an_interval_one_announce_is_all() {
    let spec = DiscoverySpec { low_mark: 20, ..discovery() };
    let mut little = Little::new(&unmanaged(), spec);
    little.join(0, 1, 0, false);
    little.run_until(100_000);
    assert_eq!(little.announces_of(1), [(0, Announce::Started)]);
}

#[test]
fn a_lonely_peer_announces_itself_early_but_not_too_early() {
    let spec = DiscoverySpec { interval: Some(secs(1_800)), low_mark: 1, ..discovery() };
    let mut little = Little::new(&unmanaged(), spec);
    little.join(0, 1, 0, false);
    little.join(400, 2, 0, false);
    little.run_until(1_000);
    // Each list brings nobody: after 60 s, 120 s, 240 s …. Alone until the second peer contacts it at 405; it connects
    // at 406, before the early announce at 420.
    assert_eq!(little.announces_of(1), [(0, Announce::Started), (60, Announce::Update), (180, Announce::Update)]);
    assert_eq!(little.contacts_of(2), [(405, 1)]);
    // The regular announce stays where it was: 1,800 s after the last one.
    little.run_until(2_000);
    assert_eq!(little.announces_of(1)[3..], [(1_980, Announce::Update)]);
}

#[test]
fn waits_between_early_announces_double_up_to_the_interval() {
    for complete in [false, true] {
        let spec = DiscoverySpec { interval: Some(secs(300)), low_mark: 1, ..discovery() };
        let mut little = Little::new(&unmanaged(), spec);
        little.join(0, 1, 0, complete);
        little.run_until(1_500);
        let times: Vec<u64> = little.announces_of(1).iter().map(|(when, _)| *when).collect();
        // 60, 120, 240, and then 300 rather than 480 s.
        assert_eq!(times, [0, 60, 180, 420, 720, 1_020, 1_320]);
    }
}

#[test]
fn listed_neighbours_are_nobody_to_contact() {
    let spec = DiscoverySpec { interval: Some(secs(1_800)), low_mark: 20, ..discovery() };
    let mut little = Little::new(&unmanaged(), spec);
    little.join(0, 1, 0, false);
    little.join(0, 2, 0, true);
    little.run_until(2_000);
    assert_eq!(little.contacts.len(), 1);
    assert!(little.connections.connected(PeerSlot(1), peer(2)));
    let times = |slot| little.announces_of(slot).iter().map(|(when, _)| *when).collect::<Vec<u64>>();
    // The first list of 1 is empty, that of 2 is not; from then on each is told of the other, which it has met.
    assert_eq!(times(1), [0, 60, 180, 420, 900, 1_860]);
    assert_eq!(times(2), [0, 60, 120, 240, 480, 960, 1_920]);
}

#[test]
fn a_list_that_brings_somebody_ends_the_doubling() {
    let spec = DiscoverySpec { interval: Some(secs(1_800)), low_mark: 2, ..discovery() };
    let mut little = Little::new(&unmanaged(), spec);
    little.join(0, 7, 0, true);
    // Whoever is contacted and refuses stays remembered: there is somebody to contact, later.
    little.closed.extend([peer(1), peer(7)]);
    little.join(170, 1, 0, false);
    little.run_until(400);
    let times: Vec<u64> = little.announces_of(7).iter().map(|(when, _)| *when).collect();
    assert_eq!(times, [0, 60, 180, 240, 300, 360]);
}

#[test]
fn a_peer_that_loses_its_last_neighbour_announces_itself_at_once() {
    let spec = DiscoverySpec { interval: Some(secs(1_800)), low_mark: 1, ..discovery() };
    let mut little = Little::new(&unmanaged(), spec);
    little.join(0, 7, 0, true);
    little.join(100, 1, 0, false);
    little.schedule(at(500), Event::Leave { who: peer(7), silently: false });
    little.schedule(at(500), Event::Disconnect(peer(1), peer(7)));
    little.run_until(520);
    assert_eq!(little.announces_of(1), [(100, Announce::Started), (500, Announce::Update)]);
}

#[test]
fn completion_is_said_at_once_and_asks_for_those_who_lack_something() {
    let spec = DiscoverySpec { interval: Some(secs(300)), low_mark: 30, ..discovery() };
    let mut little = Little::new(&unmanaged(), spec);
    little.join(0, 1, 0, false);
    little.join(0, 2, 0, true);
    little.join(0, 3, 0, true);
    little.schedule(at(50), Event::Complete(peer(1)));
    little.join(70, 4, 0, false);
    little.closed.extend([peer(1), peer(2), peer(3)]);
    little.run_until(400);
    let said = little.announces_of(1);
    let update = |when| (when, Announce::Update);
    assert_eq!(
        said,
        [(0, Announce::Started), (50, Announce::Completed), update(110), update(170), update(230), update(350)],
        "at once; early, every 60 s; after the second list in a row that brings nobody new, 120 s later"
    );
    // Once complete, it contacts the one that lacks something, and none of the complete ones, however lonely.
    let contacted: Vec<_> = little.contacts_of(1).into_iter().filter(|(when, _)| *when >= 50).collect();
    assert_eq!(contacted, [(115, 4)]);
    let wants: Vec<u32> = little
        .sent
        .iter()
        .filter_map(|(_, from, message)| match message {
            Message::Announce { want, .. } if *from == Endpoint::Peer(peer(1)) => Some(*want),
            _ => None,
        })
        .collect();
    assert_eq!(wants, [50; 6]);
}

#[test]
fn an_unanswered_completion_is_repeated() {
    let mut little = Little::new(&ManagementSpec::Unmanaged(down(40, 60)), discovery());
    little.join(0, 1, 0, false);
    little.schedule(at(50), Event::Complete(peer(1)));
    little.run_until(400);
    let said = little.announces_of(1);
    assert_eq!(said, [(0, Announce::Started), (50, Announce::Completed), (70, Announce::Completed)]);
}

#[test]
fn who_says_goodbye_is_listed_no_more() {
    let mut little = Little::new(&unmanaged(), discovery());
    little.join(0, 7, 3, true);
    little.join(0, 8, 3, true);
    little.schedule(at(100), Event::Leave { who: peer(7), silently: false });
    little.join(104, 1, 0, false);
    little.run_until(1_000);
    assert_eq!(little.announces_of(7).last(), Some(&(100, Announce::Stopped)));
    assert_eq!(little.contacts_of(1), [(109, 8)]);
    assert_eq!(little.count_sent("list"), 3, "goodbyes are not answered");
}

#[test]
fn who_vanishes_stays_listed_for_two_intervals() {
    let spec = DiscoverySpec { interval: Some(secs(300)), ..discovery() };
    let mut little = Little::new(&unmanaged(), spec);
    little.join(0, 7, 3, true);
    little.schedule(at(100), Event::Leave { who: peer(7), silently: true });
    little.join(600, 1, 0, false);
    little.join(610, 2, 0, false);
    little.run_until(620);
    let lists = little.lists();
    assert_eq!(lists[1], (603, vec![7]), "registered at 3 s, still listed at 603 s");
    assert_eq!(lists[2], (613, vec![1]));
}

#[test]
fn answers_to_older_requests_are_ignored() {
    // A server so slow that the answer to the first announce comes after the second was sent.
    let slow = ServerSpec { service_time: Distribution::Constant(secs(30)), ..server() };
    let mut little = Little::new(&ManagementSpec::Unmanaged(slow), discovery());
    little.join(0, 7, 3, true);
    little.join(100, 1, 0, false);
    little.run_until(133);
    assert_eq!(little.announces_of(1).len(), 2, "sent at 100 and, after 15 + 5 s, at 120");
    little.run_until(134);
    assert_eq!(little.contacts_of(1), [], "the answer of 134 s is to the first");
    little.run_until(170);
    assert_eq!(little.contacts_of(1), []);
}
