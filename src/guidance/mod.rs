//! What an ISP *tells* about its network. Guidance is never the truth by construction: it has an age.
//!
//! **What lives here.** [`NetworkView`]: what a provider looks at; [`NetworkInformation`]: the provider's rows, each
//! computed once; [`CostRow`]: distances from one AS, the form in which they travel in messages.
//!
//! **Model.** Distance is the number of inter-AS links on the route, as a byte; beside it whether the two ASes belong
//! to one ISP. Who asks for [`Details`] is also told one-way delays in microseconds and the [`WayOut`]: on which kind of
//! link the route leaves the asking AS's ISP. A provider tells everything it sees, without error; what is stale is stale
//! because a copy is old.
//!
//! **Limits.** One provider sees the routes of all ASes (real ISPs see their own). Routes do not change in a run.
//! A row holds 2 bytes per AS (7 with all details), so all rows of 5,000 ASes in use take 50 MB: `NetworkInformation` makes only rows that
//! are asked for.
//!
//! **References.** ISO/IEC TR 20002, 8.2.4 (the server that knows the underlying network); Aggarwal, Feldmann,
//! Scheideler (2007); RFC 7285 for what a real interface of this kind looks like, RFC 9439 for its delays.
//!
//! **May import**: `units`, `underlay`. **Goes next**: `management`'s UNIS answers with it.

mod cost;
mod network_information;
mod view;

pub use cost::{CostRow, Details, WayOut};
pub use network_information::NetworkInformation;
pub use view::{NetworkView, cost_row};
