//! The underlay of an experiment: what is true of ASes, ISPs, links and routes.

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::draft::{AsLink, Draft};
use super::limited_links::LimitedLinks;
use super::route_graph::RouteGraph;
use super::route_sweep::RouteSweep;
use super::written_delays::WrittenDelays;
use super::{
    ImportReport, IspClass, LatencySpec, LimitedLinkId, RouteTree, Source, UnderlayError, UnderlaySpec,
    as_relationships, isps, tiered,
};
use crate::random::Seed;
use crate::units::{AsIndex, AsNumber, BitRate, IspIndex, SimDuration};

/// ASes, ISPs, links and routes: read-only, shared by all runs of an experiment.
#[derive(Debug, Clone)]
pub struct Underlay {
    numbers: Vec<AsNumber>,
    by_number: Vec<AsIndex>,
    isp_of: Vec<IspIndex>,
    isp_names: Vec<String>,
    pub(super) isp_classes: Vec<IspClass>,
    /// ASes in order of (ISP, position); `isp_starts` says where each ISP's begin.
    isp_ases: Vec<AsIndex>,
    isp_starts: Vec<u32>,
    subscribers: Option<Vec<f64>>,
    customers: Vec<u32>,
    links: Vec<AsLink>,
    limited: LimitedLinks,
    graph: RouteGraph,
    latency: LatencySpec,
    delays: Option<WrittenDelays>,
    report: ImportReport,
}

impl LatencySpec {
    /// One-way propagation delay over `hops` inter-AS links.
    pub const fn over(&self, hops: u8) -> SimDuration {
        self.inside.saturating_add(self.hop.saturating_mul(hops as u64))
    }
}

impl Underlay {
    /// Builds the underlay that `spec` asks for; `seed` matters to generators only.
    ///
    /// # Errors
    /// An [`UnderlayError`], a sentence for people, when the source cannot be understood or is contradictory in itself.
    pub fn build(spec: &UnderlaySpec, seed: Seed) -> Result<Self, UnderlayError> {
        let draft = match &spec.source {
            Source::Isps(set) => isps::draft(set)?,
            Source::Tiered(parameters) => tiered::draft(parameters, seed)?,
            Source::AsRelationships(file) => as_relationships::draft(file)?,
        };
        Self::assemble(draft, spec.latency)
    }

    fn assemble(mut draft: Draft, latency: LatencySpec) -> Result<Self, UnderlayError> {
        draft.find_islands();
        draft.report.ases = draft.numbers.len() as u64;
        draft.report.links = draft.links.len() as u64;
        let graph = RouteGraph::build(&draft)?;
        let customers = draft.customer_counts();
        let mut by_number: Vec<AsIndex> = (0..draft.numbers.len()).map(|i| AsIndex(i as u32)).collect();
        by_number.sort_unstable_by_key(|index| draft.numbers[index.index()]);
        let mut isp_ases: Vec<AsIndex> = (0..draft.numbers.len()).map(|i| AsIndex(i as u32)).collect();
        isp_ases.sort_by_key(|index| draft.isp_of[index.index()]);
        let mut isp_starts = vec![0_u32; draft.isp_names.len() + 1];
        for isp in &draft.isp_of {
            isp_starts[isp.index() + 1] += 1;
        }
        for isp in 0..draft.isp_names.len() {
            isp_starts[isp + 1] += isp_starts[isp];
        }
        Ok(Self {
            isp_classes: IspClass::of_all(&draft),
            limited: LimitedLinks::of(&draft.links),
            numbers: draft.numbers,
            by_number,
            isp_of: draft.isp_of,
            isp_names: draft.isp_names,
            isp_ases,
            isp_starts,
            subscribers: draft.subscribers,
            customers,
            links: draft.links,
            graph,
            latency,
            delays: draft.delays,
            report: draft.report,
        })
    }

    /// Number of ASes.
    pub fn as_count(&self) -> usize {
        self.numbers.len()
    }

    /// Number of ISPs.
    pub fn isp_count(&self) -> usize {
        self.isp_names.len()
    }

    /// The number of an AS.
    pub fn number(&self, index: AsIndex) -> AsNumber {
        self.numbers[index.index()]
    }

    /// The AS of this number, if the underlay has it.
    pub fn index_of(&self, number: AsNumber) -> Option<AsIndex> {
        let at = self.by_number.binary_search_by_key(&number, |index| self.number(*index)).ok()?;
        Some(self.by_number[at])
    }

    /// The owner of an AS.
    pub fn isp_of(&self, index: AsIndex) -> IspIndex {
        self.isp_of[index.index()]
    }

    /// The name of an ISP, for people.
    pub fn isp_name(&self, isp: IspIndex) -> &str {
        &self.isp_names[isp.index()]
    }

    /// The ASes of an ISP, ascending.
    pub fn isp_ases(&self, isp: IspIndex) -> &[AsIndex] {
        &self.isp_ases[self.isp_starts[isp.index()] as usize..self.isp_starts[isp.index() + 1] as usize]
    }

    /// Number of customer ASes.
    pub fn customers(&self, index: AsIndex) -> u32 {
        self.customers[index.index()]
    }

