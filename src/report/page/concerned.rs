//! Who wins, who loses and who waits longest, in a line each: what a mean over everybody hides.

use super::verdicts::{count, signed_percent};
use crate::experiment::{Censored, ExperimentResult, Finding, Partition, Sample, plain_number};
use crate::metrics::rows::GroupRow;
use crate::report::group_text;
use crate::report::isp_money::{IspMoney, MoneyOfIsps, Shown};
use crate::scenario::Resolved;

/// A line of the overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) what: &'static str,
    /// Section that tells more.
    pub(super) section: &'static str,
    pub(super) text: String,
    /// The same for a cell of a table: how much, and of whom.
    pub(super) brief: (String, String),
    pub(super) class: &'static str,
    /// Says the same as the colour.
    pub(super) symbol: &'static str,
}

/// The lines on an arm of the file, which stands for these arms (several in a sweep).
pub(super) fn lines(result: &ExperimentResult, resolved: &Resolved, arms: &[&str]) -> Vec<Line> {
    let money = match arms {
        [arm] => money(result, resolved, arm),
        _ => None,
    };
    money.into_iter().chain(served_worst(result, resolved, arms)).chain(incomplete(result, resolved, arms)).collect()
}

/// Who did not complete: means of completion time leave them out.
fn incomplete(result: &ExperimentResult, resolved: &Resolved, arms: &[&str]) -> Option<Line> {
    let of = |arms: &mut dyn Iterator<Item = &str>| {
        arms.map(|arm| Censored::of(arm, &result.outcomes)).fold(Censored::default(), |sum, of| Censored {
            censored: sum.censored + of.censored,
            peers: sum.peers + of.peers,
        })
    };
    let baselines = resolved.arms.iter().enumerate().filter(|(n, _)| resolved.is_baseline(*n));
    let here = of(&mut arms.iter().copied());
    let before = of(&mut baselines.map(|(_, arm)| arm.name.as_str()));
    if here.censored + before.censored == 0 {
        return None;
    }
    let words = |of: Censored| {
        let percent = 100.0 * of.censored as f64 / (of.peers.max(1)) as f64;
        format!("{} of {} peers ({percent:.1} %)", count(of.censored), count(of.peers))
    };
    let text = format!(
        "{} in all runs, against {} in {}; means of completion time leave them out",
        words(here),
        words(before),
        resolved.baseline_name()
    );
    let (what, brief) = ("Censored (did not complete)", (String::new(), String::new()));
    Some(Line { what, section: "endings", text: super::unbroken(&text), brief, class: "noisy", symbol: "!" })
}

/// How many ISPs are established to win and to lose, and who does most.
fn money(result: &ExperimentResult, resolved: &Resolved, arm: &str) -> Option<Line> {
    let known = MoneyOfIsps::of(result, resolved)?;
    let position = resolved.arms.iter().position(|spec| spec.name == arm)?;
    let change = |isp: &IspMoney| isp.change(position, resolved.experiment.baseline, resolved.experiment.confidence);
    let changes: Vec<(&str, Sample)> =
        known.isps.iter().filter_map(|isp| Some((isp.name.as_str(), change(isp)?))).collect();
    let established = |sign: f64| {
        let beyond = move |sample: &Sample| sample.interval.is_some_and(|i| i.low * sign > 0.0 && i.high * sign > 0.0);
        let mut found: Vec<&(&str, Sample)> = changes.iter().filter(|(_, sample)| beyond(sample)).collect();
        found.sort_by(|a, b| b.1.mean.map(f64::abs).partial_cmp(&a.1.mean.map(f64::abs)).unwrap_or(a.0.cmp(b.0)));
        found
    };
    let (winners, losers) = (established(-1.0), established(1.0));
    let scale = known.unit(resolved).scale(known.isps.iter().map(IspMoney::size).fold(0.0, f64::max));
    let most = |found: &[&(&str, Sample)]| match found {
        [] => String::new(),
        [(name, sample), others @ ..] => {
            let by = scale.text(sample.mean.unwrap_or_default().abs());
            let month = if known.shown == Shown::Net { " a month" } else { "" };
            if others.is_empty() {
                format!(" ({name}, by {by}{month})")
            } else {
                format!(", {name} most (by {by}{month})")
            }
        }
    };
    let [better, worse] = match known.shown {
        Shown::Net => ["better off", "worse off"],
        Shown::Level => ["billed for less", "billed for more"],
    };
    let are = |n: usize| if n == 1 { "is" } else { "are" };
    let text = format!(
        "{} of {} ISPs with a contract {} {better}{}; {} {} {worse}{}",
        winners.len(),
        changes.len(),
        are(winners.len()),
        most(&winners),
        losers.len(),
        are(losers.len()),
        most(&losers)
    );
    let (class, symbol) = match (winners.is_empty(), losers.is_empty()) {
        (false, true) => ("better", "✓"),
        (true, false) => ("worse", "✗"),
        (true, true) => ("noisy", "?"),
        (false, false) => ("", "±"),
    };
    Some(Line { what: "Money", section: "money", text, brief: Default::default(), class, symbol })
}

