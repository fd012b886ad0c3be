//! Where bytes came from, and which kinds of links they crossed.
//!
//! Two accounts that must not be added up: on the left each received payload byte counts once, by how far its sender
//! was; on the right it counts once for every inter-AS link it crossed. Bars are means over replications, whiskers
//! their confidence intervals.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::legend::{Legend, Sign};
use super::{Area, ArmStyle, Drawn, FAINT, GRID, INK, Plot, SCALE, at, bold, canvas, drawn_arms, left_out, style};
use super::{MOST_ARMS, StoreError, tick_text, ticks, width_of};
use crate::experiment::{ExperimentResult, Sample, Unit};
use crate::metrics::rows::RunRow;
use crate::scenario::Resolved;

const WIDTH: i32 = 880;
/// Arms whose bars have numbers above them, at most.
const MOST_NUMBERED: usize = 6;
/// Height of the bars' plane in pixels.
const PLANE: i32 = 270;
const TITLE: i32 = 40;
/// Left edge of the legend and of the first panel.
const LEFT: i32 = 76;

/// A kind of traffic: its name in up to two lines, and how much of it a run had.
struct Kind {
    name: [&'static str; 2],
    bytes: fn(&RunRow) -> Option<f64>,
}

/// Payload bytes received, whatever became of them.
fn received(run: &RunRow) -> f64 {
    (run.verified_bytes + run.partial_bytes + run.duplicate_bytes + run.failed_bytes) as f64
}

const ORIGINS: [Kind; 3] = [
    Kind { name: ["same AS", ""], bytes: |run| run.same_as_share.map(|share| share * received(run)) },
    Kind {
        name: ["same ISP,", "another AS"],
        bytes: |run| {
            let beyond = run.local_share.zip(run.same_as_share).map(|(isp, same)| (isp - same).max(0.0));
            beyond.map(|share| share * received(run))
        },
    },
    Kind { name: ["another ISP", ""], bytes: |run| Some(run.inter_isp_bytes as f64) },
];

const LINKS: [Kind; 3] = [
    Kind { name: ["transit up,", "to providers"], bytes: |run| Some(run.transit_up_bytes as f64) },
    Kind { name: ["transit down,", "to customers"], bytes: |run| Some(run.transit_down_bytes as f64) },
    Kind { name: ["peering", ""], bytes: |run| Some(run.peering_bytes as f64) },
];

/// A bar.
struct Bar {
    kind: usize,
    arm: usize,
    sample: Sample,
}

/// A panel: one account.
struct Panel {
    title: &'static str,
    kinds: &'static [Kind],
    left: i32,
    right: i32,
    bars: Vec<Bar>,
}

impl Panel {
    fn of(title: &'static str, kinds: &'static [Kind], span: (i32, i32), data: &Data<'_>) -> Self {
        let mut bars = Vec::new();
        for (kind, of) in kinds.iter().enumerate() {
            for (arm, style) in data.arms.iter().enumerate() {
                let runs = data.result.outcomes_of(&style.name);
                let values: Vec<f64> = runs.filter_map(|outcome| (of.bytes)(&outcome.run)).collect();
                bars.push(Bar { kind, arm, sample: Sample::of(&values, data.confidence) });
            }
        }
        Self { title, kinds, left: span.0, right: span.1, bars }
    }

    /// The largest value that has to fit.
    fn top(&self) -> f64 {
        let ends = self.bars.iter().map(|bar| {
            let high = bar.sample.interval.map_or(0.0, |interval| interval.high);
            bar.sample.mean.unwrap_or(0.0).max(high)
        });
        ends.fold(0.0, f64::max)
    }
}

struct Data<'a> {
    result: &'a ExperimentResult,
    arms: Vec<ArmStyle>,
    confidence: f64,
}

