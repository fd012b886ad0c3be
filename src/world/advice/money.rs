//! Tariffs that nobody pays by, bills that stay empty, commits that nobody exceeds.

use super::{Advice, Prepared, Setting};
use crate::economics::{EconomicsSpec, Ledger, SAMPLE, SAMPLES_AT_LEAST, Terms};
use crate::metrics::RunOutcome;
use crate::scenario::ExperimentSpec;
use crate::units::BitRate;

pub(super) fn advise(setting: &mut Setting<'_>) {
    let Some(economics) = &setting.scenario.economics else { return };
    let ledgers = ledgers(setting.prepared);
    if ledgers.iter().all(|ledger| ledger.contracts().is_empty()) {
        setting.advise(
            "tariff",
            "no route between hosts (or to a server) crosses a link between ISPs: there is nothing to pay.",
        );
        return;
    }
    let used = used(economics, &ledgers);
    for (tariff, used) in economics.tariffs.iter().zip(&used) {
        // Tariffs in general are required, or say that nothing is paid.
        if !used && let Some(seller) = &tariff.seller {
            let (kind, seller) = (tariff.links.name(), &seller.name);
            let message = format!(
                "nobody pays by it: no route between hosts, or to a server, takes a {kind} link of `{seller}` that it is for."
            );
            setting.advise(format!("tariff.{}", tariff.name), message);
        }
    }
    let terms = || economics.tariffs.iter().zip(&used).filter(|(_, used)| **used).map(|(tariff, _)| &tariff.terms);
    let by_traffic = terms().any(|terms| matches!(terms, Terms::Percentile { .. } | Terms::PerVolume { .. }));
    if economics.month.is_some() && !by_traffic {
        let message = "no contract's bill depends on the traffic: a month costs the same without it.";
        setting.advise("billing.month", message);
    }
    let experiment = &setting.scenario.experiment;
    if let Some(samples) = too_few(experiment)
        && needs_samples(economics, &used)
    {
        let key = if by_horizon(experiment) { "experiment.horizon" } else { "experiment.deadline" };
        let message = format!(
            "at most {samples} whole samples of 5 minutes are measured by then, and below {SAMPLES_AT_LEAST} there is no \
             percentile: bills that depend on the traffic stay empty."
        );
        setting.advise(key, message);
    }
}

/// What runs showed: too few samples, commits that nobody exceeded.
pub(super) fn after(prepared: &Prepared<'_>, outcomes: &[&RunOutcome]) -> Vec<Advice> {
    let scenario = prepared.scenario;
    let Some(economics) = &scenario.economics else { return Vec::new() };
    let used = used(economics, &ledgers(prepared));
    let mut found = Vec::new();
    let most = outcomes.iter().flat_map(|outcome| &outcome.costs).map(|row| row.samples).max();
    if let Some(samples) = most.filter(|samples| (*samples as usize) < SAMPLES_AT_LEAST)
        && too_few(&scenario.experiment).is_none()
        && needs_samples(economics, &used)
    {
        let message = format!(
            "no run was measured for more than {samples} whole samples of 5 minutes, and below {SAMPLES_AT_LEAST} there is no \
             percentile: bills that depend on the traffic are empty. A horizon makes runs last as long."
        );
        found.push(Advice { key: "experiment.horizon".to_owned(), message });
    }
    for tariff in &economics.tariffs {
        let Terms::Percentile { commit, .. } = &tariff.terms else { continue };
        let rows = outcomes.iter().flat_map(|outcome| &outcome.costs).filter(|row| row.tariff == tariff.name);
        let levels: Option<Vec<u64>> =
            rows.map(|row| if economics.month.is_some() { row.month_billed_bps } else { row.billed_bps }).collect();
        let Some(highest) = levels.and_then(|levels| levels.into_iter().max()) else { continue };
        if highest < commit.get() {
            let message = format!(
                "no run of any contract was billed above {}: what is paid is the commit, {commit}, and never the overage.",
                BitRate::new(highest)
            );
            found.push(Advice { key: format!("tariff.{}.terms.percentile.commit", tariff.name), message });
        }
    }
    found
}

fn ledgers<'a>(prepared: &'a Prepared<'_>) -> Vec<&'a Ledger> {
    let replications = 0..prepared.populations.len() as u32;
    replications.filter_map(|replication| prepared.geography(replication).ledger().map(AsRef::as_ref)).collect()
}

/// For each tariff whether a contract of any replication comes under it.
fn used(economics: &EconomicsSpec, ledgers: &[&Ledger]) -> Vec<bool> {
    let contracts = || ledgers.iter().flat_map(|ledger| ledger.contracts());
    (0..economics.tariffs.len()).map(|tariff| contracts().any(|contract| contract.tariff == tariff)).collect()
}

/// Whether a contract's bill cannot be known without a percentile.
fn needs_samples(economics: &EconomicsSpec, used: &[bool]) -> bool {
    economics.tariffs.iter().zip(used).any(|(tariff, used)| {
        *used
            && match tariff.terms {
                Terms::Percentile { .. } => true,
                Terms::PerVolume { .. } => economics.month.is_some(),
                Terms::Flat(_) | Terms::SettlementFree => false,
            }
    })
}

/// Whether the window of measurement ends before the deadline.
fn by_horizon(experiment: &ExperimentSpec) -> bool {
    experiment.horizon.is_some_and(|horizon| horizon < experiment.deadline)
}

/// The most whole samples that can be measured, where they are too few.
fn too_few(experiment: &ExperimentSpec) -> Option<u64> {
    let end = experiment.horizon.map_or(experiment.deadline, |horizon| horizon.min(experiment.deadline));
    let measured = end.as_nanos().saturating_sub(experiment.warm_up.as_nanos());
    let samples = measured / SAMPLE.as_nanos();
    (samples < SAMPLES_AT_LEAST as u64).then_some(samples)
}
