//! One value checked against the shape of its key.

use super::errors::{Problem, nearest};
use super::schema::{FASTEST, LONGEST, Shape, quoted};
use super::tree::{Node, Value};
use crate::units::{
    Amount, AsNumber, BitRate, Bytes, Currency, Money, QuantityError, RatePrice, SimDuration, SimTime, VolumePrice,
};

/// A value that fits its shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Text(String),
    Flag(bool),
    Count(u64),
    Number(f64),
    /// `None`: the word that the shape allows instead.
    Duration(Option<SimDuration>),
    Size(Bytes),
    Rate(BitRate),
    Money(Amount),
    RatePrice(RatePrice),
    VolumePrice(VolumePrice),
    Word(&'static str),
}

/// A type that the reader hands out.
pub(super) trait Typed: Sized {
    /// From a value that fits its key's shape; `None`: the key has another shape (a mistake of ours, not of the file).
    fn from_scalar(scalar: Scalar) -> Option<Self>;
    /// Stands in for a value that was refused, so that reading can go on. Never leaves the room.
    fn placeholder() -> Self;
}

macro_rules! typed {
    ($type:ty, $placeholder:expr, $pattern:pat => $value:expr) => {
        impl Typed for $type {
            fn from_scalar(scalar: Scalar) -> Option<Self> {
                match scalar {
                    $pattern => $value,
                    _ => None,
                }
            }
            fn placeholder() -> Self {
                $placeholder
            }
        }
    };
}

typed!(String, Self::new(), Scalar::Text(text) => Some(text));
typed!(bool, false, Scalar::Flag(flag) => Some(flag));
typed!(u32, 1, Scalar::Count(count) => Self::try_from(count).ok());
typed!(u64, 1, Scalar::Count(count) => Some(count));
typed!(AsNumber, Self(0), Scalar::Count(count) => u32::try_from(count).ok().map(Self));
typed!(f64, 1.0, Scalar::Number(number) => Some(number));
typed!(SimDuration, Self::from_secs(1), Scalar::Duration(duration) => duration);
typed!(Option<SimDuration>, None, Scalar::Duration(duration) => Some(duration));
typed!(SimTime, Self::ZERO, Scalar::Duration(duration) => duration.map(|d| Self::from_nanos(d.as_nanos())));
typed!(Bytes, Self::new(1), Scalar::Size(size) => Some(size));
typed!(BitRate, Self::new(1), Scalar::Rate(rate) => Some(rate));
typed!(Amount, Self { money: Money::ZERO, currency: Currency::EUR }, Scalar::Money(amount) => Some(amount));
typed!(
    RatePrice,
    Self { amount: Amount::placeholder(), per: BitRate::new(1) },
    Scalar::RatePrice(price) => Some(price)
);
typed!(
    VolumePrice,
    Self { amount: Amount::placeholder(), per: Bytes::new(1) },
    Scalar::VolumePrice(price) => Some(price)
);
typed!(&'static str, "", Scalar::Word(word) => Some(word));

/// The value of `node`, when it fits `shape`; `name` is the key's, for messages.
pub(super) fn check(node: &Node, shape: &Shape, name: &str) -> Result<Scalar, Box<Problem>> {
    let refused = |message: String| Box::new(Problem::at(node.place, message).allowed(shape.allowed()));
    let out_of_range = || refused(format!("`{name}` is out of range"));
    match (shape, &node.value) {
        (Shape::Text { max }, Value::Text(text)) => {
            let length = text.chars().count();
            if text.trim().is_empty() || length > *max || text.contains('\0') {
                return Err(refused(format!("`{name}` is {}", if length > *max { "too long" } else { "empty" })));
            }
            Ok(Scalar::Text(text.clone()))
        }
        (Shape::Name, Value::Text(text)) => {
            let printable = !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control);
            if printable && text.chars().count() <= 64 {
                Ok(Scalar::Text(text.clone()))
            } else {
                Err(refused(format!("`{name}` is not a proper name")))
            }
        }
        (Shape::Flag, Value::Flag(flag)) => Ok(Scalar::Flag(*flag)),
        (Shape::Count { min, max }, Value::Integer(number)) => {
            match number.and_then(|n| u64::try_from(n).ok()).filter(|n| (min..=max).contains(&n)) {
                Some(count) => Ok(Scalar::Count(count)),
                None => Err(out_of_range()),
            }
        }
        (Shape::Number { min, max, open }, Value::Integer(_) | Value::Float(_)) => {
            let number = match &node.value {
                Value::Integer(number) => number.map_or(f64::NAN, |n| n as f64),
                Value::Float(number) => *number,
                _ => f64::NAN,
            };
            let inside = if *open { number > *min && number < *max } else { (*min..=*max).contains(&number) };
            if inside { Ok(Scalar::Number(number)) } else { Err(out_of_range()) }
        }
        (Shape::Duration { min, word }, Value::Text(text)) => {
            if word.is_some_and(|word| word == text) {
                return Ok(Scalar::Duration(None));
            }
            let duration: SimDuration = quantity(text, node, shape, name)?;
            if (*min..=LONGEST).contains(&duration) {
                return Ok(Scalar::Duration(Some(duration)));
            }
            let advice = format!("the longest duration is `\"{LONGEST}\"` (ten years)");
            Err(if duration > LONGEST { Box::new(out_of_range().advice(advice)) } else { out_of_range() })
        }
        (Shape::Size { min, max }, Value::Text(text)) => {
            let size: Bytes = quantity(text, node, shape, name)?;
            if (*min..=*max).contains(&size) { Ok(Scalar::Size(size)) } else { Err(out_of_range()) }
        }
        (Shape::Rate { min }, Value::Text(text)) => {
            let rate: BitRate = quantity(text, node, shape, name)?;
            if (*min..=FASTEST).contains(&rate) {
                return Ok(Scalar::Rate(rate));
            }
            let advice = format!("the highest rate is `\"{FASTEST}\"`");
            Err(if rate > FASTEST { Box::new(out_of_range().advice(advice)) } else { out_of_range() })
        }
        (Shape::Money, Value::Text(text)) => Ok(Scalar::Money(quantity(text, node, shape, name)?)),
        (Shape::RatePrice, Value::Text(text)) => Ok(Scalar::RatePrice(quantity(text, node, shape, name)?)),
        (Shape::VolumePrice, Value::Text(text)) => Ok(Scalar::VolumePrice(quantity(text, node, shape, name)?)),
        (Shape::RateOrTable(_), Value::Text(_)) => check(node, &Shape::Rate { min: BitRate::new(1) }, name),
        (Shape::Choice(words), Value::Text(text)) => match words.iter().find(|word| *word == text) {
            Some(word) => Ok(Scalar::Word(word)),
            None => Err(Box::new(
                Problem::at(node.place, format!("unknown value of `{name}`"))
                    .allowed(quoted(words.iter().copied()))
                    .nearest(nearest(text, words.iter().copied())),
            )),
        },
        _ => Err(wrong_type(node, shape, name)),
    }
}

