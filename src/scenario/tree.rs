//! *Parse*: a TOML text as a tree in which everything knows where it was written. Mirrors the file, judges nothing.

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

/// Where something was written: a range of bytes in one of the texts that make up a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Position of the text among the sources: 0 is the file, the others are command-line options.
    pub(super) source: usize,
    /// First byte.
    pub(super) start: usize,
    /// After the last byte.
    pub(super) end: usize,
}

impl Place {
    pub(super) fn new(source: usize, span: Range<usize>) -> Self {
        Self { source, start: span.start, end: span.end.max(span.start) }
    }
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// A TOML value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    /// `None`: outside the 64-bit range that TOML promises.
    Integer(Option<i64>),
    /// Infinite and not-a-number values included.
    Float(f64),
    Flag(bool),
    Datetime(toml::value::Datetime),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table with its value, in the order of the file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) node: Node,
}

impl Value {
    /// What people call this type.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number with a fraction",
            Self::Flag(_) => "true or false",
            Self::Datetime(_) => "a date or time",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl Node {
    /// The entries, when this is a table.
    pub(super) fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of `key`, when this is a table that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// Takes `key` out of this table.
    pub(super) fn take(&mut self, key: &str) -> Option<Self> {
        let Value::Table(entries) = &mut self.value else { return None };
        let position = entries.iter().position(|entry| entry.key == key)?;
        Some(entries.remove(position).node)
    }

    /// As a plain TOML value, without places.
    pub(super) fn to_plain(&self) -> toml::Value {
        match &self.value {
            Value::Text(text) => toml::Value::String(text.clone()),
            Value::Integer(number) => toml::Value::Integer(number.unwrap_or(i64::MAX)),
            Value::Float(number) => toml::Value::Float(*number),
            Value::Flag(flag) => toml::Value::Boolean(*flag),
            Value::Datetime(datetime) => toml::Value::Datetime(*datetime),
            Value::Array(items) => toml::Value::Array(items.iter().map(Self::to_plain).collect()),
            Value::Table(entries) => {
                toml::Value::Table(entries.iter().map(|e| (e.key.clone(), e.node.to_plain())).collect())
            }
        }
    }
}

/// What the TOML grammar does not allow, and where.
#[derive(Debug, Clone)]
pub(super) struct SyntaxError {
    pub(super) message: String,
    pub(super) span: Range<usize>,
}

/// Reads a whole document; all syntax errors that the parser can recover from are reported.
pub(super) fn parse_document(text: &str, source: usize) -> Result<Node, Vec<SyntaxError>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|e| syntax_error(e, text)).collect());
    }
    let place = Place::new(source, 0..0);
    Ok(Node { value: table(document.get_ref(), source, 0), place })
}

/// Reads a single value, as on the right of `key =`; its places begin at `offset`.
pub(super) fn parse_value(text: &str, source: usize, offset: usize) -> Result<Node, SyntaxError> {
    DeValue::parse(text).map(|value| node(&value, source, offset)).map_err(|e| syntax_error(&e, text))
}

fn syntax_error(error: &toml::de::Error, text: &str) -> SyntaxError {
    SyntaxError { message: error.message().to_owned(), span: error.span().unwrap_or(text.len()..text.len()) }
}

fn node(value: &Spanned<DeValue<'_>>, source: usize, offset: usize) -> Node {
    let converted = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()),
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(datetime) => Value::Datetime(*datetime),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| node(item, source, offset)).collect()),
        DeValue::Table(entries) => table(entries, source, offset),
    };
    Node { value: converted, place: shifted(value.span(), source, offset) }
}

fn table(entries: &DeTable<'_>, source: usize, offset: usize) -> Value {
    let mut converted: Vec<Entry> = entries
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_place: shifted(key.span(), source, offset),
            node: node(value, source, offset),
        })
        .collect();
    converted.sort_by_key(|entry| entry.key_place.start);
    Value::Table(converted)
}

fn shifted(span: Range<usize>, source: usize, offset: usize) -> Place {
    Place::new(source, span.start + offset..span.end + offset)
}
