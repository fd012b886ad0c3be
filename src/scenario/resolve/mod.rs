//! *Resolve*: a tree becomes specs: defaults filled, every value in range, checked across tables.
//!
//! Each function reads one part of the file and returns its spec whatever is wrong with it: problems go to a list, and
//! nobody uses the specs unless that list stays empty.

mod check;
mod csv_file;
mod economics;
mod hosts;
mod law;
mod management;
mod population;
mod reference;
mod reports;
mod service;
mod sessions;
mod subscribers;
mod traces;
mod underlay;

pub(super) use self::underlay::LARGEST_FILE;
pub(super) use underlay::SOURCES as UNDERLAY_SOURCES;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use super::errors::{Problem, Problems, Source, nearest};
use super::keys;
use super::profiles;
use super::reader::{Field, Reader};
use super::resolved::{ArmSpec, AsWritten, ExperimentSpec, InputFile, Resolved};
use super::schema::ticked;
use super::tree::{Node, Place};
use crate::bandwidth::SharingSpec;
use crate::selection::Catalog;
use crate::services::ServiceSpec;
use crate::units::{AsNumber, SimDuration};

/// Samples of a time series that a run may take.
const MOST_SAMPLES: u64 = 1_000_000;
/// Bytes that all peers of a run may put on the wire together (1 EiB): a 64-bit counter has room for 16 times that.
const MOST_WIRE_BYTES: f64 = 1_152_921_504_606_846_976.0;
/// Variants of one experiment.
const MOST_ARMS: usize = 100;

/// What resolving needs besides the file.
#[derive(Clone)]
pub(super) struct Surroundings<'a> {
    pub(super) catalog: &'a Catalog,
    /// The scenario file itself.
    pub(super) file: InputFile,
    /// The scenario file's folder.
    pub(super) folder: &'a Path,
    /// The texts that problems point into; files that the scenario names are added.
    pub(super) sources: &'a RefCell<Vec<Source>>,
    /// Name of the results folder.
    pub(super) name: String,
    /// Leading comment lines.
    pub(super) preamble: Vec<String>,
}

/// The AS numbers that a scenario may name; `None`: the underlay is wrong, so that nobody knows.
pub(super) type KnownAses = Option<BTreeSet<AsNumber>>;

/// Reads the whole scenario. The result is meaningless when a problem was recorded.
pub(super) fn resolve(root: &Node, surroundings: Surroundings<'_>, problems: &Problems) -> Resolved {
    let filled = profiles::filled(root, surroundings.sources, problems);
    let file = Reader::open(&filled, &keys::SCENARIO, String::new(), problems);
    file.get::<u32>("format");
    let title = file.get::<String>("title").value;
    let underlay = underlay::resolve(&file.table("underlay"), surroundings.folder);
    // Nobody knows what a wrong underlay was meant to join.
    let joined = (problems.count() == 0).then(|| underlay.spec.source.clone());
    let population = population::resolve(&file.table("population"), &underlay, &surroundings);
    let sharing = SharingSpec {
        tolerance: file
            .one_of("bandwidth")
            .and_then(|chosen| chosen.with_table(|max_min| max_min.get("tolerance").value))
            .unwrap_or_default(),
    };
    let discovery = management::discovery(&file.table("discovery"));
    let service = file.one_of("service").map(|chosen| (chosen.place, service::resolve(&chosen)));
    let shared = service.as_ref().and_then(|(_, service)| service.clone());
    let arms = arms(&file, service, &discovery.list, &underlay.known, surroundings.catalog);
    let experiment = experiment(&file.table("experiment"), &arms.specs);
    let references = reference::resolve(&file, &arms.specs, &underlay.spec);
    let economics = economics::resolve(&file, joined.as_ref());
    let checks = check::resolve(&file, &arms.specs, &experiment);
    for (arm, place) in arms.specs.iter().zip(&arms.service_places) {
        check_volume(&arm.service, population.peers(), *place, problems);
        if matches!(arm.service, ServiceSpec::ClientServer(_)) {
            population::check_origins(&population, *place, problems);
        }
    }
    Resolved {
        name: surroundings.name,
        title,
        preamble: surroundings.preamble,
        experiment,
        underlay: underlay.spec,
        population,
        sharing,
        discovery: discovery.spec,
        arms: arms.specs,
        references,
        economics,
        checks,
        sweep: None,
        as_written: AsWritten {
            file: Some(surroundings.file),
            folder: surroundings.folder.to_owned(),
            strategy_parameters: arms.strategy_parameters,
            service: shared,
            own_service: arms.own_service,
            swept: false,
            document: toml::Table::new(),
        },
    }
}

