//! Plots as SVG, drawn by `plotters` with a font of our own.
//!
//! Coordinates are whole half-pixels (the canvas is drawn at twice its size), so the bytes are the same on every
//! machine. Texts stay texts: a viewer without Noto Sans falls back on its own sans-serif, for which margins leave
//! room. Colours are those of Okabe and Ito (2008), which people with colour blindness can tell apart; arms differ by
//! dashes too (bars: by their order, and from the seventh colour on by being hollow), so that a grey print can be read. A
//! plot draws [`MOST_ARMS`] arms at most; where there are more it says how many are left out and where they are.

#![expect(clippy::cast_possible_wrap, reason = "arms, panels and ASes in a plot are few")]

mod completion;
mod curves;
mod legend;
mod matrix;
mod money;
mod over_time;
mod panel;
mod references;
mod times;
mod traffic;

use std::error::Error;
use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, register_font};

use super::store::StoreError;
use crate::experiment::ExperimentResult;
use crate::scenario::Resolved;

/// A plot: the name of its file, and its text.
#[derive(Debug, Clone)]
pub(super) struct Plot {
    pub(super) file: &'static str,
    pub(super) svg: String,
}

/// The plots of an experiment.
#[derive(Debug, Clone)]
pub(super) struct Plots {
    pub(super) completion: Plot,
    pub(super) traffic: Plot,
    pub(super) matrix: Plot,
    pub(super) over_time: over_time::OverTime,
    /// Where the scenario sweeps something.
    pub(super) sweep: Option<curves::Drawings>,
    /// Where the scenario names references.
    pub(super) references: Option<Plot>,
    /// Where the scenario has tariffs, and something is known of what they cost.
    pub(super) money: Option<Plot>,
}

impl Plots {
    /// Those that there are.
    pub(super) fn all(&self) -> impl Iterator<Item = &Plot> {
        let sweep = self.sweep.as_ref().map(|drawings| &drawings.whole);
        let always = [&self.completion, &self.traffic, &self.matrix, &self.over_time.whole];
        always.into_iter().chain(&self.references).chain(sweep).chain(&self.money)
    }
}

/// Draws all plots.
pub(super) fn plots(result: &ExperimentResult, resolved: &Resolved) -> Result<Plots, StoreError> {
    Ok(Plots {
        completion: completion::draw(result, resolved)?,
        traffic: traffic::draw(result, resolved)?,
        matrix: matrix::draw(result, resolved)?,
        over_time: over_time::draw(result, resolved)?,
        sweep: curves::draw(result, resolved)?,
        references: references::draw(result, resolved)?,
        money: money::draw(result, resolved)?,
    })
}

/// Half-pixels per pixel.
const SCALE: i32 = 2;

const FAMILY: &str = "Noto Sans, sans-serif";
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const FAINT: RGBColor = RGBColor(0x66, 0x66, 0x66);
const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

/// The colours of arms other than the baseline, after Okabe and Ito (2008) without the yellow that vanishes on white.
const ARMS: [RGBColor; 6] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
];

/// How an arm is drawn.
#[derive(Debug, Clone)]
struct ArmStyle {
    name: String,
    color: RGBColor,
    /// Length of dash and gap in half-pixels; `None`: a solid line.
    dash: Option<(i32, i32)>,
    /// Whether its bars are outlines: a second round of the colours.
    hollow: bool,
}

impl ArmStyle {
    /// The baseline: grey and dotted, so that neither a grey print nor a line that lies on it hides which one it is.
    fn baseline(name: String) -> Self {
        Self { name, color: RGBColor(0x44, 0x44, 0x44), dash: Some((4, 8)), hollow: false }
    }

    /// The `n`th arm other than the baseline, from 0: colours and dashes together differ among the first twelve.
    fn other(name: String, n: usize) -> Self {
        let dash = [None, Some((22, 10)), Some((12, 8)), Some((40, 10))][n % 4];
        Self { name, color: ARMS[n % ARMS.len()], dash, hollow: n / ARMS.len() % 2 == 1 }
    }

    /// Draws a line in this style.
    fn stroke(&self, area: &Area<'_>, points: &[(i32, i32)]) -> Drawn {
        let pen = self.color.stroke_width(4);
        match self.dash {
            None => area.draw(&PathElement::new(points.to_vec(), pen))?,
            Some((dash, gap)) => area.draw(&DashedPathElement::new(points.to_vec(), dash, gap, pen))?,
        }
        Ok(())
    }

