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
    /// Wire bytes sent by all uplinks ÷ what they could have sent, from second 4 of the run's clock to the last whole
    /// second before the first completion.
    ///
    /// This is what `util_to_first_done_all` of `summary.json` is: times the capacity and a whole number of seconds, and
    /// only that, it is a whole number of bytes in all twelve repetitions; the number of seconds is by 4.3 to 5.7 below the
    /// first completion's time; and the totals of `peers.csv` leave no room for a window that begins at 0.
    UtilisationToFirstCompletion,
    /// The same from 0 to 60 s of the run's clock. Measured as the README of the data says; the files do not tell.
    UtilisationFirstMinute,
    /// Payload received from the other ISPs ÷ payload received, by the downloaders' accounts.
    InterIspShare,
    /// Payload received from the initial seeds ÷ size of the file.
    SeedCopies,
    /// Payload received from caches ÷ size of the file.
    CacheCopies,
    /// Share of the payload of seeds and caches that the eight receivers with most of it took.
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
    pub(super) const ALL: [Self; 13] = [
        Self::Mean,
        Self::Median,
        Self::Last,
        Self::UtilisationToFirstCompletion,
        Self::UtilisationFirstMinute,
        Self::InterIspShare,
        Self::SeedCopies,
        Self::CacheCopies,
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
            Self::CacheCopies => ("copies sent by caches", "copies"),
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
pub(super) struct Figures {
    pub(super) values: BTreeMap<Quantity, f64>,
    /// Leechers that did not complete.
    pub(super) censored: u64,
}

impl Figures {
    pub(super) fn set(&mut self, quantity: Quantity, value: f64) {
        self.values.insert(quantity, value);
    }

    fn set_known(&mut self, quantity: Quantity, value: Option<f64>) {
        if let Some(value) = value {
            self.set(quantity, value);
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.values.extend(other.values);
        self.censored += other.censored;
    }

    pub(super) fn get(&self, quantity: Quantity) -> Option<f64> {
        self.values.get(&quantity).copied()
    }
}

/// What a run's figures need to know of the set-up.
#[derive(Debug, Clone)]
pub(super) struct SetUp {
    pub(super) isps: u32,
    /// Second of the simulation at which the measurement's clock shows 0.
    pub(super) zero: f64,
    /// Bytes per second of all uplinks.
    pub(super) uplinks: f64,
    /// For each downloading host, in the order of identities: whether times are over it.
    pub(super) counted: Vec<bool>,
}

/// The figures of a simulated run.
pub(super) fn of_run(outcome: &RunOutcome, set_up: &SetUp) -> Figures {
    let run = &outcome.run;
    let leechers: Vec<&PeerRow> = outcome.peers.iter().filter(|peer| peer.downloads()).collect();
    let counted: Vec<&PeerRow> =
        leechers.iter().zip(&set_up.counted).filter(|(_, counted)| **counted).map(|(peer, _)| *peer).collect();
    let arrival = |peer: &PeerRow| peer.arrival_s.0.as_secs_f64();
    let times: Vec<(f64, f64)> =
        counted.iter().filter_map(|peer| Some((arrival(peer), peer.completion_s?.0.as_secs_f64()))).collect();
    let first_arrival = |of: &[&PeerRow]| of.iter().map(|peer| arrival(peer)).fold(f64::INFINITY, f64::min);
    let mut figures = Figures { censored: (counted.len() - times.len()) as u64, ..Figures::default() };
    if !times.is_empty() {
        figures.set(Quantity::Mean, times.iter().map(|(_, time)| time).sum::<f64>() / times.len() as f64);
        figures.set(Quantity::Median, median(times.iter().map(|(_, time)| *time).collect()));
        let ends = || times.iter().map(|(arrival, time)| arrival + time);
        figures.set(Quantity::Last, ends().fold(0.0, f64::max) - first_arrival(&counted));
        let until = (ends().fold(f64::INFINITY, f64::min) - set_up.zero).floor();
        figures.set_known(Quantity::UtilisationToFirstCompletion, utilisation(outcome, set_up, 4.0, until));
    }
    figures.set_known(Quantity::UtilisationFirstMinute, utilisation(outcome, set_up, 0.0, 60.0));
    if set_up.isps > 1 {
        figures.set_known(Quantity::InterIspShare, run.inter_isp_share);
        let partners: u32 = leechers.iter().map(|peer| peer.partners_external).sum();
        figures.set(Quantity::ExternalPartners, f64::from(partners) / leechers.len() as f64);
    }
    figures.set_known(Quantity::SeedCopies, run.seed_copies);
    figures.set_known(Quantity::CacheCopies, run.cache_copies);
    figures.set_known(Quantity::SeedTop8, run.best_fed_share);
    let first_pieces: Vec<f64> = counted.iter().filter_map(|peer| Some(peer.first_piece_s?.0.as_secs_f64())).collect();
    if !first_pieces.is_empty() {
        figures.set(Quantity::FirstPieceMean, first_pieces.iter().sum::<f64>() / first_pieces.len() as f64);
    }
    let first_piece = leechers
        .iter()
        .filter_map(|peer| Some(arrival(peer) + peer.first_piece_s?.0.as_secs_f64()))
        .fold(f64::INFINITY, f64::min);
    if first_piece.is_finite() {
        figures.set(Quantity::FirstPieceAnywhere, first_piece - first_arrival(&leechers));
    }
    figures.set_known(Quantity::DuplicateShare, run.duplicate_share);
    figures
}

/// Wire bytes that uplinks carried between two seconds of the measurement's clock ÷ what they could have carried.
fn utilisation(outcome: &RunOutcome, set_up: &SetUp, from: f64, until: f64) -> Option<f64> {
    let carried = |at: f64| {
        let same = |time: f64| (time - at - set_up.zero).abs() < 1e-6;
        let sample = outcome.time_series.iter().find(|sample| same(sample.time_s.0.as_secs_f64()))?;
        Some(sample.uplink_bytes as f64)
    };
    (until > from).then_some(())?;
    Some((carried(until)? - carried(from)?) / (set_up.uplinks * (until - from)))
}

/// The middle value, or the mean of the two middle ones.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}
