//! Bytes between the ASes with most traffic, per arm.
//!
//! ASes are ordered by the payload they sent and received in all arms together. A cell is the mean over replications;
//! all panels share one logarithmic colour scale. Only the largest entries of each run are recorded (the scenario says
//! how many), so an empty cell means no bytes, or few.

use std::collections::BTreeMap;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::StoreError;
use super::{
    Area, Drawn, FAINT, INK, Plot, SCALE, at, bold, canvas, drawn_arms, in_two_lines, left_out, style, upwards,
};
use crate::experiment::{ExperimentResult, Unit};
use crate::scenario::Resolved;

const WIDTH: i32 = 880;
/// ASes shown at most.
const SHOWN: usize = 16;
/// Arms shown at most.
const PANELS: usize = 6;
const PER_ROW: usize = 3;
/// Side of a panel's square in pixels.
const SIDE: i32 = 224;
const LEFT: i32 = 76;
const TITLE: i32 = 40;
/// Height of a row of panels: heading, square, labels below.
const ROW: i32 = ABOVE + SIDE + 62;
/// Room for the heading, of one line or two.
const ABOVE: i32 = 44;

/// Colours from few bytes to many: light to dark, so that grey prints keep the order.
const RAMP: [(f64, f64, f64); 5] = [
    (0xe8 as f64, 0xf1 as f64, 0xf8 as f64),
    (0x9e as f64, 0xc9 as f64, 0xe2 as f64),
    (0x4a as f64, 0x98 as f64, 0xc9 as f64),
    (0x0b as f64, 0x5c as f64, 0x9e as f64),
    (0x06 as f64, 0x22 as f64, 0x4d as f64),
];

/// Mean bytes per run by (source, destination).
type Cells<'a> = BTreeMap<(&'a str, &'a str), f64>;

struct Panel<'a> {
    name: &'a str,
    cells: Cells<'a>,
}

/// The colour scale.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    fn color(self, bytes: f64) -> RGBColor {
        // libm: the same bits on every platform.
        let span = libm::log10(self.high / self.low);
        let place = if span > 0.0 { (libm::log10(bytes / self.low) / span).clamp(0.0, 1.0) } else { 1.0 };
        let scaled = place * (RAMP.len() - 1) as f64;
        let below = (scaled.floor() as usize).min(RAMP.len() - 2);
        let (from, to, part) = (RAMP[below], RAMP[below + 1], scaled - below as f64);
        let blend = |from: f64, to: f64| (from + (to - from) * part).round() as u8;
        RGBColor(blend(from.0, to.0), blend(from.1, to.1), blend(from.2, to.2))
    }
}

pub(super) fn draw(result: &ExperimentResult, resolved: &Resolved) -> Result<Plot, StoreError> {
    let styles = drawn_arms(resolved, PANELS);
    let panels: Vec<Panel<'_>> = styles.iter().map(|arm| panel(result, &arm.name)).collect();
    let ases = busiest(result);
    let shown_cells =
        || panels.iter().flat_map(|panel| &panel.cells).filter(|((s, d), _)| ases.contains(s) && ases.contains(d));
    let bytes = || shown_cells().map(|(_, bytes)| *bytes).filter(|bytes| *bytes > 0.0);
    let range = Range { low: bytes().fold(f64::INFINITY, f64::min), high: bytes().fold(0.0, f64::max) };
    let rows = panels.len().div_ceil(PER_ROW).max(1) as i32;
    let size = (WIDTH, TITLE + rows * ROW + 74);
    canvas("traffic_matrix.svg", size, "Bytes between the ASes with most traffic, per arm", |area| {
        let title = format!("Traffic between the {} busiest ASes", ases.len());
        area.draw_text(&title, &bold(15.0, INK, HPos::Left, VPos::Top), at(LEFT, 12))?;
        if ases.is_empty() || range.high <= 0.0 {
            area.draw_text("No traffic was recorded.", &style(13.0, INK, HPos::Left, VPos::Top), at(LEFT, TITLE + 20))?;
            return Ok(());
        }
        for (n, panel) in panels.iter().enumerate() {
            let (column, row) = ((n % PER_ROW) as i32, (n / PER_ROW) as i32);
            paint(area, panel, &ases, range, (LEFT + column * (SIDE + 46), TITLE + row * ROW + ABOVE))?;
        }
        scale(area, range, TITLE + rows * ROW + 10)?;
        if let Some(note) = left_out(panels.len(), resolved, "traffic_matrix.csv") {
            area.draw_text(&note, &style(11.0, FAINT, HPos::Right, VPos::Top), at(WIDTH - 10, 14))?;
        }
        Ok(())
    })
}

