//! What each ISP pays, arm beside arm: one row per ISP, in groups by class.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::legend::{Legend, Sign};
use super::{Area, ArmStyle, Drawn, FAINT, GRID, INK, Plot, SCALE, StoreError};
use super::{MOST_ARMS, at, bold, canvas, drawn_arms, fitted, left_out, style, tick_text, ticks, ticks_between};
use crate::experiment::{ExperimentResult, Scale};
use crate::report::dictionary::MONEY_PLOT;
use crate::report::isp_money::{IspMoney, MoneyOfIsps, Shown};
use crate::scenario::Resolved;

const WIDTH: i32 = 880;
/// Where bars begin and end, in pixels.
const LEFT: i32 = 196;
const RIGHT: i32 = 860;
/// Where the legend begins.
const KEY: i32 = 36;
/// Height of a bar, in pixels.
const BAR: i32 = 13;
/// Room between two ISPs, and above a class.
const GAP: i32 = 9;
const CLASS: i32 = 24;
/// ISPs drawn at most.
const SHOWN: usize = 24;

pub(super) fn draw(result: &ExperimentResult, resolved: &Resolved) -> Result<Option<Plot>, StoreError> {
    let Some(mut known) = MoneyOfIsps::of(result, resolved) else { return Ok(None) };
    known.isps.truncate(SHOWN);
    known.isps.retain(|isp| isp.size() > 0.0);
    // Classes from the top of the hierarchy down; inside a class the order of the table.
    known.isps.sort_by_key(|isp| ["tier-1", "transit", "stub"].iter().position(|class| *class == isp.class));
    if known.isps.is_empty() {
        return Ok(None);
    }
    let position = |style: &ArmStyle| resolved.arms.iter().position(|arm| arm.name == style.name);
    let (arms, positions): (Vec<_>, Vec<_>) =
        drawn_arms(resolved, MOST_ARMS).into_iter().filter_map(|style| position(&style).map(|at| (style, at))).unzip();
    let block = BAR * arms.len() as i32 + GAP;
    let top = KEY + key(&arms).height() + 16;
    let classes = known.isps.chunk_by(|a, b| a.class == b.class).count() as i32;
    let bottom = top + block * known.isps.len() as i32 + CLASS * classes;
    let label = "What each ISP pays, per arm";
    let drawing = Drawing { known: &known, arms: &arms, positions, resolved, top, bottom };
    canvas(MONEY_PLOT, (WIDTH, bottom + 44), label, |area| drawing.paint(area)).map(Some)
}

struct Drawing<'a> {
    known: &'a MoneyOfIsps,
    arms: &'a [ArmStyle],
    /// Their positions in the scenario.
    positions: Vec<usize>,
    resolved: &'a Resolved,
    top: i32,
    bottom: i32,
}

const fn key(arms: &[ArmStyle]) -> Legend<'_> {
    Legend { arms, width: WIDTH - 32, sign: Sign::Bar }
}

/// From values to half-pixels.
struct Axis {
    scale: Scale,
    marks: Vec<f64>,
}

impl Axis {
    fn x(&self, value: f64) -> i32 {
        let (low, high) = (self.marks.first().copied().unwrap_or(0.0), self.marks.last().copied().unwrap_or(1.0));
        let share = (self.scale.value(value) - low) / (high - low);
        LEFT * SCALE + (share * f64::from((RIGHT - LEFT) * SCALE)).round() as i32
    }
}

