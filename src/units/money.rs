//! Money: exact amounts in one currency, and prices of rates and volumes.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use super::text::{QuantityError, Units};
use super::{BitRate, Bytes};

/// Millionths of the currency's unit in one of it.
const MICROS: i128 = 1_000_000;
/// Millionths in a cent.
const MICROS_PER_CENT: i128 = 10_000;
/// The largest amount that is read from text: a thousand million.
const LARGEST: u64 = 1_000_000_000_000_000;

/// Amounts are read like any quantity, once the currency is taken off.
const AMOUNT: Units =
    Units { base: "millionths of the currency", example: "`\"12.50 EUR\"`", table: &[("", 1_000_000)], aliases: &[] };

/// Active currency codes of ISO 4217 (list one), without funds, precious metals and codes for testing.
const CODES: [&str; 154] = [
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF", "BMD",
    "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP",
    "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP",
    "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD",
    "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN",
    "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB",
    "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL",
    "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND",
    "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// A currency, by its ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self("EUR");

    /// The three letters.
    pub const fn code(self) -> &'static str {
        self.0
    }

    fn find(code: &str) -> Option<Self> {
        CODES.iter().find(|known| **known == code).map(|known| Self(known))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// An amount of money in whole millionths of a currency's unit; which currency is the context's to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i128);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// This many millionths.
    pub const fn from_micros(micros: i128) -> Self {
        Self(micros)
    }

    /// Whole millionths.
    pub const fn micros(self) -> i128 {
        self.0
    }

    /// The nearest whole cent (a hundredth of the unit), halves away from zero.
    #[must_use]
    pub const fn to_cent(self) -> Self {
        let half = if self.0 < 0 { -MICROS_PER_CENT / 2 } else { MICROS_PER_CENT / 2 };
        Self((self.0 + half) / MICROS_PER_CENT * MICROS_PER_CENT)
    }

    /// Units as a real number, for statistics and reports only.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|money| money.0).sum())
    }
}

/// An amount with its currency. Text form: `"12.50 EUR"`; not negative.
///
/// ```
/// use peerscape::units::Amount;
/// let fee: Amount = "12.50 EUR".parse()?;
/// assert_eq!((fee.money.micros(), fee.to_string().as_str()), (12_500_000, "12.50 EUR"));
/// # Ok::<(), peerscape::units::QuantityError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// How much.
    pub money: Money,
    /// Of which currency.
    pub currency: Currency,
}

impl FromStr for Amount {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let split = trimmed.find(char::is_alphabetic).unwrap_or(trimmed.len());
        let (number, code) = trimmed.split_at(split);
        let micros = AMOUNT.parse(number)?;
        let currency = Currency::find(code).ok_or_else(|| QuantityError::UnknownUnit {
            unit: code.to_owned(),
            expected: CODES.map(|code| format!("`{code}`")).join(", "),
        })?;
        if micros > LARGEST {
            let limit = format!("1000000000 {currency}");
            return Err(QuantityError::TooLarge { found: text.to_owned(), limit });
        }
        Ok(Self { money: Money(i128::from(micros)), currency })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, micros) = (self.money.0 / MICROS, self.money.0.unsigned_abs() % MICROS.unsigned_abs());
        let mut fraction = format!("{micros:06}");
        // Cents at least, finer only where they are.
        while fraction.len() > 2 && fraction.ends_with('0') {
            fraction.pop();
        }
        f.pad(&format!("{whole}.{fraction} {}", self.currency))
    }
}

macro_rules! price {
    ($(#[doc = $doc:literal])+ $name:ident, $per:ty, $units:expr, $example:literal) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            /// What one `per` costs.
            pub amount: Amount,
            /// The unit that is priced.
            pub per: $per,
        }

        impl $name {
            /// The units that may be priced, smallest first.
            pub const UNITS: &[&str] = &$units;

            /// What `quantity` costs: exact, then rounded to the millionth, halves up.
            pub fn of(&self, quantity: $per) -> Money {
                let per = i128::from(self.per.get());
                let exact = self.amount.money.0 * i128::from(quantity.get());
                Money((exact + per / 2) / per)
            }
        }

        impl FromStr for $name {
            type Err = QuantityError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let example = $example;
                let not_a_price = || QuantityError::NotANumber { found: text.to_owned(), example };
                let (amount, per) = text.split_once(" per ").ok_or_else(not_a_price)?;
                let units = Self::UNITS;
                let per = per.trim();
                let unknown = || QuantityError::UnknownUnit {
                    unit: per.to_owned(),
                    expected: units.iter().map(|unit| format!("`{unit}`")).collect::<Vec<_>>().join(", "),
                };
                if !units.contains(&per) {
                    return Err(unknown());
                }
                let per = format!("1 {per}").parse().map_err(|_| unknown())?;
                Ok(Self { amount: amount.parse()?, per })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let per = self.per.to_string();
                f.pad(&format!("{} per {}", self.amount, per.trim_start_matches("1 ")))
            }
        }
    };
}

