//! The legend of the plot of references.

use plotters::style::text_anchor::{HPos, VPos};

use super::super::{Area, Drawn, INK, SCALE, at, fitted, style};
use super::{LEFT, Look, WIDTH, confidence_bar, dot, line, look, prediction_bar, shade};
use crate::metrics::rows::ReferenceRow;

/// What an entry of the legend shows.
pub(super) enum Sample {
    Mean,
    Confidence,
    Prediction,
    Reference {
        look: Look,
        /// Whether any reference of this label has a number, and any a band.
        number: bool,
        band: bool,
    },
}

/// What stands in the legend of these rows.
pub(super) fn entries(rows: &[ReferenceRow], labels: &[&str]) -> Vec<(Sample, String)> {
    let mut entries = vec![(Sample::Mean, "model: mean over runs".to_owned())];
    if let Some(row) = rows.iter().find(|row| row.prediction_low.is_some()) {
        let percent = row.confidence * 100.0;
        entries.push((Sample::Confidence, format!("{percent} % interval of the mean")));
        entries.push((Sample::Prediction, format!("{percent} % range of one further run")));
    }
    for label in labels {
        let of_label = || rows.iter().filter(|row| row.label == **label);
        let number = of_label().any(|row| row.reference.is_some());
        let band = of_label().any(|row| row.low.is_some() || row.high.is_some());
        entries.push((Sample::Reference { look: look(labels, label), number, band }, (*label).to_owned()));
    }
    entries
}

/// Where entries begin, and on which line, when texts have these widths.
pub(super) fn places(entries: &[(Sample, String)], width: impl Fn(&str) -> i32) -> Vec<(i32, i32)> {
    let (mut x, mut line) = (LEFT, 0);
    let mut places = Vec::new();
    for (_, text) in entries {
        let wide = 30 + width(text) + 18;
        if x > LEFT && x + wide > WIDTH {
            (x, line) = (LEFT, line + 1);
        }
        places.push((x, line));
        x += wide;
    }
    places
}

/// Draws an entry whose left end is in the middle of its line.
pub(super) fn draw(area: &Area<'_>, (sample, text): &(Sample, String), (x, y): (i32, i32)) -> Drawn {
    let (middle, centre) = ((x + 11) * SCALE, y * SCALE);
    match sample {
        Sample::Mean => dot(area, (middle, centre))?,
        Sample::Confidence => confidence_bar(area, middle, centre + 8 * SCALE, centre - 8 * SCALE)?,
        Sample::Prediction => prediction_bar(area, middle, centre + 8 * SCALE, centre - 8 * SCALE)?,
        Sample::Reference { look, number, band } => {
            let (from, to) = (x * SCALE, (x + 22) * SCALE);
            if *band {
                shade(area, (from, to), (centre - 7 * SCALE, centre + 7 * SCALE), look.0)?;
            }
            if *number {
                line(area, [(from, centre), (to, centre)], *look)?;
            }
        }
    }
    let words = style(12.0, INK, HPos::Left, VPos::Center);
    area.draw_text(&fitted(text, &words, WIDTH - x - 30), &words, at(x + 28, y))?;
    Ok(())
}
