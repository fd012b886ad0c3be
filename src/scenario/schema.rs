//! What a key may hold: the vocabulary in which the tables of accepted keys ([`super::keys`]) are written.

use crate::units::{BitRate, Bytes, SimDuration};

/// A table's keys.
pub(super) struct Table {
    pub(super) keys: &'static [Key],
}

/// One key of a table.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) presence: Presence,
    /// One sentence for people.
    pub(super) doc: &'static str,
}

/// Whether a key may be left out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Presence {
    Required,
    /// The TOML text that its absence stands for.
    Default(&'static str),
    /// Absence is a value of its own: what it means.
    Optional(&'static str),
}

/// What may stand on the right of a key.
pub(super) enum Shape {
    /// Any text of 1 to `max` characters.
    Text {
        max: usize,
    },
    /// A label: printable, 1 to 64 characters, no space at either end.
    Name,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Count {
        min: u64,
        max: u64,
    },
    /// A number; `open`: the bounds themselves are excluded.
    Number {
        min: f64,
        max: f64,
        open: bool,
    },
    /// A duration of at least `min` (and at most [`LONGEST`]), or the word.
    Duration {
        min: SimDuration,
        word: Option<&'static str>,
    },
    Size {
        min: Bytes,
        max: Bytes,
    },
    /// A rate of at least `min` (and at most [`FASTEST`]).
    Rate {
        min: BitRate,
    },
    /// An amount of money.
    Money,
    /// The price of a rate.
    RatePrice,
    /// The price of a volume.
    VolumePrice,
    /// One of several words.
    Choice(&'static [&'static str]),
    /// A list of scalars.
    List(&'static Shape),
    Table(&'static Table),
    /// A table, or a word that stands for one.
    TableOrWord(&'static Table, &'static str),
    /// A rate for both directions, or a table.
    RateOrTable(&'static Table),
    /// `[[a list of tables]]`.
    Tables(&'static Table),
    /// Exactly one of several alternatives, externally tagged. `shorthand`: the alternative that a plain value stands
    /// for.
    OneOf {
        alternatives: &'static [Alternative],
        shorthand: Option<&'static str>,
    },
    /// A table whose keys are paths of other keys, each with a list or with a table of these keys.
    ByPath(&'static Table),
    /// A value that another key decides about, in words.
    Any(&'static str),
    /// Strategies of the catalog: names, or tables `{ name = { parameters } }`.
    Strategies,
}

/// One of several alternatives.
pub(super) struct Alternative {
    pub(super) name: &'static str,
    /// `None`: it has no parameters (an empty table is accepted all the same).
    pub(super) payload: Option<Shape>,
    pub(super) doc: &'static str,
}

/// The longest duration a scenario may hold: ten years, so that sums of several never overflow.
pub(super) const LONGEST: SimDuration = SimDuration::from_secs(3_650 * 86_400);
/// The highest rate, so that the sum over all peers never overflows.
pub(super) const FASTEST: BitRate = BitRate::new(1_000_000_000_000);

impl Key {
    pub(super) const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, shape, presence: Presence::Required, doc }
    }

    pub(super) const fn default(name: &'static str, shape: Shape, text: &'static str, doc: &'static str) -> Self {
        Self { name, shape, presence: Presence::Default(text), doc }
    }

    pub(super) const fn optional(name: &'static str, shape: Shape, absent: &'static str, doc: &'static str) -> Self {
        Self { name, shape, presence: Presence::Optional(absent), doc }
    }
}

impl Table {
    pub(super) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

impl Shape {
    /// A count of at least `min` that fits 32 bits.
    pub(super) const fn count(min: u64) -> Self {
        Self::Count { min, max: u32::MAX as u64 }
    }

    /// A duration of at least `min` nanoseconds.
    pub(super) const fn duration(min: u64) -> Self {
        Self::Duration { min: SimDuration::from_nanos(min), word: None }
    }

    /// What is allowed, for people.
    pub(super) fn allowed(&self) -> String {
        match self {
            Self::Text { max } => format!("a string of 1 to {max} characters"),
            Self::Name => "a string of 1 to 64 printable characters without spaces at its ends".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Count { min, max } if min == max => format!("`{min}`"),
            Self::Count { min, max } => match u32::try_from(*max) {
                Ok(u32::MAX) => format!("a whole number of at least {min}"),
                _ => format!("a whole number from {min} to {max}"),
            },
            Self::Number { min, max, open: false } => format!("a number from {min} to {max}"),
            Self::Number { min, max, open: true } => format!("a number above {min} and below {max}"),
            Self::Duration { min, word } => {
                let mut text = "a duration such as `\"50 ms\"`".to_owned();
                if *min > SimDuration::ZERO {
                    text = format!("{text}, at least `\"{min}\"`");
                }
                text += "; units `ns`, `us`, `ms`, `s`, `min`, `h`, `d`";
                match word {
                    Some(word) => format!("{text}; or `\"{word}\"`"),
                    None => text,
                }
            }
            Self::Size { min, max } => format!(
                "a size from `\"{min}\"` to `\"{max}\"`; units `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`, `TiB`"
            ),
            Self::Rate { min } => {
                let least = if *min > BitRate::ZERO { " above 0" } else { "" };
                format!("a rate{least} such as `\"10 Mbit/s\"`; units `bit/s`, `kbit/s`, `Mbit/s`, `Gbit/s`, `kB/s` …")
            }
            Self::Money => "an amount of money such as `\"12.50 EUR\"`".to_owned(),
            Self::RatePrice => {
                "a price per `kbit/s`, `Mbit/s` or `Gbit/s`, such as `\"0.85 EUR per Mbit/s\"`".to_owned()
            }
            Self::VolumePrice => {
                "a price per `MB`, `GB`, `TB`, `MiB`, `GiB` or `TiB`, such as `\"0.01 EUR per GB\"`".to_owned()
            }
            Self::Choice(words) => quoted(words.iter().copied()),
            Self::List(item) => format!("a list, each {}", item.allowed()),
            Self::Table(table) if table.keys.is_empty() => "an empty table".to_owned(),
            Self::Table(table) => format!("a table with the keys {}", ticked(table.keys.iter().map(|k| k.name))),
            Self::TableOrWord(table, word) => {
                format!("`\"{word}\"`, or a table with the keys {}", ticked(table.keys.iter().map(|k| k.name)))
            }
            Self::RateOrTable(table) => format!(
                "a rate such as `\"10 Mbit/s\"`, or a table with the keys {}",
                ticked(table.keys.iter().map(|k| k.name))
            ),
            Self::Tables(table) => {
                format!("a list of tables with the keys {}", ticked(table.keys.iter().map(|k| k.name)))
            }
            Self::OneOf { alternatives, .. } => {
                format!("exactly one of {}", ticked(alternatives.iter().map(|a| a.name)))
            }
            Self::ByPath(table) => format!(
                "a table of paths such as `\"population.peers\"`, each with a list of values, or with a table with the keys {}",
                ticked(table.keys.iter().map(|k| k.name))
            ),
            Self::Any(what) => (*what).to_owned(),
            Self::Strategies => {
                "a list of strategy names, or of tables such as `{ name = { parameter = 1 } }`".to_owned()
            }
        }
    }

    /// Whether a plain string may stand for a table of this shape: all its keys have defaults.
    pub(super) fn all_defaults(&self) -> bool {
        match self {
            Self::Table(table) => table.keys.iter().all(|key| !matches!(key.presence, Presence::Required)),
            _ => false,
        }
    }
}

/// Names in back quotes, comma-separated.
pub(super) fn ticked<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Strings as TOML writes them, in back quotes, comma-separated.
pub(super) fn quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ")
}
