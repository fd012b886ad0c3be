//! What is measured, written once and never read back by a model.
//!
//! **What lives here.** [`Recorder`]: a run's write-only notebook (it has no getter: *no model reads a metric*), with
//! the [`Fingerprint`] of facts inside; `rows`: one struct per result table, whose fields are the columns and whose
//! docs are the data dictionary; [`RunOutcome`]: everything one run leaves behind.
//!
//! **May import**: `units`. **Goes next**: `world` closes the recorder and fills the rows; `experiment` aggregates
//! them; `report` writes them.

mod fingerprint;
mod outcome;
mod recorder;
pub mod rows;

pub use fingerprint::{FactKind, Fingerprint};
pub use outcome::{Ending, RunOutcome};
pub use recorder::{MessageCount, Recorded, Recorder};
