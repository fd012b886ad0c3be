//! Laws of drawn times: sessions, gaps, patience, stays.

use super::{EXPONENTIAL, NANOSECOND};
use crate::scenario::schema::{Alternative, Key, Shape, Table};

const CONSTANT: Alternative =
    Alternative { name: "constant", payload: Some(Shape::duration(0)), doc: "Always this long." };
const EMPIRICAL: Alternative = Alternative {
    name: "empirical",
    payload: Some(Shape::Text { max: 4_096 }),
    doc: "A CSV file, relative to the scenario's folder, with a row for each measured duration: columns `value` and, where \
          they differ, `weight`.",
};
const EXPONENTIAL_LAW: Alternative =
    Alternative { name: "exponential", payload: Some(Shape::Table(&EXPONENTIAL)), doc: "Memoryless." };
const LOG_NORMAL: Alternative =
    Alternative { name: "log-normal", payload: Some(Shape::Table(&LOG_NORMAL_KEYS)), doc: "Its logarithm is normal." };
const PARETO: Alternative =
    Alternative { name: "pareto", payload: Some(Shape::Table(&PARETO_KEYS)), doc: "A power law above a minimum." };
const UNIFORM: Alternative = Alternative {
    name: "uniform",
    payload: Some(Shape::Table(&UNIFORM_KEYS)),
    doc: "Everything between two durations equally likely.",
};
const WEIBULL: Alternative = Alternative {
    name: "weibull",
    payload: Some(Shape::Table(&WEIBULL_KEYS)),
    doc: "Stretched exponential: longer than t with probability e^(−(t ÷ scale)^shape).",
};

/// The law of a lifetime: `"1 min"`, or one of `peerscape list laws`.
pub(super) const LIFETIME: Shape = Shape::OneOf {
    alternatives: &[CONSTANT, EMPIRICAL, EXPONENTIAL_LAW, LOG_NORMAL, PARETO, UNIFORM, WEIBULL],
    shorthand: Some("constant"),
};

/// The law of a session, or a file of sessions.
pub(super) const SESSION: Shape = Shape::OneOf {
    alternatives: &[CONSTANT, EMPIRICAL, EXPONENTIAL_LAW, LOG_NORMAL, PARETO, TRACE, UNIFORM, WEIBULL],
    shorthand: Some("constant"),
};

const TRACE: Alternative = Alternative {
    name: "trace",
    payload: Some(Shape::Text { max: 4_096 }),
    doc: "A CSV file, relative to the scenario's folder, with a row for each session: columns `peer` (counted from 0), `from`, \
          `until` (empty: to the end of the run); instead of `arrivals` and `gap`.",
};

static UNIFORM_KEYS: Table = Table {
    keys: &[
        Key::default("from", Shape::duration(0), r#""0 s""#, "The shortest."),
        Key::required("until", Shape::duration(NANOSECOND), "The longest, not below `from`."),
    ],
};

static WEIBULL_KEYS: Table = Table {
    keys: &[
        Key::required(
            "shape",
            Shape::Number { min: 0.1, max: 100.0, open: false },
            "The exponent: below 1, the longer a life has lasted, the longer it is expected to go on.",
        ),
        Key::required("scale", Shape::duration(NANOSECOND), "The duration that 36.8 % exceed."),
    ],
};

static LOG_NORMAL_KEYS: Table = Table {
    keys: &[
        Key::required("median", Shape::duration(NANOSECOND), "Half are longer: e^μ."),
        Key::required(
            "sigma",
            Shape::Number { min: 0.0, max: 10.0, open: false },
            "Standard deviation of the logarithm.",
        ),
    ],
};

static PARETO_KEYS: Table = Table {
    keys: &[
        Key::required("minimum", Shape::duration(NANOSECOND), "The shortest."),
        Key::required(
            "shape",
            Shape::Number { min: 0.1, max: 100.0, open: false },
            "The exponent: longer than t with probability (minimum ÷ t)^shape; the mean is infinite up to 1.",
        ),
    ],
};
