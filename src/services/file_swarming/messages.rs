//! What peer-wire messages wait for.
//!
//! Without waiting (`at-once`), both ends of a connection know of a choke, an unchoke and of interest in the same instant;
//! an unchoke and the request that answers it take one round trip together, a HAVE one path latency.
//!
//! `behind-data`: a message goes through its connection like the data before it. It waits for what the send buffer of
//! that connection holds (while it sends; see `buffered`), for the queue of the sender's uplink while that is full, and
//! travels for one path latency. So do handshakes, and the first data that answer a request. Messages of a connection keep
//! their order. A slot therefore stays taken while the news that nobody uses it are under way, and a choked sender goes on
//! with what its buffer holds.

use super::masks::Relation;
use super::overhead::STATE;
use super::spec::MessageDelay;
use super::swarm::{FileSwarming, timer};
use crate::overlay::ConnId;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::{Bytes, SimDuration, SimTime};

/// Pieces of which an end will hear, and when, in order of time; used only where messages wait.
#[derive(Debug, Default)]
pub(super) struct News {
    /// By end.
    coming: Vec<Vec<(u32, SimTime)>>,
}

impl News {
    pub(super) fn grow(&mut self, ends: usize) {
        if self.coming.len() < ends {
            self.coming.resize_with(ends, Vec::new);
        }
    }

    pub(super) fn clear(&mut self, end: ConnId) {
        if let Some(coming) = self.coming.get_mut(end.index()) {
            coming.clear();
        }
    }

    fn push(&mut self, end: ConnId, piece: u32, known: SimTime) {
        self.coming[end.index()].push((piece, known));
    }

    /// What has not arrived yet, first things first; forgets what has.
    pub(super) fn unknown(&mut self, end: ConnId, now: SimTime) -> &[(u32, SimTime)] {
        let coming = &mut self.coming[end.index()];
        coming.retain(|(_, known)| *known > now);
        coming
    }
}

/// Ten segments of 1,448 bytes (RFC 6928).
const INITIAL_WINDOW: Bytes = Bytes::new(14_480);

impl FileSwarming {
    pub(super) fn messages_wait(&self) -> bool {
        self.spec.tcp.messages != MessageDelay::AtOnce
    }

    /// How long a message that `end` sends now waits for data before it.
    pub(super) fn wait(&self, cx: &ServiceContext<'_>, end: ConnId) -> SimDuration {
        let mut wait = self.queue_wait(cx, end);
        if self.masks.has(end, Relation::Out) {
            wait += self.time_to_send(cx, end, self.buffered(cx, end));
        }
        wait
    }

    /// What stands in the send buffer of a connection that sends: as much as fits, but no more than was asked for and has not
    /// left. Where requests are queued (`pieces.queue`), so many blocks are outstanding, half of one has come on average, and
    /// what was asked for is also under way: as a request, as data, and, where both ends send, behind the data of the other
    /// direction.
    pub(super) fn buffered(&self, cx: &ServiceContext<'_>, end: ConnId) -> Bytes {
        let MessageDelay::BehindData { send_buffer, .. } = self.spec.tcp.messages else {
            return Bytes::ZERO;
        };
        let Some(queue) = self.spec.pieces.queue else { return send_buffer };
        let mate = cx.overlay.mate(end);
        let rate = cx.network.rate(self.ends[end.index()].flow);
        let block = self.spec.block.get();
        let outstanding = self.blocks_asked(rate.get(), queue) * block - block / 2;
        let travels = self.queue_wait(cx, end) + self.queue_wait(cx, mate) + cx.round_trip(end);
        let left = outstanding.saturating_sub(rate.bytes_in(travels).get());
        let share = if self.masks.has(mate, Relation::Out) { left / 2 } else { left };
        send_buffer.min(Bytes::new(share))
    }

