//! The population of one replication, equal in all arms.

use super::access::AccessLaw;
use super::caches::caches;
use super::hosts::{HostFile, HostRole, listed};
use super::placement::{Places, SEEDS, find, place};
use super::sessions::Sessions;
use super::{AccessClass, AfterCompletion, Crowd, DrawnCrowd, PopulationError, PopulationSpec, SeedsSpec};
use crate::random::{Purpose, Seed};
use crate::underlay::Underlay;
use crate::units::{AsIndex, BitRate, Identity, SimDuration, SimTime};

/// An initial seed, a cache or an origin server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InitialSeed {
    /// Who it is.
    pub identity: Identity,
    /// Where it lives.
    pub as_index: AsIndex,
    /// Position of its access class among [`Population::classes`]; `None`: it has none.
    pub class: Option<usize>,
    /// Uplink, wire bits per second.
    pub up: BitRate,
    /// Downlink, wire bits per second.
    pub down: BitRate,
    /// When it comes.
    pub arrival: SimTime,
    /// When it leaves; `None`: never.
    pub departure: Option<SimTime>,
}

/// Who exists, where and when. Peers have the identities 0 to [`peers`](Self::peers) − 1: in order of arrival when arrivals are
/// drawn; as the file says when they are hosts or have a trace of sessions; in no order when they alternate from a stationary
/// start.
#[derive(Debug, Clone)]
pub struct Population {
    arrivals: Vec<SimTime>,
    class_of: Vec<u32>,
    place_of: Vec<AsIndex>,
    classes: Vec<AccessClass>,
    after_completion: AfterCompletion,
    seeds: Vec<InitialSeed>,
    caches: Vec<InitialSeed>,
    sessions: Sessions,
    left_out: u32,
    seed: Seed,
}

impl Population {
    /// Builds the population that `spec` asks for, over the ASes of `underlay` that are `reachable` (can exchange messages with
    /// the servers of the control plane). `seed` is that of the replication, the same in all arms.
    ///
    /// # Errors
    /// A [`PopulationError`], a sentence for people.
    pub fn build(
        spec: &PopulationSpec,
        underlay: &Underlay,
        reachable: &dyn Fn(AsIndex) -> bool,
        seed: Seed,
    ) -> Result<Self, PopulationError> {
        let mut population = match &spec.crowd {
            Crowd::Drawn(drawn) => Self::drawn(drawn, spec, underlay, reachable, seed),
            Crowd::Hosts(file) => Self::of_hosts(file, spec, underlay, reachable, seed),
        }?;
        if let Some(spec) = &spec.caches {
            let first = population.caches.len() as u32;
            population.caches.extend(caches(spec, &population.place_of, first, underlay, reachable)?);
        }
        if population.seeds.is_empty() && population.caches.is_empty() {
            in_range("seeds", 0, MOST_SEEDS)?;
        }
        Ok(population)
    }

    fn drawn(
        crowd: &DrawnCrowd,
        spec: &PopulationSpec,
        underlay: &Underlay,
        reachable: &dyn Fn(AsIndex) -> bool,
        seed: Seed,
    ) -> Result<Self, PopulationError> {
        in_range("peers", crowd.peers, MOST_PEERS)?;
        in_range("seeds", crowd.seeds.count, MOST_SEEDS)?;
        let access = AccessLaw::new(&crowd.access)?;
        let (sessions, arrivals) = Sessions::of_crowd(&spec.sessions, crowd, seed)?;
        let placed = place(crowd, underlay, reachable, seed)?;
        let seeds = initial_seeds(&crowd.seeds, &placed.places, underlay, reachable, seed)?;
        Ok(Self {
            arrivals,
            class_of: (0..crowd.peers).map(|n| access.draw(seed, Identity(n))).collect(),
            place_of: placed.peers,
            classes: crowd.access.clone(),
            after_completion: spec.after_completion.clone(),
            seeds,
            caches: Vec::new(),
            sessions,
            left_out: placed.places.left_out,
            seed,
        })
    }

    fn of_hosts(
        file: &HostFile,
        spec: &PopulationSpec,
        underlay: &Underlay,
        reachable: &dyn Fn(AsIndex) -> bool,
        seed: Seed,
    ) -> Result<Self, PopulationError> {
        let listed = listed(file, underlay, reachable)?;
        in_range("peers", listed.arrivals.len() as u32, MOST_PEERS)?;
        Ok(Self {
            arrivals: listed.arrivals,
            class_of: listed.class_of,
            place_of: listed.place_of,
            classes: listed.classes,
            after_completion: spec.after_completion.clone(),
            seeds: listed.seeds,
            caches: listed.caches,
            sessions: Sessions::of_hosts(&spec.sessions, seed),
            left_out: 0,
            seed,
        })
    }

    /// Number of peers, initial seeds not counted.
    pub fn peers(&self) -> u32 {
        self.arrivals.len() as u32
    }

    /// When a peer first arrives.
    pub fn arrival(&self, identity: Identity) -> SimTime {
        self.arrivals[identity.index()]
    }

