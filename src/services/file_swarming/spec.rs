//! What a scenario may ask of file swarming, resolved. `docs/models.md` gives the source of each default.

use crate::units::{Bytes, SimDuration};

/// The swarm of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSwarmingSpec {
    /// Size of the content.
    pub size: Bytes,
    /// Size of a piece; the last one may be shorter.
    pub piece: Bytes,
    /// Size of a block, the unit of requests.
    pub block: Bytes,
    /// Who uploads to whom.
    pub choking: ChokingSpec,
    /// How a peer that has everything chooses receivers.
    pub seeding: SeedingSpec,
    /// Which piece is requested next.
    pub pieces: PiecesSpec,
    /// What protocols add to the payload.
    pub wire: WireSpec,
    /// How connections share a line, and what messages wait for.
    pub tcp: TcpSpec,
    /// What a peer does when the swarm sends it nothing; `None`: it waits.
    pub fallback: Option<FallbackSpec>,
}

/// Fallback of a stalled peer to the origin: the initial seeds, which then send to it outside their upload slots.
#[derive(Debug, Clone, PartialEq)]
pub struct FallbackSpec {
    /// A peer is stalled when nobody has been sending to it for so long.
    pub after: SimDuration,
}

/// Choking of peers that still download.
#[derive(Debug, Clone, PartialEq)]
pub struct ChokingSpec {
    /// Regular upload slots, given by reciprocation.
    pub slots: u32,
    /// Optimistic slots besides.
    pub optimistic: u32,
    /// Time between choke rounds, and the window over which reciprocation is measured.
    pub round: SimDuration,
    /// An optimistic unchoke lasts this many rounds.
    pub optimistic_rounds: u32,
    /// Whether the optimistic slots are given by turns; otherwise they are given as the regular ones are.
    pub optimistic_unchoke: bool,
    /// Whether rounds give slots anew; otherwise a slot is kept until it is given up.
    pub rounds: bool,
    /// What becomes of a slot between rounds.
    pub refill: Refill,
    /// How interested neighbours are ordered.
    pub order: ChokeOrder,
    /// What decides between neighbours of equal merit.
    pub ties: Ties,
}

/// What decides between neighbours of equal merit at a peer that still downloads. Seeds go by turns in any case; there
/// `LastingLot` decides between equal turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// Chance, anew in each round.
    Lot,
    /// Chance, once and for all: whoever wins a tie wins it again. The original client sorts pairs of rate and connection, so
    /// that equal rates go by the connection's place in memory (`BitTorrent` 3, `Choker.py`, `_rechoke`).
    LastingLot,
    /// As at a seed: who is being served, most served first, then whose last unchoke is longest ago; for the optimistic
    /// slot, who connected first (libtorrent `choker.cpp`).
    Turn,
}

/// What becomes of a slot that is free between rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refill {
    /// A slot given up is filled at once, and a newly interested neighbour takes a free one at once.
    AtOnce,
    /// A newly interested neighbour takes a free slot at once; a slot given up causes a choke round at the peer's next
    /// full second, and the clock of rounds starts again there (libtorrent `trigger_unchoke`).
    NextSecond,
    /// It stays empty until the next round.
    AtRound,
}

/// Order of unchoking by a peer that still downloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChokeOrder {
    /// Most bytes received from it in the last window first.
    TitForTat,
    /// At random, drawn anew each round.
    Random,
}

/// Choking of seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedingSpec {
    /// Regular upload slots of a seed.
    pub slots: u32,
    /// How a seed orders interested neighbours.
    pub order: SeedOrder,
    /// Round-robin: a receiver keeps its slot until it got this many pieces …
    pub quota_pieces: u32,
    /// … and had the slot for this long.
    pub quota_time: SimDuration,
    /// Whether initial seeds show each neighbour one piece at a time (BEP 16).
    pub super_seeding: bool,
}

/// Order of unchoking by a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedOrder {
    /// Who waited longest, once a receiver has used up its quota.
    RoundRobin,
    /// To whom most bytes were sent in the last window.
    FastestFirst,
    /// Who has just begun or is nearly done: whose share of the content is furthest from a half (Chow et al. 2008).
    AntiLeech,
    /// At random, drawn anew each round.
    Random,
}

