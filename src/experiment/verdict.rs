//! From an interval to a verdict, and from a verdict to a sentence.

use std::fmt::Write as _;

use super::headline::{Direction, HEADLINES, Headline, Scale, Unit};
use super::statistics::Interval;
use crate::metrics::RunOutcome;
use crate::metrics::rows::ComparisonRow;
use crate::scenario::ExperimentSpec;
use crate::units::Currency;

/// What a paired comparison established.
///
/// With d the mean paired difference (arm − baseline), \[l, h\] its confidence interval, b the baseline's mean, e the
/// smallest relative effect worth mentioning and δ = e·|b|, the first row that applies decides:
///
/// | case | finding |
/// | --- | --- |
/// | fewer than two pairs: there is no interval | `not-enough-runs` |
/// | −δ ≤ l and h ≤ δ, whether or not 0 lies inside | `no-difference` (worth mentioning) |
/// | 0 < l and d ≥ δ | `higher` |
/// | h < 0 and d ≤ −δ | `lower` |
/// | otherwise: 0 lies inside together with differences worth mentioning, or the sign is clear and |d| < δ < max(|l|, |h|) | `too-noisy` |
///
/// The corners: equal differences in all replications make the interval a point, and the same rows decide. With b = 0
/// nothing is small relative to it: δ = 0, so only differences that are all exactly 0 are *no difference*, and a clear
/// sign is enough for `higher` or `lower`; e = 0 acts alike. Replications in which either arm has no value form no
/// pair. A change of exactly δ is worth mentioning unless the whole interval is that point or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The arm's value is higher, by an amount worth mentioning.
    Higher,
    /// The arm's value is lower, by an amount worth mentioning.
    Lower,
    /// Any difference is established to be smaller than the smallest effect worth mentioning.
    NoDifference,
    /// The replications do not settle it.
    TooNoisy,
    /// There are fewer than two pairs of runs.
    NotEnoughRuns,
}

impl Finding {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::NoDifference => "no-difference",
            Self::TooNoisy => "too-noisy",
            Self::NotEnoughRuns => "not-enough-runs",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Higher, Self::Lower, Self::NoDifference, Self::TooNoisy, Self::NotEnoughRuns]
            .into_iter()
            .find(|finding| finding.name() == name)
    }
}

/// What a comparison of pairs came to: the input of [`judge`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pairs {
    /// Mean of the baseline over the pairs.
    pub baseline_mean: Option<f64>,
    /// Mean difference, arm − baseline.
    pub difference: Option<f64>,
    /// Interval of the mean difference; `None` below two pairs.
    pub interval: Option<Interval>,
}

/// Judges a comparison by the decision table of [`Finding`]; `smallest_effect` is relative to the baseline's mean.
pub fn judge(pairs: &Pairs, smallest_effect: f64) -> Finding {
    let (Some(baseline), Some(difference), Some(Interval { low, high })) =
        (pairs.baseline_mean, pairs.difference, pairs.interval)
    else {
        return Finding::NotEnoughRuns;
    };
    let worth = smallest_effect * baseline.abs();
    if -worth <= low && high <= worth {
        Finding::NoDifference
    } else if low > 0.0 && difference >= worth {
        Finding::Higher
    } else if high < 0.0 && difference <= -worth {
        Finding::Lower
    } else {
        Finding::TooNoisy
    }
}

/// Peers that did not complete, summed over the runs of an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Censored {
    /// Peers that did not complete.
    pub censored: u64,
    /// Peers that arrived.
    pub peers: u64,
}

impl Censored {
    /// Counts over the runs of `arm`.
    pub fn of(arm: &str, outcomes: &[RunOutcome]) -> Self {
        outcomes.iter().filter(|outcome| outcome.run.arm == arm).fold(Self::default(), |sum, outcome| Self {
            censored: sum.censored + u64::from(outcome.run.peers_censored),
            peers: sum.peers + u64::from(outcome.run.peers),
        })
    }
}

/// Runs in which a metric has no value because peers were censored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CensoredRuns {
    /// Runs without a value although peers arrived.
    pub censored: u32,
    /// All runs.
    pub runs: u32,
}

impl CensoredRuns {
    /// Counts over the runs of `arm`. Only completion times are censored: of other metrics no run counts.
    pub fn of(metric: &str, arm: &str, outcomes: &[RunOutcome]) -> Self {
        outcomes.iter().filter(|outcome| outcome.run.arm == arm).fold(Self::default(), |sum, outcome| {
            let value = match metric {
                "completion_mean_s" => outcome.run.completion_mean_s,
                "completion_p95_s" => outcome.run.completion_p95_s,
                _ => Some(0.0),
            };
            let censored = value.is_none() && outcome.run.peers_censored > 0;
            Self { censored: sum.censored + u32::from(censored), runs: sum.runs + 1 }
        })
    }

    /// `in 3 of 10 runs`.
    pub fn in_words(self) -> String {
        format!("in {} of {} runs", self.censored, self.runs)
    }
}

