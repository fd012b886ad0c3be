//! Who exists and when: access classes, placement, arrivals.
//!
//! **May import**: `units`, `random`, `underlay`.

mod spec;

pub use spec::{AccessClass, AfterCompletion, Arrivals, Placement, PlacementRange, PopulationSpec, SeedsSpec};
