//! What each ISP pays, per arm: arithmetic on `isps.csv` and `costs.csv` for the page and the plot.

use std::collections::BTreeMap;

use crate::experiment::{ExperimentResult, Sample, Unit};
use crate::metrics::RunOutcome;
use crate::metrics::rows::IspRow;
use crate::scenario::Resolved;

/// What is shown of ISPs: the best that is known in all runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// What they pay in a month, less what they receive.
    Net,
    /// The sum of the levels that they are billed at for the simulated time.
    Level,
}

/// An ISP: its values by arm (in the order of the scenario) and replication.
#[derive(Debug, Clone)]
pub(super) struct IspMoney {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) by_arm: Vec<Vec<f64>>,
}

/// All ISPs with a contract, those first whose means differ most between arms.
#[derive(Debug, Clone)]
pub(super) struct MoneyOfIsps {
    pub(super) shown: Shown,
    pub(super) isps: Vec<IspMoney>,
}

impl MoneyOfIsps {
    /// `None`: the scenario has no tariffs, sweeps (arms then differ in more than management), or no bill is known.
    pub(super) fn of(result: &ExperimentResult, resolved: &Resolved) -> Option<Self> {
        if resolved.economics.is_none() || resolved.sweep.is_some() {
            return None;
        }
        let mut all = [Shown::Net, Shown::Level].into_iter().filter_map(|shown| {
            let isps = isps(result, resolved, shown)?;
            (!isps.is_empty()).then_some(Self { shown, isps })
        });
        all.next()
    }

    /// How the numbers are written.
    pub(super) fn unit(&self, resolved: &Resolved) -> Unit {
        match self.shown {
            Shown::Net => Unit::Money(resolved.currency()),
            Shown::Level => Unit::BitRate,
        }
    }
}

impl IspMoney {
    pub(super) fn sample(&self, arm: usize, confidence: f64) -> Sample {
        Sample::of(self.by_arm.get(arm).map_or(&[], Vec::as_slice), confidence)
    }

    /// The paired differences of one arm from another, by replication; `None`: runs are missing in one of them.
    pub(super) fn change(&self, arm: usize, baseline: usize, confidence: f64) -> Option<Sample> {
        let (after, before) = (self.by_arm.get(arm)?, self.by_arm.get(baseline)?);
        let differences: Vec<f64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        (after.len() == before.len()).then(|| Sample::of(&differences, confidence))
    }

    /// Largest difference between the means of two arms.
    fn spread(&self) -> f64 {
        let means: Vec<f64> = (0..self.by_arm.len()).filter_map(|arm| self.sample(arm, 0.95).mean).collect();
        let (low, high) =
            means.iter().fold((f64::MAX, f64::MIN), |(low, high), mean| (low.min(*mean), high.max(*mean)));
        (high - low).max(0.0)
    }

    /// Largest mean, whatever its sign.
    pub(super) fn size(&self) -> f64 {
        (0..self.by_arm.len())
            .filter_map(|arm| self.sample(arm, 0.95).mean)
            .fold(0.0, |size, mean| size.max(mean.abs()))
    }
}

/// `None`: something is not known in some run.
fn isps(result: &ExperimentResult, resolved: &Resolved, shown: Shown) -> Option<Vec<IspMoney>> {
    let arms = resolved.arms.len();
    let mut isps: BTreeMap<u32, IspMoney> = BTreeMap::new();
    for (arm, spec) in resolved.arms.iter().enumerate() {
        for outcome in result.outcomes_of(&spec.name) {
            for row in &outcome.isps {
                let Some(value) = value(outcome, row, shown).ok()? else { continue };
                let isp = isps.entry(row.isp).or_insert_with(|| IspMoney {
                    name: row.name.clone(),
                    class: row.class.clone(),
                    by_arm: vec![Vec::new(); arms],
                });
                isp.by_arm[arm].push(value);
            }
        }
    }
    let mut isps: Vec<IspMoney> = isps.into_values().collect();
    isps.sort_by(|a, b| b.spread().total_cmp(&a.spread()));
    Some(isps)
}

/// A number that would be needed is not known.
struct Unknown;

/// `None`: the ISP has no contract.
fn value(outcome: &RunOutcome, row: &IspRow, shown: Shown) -> Result<Option<f64>, Unknown> {
    let mut concerned = false;
    let mut levels = 0.0;
    for cost in &outcome.costs {
        let buys = cost.buyer == row.name;
        concerned |= buys || cost.seller == row.name;
        if buys && shown == Shown::Level && cost.terms == "percentile" {
            levels += cost.billed_bps.ok_or(Unknown)? as f64;
        }
    }
    Ok(match shown {
        Shown::Net if concerned => {
            let (paid, received) = row.paid_per_month.zip(row.received_per_month).ok_or(Unknown)?;
            Some((paid.0 - received.0).as_f64())
        }
        Shown::Level if concerned => Some(levels),
        _ => None,
    })
}
