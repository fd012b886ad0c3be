//! The scenario file: one question, from TOML text to specs that can run.
//!
//! **What lives here.** [`load`] reads a file in two steps. *Parse* (`tree`) mirrors the file with the place of
//! everything and judges nothing. *Resolve* (`reader`, `resolve`) fills defaults and checks every value by itself and
//! across tables, and returns a [`Resolved`] in which no `Option` stands for a default. [`ScenarioErrors`] holds
//! everything that is wrong, not only the first thing: each with file, line, column, the offending text, what is
//! allowed and the nearest name. [`accepted_keys`] lists every key; the reader works from the same tables (`keys`), so
//! that a key cannot be read without being listed. [`Resolved::to_toml`] writes a scenario back with all defaults.
//!
//! **The promise.** What resolves can run: later stages do not fail for a mistake in the file.
//!
//! **Units.** Quantities are strings with units (`"10 Mbit/s"`), read exactly; ratios are plain numbers.
//!
//! **Limits.** Files of at most 16 MiB (AS relationships 256 MiB, unpacked), nesting of 80, durations of at most ten years, rates
//! of at most 1 Tbit/s, 10 million peers, 100 arms, 65,535 pieces, a million samples per run. Files are written in
//! TOML 1.0.
//!
//! **May import**: everything below floor 8 (in fact the specs of other rooms). **Goes next**: `world`, `experiment`,
//! `report`. This is the only room that opens input files.

mod chosen;
mod describe;
mod errors;
mod json_schema;
mod keys;
mod load;
mod overrides;
mod packed;
mod profiles;
mod reader;
mod relative;
mod render;
mod resolve;
mod resolved;
mod scalar;
mod schema;
mod sweep;
mod tolerance;
mod tree;
mod write;
mod write_economics;
mod write_law;
mod write_service;
mod write_sweep;

pub use errors::{ScenarioErrorKind, ScenarioErrors};
pub use json_schema::json_schema;
pub use keys::{KeyInfo, accepted_keys, default_of};
pub use load::{load, read_as_relationships};
pub use overrides::Overrides;
pub use profiles::client_profile;
pub use resolved::{
    Accepted, ArmSpec, AsWritten, CheckOf, CheckSpec, CheckStatistic, ExperimentSpec, HeldAgainst, InputFile,
    ReferenceSpec, Resolved,
};
pub use sweep::{Axis, AxisUnit, AxisValue, Sweep, SweptArm};
pub use tolerance::{MeasuresByTable, Tolerance, ToleranceSpec, load_tolerance};

#[cfg(test)]
mod tests;
