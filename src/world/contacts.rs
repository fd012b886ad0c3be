//! Contact attempts: from "try to connect" to a connection, a refusal, or silence.
//!
//! A contact takes two round trips: TCP's handshake, then the `BitTorrent` handshake with bitfields (BEP 3). The other peer
//! decides when the first packet reaches it; a refusal is known after one round trip, silence after the timeout.
//!
//! **Limits of neighbours.** Where the OMS sets them, a peer accepts a contact only while it has a free place for a
//! neighbour of that kind, half-open inbound ones included, and only if the lists vouch for who asks. Its own attempts
//! keep no place free: else peers that all are looking for their one external neighbour would refuse one another. Who
//! has accepted somebody meanwhile gives up its own attempt when that is answered. So the limits hold at every instant.

use super::event::{Class, Event, Key};
use super::state::{World, with_service};
use crate::engine::FutureEventList;
use crate::management::ContactOutcome;
use crate::metrics::FactKind;
use crate::services::ServiceSpec;
use crate::units::{PeerRef, PeerSlot, SimDuration, SimTime};

/// BEP 3: protocol name, reserved bytes, info hash, peer id.
const HANDSHAKE: u64 = 68;

/// A contact attempt under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contact {
    from: PeerRef,
    to: PeerRef,
    started: SimTime,
    /// Whether discovery asked for it and wants to know how it ended; if so: whether it counts as external.
    discovered: Option<bool>,
    accepted: bool,
    outcome: ContactOutcome,
}

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    /// `from` tries to connect to `to`.
    pub(super) fn contact(&mut self, from: PeerRef, to: PeerRef, discovered: Option<bool>) {
        let now = self.kernel.now();
        self.overlay.add_pending_out(from.slot, 1);
        let contact =
            Contact { from, to, started: now, discovered, accepted: false, outcome: ContactOutcome::TimedOut };
        let delay = self.path_delay(from.slot, to.slot);
        let id = self.contacts.insert(contact);
        match delay {
            Some(delay) => {
                let key = self.contact_key(to.slot, from.slot);
                self.schedule(now.saturating_add(delay), key, Event::ContactArrives(id));
            }
            None => self.end_contact(id, &contact, now.saturating_add(self.connect_timeout())),
        }
    }

    fn connect_timeout(&self) -> SimDuration {
        self.prepared.scenario.discovery.connect_timeout
    }

    fn contact_key(&mut self, at: PeerSlot, other: PeerSlot) -> Key {
        self.wakes += 1;
        Key::new(Class::Message, self.ranks[at.index()], 2, self.ranks[other.index()], self.wakes)
    }

    fn end_contact(&mut self, id: u32, contact: &Contact, at: SimTime) {
        let key = self.contact_key(contact.from.slot, contact.to.slot);
        self.schedule(at, key, Event::ContactEnds(id));
    }

    /// One-way delay between two slots; `None`: no route.
    pub(super) fn path_delay(&self, a: PeerSlot, b: PeerSlot) -> Option<SimDuration> {
        let (from, to) = (self.lines.line(a).as_index, self.lines.line(b).as_index);
        self.geography.routes().latency(from, to)
    }

    /// The contact reaches the other peer, if it is still there.
    pub(super) fn contact_arrives(&mut self, id: u32) {
        let now = self.kernel.now();
        let Some(contact) = self.contacts.get_mut(id).map(|contact| *contact) else { return };
        let delay = now.since(contact.started);
        let (outcome, at) = if !self.overlay.is_current(contact.to) {
            let at = contact.started.saturating_add(self.connect_timeout());
            (ContactOutcome::TimedOut, at.max(now))
        } else if self.accepts(&contact) {
            self.overlay.add_pending_in(contact.to.slot, 1);
            if contact.discovered == Some(true) {
                self.external_places.accepted(contact.to.slot);
            }
            (ContactOutcome::Connected, now.saturating_add(delay.saturating_mul(3)))
        } else {
            (ContactOutcome::Refused, now.saturating_add(delay))
        };
        if let Some(stored) = self.contacts.get_mut(id) {
            stored.outcome = outcome;
            stored.accepted = outcome == ContactOutcome::Connected;
        }
        self.end_contact(id, &contact, at);
    }

    /// Whether a peer takes an inbound connection.
    fn accepts(&self, contact: &Contact) -> bool {
        let (from, to) = (contact.from, contact.to.slot);
        let (pending_in, pending_out) = self.overlay.pending(to);
        let used = self.overlay.connection_count(to) + pending_in + pending_out;
        let room = match self.arm.service {
            ServiceSpec::FileSwarming(_) => self.prepared.scenario.discovery.max_connections,
            ServiceSpec::ClientServer(_) => self.prepared.scenario.population.peers(),
        };
        used < room
            && self.overlay.is_current(from)
            && from.slot != to
            && !self.overlay.are_connected(from.slot, to)
            && !(self.service.is_complete(from.slot) && self.service.is_complete(to))
            && self.has_place_for(to, contact.discovered)
            && self.control.as_ref().is_none_or(|control| control.vouched(from, contact.to))
    }

    /// Whether the arm's limits leave a place for one more neighbour of this kind, half-open inbound ones counted.
    fn has_place_for(&self, slot: PeerSlot, external: Option<bool>) -> bool {
        let (Some(limits), Some(external)) = (self.arm.management.neighbours(), external) else { return true };
        let (internal_used, external_used) = self.neighbours(slot);
        limits.has_room(external, internal_used, external_used)
    }

    /// Internal and external neighbours, half-open inbound ones included.
    fn neighbours(&self, slot: PeerSlot) -> (u32, u32) {
        let external = self.external_places.of(slot);
        let all = self.overlay.connection_count(slot) + self.overlay.pending(slot).0;
        (all - external, external)
    }

    /// The contacting peer learns how it ended.
    pub(super) fn contact_ends(&mut self, id: u32) {
        let Some(contact) = self.contacts.take(id) else { return };
        let from_here = self.overlay.is_current(contact.from);
        let to_here = self.overlay.is_current(contact.to);
        if contact.accepted && to_here {
            self.overlay.add_pending_in(contact.to.slot, -1);
            if contact.discovered == Some(true) {
                self.external_places.ended(contact.to.slot);
            }
        }
        if !from_here {
            return;
        }
        self.overlay.add_pending_out(contact.from.slot, -1);
        let mut outcome = contact.outcome;
        if contact.accepted {
            outcome = if !to_here {
                ContactOutcome::TimedOut
            } else if self.connect(contact.from.slot, contact.to.slot, contact.discovered) {
                ContactOutcome::Connected
            } else {
                ContactOutcome::Refused
            };
        }
        if let Some(external) = contact.discovered {
            self.control_contact_ended(contact.from, contact.to, external, outcome);
        } else if outcome != ContactOutcome::Connected {
            with_service!(self, |service, cx| service.contact_failed(cx, contact.from.slot));
        }
        self.carry_out();
    }

    fn connect(&mut self, from: PeerSlot, to: PeerSlot, discovered: Option<bool>) -> bool {
        let both_complete = self.service.is_complete(from) && self.service.is_complete(to);
        if both_complete || self.overlay.are_connected(from, to) {
            return false;
        }
        let (here, there) = (self.lines.line(from).as_index, self.lines.line(to).as_index);
        if self.full(from) || self.full(to) || !self.has_place_for(from, discovered) {
            return false;
        }
        let Some(class) = self.geography.routes().delay_class(here, there) else { return false };
        let Some((at_from, at_to)) = self.overlay.connect(from, to, class) else { return false };
        if discovered == Some(true) {
            self.external_places.connected(from, at_from);
            self.external_places.connected(to, at_to);
        }
        self.assert_limits(from);
        self.assert_limits(to);
        let now = self.kernel.now();
        let external = self.prepared.underlay.isp_of(here) != self.prepared.underlay.isp_of(there);
        for slot in [from, to] {
            let person = self.person_mut(slot);
            person.first_connection.get_or_insert(now);
            person.connections += 1;
            person.connections_external += u32::from(external);
        }
        let (one, other) = (self.lines.line(from).identity.0, self.lines.line(to).identity.0);
        self.recorder.fact(now, FactKind::ConnectionMade, one, other);
        if let ServiceSpec::FileSwarming(spec) = &self.arm.service {
            let bitfield = 5 + spec.size.get().div_ceil(spec.piece.get()).div_ceil(8);
            self.recorder.sent("peer", "peer", "handshake", 2, 2 * HANDSHAKE);
            self.recorder.sent("peer", "peer", "bitfield", 2, 2 * bitfield);
        }
        with_service!(self, |service, cx| service.connected(cx, at_from));
        self.carry_out();
        true
    }

    /// No peer ever has more neighbours of a kind than the arm allows.
    fn assert_limits(&self, slot: PeerSlot) {
        let Some(limits) = self.arm.management.neighbours() else { return };
        let (internal, external) = self.neighbours(slot);
        assert!(
            limits.internal.is_none_or(|limit| internal <= limit)
                && limits.external.is_none_or(|limit| external <= limit),
            "a peer has {internal} internal and {external} external neighbours, with limits {limits:?}"
        );
    }

    fn full(&self, slot: PeerSlot) -> bool {
        matches!(self.arm.service, ServiceSpec::FileSwarming(_))
            && self.overlay.connection_count(slot) >= self.prepared.scenario.discovery.max_connections
    }
}
