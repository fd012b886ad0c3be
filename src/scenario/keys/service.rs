//! Keys of `[service]`, and of an arm's own service.

use super::MILLISECOND;
use crate::scenario::schema::{Alternative, Key, Shape, Table};
use crate::units::{Bytes, SimDuration};

/// The largest content: 1 TiB.
const SIZE: Shape = Shape::Size { min: Bytes::new(1), max: Bytes::new(1 << 40) };
/// The largest piece or block: 128 MiB. An eighth of what a transfer can count in nanobits (2^63): the end game adds blocks.
const PART: Shape = Shape::Size { min: Bytes::new(1), max: Bytes::new(128 << 20) };
/// As many upload slots as an ordinary peer may have connections.
const SLOTS: Shape = Shape::Count { min: 1, max: 64 };

pub(super) const SERVICE: Shape = Shape::OneOf {
    alternatives: &[
        Alternative {
            name: "file-swarming",
            payload: Some(Shape::Table(&FILE_SWARMING)),
            doc: "Peers swarm one file, as BitTorrent does.",
        },
        Alternative {
            name: "client-server",
            payload: Some(Shape::Table(&CLIENT_SERVER)),
            doc: "Peers fetch one file from the initial seeds alone.",
        },
    ],
    shorthand: None,
};

static CLIENT_SERVER: Table = Table {
    keys: &[
        Key::required("size", SIZE, "Size of the content."),
        Key::optional("slots", Shape::count(1), "all at once", "Downloads a server serves at once, first come first."),
    ],
};

