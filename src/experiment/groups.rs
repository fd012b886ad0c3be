//! Who is served worst: the 95th percentile of completion by group of peers.
//!
//! A mean over all peers, or over ISPs, hides harm that is done to few: lists that prefer neighbours serve large ASes well
//! and leave the peers of small ones to each other. Two partitions are looked at: by the number of peers in the same AS
//! ([`SIZE_BOUNDS`]), and by access class; and, where there are several groups of each, by both at once, since slow lines in
//! small ASes may be where the harm is. All are *given*: common random numbers put the same peers into the same groups
//! in all arms, so that arms are compared group by group, paired by replication.
//!
//! Choosing the worst of several groups after looking favours extremes by chance, and no correction is made for it: the
//! interval of a group that was named before is right, that of "the worst" a little too narrow.

use std::collections::{BTreeMap, BTreeSet};

use super::statistics::Sample;
use super::verdict::{Finding, Pairs, judge};
use crate::metrics::RunOutcome;
use crate::metrics::rows::{GroupRow, PeerRow};
use crate::population::Crowd;
use crate::scenario::Resolved;
use crate::units::SimDuration;

/// Where classes of AS size begin; from 3,000 on they go on in the same way. One peer has nobody to be local with; nine do not
/// fill a neighbourhood of ten; beyond, two classes per decade.
pub const SIZE_BOUNDS: [u32; 9] = [1, 2, 10, 30, 100, 300, 1_000, 3_000, 10_000];
/// The quantile: of twenty peers, nineteen have completed by then.
const QUANTILE: f64 = 0.95;

/// What divides peers into groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Partition {
    /// Peers of the same AS.
    AsSize,
    /// Access class.
    Access,
    /// Both at once.
    SizeAndAccess,
}

impl Partition {
    /// The two that stand by themselves, in the order of tables.
    pub const PLAIN: [Self; 2] = [Self::AsSize, Self::Access];
    /// All of them, in the order of tables.
    pub const ALL: [Self; 3] = [Self::AsSize, Self::Access, Self::SizeAndAccess];

    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsSize => "as-size",
            Self::Access => "access",
            Self::SizeAndAccess => "as-size-access",
        }
    }
}

/// Position of the size class of an AS with `peers` peers, at least 1.
fn size_class(peers: u32) -> usize {
    SIZE_BOUNDS.partition_point(|bound| *bound <= peers).max(1) - 1
}

/// `2-9`, `1` or `10000-`.
fn size_name(class: usize) -> String {
    match (SIZE_BOUNDS.get(class), SIZE_BOUNDS.get(class + 1)) {
        (Some(from), Some(below)) if from + 1 == *below => format!("{from}"),
        (Some(from), Some(below)) => format!("{from}-{}", below - 1),
        (Some(from), None) => format!("{from}-"),
        (None, _) => String::new(),
    }
}

/// The peers of one group in one run.
#[derive(Debug, Clone, Default)]
struct Members {
    arrivals: usize,
    completions: Vec<SimDuration>,
}

impl Members {
    /// Smallest completion time that 95 % of the arrivals do not exceed; `None`: censored.
    fn p95(&self) -> Option<f64> {
        let mut sorted = self.completions.clone();
        sorted.sort_unstable();
        let place = ((QUANTILE * self.arrivals as f64).ceil() as usize).max(1) - 1;
        sorted.get(place).map(|completion| completion.as_secs_f64())
    }
}

/// Members by (arm, partition, position of the group, replication).
type Everybody<'a> = BTreeMap<(&'a str, Partition, usize, u32), Members>;

