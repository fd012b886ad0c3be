//! What every source hands over: a graph that still may hold provider cycles.

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;

use super::written_delays::WrittenDelays;
use super::{ImportReport, LinkRelationship};
use crate::units::{AsIndex, AsNumber, BitRate, IspIndex};

/// A link between two ASes of this underlay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsLink {
    /// One end: the provider, or either peer.
    pub a: AsIndex,
    /// The other end: the customer, or the other peer.
    pub b: AsIndex,
    /// What `a` is to `b`.
    pub relationship: LinkRelationship,
    /// Capacity from `a` to `b`; `None`: not limited.
    pub capacity_ab: Option<BitRate>,
    /// Capacity from `b` to `a`; `None`: not limited.
    pub capacity_ba: Option<BitRate>,
}

impl AsLink {
    /// A link without limits.
    pub(super) const fn unlimited(a: AsIndex, b: AsIndex, relationship: LinkRelationship) -> Self {
        Self { a, b, relationship, capacity_ab: None, capacity_ba: None }
    }

    /// Whether `a` sells transit to `b`.
    pub(super) fn is_transit(&self) -> bool {
        self.relationship == LinkRelationship::ProviderCustomer
    }
}

/// ASes, owners and links; no two links join the same ASes, none joins an AS to itself.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// AS numbers by [`AsIndex`], all different.
    pub(super) numbers: Vec<AsNumber>,
    /// Owners by [`AsIndex`].
    pub(super) isp_of: Vec<IspIndex>,
    /// Names by [`IspIndex`].
    pub(super) isp_names: Vec<String>,
    /// Relative numbers of subscribers by [`AsIndex`]; `None`: the source does not know.
    pub(super) subscribers: Option<Vec<f64>>,
    /// The links.
    pub(super) links: Vec<AsLink>,
    /// Delays of each ISP and link; `None`: all ISPs and links are alike.
    pub(super) delays: Option<WrittenDelays>,
    /// What was found so far.
    pub(super) report: ImportReport,
}

impl Draft {
    /// The provider-customer links as a directed graph whose node indices are AS indices.
    pub(super) fn transit_graph(&self) -> DiGraph<(), u32> {
        let mut graph = DiGraph::with_capacity(self.numbers.len(), self.links.len());
        for _ in &self.numbers {
            graph.add_node(());
        }
        for (position, link) in self.links.iter().enumerate() {
            if link.is_transit() {
                graph.add_edge(NodeIndex::new(link.a.index()), NodeIndex::new(link.b.index()), position as u32);
            }
        }
        graph
    }

    /// Customers of each AS.
    pub(super) fn customer_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.numbers.len()];
        for link in self.links.iter().filter(|link| link.is_transit()) {
            counts[link.a.index()] += 1;
        }
        counts
    }

    /// Counts the ASes outside the largest connected part (of equals, the one with the first AS).
    pub(super) fn find_islands(&mut self) {
        let mut parts = UnionFind::<u32>::new(self.numbers.len());
        for link in &self.links {
            parts.union(link.a.0, link.b.0);
        }
        let labels = parts.into_labeling();
        let mut sizes = vec![0_u32; labels.len()];
        for label in &labels {
            sizes[*label as usize] += 1;
        }
        let mut largest = labels.first().copied().unwrap_or_default();
        for label in &labels {
            if sizes[*label as usize] > sizes[largest as usize] {
                largest = *label;
            }
        }
        for (number, label) in self.numbers.iter().zip(&labels) {
            if *label != largest {
                self.report.islands.add(|| format!("AS{number}"));
            }
        }
    }
}
