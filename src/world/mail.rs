//! Control messages under way, and what the control plane asks the world to do.
//!
//! A message arrives after serialisation at the sender's uplink (servers send at once) and the path's latency. Its bytes
//! are counted as control traffic and, a stated simplification, do not compete with flows.

use std::sync::Arc;

use super::event::{Class, Event, Key};
use super::external_places::ExternalPlaces;
use super::state::World;
use crate::engine::FutureEventList;
use crate::management::{
    ContactOutcome, Context, ControlPlane, Effect, Endpoint, Holdings, Message, Neighbourhood, PeerHandle, Timer,
    TimerOwner,
};
use crate::overlay::Overlay;
use crate::services::Service;
use crate::units::{AsIndex, BitRate, Bytes, PeerRef, PeerSlot, SimDuration, SimTime};

/// A control message under way.
#[derive(Debug)]
pub(super) struct Letter {
    from: Endpoint,
    to: Endpoint,
    sent: SimTime,
    message: Message,
}

/// What peers' own sides of the control plane may know of their connections.
struct Connections<'a>(&'a Overlay, &'a ExternalPlaces);

impl Neighbourhood for Connections<'_> {
    fn connections(&self, peer: PeerSlot) -> u32 {
        self.0.connection_count(peer) + self.0.pending(peer).0
    }

    fn external(&self, peer: PeerSlot) -> u32 {
        self.1.of(peer)
    }

    fn connected(&self, peer: PeerSlot, other: PeerRef) -> bool {
        self.0.is_current(other) && self.0.are_connected(peer, other.slot)
    }
}

/// What peers' own sides of the control plane may know of their content.
struct Held<'a>(&'a dyn Service);

