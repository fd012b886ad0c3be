//! Everything that can be explained, and finding it by name.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::columns::ColumnTopic;
use super::keys::KeyTopic;
use crate::cli::list::catalogs;
use crate::report;
use crate::scenario;
use crate::selection::Catalog;

/// One thing that can be explained.
pub(super) enum Topic {
    Key(Box<KeyTopic>),
    Column(ColumnTopic),
    Named(NamedTopic),
}

/// An entry of a catalog.
pub(super) struct NamedTopic {
    name: String,
    /// The catalog's name, in the plural.
    catalog: &'static str,
    /// The key that may hold the name.
    key: &'static str,
    pub(super) summary: String,
    pub(super) needs: String,
    pub(super) reference: String,
}

/// All topics: keys in the order of the tables, columns file by file, catalogs.
pub(super) fn topics(strategies: &Catalog) -> Vec<Topic> {
    // An arm's own service has the keys of the scenario's.
    let keys = scenario::accepted_keys().into_iter().filter(|key| !key.path.starts_with("arm.*.service."));
    let columns = report::TABLES.iter().flat_map(|table| {
        table.columns.iter().map(|column| Topic::Column(ColumnTopic { file: table.file, column: *column }))
    });
    let mut named: Vec<NamedTopic> = catalogs(strategies)
        .into_iter()
        .flat_map(|catalog| {
            catalog.entries.into_iter().map(move |entry| NamedTopic {
                name: entry.name,
                catalog: catalog.title,
                key: catalog.key,
                summary: entry.summary,
                needs: entry.needs,
                reference: entry.reference,
            })
        })
        .collect();
    // An alternative of a catalog is a key, too: with parameters it is explained as a key, without as a name.
    let mut all = Vec::new();
    for key in keys {
        let position = named.iter().position(|topic| topic.path() == key.path);
        match position {
            Some(_) if key.allowed == "no parameters" => {}
            _ => {
                all.push(Topic::Key(Box::new(KeyTopic { key, named: position.map(|at| named.remove(at)) })));
            }
        }
    }
    all.extend(columns);
    all.extend(named.into_iter().map(Topic::Named));
    all
}

impl Topic {
    /// The name under which it alone is found.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Key(topic) => topic.key.path.clone(),
            Self::Column(topic) => topic.name(),
            Self::Named(topic) => topic.path(),
        }
    }

    /// What it is, in a word or two.
    pub(super) fn sort(&self) -> String {
        match self {
            Self::Key(_) => "key".to_owned(),
            Self::Column(_) => "column".to_owned(),
            Self::Named(topic) => format!("one of the {}", topic.catalog),
        }
    }

    /// Its definition.
    pub(super) fn summary(&self) -> &str {
        match self {
            Self::Key(topic) => topic.summary(),
            Self::Column(topic) => topic.column.doc.trim(),
            Self::Named(topic) => &topic.summary,
        }
    }

    /// Whether this is its full name, or the only name it has.
    pub(super) fn is_called(&self, asked: &str) -> bool {
        match self {
            Self::Key(topic) => topic.is_at(asked),
            Self::Column(topic) => asked == topic.column.name || topic.is_called(asked),
            Self::Named(topic) => asked == topic.name || is_path(&topic.path(), asked),
        }
    }

    /// Whether it is a key whose path ends like this, without being this.
    pub(super) fn ends_with(&self, asked: &str) -> bool {
        matches!(self, Self::Key(topic) if !topic.is_at(asked) && topic.ends_with(asked))
    }

    /// The names under which people look for it.
    fn names(&self) -> Vec<&str> {
        match self {
            Self::Key(topic) => vec![&topic.key.path, topic.key.path.rsplit('.').next().unwrap_or_default()],
            Self::Column(topic) => vec![topic.column.name],
            Self::Named(topic) => vec![&topic.name],
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Key(topic) => topic.text(),
            Self::Column(topic) => topic.text(),
            Self::Named(topic) => topic.text(),
        }
    }

    pub(super) fn document(&self) -> Value {
        match self {
            Self::Key(topic) => topic.document(),
            Self::Column(topic) => topic.document(),
            Self::Named(topic) => topic.document(),
        }
    }
}

impl NamedTopic {
    /// The key that may hold the name, and the name.
    fn path(&self) -> String {
        let key = self.key.split(',').next().unwrap_or(self.key);
        format!("{key}.{}", self.name)
    }

    fn text(&self) -> String {
        let mut text =
            format!("{}: one of the {} (key `{}`)\n    {}\n\n", self.name, self.catalog, self.key, self.summary);
        for (label, what) in [("needs", &self.needs), ("source", &self.reference)] {
            if !what.is_empty() {
                let _ = writeln!(text, "    {label:9} {what}");
            }
        }
        let _ = writeln!(text, "    {:9} {}", "docs", super::keys::section(self.key));
        text
    }

    fn document(&self) -> Value {
        json!({
            "sort": "catalog", "name": self.name, "catalog": self.catalog, "key": self.key, "doc": self.summary,
            "needs": self.needs, "reference": self.reference, "docs": super::keys::section(self.key),
        })
    }
}

/// Whether `asked` is `path`, in which `*` stands for one name or position, or for none.
pub(super) fn is_path(path: &str, asked: &str) -> bool {
    let mut wanted = path.split('.').peekable();
    let mut given = asked.split('.').peekable();
    while let Some(segment) = wanted.next() {
        if segment == "*" {
            // `arm.oms` for `arm.*.oms`: the element of the list is left out.
            if given.peek() != wanted.peek() {
                given.next();
            }
        } else if given.next() != Some(segment) {
            return false;
        }
    }
    given.next().is_none()
}

/// The names nearest to what was asked for, nearest first, five at most.
pub(super) fn nearest_names(asked: &str, topics: &[Topic]) -> Vec<String> {
    // Names are short; whatever is longer is no misspelling of one.
    if asked.chars().count() > 100 {
        return Vec::new();
    }
    let asked = asked.to_lowercase();
    let mut near: Vec<(f64, String)> = Vec::new();
    for topic in topics {
        let likeness = |name: &&str| strsim::jaro_winkler(&asked, &name.to_lowercase());
        let best = topic.names().iter().map(likeness).fold(0.0, f64::max);
        let name = match topic {
            Topic::Column(column) => column.column.name.to_owned(),
            Topic::Named(named) => named.name.clone(),
            Topic::Key(_) => topic.name(),
        };
        if best >= 0.8 && !near.iter().any(|(_, other)| *other == name) {
            near.push((best, name));
        }
    }
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(5).map(|(_, name)| format!("`{name}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_with_and_without_the_elements_of_lists() {
        for asked in ["arm.*.oms.order", "arm.oms.order", "arm.managed.oms.order", "arm.0.oms.order"] {
            assert!(is_path("arm.*.oms.order", asked), "{asked}");
        }
        for asked in ["arm", "arm.oms", "arm.a.b.oms.order", "oms.order", "arm.managed.oms.order.x", ""] {
            assert!(!is_path("arm.*.oms.order", asked), "{asked}");
        }
        assert!(is_path("title", "title"));
    }

    #[test]
    fn every_topic_is_found_by_its_name_alone() {
        let topics = topics(&Catalog::standard());
        for topic in &topics {
            let found = super::super::matching(&topic.name(), &topics);
            let names: Vec<String> = found.iter().map(|topic| topic.name()).collect();
            assert!(names.contains(&topic.name()), "{}", topic.name());
            assert!(names.len() == 1 || !topic.name().contains('.'), "{}: {names:?}", topic.name());
        }
    }
}
