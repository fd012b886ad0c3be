//! What lines, markers and bars stand for. Names are whole wherever the longest one fits into the width.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::panel::marker;
use super::{Area, ArmStyle, Drawn, INK, Plot, SCALE, StoreError, canvas, fitted, style, width_of};

/// Height of a row, in pixels.
const ROW: i32 = 22;
/// Room between two entries, in pixels.
const GAP: i32 = 22;

/// What stands before a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Line,
    /// A line with the marker of its position.
    Marked,
    Bar,
}

impl Sign {
    /// From an entry's left end to its name, in pixels.
    const fn room(self) -> i32 {
        match self {
            Self::Line | Self::Marked => 42,
            Self::Bar => 18,
        }
    }
}

/// A legend of some arms, in rows and columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Legend<'a> {
    pub(super) arms: &'a [ArmStyle],
    /// Width in pixels.
    pub(super) width: i32,
    pub(super) sign: Sign,
}

/// Width of a legend that is a picture of its own: two panels side by side are not wider, and on a phone its text is
/// as large as theirs.
const ALONE: i32 = 430;

/// A legend as a picture of its own.
pub(super) fn alone(file: &'static str, arms: &[ArmStyle], sign: Sign) -> Result<Plot, StoreError> {
    let legend = Legend { arms, width: ALONE - 24, sign };
    canvas(file, (ALONE, legend.height() + 12), "Legend", |area| legend.paint(area, (12, 6)))
}

fn text() -> TextStyle<'static> {
    style(13.0, INK, HPos::Left, VPos::Center)
}

impl Legend<'_> {
    /// Room of an entry, in pixels: what the longest name needs.
    fn entry(&self) -> i32 {
        let longest = self.arms.iter().map(|arm| width_of(&arm.name, &text())).max().unwrap_or(0);
        (self.sign.room() + longest + GAP).clamp(1, self.width.max(1))
    }

    /// Room of each entry where all stand in one row, each as wide as it needs to be; `None`: they do not fit.
    fn row(&self) -> Option<Vec<i32>> {
        let widths: Vec<i32> =
            self.arms.iter().map(|arm| self.sign.room() + width_of(&arm.name, &text()) + GAP).collect();
        (widths.iter().sum::<i32>() - GAP <= self.width).then_some(widths)
    }

    fn per_row(&self) -> usize {
        // The last entry of a row needs no gap after it.
        usize::try_from((self.width + GAP) / self.entry()).unwrap_or(1).max(1)
    }

    /// Its height, in pixels.
    pub(super) fn height(&self) -> i32 {
        let rows = if self.row().is_some() { 1 } else { self.arms.len().div_ceil(self.per_row()) };
        rows as i32 * ROW
    }

    /// Draws it with its left upper corner there, in pixels.
    pub(super) fn paint(&self, area: &Area<'_>, (left, top): (i32, i32)) -> Drawn {
        let (entry, per_row) = (self.entry(), self.per_row());
        let single = self.row();
        for (position, arm) in self.arms.iter().enumerate() {
            let (from, row, room) = if let Some(widths) = &single {
                (widths[..position].iter().sum(), 0, widths[position])
            } else {
                let from = (position % per_row) as i32 * entry;
                (from, (position / per_row) as i32, entry.min(self.width + GAP - from))
            };
            let (x, y) = ((left + from) * SCALE, (top + ROW / 2 + row * ROW) * SCALE);
            match self.sign {
                Sign::Bar => arm.bar(area, [(x, y - 6 * SCALE), (x + 12 * SCALE, y + 6 * SCALE)])?,
                Sign::Line | Sign::Marked => arm.stroke(area, &[(x, y), (x + 34 * SCALE, y)])?,
            }
            if self.sign == Sign::Marked {
                marker(area, (x + 17 * SCALE, y), arm.color, position)?;
            }
            let name = fitted(&arm.name, &text(), room - GAP - self.sign.room());
            area.draw_text(&name, &text(), (x + self.sign.room() * SCALE, y))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(names: &[&str], width: i32) -> String {
        let arms: Vec<ArmStyle> =
            names.iter().enumerate().map(|(n, name)| ArmStyle::other((*name).to_owned(), n)).collect();
        let legend = Legend { arms: &arms, width, sign: Sign::Line };
        canvas("legend", (width, legend.height()), "Legend", |area| legend.paint(area, (0, 0))).unwrap().svg
    }

    /// Horizontal places of the texts of a picture, in pixels.
    fn places(svg: &str) -> Vec<i32> {
        let texts = svg.split("<text x=\"").skip(1);
        texts.map(|text| text.split('"').next().unwrap().parse::<i32>().unwrap() / SCALE).collect()
    }

    #[test]
    fn names_are_whole_where_they_fit() {
        for names in [&["unmanaged", "managed"][..], &["unmanaged"], &["same-as outsiders=16", "x", "unmanaged"]] {
            let svg = drawn(names, 430);
            assert!(names.iter().all(|name| svg.contains(&format!("\n{name}\n"))), "{svg}");
        }
        // The longest name and the next entry do not meet.
        let places = places(&drawn(&["unmanaged", "managed"], 430));
        assert!(places[1] - places[0] > width_of("unmanaged", &text()) + 42, "{places:?}");
    }

    #[test]
    fn names_that_cannot_fit_are_cut() {
        let long = "an arm with a name that is much too long for any legend of this width, by far";
        let svg = drawn(&[long, "b"], 300);
        assert!(svg.contains("an arm with") && svg.contains('…') && !svg.contains(long), "{svg}");
    }
}
