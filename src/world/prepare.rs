//! What all runs of an experiment share, built once: the underlay, populations, routes between the ASes in use.

use std::sync::Arc;

use super::memory::{Estimate, readable};
use super::outcome::Window;
use super::{PrepareError, RunOptions};
use crate::economics::{EconomicsSpec, Ledger};
use crate::guidance::{NetworkView, WayOut};
use crate::management::{ManagementSpec, ServerSpec};
use crate::population::{Crowd, Population, placement_notes};
use crate::random::Seed;
use crate::scenario::{ArmSpec, Resolved};
use crate::services::{LimitedPath, ServiceSpec};
use crate::underlay::{RouteClass, RouteTable, RouteTableTooLarge, Underlay, WaysOut};
use crate::units::{AsIndex, AsNumber, Identity, SimDuration};

/// Where all replications together use so few ASes that one route table serves them, bytes.
const SHARED_TABLE: u64 = 64 << 20;

/// What all runs of an experiment share, built once: the underlay and its routes, and who exists in each replication.
pub struct Prepared<'a> {
    pub(super) scenario: &'a Resolved,
    pub(super) underlay: Arc<Underlay>,
    pub(super) populations: Vec<Population>,
    geographies: Vec<Arc<Geography>>,
    estimate: Estimate,
}

/// The ASes that one replication uses. What it tells does not depend on the other replications, with which it may share
/// its ways.
#[derive(Debug)]
pub(super) struct Geography {
    ways: Arc<Ways>,
    underlay: Arc<Underlay>,
    /// The ASes in use, ascending: an address is a position here.
    ases: Vec<AsIndex>,
    /// Where the scenario has tariffs.
    ledger: Option<Arc<Ledger>>,
}

/// Routes between ASes, for one replication or more.
#[derive(Debug)]
struct Ways {
    routes: RouteTable,
    /// Routes over limited links, sorted by their ends.
    limited: Vec<LimitedRoute>,
    /// Where some arm wants to be told.
    exits: Option<WaysOut>,
}

/// A route over limited links, whose resources are not known yet: their numbers.
#[derive(Debug, Clone)]
pub(super) struct LimitedRoute {
    pub(super) from: AsIndex,
    pub(super) to: AsIndex,
    pub(super) links: Vec<u32>,
}

impl Ways {
    fn new(underlay: &Underlay, ases: &[AsIndex], limit: u64, ways_out: bool) -> Result<Self, PrepareError> {
        let too_large = |error: RouteTableTooLarge| PrepareError::TooLarge(error.to_string());
        let routes = RouteTable::build(underlay, ases, limit).map_err(too_large)?;
        let exits = ways_out.then(|| WaysOut::build(underlay, ases, limit)).transpose().map_err(too_large)?;
        Ok(Self { routes, limited: Self::limited_routes(underlay, ases)?, exits })
    }

    fn limited_routes(underlay: &Underlay, ases: &[AsIndex]) -> Result<Vec<LimitedRoute>, PrepareError> {
        if underlay.limited_link_count() == 0 {
            return Ok(Vec::new());
        }
        let mut routes = Vec::new();
        for from in ases {
            for to in ases {
                let links = underlay.limited_links_on_route(*from, *to);
                let most = crate::bandwidth::LONGEST_PATH - 2;
                if links.len() > most {
                    return Err(PrepareError::Invalid(format!(
                        "the route from AS {} to AS {} crosses {} links with a capacity; at most {most} can be \
                         modelled: remove `capacity` where a link does not limit anybody",
                        underlay.number(*from),
                        underlay.number(*to),
                        links.len(),
                    )));
                }
                if !links.is_empty() {
                    let links = links.iter().map(|link| link.0).collect();
                    routes.push(LimitedRoute { from: *from, to: *to, links });
                }
            }
        }
        Ok(routes)
    }
}

impl Geography {
    /// Routes between the ASes in use.
    pub(super) fn routes(&self) -> &RouteTable {
        &self.ways.routes
    }

    /// Who pays whom for the links on routes between the ASes in use.
    pub(super) fn ledger(&self) -> Option<&Arc<Ledger>> {
        self.ledger.as_ref()
    }

    /// The routes over limited links.
    pub(super) fn limited_routes(&self) -> &[LimitedRoute] {
        &self.ways.limited
    }

    /// The address of a host in this AS, as the control plane knows it: the AS's position among those in use.
    pub(super) fn address(&self, index: AsIndex) -> AsIndex {
        AsIndex(self.ases.binary_search(&index).map_or(u32::MAX, |position| position as u32))
    }

    /// One-way delay between two addresses.
    pub(super) fn address_latency(&self, from: AsIndex, to: AsIndex) -> Option<SimDuration> {
        self.routes().latency(self.as_of(from), self.as_of(to))
    }

    fn as_of(&self, address: AsIndex) -> AsIndex {
        self.ases[address.index()]
    }

