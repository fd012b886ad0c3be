//! `performance.csv`.

use super::row;

row! {
    /// What a run cost on this machine: the only table outside the byte-equality promise.
    "performance.csv" => PerformanceRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// Wall-clock seconds of the run on its thread.
        wall_s: f64,
        /// Events taken from the schedule.
        events: u64,
        /// Pieces verified per second of the run's thread.
        pieces_per_second: Option<f64>,
        /// Bytes of the run's largest tables, as estimated by the world that held them.
        state_bytes: u64,
    }
}
