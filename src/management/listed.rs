//! The peers that a peer was told of and has not met yet, in the order in which it was told.

use super::effect::ContactOutcome;
use super::message::ListEntry;
use crate::units::{PeerRef, SimDuration, SimTime};

/// Listed peers remembered at once; further ones are ignored until there is room.
pub(super) const LISTED_LIMIT: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Its round-trip time is being measured: not contacted yet.
    Probing,
    /// May be contacted.
    Ready,
    /// An attempt is under way.
    UnderWay,
    /// An attempt has failed; see `Listed::resting`.
    Resting,
    /// An attempt is under way, and the last list does not name the peer any more: it is forgotten afterwards.
    Dropped,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    peer: PeerRef,
    /// Whether it would be an external neighbour.
    external: bool,
    failures: u16,
    phase: Phase,
    /// Its place among those that may be contacted: lower is first, equal ones as told.
    place: u64,
}

/// The place of whoever has not answered a probe.
const SILENT: u64 = u64::MAX;

impl Entry {
    fn new(listed: &ListEntry, place: Option<u64>) -> Self {
        let phase = if place.is_some() { Phase::Ready } else { Phase::Probing };
        let external = listed.external.unwrap_or(true);
        Self { peer: listed.peer, external, failures: 0, phase, place: place.unwrap_or(SILENT) }
    }
}

/// When a failed attempt is repeated, and how often.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff {
    /// The first wait; doubles with each further failure.
    pub(super) first: SimDuration,
    /// Failures after which a listed peer is forgotten.
    pub(super) attempts: u32,
}

/// The table of listed peers. A peer leaves it when it is connected or has failed too often.
#[derive(Debug, Default)]
pub(super) struct Listed {
    entries: Vec<Entry>,
    /// Ends of the waits after failures, unordered; few.
    resting: Vec<(SimTime, PeerRef)>,
}

impl Listed {
    /// Adds a list's entries behind those known, in order; those known keep their place. `place` says where a new one
    /// belongs, lower first, equal ones as told; `None`: it is to be probed, and is contacted only after
    /// [`release`](Self::release).
    pub(super) fn add(&mut self, list: &[ListEntry], place: impl Fn(&ListEntry) -> Option<u64>) {
        for listed in list {
            if self.entries.len() >= LISTED_LIMIT {
                break;
            }
            if self.position(listed.peer).is_none() {
                self.entries.push(Entry::new(listed, place(listed)));
            }
        }
        self.entries.sort_by_key(|entry| entry.place);
    }

    /// Forgets whom a list does not name, and takes its order. Attempts under way go on; waits after failures too.
    pub(super) fn replace(&mut self, list: &[ListEntry], place: impl Fn(&ListEntry) -> Option<u64>) {
        let mut old = std::mem::take(&mut self.entries);
        for listed in list.iter().take(LISTED_LIMIT) {
            if self.position(listed.peer).is_none() {
                let known = old.iter().position(|entry| entry.peer == listed.peer).map(|at| old.remove(at));
                let mut entry = known.unwrap_or_else(|| Entry::new(listed, place(listed)));
                if entry.phase == Phase::Dropped {
                    entry.phase = Phase::UnderWay;
                }
                self.entries.push(entry);
            }
        }
        let under_way = |entry: &Entry| matches!(entry.phase, Phase::UnderWay | Phase::Dropped);
        self.entries.extend(old.into_iter().filter(under_way).map(|entry| Entry { phase: Phase::Dropped, ..entry }));
        self.entries.sort_by_key(|entry| entry.place);
        let entries = &self.entries;
        self.resting.retain(|(_, peer)| entries.iter().any(|entry| entry.peer == *peer));
    }

    /// Those whose probes have no answer yet.
    pub(super) fn probing(&self) -> impl Iterator<Item = PeerRef> {
        let waiting = |entry: &&Entry| entry.phase == Phase::Probing && entry.place == SILENT;
        self.entries.iter().filter(waiting).map(|entry| entry.peer)
    }

    /// A probe was answered after so long.
    pub(super) fn answered(&mut self, peer: PeerRef, after: SimDuration) {
        if let Some(at) = self.position(peer)
            && self.entries[at].phase == Phase::Probing
        {
            self.entries[at].place = after.as_nanos().min(SILENT - 1);
        }
    }

    /// Everybody probed may be contacted now: shortest time first, whoever did not answer last.
    pub(super) fn release(&mut self) {
        for entry in self.entries.iter_mut().filter(|entry| entry.phase == Phase::Probing) {
            entry.phase = Phase::Ready;
        }
        self.entries.sort_by_key(|entry| entry.place);
    }

