//! What a draw is for: draws of different purposes are independent.

/// The purpose of a draw. The numbers are part of the determinism promise: never renumber, only add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Order of simultaneous events.
    Rank = 1,
    /// Which access class a peer has.
    AccessClass = 2,
    /// Which AS a peer lives in.
    Placement = 3,
    /// When a peer arrives.
    Arrival = 4,
    /// How long a peer stays after completion.
    Lingering = 5,
    /// Phase of a peer's choke rounds.
    ChokePhase = 6,
    /// Generation of an AS graph.
    Underlay = 7,
    /// Which AS an initial seed lives in.
    SeedPlacement = 8,
    /// Sampling and shuffling of a server's answers.
    ListSample = 9,
    /// Service time of a server's request.
    ServiceTime = 10,
    /// Optimistic unchoking.
    OptimisticUnchoke = 11,
    /// Ties in the order of unchoking.
    ChokeTie = 12,
    /// Random-first piece choice and ties of rarest-first.
    PieceChoice = 13,
    /// Jitter of retries.
    Retry = 14,
    /// Tests and benches.
    Test = 15,
    /// A connection's share of a line, and when it is drawn anew.
    TcpShare = 16,
    /// How long a peer's n-th session is.
    Session = 17,
    /// How long a peer is away after its n-th session.
    Gap = 18,
    /// How long a peer waits for its completion.
    Patience = 19,
    /// Who is there when a stationary population starts, and what is left of the life under way.
    StationaryStart = 20,
    /// Destinations that stand for all in a survey of an AS graph.
    Survey = 40,
    /// The host part of a peer's address, and its port.
    Address = 41,
}
