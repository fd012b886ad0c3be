//! Everybody of a run, present or not: what was given to them, and what became of them.

use crate::population::{HostRole, InitialSeed};
use crate::services::PeerAccount;
use crate::units::{AsIndex, BitRate, Identity, PeerRef, SimDuration, SimTime};

/// A peer, an initial seed or a cache.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) identity: Identity,
    pub(super) as_index: AsIndex,
    pub(super) role: HostRole,
    /// Position of the access class in the population; `None` where it has none.
    pub(super) access: Option<usize>,
    pub(super) up: BitRate,
    pub(super) down: BitRate,
    pub(super) arrival: SimTime,
    /// When an initial seed or a cache leaves; `None`: never. When peers leave depends on the run.
    pub(super) departure: Option<SimTime>,
    pub(super) here: Option<PeerRef>,
    pub(super) arrived: bool,
    /// When it last came.
    pub(super) since: SimTime,
    /// Sessions that it has begun.
    pub(super) sessions: u32,
    /// Begin and end of sessions before the last one.
    pub(super) earlier: Vec<(SimTime, SimTime)>,
    /// When it last left; `None`: it is here, or never came.
    pub(super) left: Option<SimTime>,
    /// When it leaves for good, once that is known.
    pub(super) leaves_at: Option<SimTime>,
    /// Whether it left for good before it was complete.
    pub(super) left_early: bool,
    pub(super) first_connection: Option<SimTime>,
    pub(super) connections: u32,
    pub(super) connections_external: u32,
    pub(super) downloaded_local: u64,
    pub(super) partners_external: u32,
    pub(super) account: PeerAccount,
    pub(super) tally: Tally,
}

/// What is written down about a person at given moments, for the scalars of a run; read when it is over.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Payload bytes sent until the warm-up was over; `None`: not present then.
    pub(super) at_warm_up: Option<u64>,
    /// Payload bytes sent until it had everything.
    pub(super) at_completion: Option<u64>,
    /// Payload bytes sent until the horizon; `None`: not present then.
    pub(super) at_horizon: Option<u64>,
    /// Bytes that its uplink carried until it left.
    pub(super) wire: u64,
    /// Payload bytes received from initial seeds.
    pub(super) from_seeds: u64,
}

impl Person {
    pub(super) fn new(
        identity: Identity,
        role: HostRole,
        as_index: AsIndex,
        access: Option<usize>,
        up: BitRate,
        down: BitRate,
        arrival: SimTime,
    ) -> Self {
        Self {
            identity,
            as_index,
            role,
            access,
            up,
            down,
            arrival,
            departure: None,
            here: None,
            arrived: false,
            since: arrival,
            sessions: 0,
            earlier: Vec::new(),
            left: None,
            leaves_at: None,
            left_early: false,
            first_connection: None,
            connections: 0,
            connections_external: 0,
            downloaded_local: 0,
            partners_external: 0,
            account: PeerAccount::default(),
            tally: Tally::default(),
        }
    }

    /// Begin and end of each session, until `now` if it is here.
    pub(super) fn spans(&self, now: SimTime) -> impl Iterator<Item = (SimTime, SimTime)> + '_ {
        let last = (self.since, self.left.unwrap_or(now));
        self.earlier.iter().copied().chain(std::iter::once(last))
    }

    /// How long it has been here until `until`.
    pub(super) fn online(&self, until: SimTime) -> SimDuration {
        let nanos = self.spans(until).map(|(from, to)| to.min(until).since(from).as_nanos());
        SimDuration::from_nanos(nanos.sum())
    }

    /// Somebody who has everything when it comes.
    pub(super) fn source(given: &InitialSeed, role: HostRole) -> Self {
        let InitialSeed { identity, as_index, class, up, down, arrival, departure } = *given;
        Self { departure, ..Self::new(identity, role, as_index, class, up, down, arrival) }
    }
}

/// Peers, initial seeds and caches, each by identity.
#[derive(Debug)]
pub(super) struct People {
    pub(super) peers: Vec<Person>,
    pub(super) seeds: Vec<Person>,
    pub(super) caches: Vec<Person>,
    pub(super) present: u32,
    pub(super) complete: u32,
}

impl People {
    pub(super) fn get_mut(&mut self, identity: Identity) -> &mut Person {
        if identity.is_cache() {
            &mut self.caches[(identity.0 - Identity::FIRST_CACHE) as usize]
        } else if identity.is_seed() {
            &mut self.seeds[(identity.0 - Identity::FIRST_SEED) as usize]
        } else {
            &mut self.peers[identity.index()]
        }
    }

    /// Peers present, and how many of them have everything; initial seeds and caches are not counted.
    pub(super) const fn counts(&self) -> (u32, u32) {
        (self.present, self.complete)
    }

    /// Initial seeds and caches that arrived.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Person> {
        self.seeds.iter().chain(&self.caches).filter(|person| person.arrived)
    }

    /// Peers that arrived, then initial seeds and caches that did.
    pub(super) fn everybody(&self) -> impl Iterator<Item = &Person> {
        self.peers.iter().filter(|person| person.arrived).chain(self.sources())
    }
}