/// One row per arm, partition and group that has measured peers anywhere; arms in the order of the scenario, groups by size,
/// then access classes in the order of the scenario (or of its file of hosts).
pub(super) fn groups(resolved: &Resolved, outcomes: &[RunOutcome]) -> Vec<GroupRow> {
    let classes = access_classes(resolved);
    let mut everybody: Everybody<'_> = BTreeMap::new();
    let own = |outcome: &&RunOutcome| resolved.arms.iter().any(|arm| arm.name == outcome.run.arm);
    for outcome in outcomes.iter().filter(own) {
        for peer in outcome.peers.iter().filter(|peer| peer.measured && peer.downloads()) {
            for (partition, group) in memberships(peer, &classes) {
                let key = (outcome.run.arm.as_str(), partition, group, outcome.run.replication);
                let members = everybody.entry(key).or_default();
                members.arrivals += 1;
                members.completions.extend(peer.completion_s.map(|completion| completion.0));
            }
        }
    }
    let several = |of: Partition| {
        let groups: BTreeSet<usize> =
            everybody.keys().filter(|(_, partition, ..)| *partition == of).map(|(_, _, group, _)| *group).collect();
        groups.len() > 1
    };
    let crossed = Partition::PLAIN.into_iter().all(several);
    let mut rows = Vec::new();
    for arm in &resolved.arms {
        for partition in Partition::ALL.into_iter().filter(|of| crossed || Partition::PLAIN.contains(of)) {
            let count = match partition {
                Partition::AsSize => SIZE_BOUNDS.len(),
                Partition::Access => classes.len(),
                Partition::SizeAndAccess => SIZE_BOUNDS.len() * classes.len(),
            };
            let mut of_partition: Vec<GroupRow> = (0..count)
                .filter_map(|group| row(resolved, &everybody, &arm.name, partition, group, &classes))
                .collect();
            mark_worst(&mut of_partition, resolved.experiment.replications);
            rows.append(&mut of_partition);
        }
    }
    rows
}

