//! Latency, queues, service times, outages; tracker, OMS and UNIS.

use super::*;

#[test]
fn first_contact_after_two_latencies_and_the_service_time() {
    let mut little = Little::new(&ManagementSpec::Unmanaged(server()), discovery());
    little.join(0, 7, 3, true);
    little.join(100, 1, 0, false);
    little.run_until(1_000);
    assert_eq!(little.contacts_of(1), [(105, 7)], "2 s there, 1 s of work, 2 s back");
    let recorded = little.finish();
    // The complete peer asked when nobody was there who lacks something: an empty list.
    assert_eq!((recorded.lists, recorded.list_entries, recorded.contacts), (2, 1, 1));
    assert_eq!((recorded.contacts_refused, recorded.contacts_timed_out), (0, 0));
    assert_eq!(recorded.guidance_age_mean_s, None);
}

#[test]
fn a_managed_join_is_later_by_the_round_trip_to_unis_and_its_work_once() {
    let mut little = Little::new(&managed(server(), server(), secs(1_000)), discovery());
    little.join(0, 7, 3, true);
    little.join(100, 1, 0, false);
    little.join(201, 2, 0, false);
    little.join(300, 3, 5, false);
    little.run_until(1_000);
    assert_eq!(little.contacts_of(1)[0].0, 110, "2 s there, 1 s of work, 2 + 1 + 2 s for UNIS, 2 s back");
    assert_eq!(little.contacts_of(2)[0].0, 206, "what UNIS told of this AS is still known");
    assert_eq!(little.contacts_of(3)[0].0, 310, "of another AS it is not");
    assert_eq!(little.queries(), [(3, 3), (103, 0), (303, 5)], "of the complete peer's AS, first of all");
    let recorded = little.finish();
    // UNIS looked at 6, 106 and 306; used 2 s; 2 s and 98 s; 2 s later.
    assert_eq!(recorded.guidance_age_mean_s, Some(26.0));
}

#[test]
fn guidance_that_is_too_old_is_asked_for_again() {
    let mut little = Little::new(&managed(server(), server(), secs(97)), discovery());
    little.join(0, 7, 3, true);
    little.join(100, 1, 0, false);
    little.join(200, 2, 0, false);
    little.join(202, 3, 0, false);
    little.run_until(1_000);
    assert_eq!(little.contacts_of(2)[0].0, 205, "97 s old at 203 s");
    assert_eq!(little.contacts_of(3)[0].0, 212, "99 s old at 205 s");
    assert_eq!(little.queries(), [(3, 3), (103, 0), (205, 0)], "of the complete peer's AS, first of all");
}

#[test]
fn several_requests_wait_for_one_query() {
    let mut little = Little::new(&managed(server(), server(), secs(1_000)), discovery());
    little.join(0, 7, 3, true);
    for slot in 1..=3 {
        little.join(100, slot, 4, false);
    }
    little.run_until(1_000);
    // Their announces are served at 103, 104 and 105; UNIS answers the first one's query at 108.
    assert_eq!([1, 2, 3].map(|slot| little.contacts_of(slot)[0].0), [110, 110, 110]);
    assert_eq!(little.queries(), [(3, 3), (103, 4)], "of the complete peer's AS, first of all");
}

#[test]
fn requests_queue_first_come_first_served() {
    let mut little = Little::new(&ManagementSpec::Unmanaged(server()), discovery());
    little.join(0, 7, 3, true);
    for slot in 1..=4 {
        little.join(100, slot, 0, false);
    }
    little.run_until(1_000);
    let first: Vec<u64> = [1, 2, 3, 4].iter().map(|slot| little.contacts_of(*slot)[0].0).collect();
    assert_eq!(first, [105, 106, 107, 108]);
    let recorded = little.finish();
    let row = recorded.messages.iter().find(|row| row.message == "announce").unwrap();
    assert_eq!((row.from.as_str(), row.to.as_str(), row.messages, row.lost), ("peer", "tracker", 5, 0));
    assert_eq!(row.bytes, 5 * 126);
    // Taken up 2 s after they were sent (the first two), then 1, 2 and 3 s later.
    assert_eq!(row.delay_mean_s, Some((2.0 + 2.0 + 3.0 + 4.0 + 5.0) / 5.0));
}

#[test]
fn a_tracker_that_is_down_delays_joins_by_the_retry_schedule() {
    let mut little = Little::new(&ManagementSpec::Unmanaged(down(50, 110)), discovery());
    little.join(0, 7, 3, true);
    little.join(50, 1, 0, false);
    little.run_until(1_000);
    // Failed after 15 s each; waits of 5, 10, 20 s: sent at 50, 70, 95; the one that arrives at 132 is answered.
    let times: Vec<u64> = little.announces_of(1).iter().map(|(when, _)| *when).collect();
    assert_eq!(times, [50, 70, 95, 130]);
    assert!(little.announces_of(1).iter().all(|(_, what)| *what == Announce::Started));
    assert_eq!(little.contacts_of(1), [(135, 7)]);
    let recorded = little.finish();
    assert_eq!(recorded.messages.iter().map(|row| row.lost).sum::<u64>(), 3);
}

