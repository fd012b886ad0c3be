//! Lists that are guided in part.

use super::{CandidateGroup, ListRequest, draw_list};
use crate::random::Stream;
use crate::selection::Candidate;

/// Draws a list of which the share `unguided` (0 to 1, rounded to whole entries) is a uniform sample of all candidates,
/// and the rest is drawn as `request` says; nobody stands on it twice. The places of the sample among the others are
/// drawn too, so that the share holds for every prefix of the list.
///
/// Where the guided part stays short, the list does. With nothing unguided it is [`draw_list`], from the same stream.
pub fn draw_partly_guided<T: Copy + PartialEq>(
    request: &ListRequest,
    unguided: f64,
    groups: &[CandidateGroup<T>],
    look: &dyn Fn(T) -> Candidate,
    stream: &mut Stream,
) -> Vec<T> {
    let by_lot = ((request.entries as f64 * unguided.clamp(0.0, 1.0)).round() as usize).min(request.entries);
    let guided = draw_list(&ListRequest { entries: request.entries - by_lot, ..*request }, groups, look, stream);
    if by_lot == 0 {
        return guided;
    }
    // A uniform order without those placed already is a uniform order of the others.
    let anybody = ListRequest { order: &[], external: None, ..*request };
    let sample: Vec<T> =
        draw_list(&anybody, groups, look, stream).into_iter().filter(|m| !guided.contains(m)).take(by_lot).collect();
    let (mut ordered, mut lots) = (guided.into_iter(), sample.into_iter());
    let mut list = Vec::with_capacity(ordered.len() + lots.len());
    while ordered.len() + lots.len() > 0 {
        let nth = stream.below((ordered.len() + lots.len()) as u64) as usize;
        list.extend(if nth < ordered.len() { ordered.next() } else { lots.next() });
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};
    use crate::selection::strategy::example::told;
    use crate::selection::{Requester, SameAs, Strategy};
    use crate::units::AsIndex;

    /// 30 candidates in the requester's AS and 70 elsewhere.
    fn draw(unguided: f64, round: u64) -> Vec<u32> {
        let (own, other): (Vec<u32>, Vec<u32>) = ((0..30).collect(), (30..100).collect());
        let group = |index: u32, members| CandidateGroup {
            group: told(index, index == 0, Some(u8::from(index > 0))),
            members,
            except: None,
        };
        let groups = [group(0, own.as_slice()), group(1, other.as_slice())];
        let order: [&dyn Strategy; 1] = [&SameAs];
        let requester = Requester { as_index: AsIndex(0) };
        let request = ListRequest { requester, order: &order, external: None, entries: 20, sample: 1 };
        let look = |_| Candidate::default();
        draw_partly_guided(&request, unguided, &groups, &look, &mut Seed::new(3, 0).stream(Purpose::ListSample, round))
    }

    #[test]
    fn the_share_by_lot_is_a_uniform_sample_anywhere_on_the_list() {
        const ROUNDS: u64 = 4_000;
        let (mut outside, mut outside_early) = (0, 0);
        for round in 0..ROUNDS {
            let list = draw(0.5, round);
            let distinct: std::collections::BTreeSet<_> = list.iter().collect();
            assert_eq!((list.len(), distinct.len()), (20, 20));
            outside += list.iter().filter(|member| **member >= 30).count();
            outside_early += list[..5].iter().filter(|member| **member >= 30).count();
        }
        // Ten of the 90 that the guided part leaves, 70 of which are outside: hypergeometric, variance 1.5535.
        let mean = outside as f64 / ROUNDS as f64;
        let expected = 10.0 * 70.0 / 90.0;
        let error = (1.5535 / ROUNDS as f64).sqrt();
        assert!((mean - expected).abs() < 3.0 * error, "{mean} against {expected} ± {error}");
        // A quarter of them among the first quarter of the list; the variance is at most that of five independent ones.
        let (early, share) = (outside_early as f64 / ROUNDS as f64, expected / 20.0);
        let error = (5.0 * share * (1.0 - share) / ROUNDS as f64).sqrt();
        assert!((early - expected / 4.0).abs() < 3.0 * error, "{early} against {} ± {error}", expected / 4.0);
    }

    #[test]
    fn the_ends_are_a_guided_list_and_a_random_one() {
        assert!(draw(0.0, 1).iter().all(|member| *member < 30));
        let outside: usize = (0..500).map(|round| draw(1.0, round).iter().filter(|m| **m >= 30).count()).sum();
        // 20 of 100, 70 of them outside: mean 14, variance 3.394.
        assert!((outside as f64 / 500.0 - 14.0).abs() < 3.0 * (3.394_f64 / 500.0).sqrt(), "{outside}");
    }
}
