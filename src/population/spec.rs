//! What a scenario may ask of the population, resolved.

use super::hosts::{HostFile, HostRole};
use super::sessions::{Session, SessionsSpec};
use crate::random::Distribution;
use crate::units::{AsNumber, BitRate, SimDuration, SimTime};

/// Who exists, where and when.
#[derive(Debug, Clone, PartialEq)]
pub struct PopulationSpec {
    /// Peers and initial seeds.
    pub crowd: Crowd,
    /// What a peer does once it has everything.
    pub after_completion: AfterCompletion,
    /// Caches besides those that a file of hosts names.
    pub caches: Option<CachesSpec>,
    /// When peers are there.
    pub sessions: SessionsSpec,
}

/// Who is there at time zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Whoever arrives then, at the beginning of a session.
    Fresh,
    /// As many as ever, in the middle of their lives.
    Stationary,
}

/// Peers and initial seeds: by laws, or host by host.
#[derive(Debug, Clone, PartialEq)]
pub enum Crowd {
    /// Drawn from laws, another draw in each replication.
    Drawn(DrawnCrowd),
    /// As a file says, the same in all replications.
    Hosts(HostFile),
}

impl PopulationSpec {
    /// Peers that arrive in a run, initial seeds not counted.
    pub fn peers(&self) -> u32 {
        match &self.crowd {
            Crowd::Drawn(drawn) => drawn.peers,
            Crowd::Hosts(file) => file.count(HostRole::Leecher) + file.count(HostRole::FreeRider),
        }
    }

    /// Caches that a file of hosts names.
    pub fn caches_of_file(&self) -> u32 {
        match &self.crowd {
            Crowd::Drawn(_) => 0,
            Crowd::Hosts(file) => file.count(HostRole::Cache),
        }
    }

    /// The files that it was read from: path as the scenario wrote it, and text.
    pub fn files(&self) -> Vec<(&str, &str)> {
        let crowd = match &self.crowd {
            Crowd::Hosts(file) => Some((file.path.as_str(), file.text.as_str())),
            Crowd::Drawn(DrawnCrowd { arrivals: Arrivals::Trace(trace), .. }) => {
                Some((trace.path.as_str(), trace.text.as_str()))
            }
            Crowd::Drawn(_) => None,
        };
        let subscribers = match &self.crowd {
            Crowd::Drawn(DrawnCrowd { placement: Placement::BySubscriberFile(file), .. }) => {
                Some((file.path.as_str(), file.text.as_str()))
            }
            _ => None,
        };
        let stay = match &self.after_completion {
            AfterCompletion::StayFor(law) => Some(law),
            AfterCompletion::Stay | AfterCompletion::Leave => None,
        };
        let (session, trace) = match &self.sessions.session {
            Session::Unlimited => (None, None),
            Session::Drawn(law) => (Some(law), None),
            Session::Trace(trace) => (None, Some((trace.path.as_str(), trace.text.as_str()))),
        };
        let laws = [stay, session, self.sessions.gap.as_ref(), self.sessions.patience.as_ref()];
        let samples = laws.into_iter().flatten().filter_map(|law| match law {
            Distribution::Empirical(sample) => Some((sample.path(), sample.text())),
            _ => None,
        });
        crowd.into_iter().chain(subscribers).chain(trace).chain(samples).collect()
    }

    /// Initial seeds.
    pub fn seeds(&self) -> u32 {
        match &self.crowd {
            Crowd::Drawn(drawn) => drawn.seeds.count,
            Crowd::Hosts(file) => file.count(HostRole::Seed),
        }
    }
}

/// A crowd by laws.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnCrowd {
    /// Peers that arrive in a run, initial seeds not counted. At least 1.
    pub peers: u32,
    /// Access classes; shares are positive and sum to 1 (± 1e-9).
    pub access: Vec<AccessClass>,
    /// Over which ASes.
    pub placement: Placement,
    /// When; of no consequence where [`SessionsSpec::say_arrivals`].
    pub arrivals: Arrivals,
    /// The initial seeds (or the origin servers of a client-server service).
    pub seeds: SeedsSpec,
}