    /// Whether nobody is remembered who may be contacted.
    pub(super) fn is_empty(&self, wanted: impl Fn(bool) -> bool) -> bool {
        !self.entries.iter().any(|entry| wanted(entry.external))
    }

    /// The first peer that may be contacted, and whether it is external; an attempt is under way from now on. Peers
    /// that are connected meanwhile are forgotten; where external or internal ones are not `wanted` now, they stay.
    pub(super) fn next(
        &mut self,
        now: SimTime,
        connected: impl Fn(PeerRef) -> bool,
        wanted: impl Fn(bool) -> bool,
    ) -> Option<(PeerRef, bool)> {
        self.end_rests(now);
        let mut at = 0;
        while at < self.entries.len() {
            let entry = &mut self.entries[at];
            if entry.phase != Phase::Ready {
                at += 1;
            } else if connected(entry.peer) {
                self.entries.remove(at);
            } else if wanted(entry.external) {
                entry.phase = Phase::UnderWay;
                return Some((entry.peer, entry.external));
            } else {
                at += 1;
            }
        }
        None
    }

    /// An attempt has ended.
    pub(super) fn ended(&mut self, now: SimTime, peer: PeerRef, outcome: ContactOutcome, backoff: Backoff) {
        let Some(at) = self.position(peer) else { return };
        let entry = &mut self.entries[at];
        let dropped = entry.phase == Phase::Dropped;
        entry.failures = entry.failures.saturating_add(1);
        let failures = u32::from(entry.failures);
        if outcome == ContactOutcome::Connected || dropped || failures >= backoff.attempts {
            self.entries.remove(at);
        } else {
            entry.phase = Phase::Resting;
            self.resting.push((now.saturating_add(doubled(backoff.first, failures)), peer));
        }
    }

    /// The end of the first wait after a failure.
    pub(super) fn next_rest_ends(&self) -> Option<SimTime> {
        self.resting.iter().map(|(until, _)| *until).min()
    }

    fn end_rests(&mut self, now: SimTime) {
        let mut at = 0;
        while at < self.resting.len() {
            let (until, peer) = self.resting[at];
            if until > now {
                at += 1;
                continue;
            }
            self.resting.swap_remove(at);
            if let Some(at) = self.position(peer) {
                self.entries[at].phase = Phase::Ready;
            }
        }
    }

    fn position(&self, peer: PeerRef) -> Option<usize> {
        self.entries.iter().position(|entry| entry.peer == peer)
    }
}

