//! Keys of `[discovery]` and `[[arm]]`.

use super::{LAW, MILLISECOND, NANOSECOND, service};
use crate::scenario::schema::{Alternative, Key, Shape, Table};
use crate::units::SimDuration;

const AS_NUMBER: Shape = Shape::Count { min: 1, max: 4_294_967_294 };

pub(super) static DISCOVERY: Table = Table {
    keys: &[
        Key::optional(
            "client",
            super::CLIENT,
            "no profile: every key has its default",
            "The client whose habits these are: keys that are not given have its values (`peerscape list clients`).",
        ),
        Key::default(
            "list",
            Shape::Count { min: 1, max: 10_000 },
            "50",
            "List entries a peer asks for (BitTorrent's `numwant`).",
        ),
        Key::default(
            "interval",
            Shape::Duration { min: SimDuration::from_secs(1), word: Some("never") },
            r#""30 min""#,
            "Time between regular announces; `\"never\"`: a single announce.",
        ),
        Key::default(
            "low-mark",
            Shape::Count { min: 0, max: 64 },
            "20",
            "A peer with fewer connections than this, and nobody left to contact, announces early …",
        ),
        Key::default(
            "min-interval",
            Shape::duration(MILLISECOND),
            r#""60 s""#,
            "… but not sooner than this after its last announce.",
        ),
        Key::default(
            "timeout",
            Shape::duration(MILLISECOND),
            r#""15 s""#,
            "Without an answer after this time an announce has failed.",
        ),
        Key::default(
            "retry",
            Shape::duration(MILLISECOND),
            r#""15 s""#,
            "Wait before the first repetition of a failed announce; doubles with each further one.",
        ),
        Key::default("retry-max", Shape::duration(MILLISECOND), r#""30 min""#, "The longest wait between repetitions."),
        Key::default(
            "wanted",
            Shape::Count { min: 1, max: 64 },
            "30",
            "Connections a peer wants: it contacts listed peers until it has so many.",
        ),
        Key::default(
            "max-connections",
            Shape::Count { min: 1, max: 64 },
            "64",
            "Connections a peer accepts in all, inbound included.",
        ),
        Key::default("half-open", Shape::Count { min: 1, max: 64 }, "8", "Contact attempts under way at once."),
        Key::default(
            "connect-timeout",
            Shape::duration(MILLISECOND),
            r#""10 s""#,
            "A contact attempt without an answer after this time has failed.",
        ),
        Key::default(
            "backoff",
            Shape::duration(MILLISECOND),
            r#""60 s""#,
            "Wait before a listed peer that failed is contacted again; doubles with each further failure.",
        ),
        Key::default(
            "attempts",
            Shape::Count { min: 1, max: 100 },
            "3",
            "Attempts after which a listed peer is forgotten until it is listed again.",
        ),
        Key::default(
            "accumulate",
            Shape::Flag,
            "true",
            "Lists add up; `false`: whom a new list does not name is forgotten, and its connection, if this peer opened \
             it, closed.",
        ),
    ],
};

pub(super) static ARM: Table = Table {
    keys: &[
        Key::required("name", Shape::Name, "Its name, unique."),
        Key::optional(
            "management",
            Shape::Choice(&["none", "managed"]),
            "`managed`, when there is an `oms`",
            "`\"none\"`: a tracker returns random lists; `\"managed\"`: an OMS builds them.",
        ),
        Key::optional("tracker", Shape::Table(&SERVER), "all defaults, in unmanaged arms", "The unmanaged tracker."),
        Key::optional("oms", Shape::Table(&OMS), "the arm is unmanaged", "The Overlay Management Server."),
        Key::optional(
            "unis",
            Shape::Table(&UNIS),
            "nobody tells the OMS about the network",
            "The Underlying Network Information Server.",
        ),
        Key::optional("service", service::SERVICE, "the scenario's service", "A service of this arm's own."),
        Key::default("contacts", CONTACTS, r#""as-listed""#, "In which order peers contact those they were told of."),
    ],
};

const CONTACTS: Shape = Shape::OneOf {
    alternatives: &[
        Alternative { name: "as-listed", payload: None, doc: "In the order in which they were told." },
        Alternative {
            name: "round-trip",
            payload: Some(Shape::Table(&ROUND_TRIP)),
            doc: "Shortest round-trip time first, measured by a probe of each listed address.",
        },
        Alternative {
            name: "peer-priority",
            payload: None,
            doc: "Highest canonical peer priority first, a hash of both addresses (BEP 40).",
        },
    ],
    shorthand: None,
};

static ROUND_TRIP: Table = Table {
    keys: &[Key::default(
        "timeout",
        Shape::duration(MILLISECOND),
        r#""1 s""#,
        "Listed peers that have not answered a probe by then come last.",
    )],
};

/// A server's AS.
macro_rules! server_as {
    () => {
        Key::optional("as", AS_NUMBER, "the AS with most customers", "The AS it lives in.")
    };
}
/// A server's time per request.
macro_rules! service_time {
    () => {
        Key::default("service-time", LAW, r#""1 ms""#, "Time it works on one request; requests queue.")
    };
}
/// When a server is down.
macro_rules! outages {
    () => {
        Key::optional("outages", Shape::Tables(&OUTAGE), "never down", "Times in which it is down, ascending.")
    };
}

static SERVER: Table = Table { keys: &[server_as!(), service_time!(), outages!()] };

static OUTAGE: Table = Table {
    keys: &[
        Key::required("from", Shape::duration(0), "When it goes down."),
        Key::required("until", Shape::duration(NANOSECOND), "When it is back."),
    ],
};

static OMS: Table = Table {
    keys: &[
        Key::default(
            "order",
            Shape::Strategies,
            "[]",
            "Strategies that order candidates: the first decides, the next breaks its ties, chance breaks the rest.",
        ),
        Key::optional(
            "external",
            Shape::Table(&EXTERNAL),
            "no quota",
            "Quota of list entries from other ISPs than the requester's.",
        ),
        Key::default(
            "unguided",
            Shape::Number { min: 0.0, max: 1.0, open: false },
            "0.0",
            "Share of a list's entries drawn by lot from the whole swarm, without order or quota.",
        ),
        Key::optional(
            "reports",
            Shape::Table(&REPORTS),
            "peers report nothing",
            "What peers report of themselves to it.",
        ),
        Key::default(
            "sample",
            Shape::Count { min: 1, max: 1_000 },
            "4",
            "Candidates drawn for each list entry, where a strategy tells single candidates apart: the best are listed.",
        ),
        Key::optional(
            "neighbours",
            Shape::Table(&NEIGHBOURS),
            "no limits but `discovery.max-connections`",
            "Limits of a peer's connections, inbound ones included.",
        ),
        server_as!(),
        service_time!(),
        outages!(),
    ],
};

static REPORTS: Table = Table {
    keys: &[
        Key::default("uplink", Shape::Flag, "false", "Announces say what the uplink carries."),
        Key::default(
            "pieces",
            Shape::Duration { min: SimDuration::from_secs(1), word: Some("never") },
            r#""never""#,
            "Time between reports of the pieces that a peer holds.",
        ),
    ],
};

static NEIGHBOURS: Table = Table {
    keys: &[
        Key::optional("external", Shape::count(0), "no limit", "At most so many neighbours of other ISPs."),
        Key::optional("internal", Shape::count(0), "no limit", "At most so many neighbours of the same ISP."),
        Key::default(
            "accept",
            Shape::Choice(&["any", "listed"]),
            r#""any""#,
            "Whose contacts a peer accepts: anybody's, or only if the last list of either names the other.",
        ),
    ],
};

static EXTERNAL: Table = Table {
    keys: &[
        Key::required("min", Shape::count(0), "At least so many, while the swarm has them; they stand first."),
        Key::required("max", Shape::count(0), "At most so many."),
        Key::default(
            "fill",
            Shape::Choice(&["none", "ordered"]),
            r#""none""#,
            "What fills the list when insiders run out: nothing, or further outsiders in order.",
        ),
    ],
};

static UNIS: Table = Table {
    keys: &[
        server_as!(),
        service_time!(),
        outages!(),
        Key::default(
            "max-age",
            Shape::duration(0),
            r#""1 h""#,
            "The OMS asks again when what it was told is older than this.",
        ),
    ],
};
