//! Lowest latency first.

use super::{Group, Rank, Requester, Strategy};
use crate::units::SimDuration;

/// The shortest one-way delay first, as the network tells it: the wish of a user who waits for answers (RFC 5694, 5.1:
/// "low latency"). What a peer measures for itself is another thing: see the arms' key `contacts`.
///
/// Ranks: the delay in nanoseconds, then ASes without a route, then those of which no delay was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LowestLatency;

impl Strategy for LowestLatency {
    fn rank(&self, _requester: &Requester, group: &Group) -> Rank {
        Rank::lowest_first(group.delay.map(|told| told.map(|delay| delay.map(SimDuration::as_nanos))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::example::{group, now, told};
    use super::*;
    use crate::units::AsIndex;

    #[test]
    fn the_delay_decides_not_the_hops() {
        let requester = Requester { as_index: AsIndex(0) };
        let delayed = |as_index, hops, millis: u64| Group {
            delay: now(Some(SimDuration::from_millis(millis))),
            ..told(as_index, false, Some(hops))
        };
        let ranks =
            [delayed(1, 3, 9), delayed(2, 1, 10), Group { delay: now(None), ..group(3) }, told(4, true, Some(0))]
                .map(|group| LowestLatency.rank(&requester, &group));
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    }
}
