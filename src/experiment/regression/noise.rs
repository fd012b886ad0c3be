//! What another set of seeds would give.

use std::collections::BTreeMap;

use super::{Compared, StoredResult};
use crate::experiment::{Sample, student_t_quantile};
use crate::metrics::rows::{Row, RunRow};

/// Whether a difference is noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// Another set of seeds would give as much.
    Noise,
    /// It is more than another set of seeds would give.
    More,
    /// There is a single replication on either side, or it is no scalar metric.
    Unknown,
}

/// Where the mean over the result's replications is to be expected when nothing but seeds differs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoiseBand {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The mean that was found.
    pub mean: f64,
}

impl Noise {
    pub(super) fn of(compared: &Compared) -> Self {
        match compared.noise {
            None => Self::Unknown,
            Some(NoiseBand { low, high, mean }) if low <= mean && mean <= high => Self::Noise,
            Some(_) => Self::More,
        }
    }

    /// The name used in tables for machines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::More => "more-than-noise",
            Self::Unknown => "unknown",
        }
    }
}

/// The bands of all metrics of all arms that both results have, one of them at least twice: by arm and metric.
pub(super) type Bands = BTreeMap<(String, String), NoiseBand>;

/// All bands, at a level that makes `confidence` hold for all of them together (Bonferroni).
pub(super) fn bands(result: &StoredResult, baseline: &StoredResult, confidence: f64) -> Bands {
    let mut pairs = Vec::new();
    for arm in baseline.arms() {
        for metric in baseline.metrics() {
            let (before, after) = (baseline.values(arm, metric), result.values(arm, metric));
            if !before.is_empty() && !after.is_empty() && before.len() + after.len() > 2 {
                pairs.push(((arm.to_owned(), metric.to_owned()), before, after));
            }
        }
    }
    let level = 1.0 - (1.0 - confidence) / pairs.len().max(1) as f64;
    pairs.into_iter().map(|(pair, before, after)| (pair, band(&before, &after, level))).collect()
}

/// Student's interval for the mean of the result where it comes from the same source as the baseline, by the spread of
/// both; neither is empty, and one has at least two values.
fn band(before: &[f64], after: &[f64], level: f64) -> NoiseBand {
    let (old, new) = (Sample::of(before, level), Sample::of(after, level));
    let squares = |sample: &Sample| {
        let degrees = f64::from(sample.n.saturating_sub(1));
        sample.standard_deviation.map_or(0.0, |deviation| degrees * deviation * deviation)
    };
    let degrees = (old.n + new.n).saturating_sub(2);
    let deviation = ((squares(&old) + squares(&new)) / f64::from(degrees.max(1))).sqrt();
    let spread = deviation * (1.0 / f64::from(old.n) + 1.0 / f64::from(new.n)).sqrt();
    let half = student_t_quantile(0.5 + level / 2.0, degrees) * spread;
    let mean = old.mean.unwrap_or_default();
    NoiseBand { low: mean - half, high: mean + half, mean: new.mean.unwrap_or_default() }
}

/// The band of a metric in an arm, if it is one of `runs.csv`.
pub(super) fn band_of(bands: &Bands, table: &str, arm: Option<&str>, metric: &str) -> Option<NoiseBand> {
    (table == RunRow::FILE).then_some(())?;
    bands.get(&(arm?.to_owned(), metric.to_owned())).copied()
}
