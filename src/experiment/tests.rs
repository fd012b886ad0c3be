//! The room as a whole: execution, pairing, verdicts.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use super::statistics::Interval;
use super::synthetic::{outcome, resolved};
use super::*;
use crate::metrics::RunOutcome;
use crate::world::Interrupted;

const ARMS: [&str; 3] = ["unmanaged", "same-as", "as-hops"];

fn run_all(jobs: usize, plan_order: PlanOrder) -> ExperimentResult {
    let resolved = resolved(&ARMS, 4);
    let execution = Execution { jobs, plan_order };
    let mut result = execute(&resolved, &|run| Ok(outcome(&resolved, run)), &execution, &Silent, &Silent).unwrap();
    for outcome in &mut result.outcomes {
        // What a run cost on this machine is outside the promise.
        outcome.performance = crate::metrics::rows::PerformanceRow::default();
    }
    result
}

#[test]
fn threads_and_order_leave_no_trace() {
    let one = run_all(1, PlanOrder::InOrder);
    let places: Vec<_> = one.outcomes.iter().map(|o| (o.run.arm.clone(), o.run.replication)).collect();
    let expected: Vec<_> = ARMS.iter().flat_map(|arm| (0..4).map(|r| ((*arm).to_owned(), r))).collect();
    assert_eq!(places, expected);
    for (jobs, order) in [(2, PlanOrder::InOrder), (8, PlanOrder::Shuffled(3)), (0, PlanOrder::Shuffled(4))] {
        let other = run_all(jobs, order);
        assert!(one.outcomes == other.outcomes, "{jobs} jobs");
        assert_eq!(one.summary, other.summary);
        assert_eq!(one.comparisons, other.comparisons);
        assert_eq!(one.verdicts, other.verdicts);
    }
}

#[test]
fn plan_starts_whole_replications_and_shuffles_when_told() {
    let runs = plan(2, 2, PlanOrder::InOrder);
    let pairs: Vec<_> = runs.iter().map(|run| (run.arm, run.replication)).collect();
    assert_eq!(pairs, [(0, 0), (1, 0), (0, 1), (1, 1)]);
    let mut shuffled = plan(3, 5, PlanOrder::Shuffled(9));
    assert_ne!(shuffled, plan(3, 5, PlanOrder::InOrder));
    shuffled.sort_by_key(|run| (run.replication, run.arm));
    assert_eq!(shuffled, plan(3, 5, PlanOrder::InOrder));
}

/// Notes what is kept; refuses from the `refuse`-th on.
struct Notebook {
    kept: Mutex<Vec<RunId>>,
    refuse: usize,
}

impl RunStore for Notebook {
    fn keep(&self, run: RunId, _: &RunOutcome) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap();
        if kept.len() >= self.refuse {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        kept.push(run);
        Ok(())
    }
}

#[test]
fn interruption_names_what_was_kept() {
    let resolved = resolved(&ARMS, 4);
    let notebook = Notebook { kept: Mutex::new(Vec::new()), refuse: usize::MAX };
    let started = AtomicU32::new(0);
    let runner = |run: RunId| {
        if started.fetch_add(1, Ordering::SeqCst) >= 5 { Err(Interrupted) } else { Ok(outcome(&resolved, run)) }
    };
    let execution = Execution { jobs: 2, plan_order: PlanOrder::InOrder };
    let error = execute(&resolved, &runner, &execution, &Silent, &notebook).unwrap_err();
    let message = error.to_string();
    let ExecuteError::Interrupted { finished } = error else { panic!("{error}") };
    let mut kept = notebook.kept.into_inner().unwrap();
    kept.sort();
    assert_eq!(finished, kept);
    assert_eq!(finished.len(), 5);
    assert!(message.contains("5 runs"), "{message}");
    // Nothing is started after the interruption, but for what other threads had taken already.
    assert!(started.into_inner() <= 7);
}

#[test]
fn full_disk_stops_the_experiment_and_names_what_was_kept() {
    let resolved = resolved(&ARMS, 4);
    let notebook = Notebook { kept: Mutex::new(Vec::new()), refuse: 3 };
    let started = AtomicU32::new(0);
    let runner = |run: RunId| {
        started.fetch_add(1, Ordering::SeqCst);
        Ok(outcome(&resolved, run))
    };
    let execution = Execution { jobs: 1, plan_order: PlanOrder::InOrder };
    let error = execute(&resolved, &runner, &execution, &Silent, &notebook).unwrap_err();
    let ExecuteError::Store { source, finished } = error else { panic!("{error}") };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    assert_eq!(finished.len(), 3);
    assert_eq!(started.into_inner(), 4);
}

