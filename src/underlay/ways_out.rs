//! On which kind of link routes leave an ISP: one byte per ordered pair of ASes in use.
//!
//! The route of an AS may first lead through other ASes of its own ISP; what counts is the link that leaves the ISP, since
//! that is where money changes hands. Towards an AS of the same ISP the answer is [`RouteClass::Own`], whatever the route.

use rayon::prelude::*;

use super::route::RouteClass;
use super::route_sweep::RouteSweep;
use super::{RouteTableTooLarge, Underlay};
use crate::units::AsIndex;

/// The way out of the ISP for every ordered pair of ASes in use; read-only and shared among runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaysOut {
    /// Ascending.
    in_use: Vec<AsIndex>,
    /// Row = destination, column = source.
    ways: Vec<Option<RouteClass>>,
}

impl WaysOut {
    /// Computes the ways between `in_use` (any order, repetitions allowed) on all threads of the current pool.
    ///
    /// # Errors
    /// [`RouteTableTooLarge`] when the table needs more than `limit_bytes`.
    pub fn build(underlay: &Underlay, in_use: &[AsIndex], limit_bytes: u64) -> Result<Self, RouteTableTooLarge> {
        let mut in_use = in_use.to_vec();
        in_use.sort_unstable();
        in_use.dedup();
        let needed = Self::estimate_bytes(in_use.len());
        if needed > limit_bytes {
            return Err(RouteTableTooLarge { ases: in_use.len(), needed, limit: limit_bytes });
        }
        let graph = underlay.graph();
        let mut ways = vec![None; in_use.len() * in_use.len()];
        ways.par_chunks_mut(in_use.len().max(1)).zip(&in_use).for_each_init(
            || RouteSweep::new(graph),
            |sweep, (row, destination)| {
                sweep.toward(graph.place(*destination));
                for (way, source) in row.iter_mut().zip(&in_use) {
                    *way = way_out(underlay, sweep, *source, *destination);
                }
            },
        );
        Ok(Self { in_use, ways })
    }

    /// Bytes of a table over `ases` ASes in use.
    pub const fn estimate_bytes(ases: usize) -> u64 {
        let n = ases as u64;
        n.saturating_mul(n)
    }

    /// The class of the link on which the route of `from` to `to` leaves the ISP of `from`; [`RouteClass::Own`] inside
    /// the ISP; `None` without a route or when an end is not in use.
    pub fn get(&self, from: AsIndex, to: AsIndex) -> Option<RouteClass> {
        let position = |index: AsIndex| self.in_use.binary_search(&index).ok();
        let (from, to) = (position(from)?, position(to)?);
        self.ways[to * self.in_use.len() + from]
    }
}

/// For the destination that the sweep is settled on.
fn way_out(underlay: &Underlay, sweep: &RouteSweep<'_>, source: AsIndex, destination: AsIndex) -> Option<RouteClass> {
    let graph = underlay.graph();
    let own = underlay.isp_of(source);
    let mut here = graph.place(source);
    if sweep.route(here).is_none() {
        return None;
    }
    if underlay.isp_of(destination) == own {
        return Some(RouteClass::Own);
    }
    loop {
        let step = sweep.step(here)?;
        if underlay.isp_of(graph.as_at(step.next)) != own {
            return Some(step.class);
        }
        here = step.next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::underlay::{Isp, IspSet, LatencySpec, Link, LinkRelationship, Source, UnderlaySpec};
    use crate::units::AsNumber;
    use crate::units::SimDuration;

    /// Two providers, 1 and 2, that peer; the ISP `own` has AS 10 behind AS 11, which buys from 1; 12, of another ISP,
    /// buys from 10; 21 buys from 2.
    fn underlay() -> Underlay {
        let isp = |name: &str, ases: &[u32]| Isp {
            name: name.to_owned(),
            ases: ases.iter().map(|n| AsNumber(*n)).collect(),
            subscribers: 1.0,
            latency: SimDuration::from_millis(1),
        };
        let link = |a: u32, b: u32, relationship| Link {
            a: AsNumber(a),
            b: AsNumber(b),
            relationship,
            latency: SimDuration::from_millis(1),
            capacity_ab: None,
            capacity_ba: None,
        };
        let (sells, peers) = (LinkRelationship::ProviderCustomer, LinkRelationship::Peering);
        let set = IspSet {
            isps: vec![
                isp("one", &[1]),
                isp("two", &[2]),
                isp("own", &[10, 11]),
                isp("customer", &[12]),
                isp("far", &[21]),
                isp("neighbour", &[13]),
            ],
            links: vec![
                link(1, 2, peers),
                link(1, 11, sells),
                link(11, 10, sells),
                link(10, 12, sells),
                link(2, 21, sells),
                link(10, 13, peers),
            ],
        };
        let latency = LatencySpec { inside: SimDuration::ZERO, hop: SimDuration::from_millis(1) };
        Underlay::build(&UnderlaySpec { source: Source::Isps(set), latency }, Seed::new(1, 0)).unwrap()
    }

    #[test]
    fn the_link_that_leaves_the_isp_decides() {
        let underlay = underlay();
        let index = |number: u32| underlay.index_of(AsNumber(number)).unwrap();
        let all: Vec<AsIndex> = [1, 2, 10, 11, 12, 13, 21].map(index).to_vec();
        let ways = WaysOut::build(&underlay, &all, u64::MAX).unwrap();
        let way = |from, to| ways.get(index(from), index(to));
        assert_eq!(way(10, 10), Some(RouteClass::Own));
        assert_eq!(way(10, 11), Some(RouteClass::Own), "its provider is of its own ISP");
        assert_eq!(way(10, 21), Some(RouteClass::Provider), "by way of 11, then of 1");
        assert_eq!(way(11, 12), Some(RouteClass::Customer), "by way of 10, its own customer");
        assert_eq!(way(10, 12), Some(RouteClass::Customer));
        assert_eq!(way(10, 13), Some(RouteClass::Peer));
        assert_eq!(way(1, 21), Some(RouteClass::Peer));
        assert_eq!(way(21, 12), Some(RouteClass::Provider));
        assert_eq!(way(13, 21), None, "nobody sells 13 a way there");
        // The route of 11 to 13: its customer's peer is not told to it.
        assert_eq!(way(11, 13), None);
        assert!(WaysOut::build(&underlay, &all, 48).is_err());
    }

    #[test]
    fn where_each_isp_has_one_as_it_is_the_class_of_the_route() {
        let underlay = underlay();
        let single: Vec<AsIndex> =
            [1, 2, 12, 13, 21].map(|number| underlay.index_of(AsNumber(number)).unwrap()).to_vec();
        let ways = WaysOut::build(&underlay, &single, u64::MAX).unwrap();
        let routes = super::super::RouteTable::build(&underlay, &single, u64::MAX).unwrap();
        for from in &single {
            for to in &single {
                assert_eq!(ways.get(*from, *to), routes.class(*from, *to), "{from:?} to {to:?}");
            }
        }
    }
}
