//! Keys of `[population]`.

use super::law::{LIFETIME, SESSION};
use super::{MILLISECOND, MOST_PEERS, NANOSECOND};
use crate::scenario::schema::{Alternative, Key, Shape, Table};
use crate::units::BitRate;

const AS_NUMBER: Shape = Shape::Count { min: 1, max: 4_294_967_294 };

/// What a file of hosts says itself; these keys are refused beside it.
pub(in crate::scenario) const SAID_BY_HOSTS: [&str; 5] = ["peers", "access", "placement", "arrivals", "seeds"];

pub(super) static POPULATION: Table = Table {
    keys: &[
        Key::required(
            "peers",
            Shape::Count { min: 1, max: MOST_PEERS },
            "Peers that arrive in a run, initial seeds not counted.",
        ),
        Key::required("access", Shape::Tables(&ACCESS), "Access classes; their shares sum to 1."),
        Key::default("placement", PLACEMENT, r#""by-subscribers""#, "Which ASes peers live in."),
        Key::default("arrivals", ARRIVALS, r#""all-at-once""#, "When peers arrive."),
        Key::default("after-completion", AFTER, r#""stay""#, "What a peer does once it has everything."),
        Key::required("seeds", Shape::Table(&SEEDS), "The initial seeds, or a client-server service's servers."),
        Key::optional(
            "hosts",
            Shape::Text { max: 4_096 },
            "drawn from the laws of the other keys",
            "A CSV file with a row for each host, relative to the scenario's folder; instead of `peers`, `access`, \
             `placement`, `arrivals` and `seeds`.",
        ),
        Key::optional(
            "caches",
            Shape::Table(&CACHES),
            "no caches, but for those among `hosts`",
            "Seeds of providers, counted apart: one in each ISP that has peers.",
        ),
        Key::optional(
            "session",
            SESSION,
            "peers stay until `after-completion` lets them go",
            "How long a peer is there, complete or not; drawn anew for each session.",
        ),
        Key::optional(
            "gap",
            LIFETIME,
            "a peer whose session is over does not come again",
            "How long a peer is away between two sessions; it comes again with what it has.",
        ),
        Key::optional(
            "patience",
            LIFETIME,
            "nobody gives up",
            "A peer that is not complete so long after its first arrival leaves for good.",
        ),
        Key::default(
            "start",
            Shape::Choice(&["fresh", "stationary"]),
            r#""fresh""#,
            "Time zero: everybody who comes begins a session, or the population is as at any later time, sessions and gaps under \
             way.",
        ),
    ],
};

static ACCESS: Table = Table {
    keys: &[
        Key::required("name", Shape::Name, "Its name, unique."),
        Key::required("share", Shape::Number { min: 0.0, max: 1.0, open: false }, "Share of the peers, above 0."),
        Key::required("down", Shape::Rate { min: BitRate::new(1) }, "Downlink, bits on the wire."),
        Key::required("up", Shape::Rate { min: BitRate::ZERO }, "Uplink, bits on the wire; 0: it never uploads."),
        Key::default(
            "free-rider",
            Shape::Flag,
            "false",
            "Whether its peers never unchoke anybody, although their uplinks carry requests and acknowledgements.",
        ),
    ],
};

static SUBSCRIBERS: Table = Table {
    keys: &[
        Key::optional(
            "file",
            Shape::Text { max: 4_096 },
            "the subscribers that the underlay knows",
            "A CSV file with a row for each AS, relative to the scenario's folder; plain, or packed by gzip or bzip2. ASes \
             that are not in the underlay are left out, and counted.",
        ),
        Key::default("as-column", Shape::Name, r#""as""#, "Name of the file's column of AS numbers."),
        Key::default("subscribers-column", Shape::Name, r#""subscribers""#, "Name of its column of subscribers."),
    ],
};

const PLACEMENT: Shape = Shape::OneOf {
    alternatives: &[
        Alternative {
            name: "uniform",
            payload: Some(Shape::Table(&UNIFORM)),
            doc: "Each AS of the range equally likely.",
        },
        Alternative {
            name: "by-subscribers",
            payload: Some(Shape::Table(&SUBSCRIBERS)),
            doc: "In proportion to the subscribers of each AS: those that the underlay knows, or those of a file.",
        },
        Alternative {
            name: "by-weight",
            payload: Some(Shape::Tables(&WEIGHTED_AS)),
            doc: "In proportion to weights given AS by AS.",
        },
        Alternative {
            name: "table",
            payload: Some(Shape::Tables(&COUNTED_AS)),
            doc: "Exactly so many peers in each AS; the counts sum to `peers`.",
        },
    ],
    shorthand: None,
};

static UNIFORM: Table = Table {
    keys: &[Key::default(
        "over",
        Shape::Choice(&["stubs", "all"]),
        r#""stubs""#,
        "ASes without customers, or all of them.",
    )],
};

static WEIGHTED_AS: Table = Table {
    keys: &[
        Key::required("as", AS_NUMBER, "The AS, named once."),
        Key::required("weight", Shape::Number { min: 0.0, max: 1e12, open: false }, "Its weight."),
    ],
};

static COUNTED_AS: Table = Table {
    keys: &[
        Key::required("as", AS_NUMBER, "The AS, named once."),
        Key::required("peers", Shape::Count { min: 0, max: MOST_PEERS }, "How many peers live in it."),
    ],
};

const ARRIVALS: Shape = Shape::OneOf {
    alternatives: &[
        Alternative { name: "all-at-once", payload: None, doc: "Everybody at time zero." },
        Alternative {
            name: "list",
            payload: Some(Shape::Table(&ARRIVAL_LIST)),
            doc: "At given times, one for each peer.",
        },
        Alternative {
            name: "flash-crowd",
            payload: Some(Shape::Table(&FLASH_CROWD)),
            doc: "A Poisson process whose rate decays exponentially.",
        },
        Alternative {
            name: "uniform",
            payload: Some(Shape::Table(&UNIFORM_ARRIVALS)),
            doc: "Independent and uniform in a window that begins at time zero.",
        },
        Alternative {
            name: "poisson",
            payload: Some(Shape::Table(&POISSON)),
            doc: "A Poisson process of constant rate, until all have arrived.",
        },
        Alternative {
            name: "trace",
            payload: Some(Shape::Text { max: 4_096 }),
            doc: "The first `peers` arrival times of a CSV file, relative to the scenario's folder: column `arrival`, \
                  ascending.",
        },
    ],
    shorthand: None,
};

static ARRIVAL_LIST: Table = Table {
    keys: &[Key::required("times", Shape::List(&Shape::duration(0)), "Arrival times since the start, ascending.")],
};

static FLASH_CROWD: Table = Table {
    keys: &[Key::required("decay", Shape::duration(MILLISECOND), "Time constant: 63 % of the peers arrive within it.")],
};

static UNIFORM_ARRIVALS: Table =
    Table { keys: &[Key::required("within", Shape::duration(MILLISECOND), "Length of the window.")] };

static POISSON: Table = Table {
    keys: &[Key::required(
        "mean-gap",
        Shape::duration(NANOSECOND),
        "Mean time between two arrivals, and before the first.",
    )],
};

const AFTER: Shape = Shape::OneOf {
    alternatives: &[
        Alternative { name: "stay", payload: None, doc: "Seeds until the run ends." },
        Alternative { name: "leave", payload: None, doc: "Leaves at once." },
        Alternative { name: "stay-for", payload: Some(LIFETIME), doc: "Seeds for this long, then leaves." },
    ],
    shorthand: None,
};

static SEEDS: Table = Table {
    keys: &[
        Key::default("count", Shape::Count { min: 1, max: 100_000 }, "1", "How many."),
        Key::required("up", Shape::Rate { min: BitRate::new(1) }, "Uplink of each, bits on the wire."),
        Key::optional("as", AS_NUMBER, "drawn by the population's placement", "The AS they live in."),
        Key::optional("departure", Shape::duration(0), "they stay until the run ends", "When they leave."),
    ],
};

static CACHES: Table = Table {
    keys: &[
        Key::required("up", Shape::Rate { min: BitRate::new(1) }, "Uplink of each, bits on the wire."),
        Key::optional("isps", Shape::List(&Shape::Name), "every ISP that has peers", "Names of the ISPs with a cache."),
    ],
};
