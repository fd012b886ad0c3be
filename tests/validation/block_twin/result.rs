//! What a run of the twin leaves behind.

use super::setting::Setting;
use super::swarm::Swarm;

/// The first minute of the swarm.
const MINUTE: f64 = 60.0;

/// Kept while the swarm runs.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Wire bytes per second on each uplink.
    pub(super) used: Vec<f64>,
    /// Wire bytes on all uplinks, after time 0 and in the first minute.
    carried: f64,
    carried_in_minute: f64,
    /// When a piece was first verified outside the seeds, by piece.
    first_copy: Vec<Option<f64>>,
    carried_until_first: Option<f64>,
}

impl Seen {
    pub(super) fn new(setting: &Setting) -> Self {
        Self {
            used: vec![0.0; setting.hosts.len()],
            carried: 0.0,
            carried_in_minute: 0.0,
            first_copy: vec![None; setting.pieces()],
            carried_until_first: None,
        }
    }

    pub(super) fn advance(&mut self, from: f64, to: f64) {
        let used: f64 = self.used.iter().sum();
        self.carried += used * (to - from);
        self.carried_in_minute += used * (to.min(MINUTE) - from.min(MINUTE));
    }

    pub(super) fn verified(&mut self, piece: usize, now: f64) {
        self.first_copy[piece].get_or_insert(now);
    }

    pub(super) fn completed(&mut self) {
        self.carried_until_first.get_or_insert(self.carried);
    }
}

/// Times in seconds; shares as parts of one.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    /// From each leecher's arrival to its completion.
    pub(super) download_times: Vec<f64>,
    /// From the start to the last completion.
    pub(super) last: f64,
    /// From the start to the first completion.
    pub(super) first: f64,
    pub(super) utilisation: f64,
    pub(super) utilisation_of_first_minute: f64,
    /// Mean over leechers of the time of their first piece.
    pub(super) first_piece: f64,
    /// When the last piece had its first copy outside the seeds.
    pub(super) last_unique: f64,
    /// Share of the seeds' bytes that went to the eight leechers that got most of them.
    pub(super) best_fed: f64,
    pub(super) duplicates: f64,
    pub(super) inter_isp: f64,
    pub(super) seed_copies: f64,
}

impl Outcome {
    pub(super) fn of(swarm: &Swarm<'_>) -> Self {
        let hosts = &swarm.setting.hosts;
        let leechers: Vec<usize> = (0..hosts.len()).filter(|peer| !hosts[*peer].seed).collect();
        let done = |peer: usize| swarm.peers[peer].completed.unwrap_or(f64::INFINITY);
        let first = leechers.iter().map(|peer| done(*peer)).fold(f64::INFINITY, f64::min);
        let last = leechers.iter().map(|peer| done(*peer)).fold(0.0, f64::max);
        let capacity: f64 = hosts.iter().map(|host| host.up).sum();
        let total: f64 = swarm.ends.iter().map(|end| end.got).sum();
        let abroad: f64 =
            swarm.ends.iter().filter(|end| hosts[end.owner].isp != hosts[end.other].isp).map(|end| end.got).sum();
        let mut fed = vec![0.0; hosts.len()];
        for end in swarm.ends.iter().filter(|end| hosts[end.other].seed) {
            fed[end.owner] += end.got;
        }
        fed.sort_by(|a, b| b.total_cmp(a));
        let from_seeds: f64 = fed.iter().sum();
        let duplicates: u64 = swarm.peers.iter().map(|peer| peer.duplicates).sum();
        let first_pieces = leechers.iter().map(|peer| swarm.peers[*peer].first_piece.unwrap_or(f64::INFINITY));
        Self {
            download_times: leechers.iter().map(|peer| done(*peer) - hosts[*peer].arrival).collect(),
            last,
            first,
            utilisation: swarm.seen.carried_until_first.unwrap_or(0.0) / (capacity * first),
            utilisation_of_first_minute: swarm.seen.carried_in_minute / (capacity * MINUTE),
            first_piece: first_pieces.sum::<f64>() / leechers.len() as f64,
            last_unique: swarm.seen.first_copy.iter().map(|at| at.unwrap_or(f64::INFINITY)).fold(0.0, f64::max),
            best_fed: fed.iter().take(8).sum::<f64>() / from_seeds,
            duplicates: duplicates as f64 / total,
            inter_isp: (abroad / total).max(0.0),
            seed_copies: from_seeds / swarm.setting.spec.size.get() as f64,
        }
    }

    pub(super) fn mean(&self) -> f64 {
        self.download_times.iter().sum::<f64>() / self.download_times.len() as f64
    }
}
