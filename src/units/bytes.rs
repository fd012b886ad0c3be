//! Byte counts.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use super::text::{Units, quantity_text};

const UNITS: Units = Units {
    base: "bytes",
    example: "`\"256 KiB\"`",
    table: &[
        ("TiB", 1 << 40),
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("kB", 1_000),
        ("B", 1),
    ],
    aliases: &[("TB", 1_000_000_000_000), ("KB", 1_000)],
};

/// A number of bytes. Text form: `"256 KiB"` (binary), `"245 kB"` (decimal).
///
/// ```
/// use peerscape::units::Bytes;
/// assert_eq!("256 KiB".parse::<Bytes>()?.get(), 262_144);
/// # Ok::<(), peerscape::units::QuantityError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(u64);

quantity_text!(Bytes, UNITS);

impl Bytes {
    /// No bytes.
    pub const ZERO: Self = Self(0);
    /// This many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }
    /// The count.
    pub const fn get(self) -> u64 {
        self.0
    }
    /// The count in bits.
    pub const fn bits(self) -> u64 {
        self.0.saturating_mul(8)
    }
}

impl Add for Bytes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for Bytes {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sub for Bytes {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|b| b.0).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_and_decimal_units() {
        assert_eq!("245 kB".parse::<Bytes>().unwrap().get(), 245_000);
        assert_eq!("16 MiB".parse::<Bytes>().unwrap().get(), 16 << 20);
        assert_eq!(Bytes::new(16 << 20).to_string(), "16 MiB");
        assert_eq!(Bytes::new(73_243).to_string(), "73243 B");
        assert!("0.3 B".parse::<Bytes>().is_err());
    }
}