price!(
    /// The price of a rate, for a month. Text form: `"0.85 EUR per Mbit/s"`.
    RatePrice,
    BitRate,
    ["kbit/s", "Mbit/s", "Gbit/s"],
    "`\"0.85 EUR per Mbit/s\"`"
);
price!(
    /// The price of a volume. Text form: `"0.01 EUR per GB"`.
    VolumePrice,
    Bytes,
    ["MB", "GB", "TB", "MiB", "GiB", "TiB"],
    "`\"0.01 EUR per GB\"`"
);

/// An amount as result tables hold it: decimal units with two digits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct TableMoney(pub Money);

impl fmt::Display for TableMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.to_cent().0 / MICROS_PER_CENT;
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", cents / 100, cents % 100))
    }
}

impl serde::Serialize for TableMoney {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for TableMoney {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let (negative, digits) = text.strip_prefix('-').map_or((false, &*text), |digits| (true, digits));
        let micros = AMOUNT.parse(digits).map_err(serde::de::Error::custom)?;
        Ok(Self(Money(if negative { -i128::from(micros) } else { i128::from(micros) })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_print_what_they_were_read_from() {
        for (text, micros, printed) in [
            ("12 EUR", 12_000_000, "12.00 EUR"),
            ("0.1 USD", 100_000, "0.10 USD"),
            ("0.000001 JPY", 1, "0.000001 JPY"),
            ("1_000.505 CHF", 1_000_505_000, "1000.505 CHF"),
            ("0 EUR", 0, "0.00 EUR"),
        ] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!((amount.money.micros(), amount.to_string()), (micros, printed.to_owned()), "{text}");
            assert_eq!(printed.parse::<Amount>().unwrap(), amount);
        }
        for text in ["12", "EUR", "-1 EUR", "1 eur", "1 EURO", "0.0000001 EUR", "9999999999 EUR", "1 EUR EUR", ""] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }

    #[test]
    fn codes_are_three_letters_and_unique() {
        let mut codes = CODES.to_vec();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CODES.len());
        assert!(codes.iter().all(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())));
    }

    #[test]
    fn prices_multiply_exactly_and_round_once() {
        let price: RatePrice = "0.85 EUR per Mbit/s".parse().unwrap();
        assert_eq!(price.of(BitRate::new(100_000_000)).micros(), 85_000_000);
        assert_eq!(price.to_string(), "0.85 EUR per Mbit/s");
        // 0.85 millionths a bit per second: 1 bit/s is 0.85, 2 are 1.7.
        assert_eq!([1, 2].map(|bps| price.of(BitRate::new(bps)).micros()), [1, 2]);
        let price: VolumePrice = "0.015 EUR per GB".parse().unwrap();
        assert_eq!(price.of(Bytes::new(2_500_000_000)).micros(), 37_500);
        assert_eq!("1 EUR per GiB".parse::<VolumePrice>().unwrap().of(Bytes::new(1 << 31)).micros(), 2_000_000);
        for text in ["1 EUR", "1 EUR per", "1 EUR per GB", "1 EUR per month", "EUR per Mbit/s", "1 per Mbit/s"] {
            assert!(text.parse::<RatePrice>().is_err(), "{text}");
        }
        assert!("1 EUR per Mbit/s".parse::<VolumePrice>().is_err());
    }

    #[test]
    fn cents_are_rounded_away_from_zero_and_tables_come_back() {
        for (micros, text) in [
            (0, "0.00"),
            (5_000, "0.01"),
            (4_999, "0.00"),
            (-5_000, "-0.01"),
            (1_234_567_891, "1234.57"),
            (-4_999, "0.00"),
        ] {
            assert_eq!(TableMoney(Money::from_micros(micros)).to_string(), text);
        }
        let json = serde_json::to_string(&TableMoney(Money::from_micros(-12_340_000))).unwrap();
        assert_eq!(json, "\"-12.34\"");
        let back: TableMoney = serde_json::from_str(&json).unwrap();
        assert_eq!(back.0.micros(), -12_340_000);
    }
}
