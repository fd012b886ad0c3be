//! Bandwidth: resources, fluid flows, exact weighted max-min sharing.
//!
//! **May import**: `units`.

mod spec;

pub use spec::SharingSpec;
