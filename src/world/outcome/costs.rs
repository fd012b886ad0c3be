//! `costs.csv`, and what it means for ISPs and their classes.

use std::sync::Arc;

use super::close::Closed;
use crate::economics::{Bill, Ledger, Relationship, Traffic, bill, percentile};
use crate::engine::FutureEventList;
use crate::metrics::rows::{CostRow, IspRow, RunRow};
use crate::underlay::{IspClass, LinkLoads};
use crate::units::{AsIndex, Bytes, Money, TableMoney};
use crate::world::event::{Event, Key};
use crate::world::link_samples::Samples;
use crate::world::state::World;

/// What a run came to in money: a bill for every contract.
#[derive(Debug)]
pub(super) struct RunBills {
    ledger: Arc<Ledger>,
    samples: Samples,
    bills: Vec<(Bill, Carried)>,
}

/// Bytes of a contract inside the window of measurement.
#[derive(Debug, Clone, Copy, Default)]
struct Carried {
    to_seller: u64,
    to_buyer: u64,
}

impl RunBills {
    /// The 95th percentile of a link direction, in bit/s to the nearest one.
    pub(super) fn percentile(&self, from: AsIndex, to: AsIndex) -> Option<u64> {
        let bytes = percentile(&self.samples.links[self.ledger.find(from, to)?].samples)?;
        u64::try_from((u128::from(bytes) * 8 + 150) / 300).ok()
    }

