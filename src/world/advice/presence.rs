//! Sessions, patience and stalls whose end never comes.

use super::{Advice, Prepared, Setting};
use crate::metrics::RunOutcome;
use crate::population::{Population, Session};
use crate::scenario::{ArmSpec, Resolved};
use crate::services::ServiceSpec;
use crate::units::{Identity, SimTime};

pub(super) fn advise(setting: &mut Setting<'_>) {
    let deadline = setting.scenario.experiment.deadline;
    let sessions = &setting.scenario.population.sessions;
    if matches!(sessions.session, Session::Drawn(_)) && no_session_ends(setting.prepared) {
        let again = if sessions.gap.is_some() { ", and nobody comes again" } else { "" };
        let message = format!("nobody's first session ends before the deadline, {deadline}{again}.");
        setting.advise("population.session", message);
    }
    if sessions.patience.is_some() && nobody_gives_up(setting.prepared) {
        let message = format!("nobody's patience ends before the deadline, {deadline}.");
        setting.advise("population.patience", message);
    }
    for (path, arm) in fallbacks(setting.scenario) {
        if let ServiceSpec::FileSwarming(spec) = &arm.service
            && let Some(fallback) = &spec.fallback
            && fallback.after >= deadline
        {
            let message = format!("nobody can stall for {} before the deadline, {deadline}.", fallback.after);
            setting.advise(format!("{path}.after"), message);
        }
    }
}

/// What runs showed: nobody gave up, came again, or stalled for long enough.
pub(super) fn after(prepared: &Prepared<'_>, outcomes: &[&RunOutcome]) -> Vec<Advice> {
    let scenario = prepared.scenario;
    let sessions = &scenario.population.sessions;
    let mut found = Vec::new();
    let mut say = |key: String, message: &str| found.push(Advice { key, message: message.to_owned() });
    let anybody = |of: &dyn Fn(&crate::metrics::rows::PeerRow) -> bool| {
        outcomes.iter().flat_map(|outcome| &outcome.peers).any(|row| row.downloads() && of(row))
    };
    if outcomes.is_empty() {
        return found;
    }
    if sessions.patience.is_some() && !nobody_gives_up(prepared) && !anybody(&|row| row.left_early) {
        say("population.patience".to_owned(), "nobody left before having everything in any run.");
    }
    if sessions.gap.is_some() && !no_session_ends(prepared) && !anybody(&|row| row.sessions > 1) {
        say("population.gap".to_owned(), "nobody came again in any run.");
    }
    let deadline = scenario.experiment.deadline;
    for (path, arm) in fallbacks(scenario) {
        let shared = !path.starts_with("arm.");
        let of_arm = |outcome: &&&RunOutcome| shared || outcome.run.arm == arm.name;
        let fetched = |outcome: &&RunOutcome| outcome.run.fallback_bytes.is_some_and(|bytes| bytes > 0);
        let late = matches!(&arm.service, ServiceSpec::FileSwarming(spec) if spec.fallback.as_ref().is_some_and(|f| f.after >= deadline));
        if !late && !outcomes.iter().filter(of_arm).any(fetched) {
            say(path, "nobody fetched anything from the initial seeds directly in any run.");
        }
    }
    found
}

/// The fallbacks of the scenario, by the path of their table: of the common service, or of arms with one of their own.
fn fallbacks(scenario: &Resolved) -> Vec<(String, &ArmSpec)> {
    let has = |arm: &&ArmSpec| matches!(&arm.service, ServiceSpec::FileSwarming(spec) if spec.fallback.is_some());
    let first = scenario.arms.first().map(|arm| &arm.service);
    if scenario.arms.iter().all(|arm| Some(&arm.service) == first) {
        let arm = scenario.arms.iter().find(has);
        return arm.map(|arm| ("service.file-swarming.fallback".to_owned(), arm)).into_iter().collect();
    }
    let own = scenario.arms.iter().filter(has);
    own.map(|arm| (format!("arm.{}.service.file-swarming.fallback", arm.name), arm)).collect()
}

fn everybody<'a>(prepared: &'a Prepared<'_>) -> impl Iterator<Item = (&'a Population, Identity)> {
    prepared
        .populations
        .iter()
        .flat_map(|population| (0..population.peers()).map(move |peer| (population, Identity(peer))))
}

fn end(prepared: &Prepared<'_>) -> SimTime {
    SimTime::ZERO.saturating_add(prepared.scenario.experiment.deadline)
}

/// Whether everybody's first session lasts until the deadline.
fn no_session_ends(prepared: &Prepared<'_>) -> bool {
    let end = end(prepared);
    everybody(prepared).all(|(population, peer)| {
        let arrival = population.arrival(peer);
        arrival >= end || population.session_end(peer, 0, arrival).is_none_or(|session| session >= end)
    })
}

/// Whether everybody's patience lasts until the deadline.
fn nobody_gives_up(prepared: &Prepared<'_>) -> bool {
    let end = end(prepared);
    everybody(prepared).all(|(population, peer)| {
        population.patience(peer).is_none_or(|patience| population.arrival(peer).saturating_add(patience) >= end)
    })
}
