//! Bit rates.

use std::ops::{Add, AddAssign, Sub};

use super::text::{Units, quantity_text};
use super::{Bytes, SimDuration};

const UNITS: Units = Units {
    base: "bits per second",
    example: "`\"10 Mbit/s\"`",
    table: &[
        ("Tbit/s", 1_000_000_000_000),
        ("Gbit/s", 1_000_000_000),
        ("Mbit/s", 1_000_000),
        ("kbit/s", 1_000),
        ("bit/s", 1),
    ],
    aliases: &[
        ("B/s", 8),
        ("kB/s", 8_000),
        ("MB/s", 8_000_000),
        ("KiB/s", 8 << 10),
        ("MiB/s", 8 << 20),
        ("GiB/s", 8 << 30),
    ],
};

/// A rate in whole bits per second. Text form: `"10 Mbit/s"`, or in bytes `"128 KiB/s"`.
///
/// ```
/// use peerscape::units::BitRate;
/// assert_eq!("0.3 Mbit/s".parse::<BitRate>()?.get(), 300_000);
/// assert_eq!("128 KiB/s".parse::<BitRate>()?.get(), 1_048_576);
/// # Ok::<(), peerscape::units::QuantityError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BitRate(u64);

quantity_text!(BitRate, UNITS);

impl BitRate {
    /// Nothing flows.
    pub const ZERO: Self = Self(0);
    /// This many bits per second.
    pub const fn new(bits_per_second: u64) -> Self {
        Self(bits_per_second)
    }
    /// Bits per second.
    pub const fn get(self) -> u64 {
        self.0
    }
    /// Whole bytes sent within `time`.
    pub fn bytes_in(self, time: SimDuration) -> Bytes {
        let nanobits = u128::from(self.0) * u128::from(time.as_nanos());
        Bytes::new(u64::try_from(nanobits / 8_000_000_000).unwrap_or(u64::MAX))
    }
    /// Time to send `bytes` at this rate, rounded up to the nanosecond; [`SimDuration::MAX`] at rate zero.
    pub fn time_for(self, bytes: Bytes) -> SimDuration {
        if self.0 == 0 {
            return if bytes.get() == 0 { SimDuration::ZERO } else { SimDuration::MAX };
        }
        let nanobits = u128::from(bytes.bits()) * 1_000_000_000;
        u64::try_from(nanobits.div_ceil(u128::from(self.0))).map_or(SimDuration::MAX, SimDuration::from_nanos)
    }
}

impl Add for BitRate {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for BitRate {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sub for BitRate {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_text_and_serialisation_time() {
        assert_eq!("1 Mbit/s".parse::<BitRate>().unwrap().to_string(), "1 Mbit/s");
        assert_eq!(BitRate::new(8).time_for(Bytes::new(1)), SimDuration::from_secs(1));
        assert_eq!(BitRate::new(3).time_for(Bytes::new(1)).as_nanos(), 2_666_666_667);
        assert_eq!(BitRate::ZERO.time_for(Bytes::new(1)), SimDuration::MAX);
    }
}
