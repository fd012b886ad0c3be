//! Simulated time, in whole nanoseconds.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

use super::text::{Units, quantity_text, write_decimal};

const UNITS: Units = Units {
    base: "nanoseconds",
    example: "`\"50 ms\"`",
    table: &[
        ("d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
        ("min", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ],
    aliases: &[("µs", 1_000)],
};

/// A length of simulated time in nanoseconds. Text form: `"50 ms"`, `"1.5 s"`, `"12 h"`.
///
/// ```
/// use peerscape::units::SimDuration;
/// let d: SimDuration = "1.5 s".parse()?;
/// assert_eq!(d.as_nanos(), 1_500_000_000);
/// assert_eq!(d.to_string(), "1500 ms");
/// # Ok::<(), peerscape::units::QuantityError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimDuration(u64);

quantity_text!(SimDuration, UNITS);

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest duration; used as "never".
    pub const MAX: Self = Self(u64::MAX);

    /// A duration of whole nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }
    /// A duration of whole microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros * 1_000)
    }
    /// A duration of whole milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }
    /// A duration of whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds * 1_000_000_000)
    }
    /// Whole nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
    /// Seconds as a real number, for statistics and reports only.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
    /// The sum, or the longest duration where it would overflow.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
    /// The product, or the longest duration where it would overflow.
    #[must_use]
    pub const fn saturating_mul(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
    /// Seconds with up to nine decimals and no unit: the form used in tables.
    pub fn seconds(self) -> impl fmt::Display {
        Seconds(self.0)
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sub for SimDuration {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl Mul<u64> for SimDuration {
    type Output = Self;
    fn mul(self, factor: u64) -> Self {
        Self(self.0 * factor)
    }
}

/// An instant of simulated time: nanoseconds since the run began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimTime(u64);

impl SimTime {
    /// The beginning of a run.
    pub const ZERO: Self = Self(0);
    /// After everything; used as "never".
    pub const NEVER: Self = Self(u64::MAX);

    /// The instant this many nanoseconds after the beginning.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }
    /// Nanoseconds since the beginning.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
    /// Seconds since the beginning as a real number, for statistics and reports only.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
    /// Time since `earlier`; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
    /// The instant `duration` later, or [`SimTime::NEVER`] where it would overflow.
    #[must_use]
    pub const fn saturating_add(self, duration: SimDuration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }
    /// Seconds with up to nine decimals and no unit: the form used in tables.
    pub fn seconds(self) -> impl fmt::Display {
        Seconds(self.0)
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    fn add(self, duration: SimDuration) -> Self {
        Self(self.0 + duration.0)
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", Seconds(self.0))
    }
}

struct Seconds(u64);
impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, 9)
    }
}

/// A duration as result tables hold it: decimal seconds without a unit, exact to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct TableSeconds(pub SimDuration);

impl serde::Serialize for TableSeconds {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Seconds(self.0.0))
    }
}

impl<'de> serde::Deserialize<'de> for TableSeconds {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        UNITS.parse(&format!("{text} s")).map(|n| Self(SimDuration(n))).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_exactly_and_prints_the_largest_whole_unit() {
        for (text, nanos, printed) in [
            ("50 ms", 50_000_000, "50 ms"),
            ("90s", 90_000_000_000, "90 s"),
            ("1.5 h", 5_400_000_000_000, "90 min"),
            ("0.000001 ms", 1, "1 ns"),
            ("0 s", 0, "0 ns"),
            ("2 d", 172_800_000_000_000, "2 d"),
        ] {
            let d: SimDuration = text.parse().unwrap();
            assert_eq!(d.as_nanos(), nanos, "{text}");
            assert_eq!(d.to_string(), printed, "{text}");
            assert_eq!(printed.parse::<SimDuration>().unwrap(), d);
        }
    }

    #[test]
    fn refuses_what_is_not_a_whole_nanosecond_or_not_a_duration() {
        for text in ["0.5 ns", "5", "s", "", "-1 s", "1 minute", "1.2.3 s", "1. s", "99999999999999 d"] {
            assert!(text.parse::<SimDuration>().is_err(), "{text}");
        }
    }

    #[test]
    fn seconds_are_decimal_without_trailing_zeros() {
        assert_eq!(SimDuration::from_millis(1_250).seconds().to_string(), "1.25");
        assert_eq!(SimDuration::from_nanos(1).seconds().to_string(), "0.000000001");
        assert_eq!(SimTime::from_nanos(3_000_000_000).seconds().to_string(), "3");
    }
}
