//! From a prepared scenario to a world at time zero, and through its life.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::event::{Class, Event, Key, Slab};
use super::external_places::ExternalPlaces;
use super::full_links::FullLinks;
use super::link_samples::LinkSamples;
use super::outcome::Observed;
use super::people::{People, Person};
use super::prepare::Prepared;
use super::state::World;
use super::traffic::TrafficMatrix;
use super::{Interrupted, RunOptions};
use crate::bandwidth::Network;
use crate::engine::{BucketWheel, FutureEventList, HeapSchedule, Kernel};
use crate::guidance::NetworkView;
use crate::management::ControlPlane;
use crate::metrics::{Recorder, RunOutcome};
use crate::overlay::Overlay;
use crate::population::{HostRole, Population};
use crate::random::Seed;
use crate::services::{Lines, ServiceSpec};
use crate::underlay::LimitedLinkId;
use crate::units::{Identity, SimTime};

impl Prepared<'_> {
    /// Like [`Prepared::run`], as one of the twins.
    ///
    /// # Errors
    /// [`Interrupted`] when it was told to stop.
    pub fn run_with(
        &self,
        arm: usize,
        replication: u32,
        stop: &AtomicBool,
        options: RunOptions,
    ) -> Result<RunOutcome, Interrupted> {
        if options.heap {
            World::new(self, arm, replication, options, HeapSchedule::new()).live(stop, replication)
        } else {
            World::new(self, arm, replication, options, BucketWheel::new()).live(stop, replication)
        }
    }
}

impl<'a, L: FutureEventList<Key, Event>> World<'a, L> {
    fn new(prepared: &'a Prepared<'a>, arm: usize, replication: u32, options: RunOptions, list: L) -> Self {
        let scenario = prepared.scenario;
        let arm = &scenario.arms[arm];
        let geography = prepared.geography(replication);
        let mut network = Network::new(scenario.sharing);
        let service = arm.service.build();
        let limited: Vec<_> = (0..prepared.underlay.limited_link_count())
            .map(|link| {
                let (_, _, capacity) = prepared.underlay.limited_link(LimitedLinkId(link as u32));
                network.add_resource(service.payload_rate(capacity))
            })
            .collect();
        let lines = Lines {
            by_slot: Vec::new(),
            delay_by_class: geography.routes().delay_by_class(),
            limited: geography.limited_paths(|link| limited[link as usize]),
        };
        let control = match arm.service {
            ServiceSpec::ClientServer(_) => None,
            ServiceSpec::FileSwarming(_) => {
                let view: Arc<dyn NetworkView + Send + Sync> = Arc::clone(geography) as _;
                let place = |number| geography.address(prepared.server_as(number));
                Some(ControlPlane::new(&arm.management, &scenario.discovery, arm.contacts, view, &place))
            }
        };
        let population = &prepared.populations[replication as usize];
        let mut world = Self {
            prepared,
            geography,
            population,
            arm,
            seed: Seed::new(scenario.experiment.seed, replication),
            polling: options.polling,
            kernel: Kernel::new(list),
            overlay: Overlay::new(),
            network,
            lines,
            service,
            servers: control.as_ref().map(ControlPlane::servers).unwrap_or_default(),
            control,
            recorder: Recorder::default(),
            control_effects: Vec::new(),
            service_effects: Vec::new(),
            mail: Slab::new(),
            contacts: Slab::new(),
            external_places: ExternalPlaces::default(),
            traffic: TrafficMatrix::default(),
            full_links: FullLinks::new(limited.len()),
            link_samples: geography
                .ledger()
                .map(|ledger| LinkSamples::new(Arc::clone(ledger), Arc::clone(&prepared.underlay), prepared.window())),
            people: people(population),
            completions: Vec::new(),
            ranks: Vec::new(),
            letters_sent: Vec::new(),
            wakes: 0,
            to_come: population.peers(),
            sources_to_come: (population.seeds().len() + population.caches().len()) as u32,
            incomplete: 0,
            to_measure: prepared.measured(replication),
            content_lost: false,
            observed: Observed::default(),
            samples: Vec::new(),
            finished_transfers: Vec::new(),
        };
        world.schedule_given();
        world
    }

    /// Arrivals, but for those of initial seeds and caches at time zero, and the first sample.
    fn schedule_given(&mut self) {
        let sources = self.people.seeds.iter().chain(&self.people.caches);
        let later = sources.filter(|source| source.arrival > SimTime::ZERO);
        let given: Vec<(Identity, SimTime)> =
            self.people.peers.iter().chain(later).map(|person| (person.identity, person.arrival)).collect();
        for (identity, at) in given {
            let key = Key::new(Class::Arrival, self.seed.rank(identity), 0, 0, 0);
            self.schedule(at, key, Event::Arrival(identity.0));
        }
        self.schedule(SimTime::ZERO, Key::new(Class::Sample, 0, 0, 0, 0), Event::Sample);
        self.schedule_observations();
    }

    fn live(mut self, stop: &AtomicBool, replication: u32) -> Result<RunOutcome, Interrupted> {
        // Short runs may end before the loop looks for the first time.
        if stop.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(Interrupted);
        }
        let ending = self.run(stop)?;
        Ok(self.outcome(ending, replication))
    }
}

fn people(population: &Population) -> People {
    let peers = (0..population.peers()).map(|number| {
        let identity = Identity(number);
        let access = population.access(identity);
        let class = population.access_class(identity);
        let arrival = population.arrival(identity);
        Person::new(
            identity,
            population.role(identity),
            population.as_index(identity),
            Some(class),
            access.up,
            access.down,
            arrival,
        )
    });
    let seeds = population.seeds().iter().map(|seed| Person::source(seed, HostRole::Seed));
    let caches = population.caches().iter().map(|cache| Person::source(cache, HostRole::Cache));
    People { peers: peers.collect(), seeds: seeds.collect(), caches: caches.collect(), present: 0, complete: 0 }
}
