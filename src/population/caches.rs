//! Caches: one in each ISP that has peers, or in those that the scenario names.
//!
//! A cache stands in the AS of its ISP that has most peers (the first of them where several do) among those from which the
//! control plane can be reached: it depends on where this replication's peers live, and on nothing that is drawn for itself.

use std::collections::BTreeMap;

use super::census::InitialSeed;
use super::{CachesSpec, PopulationError};
use crate::underlay::Underlay;
use crate::units::{AsIndex, Identity, IspIndex, SimTime};

/// Caches for peers that live in `peers`, numbered from `first`.
pub(super) fn caches(
    spec: &CachesSpec,
    peers: &[AsIndex],
    first: u32,
    underlay: &Underlay,
    reachable: &dyn Fn(AsIndex) -> bool,
) -> Result<Vec<InitialSeed>, PopulationError> {
    let mut count: BTreeMap<AsIndex, u32> = BTreeMap::new();
    for index in peers {
        *count.entry(*index).or_default() += 1;
    }
    let isps: Vec<IspIndex> = if let Some(names) = &spec.isps {
        names.iter().map(|name| named(name, underlay)).collect::<Result<_, _>>()?
    } else {
        let mut isps: Vec<IspIndex> = count.keys().map(|index| underlay.isp_of(*index)).collect();
        isps.sort_unstable();
        isps.dedup();
        isps
    };
    let cache = |(n, isp): (usize, IspIndex)| {
        let peers_in = |index: AsIndex| count.get(&index).copied().unwrap_or(0);
        let ases = underlay.isp_ases(isp).iter().copied().filter(|index| reachable(*index));
        let home = ases.max_by_key(|index| (peers_in(*index), std::cmp::Reverse(*index)));
        let out_of_reach = || PopulationError::CacheOutOfReach { isp: underlay.isp_name(isp).to_owned() };
        Ok(InitialSeed {
            identity: Identity::cache(first + n as u32),
            as_index: home.ok_or_else(out_of_reach)?,
            class: None,
            up: spec.up,
            // It never downloads.
            down: spec.up,
            arrival: SimTime::ZERO,
            departure: None,
        })
    };
    isps.into_iter().enumerate().map(cache).collect()
}

fn named(name: &str, underlay: &Underlay) -> Result<IspIndex, PopulationError> {
    let mut all = (0..underlay.isp_count() as u32).map(IspIndex);
    all.find(|isp| underlay.isp_name(*isp) == name).ok_or_else(|| PopulationError::UnknownIsp { name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::underlay::{Isp, IspSet, LatencySpec, Link, LinkRelationship, Source, UnderlaySpec};
    use crate::units::{AsNumber, BitRate, SimDuration};

    /// `wide` has the ASes 1, 2 and 3 (positions 0, 1, 2), `other` AS 4, `empty` AS 5.
    fn underlay() -> Underlay {
        let isp = |name: &str, ases: &[u32]| Isp {
            name: name.to_owned(),
            ases: ases.iter().copied().map(AsNumber).collect(),
            subscribers: 1.0,
            latency: SimDuration::from_millis(1),
        };
        let relationship = LinkRelationship::ProviderCustomer;
        let hop = SimDuration::from_millis(1);
        let link = |b: u32| Link {
            a: AsNumber(1),
            b: AsNumber(b),
            relationship,
            capacity_ab: None,
            capacity_ba: None,
            latency: hop,
        };
        let isps = vec![isp("wide", &[1, 2, 3]), isp("other", &[4]), isp("empty", &[5])];
        let source = Source::Isps(IspSet { isps, links: (2..=5).map(link).collect() });
        let latency = LatencySpec { inside: hop, hop };
        Underlay::build(&UnderlaySpec { source, latency }, Seed::new(1, 0)).unwrap()
    }

    fn homes(isps: Option<&[&str]>, peers: &[u32], out_of_reach: u32) -> Result<Vec<u32>, String> {
        let isps = isps.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        let spec = CachesSpec { up: BitRate::new(1), isps };
        let peers: Vec<AsIndex> = peers.iter().copied().map(AsIndex).collect();
        let underlay = underlay();
        let found = caches(&spec, &peers, 0, &underlay, &|index| underlay.number(index).0 != out_of_reach);
        let numbers = |caches: Vec<InitialSeed>| caches.iter().map(|c| underlay.number(c.as_index).0).collect();
        found.map(numbers).map_err(|error| error.to_string())
    }

    #[test]
    fn one_cache_in_each_isp_with_peers_where_most_of_them_live() {
        let position = |number: u32| underlay().index_of(AsNumber(number)).unwrap().0;
        let peers: Vec<u32> = [4, 2, 3, 1, 3, 2].map(position).to_vec();
        // AS 2 and AS 3 have two peers each: the first of them. Nobody lives in `empty`.
        assert_eq!(homes(None, &peers, 99), Ok(vec![2, 4]));
        assert_eq!(homes(None, &peers, 2), Ok(vec![3, 4]));
        assert_eq!(homes(Some(&["empty", "wide"]), &peers, 99), Ok(vec![5, 2]));
        assert_eq!(
            homes(Some(&["nowhere"]), &peers, 99),
            Err("`caches` names ISP `nowhere`, which the underlay does not have".to_owned())
        );
        let refused = homes(Some(&["empty"]), &peers, 5).unwrap_err();
        assert!(refused.starts_with("`caches` puts one into ISP `empty`"), "{refused}");
    }
}
