//! Lists where a strategy tells single candidates apart.

use super::places::weighted_places;
use super::{Among, Drawn, ListRequest, Order};
use crate::random::Stream;
use crate::selection::{Candidate, ExternalQuota, Fill, Rank};

/// Draws a sample along the order of groups, sorts it by ranks and scores, and cuts the list from it.
pub(super) fn list<T: Copy>(
    request: &ListRequest,
    order: &mut Order<'_, '_, T>,
    look: &dyn Fn(T) -> Candidate,
    stream: &mut Stream,
) -> Vec<T> {
    let window = window(request, order, stream);
    let keys = keys(request, order, &window, look);
    let width = request.order.len();
    let mut sorted: Vec<usize> = (0..window.len()).collect();
    // Stable: equal ones keep the order in which they were drawn, which is uniform.
    sorted.sort_by(|a, b| keys[a * width..][..width].cmp(&keys[b * width..][..width]));
    let ordered: Vec<Drawn<T>> = sorted.into_iter().map(|at| window[at]).collect();
    match request.external {
        None => ordered.into_iter().take(request.entries).map(|drawn| drawn.member).collect(),
        Some(quota) => cut(&ordered, quota, request.entries),
    }
}

/// The first W candidates of the order; with a quota, the first W insiders and the first W outsiders.
fn window<T: Copy>(request: &ListRequest, order: &mut Order<'_, '_, T>, stream: &mut Stream) -> Vec<Drawn<T>> {
    let size = request.entries.saturating_mul(request.sample.max(1));
    let apart = request.external.is_some();
    let mut window: Vec<Drawn<T>> = Vec::new();
    let (mut insiders, mut outsiders) = (0, 0);
    loop {
        let among = match (apart, insiders < size, outsiders < size) {
            (false, true, _) | (true, true, true) => Among::All,
            (true, true, false) => Among::Insiders,
            (true, false, true) => Among::Outsiders,
            (_, false, _) => return window,
        };
        let Some(drawn) = order.draw(among, stream) else {
            return window;
        };
        // Without a quota nobody is told apart: all count as insiders.
        *if drawn.outsider { &mut outsiders } else { &mut insiders } += 1;
        window.push(drawn);
    }
}

/// For each candidate of the window its key by each strategy: rank, then score; of a mixture that scores, its weighted
/// place in the window.
fn keys<T: Copy>(
    request: &ListRequest,
    order: &Order<'_, '_, T>,
    window: &[Drawn<T>],
    look: &dyn Fn(T) -> Candidate,
) -> Vec<(Rank, Rank)> {
    let facts: Vec<Candidate> = window.iter().map(|drawn| look(drawn.member)).collect();
    let width = request.order.len();
    let sizes = vec![1_u64; window.len()];
    let mut keys = vec![(Rank(0), Rank(0)); window.len() * width];
    for (column, strategy) in request.order.iter().enumerate() {
        let mixed = if strategy.parts().is_empty() || !strategy.scores() {
            Vec::new()
        } else {
            let of_part = |part: &crate::selection::Part| {
                let key = |(drawn, candidate): (&Drawn<T>, &Candidate)| {
                    let group = &order.groups[drawn.group as usize].group;
                    let score = if part.strategy.scores() {
                        part.strategy.score(&request.requester, candidate)
                    } else {
                        Rank(0)
                    };
                    (part.strategy.rank(&request.requester, group), score)
                };
                (part.millionths, window.iter().zip(&facts).map(key).collect())
            };
            weighted_places(&sizes, strategy.parts().iter().map(of_part))
        };
        for (at, (drawn, candidate)) in window.iter().zip(&facts).enumerate() {
            let rank = order.ranks[drawn.group as usize * order.strategies + column];
            keys[at * width + column] = match mixed.get(at) {
                Some(place) => (*place, Rank(0)),
                None if strategy.scores() => (rank, strategy.score(&request.requester, candidate)),
                None => (rank, Rank(0)),
            };
        }
    }
    keys
}

/// The list that a quota leaves of an order.
fn cut<T: Copy>(ordered: &[Drawn<T>], quota: ExternalQuota, entries: usize) -> Vec<T> {
    let max = quota.max as usize;
    let min = (quota.min as usize).min(max);
    let mut list: Vec<T> = ordered.iter().filter(|drawn| drawn.outsider).take(min).map(|drawn| drawn.member).collect();
    let (mut to_skip, mut outsiders) = (list.len(), list.len());
    let mut left_out = Vec::new();
    for drawn in ordered {
        if !drawn.outsider {
            list.push(drawn.member);
        } else if to_skip > 0 {
            to_skip -= 1;
        } else if outsiders < max {
            outsiders += 1;
            list.push(drawn.member);
        } else {
            left_out.push(drawn.member);
        }
    }
    if quota.fill == Fill::Ordered {
        list.extend(left_out);
    }
    list.truncate(entries);
    list
}
