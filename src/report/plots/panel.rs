//! A plane with lines, bands and markers: one panel of small multiples.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::times::powers;
use super::{Area, ArmStyle, Drawn, FAINT, GRID, INK, SCALE, bold, fitted, in_two_lines, style, tick_text, ticks};

/// Room for the heading, left of the plane, right of it and below it, in pixels.
const MARGINS: (i32, i32, i32, i32) = (34, 58, 16, 50);
/// Markers, so that lines differ without colours too.
const MARKERS: u32 = 4;

/// A point of a line: where, the mean, and both ends of its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) mean: f64,
    pub(super) interval: Option<(f64, f64)>,
}

/// A line with its band.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) style: ArmStyle,
    /// Position among lines: decides the marker.
    pub(super) position: usize,
    pub(super) points: Vec<Point>,
    /// Whether every point has a marker.
    pub(super) marked: bool,
}

/// The horizontal axis.
#[derive(Debug, Clone)]
pub(super) struct Across {
    pub(super) caption: String,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) logarithmic: bool,
    pub(super) marks: Vec<(f64, String)>,
}

impl Across {
    /// The place of a value, from 0 at the left end to 1 at the right end.
    fn share(&self, x: f64) -> f64 {
        // libm: the same bits on every platform.
        let scaled = |x: f64| if self.logarithmic { libm::log10(x) } else { x };
        let (low, high) = (scaled(self.low), scaled(self.high));
        if high > low { (scaled(x) - low) / (high - low) } else { 0.5 }
    }
}

/// One panel.
#[derive(Debug, Clone)]
pub(super) struct Panel {
    pub(super) heading: String,
    pub(super) across: Across,
    /// Largest value that the vertical axis has to hold; in units of `divisor`.
    pub(super) top: f64,
    /// Smallest value of a logarithmic vertical axis, in the same units; without it the axis is linear and begins at 0.
    pub(super) bottom: Option<f64>,
    /// Values are divided by this.
    pub(super) divisor: f64,
    /// What numbers on the vertical axis are in; may be empty.
    pub(super) unit: String,
    pub(super) lines: Vec<Line>,
}

impl Panel {
    /// Both ends of a logarithmic vertical axis: 1, 2 or 5 times a power of ten, as near to the data as can be.
    fn ends(&self) -> Option<(f64, f64)> {
        let bottom = self.bottom?;
        let round: Vec<f64> =
            powers(bottom / 10.0, self.top).iter().flat_map(|p| [*p, 2.0 * p, 5.0 * p, 10.0 * p]).collect();
        let low = round.iter().copied().filter(|value| *value <= bottom).fold(f64::NAN, f64::max);
        let high = round.iter().copied().filter(|value| *value >= self.top).fold(f64::NAN, f64::min);
        (low < high).then_some((low, high))
    }

    /// Marks of the vertical axis; on a logarithmic one powers of ten.
    fn marks(&self) -> Vec<f64> {
        self.ends().map_or_else(|| ticks(self.top, 4), |(low, high)| powers(low, high))
    }
}

/// Where the plane of a panel lies, in half-pixels.
struct Plane<'a> {
    panel: &'a Panel,
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    /// The lower end of a logarithmic axis.
    low: Option<f64>,
    /// The upper end.
    high: f64,
}

impl Plane<'_> {
    fn x(&self, x: f64) -> i32 {
        // A little room on both sides, so that markers do not lie on the axis.
        let (left, right) = (f64::from(self.left) + 16.0, f64::from(self.right) - 16.0);
        (left + self.panel.across.share(x) * (right - left)).round() as i32
    }
    fn y(&self, value: f64) -> i32 {
        let value = value / self.panel.divisor;
        let share = match self.low {
            None => value / self.high,
            // What is 0 or less, as an interval may be, lies at the foot.
            Some(low) if value <= low => 0.0,
            Some(low) => libm::log10(value / low) / libm::log10(self.high / low),
        };
        let share = share.clamp(0.0, 1.0);
        self.bottom - (share * f64::from(self.bottom - self.top)).round() as i32
    }
}

