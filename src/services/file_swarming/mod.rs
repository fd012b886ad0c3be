//! File swarming as BitTorrent does it.

mod spec;

pub use spec::{ChokeOrder, ChokingSpec, FileSwarmingSpec, PieceOrder, PiecesSpec, SeedOrder, SeedingSpec, WireSpec};
