//! What a shape says of itself to people: its kind, units, words and an example.

use super::schema::{Alternative, Shape, Table};
use crate::units::{BitRate, Bytes, RatePrice, SimDuration, VolumePrice};

impl Shape {
    /// What kind of thing it is, as a noun.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Name => "name",
            Self::Flag => "true or false",
            Self::Count { .. } => "whole number",
            Self::Number { .. } => "number",
            Self::Duration { .. } => "duration",
            Self::Size { .. } => "size",
            Self::Rate { .. } => "rate",
            Self::Money => "amount of money",
            Self::RatePrice => "price of a rate, per month",
            Self::VolumePrice => "price of a volume",
            Self::Choice(_) => "one of several words",
            Self::List(_) | Self::Strategies => "list",
            Self::Table(_) => "table",
            Self::TableOrWord(..) => "table or a word",
            Self::RateOrTable(_) => "rate or table",
            Self::Tables(_) => "list of tables",
            Self::OneOf { .. } => "one of several alternatives",
            Self::ByPath(_) => "table of paths",
            Self::Any(_) => "value",
        }
    }

    /// The units of a quantity.
    pub(super) fn units(&self) -> Vec<&'static str> {
        match self {
            Self::Duration { .. } => SimDuration::units().collect(),
            Self::Size { .. } => Bytes::units().collect(),
            Self::Rate { .. } | Self::RateOrTable(_) => BitRate::units().collect(),
            Self::RatePrice => RatePrice::UNITS.to_vec(),
            Self::VolumePrice => VolumePrice::UNITS.to_vec(),
            Self::List(item) => item.units(),
            _ => Vec::new(),
        }
    }

    /// The words or alternatives, each with what it means.
    pub(super) fn values(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Choice(words) => words.iter().map(|word| (*word, "")).collect(),
            Self::Duration { word: Some(word), .. } | Self::TableOrWord(_, word) => vec![(word, "")],
            Self::OneOf { alternatives, .. } => alternatives.iter().map(|a| (a.name, a.doc)).collect(),
            _ => Vec::new(),
        }
    }

    /// The names of the keys that it holds.
    pub(super) fn holds(&self) -> Vec<&'static str> {
        match self {
            Self::Table(table)
            | Self::TableOrWord(table, _)
            | Self::RateOrTable(table)
            | Self::Tables(table)
            | Self::ByPath(table) => table.keys.iter().map(|key| key.name).collect(),
            _ => Vec::new(),
        }
    }

    /// TOML text that may stand there. A name or a text cannot be made up from its shape: `key` is the key's name.
    pub(super) fn example(&self, key: &str) -> String {
        match self {
            Self::Text { .. } | Self::Name => format!("\"{}\"", text_for(key)),
            Self::Flag => "true".to_owned(),
            Self::Count { min, max } => ((*min).max(1)).min(*max).to_string(),
            Self::Number { min, max, .. } => number_between(*min, *max),
            Self::Duration { min, .. } => format!("\"{}\"", (*min).max(SimDuration::from_secs(10))),
            Self::Size { min, max } => format!("\"{}\"", Bytes::new(256 << 10).clamp(*min, *max)),
            Self::Rate { .. } | Self::RateOrTable(_) => "\"10 Mbit/s\"".to_owned(),
            Self::Money => "\"12.50 EUR\"".to_owned(),
            Self::RatePrice => "\"0.85 EUR per Mbit/s\"".to_owned(),
            Self::VolumePrice => "\"0.01 EUR per GB\"".to_owned(),
            Self::List(item) if key == "daily-profile" => format!("[{}]", vec![item.example(key); 24].join(", ")),
            Self::Choice(words) => format!("\"{}\"", words.first().unwrap_or(&"")),
            Self::List(item) => format!("[{}]", item.example(key)),
            Self::Table(table) | Self::TableOrWord(table, _) => table.example(),
            // One bound at least, though neither is required by itself.
            Self::Tables(_) if key == "check" => "[{ metric = \"completion_mean_s\", max = 60.0 }]".to_owned(),
            Self::Tables(table) => format!("[{}]", table.example()),
            Self::OneOf { alternatives, .. } => alternatives.first().map(Alternative::example).unwrap_or_default(),
            Self::ByPath(_) => "{ \"population.peers\" = [10, 100, 1000] }".to_owned(),
            Self::Any(_) if key == "values" => "[10, 100, 1000]".to_owned(),
            Self::Any(_) => "10".to_owned(),
            Self::Strategies => "[\"same-as\", \"as-hops\"]".to_owned(),
        }
    }
}

impl Alternative {
    fn example(&self) -> String {
        match &self.payload {
            Some(payload) if !payload.all_defaults() => {
                format!("{{ {} = {} }}", self.name, payload.example(self.name))
            }
            _ => format!("\"{}\"", self.name),
        }
    }
}

impl Table {
    /// With the keys that must be given, or else the first one.
    fn example(&self) -> String {
        use super::schema::Presence::Required;
        let required = self.keys.iter().filter(|key| matches!(key.presence, Required));
        let fields: Vec<String> =
            required.map(|key| format!("{} = {}", key.name, key.shape.example(key.name))).collect();
        if !fields.is_empty() {
            return format!("{{ {} }}", fields.join(", "));
        }
        match self.keys.first() {
            Some(key) => format!("{{ {} = {} }}", key.name, key.shape.example(key.name)),
            None => "{}".to_owned(),
        }
    }
}

/// Names and texts that mean something under their key.
fn text_for(key: &str) -> &str {
    match key {
        "title" => "Do ordered lists cut transit?",
        "file" => "as-rel.txt",
        "hosts" => "hosts.csv",
        "baseline" | "arm" => "unmanaged",
        "metric" => "completion_mean_s",
        "against" => "bound_s",
        "source" => "Qiu, Srikant 2004, section 3",
        "label" => "fluid model",
        "isps" => "north",
        _ => "some-name",
    }
}

/// A plain number inside the bounds.
fn number_between(min: f64, max: f64) -> String {
    let inside = [1.0, 0.5, 0.25, 0.1].into_iter().find(|x| *x > min && *x < max).unwrap_or(min);
    format!("{inside:?}")
}
