//! The typed reader: hands out the values of a table, defaults included, and records everything that is wrong.
//!
//! Reading never stops at an error. A refused value is replaced by a placeholder whose [`Field::ok`] is false; checks
//! across keys look only at fields that are ok, so that one mistake is one message.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::chosen::{Chosen, choose};
use super::errors::{Problem, Problems, nearest};
use super::keys::{KeyInfo, accepted_keys};
use super::scalar::{Typed, check, wrong_type};
use super::schema::{Key, Presence, Shape, Table, ticked};
use super::tree::{Entry, Node, Place, Value, parse_value};

/// Searched when a key stands in the wrong table.
static ALL_KEYS: LazyLock<Vec<KeyInfo>> = LazyLock::new(accepted_keys);

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Field<T> {
    pub(super) value: T,
    /// Where it was written; where it is missing: the table.
    pub(super) place: Place,
    /// Whether the value was understood; otherwise a problem has been recorded.
    pub(super) ok: bool,
    /// Whether the file holds it; otherwise it is the default.
    pub(super) given: bool,
}

/// A table of the file (or its absence) under its list of accepted keys.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    entries: &'a [Entry],
    schema: &'static Table,
    /// Dotted, for messages; empty at the root.
    path: String,
    place: Place,
    given: bool,
    problems: &'a Problems,
}

impl<'a> Reader<'a> {
    /// Reads `node` as a table with the keys of `schema`; unknown keys are recorded here.
    pub(super) fn open(node: &'a Node, schema: &'static Table, path: String, problems: &'a Problems) -> Self {
        let entries = node.entries().unwrap_or_else(|| {
            problems.add(*wrong_type(node, &Shape::Table(schema), &path));
            &[]
        });
        let reader = Self { entries, schema, path, place: node.place, given: true, problems };
        for entry in entries {
            if schema.key(&entry.key).is_none() {
                problems.add(reader.unknown_key(entry));
            }
        }
        reader
    }

    /// A table that is not in the file: everything is default.
    pub(super) fn absent(schema: &'static Table, path: String, place: Place, problems: &'a Problems) -> Self {
        Self { entries: &[], schema, path, place, given: false, problems }
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn given(&self) -> bool {
        self.given
    }

    pub(super) fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// The place of a key that is in the file.
    pub(super) fn key_place(&self, name: &str) -> Option<Place> {
        self.entry(name).map(|entry| entry.key_place)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// A scalar that is required or has a default.
    pub(super) fn get<T: Typed>(&self, name: &str) -> Field<T> {
        let key = self.key(name);
        if let Some(entry) = self.entry(name) {
            return self.typed(&entry.node, &key.shape, name);
        }
        let missing = Field { value: T::placeholder(), place: self.place, ok: false, given: false };
        match key.presence {
            Presence::Default(text) => {
                let scalar = parse_value(text, 0, 0).ok().and_then(|node| check(&node, &key.shape, name).ok());
                let value = scalar.and_then(T::from_scalar);
                assert!(value.is_some(), "the default of `{}` fits its shape and type", self.path_of(name));
                Field { ok: true, value: value.unwrap_or_else(T::placeholder), ..missing }
            }
            Presence::Required => {
                self.missing(key);
                missing
            }
            Presence::Optional(_) => missing,
        }
    }

    /// A scalar whose absence is a value of its own.
    pub(super) fn optional<T: Typed>(&self, name: &str) -> Option<Field<T>> {
        let entry = self.entry(name)?;
        Some(self.typed(&entry.node, &self.key(name).shape, name))
    }

    /// A list of scalars; `None`: not in the file.
    pub(super) fn list<T: Typed>(&self, name: &str) -> Option<Vec<Field<T>>> {
        let key = self.key(name);
        let Some(entry) = self.entry(name) else {
            if matches!(key.presence, Presence::Required) {
                self.missing(key);
            }
            return None;
        };
        let (Shape::List(item), Value::Array(items)) = (&key.shape, &entry.node.value) else {
            self.problems.add(*wrong_type(&entry.node, &key.shape, &self.path_of(name)));
            return Some(Vec::new());
        };
        Some(items.iter().map(|node| self.typed(node, item, name)).collect())
    }

    /// A table; where it is not in the file, one with nothing in it.
    pub(super) fn table(&self, name: &str) -> Reader<'a> {
        let key = self.key(name);
        let (Shape::Table(schema) | Shape::TableOrWord(schema, _) | Shape::RateOrTable(schema)) = &key.shape else {
            unreachable!("`{}` is read as the table it is", self.path_of(name));
        };
        match self.entry(name) {
            Some(entry) if entry.node.entries().is_some() => {
                return Self::open(&entry.node, schema, self.path_of(name), self.problems);
            }
            Some(entry) => self.problems.add(*wrong_type(&entry.node, &key.shape, &self.path_of(name))),
            None if matches!(key.presence, Presence::Required) => self.missing(key),
            None => {}
        }
        Self::absent(schema, self.path_of(name), self.place, self.problems)
    }

    /// A table that may be absent.
    pub(super) fn optional_table(&self, name: &str) -> Option<Reader<'a>> {
        self.has(name).then(|| self.table(name))
    }

