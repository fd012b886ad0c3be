//! Every route to one destination, with next hops.

use super::Underlay;
use super::route::{PackedRoute, RouteClass};
use super::route_sweep::RouteSweep;
use crate::units::AsIndex;

const NOBODY: AsIndex = AsIndex(u32::MAX);

/// The routes of every AS to one destination: a tree whose root is the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTree {
    destination: AsIndex,
    routes: Vec<PackedRoute>,
    next: Vec<AsIndex>,
}

impl RouteTree {
    pub(super) fn build(underlay: &Underlay, destination: AsIndex) -> Self {
        let graph = underlay.graph();
        let mut sweep = RouteSweep::new(graph);
        sweep.toward(graph.place(destination));
        let mut routes = vec![PackedRoute::NONE; underlay.as_count()];
        let mut next = vec![NOBODY; underlay.as_count()];
        for place in 0..graph.len() {
            if let Some((route, after)) = sweep.choice(place) {
                let index = graph.as_at(place).index();
                routes[index] = route;
                next[index] = after.map_or(NOBODY, |after| graph.as_at(after));
            }
        }
        Self { destination, routes, next }
    }

    /// The destination.
    pub fn destination(&self) -> AsIndex {
        self.destination
    }

    /// Inter-AS links on the route of `from`; `None` without a route, 0 at the destination.
    pub fn hops(&self, from: AsIndex) -> Option<u8> {
        self.routes[from.index()].hops()
    }

    /// What kind of route `from` uses.
    pub fn class(&self, from: AsIndex) -> Option<RouteClass> {
        self.routes[from.index()].class()
    }

    /// The AS after `from`; `None` without a route and at the destination.
    pub fn next_hop(&self, from: AsIndex) -> Option<AsIndex> {
        Some(self.next[from.index()]).filter(|next| *next != NOBODY)
    }

    /// The ASes on the route of `from`, both ends included.
    pub fn path(&self, from: AsIndex) -> Option<Vec<AsIndex>> {
        self.hops(from)?;
        let mut path = vec![from];
        let mut here = from;
        while let Some(next) = self.next_hop(here) {
            path.push(next);
            here = next;
        }
        Some(path)
    }
}
