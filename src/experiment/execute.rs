//! Running the plan on several threads.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::{ExperimentResult, PlanOrder, RunId, analyse, plan};
use crate::metrics::RunOutcome;
use crate::scenario::Resolved;
use crate::world::Interrupted;

/// Runs one replication of one arm to its end, or until somebody tells it to stop. Called from several threads at
/// once; the outcome depends on the [`RunId`] alone.
pub type Runner<'a> = dyn Fn(RunId) -> Result<RunOutcome, Interrupted> + Sync + 'a;

/// Somebody who watches the progress. Called from the threads that run.
pub trait Observer: Sync {
    /// A run begins.
    fn started(&self, run: RunId);
    /// A run ended, and was kept.
    fn finished(&self, run: RunId, outcome: &RunOutcome);
}

/// Watches nothing, keeps nothing: for tests and for use as a library.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn started(&self, _: RunId) {}
    fn finished(&self, _: RunId, _: &RunOutcome) {}
}

/// Keeps finished runs safe while others still run, so that an interruption loses nothing.
pub trait RunStore: Sync {
    /// Keeps the outcome of a finished run. Called from several threads at once.
    ///
    /// # Errors
    /// When it cannot be written; the experiment then starts no further run.
    fn keep(&self, run: RunId, outcome: &RunOutcome) -> io::Result<()>;
}

impl RunStore for Silent {
    fn keep(&self, _: RunId, _: &RunOutcome) -> io::Result<()> {
        Ok(())
    }
}

/// How the plan is worked through. Nothing here changes a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Execution {
    /// Runs at a time, each on a thread of its own; 0 counts as 1.
    pub jobs: usize,
    /// The order in which runs are started.
    pub plan_order: PlanOrder,
}

/// Why an experiment did not come to its end. What finished before was kept.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// It was told to stop.
    #[error("interrupted; {} finished and kept", runs(.finished.len()))]
    Interrupted {
        /// The runs that finished and were kept, in plan order.
        finished: Vec<RunId>,
    },
    /// A finished run could not be kept.
    #[error("a finished run could not be written: {source}; {} finished and kept", runs(.finished.len()))]
    Store {
        /// What went wrong.
        source: io::Error,
        /// The runs that finished and were kept, in plan order.
        finished: Vec<RunId>,
    },
    /// The operating system gave no threads.
    #[error("cannot start {jobs} threads: {reason}")]
    Threads {
        /// How many were asked for.
        jobs: usize,
        /// What the system said.
        reason: String,
    },
}

fn runs(n: usize) -> String {
    if n == 1 { "1 run".to_owned() } else { format!("{n} runs") }
}

/// What the threads share.
struct Progress {
    next: AtomicUsize,
    stop: AtomicBool,
    finished: Mutex<Finished>,
}

#[derive(Default)]
struct Finished {
    outcomes: BTreeMap<RunId, RunOutcome>,
    store_error: Option<io::Error>,
}

/// Runs all arms in all replications and analyses them.
///
/// # Errors
/// When a run is interrupted, or a finished run cannot be kept: no further run is started, those under way end first
/// (an interrupted one at once), and the error names what finished and was kept.
///
/// # Panics
/// When a runner returns the outcome of another run than it was asked for, or panics itself.
pub fn execute(
    resolved: &Resolved,
    runner: &Runner<'_>,
    execution: &Execution,
    observer: &dyn Observer,
    store: &dyn RunStore,
) -> Result<ExperimentResult, ExecuteError> {
    let plan = plan(resolved.arms.len(), resolved.experiment.replications, execution.plan_order);
    let jobs = execution.jobs.clamp(1, plan.len().max(1));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .thread_name(|n| format!("run-{n}"))
        .build()
        .map_err(|error| ExecuteError::Threads { jobs, reason: error.to_string() })?;
    let progress =
        Progress { next: AtomicUsize::new(0), stop: AtomicBool::new(false), finished: Mutex::new(Finished::default()) };
    // Every thread takes the next run of the plan when it is done with one: started in order, no thread idle.
    pool.broadcast(|_| {
        while !progress.stop.load(Ordering::Relaxed)
            && let Some(run) = plan.get(progress.next.fetch_add(1, Ordering::Relaxed))
        {
            one_run(*run, runner, observer, store, &progress);
        }
    });
    let Finished { outcomes, store_error } =
        progress.finished.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let finished = || outcomes.keys().copied().collect();
    if let Some(source) = store_error {
        return Err(ExecuteError::Store { source, finished: finished() });
    }
    if outcomes.len() < plan.len() {
        return Err(ExecuteError::Interrupted { finished: finished() });
    }
    for (run, outcome) in &outcomes {
        let arm = resolved.arms.get(run.arm).map(|arm| arm.name.as_str());
        let row = (Some(outcome.run.arm.as_str()), outcome.run.replication);
        assert_eq!(row, (arm, run.replication), "the row of a run says which run it was");
    }
    Ok(analyse(resolved, outcomes.into_values().collect()))
}

/// Seconds since the call, for `performance.csv` alone: no model sees a wall clock.
#[expect(clippy::disallowed_types, reason = "what a run costs on this machine is measured outside the run")]
fn stopwatch() -> impl Fn() -> f64 {
    let start = std::time::Instant::now();
    move || start.elapsed().as_secs_f64()
}

fn one_run(run: RunId, runner: &Runner<'_>, observer: &dyn Observer, store: &dyn RunStore, progress: &Progress) {
    observer.started(run);
    let clock = stopwatch();
    let Ok(mut outcome) = runner(run) else {
        progress.stop.store(true, Ordering::Relaxed);
        return;
    };
    outcome.performance.wall_s = clock();
    if outcome.performance.wall_s > 0.0 {
        outcome.performance.pieces_per_second = Some(outcome.run.piece_transfers as f64 / outcome.performance.wall_s);
    }
    let kept = store.keep(run, &outcome);
    if kept.is_ok() {
        observer.finished(run, &outcome);
    }
    let mut finished = progress.finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match kept {
        Ok(()) => {
            finished.outcomes.insert(run, outcome);
        }
        Err(error) => {
            progress.stop.store(true, Ordering::Relaxed);
            finished.store_error.get_or_insert(error);
        }
    }
}
