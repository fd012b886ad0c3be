//! What lines and markers stand for, above panels.

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::panel::marker;
use super::{Area, ArmStyle, Drawn, INK, SCALE, fitted, style};

/// Height of a row, in pixels.
const ROW: i32 = 22;

/// Room of an entry, in pixels: what the longest name needs.
fn entry(styles: &[ArmStyle], width: i32) -> i32 {
    let longest = styles.iter().map(|arm| arm.name.chars().count()).max().unwrap_or(0) as i32;
    (60 + 9 * longest).clamp(120, width)
}

fn per_row(styles: &[ArmStyle], width: i32) -> usize {
    usize::try_from(width / entry(styles, width)).unwrap_or(1).max(1)
}

/// The height of a legend for these arms, in pixels.
pub(super) fn height(styles: &[ArmStyle], width: i32) -> i32 {
    styles.len().div_ceil(per_row(styles, width)) as i32 * ROW + 12
}

/// Draws it at the top of the canvas.
pub(super) fn paint(area: &Area<'_>, styles: &[ArmStyle], width: i32, marked: bool) -> Drawn {
    let (entry, per_row) = (entry(styles, width), per_row(styles, width));
    for (position, arm) in styles.iter().enumerate() {
        let (column, row) = ((position % per_row) as i32, (position / per_row) as i32);
        let (x, y) = ((12 + column * entry) * SCALE, (16 + row * ROW) * SCALE);
        let line = [(x, y), (x + 34 * SCALE, y)];
        let pen = arm.color.stroke_width(4);
        match arm.dash {
            None => area.draw(&PathElement::new(line, pen))?,
            Some((dash, gap)) => area.draw(&DashedPathElement::new(line.to_vec(), dash, gap, pen))?,
        }
        if marked {
            marker(area, (x + 17 * SCALE, y), arm.color, position)?;
        }
        let text = style(13.0, INK, HPos::Left, VPos::Center);
        let name = fitted(area, &arm.name, &text, entry - 52);
        area.draw_text(&name, &text, (x + 42 * SCALE, y))?;
    }
    Ok(())
}
