//! Runs, sets predicted beside measured, and judges.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use peerscape::scenario::Resolved;
use peerscape::world::Prepared;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::data::{self, Repetition};
use super::quantity::{Figures, Quantity, SetUp, of_run};
use super::{SEEDS_PER_REPETITION, setting};

/// One swarm, both sides.
pub(super) struct Compared {
    pub(super) name: String,
    /// One per measured repetition.
    measured: Vec<Figures>,
    /// One per run, repetition by repetition.
    predicted: Vec<Figures>,
}

/// Predicts the swarm measured in `folder`, with some keys of the scenario set otherwise. `Err`: the scenario or the
/// measurement has something that the program does not know.
pub(super) fn predict(folder: &Path, set: &[(&str, &str)]) -> Result<Compared, String> {
    let repetitions: Vec<Repetition> = data::repetition_folders(folder).iter().map(|path| data::read(path)).collect();
    let mut predicted = Vec::new();
    for (place, repetition) in repetitions.iter().enumerate() {
        let left_out = setting::not_modelled(&repetition.params);
        if !left_out.is_empty() && set.is_empty() {
            eprintln!("NOT MODELLED in {}: {}", repetition.params.scenario, left_out.join(", "));
        }
        let scenario = setting::resolve(&repetition.params, place as u64 + 1, SEEDS_PER_REPETITION, set)?;
        predicted.extend(runs(&scenario, &setting::set_up(repetition)));
    }
    Ok(Compared {
        name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        measured: repetitions.into_iter().map(|repetition| repetition.figures).collect(),
        predicted,
    })
}

fn runs(scenario: &Resolved, set_up: &SetUp) -> Vec<Figures> {
    let prepared = Prepared::new(scenario, 1, u64::MAX).unwrap_or_else(|error| panic!("{error}"));
    let stop = AtomicBool::new(false);
    (0..scenario.experiment.replications)
        .into_par_iter()
        .map(|replication| of_run(&prepared.run(0, replication, &stop).unwrap(), set_up))
        .collect()
}

/// Mean, standard deviation and number of values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) mean: f64,
    pub(super) deviation: f64,
    pub(super) n: usize,
}

impl Sample {
    fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0);
        (n > 0).then(|| Self { mean, deviation: if n > 1 { variance.sqrt() } else { f64::NAN }, n })
    }

    /// Standard error of the mean.
    pub(super) fn error(self) -> f64 {
        self.deviation / (self.n as f64).sqrt()
    }

    /// The interval that holds the mean of `m` further values with probability 0.95, if they are drawn alike.
    pub(super) fn interval_for_mean_of(self, m: usize) -> (f64, f64) {
        let t = StudentsT::new(0.0, 1.0, self.n as f64 - 1.0).unwrap().inverse_cdf(0.975);
        let half = t * self.deviation * (1.0 / m as f64 + 1.0 / self.n as f64).sqrt();
        (self.mean - half, self.mean + half)
    }
}

impl Compared {
    fn sample(figures: &[Figures], quantity: Quantity) -> Option<Sample> {
        Sample::of(&figures.iter().filter_map(|figures| figures.get(quantity)).collect::<Vec<_>>())
    }

    pub(super) fn predicted(&self, quantity: Quantity) -> Option<Sample> {
        Self::sample(&self.predicted, quantity)
    }

    pub(super) fn measured(&self, quantity: Quantity) -> Option<Sample> {
        Self::sample(&self.measured, quantity)
    }

    /// Repetitions measured.
    pub(super) fn repetitions(&self) -> usize {
        self.measured.len()
    }

    /// Leechers of all runs that did not complete.
    pub(super) fn censored(&self) -> u64 {
        self.predicted.iter().map(|figures| figures.censored).sum()
    }

    /// This − base, paired by run.
    pub(super) fn change(&self, base: &Self, quantity: Quantity) -> Option<Sample> {
        let pairs = self.predicted.iter().zip(&base.predicted);
        let differences: Vec<f64> =
            pairs.filter_map(|(this, base)| Some(this.get(quantity)? - base.get(quantity)?)).collect();
        Sample::of(&differences)
    }

