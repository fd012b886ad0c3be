//! Ranks of groups, mixtures included: their ranks are weighted places among all candidates.

use super::{CandidateGroup, ListRequest};
use crate::selection::{Rank, Requester, Strategy};

/// The ranks of each group by all strategies of a request, group after group.
pub(super) fn rank_groups<T: Copy>(request: &ListRequest, groups: &[CandidateGroup<T>]) -> Vec<Rank> {
    let strategies = request.order.len();
    let mut ranks = vec![Rank(0); groups.len() * strategies];
    for (column, strategy) in request.order.iter().enumerate() {
        for (group, rank) in by_one(*strategy, request.requester, groups).into_iter().enumerate() {
            ranks[group * strategies + column] = rank;
        }
    }
    ranks
}

fn by_one<T: Copy>(strategy: &dyn Strategy, requester: Requester, groups: &[CandidateGroup<T>]) -> Vec<Rank> {
    if strategy.parts().is_empty() {
        return groups.iter().map(|candidates| strategy.rank(&requester, &candidates.group)).collect();
    }
    let sizes: Vec<u64> = groups.iter().map(|candidates| candidates.len() as u64).collect();
    let parts = strategy.parts().iter().map(|part| {
        let ranks: Vec<Rank> =
            groups.iter().map(|candidates| part.strategy.rank(&requester, &candidates.group)).collect();
        (part.millionths, ranks)
    });
    weighted_places(&sizes, parts)
}

/// For items that stand for `sizes` candidates each: the weighted sum of the places that the parts' keys give them, twice
/// as large so that the mean place of equal candidates is a whole number.
pub(super) fn weighted_places<K: Ord>(sizes: &[u64], parts: impl Iterator<Item = (u32, Vec<K>)>) -> Vec<Rank> {
    let mut sums = vec![Rank(0); sizes.len()];
    let mut sorted: Vec<usize> = (0..sizes.len()).collect();
    for (weight, keys) in parts {
        sorted.sort_by(|a, b| keys[*a].cmp(&keys[*b]));
        let mut before = 0;
        for equal in sorted.chunk_by(|a, b| keys[*a] == keys[*b]) {
            let here: u64 = equal.iter().map(|item| sizes[*item]).sum();
            // Places before … before + here − 1; their mean, doubled.
            let doubled = (2 * before + here).saturating_sub(1);
            for item in equal {
                sums[*item].0 += u64::from(weight) * doubled;
            }
            before += here;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_candidates_share_the_mean_of_their_places() {
        // Three candidates at place 0, 1, 2 of the first part, one at 3; the other way round in the second.
        let places = weighted_places(&[3, 1], [(1, vec!['a', 'b']), (10, vec!['b', 'a'])].into_iter());
        assert_eq!(places, [Rank(2 + 10 * 4), Rank(6)]);
        let places = weighted_places(&[1, 1, 1], std::iter::once((1, vec![5, 5, 4])));
        assert_eq!(places, [Rank(3), Rank(3), Rank(0)], "twice 1.5, 1.5 and 0");
    }
}
