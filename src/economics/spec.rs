//! What a scenario says of money, resolved: no `Option` stands for a default.

use crate::units::{AsNumber, BitRate, Currency, Money, RatePrice, VolumePrice};

use super::Relationship;

/// Tariffs, and the rule that makes a month. Changes no run.
#[derive(Debug, Clone, PartialEq)]
pub struct EconomicsSpec {
    /// The currency of all prices; `None`: no tariff has a price.
    pub currency: Option<Currency>,
    /// The tariffs, in the order of the file; names are unique, one is for transit in general.
    pub tariffs: Vec<TariffSpec>,
    /// How a month is made of the simulated time; `None`: it is not.
    pub month: Option<MonthSpec>,
}

/// A tariff and whom it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct TariffSpec {
    /// Its name, unique.
    pub name: String,
    /// The kind of links that it is for.
    pub links: Relationship,
    /// An AS of the ISP that is paid; `None`: any.
    pub seller: Option<Party>,
    /// An AS of the ISP that pays; `None`: any. Given only with a seller.
    pub buyer: Option<Party>,
    /// What is paid for.
    pub terms: Terms,
}

/// An ISP that a tariff names: by its name in the scenario, and by one of its ASes for the underlay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its name in the scenario.
    pub name: String,
    /// One of its ASes.
    pub number: AsNumber,
}

/// What is paid for (see the room's catalog).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Terms {
    /// The 95th percentile of 5-minute samples.
    Percentile {
        /// The price of the committed level, per month.
        price: RatePrice,
        /// The level that is paid for in any case.
        commit: BitRate,
        /// The price of what is billed above it, per month.
        overage: RatePrice,
        /// How two directions become one level.
        direction: DirectionRule,
    },
    /// So much a month, whatever is carried.
    Flat(Money),
    /// What is carried, by volume.
    PerVolume {
        /// The price.
        price: VolumePrice,
        /// How two directions become one volume.
        direction: DirectionRule,
    },
    /// Nothing is paid.
    SettlementFree,
}

/// How the numbers of two directions become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectionRule {
    /// The higher of the two.
    Higher,
    /// Half their sum.
    Average,
    /// Their sum.
    Sum,
}

impl DirectionRule {
    /// The names used in scenarios and tables, in the order of the variants.
    pub const NAMES: [&'static str; 3] = ["higher", "average", "sum"];

    /// The name used in scenarios and tables.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The rule of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Higher, Self::Average, Self::Sum].into_iter().find(|rule| rule.name() == name)
    }

    /// The two numbers as one; half of an odd sum is rounded up.
    pub const fn combine(self, one: u64, other: u64) -> u64 {
        match self {
            Self::Higher => {
                if one > other {
                    one
                } else {
                    other
                }
            }
            Self::Average => one.saturating_add(other).div_ceil(2),
            Self::Sum => one.saturating_add(other),
        }
    }
}

impl Terms {
    /// The name used in scenarios and tables.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Percentile { .. } => "percentile",
            Self::Flat(_) => "flat",
            Self::PerVolume { .. } => "per-volume",
            Self::SettlementFree => "settlement-free",
        }
    }

    /// How two directions become one, where that matters.
    pub const fn direction(&self) -> Option<DirectionRule> {
        match self {
            Self::Percentile { direction, .. } | Self::PerVolume { direction, .. } => Some(*direction),
            Self::Flat(_) | Self::SettlementFree => None,
        }
    }
}

/// How a month is made of the simulated time: each hour of each day is the simulated time, scaled by the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthSpec {
    /// Days of the month.
    pub days: u32,
    /// The hour of the day, 0 to 23, to whose level the simulated time corresponds; its weight is above 0.
    pub hour: u8,
    /// Relative demand of the 24 hours of a day, in millionths.
    pub profile: [u64; 24],
}

/// Millionths that a weight of 1 is.
pub(crate) const WEIGHT_ONE: u64 = 1_000_000;

impl MonthSpec {
    /// The profile as the numbers of the scenario.
    pub fn weights(&self) -> impl Iterator<Item = f64> {
        self.profile.iter().map(|weight| *weight as f64 / WEIGHT_ONE as f64)
    }

    /// A profile from the numbers of a scenario; `None` where one is not a whole number of millionths.
    pub fn profile_of(weights: &[f64; 24]) -> Option<[u64; 24]> {
        let mut profile = [0; 24];
        for (exact, weight) in profile.iter_mut().zip(weights) {
            let millionths = (weight * WEIGHT_ONE as f64).round();
            // The scenario's decimal and the nearest millionth must be the same number.
            let same = (millionths / WEIGHT_ONE as f64 + 0.0).to_bits() == (weight + 0.0).to_bits();
            if !same || !(0.0..=1e12).contains(&millionths) {
                return None;
            }
            *exact = millionths as u64;
        }
        Some(profile)
    }
}

impl EconomicsSpec {
    /// The tariff of a contract: the one that names both ISPs, else the one that names the seller, else the one for
    /// these links in general. `named` says whether an ISP that a tariff names is the contract's seller (or buyer).
    pub fn tariff(
        &self,
        links: Relationship,
        sells: &dyn Fn(&Party) -> bool,
        buys: &dyn Fn(&Party) -> bool,
    ) -> Option<usize> {
        let fits = |tariff: &TariffSpec| {
            tariff.links == links && tariff.seller.as_ref().is_none_or(sells) && tariff.buyer.as_ref().is_none_or(buys)
        };
        let precision = |tariff: &TariffSpec| u8::from(tariff.seller.is_some()) + u8::from(tariff.buyer.is_some());
        let fitting = self.tariffs.iter().enumerate().filter(|(_, tariff)| fits(tariff));
        fitting.max_by_key(|(_, tariff)| precision(tariff)).map(|(position, _)| position)
    }
}
