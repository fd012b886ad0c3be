//! A resolved scenario and a seed come alive.

use std::sync::atomic::AtomicBool;

use crate::metrics::RunOutcome;
use crate::scenario::Resolved;

/// What all runs of an experiment share, built once: the underlay and its routes.
pub struct Prepared<'a> {
    scenario: &'a Resolved,
}

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

impl<'a> Prepared<'a> {
    /// Builds the underlay and routes; refuses what needs more than `memory_limit` bytes with `jobs` runs at a time.
    pub fn new(scenario: &'a Resolved, jobs: usize, memory_limit: u64) -> Result<Self, PrepareError> {
        let _ = (jobs, memory_limit);
        Ok(Self { scenario })
    }

    /// What the preparation noticed (dirt in files, unreachable pairs …), one sentence each.
    pub fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// Runs one replication of one arm to its end, or until `stop` is set.
    pub fn run(&self, arm: usize, replication: u32, stop: &AtomicBool) -> Result<RunOutcome, Interrupted> {
        let _ = (arm, replication, stop, self.scenario);
        Err(Interrupted)
    }
}
