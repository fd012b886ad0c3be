//! Tolerance files: how far a result may be from its baseline.

use std::fmt;
use std::path::Path;

use wildmatch::WildMatch;

use super::errors::{Problem, Problems, ScenarioErrorKind, ScenarioErrors, Source, nearest};
use super::keys::TOLERANCES;
use super::load::{ReadError, read_text};
use super::reader::{Field, Reader};
use super::tree::{Place, parse_document};

/// The largest tolerance file.
const LARGEST_FILE: u64 = 1 << 20;
/// Entries of one file.
const MOST_ENTRIES: usize = 10_000;

/// How far metrics may be from a baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct ToleranceSpec {
    /// Probability with which intervals let a whole comparison pass when nothing changed but chance; inside (0, 1).
    pub confidence: f64,
    /// The tolerance of metrics that no entry names.
    pub default: Tolerance,
    entries: Vec<Entry>,
}

/// The tolerance of the metrics and arms that it names.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    table: String,
    name: WildMatch,
    arm: Option<WildMatch>,
    tolerance: Tolerance,
}

/// How far a metric may be from its baseline: it passes when one of the limits allows it. Limits apply to means over
/// replications.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tolerance {
    /// At most this far, in the unit of the metric.
    pub absolute: Option<f64>,
    /// At most this far, relative to the baseline.
    pub relative: Option<f64>,
    /// As far as another set of seeds would be.
    pub intervals: bool,
    /// Every run must say the same.
    pub exact: bool,
    /// Always passes.
    pub ignore: bool,
}

impl Default for ToleranceSpec {
    /// Without a file: whatever another set of seeds would give passes, with 95 % for the comparison as a whole.
    fn default() -> Self {
        Self { confidence: 0.95, default: BY_INTERVALS, entries: Vec::new() }
    }
}

const BY_INTERVALS: Tolerance =
    Tolerance { absolute: None, relative: None, intervals: true, exact: false, ignore: false };

impl ToleranceSpec {
    /// The tolerance of a column of a table in an arm: the last entry that names them, or the default.
    pub fn of(&self, table: &str, metric: &str, arm: &str) -> &Tolerance {
        let names = |entry: &&Entry| {
            entry.table == table
                && entry.name.matches(metric)
                && entry.arm.as_ref().is_none_or(|pattern| pattern.matches(arm))
        };
        self.entries.iter().rev().find(names).map_or(&self.default, |entry| &entry.tolerance)
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ignore {
            return f.write_str("ignored");
        }
        if self.exact {
            return f.write_str("exact");
        }
        let absolute = self.absolute.map(|limit| format!("± {limit}"));
        let relative = self.relative.map(|limit| format!("± {} %", limit * 100.0));
        let intervals = self.intervals.then(|| "noise".to_owned());
        let limits: Vec<String> = absolute.into_iter().chain(relative).chain(intervals).collect();
        f.write_str(&limits.join(" or "))
    }
}

/// The columns that tolerances can name, by table.
pub type MeasuresByTable<'a> = [(&'a str, Vec<&'a str>)];

/// Reads the tolerance file at `path`. `measures` and `arms` are those of the two results: an entry must name one.
///
/// # Errors
/// Everything that is wrong, at once: see [`ScenarioErrors`].
pub fn load_tolerance(
    path: &Path,
    measures: &MeasuresByTable<'_>,
    arms: &[&str],
) -> Result<ToleranceSpec, ScenarioErrors> {
    let shown = path.display().to_string();
    let source = |text: String| vec![Source { name: shown.clone(), is_option: false, text }];
    let refused = |kind, message: String| ScenarioErrors {
        sources: source(String::new()),
        problems: vec![Problem::whole(kind, message)],
    };
    let text = read_text(path, LARGEST_FILE).map_err(|error| match error {
        ReadError::Unreadable(error) => {
            refused(ScenarioErrorKind::InputMissing, format!("cannot read the tolerance file `{shown}`: {error}"))
        }
        ReadError::Invalid(message) => {
            refused(ScenarioErrorKind::Invalid, format!("the tolerance file `{shown}` {message}"))
        }
    })?;
    let problems = Problems::default();
    let spec = match parse_document(&text, 0) {
        Ok(root) => spec(&Reader::open(&root, &TOLERANCES, String::new(), &problems), measures, arms),
        Err(errors) => {
            for error in errors {
                problems.add(Problem::at(Place::new(0, error.span), format!("not TOML: {}", error.message)));
            }
            ToleranceSpec::default()
        }
    };
    let problems = problems.into_sorted();
    if problems.is_empty() { Ok(spec) } else { Err(ScenarioErrors { sources: source(text), problems }) }
}

