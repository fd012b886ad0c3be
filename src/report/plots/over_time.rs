//! Peers that download and the local share, over the time of a run.
//!
//! Lines are means over replications at the same instant, bands the confidence interval of that mean (Student's t), where arms are four at most. A run
//! that has ended keeps its last value. The local share at an instant is over the peers that have completed until then:
//! Σ payload from the own ISP ÷ Σ payload.

use plotters::style::text_anchor::{HPos, VPos};

use super::legend::{self, Legend, Sign};
use super::panel::{Line, Panel, Point, paint};
use super::times::Times;
use super::{ArmStyle, FAINT, MOST_ARMS, MOST_BANDS, Plot, StoreError, at, canvas, drawn_arms, left_out, style};
use crate::experiment::{ExperimentResult, Sample};
use crate::metrics::RunOutcome;
use crate::metrics::rows::PeerRow;
use crate::scenario::Resolved;

/// Points of a line.
const POINTS: u32 = 120;
const SIZE: (i32, i32) = (430, 290);
const FILE: &str = "over_time.svg";

/// A quantity of a run at an instant.
type Course = dyn Fn(&RunOutcome, f64) -> Option<f64>;

/// Settings of a sweep that have panels of their own.
pub(super) const MOST_SETTINGS: usize = 8;

/// The panels, together and one by one.
#[derive(Debug, Clone)]
pub(in crate::report) struct OverTime {
    pub(in crate::report) whole: Plot,
    pub(in crate::report) legend: Plot,
    pub(in crate::report) groups: Vec<Group>,
    /// What is left out, and where it is; may be empty.
    pub(in crate::report) left_out: String,
}

/// The panels of one setting of a sweep; of the scenario where there is only one.
#[derive(Debug, Clone)]
pub(in crate::report) struct Group {
    /// What is swept there; may be empty.
    pub(in crate::report) name: String,
    pub(in crate::report) plots: Vec<Plot>,
}

/// Draws two panels for each setting; each is also a plot of its own, for pages.
pub(super) fn draw(result: &ExperimentResult, resolved: &Resolved) -> Result<OverTime, StoreError> {
    let settings = resolved.settings();
    let rows: Vec<(String, Vec<Panel>)> = settings
        .iter()
        .take(MOST_SETTINGS)
        .map(|setting| (values_of(resolved, setting), panels(result, setting, &drawn_arms(setting, MOST_ARMS))))
        .collect();
    let names = legend_of(resolved, &settings);
    let key = Legend { arms: &names, width: 2 * SIZE.0 - 24, sign: Sign::Line };
    let legend_height = key.height() + 12;
    let left_out = what_is_left_out(&settings, "time_series.csv");
    let foot = if left_out.is_empty() { 0 } else { 20 };
    let size = (2 * SIZE.0, legend_height + rows.len() as i32 * SIZE.1 + foot);
    let label = "Peers that download and local share over time, per arm";
    let whole = canvas(FILE, size, label, |area| {
        key.paint(area, (12, 6))?;
        area.draw_text(&left_out, &style(11.0, FAINT, HPos::Left, VPos::Bottom), at(12, size.1 - 6))?;
        for (row, (name, panels)) in rows.iter().enumerate() {
            for (column, panel) in panels.iter().enumerate() {
                let mut panel = panel.clone();
                if !name.is_empty() {
                    panel.heading = format!("{name}: {}", panel.heading);
                }
                paint(area, &panel, (column as i32 * SIZE.0, legend_height + row as i32 * SIZE.1), SIZE)?;
            }
        }
        Ok(())
    })?;
    let legend = legend::alone(FILE, &names, Sign::Line)?;
    let mut groups = Vec::new();
    for (name, panels) in rows {
        let single = |panel: &Panel| canvas(FILE, SIZE, &panel.heading, |area| paint(area, panel, (0, 0), SIZE));
        groups.push(Group { name, plots: panels.iter().map(single).collect::<Result<Vec<Plot>, _>>()? });
    }
    Ok(OverTime { whole, legend, groups, left_out })
}

/// Settings and arms that have no room, and which file has them; empty where everything is drawn.
pub(super) fn what_is_left_out(settings: &[&Resolved], file: &str) -> String {
    let shown = settings.len().min(MOST_SETTINGS);
    let of_settings = (shown < settings.len()).then(|| format!("{shown} of {} settings drawn", settings.len()));
    let arms = settings.first().map_or(0, |setting| setting.arms.len());
    let of_arms = settings.first().and_then(|setting| left_out(arms.min(MOST_ARMS), setting, file));
    let both: Vec<String> = of_settings.into_iter().chain(of_arms).collect();
    match both.as_slice() {
        [only] if arms <= MOST_ARMS => format!("{only}; all are in {file}"),
        both => both.join("; "),
    }
}

