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
    /// How interested neighbours are ordered.
    pub order: ChokeOrder,
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
}

/// Order of unchoking by a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedOrder {
    /// Who waited longest, once a receiver has used up its quota.
    RoundRobin,
    /// To whom most bytes were sent in the last window.
    FastestFirst,
}

/// Piece selection.
#[derive(Debug, Clone, PartialEq)]
pub struct PiecesSpec {
    /// Until a peer has this many pieces it chooses at random.
    pub random_first: u32,
    /// Afterwards.
    pub order: PieceOrder,
    /// Whether unchoked senders join pieces under way when nothing else is left to request.
    pub end_game: bool,
    /// Blocks requested ahead on a connection: its rate is at most pipeline × block ÷ round trip.
    pub pipeline: u32,
    /// A connection that would need longer than this for a piece shares it with other such connections.
    pub slow_piece: SimDuration,
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
    /// Data packets per acknowledgement; 0: acknowledgements are not charged.
    pub packets_per_ack: u32,
    /// Whether requests, HAVEs and block headers are charged to the access lines.
    pub messages: bool,
}
