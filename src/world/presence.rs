//! Arrivals, departures, and what completion changes.

use super::event::{Class, Event, Key};
use super::state::{World, with_service};
use crate::engine::FutureEventList;
use crate::metrics::FactKind;
use crate::overlay::ConnId;
use crate::population::HostRole;
use crate::services::{Line, Role, ServiceSpec};
use crate::units::{BitRate, Identity, PeerRef, PeerSlot, SimTime};

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    /// Somebody comes, for the first time or again: gets a slot and a line, joins the service, announces itself.
    pub(super) fn arrive(&mut self, identity: Identity) {
        let now = self.kernel.now();
        let source = identity.is_seed();
        let capacity = self.connection_capacity(source);
        let peer = self.overlay.add_peer(capacity);
        self.external_places.arrived(peer.slot);
        let person = self.people.get_mut(identity);
        let again = person.arrived;
        person.here = Some(peer);
        person.arrived = true;
        if let Some(left) = person.left.take() {
            person.earlier.push((person.since, left));
        }
        person.since = now;
        person.sessions += 1;
        let number = person.sessions - 1;
        let (as_index, up, down) = (person.as_index, person.up, person.down);
        let (role, departure) = (person.role, person.departure.or(person.leaves_at));
        self.lay_line(peer.slot, identity, up, down);
        self.lines.by_slot[peer.slot.index()].as_index = as_index;
        self.recorder.fact(now, FactKind::Join, identity.0, as_index.0);
        if source {
            self.sources_to_come -= 1;
        } else {
            self.people.present += 1;
            self.to_come -= u32::from(!again);
            self.incomplete += u32::from(!again);
        }
        let role = match role {
            HostRole::Seed | HostRole::Cache => Role::Source,
            HostRole::Leecher => Role::Consumer,
            HostRole::FreeRider => Role::FreeRider,
        };
        with_service!(self, |service, cx| service.joined(cx, peer.slot, role));
        let complete = self.service.is_complete(peer.slot);
        self.people.complete += u32::from(complete && !source);
        self.control_joined(peer, complete);
        self.carry_out();
        if let Some(departure) = departure {
            self.schedule_departure(peer, departure.max(now));
        }
        if !source {
            self.schedule_session_end(peer, identity, number);
        }
    }

    /// The end of a session that begins now; with the first one, the end of patience.
    fn schedule_session_end(&mut self, peer: PeerRef, identity: Identity, number: u32) {
        let now = self.kernel.now();
        let rank = self.ranks[peer.slot.index()];
        if let Some(end) = self.population.session_end(identity, number, now) {
            self.schedule(end.max(now), Key::new(Class::Departure, rank, 1, 0, 0), Event::SessionEnds(peer));
        }
        if let Some(patience) = self.population.patience(identity).filter(|_| number == 0) {
            let key = Key::new(Class::Departure, rank, 2, 0, 0);
            self.schedule(now.saturating_add(patience), key, Event::Patience(identity.0));
        }
    }

    /// A peer that is not complete by now leaves for good. Whoever is away was told so when it left.
    pub(super) fn lose_patience(&mut self, identity: Identity) {
        if let Some(peer) = self.people.get_mut(identity).here
            && !self.service.is_complete(peer.slot)
        {
            self.depart(peer, true);
        }
    }

    /// When a peer whose session ends now comes again; `None`: it is gone for good.
    fn comes_again(&mut self, identity: Identity, complete: bool) -> Option<SimTime> {
        let person = self.people.get_mut(identity);
        let (number, arrival, leaves_at) = (person.sessions - 1, person.arrival, person.leaves_at);
        let again = self.population.next_session(identity, number, self.kernel.now())?;
        let patience = if complete { None } else { self.population.patience(identity) };
        let given_up = patience.map(|patience| arrival.saturating_add(patience));
        let last = leaves_at.into_iter().chain(given_up).min();
        last.is_none_or(|last| again < last).then_some(again)
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
        if let Some(stay) = self.population.lingering(identity) {
            let leaves_at = now.saturating_add(stay);
            self.person_mut(slot).leaves_at = Some(leaves_at);
            self.schedule_departure(peer, leaves_at);
        }
    }

    /// Somebody goes, `for_good` or because its session is over: closes its connections, says goodbye, gives the slot back.
    pub(super) fn depart(&mut self, peer: PeerRef, for_good: bool) {
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
        let complete = self.service.is_complete(slot);
        let again = if for_good { None } else { self.comes_again(identity, complete) };
        let account = with_service!(self, |service, cx| service.left(cx, slot, again.is_some()));
        let window = self.prepared.window();
        let person = self.people.get_mut(identity);
        let measured = window.measures(person.arrival);
        person.account = account;
        person.left = Some(now);
        person.here = None;
        self.recorder.fact(now, FactKind::Leave, identity.0, 0);
        if !identity.is_seed() {
            self.people.present -= 1;
            self.people.complete -= u32::from(complete);
            if !complete && again.is_none() {
                self.people.get_mut(identity).left_early = true;
                self.incomplete -= 1;
                self.to_measure -= u32::from(measured);
            }
        }
        if let Some(again) = again {
            let key = Key::new(Class::Arrival, self.seed.rank(identity), 0, 0, 0);
            self.schedule(again.max(now), key, Event::Arrival(identity.0));
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
        if let Some(samples) = &mut self.link_samples {
            samples.count(source, destination, bytes);
        }
        let sender = self.lines.line(from).identity;
        if sender.is_seed() && !sender.is_cache() {
            self.person_mut(to).tally.from_seeds += bytes;
        }
        if self.prepared.underlay.isp_of(source) == self.prepared.underlay.isp_of(destination) {
            self.person_mut(to).downloaded_local += bytes;
        }
    }
}
