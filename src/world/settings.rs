//! All settings of a swept scenario, prepared.

use super::memory::readable;
use super::{Interrupted, PrepareError, Prepared};
use crate::metrics::RunOutcome;
use crate::scenario::Resolved;

/// What the runs of each setting share: one [`Prepared`] where nothing common to all arms is swept.
pub struct PreparedSettings<'a> {
    scenario: &'a Resolved,
    settings: Vec<Prepared<'a>>,
    estimate: u64,
}

impl<'a> PreparedSettings<'a> {
    /// Prepares every setting of `scenario`.
    ///
    /// # Errors
    /// As [`Prepared::new`]; `memory_limit` bytes hold for all settings together, of which any may have `jobs` runs at a
    /// time.
    pub fn new(scenario: &'a Resolved, jobs: usize, memory_limit: u64) -> Result<Self, PrepareError> {
        let mut settings: Vec<Prepared<'a>> = Vec::new();
        // Worlds live while their run does: those of the hungriest setting count once, what is kept adds up.
        let (mut kept, mut worlds) = (0_u64, 0_u64);
        for setting in scenario.settings() {
            let prepared = Prepared::new(setting, jobs, memory_limit)?;
            kept = kept.saturating_add(prepared.kept_bytes());
            worlds = worlds.max(prepared.estimated_bytes() - prepared.kept_bytes());
            let total = kept.saturating_add(worlds);
            settings.push(prepared);
            if total > memory_limit {
                return Err(PrepareError::TooLarge(format!(
                    "the first {} settings of the sweep need about {} of memory, and {} are allowed",
                    settings.len(),
                    readable(total),
                    readable(memory_limit)
                )));
            }
        }
        Ok(Self { scenario, settings, estimate: kept.saturating_add(worlds) })
    }

    /// Bytes that the experiment is estimated to need.
    pub fn estimated_bytes(&self) -> u64 {
        self.estimate
    }

    /// The settings, in order.
    pub fn settings(&self) -> &[Prepared<'a>] {
        &self.settings
    }

    /// The notes of all settings, each once.
    pub fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = Vec::new();
        for note in self.settings.iter().flat_map(Prepared::notes) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        notes
    }

    /// Runs one replication of one arm (a position among all arms of all settings), or stops when `stop` is set.
    ///
    /// # Errors
    /// [`Interrupted`] when it was told to stop.
    ///
    /// # Panics
    /// When there is no such arm.
    pub fn run(
        &self,
        arm: usize,
        replication: u32,
        stop: &std::sync::atomic::AtomicBool,
    ) -> Result<RunOutcome, Interrupted> {
        let (setting, position) = self.scenario.place_of(arm);
        self.settings[setting].run(position, replication, stop)
    }
}
