//! `messages.csv`.

use super::row;

row! {
    /// Control messages per run, kind of sender, kind of receiver and type.
    "messages.csv" => MessageRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// Kind of sender: `peer`, `tracker`, `oms`, `unis` …
        from: String,
        /// Kind of receiver.
        to: String,
        /// Type of message.
        message: String,
        /// Messages sent.
        messages: u64,
        /// Bytes sent.
        bytes: u64,
        /// Messages lost: the server was down, or the receiver gone.
        lost: u64,
        /// Mean time from sending until the receiver took it up, queueing at the server included; empty when none was.
        delay_mean_s: Option<f64>,
    }
}
