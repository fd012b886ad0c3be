//! Curves over a swept key: a panel for each headline metric, a line with its interval for each arm of the file.
//!
//! The first swept key with numbers is the horizontal axis; a further key makes small multiples, one for each of its values.
//! An arm without the key (the baseline, where another arm's key is swept) is a level line. Points are means over
//! replications, bars and bands their confidence intervals.

use super::panel::{Across, Line, Panel, Point, paint};
use plotters::style::text_anchor::{HPos, VPos};

use super::legend::{self, Legend, Sign};
use super::{ArmStyle, FAINT, MOST_ARMS, Plot, StoreError, at, canvas, style};
use crate::experiment::{ExperimentResult, HEADLINES, Unit};
use crate::scenario::{Axis, AxisUnit, Resolved, Sweep};

const SIZE: (i32, i32) = (430, 280);
/// Values of a further key that have panels of their own.
const MOST_FACETS: usize = 8;
/// Lines in a panel: as many as differ by colour and dashes together.
const MOST_LINES: usize = MOST_ARMS;
/// Largest ÷ smallest mean above which the vertical axis is logarithmic.
const SPAN: f64 = 50.0;
/// What has curves beside the headline metrics: column, name, unit.
const FURTHER: [(&str, &str, Unit); 1] = [("seed_copies", "copies sent by initial seeds or servers", Unit::Number)];

/// The curves of one metric.
#[derive(Debug, Clone)]
pub(in crate::report) struct Curves {
    pub(in crate::report) name: String,
    /// One plot for each value of a further key.
    pub(in crate::report) plots: Vec<Plot>,
}

/// The curves of a sweep: the file, and its panels one by one.
#[derive(Debug, Clone)]
pub(in crate::report) struct Drawings {
    pub(in crate::report) whole: Plot,
    pub(in crate::report) legend: Plot,
    pub(in crate::report) metrics: Vec<Curves>,
    /// The key on the horizontal axis.
    pub(in crate::report) key: String,
    /// Its short name.
    pub(in crate::report) label: String,
    /// What is left out, and where it is; may be empty.
    pub(in crate::report) left_out: String,
}

/// An arm of the file with the values of all keys but the one on the axis and the one of the small multiples.
type LineKey = (String, Vec<Option<usize>>);

struct Layout<'a> {
    sweep: &'a Sweep,
    main: usize,
    facet: Option<usize>,
    lines: Vec<(LineKey, ArmStyle)>,
}

impl<'a> Layout<'a> {
    fn of(resolved: &Resolved, sweep: &'a Sweep) -> Self {
        let numeric = |axis: &Axis| axis.values.len() > 1 && axis.unit != AxisUnit::Words;
        let main = sweep.axes.iter().position(numeric).unwrap_or(0);
        let facet = (0..sweep.axes.len()).find(|axis| *axis != main && sweep.axes[*axis].values.len() > 1);
        let mut layout = Self { sweep, main, facet, lines: Vec::new() };
        let mut others = 0;
        for position in 0..sweep.arms.len() {
            let key = layout.line_of(position);
            if layout.lines.iter().any(|(known, _)| *known == key) {
                continue;
            }
            let style = if resolved.is_baseline(position) && key.1.iter().all(Option::is_none) {
                ArmStyle::baseline(layout.name(&key), 0)
            } else {
                others += 1;
                ArmStyle::other(layout.name(&key), others - 1)
            };
            layout.lines.push((key, style));
        }
        layout
    }

    fn line_of(&self, position: usize) -> LineKey {
        let arm = &self.sweep.arms[position];
        let own = |axis: usize| axis != self.main && Some(axis) != self.facet;
        let values = arm.values.iter().enumerate().map(|(axis, value)| value.filter(|_| own(axis)));
        (arm.base.clone(), values.collect())
    }

    fn name(&self, (base, values): &LineKey) -> String {
        let named = self.sweep.axes.iter().zip(values).filter_map(|(axis, value)| {
            value.and_then(|value| axis.values.get(value)).map(|value| format!("{}={}", axis.label, value.name))
        });
        let named: Vec<String> = named.collect();
        if named.is_empty() { base.clone() } else { format!("{base} {}", named.join(", ")) }
    }

