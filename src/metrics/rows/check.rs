//! `checks.csv`.

use super::row;

row! {
    /// One row per check of the scenario and arm that it speaks of: the bounds, and whether they hold. Only the header where the scenario has no checks.
    "checks.csv" => CheckRow {
        /// Name of the arm.
        arm: String,
        /// Name of a numeric column of `runs.csv`.
        metric: String,
        /// What is held: `value` (the metric), `difference` (arm − baseline, paired by replication) or `relative-difference` (that ÷ the mean of the baseline).
        of: String,
        /// Name of the baseline arm; empty for `value`.
        baseline: Option<String>,
        /// What must lie within the bounds: `mean`, `interval` (the whole confidence interval of the mean) or `every-run`.
        statistic: String,
        /// Replications in which it has a value.
        n: u32,
        /// Replications in which it has none: a check with any of them fails.
        missing: u32,
        /// Mean over replications.
        mean: Option<f64>,
        /// Lower end of the confidence interval of the mean (Student's t); empty below two values.
        ci_low: Option<f64>,
        /// Upper end of the confidence interval of the mean.
        ci_high: Option<f64>,
        /// Level of the interval.
        confidence: f64,
        /// The lowest of the runs.
        lowest: Option<f64>,
        /// The highest of the runs.
        highest: Option<f64>,
        /// Lower bound, itself allowed; empty: none.
        min: Option<f64>,
        /// Upper bound, itself allowed; empty: none.
        max: Option<f64>,
        /// Whether the check passes.
        passed: bool,
        /// Whether the whole confidence interval of the mean lies on one side of each bound, so that other seeds would hardly change the answer for the mean; empty below two values.
        settled: Option<bool>,
    }
}
