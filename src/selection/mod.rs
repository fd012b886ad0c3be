//! Peer selection: strategies that order candidates, and the lists drawn from that order.
//!
//! **What lives here.** [`Strategy`]: the questions a strategy answers, the [`Rank`] of a [`Group`] of candidates that
//! look alike to it (the peers of one AS) and, if it tells single ones apart, the score of a [`Candidate`] already drawn;
//! [`Catalog`]: the strategies a scenario may name, one file each; [`draw_list`]: candidates → filter → order → cut;
//! [`ExternalQuota`]: how many entries may, and must, be outsiders.
//!
//! **Model.** A list is a prefix of a random order of all candidates: uniformly shuffled, then stably sorted by the
//! ranks that the strategies give (the first decides, the next breaks its ties), then cut by the quota and the number
//! of entries asked for. It is *drawn* without building that order: only as many members are touched as the list has
//! entries. Where a strategy scores single candidates, a fixed multiple of the entries is drawn and sorted. Ranks and
//! scores are compared, never added; they have no unit. A mixture ([`Weighted`]) adds places, not ranks.
//!
//! [`draw_partly_guided`] puts a uniform sample of everybody among the entries of such a list.
//!
//! **Limits.** Most strategies see groups, not peers: they cannot tell two peers of one AS apart. Those that score see
//! single peers, but only a sample of a large swarm. Facts are what somebody reported, with their age: a strategy that
//! needs a fact nobody reported ranks the candidate last.
//!
//! **References.** ISO/IEC TR 20002, 8.3.1 (traffic localization); RFC 5694, 5.1 (the views of user, content operator and
//! network operator); Aggarwal, Feldmann, Scheideler (2007); Bindal et al. (2006); Durstenfeld (1964) for the shuffle;
//! Mitzenmacher (2001), *The power of two choices in randomized load balancing*, on picking the best of a sample.
//!
//! **May import**: `units`, `random`, `guidance` (for what network information says). **Goes next**: `management` draws
//! its lists here.

mod as_hops;
mod biased;
mod catalog;
mod draw;
mod highest_bandwidth;
mod lowest_latency;
mod quota;
mod random;
mod rarest_holders;
mod same_as;
mod same_isp;
mod strategy;
mod transit_cost;
mod weighted;

pub use as_hops::AsHops;
pub use biased::Biased;
pub use catalog::{Build, Catalog, CatalogEntry};
pub use draw::{CandidateGroup, ListRequest, draw_list, draw_partly_guided};
pub use highest_bandwidth::HighestBandwidth;
pub use lowest_latency::LowestLatency;
pub use quota::{ExternalQuota, Fill};
pub use random::Random;
pub use rarest_holders::RarestHolders;
pub use same_as::SameAs;
pub use same_isp::SameIsp;
pub use strategy::{Candidate, Group, Needs, Part, Rank, Reported, Requester, Strategy};
pub use transit_cost::TransitCost;
pub use weighted::Weighted;
