//! What management saves whom: assumptions, and a table of ISPs.

use super::grid::{Cell, Grid, GridRow, arm_head};
use crate::economics::{EconomicsSpec, SAMPLES_AT_LEAST};
use crate::experiment::{ExperimentResult, Sample, Scale};
use crate::report::isp_money::{IspMoney, MoneyOfIsps, Shown};
use crate::scenario::Resolved;

/// ISPs in the table at most.
const SHOWN: usize = 20;

/// The section on money.
#[derive(Debug, Clone)]
pub(super) struct Money {
    /// What was assumed, one sentence each.
    pub(super) assumed: Vec<String>,
    pub(super) caption: String,
    pub(super) order: String,
    pub(super) isps: Grid,
}

/// `None` where the scenario has no tariffs.
pub(super) fn money(result: &ExperimentResult, resolved: &Resolved) -> Option<Money> {
    let economics = resolved.economics.as_ref()?;
    let known = MoneyOfIsps::of(result, resolved);
    let shown = known.as_ref().map(|known| known.shown);
    let isps = known.map(|known| table(&known, resolved)).unwrap_or_default();
    let count = isps.rows.len();
    let caption = match shown {
        Some(Shown::Net) => {
            "What an ISP pays other ISPs in a month, less what they pay it; to the left of zero it earns. Bars: means \
             over runs; whiskers: intervals of the mean."
        }
        _ => {
            "The levels at which an ISP's purchases of transit are billed, added up, for the simulated time alone. Bars: \
             means over runs; whiskers: intervals of the mean."
        }
    };
    let order = format!("The {count} ISPs whose bills differ most between arms, largest difference first.");
    Some(Money { assumed: assumed(economics, result), caption: caption.to_owned(), order, isps })
}

fn assumed(economics: &EconomicsSpec, result: &ExperimentResult) -> Vec<String> {
    let mut sentences = vec![
        "Samples are 5 minutes of payload between two ISPs, as if their contract carried nothing else: no packet headers, no \
         other traffic whose peak could hide this one's or add to it."
            .to_owned(),
    ];
    sentences.push(match &economics.month {
        Some(month) => {
            let peak = month.profile.iter().max().copied().unwrap_or_default();
            format!(
                "A month is {} days alike. The simulated time stands for the hour from {} h on ({} % of the busiest \
                 hour's demand); every other hour is the simulated time scaled by the scenario's daily profile. That \
                 assumes that more demand is more of the same: the share of local traffic does not depend on the hour. \
                 Intervals are over replications and do not cover this assumption.",
                month.days,
                month.hour,
                (month.measured_weight() * 100 + peak / 2) / peak.max(1),
            )
        }
        None => {
            "The scenario does not say how a month is made of the simulated time, so nothing is said of months where \
                 they depend on the traffic: levels are those that the simulated time alone would be billed at."
                .to_owned()
        }
    });
    let samples = result.outcomes.iter().flat_map(|outcome| &outcome.costs).map(|row| row.samples);
    let (fewest, most) = samples.fold((u32::MAX, 0), |(low, high), n| (low.min(n), high.max(n)));
    if most > 0 || fewest == 0 {
        let runs = if fewest == most { format!("{most} samples") } else { format!("{fewest} to {most} samples") };
        let enough = if (fewest as usize) < SAMPLES_AT_LEAST {
            format!("; below {SAMPLES_AT_LEAST} there is no percentile, and the bill is empty")
        } else {
            String::new()
        };
        sentences.push(format!("Each run has {runs}{enough}."));
    }
    sentences
}

fn table(known: &MoneyOfIsps, resolved: &Resolved) -> Grid {
    let largest = known.isps.iter().map(IspMoney::size).fold(0.0, f64::max);
    let scale = known.unit(resolved).scale(largest);
    let rows = known.isps.iter().take(SHOWN).map(|isp| row(isp, known.shown, &scale, resolved));
    let mut head = arm_head("ISP", resolved);
    head[0] = match known.shown {
        Shown::Net => "ISP; pays in a month, net".to_owned(),
        Shown::Level => "ISP; billed level".to_owned(),
    };
    Grid::of_arms(head, rows.collect(), resolved)
}

fn row(isp: &IspMoney, shown: Shown, scale: &Scale, resolved: &Resolved) -> GridRow {
    let (confidence, baseline) = (resolved.experiment.confidence, resolved.experiment.baseline);
    let cells = (0..resolved.arms.len()).map(|arm| {
        let sample = isp.sample(arm, confidence);
        let Some(mean) = sample.mean else { return Cell::of("–") };
        let between = |sample: &Sample| sample.interval.map(|i| (i.low, i.high));
        let small = between(&sample).map(|(low, high)| format!("{} to {}", scale.number(low), scale.number(high)));
        let cell = Cell { small: small.unwrap_or_default(), ..Cell::of(scale.text(mean)) };
        let Some(difference) = isp.change(arm, baseline, confidence).filter(|_| arm != baseline) else { return cell };
        let class = match between(&difference) {
            Some((_, high)) if high < 0.0 => "better",
            Some((low, _)) if low > 0.0 => "worse",
            _ => "open",
        };
        let what = if shown == Shown::Net { " (" } else { " of level (" };
        let finding = match (difference.mean, between(&difference)) {
            (Some(mean), Some((low, high))) => {
                format!("{}{what}{})", scale.difference(mean), scale.difference_interval(low, high))
            }
            (Some(mean), None) => scale.difference(mean),
            _ => String::new(),
        };
        Cell { finding, class, ..cell }
    });
    GridRow { name: isp.name.clone(), remark: isp.class.clone(), cells: cells.collect() }
}
