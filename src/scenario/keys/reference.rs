//! What the results are held against.

use crate::scenario::schema::{Key, Shape, Table};

/// Room for bytes over a run; metrics beyond it are no metrics.
const LARGEST: f64 = 1e18;
const NUMBER: Shape = Shape::Number { min: -LARGEST, max: LARGEST, open: false };

pub(in crate::scenario) static REFERENCE: Table = Table {
    keys: &[
        Key::required("metric", Shape::Name, "The numeric column of `runs.csv` that is held against something."),
        Key::optional(
            "isp",
            Shape::Name,
            "the whole run",
            "Name of the ISP of which the metric speaks, in an `isps` underlay: a numeric column of `isps.csv` then.",
        ),
        Key::optional("arm", Shape::Name, "every arm", "Name of the arm that it speaks of."),
        Key::optional(
            "relative-to",
            Shape::Name,
            "the metric itself",
            "Name of another arm: the metric is divided by what it is there, replication by replication, and held against a band.",
        ),
        Key::optional(
            "value",
            NUMBER,
            "`against` is given, or a band alone",
            "The number that theory or a measurement gives, in the unit of the column.",
        ),
        Key::optional(
            "against",
            Shape::Name,
            "`value` is given, or a band alone",
            "Another numeric column of `runs.csv`: the metric is divided by it, run by run, and the ratio held against 1.",
        ),
        Key::optional("low", NUMBER, "no lower end", "Lower end of the band that is accepted; with `against` a ratio."),
        Key::optional(
            "high",
            NUMBER,
            "no upper end",
            "Upper end of the band that is accepted; with `against` a ratio.",
        ),
        Key::optional(
            "within",
            Shape::Number { min: 0.0, max: 100.0, open: false },
            "no band, or `low` and `high`",
            "The band as a relative distance from `value`, or from the ratio 1.",
        ),
        Key::required("source", Shape::Text { max: 300 }, "Where it comes from: author, year, section."),
        Key::required("label", Shape::Name, "A short name for legends and tables."),
    ],
};
