//! `peerscape run`.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::Exit;
use super::advice::advise;
use super::arguments::{Format, RunArguments, ScenarioArguments};
use super::check::write_junit;
use super::console::{Console, printable};
use super::machine::{jobs, memory_limit};
use super::progress::Progress;
use crate::experiment::{ExecuteError, Execution, ExperimentResult, PlanOrder, RunId, execute};
use crate::report::{self, JunitGates, Provenance, ResultsFolder};
use crate::scenario::{self, Resolved, ScenarioErrorKind, ScenarioErrors};
use crate::selection::Catalog;
use crate::world::{PrepareError, PreparedSettings};

pub(super) fn run(
    arguments: &RunArguments,
    strategies: &Catalog,
    console: &mut Console<'_>,
    stop: &AtomicBool,
) -> Result<Exit, Exit> {
    let resolved = load(&arguments.common, strategies, console)?;
    let runs = run_count(&resolved);
    let jobs = jobs(&arguments.common, runs);
    let prepared = prepare(&resolved, &arguments.common, jobs, console)?;
    let advice = prepared.advice();
    if !arguments.quiet && arguments.common.format == Format::Text {
        advise(&advice, console);
    }
    let path = arguments.out.clone().unwrap_or_else(|| Path::new("results").join(&resolved.name));
    let folder = ResultsFolder::create(&path, arguments.force)
        .map_err(|error| failed(Exit::CannotWrite, &error.to_string(), arguments.common.format, console))?;

    let progress = Progress::new(runs, arguments.quiet, console);
    let execution = Execution { jobs, plan_order: PlanOrder::InOrder };
    let runner = |run: RunId| prepared.run(run.arm, run.replication, stop);
    let result = execute(&resolved, &runner, &execution, &progress, &folder);
    progress.finish();
    let result = result.map_err(|error| stopped(&error, &resolved, &folder, arguments.common.format, console))?;

    let measured = prepared.advice_after(&result.outcomes);
    if !arguments.quiet && arguments.common.format == Format::Text {
        advise(&measured, console);
    }
    let mut notes = prepared.notes();
    notes.extend(advice.iter().chain(&measured).map(|one| format!("Advice: {one}")));
    let provenance = Provenance::of(&resolved, &result, &command(&arguments.common));
    let text = resolved.to_toml_in(folder.path());
    report::write_all(&folder, &result, &resolved, &text, &provenance, &notes)
        .map_err(|error| failed(Exit::CannotWrite, &error.to_string(), arguments.common.format, console))?;
    conclude(arguments, &result, &resolved, &path, console)
}

/// Prints the verdict and names the file to open.
fn conclude(
    arguments: &RunArguments,
    result: &ExperimentResult,
    resolved: &Resolved,
    path: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Exit> {
    match arguments.common.format {
        Format::Text if arguments.quiet => {}
        Format::Text => {
            let page = printable(&path.join("report.html").display().to_string());
            console.say(&format!("{}\nOpen {page}\n", report::verdict_text(result, resolved)))?;
        }
        Format::Json => {
            let mut document: serde_json::Value =
                serde_json::from_str(&report::verdict_json(result, resolved)).unwrap_or_default();
            document["results"] = path.display().to_string().into();
            console.say(&format!("{document:#}\n"))?;
        }
    }
    let gates = JunitGates { scenario: &resolved.name, regression: None, checks: &result.checks };
    write_junit(arguments.junit.as_deref(), &gates, arguments.common.format, console)?;
    match result.checks.iter().filter(|check| !check.passed).count() {
        0 => Ok(Exit::Done),
        failures => {
            console.error(&format!("{failures} of {} checks failed", result.checks.len()));
            Ok(Exit::CheckFailed)
        }
    }
}

/// Reads the scenario, or says everything that is wrong with it.
pub(super) fn load(
    arguments: &ScenarioArguments,
    strategies: &Catalog,
    console: &mut Console<'_>,
) -> Result<Resolved, Exit> {
    scenario::load(&arguments.scenario, &arguments.overrides(), strategies)
        .map_err(|errors| refused(&errors, arguments.format, console))
}

/// Says everything that is wrong with an input.
pub(super) fn refused(errors: &ScenarioErrors, format: Format, console: &mut Console<'_>) -> Exit {
    match format {
        Format::Text => {
            let text = errors.render(console.err_color);
            console.complain(&format!("{}\n", text.trim_end()));
        }
        Format::Json => {
            let said = console.say(&format!("{:#}\n", errors.to_json()));
            if let Err(exit) = said {
                return exit;
            }
        }
    }
    match errors.kind() {
        ScenarioErrorKind::InputMissing => Exit::InputMissing,
        ScenarioErrorKind::Invalid => Exit::Invalid,
    }
}

/// Builds what all runs share, or says why that cannot be done.
pub(super) fn prepare<'a>(
    resolved: &'a Resolved,
    arguments: &ScenarioArguments,
    jobs: usize,
    console: &mut Console<'_>,
) -> Result<PreparedSettings<'a>, Exit> {
    PreparedSettings::new(resolved, jobs, memory_limit(arguments)).map_err(|error| {
        let message = match &error {
            PrepareError::Invalid(_) => format!("{}: {error}", arguments.scenario.display()),
            PrepareError::TooLarge(_) => format!(
                "{}: {error}; use fewer peers or replications, fewer runs at a time (`--jobs`), or a higher `--memory-limit`",
                arguments.scenario.display()
            ),
        };
        failed(Exit::Invalid, &message, arguments.format, console)
    })
}

