//! Drawing a list: candidates → filter → order → cut.
//!
//! The order is: groups by the ranks of the strategies, compared one strategy after the other; inside equal ranks a
//! uniformly random order of all their members. Only the prefix that the list needs is ever drawn. One draw costs
//! O(groups + entries) up to logarithms of the number of different ranks and of the entries.
//!
//! **With a quota** the walk along the order leaves out outsiders once `max` of them are placed; the first `min`
//! outsiders of the order stand first; when the order is exhausted, `fill` says whether the outsiders left out fill
//! the list. Given what was drawn, the rest of a uniform order restricted to insiders (or outsiders) is uniform again:
//! so the walk may go on among insiders alone without drawing the outsiders it would leave out.
//!
//! **Where a strategy scores single candidates**, W = `sample` × entries are drawn in that way by the ranks of the
//! strategies up to the first that scores, with a quota W insiders and W outsiders; these are sorted, stably, by ranks
//! and scores, and the quota cuts the list from them. A swarm of at most W candidates is thus sorted as a whole; in a
//! larger one nobody walks it, and a list holds the best of a sample.

mod partly;
mod places;
mod scored;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twin;
mod urn;

pub use partly::draw_partly_guided;
use urn::Urn;

use super::{Candidate, ExternalQuota, Fill, Group, Rank, Requester, Strategy};
use crate::random::Stream;

/// The candidates of one group.
#[derive(Debug, Clone, Copy)]
pub struct CandidateGroup<'a, T> {
    /// What is known of them.
    pub group: Group,
    /// The candidates.
    pub members: &'a [T],
    /// Position of a member that is no candidate (the requester itself).
    pub except: Option<usize>,
}

impl<T: Copy> CandidateGroup<'_, T> {
    fn len(&self) -> usize {
        self.members.len() - usize::from(self.except.is_some())
    }

    fn member(&self, place: usize) -> T {
        let skipped = self.except.is_some_and(|except| except <= place);
        self.members[place + usize::from(skipped)]
    }

    /// Nobody said that it is the requester's ISP.
    fn is_outsider(&self) -> bool {
        self.group.same_isp.is_none_or(|told| !told.value)
    }
}

/// What list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct ListRequest<'a> {
    /// For whom.
    pub requester: Requester,
    /// Strategies: the first decides, the next breaks its ties, chance breaks the rest.
    pub order: &'a [&'a dyn Strategy],
    /// Quota of outsiders.
    pub external: Option<ExternalQuota>,
    /// At most so many entries.
    pub entries: usize,
    /// Candidates drawn for each entry where a strategy tells single candidates apart; at least 1.
    pub sample: usize,
}

impl ListRequest<'_> {
    /// How many strategies decide whom to draw: all, or those up to the first that tells single candidates apart.
    fn deciding(&self) -> usize {
        self.order.iter().position(|strategy| strategy.scores()).map_or(self.order.len(), |first| first + 1)
    }
}

/// Draws a list, best first. The same stream and the same order of groups and members give the same list. `look` tells
/// what is known of a member; it is asked only where a strategy tells single candidates apart.
///
/// # Panics
///
/// When an `except` lies outside its group's members: an error of the caller.
pub fn draw_list<T: Copy>(
    request: &ListRequest,
    groups: &[CandidateGroup<T>],
    look: &dyn Fn(T) -> Candidate,
    stream: &mut Stream,
) -> Vec<T> {
    assert!(
        groups.iter().all(|g| g.except.is_none_or(|except| except < g.members.len())),
        "the member to leave out is one of the group"
    );
    let mut order = Order::new(request, groups);
    if request.order.iter().any(|strategy| strategy.scores()) {
        return scored::list(request, &mut order, look, stream);
    }
    let quota = request.external;
    let max = quota.map_or(usize::MAX, |q| q.max as usize);
    let min = quota.map_or(0, |q| q.min as usize).min(max).min(request.entries);

    // The walk along the order: no more of it than a list can hold.
    let mut walk: Vec<Drawn<T>> = Vec::with_capacity(request.entries.min(256));
    let mut outsiders = 0;
    while walk.len() < request.entries {
        let among = if outsiders < max { Among::All } else { Among::Insiders };
        let Some(drawn) = order.draw(among, stream) else { break };
        outsiders += usize::from(drawn.outsider);
        walk.push(drawn);
    }

    // The guaranteed outsiders: those of the walk, then those behind it.
    let mut list: Vec<T> = walk.iter().filter(|d| d.outsider).take(min).map(|d| d.member).collect();
    let early = list.len();
    while list.len() < min {
        let Some(drawn) = order.draw(Among::Outsiders, stream) else { break };
        list.push(drawn.member);
    }

    // The rest of the walk behind them. Only the outsiders of the walk itself were placed already.
    let mut placed = early;
    for drawn in walk {
        if drawn.outsider && placed > 0 {
            placed -= 1;
        } else if list.len() < request.entries {
            list.push(drawn.member);
        }
    }
    if quota.is_some_and(|q| q.fill == Fill::Ordered) {
        while list.len() < request.entries {
            let Some(drawn) = order.draw(Among::Outsiders, stream) else { break };
            list.push(drawn.member);
        }
    }
    list
}