/// The mean traffic of one arm, without the remainder row.
fn panel<'a>(result: &'a ExperimentResult, name: &'a str) -> Panel<'a> {
    let mut cells = Cells::new();
    let mut runs = 0_u32;
    for outcome in result.outcomes_of(name) {
        runs += 1;
        for row in outcome.traffic_matrix.iter().filter(|row| row.pairs == 1 && row.source_as != "other") {
            *cells.entry((&row.source_as, &row.destination_as)).or_insert(0.0) += row.bytes as f64;
        }
    }
    for bytes in cells.values_mut() {
        *bytes /= f64::from(runs.max(1));
    }
    Panel { name, cells }
}

/// The ASes with most recorded traffic over all arms, most first, equal ones by number.
fn busiest(result: &ExperimentResult) -> Vec<&str> {
    let mut volume: BTreeMap<&str, u128> = BTreeMap::new();
    for row in result.outcomes.iter().flat_map(|outcome| &outcome.traffic_matrix).filter(|row| row.source_as != "other")
    {
        for end in [&row.source_as, &row.destination_as] {
            *volume.entry(end).or_insert(0) += u128::from(row.bytes);
        }
    }
    let mut ases: Vec<(&str, u128)> = volume.into_iter().collect();
    let number = |name: &str| name.parse::<u64>().unwrap_or(u64::MAX);
    ases.sort_by_key(|(name, volume)| (std::cmp::Reverse(*volume), number(name)));
    ases.into_iter().take(SHOWN).map(|(name, _)| name).collect()
}

fn paint(area: &Area<'_>, panel: &Panel<'_>, ases: &[&str], range: Range, (left, top): (i32, i32)) -> Drawn {
    let heading = bold(13.0, INK, HPos::Left, VPos::Bottom);
    let (first, second) = in_two_lines(panel.name, &heading, SIDE + 36);
    let up = if second.is_some() { 17 } else { 0 };
    area.draw_text(&first, &heading, at(left, top - 6 - up))?;
    if let Some(second) = second {
        area.draw_text(&second, &heading, at(left, top - 6))?;
    }
    let edge = |n: usize| n as i32 * SIDE * SCALE / ases.len() as i32;
    let (x0, y0) = at(left, top);
    let label = style(if ases.len() > 12 { 10.0 } else { 11.0 }, FAINT, HPos::Right, VPos::Center);
    for (row, source) in ases.iter().enumerate() {
        for (column, destination) in ases.iter().enumerate() {
            let corners = [(x0 + edge(column), y0 + edge(row)), (x0 + edge(column + 1), y0 + edge(row + 1))];
            let bytes = panel.cells.get(&(*source, *destination)).copied().filter(|bytes| *bytes > 0.0);
            let color = bytes.map_or(RGBColor(0xff, 0xff, 0xff), |bytes| range.color(bytes));
            area.draw(&Rectangle::new(corners, color.filled()))?;
        }
        let middle = i32::midpoint(edge(row), edge(row + 1));
        area.draw_text(source, &label, (x0 - 4 * SCALE, y0 + middle))?;
        area.draw_text(source, &upwards(label.clone()), (x0 + middle, y0 + edge(ases.len()) + 4 * SCALE))?;
    }
    let frame = [(x0, y0), (x0 + edge(ases.len()), y0 + edge(ases.len()))];
    area.draw(&Rectangle::new(frame, FAINT.stroke_width(2)))?;
    let below = top + SIDE + 56;
    area.draw_text("to AS", &style(11.0, INK, HPos::Center, VPos::Bottom), at(left + SIDE / 2, below))?;
    if left == LEFT {
        let beside = upwards(style(11.0, INK, HPos::Center, VPos::Top));
        area.draw_text("from AS", &beside, at(16, top + SIDE / 2))?;
    }
    Ok(())
}

