//! Keys of `[underlay]`.

use crate::scenario::schema::{Key, Shape, Table};
use crate::units::BitRate;

/// Largest AS number (RFC 6793: four octets; the last one is reserved).
const AS_NUMBER: Shape = Shape::Count { min: 1, max: 4_294_967_294 };
/// A capacity above zero.
const CAPACITY: Shape = Shape::Rate { min: BitRate::new(1) };

pub(super) static UNDERLAY: Table = Table {
    keys: &[
        Key::optional("latency", Shape::Table(&LATENCY), "all defaults", "Propagation delays."),
        Key::optional("isps", Shape::Table(&ISPS), "another source is chosen", "A small set of ISPs, written out."),
        Key::optional(
            "tiered",
            Shape::Table(&TIERED),
            "another source is chosen",
            "A generated AS graph that looks like the real one.",
        ),
        Key::optional(
            "as-relationships",
            Shape::Table(&AS_RELATIONSHIPS),
            "another source is chosen",
            "A file of AS relationships (CAIDA serial-1 or serial-2).",
        ),
    ],
};

static LATENCY: Table = Table {
    keys: &[
        Key::default(
            "inside",
            Shape::duration(0),
            r#""10 ms""#,
            "One-way delay between two hosts of one AS, access lines included; in `isps`, of an ISP without its own.",
        ),
        Key::default(
            "hop",
            Shape::duration(0),
            r#""15 ms""#,
            "One-way delay that each inter-AS link on the route adds; in `isps`, a link without its own.",
        ),
    ],
};

static ISPS: Table = Table {
    keys: &[
        Key::required("isp", Shape::Tables(&ISP), "The ISPs."),
        Key::optional("link", Shape::Tables(&LINK), "no links", "The links between their ASes."),
        Key::optional(
            "mesh",
            Shape::Table(&MESH),
            "only the links written out",
            "Joins every two ISPs that no `link` joins by a peering link between their first ASes.",
        ),
    ],
};

static ISP: Table = Table {
    keys: &[
        Key::required("name", Shape::Name, "Its name, unique."),
        Key::optional(
            "ases",
            Shape::List(&AS_NUMBER),
            "one private number: 64512 + its position in the list, counted from 0",
            "The AS numbers it owns, each owned once.",
        ),
        Key::default(
            "subscribers",
            Shape::Number { min: 0.0, max: 1e12, open: false },
            "1.0",
            "Its weight in placement `by-subscribers`, spread evenly over its ASes.",
        ),
        Key::optional(
            "latency",
            Shape::duration(0),
            "`underlay.latency.inside`",
            "One-way delay between two hosts inside it; half of it counts at either end of a route.",
        ),
    ],
};

static LINK: Table = Table {
    keys: &[
        Key::optional("provider", AS_NUMBER, "`peers` is given", "The AS that sells transit; with `customer`."),
        Key::optional("customer", AS_NUMBER, "`peers` is given", "The AS that buys transit; with `provider`."),
        Key::optional(
            "peers",
            Shape::List(&AS_NUMBER),
            "`provider` and `customer` are given",
            "Two ASes that peer free of charge.",
        ),
        Key::optional(
            "capacity",
            Shape::RateOrTable(&CAPACITIES),
            "not limited",
            "Capacity, for both directions or for each.",
        ),
        Key::optional("latency", Shape::duration(0), "`underlay.latency.hop`", "One-way delay that it adds."),
    ],
};

static MESH: Table = Table {
    keys: &[
        Key::optional("capacity", CAPACITY, "not limited", "Capacity of each link, in each direction."),
        Key::optional(
            "latency",
            Shape::duration(0),
            "`underlay.latency.hop`",
            "One-way delay that each of its links adds.",
        ),
    ],
};

static CAPACITIES: Table = Table {
    keys: &[
        Key::optional("up", CAPACITY, "not limited", "From the customer to the provider, or from the first peer."),
        Key::optional("down", CAPACITY, "not limited", "From the provider to the customer, or to the first peer."),
    ],
};

static TIERED: Table = Table {
    keys: &[
        Key::default("ases", Shape::Count { min: 10, max: 100_000 }, "300", "Number of ASes."),
        Key::default(
            "tier1",
            Shape::Count { min: 1, max: 200 },
            "5",
            "ASes without providers, in a full mesh of peering links; at most half of all.",
        ),
        Key::default(
            "transit-share",
            Shape::Number { min: 0.0, max: 0.5, open: false },
            "0.15",
            "Share of ASes that provide transit, tier 1 included.",
        ),
        Key::default(
            "multihomed-share",
            Shape::Number { min: 0.0, max: 1.0, open: false },
            "0.55",
            "Share of stubs with more than one provider (0.557 in the real graph of January 2017).",
        ),
        Key::default(
            "peering-degree",
            Shape::Number { min: 0.0, max: 1_000.0, open: false },
            "2.0",
            "Peering links per transit AS, mean.",
        ),
        Key::default(
            "sibling-share",
            Shape::Number { min: 0.0, max: 1.0, open: false },
            "0.1",
            "Share of ASes that belong to an ISP with more than one AS.",
        ),
        Key::default(
            "subscriber-exponent",
            Shape::Number { min: 0.0, max: 4.0, open: false },
            "1.0",
            "Exponent of the Zipf law of subscribers over stub ASes; 0: all equal.",
        ),
    ],
};

static AS_RELATIONSHIPS: Table = Table {
    keys: &[Key::required(
        "file",
        Shape::Text { max: 4_096 },
        "Path of the file, relative to the scenario's folder; plain, or packed by gzip or bzip2.",
    )],
};
