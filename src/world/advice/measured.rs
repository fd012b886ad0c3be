//! What runs showed: limited links that were never full.

use super::links::{NAMED, cannot_become_full};
use super::{Advice, Prepared};
use crate::metrics::RunOutcome;
use crate::underlay::LimitedLinkId;
use crate::units::SimDuration;

pub(super) fn advice(prepared: &Prepared<'_>, outcomes: &[&RunOutcome]) -> Vec<Advice> {
    let underlay = prepared.underlay();
    // What was certain before has been said.
    let known = cannot_become_full(prepared);
    let mut never = Vec::new();
    for link in (0..underlay.limited_link_count() as u32).map(LimitedLinkId) {
        let (from, to, capacity) = underlay.limited_link(link);
        let ends = (underlay.number(from).0, underlay.number(to).0);
        let full = |outcome: &&RunOutcome| {
            let row = outcome.links.iter().find(|row| (row.from_as, row.to_as) == ends);
            row.and_then(|row| row.full_s).is_some_and(|full| full.0 > SimDuration::ZERO)
        };
        if !known.iter().any(|(loose, _)| *loose == link) && !outcomes.iter().any(full) {
            let (from, to) = ends;
            never.push(format!(
                "the {capacity} from AS {from} to AS {to} were never full in any run, and slowed nobody down"
            ));
        }
    }
    let hidden = never.len().saturating_sub(NAMED);
    let one = |message| Advice { key: "underlay.isps.link.capacity".to_owned(), message };
    let mut advice: Vec<Advice> = never.into_iter().take(NAMED).map(|text| one(format!("{text}."))).collect();
    if hidden > 0 {
        advice.push(one(format!("and {hidden} more directions of links that were never full.")));
    }
    advice
}