#[test]
fn waits_between_repetitions_are_capped() {
    let mut little = Little::new(&ManagementSpec::Unmanaged(down(0, 500)), discovery());
    little.join(10, 1, 0, false);
    little.run_until(400);
    let times: Vec<u64> = little.announces_of(1).iter().map(|(when, _)| *when).collect();
    // 15 s of patience, then 5, 10, 20, 40, 40 … s.
    assert_eq!(times, [10, 30, 55, 90, 145, 200, 255, 310, 365]);
}

#[test]
fn an_outage_loses_what_waits_and_keeps_what_is_stored() {
    // Announces arrive at 102 (served until 103), 102 (until 104); the outage begins at 104.
    let mut little = Little::new(&ManagementSpec::Unmanaged(down(104, 110)), discovery());
    little.join(0, 7, 3, true);
    for slot in 1..=3 {
        little.join(100, slot, 0, false);
    }
    little.run_until(1_000);
    assert_eq!(little.contacts_of(1)[0].0, 105);
    // The second was being served, the third was waiting: both repeat theirs 15 + 5 s after the first.
    assert_eq!(little.contacts_of(2)[0].0, 125);
    assert_eq!(little.contacts_of(3)[0].0, 126);
    let listed = &little.lists()[2].1;
    assert!(listed.contains(&7) && listed.contains(&1), "members survive: {listed:?}");
    let recorded = little.finish();
    assert_eq!(recorded.messages.iter().map(|row| row.lost).sum::<u64>(), 1);
}

#[test]
fn requests_wait_for_a_unis_that_is_down_and_are_never_answered_without_it() {
    let mut little = Little::new(&managed(server(), down(0, 160), secs(1_000)), discovery());
    little.join(0, 7, 3, true);
    little.join(100, 1, 0, false);
    // The complete peer, told first, is refused.
    little.closed.insert(peer(1));
    little.run_until(1_000);
    let asked_of = |asked| little.queries().into_iter().filter(move |(_, of)| *of == asked).map(|(when, _)| when);
    // Asked at 103, again after 15 s (118), 30 s (148), 40 s (188: arrives at 190, answered at 191).
    assert_eq!(asked_of(0).collect::<Vec<_>>(), [103, 118, 148, 188]);
    // Of the complete peer's AS since 3 s, by the same schedule; answered at 171.
    assert_eq!(asked_of(3).collect::<Vec<_>>(), [3, 18, 48, 88, 128, 168]);
    assert_eq!(little.contacts_of(7)[0], (175, 1));
    // The peer repeats itself meanwhile; only its newest request is answered, once.
    assert_eq!(little.contacts_of(1)[0].0, 195);
    assert_eq!(little.count_sent("list"), 2);
}

#[test]
fn lists_are_ordered_by_what_unis_told() {
    // What UNIS told the complete ones is too old by then.
    let mut little = Little::new(&managed(server(), server(), secs(50)), discovery());
    for (slot, as_index) in [(10, 9), (11, 6), (12, 5), (13, 2), (14, 7)] {
        little.join(0, slot, as_index, true);
    }
    little.join(100, 1, 5, false);
    little.run_until(1_000);
    assert_eq!(little.lists().last().unwrap().1, [12, 11, 14, 13, 10]);
    assert_eq!(little.contacts_of(1), [12, 11, 14, 13, 10].map(|slot| (110, slot)), "contacted in that order");
}

#[test]
fn outsiders_are_those_of_whom_unis_said_so() {
    let ManagementSpec::Managed(mut spec) = managed(server(), server(), secs(1_000)) else { unreachable!() };
    spec.oms.external = Some(ExternalQuota { min: 1, max: 2, fill: Fill::None });
    let mut little = Little::new(&ManagementSpec::Managed(spec), discovery());
    for (slot, as_index) in [(10, 9), (11, 6), (12, 5), (13, 2), (14, 7)] {
        little.join(0, slot, as_index, true);
    }
    little.join(100, 1, 5, false);
    little.run_until(1_000);
    assert_eq!(little.lists().last().unwrap().1, [11, 12, 14], "one outsider first, two in all, nearest first");
}

#[test]
fn an_oms_without_order_and_unis_lists_like_a_tracker() {
    // Who asks is all that lots are drawn by: the same lists from the same members.
    let oms = OmsSpec::by_lot(server());
    let managed = ManagementSpec::Managed(ManagedSpec { oms, unis: None });
    let [tracker, oms] = [ManagementSpec::Unmanaged(server()), managed].map(|management| {
        let mut little = Little::new(&management, DiscoverySpec { list: 8, ..discovery() });
        for slot in 0..30 {
            little.join(u64::from(slot) * 10, slot, slot % ASES, false);
        }
        little.run_until(1_000);
        little.lists()
    });
    assert_eq!(tracker, oms);
    assert_eq!(tracker.iter().map(|(_, list)| list.len()).max(), Some(8));
}

#[test]
fn each_kind_of_server_has_an_identity_of_its_own() {
    let infos = |management: &ManagementSpec| Little::new(management, discovery()).plane.servers();
    let tracker = infos(&ManagementSpec::Unmanaged(server()));
    let both = infos(&managed(server(), server(), secs(1)));
    let kinds: Vec<_> = tracker.iter().chain(&both).map(|info| (info.kind.name(), info.identity)).collect();
    let identities = [0, 1, 2].map(Identity::server);
    assert_eq!(kinds, ["tracker", "oms", "unis"].into_iter().zip(identities).collect::<Vec<_>>());
    assert_eq!(both.iter().map(|info| info.index.0).collect::<Vec<_>>(), [0, 1]);
}