    /// Values of the further key and lines that have no room; empty where everything is drawn.
    fn left_out(&self) -> String {
        let facets = self.facet.map_or(0, |axis| self.sweep.axes[axis].values.len());
        let kinds = [(facets, MOST_FACETS, "panels of a metric"), (self.lines.len(), MOST_LINES, "lines")];
        let missing = kinds.iter().filter(|(all, most, _)| all > most);
        let words: Vec<String> = missing.map(|(all, most, what)| format!("{most} of {all} {what} drawn")).collect();
        if words.is_empty() { String::new() } else { format!("{}; all numbers are in summary.csv", words.join(", ")) }
    }

    fn axis(&self) -> &'a Axis {
        &self.sweep.axes[self.main]
    }

    /// The place of a value on the horizontal axis: the number, or the position of a word.
    fn x(&self, value: usize) -> f64 {
        self.axis().values.get(value).and_then(|value| value.number).unwrap_or(value as f64)
    }

    fn across(&self) -> Across {
        let axis = self.axis();
        let xs: Vec<f64> = (0..axis.values.len()).map(|value| self.x(value)).collect();
        let marks = xs.iter().zip(&axis.values).map(|(x, value)| (*x, value.name.clone())).collect();
        Across {
            caption: axis.label.clone(),
            low: xs.iter().copied().fold(f64::INFINITY, f64::min),
            high: xs.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            logarithmic: axis.logarithmic,
            marks,
        }
    }

    /// The panels of a metric, which share their scale; empty where it is nowhere above 0.
    fn panels(&self, result: &ExperimentResult, resolved: &Resolved, metric: (&str, &str, Unit)) -> Vec<Panel> {
        let (column, name, unit) = metric;
        let facets: Vec<Option<usize>> = match self.facet {
            Some(axis) => (0..self.sweep.axes[axis].values.len().min(MOST_FACETS)).map(Some).collect(),
            None => vec![None],
        };
        let lines: Vec<Vec<Line>> = facets.iter().map(|facet| self.lines(result, resolved, column, *facet)).collect();
        let means = lines.iter().flatten().flat_map(|line| &line.points);
        let largest = means.map(|point| point.mean.max(point.interval.map_or(0.0, |(_, high)| high)));
        let largest = largest.fold(0.0, f64::max);
        if largest <= 0.0 {
            return Vec::new();
        }
        let bottom = lowest(&lines);
        let scale = unit.scale(largest);
        let one = scale.value(1.0);
        let panel = |(facet, lines): (&Option<usize>, Vec<Line>)| {
            let of_facet = facet.and_then(|value| {
                let axis = self.sweep.axes.get(self.facet?)?;
                Some(format!("{} = {}", axis.label, axis.values.get(value)?.name))
            });
            Panel {
                heading: of_facet.unwrap_or_else(|| name.to_owned()),
                across: self.across(),
                top: largest * one,
                bottom: bottom.map(|value| value * one),
                divisor: 1.0 / one,
                unit: scale.symbol.to_owned(),
                lines,
            }
        };
        facets.iter().zip(lines).map(panel).collect()
    }

    fn lines(&self, result: &ExperimentResult, resolved: &Resolved, column: &str, facet: Option<usize>) -> Vec<Line> {
        let line = |(position, (key, style)): (usize, &(LineKey, ArmStyle))| {
            let mut points = Vec::new();
            for (number, arm) in resolved.arms.iter().enumerate() {
                let values = &self.sweep.arms[number].values;
                let elsewhere = self.facet.and_then(|axis| values[axis]).is_some_and(|value| Some(value) != facet);
                if elsewhere || self.line_of(number) != *key {
                    continue;
                }
                let Some(row) = result.summary_of(&arm.name, column) else { continue };
                let Some(mean) = row.mean else { continue };
                let point = |x| Point { x, mean, interval: row.ci_low.zip(row.ci_high) };
                if let Some(value) = values[self.main] {
                    points.push(point(self.x(value)));
                } else {
                    let across = self.across();
                    points.extend([point(across.low), point(across.high)]);
                }
            }
            // An arm without the key has no values to mark.
            let level = self.axis().arm.as_ref().is_some_and(|arm| *arm != key.0);
            points.sort_by(|one, other| one.x.total_cmp(&other.x));
            Line { style: style.clone(), position, points, marked: !level }
        };
        self.lines.iter().take(MOST_LINES).enumerate().map(line).filter(|line| !line.points.is_empty()).collect()
    }
}