/// Draws a panel into the rectangle at (`x`, `y`) of this size, all in pixels.
pub(super) fn paint(area: &Area<'_>, panel: &Panel, (x, y): (i32, i32), (width, height): (i32, i32)) -> Drawn {
    let (above, left, right, below) = MARGINS;
    let marks = panel.marks();
    let ends = panel.ends();
    let plane = Plane {
        panel,
        left: (x + left) * SCALE,
        right: (x + width - right) * SCALE,
        top: (y + above) * SCALE,
        bottom: (y + height - below) * SCALE,
        low: ends.map(|(low, _)| low),
        high: ends.map_or_else(|| marks.last().copied().unwrap_or(1.0), |(_, high)| high),
    };
    let heading_style = bold(14.0, INK, HPos::Left, VPos::Top);
    let unit = if panel.unit.is_empty() { String::new() } else { format!(", {}", panel.unit) };
    let unit = if panel.bottom.is_some() { format!("{unit} (log scale)") } else { unit };
    let (first, second) = in_two_lines(&format!("{}{unit}", panel.heading), &heading_style, width - 12);
    if let Some(second) = second {
        // Two lines are smaller, so that they fit into the same room.
        let small = bold(12.0, INK, HPos::Left, VPos::Top);
        area.draw_text(&first, &small, ((x + 8) * SCALE, y * SCALE))?;
        area.draw_text(&second, &small, ((x + 8) * SCALE, (y + 14) * SCALE))?;
    } else {
        area.draw_text(&first, &heading_style, ((x + 8) * SCALE, (y + 6) * SCALE))?;
    }
    down(area, &plane, &marks)?;
    across(area, &plane, width - left - right)?;
    for line in &panel.lines {
        band(area, &plane, line)?;
    }
    // Dashed lines last: through their gaps a line below them can be seen.
    let dashed = |line: &&Line| line.style.dash.is_some();
    for line in panel.lines.iter().filter(|line| !dashed(line)).chain(panel.lines.iter().filter(dashed)) {
        stroke(area, &plane, line)?;
    }
    Ok(())
}

fn down(area: &Area<'_>, plane: &Plane<'_>, marks: &[f64]) -> Drawn {
    let step = marks.get(1).copied().unwrap_or(1.0);
    for mark in marks {
        let step = if plane.low.is_some() { mark.min(1.0) } else { step };
        let y = plane.y(mark * plane.panel.divisor);
        area.draw(&PathElement::new([(plane.left, y), (plane.right, y)], GRID.stroke_width(1)))?;
        let right = style(12.0, FAINT, HPos::Right, VPos::Center);
        area.draw_text(&tick_text(*mark, step), &right, (plane.left - 7 * SCALE, y))?;
    }
    Ok(())
}

fn across(area: &Area<'_>, plane: &Plane<'_>, width: i32) -> Drawn {
    let bottom = plane.bottom;
    area.draw(&PathElement::new([(plane.left, bottom), (plane.right, bottom)], FAINT.stroke_width(2)))?;
    let beside = style(12.0, FAINT, HPos::Center, VPos::Top);
    let mut free = i32::MIN;
    for (value, text) in &plane.panel.across.marks {
        let x = plane.x(*value);
        area.draw(&PathElement::new([(x, bottom), (x, bottom + 5 * SCALE)], FAINT.stroke_width(2)))?;
        let half = super::width_of(text, &beside) * SCALE / 2;
        // A label that would run into the one before it is left out; its tick stays.
        if x - half > free {
            area.draw_text(text, &beside, (x, bottom + 8 * SCALE))?;
            free = x + half + 3 * SCALE;
        }
    }
    let caption_style = style(12.5, INK, HPos::Center, VPos::Top);
    let caption = fitted(&plane.panel.across.caption, &caption_style, width);
    area.draw_text(&caption, &caption_style, (i32::midpoint(plane.left, plane.right), bottom + 27 * SCALE))?;
    Ok(())
}

