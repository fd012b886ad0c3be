//! What a scenario may ask of the underlay, resolved: no `Option` stands for a default.

use crate::units::{AsNumber, BitRate, SimDuration};

/// The underlay of an experiment: one for all arms and replications.
#[derive(Debug, Clone, PartialEq)]
pub struct UnderlaySpec {
    /// Where the AS graph comes from.
    pub source: Source,
    /// Propagation delays.
    pub latency: LatencySpec,
}

/// One-way delay between two peers = `inside` + AS hops × `hop`. Of an explicit set: what an ISP or a link that does not
/// say otherwise was given by whoever wrote [`Isp::latency`] and [`Link::latency`]; routes there take those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatencySpec {
    /// One-way delay between two hosts of one AS, access lines included.
    pub inside: SimDuration,
    /// One-way delay that each inter-AS link on the route adds.
    pub hop: SimDuration,
}

/// The sources of an AS graph (see the room's catalog).
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A small set written out in the scenario.
    Isps(IspSet),
    /// A generated graph.
    Tiered(Tiered),
    /// A CAIDA serial-1 or serial-2 file: the text as read by `scenario`, and the path for messages.
    AsRelationships(AsRelationshipsText),
}

/// An explicit set of ISPs and links.
#[derive(Debug, Clone, PartialEq)]
pub struct IspSet {
    /// The ISPs, in the order of the file.
    pub isps: Vec<Isp>,
    /// The links between ASes, in the order of the file.
    pub links: Vec<Link>,
}

/// An ISP of an explicit set.
#[derive(Debug, Clone, PartialEq)]
pub struct Isp {
    /// Its name, unique.
    pub name: String,
    /// Its ASes, at least one, each owned once.
    pub ases: Vec<AsNumber>,
    /// Its weight in `by-subscribers` placement, spread evenly over its ASes; not negative.
    pub subscribers: f64,
    /// One-way delay between two hosts inside it, access lines included.
    pub latency: SimDuration,
}

/// A link of an explicit set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// One end: the provider, or either peer.
    pub a: AsNumber,
    /// The other end: the customer, or the other peer.
    pub b: AsNumber,
    /// What `a` is to `b`.
    pub relationship: LinkRelationship,
    /// Capacity from `a` to `b`; `None`: not limited.
    pub capacity_ab: Option<BitRate>,
    /// Capacity from `b` to `a`; `None`: not limited.
    pub capacity_ba: Option<BitRate>,
    /// One-way delay that it adds, the same each way.
    pub latency: SimDuration,
}

/// Business relationship of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkRelationship {
    /// `a` is the provider, `b` the customer.
    ProviderCustomer,
    /// Settlement-free peers.
    Peering,
}

/// A generated graph that looks like the real one.
#[derive(Debug, Clone, PartialEq)]
pub struct Tiered {
    /// Number of ASes, 10 to 100,000.
    pub ases: u32,
    /// Provider-free ASes in a full mesh of peering links.
    pub tier1: u32,
    /// Share of ASes that provide transit (tier 1 included).
    pub transit_share: f64,
    /// Share of stubs with more than one provider.
    pub multihomed_share: f64,
    /// Peering links per transit AS, mean.
    pub peering_degree: f64,
    /// Share of ASes that belong to an ISP with more than one AS.
    pub sibling_share: f64,
    /// Exponent of the Zipf law of subscribers over stub ASes; 0: all equal.
    pub subscriber_exponent: f64,
}

/// A file of AS relationships, already read.
#[derive(Debug, Clone, PartialEq)]
pub struct AsRelationshipsText {
    /// The path as the scenario wrote it, for messages and provenance.
    pub path: String,
    /// The file's content, unpacked.
    pub text: String,
}