impl Drawing<'_> {
    fn axis(&self) -> Axis {
        let confidence = self.resolved.experiment.confidence;
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for isp in &self.known.isps {
            for arm in &self.positions {
                let sample = isp.sample(*arm, confidence);
                let ends = sample.interval.map(|interval| [interval.low, interval.high]);
                for value in ends.into_iter().flatten().chain(sample.mean) {
                    (low, high) = (low.min(value), high.max(value));
                }
            }
        }
        let scale = self.known.unit(self.resolved).scale(high.max(-low));
        let (low, high) = (scale.value(low), scale.value(high));
        let marks = if low < 0.0 { ticks_between(low, high.max(-low * 0.01), 6) } else { ticks(high, 6) };
        Axis { scale, marks }
    }

    fn paint(&self, area: &Area<'_>) -> Drawn {
        let axis = self.axis();
        let title = match self.known.shown {
            Shown::Net => "What ISPs pay one another in a month, less what they receive",
            Shown::Level => "Levels at which ISPs are billed, for the simulated time alone",
        };
        area.draw_text(title, &bold(15.0, INK, HPos::Left, VPos::Top), at(16, 12))?;
        key(self.arms).paint(area, (16, KEY))?;
        let step = axis.marks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(1.0);
        for (n, mark) in axis.marks.iter().enumerate() {
            let x = axis.x(mark / axis.scale.value(1.0));
            area.draw(&PathElement::new([(x, self.top * SCALE), (x, self.bottom * SCALE)], GRID.stroke_width(1)))?;
            let mut text = tick_text(*mark, step).replace('-', "−");
            if n + 1 == axis.marks.len() {
                text = format!("{text} {}", axis.scale.symbol);
            }
            let end = if n + 1 == axis.marks.len() { HPos::Right } else { HPos::Center };
            area.draw_text(&text, &style(12.0, FAINT, end, VPos::Top), (x, (self.bottom + 6) * SCALE))?;
        }
        let mut y = self.top;
        for class in self.known.isps.chunk_by(|a, b| a.class == b.class) {
            let heading = bold(12.0, FAINT, HPos::Left, VPos::Center);
            area.draw_text(&class[0].class, &heading, at(16, y + CLASS / 2))?;
            y += CLASS;
            for isp in class {
                self.isp(area, &axis, isp, y)?;
                y += BAR * self.arms.len() as i32 + GAP;
            }
        }
        let zero = axis.x(0.0);
        area.draw(&PathElement::new([(zero, self.top * SCALE), (zero, self.bottom * SCALE)], FAINT.stroke_width(2)))?;
        let note = match self.known.shown {
            Shown::Net => "bars to the left of zero: the ISP earns; whiskers: intervals of the mean over runs",
            Shown::Level => "whiskers: intervals of the mean over runs",
        };
        let left_out = left_out(self.arms.len(), self.resolved, "isps.csv");
        let note = std::iter::once(note.to_owned()).chain(left_out).collect::<Vec<_>>().join("; ");
        area.draw_text(&note, &style(11.0, FAINT, HPos::Left, VPos::Bottom), at(16, self.bottom + 40))?;
        Ok(())
    }

    fn isp(&self, area: &Area<'_>, axis: &Axis, isp: &IspMoney, y: i32) -> Drawn {
        let zero = axis.x(0.0);
        let name = style(12.0, INK, HPos::Right, VPos::Center);
        let middle = y + BAR * self.arms.len() as i32 / 2;
        area.draw_text(&fitted(&isp.name, &name, LEFT - 40), &name, at(LEFT - 10, middle))?;
        for (n, arm) in self.arms.iter().enumerate() {
            let sample = isp.sample(self.positions[n], self.resolved.experiment.confidence);
            let Some(mean) = sample.mean else { continue };
            let (top, end) = ((y + BAR * n as i32) * SCALE, axis.x(mean));
            let bar = [(zero.min(end), top + 1), (zero.max(end), top + BAR * SCALE - 1)];
            arm.bar(area, bar)?;
            if let Some(interval) = sample.interval {
                let (low, high, centre) = (axis.x(interval.low), axis.x(interval.high), top + BAR * SCALE / 2);
                let cap = 3 * SCALE;
                let lines = [
                    [(low, centre), (high, centre)],
                    [(low, centre - cap), (low, centre + cap)],
                    [(high, centre - cap), (high, centre + cap)],
                ];
                for line in lines {
                    area.draw(&PathElement::new(line, BLACK.stroke_width(2)))?;
                }
            }
        }
        Ok(())
    }
}
