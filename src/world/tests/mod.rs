//! Twins and invariants of whole runs.

mod swarming;
mod twins;
