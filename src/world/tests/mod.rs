//! Twins and invariants of whole runs.
