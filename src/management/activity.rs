//! What members reported of themselves: uplinks and pieces (the OMS's share of the standard's PAMS, 8.2.8).
//!
//! A complete member holds everything: its announce says so. Of a member that lacks something its last report is believed
//! until the next one, however old it is. Who leaves, or is forgotten, is forgotten here too.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::selection::{Candidate, Reported};
use crate::units::{BitRate, PeerRef, SimTime};

/// What one member reported, and when.
#[derive(Debug, Default)]
struct Member {
    uplink: Option<(BitRate, SimTime)>,
    held: Option<(Arc<[u64]>, SimTime)>,
    /// When it last said that it has everything.
    complete: Option<SimTime>,
}

/// Reports of all members.
#[derive(Debug, Default)]
pub(super) struct Activity {
    members: BTreeMap<PeerRef, Member>,
    /// Per piece: members that reported it, complete ones left out.
    holders: Vec<u32>,
    complete: u32,
}

impl Activity {
    /// A member has announced itself.
    pub(super) fn announced(&mut self, now: SimTime, peer: PeerRef, uplink: Option<BitRate>, complete: bool) {
        let member = self.members.entry(peer).or_default();
        if let Some(uplink) = uplink {
            member.uplink = Some((uplink, now));
        }
        if complete {
            self.complete += u32::from(member.complete.is_none());
            member.complete = Some(now);
            let held = member.held.take();
            self.withdraw(held.as_ref());
        }
    }

    /// A report has come; one of somebody who is no member, or complete by now, came too late.
    pub(super) fn reported(&mut self, now: SimTime, peer: PeerRef, held: &Arc<[u64]>, pieces: u32) {
        let Some(member) = self.members.get_mut(&peer).filter(|member| member.complete.is_none()) else { return };
        let before = member.held.replace((Arc::clone(held), now));
        if self.holders.len() < pieces as usize {
            self.holders.resize(pieces as usize, 0);
        }
        for piece in bits(held) {
            if let Some(holders) = self.holders.get_mut(piece) {
                *holders += 1;
            }
        }
        self.withdraw(before.as_ref());
    }

    /// A member is gone.
    pub(super) fn forget(&mut self, peer: PeerRef) {
        if let Some(member) = self.members.remove(&peer) {
            self.complete -= u32::from(member.complete.is_some());
            self.withdraw(member.held.as_ref());
        }
    }

    fn withdraw(&mut self, held: Option<&(Arc<[u64]>, SimTime)>) {
        for piece in held.iter().flat_map(|(held, _)| bits(held)) {
            if let Some(holders) = self.holders.get_mut(piece) {
                *holders -= 1;
            }
        }
    }

    /// What is known of candidates, seen by a requester. `rarity`: whether it matters who holds which pieces.
    pub(super) fn seen_by(&self, now: SimTime, requester: PeerRef, rarity: bool) -> Seen<'_> {
        let held = self.members.get(&requester).and_then(|member| member.held.as_ref());
        let lacks = |piece: usize| held.is_none_or(|(held, _)| !has(held, piece));
        let mut rarest: Vec<(u32, usize)> = Vec::new();
        if rarity {
            let lacking = self.holders.iter().enumerate().filter(|(piece, _)| lacks(*piece));
            rarest.extend(lacking.map(|(piece, holders)| (*holders, piece)));
            rarest.sort_unstable();
        }
        Seen { activity: self, now, rarity, rarest }
    }
}

/// What is known of candidates, seen by one requester.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    activity: &'a Activity,
    now: SimTime,
    rarity: bool,
    /// (holders that are not complete, piece) of the pieces that the requester lacks, rarest first.
    rarest: Vec<(u32, usize)>,
}

impl Seen<'_> {
    /// What is known of one candidate.
    pub(super) fn candidate(&self, peer: PeerRef) -> Candidate {
        let Some(member) = self.activity.members.get(&peer) else { return Candidate::default() };
        let told = |at: SimTime| self.now.since(at);
        let uplink = member.uplink.map(|(value, at)| Reported { value, age: told(at) });
        Candidate { uplink, rarest_held: if self.rarity { self.rarest_held(member) } else { None } }
    }

    fn rarest_held(&self, member: &Member) -> Option<Reported<Option<u32>>> {
        let complete = self.activity.complete;
        if let Some(at) = member.complete {
            // Before the first report nobody has told how many pieces there are: complete members alone hold any.
            let rarest = self.rarest.first().map(|(holders, _)| *holders);
            let value = if self.activity.holders.is_empty() { Some(0) } else { rarest };
            return Some(Reported { value: value.map(|holders| holders + complete), age: self.now.since(at) });
        }
        let (held, at) = member.held.as_ref()?;
        let rarest = self.rarest.iter().find(|(_, piece)| has(held, *piece));
        Some(Reported { value: rarest.map(|(holders, _)| holders + complete), age: self.now.since(*at) })
    }
}

