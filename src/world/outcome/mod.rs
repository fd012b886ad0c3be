//! From the end of a run to its rows.
//!
//! **What lives here.** `close` ends a run and checks that its three accounts agree; `scalars` fills `runs.csv`; `tables`
//! the rest. Formulas are those of `docs/models.md`, section "Metrics".

mod close;
mod scalars;
mod tables;
