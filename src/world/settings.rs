//! All settings of a swept scenario, prepared.

use super::memory::readable;
use super::{Advice, Interrupted, PrepareError, Prepared};
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

    /// Keys that cannot bind, in the order of the scenario's tables: advice, no mistakes. What does not hold in all
    /// settings says of how many.
    pub fn advice(&self) -> Vec<Advice> {
        self.counted(self.settings.iter().map(Prepared::advice))
    }

    /// Keys that did not bind in any run, though it was not certain before. `outcomes` are those of all runs, in plan
    /// order.
    pub fn advice_after(&self, outcomes: &[RunOutcome]) -> Vec<Advice> {
        let mut by_setting: Vec<Vec<&RunOutcome>> = vec![Vec::new(); self.settings.len()];
        let replications = self.scenario.experiment.replications.max(1) as usize;
        for (position, outcome) in outcomes.iter().enumerate() {
            by_setting[self.scenario.place_of(position / replications).0].push(outcome);
        }
        self.counted(self.settings.iter().zip(&by_setting).map(|(setting, runs)| setting.advice_after(runs)))
    }

    /// Each piece of advice once, with the number of settings that it holds in where those are not all.
    fn counted(&self, by_setting: impl Iterator<Item = Vec<Advice>>) -> Vec<Advice> {
        let mut counted: Vec<(Advice, usize)> = Vec::new();
        for one in by_setting.flatten() {
            match counted.iter_mut().find(|(known, _)| *known == one) {
                Some((_, count)) => *count += 1,
                None => counted.push((one, 1)),
            }
        }
        let settings = self.settings.len();
        let said = counted.into_iter().map(|(mut one, count)| {
            if count < settings {
                one.message = format!("{} (In {count} of {settings} settings of the sweep.)", one.message);
            }
            one
        });
        said.collect()
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
