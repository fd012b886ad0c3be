//! `traffic_matrix.csv` and `links.csv`.

use super::row;
use crate::units::TableSeconds;

row! {
    /// Payload bytes per ordered pair of ASes: the largest entries of a run, then one row `other` that makes the sum exact.
    "traffic_matrix.csv" => TrafficMatrixRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// AS number of the senders, or `other`.
        source_as: String,
        /// AS number of the receivers, or `other`.
        destination_as: String,
        /// Payload bytes.
        bytes: u64,
        /// AS pairs in this row: 1, or how many the row `other` stands for.
        pairs: u64,
    }
}

row! {
    /// One row per run and direction of an inter-AS link that carried payload.
    "links.csv" => LinkRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// AS number at the sending end.
        from_as: u32,
        /// AS number at the receiving end.
        to_as: u32,
        /// What the direction is: `transit-up` (customer to provider), `transit-down` or `peering`.
        kind: String,
        /// Whether both ends belong to one ISP.
        same_isp: bool,
        /// Payload bytes.
        bytes: u64,
        /// Mean rate over the run, bits per second.
        mean_bps: Option<f64>,
        /// Capacity, bits per second; empty when the link is not limited.
        capacity_bps: Option<u64>,
        /// Time in which it was full, so that its capacity slowed somebody down; empty when the link is not limited.
        full_s: Option<TableSeconds>,
        /// 95th percentile of its 5-minute samples, bits per second; only for links between ISPs in a scenario with tariffs, and from 20 samples on.
        p95_bps: Option<u64>,
    }
}