    /// A table as if the file did not have it.
    pub(super) fn absent_table(&self, name: &str) -> Reader<'a> {
        let key = self.key(name);
        let Shape::Table(schema) = &key.shape else {
            unreachable!("`{}` is read as the table it is", self.path_of(name));
        };
        Self::absent(schema, self.path_of(name), self.place, self.problems)
    }

    /// Whether the key holds this very word instead of a table.
    pub(super) fn is_word(&self, name: &str, word: &str) -> bool {
        matches!(self.entry(name), Some(Entry { node: Node { value: Value::Text(text), .. }, .. }) if text == word)
    }

    /// A list of tables; empty: not in the file, or wrong (recorded).
    pub(super) fn tables(&self, name: &str) -> Vec<Reader<'a>> {
        let key = self.key(name);
        if let Some(entry) = self.entry(name) {
            return open_tables(&entry.node, &key.shape, &self.path_of(name), self.problems);
        }
        if matches!(key.presence, Presence::Required) {
            self.missing(key);
        }
        Vec::new()
    }

    /// The raw value of a key, for shapes that need the catalog.
    pub(super) fn raw(&self, name: &str) -> Option<&'a Node> {
        self.entry(name).map(|entry| &entry.node)
    }

    /// One of several alternatives: from the file, or the default. `None`: absent without a default, or wrong
    /// (recorded).
    pub(super) fn one_of(&self, name: &str) -> Option<Chosen<'a>> {
        let key = self.key(name);
        if let Some(entry) = self.entry(name) {
            return choose(&entry.node, &key.shape, &self.path_of(name), self.problems);
        }
        match key.presence {
            Presence::Default(text) => {
                let mut node = parse_value(text, 0, 0).ok()?;
                node.place = self.place;
                choose(&node, &key.shape, &self.path_of(name), self.problems)
            }
            Presence::Required => {
                self.missing(key);
                None
            }
            Presence::Optional(_) => None,
        }
    }

    /// `name` with the table's path before it.
    pub(super) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn typed<T: Typed>(&self, node: &Node, shape: &Shape, name: &str) -> Field<T> {
        read_scalar(node, shape, &self.path_of(name), self.problems)
    }

    fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == name)
    }

    fn key(&self, name: &str) -> &'static Key {
        let key = self.schema.key(name);
        assert!(key.is_some(), "`{}` is in the table of accepted keys", self.path_of(name));
        key.unwrap_or(&self.schema.keys[0])
    }

    fn missing(&self, key: &Key) {
        let place = if self.path.is_empty() { "the scenario".to_owned() } else { format!("`{}`", self.path) };
        // A table that is missing itself has been reported; its keys need not be.
        if self.given {
            let header = match key.shape {
                Shape::Table(_) => format!("[{}]", self.path_of(key.name)),
                Shape::Tables(_) => format!("[[{}]]", self.path_of(key.name)),
                _ => key.name.to_owned(),
            };
            self.problems.add(
                Problem::at(self.place, format!("missing `{header}` in {place}"))
                    .allowed(key.shape.allowed())
                    .advice(key.doc),
            );
        }
    }

    fn unknown_key(&self, entry: &Entry) -> Problem {
        let names = || self.schema.keys.iter().map(|key| key.name);
        let mut message = format!("unknown key `{}`", entry.key);
        if !self.path.is_empty() {
            let _ = write!(message, " in `{}`", self.path);
        }
        let near = nearest(&entry.key, names());
        let problem = Problem::at(entry.key_place, message).allowed(ticked(names())).nearest(near);
        let elsewhere = ALL_KEYS.iter().find(|key| {
            key.path.strip_suffix(entry.key.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        });
        match elsewhere {
            Some(key) if near.is_none() => problem.advice(format!("there is a key `{}`", key.path)),
            _ => problem,
        }
    }
}

pub(super) fn read_scalar<T: Typed>(node: &Node, shape: &Shape, path: &str, problems: &Problems) -> Field<T> {
    match check(node, shape, path) {
        Ok(scalar) => {
            let value = T::from_scalar(scalar);
            assert!(value.is_some(), "`{path}` is read as the type of its shape");
            Field { value: value.unwrap_or_else(T::placeholder), place: node.place, ok: true, given: true }
        }
        Err(problem) => {
            problems.add(*problem);
            Field { value: T::placeholder(), place: node.place, ok: false, given: true }
        }
    }
}

pub(super) fn open_tables<'a>(node: &'a Node, shape: &Shape, path: &str, problems: &'a Problems) -> Vec<Reader<'a>> {
    let (Shape::Tables(schema), Value::Array(items)) = (shape, &node.value) else {
        let problem = *wrong_type(node, shape, path);
        let header = format!("write `[[{path}]]`, or a list of tables");
        problems.add(if node.entries().is_some() { problem.advice(header) } else { problem });
        return Vec::new();
    };
    if items.is_empty() {
        problems.add(Problem::at(node.place, format!("`{path}` is empty")).allowed("at least one table"));
    }
    items.iter().map(|item| Reader::open(item, schema, path.to_owned(), problems)).collect()
}
