//! Who is in the swarm, as far as a server was told.
//!
//! Members are kept by AS, those without the whole content first, so that a list can be drawn from groups without
//! walking the swarm. Announcing, leaving and completing cost O(1). A member that misses two announces in a row is
//! forgotten; where peers do not announce regularly nobody is.

use std::collections::{BTreeMap, VecDeque};

use super::message::ListEntry;
use crate::selection::{CandidateGroup, Group};
use crate::units::{AsIndex, Identity, PeerRef, SimDuration, SimTime};

#[derive(Debug, Clone, Copy)]
struct Member {
    generation: u32,
    identity: Identity,
    as_index: AsIndex,
    /// Position among the members of its AS.
    place: u32,
    complete: bool,
    last_seen: SimTime,
}

/// The members of one AS.
#[derive(Debug)]
struct Members {
    as_index: AsIndex,
    /// Members that lack something, then complete ones.
    entries: Vec<ListEntry>,
    /// How many lack something.
    incomplete: u32,
}

/// The members of a swarm.
#[derive(Debug)]
pub(super) struct Registry {
    /// A member is forgotten so long after its last announce; `None`: never.
    expiry: Option<SimDuration>,
    /// The newest member of each slot.
    newest: Vec<Option<Member>>,
    /// Older members of slots that were given away: they left without saying so.
    ghosts: BTreeMap<PeerRef, Member>,
    /// Groups with members, in no meaningful (but reproducible) order.
    groups: Vec<Members>,
    /// Position of each AS in `groups`.
    group_of: Vec<Option<u32>>,
    /// Announces in the order in which they came.
    announces: VecDeque<(SimTime, PeerRef)>,
}

impl Registry {
    /// An empty registry; peers announce every `interval`.
    pub(super) fn new(interval: Option<SimDuration>) -> Self {
        Self {
            expiry: interval.map(|i| i.saturating_mul(2)),
            newest: Vec::new(),
            ghosts: BTreeMap::new(),
            groups: Vec::new(),
            group_of: Vec::new(),
            announces: VecDeque::new(),
        }
    }

    /// `peer` has announced itself.
    pub(super) fn announce(
        &mut self,
        now: SimTime,
        peer: PeerRef,
        identity: Identity,
        as_index: AsIndex,
        complete: bool,
    ) {
        if let Some(member) = self.get_mut(peer)
            && member.as_index == as_index
            && member.complete == complete
        {
            member.last_seen = now;
        } else {
            self.remove(peer);
            self.insert(
                peer,
                Member { generation: peer.generation, identity, as_index, place: 0, complete, last_seen: now },
            );
        }
        if self.expiry.is_some() {
            self.announces.push_back((now, peer));
        }
    }

    /// Forgets whoever has not announced itself for too long; says who that is.
    pub(super) fn expire(&mut self, now: SimTime) -> Vec<PeerRef> {
        let mut forgotten = Vec::new();
        let Some(expiry) = self.expiry else { return forgotten };
        while let Some(&(at, peer)) = self.announces.front()
            && at.saturating_add(expiry) < now
        {
            self.announces.pop_front();
            if self.get_mut(peer).is_some_and(|member| member.last_seen == at) {
                self.remove(peer);
                forgotten.push(peer);
            }
        }
        forgotten
    }

    /// `peer` is gone.
    pub(super) fn remove(&mut self, peer: PeerRef) {
        let newest = self.newest.get_mut(peer.slot.index());
        let member = match newest {
            Some(slot) if slot.is_some_and(|m| m.generation == peer.generation) => slot.take(),
            _ => self.ghosts.remove(&peer),
        };
        if let Some(member) = member {
            self.leave_group(member);
        }
    }