    /// The access classes: those of the scenario, or of the file's hosts (one for each line and role under the same name).
    pub fn classes(&self) -> &[AccessClass] {
        &self.classes
    }

    /// Position of a peer's access class among [`classes`](Self::classes).
    pub fn access_class(&self, identity: Identity) -> usize {
        self.class_of[identity.index()] as usize
    }

    /// A peer's access class.
    pub fn access(&self, identity: Identity) -> &AccessClass {
        &self.classes[self.access_class(identity)]
    }

    /// Whether a peer uploads at all.
    pub fn role(&self, identity: Identity) -> HostRole {
        if self.access(identity).free_rider { HostRole::FreeRider } else { HostRole::Leecher }
    }

    /// Where a peer lives.
    pub fn as_index(&self, identity: Identity) -> AsIndex {
        self.place_of[identity.index()]
    }

    /// How long a peer stays after its completion; `None`: until the run ends.
    pub fn lingering(&self, identity: Identity) -> Option<SimDuration> {
        match &self.after_completion {
            AfterCompletion::Stay => None,
            AfterCompletion::Leave => Some(SimDuration::ZERO),
            AfterCompletion::StayFor(law) => Some(law.draw(self.seed, Purpose::Lingering, u64::from(identity.0), 0)),
        }
    }

    /// When the session of a peer that begins at `from` ends, unless the peer leaves before for another reason; `None`: with the
    /// run. Sessions are counted from 0.
    pub fn session_end(&self, identity: Identity, number: u32, from: SimTime) -> Option<SimTime> {
        self.sessions.end(identity, number, from)
    }

    /// When a peer comes again whose session `number` ended at `left`; `None`: never.
    pub fn next_session(&self, identity: Identity, number: u32, left: SimTime) -> Option<SimTime> {
        self.sessions.next(identity, number, left)
    }

    /// How long after its arrival a peer leaves for good if it is not complete; `None`: it never does for that reason.
    pub fn patience(&self, identity: Identity) -> Option<SimDuration> {
        self.sessions.patience(identity)
    }

    /// The sessions of a peer as they would be if nothing in a run ended them: begin, and end (`None`: with the run).
    pub fn given_sessions(&self, identity: Identity) -> impl Iterator<Item = (SimTime, Option<SimTime>)> + '_ {
        let session = move |number: u32, from: SimTime| (number, from, self.session_end(identity, number, from));
        let first = session(0, self.arrival(identity));
        let next = move |(number, _, end): &(u32, SimTime, Option<SimTime>)| {
            let again = self.next_session(identity, *number, (*end)?)?;
            Some(session(number + 1, again))
        };
        std::iter::successors(Some(first), next).map(|(_, from, end)| (from, end))
    }

    /// The initial seeds, by identity.
    pub fn seeds(&self) -> &[InitialSeed] {
        &self.seeds
    }

    /// The caches, by identity.
    pub fn caches(&self) -> &[InitialSeed] {
        &self.caches
    }

    /// ASes of the placement that were left out, because no route leads from them to the control plane.
    pub fn left_out(&self) -> u32 {
        self.left_out
    }

    /// The ASes that peers, initial seeds and caches live in, ascending.
    pub fn ases_in_use(&self) -> Vec<AsIndex> {
        let mut ases = self.place_of.clone();
        ases.extend(self.seeds.iter().chain(&self.caches).map(|source| source.as_index));
        ases.sort_unstable();
        ases.dedup();
        ases
    }
}

/// The most peers: identities below those of initial seeds.
const MOST_PEERS: u32 = Identity::FIRST_SEED;
/// The most initial seeds.
const MOST_SEEDS: u32 = Identity::FIRST_CACHE - Identity::FIRST_SEED;

fn in_range(parameter: &'static str, found: u32, most: u32) -> Result<(), PopulationError> {
    let wrong = || PopulationError::Count { parameter, found, expected: format!("1 to {most}") };
    (1..=most).contains(&found).then_some(()).ok_or_else(wrong)
}

fn initial_seeds(
    spec: &SeedsSpec,
    places: &Places,
    underlay: &Underlay,
    reachable: &dyn Fn(AsIndex) -> bool,
    seed: Seed,
) -> Result<Vec<InitialSeed>, PopulationError> {
    let given = spec.as_number.map(|number| match find(underlay, SEEDS, number) {
        Ok(index) if !reachable(index) => Err(PopulationError::OutOfReach { place: SEEDS, number }),
        found => found,
    });
    let given = given.transpose()?;
    let one = |n: u32| InitialSeed {
        identity: Identity::seed(n),
        as_index: given.unwrap_or_else(|| places.draw(seed, Purpose::SeedPlacement, u64::from(n))),
        class: None,
        up: spec.up,
        // It never downloads.
        down: spec.up,
        arrival: SimTime::ZERO,
        departure: spec.departure,
    };
    Ok((0..spec.count).map(one).collect())
}
