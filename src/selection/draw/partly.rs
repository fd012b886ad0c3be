//! Lists that are guided in part.

use super::{CandidateGroup, ListRequest, draw_list};
use crate::random::Stream;

/// Draws a list of which the share `unguided` (0 to 1, rounded to whole entries) is a uniform sample of all candidates,
/// and the rest is drawn as `request` says; nobody stands on it twice. The places of the sample among the others are
/// drawn too, so that the share holds for every prefix of the list.
///
/// Where the guided part stays short, the list does. With nothing unguided it is [`draw_list`], from the same stream.
pub fn draw_partly_guided<T: Copy + PartialEq>(
    request: &ListRequest,
    unguided: f64,
    groups: &[CandidateGroup<T>],
    stream: &mut Stream,
) -> Vec<T> {
    let by_lot = ((request.entries as f64 * unguided.clamp(0.0, 1.0)).round() as usize).min(request.entries);
    let guided = draw_list(&ListRequest { entries: request.entries - by_lot, ..*request }, groups, stream);
    if by_lot == 0 {
        return guided;
    }
    // A uniform order without those placed already is a uniform order of the others.
    let anybody = ListRequest { order: &[], external: None, ..*request };
    let sample: Vec<T> =
        draw_list(&anybody, groups, stream).into_iter().filter(|m| !guided.contains(m)).take(by_lot).collect();
    let (mut ordered, mut lots) = (guided.into_iter(), sample.into_iter());
    let mut list = Vec::with_capacity(ordered.len() + lots.len());
    while ordered.len() + lots.len() > 0 {
        let nth = stream.below((ordered.len() + lots.len()) as u64) as usize;
        list.extend(if nth < ordered.len() { ordered.next() } else { lots.next() });
    }
    list
}
