//! Network information, ready to be told.

use std::sync::Arc;

use super::{CostRow, NetworkView, cost_row};
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

    /// The row of `from`; `None` when the network has no such AS. A row takes two bytes per AS, once per AS asked for.
    pub fn row(&mut self, from: AsIndex) -> Option<CostRow> {
        let at = from.index();
        if at >= self.view.as_count() {
            return None;
        }
        if self.rows.len() <= at {
            self.rows.resize(at + 1, None);
        }
        let row = self.rows[at].get_or_insert_with(|| cost_row(&*self.view, from));
        Some(row.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

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
    }

    #[test]
    fn a_row_tells_distances_and_owners_and_is_computed_once() {
        let view = Arc::new(Line(AtomicUsize::new(0)));
        let mut information = NetworkInformation::new(view.clone());
        let row = information.row(AsIndex(1)).unwrap();
        assert_eq!(*row.hops, [1, 0, 1, 2, CostRow::UNREACHABLE]);
        assert_eq!(*row.same_isp, [true, true, false, false, false]);
        assert_eq!(row.hops_to(AsIndex(3)), Some(2));
        assert_eq!(row.hops_to(AsIndex(4)), None);
        assert_eq!((row.is_same_isp(AsIndex(0)), row.is_same_isp(AsIndex(2))), (Some(true), Some(false)));
        assert_eq!(information.row(AsIndex(1)), Some(row));
        assert_eq!(view.0.load(Ordering::Relaxed), 5);
    }

    #[test]
    fn unknown_ases_are_not_invented() {
        let mut information = NetworkInformation::new(Arc::new(Line(AtomicUsize::new(0))));
        assert_eq!(information.row(AsIndex(5)), None);
        let row = information.row(AsIndex(0)).unwrap();
        assert_eq!((row.hops_to(AsIndex(9)), row.is_same_isp(AsIndex(9))), (None, None));
    }
}
