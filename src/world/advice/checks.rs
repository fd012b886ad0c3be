//! Bounds of checks that cannot fail, whatever a run comes to.

use super::Setting;
use crate::scenario::{CheckOf, CheckStatistic};

/// Shares of a whole, and Jain's index: never outside 0 to 1.
const SHARES: [&str; 9] = [
    "local_share",
    "same_as_share",
    "inter_isp_share",
    "duplicate_share",
    "list_external_share",
    "connection_external_share",
    "busiest_1pct_share",
    "best_fed_share",
    "fairness_jain",
];
/// Times that end at the deadline at the latest.
const BY_THE_DEADLINE: [&str; 6] = [
    "ended_at_s",
    "completion_mean_s",
    "completion_median_s",
    "completion_p95_s",
    "completion_p99_s",
    "last_completion_s",
];
/// Counts of peers that are part of all peers.
const PEERS: [&str; 4] = ["peers", "peers_completed", "peers_censored", "peers_left_early"];

pub(super) fn advise(setting: &mut Setting<'_>) {
    let scenario = setting.scenario;
    let mut said: Vec<String> = Vec::new();
    for check in &scenario.checks {
        // An interval of normal theory goes beyond the range of what it is about.
        if check.statistic == CheckStatistic::Interval {
            continue;
        }
        let (lowest, highest) = range(setting, check.metric);
        let (lowest, highest) = match check.of {
            CheckOf::Value => (lowest, highest),
            CheckOf::Difference => {
                let width = lowest.zip(highest).map(|(low, high)| high - low);
                (width.map(|width| -width), width)
            }
            // Each pair is divided by the mean of the baseline, so that single runs go below −1 where the mean cannot.
            CheckOf::RelativeDifference if check.statistic == CheckStatistic::Mean => (lowest.map(|_| -1.0), None),
            CheckOf::RelativeDifference => (None, None),
        };
        let of = match check.of {
            CheckOf::Value => format!("`{}`", check.metric),
            CheckOf::Difference => format!("a difference of `{}`", check.metric),
            CheckOf::RelativeDifference => format!("a relative difference of `{}`", check.metric),
        };
        let mut say = |key: &str, bound: f64, word: &str, extreme: f64| {
            let message =
                format!("{of} is never {word} {extreme}: the bound {bound} fails only where a run has no value.");
            if !said.contains(&message) {
                setting.advise(format!("check.{key}"), message.clone());
                said.push(message);
            }
        };
        if let Some((min, lowest)) = check.min.zip(lowest).filter(|(min, lowest)| min <= lowest) {
            say("min", min, "below", lowest);
        }
        if let Some((max, highest)) = check.max.zip(highest).filter(|(max, highest)| max >= highest) {
            say("max", max, "above", highest);
        }
    }
}

/// The lowest and the highest value that a metric can have, where that is certain.
fn range(setting: &Setting<'_>, metric: &str) -> (Option<f64>, Option<f64>) {
    let lowest =
        SHARES.contains(&metric) || metric.ends_with("_s") || metric.ends_with("_bytes") || PEERS.contains(&metric);
    let highest = if SHARES.contains(&metric) {
        Some(1.0)
    } else if BY_THE_DEADLINE.contains(&metric) {
        Some(setting.scenario.experiment.deadline.as_secs_f64())
    } else if PEERS.contains(&metric) {
        setting.populations().iter().map(|population| f64::from(population.peers())).reduce(f64::max)
    } else {
        None
    };
    (lowest.then_some(0.0), highest)
}
