//! The services a scenario may name.

use super::client_server::{ClientServer, ClientServerSpec};
use super::file_swarming::{FileSwarming, FileSwarmingSpec};
use super::service::Service;
use crate::catalog::Alternative;

/// The service of an arm, resolved.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one per arm: its size does not matter")]
pub enum ServiceSpec {
    /// Peers swarm one file.
    FileSwarming(FileSwarmingSpec),
    /// Peers fetch one file from origin servers alone.
    ClientServer(ClientServerSpec),
}

/// All services, by name.
pub const CATALOG: &[Alternative] = &[
    Alternative {
        name: "client-server",
        summary: "every peer fetches the content from an origin server alone",
        reference: "Kumar & Ross 2006, section 2",
        needs: "",
    },
    Alternative {
        name: "file-swarming",
        summary: "peers exchange the pieces of one file as BitTorrent does",
        reference: "Cohen 2003; BEP 3",
        needs: "",
    },
];

impl ServiceSpec {
    /// Name in the catalog.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::FileSwarming(_) => "file-swarming",
            Self::ClientServer(_) => "client-server",
        }
    }

    /// The service, without peers.
    pub fn build(&self) -> Box<dyn Service> {
        match self {
            Self::FileSwarming(spec) => Box::new(FileSwarming::new(spec)),
            Self::ClientServer(spec) => Box::new(ClientServer::new(spec)),
        }
    }
}
