//! `costs.csv`.

use super::row;
use crate::units::TableMoney;

row! {
    /// One row per run and contract: what an ISP pays another one, and why. Every contract with a link on a route between ASes in use is there, in every arm. Only the header where the scenario has no tariff.
    "costs.csv" => CostRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// Name of the ISP that pays.
        buyer: String,
        /// Class of the ISP that pays: `tier-1` (sells transit, buys none), `transit` (sells and buys) or `stub` (sells none).
        buyer_class: String,
        /// Name of the ISP that is paid.
        seller: String,
        /// Class of the ISP that is paid.
        seller_class: String,
        /// Kind of the links: `transit` (the seller is the provider) or `peering`.
        links: String,
        /// Name of the tariff.
        tariff: String,
        /// Terms of the tariff: `percentile`, `flat`, `per-volume` or `settlement-free`.
        terms: String,
        /// How the two directions become one: `higher`, `average` or `sum`; empty where that does not matter.
        direction: Option<String>,
        /// Whole 5-minute samples inside the window of measurement.
        samples: u32,
        /// Payload bytes from the buyer to the seller inside the window of measurement.
        out_bytes: u64,
        /// Payload bytes from the seller to the buyer inside the window of measurement.
        in_bytes: u64,
        /// 95th percentile of the samples from the buyer to the seller, bits per second; empty below 20 samples.
        p95_out_bps: Option<u64>,
        /// 95th percentile of the samples from the seller to the buyer, bits per second; empty below 20 samples.
        p95_in_bps: Option<u64>,
        /// Level that the simulated time by itself is billed at, bits per second; empty for other terms than `percentile` and below 20 samples.
        billed_bps: Option<u64>,
        /// Level that a month is billed at, bits per second; empty where the scenario does not say how a month is made.
        month_billed_bps: Option<u64>,
        /// Volume that a month is billed for; empty for other terms than `per-volume`, and where the scenario does not say how a month is made.
        month_billed_bytes: Option<u64>,
        /// What a month costs whatever is carried: a flat fee, the committed level.
        fixed_per_month: TableMoney,
        /// What the volume of the simulated time costs; empty for other terms than `per-volume`.
        volume_cost: Option<TableMoney>,
        /// What a month costs; empty where it depends on the traffic and the scenario does not say how a month is made, or there are fewer than 20 samples.
        paid_per_month: Option<TableMoney>,
        /// Currency of all amounts (ISO 4217); empty where no tariff has a price.
        currency: String,
    }
}