fn has(held: &[u64], piece: usize) -> bool {
    held.get(piece / 64).is_some_and(|word| word >> (piece % 64) & 1 == 1)
}

/// Positions of the bits that are set, ascending.
fn bits(held: &[u64]) -> impl Iterator<Item = usize> + '_ {
    held.iter()
        .enumerate()
        .flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{PeerSlot, SimDuration};

    fn peer(slot: u32) -> PeerRef {
        PeerRef { slot: PeerSlot(slot), generation: 0 }
    }

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO.saturating_add(SimDuration::from_secs(seconds))
    }

    #[expect(clippy::unnecessary_wraps, reason = "facts are optional")]
    fn told(value: Option<u32>, age: u64) -> Option<Reported<Option<u32>>> {
        Some(Reported { value, age: SimDuration::from_secs(age) })
    }

    #[test]
    fn the_rarest_piece_is_counted_over_reports_and_complete_members() {
        let mut activity = Activity::default();
        for slot in 0..5 {
            activity.announced(at(0), peer(slot), None, slot == 0);
        }
        let rarest = |activity: &Activity, from: u32, of: u32| {
            activity.seen_by(at(10), peer(from), true).candidate(peer(of)).rarest_held
        };
        assert_eq!(rarest(&activity, 1, 0), told(Some(1), 10), "the seed alone holds anything");
        assert_eq!(rarest(&activity, 1, 2), None, "who reported nothing");
        // Of 70 pieces, 2 holds 0 and 69; 3 holds 0; 4 holds 0 and 1.
        activity.reported(at(2), peer(2), &vec![1, 1 << 5].into(), 70);
        activity.reported(at(3), peer(3), &vec![1, 0].into(), 70);
        activity.reported(at(4), peer(4), &vec![3, 0].into(), 70);
        assert_eq!(rarest(&activity, 1, 0), told(Some(1), 10), "most pieces are the seed's alone");
        assert_eq!(rarest(&activity, 1, 2), told(Some(2), 8), "69: the seed and itself");
        assert_eq!(rarest(&activity, 1, 3), told(Some(4), 7), "0: everybody but the requester");
        assert_eq!(rarest(&activity, 2, 3), told(None, 7), "0 is nothing new to 2");
        assert_eq!(rarest(&activity, 2, 4), told(Some(2), 6), "1: 4 and the seed");
        // A newer report takes the place of the older; who leaves takes its pieces along.
        activity.reported(at(9), peer(3), &vec![3, 0].into(), 70);
        assert_eq!(rarest(&activity, 2, 4), told(Some(3), 6));
        activity.forget(peer(4));
        assert_eq!(rarest(&activity, 2, 3), told(Some(2), 1));
        activity.announced(at(9), peer(3), None, true);
        assert_eq!((activity.complete, rarest(&activity, 1, 3)), (2, told(Some(2), 1)));
        activity.reported(at(10), peer(3), &vec![1, 0].into(), 70);
        activity.reported(at(10), peer(7), &vec![1, 0].into(), 70);
        assert_eq!(activity.holders[..2], [1, 0], "too late, and no member");
        for slot in 0..5 {
            activity.forget(peer(slot));
        }
        assert!(activity.complete == 0 && activity.members.is_empty() && activity.holders.iter().all(|n| *n == 0));
    }

    #[test]
    fn uplinks_age_since_the_last_announce() {
        let mut activity = Activity::default();
        activity.announced(at(1), peer(1), Some(BitRate::new(5)), false);
        activity.announced(at(4), peer(1), Some(BitRate::new(6)), false);
        activity.announced(at(5), peer(1), None, false);
        let seen = activity.seen_by(at(6), peer(2), false);
        let candidate = seen.candidate(peer(1));
        assert_eq!(candidate.uplink, Some(Reported { value: BitRate::new(6), age: SimDuration::from_secs(2) }));
        assert_eq!((candidate.rarest_held, seen.candidate(peer(3))), (None, Candidate::default()));
    }
}
