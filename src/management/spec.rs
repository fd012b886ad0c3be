//! What a scenario may ask of the control plane, resolved.

use std::sync::Arc;

use crate::guidance::Details;
use crate::random::Distribution;
use crate::selection::{ExternalQuota, Needs, Strategy};
use crate::units::{AsNumber, SimDuration, SimTime};

/// The control plane of one arm.
#[derive(Debug, Clone)]
pub enum ManagementSpec {
    /// Plain peer-to-peer: a tracker that returns random lists.
    Unmanaged(ServerSpec),
    /// The standard's management entities.
    Managed(ManagedSpec),
}

/// The standard's servers that an arm switches on.
#[derive(Debug, Clone)]
pub struct ManagedSpec {
    /// The Overlay Management Server.
    pub oms: OmsSpec,
    /// The Underlying Network Information Server; `None`: nobody tells the OMS about the network.
    pub unis: Option<UnisSpec>,
}

/// What every server has.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerSpec {
    /// The AS it lives in; `None`: the AS with most customers (lowest number among equals).
    pub as_number: Option<AsNumber>,
    /// Time it works on one request; requests queue first come, first served.
    pub service_time: Distribution,
    /// Times in which it is down: what arrives then is lost, and so is what waits when one begins.
    pub outages: Vec<Outage>,
}

/// A time in which a server is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// Begins.
    pub from: SimTime,
    /// Ends (exclusive).
    pub until: SimTime,
}

/// The Overlay Management Server.
#[derive(Debug, Clone)]
pub struct OmsSpec {
    /// The server itself.
    pub server: ServerSpec,
    /// Strategies that order candidates: the first decides, the next breaks its ties, chance breaks the rest.
    pub order: Vec<NamedStrategy>,
    /// Quota of entries from other ISPs than the requester's; `None`: no quota.
    pub external: Option<ExternalQuota>,
    /// Share of a list's entries that is drawn by lot from the whole swarm instead of in order, 0 to 1.
    pub unguided: f64,
    /// Limits of a peer's neighbourhood, which the OMS tells the peers; `None`: none but `max_connections`.
    pub neighbours: Option<NeighbourLimits>,
    /// What the strategies of `order` need to know.
    pub needs: Needs,
    /// What peers report to the OMS.
    pub reports: Reports,
    /// Candidates drawn for each list entry, where a strategy tells single candidates apart; at least 1.
    pub sample: u32,
}

/// What peers report of themselves to the OMS, which plays the part of the standard's PAMS (8.2.8) as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reports {
    /// Whether announces say what the uplink carries.
    pub uplink: bool,
    /// Time between reports of the pieces held; `None`: none are sent.
    pub pieces: Option<SimDuration>,
}

/// Limits of a peer's neighbourhood: of its *connections*, whoever opened them, at every instant (Bindal et al. 2006).
///
/// Who is external is what the OMS said when it listed one end to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NeighbourLimits {
    /// At most so many external neighbours.
    pub external: Option<u32>,
    /// At most so many others.
    pub internal: Option<u32>,
    /// Who may connect to a peer.
    pub accept: Accept,
}

/// Whose contacts a peer accepts while it has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accept {
    /// Anybody's.
    #[default]
    Any,
    /// Those of peers that the OMS vouches for: the other one stands on the last list that this peer was sent, or this
    /// peer on the last list that the other was sent (its entry is a ticket, good until the next list).
    Listed,
}

/// A strategy with the text that named it in the scenario.
#[derive(Clone)]
pub struct NamedStrategy {
    /// Name in the catalog.
    pub name: String,
    /// The implementation.
    pub strategy: Arc<dyn Strategy>,
}

impl ManagementSpec {
    /// Limits of neighbourhoods, if this arm has any.
    pub fn neighbours(&self) -> Option<NeighbourLimits> {
        match self {
            Self::Unmanaged(_) => None,
            Self::Managed(managed) => managed.oms.neighbours,
        }
    }