impl Holdings for Held<'_> {
    fn pieces(&self, peer: PeerSlot) -> (Arc<[u64]>, u32) {
        let (held, pieces) = self.0.pieces(peer);
        (held.into(), pieces)
    }
}

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    fn with_control(&mut self, call: impl FnOnce(&mut ControlPlane, &mut Context<'_>)) {
        let Some(control) = &mut self.control else { return };
        let mut cx = Context {
            now: self.kernel.now(),
            seed: self.seed,
            out: &mut self.control_effects,
            recorder: &mut self.recorder,
            neighbourhood: &Connections(&self.overlay, &self.external_places),
            holdings: &Held(&*self.service),
        };
        call(control, &mut cx);
    }

    pub(super) fn control_joined(&mut self, peer: PeerRef, complete: bool) {
        let line = self.lines.line(peer.slot);
        let as_index = self.geography.address(line.as_index);
        let handle = PeerHandle { peer, identity: line.identity, as_index, uplink: line.wire_up };
        self.with_control(|control, cx| control.peer_joined(cx, handle, complete));
    }

    pub(super) fn control_completed(&mut self, peer: PeerRef) {
        self.with_control(|control, cx| control.peer_completed(cx, peer));
    }

    /// Says goodbye; what that asks for is carried out while the peer's line is still there.
    pub(super) fn control_left(&mut self, peer: PeerRef) {
        self.with_control(|control, cx| control.peer_left(cx, peer));
        self.carry_out();
    }

    pub(super) fn control_lost_neighbour(&mut self, slot: PeerSlot) {
        let peer = self.overlay.peer_ref(slot);
        self.with_control(|control, cx| control.connection_lost(cx, peer));
    }

    pub(super) fn control_contact_ended(
        &mut self,
        from: PeerRef,
        to: PeerRef,
        external: bool,
        outcome: ContactOutcome,
    ) {
        self.with_control(|control, cx| control.contact_ended(cx, from, to, external, outcome));
    }

    pub(super) fn control_timer(&mut self, timer: Timer) {
        if let TimerOwner::Peer(peer) = timer.owner
            && !self.overlay.is_current(peer)
        {
            return;
        }
        self.with_control(|control, cx| control.timer(cx, timer));
        self.carry_out();
    }

    pub(super) fn carry_out_control(&mut self, effect: Effect) {
        match effect {
            Effect::Send { from, to, message } => self.send(from, to, message),
            Effect::Timer { at, timer } => {
                let rank = match timer.owner {
                    TimerOwner::Peer(peer) => self.ranks[peer.slot.index()],
                    TimerOwner::Server(index) => self.endpoint(Endpoint::Server(index)).0,
                };
                self.wakes += 1;
                let key = Key::new(Class::Timer, rank, timer.kind, timer.token, self.wakes);
                self.schedule(at, key, Event::Control(timer));
            }
            Effect::Contact { from, to, external } => self.contact(from, to, Some(external)),
            Effect::Disconnect { from, to } => {
                if self.overlay.is_current(from) && self.overlay.is_current(to) {
                    let mut connections = self.overlay.connections_of(from.slot);
                    let found = connections.find(|conn| self.overlay.neighbour(*conn) == to.slot);
                    drop(connections);
                    if let Some(conn) = found {
                        self.disconnect(conn, None);
                    }
                }
            }
        }
    }

    /// Rank and address of an endpoint.
    fn endpoint(&self, endpoint: Endpoint) -> (u32, AsIndex) {
        match endpoint {
            Endpoint::Peer(peer) => {
                (self.ranks[peer.slot.index()], self.geography.address(self.lines.line(peer.slot).as_index))
            }
            Endpoint::Server(index) => {
                let server = &self.servers[usize::from(index.0)];
                (self.seed.rank(server.identity), server.as_index)
            }
        }
    }

    fn send(&mut self, from: Endpoint, to: Endpoint, message: Message) {
        let now = self.kernel.now();
        let size = message.size();
        let kinds = self.control.as_ref().map(|control| (control.endpoint_kind(from), control.endpoint_kind(to)));
        let Some((from_kind, to_kind)) = kinds else { return };
        self.recorder.sent(from_kind, to_kind, message.name(), 1, size.get());
        if let (Message::List { entries, .. }, Endpoint::Peer(peer)) = (&message, to) {
            let external = entries.iter().filter(|entry| self.is_external(peer.slot, entry.peer.slot)).count();
            self.recorder.list_external(external as u64);
        }
        let ((sender_rank, source), (rank, destination)) = (self.endpoint(from), self.endpoint(to));
        let serialisation = self.serialisation(from, size);
        let Some(latency) = self.geography.address_latency(source, destination) else {
            self.recorder.lost(from_kind, to_kind, message.name());
            return;
        };
        let arrives = now.saturating_add(serialisation).saturating_add(latency);
        let counter = match from {
            Endpoint::Peer(peer) => {
                let counter = &mut self.letters_sent[peer.slot.index()];
                *counter += 1;
                *counter
            }
            Endpoint::Server(_) => {
                self.wakes += 1;
                self.wakes
            }
        };
        let key = Key::new(Class::Message, rank, 1, sender_rank, counter);
        let id = self.mail.insert(Letter { from, to, sent: now, message });
        self.schedule(arrives, key, Event::Delivery(id));
    }

    /// A free rider's uplink carries its control messages all the same.
    fn serialisation(&self, from: Endpoint, size: Bytes) -> SimDuration {
        match from {
            Endpoint::Peer(peer) => match self.lines.line(peer.slot).wire_up {
                BitRate::ZERO => SimDuration::ZERO,
                rate => rate.time_for(size),
            },
            Endpoint::Server(_) => SimDuration::ZERO,
        }
    }

    fn is_external(&self, a: PeerSlot, b: PeerSlot) -> bool {
        let isp = |slot: PeerSlot| self.prepared.underlay.isp_of(self.lines.line(slot).as_index);
        isp(a) != isp(b)
    }

    pub(super) fn deliver(&mut self, id: u32) {
        let Some(letter) = self.mail.take(id) else { return };
        if let Endpoint::Peer(peer) = letter.to
            && !self.overlay.is_current(peer)
        {
            let kinds = self
                .control
                .as_ref()
                .map(|control| (control.endpoint_kind(letter.from), control.endpoint_kind(letter.to)));
            if let Some((from, to)) = kinds {
                self.recorder.lost(from, to, letter.message.name());
            }
            return;
        }
        let Letter { from, to, sent, message } = letter;
        self.with_control(|control, cx| control.message(cx, to, from, sent, message));
        self.carry_out();
    }
}
