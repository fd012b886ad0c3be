//! `empirical`: one of the durations of a file, each with a probability in proportion to its weight.
//!
//! The measured values themselves are drawn (a weighted bootstrap), nothing between them. Length-biased: each with a probability
//! in proportion to weight × duration.

use std::sync::Arc;

use crate::units::SimDuration;

/// Durations with weights, from a file. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Empirical(Arc<Sample>);

#[derive(Debug, PartialEq)]
struct Sample {
    path: String,
    text: String,
    values: Vec<SimDuration>,
    /// Σ weights up to and including each value.
    through: Vec<f64>,
    /// Σ weights × durations up to and including each value, in nanoseconds.
    through_lengths: Vec<f64>,
}

/// Why values are no law.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum EmpiricalError {
    /// There is none.
    #[error("there is no value")]
    Empty,
    /// A weight is not a number from 0 up, or all are 0.
    #[error("the weights must be finite numbers, 0 or more, and not all 0")]
    Weights,
}

impl Empirical {
    /// The law of these values with their weights. `path` and `text`: the file that they come from, kept for provenance.
    ///
    /// # Errors
    /// No value; a weight below 0 or not finite; all weights 0.
    pub fn new(path: String, text: String, values: &[(SimDuration, f64)]) -> Result<Self, EmpiricalError> {
        if values.is_empty() {
            return Err(EmpiricalError::Empty);
        }
        let mut sample = Sample { path, text, values: Vec::new(), through: Vec::new(), through_lengths: Vec::new() };
        let (mut sum, mut lengths) = (0.0, 0.0);
        for (value, weight) in values {
            if !(weight.is_finite() && *weight >= 0.0) {
                return Err(EmpiricalError::Weights);
            }
            sum += weight;
            lengths += weight * value.as_nanos() as f64;
            sample.values.push(*value);
            sample.through.push(sum);
            sample.through_lengths.push(lengths);
        }
        if sum > 0.0 && lengths.is_finite() { Ok(Self(Arc::new(sample))) } else { Err(EmpiricalError::Weights) }
    }

    /// The file's path, as the scenario wrote it.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The file's text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The values, in the order of the file.
    pub fn values(&self) -> &[SimDuration] {
        &self.0.values
    }

    pub(super) fn draw(&self, unit: f64) -> SimDuration {
        self.0.values[place(&self.0.through, unit)]
    }

    pub(super) fn length_biased(&self, unit: f64) -> f64 {
        self.0.values[place(&self.0.through_lengths, unit)].as_nanos() as f64
    }

    pub(super) fn mean(&self) -> f64 {
        let last = |sums: &[f64]| sums.last().copied().unwrap_or_default();
        last(&self.0.through_lengths) / last(&self.0.through)
    }
}

/// The first place whose sum exceeds the share `unit` of all: never one that adds nothing.
fn place(sums: &[f64], unit: f64) -> usize {
    let all = sums.last().copied().unwrap_or_default();
    let mark = unit * all;
    let found = sums.partition_point(|sum| *sum <= mark);
    // Rounding may put the mark on the very end: then the last place that adds something.
    if found < sums.len() { found } else { sums.partition_point(|sum| *sum < all) }
}