    /// What peers report of themselves.
    pub fn reports(&self) -> Reports {
        match self {
            Self::Unmanaged(_) => Reports::default(),
            Self::Managed(managed) => managed.oms.reports,
        }
    }

    /// What UNIS is asked for, besides hops and ownership.
    pub fn details(&self) -> Details {
        match self {
            Self::Unmanaged(_) => Details::default(),
            Self::Managed(managed) => managed.oms.details(),
        }
    }
}

impl OmsSpec {
    /// An OMS that lists by lot.
    pub const fn by_lot(server: ServerSpec) -> Self {
        Self {
            server,
            order: Vec::new(),
            external: None,
            unguided: 0.0,
            neighbours: None,
            needs: Needs { network_information: false, delays: false, ways_out: false, uplinks: false, pieces: false },
            reports: Reports { uplink: false, pieces: None },
            sample: Self::SAMPLE,
        }
    }

    /// Candidates drawn for each list entry unless the scenario says otherwise.
    pub const SAMPLE: u32 = 4;

    /// What it asks UNIS for, besides hops and ownership.
    pub const fn details(&self) -> Details {
        Details { delays: self.needs.delays, ways_out: self.needs.ways_out }
    }
}

impl NeighbourLimits {
    /// Whether one more neighbour of this kind fits beside `internal` and `external` ones.
    pub fn has_room(&self, external: bool, used_internal: u32, used_external: u32) -> bool {
        let (limit, used) = if external { (self.external, used_external) } else { (self.internal, used_internal) };
        limit.is_none_or(|limit| used < limit)
    }
}

impl std::fmt::Debug for NamedStrategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NamedStrategy").field(&self.name).finish()
    }
}

/// The Underlying Network Information Server.
#[derive(Debug, Clone, PartialEq)]
pub struct UnisSpec {
    /// The server itself.
    pub server: ServerSpec,
    /// The OMS asks again when what it was told is older than this.
    pub max_age: SimDuration,
}

/// In which order a peer contacts those it was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContactOrder {
    /// As it was told.
    #[default]
    AsListed,
    /// Shortest round-trip time first, measured by a probe of each listed address.
    RoundTrip {
        /// Whoever has not answered by then comes last.
        timeout: SimDuration,
    },
    /// Highest canonical peer priority first (BEP 40).
    PeerPriority,
}

impl ContactOrder {
    /// Name in scenario files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsListed => "as-listed",
            Self::RoundTrip { .. } => "round-trip",
            Self::PeerPriority => "peer-priority",
        }
    }
}

/// The peers' side of the control plane: the same in all arms.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoverySpec {
    /// Entries a peer asks for (`numwant` in `BitTorrent`).
    pub list: u32,
    /// Time between regular announces; `None`: a single announce, no refresh (early ones neither).
    pub interval: Option<SimDuration>,
    /// A peer with fewer connections than this (and than `wanted`), and nobody left to contact, announces early …
    pub low_mark: u32,
    /// … but not sooner than this after its last announce.
    pub min_interval: SimDuration,
    /// Without an answer after this time an announce has failed.
    pub timeout: SimDuration,
    /// Wait before the first repetition of a failed announce; doubles with each further one.
    pub retry: SimDuration,
    /// The longest wait between repetitions.
    pub retry_max: SimDuration,
    /// Connections a peer wants: it contacts listed peers until it has so many.
    pub wanted: u32,
    /// Connections a peer accepts in all, inbound included; at most 64 for an ordinary peer.
    pub max_connections: u32,
    /// Contact attempts under way at once.
    pub half_open: u32,
    /// A contact attempt without an answer after this time has failed.
    pub connect_timeout: SimDuration,
    /// Wait before a listed peer that failed is contacted again; doubles with each further failure.
    pub backoff: SimDuration,
    /// Attempts after which a listed peer is forgotten until it is listed again.
    pub attempts: u32,
    /// Whether listed peers stay known, and connections open, when a new list comes. Else the neighbourhood follows the
    /// list: others are forgotten, and connections that the peer itself opened to them are closed.
    pub accumulate: bool,
}
