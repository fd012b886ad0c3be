//! What reads in ten seconds: per arm a sentence and a few headline numbers, each with its interval drawn to scale.

use std::collections::BTreeMap;

use super::concerned::{Line, lines};
use super::verdicts::{class_of, item, lead_clause};
use crate::experiment::{ExperimentResult, Finding, Verdict};
use crate::report::verdict_text::finding_text;
use crate::scenario::Resolved;

/// The metrics that are shown first: what peers feel, where bytes stay, what ISPs carry and pay for.
const SHOWN: [&str; 4] = ["completion_mean_s", "local_share", "inter_isp_bytes", "transit_up_bytes"];
/// The first of these that is known comes after them: what transit costs, or the level it is billed at.
const MONEY: [&str; 2] = ["transit_paid_per_month", "transit_billed_bps"];
/// Arms that have tiles at most; more make a table, which reads faster.
const TILED: usize = 3;

/// What stands above the page's details.
#[derive(Debug, Clone, Default)]
pub(super) struct Overview {
    pub(super) glances: Vec<Glance>,
    /// Whether arms are so few that each has tiles.
    pub(super) tiled: bool,
    /// The names of metrics, as heads of the table.
    pub(super) heads: Vec<&'static str>,
}

/// An arm of the file at a glance.
#[derive(Debug, Clone)]
pub(super) struct Glance {
    pub(super) arm: String,
    pub(super) lead: String,
    pub(super) tiles: Vec<Tile>,
    /// Who wins, who loses, who waits longest.
    pub(super) lines: Vec<Line>,
}

/// A headline number.
#[derive(Debug, Clone)]
pub(super) struct Tile {
    pub(super) name: &'static str,
    pub(super) change: String,
    pub(super) means: String,
    /// `better`, `worse`, `no difference` …
    pub(super) finding: String,
    pub(super) class: &'static str,
    /// Says the same as the colour.
    pub(super) symbol: &'static str,
    pub(super) bar: Option<Bar>,
}

/// The interval of a relative difference on a scale with 0 in its middle, in percent of the scale's width.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bar {
    pub(super) left: String,
    pub(super) width: String,
    pub(super) dot: String,
    pub(super) text: String,
}

/// A glance for every arm of the file but the baseline.
pub(super) fn overview(result: &ExperimentResult, resolved: &Resolved) -> Overview {
    let mut bases: Vec<(String, Vec<&str>)> = Vec::new();
    for (position, arm) in resolved.arms.iter().enumerate().filter(|(position, _)| !resolved.is_baseline(*position)) {
        let swept = resolved.sweep.as_ref().and_then(|sweep| sweep.arms.get(position));
        let base = swept.map_or_else(|| arm.name.clone(), |swept| swept.base.clone());
        match bases.iter_mut().find(|(known, _)| *known == base) {
            Some((_, arms)) => arms.push(&arm.name),
            None => bases.push((base, vec![&arm.name])),
        }
    }
    let glances: Vec<Glance> = bases
        .into_iter()
        .map(|(base, arms)| Glance { lines: lines(result, resolved, &arms), ..glance(base, &arms, result) })
        .filter(|glance| !glance.tiles.is_empty())
        .collect();
    let mut heads: Vec<&'static str> = Vec::new();
    for tile in glances.iter().flat_map(|glance| &glance.tiles) {
        if !heads.contains(&tile.name) {
            heads.push(tile.name);
        }
    }
    Overview { tiled: glances.len() <= TILED, glances, heads }
}

impl Tile {
    /// The number of the change.
    pub(super) fn number(&self) -> &str {
        self.change.rsplit_once(' ').map_or(&self.change, |(number, _)| number)
    }

    /// The unit of the change; may be empty.
    pub(super) fn unit(&self) -> &str {
        self.change.rsplit_once(' ').map_or("", |(_, unit)| unit)
    }