/// What the worst served group of an arm has to say: harm that is established first, then the partition by AS size.
fn worst<'a>(result: &'a ExperimentResult, arm: &str) -> Option<&'a GroupRow> {
    let rows = || Partition::ALL.into_iter().filter_map(|partition| result.worst_served(arm, partition));
    rows().find(|row| row.finding() == Some(Finding::Higher)).or_else(|| rows().next())
}

fn served_worst(result: &ExperimentResult, resolved: &Resolved, arms: &[&str]) -> Option<Line> {
    let rows: Vec<&GroupRow> = arms.iter().filter_map(|arm| worst(result, arm)).collect();
    let what = "Served worst";
    let harmed = rows.iter().filter(|row| row.finding() == Some(Finding::Higher)).count();
    let (class, symbol) = match rows.as_slice() {
        [] => return None,
        [row] => match row.finding() {
            Some(Finding::Higher) => ("worse", "✗"),
            Some(Finding::Lower) => ("better", "✓"),
            Some(Finding::NoDifference) => ("same", "="),
            _ => ("noisy", "?"),
        },
        _ if harmed > 0 => ("worse", "✗"),
        _ => ("noisy", "?"),
    };
    let text = match rows.as_slice() {
        [row] => {
            let peers = plain_number(row.peers.round());
            let group = format!("{} ({peers} peers in a run)", group_text::name(row));
            let done = match row.completion_p95_s {
                Some(_) => format!("19 of 20 are done after {}", group_text::percentile(row)),
                None => format!("more than one in twenty never completes: {}", group_text::percentile(row)),
            };
            let baseline = resolved.baseline_name();
            let before =
                row.baseline_p95_s.map(|p95| format!(", against {} in {baseline}", group_text::scale(row).text(p95)));
            format!("{group}: {done}{}: {}", before.unwrap_or_default(), group_text::finding(row))
        }
        several if harmed == 0 => format!(
            "at none of {} points is it established that the group that waits longest waits longer than in {}",
            several.len(),
            resolved.baseline_name()
        ),
        _ => format!(
            "the group that waits longest waits longer than in {} at {harmed} of {} points",
            resolved.baseline_name(),
            rows.len()
        ),
    };
    let brief = match rows.as_slice() {
        [row] => {
            let change = row.relative_difference.map_or_else(|| "–".to_owned(), signed_percent);
            (change, format!("{}: {}", group_text::name(row), group_text::percentile(row)))
        }
        _ => (String::new(), format!("later at {harmed} of {} points", rows.len())),
    };
    Some(Line { what, section: "groups", text: super::unbroken(&text), brief, class, symbol })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::group_text;

    fn row(verdict: &str, p95: Option<f64>) -> GroupRow {
        GroupRow {
            arm: "managed".to_owned(),
            partition: "as-size".to_owned(),
            group: "2-9".to_owned(),
            runs: 4,
            n: if p95.is_some() { 4 } else { 0 },
            peers: 23.0,
            completion_p95_s: p95,
            baseline_p95_s: p95.map(|_| 50.0),
            relative_difference: p95.map(|p95| (p95 - 50.0) / 50.0),
            worst: true,
            verdict: Some(verdict.to_owned()),
            ..GroupRow::default()
        }
    }

    #[test]
    fn the_worst_served_are_named_with_what_they_had_before() {
        let resolved = crate::experiment::synthetic::resolved(&["unmanaged", "managed"], 4);
        let line = |row: GroupRow| {
            let result = ExperimentResult { groups: vec![row], ..ExperimentResult::default() };
            lines(&result, &resolved, &["managed"]).pop().unwrap()
        };
        let harmed = line(row("higher", Some(75.0)));
        assert_eq!((harmed.class, harmed.symbol, harmed.brief.0.as_str()), ("worse", "✗", "+50.0 %"));
        assert_eq!(
            harmed.text.replace('\u{a0}', " "),
            "ASes of 2 to 9 peers (23 peers in a run): 19 of 20 are done after 75 s, against 50 s in unmanaged: higher by 50.0 %"
        );
        let censored = line(row("not-enough-runs", None));
        assert_eq!((censored.class, censored.symbol), ("noisy", "?"));
        assert!(
            censored.text.contains("more than one in twenty never completes: censored in 4 of 4 runs"),
            "{censored:?}"
        );
        assert!(censored.text.ends_with("not compared: censored"), "{censored:?}");
        assert_eq!(group_text::finding(&row("too-noisy", Some(51.0))), "too noisy to tell");
    }
}
