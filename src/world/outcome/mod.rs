//! From the end of a run to its rows.
//!
//! **What lives here.** `close` ends a run and checks that its three accounts agree; `scalars` and `steady` fill
//! `runs.csv`; `costs` what ISPs pay one another; `tables` the rest. Formulas are those of `docs/models.md`, section "Metrics".
//!
//! `window` says which peers are measured and over which time averages are taken; `observe` writes down, while the run
//! lives, what the end cannot tell any more. It looks and changes nothing: no model reads it, it settles no flow, and
//! its events come with the samples, after everything else of their instant.

mod close;
mod costs;
mod observe;
mod scalars;
mod steady;
mod tables;
mod window;

pub(super) use observe::Observed;
pub(super) use window::Window;
