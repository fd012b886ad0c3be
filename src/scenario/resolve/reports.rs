//! What peers report of themselves, and who needs it.

use super::management::Ordering;
use crate::management::{NamedStrategy, Reports};
use crate::scenario::errors::Problem;
use crate::scenario::reader::Reader;
use crate::selection::Needs;
use crate::units::SimDuration;

/// A kind of report: its key, what it is in a sentence, how to ask for it, who needs it, whether it is given.
struct Kind {
    key: &'static str,
    what: &'static str,
    advice: &'static str,
    needed: fn(Needs) -> bool,
    given: fn(Reports) -> bool,
}

const KINDS: [Kind; 2] = [
    Kind {
        key: "uplink",
        what: "reports of uplinks",
        advice: "let peers report them: `reports = { uplink = true }`",
        needed: |needs| needs.uplinks,
        given: |reports| reports.uplink,
    },
    Kind {
        key: "pieces",
        what: "reports of the pieces that peers hold",
        advice: "let peers report them: `reports = { pieces = \"1 min\" }`",
        needed: |needs| needs.pieces,
        given: |reports| reports.pieces.is_some(),
    },
];

/// The OMS's `reports`; a strategy that needs some must get them. Reports that no strategy asks for are allowed: what they
/// cost is a question too.
pub(super) fn reports(oms: &Reader<'_>, order: &[Ordering]) -> Reports {
    let problems = oms.problems();
    let table = oms.optional_table("reports");
    let reports = table.as_ref().map_or(Reports::default(), |table| Reports {
        uplink: table.get("uplink").value,
        pieces: table.get::<Option<SimDuration>>("pieces").value,
    });
    for kind in &KINDS {
        let given = (kind.given)(reports);
        for ordering in order.iter().filter(|ordering| (kind.needed)(ordering.needs) && !given) {
            let message = format!("strategy `{}` needs {}, which nobody supplies", ordering.name, kind.what);
            problems.add(Problem::at(ordering.place, message).advice(kind.advice));
        }
    }
    if let Some(table) = &table
        && reports == Reports::default()
        && !KINDS.iter().any(|kind| table.has(kind.key))
    {
        let advice = "say what: `reports = { uplink = true }`, or remove it";
        problems.add(Problem::at(table.place(), "`reports` reports nothing").advice(advice));
    }
    reports
}

/// The OMS's `sample`; given only where a strategy tells single candidates apart.
pub(super) fn sample(oms: &Reader<'_>, order: &[Ordering], named: &[NamedStrategy]) -> u32 {
    let understood = order.iter().all(|ordering| ordering.understood);
    if let Some(place) = oms.key_place("sample")
        && understood
        && !named.iter().any(|named| named.strategy.scores())
    {
        let message = "`sample` has no effect: no strategy of this arm tells single candidates apart";
        let advice = "remove it, or add a strategy such as `highest-bandwidth` to `order`";
        oms.problems().add(Problem::at(place, message).advice(advice));
    }
    oms.get("sample").value
}