/// `first` doubled with each failure after the first.
pub(super) fn doubled(first: SimDuration, failures: u32) -> SimDuration {
    first.saturating_mul(1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{AsIndex, Identity, PeerSlot};

    const BACKOFF: Backoff = Backoff { first: SimDuration::from_secs(10), attempts: 3 };

    fn peer(slot: u32) -> PeerRef {
        PeerRef { slot: PeerSlot(slot), generation: 0 }
    }

    fn list(slots: impl IntoIterator<Item = u32>) -> Vec<ListEntry> {
        slots
            .into_iter()
            .map(|slot| ListEntry {
                peer: peer(slot),
                identity: Identity(slot),
                as_index: AsIndex(0),
                external: Some(slot % 2 == 1),
            })
            .collect()
    }

    /// The next one, external or not.
    fn next(listed: &mut Listed, now: SimTime, connected: impl Fn(PeerRef) -> bool) -> Option<PeerRef> {
        listed.next(now, connected, |_| true).map(|(peer, _)| peer)
    }

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO.saturating_add(SimDuration::from_secs(seconds))
    }

    #[test]
    fn lists_accumulate_in_order_without_duplicates() {
        let mut listed = Listed::default();
        listed.add(&list([3, 1, 2]), |_| Some(0));
        listed.add(&list([2, 9, 3]), |_| Some(0));
        let order: Vec<_> = std::iter::from_fn(|| next(&mut listed, at(0), |p| p == peer(1))).collect();
        assert_eq!(order, [peer(3), peer(2), peer(9)], "the connected one is left out");
    }

    #[test]
    fn failures_rest_twice_as_long_each_time_and_are_forgotten_at_last() {
        let mut listed = Listed::default();
        listed.add(&list([1]), |_| Some(0));
        let alone = |_| false;
        for (begins, rests_until) in [(0, 10), (10, 30)] {
            assert_eq!(next(&mut listed, at(begins), alone), Some(peer(1)));
            listed.ended(at(begins), peer(1), ContactOutcome::TimedOut, BACKOFF);
            assert_eq!(listed.next_rest_ends(), Some(at(rests_until)));
            assert_eq!(next(&mut listed, SimTime::from_nanos(at(rests_until).as_nanos() - 1), alone), None);
        }
        assert_eq!(next(&mut listed, at(30), alone), Some(peer(1)));
        listed.ended(at(30), peer(1), ContactOutcome::Refused, BACKOFF);
        assert_eq!((next(&mut listed, at(1_000), alone), listed.next_rest_ends()), (None, None));
        listed.add(&list([1]), |_| Some(0));
        assert_eq!(next(&mut listed, at(1_000), alone), Some(peer(1)), "listed again, tried again");
    }

    #[test]
    fn who_rested_takes_its_old_place_again() {
        let mut listed = Listed::default();
        listed.add(&list([1, 2, 3]), |_| Some(0));
        assert_eq!(next(&mut listed, at(0), |_| false), Some(peer(1)));
        listed.ended(at(0), peer(1), ContactOutcome::Refused, BACKOFF);
        assert_eq!(next(&mut listed, at(5), |_| false), Some(peer(2)));
        assert_eq!(next(&mut listed, at(10), |_| false), Some(peer(1)));
        assert_eq!(next(&mut listed, at(10), |_| false), Some(peer(3)));
    }

    #[test]
    fn the_table_is_bounded() {
        let mut listed = Listed::default();
        listed.add(&list(0..1_000), |_| Some(0));
        assert_eq!(std::iter::from_fn(|| next(&mut listed, at(0), |_| false)).count(), LISTED_LIMIT);
    }

    #[test]
    fn whoever_is_not_wanted_now_keeps_its_place() {
        let mut listed = Listed::default();
        listed.add(&list([1, 2, 3]), |_| Some(0));
        let internal = listed.next(at(0), |_| false, |external| !external);
        assert_eq!(internal, Some((peer(2), false)), "odd ones are external");
        assert!(listed.is_empty(|_| false), "nobody is wanted");
        assert_eq!(listed.next(at(0), |_| false, |_| true), Some((peer(1), true)));
    }

    #[test]
    fn a_new_list_may_take_the_place_of_the_old_one() {
        let mut listed = Listed::default();
        listed.add(&list([1, 2, 3, 4]), |_| Some(0));
        for expected in [1, 2] {
            assert_eq!(next(&mut listed, at(0), |_| false), Some(peer(expected)));
        }
        listed.ended(at(0), peer(1), ContactOutcome::Refused, BACKOFF);
        listed.replace(&list([9, 3, 1]), |_| Some(0));
        assert_eq!(next(&mut listed, at(5), |_| false), Some(peer(9)), "the new list's order");
        assert_eq!(next(&mut listed, at(5), |_| false), Some(peer(3)));
        assert_eq!(next(&mut listed, at(5), |_| false), None, "4 is forgotten, 1 rests still");
        assert_eq!(next(&mut listed, at(10), |_| false), Some(peer(1)));
        listed.ended(at(10), peer(2), ContactOutcome::Refused, BACKOFF);
        assert_eq!(
            next(&mut listed, at(1_000), |_| false),
            None,
            "2 was under way, and is forgotten after its failure"
        );
        listed.ended(at(10), peer(9), ContactOutcome::Refused, BACKOFF);
        listed.replace(&[], |_| Some(0));
        assert_eq!((listed.next_rest_ends(), next(&mut listed, at(1_000), |_| false)), (None, None));
    }

    #[test]
    fn a_place_of_ones_own_goes_before_the_order_told() {
        let mut listed = Listed::default();
        listed.add(&list([3, 1, 2]), |entry| Some(u64::from(entry.peer.slot.0 / 2)));
        listed.add(&list([0, 9]), |entry| Some(u64::from(entry.peer.slot.0 / 2)));
        let order: Vec<_> = std::iter::from_fn(|| next(&mut listed, at(0), |_| false)).collect();
        assert_eq!(order, [1, 0, 3, 2, 9].map(peer), "equal places as told");
    }

    #[test]
    fn whoever_is_probed_waits_for_the_answers_of_all() {
        let mut listed = Listed::default();
        listed.add(&list([1, 2, 3, 4]), |_| None);
        assert_eq!(next(&mut listed, at(0), |_| false), None);
        listed.answered(peer(3), SimDuration::from_millis(20));
        listed.answered(peer(4), SimDuration::from_millis(10));
        listed.answered(peer(7), SimDuration::ZERO);
        assert_eq!(listed.probing().collect::<Vec<_>>(), [peer(1), peer(2)]);
        assert_eq!(next(&mut listed, at(0), |_| false), None);
        listed.release();
        let order: Vec<_> = std::iter::from_fn(|| next(&mut listed, at(0), |_| false)).collect();
        assert_eq!(order, [4, 3, 1, 2].map(peer), "the silent last, as told");
    }
}
