//! The scenario file: parse, resolve, errors with spans.

mod resolved;

pub use resolved::{ArmSpec, ExperimentSpec, Resolved};
