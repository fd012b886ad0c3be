//! The values of a range.
//!
//! Linear: from, from + step … up to `to`, or `points` values at equal distances. Logarithmic: `points` values at equal
//! factors, xₖ = from·(to/from)^(k/(points − 1)). Where both ends are whole numbers values are rounded to whole
//! numbers, otherwise to three significant digits, quantities to whole base units at least; both ends stand as they are
//! written.

use super::AxisUnit;
use crate::scenario::keys::MOST_POINTS;
use crate::scenario::tree::{Node, Value};
use crate::units::{BitRate, Bytes, SimDuration};

/// A number or quantity of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Amount {
    pub(super) unit: AxisUnit,
    /// In base units: nanoseconds, bytes, bits per second, or the number itself.
    pub(super) base: f64,
    /// Whether it is written as a whole number.
    pub(super) whole: bool,
}

impl Amount {
    /// Reads a number, or a string that is a quantity.
    pub(super) fn of(node: &Node) -> Option<Self> {
        let quantity = |unit, base: u64| Self { unit, base: base as f64, whole: true };
        match &node.value {
            Value::Integer(Some(number)) => Some(Self { unit: AxisUnit::Number, base: *number as f64, whole: true }),
            Value::Float(number) if number.is_finite() => {
                Some(Self { unit: AxisUnit::Number, base: *number, whole: false })
            }
            Value::Text(text) => {
                let duration = text.parse().ok().map(|d: SimDuration| quantity(AxisUnit::Seconds, d.as_nanos()));
                let size = || text.parse().ok().map(|s: Bytes| quantity(AxisUnit::Bytes, s.get()));
                let rate = || text.parse().ok().map(|r: BitRate| quantity(AxisUnit::BitsPerSecond, r.get()));
                duration.or_else(size).or_else(rate)
            }
            _ => None,
        }
    }

    /// In the unit of columns.
    pub(super) fn number(self) -> f64 {
        if self.unit == AxisUnit::Seconds { self.base / 1e9 } else { self.base }
    }
}

/// How a range is spaced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Spacing {
    Step(f64),
    Points(u64),
    LogPoints(u64),
}

/// The values from `from` to `to`, in base units; the error is the second half of a sentence about the range.
pub(super) fn values(from: Amount, to: Amount, spacing: Spacing) -> Result<Vec<Value>, String> {
    let whole = from.whole && to.whole && !matches!(spacing, Spacing::Step(step) if step.fract() != 0.0);
    let distance = to.base - from.base;
    if distance <= 0.0 {
        return Err("does not go upwards".to_owned());
    }
    let raw: Vec<f64> = match spacing {
        Spacing::Step(step) if step <= 0.0 => return Err("has a `step` that does not go upwards".to_owned()),
        // A relative slack of 10⁻⁹ forgives decimals such as 0.1 that binary numbers cannot hold.
        Spacing::Step(step) if distance / step > MOST_POINTS as f64 => {
            return Err(format!("has more than {MOST_POINTS} values"));
        }
        Spacing::Step(step) => {
            let steps = (distance / step * (1.0 + 1e-9)).floor() as u64;
            (0..=steps).map(|k| from.base + k as f64 * step).collect()
        }
        Spacing::Points(points) => {
            let last = (points.max(2) - 1) as f64;
            (0..points).map(|k| from.base + distance * (k as f64 / last)).collect()
        }
        Spacing::LogPoints(_) if from.base <= 0.0 => return Err("is logarithmic and begins at 0 or below".to_owned()),
        Spacing::LogPoints(points) => {
            let last = (points.max(2) - 1) as f64;
            (0..points).map(|k| from.base * libm::pow(to.base / from.base, k as f64 / last)).collect()
        }
    };
    let ends = [from.base, to.base];
    let exact = matches!(spacing, Spacing::Step(_));
    let rounded = |value: f64| {
        if ends.contains(&value) {
            value
        } else if exact {
            significant(value, 12)
        } else if whole && from.unit == AxisUnit::Number {
            value.round()
        } else {
            significant(value, 3)
        }
    };
    let mut numbers: Vec<f64> = raw.into_iter().map(rounded).collect();
    // The last of `points` is the end itself, whatever rounding left of it.
    if let (Some(last), false) = (numbers.last_mut(), exact) {
        *last = to.base;
    }
    if let Some((value, _)) = numbers.iter().zip(numbers.iter().skip(1)).find(|(one, next)| one >= next) {
        return Err(format!("has the value {value} twice after rounding: use fewer points"));
    }
    Ok(numbers.into_iter().map(|number| written(from.unit, number, whole)).collect())
}

