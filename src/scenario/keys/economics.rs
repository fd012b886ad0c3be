//! Keys of `[[tariff]]` and `[billing]`.

use crate::economics::{DirectionRule, Relationship};
use crate::scenario::schema::{Alternative, Key, Shape, Table};
use crate::units::BitRate;

/// The largest relative demand of an hour.
const MOST_DEMAND: f64 = 1e6;
const DEMAND: Shape = Shape::Number { min: 0.0, max: MOST_DEMAND, open: false };

pub(in crate::scenario) static TARIFF: Table = Table {
    keys: &[
        Key::required("name", Shape::Name, "Its name, unique; in `costs.csv`."),
        Key::required(
            "links",
            Shape::Choice(&Relationship::NAMES),
            "The links that it is for: those to a provider, or those between peers.",
        ),
        Key::optional(
            "seller",
            Shape::Name,
            "any ISP",
            "Name of the ISP that is paid: of transit the provider, of peering either of the two.",
        ),
        Key::optional("buyer", Shape::Name, "any ISP", "Name of the ISP that pays; with `seller`."),
        Key::required("terms", TERMS, "What is paid for."),
    ],
};

/// In the order of the catalog.
const TERMS: Shape = Shape::OneOf {
    alternatives: &[
        Alternative {
            name: "percentile",
            payload: Some(Shape::Table(&PERCENTILE)),
            doc: "The 95th percentile of 5-minute samples.",
        },
        Alternative { name: "flat", payload: Some(Shape::Money), doc: "A fee per month, whatever is carried." },
        Alternative {
            name: "per-volume",
            payload: Some(Shape::Table(&PER_VOLUME)),
            doc: "A price for what is carried.",
        },
        Alternative { name: "settlement-free", payload: None, doc: "Nobody pays." },
    ],
    shorthand: None,
};

static PERCENTILE: Table = Table {
    keys: &[
        Key::required("price", Shape::RatePrice, "The price of the level, per month."),
        Key::default(
            "commit",
            Shape::Rate { min: BitRate::ZERO },
            r#""0 bit/s""#,
            "The level that is paid for in any case.",
        ),
        Key::optional("overage", Shape::RatePrice, "`price`", "The price of what is billed above `commit`, per month."),
        Key::default(
            "direction",
            Shape::Choice(&DirectionRule::NAMES),
            r#""higher""#,
            "How the percentiles of both directions become one level.",
        ),
    ],
};

static PER_VOLUME: Table = Table {
    keys: &[
        Key::required("price", Shape::VolumePrice, "The price of a volume."),
        Key::default(
            "direction",
            Shape::Choice(&DirectionRule::NAMES),
            r#""sum""#,
            "How the volumes of both directions become one.",
        ),
    ],
};

pub(super) static BILLING: Table = Table {
    keys: &[Key::optional(
        "month",
        Shape::Table(&MONTH),
        "nothing is said of a month where it depends on the traffic",
        "How a month is made of the simulated time.",
    )],
};

static MONTH: Table = Table {
    keys: &[
        Key::default("days", Shape::Count { min: 1, max: 366 }, "30", "Days of a month."),
        Key::required(
            "hour",
            Shape::Count { min: 0, max: 23 },
            "The hour of the day to whose level the simulated time corresponds.",
        ),
        Key::required(
            "daily-profile",
            Shape::List(&DEMAND),
            "Relative demand in each of the 24 hours of a day, from hour 0.",
        ),
    ],
};
