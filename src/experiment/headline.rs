//! The metrics a verdict is given on.

use crate::units::Currency;

/// How a metric's numbers are written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds of simulated time.
    Seconds,
    /// A share of a whole, written in percent.
    Share,
    /// Bytes, written with a decimal prefix.
    Bytes,
    /// Bits per second, written with a decimal prefix.
    BitRate,
    /// Money in a currency, written to the cent; `None`: whose currency is not known.
    Money(Option<Currency>),
    /// A plain number.
    Number,
}

/// What a larger value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better, for those whom the metric concerns.
    MoreIsBetter,
    /// Less is better.
    LessIsBetter,
}

/// A headline metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headline {
    /// Column of `runs.csv`.
    pub metric: &'static str,
    /// Its name in a sentence.
    pub name: &'static str,
    /// How its numbers are written.
    pub unit: Unit,
    /// What a larger value means.
    pub direction: Direction,
}

impl Headline {
    /// The same, with money in a scenario's currency.
    #[must_use]
    pub fn in_currency(self, currency: Option<Currency>) -> Self {
        match self.unit {
            Unit::Money(_) => Self { unit: Unit::Money(currency), ..self },
            _ => self,
        }
    }

    /// Whether only scenarios with tariffs have it.
    pub const fn needs_tariffs(&self) -> bool {
        matches!(self.unit, Unit::Money(_) | Unit::BitRate)
    }
}

const fn headline(metric: &'static str, name: &'static str, unit: Unit, direction: Direction) -> Headline {
    Headline { metric, name, unit, direction }
}

const MONEY: Unit = Unit::Money(None);

/// The headline metrics, in the order of reports: what peers feel, then what ISPs see and pay.
pub const HEADLINES: [Headline; 13] = [
    headline("completion_mean_s", "mean completion time", Unit::Seconds, Direction::LessIsBetter),
    headline("completion_p95_s", "95th percentile of completion time", Unit::Seconds, Direction::LessIsBetter),
    headline("local_share", "share of traffic inside the ISP", Unit::Share, Direction::MoreIsBetter),
    headline("inter_isp_bytes", "traffic between ISPs", Unit::Bytes, Direction::LessIsBetter),
    headline("transit_up_bytes", "traffic sent up transit links", Unit::Bytes, Direction::LessIsBetter),
    headline("mean_as_hops", "inter-AS links crossed per byte", Unit::Number, Direction::LessIsBetter),
    headline("isp_redundancy", "copies of the content entering an ISP", Unit::Number, Direction::LessIsBetter),
    headline("control_bytes", "control traffic", Unit::Bytes, Direction::LessIsBetter),
    headline("transit_billed_bps", "transit as it is billed", Unit::BitRate, Direction::LessIsBetter),
    headline("transit_paid_per_month", "transit bills of all ISPs, a month", MONEY, Direction::LessIsBetter),
    headline("stub_paid_per_month", "net cost of stub ISPs, a month", MONEY, Direction::LessIsBetter),
    headline("transit_isp_paid_per_month", "net cost of transit ISPs, a month", MONEY, Direction::LessIsBetter),
    headline("tier1_received_per_month", "net income of tier-1 ISPs, a month", MONEY, Direction::MoreIsBetter),
];

/// A column of `runs.csv` in words: a headline's name, or the column's own words without its unit.
pub fn metric_name(column: &str) -> String {
    if let Some(headline) = HEADLINES.iter().find(|headline| headline.metric == column) {
        return headline.name.to_owned();
    }
    let unit = ["_s", "_bytes", "_bps"].into_iter().find_map(|unit| column.strip_suffix(unit));
    let words = unit.unwrap_or(column);
    words.replace('_', " ")
}

/// A unit with a prefix that suits some numbers, so that numbers side by side can be compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    divisor: f64,
    /// The unit's symbol; empty for plain numbers.
    pub symbol: &'static str,
    /// The unit of a difference of two such numbers.
    pub difference_symbol: &'static str,
    /// Two decimals, always.
    cents: bool,
}

impl Unit {
    /// The unit that the name of a column of `runs.csv` carries.
    pub fn of_column(column: &str) -> Self {
        if column.ends_with("_s") {
            Self::Seconds
        } else if column.ends_with("_bytes") {
            Self::Bytes
        } else if column.ends_with("_bps") {
            Self::BitRate
        } else if column.ends_with("_per_month") {
            Self::Money(None)
        } else if column.split('_').any(|word| word == "share") {
            Self::Share
        } else {
            Self::Number
        }
    }

    /// The scale that suits numbers about as large as `reference`.
    pub fn scale(self, reference: f64) -> Scale {
        let scale = |divisor, symbol| Scale { divisor, symbol, difference_symbol: symbol, cents: false };
        match self {
            Self::Seconds => scale(1.0, "s"),
            Self::Share => Scale { divisor: 0.01, symbol: "%", difference_symbol: "points", cents: false },
            Self::Number => scale(1.0, ""),
            Self::Money(currency) => Scale { cents: true, ..scale(1.0, currency.map_or("", Currency::code)) },
            Self::BitRate => match reference.abs() {
                r if r >= 1e10 => scale(1e9, "Gbit/s"),
                r if r >= 1e7 => scale(1e6, "Mbit/s"),
                r if r >= 1e4 => scale(1e3, "kbit/s"),
                _ => scale(1.0, "bit/s"),
            },
            Self::Bytes => match reference.abs() {
                r if r >= 1e13 => scale(1e12, "TB"),
                r if r >= 1e10 => scale(1e9, "GB"),
                r if r >= 1e7 => scale(1e6, "MB"),
                r if r >= 1e4 => scale(1e3, "kB"),
                _ => scale(1.0, "B"),
            },
        }
    }
}

