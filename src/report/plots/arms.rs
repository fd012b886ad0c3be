//! How arms look, and which of many are drawn.

use plotters::element::DashedPathElement;
use plotters::prelude::*;

use super::{Area, Drawn};
use crate::scenario::Resolved;

/// The colours of arms other than the baseline, after Okabe and Ito (2008) without the yellow that vanishes on white.
pub(super) const ARMS: [RGBColor; 6] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
];

/// Arms that a plot draws at most: as many as differ by colour and dashes together.
pub(super) const MOST_ARMS: usize = 12;
/// Lines with bands at most: more bands would cover one another.
pub(super) const MOST_BANDS: usize = 4;

/// How an arm is drawn.
#[derive(Debug, Clone)]
pub(super) struct ArmStyle {
    pub(super) name: String,
    pub(super) color: RGBColor,
    /// Length of dash and gap in half-pixels; `None`: a solid line.
    pub(super) dash: Option<(i32, i32)>,
    /// Whether its bars are outlines: a second round of the colours.
    pub(super) hollow: bool,
}

impl ArmStyle {
    /// The `n`th baseline, from 0 (a sweep may have several): grey and dotted, so that neither a grey print nor a line
    /// that lies on it hides which one it is.
    pub(super) fn baseline(name: String, n: usize) -> Self {
        Self { name, color: RGBColor(0x44, 0x44, 0x44), dash: Some((4, 8)), hollow: n % 2 == 1 }
    }

    /// The `n`th arm other than the baseline, from 0: colours and dashes together differ among the first twelve.
    pub(super) fn other(name: String, n: usize) -> Self {
        let dash = [None, Some((22, 10)), Some((12, 8)), Some((40, 10))][n % 4];
        Self { name, color: ARMS[n % ARMS.len()], dash, hollow: n / ARMS.len() % 2 == 1 }
    }

    /// Draws a line in this style.
    pub(super) fn stroke(&self, area: &Area<'_>, points: &[(i32, i32)]) -> Drawn {
        let pen = self.color.stroke_width(4);
        match self.dash {
            None => area.draw(&PathElement::new(points.to_vec(), pen))?,
            Some((dash, gap)) => area.draw(&DashedPathElement::new(points.to_vec(), dash, gap, pen))?,
        }
        Ok(())
    }

    /// Draws a bar in this style.
    pub(super) fn bar(&self, area: &Area<'_>, corners: [(i32, i32); 2]) -> Drawn {
        if self.hollow {
            area.draw(&Rectangle::new(corners, self.color.mix(0.22).filled()))?;
            area.draw(&Rectangle::new(corners, self.color.stroke_width(4)))?;
        } else {
            area.draw(&Rectangle::new(corners, self.color.filled()))?;
        }
        Ok(())
    }
}

/// The arms that a plot draws, in the order of the scenario, at most `most`: the baseline and others evenly spaced over
/// their order from the first to the last. Of several settings of a sweep, where they are too many: arms of the first
/// and of the last one.
pub(super) fn drawn_arms(resolved: &Resolved, most: usize) -> Vec<ArmStyle> {
    let settings = resolved.settings();
    let chosen = match settings.as_slice() {
        [first, .., last] if resolved.arms.len() > most => {
            let mut both = spaced(first, most / 2);
            both.extend(spaced(last, most / 2));
            both
        }
        _ => settings.iter().flat_map(|setting| spaced(setting, most)).collect(),
    };
    let (mut baselines, mut others) = (0.., 0..);
    let style = |(name, baseline): (&str, bool)| {
        if baseline {
            ArmStyle::baseline(name.to_owned(), baselines.next().unwrap_or(0))
        } else {
            ArmStyle::other(name.to_owned(), others.next().unwrap_or(0))
        }
    };
    chosen.into_iter().map(style).collect()
}

/// Names of arms of one setting, and whether it is the baseline.
fn spaced(setting: &Resolved, most: usize) -> Vec<(&str, bool)> {
    let baseline = setting.experiment.baseline;
    let others: Vec<usize> = (0..setting.arms.len()).filter(|position| *position != baseline).collect();
    let room = most.saturating_sub(1).max(1);
    let mut chosen: Vec<usize> = if others.len() <= room {
        others
    } else {
        (0..room).map(|n| others[n * (others.len() - 1) / (room - 1).max(1)]).collect()
    };
    chosen.push(baseline);
    chosen.sort_unstable();
    chosen.iter().filter_map(|n| Some((setting.arms.get(*n)?.name.as_str(), *n == baseline))).collect()
}

/// Says how many arms a plot leaves out, and where they are; `None` where it shows all.
pub(super) fn left_out(drawn: usize, resolved: &Resolved, file: &str) -> Option<String> {
    let all = resolved.arms.len();
    let which = if resolved.settings().len() > 1 { "of the first and the last setting" } else { "evenly spaced" };
    (drawn < all).then(|| format!("{drawn} of {all} arms drawn, {which}; all are in {file}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::synthetic;

    #[test]
    fn many_arms_are_thinned_and_the_ends_stay() {
        let names: Vec<String> = (0..40).map(|n| format!("a{n}")).collect();
        let resolved = synthetic::resolved(&names.iter().map(String::as_str).collect::<Vec<_>>(), 2);
        let drawn = drawn_arms(&resolved, MOST_ARMS);
        let shown: Vec<&str> = drawn.iter().map(|style| style.name.as_str()).collect();
        assert_eq!((shown.len(), &shown[..2], shown[11]), (12, &["a0", "a1"][..], "a39"));
        assert_eq!(
            left_out(drawn.len(), &resolved, "peers.csv").unwrap(),
            "12 of 40 arms drawn, evenly spaced; all are in peers.csv"
        );
        let few = synthetic::resolved(&["a", "b", "c"], 2);
        assert_eq!((drawn_arms(&few, MOST_ARMS).len(), left_out(3, &few, "x")), (3, None));
    }

    #[test]
    fn no_two_arms_look_alike_without_colours_nearby_nor_at_all() {
        let mut looks: Vec<(RGBColor, Option<(i32, i32)>)> =
            (0..MOST_ARMS - 1).map(|n| ArmStyle::other(String::new(), n)).map(|arm| (arm.color, arm.dash)).collect();
        let baseline = ArmStyle::baseline(String::new(), 0);
        // Neighbours differ in dashes, whatever their hue; the baseline from all.
        assert!(looks.windows(2).all(|pair| pair[0].1 != pair[1].1));
        assert!(looks.iter().all(|(_, dash)| *dash != baseline.dash));
        let all = looks.len();
        looks.sort_by_key(|(color, dash)| ((color.0, color.1, color.2), *dash));
        looks.dedup();
        assert_eq!(looks.len(), all);
        // Bars: colour and filling together.
        let bars: Vec<ArmStyle> = (0..MOST_ARMS - 1).map(|n| ArmStyle::other(String::new(), n)).collect();
        for (n, bar) in bars.iter().enumerate() {
            assert!(bars[..n].iter().all(|other| (other.color, other.hollow) != (bar.color, bar.hollow)));
        }
    }
}