fn scale(area: &Area<'_>, range: Range, top: i32) -> Drawn {
    const STEPS: i32 = 100;
    let (width, height) = (400, 14);
    let decades = libm::log10(range.high / range.low);
    for step in 0..STEPS {
        let part = (f64::from(step) + 0.5) / f64::from(STEPS);
        let color = range.color(range.low * libm::pow(10.0, decades * part));
        let x = |n: i32| LEFT + width * n / STEPS;
        area.draw(&Rectangle::new(
            [at(x(step), top), at((x(step + 1) + 1).min(LEFT + width), top + height)],
            color.filled(),
        ))?;
    }
    area.draw(&Rectangle::new([at(LEFT, top), at(LEFT + width, top + height)], FAINT.stroke_width(1)))?;
    let text = style(11.0, FAINT, HPos::Center, VPos::Top);
    for power in 0..19 {
        let bytes = libm::pow(10.0, f64::from(power));
        if bytes < range.low * 0.999 || bytes > range.high * 1.001 || decades <= 0.0 {
            continue;
        }
        let x = LEFT * SCALE + (libm::log10(bytes / range.low) / decades * f64::from(width * SCALE)).round() as i32;
        area.draw(&PathElement::new(
            [(x, (top + height) * SCALE), (x, (top + height + 4) * SCALE)],
            FAINT.stroke_width(2),
        ))?;
        area.draw_text(&decade(power), &text, (x, (top + height + 7) * SCALE))?;
    }
    let ends = |bytes: f64| Unit::Bytes.scale(bytes * 10.0).text(bytes);
    let caption = format!(
        "bytes per run, from {} to {}, logarithmic; white: none, or too few to be recorded",
        ends(range.low),
        ends(range.high)
    );
    area.draw_text(&caption, &style(11.0, INK, HPos::Left, VPos::Top), at(LEFT, top + height + 26))?;
    Ok(())
}

/// A power of ten of bytes: `1 kB`, `10 MB` …
fn decade(power: i32) -> String {
    let unit = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let digits = ["1", "10", "100"];
    format!("{} {}", digits[(power % 3) as usize], unit[(power / 3) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::RunOutcome;
    use crate::metrics::rows::TrafficMatrixRow;

    fn row(source: &str, destination: &str, bytes: u64) -> TrafficMatrixRow {
        let (source_as, destination_as) = (source.to_owned(), destination.to_owned());
        TrafficMatrixRow { source_as, destination_as, bytes, pairs: 1, ..TrafficMatrixRow::default() }
    }

    #[test]
    fn busiest_first_and_the_remainder_left_out() {
        let matrix = vec![row("9", "9", 5), row("10", "9", 20), row("10", "2", 5), row("other", "other", 1000)];
        let mut outcome = RunOutcome { traffic_matrix: matrix, ..RunOutcome::default() };
        outcome.run.arm = "a".to_owned();
        let other = RunOutcome { traffic_matrix: vec![row("10", "9", 40)], ..outcome.clone() };
        let result = ExperimentResult { outcomes: vec![outcome, other], ..ExperimentResult::default() };
        assert_eq!(busiest(&result), ["9", "10", "2"]); // 5 + 5 + 20 + 40 against 20 + 5 + 40 against 5
        let panel = panel(&result, "a");
        assert_eq!(panel.cells.get(&("10", "9")), Some(&30.0));
        assert_eq!(panel.cells.get(&("9", "9")), Some(&2.5));
        assert!(!panel.cells.contains_key(&("other", "other")));
    }

    #[test]
    fn colours_darken_with_bytes() {
        let range = Range { low: 1e3, high: 1e9 };
        let light = |bytes: f64| {
            let RGBColor(r, g, b) = range.color(bytes);
            u32::from(r) + u32::from(g) + u32::from(b)
        };
        let steps: Vec<u32> = (3..=9).map(|power| light(10_f64.powi(power))).collect();
        assert!(steps.windows(2).all(|pair| pair[0] > pair[1]), "{steps:?}");
        assert_eq!(range.color(1e3), RGBColor(0xe8, 0xf1, 0xf8));
        assert_eq!(range.color(1e9), RGBColor(0x06, 0x22, 0x4d));
        assert_eq!(Range { low: 5.0, high: 5.0 }.color(5.0), RGBColor(0x06, 0x22, 0x4d));
        assert_eq!(decade(4), "10 kB");
    }
}
