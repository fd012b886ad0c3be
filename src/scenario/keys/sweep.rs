//! What is swept.

use crate::scenario::schema::{Key, Shape, Table};

/// Points of one key.
pub(in crate::scenario) const MOST_POINTS: u64 = 1000;

const END: Shape = Shape::Any("a number, or a quantity such as `\"1 Mbit/s\"`");

/// One swept key, where a plain list does not say enough.
pub(in crate::scenario) static AXIS: Table = Table {
    keys: &[
        Key::optional("values", Shape::Any("a list of values of the swept key"), "a range is given", "The values."),
        Key::optional("from", END, "`values` are given", "First value of a range."),
        Key::optional("to", END, "`values` are given", "End of the range; a value itself where the steps meet it."),
        Key::optional("step", END, "`points` is given", "Distance between two values of a range."),
        Key::optional(
            "points",
            Shape::Count { min: 2, max: MOST_POINTS },
            "`step` is given",
            "Number of values of a range, both ends included.",
        ),
        Key::optional(
            "scale",
            Shape::Choice(&["linear", "log"]),
            "linear for ranges; for lists, log where all numbers are positive and the largest is 20 times the smallest \
             or more",
            "Spacing of a range's `points` (`log`: by equal factors), and the axis of plots.",
        ),
        Key::optional(
            "label",
            Shape::Name,
            "the last two parts of the key",
            "Short name: in the names of arms (`label=value`), in columns (`sweep_label`) and in plots.",
        ),
        Key::optional(
            "names",
            Shape::List(&Shape::Name),
            "the values as written",
            "What the values are called in names of arms, tables and plots; as many as there are values.",
        ),
    ],
};
