//! `by-subscribers` with a file: in proportion to the subscribers that a CSV file says each AS has.
//!
//! Such files are made for the whole Internet and the graph is a part of it, or the other way round: ASes that only one
//! of the two knows are left out, and counted for people.

use super::Weights;
use crate::population::{PopulationError, SubscriberFile};
use crate::underlay::Underlay;

/// ASes that a note names.
const EXAMPLES: usize = 5;

pub(super) fn weights(file: &SubscriberFile, underlay: &Underlay) -> Result<Weights, PopulationError> {
    let known = file.rows.iter().filter_map(|(number, subscribers)| Some((underlay.index_of(*number)?, *subscribers)));
    let mut weights: Weights = known.filter(|(_, subscribers)| *subscribers > 0.0).collect();
    // By position, so that the order of the file does not matter.
    weights.sort_unstable_by_key(|(index, _)| *index);
    if weights.is_empty() { Err(PopulationError::NoWeight { what: "subscribers in the file" }) } else { Ok(weights) }
}

/// What the file and the graph do not have in common, one sentence each.
pub(super) fn notes(file: &SubscriberFile, underlay: &Underlay) -> Vec<String> {
    let (mut strangers, mut lost, mut all, mut known) = (Vec::new(), 0.0, 0.0, 0);
    for (number, subscribers) in &file.rows {
        all += subscribers;
        if underlay.index_of(*number).is_some() {
            known += 1;
        } else {
            lost += subscribers;
            strangers.push(*number);
        }
    }
    strangers.sort_unstable();
    let mut notes = Vec::new();
    if !strangers.is_empty() {
        let examples: Vec<String> = strangers.iter().take(EXAMPLES).map(|number| format!("AS{number}")).collect();
        notes.push(format!(
            "{}: {} of {} ASes, with {:.1} % of the subscribers, are not in the underlay and were left out, for example {}.",
            file.path,
            strangers.len(),
            file.rows.len(),
            100.0 * lost / f64::max(all, f64::MIN_POSITIVE),
            examples.join(", ")
        ));
    }
    let missing = underlay.as_count() - known;
    if missing > 0 {
        notes.push(format!(
            "{}: {missing} of the underlay's {} ASes have no row and hold no peers.",
            file.path,
            underlay.as_count()
        ));
    }
    notes
}