/// Piece selection.
#[derive(Debug, Clone, PartialEq)]
pub struct PiecesSpec {
    /// Until a peer has this many pieces it chooses at random.
    pub random_first: u32,
    /// Afterwards.
    pub order: PieceOrder,
    /// Whether a piece under way comes before any new one (Cohen 2003, 2.4.1); otherwise only where it is as rare.
    pub strict_priority: bool,
    /// Whether a peer with fewer than `random_first` pieces finishes what it has begun first, in the order of piece numbers.
    pub prioritize_partials: bool,
    /// Whether unchoked senders join pieces under way when nothing else is left to request.
    pub end_game: bool,
    /// Whether a sender that joins in the end game is asked for one block at a time.
    pub strict_end_game: bool,
    /// Blocks requested ahead on a connection: its rate is at most pipeline × block ÷ round trip.
    pub pipeline: u32,
    /// A connection that would need longer than this for a piece shares it with other such connections.
    pub slow_piece: SimDuration,
    /// Window over which a client averages the speed of a connection; `None`: it knows the rate of the moment.
    pub speed_average: Option<SimDuration>,
    /// Whether a fast connection asks for neighbouring pieces too, as many as it will bring within `slow_piece`.
    pub contiguous: bool,
    /// Whether a piece is passed on only when it is whole; otherwise each block is, as if it were a piece.
    pub store_and_forward: bool,
    /// What becomes of the blocks of a piece that its sender stops sending.
    pub partial: Partial,
    /// A fast connection asks for its next piece when what it waits for would come within this time; `None`: when a piece
    /// is done.
    pub queue: Option<SimDuration>,
    /// When an unchoked connection with nothing to request looks again.
    pub retry: Retry,
    /// Whether blocks are requested ahead; otherwise each is requested when the one before has come.
    pub pipelining: bool,
    /// Whether an unchoke and the request that answers it take their time; otherwise data flow at once.
    pub start_lag: bool,
}

/// When an unchoked connection that found nothing to request looks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// As soon as there is something: a new piece at the other end, a piece given up by another.
    AtOnce,
    /// Only now and then, at the peer's full seconds (libtorrent `second_tick`).
    Timed {
        /// For the first time so long after the last block.
        first: SimDuration,
        /// Then this often.
        every: SimDuration,
    },
}

/// What becomes of the blocks of a piece that its sender stops sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partial {
    /// They are kept: another sender goes on, and several may send one piece.
    Keep,
    /// They are lost: a piece comes as a whole from one sender, or not at all.
    Drop,
}

/// Order of pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceOrder {
    /// Fewest copies among the neighbours first, ties at random.
    RarestFirst,
    /// At random.
    Random,
    /// By index.
    Sequential,
}

/// What protocols add to the payload on the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct WireSpec {
    /// Header bytes per packet.
    pub packet_header: Bytes,
    /// Largest packet, headers included.
    pub mtu: Bytes,
    /// Data packets per acknowledgement, at least 1.
    pub packets_per_ack: u32,
    /// Bytes of an acknowledgement.
    pub acknowledgement: Bytes,
    /// Whether acknowledgements are charged to the uplink of who receives.
    pub acknowledgements: bool,
    /// Whether requests, HAVEs and block headers are charged to the access lines.
    pub messages: bool,
}

impl WireSpec {
    /// Nothing is added to the payload.
    pub const NONE: Self = Self {
        packet_header: Bytes::ZERO,
        mtu: Bytes::new(1_500),
        packets_per_ack: 2,
        acknowledgement: Bytes::ZERO,
        acknowledgements: false,
        messages: false,
    };
}

/// What TCP does to connections.
#[derive(Debug, Clone, PartialEq)]
pub struct TcpSpec {
    /// How the connections of a line share it.
    pub shares: Shares,
    /// What messages wait for.
    pub messages: MessageDelay,
}

/// How the connections that share a line divide it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shares {
    /// Equally.
    Equal,
    /// In proportion to weights that are log-normally distributed.
    LogNormal {
        /// Standard deviation of a weight's logarithm.
        sigma: f64,
        /// A connection's weight is drawn anew this often.
        redraw: SimDuration,
    },
}

/// What peer-wire messages wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageDelay {
    /// Propagation alone.
    AtOnce,
    /// Propagation, and the data before them: in the connection's send buffer, and in the queue of a full uplink. What
    /// is in the send buffer when a peer is choked is still delivered.
    BehindData {
        /// What fits into the send buffer of a connection that is sending.
        send_buffer: Bytes,
        /// Time that the queue of a full uplink takes.
        queue: SimDuration,
    },
}