    /// Predicted beside measured, as text.
    pub(super) fn table(&self) -> String {
        let runs = self.predicted.len();
        let mut text = format!(
            "{}: {} repetitions measured, {runs} runs, {} leechers did not complete\n{:34}{:>10}{:>8}{:>22}{:>12}{:>8}{:>9}\n",
            self.name,
            self.measured.len(),
            self.censored(),
            "",
            "predicted",
            "sd",
            "interval",
            "measured",
            "sd",
            "off"
        );
        for quantity in Quantity::ALL {
            let (name, unit) = quantity.name_and_unit();
            let places = if unit == "s" { 1 } else { 3 };
            let (predicted, measured) = (self.predicted(quantity), self.measured(quantity));
            if predicted.is_none() && measured.is_none() {
                continue;
            }
            let number = |value: Option<f64>| {
                let known = value.filter(|value| value.is_finite());
                known.map_or("–".to_owned(), |value| format!("{value:.places$}"))
            };
            let interval = predicted.map_or("–".to_owned(), |sample| {
                let (low, high) = sample.interval_for_mean_of(self.measured.len());
                format!("{low:.places$} to {high:.places$}")
            });
            let off = predicted.zip(measured).map_or("–".to_owned(), |(predicted, measured)| match unit {
                "share" => format!("{:+.1} pt", 100.0 * (predicted.mean - measured.mean)),
                _ => format!("{:+.1} %", 100.0 * (predicted.mean / measured.mean - 1.0)),
            });
            let _ = writeln!(
                text,
                "{:34}{:>10}{:>8}{interval:>22}{:>12}{:>8}{off:>9}",
                format!("{name}, {unit}"),
                number(predicted.map(|sample| sample.mean)),
                number(predicted.map(|sample| sample.deviation)),
                number(measured.map(|sample| sample.mean)),
                number(measured.map(|sample| sample.deviation)),
            );
        }
        text
    }
}

/// A published band, and what was found.
pub(super) struct Verdict {
    what: String,
    /// Whether the test stands or falls with it (D22's bands), or it is the goal.
    pub(super) must: bool,
    found: f64,
    low: f64,
    high: f64,
}

impl Verdict {
    pub(super) fn holds(&self) -> bool {
        (self.low..=self.high).contains(&self.found)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.must { "band" } else { "goal" };
        let verdict = if self.holds() { "met   " } else { "MISSED" };
        let Self { what, found, low, high, .. } = self;
        write!(formatter, "{kind} {verdict} {what}: {found:.3} in {low:.3} to {high:.3}")
    }
}

/// D22's bands and its goal, for the swarms they name.
pub(super) fn judge(swarms: &[Compared]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for swarm in swarms {
        let Some((mean_band, share_band)) = bands(&swarm.name) else { continue };
        let mut relative = |quantity: Quantity, must: bool, band: f64| {
            let (Some(predicted), Some(measured)) = (swarm.predicted(quantity), swarm.measured(quantity)) else {
                return;
            };
            let what = format!("{} {}, relative to measured", swarm.name, quantity.name_and_unit().0);
            verdicts.push(Verdict { what, must, found: predicted.mean / measured.mean - 1.0, low: -band, high: band });
        };
        relative(Quantity::Mean, true, mean_band);
        relative(Quantity::Mean, false, 0.03);
        relative(Quantity::Last, false, 0.04);
        let mut points = |quantity: Quantity, must: bool, band: f64| {
            let (Some(predicted), Some(measured)) = (swarm.predicted(quantity), swarm.measured(quantity)) else {
                return;
            };
            let what = format!("{} {}, less measured", swarm.name, quantity.name_and_unit().0);
            verdicts.push(Verdict { what, must, found: predicted.mean - measured.mean, low: -band, high: band });
        };
        points(Quantity::UtilisationToFirstCompletion, true, 0.05);
        if let Some(band) = share_band {
            points(Quantity::InterIspShare, true, band);
            points(Quantity::InterIspShare, false, 0.025);
        }
        let mut within = |quantity: Quantity, low: f64, high: f64| {
            let Some(predicted) = swarm.predicted(quantity) else { return };
            let what = format!("{} {}", swarm.name, quantity.name_and_unit().0);
            verdicts.push(Verdict { what, must: false, found: predicted.mean, low, high });
        };
        within(Quantity::UtilisationFirstMinute, 0.58, 0.67);
        within(Quantity::SeedTop8, 0.85, 0.92);
    }
    let share = |name: &str| {
        let swarm = swarms.iter().find(|swarm| swarm.name == name)?;
        Some(swarm.predicted(Quantity::InterIspShare)?.mean)
    };
    if let (Some(random), Some(managed)) = (share("c2_rand8"), share("c2_man8k1")) {
        let what = "inter-ISP share, c2_rand8 less c2_man8k1".to_owned();
        verdicts.push(Verdict { what, must: true, found: random - managed, low: 0.10, high: 0.23 });
    }
    verdicts
}

/// D22's bands: of the mean completion, relative; of the inter-ISP share, absolute.
fn bands(name: &str) -> Option<(f64, Option<f64>)> {
    match name {
        "a_base" => Some((0.07, None)),
        "b_het" => Some((0.12, None)),
        "c2_rand8" => Some((0.07, Some(0.07))),
        "c2_man8k1" => Some((0.07, Some(0.05))),
        _ => None,
    }
}
