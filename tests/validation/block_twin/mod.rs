//! The slow block-by-block twin of the crate's swarm model: partial-piece pools against blocks.
//!
//! **What lives here.** An independent simulator of one swarm in which every block, REQUEST, PIECE, CANCEL, CHOKE, UNCHOKE,
//! INTERESTED and HAVE is an event. It shares nothing with `services::file_swarming` but the specification types, so
//! that both can be given the same setting; it is written to be read, not to be fast (a second per run).
//!
//! | file | idea |
//! | --- | --- |
//! | `setting` | hosts, rules, mechanisms that can be switched |
//! | `fair` | rates: progressive filling |
//! | `swarm` | the state and the clock |
//! | `wires` | flows of blocks, and how long messages take |
//! | `client` | what a peer does with a message |
//! | `picker` | which blocks are asked for next |
//! | `choker` | who may download |
//! | `result` | what a run leaves behind |
//! | `measured` | the four measured swarms |
//! | `against_pools` | the crate on the same scenarios |
//! | `table` | tables for the docs |
//!
//! **Rates** are weighted max-min over uplinks and downlinks among connections with a block to send. **Rules** of the client
//! are facts of libtorrent 2.0.8 (`request_blocks.cpp`, `piece_picker.cpp`, `choker.cpp`, `peer_connection.cpp`,
//! `session_impl.cpp`). Not modelled: snubbing, hash checks, disk, lost packets.

mod against_pools;
mod choker;
mod client;
mod fair;
mod measured;
mod picker;
mod result;
mod setting;
mod swarm;
mod table;
mod wires;
