//! `references.csv`.

use super::row;

row! {
    /// One row per reference of the scenario and arm that it speaks of: what the model is held against, and whether its mean lies in the band that is accepted. Only the header where the scenario names no reference.
    "references.csv" => ReferenceRow {
        /// Name of the arm.
        arm: String,
        /// Name of a numeric column of `runs.csv`; of `isps.csv`, followed by "of" and the ISP, where the reference names one.
        metric: String,
        /// Name of the column of `runs.csv` that the metric is divided by, run by run, or "arm" and the arm in which it is taken as the divisor, replication by replication; empty: the metric itself is held against numbers.
        against: Option<String>,
        /// Replications in which the metric (with `against`: the ratio) has a value.
        n: u32,
        /// Mean over replications, of the metric or of the ratio.
        mean: Option<f64>,
        /// Lower end of the confidence interval of the mean (Student's t); empty below two values.
        ci_low: Option<f64>,
        /// Upper end of the confidence interval of the mean.
        ci_high: Option<f64>,
        /// Lower end of the prediction interval for one further run; empty below two values.
        prediction_low: Option<f64>,
        /// Upper end of the prediction interval for one further run.
        prediction_high: Option<f64>,
        /// Level of both intervals.
        confidence: f64,
        /// The reference: the value that the scenario gives, 1 with `against`; empty where only a band is given.
        reference: Option<f64>,
        /// Lower end of the band that is accepted; empty: no lower end.
        low: Option<f64>,
        /// Upper end of the band that is accepted; empty: no upper end.
        high: Option<f64>,
        /// Whether the mean lies in the band, ends included; empty where no band or no mean is there.
        inside: Option<bool>,
        /// How many of the n runs lie in the band by themselves; empty where no band is there.
        runs_inside: Option<u32>,
        /// mean ÷ reference − 1; empty where the reference is 0 or missing.
        relative_difference: Option<f64>,
        /// Short name of the reference.
        label: String,
        /// Where the reference comes from.
        source: String,
    }
}
