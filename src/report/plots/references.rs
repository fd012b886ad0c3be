//! The model beside what the scenario refers to: one panel per metric, arms along its axis.
//!
//! A dot is the mean over runs, the narrow bar its confidence interval, the wide pale bar the prediction interval for
//! one further run. A line across is the reference, the shade around it the band that is accepted, with thin edges; a
//! band that is open at one end is shaded up to the edge of the panel. Model and reference differ in form, not only in
//! colour. Below each arm stands what came of it.

mod legend;
#[cfg(test)]
mod tests;

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{ARMS, Area, Drawn, FAINT, GRID, INK, Plot, SCALE, at, bold, canvas, fitted, style};
use super::{StoreError, tick_text, ticks_between, upwards, width_of};
use crate::experiment::{ExperimentResult, Scale};
use crate::metrics::rows::ReferenceRow;
use crate::report::dictionary::REFERENCES_PLOT;
use crate::report::reference_text::{distance, scale, subject};
use crate::scenario::Resolved;

/// Width of the canvas, unless arms are so many that they need more.
const WIDTH: i32 = 880;
/// The narrowest place of an arm.
const LEAST_SLOT: i32 = 18;
/// Height of a panel's plane.
const PLANE: i32 = 220;
/// From the left edge of a panel to its plane: a caption and the numbers.
const LEFT: i32 = 84;
/// From the top of a panel to its plane.
const ABOVE: i32 = 34;
/// The line below the plane that says what came out.
const FINDING: i32 = 24;
/// Room for the longest name of an arm that is written upwards.
const UPWARDS: i32 = 210;
/// The least that an axis spans, relative to its numbers: differences below a hundredth are no pictures.
const LEAST_SPAN: f64 = 0.01;
const LEGEND_LINE: i32 = 22;
const TITLE: i32 = 42;
/// The model's colour: blue after Okabe and Ito (2008).
const MODEL: RGBColor = ARMS[0];
/// The colours of references, by label: none is the model's.
const REFERENCES: [RGBColor; 4] =
    [RGBColor(0xd5, 0x5e, 0x00), RGBColor(0x00, 0x9e, 0x73), RGBColor(0xcc, 0x79, 0xa7), RGBColor(0xe6, 0x9f, 0x00)];
const DASHES: [Option<(i32, i32)>; 4] = [None, Some((16, 8)), Some((6, 6)), Some((26, 8))];

/// Colour and dashes of a reference's line.
type Look = (RGBColor, Option<(i32, i32)>);

/// One arm of a panel, with the references that speak of it: never empty.
struct Slot<'a> {
    arm: &'a str,
    rows: Vec<&'a ReferenceRow>,
}

/// All that is held against something in one metric (or ratio of two).
struct Panel<'a> {
    title: String,
    scale: Scale,
    slots: Vec<Slot<'a>>,
    /// What the axis shows, with its unit.
    caption: String,
    marks: Vec<f64>,
    /// Left and right edge of the plane, and its top, in pixels.
    place: (i32, i32, i32),
    /// Room for names of arms that are written upwards; `None`: they are written level.
    upwards: Option<i32>,
}