/// Names of the access classes, in the order in which they were written.
fn access_classes(resolved: &Resolved) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let written: Vec<&String> = match &resolved.population.crowd {
        Crowd::Drawn(drawn) => drawn.access.iter().map(|class| &class.name).collect(),
        Crowd::Hosts(file) => file.hosts.iter().map(|host| &host.class).collect(),
    };
    for name in written {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn memberships(peer: &PeerRow, classes: &[String]) -> impl Iterator<Item = (Partition, usize)> {
    let access = peer.access.as_ref().and_then(|own| classes.iter().position(|class| class == own));
    let size = size_class(peer.as_peers);
    let both = access.map(|class| (Partition::SizeAndAccess, size * classes.len() + class));
    std::iter::once((Partition::AsSize, size)).chain(access.map(|class| (Partition::Access, class))).chain(both)
}

fn row(
    resolved: &Resolved,
    everybody: &Everybody<'_>,
    arm: &str,
    partition: Partition,
    group: usize,
    classes: &[String],
) -> Option<GroupRow> {
    let experiment = &resolved.experiment;
    let of_arm = |arm| everybody.range((arm, partition, group, 0)..=(arm, partition, group, u32::MAX));
    let members: Vec<(u32, &Members)> =
        of_arm(arm).map(|((.., replication), members)| (*replication, members)).collect();
    if members.is_empty() {
        return None;
    }
    let values: Vec<(u32, f64)> = members.iter().filter_map(|(r, members)| Some((*r, members.p95()?))).collect();
    let sample = Sample::of(&values.iter().map(|(_, value)| *value).collect::<Vec<_>>(), experiment.confidence);
    let per_run = |of: &dyn Fn(&Members) -> usize| {
        members.iter().map(|(_, members)| of(members) as f64).sum::<f64>() / members.len() as f64
    };
    let class = |position: usize| classes.get(position).cloned().unwrap_or_default();
    let mut row = GroupRow {
        arm: arm.to_owned(),
        partition: partition.name().to_owned(),
        group: match partition {
            Partition::AsSize => size_name(group),
            Partition::Access => class(group),
            Partition::SizeAndAccess => {
                let count = classes.len().max(1);
                format!("{} {}", size_name(group / count), class(group % count))
            }
        },
        runs: members.len() as u32,
        peers: per_run(&|members| members.arrivals),
        peers_censored: per_run(&|members| members.arrivals - members.completions.len()),
        n: sample.n,
        completion_p95_s: sample.mean,
        standard_deviation_s: sample.standard_deviation,
        ci_low_s: sample.interval.map(|interval| interval.low),
        ci_high_s: sample.interval.map(|interval| interval.high),
        confidence: experiment.confidence,
        ..GroupRow::default()
    };
    let baseline = resolved.arms.get(experiment.baseline).map(|arm| arm.name.as_str());
    if let Some(baseline) = baseline.filter(|baseline| *baseline != arm) {
        let before: BTreeMap<u32, f64> =
            of_arm(baseline).filter_map(|((.., r), members)| Some((*r, members.p95()?))).collect();
        compare(&mut row, &before, &values, experiment.smallest_effect);
    }
    Some(row)
}

/// Fills the columns about the baseline arm, whose values by replication are `before`.
fn compare(row: &mut GroupRow, before: &BTreeMap<u32, f64>, after: &[(u32, f64)], smallest_effect: f64) {
    let pairs: Vec<(f64, f64)> = after.iter().filter_map(|(r, after)| Some((*before.get(r)?, *after))).collect();
    let sample =
        |of: &dyn Fn(&(f64, f64)) -> f64| Sample::of(&pairs.iter().map(of).collect::<Vec<_>>(), row.confidence);
    let baseline_mean = sample(&|(before, _)| *before).mean;
    let differences = sample(&|(before, after)| after - before);
    let judged = Pairs { baseline_mean, difference: differences.mean, interval: differences.interval };
    row.pairs = Some(differences.n);
    row.baseline_p95_s = baseline_mean;
    row.difference_s = differences.mean;
    row.difference_ci_low_s = differences.interval.map(|interval| interval.low);
    row.difference_ci_high_s = differences.interval.map(|interval| interval.high);
    row.relative_difference = differences
        .mean
        .zip(baseline_mean)
        .filter(|(_, base)| *base != 0.0)
        .map(|(difference, base)| difference / base);
    row.verdict = Some(judge(&judged, smallest_effect).name().to_owned());
}

/// Marks the worst served group of one partition in one arm, by the rule that the column's doc states.
fn mark_worst(rows: &mut [GroupRow], replications: u32) {
    let common: Vec<usize> = (0..rows.len()).filter(|at| 2 * rows[*at].runs >= replications).collect();
    if common.len() < 2 {
        return;
    }
    let standing = |at: usize| {
        let row = &rows[at];
        (f64::from(row.runs - row.n) / f64::from(row.runs), row.completion_p95_s.unwrap_or(0.0))
    };
    // Of equals the first.
    let worst = common.into_iter().rev().max_by(|a, b| {
        let (a, b) = (standing(*a), standing(*b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    if let Some(row) = worst.and_then(|at| rows.get_mut(at)) {
        row.worst = true;
    }
}

impl GroupRow {
    /// What was established about the difference from the baseline arm; `None` in the baseline arm.
    pub fn finding(&self) -> Option<Finding> {
        Finding::from_name(self.verdict.as_deref()?)
    }

    /// The range of AS sizes and the access class that the group is about: one of the two, or both.
    pub fn parts(&self) -> (Option<&str>, Option<&str>) {
        let group = self.group.as_str();
        if self.partition == Partition::AsSize.name() {
            (Some(group), None)
        } else if self.partition == Partition::Access.name() {
            (None, Some(group))
        } else {
            // A range has no space in it; the name of a class may.
            group.split_once(' ').map_or((None, Some(group)), |(size, class)| (Some(size), Some(class)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic;
    use super::*;
    use crate::metrics::rows::RunRow;
    use crate::units::TableSeconds;

    #[test]
    fn size_classes_have_no_gaps() {
        let names: Vec<String> = (0..SIZE_BOUNDS.len()).map(size_name).collect();
        assert_eq!(names, ["1", "2-9", "10-29", "30-99", "100-299", "300-999", "1000-2999", "3000-9999", "10000-"]);
        let of = |peers| size_name(size_class(peers));
        assert_eq!([0, 1, 2, 9, 10, 99, 100].map(of), ["1", "1", "2-9", "2-9", "10-29", "30-99", "100-299"]);
        assert_eq!(of(u32::MAX), "10000-");
    }

    /// Peers as (AS size, access class, completion in seconds; 0: censored).
    fn outcome(arm: &str, replication: u32, peers: &[(u32, &str, u64)]) -> RunOutcome {
        let peer = |(size, access, seconds): &(u32, &str, u64)| PeerRow {
            role: "peer".to_owned(),
            as_peers: *size,
            access: Some((*access).to_owned()),
            completion_s: (*seconds > 0).then(|| TableSeconds(SimDuration::from_secs(*seconds))),
            measured: true,
            ..PeerRow::default()
        };
        RunOutcome {
            run: RunRow { arm: arm.to_owned(), replication, ..RunRow::default() },
            peers: peers.iter().map(peer).collect(),
            ..RunOutcome::default()
        }
    }

    fn small(rows: &[GroupRow], arm: &str, group: &str) -> GroupRow {
        rows.iter().find(|row| row.arm == arm && row.group == group).unwrap().clone()
    }

    #[test]
    fn the_harm_to_a_few_is_seen_by_hand() {
        let resolved = synthetic::resolved(&["before", "after"], 2);
        let crowd = |few: u64, many: u64| {
            let mut peers = vec![(3, "dsl", few), (3, "dsl", few - 1), (3, "dsl", few - 2)];
            peers.extend([(40, "dsl", many); 80]);
            peers
        };
        let outcomes = [
            outcome("before", 0, &crowd(100, 100)),
            outcome("before", 1, &crowd(104, 100)),
            outcome("after", 0, &crowd(200, 50)),
            outcome("after", 1, &crowd(206, 50)),
        ];
        let rows = groups(&resolved, &outcomes);
        let names: Vec<(&str, &str)> = rows.iter().map(|row| (row.arm.as_str(), row.group.as_str())).collect();
        let each = |arm| [(arm, "2-9"), (arm, "30-99"), (arm, "dsl")];
        assert_eq!(names, [each("before"), each("after")].concat());
        let few = small(&rows, "after", "2-9");
        assert_eq!(
            (few.completion_p95_s, few.baseline_p95_s, few.difference_s),
            (Some(203.0), Some(102.0), Some(101.0))
        );
        // Differences 100 and 102: 101 ± 12.7062·1, for one degree of freedom.
        assert!((few.difference_ci_low_s.unwrap() - (101.0 - 12.706_205)).abs() < 1e-4, "{few:?}");
        assert_eq!((few.verdict.as_deref(), few.worst, few.pairs), (Some("higher"), true, Some(2)));
        let many = small(&rows, "after", "30-99");
        assert_eq!((many.difference_s, many.verdict.as_deref(), many.worst), (Some(-50.0), Some("lower"), false));
        // Everybody together: the harm is gone from sight.
        assert_eq!(small(&rows, "after", "dsl").completion_p95_s, Some(50.0));
        assert!(!small(&rows, "after", "dsl").worst, "a single group is not the worst of several");
        assert_eq!(small(&rows, "before", "2-9").verdict, None);
    }

    #[test]
    fn slow_lines_in_small_ases_are_a_group_where_both_differ() {
        let mut resolved = synthetic::resolved(&["before", "after"], 2);
        if let Crowd::Drawn(drawn) = &mut resolved.population.crowd {
            let fibre = crate::population::AccessClass { name: "fibre".to_owned(), ..drawn.access[0].clone() };
            drawn.access.push(fibre);
        }
        let crowd = |slow: u64| {
            let mut peers = vec![(3, "fibre", 10), (3, "dsl", slow), (3, "dsl", slow + 4)];
            peers.extend([(40, "dsl", 60); 40]);
            peers.extend([(40, "fibre", 30); 40]);
            peers
        };
        let mut outcomes = Vec::new();
        for (arm, slow) in [("before", 50), ("after", 500)] {
            outcomes.extend((0..2).map(|replication| outcome(arm, replication, &crowd(slow + u64::from(replication)))));
        }
        let rows = groups(&resolved, &outcomes);
        let crossed: Vec<&GroupRow> =
            rows.iter().filter(|row| row.partition == "as-size-access" && row.arm == "after").collect();
        let seen: Vec<(&str, f64, Option<f64>, bool)> =
            crossed.iter().map(|row| (row.group.as_str(), row.peers, row.completion_p95_s, row.worst)).collect();
        let expected = [
            ("2-9 dsl", 2.0, Some(504.5), true),
            ("2-9 fibre", 1.0, Some(10.0), false),
            ("30-99 dsl", 40.0, Some(60.0), false),
            ("30-99 fibre", 40.0, Some(30.0), false),
        ];
        assert_eq!(seen, expected);
        // Paired: 450 in both replications.
        assert_eq!((crossed[0].pairs, crossed[0].difference_s), (Some(2), Some(450.0)));
        assert_eq!(crossed[0].parts(), (Some("2-9"), Some("dsl")));
        // Neither of the two partitions by itself has a group so late.
        let plain = rows.iter().filter(|row| row.partition == "access" && row.arm == "after");
        assert!(plain.into_iter().all(|row| row.completion_p95_s.unwrap() < 100.0));
    }

    #[test]
    fn censored_groups_have_no_number_and_stand_last() {
        let resolved = synthetic::resolved(&["before", "after"], 2);
        let small_ases = |seconds| [(1, "dsl", seconds), (2, "dsl", 900), (2, "dsl", 901)];
        let outcomes = [
            outcome("before", 0, &small_ases(10)),
            outcome("before", 1, &small_ases(10)),
            outcome("after", 0, &small_ases(10)),
            outcome("after", 1, &small_ases(0)),
        ];
        let rows = groups(&resolved, &outcomes);
        let alone = small(&rows, "after", "1");
        assert_eq!((alone.runs, alone.n, alone.completion_p95_s, alone.peers_censored), (2, 1, Some(10.0), 0.5));
        assert_eq!((alone.pairs, alone.verdict.as_deref()), (Some(1), Some("not-enough-runs")));
        assert!(alone.worst && small(&rows, "before", "2-9").worst);
        // Never measured, or no downloader: nobody's group.
        let mut others = outcome("before", 0, &small_ases(10));
        others.peers[0].measured = false;
        others.peers[1].role = "seed".to_owned();
        let rows = groups(&resolved, &[others]);
        assert_eq!(
            rows.iter().map(|row| (row.group.as_str(), row.peers)).collect::<Vec<_>>(),
            [("2-9", 1.0), ("dsl", 1.0)]
        );
    }

    #[test]
    fn rare_groups_are_not_called_the_worst() {
        let resolved = synthetic::resolved(&["only"], 3);
        let outcomes = [
            outcome("only", 0, &[(1, "dsl", 5_000), (2, "dsl", 10), (20, "dsl", 20)]),
            outcome("only", 1, &[(2, "dsl", 10), (20, "dsl", 20)]),
            outcome("only", 2, &[(2, "dsl", 10), (20, "dsl", 20)]),
        ];
        let rows = groups(&resolved, &outcomes);
        let worst: Vec<&str> = rows.iter().filter(|row| row.worst).map(|row| row.group.as_str()).collect();
        assert_eq!(worst, ["10-29"]);
    }
}
