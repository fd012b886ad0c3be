//! Plots as SVG, drawn by `plotters` with a font of our own.
//!
//! Coordinates are whole half-pixels (the canvas is drawn at twice its size), so the bytes are the same on every
//! machine. Texts stay texts: a viewer without Noto Sans falls back on its own sans-serif, for which margins leave
//! room. Colours are those of Okabe and Ito (2008), which people with colour blindness can tell apart; arms differ by
//! dashes too (bars: by their order, and from the seventh colour on by being hollow), so that a grey print can be read. A
//! plot draws [`MOST_ARMS`] arms at most; where there are more it says how many are left out and where they are.

#![expect(clippy::cast_possible_wrap, reason = "arms, panels and ASes in a plot are few")]

mod arms;
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
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, register_font};

use super::store::StoreError;
use crate::experiment::ExperimentResult;
use crate::scenario::Resolved;
use arms::{ARMS, ArmStyle, MOST_ARMS, MOST_BANDS, drawn_arms, left_out};

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

/// A text in one line, or in two where it is too long for `width` pixels: broken between words, the second cut to fit.
fn in_two_lines(text: &str, style: &TextStyle<'_>, width: i32) -> (String, Option<String>) {
    if width_of(text, style) <= width {
        return (text.to_owned(), None);
    }
    let breaks = text.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at);
    let first = breaks.rev().find(|at| width_of(&text[..*at], style) <= width);
    match first {
        Some(at) => (text[..at].to_owned(), Some(fitted(text[at..].trim_start(), style, width))),
        None => (fitted(text, style, width), None),
    }
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
    fn long_headings_have_two_lines() {
        let heading = bold(13.0, INK, HPos::Left, VPos::Bottom);
        assert_eq!(in_two_lines("unmanaged", &heading, 224), ("unmanaged".to_owned(), None));
        let (first, second) = in_two_lines("same-as population.peers=10, external.max=3", &heading, 224);
        assert_eq!(
            (first.as_str(), second.as_deref()),
            ("same-as", Some("population.peers=10, exter…")),
            "no room for all"
        );
        let (first, second) = in_two_lines("same-as population.peers=10, external.max=3", &heading, 300);
        assert_eq!((first.as_str(), second.as_deref()), ("same-as population.peers=10,", Some("external.max=3")));
        let (first, second) = in_two_lines("a-single-word-that-is-far-too-long-for-this-place", &heading, 120);
        assert!(first.ends_with('…') && second.is_none(), "{first}");
    }

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
