//! Who exists and when: access classes, placement, arrivals, sessions, stays.
//!
//! **What lives here.** [`Population`]: for each identity, its arrival, access class, AS and stay after completion, and the
//! initial seeds and caches. One is built per replication and is equal in all arms: every draw is keyed by an identity, never by
//! what happens in a run.
//!
//! **Model.**
//!
//! * *Access class*: independent, with the classes' shares. A class of free riders never uploads.
//! * *Placement* (laws in [`catalog::PLACEMENTS`]): `uniform`, `by-subscribers` (of the underlay, or of a file) and `by-weight` draw an AS for each
//!   identity independently, with probability weight ÷ sum of weights, among the ASes from which the control plane's servers can
//!   be reached; how many were left out is told. `table` fills every place exactly and gives the places to
//!   identities by a seeded permutation, so that who comes first says nothing about where.
//! * *Arrivals* (laws in [`catalog::ARRIVALS`]): identities are numbered in order of arrival, but for traces of sessions, and
//!   stationary starts of peers that come again.
//! * *Caches*: one in each ISP that has peers, or in named ISPs, in the AS with most peers; nothing is drawn for them.
//! * *Hosts*: instead of classes, placement, arrivals and seeds, a list of hosts from a file; nothing is drawn.
//! * *Sessions* (`sessions`): how long a peer is there at a time, how long it is away in between, how long it waits for its
//!   completion; and the stationary start of such a population.
//! * *Stay after completion*: a drawn time for each identity.
//!
//! **One peer more** renumbers nobody and moves nobody with `all-at-once`, `list` and `poisson` arrivals and with every
//! random placement. It does with `flash-crowd` and `uniform` (another arrival time slips in between, and identities are
//! in order of arrival) and with the `table` placement (another permutation).
//!
//! **Units and limits.** Times in whole nanoseconds; fewer than 2^31 + 2^30 peers, 2^28 initial seeds and as many caches (identity
//! ranges).
//!
//! **Not modelled yet**: NAT, devices and energy; sessions that depend on the hour or on what a peer has.
//!
//! **References.** Arrival rates that decay exponentially: Guo et al., *Measurements, analysis, and modeling of
//! `BitTorrent`-like systems* (2005). That the arrivals of a Poisson process, given their number, are independent draws
//! from the normalised rate, and that its gaps are independent and exponential: Kingman, *Poisson Processes* (1993), sections 2.4
//! and 4.1.
//!
//! **May import**: `units`, `random`, `underlay`. **Goes next**: `world`, which schedules the arrivals.

mod access;
mod arrivals;
mod caches;
pub mod catalog;
mod census;
mod error;
mod hosts;
mod placement;
mod sessions;
mod spec;

#[cfg(test)]
mod tests;

pub use census::{InitialSeed, Population};
pub use error::PopulationError;
pub use hosts::{Host, HostFile, HostRole};
pub use placement::{placement_ases, placement_notes};
pub use sessions::{Interval, Session, SessionTrace, SessionsSpec};
pub use spec::{
    AccessClass, AfterCompletion, ArrivalTrace, Arrivals, CachesSpec, Crowd, DrawnCrowd, Placement, PlacementRange,
    PopulationSpec, SeedsSpec, Start, SubscriberFile,
};
