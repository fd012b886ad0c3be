//! The AS graph as the hot path reads it: compressed rows in routing order.
//!
//! An AS's *place* is its position in routing order: providers before their customers, and ASes that have customers
//! before those that have none. One pass over the places therefore sees every provider before its customers, and a pass
//! over the transit ASes alone settles everything that a stub's route depends on.

use std::ops::Range;

use petgraph::algo::toposort;
use petgraph::graph::NodeIndex;

use super::UnderlayError;
use super::draft::Draft;
use super::route::LONGEST_CHAIN;
use crate::units::{AsIndex, AsNumber};

/// Rows of neighbours, one per place; a row is ascending by the neighbours' AS *numbers*, so that the first match is
/// the one that ties go to.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    starts: Vec<u32>,
    neighbours: Vec<u32>,
}

impl Rows {
    fn build(count: usize, number: &[AsNumber], mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable_by_key(|(place, neighbour)| (*place, number[*neighbour as usize]));
        let mut starts = vec![0_u32; count + 1];
        for (place, _) in &pairs {
            starts[*place as usize + 1] += 1;
        }
        for place in 0..count {
            starts[place + 1] += starts[place];
        }
        Self { starts, neighbours: pairs.into_iter().map(|(_, neighbour)| neighbour).collect() }
    }

    /// The neighbours of `place`.
    pub(super) fn of(&self, place: u32) -> &[u32] {
        &self.neighbours[self.range(place)]
    }

    /// Where the row of `place` lies among all entries.
    pub(super) fn range(&self, place: u32) -> Range<usize> {
        self.starts[place as usize] as usize..self.starts[place as usize + 1] as usize
    }

    /// The neighbour at `entry`.
    pub(super) fn at(&self, entry: usize) -> u32 {
        self.neighbours[entry]
    }

    /// Entries in all rows.
    pub(super) fn len(&self) -> usize {
        self.neighbours.len()
    }
}

/// The graph in routing order.
#[derive(Debug, Clone)]
pub(super) struct RouteGraph {
    place_of: Vec<u32>,
    as_at: Vec<AsIndex>,
    transit: u32,
    /// Providers of each place.
    pub(super) providers: Rows,
    /// Peers of each place.
    pub(super) peers: Rows,
    /// Customers of each place.
    pub(super) customers: Rows,
}

impl RouteGraph {
    /// Orders the ASes and lays out their links.
    ///
    /// # Errors
    /// A provider cycle, or a provider chain longer than [`LONGEST_CHAIN`].
    pub(super) fn build(draft: &Draft) -> Result<Self, UnderlayError> {
        let graph = draft.transit_graph();
        let order = toposort(&graph, None)
            .map_err(|cycle| UnderlayError::ProviderCycle { cycle: vec![draft.numbers[cycle.node_id().index()]] })?;
        let has_customers: Vec<bool> = draft.customer_counts().iter().map(|count| *count > 0).collect();
        let (transit, stubs): (Vec<NodeIndex>, Vec<NodeIndex>) =
            order.into_iter().partition(|node| has_customers[node.index()]);
        let as_at: Vec<AsIndex> = transit.iter().chain(&stubs).map(|node| AsIndex(node.index() as u32)).collect();
        let mut place_of = vec![0_u32; as_at.len()];
        for (place, index) in as_at.iter().enumerate() {
            place_of[index.index()] = place as u32;
        }
        let number: Vec<AsNumber> = as_at.iter().map(|index| draft.numbers[index.index()]).collect();
        let (mut up, mut across, mut down) = (Vec::new(), Vec::new(), Vec::new());
        for link in &draft.links {
            let (a, b) = (place_of[link.a.index()], place_of[link.b.index()]);
            if link.is_transit() {
                up.push((b, a));
                down.push((a, b));
            } else {
                across.extend([(a, b), (b, a)]);
            }
        }
        let rows = |pairs| Rows::build(as_at.len(), &number, pairs);
        let (providers, peers, customers) = (rows(up), rows(across), rows(down));
        let graph = Self { transit: transit.len() as u32, providers, peers, customers, place_of, as_at };
        graph.check_chains(&number)?;
        Ok(graph)
    }

    fn check_chains(&self, number: &[AsNumber]) -> Result<(), UnderlayError> {
        let depths = self.depths();
        let too_long = depths.iter().zip(number).find(|(depth, _)| **depth > LONGEST_CHAIN);
        too_long.map_or(Ok(()), |(links, end)| {
            Err(UnderlayError::ChainTooLong { end: *end, links: *links, limit: LONGEST_CHAIN })
        })
    }

    /// Links in the longest provider chain above each place.
    pub(super) fn depths(&self) -> Vec<u32> {
        let mut depths = vec![0_u32; self.as_at.len()];
        for place in 0..self.len() {
            let above = self.providers.of(place).iter().map(|p| depths[*p as usize] + 1).max();
            depths[place as usize] = above.unwrap_or(0);
        }
        depths
    }

    /// Number of ASes.
    pub(super) fn len(&self) -> u32 {
        self.as_at.len() as u32
    }

    /// Places below this have customers.
    pub(super) fn transit(&self) -> u32 {
        self.transit
    }

    /// The place of an AS.
    pub(super) fn place(&self, index: AsIndex) -> u32 {
        self.place_of[index.index()]
    }

    /// The AS at a place.
    pub(super) fn as_at(&self, place: u32) -> AsIndex {
        self.as_at[place as usize]
    }
}
