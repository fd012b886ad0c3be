//! Every key that a scenario file may hold, once: its shape, its default, what it does.
//!
//! The reader checks files against these tables, defaults are read from them, and [`accepted_keys`] prints them: there
//! is no second list to keep in step.

mod check;
mod economics;
mod law;
mod management;
mod population;
mod reference;
mod service;
mod sweep;
mod tolerance;
mod underlay;

pub(super) use self::population::SAID_BY_HOSTS;
pub(super) use self::sweep::{AXIS, MOST_POINTS};
pub(super) use self::tolerance::TOLERANCES;
use super::schema::{Alternative, Key, Presence, Shape, Table};

/// The shortest duration, in nanoseconds.
const NANOSECOND: u64 = 1;
/// The shortest period, in nanoseconds: what happens more often makes a run endless.
const MILLISECOND: u64 = 1_000_000;

/// The most peers of a run: the layouts are made for a million, this leaves room.
pub(super) const MOST_PEERS: u64 = 10_000_000;

/// A client profile.
const CLIENT: Shape = Shape::Choice(&["bindal-2006", "libtorrent-2", "mainline"]);

/// The whole file.
pub(super) static SCENARIO: Table = Table {
    keys: &[
        Key::required("format", Shape::Count { min: 1, max: 1 }, "Version of the file format; this one is 1."),
        Key::required("title", Shape::Text { max: 300 }, "The question, in one line; the report's heading."),
        Key::optional("experiment", Shape::Table(&EXPERIMENT), "all defaults", "How the experiment is run and judged."),
        Key::required(
            "underlay",
            Shape::Table(&underlay::UNDERLAY),
            "The AS graph: exactly one of `isps`, `tiered`, `as-relationships`, and latencies.",
        ),
        Key::required("population", Shape::Table(&population::POPULATION), "Who exists, where and when."),
        Key::default("bandwidth", BANDWIDTH, "{ max-min = {} }", "How bandwidth is shared."),
        Key::optional(
            "discovery",
            Shape::Table(&management::DISCOVERY),
            "all defaults",
            "The peers' own side of the control plane: announces and contacts.",
        ),
        Key::optional(
            "service",
            service::SERVICE,
            "every arm has a service of its own",
            "What the overlay is for, in every arm that has no service of its own.",
        ),
        Key::required("arm", Shape::Tables(&management::ARM), "The variants to compare."),
        Key::optional(
            "reference",
            Shape::Tables(&reference::REFERENCE),
            "no references",
            "What results are held against: a closed form, a published figure, a measurement. Changes no run.",
        ),
        Key::optional(
            "tariff",
            Shape::Tables(&economics::TARIFF),
            "nothing is said of money",
            "What ISPs pay one another. Changes no run.",
        ),
        Key::optional(
            "billing",
            Shape::Table(&economics::BILLING),
            "the simulated time alone is billed",
            "How bills are made of what is simulated; with `tariff`. Changes no run.",
        ),
        Key::optional(
            "check",
            Shape::Tables(&check::CHECK),
            "no checks",
            "What results must satisfy: where one does not, the exit code is 99. Changes no run.",
        ),
        Key::optional(
            "sweep",
            Shape::ByPath(&AXIS),
            "nothing is swept",
            "Lists and ranges over keys, as more arms: the path of a key and its values.",
        ),
    ],
};

static EXPERIMENT: Table = Table {
    keys: &[
        Key::default(
            "seed",
            Shape::Count { min: 0, max: i64::MAX as u64 },
            "1",
            "Root of all randomness: the same seed gives the same bytes.",
        ),
        Key::default(
            "replications",
            Shape::Count { min: 1, max: 10_000 },
            "10",
            "Runs of each arm with different random numbers; a single one gives no confidence interval.",
        ),
        Key::optional("baseline", Shape::Name, "the first arm", "Name of the arm that the others are compared with."),
        Key::default(
            "deadline",
            Shape::duration(MILLISECOND),
            r#""24 h""#,
            "A run ends here at the latest, in simulated time.",
        ),
        Key::default(
            "warm-up",
            Shape::duration(0),
            r#""0 s""#,
            "Peers that arrive before this instant are not measured: columns about peers leave them out.",
        ),
        Key::optional(
            "horizon",
            Shape::duration(MILLISECOND),
            "all that arrive after the warm-up are measured",
            "Peers that arrive after this instant are not measured; the run ends when all measured ones have completed \
             or left.",
        ),
        Key::default(
            "sampling",
            Shape::duration(MILLISECOND),
            r#""30 s""#,
            "Sampling period of the time series; changes `time_series.csv` only.",
        ),
        Key::default(
            "confidence",
            Shape::Number { min: 0.0, max: 1.0, open: true },
            "0.95",
            "Confidence level of intervals.",
        ),
        Key::default(
            "smallest-effect",
            Shape::Number { min: 0.0, max: 10.0, open: false },
            "0.02",
            "Smallest relative difference worth mentioning; changes verdicts only.",
        ),
        Key::default(
            "matrix-rows",
            Shape::Count { min: 1, max: 1_000_000 },
            "2000",
            "Rows of the traffic matrix kept per run; changes `traffic_matrix.csv` and the heat map only.",
        ),
    ],
};

