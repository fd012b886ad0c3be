//! What the results must satisfy.

use crate::scenario::schema::{Key, Shape, Table};

/// Room for bytes over a run; metrics beyond it are no metrics.
const LARGEST: f64 = 1e18;
const NUMBER: Shape = Shape::Number { min: -LARGEST, max: LARGEST, open: false };

pub(in crate::scenario) static CHECK: Table = Table {
    keys: &[
        Key::required("metric", Shape::Name, "The numeric column of `runs.csv` that is checked."),
        Key::optional("arm", Shape::Name, "every arm that can be checked", "Name of the arm that is checked."),
        Key::default(
            "of",
            Shape::Choice(&["value", "difference", "relative-difference"]),
            r#""value""#,
            "What the bounds are for: the metric; arm − baseline, paired by replication; or that ÷ the baseline's mean.",
        ),
        Key::default(
            "statistic",
            Shape::Choice(&["mean", "interval", "every-run"]),
            r#""mean""#,
            "What must lie within them: the mean over replications, its whole confidence interval, or every run.",
        ),
        Key::optional("min", NUMBER, "no lower bound", "Lower bound, itself allowed, in the unit of the column."),
        Key::optional("max", NUMBER, "no upper bound", "Upper bound, itself allowed, in the unit of the column."),
    ],
};