    /// The finding for a table.
    pub(super) fn brief(&self) -> &str {
        self.finding.strip_suffix(" worth mentioning").unwrap_or(&self.finding)
    }
}

impl Glance {
    /// The tile of a metric, for the table.
    pub(super) fn tile(&self, name: &str) -> Option<&Tile> {
        self.tiles.iter().find(|tile| tile.name == name)
    }

    /// The line on the worst served group, for the table.
    pub(super) fn served_worst(&self) -> Option<&Line> {
        self.lines.iter().find(|line| line.section == "groups")
    }
}

fn glance(base: String, arms: &[&str], result: &ExperimentResult) -> Glance {
    let of = |metric: &str| -> Vec<&Verdict> {
        let wanted =
            |v: &&Verdict| v.headline.metric == metric && arms.contains(&v.comparison.arm.as_str()) && has_value(v);
        result.verdicts.iter().filter(wanted).collect()
    };
    let money = MONEY.iter().map(|metric| of(metric)).find(|found| !found.is_empty());
    let shown = SHOWN.iter().map(|metric| of(metric)).filter(|found| !found.is_empty()).chain(money);
    let shown: Vec<Vec<&Verdict>> = shown.collect();
    let lead = ["inter_isp_bytes", "completion_mean_s"].iter().filter_map(|metric| match of(metric).as_slice() {
        [] => None,
        [verdict] => Some(lead_clause(verdict)),
        several => Some(format!("{}: {}", several[0].headline.name, tally(several))),
    });
    let lead = super::unbroken(&lead.collect::<Vec<_>>().join("; "));
    let tiles =
        shown.iter().map(|found| if let [verdict] = found.as_slice() { single(verdict) } else { over_points(found) });
    Glance { arm: base, lead, tiles: tiles.collect(), lines: Vec::new() }
}

/// A metric that is 0 in both arms says nothing.
fn has_value(verdict: &Verdict) -> bool {
    let row = &verdict.comparison;
    row.difference.is_some() && !(row.baseline_mean == Some(0.0) && row.arm_mean == Some(0.0))
}

fn single(verdict: &Verdict) -> Tile {
    let item = item(verdict);
    let class = class_of(verdict);
    Tile {
        name: item.name,
        change: item.change,
        means: item.means,
        finding: match (class, verdict.finding) {
            ("better" | "worse", Finding::Higher) => format!("{class}: higher"),
            ("better" | "worse", Finding::Lower) => format!("{class}: lower"),
            (_, Finding::NoDifference) => "no difference worth mentioning".to_owned(),
            (_, Finding::NotEnoughRuns) => finding_text(verdict),
            _ => "too noisy to tell".to_owned(),
        },
        symbol: symbol(class),
        class,
        bar: bar(verdict),
    }
}

fn symbol(class: &str) -> &'static str {
    match class {
        "better" => "✓",
        "worse" => "✗",
        "same" => "=",
        _ => "?",
    }
}

fn bar(verdict: &Verdict) -> Option<Bar> {
    let row = &verdict.comparison;
    let base = row.baseline_mean.filter(|base| *base != 0.0)?.abs();
    let (low, high, middle) = (row.ci_low? / base, row.ci_high? / base, row.difference? / base);
    // A tenth of the baseline at least, so that small differences look small.
    let span = low.abs().max(high.abs()).max(0.1) * 1.1;
    let place = |value: f64| 50.0 + 50.0 * value / span;
    let scale = verdict.scale();
    Some(Bar {
        left: format!("{:.1}", place(low)),
        width: format!("{:.1}", (place(high) - place(low)).max(0.8)),
        dot: format!("{:.1}", place(middle)),
        text: scale.difference_interval(row.ci_low?, row.ci_high?),
    })
}

