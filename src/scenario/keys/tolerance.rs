//! What a tolerance file may hold.

use crate::scenario::schema::{Key, Shape, Table};

/// Room for bytes over a run; differences beyond it are no tolerances.
const LARGEST: f64 = 1e18;

pub(in crate::scenario) static TOLERANCES: Table = Table {
    keys: &[
        Key::required("format", Shape::Count { min: 1, max: 1 }, "Version of the file format; this one is 1."),
        Key::default(
            "confidence",
            Shape::Number { min: 0.0, max: 1.0, open: true },
            "0.95",
            "Probability with which `intervals` let a comparison pass as a whole when nothing changed but chance.",
        ),
        Key::optional(
            "default",
            Shape::Table(&DEFAULT),
            "`intervals = true`",
            "The tolerance of every column of every compared table that no entry of `metric` names.",
        ),
        Key::optional(
            "metric",
            Shape::Tables(&METRIC),
            "the default for all",
            "Tolerances of single metrics; where several entries name one, the last counts.",
        ),
    ],
};

static DEFAULT: Table = Table { keys: &[ABSOLUTE, RELATIVE, INTERVALS, EXACT, IGNORE] };

static METRIC: Table = Table {
    keys: &[
        Key::required(
            "name",
            Shape::Name,
            "A numeric column of the table; `*` and `?` stand for any letters, and any one.",
        ),
        Key::default(
            "table",
            Shape::Choice(&["runs.csv", "isps.csv", "costs.csv", "groups.csv", "messages.csv", "links.csv"]),
            r#""runs.csv""#,
            "The table of the column; in others than `runs.csv` the limits hold for each ISP, contract, group … by itself.",
        ),
        Key::optional("arm", Shape::Name, "every arm", "Name of an arm, with `*` and `?` as in `name`."),
        ABSOLUTE,
        RELATIVE,
        INTERVALS,
        EXACT,
        IGNORE,
    ],
};

const ABSOLUTE: Key = Key::optional(
    "absolute",
    Shape::Number { min: 0.0, max: LARGEST, open: false },
    "no such limit",
    "Passes when the means differ by at most this, in the unit of the column.",
);
const RELATIVE: Key = Key::optional(
    "relative",
    Shape::Number { min: 0.0, max: 1000.0, open: false },
    "no such limit",
    "Passes when the means differ by at most this share of the baseline's.",
);
const INTERVALS: Key = Key::default(
    "intervals",
    Shape::Flag,
    "false",
    "Passes when another set of seeds would give as much (Student's two-sample interval).",
);
const EXACT: Key =
    Key::default("exact", Shape::Flag, "false", "Passes only when every run says the same to the last digit.");
const IGNORE: Key = Key::default("ignore", Shape::Flag, "false", "Always passes.");
