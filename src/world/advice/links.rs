//! Capacities of links that cannot become full.
//!
//! A direction of a link carries at most what the hosts send whose routes take it, and at most what the hosts receive
//! on the other side: the smaller of the two sums of access rates bounds its load. A capacity above that limits
//! nobody.

use std::collections::BTreeMap;

use super::{Prepared, Setting};
use crate::population::Population;
use crate::underlay::LimitedLinkId;
use crate::units::{AsIndex, BitRate, Identity};

/// The most directions that are named one by one; a mesh may have thousands.
pub(super) const NAMED: usize = 5;

pub(super) fn advise(setting: &mut Setting<'_>) {
    let underlay = &setting.prepared.underlay;
    let loose = cannot_become_full(setting.prepared);
    let hidden = loose.len().saturating_sub(NAMED);
    for (link, bound) in loose.into_iter().take(NAMED) {
        let (from, to, capacity) = underlay.limited_link(link);
        let why = match bound {
            0 => "no route between hosts takes it".to_owned(),
            _ => format!("the access lines behind it carry at most {}", BitRate::new(bound)),
        };
        let (from, to) = (underlay.number(from), underlay.number(to));
        let message = format!("AS {from} to AS {to}: {capacity} cannot become full, because {why}.");
        setting.advise("underlay.isps.link.capacity", message);
    }
    if hidden > 0 {
        setting.advise("underlay.isps.link.capacity", format!("and {hidden} more directions of links that cannot."));
    }
}

/// The limited link directions that cannot become full in any replication, and the most that can want to cross each.
pub(super) fn cannot_become_full(prepared: &Prepared<'_>) -> Vec<(LimitedLinkId, u64)> {
    let underlay = &prepared.underlay;
    let mut most = vec![0_u64; underlay.limited_link_count()];
    if most.is_empty() {
        return Vec::new();
    }
    for (replication, population) in prepared.populations.iter().enumerate() {
        let ends = Ends::of(prepared, replication as u32);
        for (bound, ends) in most.iter_mut().zip(&ends) {
            *bound = (*bound).max(ends.bound(population));
        }
    }
    let links = most.into_iter().enumerate().map(|(position, bound)| (LimitedLinkId(position as u32), bound));
    links.filter(|(link, bound)| *bound < underlay.limited_link(*link).2.get()).collect()
}

/// The ASes at either side of a link direction, whose hosts' routes take it.
#[derive(Default)]
struct Ends {
    senders: Vec<AsIndex>,
    receivers: Vec<AsIndex>,
}

impl Ends {
    /// Of every limited link direction, in one replication.
    fn of(prepared: &Prepared<'_>, replication: u32) -> Vec<Self> {
        let mut ends: Vec<Self> = Vec::new();
        ends.resize_with(prepared.underlay.limited_link_count(), Self::default);
        for route in prepared.geography(replication).limited_routes() {
            for link in &route.links {
                let ends = &mut ends[*link as usize];
                ends.senders.push(route.from);
                ends.receivers.push(route.to);
            }
        }
        for ends in &mut ends {
            for side in [&mut ends.senders, &mut ends.receivers] {
                side.sort_unstable();
                side.dedup();
            }
        }
        ends
    }

    /// The most bits per second that can want to cross: all the senders' uplinks, or all the receivers' downlinks.
    fn bound(&self, population: &Population) -> u64 {
        let mut up: BTreeMap<AsIndex, u64> = BTreeMap::new();
        let mut down: BTreeMap<AsIndex, u64> = BTreeMap::new();
        for peer in (0..population.peers()).map(Identity) {
            let (place, access) = (population.as_index(peer), population.access(peer));
            *up.entry(place).or_default() += access.up.get();
            *down.entry(place).or_default() += access.down.get();
        }
        for source in population.seeds().iter().chain(population.caches()) {
            *up.entry(source.as_index).or_default() += source.up.get();
        }
        let sum = |ases: &[AsIndex], of: &BTreeMap<AsIndex, u64>| {
            ases.iter().filter_map(|place| of.get(place)).fold(0_u64, |sum, rate| sum.saturating_add(*rate))
        };
        sum(&self.senders, &up).min(sum(&self.receivers, &down))
    }
}
