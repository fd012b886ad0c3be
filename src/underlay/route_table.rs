//! Route lengths between the ASes in use: one byte per ordered pair.

use rayon::prelude::*;

use super::route::{LONGEST_CHAIN, PackedRoute, RouteClass};
use super::route_sweep::RouteSweep;
use super::written_delays::PairDelays;
use super::{Finding, LatencySpec, Underlay};
use crate::units::{AsIndex, SimDuration};

/// The table would be larger than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{ases} ASes in use need a route table of {} MiB; the limit is {} MiB. Fewer peers, or a placement over fewer ASes, need less",
    .needed.div_ceil(1 << 20), .limit >> 20
)]
pub struct RouteTableTooLarge {
    /// ASes in use.
    pub ases: usize,
    /// Bytes that it needs.
    pub needed: u64,
    /// Bytes that it may have.
    pub limit: u64,
}

/// Classes and lengths of the routes between the ASes in use; read-only and shared among runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTable {
    latency: LatencySpec,
    /// Ascending.
    in_use: Vec<AsIndex>,
    /// Position in `in_use` by [`AsIndex`]; `NOT_IN_USE` elsewhere.
    position: Vec<u32>,
    /// Row = destination, column = source.
    routes: Vec<u8>,
    /// Where ISPs and links differ in their delays.
    delays: Option<PairDelays>,
    unreachable: Finding,
}

const NOT_IN_USE: u32 = u32::MAX;
/// Up a chain, over a peering link, down a chain.
const LONGEST_ROUTE: u8 = 2 * LONGEST_CHAIN as u8 + 1;

impl RouteTable {
    /// Computes the routes between `in_use` (any order, repetitions allowed) on all threads of the current pool.
    ///
    /// # Errors
    /// [`RouteTableTooLarge`] when the table needs more than `limit_bytes`.
    pub fn build(underlay: &Underlay, in_use: &[AsIndex], limit_bytes: u64) -> Result<Self, RouteTableTooLarge> {
        let mut in_use = in_use.to_vec();
        in_use.sort_unstable();
        in_use.dedup();
        let needed = Self::estimate_bytes(underlay, in_use.len());
        if needed > limit_bytes {
            return Err(RouteTableTooLarge { ases: in_use.len(), needed, limit: limit_bytes });
        }
        let graph = underlay.graph();
        let places: Vec<u32> = in_use.iter().map(|index| graph.place(*index)).collect();
        let mut routes = vec![PackedRoute::NONE.byte(); in_use.len() * in_use.len()];
        routes.par_chunks_mut(in_use.len().max(1)).zip(&places).for_each_init(
            || RouteSweep::new(graph),
            |sweep, (row, destination)| {
                sweep.toward(*destination);
                for (route, place) in row.iter_mut().zip(&places) {
                    *route = sweep.route(*place).byte();
                }
            },
        );
        let mut position = vec![NOT_IN_USE; underlay.as_count()];
        for (at, index) in in_use.iter().enumerate() {
            position[index.index()] = at as u32;
        }
        let isp_of = |index| underlay.isp_of(index);
        let delays = underlay.written_delays().map(|written| PairDelays::build(written, graph, isp_of, &in_use));
        let unreachable = find_unreachable(underlay, &in_use, &routes);
        Ok(Self { latency: underlay.latency(), in_use, position, routes, delays, unreachable })
    }

    /// Bytes of a table over `ases` ASes in use (4 bytes per AS of the underlay come on top).
    pub fn estimate_bytes(underlay: &Underlay, ases: usize) -> u64 {
        let n = ases as u64;
        let per_pair = 1 + underlay.written_delays().map_or(0, |_| PairDelays::BYTES);
        n.saturating_mul(n).saturating_mul(per_pair).saturating_add(4 * n)
    }

    /// The ASes in use, ascending.
    pub fn in_use(&self) -> &[AsIndex] {
        &self.in_use
    }

    /// Where the pair stands among the routes; `None` when an end is not in use.
    fn pair(&self, from: AsIndex, to: AsIndex) -> Option<usize> {
        let (from, to) = (*self.position.get(from.index())?, *self.position.get(to.index())?);
        let in_use = from != NOT_IN_USE && to != NOT_IN_USE;
        in_use.then(|| to as usize * self.in_use.len() + from as usize)
    }

    fn get(&self, from: AsIndex, to: AsIndex) -> Option<PackedRoute> {
        Some(PackedRoute::from_byte(self.routes[self.pair(from, to)?]))
    }

    /// Inter-AS links on the route; 0 inside an AS; `None` without a route or when an end is not in use.
    pub fn hops(&self, from: AsIndex, to: AsIndex) -> Option<u8> {
        self.get(from, to)?.hops()
    }

    /// What kind of route `from` uses to `to`.
    pub fn class(&self, from: AsIndex, to: AsIndex) -> Option<RouteClass> {
        self.get(from, to)?.class()
    }

    /// One-way propagation delay: `inside` + hops × `hop`, or what ISPs and links on the route say.
    pub fn latency(&self, from: AsIndex, to: AsIndex) -> Option<SimDuration> {
        match &self.delays {
            Some(delays) => delays.get(self.pair(from, to)?),
            None => self.hops(from, to).map(|hops| self.latency.over(hops)),
        }
    }

    /// A number for the delay between two ASes in use: an index into [`Self::delay_by_class`].
    /// `None` without a route.
    pub fn delay_class(&self, from: AsIndex, to: AsIndex) -> Option<u32> {
        match &self.delays {
            Some(delays) => delays.class(self.pair(from, to)?),
            None => self.hops(from, to).map(u32::from),
        }
    }

    /// The delays by class.
    pub fn delay_by_class(&self) -> Vec<SimDuration> {
        match &self.delays {
            Some(delays) => delays.by_class().to_vec(),
            None => (0..=LONGEST_ROUTE).map(|hops| self.latency.over(hops)).collect(),
        }
    }

    /// Ordered pairs in use without a route, with examples.
    pub fn unreachable_pairs(&self) -> &Finding {
        &self.unreachable
    }

    /// One sentence about unreachable pairs; `None` when there are none.
    pub fn note(&self) -> Option<String> {
        let n = self.in_use.len() as u64;
        let pairs = n * n.saturating_sub(1);
        (self.unreachable.count > 0).then(|| {
            format!(
                "{} of {pairs} ordered pairs of ASes in use have no valley-free route ({:.2} %), for example {}.",
                self.unreachable.count,
                100.0 * self.unreachable.count as f64 / pairs as f64,
                self.unreachable.examples.join("; ")
            )
        })
    }
}

fn find_unreachable(underlay: &Underlay, in_use: &[AsIndex], routes: &[u8]) -> Finding {
    let mut found = Finding::default();
    for (row, to) in routes.chunks(in_use.len().max(1)).zip(in_use) {
        for (route, from) in row.iter().zip(in_use) {
            if PackedRoute::from_byte(*route).is_none() {
                found.add(|| format!("AS{} to AS{}", underlay.number(*from), underlay.number(*to)));
            }
        }
    }
    found
}
