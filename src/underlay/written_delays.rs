//! Delays that a scenario writes out, ISP by ISP and link by link.
//!
//! One way, between hosts of two ASes: half of what is inside the ISP at either end, and what each link on the route
//! adds. ISPs that a route merely crosses add nothing: what it takes to cross them belongs to the links.

use std::collections::BTreeSet;

use super::route_graph::RouteGraph;
use super::route_sweep::RouteSweep;
use crate::units::{AsIndex, IspIndex, SimDuration};

/// Delays inside ISPs and over links.
#[derive(Debug, Clone, Default)]
pub(super) struct WrittenDelays {
    /// Between two hosts of the ISP, by [`IspIndex`].
    inside: Vec<SimDuration>,
    /// What a link adds; both directions, sorted by (from, to).
    links: Vec<(AsIndex, AsIndex, SimDuration)>,
}

impl WrittenDelays {
    /// `inside` by ISP; `links` in any order, one direction of each.
    pub(super) fn new(inside: Vec<SimDuration>, links: &[(AsIndex, AsIndex, SimDuration)]) -> Self {
        let mut links: Vec<_> = links.iter().flat_map(|(a, b, adds)| [(*a, *b, *adds), (*b, *a, *adds)]).collect();
        links.sort_unstable();
        Self { inside, links }
    }

    /// Half of either end's inside. Equal ISPs, and an ISP with itself, give what was written, to the nanosecond.
    fn ends(&self, one: IspIndex, other: IspIndex) -> SimDuration {
        let inside = |isp: IspIndex| self.inside[isp.index()].as_nanos();
        SimDuration::from_nanos(u64::midpoint(inside(one), inside(other)))
    }

    fn link(&self, from: AsIndex, to: AsIndex) -> SimDuration {
        let found = self.links.binary_search_by_key(&(from, to), |(from, to, _)| (*from, *to));
        assert!(found.is_ok(), "a route runs over links");
        found.map_or(SimDuration::ZERO, |at| self.links[at].2)
    }
}

const NO_ROUTE: u32 = u32::MAX;

/// Delay by pair of ASes in use: few different delays, and a class per pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PairDelays {
    /// The different delays, ascending; the class is the position.
    by_class: Vec<SimDuration>,
    /// Class of each pair as in the route table: row = destination, column = source. Without a route: none of them.
    classes: Vec<u32>,
}

impl PairDelays {
    /// Follows every route between `in_use` and adds its delays up.
    pub(super) fn build(
        written: &WrittenDelays,
        graph: &RouteGraph,
        isp_of: impl Fn(AsIndex) -> IspIndex,
        in_use: &[AsIndex],
    ) -> Self {
        let mut delays = Vec::with_capacity(in_use.len() * in_use.len());
        let mut sweep = RouteSweep::new(graph);
        // What is known of the way from a place to the destination of the row.
        let mut from_place: Vec<Option<SimDuration>> = vec![None; graph.len() as usize];
        let mut way = Vec::new();
        for to in in_use {
            sweep.toward(graph.place(*to));
            from_place.fill(None);
            from_place[graph.place(*to) as usize] = Some(SimDuration::ZERO);
            for from in in_use {
                let links = links_delay(written, graph, &sweep, &mut from_place, &mut way, graph.place(*from));
                delays.push(links.map(|links| links.saturating_add(written.ends(isp_of(*from), isp_of(*to)))));
            }
        }
        let by_class: Vec<SimDuration> =
            delays.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let class = |delay: &Option<SimDuration>| {
            delay.and_then(|delay| by_class.binary_search(&delay).ok()).map_or(NO_ROUTE, |class| class as u32)
        };
        Self { classes: delays.iter().map(class).collect(), by_class }
    }

    /// Bytes per pair of ASes.
    pub(super) const BYTES: u64 = size_of::<u32>() as u64;

    /// The different delays; a class is a position here.
    pub(super) fn by_class(&self) -> &[SimDuration] {
        &self.by_class
    }

    /// The class of a pair of the route table; `None` without a route.
    pub(super) fn class(&self, pair: usize) -> Option<u32> {
        Some(self.classes[pair]).filter(|class| *class != NO_ROUTE)
    }

    /// The delay of a pair of the route table; `None` without a route.
    pub(super) fn get(&self, pair: usize) -> Option<SimDuration> {
        self.class(pair).map(|class| self.by_class[class as usize])
    }
}

/// Sum over the links from `place` to the sweep's destination; `None` without a route. Remembers it for every place on
/// the way, so that a row costs no more than its tree.
fn links_delay(
    written: &WrittenDelays,
    graph: &RouteGraph,
    sweep: &RouteSweep<'_>,
    from_place: &mut [Option<SimDuration>],
    way: &mut Vec<u32>,
    mut place: u32,
) -> Option<SimDuration> {
    way.clear();
    while from_place[place as usize].is_none() {
        way.push(place);
        place = sweep.step(place)?.next;
    }
    let mut delay = from_place[place as usize]?;
    for before in way.iter().rev() {
        delay = delay.saturating_add(written.link(graph.as_at(*before), graph.as_at(place)));
        from_place[*before as usize] = Some(delay);
        place = *before;
    }
    Some(delay)
}
