//! Errors as text for people and as JSON for programs.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};
use serde_json::json;

use super::errors::{Problem, ScenarioErrorKind, ScenarioErrors, Source};

/// Lines longer than this are not quoted, only pointed at.
const LONGEST_QUOTED_LINE: usize = 1_000;
/// Longest offending text repeated in JSON, in characters.
const LONGEST_TEXT: usize = 200;

pub(super) fn text(errors: &ScenarioErrors, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut blocks: Vec<String> = errors
        .problems
        .iter()
        .take(ScenarioErrors::RENDER_LIMIT)
        .map(|problem| renderer.render(&[group(errors, problem)]))
        .collect();
    let hidden = errors.problems.len().saturating_sub(ScenarioErrors::RENDER_LIMIT);
    if hidden > 0 {
        blocks.push(format!("… and {hidden} more errors"));
    }
    blocks.join("\n\n") + "\n"
}

fn group<'a>(errors: &'a ScenarioErrors, problem: &'a Problem) -> Group<'a> {
    let mut group = Group::with_title(Level::ERROR.primary_title(problem.message.as_str()));
    let located = problem.place.and_then(|place| Some((errors.sources.get(place.source)?, place)));
    if let Some((source, place)) = located {
        let window = Window::around(&source.text, place.start, place.end);
        if window.line_text.len() > LONGEST_QUOTED_LINE {
            let origin = Origin::path(source.name.as_str()).line(window.line).char_column(window.column);
            group = group.element(origin);
        } else {
            let mark = AnnotationKind::Primary.span(window.start..window.end);
            let mark = if problem.label.is_empty() { mark } else { mark.label(problem.label.as_str()) };
            let snippet =
                Snippet::source(window.line_text).line_start(window.line).path(source.name.as_str()).annotation(mark);
            group = group.element(snippet);
        }
    } else if let Some(file) = errors.sources.first() {
        group = group.element(Origin::path(file.name.as_str()));
    }
    if let Some(allowed) = &problem.allowed {
        group = group.element(Level::NOTE.message(normalize_untrusted_str(&format!("allowed: {allowed}"))));
    }
    if let Some(nearest) = &problem.nearest {
        group = group.element(Level::HELP.message(normalize_untrusted_str(&format!("did you mean `{nearest}`?"))));
    }
    if let Some(advice) = &problem.advice {
        group = group.element(Level::HELP.message(normalize_untrusted_str(advice)));
    }
    group
}

pub(super) fn json(errors: &ScenarioErrors) -> serde_json::Value {
    let kind = match errors.kind() {
        ScenarioErrorKind::InputMissing => "input-missing",
        ScenarioErrorKind::Invalid => "invalid",
    };
    let list: Vec<serde_json::Value> = errors.problems.iter().map(|p| problem_json(errors, p)).collect();
    json!({ "kind": kind, "errors": list })
}

fn problem_json(errors: &ScenarioErrors, problem: &Problem) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    let source = match problem.place {
        Some(place) => errors.sources.get(place.source),
        None => errors.sources.first(),
    };
    if let Some(Source { name, is_option, .. }) = source {
        object.insert(if *is_option { "option" } else { "file" }.into(), json!(name));
    }
    if let (Some(place), Some(source)) = (problem.place, source) {
        let window = Window::around(&source.text, place.start, place.end);
        object.insert("line".into(), json!(window.line));
        object.insert("column".into(), json!(window.column));
        let marked = &window.line_text[window.start..window.end];
        object.insert("text".into(), json!(marked.chars().take(LONGEST_TEXT).collect::<String>()));
    }
    object.insert("message".into(), json!(problem.message));
    for (key, value) in [("allowed", &problem.allowed), ("nearest", &problem.nearest), ("advice", &problem.advice)] {
        if let Some(value) = value {
            object.insert(key.into(), json!(value));
        }
    }
    serde_json::Value::Object(object)
}

/// The first line of a marked range, and the range inside that line.
struct Window<'a> {
    line_text: &'a str,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    start: usize,
    end: usize,
}

impl<'a> Window<'a> {
    fn around(text: &'a str, start: usize, end: usize) -> Self {
        let start = boundary(text, start);
        let end = boundary(text, end.max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        // A carriage return belongs to the line end.
        let shown_end = if text[line_start..line_end].ends_with('\r') { line_end - 1 } else { line_end };
        let line_text = &text[line_start..shown_end.max(line_start)];
        let start_in_line = (start - line_start).min(line_text.len());
        Self {
            line_text,
            line: text[..line_start].matches('\n').count() + 1,
            column: line_text[..start_in_line].chars().count() + 1,
            start: start_in_line,
            end: (end - line_start).clamp(start_in_line, line_text.len()),
        }
    }
}

/// The character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn windows_are_one_line_and_count_characters() {
        let text = "a = 1\r\nüü = [2,\n3]\n";
        let start = text.find('[').unwrap();
        let window = Window::around(text, start, text.len());
        assert_eq!((window.line, window.column), (2, 6));
        assert_eq!(window.line_text, "üü = [2,");
        assert_eq!(&window.line_text[window.start..window.end], "[2,");
        let first = Window::around(text, 4, 5);
        assert_eq!((first.line, first.column, first.line_text), (1, 5, "a = 1"));
    }

    #[test]
    fn windows_survive_any_range() {
        let text = "é\n\né";
        for start in 0..8 {
            for end in 0..8 {
                let window = Window::around(text, start, end);
                assert!(window.start <= window.end && window.end <= window.line_text.len());
            }
        }
    }
}