    /// Draws a bar in this style.
    fn bar(&self, area: &Area<'_>, corners: [(i32, i32); 2]) -> Drawn {
        if self.hollow {
            area.draw(&Rectangle::new(corners, self.color.mix(0.3).filled()))?;
            area.draw(&Rectangle::new(corners, self.color.stroke_width(3)))?;
        } else {
            area.draw(&Rectangle::new(corners, self.color.filled()))?;
        }
        Ok(())
    }
}

/// Arms that a plot draws at most: as many as differ by colour and dashes together.
const MOST_ARMS: usize = 12;

/// The arms in the order of the scenario: the baseline in grey, the others in colour.
fn arm_styles(resolved: &Resolved) -> Vec<ArmStyle> {
    let mut others = 0..;
    let style = |(position, arm): (usize, &crate::scenario::ArmSpec)| {
        if resolved.is_baseline(position) {
            ArmStyle::baseline(arm.name.clone())
        } else {
            ArmStyle::other(arm.name.clone(), others.next().unwrap_or(0))
        }
    };
    resolved.arms.iter().enumerate().map(style).collect()
}

/// The arms that a plot draws: all, or [`MOST_ARMS`] of them, the baseline first, the others evenly spaced over their
/// order from the first to the last.
fn drawn_arms(resolved: &Resolved) -> Vec<ArmStyle> {
    let count = resolved.arms.len();
    if count <= MOST_ARMS {
        return arm_styles(resolved);
    }
    let is_first_baseline = |position: &usize| *position == resolved.experiment.baseline;
    let others: Vec<usize> = (0..count).filter(|position| !is_first_baseline(position)).collect();
    let spaced = (0..MOST_ARMS - 1).map(|n| others[n * (others.len() - 1) / (MOST_ARMS - 2)]);
    let name = |position: usize| resolved.arms[position].name.clone();
    let baseline = ArmStyle::baseline(name(resolved.experiment.baseline));
    std::iter::once(baseline)
        .chain(spaced.enumerate().map(|(n, position)| ArmStyle::other(name(position), n)))
        .collect()
}

/// Says how many arms a plot leaves out; `None` where it shows all.
fn left_out(drawn: usize, all: usize, file: &str) -> Option<String> {
    (drawn < all).then(|| format!("{drawn} of {all} arms drawn, evenly spaced; all are in {file}"))
}

/// Draws on a white canvas of this size in pixels; `label` tells those who cannot see it what it shows.
fn canvas(
    file: &'static str,
    (width, height): (i32, i32),
    label: &str,
    paint: impl FnOnce(&Area<'_>) -> Drawn,
) -> Result<Plot, StoreError> {
    let failed = |reason: String| StoreError::Encode { file: file.to_owned(), reason };
    if !fonts_registered() {
        return Err(failed("the embedded font is not a font".to_owned()));
    }
    let mut svg = String::new();
    {
        let size = ((width * SCALE) as u32, (height * SCALE) as u32);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)
            .map_err(Into::into)
            .and_then(|()| paint(&area))
            .and_then(|()| area.present().map_err(Into::into))
            .map_err(|error| failed(error.to_string()))?;
    }
    // The canvas is twice as large as it shall be seen.
    let drawn = format!("<svg width=\"{}\" height=\"{}\"", width * SCALE, height * SCALE);
    let seen = format!(
        "<svg role=\"img\" aria-label=\"{}\" width=\"{width}\" height=\"{height}\"",
        label.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
    );
    if !svg.starts_with(&drawn) {
        return Err(failed("the canvas does not begin as expected".to_owned()));
    }
    Ok(Plot { file, svg: svg.replacen(&drawn, &seen, 1) })
}

fn fonts_registered() -> bool {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    *REGISTERED.get_or_init(|| {
        let regular = include_bytes!("../font/NotoSans-Regular.ttf");
        let bold = include_bytes!("../font/NotoSans-Bold.ttf");
        register_font(FAMILY, FontStyle::Normal, regular).is_ok()
            && register_font(FAMILY, FontStyle::Bold, bold).is_ok()
    })
}

/// A text style: size in pixels, where the text lies relative to its point.
fn style(size: f64, color: RGBColor, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    // A font is looked up when its description is made. The backend writes the size divided by 1.24.
    fonts_registered();
    let font = FontDesc::new(FontFamily::Name(FAMILY), size * 1.24 * f64::from(SCALE), FontStyle::Normal);
    let mut style = TextStyle::from(font).pos(Pos::new(horizontal, vertical));
    style.color = color.to_backend_color();
    style
}

