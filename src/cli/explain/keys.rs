//! What a key of a scenario means.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::topics::{NamedTopic, is_path};
use crate::scenario::KeyInfo;

/// A key of a scenario.
pub(super) struct KeyTopic {
    pub(super) key: KeyInfo,
    /// What a catalog says of it, where it is an alternative.
    pub(super) named: Option<NamedTopic>,
}

/// Where docs/models.md treats keys that begin so; the first that fits counts.
const SECTIONS: [(&str, &str); 15] = [
    ("underlay", "2. Underlay and routes"),
    ("population", "3. Population"),
    ("bandwidth", "4. Bandwidth"),
    ("service.client-server", "6. Client-server"),
    ("service", "5. File swarming"),
    ("discovery", "7. Management"),
    ("arm", "7. Management"),
    ("experiment.deadline", "8. How a run ends"),
    ("experiment.seed", "1. Time and determinism"),
    ("experiment", "11. Statistics and verdicts"),
    ("reference", "11. Statistics and verdicts"),
    ("sweep", "11. Statistics and verdicts"),
    ("check", "11. Statistics and verdicts"),
    ("tariff", "10. Money"),
    ("billing", "10. Money"),
];

/// The section of the documentation that treats a key.
pub(super) fn section(path: &str) -> String {
    let begins = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let heading = SECTIONS.iter().find(|(prefix, _)| begins(prefix)).map_or("Scenario keys", |(_, heading)| heading);
    format!("docs/models.md, {heading}")
}

impl KeyTopic {
    /// What it does; a catalog's words where it has some.
    pub(super) fn summary(&self) -> &str {
        self.named.as_ref().map_or(self.key.doc, |named| &named.summary)
    }

    pub(super) fn is_at(&self, asked: &str) -> bool {
        is_path(&self.key.path, asked)
    }

    /// Whether the path ends like this, from the beginning of one of its names.
    pub(super) fn ends_with(&self, asked: &str) -> bool {
        let path = &self.key.path;
        let ends = path.match_indices('.').map(|(at, _)| &path[at + 1..]);
        // The name of a list's element is nobody's key.
        ends.filter(|end| !end.starts_with('*')).any(|end| is_path(end, asked))
    }

    fn default(&self) -> String {
        match (&self.key.default, self.key.default_is_value) {
            (None, _) if self.is_alternative() => "chosen by naming it".to_owned(),
            (None, _) => "none: it must be given".to_owned(),
            (Some(text), true) => text.clone(),
            (Some(words), false) => format!("without it: {words}"),
        }
    }

    /// One of several alternatives, and not a key with a value of its own.
    fn is_alternative(&self) -> bool {
        let alternatives = crate::scenario::accepted_keys();
        let Some((parent, name)) = self.key.path.rsplit_once('.') else { return false };
        alternatives.iter().any(|key| key.path == parent && key.values.iter().any(|(value, _)| *value == name))
    }

    /// The place in a file, with a value that may stand there.
    fn example(&self) -> String {
        let mut text = String::new();
        let segments: Vec<&str> = self.key.path.split('.').collect();
        let (name, tables) = segments.split_last().unwrap_or((&"", &[]));
        let mut path = String::new();
        for (position, segment) in tables.iter().enumerate() {
            if *segment == "*" {
                let _ = writeln!(text, "[[{path}]]");
                continue;
            }
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(segment);
            if position + 1 == tables.len() {
                let _ = writeln!(text, "[{path}]");
            }
        }
        let _ = write!(text, "{name} = {}", self.key.example);
        text
    }

    /// The same from the command line.
    fn option(&self) -> String {
        let mut path = self.key.path.replace('*', "NAME");
        // These have no names: they go by position.
        for list in ["link", "reference", "check"] {
            path = path.replace(&format!("{list}.NAME"), &format!("{list}.0"));
        }
        let value = self.key.example.trim_matches('"');
        format!("--set '{path}={value}'")
    }

    pub(super) fn text(&self) -> String {
        let key = &self.key;
        let mut text = format!("{}: key of a scenario\n    {}\n\n", key.path, self.summary());
        let mut line = |label: &str, what: &str| {
            let mut label = label;
            for part in what.lines() {
                let _ = writeln!(text, "    {label:9} {part}");
                label = "";
            }
        };
        line("type", key.kind);
        if !key.units.is_empty() {
            line("units", &key.units.join(", "));
        }
        line("default", &self.default());
        line("allowed", &key.allowed);
        for (value, doc) in &key.values {
            if !doc.is_empty() {
                line("", &format!("`{value}`: {doc}"));
            }
        }
        for (label, what) in self.named.iter().flat_map(|named| [("needs", &named.needs), ("source", &named.reference)])
        {
            if !what.is_empty() {
                line(label, what);
            }
        }
        line("docs", &section(&key.path));
        line("example", &self.example());
        line("or", &self.option());
        text
    }

    pub(super) fn document(&self) -> Value {
        let key = &self.key;
        let values: Vec<Value> = key.values.iter().map(|(name, doc)| json!({ "name": name, "doc": doc })).collect();
        json!({
            "sort": "key", "name": key.path, "doc": self.summary(), "type": key.kind, "units": key.units,
            "default": key.default, "default_is_value": key.default_is_value, "allowed": key.allowed,
            "values": values, "keys": key.holds, "docs": section(&key.path), "example": self.example(),
            "reference": self.named.as_ref().map_or("", |named| &named.reference),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_a_heading_of_the_models() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/models.md");
        let models = std::fs::read_to_string(path).unwrap();
        for (_, heading) in SECTIONS.iter().chain(&[("", "Scenario keys"), ("", "9. Metrics")]) {
            assert!(models.lines().any(|line| line == format!("## {heading}")), "{heading}");
        }
    }
}
