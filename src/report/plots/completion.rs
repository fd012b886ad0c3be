//! The share of peers that have completed, by time since their arrival.
//!
//! For each replication, F(t) = peers with completion time ≤ t ÷ peers that arrived, so that a curve ends below 1 where
//! peers are censored. The line is the mean of F over replications at the same t, the band reaches from the smallest to
//! the largest replication; of more than four arms no bands are drawn. It ends where the arm's last peer completed. Settings
//! of a sweep have a panel each.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::legend::{Legend, Sign};
use super::over_time::{MOST_SETTINGS, legend_of, values_of, what_is_left_out};
use super::panel::{self, Line, Panel, Point};
use super::times::Times;
use super::{Area, ArmStyle, Drawn, FAINT, GRID, INK, Plot, SCALE, at, bold, canvas, drawn_arms, fitted, left_out};
use super::{MOST_ARMS, MOST_BANDS};
use super::{StoreError, style, tick_text, ticks, upwards, width_of};
use crate::experiment::{Censored, ExperimentResult};
use crate::metrics::RunOutcome;
use crate::scenario::Resolved;

const SIZE: (i32, i32) = (880, 462);
/// Left, top and bottom of the plane, in pixels.
const PLANE: (i32, i32, i32) = (76, 48, 376);
/// Where the plane ends on the right: as far as the names in the legend allow, in pixels.
const RIGHT: (i32, i32) = (470, 640);
/// From the plane to the names in the legend, in pixels.
const BESIDE: i32 = 70;
/// Size of the panel of a setting, in pixels.
const PANEL: (i32, i32) = (430, 290);
const FILE: &str = "completion.svg";
/// Points of a curve.
const POINTS: u32 = 376;

/// The curves of one arm.
struct Curves {
    style: ArmStyle,
    censored: Censored,
    /// The last completion of the arm, in seconds.
    last: f64,
    /// Completion times of each replication, ascending, with the number of peers that arrived.
    runs: Vec<(Vec<f64>, u32)>,
}

impl Curves {
    fn of(style: ArmStyle, result: &ExperimentResult) -> Self {
        let runs: Vec<_> = result.outcomes_of(&style.name).map(|o| (completions(o), o.run.peers)).collect();
        let last = runs.iter().filter_map(|(times, _)| times.last().copied()).fold(0.0, f64::max);
        let censored = Censored::of(&style.name, &result.outcomes);
        Self { style, censored, last, runs }
    }

    /// Smallest, mean and largest F(t) over replications.
    fn shares(&self, time: f64) -> (f64, f64, f64) {
        let shares = self.runs.iter().map(|(times, arrived)| {
            times.partition_point(|completion| *completion <= time) as f64 / f64::from((*arrived).max(1))
        });
        let (mut low, mut high, mut sum) = (1.0_f64, 0.0_f64, 0.0);
        for share in shares {
            (low, high, sum) = (low.min(share), high.max(share), sum + share);
        }
        (low, sum / self.runs.len().max(1) as f64, high)
    }

    /// Times at which the curve is drawn, ending exactly at the last completion.
    fn times(&self, right: f64) -> Vec<f64> {
        self.until_last((0..=POINTS).map(|n| right * f64::from(n) / f64::from(POINTS)).collect())
    }

    fn until_last(&self, mut times: Vec<f64>) -> Vec<f64> {
        times.retain(|time| *time < self.last);
        times.push(self.last);
        times
    }
}

