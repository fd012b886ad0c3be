//! `peerscape check` and `peerscape bless`.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use super::Exit;
use super::arguments::{BlessArguments, CheckArguments, Format};
use super::console::Console;
use super::run::{failed, refused};
use crate::experiment::regression::{Regression, hold};
use crate::report::{self, JunitGates, ReadResult, StoreError};
use crate::scenario::{ToleranceSpec, load_tolerance};

/// Holds a result against a baseline.
pub(super) fn check(arguments: &CheckArguments, console: &mut Console<'_>) -> Result<Exit, Exit> {
    let format = arguments.format;
    let result = read(&arguments.result, format, console)?;
    let regression = match &arguments.baseline {
        Some(path) => {
            let baseline = read(path, format, console)?;
            let tolerance = tolerance(arguments, &result, &baseline, console)?;
            Some(hold(&result.stored, &baseline.stored, tolerance.as_ref()))
        }
        None => None,
    };
    if regression.is_none() && result.checks.is_empty() {
        let message = format!(
            "there is nothing to check `{}` against: its scenario has no `[[check]]`, and no `--baseline` is given",
            arguments.result.display()
        );
        return Err(failed(Exit::Invalid, &message, format, console));
    }
    let gates =
        JunitGates { scenario: &result.provenance.scenario, regression: regression.as_ref(), checks: &result.checks };
    write_junit(arguments.junit.as_deref(), &gates, format, console)?;
    let passed = regression.as_ref().is_none_or(Regression::passed) && result.checks.iter().all(|check| check.passed);
    let baseline = arguments.baseline.as_deref().unwrap_or(Path::new(""));
    match format {
        Format::Text => {
            let held = regression.as_ref().map(|held| report::regression_text(held, &result.path, baseline));
            let texts = [report::checks_text(&result.checks), held.unwrap_or_default()];
            console.say(&texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n"))?;
        }
        Format::Json => {
            let document = json!({
                "result": result.path.display().to_string(),
                "scenario": result.provenance.scenario,
                "passed": passed,
                "checks": result.checks,
                "regression": regression.as_ref().map(|held| report::regression_json(held, baseline)),
            });
            console.say(&format!("{document:#}\n"))?;
        }
    }
    Ok(if passed { Exit::Done } else { Exit::CheckFailed })
}

/// Accepts a result as the new baseline.
pub(super) fn bless(arguments: &BlessArguments, console: &mut Console<'_>) -> Result<Exit, Exit> {
    let format = arguments.format;
    let result = read(&arguments.result, format, console)?;
    // A folder without a result in it is a baseline to be; one that holds something else is refused like anywhere.
    let there = report::holds_result(&arguments.baseline);
    let old = if there { Some(read(&arguments.baseline, format, console)?) } else { None };
    let regression = old.as_ref().map(|old| hold(&result.stored, &old.stored, None));
    let objections = report::objections(&result, old.as_ref(), regression.as_ref());
    if !objections.is_empty() && !arguments.force {
        let mut message = format!("`{}` does not become a baseline (`--force` insists):", arguments.result.display());
        for objection in &objections {
            let _ = write!(message, "\n  {objection}");
        }
        return Err(failed(Exit::Invalid, &message, format, console));
    }
    report::bless(&result, &arguments.baseline)
        .map_err(|error| failed(Exit::CannotWrite, &error.to_string(), format, console))?;
    match format {
        Format::Text => console.say(&report::blessed_text(
            &result,
            &arguments.baseline,
            old.as_ref().zip(regression.as_ref()),
            &objections,
        ))?,
        Format::Json => {
            let document = json!({
                "result": result.path.display().to_string(),
                "baseline": arguments.baseline.display().to_string(),
                "new": old.is_none(),
                "objections": objections,
                "changed": regression.as_ref().map(|held| report::regression_json(held, &arguments.baseline)),
            });
            console.say(&format!("{document:#}\n"))?;
        }
    }
    Ok(Exit::Done)
}

/// Writes the gates as `JUnit` XML, where a file for it is named.
pub(super) fn write_junit(
    path: Option<&Path>,
    gates: &JunitGates<'_>,
    format: Format,
    console: &mut Console<'_>,
) -> Result<(), Exit> {
    path.map_or(Ok(()), |path| report::write_junit(path, gates))
        .map_err(|error| failed(Exit::CannotWrite, &error.to_string(), format, console))
}

fn read(path: &Path, format: Format, console: &mut Console<'_>) -> Result<ReadResult, Exit> {
    report::read_result(path).map_err(|error| {
        let exit = match error {
            StoreError::Table { .. } | StoreError::Provenance { .. } => Exit::Invalid,
            _ => Exit::InputMissing,
        };
        failed(exit, &error.to_string(), format, console)
    })
}

/// The tolerances of the file, if one is named.
fn tolerance(
    arguments: &CheckArguments,
    result: &ReadResult,
    baseline: &ReadResult,
    console: &mut Console<'_>,
) -> Result<Option<ToleranceSpec>, Exit> {
    let Some(path) = &arguments.tolerance else { return Ok(None) };
    let mut measures = baseline.stored.measures();
    for (table, columns) in result.stored.measures() {
        // What only the result has is not compared, but neither is it a mistake to name it.
        match measures.iter_mut().find(|(known, _)| *known == table) {
            Some((_, known)) => *known = union(std::mem::take(known), &columns),
            None => measures.push((table, columns)),
        }
    }
    let arms = union(baseline.stored.arms(), &result.stored.arms());
    load_tolerance(path, &measures, &arms).map(Some).map_err(|errors| refused(&errors, arguments.format, console))
}

/// Names of the first list, then those that only the second has.
fn union<'a>(mut names: Vec<&'a str>, others: &[&'a str]) -> Vec<&'a str> {
    for name in others {
        if !names.contains(name) {
            names.push(name);
        }
    }
    names
}
