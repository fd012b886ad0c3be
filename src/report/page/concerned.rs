//! Who wins, who loses and who waits longest, in a line each: what a mean over everybody hides.

use super::verdicts::signed_percent;
use crate::experiment::{ExperimentResult, Finding, Partition, Sample, plain_number};
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
    money.into_iter().chain(served_worst(result, resolved, arms)).collect()
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
        _ => ("same", "="),
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
