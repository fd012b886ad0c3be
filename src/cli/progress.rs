//! What is going on while runs run.

use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::console::{Console, printable};
use crate::experiment::{Observer, RunId};
use crate::metrics::RunOutcome;

/// Off a terminal, at most about so many lines are written.
const LINES: u64 = 40;
/// How often the bar's clock moves.
const TICK: Duration = Duration::from_millis(250);

/// Watches runs: a bar on a terminal, lines elsewhere, nothing when it shall be quiet.
pub(super) struct Progress<'a> {
    bar: Option<ProgressBar>,
    lines: Option<Mutex<Lines<'a>>>,
}

struct Lines<'a> {
    err: &'a mut (dyn Write + Send),
    runs: u64,
    finished: u64,
}

impl<'a> Progress<'a> {
    pub(super) fn new(runs: u64, quiet: bool, console: &'a mut Console<'_>) -> Self {
        if quiet {
            return Self { bar: None, lines: None };
        }
        if console.bar {
            let bar = ProgressBar::with_draw_target(Some(runs), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} runs  {elapsed}  {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(TICK);
            return Self { bar: Some(bar), lines: None };
        }
        Self { bar: None, lines: Some(Mutex::new(Lines { err: &mut *console.err, runs, finished: 0 })) }
    }

    /// Takes the bar off the screen.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Observer for Progress<'_> {
    fn started(&self, _: RunId) {}

    fn finished(&self, _: RunId, outcome: &RunOutcome) {
        let run = &outcome.run;
        let what = printable(&format!("{}, replication {}: {}", run.arm, run.replication, run.ended));
        if let Some(bar) = &self.bar {
            bar.set_message(what.clone());
            bar.inc(1);
        }
        if let Some(lines) = &self.lines {
            let mut lines = lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            lines.finished += 1;
            let (finished, runs) = (lines.finished, lines.runs);
            if finished == runs || finished.is_multiple_of(runs.div_ceil(LINES)) {
                let _ = writeln!(lines.err, "run {finished} of {runs} finished: {what}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_a_terminal_there_are_few_plain_lines() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console { out: &mut out, err: &mut err, out_color: false, err_color: false, bar: false };
        let progress = Progress::new(1000, false, &mut console);
        for replication in 0..1000 {
            progress.finished(RunId { arm: 0, replication }, &RunOutcome::default());
        }
        progress.finish();
        let text = String::from_utf8(err).unwrap();
        assert_eq!(text.lines().count(), 40);
        assert!(text.ends_with("run 1000 of 1000 finished: , replication 0: \n"), "{text}");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    }

    #[test]
    fn quiet_means_quiet() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console { out: &mut out, err: &mut err, out_color: false, err_color: false, bar: false };
        let progress = Progress::new(1, true, &mut console);
        progress.finished(RunId { arm: 0, replication: 0 }, &RunOutcome::default());
        progress.finish();
        assert!(err.is_empty() && out.is_empty());
    }
}
