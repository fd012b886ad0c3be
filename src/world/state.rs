//! A run's state: everything that lives, and the loop that lets it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Interrupted;
use super::contacts::Contact;
use super::event::{Class, Event, Key, Slab};
use super::external_places::ExternalPlaces;
use super::full_links::FullLinks;
use super::link_samples::LinkSamples;
use super::mail::Letter;
use super::outcome::Observed;
use super::people::{People, Person};
use super::prepare::{Geography, Prepared};
use super::traffic::TrafficMatrix;
use crate::bandwidth::Network;
use crate::engine::{FutureEventList, Handle, Kernel};
use crate::management::{ControlPlane, Effect, ServerInfo};
use crate::metrics::rows::TimeSeriesRow;
use crate::metrics::{Ending, Recorder};
use crate::overlay::Overlay;
use crate::population::Population;
use crate::random::Seed;
use crate::scenario::ArmSpec;
use crate::services::{Lines, Service, ServiceEffect};
use crate::units::{Identity, PeerSlot, SimTime};

/// How often the loop looks whether it should stop, in events.
const STOP_CHECK: u64 = 4096;

/// One run.
pub(super) struct World<'a, L: FutureEventList<Key, Event>> {
    pub(super) prepared: &'a Prepared<'a>,
    pub(super) geography: &'a Geography,
    pub(super) population: &'a Population,
    pub(super) arm: &'a ArmSpec,
    pub(super) seed: Seed,
    pub(super) polling: bool,
    pub(super) kernel: Kernel<L, Key, Event>,
    pub(super) overlay: Overlay,
    pub(super) network: Network,
    pub(super) lines: Lines,
    pub(super) service: Box<dyn Service>,
    /// None when the service needs no discovery.
    pub(super) control: Option<ControlPlane>,
    /// The servers of the control plane, by index.
    pub(super) servers: Vec<ServerInfo>,
    pub(super) recorder: Recorder,
    pub(super) control_effects: Vec<Effect>,
    pub(super) service_effects: Vec<ServiceEffect>,
    pub(super) mail: Slab<Letter>,
    pub(super) contacts: Slab<Contact>,
    pub(super) external_places: ExternalPlaces,
    pub(super) traffic: TrafficMatrix,
    pub(super) full_links: FullLinks,
    /// Where the scenario has tariffs.
    pub(super) link_samples: Option<LinkSamples>,
    pub(super) people: People,
    /// Per slot: the pending completion of its clock.
    pub(super) completions: Vec<Option<Handle>>,
    /// Per slot: the rank of who is there.
    pub(super) ranks: Vec<u32>,
    /// Per slot: messages sent.
    pub(super) letters_sent: Vec<u64>,
    /// Distinguishes identical wake-ups.
    pub(super) wakes: u64,
    /// Peers that have not arrived yet.
    pub(super) to_come: u32,
    /// Initial seeds and caches that have not arrived yet.
    pub(super) sources_to_come: u32,
    pub(super) incomplete: u32,
    /// Peers to be measured that neither completed nor left yet.
    pub(super) to_measure: u32,
    pub(super) content_lost: bool,
    /// What was written down at given moments.
    pub(super) observed: Observed,
    pub(super) samples: Vec<TimeSeriesRow>,
    pub(super) finished_transfers: Vec<crate::bandwidth::TransferId>,
}