    /// The sum over contracts of something, where it is known for all of them.
    fn sum(&self, of: impl Fn(usize) -> Option<Option<Money>>) -> Option<Money> {
        (0..self.bills.len()).filter_map(of).sum()
    }
}

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    /// Bills every contract; the samples of each link must be its bytes.
    pub(super) fn money(&self, samples: Samples, loads: &LinkLoads) -> RunBills {
        let ledger = self.geography.ledger().cloned().unwrap_or_default();
        let mut carried = 0;
        for load in loads.links.iter().filter(|load| !load.same_isp) {
            let link = ledger.find(load.from, load.to);
            let all = link.map(|link| samples.links[link].all);
            assert!(all == Some(load.bytes), "the samples of a link are its bytes: {all:?} of {}", load.bytes);
            carried += load.bytes;
        }
        let in_samples: u64 = samples.links.iter().map(|link| link.all).sum();
        assert!(in_samples == carried, "what crosses no link is in no sample: {in_samples} of {carried}");
        let count = ledger.contracts().len();
        let mut both = vec![[vec![0; samples.whole], vec![0; samples.whole]]; count];
        let mut bytes = vec![Carried::default(); count];
        for (link, of_link) in ledger.links().iter().zip(&samples.links) {
            let side = &mut both[link.contract][usize::from(link.to_seller)];
            for (sum, sample) in side.iter_mut().zip(&of_link.samples) {
                *sum += sample;
            }
            let carried = &mut bytes[link.contract];
            *(if link.to_seller { &mut carried.to_seller } else { &mut carried.to_buyer }) += of_link.billed;
        }
        let bills =
            ledger.contracts().iter().zip(both).zip(bytes).map(|((contract, [to_buyer, to_seller]), carried)| {
                let traffic = Traffic {
                    to_seller: &to_seller,
                    to_buyer: &to_buyer,
                    bytes_to_seller: Bytes::new(carried.to_seller),
                    bytes_to_buyer: Bytes::new(carried.to_buyer),
                    time: samples.time,
                };
                let economics = self.prepared.scenario.economics.as_ref();
                let one = economics.and_then(|economics| {
                    let tariff = economics.tariffs.get(contract.tariff)?;
                    Some(bill(&tariff.terms, economics.month.as_ref(), &traffic))
                });
                (one.unwrap_or_default(), carried)
            });
        let bills = bills.collect();
        RunBills { ledger, samples, bills }
    }

    pub(super) fn cost_rows(&self, closed: &Closed) -> Vec<CostRow> {
        let (Some(money), Some(economics)) = (&closed.money, &self.prepared.scenario.economics) else {
            return Vec::new();
        };
        let underlay = &self.prepared.underlay;
        let row = |(contract, (bill, carried)): (&crate::economics::Contract, &(Bill, Carried))| {
            let tariff = economics.tariffs.get(contract.tariff)?;
            Some(CostRow {
                buyer: underlay.isp_name(contract.buyer).to_owned(),
                buyer_class: underlay.isp_class(contract.buyer).name().to_owned(),
                seller: underlay.isp_name(contract.seller).to_owned(),
                seller_class: underlay.isp_class(contract.seller).name().to_owned(),
                links: contract.links.name().to_owned(),
                tariff: tariff.name.clone(),
                terms: tariff.terms.name().to_owned(),
                direction: tariff.terms.direction().map(|rule| rule.name().to_owned()),
                samples: bill.samples,
                out_bytes: carried.to_seller,
                in_bytes: carried.to_buyer,
                p95_out_bps: bill.to_seller.map(crate::units::BitRate::get),
                p95_in_bps: bill.to_buyer.map(crate::units::BitRate::get),
                billed_bps: bill.level.map(crate::units::BitRate::get),
                month_billed_bps: bill.month_level.map(crate::units::BitRate::get),
                month_billed_bytes: bill.month_volume.map(Bytes::get),
                fixed_per_month: TableMoney(bill.fixed),
                volume_cost: bill.simulated.map(TableMoney),
                paid_per_month: bill.month.map(TableMoney),
                currency: economics.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
                ..CostRow::default()
            })
        };
        money.ledger.contracts().iter().zip(&money.bills).filter_map(row).collect()
    }

    /// What each ISP pays and receives; says which ISPs have a contract.
    pub(super) fn add_money(rows: &mut [IspRow], closed: &Closed) -> Vec<bool> {
        let mut concerned = vec![false; rows.len()];
        let Some(money) = &closed.money else { return concerned };
        for row in rows.iter_mut() {
            row.paid_per_month = Some(TableMoney::default());
            row.received_per_month = Some(TableMoney::default());
        }
        for (contract, (bill, _)) in money.ledger.contracts().iter().zip(&money.bills) {
            let (seller, buyer) = (contract.seller.index(), contract.buyer.index());
            (concerned[seller], concerned[buyer]) = (true, true);
            let add = |sum: Option<TableMoney>| sum.zip(bill.month).map(|(sum, more)| TableMoney(sum.0 + more));
            rows[buyer].paid_per_month = add(rows[buyer].paid_per_month);
            rows[seller].received_per_month = add(rows[seller].received_per_month);
        }
        concerned
    }

    pub(super) fn money_columns(&self, row: &mut RunRow, closed: &Closed) {
        let Some(money) = &closed.money else { return };
        let contracts = money.ledger.contracts();
        let transit = |n: usize| contracts[n].links == Relationship::Transit;
        let percentiles: Option<Vec<u64>> = self.levels(money);
        row.transit_billed_bps = percentiles.filter(|levels| !levels.is_empty()).map(|levels| levels.iter().sum());
        let simulated = |n: usize| money.bills[n].0.simulated.map(Some);
        let by_volume = (0..contracts.len()).any(|n| simulated(n).is_some());
        row.volume_cost = money.sum(simulated).filter(|_| by_volume).map(TableMoney);
        let paid = |n: usize| transit(n).then_some(money.bills[n].0.month);
        row.transit_paid_per_month = money.sum(paid).filter(|_| !contracts.is_empty()).map(TableMoney);
        row.stub_paid_per_month = self.net_paid(money, IspClass::Stub).map(TableMoney);
        row.transit_isp_paid_per_month = self.net_paid(money, IspClass::Transit).map(TableMoney);
        row.tier1_received_per_month = self.net_paid(money, IspClass::Tier1).map(|paid| TableMoney(-paid));
    }

    /// The billed levels of transit contracts with percentile terms; `None` where one is not known.
    fn levels(&self, money: &RunBills) -> Option<Vec<u64>> {
        let economics = self.prepared.scenario.economics.as_ref()?;
        let transit = money.ledger.contracts().iter().zip(&money.bills).filter(|(contract, _)| {
            let terms = economics.tariffs.get(contract.tariff).map(|tariff| tariff.terms);
            let percentile = matches!(terms, Some(crate::economics::Terms::Percentile { .. }));
            contract.links == Relationship::Transit && percentile
        });
        transit.map(|(_, (bill, _))| bill.level.map(crate::units::BitRate::get)).collect()
    }

    /// What all ISPs of a class pay in a month, less what they receive; `None`: there are none, or a bill is not known.
    fn net_paid(&self, money: &RunBills, class: IspClass) -> Option<Money> {
        let (underlay, contracts) = (&self.prepared.underlay, money.ledger.contracts());
        let touches = |n: usize| {
            let (sells, buys) = (underlay.isp_class(contracts[n].seller), underlay.isp_class(contracts[n].buyer));
            (sells == class, buys == class)
        };
        let any = (0..contracts.len()).any(|n| touches(n).0 || touches(n).1);
        let net = money.sum(|n| match (touches(n), money.bills[n].0.month) {
            ((false, false), _) => None,
            ((true, true), paid) => Some(paid.map(|_| Money::ZERO)),
            ((true, false), paid) => Some(paid.map(|paid| -paid)),
            ((false, true), paid) => Some(paid),
        });
        net.filter(|_| any)
    }
}
