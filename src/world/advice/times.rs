//! Times that never come, and times too short.

use super::{Setting, chosen};
use crate::population::{AfterCompletion, Crowd, Population};
use crate::random::Distribution;
use crate::services::ServiceSpec;
use crate::units::{BitRate, Bytes, Identity, SimDuration, SimTime};

pub(super) fn advise(setting: &mut Setting<'_>) {
    experiment(setting);
    deadline(setting);
    window(setting);
    population(setting);
}

fn experiment(setting: &mut Setting<'_>) {
    let experiment = &setting.scenario.experiment;
    if experiment.replications == 1 {
        if chosen("experiment.confidence", &experiment.confidence) {
            setting.advise("experiment.confidence", "a single replication gives no interval.");
        }
        if setting.scenario.arms.len() > 1 {
            let message = "a single replication gives no interval: no difference between arms can be told from chance.";
            setting.advise("experiment.replications", message);
        }
    }
    if experiment.sampling >= experiment.deadline && chosen("experiment.sampling", &experiment.sampling) {
        let message = format!(
            "a run ends at {} at the latest, before the first sample after {}.",
            experiment.deadline, experiment.sampling
        );
        setting.advise("experiment.sampling", message);
    }
}

/// Every bit leaves a seed, a cache or a server once before anybody can have everything.
fn deadline(setting: &mut Setting<'_>) {
    let deadline = setting.scenario.experiment.deadline;
    let sources = |population: &Population| {
        population.seeds().iter().chain(population.caches()).map(|source| source.up.get()).fold(0, u64::saturating_add)
    };
    let Some(fastest) = setting.populations().iter().map(sources).max().filter(|up| *up > 0) else { return };
    let smallest = setting.scenario.arms.iter().map(|arm| size_of(&arm.service)).min().unwrap_or(Bytes::ZERO);
    let least = BitRate::new(fastest).time_for(smallest);
    if least > deadline {
        setting.advise(
            "experiment.deadline",
            format!(
                "nobody can complete by {deadline}: to send {smallest} once, the initial seeds and caches need at least \
                 {} s at {} together.",
                rounded(least),
                BitRate::new(fastest)
            ),
        );
    }
    let late = |population: &Population| arrivals(population).filter(|at| *at >= after(deadline)).count() as u32;
    let most = setting.populations().iter().map(late).max().unwrap_or(0);
    if most > 0 {
        let message = format!(
            "up to {} of {} peers arrive after it, and are never there.",
            most,
            setting.populations().first().map_or(0, Population::peers)
        );
        setting.advise("experiment.deadline", message);
    }
}

fn size_of(service: &ServiceSpec) -> Bytes {
    match service {
        ServiceSpec::FileSwarming(spec) => spec.size,
        ServiceSpec::ClientServer(spec) => spec.size,
    }
}

/// Seconds, to three digits after the point.
fn rounded(duration: SimDuration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}

fn after(duration: SimDuration) -> SimTime {
    SimTime::ZERO.saturating_add(duration)
}

fn arrivals(population: &Population) -> impl Iterator<Item = SimTime> + '_ {
    (0..population.peers()).map(|peer| population.arrival(Identity(peer)))
}

/// A warm-up that leaves nobody out. (A horizon always matters: a run lasts until then.)
fn window(setting: &mut Setting<'_>) {
    let warm_up = setting.scenario.experiment.warm_up;
    let first = setting.populations().iter().flat_map(arrivals).min();
    if warm_up > SimDuration::ZERO && first.is_some_and(|first| first >= after(warm_up)) {
        let message = format!("nobody arrives before {warm_up}: nobody is left out.");
        setting.advise("experiment.warm-up", message);
    }
}

fn population(setting: &mut Setting<'_>) {
    let deadline = setting.scenario.experiment.deadline;
    let spec = &setting.scenario.population;
    if let AfterCompletion::StayFor(Distribution::Constant(stay)) = spec.after_completion
        && stay >= deadline
    {
        let message = format!("whoever stays for {stay} stays until the run ends, at {deadline} at the latest.");
        setting.advise("population.after-completion.stay-for", message);
    }
    let Crowd::Drawn(drawn) = &spec.crowd else { return };
    for class in &drawn.access {
        let expected = class.share * f64::from(drawn.peers);
        if expected < 1.0 {
            let message = format!(
                "less than one of {} peers is expected to be of this class ({:.2}): many runs have none.",
                drawn.peers, expected
            );
            setting.advise(format!("population.access.{}.share", class.name), message);
        }
    }
    if let Some(departure) = drawn.seeds.departure
        && departure >= after(deadline)
    {
        let message = format!("the initial seeds would leave after the deadline, {deadline}.");
        setting.advise("population.seeds.departure", message);
    }
}
