//! `peerscape validate`.

use std::fmt::Write as _;

use serde_json::json;

use super::Exit;
use super::advice::{advice_json, advise};
use super::arguments::{Format, ValidateArguments};
use super::console::{Console, printable};
use super::machine::jobs;
use super::run::{load, prepare, run_count};
use crate::management::ManagementSpec;
use crate::population::PopulationSpec;
use crate::scenario::{ArmSpec, Axis, Resolved};
use crate::selection::Catalog;
use crate::services::ServiceSpec;
use crate::underlay::Source;

/// Reads the scenario, builds what its runs share, and says what would run.
pub(super) fn validate(
    arguments: &ValidateArguments,
    strategies: &Catalog,
    console: &mut Console<'_>,
) -> Result<Exit, Exit> {
    let common = &arguments.common;
    let resolved = load(common, strategies, console)?;
    let jobs = jobs(common, run_count(&resolved));
    let prepared = prepare(&resolved, common, jobs, console)?;
    let notes = prepared.notes();
    let advice = prepared.advice();
    if common.format == Format::Text {
        advise(&advice, console);
    }
    console.say(&match common.format {
        Format::Text => printable(&text(&resolved, jobs, prepared.estimated_bytes(), &notes)),
        Format::Json => {
            let mut document = document(&resolved, jobs, prepared.estimated_bytes(), &notes);
            document["advice"] = advice_json(&advice);
            format!("{document:#}\n")
        }
    })?;
    Ok(Exit::Done)
}

fn text(resolved: &Resolved, jobs: usize, memory: u64, notes: &[String]) -> String {
    let experiment = &resolved.experiment;
    let mut text = format!("{} is valid: {}\n\n", resolved.name, resolved.title);
    let _ = writeln!(
        text,
        "{} arms × {} replications = {} runs, {jobs} at a time; seed {}; deadline {}",
        resolved.arms.len(),
        experiment.replications,
        run_count(resolved),
        experiment.seed,
        experiment.deadline,
    );
    let population = &resolved.population;
    let count = population.seeds();
    let seeds = if count == 1 { "seed" } else { "seeds" };
    let caches = caches(population);
    let over = underlay(resolved);
    for axis in resolved.sweep.iter().flat_map(|sweep| &sweep.axes) {
        let _ = writeln!(text, "swept: {}", swept(axis));
    }
    let _ = writeln!(text, "{} peers and {count} initial {seeds}{caches} over {over}", peers(resolved));
    if let Some(sessions) = population.sessions.in_words() {
        let _ = writeln!(text, "peers come and go: {sessions}");
    }
    let _ = writeln!(text, "about {} MiB of memory\n", memory.div_ceil(1 << 20));
    let width = resolved.arms.iter().map(|arm| arm.name.chars().count()).max().unwrap_or(0);
    for (position, arm) in resolved.arms.iter().enumerate() {
        let mark = if resolved.is_baseline(position) { "  (baseline)" } else { "" };
        let _ = writeln!(text, "  {:width$}  {}; {}{mark}", arm.name, management(arm), service(arm));
    }
    if !notes.is_empty() {
        text.push('\n');
    }
    for note in notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

fn document(resolved: &Resolved, jobs: usize, memory: u64, notes: &[String]) -> serde_json::Value {
    let arms = resolved.arms.iter().enumerate().map(|(position, arm)| {
        json!({
            "name": arm.name,
            "baseline": resolved.is_baseline(position),
            "management": management(arm),
            "service": service(arm),
        })
    });
    json!({
        "valid": true,
        "scenario": resolved.name,
        "title": resolved.title,
        "arms": arms.collect::<Vec<_>>(),
        "replications": resolved.experiment.replications,
        "runs": run_count(resolved),
        "sweep": sweep_document(resolved),
        "jobs": jobs,
        "memory_bytes": memory,
        "seed": resolved.experiment.seed,
        "deadline": resolved.experiment.deadline.to_string(),
        "peers": resolved.population.peers(),
        "seeds": resolved.population.seeds(),
        "sessions": resolved.population.sessions.in_words(),
        "underlay": underlay(resolved),
        "notes": notes,
    })
}

/// The swept keys with their values; an empty list where nothing is swept.
fn sweep_document(resolved: &Resolved) -> Vec<serde_json::Value> {
    let axis = |axis: &Axis| {
        let names: Vec<&str> = axis.values.iter().map(|value| value.name.as_str()).collect();
        json!({ "key": axis.key, "arm": axis.arm, "label": axis.label, "column": axis.column, "values": names })
    };
    resolved.sweep.iter().flat_map(|sweep| &sweep.axes).map(axis).collect()
}

/// `population.peers = 10, 100, 1000 (common to all arms)`.
fn swept(axis: &Axis) -> String {
    let names: Vec<&str> = axis.values.iter().map(|value| value.name.as_str()).collect();
    let of = match &axis.arm {
        Some(arm) => format!("of `{arm}` alone"),
        None => "every arm, the baseline too, at each value".to_owned(),
    };
    format!("{} = {} ({of})", axis.key, names.join(", "))
}

/// How many peers there are; in a sweep perhaps not the same everywhere.
fn peers(resolved: &Resolved) -> String {
    let all: Vec<u32> = resolved.settings().iter().map(|setting| setting.population.peers()).collect();
    match (all.iter().min(), all.iter().max()) {
        (Some(least), Some(most)) if least < most => format!("{least} to {most}"),
        _ => resolved.population.peers().to_string(),
    }
}

/// The caches in words, after a comma; nothing where there are none.
fn caches(population: &PopulationSpec) -> String {
    let of_file = match population.caches_of_file() {
        0 => String::new(),
        1 => ", 1 cache".to_owned(),
        count => format!(", {count} caches"),
    };
    match &population.caches {
        None => of_file,
        Some(spec) => match spec.isps.as_ref().map(Vec::len) {
            None => format!("{of_file}, a cache in each ISP with peers"),
            Some(count) => format!("{of_file}, a cache in each of {count} ISPs"),
        },
    }
}

fn underlay(resolved: &Resolved) -> String {
    match &resolved.underlay.source {
        Source::AsRelationships(file) => format!("the ASes of {}", file.path),
        Source::Isps(set) => format!("{} ISPs", set.isps.len()),
        Source::Tiered(tiered) => format!("{} generated ASes", tiered.ases),
    }
}

fn management(arm: &ArmSpec) -> String {
    match &arm.management {
        ManagementSpec::Unmanaged(_) => "unmanaged: a tracker".to_owned(),
        ManagementSpec::Managed(managed) => {
            let order: Vec<&str> = managed.oms.order.iter().map(|named| named.name.as_str()).collect();
            let external = managed.oms.external.map(|quota| format!(", {} to {} outsiders", quota.min, quota.max));
            let unis = if managed.unis.is_some() { " with UNIS" } else { "" };
            format!("managed: OMS{unis} ordering by {}{}", order.join(", "), external.unwrap_or_default())
        }
    }
}

fn service(arm: &ArmSpec) -> String {
    match &arm.service {
        ServiceSpec::FileSwarming(spec) => {
            let pieces = spec.size.get().div_ceil(spec.piece.get().max(1));
            format!("file swarming of {} in {pieces} pieces", spec.size)
        }
        ServiceSpec::ClientServer(spec) => format!("client-server download of {}", spec.size),
    }
}