    /// What may stand on a list for `requester`: everybody but itself, and nobody complete for a complete requester.
    /// `describe` tells what is known of the peers of an AS.
    pub(super) fn candidates(
        &self,
        requester: PeerRef,
        complete: bool,
        describe: impl Fn(AsIndex) -> Group,
    ) -> Vec<CandidateGroup<'_, ListEntry>> {
        let own = self.get(requester);
        self.groups
            .iter()
            .map(|group| {
                let end = if complete { group.incomplete as usize } else { group.entries.len() };
                let except = own.filter(|m| m.as_index == group.as_index).map(|m| m.place as usize);
                CandidateGroup {
                    group: describe(group.as_index),
                    members: &group.entries[..end],
                    except: except.filter(|place| *place < end),
                }
            })
            .collect()
    }

    fn get(&self, peer: PeerRef) -> Option<&Member> {
        let newest = self.newest.get(peer.slot.index()).and_then(Option::as_ref);
        newest.filter(|m| m.generation == peer.generation).or_else(|| self.ghosts.get(&peer))
    }

    fn get_mut(&mut self, peer: PeerRef) -> Option<&mut Member> {
        let newest = self.newest.get_mut(peer.slot.index()).and_then(Option::as_mut);
        newest.filter(|m| m.generation == peer.generation).or_else(|| self.ghosts.get_mut(&peer))
    }

    fn insert(&mut self, peer: PeerRef, mut member: Member) {
        let group = self.group(member.as_index);
        let members = &mut self.groups[group];
        member.place = members.entries.len() as u32;
        members.entries.push(ListEntry { peer, identity: member.identity, as_index: member.as_index, external: None });
        if !member.complete {
            // The first complete member makes room.
            let boundary = members.incomplete;
            members.incomplete += 1;
            self.swap(group, member.place, boundary);
            member.place = boundary;
        }
        let slot = peer.slot.index();
        if self.newest.len() <= slot {
            self.newest.resize(slot + 1, None);
        }
        match self.newest[slot] {
            Some(newer) if newer.generation > peer.generation => {
                self.ghosts.insert(peer, member);
            }
            older => {
                if let Some(older) = older {
                    self.ghosts.insert(PeerRef { slot: peer.slot, generation: older.generation }, older);
                }
                self.newest[slot] = Some(member);
            }
        }
    }

    /// Takes a member, already out of the tables, out of its group.
    fn leave_group(&mut self, member: Member) {
        let Some(group) = self.group_of[member.as_index.index()] else { return };
        let group = group as usize;
        let mut place = member.place;
        if !member.complete {
            self.groups[group].incomplete -= 1;
            let last_incomplete = self.groups[group].incomplete;
            self.swap(group, place, last_incomplete);
            place = last_incomplete;
        }
        let last = self.groups[group].entries.len() as u32 - 1;
        self.swap(group, place, last);
        self.groups[group].entries.pop();
        if self.groups[group].entries.is_empty() {
            self.group_of[member.as_index.index()] = None;
            self.groups.swap_remove(group);
            if let Some(moved) = self.groups.get(group) {
                self.group_of[moved.as_index.index()] = Some(group as u32);
            }
        }
    }

    /// Position of the group of an AS, made when there is none.
    fn group(&mut self, as_index: AsIndex) -> usize {
        let at = as_index.index();
        if self.group_of.len() <= at {
            self.group_of.resize(at + 1, None);
        }
        *self.group_of[at].get_or_insert_with(|| {
            self.groups.push(Members { as_index, entries: Vec::new(), incomplete: 0 });
            self.groups.len() as u32 - 1
        }) as usize
    }

    /// Swaps two places of a group and tells the members (those that are in the tables).
    fn swap(&mut self, group: usize, a: u32, b: u32) {
        if a == b {
            return;
        }
        let entries = &mut self.groups[group].entries;
        entries.swap(a as usize, b as usize);
        let (at_a, at_b) = (entries[a as usize].peer, entries[b as usize].peer);
        for (peer, place) in [(at_a, a), (at_b, b)] {
            if let Some(member) = self.get_mut(peer) {
                member.place = place;
            }
        }
    }
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
