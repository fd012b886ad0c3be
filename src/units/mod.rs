//! Quantities and identities every other room speaks in.
//!
//! **What lives here.** Whole-nanosecond [`SimTime`] and [`SimDuration`], [`Bytes`], [`BitRate`], [`Share`], [`Money`], the
//! `u32` identity newtypes, and their text forms (`"50 ms"`, `"256 KiB"`, `"10 Mbit/s"`, `"40 %"`, `"0.85 EUR per Mbit/s"`).
//!
//! **May import**: nothing of the house (floor 0). **Goes next**: everywhere.
//!
//! Every quantity is an integer. Text is parsed by exact decimal arithmetic: `"0.3 Mbit/s"` is 300,000 bit/s, and a
//! value that is not a whole number of the base unit (a nanosecond, a byte, a bit per second) is refused, never
//! rounded.

mod bytes;
mod identity;
mod money;
mod rate;
mod share;
mod text;
mod time;

pub use bytes::Bytes;
pub use identity::{AsIndex, AsNumber, Identity, IspIndex, PeerRef, PeerSlot};
pub use money::{Amount, Currency, Money, RatePrice, TableMoney, VolumePrice};
pub use rate::BitRate;
pub use share::Share;
pub use text::QuantityError;
pub use time::{SimDuration, SimTime, TableSeconds};