fn spec(file: &Reader<'_>, measures: &MeasuresByTable<'_>, arms: &[&str]) -> ToleranceSpec {
    file.get::<u32>("format");
    let confidence = file.get("confidence").value;
    let default = file.optional_table("default").map_or(BY_INTERVALS, |table| tolerance(&table));
    let readers = file.tables("metric");
    if let Some(extra) = readers.get(MOST_ENTRIES) {
        let allowed = format!("at most {MOST_ENTRIES} entries");
        file.problems().add(Problem::at(extra.place(), "too many tolerances").allowed(allowed));
    }
    let entries = readers.iter().map(|reader| {
        let name: Field<String> = reader.get("name");
        let table: Field<&'static str> = reader.get("table");
        let columns = measures.iter().find(|(file, _)| *file == table.value).map(|(_, columns)| columns.as_slice());
        match columns {
            Some(columns) => {
                let what = if table.value == "runs.csv" { "metric" } else { "numeric column" };
                check_pattern(&name, &format!("{what} of `{}`", table.value), columns, file.problems());
            }
            None if table.ok => {
                let message = format!("neither the result nor the baseline has `{}`", table.value);
                file.problems().add(Problem::at(table.place, message));
            }
            None => {}
        }
        let arm = reader.optional::<String>("arm").map(|arm| {
            check_pattern(&arm, "arm", arms, file.problems());
            WildMatch::new(&arm.value)
        });
        let table = table.value.to_owned();
        Entry { table, name: WildMatch::new(&name.value), arm, tolerance: tolerance(reader) }
    });
    ToleranceSpec { confidence, default, entries: entries.collect() }
}

/// The limits of one entry: at least one, and nothing beside `exact` or `ignore`.
fn tolerance(reader: &Reader<'_>) -> Tolerance {
    let limit = |key: &str| reader.optional::<f64>(key).map(|field| field.value);
    let flag = |key: &str| reader.get::<bool>(key).value;
    let tolerance = Tolerance {
        absolute: limit("absolute"),
        relative: limit("relative"),
        intervals: flag("intervals"),
        exact: flag("exact"),
        ignore: flag("ignore"),
    };
    let limits = tolerance.absolute.is_some() || tolerance.relative.is_some() || tolerance.intervals;
    let allowed =
        "one or several of `absolute`, `relative` and `intervals = true`; or `exact = true`; or `ignore = true`";
    match (limits, tolerance.exact, tolerance.ignore) {
        (true, false, false) | (false, true, false) | (false, false, true) => {}
        (false, false, false) => {
            let message = "the entry states no tolerance";
            reader.problems().add(Problem::at(reader.place(), message).allowed(allowed));
        }
        _ => {
            let message = "the entry contradicts itself: `exact` and `ignore` stand alone";
            reader.problems().add(Problem::at(reader.place(), message).allowed(allowed));
        }
    }
    tolerance
}