/// The smallest mean, where means span so much that on a linear axis small ones lie on the axis; `None` otherwise, and where
/// one is 0.
fn lowest(lines: &[Vec<Line>]) -> Option<f64> {
    let means = || lines.iter().flatten().flat_map(|line| &line.points).map(|point| point.mean);
    let (least, most) = means().fold((f64::INFINITY, 0.0_f64), |(least, most), mean| (least.min(mean), most.max(mean)));
    (least > 0.0 && most > SPAN * least).then_some(least)
}

/// Draws the curves of a sweep; `None` where nothing is swept.
pub(super) fn draw(result: &ExperimentResult, resolved: &Resolved) -> Result<Option<Drawings>, StoreError> {
    let Some(sweep) = resolved.sweep.as_ref().filter(|sweep| !sweep.axes.is_empty()) else { return Ok(None) };
    let layout = Layout::of(resolved, sweep);
    let headlines = HEADLINES.map(|headline| (headline.metric, headline.name, headline.unit));
    let metrics = headlines.into_iter().chain(FURTHER);
    let named: Vec<(&str, Vec<Panel>)> = metrics
        .map(|metric| (metric.1, layout.panels(result, resolved, metric)))
        .filter(|(_, panels)| !panels.is_empty())
        .collect();
    let left_out = layout.left_out();
    let styles: Vec<ArmStyle> = layout.lines.iter().take(MOST_LINES).map(|(_, style)| style.clone()).collect();
    let across = named.iter().map(|(_, panels)| panels.len()).max().unwrap_or(1).max(2) as i32;
    let width = across * SIZE.0;
    let key = Legend { arms: &styles, width: width - 24, sign: Sign::Marked };
    let above = key.height() + 12;
    // With small multiples a row for each metric, else the metrics one after the other.
    let rows = if layout.facet.is_some() { named.len() } else { named.len().div_ceil(2) } as i32;
    let label = format!("Metrics over {}, per arm", layout.axis().key);
    let height = above + rows.max(1) * SIZE.1 + if left_out.is_empty() { 0 } else { 20 };
    let whole = canvas("sweep.svg", (width, height), &label, |area| {
        key.paint(area, (12, 6))?;
        area.draw_text(&left_out, &style(11.0, FAINT, HPos::Left, VPos::Bottom), at(12, height - 6))?;
        for (position, (name, panels)) in named.iter().enumerate() {
            for (column, panel) in panels.iter().enumerate() {
                let place = if layout.facet.is_some() { (column, position) } else { (position % 2, position / 2) };
                let mut panel = panel.clone();
                if layout.facet.is_some() {
                    panel.heading = format!("{name} ({})", panel.heading);
                }
                paint(area, &panel, (place.0 as i32 * SIZE.0, above + place.1 as i32 * SIZE.1), SIZE)?;
            }
        }
        Ok(())
    })?;
    let legend = legend::alone("sweep.svg", &styles, Sign::Marked)?;
    let mut drawn = Vec::new();
    for (name, panels) in &named {
        let single = |panel: &Panel| {
            let label = format!("{name} over {}: {}", layout.axis().key, panel.heading);
            canvas("sweep.svg", SIZE, &label, |area| paint(area, panel, (0, 0), SIZE))
        };
        let plots = panels.iter().map(single).collect::<Result<Vec<Plot>, _>>()?;
        drawn.push(Curves { name: (*name).to_owned(), plots });
    }
    Ok(Some(Drawings {
        whole,
        legend,
        metrics: drawn,
        key: layout.axis().key.clone(),
        label: layout.axis().label.clone(),
        left_out,
    }))
}
