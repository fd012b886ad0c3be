//! `peers.csv`.

use super::row;
use crate::units::TableSeconds;

row! {
    /// One row per run and peer, initial seeds and origin servers included.
    "peers.csv" => PeerRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// The peer's identity: its place in the order of arrivals, or among the peers of a file of hosts or sessions; or the number of the initial seed or cache.
        peer: u32,
        /// `peer`, `free-rider` (a peer that never uploads), `seed`, `cache` or `origin`.
        role: String,
        /// Number of its AS.
        as_number: u32,
        /// Name of its ISP.
        isp: String,
        /// Name of its access class; empty for seeds and caches that are no hosts of a file.
        access: Option<String>,
        /// Uplink, bits per second on the wire.
        up_bps: u64,
        /// Downlink, bits per second on the wire.
        down_bps: u64,
        /// Time of arrival.
        arrival_s: TableSeconds,
        /// Time from arrival to its first connection.
        first_connection_s: Option<TableSeconds>,
        /// Time from arrival to its first verified piece.
        first_piece_s: Option<TableSeconds>,
        /// Time from its first arrival to its last verified piece, absences included; empty when censored.
        completion_s: Option<TableSeconds>,
        /// Time from its first arrival to its last departure; empty when it was there at the end.
        stay_s: Option<TableSeconds>,
        /// Pieces it verified.
        pieces: u32,
        /// Payload bytes received, duplicates and partial pieces included.
        downloaded_bytes: u64,
        /// Payload bytes received from peers of the same ISP.
        downloaded_local_bytes: u64,
        /// Payload bytes received twice.
        duplicate_bytes: u64,
        /// Payload bytes sent.
        uploaded_bytes: u64,
        /// Connections it ever had.
        connections: u32,
        /// Connections it ever had to other ISPs.
        connections_external: u32,
        /// Peers of other ISPs with which it exchanged payload, initial seeds not counted; one that was met again counts again.
        partners_external: u32,
        /// Before completion: seconds in which no neighbour had anything it lacked.
        nothing_wanted_s: TableSeconds,
        /// Before completion: seconds in which every neighbour that had something choked it.
        choked_s: TableSeconds,
        /// Before completion: seconds in which it was unchoked and nothing flowed.
        waiting_s: TableSeconds,
        /// Before completion: seconds in which its own downlink was the limit.
        downlink_bound_s: TableSeconds,
        /// Before completion: seconds in which its senders' uplinks (or links between ISPs) were the limit.
        uplink_bound_s: TableSeconds,
        /// Whether it arrived inside the window of measurement, so that `runs.csv` counts its times; never for initial seeds.
        measured: bool,
        /// Payload bytes fetched from initial seeds directly, while the swarm sent nothing (`fallback`).
        fallback_bytes: u64,
        /// Sessions it has begun; one more for each time it came again.
        sessions: u32,
        /// Time in which it was there, all sessions together.
        online_s: TableSeconds,
        /// Whether it left for good before it had everything: premature departure.
        left_early: bool,
        /// Peers of the replication that live in its AS, itself included if it is one, whenever they arrive; equal in all arms.
        as_peers: u32,
    }
}

impl PeerRow {
    /// Whether it came to download: neither seed, cache nor origin.
    pub fn downloads(&self) -> bool {
        matches!(self.role.as_str(), "peer" | "free-rider")
    }
}
