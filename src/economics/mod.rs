//! Economics: what the traffic between ISPs costs whom.
//!
//! **What lives here.** [`EconomicsSpec`], what a scenario says of money: tariffs, and the rule by which a month is made of
//! the simulated time. [`Ledger`], built once per experiment and replication: which ISP pays which other one for
//! which links, by which tariff ([`Contract`]). [`bill`], what a contract costs, given the 5-minute samples of both
//! directions. The terms of a tariff are listed by [`catalog`].
//!
//! **Contracts.** All transit links between the ASes of a seller and the ASes of a buyer are one contract (one bill for
//! all ports, as carriers aggregate them), all peering links between two ISPs another. A customer pays its provider;
//! peers exchange free of charge unless a tariff names both, the buyer then pays the seller. Links inside an ISP cost
//! nothing here. Who is in the ledger does not depend on what an arm does: every contract with a link on a route between
//! two ASes in which somebody lives (or a server stands), so that fixed fees are the same in all arms.
//!
//! **The percentile.** A sample is the bytes of 5 minutes, as a mean rate r = 8·bytes ÷ 300 s. Of n samples of a
//! direction the ⌊n·5/100⌋ highest are free, and the next is billed: 432 free of the 8,640 of a 30-day month. The two
//! directions are taken separately, rounded to whole bit/s, then made one *billed level* L by the tariff's rule: `higher`
//! max(in, out), `average` (in + out) ÷ 2, `sum` in + out. With commit c, price p and overage price q (per Mbit/s and
//! month) the bill is p·c + q·max(0, L − c). Fewer than 20 samples have no percentile: there would be nothing to drop.
//!
//! **A month.** Nothing is extrapolated unless the scenario states how: a demand profile w(0) … w(23), the hour g of the
//! day to which the simulated time corresponds, and the days d of a month. Every hour h of every day then is the simulated
//! time with all rates multiplied by w(h) ÷ w(g): the month's percentile is taken over the 24·n values
//! xᵢ·w(h) ÷ w(g), and its volume is V·(3,600 s ÷ T)·d·Σw(h) ÷ w(g) for V bytes in T seconds. Without the rule there is
//! no month: a percentile tariff gives the level that the simulated time alone would be billed at, and its committed fee;
//! a volume tariff gives the cost of the simulated time.
//!
//! **Exactness.** Money is whole millionths of a currency, a bill is rounded once, to the cent, halves up; what the buyer
//! pays is what the seller receives. Levels and bills never fall when a sample grows.
//!
//! **Units.** Bytes per 5 minutes, bit/s, currency per Mbit/s and month, per GB, per month.
//!
//! **Limits.** Payload only: no headers, no acknowledgements, no control messages. The contract carries nothing else: there
//! is no background traffic whose peak could hide, or add to, what is simulated. Days are alike, and more demand is
//! more of the same: the share of local traffic does not depend on the hour.
//!
//! **References.** Norton, *The Internet Peering Playbook* (2014): transit is metered by the 95th percentile of 5-minute
//! samples, usually the higher direction, against a commit. Dimitropoulos, Hurley, Kind & Stoecklin, *On the 95-percentile
//! billing method* (2009): what windows and aggregation do to it.
//!
//! **May import**: `units`, `underlay` (and, as all rooms, `catalog`, `random`, `metrics`, which it does not need).
//! **Goes next**: `scenario` resolves the spec, `world` samples traffic and asks for bills, `metrics` rows by way of
//! `world`. `services` and `management` may not look in here.

mod bill;
pub mod catalog;
mod ledger;
mod month;
mod percentile;
mod spec;

#[cfg(test)]
mod tests;

pub use bill::{Bill, Traffic, bill};
pub use ledger::{Contract, Ledger, LinkDirection, Relationship};
pub use percentile::{SAMPLE, SAMPLES_AT_LEAST, free_samples, percentile};
pub use spec::{DirectionRule, EconomicsSpec, MonthSpec, Party, TariffSpec, Terms};