/// Calls a method of the service with its context.
macro_rules! with_service {
    ($world:expr, |$service:ident, $cx:ident| $body:expr) => {{
        let world = &mut *$world;
        let $cx = &mut crate::services::ServiceContext {
            now: world.kernel.now(),
            seed: world.seed,
            polling: world.polling,
            overlay: &mut world.overlay,
            network: &mut world.network,
            lines: &world.lines,
            recorder: &mut world.recorder,
            out: &mut world.service_effects,
        };
        let $service = &mut world.service;
        $body
    }};
}
pub(super) use with_service;

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    /// Lets the world live until it ends.
    pub(super) fn run(&mut self, stop: &AtomicBool) -> Result<Ending, Interrupted> {
        let deadline = SimTime::ZERO.saturating_add(self.prepared.scenario.experiment.deadline);
        // Initial seeds and caches that come at once are there before anybody else.
        let sources = self.people.seeds.iter().chain(&self.people.caches);
        let at_once = sources.filter(|source| source.arrival == SimTime::ZERO).map(|source| source.identity);
        for identity in at_once.collect::<Vec<_>>() {
            self.arrive(identity);
        }
        let mut unsolved = true;
        loop {
            let next = self.kernel.peek();
            let instant_over = next.is_none_or(|(time, key)| time > self.kernel.now() || key.is_sample());
            if unsolved && instant_over {
                unsolved = false;
                self.end_instant();
                if let Some(ending) = self.ending() {
                    return Ok(ending);
                }
                continue;
            }
            match next {
                Some((time, _)) if time <= deadline => {}
                _ => return Ok(Ending::Deadline),
            }
            let Some(fired) = self.kernel.pop() else { return Ok(Ending::Deadline) };
            match fired.event {
                Event::Sample => self.sample(),
                Event::Observe(moment) => {
                    self.observe(moment, fired.at);
                    if let Some(ending) = self.ending() {
                        return Ok(ending);
                    }
                }
                event => {
                    self.dispatch(event);
                    unsolved = true;
                }
            }
            if self.kernel.taken().is_multiple_of(STOP_CHECK) && stop.load(Ordering::Relaxed) {
                return Err(Interrupted);
            }
        }
    }

    fn ending(&self) -> Option<Ending> {
        if self.to_measure == 0 && self.kernel.now() >= self.prepared.window().last_instant() {
            Some(Ending::AllComplete)
        } else if self.content_lost {
            Some(Ending::PieceLost)
        } else {
            None
        }
    }

    fn dispatch(&mut self, event: Event) {
        match event {
            Event::Completion(slot) => self.complete_transfers(slot),
            Event::Departure(peer) => self.depart(peer, true),
            Event::SessionEnds(peer) => self.depart(peer, false),
            Event::Patience(identity) => self.lose_patience(Identity(identity)),
            Event::Delivery(id) => self.deliver(id),
            Event::ContactArrives(id) => self.contact_arrives(id),
            Event::ContactEnds(id) => self.contact_ends(id),
            Event::Control(timer) => self.control_timer(timer),
            Event::Service(timer) => {
                with_service!(self, |service, cx| service.timer(cx, timer));
                self.carry_out();
            }
            Event::Arrival(identity) => {
                self.arrive(Identity(identity));
            }
            Event::Sample | Event::Observe(_) => {}
        }
    }

    fn complete_transfers(&mut self, slot: u32) {
        self.completions[slot as usize] = None;
        let clock = self.lines.by_slot[slot as usize].clock;
        let mut finished = std::mem::take(&mut self.finished_transfers);
        finished.clear();
        self.network.completed(self.kernel.now(), clock, &mut finished);
        for transfer in &finished {
            with_service!(self, |service, cx| service.transfer_done(cx, *transfer));
        }
        self.finished_transfers = finished;
        self.carry_out();
    }

    /// Rates are solved once per instant, after its last event and before the samples.
    fn end_instant(&mut self) {
        let now = self.kernel.now();
        self.network.solve(now);
        self.full_links.observe(now, &self.network);
        with_service!(self, |service, cx| service.instant_ends(cx));
        let (kernel, completions, ranks) = (&mut self.kernel, &mut self.completions, &self.ranks);
        self.network.drain_clock_changes(|clock, at| {
            let slot = clock.0 as usize;
            match (completions[slot], at) {
                (Some(handle), Some(at)) => kernel.reschedule(handle, at),
                (Some(handle), None) => {
                    kernel.cancel(handle);
                    completions[slot] = None;
                }
                (None, Some(at)) => {
                    let key = Key::new(Class::Completion, ranks[slot], 0, 0, 0);
                    completions[slot] = Some(kernel.schedule(at, key, Event::Completion(slot as u32)));
                }
                (None, None) => {}
            }
        });
    }

    /// Schedules for now or later.
    pub(super) fn schedule(&mut self, at: SimTime, key: Key, event: Event) {
        self.kernel.schedule(at, key, event);
    }

    /// Carries out what handlers asked for, until nothing is asked any more.
    pub(super) fn carry_out(&mut self) {
        loop {
            if !self.service_effects.is_empty() {
                let mut effects = std::mem::take(&mut self.service_effects);
                for effect in effects.drain(..) {
                    self.carry_out_service(effect);
                }
                if self.service_effects.is_empty() {
                    self.service_effects = effects;
                }
            } else if !self.control_effects.is_empty() {
                let effects = std::mem::take(&mut self.control_effects);
                for effect in effects {
                    self.carry_out_control(effect);
                }
            } else {
                return;
            }
        }
    }

    fn carry_out_service(&mut self, effect: ServiceEffect) {
        match effect {
            ServiceEffect::Timer { at, owner, other, timer, wake_up } => {
                let class = if wake_up { Class::WakeUp } else { Class::Timer };
                self.wakes += 1;
                let (rank, other) = (self.ranks[owner.index()], self.ranks[other.index()]);
                // Kinds of services come after those of the control plane.
                let key = Key::new(class, rank, 128 + timer.kind, other, self.wakes);
                self.schedule(at, key, Event::Service(timer));
            }
            ServiceEffect::Disconnect(conn) => {
                if self.overlay.is_open(conn, self.overlay.epoch(conn)) {
                    self.disconnect(conn, None);
                }
            }
            ServiceEffect::Connect { from, to } => {
                let (from, to) = (self.overlay.peer_ref(from), self.overlay.peer_ref(to));
                self.contact(from, to, None);
            }
            ServiceEffect::RoundTrips { from, to, count, timer } => {
                if let Some(delay) = self.path_delay(from, to) {
                    let at = self.kernel.now().saturating_add(delay.saturating_mul(2 * u64::from(count)));
                    self.carry_out_service(ServiceEffect::Timer { at, owner: from, other: to, timer, wake_up: false });
                }
            }
            ServiceEffect::Carried { from, to, bytes } => self.count_carried(from, to, bytes),
            ServiceEffect::Completed(slot) => self.peer_completed(slot),
            ServiceEffect::ContentLost => {
                // A seed that is still to come brings everything with it.
                if self.sources_to_come == 0 && (self.to_come > 0 || self.incomplete > 0) {
                    self.content_lost = true;
                }
            }
        }
    }

    fn sample(&mut self) {
        let now = self.kernel.now();
        let (pieces, verified_bytes) = self.service.progress();
        let (present, complete) = self.people.counts();
        let uplink_bytes = self.carried(now);
        self.samples.push(TimeSeriesRow {
            time_s: crate::units::TableSeconds(now.since(SimTime::ZERO)),
            present,
            complete,
            flows: self.service.flows(),
            pieces,
            verified_bytes,
            uplink_bytes,
            ..TimeSeriesRow::default()
        });
        let next = now.saturating_add(self.prepared.scenario.experiment.sampling);
        self.schedule(next, Key::new(Class::Sample, 0, 0, 0, 0), Event::Sample);
    }

    /// Who is in a slot.
    pub(super) fn person_mut(&mut self, slot: PeerSlot) -> &mut Person {
        let identity = self.lines.line(slot).identity;
        self.people.get_mut(identity)
    }
}
