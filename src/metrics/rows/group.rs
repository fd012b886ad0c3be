//! `groups.csv`.

use super::row;

row! {
    /// One row per arm and group of peers, over replications: how late the slowest twentieth of each group completes, and what that is in the baseline arm.
    "groups.csv" => GroupRow {
        /// Name of the arm.
        arm: String,
        /// What divides the peers into groups: `as-size` (peers of the same AS in the replication, column as_peers of peers.csv; equal in all arms) `access` (access class) or, where there are several groups of each, `as-size-access` (both at once).
        partition: String,
        /// The group: a range of as_peers such as `2-9`, the name of an access class, or both with a space between them.
        group: String,
        /// Replications in which the group has measured peers.
        runs: u32,
        /// Measured peers of the group per replication that has some, mean.
        peers: f64,
        /// Those of them that did not complete, mean.
        peers_censored: f64,
        /// Replications in which the group's 95th percentile has a value: elsewhere it is censored, because more than a twentieth of the group did not complete.
        n: u32,
        /// 95th percentile of completion over all measured arrivals of the group, mean over these replications.
        completion_p95_s: Option<f64>,
        /// Standard deviation over replications; empty below two.
        standard_deviation_s: Option<f64>,
        /// Lower end of the confidence interval of the mean (Student's t over replications).
        ci_low_s: Option<f64>,
        /// Upper end of the confidence interval of the mean.
        ci_high_s: Option<f64>,
        /// Whether it is the worst served group of its partition in this arm: censored in the largest share of replications, among equals the latest. Of groups that at least half of the replications have, where there are two or more.
        worst: bool,
        /// Replications in which the group has a value in this arm and in the baseline arm; empty in the baseline arm, as are all further columns but the last.
        pairs: Option<u32>,
        /// The baseline arm's 95th percentile for the same group, mean over these pairs.
        baseline_p95_s: Option<f64>,
        /// Mean paired difference, arm − baseline.
        difference_s: Option<f64>,
        /// Lower end of the confidence interval of the difference (paired Student's t).
        difference_ci_low_s: Option<f64>,
        /// Upper end of the confidence interval of the difference.
        difference_ci_high_s: Option<f64>,
        /// difference_s ÷ baseline_p95_s.
        relative_difference: Option<f64>,
        /// `higher`, `lower`, `no-difference`, `too-noisy` or `not-enough-runs`, as in comparisons.csv.
        verdict: Option<String>,
        /// Level of both intervals.
        confidence: f64,
    }
}