/// The range of a difference over the points of a sweep.
fn over_points(found: &[&Verdict]) -> Tile {
    let by = |verdict: &&&Verdict| {
        let row = &verdict.comparison;
        (if verdict.scale().symbol == "%" { row.difference } else { row.relative_difference }).unwrap_or(0.0)
    };
    let mut sorted: Vec<&&Verdict> = found.iter().collect();
    sorted.sort_by(|one, other| by(one).total_cmp(&by(other)));
    let text = |verdict: Option<&&&Verdict>| verdict.map(|verdict| item(verdict).change).unwrap_or_default();
    let classes: Vec<&str> = found.iter().map(|verdict| class_of(verdict)).collect();
    let any = |class: &str| classes.contains(&class);
    let class = match (any("better"), any("worse")) {
        (true, false) => "better",
        (false, true) => "worse",
        (false, false) if classes.iter().all(|class| *class == "same") => "same",
        (true, true) | (false, false) => "noisy",
    };
    Tile {
        name: found[0].headline.name,
        change: range(&text(sorted.first()), &text(sorted.last())),
        means: format!("smallest and largest change over {} points of the sweep", found.len()),
        finding: tally(found),
        class,
        symbol: if any("better") && any("worse") { "±" } else { symbol(class) },
        bar: None,
    }
}

/// `−20.1 … −14.2 %`: both ends, the unit once; a single number where they are the same.
fn range(low: &str, high: &str) -> String {
    let unit = |text: &str| text.split_once(' ').map(|(_, unit)| unit.to_owned());
    match unit(low) {
        _ if low == high => low.to_owned(),
        Some(common) if unit(high).as_ref() == Some(&common) => {
            format!("{} … {high}", low.strip_suffix(&common).unwrap_or(low).trim_end())
        }
        _ => format!("{low} … {high}"),
    }
}

/// `lower at 5 of 9 points, no difference at 4`.
fn tally(found: &[&Verdict]) -> String {
    let mut counts: BTreeMap<u8, (&str, usize)> = BTreeMap::new();
    for verdict in found {
        let (order, word) = match verdict.finding {
            Finding::Lower => (0, "lower"),
            Finding::Higher => (1, "higher"),
            Finding::NoDifference => (2, "no difference"),
            Finding::TooNoisy => (3, "too noisy to tell"),
            Finding::NotEnoughRuns if verdict.censoring().is_some() => (4, "censored"),
            Finding::NotEnoughRuns => (5, "not enough runs"),
        };
        counts.entry(order).or_insert((word, 0)).1 += 1;
    }
    let mut parts: Vec<(&str, usize)> = counts.into_values().collect();
    parts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let text = parts.iter().enumerate().map(|(position, (word, count))| match position {
        0 if *count == found.len() && ["lower", "higher"].contains(word) => format!("{word} at all {count} points"),
        0 if *count == found.len() => format!("{word} at any of {count} points"),
        0 => format!("{word} at {count} of {} points", found.len()),
        _ => format!("{word} at {count}"),
    });
    text.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Execution, PlanOrder, Silent, execute, synthetic};

    #[test]
    fn a_glance_says_in_words_what_its_colour_says() {
        let resolved = synthetic::resolved(&["unmanaged", "same-as"], 10);
        let execution = Execution { jobs: 1, plan_order: PlanOrder::InOrder };
        let runner = |run| Ok(synthetic::outcome(&resolved, run));
        let result = execute(&resolved, &runner, &execution, &Silent, &Silent).unwrap();
        let glances = overview(&result, &resolved).glances;
        assert_eq!(glances.len(), 1);
        let tile = glances[0].tiles.iter().find(|tile| tile.name == "traffic between ISPs").unwrap();
        assert_eq!((tile.class, tile.symbol), ("better", "✓"));
        assert!(tile.finding.starts_with("better") && tile.change.starts_with('−'), "{tile:?}");
        let bar = tile.bar.as_ref().unwrap();
        let number = |text: &String| text.parse::<f64>().unwrap();
        let (left, right) = (number(&bar.left), number(&bar.left) + number(&bar.width));
        assert!(left > 0.0 && right < 50.0 && (left..=right).contains(&number(&bar.dot)), "{bar:?}");
    }
}