impl Scale {
    /// The number alone: with about four significant digits, percent with one decimal or two.
    pub fn number(&self, value: f64) -> String {
        let scaled = value / self.divisor;
        if self.cents && scaled.is_finite() {
            return with_cents(scaled);
        }
        if self.symbol != "%" || !scaled.is_finite() {
            return plain_number(scaled);
        }
        let text = if scaled.abs() >= 9.995 { format!("{scaled:.1}") } else { format!("{scaled:.2}") };
        match text.strip_prefix('-') {
            Some(zero) if zero.bytes().all(|b| b == b'0' || b == b'.') => zero.to_owned(),
            Some(rest) => format!("−{rest}"),
            None => text,
        }
    }

    /// The bare value on this scale.
    pub fn value(&self, value: f64) -> f64 {
        value / self.divisor
    }

    /// The number alone, with about three significant digits: for tight places.
    pub fn short(&self, value: f64) -> String {
        let scaled = value / self.divisor;
        match scaled.abs() {
            0.0 => "0".to_owned(),
            m if m >= 99.95 => plain_number(scaled.round()).trim_end_matches(".0").to_owned(),
            m if m >= 9.995 => format!("{scaled:.1}"),
            _ => format!("{scaled:.2}"),
        }
    }

    /// The number with its unit.
    pub fn text(&self, value: f64) -> String {
        with_symbol(self.number(value), self.symbol)
    }

    /// A difference with its sign and unit.
    pub fn difference(&self, value: f64) -> String {
        with_symbol(self.signed(value), self.difference_symbol)
    }

    /// An interval of differences, each end with its sign.
    pub fn difference_interval(&self, low: f64, high: f64) -> String {
        with_symbol(format!("{} to {}", self.signed(low), self.signed(high)), self.difference_symbol)
    }

    fn signed(&self, value: f64) -> String {
        let text = self.number(value);
        if text.starts_with('−') || !text.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
            text
        } else {
            format!("+{text}")
        }
    }
}

/// Two decimals, a true minus sign and thousands set apart by commas.
fn with_cents(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, ""));
    let whole = plain_number(whole.parse().unwrap_or(0.0));
    let negative = value < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    format!("{}{whole}.{cents}", if negative { "−" } else { "" })
}

fn with_symbol(number: String, symbol: &str) -> String {
    if symbol.is_empty() { number } else { format!("{number} {symbol}") }
}

/// A number with about four significant digits (a whole number without decimals), a true minus sign and thousands set apart by commas.
pub fn plain_number(value: f64) -> String {
    let magnitude = value.abs();
    let decimals = match magnitude {
        m if m >= 999.95 || value.fract() == 0.0 => 0,
        m if m >= 99.995 => 1,
        m if m >= 9.9995 => 2,
        m if m >= 0.01 => 3,
        m if m >= 0.000_95 => 4,
        _ => return if value.is_finite() { format!("{value:.1e}").replace('-', "−") } else { "–".to_owned() },
    };
    let text = format!("{magnitude:.decimals$}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let grouped: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().map(|digits| std::str::from_utf8(digits).unwrap_or_default()).collect();
    format!("{}{}{fraction}", if value < 0.0 { "−" } else { "" }, grouped.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rows::{Row, RunRow};

    #[test]
    fn headlines_are_columns() {
        for headline in HEADLINES {
            assert!(RunRow::COLUMNS.iter().any(|column| column.name == headline.metric), "{}", headline.metric);
        }
    }

    #[test]
    fn units_and_names_of_columns() {
        for headline in HEADLINES {
            assert_eq!(Unit::of_column(headline.metric), headline.unit, "{}", headline.metric);
        }
        assert_eq!(Unit::of_column("local_share_random"), Unit::Share);
        assert_eq!(Unit::of_column("byte_hops"), Unit::Number);
        assert_eq!(metric_name("last_completion_s"), "last completion");
        assert_eq!(metric_name("transit_up_bytes"), "traffic sent up transit links");
    }

    #[test]
    fn numbers_for_people() {
        for (value, text) in [
            (0.0, "0"),
            (0.5, "0.500"),
            (0.0091, "0.0091"),
            (-0.25, "−0.250"),
            (12.345, "12.35"),
            (934.06, "934.1"),
            (1234.5, "1,234"),
            (-1_234_567.0, "−1,234,567"),
            (0.000_12, "1.2e−4"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(plain_number(value), text);
        }
    }

    #[test]
    fn units_and_differences() {
        assert_eq!(Unit::Share.scale(0.2).text(0.234), "23.4 %");
        assert_eq!(Unit::Share.scale(0.2).text(0.002), "0.20 %");
        assert_eq!(Unit::Share.scale(0.2).difference(-0.000_001), "0.00 points");
        assert_eq!(Unit::Share.scale(0.2).difference(0.05), "+5.00 points");
        let gigabytes = Unit::Bytes.scale(26e9);
        assert_eq!(gigabytes.text(26e9), "26 GB");
        assert_eq!(gigabytes.difference_interval(-1.5e9, 2e9), "−1.500 to +2 GB");
        assert_eq!(Unit::Seconds.scale(9.0).difference(0.0), "0 s");
        let euros = Unit::Money(Some(Currency::EUR)).scale(1e4);
        assert_eq!((euros.text(-12_345.678), euros.text(-0.001)), ("−12,345.68 EUR".to_owned(), "0.00 EUR".to_owned()));
        assert_eq!(euros.difference_interval(-1.5, 2.0), "−1.50 to +2.00 EUR");
        assert_eq!(Unit::BitRate.scale(2.5e7).text(2.5e7), "25 Mbit/s");
    }
}
