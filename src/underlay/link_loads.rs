//! Bytes on every inter-AS link, from a matrix of bytes between ASes.
//!
//! For each destination its column of the matrix is pushed down the destination's route tree, in falling order of
//! distance: an AS hands everything it holds to its next hop, once. The cost is the number of ASes touched, never pairs ×
//! path length.

use super::route::RouteClass;
use super::route_graph::{RouteGraph, Rows};
use super::route_sweep::RouteSweep;
use super::{LinkRelationship, Underlay};
use crate::units::{AsIndex, BitRate};

/// What one direction of an inter-AS link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// From a customer to its provider.
    TransitUp,
    /// From a provider to its customer.
    TransitDown,
    /// Between settlement-free peers.
    Peering,
}

impl LinkKind {
    /// The name in result tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TransitUp => "transit-up",
            Self::TransitDown => "transit-down",
            Self::Peering => "peering",
        }
    }
}

/// What crossed one direction of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkLoad {
    /// Sending end.
    pub from: AsIndex,
    /// Receiving end.
    pub to: AsIndex,
    /// What this direction is.
    pub kind: LinkKind,
    /// Whether both ends belong to one ISP, so that no money counts.
    pub same_isp: bool,
    /// Bytes that crossed.
    pub bytes: u64,
    /// Capacity of this direction; `None`: not limited.
    pub capacity: Option<BitRate>,
}

/// What crossed all links.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkLoads {
    /// The link directions that carried something, ascending by AS numbers (from, to).
    pub links: Vec<LinkLoad>,
    /// Bytes over peering links, once for each such link.
    pub peering: u64,
    /// Bytes from customers to providers, once for each such link.
    pub transit_up: u64,
    /// Bytes from providers to customers, once for each such link.
    pub transit_down: u64,
    /// Bytes × inter-AS links crossed; the sum of the three above.
    pub byte_hops: u64,
    /// The part of `byte_hops` on links between ASes of one ISP.
    pub inside_isp: u64,
    /// Bytes between ASes without a route; they crossed nothing.
    pub unrouted: u64,
}

/// Bytes that are on their way to one destination.
struct Column {
    bytes: Vec<u64>,
    /// Places that hold bytes, by distance.
    at_distance: Vec<Vec<u32>>,
}

impl Column {
    fn add(&mut self, place: u32, distance: u8, bytes: u64) {
        let held = &mut self.bytes[place as usize];
        if *held == 0 {
            self.at_distance[usize::from(distance)].push(place);
        }
        *held += bytes;
    }
}

/// Bytes per entry of each kind of row.
struct Carried {
    up: Vec<u64>,
    across: Vec<u64>,
    down: Vec<u64>,
}

/// Folds `matrix` (from, to, bytes), sorted by destination, onto the links of the routes. Entries inside one AS cross no
/// link.
///
/// # Panics
/// When `matrix` is not sorted by destination.
pub fn fold_links(underlay: &Underlay, matrix: &[(AsIndex, AsIndex, u64)]) -> LinkLoads {
    assert!(matrix.is_sorted_by_key(|(_, to, _)| *to), "a traffic matrix is folded in order of destination");
    let graph = underlay.graph();
    let mut sweep = RouteSweep::new(graph);
    let mut column = Column { bytes: vec![0; graph.len() as usize], at_distance: vec![Vec::new(); 64] };
    let mut carried = Carried {
        up: vec![0; graph.providers.len()],
        across: vec![0; graph.peers.len()],
        down: vec![0; graph.customers.len()],
    };
    let mut unrouted = 0;
    for entries in matrix.chunk_by(|one, other| one.1 == other.1) {
        let destination = graph.place(entries[0].1);
        sweep.toward(destination);
        for (from, _, bytes) in entries {
            let place = graph.place(*from);
            match sweep.route(place).hops() {
                None => unrouted += bytes,
                Some(0) => {}
                Some(_) if *bytes == 0 => {}
                Some(distance) => column.add(place, distance, *bytes),
            }
        }
        push(&sweep, &mut column, &mut carried);
    }
    collect(underlay, &carried, unrouted)
}

fn push(sweep: &RouteSweep<'_>, column: &mut Column, carried: &mut Carried) {
    for distance in (1..64_u8).rev() {
        let places = std::mem::take(&mut column.at_distance[usize::from(distance)]);
        for place in &places {
            let bytes = std::mem::take(&mut column.bytes[*place as usize]);
            let Some(step) = sweep.step(*place) else { continue };
            match step.class {
                RouteClass::Own => {}
                RouteClass::Customer => carried.down[step.entry] += bytes,
                RouteClass::Peer => carried.across[step.entry] += bytes,
                RouteClass::Provider => carried.up[step.entry] += bytes,
            }
            if distance > 1 {
                column.add(step.next, distance - 1, bytes);
            }
        }
        // Keeps the allocation for the next destination.
        let mut places = places;
        places.clear();
        column.at_distance[usize::from(distance)] = places;
    }
}

fn collect(underlay: &Underlay, carried: &Carried, unrouted: u64) -> LinkLoads {
    let graph = underlay.graph();
    let mut loads = LinkLoads { unrouted, ..LinkLoads::default() };
    gather(underlay, graph, &graph.providers, &carried.up, LinkKind::TransitUp, &mut loads.links);
    gather(underlay, graph, &graph.peers, &carried.across, LinkKind::Peering, &mut loads.links);
    gather(underlay, graph, &graph.customers, &carried.down, LinkKind::TransitDown, &mut loads.links);
    loads.links.sort_unstable_by_key(|load| (underlay.number(load.from), underlay.number(load.to)));
    for load in &loads.links {
        match load.kind {
            LinkKind::TransitUp => loads.transit_up += load.bytes,
            LinkKind::TransitDown => loads.transit_down += load.bytes,
            LinkKind::Peering => loads.peering += load.bytes,
        }
        loads.byte_hops += load.bytes;
        if load.same_isp {
            loads.inside_isp += load.bytes;
        }
    }
    loads
}

fn gather(
    underlay: &Underlay,
    graph: &RouteGraph,
    rows: &Rows,
    carried: &[u64],
    kind: LinkKind,
    links: &mut Vec<LinkLoad>,
) {
    for place in 0..graph.len() {
        for entry in rows.range(place).filter(|entry| carried[*entry] > 0) {
            let (from, to) = (graph.as_at(place), graph.as_at(rows.at(entry)));
            let same_isp = underlay.isp_of(from) == underlay.isp_of(to);
            let capacity = underlay.capacity(from, to);
            links.push(LinkLoad { from, to, kind, same_isp, bytes: carried[entry], capacity });
        }
    }
}

impl LinkRelationship {
    /// What the direction from the first end (`a`) to the second is.
    pub const fn kind_ab(self) -> LinkKind {
        match self {
            Self::ProviderCustomer => LinkKind::TransitDown,
            Self::Peering => LinkKind::Peering,
        }
    }
    /// What the direction from the second end (`b`) to the first is.
    pub const fn kind_ba(self) -> LinkKind {
        match self {
            Self::ProviderCustomer => LinkKind::TransitUp,
            Self::Peering => LinkKind::Peering,
        }
    }
}
