//! Arrivals, departures, and what completion changes.

use super::event::{Class, Event, Key};
use super::state::{World, with_service};
use crate::engine::FutureEventList;
use crate::metrics::FactKind;
use crate::overlay::ConnId;
use crate::population::{AfterCompletion, HostRole};
use crate::services::{Line, Role, ServiceSpec};
use crate::units::{BitRate, Identity, PeerRef, PeerSlot, SimTime};

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    /// Somebody comes: gets a slot and a line, joins the service, announces itself.
    pub(super) fn arrive(&mut self, identity: Identity) {
        let now = self.kernel.now();
        let source = identity.is_seed();
        let capacity = self.connection_capacity(source);
        let peer = self.overlay.add_peer(capacity);
        self.external_places.arrived(peer.slot);
        let person = self.people.get_mut(identity);
        person.here = Some(peer);
        person.arrived = true;
        let (as_index, up, down) = (person.as_index, person.up, person.down);
        let (role, departure) = (person.role, person.departure);
        self.lay_line(peer.slot, identity, up, down);
        self.lines.by_slot[peer.slot.index()].as_index = as_index;
        self.recorder.fact(now, FactKind::Join, identity.0, as_index.0);
        if source {
            self.sources_to_come -= 1;
        } else {
            self.to_come -= 1;
            self.people.present += 1;
            self.incomplete += 1;
        }
        let role = match role {
            HostRole::Seed | HostRole::Cache => Role::Source,
            HostRole::Leecher => Role::Consumer,
            HostRole::FreeRider => Role::FreeRider,
        };
        with_service!(self, |service, cx| service.joined(cx, peer.slot, role));
        self.control_joined(peer, source);
        self.carry_out();
        if let Some(departure) = departure {
            self.schedule_departure(peer, departure.max(now));
        }
    }

    fn connection_capacity(&self, source: bool) -> u32 {
        match self.arm.service {
            ServiceSpec::FileSwarming(_) => self.prepared.scenario.discovery.max_connections,
            ServiceSpec::ClientServer(_) if source => self.prepared.scenario.population.peers(),
            ServiceSpec::ClientServer(_) => 1,
        }
    }

    fn lay_line(&mut self, slot: PeerSlot, identity: Identity, up: BitRate, down: BitRate) {
        let index = slot.index();
        if index == self.lines.by_slot.len() {
            let clock = self.network.add_clock();
            assert!(clock.index() == index, "clocks are numbered like slots");
            let line = Line {
                identity,
                as_index: crate::units::AsIndex(0),
                wire_up: up,
                wire_down: down,
                up: self.network.add_resource(BitRate::ZERO),
                down: self.network.add_resource(BitRate::ZERO),
                clock,
            };
            self.lines.by_slot.push(line);
            self.completions.push(None);
            self.ranks.push(0);
            self.letters_sent.push(0);
        }
        let line = &mut self.lines.by_slot[index];
        line.identity = identity;
        line.wire_up = up;
        line.wire_down = down;
        self.ranks[index] = self.seed.rank(identity);
    }

    fn schedule_departure(&mut self, peer: PeerRef, at: SimTime) {
        let key = Key::new(Class::Departure, self.ranks[peer.slot.index()], 0, 0, 0);
        self.schedule(at, key, Event::Departure(peer));
    }

    /// The service says that a peer has everything.
    pub(super) fn peer_completed(&mut self, slot: PeerSlot) {
        self.incomplete -= 1;
        self.people.complete += 1;
        self.observe_completion(slot);
        let peer = self.overlay.peer_ref(slot);
        self.control_completed(peer);
        let now = self.kernel.now();
        let identity = self.lines.line(slot).identity;
        match self.prepared.scenario.population.after_completion {
            AfterCompletion::Stay => {}
            AfterCompletion::Leave => self.schedule_departure(peer, now),
            AfterCompletion::StayFor(law) => {
                let stay = law.draw(self.seed, crate::random::Purpose::Lingering, u64::from(identity.0), 0);
                self.schedule_departure(peer, now.saturating_add(stay));
            }
        }
    }

    /// Somebody goes: closes its connections, says goodbye, gives the slot back.
    pub(super) fn depart(&mut self, peer: PeerRef) {
        if !self.overlay.is_current(peer) {
            return;
        }
        let now = self.kernel.now();
        let slot = peer.slot;
        let identity = self.lines.line(slot).identity;
        let connections: Vec<ConnId> = self.overlay.connections_of(slot).collect();
        for conn in connections {
            self.disconnect(conn, Some(slot));
        }
        self.control_left(peer);
        self.observe_departure(slot);
        let account = with_service!(self, |service, cx| service.left(cx, slot));
        let complete = self.service.is_complete(slot);
        let window = self.prepared.window();
        let person = self.people.get_mut(identity);
        let measured = window.measures(person.arrival);
        person.account = account;
        person.left = Some(now);
        person.here = None;
        self.recorder.fact(now, FactKind::Leave, identity.0, 0);
        if !identity.is_seed() {
            self.people.present -= 1;
            if complete {
                self.people.complete -= 1;
            } else {
                self.incomplete -= 1;
                self.to_measure -= u32::from(measured);
            }
        }
        self.carry_out();
        self.overlay.remove_peer(slot);
    }

    /// Closes a connection. `leaving` is told nothing: it goes itself.
    pub(super) fn disconnect(&mut self, conn: ConnId, leaving: Option<PeerSlot>) {
        let now = self.kernel.now();
        with_service!(self, |service, cx| service.disconnecting(cx, conn));
        let mate = self.overlay.mate(conn);
        self.fold(conn);
        let (a, b) = (self.overlay.owner(conn), self.overlay.owner(mate));
        let (one, other) = (self.lines.line(a).identity, self.lines.line(b).identity);
        // Unordered: it does not matter who closes.
        self.recorder.fact(now, FactKind::ConnectionLost, one.0.min(other.0), one.0.max(other.0));
        self.overlay.disconnect(conn);
        self.external_places.disconnected(a, conn);
        self.external_places.disconnected(b, mate);
        for slot in [a, b] {
            if leaving != Some(slot) {
                self.control_lost_neighbour(slot);
            }
        }
        self.carry_out();
    }

    /// Moves the bytes counted at both ends of a connection into the traffic matrix and the peers' own accounts.
    pub(super) fn fold(&mut self, conn: ConnId) {
        let mate = self.overlay.mate(conn);
        let exchanged = self.fold_end(conn) + self.fold_end(mate);
        let (a, b) = (self.overlay.owner(conn), self.overlay.owner(mate));
        let underlay = &self.prepared.underlay;
        let external = underlay.isp_of(self.lines.line(a).as_index) != underlay.isp_of(self.lines.line(b).as_index);
        if exchanged > 0 && external {
            for (peer, other) in [(a, b), (b, a)] {
                let counts = !self.lines.line(other).identity.is_seed();
                self.person_mut(peer).partners_external += u32::from(counts);
            }
        }
    }

    /// Moves the bytes that one end sent; says how many.
    fn fold_end(&mut self, conn: ConnId) -> u64 {
        let bytes = self.overlay.take_sent(conn);
        if bytes == 0 {
            return 0;
        }
        self.count_carried(self.overlay.owner(conn), self.overlay.neighbour(conn), bytes);
        bytes
    }

    /// Payload went from one peer to another: into the traffic matrix and the receiver's own accounts.
    pub(super) fn count_carried(&mut self, from: PeerSlot, to: PeerSlot, bytes: u64) {
        let (source, destination) = (self.lines.line(from).as_index, self.lines.line(to).as_index);
        self.traffic.add(source, destination, bytes);
        let sender = self.lines.line(from).identity;
        if sender.is_seed() && !sender.is_cache() {
            self.person_mut(to).tally.from_seeds += bytes;
        }
        if self.prepared.underlay.isp_of(source) == self.prepared.underlay.isp_of(destination) {
            self.person_mut(to).downloaded_local += bytes;
        }
    }
}
