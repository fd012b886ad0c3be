//! All routes to one destination, in one sweep.
//!
//! 1. *Customer routes* spread breadth-first from the destination up along providers.
//! 2. *Peer routes*: every AS with a customer route offers it to its peers.
//! 3. *Provider routes*: in routing order, an AS without a route yet takes the shortest route that any of its providers
//!    uses. The order puts providers first, so one pass is exact; stubs sell to nobody and are looked at on demand.
//!
//! Only classes and lengths are stored (one byte per AS, which stays in the cache). A next hop is found when it is asked
//! for: the first neighbour of the right kind, by AS number, whose route is one link shorter.
//!
//! Cost per destination: the peers of the ASes above the destination + the providers of the transit ASes.

use super::route::{PackedRoute, RouteClass};
use super::route_graph::RouteGraph;

/// One link on a forwarding path: which kind, where in the rows of that kind, and the place it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// Class of the route that takes it.
    pub(super) class: RouteClass,
    /// Position in the rows of that class.
    pub(super) entry: usize,
    /// Next place.
    pub(super) next: u32,
}

/// Scratch for the routes to one destination at a time.
#[derive(Debug)]
pub(super) struct RouteSweep<'graph> {
    graph: &'graph RouteGraph,
    routes: Vec<PackedRoute>,
    upward: Vec<u32>,
}

impl<'graph> RouteSweep<'graph> {
    /// Scratch without a destination yet.
    pub(super) fn new(graph: &'graph RouteGraph) -> Self {
        Self { graph, routes: vec![PackedRoute::NONE; graph.len() as usize], upward: Vec::new() }
    }

    /// Settles the routes to `destination` (a place) and forgets those to the one before.
    pub(super) fn toward(&mut self, destination: u32) {
        self.routes.fill(PackedRoute::NONE);
        self.customer_routes(destination);
        self.peer_routes();
        for place in 0..self.graph.transit() {
            if self.routes[place as usize].is_none() {
                self.routes[place as usize] = self.provider_route(place);
            }
        }
    }

    fn customer_routes(&mut self, destination: u32) {
        self.upward.clear();
        self.upward.push(destination);
        self.routes[destination as usize] = PackedRoute::OWN;
        let mut done = 0;
        while done < self.upward.len() {
            let place = self.upward[done];
            let route = PackedRoute::customer(self.routes[place as usize].length() + 1);
            for provider in self.graph.providers.of(place) {
                if self.routes[*provider as usize].is_none() {
                    self.routes[*provider as usize] = route;
                    self.upward.push(*provider);
                }
            }
            done += 1;
        }
    }

    /// `upward` is ascending by length, so the first offer is the shortest.
    fn peer_routes(&mut self) {
        for place in &self.upward {
            let route = PackedRoute::peer(self.routes[*place as usize].length() + 1);
            for peer in self.graph.peers.of(*place) {
                if self.routes[*peer as usize].is_none() {
                    self.routes[*peer as usize] = route;
                }
            }
        }
    }

    fn provider_route(&self, place: u32) -> PackedRoute {
        let lengths = self.graph.providers.of(place).iter().map(|p| self.routes[*p as usize].length());
        lengths.min().map_or(PackedRoute::NONE, PackedRoute::by_way_of_provider)
    }

    /// Route and next place of a stub in one pass over its providers.
    fn provider_choice(&self, place: u32) -> Option<(PackedRoute, u32)> {
        // Of equal lengths `min_by_key` takes the first: the lowest AS number.
        let next = self.graph.providers.of(place).iter().min_by_key(|p| self.routes[**p as usize].length())?;
        let route = PackedRoute::by_way_of_provider(self.routes[*next as usize].length());
        (!route.is_none()).then_some((route, *next))
    }

    /// Route of `place`, and the place after it unless it is the destination; `None` without a route.
    pub(super) fn choice(&self, place: u32) -> Option<(PackedRoute, Option<u32>)> {
        let settled = self.routes[place as usize];
        if settled.is_none() {
            return self.provider_choice(place).map(|(route, next)| (route, Some(next)));
        }
        Some((settled, self.step(place).map(|step| step.next)))
    }

    /// The route of `place`.
    pub(super) fn route(&self, place: u32) -> PackedRoute {
        let settled = self.routes[place as usize];
        if settled.is_none() && place >= self.graph.transit() { self.provider_route(place) } else { settled }
    }

    /// The first link of the route of `place`; `None` at the destination and without a route.
    pub(super) fn step(&self, place: u32) -> Option<Step> {
        let route = self.route(place);
        let class = route.class()?;
        let rows = match class {
            RouteClass::Own => return None,
            RouteClass::Customer => &self.graph.customers,
            RouteClass::Peer => &self.graph.peers,
            RouteClass::Provider => &self.graph.providers,
        };
        let fits = |next: u32| {
            let offered = self.routes[next as usize];
            offered.length() + 1 == route.length() && (class == RouteClass::Provider || offered.is_told_upward())
        };
        rows.range(place).find(|entry| fits(rows.at(*entry))).map(|entry| Step { class, entry, next: rows.at(entry) })
    }
}
