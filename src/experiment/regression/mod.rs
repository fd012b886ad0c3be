//! Regression check: a result held against an earlier one, its baseline.
//!
//! **What lives here.** [`hold`] compares two results as they were read from their folders ([`StoredResult`]) and returns a
//! [`Regression`]: what was compared, what differs by how much, whether that is noise, and what passes.
//!
//! **Model.** *Exactly* where both results come from one model version ([`MODEL_VERSION`](crate::world::MODEL_VERSION)): then
//! the same scenario and seed give the same bytes, so every cell of every table of the baseline must have the same text.
//! Rows are paired by what they are about (arm, replication, metric …), columns by name. *Within tolerances* where model
//! versions differ, or a tolerance file is given: the mean of each scalar metric of `runs.csv` in each arm is judged by the
//! [`Tolerance`] that the file states for it, and so is the mean of each column for each ISP, contract, kind of message and
//! link, and each group's completion, where the baseline keeps those tables. Everything else is said to be not compared.
//!
//! *Noise* is what another set of seeds would give. With n₁ replications of mean x̄₁ in the baseline, n₂ in the result, and
//! s² the variance over both, each about its own mean, the mean of the result lies within
//! x̄₁ ± t(1 − α/2, n₁ + n₂ − 2) · s · √(1/n₁ + 1/n₂) with probability 1 − α when both come from the same source (the
//! two-sample interval of Student, with equal variances; Law, *Simulation Modeling and Analysis*, 5th ed. 2015, section
//! 10.2). The spread of both is used, because a metric that happens not to vary in one set of seeds may in the next.
//! Many metrics are compared at once, and a gate that cries wolf is switched off: with m metrics × arms, α is
//! (1 − confidence)/m (Bonferroni), so that a comparison in which nothing changed but chance passes *as a whole* with a
//! probability of at least `confidence`. Where tables with a row per ISP or group are compared, half of the risk is that of
//! `runs.csv`, and the tables share the other half equally: their many lines cost the scalar metrics little.
//!
//! **What is new passes.** Columns, metrics and arms that the baseline lacks are reported and do not fail; what the baseline
//! has and the result lacks does.
//!
//! **Units.** Those of the columns.
//!
//! **Limits.** The noise of a metric that varies neither in the baseline nor in the result is 0: any change of it is more than
//! noise. A result that varies much more than its baseline widens the interval. Replications of two model versions with one
//! seed are not paired here: the interval is the wider one of independent sets of seeds. Single
//! peers and moments of single runs are compared only exactly.
//!
//! **May import**: what `experiment` may. **Goes next**: `report` writes it for people, machines and JUnit readers.

mod entities;
mod exact;
mod noise;
mod stored;
mod within;

#[cfg(test)]
mod tests;

pub use noise::{Noise, NoiseBand};
pub use stored::{Origin, StoredResult, StoredTable};

use crate::metrics::rows::{CheckRow, ComparisonRow, PerformanceRow, ReferenceRow, Row, SummaryRow, SweepRow};
use crate::scenario::{Tolerance, ToleranceSpec};

/// How two results were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Cell by cell: both come from one model version.
    Exact,
    /// By tolerances, because the model versions differ.
    OtherModels,
    /// By tolerances, because a tolerance file was given.
    Stated,
}

/// A metric (or another column) of one arm in one table, compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The table.
    pub table: String,
    /// Name of the metric, or of the column where the table has no metrics.
    pub metric: String,
    /// The arm, where the table has arms.
    pub arm: Option<String>,
    /// Which cell `expected` and `found` are from, for people; empty: they are means over replications.
    pub cell: String,
    /// What the baseline says; `None`: nothing.
    pub expected: Option<String>,
    /// What the result says; `None`: nothing.
    pub found: Option<String>,
    /// How many cells differ.
    pub differing: u64,
    /// How many were compared.
    pub cells: u64,
    /// found − expected, where both are numbers.
    pub absolute: Option<f64>,
    /// (found − expected) ÷ |expected|, where both are numbers and expected is not 0.
    pub relative: Option<f64>,
    /// What another set of seeds would give, where that is known.
    pub noise: Option<NoiseBand>,
    /// The rule it was judged by, for people.
    pub rule: String,
    /// Whether it was left out of the judgement.
    pub ignored: bool,
    /// Whether it passes.
    pub passed: bool,
}

impl Compared {
    /// Whether anything differs.
    pub fn differs(&self) -> bool {
        self.differing > 0
    }

    /// Whether the difference is noise.
    pub fn noise_of(&self) -> Noise {
        Noise::of(self)
    }
}

/// What a result held against a baseline came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// How it was compared.
    pub mode: Mode,
    /// Probability with which a comparison that differs by chance alone is called noise as a whole.
    pub confidence: f64,
    /// Means that share the risk: the m of the model, all tables together.
    pub noisy: usize,
    /// Everything that was compared, table by table.
    pub compared: Vec<Compared>,
    /// What the result has and the baseline lacks, for people.
    pub new: Vec<String>,
    /// Tables that were compared.
    pub tables: Vec<String>,
    /// Tables that were not, of either result, and why.
    pub not_compared: Vec<(String, &'static str)>,
    /// What is different about where the two come from, one sentence each.
    pub notes: Vec<String>,
}