fn bold(size: f64, color: RGBColor, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    let mut style = style(size, color, horizontal, vertical);
    style.font = style.font.style(FontStyle::Bold);
    style
}

/// The same text, read from bottom to top.
fn upwards(mut style: TextStyle<'static>) -> TextStyle<'static> {
    style.font = style.font.transform(FontTransform::Rotate270);
    style
}

/// A position in pixels.
fn at(x: i32, y: i32) -> (i32, i32) {
    (x * SCALE, y * SCALE)
}

/// The width of a text in pixels, generously. `plotters` measures at 1.24 ÷ 1.362 of the size at which the text is
/// shown (it counts in line heights, and Noto Sans has 1.362 em of them), and other fonts are up to a quarter wider.
fn width_of(text: &str, style: &TextStyle<'_>) -> i32 {
    let box_of = style.font.layout_box(text);
    box_of.map_or(0, |((left, _), (right, _))| (right - left) * 7 / 5 / SCALE)
}

/// A text cut to fit into `width` pixels.
fn fitted(text: &str, style: &TextStyle<'_>, width: i32) -> String {
    if width_of(text, style) <= width {
        return text.to_owned();
    }
    let mut cut: String = text.to_owned();
    while cut.pop().is_some() {
        let candidate = format!("{}…", cut.trim_end());
        if width_of(&candidate, style) <= width {
            return candidate;
        }
    }
    String::new()
}

/// Round numbers from 0 to at least `top`: about `count` steps of 1, 2 or 5 times a power of ten.
fn ticks(top: f64, count: u32) -> Vec<f64> {
    if !(top.is_finite() && top > 0.0) {
        return vec![0.0, 1.0];
    }
    let rough = top / f64::from(count);
    // Read from text, a power of ten is as exact as it can be, on every platform.
    let candidates = (-12..=18).flat_map(|power| [1, 2, 5].map(|digit| format!("{digit}e{power}").parse::<f64>()));
    let step = candidates.flatten().find(|step| *step >= rough).unwrap_or(rough);
    let steps = (top / step - 1e-9).ceil() as u32;
    (0..=steps.max(1)).map(|n| f64::from(n) * step).collect()
}

/// Round numbers that span `low` to `high`: about `count` steps of 1, 2 or 5 times a power of ten.
fn ticks_between(low: f64, high: f64, count: u32) -> Vec<f64> {
    if low == 0.0 {
        return ticks(high, count);
    }
    let step = ticks(high - low, count).get(1).copied().unwrap_or(1.0);
    let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
    let steps = (last - first).clamp(1.0, 100.0) as u32;
    (0..=steps).map(|n| (first + f64::from(n)) * step).collect()
}

/// A tick's text: as many decimals as the step between ticks needs.
fn tick_text(value: f64, step: f64) -> String {
    let decimals = (0..9).find(|decimals| {
        let scaled = step * 10_f64.powi(*decimals);
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    });
    let text = format!("{value:.*}", decimals.unwrap_or(0) as usize);
    if decimals == Some(0) && value >= 10_000.0 { crate::experiment::plain_number(value) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        for top in [0.003, 0.7, 1.0, 9.9, 42.0, 100.0, 1234.0, 9.87e9] {
            let ticks = ticks(top, 5);
            let step = ticks[1];
            assert!(*ticks.last().unwrap() >= top * (1.0 - 1e-9), "{top}: {ticks:?}");
            assert!(ticks.len() >= 3 && ticks.len() <= 7, "{top}: {ticks:?}");
            let digit: f64 = format!("{step:e}").split('e').next().unwrap().parse().unwrap();
            assert!([1.0, 2.0, 5.0].iter().any(|d| (digit - d).abs() < 1e-9), "{top}: step {step}");
        }
        assert_eq!(ticks_between(0.93, 1.42, 2), [0.5, 1.0, 1.5]);
        assert_eq!(ticks_between(-7.0, 12.0, 4), [-10.0, -5.0, 0.0, 5.0, 10.0, 15.0]);
        assert_eq!(tick_text(0.4, 0.2), "0.4");
        assert_eq!(tick_text(40.0, 20.0), "40");
        assert_eq!(tick_text(20_000.0, 5_000.0), "20,000");
    }
}