fn written(unit: AxisUnit, number: f64, whole: bool) -> Value {
    let base = number.round().max(0.0) as u64;
    match unit {
        AxisUnit::Seconds => Value::Text(SimDuration::from_nanos(base).to_string()),
        AxisUnit::Bytes => Value::Text(Bytes::new(base).to_string()),
        AxisUnit::BitsPerSecond => Value::Text(BitRate::new(base).to_string()),
        AxisUnit::Number | AxisUnit::Words if whole => Value::Integer(Some(number as i64)),
        AxisUnit::Number | AxisUnit::Words => Value::Float(number),
    }
}

/// `value` with so many significant digits, by way of its decimal text: the same on every system.
fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::tree::parse_value;

    fn amount(text: &str) -> Amount {
        Amount::of(&parse_value(text, 0, 0).unwrap()).unwrap()
    }

    fn texts(from: &str, to: &str, spacing: Spacing) -> Vec<String> {
        let values = values(amount(from), amount(to), spacing).unwrap();
        let text = |value| match value {
            Value::Text(text) => text,
            Value::Integer(Some(number)) => number.to_string(),
            Value::Float(number) => number.to_string(),
            other => panic!("{other:?}"),
        };
        values.into_iter().map(text).collect()
    }

    #[test]
    fn steps() {
        assert_eq!(texts("1", "16", Spacing::Step(5.0)), ["1", "6", "11", "16"]);
        assert_eq!(texts("1", "15", Spacing::Step(5.0)), ["1", "6", "11"]);
        // Ten steps of 0.1 are not exactly 1 in binary.
        assert_eq!(texts("0", "0.3", Spacing::Step(0.1)), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(texts(r#""1 min""#, r#""2 min""#, Spacing::Step(3e10)), ["1 min", "90 s", "2 min"]);
    }

    #[test]
    fn points() {
        assert_eq!(texts("0", "10", Spacing::Points(5)), ["0", "3", "5", "8", "10"]);
        assert_eq!(texts("0.0", "1.0", Spacing::Points(5)), ["0", "0.25", "0.5", "0.75", "1"]);
        assert_eq!(texts("10", "10000", Spacing::LogPoints(4)), ["10", "100", "1000", "10000"]);
        assert_eq!(texts("10", "1000", Spacing::LogPoints(5)), ["10", "32", "100", "316", "1000"]);
        let rates = texts(r#""1 Mbit/s""#, r#""100 Mbit/s""#, Spacing::LogPoints(5));
        assert_eq!(rates, ["1 Mbit/s", "3160 kbit/s", "10 Mbit/s", "31600 kbit/s", "100 Mbit/s"]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = |from, to, spacing| values(amount(from), amount(to), spacing).unwrap_err();
        assert_eq!(refused("2", "1", Spacing::Points(3)), "does not go upwards");
        assert_eq!(refused("0", "10", Spacing::LogPoints(3)), "is logarithmic and begins at 0 or below");
        assert_eq!(refused("1", "2", Spacing::Step(-1.0)), "has a `step` that does not go upwards");
        assert_eq!(refused("0", "10000", Spacing::Step(1.0)), "has more than 1000 values");
        let twice = refused("1", "5", Spacing::LogPoints(10));
        assert!(twice.contains("the value 1 twice"), "{twice}");
    }
}
