//! Network information, ready to be told.

use std::sync::Arc;

use super::{CostRow, Details, NetworkView, cost_row};
use crate::units::AsIndex;

/// The cost rows of one provider, each computed when it is first asked for. Routes are fixed for a run, so a row never
/// changes; how old a *copy* of it is, is the receiver's business.
pub struct NetworkInformation {
    view: Arc<dyn NetworkView + Send + Sync>,
    /// By AS; grown on demand, at most `as_count` long.
    rows: Vec<Option<CostRow>>,
}

impl NetworkInformation {
    /// Nothing computed yet.
    pub fn new(view: Arc<dyn NetworkView + Send + Sync>) -> Self {
        Self { view, rows: Vec::new() }
    }

    /// The row of `from` with these details; `None` when the network has no such AS. A row takes two bytes per AS, five
    /// more with delays and one more with ways out, once per AS asked for.
    pub fn row(&mut self, from: AsIndex, details: Details) -> Option<CostRow> {
        let at = from.index();
        if at >= self.view.as_count() {
            return None;
        }
        if self.rows.len() <= at {
            self.rows.resize(at + 1, None);
        }
        let kept = self.rows[at].take().filter(|row| row.details() == details);
        let row = self.rows[at].insert(kept.unwrap_or_else(|| cost_row(&*self.view, from, details)));
        Some(row.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::guidance::WayOut;
    use crate::units::SimDuration;

    /// ASes on a line, owned in pairs; nothing reaches the last one.
    struct Line(AtomicUsize);

    impl NetworkView for Line {
        fn as_count(&self) -> usize {
            5
        }
        fn hops(&self, from: AsIndex, to: AsIndex) -> Option<u8> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let cut = from != to && (from.0 == 4 || to.0 == 4);
            (!cut).then(|| from.0.abs_diff(to.0) as u8)
        }
        fn same_isp(&self, a: AsIndex, b: AsIndex) -> bool {
            a.0 / 2 == b.0 / 2
        }
        fn delay(&self, from: AsIndex, to: AsIndex) -> Option<SimDuration> {
            // Halves of a microsecond are rounded up.
            self.hops(from, to).map(|hops| SimDuration::from_nanos(u64::from(hops) * 1_500))
        }
        fn way_out(&self, from: AsIndex, to: AsIndex) -> Option<WayOut> {
            let way = if from.0 < to.0 { WayOut::Customer } else { WayOut::Provider };
            self.hops(from, to).map(|_| if self.same_isp(from, to) { WayOut::OwnIsp } else { way })
        }
    }

    #[test]
    fn a_row_tells_distances_and_owners_and_is_computed_once() {
        let view = Arc::new(Line(AtomicUsize::new(0)));
        let mut information = NetworkInformation::new(view.clone());
        let row = information.row(AsIndex(1), Details::default()).unwrap();
        assert_eq!(*row.hops, [1, 0, 1, 2, CostRow::UNREACHABLE]);
        assert_eq!(*row.same_isp, [true, true, false, false, false]);
        assert_eq!(row.hops_to(AsIndex(3)), Some(2));
        assert_eq!(row.hops_to(AsIndex(4)), None);
        assert_eq!((row.is_same_isp(AsIndex(0)), row.is_same_isp(AsIndex(2))), (Some(true), Some(false)));
        assert_eq!(information.row(AsIndex(1), Details::default()), Some(row));
        assert_eq!(view.0.load(Ordering::Relaxed), 5);
    }

    #[test]
    fn unknown_ases_are_not_invented() {
        let mut information = NetworkInformation::new(Arc::new(Line(AtomicUsize::new(0))));
        assert_eq!(information.row(AsIndex(5), Details::default()), None);
        let row = information.row(AsIndex(0), Details::default()).unwrap();
        assert_eq!((row.hops_to(AsIndex(9)), row.is_same_isp(AsIndex(9))), (None, None));
    }

    #[test]
    fn details_are_told_to_who_asks_for_them() {
        let mut information = NetworkInformation::new(Arc::new(Line(AtomicUsize::new(0))));
        let bare = information.row(AsIndex(1), Details::default()).unwrap();
        assert_eq!((bare.delay_to(AsIndex(0)), bare.way_out_to(AsIndex(0))), (None, None));
        let row = information.row(AsIndex(1), Details { delays: true, ways_out: true }).unwrap();
        let micros = |n| Some(Some(SimDuration::from_micros(n)));
        let delays = [0, 1, 2, 3].map(|to| row.delay_to(AsIndex(to)));
        assert_eq!(delays, [micros(2), micros(0), micros(2), micros(3)]);
        assert_eq!((row.delay_to(AsIndex(4)), row.way_out_to(AsIndex(4))), (Some(None), Some(None)));
        let ways = [0, 1, 2].map(|to| row.way_out_to(AsIndex(to)).flatten());
        assert_eq!(ways, [Some(WayOut::OwnIsp), Some(WayOut::OwnIsp), Some(WayOut::Customer)]);
        assert_eq!(information.row(AsIndex(1), Details::default()), Some(bare), "and to nobody else");
    }
}
