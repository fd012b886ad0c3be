//! Advice: keys that cannot bind in this scenario, found before anything runs.
//!
//! A limit that nobody can reach, a rule for which there is no occasion, a time that never comes: none of them is a
//! mistake, and none of them does what its author may expect. Only what follows from the scenario and its populations is
//! said; a default is nobody's expectation, so a key that holds its default is passed over.

mod checks;
mod control;
mod links;
mod lists;
mod measured;
mod money;
mod presence;
mod swarm;
mod times;

use std::fmt;
use std::str::FromStr;

use super::Prepared;
use crate::metrics::RunOutcome;
use crate::population::Population;
use crate::scenario::{Resolved, default_of};
use crate::services::ServiceSpec;

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The key that it is about, as `--set` would name it.
    pub key: String,
    /// One or two sentences: what cannot bind, and why.
    pub message: String,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.key, self.message)
    }
}

/// What advice is drawn from.
struct Setting<'a> {
    scenario: &'a Resolved,
    prepared: &'a Prepared<'a>,
    /// The most hosts that anybody can meet.
    others: u32,
    found: Vec<Advice>,
}

impl Setting<'_> {
    fn advise(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.found.push(Advice { key: key.into(), message: message.into() });
    }

    fn populations(&self) -> &[Population] {
        &self.prepared.populations
    }

    fn swarms(&self) -> bool {
        self.scenario.arms.iter().any(|arm| matches!(arm.service, ServiceSpec::FileSwarming(_)))
    }
}

/// Whether a key has another value than its default.
fn chosen<T: FromStr + PartialEq>(path: &str, value: &T) -> bool {
    default_of(path).and_then(|text| text.parse().ok()).is_none_or(|default: T| default != *value)
}

/// All advice about a scenario that is about to run, in the order of its tables.
pub(super) fn of(prepared: &Prepared<'_>) -> Vec<Advice> {
    let hosts =
        |population: &Population| population.peers() + (population.seeds().len() + population.caches().len()) as u32;
    let others = prepared.populations.iter().map(hosts).max().unwrap_or(1).saturating_sub(1);
    let mut setting = Setting { scenario: prepared.scenario, prepared, others, found: Vec::new() };
    times::advise(&mut setting);
    links::advise(&mut setting);
    lists::advise(&mut setting);
    control::advise(&mut setting);
    swarm::advise(&mut setting);
    presence::advise(&mut setting);
    money::advise(&mut setting);
    checks::advise(&mut setting);
    setting.found
}

/// What only runs can tell: `outcomes` are those of the runs.
pub(super) fn after(prepared: &Prepared<'_>, outcomes: &[&RunOutcome]) -> Vec<Advice> {
    let mut advice = measured::advice(prepared, outcomes);
    advice.extend(presence::after(prepared, outcomes));
    advice.extend(money::after(prepared, outcomes));
    advice
}

/// "1 peer", "2 peers".
fn counted(count: u32, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
