//! A resolved scenario and a seed come alive.
//!
//! **What lives here.** [`Prepared`]: what all runs share, built once (underlay, populations, routes). A run is a `World`:
//! plain arrays of all that lives, a closed event enum, and a loop. Rooms below schedule nothing; the world turns their
//! effects into events.
//!
//! **The loop.** All events of an instant are dispatched in the order of their keys (class, rank, kind: see `event`), then
//! rates are solved once, then samples are taken. A run ends when everybody has completed, when nobody who is here or
//! will come can ever complete, or at the deadline.
//!
//! **Checked at the end of every run, in release builds too**: the senders' account, the receivers' account and the
//! traffic matrix agree to the byte; no piece was verified twice; no resource carried more than its capacity.
//!
//! **May import**: every lower room. **Goes next**: `experiment` runs arms × replications and compares.

mod advice;
mod approximations;
mod build;
mod contacts;
mod event;
mod external_places;
mod full_links;
mod link_samples;
mod mail;
mod memory;
mod outcome;
mod people;
mod prepare;
mod presence;
mod settings;
mod state;
#[cfg(test)]
mod tests;
mod traffic;
mod version;

pub use advice::Advice;
pub use prepare::Prepared;
pub use settings::PreparedSettings;
pub use version::MODEL_VERSION;

/// Why an experiment cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The scenario asks for something that its own data contradict; the text is for people.
    #[error("{0}")]
    Invalid(String),
    /// It would need more memory than allowed; the text gives the estimate.
    #[error("{0}")]
    TooLarge(String),
}

/// The run was told to stop before it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

/// Twins of a run that must leave the same facts: for tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Nothing sleeps: every choke clock runs, every neighbour is woken by every HAVE.
    pub polling: bool,
    /// The schedule is a binary heap.
    pub heap: bool,
}
