//! Twins and invariants of whole runs.

mod twins;