#[derive(Debug, Clone, Copy)]
struct Drawn<T> {
    member: T,
    outsider: bool,
    /// Position of its group.
    group: u32,
}

/// Among whom to draw next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Among {
    All,
    Insiders,
    Outsiders,
}

/// Candidates of equal ranks. Without a quota everybody counts as an insider.
#[derive(Debug, Default)]
struct Level {
    insiders: Urn,
    outsiders: Urn,
}

impl Level {
    fn remaining(&self, among: Among) -> usize {
        match among {
            Among::All => self.insiders.remaining() + self.outsiders.remaining(),
            Among::Insiders => self.insiders.remaining(),
            Among::Outsiders => self.outsiders.remaining(),
        }
    }
}

/// The order of all candidates, drawn as far as it is asked for.
struct Order<'g, 'a, T> {
    groups: &'g [CandidateGroup<'a, T>],
    /// Whether outsiders are told apart.
    apart: bool,
    /// Ranks of each group, `strategies` of them.
    ranks: Vec<Rank>,
    strategies: usize,
    /// How many of them decide whom to draw.
    deciding: usize,
    /// Positions of groups, best first.
    sorted: Vec<u32>,
    /// How many of `sorted` are in levels.
    levelled: usize,
    levels: Vec<Level>,
    /// For each way to draw: the first level that may hold somebody.
    first: [usize; 3],
}

impl<'g, 'a, T: Copy> Order<'g, 'a, T> {
    fn new(request: &ListRequest, groups: &'g [CandidateGroup<'a, T>]) -> Self {
        let (strategies, deciding) = (request.order.len(), request.deciding());
        let ranks = places::rank_groups(request, groups);
        let place = |group: u32| &ranks[group as usize * strategies..][..deciding];
        let mut sorted: Vec<u32> = (0..groups.len() as u32).collect();
        // Stable, so that equal ranks keep the order of the groups; linear in the groups for a fixed number of ranks.
        sorted.sort_by(|a, b| place(*a).cmp(place(*b)));
        let apart = request.external.is_some();
        Self { groups, apart, ranks, strategies, deciding, sorted, levelled: 0, levels: Vec::new(), first: [0; 3] }
    }

    fn draw(&mut self, among: Among, stream: &mut Stream) -> Option<Drawn<T>> {
        let way = among as usize;
        let remaining = loop {
            if self.first[way] == self.levels.len() && !self.next_level() {
                return None;
            }
            match self.levels[self.first[way]].remaining(among) {
                0 => self.first[way] += 1,
                remaining => break remaining,
            }
        };
        let level = &mut self.levels[self.first[way]];
        let nth = stream.below(remaining as u64) as usize;
        let insiders = if among == Among::Outsiders { 0 } else { level.insiders.remaining() };
        let outsider = nth >= insiders;
        let (group, place) = if outsider { level.outsiders.take(nth - insiders) } else { level.insiders.take(nth) };
        Some(Drawn { member: self.groups[group as usize].member(place), outsider, group })
    }

    /// Puts the next groups of equal ranks into a level; false when there are none.
    fn next_level(&mut self) -> bool {
        let Some(&leader) = self.sorted.get(self.levelled) else { return false };
        let ranks = |group: u32| &self.ranks[group as usize * self.strategies..][..self.deciding];
        let mut level = Level::default();
        for &group in self.sorted[self.levelled..].iter().take_while(|group| ranks(**group) == ranks(leader)) {
            let candidates = &self.groups[group as usize];
            let urn = if self.apart && candidates.is_outsider() { &mut level.outsiders } else { &mut level.insiders };
            urn.add(group, candidates.len());
            self.levelled += 1;
        }
        self.levels.push(level);
        true
    }
}
