//! The overlay: who is present and who is connected to whom, as plain arrays. Knows no piece, no choke.
//!
//! **What lives here.** [`Overlay`]: dense peer slots with generations, and an arena of *half connections*: each end
//! of a connection has a [`ConnId`] of its own, stable while the connection lasts. A connection is bit `id % 64` of
//! word `id / 64`, and every word belongs to one peer: a service keeps what it needs per connection in parallel arrays
//! indexed by [`ConnId`], and masks indexed by word. An ordinary peer owns one word (at most 64 connections), a large
//! one (an origin server) several, behind the same interface.
//!
//! **Limits**: fewer than 2^32 half connections. **May import**: `units`. **Goes next**: `services` and `world`.

mod arena;
mod bits;

pub use arena::{ConnId, Overlay};
pub use bits::Bits;
