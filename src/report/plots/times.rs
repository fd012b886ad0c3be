//! The time axis that panels share: linear from 0, or logarithmic where some curves are over long before others.

use super::panel::Across;
use super::{tick_text, ticks};

/// An axis on which the shortest curve would fill less than this part is logarithmic.
const LEAST: f64 = 0.02;

/// Times from the left to the right end of panels, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Times {
    low: f64,
    /// When the last curve ends.
    end: f64,
    logarithmic: bool,
}

impl Times {
    /// An axis for curves that end at these times, in seconds.
    pub(super) fn of(ends: impl IntoIterator<Item = f64>) -> Self {
        let (mut first, mut end) = (f64::INFINITY, 0.0_f64);
        for time in ends.into_iter().filter(|time| time.is_finite() && *time > 0.0) {
            (first, end) = (first.min(time), end.max(time));
        }
        let logarithmic = first < LEAST * end;
        // The shortest curve has more than a decade of its own.
        let low = if logarithmic { powers(first / 100.0, first).first().copied().unwrap_or(first) } else { 0.0 };
        Self { low, end, logarithmic }
    }

    /// The right end, and the marks below, of the axis.
    pub(super) fn across(&self, what: &str) -> Across {
        if self.logarithmic {
            let marks = powers(self.low, self.end).into_iter().map(|mark| (mark, tick_text(mark, mark.min(1.0))));
            return Across {
                caption: format!("{what}, s (log scale)"),
                low: self.low,
                high: self.end,
                logarithmic: true,
                marks: marks.collect(),
            };
        }
        let (unit, seconds) = super::completion::time_unit(self.end);
        let marks = ticks(self.end / seconds, 8);
        let step = marks.get(1).copied().unwrap_or(1.0);
        Across {
            caption: format!("{what}, {unit}"),
            low: 0.0,
            high: marks.last().copied().unwrap_or(1.0) * seconds,
            logarithmic: false,
            marks: marks.iter().map(|mark| (mark * seconds, tick_text(*mark, step))).collect(),
        }
    }

    /// Instants at even distances on the axis, `count` + 1 of them from its left end to `until`.
    pub(super) fn instants(&self, until: f64, count: u32) -> Vec<f64> {
        let share = |n: u32| f64::from(n) / f64::from(count);
        // libm: the same bits on every platform.
        let at = |n: u32| {
            if self.logarithmic { self.low * libm::pow(until / self.low, share(n)) } else { until * share(n) }
        };
        (0..=count).map(at).collect()
    }

    /// When the last curve ends, in seconds.
    pub(super) const fn end(&self) -> f64 {
        self.end
    }
}

/// Powers of ten from `low` to `high`, both included.
pub(super) fn powers(low: f64, high: f64) -> Vec<f64> {
    // Read from text, a power of ten is as exact as it can be, on every platform.
    let all = (-12..=18).filter_map(|power| format!("1e{power}").parse::<f64>().ok());
    all.filter(|power| *power >= low && *power <= high).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_of_similar_curves_is_linear() {
        let times = Times::of([0.0, 61.0, 134.0]);
        let across = times.across("time");
        assert_eq!((across.logarithmic, across.low, across.high), (false, 0.0, 140.0));
        assert_eq!(times.instants(times.end(), 2), [0.0, 67.0, 134.0]);
        assert_eq!(across.caption, "time, seconds");
        // Nobody has completed anything: an axis all the same.
        assert!(Times::of([]).across("time").high > 0.0);
    }

    #[test]
    fn where_one_curve_is_over_long_before_another_the_axis_is_logarithmic() {
        let times = Times::of([70.0, 134_218.0, 189.0]);
        let across = times.across("time");
        assert_eq!((across.logarithmic, across.low, across.high), (true, 1.0, 134_218.0));
        let marks: Vec<&str> = across.marks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(marks, ["1", "10", "100", "1000", "10,000", "100,000"]);
        let instants = times.instants(10_000.0, 4);
        for (instant, expected) in instants.iter().zip([1.0, 10.0, 100.0, 1000.0, 10_000.0]) {
            assert!((instant / expected - 1.0).abs() < 1e-12, "{instants:?}");
        }
        // Less than a second has decimals.
        assert_eq!(Times::of([0.7, 90.0]).across("time").marks[0].1, "0.01");
    }
}
