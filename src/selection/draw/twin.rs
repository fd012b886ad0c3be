//! The obvious implementation: rank all candidates, shuffle, stable sort, cut. Tests hold the drawn lists up to it.

use super::{CandidateGroup, ListRequest};
use crate::selection::{Fill, Rank};

struct Candidate<T> {
    member: T,
    ranks: Vec<Rank>,
    outsider: bool,
}

/// The list that `shuffle` leads to.
pub(super) fn list<T: Copy>(
    request: &ListRequest,
    groups: &[CandidateGroup<T>],
    shuffle: impl FnOnce(&mut [usize]),
) -> Vec<T> {
    let mut all = Vec::new();
    for candidates in groups {
        for (place, member) in candidates.members.iter().enumerate() {
            if candidates.except != Some(place) {
                let group = &candidates.group;
                let ranks = request.order.iter().map(|s| s.rank(&request.requester, group)).collect();
                let outsider = !group.same_isp.is_some_and(|told| told.value);
                all.push(Candidate { member: *member, ranks, outsider });
            }
        }
    }
    let mut order: Vec<usize> = (0..all.len()).collect();
    shuffle(&mut order);
    order.sort_by(|a, b| all[*a].ranks.cmp(&all[*b].ranks));

    let Some(quota) = request.external else {
        return order.into_iter().take(request.entries).map(|i| all[i].member).collect();
    };
    let max = quota.max as usize;
    let min = (quota.min as usize).min(max);
    let first: Vec<usize> = order.iter().copied().filter(|i| all[*i].outsider).take(min).collect();
    let mut outsiders = first.len();
    let mut list = first.clone();
    let mut left_out = Vec::new();
    for i in order.into_iter().filter(|i| !first.contains(i)) {
        if !all[i].outsider {
            list.push(i);
        } else if outsiders < max {
            outsiders += 1;
            list.push(i);
        } else {
            left_out.push(i);
        }
    }
    if quota.fill == Fill::Ordered {
        list.extend(left_out);
    }
    list.into_iter().take(request.entries).map(|i| all[i].member).collect()
}
