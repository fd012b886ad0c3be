//! A resolved scenario: defaults filled, cross-checked. Whatever is here can run.

use std::path::PathBuf;

use xxhash_rust::xxh3::xxh3_64;

use super::sweep::Sweep;
use crate::bandwidth::SharingSpec;
use crate::economics::EconomicsSpec;
use crate::management::{ContactOrder, DiscoverySpec, ManagementSpec};
use crate::population::PopulationSpec;
use crate::services::ServiceSpec;
use crate::underlay::UnderlaySpec;
use crate::units::SimDuration;

/// One question, ready to run.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Name of the results folder: the scenario's path below `scenarios/` without extension, or its file stem.
    pub name: String,
    /// The question, for people.
    pub title: String,
    /// The leading comment lines of the file, without `#`.
    pub preamble: Vec<String>,
    /// Replications, seeds, statistics.
    pub experiment: ExperimentSpec,
    /// The same for all arms.
    pub underlay: UnderlaySpec,
    /// The same for all arms.
    pub population: PopulationSpec,
    /// The same for all arms.
    pub sharing: SharingSpec,
    /// The same for all arms.
    pub discovery: DiscoverySpec,
    /// The variants to compare, in the order of the file; names are unique.
    pub arms: Vec<ArmSpec>,
    /// What the results are held against, in the order of the file. Changes no run.
    pub references: Vec<ReferenceSpec>,
    /// What ISPs pay one another; `None`: nothing is said of money. Changes no run.
    pub economics: Option<EconomicsSpec>,
    /// What the results must satisfy, in the order of the file. Changes no run.
    pub checks: Vec<CheckSpec>,
    /// What is swept; the specs above are then those of the first setting, and [`arms`](Self::arms) are all arms of all
    /// settings: whoever compares arms goes by [`Resolved::settings`].
    pub sweep: Option<Sweep>,
    /// What the file said that the specs do not keep; used to write the scenario back.
    pub as_written: AsWritten,
}

/// What the scenario file said that no spec keeps: only [`Resolved::to_toml`] and its siblings read it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AsWritten {
    /// The scenario file itself, before the command line changed anything; `None` for scenarios that come from no file.
    pub file: Option<InputFile>,
    /// The scenario file's folder, from which files that it names were read.
    pub folder: PathBuf,
    /// For each arm, for each strategy of its OMS's order: the parameters (empty: none).
    pub strategy_parameters: Vec<Vec<toml::Table>>,
    /// The scenario's own service, where it has one.
    pub service: Option<ServiceSpec>,
    /// For each arm, whether it has a service of its own.
    pub own_service: Vec<bool>,
    /// Whether this is one point of a sweep, to be written as the file had it: see `write_sweep`.
    pub swept: bool,
    /// The whole file with what the command line changed.
    pub document: toml::Table,
}

/// A file that was read, as provenance names it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InputFile {
    /// Its path, as the scenario (for the scenario itself: the command line) wrote it.
    pub path: String,
    /// Size of its content in bytes.
    pub bytes: u64,
    /// XXH3 (64 bits) of its content, unpacked where the file is packed, as 16 hexadecimal digits.
    pub xxh3: String,
}

impl InputFile {
    /// The file at `path` that holds `text`.
    pub fn of(path: &str, text: &str) -> Self {
        let bytes = text.as_bytes();
        Self { path: path.to_owned(), bytes: bytes.len() as u64, xxh3: format!("{:016x}", xxh3_64(bytes)) }
    }
}

/// How the experiment is run and judged.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentSpec {
    /// Root seed.
    pub seed: u64,
    /// Whether the seed was defaulted.
    pub seed_defaulted: bool,
    /// Replications of each arm, at least 1.
    pub replications: u32,
    /// Position of the baseline in `arms`.
    pub baseline: usize,
    /// A run ends here at the latest.
    pub deadline: SimDuration,
    /// Peers that arrive earlier are not measured.
    pub warm_up: SimDuration,
    /// Peers that arrive later are not measured; `None`: all to come are. Not before the warm-up is over.
    pub horizon: Option<SimDuration>,
    /// Sampling period of the time series. Changes `time_series.csv` only.
    pub sampling: SimDuration,
    /// Confidence level of intervals, inside (0, 1).
    pub confidence: f64,
    /// Smallest relative difference worth mentioning. Changes verdicts only.
    pub smallest_effect: f64,
    /// Rows of the traffic matrix kept per run. Changes `traffic_matrix.csv` (and the heat map) only.
    pub matrix_rows: u32,
}

