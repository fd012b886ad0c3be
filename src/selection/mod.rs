//! Peer selection: strategies that order candidates, and the lists drawn from that order.
//!
//! **What lives here.** [`Strategy`]: the one question a strategy answers, the [`Rank`] of a [`Group`] of candidates
//! that look alike to it (the peers of one AS); [`Catalog`]: the strategies a scenario may name, one file each;
//! [`draw_list`]: candidates → filter → order → cut; [`ExternalQuota`]: how many entries may, and must, be outsiders.
//!
//! **Model.** A list is a prefix of a random order of all candidates: uniformly shuffled, then stably sorted by the
//! ranks that the strategies give (the first decides, the next breaks its ties), then cut by the quota and the number
//! of entries asked for. It is *drawn* without building that order: only as many members are touched as the list has
//! entries. Ranks are compared, never added; they have no unit.
//!
//! [`draw_partly_guided`] puts a uniform sample of everybody among the entries of such a list.
//!
//! **Limits.** A strategy sees groups, not peers: it cannot tell two peers of one AS apart. Facts are what somebody
//! reported, with their age: a strategy that needs a fact nobody reported ranks the group last.
//!
//! **References.** ISO/IEC TR 20002, 8.3.1 (traffic localization); Aggarwal, Feldmann, Scheideler (2007); Bindal et
//! al. (2006); Durstenfeld (1964) for the shuffle.
//!
//! **May import**: `units`, `random`. **Goes next**: `management` draws its lists here.

mod as_hops;
mod biased;
mod catalog;
mod draw;
mod quota;
mod random;
mod same_as;
mod same_isp;
mod strategy;

pub use as_hops::AsHops;
pub use biased::Biased;
pub use catalog::{Build, Catalog, CatalogEntry};
pub use draw::{CandidateGroup, ListRequest, draw_list, draw_partly_guided};
pub use quota::{ExternalQuota, Fill};
pub use random::Random;
pub use same_as::SameAs;
pub use same_isp::SameIsp;
pub use strategy::{Group, Needs, Rank, Reported, Requester, Strategy};
