//! Exact parsing and printing of "number unit" texts.

use std::fmt;

/// Why a quantity's text was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// No digits at the start, or something that is not a plain decimal number.
    #[error("`{found}` is not a number followed by a unit; expected something like {example}")]
    NotANumber {
        /// The text as written.
        found: String,
        /// A valid text.
        example: &'static str,
    },
    /// The unit is missing or unknown.
    #[error("unknown unit `{unit}`; expected one of {expected}")]
    UnknownUnit {
        /// The unit as written (may be empty).
        unit: String,
        /// Every unit that is allowed, comma-separated.
        expected: String,
    },
    /// More precise than the base unit.
    #[error("`{found}` is not a whole number of {base}")]
    TooFine {
        /// The text as written.
        found: String,
        /// The base unit's name.
        base: &'static str,
    },
    /// Larger than the largest value that the simulator can hold.
    #[error("`{found}` is too large; the limit is {limit}")]
    TooLarge {
        /// The text as written.
        found: String,
        /// The largest allowed value.
        limit: String,
    },
}

/// A table of units: name and size in base units, in the order used for printing (largest first).
pub(super) struct Units {
    pub(super) base: &'static str,
    pub(super) example: &'static str,
    pub(super) table: &'static [(&'static str, u64)],
    /// Accepted when reading, never printed.
    pub(super) aliases: &'static [(&'static str, u64)],
}

impl Units {
    /// Reads `text` exactly.
    pub(super) fn parse(&self, text: &str) -> Result<u64, QuantityError> {
        let trimmed = text.trim();
        let split = trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(split);
        let unit = unit.trim();
        let not_a_number = || QuantityError::NotANumber { found: text.to_owned(), example: self.example };
        let number = number.replace('_', "");
        let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
        if whole.is_empty() || fraction.contains('.') || (number.contains('.') && fraction.is_empty()) {
            return Err(not_a_number());
        }
        let size = self
            .size_of(unit)
            .ok_or_else(|| QuantityError::UnknownUnit { unit: unit.to_owned(), expected: self.names() })?;
        let too_large = || QuantityError::TooLarge { found: text.to_owned(), limit: self.print(u64::MAX >> 1) };
        let fraction = fraction.trim_end_matches('0');
        if whole.len() > 20 || fraction.len() > 18 {
            return Err(if whole.len() > 20 {
                too_large()
            } else {
                QuantityError::TooFine { found: text.to_owned(), base: self.base }
            });
        }
        let digits: u128 = whole.parse().map_err(|_| not_a_number())?;
        let mut value = digits.checked_mul(u128::from(size)).ok_or_else(too_large)?;
        if !fraction.is_empty() {
            let numerator: u128 = fraction.parse().map_err(|_| not_a_number())?;
            let denominator = 10_u128.pow(fraction.len() as u32);
            let scaled = numerator * u128::from(size);
            if !scaled.is_multiple_of(denominator) {
                return Err(QuantityError::TooFine { found: text.to_owned(), base: self.base });
            }
            value += scaled / denominator;
        }
        // Half the range stays free, so that sums of two quantities cannot overflow.
        u64::try_from(value).ok().filter(|v| *v <= u64::MAX >> 1).ok_or_else(too_large)
    }

    /// The shortest exact text: the largest unit that divides `value`.
    pub(super) fn print(&self, value: u64) -> String {
        let (name, size) = self
            .table
            .iter()
            .find(|(_, size)| value.is_multiple_of(*size) && value != 0)
            .or(self.table.last())
            .copied()
            .unwrap_or(("", 1));
        format!("{} {name}", value / size)
    }

    fn size_of(&self, unit: &str) -> Option<u64> {
        self.table.iter().chain(self.aliases).find(|(name, _)| *name == unit).map(|(_, size)| *size)
    }

    fn names(&self) -> String {
        self.table.iter().rev().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }
}

/// Implements `FromStr`, `Display`, `Serialize` and `Deserialize` by a unit table.
macro_rules! quantity_text {
    ($type:ident, $units:ident) => {
        impl $type {
            /// The units that its text form may have, smallest first, then those that are read and never printed.
            pub fn units() -> impl Iterator<Item = &'static str> {
                $units.table.iter().rev().chain($units.aliases).map(|(name, _)| *name)
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::units::QuantityError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $units.parse(text).map(Self)
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&$units.print(self.0))
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(super) use quantity_text;

/// Writes `whole.fraction` without trailing zeros, the fraction given in units of 10^-`digits`.
pub(super) fn write_decimal(f: &mut fmt::Formatter<'_>, value: u64, digits: usize) -> fmt::Result {
    let scale = 10_u64.pow(digits as u32);
    let (whole, fraction) = (value / scale, value % scale);
    if fraction == 0 {
        return write!(f, "{whole}");
    }
    let text = format!("{fraction:0digits$}");
    write!(f, "{whole}.{}", text.trim_end_matches('0'))
}