/// The problem of a value of the wrong TOML type.
pub(super) fn wrong_type(node: &Node, shape: &Shape, name: &str) -> Box<Problem> {
    let found = node.value.kind();
    let problem = Problem::at(node.place, format!("`{name}` has the wrong type: {found}"))
        .label(format!("this is {found}"))
        .allowed(shape.allowed());
    let bare_number = matches!(node.value, Value::Integer(_) | Value::Float(_));
    let priced = matches!(shape, Shape::Money | Shape::RatePrice | Shape::VolumePrice);
    let quantity = priced || matches!(shape, Shape::Duration { .. } | Shape::Size { .. } | Shape::Rate { .. });
    let number = matches!(shape, Shape::Count { .. } | Shape::Number { .. });
    Box::new(if bare_number && quantity {
        problem.advice("quantities are strings with a unit")
    } else if number && matches!(&node.value, Value::Text(text) if text.trim().parse::<f64>().is_ok()) {
        problem.advice("write the number without quotation marks")
    } else {
        problem
    })
}

/// Whether a quantity is one but for its sign.
fn is_negative(text: &str) -> bool {
    text.trim_start().strip_prefix('-').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

fn quantity<T: std::str::FromStr<Err = QuantityError>>(
    text: &str,
    node: &Node,
    shape: &Shape,
    name: &str,
) -> Result<T, Box<Problem>> {
    text.parse().map_err(|error| {
        let problem = |message: String| Problem::at(node.place, message).allowed(shape.allowed());
        Box::new(match error {
            QuantityError::NotANumber { .. } if is_negative(text) => problem(format!("`{name}` is negative")),
            QuantityError::NotANumber { .. } => problem(format!("`{name}` is not a number followed by a unit")),
            QuantityError::UnknownUnit { unit, .. } if unit.is_empty() => problem(format!("`{name}` has no unit")),
            QuantityError::UnknownUnit { unit, expected } => {
                let units = expected.split('`').skip(1).step_by(2);
                if matches!(shape, Shape::Duration { .. }) && unit.contains(|c: char| c.is_ascii_digit()) {
                    let message = format!("`{name}` is not one number with one unit");
                    return Box::new(problem(message).advice("write `\"90 min\"`, not `\"1 h 30 min\"`"));
                }
                problem(format!("unknown unit `{unit}` in `{name}`")).nearest(nearest(&unit, units))
            }
            QuantityError::TooFine { base, .. } => problem(format!("`{name}` is not a whole number of {base}")),
            QuantityError::TooLarge { limit, .. } => problem(format!("`{name}` is too large; the limit is {limit}")),
        })
    })
}
