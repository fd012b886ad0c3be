//! Where a peer's time goes, until it has everything.

use super::masks::Relation;
use super::peers::Doing;
use super::swarm::FileSwarming;
use crate::services::context::ServiceContext;
use crate::units::{PeerSlot, SimTime};

impl FileSwarming {
    /// What the peer is doing may have changed; looked at when the instant is over.
    pub(super) fn touch_budget(&mut self, slot: PeerSlot) {
        let peer = &mut self.peers[slot];
        if !peer.budget_dirty {
            peer.budget_dirty = true;
            self.budget_dirty.push(slot);
        }
    }

    /// Looks at every touched peer, and at every peer whose downlink was solved anew.
    pub(super) fn update_budgets(&mut self, cx: &ServiceContext<'_>) {
        let mut dirty = std::mem::take(&mut self.budget_dirty);
        for slot in &dirty {
            self.peers[*slot].budget_dirty = false;
            self.update_budget(cx, *slot);
        }
        dirty.clear();
        self.budget_dirty = dirty;
        for resource in cx.network.touched_resources() {
            if let Some(owner) = self.downlink_owner.get(resource.0 as usize)
                && owner.index() < self.peers.len()
            {
                self.update_budget(cx, *owner);
            }
        }
    }

    fn update_budget(&mut self, cx: &ServiceContext<'_>, slot: PeerSlot) {
        let doing = self.doing(cx, slot);
        if doing != self.peers[slot].doing {
            self.budget_until_now(cx.now, slot);
            self.peers[slot].doing = doing;
        }
    }

    /// Adds the time since the last change to what the peer was doing.
    pub(super) fn budget_until_now(&mut self, now: SimTime, slot: PeerSlot) {
        let peer = &mut self.peers[slot];
        let time = now.since(peer.doing_since);
        peer.doing_since = now;
        let budget = &mut peer.account.budget;
        match peer.doing {
            Doing::Nothing => {}
            Doing::NothingWanted => budget.nothing_wanted += time,
            Doing::Choked => budget.choked += time,
            Doing::Waiting => budget.waiting += time,
            Doing::DownlinkBound => budget.downlink_bound += time,
            Doing::UplinkBound => budget.uplink_bound += time,
        }
    }

    fn doing(&self, cx: &ServiceContext<'_>, slot: PeerSlot) -> Doing {
        let peer = &self.peers[slot];
        if !peer.present || peer.complete {
            return Doing::Nothing;
        }
        let (mut wants, mut may, mut flows) = (0, 0, 0);
        for word in cx.overlay.words(slot) {
            let wanted = self.masks.word(word, Relation::Wants);
            wants |= wanted;
            may |= wanted & self.masks.word(word, Relation::Unchoked);
            flows |= self.masks.word(word, Relation::In);
        }
        if flows == 0 && self.fallbacks.is_fetching(slot) {
            let bound = cx.network.is_saturated(cx.lines.line(slot).down);
            return if bound { Doing::DownlinkBound } else { Doing::UplinkBound };
        }
        if wants == 0 {
            Doing::NothingWanted
        } else if may == 0 {
            Doing::Choked
        } else if flows == 0 {
            Doing::Waiting
        } else if cx.network.is_saturated(cx.lines.line(slot).down) {
            Doing::DownlinkBound
        } else {
            Doing::UplinkBound
        }
    }
}