    /// How long the queue of the uplink at `end` is. While few connections send, each has an initial window in it: the window
    /// stops growing as soon as the queue makes the round trip longer (Ha and Rhee 2011; RFC 9406).
    fn queue_wait(&self, cx: &ServiceContext<'_>, end: ConnId) -> SimDuration {
        let MessageDelay::BehindData { queue, .. } = self.spec.tcp.messages else {
            return SimDuration::ZERO;
        };
        let sender = cx.overlay.owner(end);
        let line = cx.lines.line(sender);
        if !cx.network.is_saturated(line.up) {
            return SimDuration::ZERO;
        }
        let sending = u128::from(self.masks.count(cx.overlay, sender, Relation::Out));
        let queued = sending * u128::from(INITIAL_WINDOW.bits()) * 1_000_000_000;
        let nanos = queued.checked_div(u128::from(line.wire_up.get())).unwrap_or(0);
        queue.min(SimDuration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }

    /// Both ends of a new connection learn of each other's pieces when the handshakes have come: SYN, its answer and both
    /// handshakes stood in the queues of the uplinks that they left through.
    pub(super) fn wait_for_handshakes(&mut self, cx: &ServiceContext<'_>, initiator: ConnId) {
        let mate = cx.overlay.mate(initiator);
        let (here, there) = (self.queue_wait(cx, initiator), self.queue_wait(cx, mate));
        let first = cx.now + here + there + here;
        let (second, ends) = (first + there, [initiator.index(), mate.index()]);
        (self.ends[ends[0]].message_arrives, self.ends[ends[1]].met_at) = (first, first);
        (self.ends[ends[1]].message_arrives, self.ends[ends[0]].met_at) = (second, second);
    }

    /// How long the flow sent by `end` takes for so many bytes; nothing before it has a rate.
    fn time_to_send(&self, cx: &ServiceContext<'_>, end: ConnId, bytes: Bytes) -> SimDuration {
        let rate = u128::from(cx.network.rate(self.ends[end.index()].flow).get());
        let nanos = (u128::from(bytes.bits()) * 1_000_000_000).checked_div(rate).unwrap_or(0);
        SimDuration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX / 4))
    }

    /// When a message that `end` sends now arrives at the other end.
    fn arrival(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) -> SimTime {
        let sender = cx.overlay.owner(end);
        let left = cx
            .now
            .max(self.peers[sender].message_left)
            .saturating_add(self.overhead.time_of_a_message(cx.lines.line(sender).wire_up));
        self.peers[sender].message_left = left;
        if self.overhead.counts_messages() && !self.masks.has(end, Relation::Out) {
            // Nothing to ride on: the message is a packet of its own.
            self.peers[sender].messages_in_window += self.overhead.packet_header();
            self.peers[sender].active = true;
            self.keep_round(cx, sender);
        }
        let at = left.saturating_add(cx.delay(end)).saturating_add(self.wait(cx, end));
        let last = &mut self.ends[end.index()].message_arrives;
        let at = at.max(last.saturating_add(SimDuration::from_nanos(1)));
        *last = at;
        at
    }

    /// Round trip of a request that the receiving `end` would send now, and of its answer.
    pub(super) fn request_round_trip(&self, cx: &ServiceContext<'_>, end: ConnId) -> SimDuration {
        let mut time = cx.round_trip(end);
        time += self.wait(cx, end);
        time
    }

    fn send(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, kind: u8) {
        let at = self.arrival(cx, end);
        if self.overhead.counts_messages() {
            self.peers[cx.overlay.owner(end)].messages_in_window += STATE;
            self.wire_messages.states += 1;
        }
        let mate = cx.overlay.mate(end);
        let (owner, other) = (cx.overlay.owner(mate), cx.overlay.owner(end));
        let stamp = cx.overlay.epoch(mate);
        cx.timer(at, owner, other, ServiceTimer { kind, subject: mate.0, stamp }, false);
    }

    /// This end tells the other that it is interested, or no longer.
    pub(super) fn tell_interest(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, interested: bool) {
        if self.messages_wait() {
            self.send(cx, end, if interested { timer::INTERESTED } else { timer::NOT_INTERESTED });
        } else {
            self.interest_known(cx, cx.overlay.mate(end), interested);
        }
    }

    /// This end learns that the other is interested, or no longer.
    pub(super) fn interest_known(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, interested: bool) {
        self.masks.set(end, Relation::Wanted, interested);
        if interested {
            self.offer(cx, end);
        } else if self.masks.has(end, Relation::Unchoking) {
            self.choke(cx, end);
            self.slot_given_up(cx, cx.overlay.owner(end));
        }
    }

    /// This end has unchoked the other, and tells it.
    pub(super) fn tell_unchoke(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        if self.messages_wait() && self.spec.pieces.start_lag {
            self.send(cx, end, timer::UNCHOKED);
        } else {
            self.unchoke_known(cx, cx.overlay.mate(end));
        }
    }

    /// This end learns that it may download.
    pub(super) fn unchoke_known(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        self.masks.set(end, Relation::Unchoked, true);
        self.touch_budget(cx.overlay.owner(end));
        self.request(cx, end);
    }

    /// The receiving end asks for data: the flow begins when the request has come.
    pub(super) fn request(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let stamp = self.ends[end.index()].stamp + 1;
        self.ends[end.index()].stamp = stamp;
        self.ask_for_busy_block(cx, end);
        let at = if !self.spec.pieces.start_lag {
            cx.now
        } else if self.messages_wait() {
            // The data that answer it stand in the queue of the sender's uplink, and travel.
            let mate = cx.overlay.mate(end);
            let data = self.queue_wait(cx, mate) + cx.delay(mate);
            self.arrival(cx, end).saturating_add(data)
        } else {
            cx.now.saturating_add(cx.round_trip(end))
        };
        let (owner, other) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        cx.timer(at, owner, other, ServiceTimer { kind: timer::FLOW_START, subject: end.0, stamp }, false);
    }

    /// The request of the receiving `end` has come.
    pub(super) fn requested(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        if !self.messages_wait() {
            self.start(cx, end);
            return;
        }
        let mate = cx.overlay.mate(end);
        let may = self.masks.has(end, Relation::Unchoked) && self.masks.has(mate, Relation::Unchoking);
        if !may || !self.masks.has(end, Relation::Wants) {
            self.forget_busy_block(cx, end);
            return;
        }
        // A sender that was choked and unchoked again may still be sending what its buffer held: it goes on.
        self.ends[mate.index()].tail += 1;
        if self.masks.has(mate, Relation::Out) {
            self.forget_busy_block(cx, end);
        } else {
            self.start(cx, end);
        }
    }

    /// This end has choked the other, and tells it.
    pub(super) fn tell_choke(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        if !self.messages_wait() {
            self.choke_known(cx, cx.overlay.mate(end));
            if self.masks.has(end, Relation::Out) {
                self.stop(cx, end);
            }
            return;
        }
        if self.masks.has(end, Relation::Out) {
            let at = cx.now.saturating_add(self.time_to_send(cx, end, self.buffered(cx, end)));
            self.ends[end.index()].tail += 1;
            let stamp = self.ends[end.index()].tail;
            let (owner, other) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
            cx.timer(at, owner, other, ServiceTimer { kind: timer::TAIL_ENDS, subject: end.0, stamp }, false);
        }
        self.send(cx, end, timer::CHOKED);
    }

    /// This end learns that it may no longer download.
    pub(super) fn choke_known(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        self.masks.set(end, Relation::Unchoked, false);
        self.masks.set(end, Relation::Starved, false);
        // A request under way is out of date.
        self.ends[end.index()].stamp += 1;
        self.forget_busy_block(cx, end);
        self.touch_budget(cx.overlay.owner(end));
    }

    /// A choked sender has sent what its buffer held.
    pub(super) fn tail_ends(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, stamp: u32) {
        let choked = !self.masks.has(end, Relation::Unchoking);
        if self.ends[end.index()].tail == stamp && choked && self.masks.has(end, Relation::Out) {
            self.stop(cx, end);
        }
    }

    /// When the HAVE of a piece that `end` sends now arrives at the other end.
    pub(super) fn have_arrives(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) -> SimTime {
        if self.messages_wait() { self.arrival(cx, end) } else { cx.now.saturating_add(cx.delay(end)) }
    }

    /// The HAVE of a piece goes to the other end of `end`; tells when it arrives.
    pub(super) fn tell_have(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, piece: u32) -> SimTime {
        let known = self.have_arrives(cx, end);
        if self.messages_wait() {
            self.news.push(cx.overlay.mate(end), piece, known);
        }
        known
    }
}