/// What was found about one headline metric in one arm, compared with the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The metric.
    pub headline: Headline,
    /// What was established.
    pub finding: Finding,
    /// The numbers.
    pub comparison: ComparisonRow,
    /// Peers of the arm that did not complete.
    pub censored: Censored,
    /// Peers of the baseline that did not complete.
    pub baseline_censored: Censored,
    /// Runs of the arm in which the metric is censored.
    pub censored_runs: CensoredRuns,
    /// Runs of the baseline in which it is.
    pub baseline_censored_runs: CensoredRuns,
    /// The verdict in plain English, with numbers and interval.
    pub sentence: String,
}

impl Verdict {
    /// Whether the arm does better, when a difference is established.
    pub fn improves(&self) -> Option<bool> {
        match (self.finding, self.headline.direction) {
            (Finding::Higher, Direction::MoreIsBetter) | (Finding::Lower, Direction::LessIsBetter) => Some(true),
            (Finding::Higher | Finding::Lower, _) => Some(false),
            _ => None,
        }
    }

    /// The size of the difference without its sign: relative where that has a meaning, shares in percentage points,
    /// money (which may be negative) as it is.
    /// `None` when nothing can be compared.
    pub fn amount(&self) -> Option<String> {
        let difference = self.comparison.difference?.abs();
        Some(match self.comparison.relative_difference {
            Some(relative) if !matches!(self.headline.unit, Unit::Share | Unit::Money(_)) => {
                format!("{:.1} %", relative.abs() * 100.0)
            }
            _ => self.scale().difference(difference).trim_start_matches('+').to_owned(),
        })
    }

    /// Whether runs would be enough for a comparison if they were not censored, in words: which runs are. `None`: that
    /// is not what is missing.
    pub fn censoring(&self) -> Option<String> {
        let (own, base) = (self.censored_runs, self.baseline_censored_runs);
        if self.finding != Finding::NotEnoughRuns || own.runs.min(base.runs) < 2 {
            return None;
        }
        let in_baseline = || format!("{} {}", self.comparison.baseline, base.in_words());
        match (own.censored, base.censored) {
            (0, 0) => None,
            (_, 0) => Some(own.in_words()),
            _ if own == base => Some(format!("{} of both", own.in_words())),
            (0, _) => Some(in_baseline()),
            _ => Some(format!("{}, {}", own.in_words(), in_baseline())),
        }
    }

    /// The scale on which this metric's numbers are written.
    pub fn scale(&self) -> Scale {
        let larger = |a: Option<f64>, b: Option<f64>| a.unwrap_or(0.0).abs().max(b.unwrap_or(0.0).abs());
        self.headline.unit.scale(larger(self.comparison.baseline_mean, self.comparison.arm_mean))
    }
}

/// The verdicts on all headline metrics that have a value somewhere: arm by arm.
pub(super) fn verdicts(
    comparisons: &[ComparisonRow],
    outcomes: &[RunOutcome],
    experiment: &ExperimentSpec,
    currency: Option<Currency>,
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for comparison in comparisons {
        let Some(headline) = HEADLINES.into_iter().find(|headline| headline.metric == comparison.metric) else {
            continue;
        };
        let headline = headline.in_currency(currency);
        if headline.needs_tariffs() && comparison.n == 0 {
            continue;
        }
        let Some(finding) = Finding::from_name(&comparison.verdict) else { continue };
        let mut verdict = Verdict {
            headline,
            finding,
            comparison: comparison.clone(),
            censored: Censored::of(&comparison.arm, outcomes),
            baseline_censored: Censored::of(&comparison.baseline, outcomes),
            censored_runs: CensoredRuns::of(headline.metric, &comparison.arm, outcomes),
            baseline_censored_runs: CensoredRuns::of(headline.metric, &comparison.baseline, outcomes),
            sentence: String::new(),
        };
        verdict.sentence = sentence(&verdict, experiment);
        verdicts.push(verdict);
    }
    // Arms stay in the order of the comparisons, metrics come in the order of the headlines.
    let place = |verdict: &Verdict| HEADLINES.iter().position(|h| h.metric == verdict.headline.metric);
    verdicts.chunk_by_mut(|a, b| a.comparison.arm == b.comparison.arm).for_each(|arm| arm.sort_by_key(place));
    verdicts
}

