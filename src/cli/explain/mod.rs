//! `peerscape explain`.

mod columns;
mod keys;
mod topics;

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Exit;
use super::arguments::{ExplainArguments, Format};
use super::console::{Console, printable};
use crate::selection::Catalog;
use topics::{Topic, nearest_names, topics};

/// Says what a name means; lists its meanings where there are several; offers the nearest names where there is none.
pub(super) fn explain(
    arguments: &ExplainArguments,
    strategies: &Catalog,
    console: &mut Console<'_>,
) -> Result<Exit, Exit> {
    let asked = arguments.name.trim();
    let topics = topics(strategies);
    let found = matching(asked, &topics);
    if found.is_empty() {
        let near = nearest_names(asked, &topics);
        return Err(unknown(asked, &near, arguments.format, console));
    }
    console.say(&match arguments.format {
        Format::Text => printable(&text(asked, &found)),
        Format::Json => {
            let meanings: Vec<Value> = found.iter().map(|topic| topic.document()).collect();
            format!("{:#}\n", json!({ "name": asked, "meanings": meanings }))
        }
    })?;
    Ok(Exit::Done)
}

/// The topics that `asked` names: by their full names, or else by the end of a key's path.
fn matching<'a>(asked: &str, topics: &'a [Topic]) -> Vec<&'a Topic> {
    let full: Vec<&Topic> = topics.iter().filter(|topic| topic.is_called(asked)).collect();
    let mut found: Vec<&Topic> = topics.iter().filter(|topic| topic.ends_with(asked)).collect();
    // A full path is unambiguous, whatever else ends like it.
    if asked.contains('.') && !full.is_empty() {
        return full;
    }
    found.splice(0..0, full);
    found
}

fn text(asked: &str, found: &[&Topic]) -> String {
    match found {
        [only] => only.text(),
        // A key at the top of the file has no longer name by which it could be asked for.
        [first, others @ ..] if first.name() == asked => {
            format!("{}\nOther meanings of `{asked}`:\n\n{}", first.text(), list(others))
        }
        [first, ..] => format!(
            "`{asked}` has {} meanings:\n\n{}\nMore about one of them: peerscape explain '{}'\n",
            found.len(),
            list(found),
            first.name()
        ),
        [] => String::new(),
    }
}

fn list(topics: &[&Topic]) -> String {
    let width = topics.iter().map(|topic| topic.name().chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for topic in topics {
        let _ = writeln!(text, "  {:width$}  {}: {}", topic.name(), topic.sort(), topic.summary());
    }
    text
}

fn unknown(asked: &str, near: &[String], format: Format, console: &mut Console<'_>) -> Exit {
    let mut message = format!("`{asked}` is no key of a scenario, no column of a result and no name of a catalog");
    if !near.is_empty() {
        let _ = write!(message, "\nhelp: the nearest names are {}", near.join(", "));
    }
    message += "\nhelp: `peerscape list` and `peerscape list keys` show all names; results/README.md has all columns";
    console.error(&message);
    if format == Format::Json {
        let document = json!({ "error": format!("unknown name `{asked}`"), "nearest": near, "exit_code": 2 });
        let _ = console.say(&format!("{document:#}\n"));
    }
    Exit::Usage
}
