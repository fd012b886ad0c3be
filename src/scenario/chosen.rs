//! Externally tagged alternatives: `"name"`, `{ name = { … } }` or `[table.name]`, exactly one of several.

use super::errors::{Problem, Problems, nearest};
use super::reader::{Field, Reader, open_tables, read_scalar};
use super::scalar::{Typed, wrong_type};
use super::schema::{Alternative, Shape, Table, ticked};
use super::tree::{Node, Place, Value};

/// For alternatives without parameters.
static NO_KEYS: Table = Table { keys: &[] };

/// One alternative of several, as the file chose it.
pub(super) struct Chosen<'a> {
    pub(super) name: &'static str,
    pub(super) place: Place,
    alternative: &'static Alternative,
    body: Option<Node>,
    path: String,
    problems: &'a Problems,
}

impl<'a> Chosen<'a> {
    /// The alternative's parameters as a table.
    pub(super) fn with_table<T>(&self, read: impl FnOnce(&Reader<'_>) -> T) -> Option<T> {
        let Some(Shape::Table(schema)) = &self.alternative.payload else {
            return None;
        };
        let reader = match &self.body {
            Some(node) => Reader::open(node, schema, self.path.clone(), self.problems),
            None => Reader::absent(schema, self.path.clone(), self.place, self.problems),
        };
        Some(read(&reader))
    }

    /// The alternative's parameters as a list of tables.
    pub(super) fn with_tables<T>(&self, read: impl FnOnce(&[Reader<'_>]) -> T) -> Option<T> {
        let node = self.body.as_ref()?;
        Some(read(&open_tables(node, self.alternative.payload.as_ref()?, &self.path, self.problems)))
    }

    /// The alternative's parameter, when it is a scalar.
    pub(super) fn scalar<T: Typed>(&self) -> Option<Field<T>> {
        Some(read_scalar(self.body.as_ref()?, self.alternative.payload.as_ref()?, &self.path, self.problems))
    }

    /// The alternative's parameter, when it is one of several alternatives itself.
    pub(super) fn one_of(&self) -> Option<Chosen<'a>> {
        choose(self.body.as_ref()?, self.alternative.payload.as_ref()?, &self.path, self.problems)
    }
}

/// Reads an externally tagged value: `"name"`, `{ name = … }`, or what the shorthand allows.
pub(super) fn choose<'a>(node: &Node, shape: &'static Shape, path: &str, problems: &'a Problems) -> Option<Chosen<'a>> {
    let Shape::OneOf { alternatives, shorthand } = shape else {
        unreachable!("`{path}` is read as the alternatives it is");
    };
    let chosen = |alternative: &'static Alternative, place: Place, body: Option<Node>| Chosen {
        name: alternative.name,
        place,
        path: format!("{path}.{}", alternative.name),
        alternative,
        body,
        problems,
    };
    let named = |name: &str| alternatives.iter().find(|alternative| alternative.name == name);
    let unknown = |place: Place, name: &str| {
        Problem::at(place, format!("unknown alternative `{name}` of `{path}`"))
            .allowed(shape.allowed())
            .nearest(nearest(name, alternatives.iter().map(|a| a.name)))
    };
    match &node.value {
        Value::Text(text) => match (named(text), shorthand.and_then(named)) {
            (Some(alternative), _) => {
                if alternative.payload.as_ref().is_some_and(|payload| !payload.all_defaults()) {
                    let wanted = alternative.payload.as_ref().map(Shape::allowed).unwrap_or_default();
                    problems.add(
                        Problem::at(node.place, format!("`{text}` needs parameters in `{path}`"))
                            .allowed(format!("`{{ {text} = … }}` with {wanted}")),
                    );
                    return None;
                }
                Some(chosen(alternative, node.place, None))
            }
            (None, Some(short)) => Some(chosen(short, node.place, Some(node.clone()))),
            (None, None) => {
                problems.add(unknown(node.place, text));
                None
            }
        },
        Value::Table(entries) => {
            let mut found = Vec::new();
            for entry in entries {
                match named(&entry.key) {
                    Some(alternative) => found.push((alternative, entry)),
                    None => problems.add(unknown(entry.key_place, &entry.key)),
                }
            }
            if let [_, (_, second), ..] = found.as_slice() {
                let several = ticked(found.iter().map(|(a, _)| a.name));
                problems.add(
                    Problem::at(second.key_place, format!("`{path}` has several alternatives: {several}"))
                        .allowed(shape.allowed()),
                );
            } else if entries.is_empty() {
                problems.add(Problem::at(node.place, format!("`{path}` is empty")).allowed(shape.allowed()));
            }
            let (alternative, entry) = *found.first()?;
            if alternative.payload.is_none() {
                refuse_parameters(&entry.node, alternative.name, problems);
                return Some(chosen(alternative, entry.key_place, None));
            }
            Some(chosen(alternative, entry.key_place, Some(entry.node.clone())))
        }
        _ => {
            problems.add(*wrong_type(node, shape, path));
            None
        }
    }
}

/// `{ stay = {} }` is fine, `{ stay = { long = true } }` is not.
fn refuse_parameters(node: &Node, name: &str, problems: &Problems) {
    match node.entries() {
        Some([]) => {}
        Some(entries) => {
            for entry in entries {
                let message = format!("unknown key `{}`: `{name}` has no parameters", entry.key);
                problems.add(Problem::at(entry.key_place, message).allowed(format!("`{{ {name} = {{}} }}`")));
            }
        }
        None => problems.add(*wrong_type(node, &Shape::Table(&NO_KEYS), name)),
    }
}
