//! `[sweep]`: lists and ranges over keys, as more arms.
//!
//! **Model.** A swept key is a dotted path, as for `--set`, with a list of values or a range. Several keys give every
//! combination. What a key belongs to decides what is multiplied:
//!
//! - A key of *one arm that is not the baseline* makes more arms of this one, all compared with the one baseline.
//! - Every other key (common to all arms, or of the baseline) makes *settings*: in each, all arms stand again, the
//!   baseline too, and differences are taken inside a setting. `experiment.seed` and identities stay the same, so that
//!   the given things of a peer (place, line, arrival) are equal in all settings that leave its law alone: curves
//!   over settings are made with common random numbers as well.
//!
//! An expanded arm is called as in the file, followed by its values: `managed external.min=4`. The order of runs is
//! setting by setting (the first swept key changes slowest), arm by arm, values of the arm's own keys, replications.
//!
//! **How.** The tree of the file is copied once for each setting, values are put where their paths lead, arms are
//! multiplied, and every copy is resolved like a file of its own: a swept value is refused as if it stood at its key,
//! with its own place in `[sweep]`.
//!
//! **Limits.** 1,000 values of a key, 1,000 arms in all settings together, 100 in one.

mod axis;
mod expand;
mod range;

use super::resolved::{ArmSpec, ReferenceSpec, Resolved};

pub(super) use axis::{OF_AN_AXIS, find, read};
pub(super) use expand::{Plan, expand};

/// What an experiment sweeps, and which of its arms stands where.
#[derive(Debug, Clone, Default)]
pub struct Sweep {
    /// The swept keys, in the order of the file.
    pub axes: Vec<Axis>,
    /// One complete experiment for each combination of the keys that all arms share, each with a baseline of its own.
    /// Empty where there is only one, the scenario itself.
    pub settings: Vec<Resolved>,
    /// For each arm of [`Resolved::arms`]: where it stands.
    pub arms: Vec<SweptArm>,
}

/// A swept key.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The key's path, as the file wrote it.
    pub key: String,
    /// Short name, unique among axes.
    pub label: String,
    /// Column of the tables.
    pub column: String,
    /// The arm whose key it is; `None`: it makes settings.
    pub arm: Option<String>,
    /// What the numbers are in.
    pub unit: AxisUnit,
    /// Whether plots have a logarithmic axis.
    pub logarithmic: bool,
    /// Whether the file gives the values names.
    pub named: bool,
    /// The values, in order.
    pub values: Vec<AxisValue>,
}

/// A value of a swept key.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisValue {
    /// What it is called.
    pub name: String,
    /// In the axis's unit, where it is a number or a quantity.
    pub number: Option<f64>,
    /// As the file wrote it.
    pub written: toml::Value,
}

/// What the values of an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisUnit {
    /// Not numbers: words, lists, tables.
    Words,
    /// Plain numbers.
    Number,
    /// Durations, in seconds.
    Seconds,
    /// Sizes, in bytes.
    Bytes,
    /// Rates, in bits per second.
    BitsPerSecond,
}

impl AxisUnit {
    /// The unit's suffix of a column name.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Words | Self::Number => "",
            Self::Seconds => "_s",
            Self::Bytes => "_bytes",
            Self::BitsPerSecond => "_bps",
        }
    }
}

/// An arm of a swept experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweptArm {
    /// Position of its setting; 0 where there is only one.
    pub setting: usize,
    /// Its position inside the setting.
    pub position: usize,
    /// The arm's name in the file.
    pub base: String,
    /// For each axis the position of its value; `None` for a key of another arm.
    pub values: Vec<Option<usize>>,
}

impl Sweep {
    /// The value of `axis` in the arm at `position`.
    pub fn value(&self, position: usize, axis: usize) -> Option<&AxisValue> {
        let value = (*self.arms.get(position)?.values.get(axis)?)?;
        self.axes.get(axis)?.values.get(value)
    }
}

impl Resolved {
    /// The experiments that arms are compared in: the scenario itself, or each setting of its sweep. Names of arms are
    /// unique over all of them, and their arms one after the other are [`Resolved::arms`].
    pub fn settings(&self) -> Vec<&Self> {
        match &self.sweep {
            Some(sweep) if !sweep.settings.is_empty() => sweep.settings.iter().collect(),
            _ => vec![self],
        }
    }

    /// The baseline's name in the scenario file.
    pub fn baseline_name(&self) -> &str {
        let swept = self.sweep.as_ref().and_then(|sweep| sweep.arms.get(self.experiment.baseline));
        let name = || self.arms.get(self.experiment.baseline).map(|arm| arm.name.as_str());
        swept.map(|swept| swept.base.as_str()).or_else(name).unwrap_or_default()
    }

    /// Whether the arm at this position (among all arms of all settings) is the baseline of its setting.
    pub fn is_baseline(&self, arm: usize) -> bool {
        let (setting, position) = self.place_of(arm);
        self.settings().get(setting).is_some_and(|setting| setting.experiment.baseline == position)
    }

    /// Setting and position inside it of an arm.
    pub fn place_of(&self, arm: usize) -> (usize, usize) {
        let swept = self.sweep.as_ref().and_then(|sweep| sweep.arms.get(arm));
        swept.map_or((0, arm), |swept| (swept.setting, swept.position))
    }
}

/// Joins the settings of a sweep into one scenario with all their arms.
pub(super) fn join(mut settings: Vec<Resolved>, plan: Plan) -> Option<Resolved> {
    let mut arms: Vec<ArmSpec> = Vec::new();
    let mut references: Vec<ReferenceSpec> = Vec::new();
    let mut parameters = Vec::new();
    for setting in &settings {
        let shifted = |reference: &ReferenceSpec| ReferenceSpec {
            arm: reference.arm.map(|position| position + arms.len()),
            ..reference.clone()
        };
        let known: Vec<ReferenceSpec> = setting.references.iter().map(shifted).collect();
        references.extend(known.into_iter().filter(|reference| arms.is_empty() || reference.arm.is_some()));
        arms.extend(setting.arms.iter().cloned());
        parameters.extend(setting.as_written.strategy_parameters.iter().cloned());
    }
    let mut whole = settings.first()?.clone();
    if settings.len() == 1 {
        settings.clear();
    }
    whole.arms = arms;
    whole.references = references;
    whole.as_written.strategy_parameters = parameters;
    whole.sweep = Some(Sweep { axes: plan.axes, settings, arms: plan.arms });
    Some(whole)
}
