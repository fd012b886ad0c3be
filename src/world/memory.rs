//! How much memory an experiment will need, before it is built.

use std::fmt;

use crate::scenario::Resolved;
use crate::services::ServiceSpec;
use crate::underlay::{RouteTable, Source, Underlay, WaysOut};
use crate::units::AsIndex;

/// Bytes per connection end, measured as the sum of the per-connection arrays of `overlay` and `services`.
const PER_CONNECTION_END: u64 = 16 + 8 + 96 + 1;
/// Bytes per peer apart from its connections: lines, pools, books, rows, schedule, discovery.
const PER_PEER: u64 = 6_000;
/// Bytes per result row of a peer, kept until the report is written.
const PER_PEER_ROW: u64 = 400;
/// Bytes per AS and link of the underlay.
const PER_AS: u64 = 400;

/// An estimate of memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Estimate {
    worlds: u64,
    rows: u64,
    underlay: u64,
    routes: u64,
}

impl Estimate {
    /// What can be said from the scenario alone.
    pub(super) fn before_building(scenario: &Resolved, jobs: usize) -> Self {
        let peers = u64::from(scenario.population.peers()) + u64::from(scenario.population.seeds()) + caches(scenario);
        let runs = scenario.arms.len() as u64 * u64::from(scenario.experiment.replications);
        let world = scenario.arms.iter().map(|arm| Self::world(&arm.service, peers)).max().unwrap_or(0);
        let ases = match &scenario.underlay.source {
            Source::Isps(set) => set.isps.iter().map(|isp| isp.ases.len() as u64).sum(),
            Source::Tiered(tiered) => u64::from(tiered.ases),
            Source::AsRelationships(file) => file.text.len() as u64 / 60,
        };
        Self {
            worlds: world.saturating_mul(runs.min(jobs as u64)),
            rows: runs.saturating_mul(peers * PER_PEER_ROW + u64::from(scenario.experiment.matrix_rows) * 120),
            underlay: ases * PER_AS,
            routes: 0,
        }
    }

    fn world(service: &ServiceSpec, peers: u64) -> u64 {
        let (ends, bits) = match service {
            ServiceSpec::FileSwarming(spec) => (64, 2 * spec.size.get().div_ceil(spec.piece.get()).div_ceil(64) * 8),
            ServiceSpec::ClientServer(_) => (65, 0),
        };
        peers * (ends * PER_CONNECTION_END + PER_PEER + bits)
    }

    /// With the route tables of the ASes in use, replication by replication.
    pub(super) fn with_routes(self, underlay: &Underlay, ases: &[Vec<AsIndex>], ways_out: bool) -> Self {
        let ways = |ases: usize| if ways_out { WaysOut::estimate_bytes(ases) } else { 0 };
        let routes = ases.iter().map(|ases| RouteTable::estimate_bytes(underlay, ases.len()) + ways(ases.len())).sum();
        Self { routes, ..self }
    }

    /// What does not end with a run.
    pub(super) const fn kept(&self) -> u64 {
        self.rows.saturating_add(self.underlay).saturating_add(self.routes)
    }

    pub(super) const fn total(&self) -> u64 {
        self.worlds.saturating_add(self.rows).saturating_add(self.underlay).saturating_add(self.routes)
    }
}

/// Caches, at most.
fn caches(scenario: &Resolved) -> u64 {
    let population = &scenario.population;
    let from_spec = population.caches.as_ref().map_or(0, |spec| match (&spec.isps, &scenario.underlay.source) {
        (Some(isps), _) => isps.len() as u64,
        (None, Source::Isps(set)) => set.isps.len() as u64,
        // At most one for each peer.
        (None, _) => u64::from(population.peers()),
    });
    from_spec + u64::from(population.caches_of_file())
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} for the runs under way, {} for result rows, {} for the underlay, {} for routes",
            readable(self.worlds),
            readable(self.rows),
            readable(self.underlay),
            readable(self.routes)
        )
    }
}

/// Bytes as people read them.
pub(super) fn readable(bytes: u64) -> String {
    const STEPS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    STEPS
        .iter()
        .find(|(_, size)| bytes >= *size)
        .map_or_else(|| format!("{bytes} B"), |(name, size)| format!("{:.1} {name}", bytes as f64 / *size as f64))
}