    /// The limited paths with the resources that a network gave the links.
    pub(super) fn limited_paths(&self, resource: impl Fn(u32) -> crate::bandwidth::ResourceId) -> Vec<LimitedPath> {
        let path = |route: &LimitedRoute| LimitedPath {
            from: route.from,
            to: route.to,
            links: route.links.iter().map(|link| resource(*link)).collect(),
        };
        self.ways.limited.iter().map(path).collect()
    }
}

/// What UNIS looks at: addresses instead of ASes.
impl NetworkView for Geography {
    fn as_count(&self) -> usize {
        self.ases.len()
    }

    fn hops(&self, from: AsIndex, to: AsIndex) -> Option<u8> {
        self.routes().hops(self.as_of(from), self.as_of(to))
    }

    fn same_isp(&self, a: AsIndex, b: AsIndex) -> bool {
        self.underlay.isp_of(self.as_of(a)) == self.underlay.isp_of(self.as_of(b))
    }

    fn delay(&self, from: AsIndex, to: AsIndex) -> Option<SimDuration> {
        self.address_latency(from, to)
    }

    fn way_out(&self, from: AsIndex, to: AsIndex) -> Option<WayOut> {
        Some(match self.ways.exits.as_ref()?.get(self.as_of(from), self.as_of(to))? {
            RouteClass::Own => WayOut::OwnIsp,
            RouteClass::Customer => WayOut::Customer,
            RouteClass::Peer => WayOut::Peer,
            RouteClass::Provider => WayOut::Provider,
        })
    }
}

impl<'a> Prepared<'a> {
    /// Builds the underlay, the populations of all replications and their routes; refuses what needs more than
    /// `memory_limit` bytes with `jobs` runs at a time.
    ///
    /// # Errors
    /// What the scenario asks for and its own data contradict, or the estimate of memory; both are texts for people.
    pub fn new(scenario: &'a Resolved, jobs: usize, memory_limit: u64) -> Result<Self, PrepareError> {
        let estimate = Estimate::before_building(scenario, jobs);
        estimate.check(memory_limit)?;
        let invalid = |error: &dyn std::fmt::Display| PrepareError::Invalid(error.to_string());
        // The underlay is the same in all replications.
        let underlay_seed = Seed::new(scenario.experiment.seed, u32::MAX);
        let underlay = Arc::new(Underlay::build(&scenario.underlay, underlay_seed).map_err(|error| invalid(&error))?);
        let servers = server_ases(scenario, &underlay)?;
        let trees: Vec<_> = servers.iter().map(|server| underlay.route_tree(*server)).collect();
        let reachable = |index: AsIndex| trees.iter().all(|tree| tree.hops(index).is_some());
        let mut populations = Vec::new();
        for replication in 0..scenario.experiment.replications {
            let seed = Seed::new(scenario.experiment.seed, replication);
            let population = Population::build(&scenario.population, &underlay, &reachable, seed);
            populations.push(population.map_err(|error| invalid(&error))?);
        }
        check_measured(&populations, &Window::of(&scenario.experiment))?;
        let ases: Vec<Vec<AsIndex>> = populations
            .iter()
            .map(|population| population.ases_in_use().into_iter().chain(servers.iter().copied()).collect())
            .collect();
        let ways_out = scenario.arms.iter().any(|arm| arm.management.details().ways_out);
        let estimate = estimate.with_routes(&underlay, &ases, ways_out);
        estimate.check(memory_limit)?;
        let geographies = geographies(scenario.economics.as_ref(), &underlay, ases, memory_limit, ways_out)?;
        Ok(Self { scenario, underlay, populations, geographies, estimate })
    }

    pub(super) fn geography(&self, replication: u32) -> &Arc<Geography> {
        &self.geographies[replication as usize]
    }

    /// Bytes that the experiment is estimated to need.
    pub fn estimated_bytes(&self) -> u64 {
        self.estimate.total()
    }

    /// Those of them that are kept until the end: rows, underlay, routes.
    pub(super) fn kept_bytes(&self) -> u64 {
        self.estimate.kept()
    }

    /// The underlay.
    pub fn underlay(&self) -> &Underlay {
        &self.underlay
    }

