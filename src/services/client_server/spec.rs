//! What a scenario may ask of the client-server service, resolved.

use crate::units::Bytes;

/// Every peer fetches the content from the origin servers alone (the scenario's initial seeds; peer `i` uses server
/// `i mod count`).
#[derive(Debug, Clone, PartialEq)]
pub struct ClientServerSpec {
    /// Size of the content.
    pub size: Bytes,
    /// Downloads a server serves at once, first come, first served; `None`: all.
    pub slots: Option<u32>,
}