#[derive(Default)]
struct Arms {
    specs: Vec<ArmSpec>,
    strategy_parameters: Vec<Vec<toml::Table>>,
    service_places: Vec<Place>,
    own_service: Vec<bool>,
}

fn arms(
    file: &Reader<'_>,
    service: Option<(Place, Option<ServiceSpec>)>,
    list: &Field<u32>,
    known: &KnownAses,
    catalog: &Catalog,
) -> Arms {
    let problems = file.problems();
    let readers = file.tables("arm");
    if let Some(extra) = readers.get(MOST_ARMS) {
        problems.add(Problem::at(extra.place(), "too many arms").allowed(format!("at most {MOST_ARMS} arms")));
    }
    let mut arms = Arms::default();
    let mut names = Names::default();
    let mut scenario_service_used = readers.is_empty();
    for reader in &readers {
        let name: Field<String> = reader.get("name");
        names.add(&name, "arm", problems);
        let own = reader.one_of("service").map(|chosen| (chosen.place, service::resolve(&chosen)));
        scenario_service_used |= !reader.has("service");
        if service.is_none() && !reader.has("service") && !file.has("service") {
            let message = format!("arm `{}` has no service", name.value);
            let advice = "add `[service.file-swarming]` for all arms, or `[arm.service.file-swarming]` for this one";
            problems.add(Problem::at(reader.place(), message).advice(advice));
        }
        let (place, service) = own.or_else(|| service.clone()).unwrap_or((reader.place(), None));
        arms.own_service.push(reader.has("service"));
        let client_server = matches!(service, Some(ServiceSpec::ClientServer(_)));
        let service = service.unwrap_or_else(service::placeholder);
        let control = management::arm(reader, client_server, list, known, catalog);
        arms.strategy_parameters.push(control.strategy_parameters);
        arms.specs.push(ArmSpec { name: name.value, service, management: control.spec, contacts: control.contacts });
        arms.service_places.push(place);
    }
    if let (Some((place, _)), false) = (service, scenario_service_used) {
        let message = "no arm uses the scenario's service: each has its own";
        problems.add(Problem::at(place, message).advice("remove `[service]`, or the `service` of an arm"));
    }
    arms
}

fn experiment(reader: &Reader<'_>, arms: &[ArmSpec]) -> ExperimentSpec {
    let problems = reader.problems();
    let deadline: Field<SimDuration> = reader.get("deadline");
    let sampling: Field<SimDuration> = reader.get("sampling");
    if deadline.ok && sampling.ok && deadline.value.as_nanos() / sampling.value.as_nanos() > MOST_SAMPLES {
        let message = format!("`sampling` every {} until {} is too many samples", sampling.value, deadline.value);
        problems.add(Problem::at(sampling.place, message).allowed(format!("at most {MOST_SAMPLES} samples per run")));
    }
    let (warm_up, horizon) = window(reader, &deadline);
    let baseline = reader.optional::<String>("baseline").map_or(0, |wanted| {
        let position = arms.iter().position(|arm| arm.name == wanted.value);
        if position.is_none() && wanted.ok && !arms.is_empty() {
            let names = || arms.iter().map(|arm| arm.name.as_str());
            problems.add(
                Problem::at(wanted.place, format!("the baseline `{}` is no arm", wanted.value))
                    .allowed(format!("the name of an arm: {}", ticked(names())))
                    .nearest(nearest(&wanted.value, names())),
            );
        }
        position.unwrap_or(0)
    });
    ExperimentSpec {
        seed: reader.get("seed").value,
        seed_defaulted: !reader.has("seed"),
        replications: reader.get("replications").value,
        baseline,
        deadline: deadline.value,
        warm_up,
        horizon,
        sampling: sampling.value,
        confidence: reader.get("confidence").value,
        smallest_effect: reader.get("smallest-effect").value,
        matrix_rows: reader.get("matrix-rows").value,
    }
}

