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

/// Number, mean, and sum of squares about the mean of some values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Moments {
    pub(super) n: u32,
    pub(super) mean: f64,
    pub(super) squares: f64,
}

impl Moments {
    pub(super) fn of(values: &[f64]) -> Self {
        let sample = Sample::of(values, 0.5);
        let degrees = f64::from(sample.n.saturating_sub(1));
        let squares = sample.standard_deviation.map_or(0.0, |deviation| degrees * deviation * deviation);
        Self { n: sample.n, mean: sample.mean.unwrap_or_default(), squares }
    }

    /// Of `present` ones and zeros, `runs` in all.
    pub(super) fn of_presence(present: u32, runs: u32) -> Self {
        let mean = f64::from(present) / f64::from(runs.max(1));
        Self { n: runs, mean, squares: f64::from(present) * (1.0 - mean) }
    }
}

/// Quantiles of Student's t at one level, by degrees of freedom: each is computed once.
pub(super) struct Quantiles {
    level: f64,
    known: BTreeMap<u32, f64>,
}

impl Quantiles {
    /// Two-sided, at `level` inside (0, 1).
    pub(super) fn new(level: f64) -> Self {
        Self { level, known: BTreeMap::new() }
    }

    fn of(&mut self, degrees: u32) -> f64 {
        let level = self.level;
        *self.known.entry(degrees).or_insert_with(|| student_t_quantile(0.5 + level / 2.0, degrees))
    }
}

/// All bands of metrics of `runs.csv`, at a level that makes the probability of any mean outside its band `risk` at most
/// (Bonferroni).
pub(super) fn bands(result: &StoredResult, baseline: &StoredResult, risk: f64) -> Bands {
    let mut pairs = Vec::new();
    for arm in baseline.arms() {
        for metric in baseline.metrics() {
            let (before, after) = (baseline.values(arm, metric), result.values(arm, metric));
            if !before.is_empty() && !after.is_empty() && before.len() + after.len() > 2 {
                pairs.push(((arm.to_owned(), metric.to_owned()), Moments::of(&before), Moments::of(&after)));
            }
        }
    }
    let mut quantiles = Quantiles::new(1.0 - risk / pairs.len().max(1) as f64);
    pairs.into_iter().map(|(pair, before, after)| (pair, band(&before, &after, 0.0, &mut quantiles))).collect()
}

/// Student's interval for the mean of the result where it comes from the same source as the baseline, by the spread of
/// both; neither is empty, and one has at least two values. `typical` is the variance where both have none.
pub(super) fn band(old: &Moments, new: &Moments, typical: f64, quantiles: &mut Quantiles) -> NoiseBand {
    let degrees = (old.n + new.n).saturating_sub(2).max(1);
    let own = (old.squares + new.squares) / f64::from(degrees);
    let variance = if own > 0.0 { own } else { typical };
    let spread = variance.sqrt() * (1.0 / f64::from(old.n) + 1.0 / f64::from(new.n)).sqrt();
    let half = if spread > 0.0 { quantiles.of(degrees) * spread } else { 0.0 };
    NoiseBand { low: old.mean - half, high: old.mean + half, mean: new.mean }
}

/// The band of a metric in an arm, if it is one of `runs.csv`.
pub(super) fn band_of(bands: &Bands, table: &str, arm: Option<&str>, metric: &str) -> Option<NoiseBand> {
    (table == RunRow::FILE).then_some(())?;
    bands.get(&(arm?.to_owned(), metric.to_owned())).copied()
}