fn pairs(baseline: f64, difference: f64, low: f64, high: f64) -> Pairs {
    let interval = Some(Interval { low, high });
    Pairs { baseline_mean: Some(baseline), difference: Some(difference), interval }
}

#[test]
fn decision_table() {
    // Baseline 100, smallest effect 5 %: differences up to 5 are not worth mentioning.
    for (difference, low, high, finding) in [
        (20.0, 10.0, 30.0, Finding::Higher),
        (-20.0, -30.0, -10.0, Finding::Lower),
        (5.0, 1.0, 9.0, Finding::Higher),
        (1.0, -4.0, 4.0, Finding::NoDifference),
        (3.0, 2.0, 4.0, Finding::NoDifference), // not zero, but not worth mentioning
        (-3.0, -5.0, -1.0, Finding::NoDifference),
        (0.0, 0.0, 0.0, Finding::NoDifference),
        (4.0, 1.0, 7.0, Finding::TooNoisy), // higher, but perhaps not by enough
        (1.0, -8.0, 10.0, Finding::TooNoisy),
        (9.0, 0.0, 18.0, Finding::TooNoisy), // touching zero does not exclude it
        (8.0, 8.0, 8.0, Finding::Higher),    // equal in all pairs
        (4.0, 4.0, 4.0, Finding::NoDifference),
    ] {
        assert_eq!(judge(&pairs(100.0, difference, low, high), 0.05), finding, "{difference} [{low}, {high}]");
        assert_eq!(judge(&pairs(-100.0, difference, low, high), 0.05), finding, "a negative baseline has a size too");
    }
    // Baseline 0, or no smallest effect: only what is exactly equal is no difference.
    for (baseline, smallest) in [(0.0, 0.05), (100.0, 0.0)] {
        assert_eq!(judge(&pairs(baseline, 0.0, 0.0, 0.0), smallest), Finding::NoDifference);
        assert_eq!(judge(&pairs(baseline, 0.1, 0.05, 0.15), smallest), Finding::Higher);
        assert_eq!(judge(&pairs(baseline, -0.1, -0.15, -0.05), smallest), Finding::Lower);
        assert_eq!(judge(&pairs(baseline, 0.1, -0.05, 0.15), smallest), Finding::TooNoisy);
    }
    assert_eq!(judge(&Pairs { interval: None, ..pairs(1.0, 1.0, 0.0, 0.0) }, 0.05), Finding::NotEnoughRuns);
    let nothing = Pairs { baseline_mean: None, difference: None, interval: None };
    assert_eq!(judge(&nothing, 0.05), Finding::NotEnoughRuns);
}

/// Outcomes whose mean completion time is given, arm by arm.
fn with_completion(arms: &[(&str, &[Option<f64>])]) -> Vec<RunOutcome> {
    let mut outcomes = Vec::new();
    for (arm, values) in arms {
        for (replication, value) in values.iter().enumerate() {
            let mut outcome = RunOutcome::default();
            outcome.run.arm = (*arm).to_owned();
            outcome.run.replication = replication as u32;
            outcome.run.completion_mean_s = *value;
            outcomes.push(outcome);
        }
    }
    outcomes
}

#[test]
fn paired_comparison_by_hand() {
    // Baseline 10, 20, 30; arm 12, 21, 36; differences 2, 1, 6: mean 3, s = √7, t(0.975; 2) = 4.302653,
    // half-width 4.302653·√7/√3 = 6.572411; correlation: deviations (−10, 0, 10), (−11, −2, 13): 240/√(200·294).
    let outcomes = with_completion(&[
        ("base", &[Some(10.0), Some(20.0), Some(30.0)]),
        ("arm", &[Some(12.0), Some(21.0), Some(36.0)]),
    ]);
    let experiment = resolved(&["base", "arm"], 3).experiment;
    let rows = compare(&["base", "arm"], &outcomes, &experiment);
    let row = rows.iter().find(|row| row.metric == "completion_mean_s").unwrap();
    assert_eq!((row.n, row.difference, row.baseline_mean, row.arm_mean), (3, Some(3.0), Some(20.0), Some(23.0)));
    assert!((row.ci_high.unwrap() - 9.572_411).abs() < 1e-5, "{row:?}");
    assert!((row.ci_low.unwrap() + 3.572_411).abs() < 1e-5, "{row:?}");
    assert_eq!(row.relative_difference, Some(0.15));
    assert!((row.half_width_relative.unwrap() - 6.572_411 / 3.0).abs() < 1e-5);
    assert!((row.correlation.unwrap() - 240.0 / 58_800_f64.sqrt()).abs() < 1e-12);
    assert_eq!(row.verdict, "too-noisy");
}

