//! What lines and markers stand for, above panels.

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::panel::marker;
use super::{Area, ArmStyle, Drawn, INK, SCALE, fitted, style};

/// Room of an entry and of a row, in pixels.
const ENTRY: i32 = 215;
const ROW: i32 = 22;

fn per_row(width: i32) -> usize {
    usize::try_from(width / ENTRY).unwrap_or(1).max(1)
}

/// The height of a legend with so many entries, in pixels.
pub(super) fn height(entries: usize, width: i32) -> i32 {
    entries.div_ceil(per_row(width)) as i32 * ROW + 12
}

/// Draws it at the top of the canvas.
pub(super) fn paint(area: &Area<'_>, styles: &[ArmStyle], width: i32, marked: bool) -> Drawn {
    for (position, arm) in styles.iter().enumerate() {
        let (column, row) = ((position % per_row(width)) as i32, (position / per_row(width)) as i32);
        let (x, y) = ((12 + column * ENTRY) * SCALE, (16 + row * ROW) * SCALE);
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
        let name = fitted(area, &arm.name, &text, ENTRY - 52);
        area.draw_text(&name, &text, (x + 42 * SCALE, y))?;
    }
    Ok(())
}
