//! Which models a build holds.

/// Number of the models: two builds with the same number come to the same bytes in every table, from the same scenario
/// and seed.
///
/// It is raised by one whenever a change lets any existing scenario come to other results: another fact of a run (then
/// the fingerprints of the gallery change), or the same facts counted in another way (then its baselines do). A new key,
/// a new column or a new strategy, which no existing scenario uses, leaves it alone. `peerscape check` compares results of one
/// number exactly, and those of two within tolerances.
pub const MODEL_VERSION: u32 = 3;
