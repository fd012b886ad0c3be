//! The client-server baseline: every peer fetches the content from an origin server alone, a thousand flows on one uplink.
//!
//! **Model.** The origin's uplink and the clients' downlinks are shared max-min fairly, wire bits without overhead. With
//! everybody there at once the last download ends at `max(N·F/u_s`, `F/d_min`) (Kumar & Ross 2006, section 2).

mod service;
mod spec;

pub use service::ClientServer;
pub use spec::ClientServerSpec;
