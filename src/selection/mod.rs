//! Peer selection: strategies that order candidates.
//!
//! **May import**: `units`, `random`.

mod catalog;
mod strategy;

pub use catalog::{Catalog, CatalogEntry};
pub use strategy::{Group, Needs, Rank, Reported, Requester, Strategy};