pub(super) fn draw(result: &ExperimentResult, resolved: &Resolved) -> Result<Plot, StoreError> {
    let data = Data { result, arms: drawn_arms(resolved, MOST_ARMS), confidence: resolved.experiment.confidence };
    let panels = [
        Panel::of("Where received bytes came from", &ORIGINS, (LEFT, 430), &data),
        Panel::of("Bytes crossing links between ASes", &LINKS, (516, 870), &data),
    ];
    let key = Legend { arms: &data.arms, width: WIDTH - LEFT - 12, sign: Sign::Bar };
    let top = TITLE + key.height() + 30;
    let size = (WIDTH, top + PLANE + 66);
    canvas("traffic.svg", size, "Traffic by origin and by kind of link, per arm", |area| {
        area.draw_text("Traffic by kind", &bold(15.0, INK, HPos::Left, VPos::Top), at(panels[0].left, 12))?;
        key.paint(area, (LEFT, TITLE))?;
        for panel in &panels {
            paint(area, panel, &data, top)?;
        }
        let note = if result.outcomes.len() > resolved.arms.len() {
            format!("bars: means over runs; whiskers: {} % intervals", data.confidence * 100.0)
        } else {
            "one run per arm".to_owned()
        };
        let left_out = left_out(data.arms.len(), resolved, "summary.csv");
        let note = std::iter::once(note).chain(left_out).collect::<Vec<_>>().join("; ");
        area.draw_text(&note, &style(11.0, FAINT, HPos::Left, VPos::Bottom), at(panels[0].left, size.1 - 6))?;
        Ok(())
    })
}

fn paint(area: &Area<'_>, panel: &Panel, data: &Data<'_>, top: i32) -> Drawn {
    let bottom = top + PLANE;
    let largest = panel.top();
    let scale = Unit::Bytes.scale(largest * 10.0); // one prefix up: axes read better as 0.5 GB than as 500 MB
    let marks = ticks(scale.value(largest), 5);
    let full = marks.last().copied().unwrap_or(1.0);
    let step = marks.get(1).copied().unwrap_or(1.0);
    let y = |value: f64| bottom * SCALE - (value / full * f64::from(PLANE * SCALE)).round() as i32;
    area.draw_text(panel.title, &bold(13.0, INK, HPos::Left, VPos::Bottom), at(panel.left, top - 10))?;
    for (n, mark) in marks.iter().enumerate() {
        let height = y(*mark);
        area.draw(&PathElement::new(
            [(panel.left * SCALE, height), (panel.right * SCALE, height)],
            GRID.stroke_width(1),
        ))?;
        let text = if n + 1 == marks.len() {
            format!("{} {}", tick_text(*mark, step), scale.symbol)
        } else {
            tick_text(*mark, step)
        };
        area.draw_text(&text, &style(12.0, FAINT, HPos::Right, VPos::Center), ((panel.left - 8) * SCALE, height))?;
    }
    let group = (panel.right - panel.left) * SCALE / panel.kinds.len() as i32;
    let bar_width = (group * 4 / 5 / data.arms.len().max(1) as i32).clamp(2, 52 * SCALE);
    for bar in &panel.bars {
        let Some(mean) = bar.sample.mean else { continue };
        let centre = panel.left * SCALE + group * bar.kind as i32 + group / 2;
        let first = centre - bar_width * data.arms.len() as i32 / 2;
        let x = first + bar_width * bar.arm as i32;
        let gap = (bar_width / 16).max(1);
        if let Some(arm) = data.arms.get(bar.arm) {
            arm.bar(area, [(x + gap, y(scale.value(mean))), (x + bar_width - gap, bottom * SCALE)])?;
        }
        let middle = x + bar_width / 2;
        let mut above = y(scale.value(mean));
        if let Some(interval) = bar.sample.interval {
            let (low, high) = (y(scale.value(interval.low.max(0.0))), y(scale.value(interval.high)));
            whisker(area, middle, low, high)?;
            above = above.min(high);
        }
        let value = scale.short(mean);
        let text = style(11.0, INK, HPos::Center, VPos::Bottom);
        if data.arms.len() <= MOST_NUMBERED && width_of(&value, &text) * SCALE <= bar_width + 4 * SCALE {
            area.draw_text(&value, &text, (middle, above - 3 * SCALE))?;
        }
    }
    area.draw(&PathElement::new([at(panel.left, bottom), at(panel.right, bottom)], FAINT.stroke_width(2)))?;
    for (n, kind) in panel.kinds.iter().enumerate() {
        let centre = panel.left * SCALE + group * n as i32 + group / 2;
        for (line, words) in kind.name.iter().enumerate() {
            let text = style(12.0, INK, HPos::Center, VPos::Top);
            area.draw_text(words, &text, (centre, (bottom + 8 + 16 * line as i32) * SCALE))?;
        }
    }
    Ok(())
}

fn whisker(area: &Area<'_>, x: i32, low: i32, high: i32) -> Drawn {
    let cap = 4 * SCALE;
    for line in [[(x, low), (x, high)], [(x - cap, low), (x + cap, low)], [(x - cap, high), (x + cap, high)]] {
        area.draw(&PathElement::new(line, BLACK.stroke_width(2)))?;
    }
    Ok(())
}
