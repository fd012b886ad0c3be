//! `time_series.csv`.

use super::row;
use crate::units::TableSeconds;

row! {
    /// One row per run and sampling period.
    "time_series.csv" => TimeSeriesRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// Simulated time of the sample.
        time_s: TableSeconds,
        /// Peers present, initial seeds not counted.
        present: u32,
        /// Peers present that have everything, initial seeds not counted.
        complete: u32,
        /// Flows that carry payload.
        flows: u32,
        /// Pieces verified so far.
        pieces: u64,
        /// Payload bytes in verified pieces so far.
        verified_bytes: u64,
        /// Bytes on the wire that uplinks carried so far: payload with headers, acknowledgements and peer-wire messages, initial seeds included.
        uplink_bytes: u64,
    }
}