    /// What the preparation noticed (dirt in files, unreachable pairs …) and what is approximated, one sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.underlay.report().notes();
        notes.extend(self.geographies.first().and_then(|geography| geography.routes().note()));
        if let Crowd::Drawn(drawn) = &self.scenario.population.crowd {
            notes.extend(placement_notes(&drawn.placement, &self.underlay));
        }
        if let Some(left_out) = self.populations.first().map(Population::left_out).filter(|n| *n > 0) {
            notes.push(format!("{left_out} ASes have no route to a server of the control plane and hold no peers."));
        }
        notes.extend(super::approximations::of(self.scenario));
        notes
    }

    /// Keys that cannot bind in this scenario, in the order of its tables: advice, no mistakes.
    pub fn advice(&self) -> Vec<super::Advice> {
        super::advice::of(self)
    }

    /// Keys that did not bind in any of these runs, though it was not certain before.
    pub fn advice_after(&self, outcomes: &[&crate::metrics::RunOutcome]) -> Vec<super::Advice> {
        super::advice::after(self, outcomes)
    }

    /// Which peers are measured.
    pub(super) fn window(&self) -> Window {
        Window::of(&self.scenario.experiment)
    }

    /// How many peers of a replication are measured.
    pub(super) fn measured(&self, replication: u32) -> u32 {
        measured(&self.populations[replication as usize], &self.window())
    }

    /// The AS a server lives in.
    pub(super) fn server_as(&self, number: Option<AsNumber>) -> AsIndex {
        number.and_then(|number| self.underlay.index_of(number)).unwrap_or_else(|| self.underlay.default_server_as())
    }

    /// Runs one replication of one arm to its end, or until `stop` is set.
    ///
    /// # Errors
    /// [`super::Interrupted`] when it was told to stop.
    pub fn run(
        &self,
        arm: usize,
        replication: u32,
        stop: &std::sync::atomic::AtomicBool,
    ) -> Result<crate::metrics::RunOutcome, super::Interrupted> {
        self.run_with(arm, replication, stop, RunOptions::default())
    }
}

fn measured(population: &Population, window: &Window) -> u32 {
    (0..population.peers()).filter(|peer| window.measures(population.arrival(Identity(*peer)))).count() as u32
}

/// Refuses a window of measurement in which nobody arrives.
fn check_measured(populations: &[Population], window: &Window) -> Result<(), PrepareError> {
    let Some(empty) = populations.iter().position(|population| measured(population, window) == 0) else {
        return Ok(());
    };
    Err(PrepareError::Invalid(format!(
        "replication {empty}: no peer arrives between `experiment.warm-up` and `experiment.horizon`, so that there is \
         nobody to measure; arrivals must go on until then"
    )))
}

/// One per replication; they share a table of routes while that is small, else each has its own.
fn geographies(
    economics: Option<&EconomicsSpec>,
    underlay: &Arc<Underlay>,
    mut ases: Vec<Vec<AsIndex>>,
    limit: u64,
    ways_out: bool,
) -> Result<Vec<Arc<Geography>>, PrepareError> {
    for in_use in &mut ases {
        in_use.sort_unstable();
        in_use.dedup();
    }
    let mut all: Vec<AsIndex> = ases.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    let shared = if RouteTable::estimate_bytes(underlay, all.len()) <= SHARED_TABLE {
        Some(Arc::new(Ways::new(underlay, &all, limit, ways_out)?))
    } else {
        None
    };
    let geography = |ases: Vec<AsIndex>| {
        let ways = match &shared {
            Some(shared) => Arc::clone(shared),
            None => Arc::new(Ways::new(underlay, &ases, limit, ways_out)?),
        };
        let ledger = economics.map(|economics| Arc::new(Ledger::build(economics, underlay, &ases)));
        Ok(Arc::new(Geography { ways, underlay: Arc::clone(underlay), ases, ledger }))
    };
    ases.into_iter().map(geography).collect()
}

/// The specs of an arm's servers.
fn servers(arm: &ArmSpec) -> Vec<&ServerSpec> {
    match (&arm.service, &arm.management) {
        (ServiceSpec::ClientServer(_), _) => Vec::new(),
        (_, ManagementSpec::Unmanaged(tracker)) => vec![tracker],
        (_, ManagementSpec::Managed(managed)) => {
            std::iter::once(&managed.oms.server).chain(managed.unis.as_ref().map(|unis| &unis.server)).collect()
        }
    }
}

/// The ASes of all servers of all arms. Those of one arm count for every arm, so that placement is the same in all.
fn server_ases(scenario: &Resolved, underlay: &Underlay) -> Result<Vec<AsIndex>, PrepareError> {
    let mut ases = Vec::new();
    for arm in &scenario.arms {
        for server in servers(arm) {
            let index = match server.as_number {
                None => underlay.default_server_as(),
                Some(number) => underlay.index_of(number).ok_or_else(|| {
                    PrepareError::Invalid(format!(
                        "arm `{}`: no AS {number} in this underlay; a server's `as` must name one of its ASes",
                        arm.name
                    ))
                })?,
            };
            ases.push(index);
        }
    }
    ases.sort_unstable();
    ases.dedup();
    Ok(ases)
}

impl Estimate {
    fn check(&self, limit: u64) -> Result<(), PrepareError> {
        if self.total() <= limit {
            return Ok(());
        }
        Err(PrepareError::TooLarge(format!(
            "this scenario needs about {} of memory, and {} are allowed: {self}",
            readable(self.total()),
            readable(limit)
        )))
    }
}