const BANDWIDTH: Shape = Shape::OneOf {
    alternatives: &[Alternative {
        name: "max-min",
        payload: Some(Shape::Table(&MAX_MIN)),
        doc: "Max-min fair rates over all links of a path.",
    }],
    shorthand: None,
};

static MAX_MIN: Table = Table {
    keys: &[Key::default(
        "tolerance",
        Shape::Number { min: 0.0, max: 0.05, open: false },
        "0.0",
        "Relative change of a rate below which it is not passed on; 0 is exact.",
    )],
};

/// The law of a duration: `"1 ms"`, `{ constant = "1 ms" }` or `{ exponential = { mean = "1 ms" } }`.
const LAW: Shape = Shape::OneOf {
    alternatives: &[
        Alternative { name: "constant", payload: Some(Shape::duration(0)), doc: "Always this long." },
        Alternative {
            name: "exponential",
            payload: Some(Shape::Table(&EXPONENTIAL)),
            doc: "Exponentially distributed.",
        },
    ],
    shorthand: Some("constant"),
};

static EXPONENTIAL: Table =
    Table { keys: &[Key::required("mean", Shape::duration(NANOSECOND), "The mean of the distribution.")] };

/// A key that scenario files may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Where it stands, dotted; `*` is any element of a list of tables.
    pub path: String,
    /// What its absence stands for, as TOML text; in words where absence is a value of its own; `None`: it must be
    /// given (or chosen among alternatives).
    pub default: Option<String>,
    /// What may stand there.
    pub allowed: String,
    /// What it does.
    pub doc: &'static str,
    /// Whether `default` is TOML text; otherwise it says in words what absence means.
    pub default_is_value: bool,
    /// What kind of thing stands there: "duration", "table" …
    pub kind: &'static str,
    /// The units that its text may have; empty: none.
    pub units: Vec<&'static str>,
    /// The words or alternatives that may stand there, each with what it means (empty: the name says it).
    pub values: Vec<(&'static str, &'static str)>,
    /// The keys of the table (or of each table of the list) that stands there.
    pub holds: Vec<&'static str>,
    /// TOML text that may stand there: the default, where that is a value.
    pub example: String,
}

/// Every key that a scenario file may hold, in the order in which the tables above define them.
pub fn accepted_keys() -> Vec<KeyInfo> {
    let mut keys = Vec::new();
    list_table(&SCENARIO, "", &mut keys);
    keys
}

/// The TOML text that the absence of the key at `path` (as [`KeyInfo::path`] writes it) stands for, without quotation
/// marks; `None`: there is no such key, or its absence is no value.
pub fn default_of(path: &str) -> Option<&'static str> {
    let mut shape = &Shape::Table(&SCENARIO);
    let mut default = None;
    for segment in path.split('.').filter(|segment| *segment != "*") {
        match shape {
            Shape::Table(table) | Shape::TableOrWord(table, _) | Shape::RateOrTable(table) | Shape::Tables(table) => {
                let key = table.key(segment)?;
                shape = &key.shape;
                default = match key.presence {
                    Presence::Default(text) => Some(text.trim_matches('"')),
                    _ => None,
                };
            }
            Shape::OneOf { alternatives, .. } => {
                shape = alternatives.iter().find(|alternative| alternative.name == segment)?.payload.as_ref()?;
                default = None;
            }
            _ => return None,
        }
    }
    default
}

fn list_table(table: &Table, prefix: &str, keys: &mut Vec<KeyInfo>) {
    for key in table.keys {
        let path = format!("{prefix}{}", key.name);
        let (default, default_is_value) = match key.presence {
            Presence::Required => (None, false),
            Presence::Default(text) => (Some(text.to_owned()), true),
            Presence::Optional(meaning) => (Some(meaning.to_owned()), false),
        };
        let example = match key.presence {
            Presence::Default(text) => text.to_owned(),
            _ => key.shape.example(key.name),
        };
        keys.push(KeyInfo { default, default_is_value, example, ..info(&path, &key.shape, key.doc) });
        list_shape(&key.shape, &path, keys);
    }
}