pub(super) fn run_count(resolved: &Resolved) -> u64 {
    resolved.arms.len() as u64 * u64::from(resolved.experiment.replications)
}

/// Says what went wrong in the form asked for.
pub(super) fn failed(exit: Exit, message: &str, format: Format, console: &mut Console<'_>) -> Exit {
    console.error(message);
    if format == Format::Json {
        let document = serde_json::json!({ "error": message, "exit_code": exit.code() });
        // What cannot be written was complained about; the first reason decides the exit code.
        let _ = console.say(&format!("{document:#}\n"));
    }
    exit
}

/// Says why the experiment ended early, and which runs were kept.
fn stopped(
    error: &ExecuteError,
    resolved: &Resolved,
    folder: &ResultsFolder,
    format: Format,
    console: &mut Console<'_>,
) -> Exit {
    let (exit, finished): (Exit, &[RunId]) = match error {
        ExecuteError::Interrupted { finished } => (Exit::Interrupted, finished),
        ExecuteError::Store { finished, .. } => (Exit::CannotWrite, finished),
        ExecuteError::Threads { .. } => (Exit::CannotWrite, &[]),
    };
    let mut message = error.to_string();
    if !finished.is_empty() {
        let kept = folder.runs_in_progress();
        let names: Vec<String> = finished.iter().map(|run| name(*run, resolved)).collect();
        message = format!("{message} in {}:\n  {}", kept.display(), names.join("\n  "));
    }
    failed(exit, &message, format, console)
}

fn name(run: RunId, resolved: &Resolved) -> String {
    let arm = resolved.arms.get(run.arm).map_or("?", |arm| arm.name.as_str());
    format!("{arm}, replication {} (arm-{}-replication-{})", run.replication, run.arm, run.replication)
}

/// The command that gives the result again, for `provenance.json`: only the options that can change a byte of it.
fn command(arguments: &ScenarioArguments) -> String {
    let mut words = vec!["peerscape".to_owned(), "run".to_owned(), quoted(&arguments.scenario.to_string_lossy())];
    if let Some(seed) = arguments.seed {
        words.extend(["--seed".to_owned(), seed.to_string()]);
    }
    for (path, value) in &arguments.set {
        words.extend(["--set".to_owned(), quoted(&format!("{path}={value}"))]);
    }
    words.join(" ")
}

/// `text` as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::arguments::{Arguments, Command};
    use super::*;

    #[test]
    fn the_command_leaves_out_what_changes_nothing_and_survives_a_shell() {
        let line =
            ["peerscape", "run", "my file.toml", "--jobs", "2", "--out", "x", "--force", "--quiet", "--seed", "7"];
        let set = ["--set", "experiment.deadline=2 h", "--set", "title=it's"];
        let parsed = Arguments::try_parse_from(line.iter().chain(&set)).unwrap();
        let Command::Run(arguments) = parsed.command else { panic!("it is `run`") };
        let expected = r"peerscape run 'my file.toml' --seed 7 --set 'experiment.deadline=2 h' --set 'title=it'\''s'";
        assert_eq!(command(&arguments.common), expected);
    }
}