/// One variant of the experiment.
#[derive(Debug, Clone)]
pub struct ArmSpec {
    /// Its name, unique.
    pub name: String,
    /// What overlays are for in this arm (the scenario's service, unless the arm has its own).
    pub service: ServiceSpec,
    /// The control plane.
    pub management: ManagementSpec,
    /// In which order its peers contact those they were told of.
    pub contacts: ContactOrder,
}

/// Bounds that a metric must keep. Changes tables, reports and the exit code only.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckSpec {
    /// A numeric column of `runs.csv`.
    pub metric: &'static str,
    /// Position of the arm it speaks of in `arms`; `None`: every arm (of differences: every one but the baseline).
    pub arm: Option<usize>,
    /// What the bounds are for.
    pub of: CheckOf,
    /// What of it must lie within them.
    pub statistic: CheckStatistic,
    /// Lower bound, itself allowed. One of the two is there.
    pub min: Option<f64>,
    /// Upper bound, itself allowed.
    pub max: Option<f64>,
}

/// What the bounds of a check are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOf {
    /// The metric itself.
    Value,
    /// Arm − baseline, paired by replication.
    Difference,
    /// That, divided by the baseline's mean.
    RelativeDifference,
}

impl CheckOf {
    /// Its name in scenarios and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Difference => "difference",
            Self::RelativeDifference => "relative-difference",
        }
    }
}

/// What must lie within the bounds of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStatistic {
    /// The mean over replications.
    Mean,
    /// The whole confidence interval of the mean.
    Interval,
    /// Every run.
    EveryRun,
}

impl CheckStatistic {
    /// Its name in scenarios and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Interval => "interval",
            Self::EveryRun => "every-run",
        }
    }
}

/// What a metric is held against: a closed form, a published figure, a measurement. Changes tables and reports only.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceSpec {
    /// A numeric column of `runs.csv`; of `isps.csv` where an ISP is named.
    pub metric: &'static str,
    /// Name of the ISP of which the metric speaks; `None`: of the whole run.
    pub isp: Option<String>,
    /// Position of the arm it speaks of in `arms`; `None`: every arm.
    pub arm: Option<usize>,
    /// What stands on the other side.
    pub against: HeldAgainst,
    /// Which values are accepted.
    pub accepted: Accepted,
    /// Where it comes from.
    pub source: String,
    /// A short name, unique for each metric and arm.
    pub label: String,
}

/// What a metric is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HeldAgainst {
    /// A number in the unit of the column.
    Value(f64),
    /// Another numeric column of `runs.csv`: the ratio of the two, run by run, is held against 1.
    Column(&'static str),
    /// The same metric in the arm at this position: the ratio to it, replication by replication, is held against a band.
    Arm(usize),
    /// Nothing but a band.
    Band,
}

/// Which values of the metric (with [`HeldAgainst::Column`]: of the ratio) are accepted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Accepted {
    /// Those between two ends, either of which may be missing; with neither nothing is accepted or refused.
    Between {
        /// Lower end, itself accepted.
        low: Option<f64>,
        /// Upper end, itself accepted.
        high: Option<f64>,
    },
    /// Those at most this far from the reference, relative to it.
    Within(f64),
}

impl ReferenceSpec {
    /// Both ends of the band that is accepted; `None` where an end is open.
    pub fn band(&self) -> (Option<f64>, Option<f64>) {
        let centre = match self.against {
            HeldAgainst::Value(value) => Some(value),
            HeldAgainst::Column(_) => Some(1.0),
            HeldAgainst::Arm(_) | HeldAgainst::Band => None,
        };
        match (self.accepted, centre) {
            (Accepted::Between { low, high }, _) => (low, high),
            (Accepted::Within(share), Some(centre)) => {
                (Some(centre - share * centre.abs()), Some(centre + share * centre.abs()))
            }
            (Accepted::Within(_), None) => (None, None), // refused when the scenario was read
        }
    }
}