#[test]
fn replications_without_a_value_form_no_pair() {
    let outcomes = with_completion(&[
        ("base", &[Some(10.0), None, Some(30.0), Some(40.0)]),
        ("arm", &[Some(11.0), Some(99.0), None, Some(41.0)]),
    ]);
    let mut scenario = resolved(&["base", "arm"], 4);
    scenario.experiment.smallest_effect = 0.01;
    let result = analyse(&scenario, outcomes);
    let row = result.comparison_of("arm", "completion_mean_s").unwrap();
    assert_eq!((row.n, row.difference, row.baseline_mean), (2, Some(1.0), Some(25.0)));
    assert_eq!((row.verdict.as_str(), row.half_width_relative), ("higher", Some(0.0)));
    // The arm's own mean uses all its values.
    assert_eq!(result.summary_of("arm", "completion_mean_s").unwrap().n, 3);
    let verdict = result.verdicts.iter().find(|v| v.headline.metric == "completion_mean_s").unwrap();
    assert!(verdict.sentence.contains("2 of 4 replications have no value"), "{}", verdict.sentence);
    let without = result.comparison_of("arm", "completion_p95_s").unwrap();
    assert_eq!((without.n, without.difference, without.verdict.as_str()), (0, None, "not-enough-runs"));
}

#[test]
fn sentences_tell_no_difference_from_noise_and_name_the_censored() {
    let sentence = |base: &[Option<f64>], arm: &[Option<f64>], censored: u32| {
        let mut outcomes = with_completion(&[("base", base), ("arm", arm)]);
        for outcome in &mut outcomes {
            outcome.run.peers = 100;
        }
        outcomes.last_mut().unwrap().run.peers_censored = censored;
        let result = analyse(&resolved(&["base", "arm"], base.len() as u32), outcomes);
        result.verdicts.iter().find(|v| v.headline.metric == "completion_mean_s").unwrap().sentence.clone()
    };
    let base = [Some(100.0), Some(110.0), Some(120.0)];
    let lower = sentence(&base, &[Some(80.0), Some(89.0), Some(101.0)], 0);
    assert_eq!(
        lower,
        "arm: mean completion time is lower by 18.2 %: 90 s against 110 s in base (95 % interval of the difference \
         −22.48 to −17.52 s, 3 pairs of runs, correlation 1.00). No peer was censored."
    );
    let same = sentence(&base, &[Some(100.2), Some(110.1), Some(120.3)], 3);
    assert!(same.contains("no difference worth mentioning"), "{same}");
    assert!(same.contains("left out of the mean): 3 of 300 in arm, 0 of 300 in base"), "{same}");
    let noisy = sentence(&base, &[Some(80.0), Some(130.0), Some(140.0)], 0);
    assert!(noisy.contains("too noisy to tell") && noisy.contains("replications would narrow it"), "{noisy}");
    // Differences 0.3, 1, 1.7: half-width 4.303·0.7 ÷ √3 = 1.739, below δ = 2.2, but the room beside 1 is 1.2 wide:
    // 3·(1.739 ÷ 1.2)² = 6.3.
    let near = sentence(&base, &[Some(100.3), Some(111.0), Some(121.7)], 0);
    assert!(near.contains("About 7 replications would narrow it"), "{near}");
    let single = sentence(&base[..1], &[Some(80.0)], 0);
    assert!(single.contains("says nothing about chance"), "{single}");
    let equal = sentence(&base, &base, 0);
    assert!(equal.contains("equal in all 3 pairs"), "{equal}");
}

#[test]
fn intervals_cover_as_often_as_they_promise() {
    // 2,000 experiments of 5 replications from a uniform law with mean ½: coverage of a 90 % interval. The t interval
    // of a uniform law covers within a point of its level; 3 standard errors of the count are 2 points.
    let covered = (0..2_000_u64).filter(|n| {
        let seed = crate::random::Seed::new(*n, 0);
        let values: Vec<f64> = (0..5).map(|k| seed.uniform(crate::random::Purpose::Test, k, 0)).collect();
        let interval = Sample::of(&values, 0.9).interval.unwrap();
        interval.low <= 0.5 && 0.5 <= interval.high
    });
    let share = covered.count() as f64 / 2_000.0;
    assert!((share - 0.9).abs() < 0.03, "{share}");
}