/// An alternative that has none.
const NO_PARAMETERS: Shape = Shape::Table(&Table { keys: &[] });

/// What the shape of a key (or of an alternative) says of it.
fn info(path: &str, shape: &Shape, doc: &'static str) -> KeyInfo {
    KeyInfo {
        path: path.to_owned(),
        default: None,
        allowed: shape.allowed(),
        doc,
        default_is_value: false,
        kind: shape.kind(),
        units: shape.units(),
        values: shape.values(),
        holds: shape.holds(),
        example: shape.example(path.rsplit('.').next().unwrap_or(path)),
    }
}

fn list_shape(shape: &Shape, path: &str, keys: &mut Vec<KeyInfo>) {
    match shape {
        Shape::Table(table) | Shape::TableOrWord(table, _) | Shape::RateOrTable(table) => {
            list_table(table, &format!("{path}."), keys);
        }
        Shape::Tables(table) | Shape::ByPath(table) => list_table(table, &format!("{path}.*."), keys),
        Shape::OneOf { alternatives, .. } => {
            for alternative in *alternatives {
                let path = format!("{path}.{}", alternative.name);
                if let Some(payload) = &alternative.payload {
                    keys.push(info(&path, payload, alternative.doc));
                    list_shape(payload, &path, keys);
                } else {
                    let allowed = "no parameters".to_owned();
                    keys.push(KeyInfo { allowed, ..info(&path, &NO_PARAMETERS, alternative.doc) });
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::scalar::check;
    use crate::scenario::tree::{Node, Value, parse_value};

    fn fits(node: &Node, shape: &Shape, path: &str) {
        match shape {
            Shape::OneOf { alternatives, shorthand } => {
                let name = match &node.value {
                    Value::Text(text) => text.clone(),
                    Value::Table(entries) => entries[0].key.clone(),
                    _ => panic!("`{path}`"),
                };
                assert!(shorthand.is_some() || alternatives.iter().any(|a| a.name == name), "`{path}`");
            }
            Shape::ByPath(_) => assert!(node.entries().is_some_and(|entries| !entries.is_empty()), "`{path}`"),
            Shape::Any(_) => {}
            Shape::Strategies => assert!(matches!(&node.value, Value::Array(_)), "`{path}`"),
            _ => assert!(check(node, shape, path).is_ok(), "`{path}`"),
        }
    }

    fn walk(table: &Table, path: &str) {
        for key in table.keys {
            let path = format!("{path}.{}", key.name);
            if let Presence::Default(text) = key.presence {
                fits(&parse_value(text, 0, 0).unwrap(), &key.shape, &path);
            }
            let many = matches!(key.shape, Shape::Tables(_) | Shape::List(_) | Shape::ByPath(_));
            if !many && !matches!(key.shape, Shape::Table(_) | Shape::TableOrWord(..)) {
                fits(&parse_value(&key.shape.example(key.name), 0, 0).unwrap(), &key.shape, &path);
            }
            walk_shape(&key.shape, &path);
        }
    }

    fn walk_shape(shape: &Shape, path: &str) {
        match shape {
            Shape::Table(table)
            | Shape::TableOrWord(table, _)
            | Shape::RateOrTable(table)
            | Shape::Tables(table)
            | Shape::ByPath(table) => {
                walk(table, path);
            }
            Shape::OneOf { alternatives, .. } => {
                alternatives.iter().filter_map(|a| a.payload.as_ref()).for_each(|payload| walk_shape(payload, path));
            }
            _ => {}
        }
    }

    #[test]
    fn defaults_are_found_by_path() {
        assert_eq!(default_of("experiment.deadline"), Some("24 h"));
        assert_eq!(default_of("service.file-swarming.choking.slots"), Some("4"));
        assert_eq!(default_of("arm.*.unis.max-age"), Some("1 h"));
        assert_eq!(default_of("arm.*.oms.external.min"), None, "must be given");
        assert_eq!(default_of("experiment.zebra"), None);
        for key in accepted_keys().iter().filter(|key| key.default_is_value) {
            let text = key.default.as_deref().map(|text| text.trim_matches('"'));
            assert_eq!(default_of(&key.path), text, "{}", key.path);
        }
    }

    #[test]
    fn every_default_and_every_example_fits_its_key() {
        walk(&SCENARIO, "");
    }
}
