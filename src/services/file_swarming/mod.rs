//! File swarming as `BitTorrent` does it.
//!
//! **What lives here.** [`FileSwarming`], a [`Service`](crate::services::Service): peers offer whole pieces, fetch them
//! rarest first, and choke by tit-for-tat.
//!
//! | file | idea |
//! | --- | --- |
//! | `spec`, `catalog` | what a scenario may ask |
//! | `swarm` | the state, and the service's events |
//! | `peers`, `masks`, `pieces`, `pools` | state per peer, per connection, per piece, per piece under way |
//! | `absence` | what peers keep while they are away |
//! | `interest` | who wants something from whom, and when news arrive |
//! | `choking`, `rounds` | who may download |
//! | `messages` | what peer-wire messages wait for |
//! | `shares` | how connections share a line |
//! | `requests` | which piece next |
//! | `beginners` | what a peer with few pieces works on |
//! | `speed` | how fast a client believes a connection to be |
//! | `busy_blocks` | one block more, where all has been asked for |
//! | `outstanding` | what a sender was asked for stays with it |
//! | `fallback` | what a stalled peer fetches from the origin |
//! | `super_seeding` | a seed that pretends to have nothing |
//! | `transfers` | flows of pieces, and the accounts they feed |
//! | `volume` | what a peer has sent up to an instant, looked at without touching anything |
//! | `overhead` | what protocols add to the payload |
//! | `budget` | where a peer's time goes |
//!
//! **Rule of the layout**: no event touches more than its own neighbourhood, and nothing polls. Nothing happens per block,
//! HAVE, interest or request. **Units**: payload in bytes, flows in nanobits (10^-9 bit) and bits per second.
//!
//! References: Cohen 2003 and BEP 3 (the protocol); `docs/models.md` for each default and its source.

mod absence;
mod beginners;
mod budget;
mod busy_blocks;
pub mod catalog;
mod choking;
mod fallback;
mod interest;
mod masks;
mod messages;
mod outstanding;
mod overhead;
mod peers;
mod pieces;
mod pools;
mod requests;
mod rounds;
mod shares;
mod spec;
mod speed;
mod super_seeding;
mod swarm;
#[cfg(test)]
mod tests;
mod transfers;
mod volume;

pub use spec::{
    ChokeOrder, ChokingSpec, FallbackSpec, FileSwarmingSpec, MessageDelay, Partial, PieceOrder, PiecesSpec, Refill,
    Retry, SeedOrder, SeedingSpec, Shares, TcpSpec, Ties, WireSpec,
};
pub use swarm::FileSwarming;