fn completions(outcome: &RunOutcome) -> Vec<f64> {
    let peers = outcome.peers.iter().filter(|peer| peer.measured);
    let mut times: Vec<f64> = peers.filter_map(|peer| peer.completion_s).map(|time| time.0.as_secs_f64()).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Where the plane lies and what its axes span.
struct Plane {
    /// Largest time, in seconds.
    last: f64,
    /// Right edge, in pixels.
    right: i32,
}

impl Plane {
    fn x(&self, time: f64) -> i32 {
        let left = PLANE.0;
        left * SCALE + (time / self.last * f64::from((self.right - left) * SCALE)).round() as i32
    }
    fn y(share: f64) -> i32 {
        let (_, top, bottom) = PLANE;
        bottom * SCALE - (share * f64::from((bottom - top) * SCALE)).round() as i32
    }
    fn point(&self, time: f64, share: f64) -> (i32, i32) {
        (self.x(time), Self::y(share))
    }
}

pub(super) fn draw(result: &ExperimentResult, resolved: &Resolved) -> Result<Plot, StoreError> {
    if resolved.settings().len() > 1 {
        return settings(result, resolved);
    }
    let arms: Vec<Curves> =
        drawn_arms(resolved, MOST_ARMS).into_iter().map(|style| Curves::of(style, result)).collect();
    let size = (SIZE.0, SIZE.1.max(PLANE.1 + 44 * arms.len() as i32 + 40));
    let left_out = left_out(arms.len(), resolved, "peers.csv");
    canvas(FILE, size, LABEL, |area| paint(area, &arms, size.1, left_out))
}

const LABEL: &str = "Share of peers completed by time since arrival, per arm";

/// A panel for each setting of a sweep.
fn settings(result: &ExperimentResult, resolved: &Resolved) -> Result<Plot, StoreError> {
    let settings = resolved.settings();
    let drawn = settings.iter().take(MOST_SETTINGS);
    let curves: Vec<(String, Vec<Curves>)> = drawn
        .map(|setting| {
            let arms = drawn_arms(setting, MOST_ARMS).into_iter().map(|style| Curves::of(style, result)).collect();
            (values_of(resolved, setting), arms)
        })
        .collect();
    let times = Times::of(curves.iter().flat_map(|(_, arms)| arms).map(|arm| arm.last));
    let panels: Vec<Panel> = curves.iter().map(|(name, arms)| panel_of(name, arms, times)).collect();
    let names = legend_of(resolved, &settings);
    let key = Legend { arms: &names, width: 2 * PANEL.0 - 24, sign: Sign::Line };
    let top = 40 + key.height() + 8;
    let size = (2 * PANEL.0, top + panels.len().div_ceil(2) as i32 * PANEL.1 + 22);
    canvas(FILE, size, LABEL, |area| {
        area.draw_text("Peers that have completed", &bold(15.0, INK, HPos::Left, VPos::Top), at(12, 12))?;
        key.paint(area, (12, 40))?;
        for (n, panel) in panels.iter().enumerate() {
            let (column, row) = ((n % 2) as i32, (n / 2) as i32);
            panel::paint(area, panel, (column * PANEL.0, top + row * PANEL.1), PANEL)?;
        }
        let arms = curves.first().map_or(&[][..], |(_, arms)| arms);
        let left_out = Some(what_is_left_out(&settings, "peers.csv")).filter(|text| !text.is_empty());
        foot(area, arms, false, size.1, left_out)
    })
}

fn panel_of(name: &str, arms: &[Curves], times: Times) -> Panel {
    let across = times.across("time since a peer's arrival");
    let instants = times.instants(across.high, POINTS);
    let bands = arms.len() <= MOST_BANDS;
    let points = |arm: &Curves| -> Vec<Point> {
        let point = |x: f64| {
            let (low, mean, high) = arm.shares(x);
            Point { x, mean, interval: (bands && arm.runs.len() > 1).then_some((low, high)) }
        };
        arm.until_last(instants.clone()).into_iter().map(point).collect()
    };
    let line = |(position, arm): (usize, &Curves)| Line {
        style: arm.style.clone(),
        position,
        marked: false,
        points: points(arm),
    };
    Panel {
        heading: name.to_owned(),
        across,
        top: 100.0,
        bottom: None,
        divisor: 0.01,
        unit: "% of arrived peers".to_owned(),
        lines: arms.iter().enumerate().filter(|(_, arm)| arm.last > 0.0).map(line).collect(),
    }
}

fn paint(area: &Area<'_>, arms: &[Curves], height: i32, left_out: Option<String>) -> Drawn {
    let last = arms.iter().map(|arm| arm.last).fold(0.0, f64::max);
    let (unit, seconds) = time_unit(last);
    let marks = ticks(last / seconds, 8);
    let name = bold(13.0, INK, HPos::Left, VPos::Center);
    let longest = arms.iter().map(|arm| width_of(&arm.style.name, &name)).max().unwrap_or(0);
    let right = (SIZE.0 - BESIDE - 6 - longest).clamp(RIGHT.0, RIGHT.1);
    let plane = Plane { last: marks.last().copied().unwrap_or(1.0) * seconds, right };
    axes(area, &plane, &marks, unit, seconds)?;
    let drawn = || arms.iter().filter(|arm| arm.last > 0.0);
    for arm in drawn().filter(|_| arms.len() <= MOST_BANDS) {
        band(area, &plane, arm)?;
    }
    // Dashed lines last: through their gaps a line below them can be seen.
    let dashed = |arm: &&Curves| arm.style.dash.is_some();
    for arm in drawn().filter(|arm| !dashed(arm)).chain(drawn().filter(dashed)) {
        line(area, &plane, arm)?;
    }
    legend(area, arms, right)?;
    foot(area, arms, true, height, left_out)
}

/// What line, band and (where there are any) dots are, and which arms are left out.
fn foot(area: &Area<'_>, arms: &[Curves], dots: bool, height: i32, left_out: Option<String>) -> Drawn {
    let runs = arms.iter().map(|arm| arm.runs.len()).max().unwrap_or(0);
    let mut note = match runs {
        2.. if arms.len() <= MOST_BANDS => format!("line: mean of {runs} runs; band: lowest to highest run"),
        2.. => format!("line: mean of {runs} runs"),
        _ => "one run".to_owned(),
    };
    let left = if dots { PLANE.0 } else { 12 };
    if dots {
        note.push_str("; dot: last completion");
    }
    let note = std::iter::once(note).chain(left_out).collect::<Vec<_>>().join("; ");
    area.draw_text(&note, &style(11.0, FAINT, HPos::Left, VPos::Bottom), at(left, height - 8))?;
    Ok(())
}

/// The unit in which times up to `last` seconds are easy to read.
pub(super) fn time_unit(last: f64) -> (&'static str, f64) {
    match last {
        t if t >= 3.0 * 86_400.0 => ("days", 86_400.0),
        t if t >= 3.0 * 3_600.0 => ("hours", 3_600.0),
        t if t >= 600.0 => ("minutes", 60.0),
        _ => ("seconds", 1.0),
    }
}

fn axes(area: &Area<'_>, plane: &Plane, marks: &[f64], unit: &str, seconds: f64) -> Drawn {
    let ((left, top, bottom), right) = (PLANE, plane.right);
    area.draw_text("Peers that have completed", &bold(15.0, INK, HPos::Left, VPos::Top), at(left, 12))?;
    for percent in [0, 25, 50, 75, 100] {
        let y = Plane::y(f64::from(percent) / 100.0);
        area.draw(&PathElement::new([(left * SCALE, y), (right * SCALE, y)], GRID.stroke_width(1)))?;
        let style = style(12.0, FAINT, HPos::Right, VPos::Center);
        area.draw_text(&format!("{percent} %"), &style, ((left - 8) * SCALE, y))?;
    }
    let step = marks.get(1).copied().unwrap_or(1.0);
    for mark in marks {
        let x = plane.x(mark * seconds);
        area.draw(&PathElement::new([(x, bottom * SCALE), (x, (bottom + 5) * SCALE)], FAINT.stroke_width(2)))?;
        let style = style(12.0, FAINT, HPos::Center, VPos::Top);
        area.draw_text(&tick_text(*mark, step), &style, (x, (bottom + 9) * SCALE))?;
    }
    area.draw(&PathElement::new([at(left, bottom), at(right, bottom)], FAINT.stroke_width(2)))?;
    let caption = format!("time since a peer's arrival, {unit}");
    area.draw_text(&caption, &style(13.0, INK, HPos::Center, VPos::Top), at(i32::midpoint(left, right), bottom + 32))?;
    let beside = upwards(style(13.0, INK, HPos::Center, VPos::Top));
    area.draw_text("share of arrived peers", &beside, at(10, i32::midpoint(top, bottom)))?;
    Ok(())
}

fn band(area: &Area<'_>, plane: &Plane, arm: &Curves) -> Drawn {
    if arm.runs.len() < 2 {
        return Ok(());
    }
    let times = arm.times(plane.last);
    let lower = times.iter().map(|t| plane.point(*t, arm.shares(*t).0));
    let upper = times.iter().rev().map(|t| plane.point(*t, arm.shares(*t).2));
    let outline: Vec<_> = lower.chain(upper).collect();
    area.draw(&Polygon::new(outline, arm.style.color.mix(0.18).filled()))?;
    Ok(())
}

fn line(area: &Area<'_>, plane: &Plane, arm: &Curves) -> Drawn {
    let points: Vec<_> = arm.times(plane.last).into_iter().map(|t| plane.point(t, arm.shares(t).1)).collect();
    arm.style.stroke(area, &points)?;
    // A full dot where the arm's last peer completed: below 100 % the rest is censored.
    if let Some(end) = points.last() {
        area.draw(&Circle::new(*end, 4 * SCALE, arm.style.color.filled()))?;
    }
    Ok(())
}

fn legend(area: &Area<'_>, arms: &[Curves], right: i32) -> Drawn {
    let left = right + 28;
    let name = bold(13.0, INK, HPos::Left, VPos::Center);
    let small = style(12.0, FAINT, HPos::Left, VPos::Center);
    for (row, arm) in arms.iter().enumerate() {
        let y = PLANE.1 + 14 + 44 * row as i32;
        arm.style.stroke(area, &[at(left, y), at(left + 34, y)])?;
        let room = SIZE.0 - (left + 42) - 4;
        area.draw_text(&fitted(&arm.style.name, &name, room), &name, at(left + 42, y))?;
        let Censored { censored, peers } = arm.censored;
        let complete = match (censored, peers) {
            (0, 0) => "no peers".to_owned(),
            (0, _) => "every peer completed".to_owned(),
            _ => format!("{:.1} % censored", 100.0 * censored as f64 / peers as f64),
        };
        area.draw_text(&complete, &small, at(left + 42, y + 18))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rows::PeerRow;
    use crate::units::{SimDuration, TableSeconds};

    fn run(times: &[Option<u64>]) -> RunOutcome {
        let peer = |time: &Option<u64>| PeerRow {
            role: "peer".to_owned(),
            measured: true,
            completion_s: time.map(|s| TableSeconds(SimDuration::from_secs(s))),
            ..PeerRow::default()
        };
        let mut outcome = RunOutcome { peers: times.iter().map(peer).collect(), ..RunOutcome::default() };
        outcome.peers.push(PeerRow { role: "seed".to_owned(), ..PeerRow::default() });
        outcome.run.arm = "a".to_owned();
        outcome.run.peers = times.len() as u32;
        outcome.run.peers_censored = times.iter().filter(|time| time.is_none()).count() as u32;
        outcome
    }

    #[test]
    fn distribution_functions_count_the_censored() {
        let runs = vec![run(&[Some(10), Some(20), Some(30), None]), run(&[Some(20), Some(20), Some(40), Some(40)])];
        let result = ExperimentResult { outcomes: runs, ..ExperimentResult::default() };
        let style = ArmStyle::other("a".to_owned(), 0);
        let curves = Curves::of(style, &result);
        assert_eq!(curves.shares(9.0), (0.0, 0.0, 0.0));
        assert_eq!(curves.shares(20.0), (0.5, 0.5, 0.5));
        assert_eq!(curves.shares(30.0), (0.5, 0.625, 0.75));
        assert_eq!(curves.shares(99.0), (0.75, 0.875, 1.0));
        assert_eq!(curves.last.to_bits(), 40.0_f64.to_bits());
        assert_eq!(curves.times(50.0).last(), Some(&40.0));
    }
}
