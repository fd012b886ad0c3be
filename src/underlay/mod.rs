//! The underlay: AS graph and relationships, ISPs, latency, valley-free routing; importers and generators.
//!
//! **What lives here.** [`Underlay`], built once per experiment from an [`UnderlaySpec`] and read-only afterwards;
//! [`RouteTree`] (every route to one AS), [`RouteTable`] (hop counts between the ASes in use) and [`fold_links`]
//! (bytes per inter-AS link of a traffic matrix); [`Survey`] and [`Hop`], for people who want to know a graph or a route. The sources are listed by [`catalog`].
//!
//! **Routes.** Every AS follows the export rules of Gao & Rexford (2001): routes of customers are told to everybody,
//! routes of peers and providers to customers only. A route is therefore *valley-free*: up along providers, over at
//! most one peering link, down along customers. To each destination an AS prefers the route of a customer, then of a
//! peer, then of a provider; then the shortest; then the one whose next hop has the lowest AS *number*. Next hops are
//! chosen hop by hop, and each hop is one link nearer to the destination: forwarding never loops. The length of a
//! provider route is one more than the length of the route that the provider itself uses, not the shortest imaginable.
//!
//! **Latency.** One way: `inside` + AS hops × `hop` ([`LatencySpec`]). In `isps`, where ISPs and links have delays of their
//! own: (inside of one end's ISP + inside of the other's) ÷ 2 + Σ over the links of the route of what each adds.
//! Propagation only: queues are no part of the model, and a transit ISP's own distance belongs to its links.
//!
//! **Order.** An [`AsIndex`](crate::units::AsIndex) is a position: `isps` in the order of the file; `tiered` and
//! `as-relationships` by ascending AS number. An [`IspIndex`](crate::units::IspIndex) too: `isps` in the order of the
//! file, the others in the order of each ISP's first AS. Nothing is keyed by a name.
//!
//! **Dirty input.** Scenario authors can mend an `isps` set, so everything doubtful there is an [`UnderlayError`]. A file
//! of AS relationships is somebody else's measurement; [`ImportReport`] counts what was found, with examples, and this is
//! what is done about it:
//!
//! * a *duplicate* line (the same two ASes, the same relationship) is ignored;
//! * of *contradictory* lines (the same two ASes, another relationship or the other direction) the first wins;
//! * a *self loop* (an AS linked to itself) is ignored, though the AS exists;
//! * *provider cycles* (an AS indirectly its own provider) are broken inside each strongly connected component: its ASes
//!   are put in order of falling customer count, lower AS number first among equals, and a link whose provider stands
//!   behind its customer in that order becomes a peering link. What remains follows the order: no cycle is left;
//! * *islands* (parts of the graph not connected to the largest part at all) stay; nobody there can talk to the rest;
//! * *unreachable pairs* (connected, but not without a valley) stay; [`RouteTable`] counts them among the ASes in use.
//!
//! A line that is not a relationship at all is an error, not dirt.
//!
//! Breaking cycles is not neutral: in the file of January 2017 eight links of five cycles move the mean length between
//! stubs from 4.28 hops (4.33 in an earlier, smaller sample) to 4.16, because nobody prefers a "customer" route around a
//! cycle any more; which link of a cycle is broken hardly matters (4.15 to 4.16 under five policies).
//!
//! **Limits.** 100,000 generated ASes; five million links of a file; provider chains of at most 30 links, so that a route has at most 61 (the file of
//! January 2017 has chains of 18); a route table no larger than the caller's limit.
//!
//! **Cost.** Time per destination is one pass over the provider links of ASes that have customers (`route_sweep.rs`). In
//! the file of January 2017: 0.8 ms for a [`RouteTree`]; 1 to 2 s on two busy cores and 25 MB for a [`RouteTable`] over
//! 5,000 stubs.
//!
//! **References.** Gao, *On inferring autonomous system relationships in the Internet* (2001). Gao & Rexford, *Stable
//! Internet routing without global coordination* (2001). Gill, Schapira & Goldberg, *A survey of interdomain routing
//! policies* (2013). Luckie et al., *AS relationships, customer cones, and validation* (2013), for the serial-1 format;
//! Giotsas et al., *Inferring multilateral peering* (2013), for what serial-2 adds.
//!
//! **May import**: `units`, `random`. **Goes next**: `guidance` (what ISPs tell), `population` (placement), `world`
//! (latency, capacitated links), `metrics` rows by way of `world` and `experiment`.

mod acyclic;
mod as_relationships;
pub mod catalog;
mod draft;
mod error;
mod explain;
mod import_report;
mod isp_class;
mod isps;
mod limited_links;
mod link_loads;
mod route;
mod route_graph;
mod route_sweep;
mod route_table;
mod route_tree;
mod spec;
mod survey;
mod tiered;
mod topology;
mod ways_out;
mod written_delays;

#[cfg(test)]
mod brute_force_tests;
#[cfg(test)]
mod real_file_tests;
#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod written_delays_tests;

pub use draft::AsLink;
pub use error::UnderlayError;
pub use explain::{Hop, NoRoute, Offers, Rule};
pub use import_report::{Finding, ImportReport, RelationshipLines};
pub use isp_class::IspClass;
pub use limited_links::LimitedLinkId;
pub use link_loads::{LinkKind, LinkLoad, LinkLoads, fold_links};
pub use route::RouteClass;
pub use route_table::{RouteTable, RouteTableTooLarge};
pub use route_tree::RouteTree;
pub use spec::{AsRelationshipsText, Isp, IspSet, LatencySpec, Link, LinkRelationship, Source, Tiered, UnderlaySpec};
pub use survey::{Level, Prominent, Reachability, Spread, Survey, Tier1};
pub use topology::Underlay;
pub use ways_out::WaysOut;