    /// Number of provider ASes.
    pub fn providers(&self, index: AsIndex) -> u32 {
        self.graph.providers.of(self.graph.place(index)).len() as u32
    }

    /// Whether an AS has no customers.
    pub fn is_stub(&self, index: AsIndex) -> bool {
        self.customers(index) == 0
    }

    /// Whether the source says how subscribers spread over ASes.
    pub fn knows_subscribers(&self) -> bool {
        self.subscribers.is_some()
    }

    /// Relative number of subscribers of an AS; 0 everywhere when nobody knows.
    pub fn subscribers(&self, index: AsIndex) -> f64 {
        self.subscribers.as_ref().map_or(0.0, |subscribers| subscribers[index.index()])
    }

    /// The AS with most customers, of equals the one with the lowest number: where servers stand unless told otherwise.
    pub fn default_server_as(&self) -> AsIndex {
        let standing = |index: &AsIndex| (std::cmp::Reverse(self.customers(*index)), self.number(*index));
        self.by_number.iter().copied().min_by_key(standing).unwrap_or_default()
    }

    /// The links, in the order of the file (`isps`) or of AS numbers (others).
    pub fn links(&self) -> &[AsLink] {
        &self.links
    }

    /// What was found while the graph was made.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Propagation delays where all ISPs and links are alike.
    pub(super) fn latency(&self) -> LatencySpec {
        self.latency
    }

    /// Propagation delays where they are written ISP by ISP and link by link.
    pub(super) fn written_delays(&self) -> Option<&WrittenDelays> {
        self.delays.as_ref()
    }

    /// Every route to `destination`.
    pub fn route_tree(&self, destination: AsIndex) -> RouteTree {
        RouteTree::build(self, destination)
    }

    /// The ASes on the route, both ends included; `None` without a route. Costs a sweep: for many routes to one
    /// destination take its [`RouteTree`].
    pub fn route(&self, from: AsIndex, to: AsIndex) -> Option<Vec<AsIndex>> {
        let mut sweep = RouteSweep::new(&self.graph);
        sweep.toward(self.graph.place(to));
        let mut place = self.graph.place(from);
        sweep.route(place).hops()?;
        let mut path = vec![from];
        while let Some(step) = sweep.step(place) {
            place = step.next;
            path.push(self.graph.as_at(place));
        }
        Some(path)
    }

    /// The limited link directions that the route crosses, in order; empty without a route. Costs a sweep when anything
    /// is limited at all: keep the answer.
    pub fn limited_links_on_route(&self, from: AsIndex, to: AsIndex) -> Vec<LimitedLinkId> {
        if self.limited.all().is_empty() {
            return Vec::new();
        }
        let path = self.route(from, to).unwrap_or_default();
        path.windows(2).filter_map(|ends| self.limited.find(ends[0], ends[1])).collect()
    }

    /// Number of limited link directions.
    pub fn limited_link_count(&self) -> usize {
        self.limited.all().len()
    }

    /// Sending end, receiving end and capacity of a limited link direction.
    pub fn limited_link(&self, id: LimitedLinkId) -> (AsIndex, AsIndex, BitRate) {
        self.limited.all()[id.index()]
    }

    /// The limited link direction from one AS to its neighbour; `None`: not limited, or no such link.
    pub fn limited_between(&self, from: AsIndex, to: AsIndex) -> Option<LimitedLinkId> {
        self.limited.find(from, to)
    }

    /// Capacity of the link direction; `None`: not limited, or no such link.
    pub fn capacity(&self, from: AsIndex, to: AsIndex) -> Option<BitRate> {
        self.limited.find(from, to).map(|id| self.limited_link(id).2)
    }

    /// A hash of every route between ASes `in_use`: both ends, class, length and next hop, by AS number. The same on any
    /// number of threads.
    pub fn routes_hash(&self, in_use: &[AsIndex]) -> u64 {
        let mut in_use = in_use.to_vec();
        in_use.sort_unstable_by_key(|index| self.number(*index));
        in_use.dedup();
        let per_destination: Vec<u64> = in_use
            .par_iter()
            .map_init(|| RouteSweep::new(&self.graph), |sweep, to| self.hash_routes_to(sweep, *to, &in_use))
            .collect();
        let mut all = Xxh3::new();
        for hash in per_destination {
            all.update(&hash.to_le_bytes());
        }
        all.digest()
    }

    fn hash_routes_to(&self, sweep: &mut RouteSweep<'_>, to: AsIndex, in_use: &[AsIndex]) -> u64 {
        let mut hash = Xxh3::new();
        sweep.toward(self.graph.place(to));
        hash.update(&self.number(to).0.to_le_bytes());
        for from in in_use {
            let place = self.graph.place(*from);
            let next = sweep.step(place).map_or(u32::MAX, |step| self.number(self.graph.as_at(step.next)).0);
            hash.update(&self.number(*from).0.to_le_bytes());
            hash.update(&[sweep.route(place).byte()]);
            hash.update(&next.to_le_bytes());
        }
        hash.digest()
    }

    pub(super) fn graph(&self) -> &RouteGraph {
        &self.graph
    }
}