impl Regression {
    /// Whether everything passes.
    pub fn passed(&self) -> bool {
        self.compared.iter().all(|compared| compared.passed)
    }

    /// How many of the compared do not pass.
    pub fn failures(&self) -> usize {
        self.compared.iter().filter(|compared| !compared.passed).count()
    }
}

/// Holds `result` against `baseline`: by `tolerance` where one is given, otherwise exactly for one model version, and
/// by [`ToleranceSpec::default`] for two.
pub fn hold(result: &StoredResult, baseline: &StoredResult, tolerance: Option<&ToleranceSpec>) -> Regression {
    let same_models = result.origin.model_version == baseline.origin.model_version;
    let mode = match (tolerance, same_models) {
        (Some(_), _) => Mode::Stated,
        (None, true) => Mode::Exact,
        (None, false) => Mode::OtherModels,
    };
    let default = ToleranceSpec::default();
    let tolerance = tolerance.unwrap_or(&default);
    let risk = 1.0 - tolerance.confidence;
    let shared = mode != Mode::Exact && entities::any(baseline);
    let bands = noise::bands(result, baseline, if shared { risk / 2.0 } else { risk });
    let mut regression = Regression {
        mode,
        confidence: tolerance.confidence,
        noisy: bands.len(),
        compared: Vec::new(),
        new: Vec::new(),
        tables: Vec::new(),
        not_compared: Vec::new(),
        notes: origin_notes(result, baseline, mode),
    };
    match mode {
        Mode::Exact => exact::compare(result, baseline, &bands, &mut regression),
        Mode::OtherModels | Mode::Stated => within::compare(result, baseline, tolerance, &bands, &mut regression),
    }
    regression.not_compared = not_compared(result, baseline, &regression.tables);
    regression
}

/// The tables of either result that are not among those `compared`, and why.
fn not_compared(result: &StoredResult, baseline: &StoredResult, compared: &[String]) -> Vec<(String, &'static str)> {
    let new = result.tables.iter().filter(|table| baseline.table(&table.file).is_none());
    let files = baseline.tables.iter().chain(new).map(|table| table.file.as_str());
    let left = files.filter(|file| !compared.iter().any(|known| known == file));
    let why = |file: &str| match file {
        _ if is_outside_the_promise(file) => "wall clocks",
        _ if baseline.table(file).is_none() => "not in the baseline",
        SummaryRow::FILE | ComparisonRow::FILE | ReferenceRow::FILE | CheckRow::FILE => "computed from runs.csv",
        SweepRow::FILE => "names of arms and settings",
        _ if entities::TABLES.contains(&file) => "empty in the baseline",
        _ => "moments and peers of single runs have no mean",
    };
    left.map(|file| (file.to_owned(), why(file))).collect()
}

/// Tables that the same scenario, seed and version do not give again.
fn is_outside_the_promise(table: &str) -> bool {
    table == PerformanceRow::FILE
}

/// What is different about where the two results come from.
fn origin_notes(result: &StoredResult, baseline: &StoredResult, mode: Mode) -> Vec<String> {
    let (new, old) = (&result.origin, &baseline.origin);
    let mut notes = Vec::new();
    let mut differ = |what: &str, old: &str, new: &str| {
        if old != new {
            notes.push(format!("{what}: {old} in the baseline, {new} in the result"));
        }
    };
    differ("model version", &old.model_version.to_string(), &new.model_version.to_string());
    differ("scenario", &old.scenario, &new.scenario);
    differ("root seed", &old.seed.to_string(), &new.seed.to_string());
    differ("runs", &old.runs.to_string(), &new.runs.to_string());
    let changed = new.inputs.iter().filter_map(|(path, hash)| {
        let before = old.inputs.iter().find(|(known, _)| known == path);
        before.is_some_and(|(_, before)| before != hash).then_some(path)
    });
    notes
        .extend(changed.map(|path| format!("input file `{path}` has another content than when the baseline was made")));
    if old.scenario_hash.is_some() && new.scenario_hash.is_some() && old.scenario_hash != new.scenario_hash {
        notes.push("the scenario file has another content than when the baseline was made".to_owned());
    }
    if mode == Mode::Exact && old.runs != new.runs && old.seed == new.seed && old.scenario == new.scenario {
        notes.push(
            "tables over replications (summary.csv and others) differ when there are others: run as many as the baseline, \
             or give a tolerance file with `[default]` and `intervals = true`"
                .to_owned(),
        );
    }
    if mode == Mode::Exact && old.seed != new.seed {
        notes.push(
            "with another seed nothing is equal: give the seed of the baseline, or a tolerance file with `[default]` \
             and `intervals = true`"
                .to_owned(),
        );
    }
    notes
}

/// Whether a difference passes a tolerance: one of its limits must allow it.
fn allows(tolerance: &Tolerance, compared: &Compared, equal: bool) -> bool {
    let within =
        |size: Option<f64>, limit: Option<f64>| size.zip(limit).is_some_and(|(size, limit)| size.abs() <= limit);
    equal
        || tolerance.ignore
        || within(compared.absolute, tolerance.absolute)
        || within(compared.relative, tolerance.relative)
        || (tolerance.intervals && compared.noise_of() == Noise::Noise)
}
