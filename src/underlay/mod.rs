//! The underlay: AS graph and relationships, ISPs, latency, valley-free routing; importers and generators.
//!
//! **May import**: `units`, `random`.

mod spec;

pub use spec::{AsRelationshipsText, Isp, IspSet, LatencySpec, Link, LinkRelationship, Source, Tiered, UnderlaySpec};
