//! `isps.csv`.

use super::{Row, row};
use crate::units::TableMoney;

row! {
    /// One row per run and ISP: winners and losers.
    "isps.csv" => IspRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// Position of the ISP in the underlay.
        isp: u32,
        /// Name of the ISP.
        name: String,
        /// Number of ASes it owns.
        ases: u32,
        /// Measured peers of it: those that arrived inside the window of measurement. Bytes are over the whole run and everybody.
        peers: u32,
        /// Measured peers of it that completed.
        peers_completed: u32,
        /// Measured peers of it that did not complete.
        peers_censored: u32,
        /// Mean completion time of its measured peers that completed.
        completion_mean_s: Option<f64>,
        /// Payload bytes received in it from other ISPs.
        in_bytes: u64,
        /// Payload bytes sent from it to other ISPs.
        out_bytes: u64,
        /// Payload bytes between its own peers.
        local_bytes: u64,
        /// The part of local_bytes that stayed within one AS.
        same_as_bytes: u64,
        /// local_bytes ÷ (local_bytes + in_bytes).
        local_share: Option<f64>,
        /// in_bytes ÷ size of the content: copies that entered (ISP redundancy).
        redundancy: Option<f64>,
        /// Bytes that entered over links from its providers, transit traffic of its customers included.
        provider_in_bytes: u64,
        /// Bytes that left over links to its providers.
        provider_out_bytes: u64,
        /// Bytes that entered over peering links.
        peering_in_bytes: u64,
        /// Bytes that left over peering links.
        peering_out_bytes: u64,
        /// Bytes that entered over links from its customers.
        customer_in_bytes: u64,
        /// Bytes that left over links to its customers.
        customer_out_bytes: u64,
        /// Where it stands in the hierarchy of transit: `tier-1` (sells transit, buys none), `transit` (sells and buys) or `stub` (sells none).
        class: String,
        /// What it pays other ISPs in a month, in the scenario's currency; empty without tariffs, and where one of its bills is not known.
        paid_per_month: Option<TableMoney>,
        /// What other ISPs pay it in a month; empty likewise.
        received_per_month: Option<TableMoney>,
    }
}

impl IspRow {
    /// Columns that say which run and ISP it was, and are no metrics.
    pub const IDENTITY_COLUMNS: [&'static str; 5] = ["arm", "replication", "isp", "name", "class"];

    /// The names of its numeric columns, in order.
    pub fn metric_names() -> impl Iterator<Item = &'static str> {
        Self::COLUMNS.iter().map(|column| column.name).filter(|name| !Self::IDENTITY_COLUMNS.contains(name))
    }
}
