//! Random selection: what a plain tracker does.

use super::{Group, Rank, Requester, Strategy};

/// Everybody is as good as anybody: chance orders the whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Random;

impl Strategy for Random {
    fn rank(&self, _requester: &Requester, _group: &Group) -> Rank {
        Rank(0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::strategy::example::{group, told};
    use super::*;
    use crate::units::AsIndex;

    #[test]
    fn nobody_is_preferred() {
        let requester = Requester { as_index: AsIndex(0) };
        assert_eq!(Random.rank(&requester, &group(0)), Random.rank(&requester, &told(1, false, Some(9))));
    }
}