/// The window of measurement: warm-up ≤ horizon ≤ deadline.
fn window(reader: &Reader<'_>, deadline: &Field<SimDuration>) -> (SimDuration, Option<SimDuration>) {
    let problems = reader.problems();
    let warm_up: Field<SimDuration> = reader.get("warm-up");
    let horizon = reader.optional::<SimDuration>("horizon");
    if warm_up.ok && deadline.ok && warm_up.value >= deadline.value {
        let message = format!("the warm-up of {} lasts until the deadline, {}", warm_up.value, deadline.value);
        problems.add(Problem::at(warm_up.place, message).allowed("less than the deadline"));
    }
    if let Some(horizon) = horizon.as_ref().filter(|horizon| horizon.ok) {
        if warm_up.ok && horizon.value <= warm_up.value {
            let message = format!("the horizon, {}, is not after the warm-up of {}", horizon.value, warm_up.value);
            problems.add(Problem::at(horizon.place, message).allowed("more than the warm-up"));
        }
        if deadline.ok && horizon.value > deadline.value {
            let message = format!("the horizon, {}, is after the deadline, {}", horizon.value, deadline.value);
            problems.add(Problem::at(horizon.place, message).allowed("at most the deadline"));
        }
    }
    (warm_up.value, horizon.map(|horizon| horizon.value))
}

/// Refuses contents that would overflow the byte counters of a run.
fn check_volume(service: &ServiceSpec, peers: u32, place: Place, problems: &Problems) {
    let (size, overhead) = match service {
        ServiceSpec::FileSwarming(spec) => {
            let (mtu, header) = (spec.wire.mtu.get() as f64, spec.wire.packet_header.get() as f64);
            (spec.size, if mtu > header { mtu / (mtu - header) } else { 1.0 })
        }
        ServiceSpec::ClientServer(spec) => (spec.size, 1.0),
    };
    if size.get() as f64 * f64::from(peers) * overhead > MOST_WIRE_BYTES {
        let message = format!("{peers} peers × {size} is more than a run can count");
        problems.add(Problem::at(place, message).allowed("at most 1 EiB over all peers, headers included"));
    }
}

/// Finds names that are used twice.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn add(&mut self, name: &Field<String>, what: &str, problems: &Problems) {
        if name.ok && !self.0.insert(name.value.clone()) {
            let message = format!("a second {what} is called `{}`", name.value);
            problems.add(Problem::at(name.place, message).allowed("a name of its own"));
        }
    }
}

/// Refuses an AS number that the underlay does not have.
fn check_as(number: &Field<AsNumber>, known: &KnownAses, problems: &Problems) {
    let Some(known) = known else { return };
    if number.ok && !known.contains(&number.value) {
        let shown: Vec<String> = known.iter().take(10).map(|n| format!("`{n}`")).collect();
        let more = if known.len() > shown.len() { format!(" … ({} in all)", known.len()) } else { String::new() };
        problems.add(
            Problem::at(number.place, format!("the underlay has no AS {}", number.value))
                .allowed(format!("{}{more}", shown.join(", "))),
        );
    }
}
