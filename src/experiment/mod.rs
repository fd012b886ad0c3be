//! Arms × replications: parallel execution, statistics, comparison, verdicts.
//!
//! **What lives here.** [`execute`] runs every arm of a resolved scenario in every replication, on as many threads as
//! it is given, and folds the outcomes in *plan order* (arm by arm, replication by replication), so that the number of
//! threads and the order of finishing leave no trace. [`analyse`] turns outcomes into [`ExperimentResult`]: means with
//! confidence intervals per arm, paired differences against the baseline arm, a verdict per headline metric, the 95th
//! percentile of completion by group of peers (`groups`), and what the
//! scenario's references say (closed forms, published figures, measurements).
//!
//! **Model.** The sample is the replication, never the peer. With n replications of a metric x, the interval of the
//! mean is x̄ ± t(1 − α/2, n − 1) · s/√n (Student 1908), and that for one further run x̄ ± t(1 − α/2, n − 1) · s·√(1 + 1/n)
//! (Hahn and Meeker 1991, chapter 4). Arms are paired by replication, because common random numbers
//! give both the same peers at the same places and times: with d the differences, the interval is
//! d̄ ± t(1 − α/2, n − 1) · s′/√n with s′ their standard deviation, and Var(d) = Var(x) + Var(y) − 2·Cov(x, y) says what the correlation brought (Law,
//! *Simulation Modeling and Analysis*, 5th ed. 2015, sections 10.2.1 and 11.2). [`Finding`] documents how an interval
//! becomes a verdict.
//!
//! **Units.** Those of the column of `runs.csv` a number comes from. Relative numbers are fractions, not percent.
//!
//! **Limits.** Intervals assume that means over replications are close to normal; no correction is made for looking at
//! several metrics, so of twenty unrelated ones about one will miss its 95 % interval. A replication in which a metric
//! has no value (a censored quantile) is left out of that metric, and the sentence says so.
//!
//! **May import**: every lower room except `report` and `cli`. Results are kept through the trait [`RunStore`], which
//! `report::store` implements and `cli` hands in. **Goes next**: `report` writes it down.

mod check;
mod comparison;
mod execute;
mod groups;
mod headline;
mod metric;
mod plan;
mod reference;
pub mod regression;
mod statistics;
mod verdict;

#[cfg(test)]
pub(crate) mod synthetic;
#[cfg(test)]
mod tests;

pub use check::recheck;
pub use comparison::{analyse, compare, summarise};
pub use execute::{ExecuteError, Execution, Observer, RunStore, Runner, Silent, execute};
pub use groups::{Partition, SIZE_BOUNDS};
pub use headline::{Direction, HEADLINES, Headline, Scale, Unit, metric_name, plain_number};
pub use metric::{IDENTITY_COLUMNS, metric_names, metric_values};
pub use plan::{PlanOrder, RunId, plan};
pub use statistics::{Interval, Sample, correlation, student_t_quantile};
pub use verdict::{Censored, CensoredRuns, Finding, Pairs, Verdict, judge};

use crate::metrics::RunOutcome;
use crate::metrics::rows::{CheckRow, ComparisonRow, GroupRow, ReferenceRow, SummaryRow};

/// Everything an experiment found out.
#[derive(Debug, Clone, Default)]
pub struct ExperimentResult {
    /// What each run left behind, in plan order: arm by arm, replication by replication.
    pub outcomes: Vec<RunOutcome>,
    /// Means and intervals, arm by arm, metrics in the order of the columns of `runs.csv`.
    pub summary: Vec<SummaryRow>,
    /// Paired differences of every arm but the baseline, in the same order.
    pub comparisons: Vec<ComparisonRow>,
    /// One verdict per arm other than the baseline and headline metric that has a value.
    pub verdicts: Vec<Verdict>,
    /// What the scenario's references say, in the order of the scenario; one that names no arm gives a row per arm.
    pub references: Vec<ReferenceRow>,
    /// What the scenario's checks came to, in the order of the scenario; one that names no arm gives a row per arm.
    pub checks: Vec<CheckRow>,
    /// Who is served worst: arm by arm, groups by AS size, then by access class.
    pub groups: Vec<GroupRow>,
}

impl ExperimentResult {
    /// The summary of one metric in one arm.
    pub fn summary_of(&self, arm: &str, metric: &str) -> Option<&SummaryRow> {
        self.summary.iter().find(|row| row.arm == arm && row.metric == metric)
    }

    /// The comparison of one metric of one arm with the baseline.
    pub fn comparison_of(&self, arm: &str, metric: &str) -> Option<&ComparisonRow> {
        self.comparisons.iter().find(|row| row.arm == arm && row.metric == metric)
    }

    /// The worst served group of one partition in one arm; `None`: there are no two groups to choose from.
    pub fn worst_served(&self, arm: &str, partition: Partition) -> Option<&GroupRow> {
        self.groups.iter().find(|row| row.worst && row.arm == arm && row.partition == partition.name())
    }

    /// The outcomes of one arm, by replication.
    pub fn outcomes_of<'a>(&'a self, arm: &'a str) -> impl Iterator<Item = &'a RunOutcome> {
        self.outcomes.iter().filter(move |outcome| outcome.run.arm == arm)
    }
}
