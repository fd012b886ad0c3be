//! What is compared, defined once for both sides.

use std::collections::BTreeMap;

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::PeerRow;

/// A figure of a swarm. Predicted and measured are the same quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quantity {
    /// Mean over leechers of completion − own arrival.
    Mean,
    /// Median of the same.
    Median,
    /// Last completion − first arrival.
    Last,
    /// Wire bytes sent by all uplinks from the first arrival to the first completion ÷ what they could have sent.
    UtilisationToFirstCompletion,
    /// The same in the first minute after the first arrival.
    UtilisationFirstMinute,
    /// Payload received from the other ISPs ÷ payload received, by the downloaders' accounts.
    InterIspShare,
    /// Payload received from the initial seeds ÷ size of the file.
    SeedCopies,
    /// Share of the seeds' payload that the eight receivers with most of it took.
    SeedTop8,
    /// Mean over leechers of first verified piece − own arrival.
    FirstPieceMean,
    /// First piece verified by any leecher − first arrival.
    FirstPieceAnywhere,
    /// Other leechers in another ISP with whom a payload byte was exchanged, mean over leechers.
    ExternalPartners,
    /// Payload received twice ÷ payload received.
    DuplicateShare,
}

impl Quantity {
    /// All, in the order of the tables.
    pub(super) const ALL: [Self; 12] = [
        Self::Mean,
        Self::Median,
        Self::Last,
        Self::UtilisationToFirstCompletion,
        Self::UtilisationFirstMinute,
        Self::InterIspShare,
        Self::SeedCopies,
        Self::SeedTop8,
        Self::FirstPieceMean,
        Self::FirstPieceAnywhere,
        Self::ExternalPartners,
        Self::DuplicateShare,
    ];

    /// Its name in tables, and its unit.
    pub(super) const fn name_and_unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Mean => ("mean completion", "s"),
            Self::Median => ("median completion", "s"),
            Self::Last => ("last completion", "s"),
            Self::UtilisationToFirstCompletion => ("utilisation to first completion", "share"),
            Self::UtilisationFirstMinute => ("utilisation in first minute", "share"),
            Self::InterIspShare => ("inter-ISP share", "share"),
            Self::SeedCopies => ("copies sent by seed", "copies"),
            Self::SeedTop8 => ("seed's bytes to best-fed 8", "share"),
            Self::FirstPieceMean => ("mean first piece", "s"),
            Self::FirstPieceAnywhere => ("first piece outside the seed", "s"),
            Self::ExternalPartners => ("external partners", "peers"),
            Self::DuplicateShare => ("duplicate share", "share"),
        }
    }
}

/// The figures of one run or repetition that are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures(BTreeMap<Quantity, f64>);

impl Figures {
    pub(super) fn set(&mut self, quantity: Quantity, value: f64) {
        self.0.insert(quantity, value);
    }

    fn set_known(&mut self, quantity: Quantity, value: Option<f64>) {
        if let Some(value) = value {
            self.set(quantity, value);
        }
    }

    pub(super) fn get(&self, quantity: Quantity) -> Option<f64> {
        self.0.get(&quantity).copied()
    }
}

/// The figures of a simulated run.
pub(super) fn of_run(outcome: &RunOutcome, isps: u32) -> Figures {
    let run = &outcome.run;
    let leechers: Vec<&PeerRow> = outcome.peers.iter().filter(|peer| peer.role == "peer").collect();
    let seconds = |peer: &PeerRow| peer.completion_s.map(|time| time.0.as_secs_f64());
    let mut figures = Figures::default();
    figures.set_known(Quantity::Mean, run.completion_mean_s);
    let times: Vec<f64> = leechers.iter().filter_map(|peer| seconds(peer)).collect();
    if !times.is_empty() {
        figures.set(Quantity::Median, median(times));
    }
    figures.set_known(Quantity::Last, run.last_completion_s);
    if isps > 1 {
        figures.set_known(Quantity::InterIspShare, run.inter_isp_share);
        let partners: u32 = leechers.iter().map(|peer| peer.partners_external).sum();
        figures.set(Quantity::ExternalPartners, f64::from(partners) / leechers.len() as f64);
    }
    figures.set_known(Quantity::SeedCopies, run.seed_copies);
    let mut of_seed: Vec<u64> = leechers.iter().map(|peer| peer.downloaded_from_seeds_bytes).collect();
    figures.set(Quantity::SeedTop8, top8(&mut of_seed));
    figures.set_known(Quantity::FirstPieceMean, run.first_piece_mean_s);
    let first_arrival = leechers.iter().map(|peer| peer.arrival_s.0.as_secs_f64()).fold(f64::INFINITY, f64::min);
    let first_piece = leechers
        .iter()
        .filter_map(|peer| Some(peer.arrival_s.0.as_secs_f64() + peer.first_piece_s?.0.as_secs_f64()))
        .fold(f64::INFINITY, f64::min);
    if first_piece.is_finite() {
        figures.set(Quantity::FirstPieceAnywhere, first_piece - first_arrival);
    }
    figures.set_known(Quantity::DuplicateShare, run.duplicate_share);
    figures
}

/// The middle value, or the mean of the two middle ones.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// Share of the sum that the eight largest make up.
pub(super) fn top8(bytes: &mut [u64]) -> f64 {
    bytes.sort_unstable_by(|a, b| b.cmp(a));
    bytes.iter().take(8).sum::<u64>() as f64 / bytes.iter().sum::<u64>() as f64
}