/// An access class.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessClass {
    /// Its name, unique.
    pub name: String,
    /// Share of the peers.
    pub share: f64,
    /// Downlink, wire bits per second.
    pub down: BitRate,
    /// Uplink, wire bits per second; zero: the peer never uploads.
    pub up: BitRate,
    /// Whether its peers never upload, although their lines could.
    pub free_rider: bool,
}

/// Placement over ASes (see the room's catalog).
#[derive(Debug, Clone, PartialEq)]
pub enum Placement {
    /// Each AS of the range equally likely.
    Uniform {
        /// Which ASes.
        over: PlacementRange,
    },
    /// In proportion to the subscribers that the underlay knows of each AS.
    BySubscribers,
    /// In proportion to the subscribers that a file says each AS has.
    BySubscriberFile(SubscriberFile),
    /// In proportion to weights given AS by AS.
    ByWeight(Vec<(AsNumber, f64)>),
    /// Exactly this many peers in each AS; the counts sum to `peers`. Who of them comes first is random.
    Table(Vec<(AsNumber, u32)>),
}

/// A file of subscribers.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscriberFile {
    /// Its path, as the scenario wrote it.
    pub path: String,
    /// Its text, unpacked.
    pub text: String,
    /// Its column of AS numbers.
    pub as_column: String,
    /// Its column of subscribers.
    pub subscribers_column: String,
    /// Each AS once, with its subscribers: finite, 0 or more. ASes that the underlay does not have may be among them.
    pub rows: Vec<(AsNumber, f64)>,
}

/// Which ASes peers may live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacementRange {
    /// ASes without customers.
    Stubs,
    /// All ASes.
    All,
}

/// Arrival processes (see the room's catalog).
#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// Everybody at time zero.
    AllAtOnce,
    /// At given times, one for each peer, ascending.
    List(Vec<SimTime>),
    /// The first times of a file, ascending.
    Trace(ArrivalTrace),
    /// Independent and uniform between time zero and `within`.
    Uniform {
        /// The window, above zero.
        within: SimDuration,
    },
    /// A Poisson process from time zero on, until `peers` have arrived.
    Poisson {
        /// Mean time between two arrivals, and before the first, above zero.
        mean_gap: SimDuration,
    },
    /// A flash crowd: a Poisson process of rate (peers ÷ decay)·e^(−t ÷ decay), given that `peers` arrive in all.
    FlashCrowd {
        /// The time constant.
        decay: SimDuration,
    },
}

/// A file of arrival times.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrivalTrace {
    /// Its path, as the scenario wrote it.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its times, ascending, at least as many as peers.
    pub times: Vec<SimTime>,
}

/// What a peer does once it has everything.
#[derive(Debug, Clone, PartialEq)]
pub enum AfterCompletion {
    /// Seeds until the run ends.
    Stay,
    /// Leaves at once.
    Leave,
    /// Seeds for a drawn time, then leaves.
    StayFor(Distribution),
}

/// The initial seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedsSpec {
    /// How many, at least 1.
    pub count: u32,
    /// Uplink of each, wire bits per second.
    pub up: BitRate,
    /// Where they live; `None`: drawn by the population's placement.
    pub as_number: Option<AsNumber>,
    /// When they leave; `None`: never.
    pub departure: Option<SimTime>,
}

/// Caches of providers: seeds that announce themselves like peers and serve from time zero until the end, counted apart.
#[derive(Debug, Clone, PartialEq)]
pub struct CachesSpec {
    /// Uplink of each, wire bits per second, above 0.
    pub up: BitRate,
    /// Names of the ISPs with a cache, each once; `None`: every ISP that has peers.
    pub isps: Option<Vec<String>>,
}
