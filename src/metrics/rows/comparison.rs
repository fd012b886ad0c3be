//! `summary.csv` and `comparisons.csv`.

use super::row;

row! {
    /// One row per arm and scalar metric, over replications.
    "summary.csv" => SummaryRow {
        /// Name of the arm.
        arm: String,
        /// Name of a numeric column of `runs.csv`.
        metric: String,
        /// Replications in which the metric has a value.
        n: u32,
        /// Mean over replications.
        mean: Option<f64>,
        /// Standard deviation over replications; empty below two.
        standard_deviation: Option<f64>,
        /// Lower end of the confidence interval of the mean (Student's t).
        ci_low: Option<f64>,
        /// Upper end of the confidence interval of the mean.
        ci_high: Option<f64>,
        /// Lower end of the prediction interval for one further run (normal theory, wider than the interval of the mean); empty below two.
        prediction_low: Option<f64>,
        /// Upper end of the prediction interval for one further run.
        prediction_high: Option<f64>,
        /// Level of both intervals.
        confidence: f64,
    }
}

row! {
    /// One row per arm other than the baseline and scalar metric: paired differences over replications.
    "comparisons.csv" => ComparisonRow {
        /// Name of the arm.
        arm: String,
        /// Name of the baseline arm.
        baseline: String,
        /// Name of a numeric column of `runs.csv`.
        metric: String,
        /// Replications in which both arms have a value.
        n: u32,
        /// Mean of the baseline over these replications.
        baseline_mean: Option<f64>,
        /// Mean of the arm over these replications.
        arm_mean: Option<f64>,
        /// Mean paired difference, arm − baseline.
        difference: Option<f64>,
        /// Lower end of the confidence interval of the difference (paired Student's t).
        ci_low: Option<f64>,
        /// Upper end of the confidence interval of the difference.
        ci_high: Option<f64>,
        /// difference ÷ baseline_mean.
        relative_difference: Option<f64>,
        /// Half-width of the interval ÷ |difference|: above 1 the sign is not established.
        half_width_relative: Option<f64>,
        /// Correlation between the arms over replications: what common random numbers brought.
        correlation: Option<f64>,
        /// `higher`, `lower`, `no-difference` (established to be below the smallest effect worth mentioning), `too-noisy`, or `not-enough-runs`.
        verdict: String,
        /// Confidence level of the interval.
        confidence: f64,
    }
}