static FILE_SWARMING: Table = Table {
    keys: &[
        Key::required("size", SIZE, "Size of the content."),
        Key::optional(
            "client",
            super::CLIENT,
            "no profile: every key has its default",
            "The client whose rules these are: keys that are not given have its values (`peerscape list clients`).",
        ),
        Key::default("piece", PART, r#""256 KiB""#, "Size of a piece; the last one may be shorter."),
        Key::default("block", PART, r#""16 KiB""#, "Size of a block, the unit of requests."),
        Key::optional("choking", Shape::Table(&CHOKING), "all defaults", "Who uploads to whom while downloading."),
        Key::optional("seeding", Shape::Table(&SEEDING), "all defaults", "To whom a peer with everything uploads."),
        Key::optional("pieces", Shape::Table(&PIECES), "all defaults", "Which piece is requested next."),
        Key::optional(
            "wire",
            Shape::TableOrWord(&WIRE, "none"),
            "all defaults",
            "What protocols add to the payload; `\"none\"`: nothing.",
        ),
        Key::optional(
            "tcp",
            Shape::Table(&TCP),
            "all defaults",
            "How connections share a line, and what messages wait for.",
        ),
        Key::optional(
            "fallback",
            Shape::Table(&FALLBACK),
            "a peer waits for the swarm",
            "Peers to which nobody sends fetch from the initial seeds directly, outside their upload slots.",
        ),
    ],
};

static FALLBACK: Table = Table {
    keys: &[Key::required(
        "after",
        Shape::duration(100 * MILLISECOND),
        "A peer to which nobody of the swarm has been sending for so long asks an initial seed.",
    )],
};

static CHOKING: Table = Table {
    keys: &[
        Key::default("slots", Shape::Count { min: 0, max: 64 }, "4", "Regular upload slots, given by reciprocation."),
        Key::default("optimistic", Shape::Count { min: 0, max: 64 }, "1", "Optimistic slots besides."),
        Key::default(
            "round",
            Shape::Duration { min: SimDuration::from_millis(100), word: None },
            r#""10 s""#,
            "Time between choke rounds, and the window over which reciprocation is measured.",
        ),
        Key::default(
            "optimistic-rounds",
            Shape::Count { min: 1, max: 1_000 },
            "3",
            "Rounds an optimistic unchoke lasts.",
        ),
        Key::default(
            "order",
            Shape::Choice(&["tit-for-tat", "random"]),
            r#""tit-for-tat""#,
            "Most bytes received from it first, or at random.",
        ),
        Key::default(
            "ties",
            Shape::Choice(&["lasting-lot", "lot", "turn"]),
            r#""lot""#,
            "Between neighbours of equal merit: chance once and for all (`lasting-lot`), chance in each round (`lot`), or who is being served and then who waited longest (`turn`).",
        ),
        Key::default(
            "optimistic-unchoke",
            Shape::Flag,
            "true",
            "Whether the optimistic slots are given by turns; otherwise as the regular ones are.",
        ),
        Key::default(
            "rounds",
            Shape::Flag,
            "true",
            "Whether rounds give slots anew; otherwise a slot is kept until it is given up.",
        ),
        Key::default(
            "refill",
            Shape::Choice(&["at-once", "next-second", "at-round"]),
            r#""at-once""#,
            "When a slot given up between rounds is filled: at once, by a round within a second, or at the next round.",
        ),
    ],
};

static SEEDING: Table = Table {
    keys: &[
        Key::optional("slots", SLOTS, "the same as `choking.slots`", "Regular upload slots of a seed."),
        Key::default(
            "order",
            Shape::Choice(&["round-robin", "fastest-first", "anti-leech", "random"]),
            r#""round-robin""#,
            "Who waited longest first, to whom most was sent, who has just begun or is nearly done, or at random.",
        ),
        Key::default(
            "quota-pieces",
            Shape::Count { min: 1, max: 65_535 },
            "20",
            "Round-robin: a receiver keeps its slot until it got this many pieces …",
        ),
        Key::default("quota-time", Shape::duration(0), r#""60 s""#, "… and had the slot for this long."),
        Key::default(
            "super-seeding",
            Shape::Flag,
            "false",
            "Whether initial seeds show each neighbour one piece at a time (BEP 16).",
        ),
    ],
};

static PIECES: Table = Table {
    keys: &[
        Key::default(
            "random-first",
            Shape::Count { min: 0, max: 65_535 },
            "4",
            "Until a peer has this many pieces it chooses at random.",
        ),
        Key::default(
            "order",
            Shape::Choice(&["rarest-first", "random", "sequential"]),
            r#""rarest-first""#,
            "Order of pieces afterwards.",
        ),
        Key::default(
            "strict-priority",
            Shape::Flag,
            "true",
            "Whether a piece that a sender left comes before any new one; otherwise only where it is as rare.",
        ),
        Key::default(
            "prioritize-partials",
            Shape::Flag,
            "false",
            "Whether a peer with fewer than `random-first` pieces finishes what it has begun first, in the order of piece numbers.",
        ),
        Key::default(
            "end-game",
            Shape::Flag,
            "true",
            "Whether unchoked senders join pieces under way when nothing else is left to request.",
        ),
        Key::default(
            "strict-end-game",
            Shape::Flag,
            "false",
            "Whether a sender that joins in the end game is asked for one block at a time.",
        ),
        Key::default(
            "pipeline",
            Shape::Count { min: 1, max: 10_000 },
            "16",
            "Blocks requested ahead on a connection: its rate is at most pipeline × block ÷ round trip.",
        ),
        Key::default(
            "slow-piece",
            Shape::duration(MILLISECOND),
            r#""20 s""#,
            "A connection that would need longer than this for a piece shares it with others like it.",
        ),
        Key::default(
            "speed-average",
            Shape::Duration { min: SimDuration::from_secs(1), word: Some("none") },
            r#""none""#,
            "Window over which a client averages the speed of a connection, to tell fast from slow; `\"none\"`: it knows the rate of the moment.",
        ),
        Key::default(
            "contiguous",
            Shape::Flag,
            "false",
            "Whether a fast connection asks for neighbouring pieces too, as many as it brings within `slow-piece`.",
        ),
        Key::default(
            "store-and-forward",
            Shape::Flag,
            "true",
            "Whether a piece is passed on only when it is whole; otherwise each block is.",
        ),
        Key::default(
            "partial",
            Shape::Choice(&["keep", "drop"]),
            r#""keep""#,
            "Blocks of a piece whose sender stops are kept for another sender, or dropped.",
        ),
        Key::default(
            "queue",
            Shape::Duration { min: SimDuration::ZERO, word: Some("none") },
            r#""none""#,
            "A fast connection chooses its next piece when what it waits for would come within this time; `\"none\"`: when a piece is done.",
        ),
        Key::default(
            "retry",
            Shape::OneOf {
                alternatives: &[
                    Alternative { name: "at-once", payload: None, doc: "As soon as there is something to request." },
                    Alternative { name: "timed", payload: Some(Shape::Table(&TIMED)), doc: "Only now and then." },
                ],
                shorthand: None,
            },
            r#""at-once""#,
            "When an unchoked connection that found nothing to request looks again.",
        ),
        Key::default(
            "pipelining",
            Shape::Flag,
            "true",
            "Whether blocks are requested ahead; otherwise each is requested when the one before has come.",
        ),
        Key::default("start-lag", Shape::Flag, "true", "Whether an unchoke and the request that answers it take time."),
    ],
};

static TIMED: Table = Table {
    keys: &[
        Key::default("first", Shape::duration(0), r#""2 s""#, "For the first time so long after the last block."),
        Key::default("every", Shape::duration(100 * MILLISECOND), r#""5 s""#, "Then this often."),
    ],
};

static WIRE: Table = Table {
    keys: &[
        Key::default(
            "packet-header",
            Shape::Size { min: Bytes::ZERO, max: Bytes::new(1_000) },
            r#""52 B""#,
            "Header bytes per packet: IPv4 20, TCP 20, timestamps 12.",
        ),
        Key::default(
            "mtu",
            Shape::Size { min: Bytes::new(68), max: Bytes::new(65_535) },
            r#""1500 B""#,
            "Largest packet, headers included.",
        ),
        Key::default("packets-per-ack", Shape::Count { min: 1, max: 1_000 }, "2", "Data packets per acknowledgement."),
        Key::optional(
            "acknowledgement",
            Shape::Size { min: Bytes::ZERO, max: Bytes::new(1_000) },
            "the same as `packet-header`",
            "Bytes of an acknowledgement: its headers, with selective acknowledgements where packets are lost.",
        ),
        Key::default(
            "acknowledgements",
            Shape::Flag,
            "true",
            "Whether acknowledgements are charged to the uplink of who receives.",
        ),
        Key::default(
            "messages",
            Shape::Flag,
            "true",
            "Whether requests, HAVEs and block headers are charged to the access lines.",
        ),
    ],
};

static TCP: Table = Table {
    keys: &[
        Key::default(
            "shares",
            Shape::OneOf {
                alternatives: &[
                    Alternative { name: "equal", payload: None, doc: "Connections share a line equally." },
                    Alternative {
                        name: "log-normal",
                        payload: Some(Shape::Table(&LOG_NORMAL)),
                        doc: "In proportion to weights, drawn anew now and then.",
                    },
                ],
                shorthand: None,
            },
            r#""equal""#,
            "How the connections of a line share it.",
        ),
        Key::default(
            "messages",
            Shape::OneOf {
                alternatives: &[
                    Alternative { name: "at-once", payload: None, doc: "Messages take the propagation delay alone." },
                    Alternative {
                        name: "behind-data",
                        payload: Some(Shape::Table(&BEHIND_DATA)),
                        doc: "Messages wait behind the data of their connection, and in the queue of a full uplink.",
                    },
                ],
                shorthand: None,
            },
            r#""at-once""#,
            "What HAVE, INTERESTED, CHOKE, UNCHOKE and REQUEST messages wait for.",
        ),
    ],
};

static LOG_NORMAL: Table = Table {
    keys: &[
        Key::default(
            "sigma",
            Shape::Number { min: 0.0, max: 3.0, open: true },
            "0.7",
            "Standard deviation of a weight's logarithm.",
        ),
        Key::default("redraw", Shape::duration(100 * MILLISECOND), r#""30 s""#, "A weight is drawn anew this often."),
    ],
};

static BEHIND_DATA: Table = Table {
    keys: &[
        Key::default(
            "send-buffer",
            Shape::Size { min: Bytes::ZERO, max: Bytes::new(16 << 20) },
            r#""28960 B""#,
            "What fits into the send buffer of a connection that is sending; still delivered after a choke.",
        ),
        Key::default("queue", Shape::duration(0), r#""300 ms""#, "Time that the queue of a full uplink takes."),
    ],
};
