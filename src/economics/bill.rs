//! What a contract costs, given what it carried.

use super::{MonthSpec, SAMPLE, SAMPLES_AT_LEAST, Terms, percentile};
use crate::units::{BitRate, Bytes, Money, SimDuration};

/// What a contract's links carried in the simulated time.
#[derive(Debug, Clone, Copy)]
pub struct Traffic<'a> {
    /// Bytes of each whole sample, from the buyer to the seller.
    pub to_seller: &'a [u64],
    /// Bytes of each whole sample, from the seller to the buyer; as many.
    pub to_buyer: &'a [u64],
    /// All bytes from the buyer to the seller, those after the last whole sample included.
    pub bytes_to_seller: Bytes,
    /// All bytes from the seller to the buyer.
    pub bytes_to_buyer: Bytes,
    /// The length of the simulated time in which they were carried.
    pub time: SimDuration,
}

/// What a contract costs the buyer, and the levels that the costs come from. `None` is *not known*, never free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bill {
    /// Whole samples.
    pub samples: u32,
    /// 95th percentile from buyer to seller over the simulated time.
    pub to_seller: Option<BitRate>,
    /// 95th percentile from seller to buyer over the simulated time.
    pub to_buyer: Option<BitRate>,
    /// The level that the simulated time by itself is billed at; percentile terms only.
    pub level: Option<BitRate>,
    /// The level that a month is billed at; percentile terms, where the scenario says how a month is made.
    pub month_level: Option<BitRate>,
    /// The volume that a month is billed for; volume terms, where the scenario says how a month is made.
    pub month_volume: Option<Bytes>,
    /// What a month costs whatever is carried: a flat fee, a committed level.
    pub fixed: Money,
    /// What the simulated time costs; volume terms only.
    pub simulated: Option<Money>,
    /// What a month costs; known without a rule for the month where nothing depends on the traffic.
    pub month: Option<Money>,
}

/// The bill of a contract with these terms. Amounts are whole cents.
///
/// # Panics
/// When the two directions do not have equally many samples: a mistake of the caller.
pub fn bill(terms: &Terms, month: Option<&MonthSpec>, traffic: &Traffic<'_>) -> Bill {
    assert!(traffic.to_seller.len() == traffic.to_buyer.len(), "both directions are sampled at the same times");
    let one = |samples: &[u64]| percentile(samples).map(|sample| rate(u128::from(sample), 1));
    let mut bill = Bill {
        samples: traffic.to_seller.len() as u32,
        to_seller: one(traffic.to_seller),
        to_buyer: one(traffic.to_buyer),
        ..Bill::default()
    };
    match terms {
        Terms::SettlementFree => bill.month = Some(Money::ZERO),
        Terms::Flat(fee) => {
            bill.fixed = fee.to_cent();
            bill.month = Some(bill.fixed);
        }
        Terms::Percentile { price, commit, overage, direction } => {
            let level = |one: BitRate, other: BitRate| BitRate::new(direction.combine(one.get(), other.get()));
            bill.level = bill.to_seller.zip(bill.to_buyer).map(|(one, other)| level(one, other));
            bill.month_level = month.and_then(|month| {
                let [one, other] = [traffic.to_seller, traffic.to_buyer]
                    .map(|samples| month.percentile(samples).map(|(sample, divisor)| rate(sample, divisor)));
                Some(level(one?, other?))
            });
            bill.fixed = price.of(*commit).to_cent();
            bill.month = bill.month_level.map(|level| {
                let above = BitRate::new(level.get().saturating_sub(commit.get()));
                (price.of(*commit) + overage.of(above)).to_cent()
            });
        }
        Terms::PerVolume { price, direction } => {
            let volume = |one: Bytes, other: Bytes| Bytes::new(direction.combine(one.get(), other.get()));
            let simulated = volume(traffic.bytes_to_seller, traffic.bytes_to_buyer);
            bill.simulated = Some(price.of(simulated).to_cent());
            let enough = traffic.to_seller.len() >= SAMPLES_AT_LEAST;
            bill.month_volume = month.filter(|_| enough).and_then(|month| month.volume(simulated.get(), traffic.time));
            bill.month = bill.month_volume.map(|volume| price.of(volume).to_cent());
        }
    }
    bill
}

/// The rate of a sample of `bytes` ÷ `divisor`, to the nearest bit/s, halves up.
fn rate(bytes: u128, divisor: u128) -> BitRate {
    let (bits, seconds) = (bytes * 8, u128::from(SAMPLE.as_nanos() / 1_000_000_000) * divisor);
    BitRate::new(u64::try_from((bits + seconds / 2) / seconds).unwrap_or(u64::MAX))
}
