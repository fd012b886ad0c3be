//! The obvious implementation: rank all candidates, shuffle, stable sort, cut. Tests hold the drawn lists up to it.
//!
//! Where a strategy scores single candidates, the sorted order is cut to the sample first and sorted again.

use super::{CandidateGroup, ListRequest};
use crate::selection::{Candidate, Fill, Group, Rank, Strategy};

/// By each strategy: rank, then score.
type Key = Vec<(Rank, Rank)>;

#[derive(Clone, Copy)]
struct Row<T> {
    member: T,
    group: Group,
    facts: Candidate,
    outsider: bool,
}

/// The list that `shuffle` leads to.
pub(super) fn list<T: Copy>(
    request: &ListRequest,
    groups: &[CandidateGroup<T>],
    look: impl Fn(T) -> Candidate,
    shuffle: impl FnOnce(&mut [usize]),
) -> Vec<T> {
    let mut all = Vec::new();
    for candidates in groups {
        for (place, member) in candidates.members.iter().enumerate() {
            if candidates.except != Some(place) {
                let group = candidates.group;
                let outsider = !group.same_isp.is_some_and(|told| told.value);
                all.push(Row { member: *member, group, facts: look(*member), outsider });
            }
        }
    }
    let mut shuffled: Vec<usize> = (0..all.len()).collect();
    shuffle(&mut shuffled);
    let order: Vec<Row<T>> = shuffled.into_iter().map(|at| all[at]).collect();
    let scoring = request.order.iter().position(|strategy| strategy.scores());
    let order = match scoring {
        None => sorted(request, &order, request.order, false),
        Some(first) => {
            let order = sorted(request, &order, &request.order[..=first], false);
            let size = request.entries * request.sample;
            let apart = request.external.is_some();
            let (mut insiders, mut outsiders) = (0, 0);
            let first = |row: &Row<T>| {
                let count = if apart && row.outsider { &mut outsiders } else { &mut insiders };
                *count += 1;
                *count <= size
            };
            let order: Vec<Row<T>> = order.into_iter().filter(first).collect();
            // Places of mixtures that look at groups only are those among all candidates.
            let fixed: Vec<Vec<Rank>> = order.iter().map(|row| group_ranks(request, row, &all)).collect();
            let rows: Vec<(Row<T>, Vec<Rank>)> = order.into_iter().zip(fixed).collect();
            sorted_again(request, rows)
        }
    };
    cut(request, &order)
}

/// By the ranks of groups, stably.
fn sorted<T: Copy>(request: &ListRequest, order: &[Row<T>], by: &[&dyn Strategy], scored: bool) -> Vec<Row<T>> {
    let mut keyed: Vec<(Vec<Rank>, Row<T>)> = order
        .iter()
        .map(|row| (by.iter().map(|strategy| rank(request, *strategy, row, order, scored)).collect(), *row))
        .collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed.into_iter().map(|(_, row)| row).collect()
}

fn group_ranks<T: Copy>(request: &ListRequest, row: &Row<T>, all: &[Row<T>]) -> Vec<Rank> {
    request.order.iter().map(|strategy| rank(request, *strategy, row, all, false)).collect()
}

fn sorted_again<T: Copy>(request: &ListRequest, rows: Vec<(Row<T>, Vec<Rank>)>) -> Vec<Row<T>> {
    let sample: Vec<Row<T>> = rows.iter().map(|(row, _)| *row).collect();
    let mut keyed: Vec<(Key, Row<T>)> = rows
        .into_iter()
        .map(|(row, fixed)| {
            let keys = request.order.iter().zip(fixed).map(|(strategy, fixed)| {
                match (strategy.scores(), strategy.parts().is_empty()) {
                    (false, _) => (fixed, Rank(0)),
                    (true, true) => (fixed, strategy.score(&request.requester, &row.facts)),
                    (true, false) => (rank(request, *strategy, &row, &sample, true), Rank(0)),
                }
            });
            (keys.collect(), row)
        })
        .collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// The rank of one candidate; of a mixture, by counting who is better and who is as good among `others`.
fn rank<T: Copy>(
    request: &ListRequest,
    strategy: &dyn Strategy,
    row: &Row<T>,
    others: &[Row<T>],
    scored: bool,
) -> Rank {
    if strategy.parts().is_empty() {
        return strategy.rank(&request.requester, &row.group);
    }
    let mut sum = 0;
    for part in strategy.parts() {
        let key = |row: &Row<T>| {
            let score = if scored { part.strategy.score(&request.requester, &row.facts) } else { Rank(0) };
            (part.strategy.rank(&request.requester, &row.group), score)
        };
        let better = others.iter().filter(|other| key(other) < key(row)).count() as u64;
        let as_good = others.iter().filter(|other| key(other) == key(row)).count() as u64 - 1;
        sum += u64::from(part.millionths) * (2 * better + as_good);
    }
    Rank(sum)
}

fn cut<T: Copy>(request: &ListRequest, order: &[Row<T>]) -> Vec<T> {
    let Some(quota) = request.external else {
        return order.iter().take(request.entries).map(|row| row.member).collect();
    };
    let max = quota.max as usize;
    let min = (quota.min as usize).min(max);
    let first: Vec<usize> = (0..order.len()).filter(|at| order[*at].outsider).take(min).collect();
    let mut outsiders = first.len();
    let mut list = first.clone();
    let mut left_out = Vec::new();
    for at in (0..order.len()).filter(|at| !first.contains(at)) {
        if !order[at].outsider {
            list.push(at);
        } else if outsiders < max {
            outsiders += 1;
            list.push(at);
        } else {
            left_out.push(at);
        }
    }
    if quota.fill == Fill::Ordered {
        list.extend(left_out);
    }
    list.into_iter().take(request.entries).map(|at| order[at].member).collect()
}
