//! Everything one run leaves behind.

use super::rows::{
    CostRow, IspRow, LinkRow, MessageRow, PeerRow, PerformanceRow, RunRow, TimeSeriesRow, TrafficMatrixRow,
};

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every peer that was to arrive has completed.
    AllComplete,
    /// The deadline came first.
    Deadline,
    /// No peer that is here or will come can ever complete: a piece is gone.
    PieceLost,
}

impl Ending {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllComplete => "all-complete",
            Self::Deadline => "deadline",
            Self::PieceLost => "piece-lost",
        }
    }
}

/// The rows of one run, every table in its own stated order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunOutcome {
    /// Scalars.
    pub run: RunRow,
    /// Per ISP with peers, seeds or traffic, by position.
    pub isps: Vec<IspRow>,
    /// Per peer, by identity.
    pub peers: Vec<PeerRow>,
    /// Samples, by time.
    pub time_series: Vec<TimeSeriesRow>,
    /// Largest entries first, then by AS numbers; the row `other` last.
    pub traffic_matrix: Vec<TrafficMatrixRow>,
    /// By AS numbers.
    pub links: Vec<LinkRow>,
    /// By positions of seller and buyer, transit before peering; empty without tariffs.
    pub costs: Vec<CostRow>,
    /// By names.
    pub messages: Vec<MessageRow>,
    /// Outside the byte-equality promise.
    pub performance: PerformanceRow,
    /// What the run approximates or noticed, one sentence each, for the report.
    pub notes: Vec<String>,
}
