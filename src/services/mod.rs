//! What overlays are for: file swarming, and the client-server baseline.
//!
//! **May import**: `units`, `random`, `engine`, `metrics`, `bandwidth`, `overlay`, `selection`, `management`.

pub mod client_server;
pub mod file_swarming;

/// The service of an arm, resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceSpec {
    /// Peers swarm one file.
    FileSwarming(file_swarming::FileSwarmingSpec),
    /// Peers fetch one file from origin servers alone.
    ClientServer(client_server::ClientServerSpec),
}