impl<'a> Panel<'a> {
    fn of(rows: &[&'a ReferenceRow], resolved: &Resolved) -> Self {
        let mut slots: Vec<Slot<'a>> = Vec::new();
        for arm in &resolved.arms {
            let rows: Vec<&ReferenceRow> = rows.iter().copied().filter(|row| row.arm == arm.name).collect();
            if let Some(first) = rows.first() {
                slots.push(Slot { arm: &first.arm, rows });
            }
        }
        let scale = scale(rows.iter().copied());
        let title = rows.first().map(|row| subject(row)).unwrap_or_default();
        let ratio = rows.iter().any(|row| row.against.is_some());
        let caption = match scale.symbol {
            "" if ratio => "ratio",
            "" => "number",
            "s" => "seconds",
            symbol => symbol,
        };
        let (place, caption) = ((0, 0, 0), caption.to_owned());
        Self { title, scale, slots, caption, marks: marks(rows, &scale), place, upwards: None }
    }

    /// Height of the whole panel.
    fn height(&self) -> i32 {
        ABOVE + PLANE + FINDING + self.upwards.map_or(26, |room| room + 6)
    }

    /// The height of a value, in half-pixels; outside the axis: its nearer end.
    fn y(&self, value: f64) -> i32 {
        let first = self.marks.first().copied().unwrap_or(0.0);
        let last = self.marks.last().copied().unwrap_or(1.0);
        let share = ((self.scale.value(value) - first) / (last - first)).clamp(0.0, 1.0);
        (self.place.2 + PLANE) * SCALE - (share * f64::from(PLANE * SCALE)).round() as i32
    }

    /// Width of an arm's slot, in half-pixels.
    fn slot(&self) -> i32 {
        (self.place.1 - self.place.0) * SCALE / self.slots.len().max(1) as i32
    }
}

/// The axis: every number that is drawn, with some room, and 0 where it is not far. Intervals of normal theory may reach
/// below 0 or above 100 % where no metric does: the axis does not follow them.
fn marks(rows: &[&ReferenceRow], scale: &Scale) -> Vec<f64> {
    let range = |of: &dyn Fn(&ReferenceRow) -> [Option<f64>; 4]| {
        let numbers = rows.iter().flat_map(|row| of(row)).flatten().map(|value| scale.value(value));
        let span = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
        numbers.fold((f64::INFINITY, f64::NEG_INFINITY), span)
    };
    let (low, high) = range(&|row| [row.mean, row.reference, row.low, row.high]);
    let intervals = range(&|row| [row.ci_low, row.ci_high, row.prediction_low, row.prediction_high]);
    let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    let ceiling = if scale.symbol == "%" && high <= 100.0 { 100.0 } else { f64::INFINITY };
    let (low, high) = (low.min(intervals.0).max(floor), high.max(intervals.1).min(ceiling));
    if !(low.is_finite() && high.is_finite()) {
        return ticks_between(0.0, 1.0, 5);
    }
    let least = (LEAST_SPAN * high.abs().max(low.abs())).max(1e-9);
    let room = (0.06 * (high - low)).max((least - (high - low)) / 2.0);
    let bottom = if low >= 0.0 && low < 0.4 * high { 0.0 } else { low - room };
    ticks_between(bottom.max(floor), (high + room).min(ceiling), 5)
}

/// The labels of references in the order of their first appearance: their position is their style.
fn labels(rows: &[ReferenceRow]) -> Vec<&str> {
    let mut labels: Vec<&str> = Vec::new();
    for row in rows {
        if !labels.contains(&row.label.as_str()) {
            labels.push(&row.label);
        }
    }
    labels
}

/// Rows with one subject, in the order in which subjects first appear.
fn by_subject(rows: &[ReferenceRow]) -> Vec<Vec<&ReferenceRow>> {
    let mut groups: Vec<Vec<&ReferenceRow>> = Vec::new();
    for row in rows {
        let same = |group: &&mut Vec<&ReferenceRow>| {
            group.first().is_some_and(|first| (&first.metric, &first.against) == (&row.metric, &row.against))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

/// The plot, where the scenario refers to anything.
pub(super) fn draw(result: &ExperimentResult, resolved: &Resolved) -> Result<Option<Plot>, StoreError> {
    if result.references.is_empty() {
        return Ok(None);
    }
    let mut panels: Vec<Panel<'_>> =
        by_subject(&result.references).iter().map(|rows| Panel::of(rows, resolved)).collect();
    let labels = labels(&result.references);
    let entries = legend::entries(&result.references, &labels);
    // Widths of texts are not known before there is a canvas; generous guesses set its height.
    let places = legend::places(&entries, |text| text.chars().count() as i32 * 8);
    let lines = places.iter().map(|(_, line)| line + 1).max().unwrap_or(0);
    let size = arrange(&mut panels, TITLE + LEGEND_LINE * lines + 6);
    canvas(REFERENCES_PLOT, size, "The model beside what it is held against, per metric and arm", |area| {
        area.draw_text("Model and reference", &bold(15.0, INK, HPos::Left, VPos::Top), at(LEFT, 12))?;
        for (entry, (x, line)) in entries.iter().zip(&places) {
            legend::draw(area, entry, (*x, TITLE + LEGEND_LINE * line + 10))?;
        }
        for panel in &panels {
            paint(area, panel, &labels)?;
        }
        Ok(())
    })
    .map(Some)
}

/// Gives every panel its place below `top`; width and height of the canvas. Narrow panels stand side by side.
fn arrange(panels: &mut [Panel<'_>], top: i32) -> (i32, i32) {
    let narrow = panels.len() > 1 && panels.iter().all(|panel| panel.slots.len() <= 4);
    let columns = if narrow { 2 } else { 1 };
    let most = panels.iter().map(|panel| panel.slots.len()).max().unwrap_or(0) as i32;
    let width = (WIDTH / columns - LEFT - 16).max(most * LEAST_SLOT);
    let mut y = top;
    for row in panels.chunks_mut(columns as usize) {
        for (column, panel) in row.iter_mut().enumerate() {
            let left = column as i32 * WIDTH / columns + LEFT;
            let slots = panel.slots.len() as i32;
            panel.place = (left, left + width.min(slots.max(2) * 170), y + ABOVE);
            let longest = panel.slots.iter().map(|slot| slot.arm.chars().count()).max().unwrap_or(0) as i32;
            let (level, up) = (longest * 8 <= panel.slot() / SCALE, (longest * 8).min(UPWARDS));
            panel.upwards = if level { None } else { Some(up) };
        }
        y += row.iter().map(Panel::height).max().unwrap_or(0) + 14;
    }
    (WIDTH.max(LEFT + width + 16), y)
}

fn paint(area: &Area<'_>, panel: &Panel<'_>, labels: &[&str]) -> Drawn {
    axes(area, panel)?;
    for (position, slot) in panel.slots.iter().enumerate() {
        let left = panel.place.0 * SCALE + panel.slot() * position as i32;
        references(area, panel, slot, left, labels)?;
        model(area, panel, slot, left + panel.slot() / 2)?;
        below(area, panel, slot, left + panel.slot() / 2)?;
    }
    Ok(())
}

fn axes(area: &Area<'_>, panel: &Panel<'_>) -> Drawn {
    let (left, right, top) = panel.place;
    let room = right - left + LEFT / 2;
    let heading = bold(13.0, INK, HPos::Left, VPos::Bottom);
    area.draw_text(&fitted(&panel.title, &heading, room), &heading, at(left, top - 12))?;
    let step = match panel.marks.as_slice() {
        [first, second, ..] => second - first,
        _ => 1.0,
    };
    for mark in &panel.marks {
        let y = panel.y(mark / panel.scale.value(1.0));
        area.draw(&PathElement::new([(left * SCALE, y), (right * SCALE, y)], GRID.stroke_width(1)))?;
        let text = tick_text(*mark, step).replace('-', "−");
        area.draw_text(&text, &style(12.0, FAINT, HPos::Right, VPos::Center), ((left - 8) * SCALE, y))?;
    }
    let bottom = top + PLANE;
    area.draw(&PathElement::new([at(left, bottom), at(right, bottom)], FAINT.stroke_width(2)))?;
    let beside = upwards(style(12.0, INK, HPos::Center, VPos::Top));
    area.draw_text(&panel.caption, &beside, at(left - LEFT + 12, top + PLANE / 2))?;
    Ok(())
}

/// References side by side in an arm's slot that begins at `left`.
fn references(area: &Area<'_>, panel: &Panel<'_>, slot: &Slot<'_>, left: i32, labels: &[&str]) -> Drawn {
    let each = panel.slot() / slot.rows.len().max(1) as i32;
    for (position, row) in slot.rows.iter().enumerate() {
        let (from, to) = (left + each * position as i32 + each / 16, left + each * (position as i32 + 1) - each / 16);
        let look = look(labels, &row.label);
        let (top, bottom) = (panel.place.2 * SCALE, (panel.place.2 + PLANE) * SCALE);
        if row.low.is_some() || row.high.is_some() {
            let high = row.high.map_or(top, |high| panel.y(high));
            let low = row.low.map_or(bottom, |low| panel.y(low));
            shade(area, (from, to), (high, low), look.0)?;
            for end in [row.high, row.low].into_iter().flatten() {
                let y = panel.y(end);
                area.draw(&PathElement::new([(from, y), (to, y)], look.0.stroke_width(1)))?;
            }
        }
        if let Some(reference) = row.reference {
            let y = panel.y(reference);
            line(area, [(from, y), (to, y)], look)?;
        }
    }
    Ok(())
}

/// Colour and dashes of a label: both differ among the first four, the pair among sixteen.
fn look(labels: &[&str], label: &str) -> Look {
    let position = labels.iter().position(|known| *known == label).unwrap_or(0);
    let round = position / REFERENCES.len();
    (REFERENCES[position % REFERENCES.len()], DASHES[(position + round) % DASHES.len()])
}

fn shade(area: &Area<'_>, (from, to): (i32, i32), (high, low): (i32, i32), color: RGBColor) -> Drawn {
    area.draw(&Rectangle::new([(from, high), (to, low)], color.mix(0.16).filled()))?;
    Ok(())
}

fn line(area: &Area<'_>, ends: [(i32, i32); 2], (color, dash): Look) -> Drawn {
    let pen = color.stroke_width(5);
    match dash {
        None => area.draw(&PathElement::new(ends, pen))?,
        Some((dash, gap)) => area.draw(&DashedPathElement::new(ends, dash, gap, pen))?,
    }
    Ok(())
}

/// The model's mean and intervals: the same in all rows of a slot.
fn model(area: &Area<'_>, panel: &Panel<'_>, slot: &Slot<'_>, middle: i32) -> Drawn {
    let Some(row) = slot.rows.first() else { return Ok(()) };
    let Some(mean) = row.mean else { return Ok(()) };
    if let Some((low, high)) = row.prediction_low.zip(row.prediction_high) {
        prediction_bar(area, middle, panel.y(low), panel.y(high))?;
    }
    if let Some((low, high)) = row.ci_low.zip(row.ci_high) {
        confidence_bar(area, middle, panel.y(low), panel.y(high))?;
    }
    dot(area, (middle, panel.y(mean)))
}

fn prediction_bar(area: &Area<'_>, middle: i32, low: i32, high: i32) -> Drawn {
    let (from, to) = (middle - 7 * SCALE, middle + 7 * SCALE);
    area.draw(&Rectangle::new([(from, high), (to, low)], MODEL.mix(0.28).filled()))?;
    area.draw(&Rectangle::new([(from, high), (to, low)], MODEL.stroke_width(1)))?;
    Ok(())
}

fn confidence_bar(area: &Area<'_>, middle: i32, low: i32, high: i32) -> Drawn {
    let corners = [(middle - 2 * SCALE, high), (middle + 2 * SCALE, low)];
    area.draw(&Rectangle::new(corners, MODEL.filled()))?;
    Ok(())
}

fn dot(area: &Area<'_>, place: (i32, i32)) -> Drawn {
    area.draw(&Circle::new(place, 10, WHITE.filled()))?;
    area.draw(&Circle::new(place, 8, MODEL.filled()))?;
    Ok(())
}

/// What came out, and the arm's name.
fn below(area: &Area<'_>, panel: &Panel<'_>, slot: &Slot<'_>, middle: i32) -> Drawn {
    let y = panel.place.2 + PLANE + 8;
    let room = panel.slot() / SCALE - 4;
    let judged: Vec<bool> = slot.rows.iter().filter_map(|row| row.inside).collect();
    let outside = judged.contains(&false);
    let words = match slot.rows.as_slice() {
        [first, ..] if first.mean.is_none() => ["no value".to_owned(), "none".to_owned()],
        _ if outside => ["outside".to_owned(), "out".to_owned()],
        _ if !judged.is_empty() => ["inside".to_owned(), "in".to_owned()],
        [first, ..] => [distance(first), String::new()],
        [] => [String::new(), String::new()],
    };
    let small =
        if outside { bold(11.0, INK, HPos::Center, VPos::Top) } else { style(11.0, FAINT, HPos::Center, VPos::Top) };
    let [long, short] = words;
    let text = if width_of(&long, &small) <= room { long } else { short };
    area.draw_text(&text, &small, (middle, y * SCALE))?;
    let y = y + FINDING - 2;
    if let Some(room) = panel.upwards {
        let name = style(12.0, INK, HPos::Right, VPos::Center);
        let text = fitted(slot.arm, &name, room);
        area.draw_text(&text, &upwards(name), (middle, y * SCALE))?;
    } else {
        let name = style(12.0, INK, HPos::Center, VPos::Top);
        area.draw_text(&fitted(slot.arm, &name, room), &name, (middle, y * SCALE))?;
    }
    Ok(())
}