/// Refuses a pattern that matches nothing.
fn check_pattern(wanted: &Field<String>, what: &str, names: &[&str], problems: &Problems) {
    let pattern = WildMatch::new(&wanted.value);
    if wanted.ok && !names.iter().any(|name| pattern.matches(name)) {
        problems.add(
            Problem::at(wanted.place, format!("`{}` is no {what} in the result or the baseline", wanted.value))
                .nearest(nearest(&wanted.value, names.iter().copied())),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRICS: [&str; 3] = ["completion_mean_s", "completion_p95_s", "local_share"];
    const ARMS: [&str; 2] = ["unmanaged", "same-as"];

    fn measures() -> [(&'static str, Vec<&'static str>); 2] {
        [("runs.csv", METRICS.to_vec()), ("isps.csv", vec!["completion_mean_s", "in_bytes"])]
    }

    fn load(text: &str) -> Result<ToleranceSpec, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tolerances.toml");
        std::fs::write(&path, text).unwrap();
        load_tolerance(&path, &measures(), &ARMS)
            .map_err(|errors| errors.render(false).replace(&path.display().to_string(), "tolerances.toml"))
    }

    #[test]
    fn the_last_entry_that_names_a_metric_counts() {
        let spec = load(
            "format = 1\nconfidence = 0.9\n[default]\nexact = true\n\
             [[metric]]\nname = \"completion_*_s\"\nrelative = 0.02\nabsolute = 0.5\n\
             [[metric]]\nname = \"completion_p??_s\"\narm = \"same-*\"\nignore = true\n",
        )
        .unwrap();
        assert!((spec.confidence - 0.9).abs() < 1e-12);
        let said = |metric: &str, arm: &str| spec.of("runs.csv", metric, arm).to_string();
        assert_eq!(said("local_share", "unmanaged"), "exact");
        assert_eq!(said("completion_mean_s", "same-as"), "± 0.5 or ± 2 %");
        assert_eq!(said("completion_p95_s", "unmanaged"), "± 0.5 or ± 2 %");
        assert_eq!(said("completion_p95_s", "same-as"), "ignored");
        assert_eq!(spec.of("isps.csv", "completion_mean_s", "same-as").to_string(), "exact", "another table");
        assert_eq!(load("format = 1\n").unwrap(), ToleranceSpec::default());
        let spec = load("format = 1\n[[metric]]\ntable = \"isps.csv\"\nname = \"*\"\nrelative = 0.5\n").unwrap();
        assert_eq!(spec.of("isps.csv", "in_bytes", "unmanaged").to_string(), "± 50 %");
        assert_eq!(spec.of("runs.csv", "local_share", "unmanaged").to_string(), "noise");
    }

    #[test]
    fn mistakes_are_answered_with_the_place_and_the_nearest_name() {
        let refused = |text: &str| load(text).unwrap_err();
        insta::assert_snapshot!(
            "misspelt_metric",
            refused("format = 1\n[[metric]]\nname = \"completion_meen_s\"\nrelative = 0.1\n")
        );
        insta::assert_snapshot!(
            "misspelt_arm",
            refused("format = 1\n[[metric]]\nname = \"local*\"\narm = \"unmanged\"\nrelative = 0.1\n")
        );
        insta::assert_snapshot!(
            "misspelt_column",
            refused("format = 1\n[[metric]]\ntable = \"isps.csv\"\nname = \"local_share\"\nrelative = 0.1\n")
        );
        insta::assert_snapshot!(
            "unknown_table",
            refused("format = 1\n[[metric]]\ntable = \"isp.csv\"\nname = \"*\"\nrelative = 0.1\n")
        );
        insta::assert_snapshot!(
            "table_that_is_not_there",
            refused("format = 1\n[[metric]]\ntable = \"costs.csv\"\nname = \"*\"\nrelative = 0.1\n")
        );
        insta::assert_snapshot!("no_tolerance", refused("format = 1\n[[metric]]\nname = \"local_share\"\n"));
        insta::assert_snapshot!(
            "contradiction",
            refused("format = 1\n[[metric]]\nname = \"local_share\"\nexact = true\nrelative = 0.1\n")
        );
        insta::assert_snapshot!("unknown_key", refused("format = 1\n[default]\nrelativ = 0.1\n"));
        insta::assert_snapshot!("negative", refused("format = 1\n[default]\nabsolute = -1.0\n"));
        assert!(refused("format = ").contains("not TOML"));
        assert_eq!(
            load_tolerance(Path::new("/nowhere.toml"), &measures(), &ARMS).unwrap_err().kind(),
            ScenarioErrorKind::InputMissing
        );
    }
}