/// The swept values that all arms of a setting share: what follows the baseline's own name.
pub(super) fn values_of(resolved: &Resolved, setting: &Resolved) -> String {
    let baseline = setting.arms.get(setting.experiment.baseline).map(|arm| arm.name.as_str()).unwrap_or_default();
    baseline.strip_prefix(resolved.baseline_name()).unwrap_or_default().trim().to_owned()
}

/// The arms of the first setting; where there are several, by what sets them apart from one another.
pub(super) fn legend_of(resolved: &Resolved, settings: &[&Resolved]) -> Vec<ArmStyle> {
    let Some(first) = settings.first() else { return Vec::new() };
    let mut styles = drawn_arms(first, MOST_ARMS);
    let common = values_of(resolved, first);
    if !common.is_empty() {
        for style in &mut styles {
            let without = style.name.replacen(&common, "", 1);
            let tidy = without.replacen(" , ", " ", 1);
            style.name = tidy.trim().trim_end_matches(',').into();
        }
    }
    styles
}

fn panels(result: &ExperimentResult, resolved: &Resolved, styles: &[ArmStyle]) -> Vec<Panel> {
    let times = Times::of(result.outcomes.iter().map(last_event));
    let across = times.across("simulated time");
    let instants = times.instants(times.end(), POINTS);
    let confidence = resolved.experiment.confidence;
    let lines = |course: &Course| -> Vec<Line> {
        let line = |(position, style): (usize, &ArmStyle)| {
            let runs: Vec<&RunOutcome> = result.outcomes_of(&style.name).collect();
            let mut points = points(&runs, &instants, confidence, course);
            if styles.len() > MOST_BANDS {
                for point in &mut points {
                    point.interval = None;
                }
            }
            Line { style: style.clone(), position, marked: false, points }
        };
        styles.iter().enumerate().map(line).collect()
    };
    let present = lines(&|run, time| Some(downloading(run, time)));
    let share = lines(&local_share);
    let high = |point: &Point| point.mean.max(point.interval.map_or(0.0, |(_, high)| high));
    let most = |lines: &[Line]| lines.iter().flat_map(|line| &line.points).map(high).fold(0.0, f64::max);
    // Intervals of few runs may reach far: the axis follows them half as far again as the means.
    let means = present.iter().flat_map(|line| &line.points).map(|point| point.mean).fold(0.0, f64::max);
    let top = most(&present).min(1.5 * means);
    vec![
        Panel {
            heading: "Peers that download".to_owned(),
            across: across.clone(),
            top,
            bottom: None,
            divisor: 1.0,
            unit: String::new(),
            lines: present,
        },
        Panel {
            heading: "Share of payload from the own ISP, so far".to_owned(),
            across,
            top: (most(&share) * 100.0).clamp(1.0, 100.0),
            bottom: None,
            divisor: 0.01,
            unit: "%".to_owned(),
            lines: share,
        },
    ]
}

fn points(runs: &[&RunOutcome], instants: &[f64], confidence: f64, course: &Course) -> Vec<Point> {
    let point = |x: f64| {
        let values: Vec<f64> = runs.iter().filter_map(|run| course(run, x)).collect();
        // A mean over some of the runs would jump whenever one more begins to have a value.
        if values.len() < runs.len() {
            return None;
        }
        let sample = Sample::of(&values, confidence);
        let interval = sample.interval.map(|interval| (interval.low, interval.high));
        sample.mean.map(|mean| Point { x, mean, interval })
    };
    instants.iter().copied().filter_map(point).collect()
}

/// When nobody downloads any longer, or the run ended, in seconds: later nothing is to be seen.
fn last_event(run: &RunOutcome) -> f64 {
    let ended = run.run.ended_at_s.0.as_secs_f64();
    let last = run.peers.iter().filter(|peer| peer.downloads()).map(|peer| until(peer, ended)).fold(0.0, f64::max);
    if last > 0.0 { last } else { ended }
}

/// When a peer ceases to download: it has everything, leaves, or the run ends.
fn until(peer: &PeerRow, ended: f64) -> f64 {
    let after = [peer.completion_s, peer.stay_s].into_iter().flatten().map(|time| time.0.as_secs_f64());
    after.reduce(f64::min).map_or(ended, |time| peer.arrival_s.0.as_secs_f64() + time)
}

fn downloading(run: &RunOutcome, time: f64) -> f64 {
    let ended = run.run.ended_at_s.0.as_secs_f64();
    let here = |peer: &&PeerRow| peer.arrival_s.0.as_secs_f64() <= time && time < until(peer, ended);
    run.peers.iter().filter(|peer| peer.downloads()).filter(here).count() as f64
}

fn local_share(run: &RunOutcome, time: f64) -> Option<f64> {
    let done = run.peers.iter().filter(|peer| {
        peer.completion_s.is_some_and(|took| peer.arrival_s.0.as_secs_f64() + took.0.as_secs_f64() <= time)
    });
    let (mut all, mut local) = (0_u64, 0_u64);
    for peer in done {
        all += peer.downloaded_bytes;
        local += peer.downloaded_local_bytes;
    }
    (all > 0).then(|| local as f64 / all as f64)
}