fn band(area: &Area<'_>, plane: &Plane<'_>, line: &Line) -> Drawn {
    let ends = || line.points.iter().filter_map(|point| point.interval.map(|ends| (point.x, ends)));
    let lower = ends().map(|(x, (low, _))| (plane.x(x), plane.y(low)));
    let upper: Vec<_> = ends().map(|(x, (_, high))| (plane.x(x), plane.y(high))).collect();
    let outline: Vec<_> = lower.chain(upper.into_iter().rev()).collect();
    if outline.len() > 2 {
        area.draw(&Polygon::new(outline, line.style.color.mix(0.16).filled()))?;
    }
    Ok(())
}

fn stroke(area: &Area<'_>, plane: &Plane<'_>, line: &Line) -> Drawn {
    let points: Vec<_> = line.points.iter().map(|point| (plane.x(point.x), plane.y(point.mean))).collect();
    line.style.stroke(area, &points)?;
    if !line.marked {
        return Ok(());
    }
    for (point, place) in line.points.iter().zip(&points) {
        if let Some((low, high)) = point.interval {
            let whisker = [(place.0, plane.y(low)), (place.0, plane.y(high))];
            area.draw(&PathElement::new(whisker, line.style.color.stroke_width(2)))?;
        }
        marker(area, *place, line.style.color, line.position)?;
    }
    Ok(())
}

/// A disc, a square, a triangle or a diamond.
pub(super) fn marker(area: &Area<'_>, (x, y): (i32, i32), color: RGBColor, position: usize) -> Drawn {
    let r = 4 * SCALE;
    let shape = match position as u32 % MARKERS {
        0 => {
            area.draw(&Circle::new((x, y), r, color.filled()))?;
            return Ok(());
        }
        1 => vec![(x - r + 1, y - r + 1), (x + r - 1, y - r + 1), (x + r - 1, y + r - 1), (x - r + 1, y + r - 1)],
        2 => vec![(x, y - r - 1), (x + r + 1, y + r - 1), (x - r - 1, y + r - 1)],
        _ => vec![(x, y - r - 2), (x + r + 2, y), (x, y + r + 2), (x - r - 2, y)],
    };
    area.draw(&Polygon::new(shape, color.filled()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plots::canvas;

    fn panel(bottom: Option<f64>) -> Panel {
        let point = |x, mean| Point { x, mean, interval: Some((mean - 100.0, mean + 100.0)) };
        let line = Line {
            style: ArmStyle::other("arm".to_owned(), 0),
            position: 0,
            points: vec![point(0.0, 70.0), point(1.0, 134_218.0)],
            marked: true,
        };
        let across = Across { caption: "x".to_owned(), low: 0.0, high: 1.0, logarithmic: false, marks: Vec::new() };
        let heading = "time".to_owned();
        Panel { heading, across, top: 134_318.0, bottom, divisor: 1.0, unit: "s".to_owned(), lines: vec![line] }
    }

    fn plane(panel: &Panel) -> Plane<'_> {
        let linear = || *panel.marks().last().unwrap();
        let (low, high) = panel.ends().map_or_else(|| (None, linear()), |(low, high)| (Some(low), high));
        Plane { panel, left: 0, right: 100, top: 0, bottom: 400, low, high }
    }

    #[test]
    fn a_logarithmic_axis_shows_small_values_and_reaches_beyond_both_ends() {
        let panel = panel(Some(70.0));
        assert_eq!((panel.ends(), panel.marks()), (Some((50.0, 200_000.0)), vec![100.0, 1e3, 1e4, 1e5]));
        let plane = plane(&panel);
        let half = 50.0 * (200_000.0_f64 / 50.0).sqrt();
        assert_eq!([50.0, half, 200_000.0].map(|value| plane.y(value)), [400, 200, 0]);
        // The lower end of an interval may be negative.
        assert_eq!(plane.y(-30.0), 400);
        let svg = canvas("panel", (400, 300), "Panel", |area| paint(area, &panel, (0, 0), (400, 300))).unwrap().svg;
        for text in ["time, s (log scale)", "100", "1000", "10,000", "100,000"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text}: {svg}");
        }
    }

    #[test]
    fn a_linear_axis_begins_at_nought() {
        let panel = panel(None);
        let plane = plane(&panel);
        assert_eq!((plane.y(0.0), plane.y(plane.high)), (400, 0));
        assert!(plane.y(70.0) >= 399, "on the axis, or nearly");
    }
}