fn sentence(verdict: &Verdict, experiment: &ExperimentSpec) -> String {
    let row = &verdict.comparison;
    let scale = verdict.scale();
    let name = verdict.headline.name;
    let mut text = match (row.arm_mean, row.baseline_mean, row.difference) {
        (Some(arm), Some(base), Some(difference)) => {
            let means = format!("{} against {} in {}", scale.text(arm), scale.text(base), row.baseline);
            let interval = match (row.ci_low, row.ci_high) {
                (Some(low), Some(high)) => format!(
                    "{} % interval of the difference {}, {} pairs of runs{}",
                    trimmed(row.confidence * 100.0),
                    scale.difference_interval(low, high),
                    row.n,
                    row.correlation.map(|c| format!(", correlation {}", correlation_text(c))).unwrap_or_default()
                ),
                _ => String::new(),
            };
            established(verdict, experiment, difference, &means, &interval)
        }
        _ if verdict.censoring().is_some() => {
            format!("{}: {name} is censored, so nothing can be compared.", row.arm)
        }
        _ => format!("{}: {name} has no value in both arms of any replication, so nothing can be compared.", row.arm),
    };
    let missing = experiment.replications.saturating_sub(row.n);
    if missing > 0 && row.n > 0 {
        let _ = write!(text, " {missing} of {} replications have no value in both arms.", experiment.replications);
    }
    let (own, base) = (verdict.censored_runs, verdict.baseline_censored_runs);
    if own.censored + base.censored > 0 {
        let why = if verdict.headline.metric == "completion_mean_s" {
            "Nobody completed"
        } else {
            "It lies after the end of the run (too few peers completed)"
        };
        let _ = write!(text, " {why} {} of {}, {} of {}.", own.in_words(), row.arm, base.in_words(), row.baseline);
    }
    if verdict.headline.unit == Unit::Seconds {
        text.push(' ');
        text.push_str(&censored_sentence(verdict));
    }
    text
}

fn established(v: &Verdict, experiment: &ExperimentSpec, difference: f64, means: &str, interval: &str) -> String {
    let (arm, name) = (&v.comparison.arm, v.headline.name);
    let percent = trimmed(experiment.smallest_effect * 100.0);
    let amount = v.amount().unwrap_or_default();
    match v.finding {
        Finding::Higher => format!("{arm}: {name} is higher by {amount}: {means} ({interval})."),
        Finding::Lower => format!("{arm}: {name} is lower by {amount}: {means} ({interval})."),
        Finding::NoDifference if difference == 0.0 && v.comparison.ci_low == v.comparison.ci_high => {
            format!("{arm}: no difference in {name}: {means}, equal in all {} pairs of runs.", v.comparison.n)
        }
        Finding::NoDifference => format!(
            "{arm}: no difference worth mentioning in {name}: {means} ({interval}; all of it is within ± {percent} % of \
             the baseline{}).",
            if excludes_zero(&v.comparison) { ", though not zero" } else { "" }
        ),
        Finding::TooNoisy if excludes_zero(&v.comparison) => format!(
            "{arm}: {name} is {}, but whether by {percent} % or less is too noisy to tell: {means} ({interval}).",
            if difference > 0.0 { "higher" } else { "lower" }
        ),
        Finding::TooNoisy => {
            format!("{arm}: too noisy to tell for {name}: {means} ({interval}).{}", advice(v, experiment))
        }
        Finding::NotEnoughRuns if v.censoring().is_some() => format!(
            "{arm}: {name} was {means}, in the only pair of runs in which neither is censored: that says nothing about \
             chance."
        ),
        Finding::NotEnoughRuns => format!(
            "{arm}: {name} was {means}, in a single pair of runs: that says nothing about chance; use 2 replications \
             at the very least."
        ),
    }
}

/// A correlation with two decimals.
fn correlation_text(correlation: f64) -> String {
    format!("{correlation:.2}").replace('-', "−")
}

fn excludes_zero(row: &ComparisonRow) -> bool {
    row.ci_low.is_some_and(|low| low > 0.0) || row.ci_high.is_some_and(|high| high < 0.0)
}

/// How many replications would shrink the interval, whose half-width falls with √n, to the smallest effect; where it is as
/// narrow already, so far that it lies within the smallest effect with the difference in its middle.
fn advice(verdict: &Verdict, experiment: &ExperimentSpec) -> String {
    let row = &verdict.comparison;
    let worth = experiment.smallest_effect * row.baseline_mean.unwrap_or(0.0).abs();
    let (Some(low), Some(high)) = (row.ci_low, row.ci_high) else { return String::new() };
    let half_width = (high - low) / 2.0;
    let room = if half_width > worth { worth } else { worth - low.midpoint(high).abs() };
    let needed = f64::from(row.n) * (half_width / room).powi(2);
    if needed.is_finite() && needed < 10_000.0 {
        format!(" About {} replications would narrow it to the smallest effect worth mentioning.", needed.ceil())
    } else {
        String::new()
    }
}

fn censored_sentence(verdict: &Verdict) -> String {
    let (arm, base) = (verdict.censored, verdict.baseline_censored);
    if arm.censored == 0 && base.censored == 0 {
        return "No peer was censored.".to_owned();
    }
    let left_out = if verdict.headline.metric == "completion_mean_s" { ", left out of the mean" } else { "" };
    format!(
        "Censored peers (did not complete{left_out}): {} of {} in {}, {} of {} in {}.",
        arm.censored, arm.peers, verdict.comparison.arm, base.censored, base.peers, verdict.comparison.baseline
    )
}

/// A number without needless zeros: 95, 99.5.
pub(super) fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
