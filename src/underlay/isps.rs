//! The source `isps`: a small set written out in the scenario.
//!
//! Whoever writes a scenario can mend it, so nothing doubtful is accepted: unknown ASes, two links between the same ASes,
//! links from an AS to itself and provider cycles are errors. An AS that nobody can reach is allowed.

use std::collections::{BTreeMap, BTreeSet};

use super::acyclic::refuse_provider_cycles;
use super::draft::{AsLink, Draft};
use super::written_delays::WrittenDelays;
use super::{ImportReport, IspSet, Link, UnderlayError};
use crate::units::{AsIndex, AsNumber, IspIndex};

/// Checks an explicit set and lays it out in the order of the file.
pub(super) fn draft(set: &IspSet) -> Result<Draft, UnderlayError> {
    let mut names = BTreeSet::new();
    let mut owned: BTreeMap<AsNumber, AsIndex> = BTreeMap::new();
    let (mut numbers, mut isp_of, mut subscribers) = (Vec::new(), Vec::new(), Vec::new());
    for (position, isp) in set.isps.iter().enumerate() {
        if !names.insert(isp.name.as_str()) {
            return Err(UnderlayError::IspNamedTwice { isp: isp.name.clone() });
        }
        if isp.ases.is_empty() {
            return Err(UnderlayError::IspWithoutAs { isp: isp.name.clone() });
        }
        if !(isp.subscribers.is_finite() && isp.subscribers >= 0.0) {
            return Err(UnderlayError::Subscribers { isp: isp.name.clone(), found: isp.subscribers });
        }
        for number in &isp.ases {
            if let Some(first) = owned.insert(*number, AsIndex(numbers.len() as u32)) {
                let holder: IspIndex = isp_of[first.index()];
                let first = set.isps[holder.index()].name.clone();
                let second = isp.name.clone();
                return Err(UnderlayError::AsOwnedTwice { number: *number, first, second });
            }
            numbers.push(*number);
            isp_of.push(IspIndex(position as u32));
            subscribers.push(isp.subscribers / isp.ases.len() as f64);
        }
    }
    if numbers.is_empty() {
        return Err(UnderlayError::Empty { place: "underlay.isps".to_owned() });
    }
    let links = links(&set.links, &owned)?;
    let report = ImportReport { source: "isps".to_owned(), ..ImportReport::default() };
    let isp_names = set.isps.iter().map(|isp| isp.name.clone()).collect();
    let known = subscribers.iter().any(|s| *s > 0.0);
    let inside = set.isps.iter().map(|isp| isp.latency).collect();
    let adds: Vec<_> = links.iter().zip(&set.links).map(|(link, written)| (link.a, link.b, written.latency)).collect();
    let delays = Some(WrittenDelays::new(inside, &adds));
    let subscribers = known.then_some(subscribers);
    let draft = Draft { numbers, isp_of, isp_names, subscribers, links, delays, report };
    refuse_provider_cycles(&draft)?;
    Ok(draft)
}

fn links(written: &[Link], owned: &BTreeMap<AsNumber, AsIndex>) -> Result<Vec<AsLink>, UnderlayError> {
    let mut joined = BTreeSet::new();
    let mut links = Vec::with_capacity(written.len());
    for link in written {
        let (a, b) = (link.a, link.b);
        let find = |unknown| owned.get(&unknown).copied().ok_or(UnderlayError::UnknownAs { a, b, unknown });
        let (from, to) = (find(a)?, find(b)?);
        if a == b {
            return Err(UnderlayError::SelfLoop { number: a });
        }
        if !joined.insert((a.min(b), a.max(b))) {
            return Err(UnderlayError::LinkedTwice { a, b });
        }
        for (from, to, capacity) in [(a, b, link.capacity_ab), (b, a, link.capacity_ba)] {
            if capacity.is_some_and(|c| c.get() == 0) {
                return Err(UnderlayError::NoCapacity { from, to });
            }
        }
        links.push(AsLink {
            a: from,
            b: to,
            relationship: link.relationship,
            capacity_ab: link.capacity_ab,
            capacity_ba: link.capacity_ba,
        });
    }
    Ok(links)
}
