//! Interest, and how news of pieces travels.
//!
//! *x wants y* while y has a verified piece that x lacks and knows of. Knowledge follows HAVEs: a piece becomes known one
//! path latency after it was verified. HAVEs are not events: bitsets are read directly, with pieces verified too recently
//! masked. Interest of x in y can only grow when y verifies a piece, or x and y connect,
//! or y is a super-seed and tells x of a piece; only then is somebody woken, and only if it was not interested or had
//! nothing left to request.

use super::masks::Relation;
use super::swarm::{FileSwarming, timer};
use crate::overlay::{Bits, ConnId};
use crate::random::Purpose;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::{PeerSlot, SimTime};

impl FileSwarming {
    /// Fills `masked` with the pieces of the neighbour at the other end that this end has not heard of yet.
    pub(super) fn mask_unknown(&mut self, cx: &ServiceContext<'_>, end: ConnId) {
        let holder = cx.overlay.neighbour(end);
        let delay = cx.delay(end);
        self.masked.clear();
        if self.messages_wait() {
            self.masked.extend(self.news.unknown(end, cx.now).iter().map(|(piece, _)| piece));
        } else {
            self.masked.extend(self.peers[holder].recent.unknown(cx.now, delay).map(|(piece, _)| piece));
        }
        self.look_at_super_seed(cx, end);
    }

    /// This end finds out anew whether it wants something from the other.
    pub(super) fn reconsider_interest(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let peer = cx.overlay.owner(end);
        if self.peers[peer].complete {
            return;
        }
        let bitfield_comes = self.ends[end.index()].met_at;
        if bitfield_comes > cx.now {
            Self::wake(cx, end, bitfield_comes);
            return;
        }
        self.mask_unknown(cx, end);
        let holder = cx.overlay.neighbour(end);
        let wants = self.shows_something(peer, holder);
        if wants == self.masks.has(end, Relation::Wants) {
            if !wants {
                self.wake_when_known(cx, end);
            }
        } else if wants {
            self.gain_interest(cx, end);
        } else {
            self.lose_interest(cx, end);
        }
    }

    fn gain_interest(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        self.masks.set(end, Relation::Wants, true);
        self.touch_budget(cx.overlay.owner(end));
        self.tell_interest(cx, end, true);
    }

    pub(super) fn lose_interest(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        self.masks.set(end, Relation::Wants, false);
        self.masks.set(end, Relation::Starved, false);
        self.touch_budget(cx.overlay.owner(end));
        self.tell_interest(cx, end, false);
        self.wake_when_known(cx, end);
    }

    /// If the other end has news that have not arrived yet, this end is woken when the first of them does.
    pub(super) fn wake_when_known(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let (peer, holder) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let first = if self.messages_wait() {
            let pieces = &self.pieces;
            self.news
                .unknown(end, cx.now)
                .iter()
                .filter(|(piece, _)| !pieces.has(peer, *piece))
                .map(|(_, known)| *known)
                .next()
        } else {
            self.peers[holder]
                .recent
                .unknown(cx.now, cx.delay(end))
                .filter(|(piece, _)| !self.pieces.has(peer, *piece))
                .map(|(_, known)| known)
                .last()
        };
        let told = self.told_just_now(cx, end).filter(|(piece, _)| !self.pieces.has(peer, *piece));
        if let Some(known) = first.or(told.map(|(_, known)| known)) {
            Self::wake(cx, end, known);
        }
    }

    pub(super) fn wake(cx: &mut ServiceContext<'_>, end: ConnId, at: SimTime) {
        let stamp = cx.overlay.epoch(end);
        let (owner, other) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let timer = ServiceTimer { kind: timer::HAVE_KNOWN, subject: end.0, stamp };
        cx.timer(at, owner, other, timer, false);
    }

    /// A HAVE of the other end has arrived at this one.
    pub(super) fn have_known(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        if !self.masks.has(end, Relation::Wants) {
            self.reconsider_interest(cx, end);
        } else if self.masks.has(end, Relation::Starved) && !self.retry_starved(cx, end) {
            self.wake_when_known(cx, end);
        }
    }

    /// `peer` has verified `piece`: its own interest may end, its neighbours' may begin.
    pub(super) fn spread_news(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot, piece: u32) {
        if self.messages_wait() {
            // One after another, in the order in which a client keeps its connections: that of memory addresses, which grow with
            // the order in which the connections were made.
            let mut ends: Vec<([u64; 2], ConnId)> = cx
                .overlay
                .connections_of(peer)
                .map(|end| ([self.ends[end.index()].met_at.as_nanos(), Self::lot(cx, end)], end))
                .collect();
            ends.sort_unstable();
            for (_, end) in ends {
                self.spread_to(cx, end, piece);
            }
            return;
        }
        for word in cx.overlay.words(peer) {
            for bit in Bits(cx.overlay.connected_mask(word)) {
                self.spread_to(cx, ConnId::at(word, bit), piece);
            }
        }
    }

    /// A lot that a connection keeps at the peer of `end`.
    fn lot(cx: &ServiceContext<'_>, end: ConnId) -> u64 {
        let (peer, neighbour) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let pair = u64::from(cx.identity(peer).0) << 32 | u64::from(cx.identity(neighbour).0);
        cx.seed.draw(Purpose::ChokeTie, pair, u64::MAX)
    }

    fn spread_to(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, piece: u32) {
        let neighbour = cx.overlay.neighbour(end);
        if self.pieces.has(neighbour, piece) {
            if self.masks.has(end, Relation::Wants) && !self.still_interested(cx, end) {
                self.lose_interest(cx, end);
            }
            self.tell_super_seed(cx, end, piece);
        } else {
            let mate = cx.overlay.mate(end);
            let known = self.tell_have(cx, end, piece);
            if cx.polling || !self.masks.has(mate, Relation::Wants) || self.masks.has(mate, Relation::Starved) {
                Self::wake(cx, mate, known);
            }
        }
    }

    fn still_interested(&mut self, cx: &ServiceContext<'_>, end: ConnId) -> bool {
        self.mask_unknown(cx, end);
        self.shows_something(cx.overlay.owner(end), cx.overlay.neighbour(end))
    }
}
