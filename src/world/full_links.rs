//! How long each limited direction of a link was full.

use crate::bandwidth::{Network, ResourceId};
use crate::units::{SimDuration, SimTime};

/// Time in which limited link directions were full, that is bound somebody's rate. Written after every instant; nothing
/// in a run reads it.
#[derive(Debug)]
pub(super) struct FullLinks {
    /// By link direction: since when it is full, and for how long it was before.
    links: Vec<(Option<SimTime>, SimDuration)>,
}

impl FullLinks {
    /// For the first `links` resources of a network.
    pub(super) fn new(links: usize) -> Self {
        Self { links: vec![(None, SimDuration::ZERO); links] }
    }

    /// Takes note of what the last solving changed: a resource becomes full, and ceases to be, only when it is solved.
    pub(super) fn observe(&mut self, now: SimTime, network: &Network) {
        if self.links.is_empty() {
            return;
        }
        for resource in network.touched_resources() {
            let Some((since, before)) = self.links.get_mut(resource.index()) else { continue };
            match (*since, network.is_saturated(ResourceId(resource.0))) {
                (None, true) => *since = Some(now),
                (Some(began), false) => {
                    *before += now.since(began);
                    *since = None;
                }
                _ => {}
            }
        }
    }

    /// How long the link direction was full in a run that ended at `end`.
    pub(super) fn total(&self, link: usize, end: SimTime) -> SimDuration {
        let (since, before) = self.links.get(link).copied().unwrap_or_default();
        since.map_or(before, |began| before + end.since(began))
    }
}
