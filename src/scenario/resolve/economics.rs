//! What ISPs pay one another.

use super::Names;
use crate::economics::{DirectionRule, EconomicsSpec, MonthSpec, Party, Relationship, TariffSpec, Terms};
use crate::scenario::chosen::Chosen;
use crate::scenario::errors::{Problem, Problems, nearest};
use crate::scenario::reader::{Field, Reader};
use crate::scenario::schema::ticked;
use crate::scenario::tree::Place;
use crate::underlay::{IspSet, LinkRelationship, Source};
use crate::units::{Amount, AsNumber, BitRate, Currency, Money, RatePrice, VolumePrice};

/// Tariffs of one scenario.
const MOST_TARIFFS: usize = 1_000;
/// The name of the tariff for peering in general, where the scenario gives none.
const FREE_PEERING: &str = "settlement-free peering";

/// `underlay`: `None` when there are mistakes in it, so that nobody knows its ISPs.
pub(super) fn resolve(file: &Reader<'_>, underlay: Option<&Source>) -> Option<EconomicsSpec> {
    let problems = file.problems();
    let billing = file.optional_table("billing");
    if !file.has("tariff") {
        if let Some(billing) = &billing {
            let message = "`billing` has no effect without a tariff";
            problems.add(Problem::at(billing.place(), message).advice("add `[[tariff]]`, or remove `[billing]`"));
        }
        return None;
    }
    let readers = file.tables("tariff");
    if let Some(extra) = readers.get(MOST_TARIFFS) {
        let allowed = format!("at most {MOST_TARIFFS} tariffs");
        problems.add(Problem::at(extra.place(), "too many tariffs").allowed(allowed));
    }
    let named = match underlay {
        Some(Source::Isps(set)) => Named::In(set),
        Some(_) => Named::Nowhere,
        None => Named::Unknown,
    };
    let before = problems.count();
    let mut currency = CurrencyOfAll::default();
    let mut used = Names::default();
    let mut tariffs: Vec<TariffSpec> = Vec::new();
    for reader in &readers {
        if let Some(tariff) = tariff(reader, named, &mut used, &mut currency) {
            refuse_twice(&tariff, &tariffs, reader);
            tariffs.push(tariff);
        }
    }
    if problems.count() == before {
        complete(&mut tariffs, &readers, problems);
    }
    let month = billing.and_then(|billing| billing.optional_table("month")).and_then(|table| month(&table));
    Some(EconomicsSpec { currency: currency.0, tariffs, month })
}

/// There is a tariff for transit in general, and one for peering.
fn complete(tariffs: &mut Vec<TariffSpec>, readers: &[Reader<'_>], problems: &Problems) {
    let general = |links: Relationship| tariffs.iter().any(|tariff| tariff.links == links && tariff.seller.is_none());
    if !general(Relationship::Transit)
        && let Some(first) = readers.first()
    {
        let message = "no tariff is for transit in general";
        let advice = "add a tariff with `links = \"transit\"` and without `seller`: it holds where no other does";
        problems.add(Problem::at(first.place(), message).advice(advice));
    }
    if !general(Relationship::Peering) {
        let taken = |name: &str| tariffs.iter().any(|tariff| tariff.name == name);
        let mut name = FREE_PEERING.to_owned();
        while taken(&name) {
            name.push('\'');
        }
        let (links, terms) = (Relationship::Peering, Terms::SettlementFree);
        tariffs.push(TariffSpec { name, links, seller: None, buyer: None, terms });
    }
}

/// The ISPs that a tariff may name.
#[derive(Clone, Copy)]
enum Named<'a> {
    In(&'a IspSet),
    /// The underlay has no names.
    Nowhere,
    /// The underlay is wrong.
    Unknown,
}

/// The one currency of all prices.
#[derive(Default)]
struct CurrencyOfAll(Option<Currency>);

impl CurrencyOfAll {
    fn check(&mut self, amount: &Amount, place: Place, given: bool, problems: &Problems) {
        if !given {
            return;
        }
        match self.0 {
            None => self.0 = Some(amount.currency),
            Some(first) if first != amount.currency => {
                let message = format!("prices in two currencies: {first} before, {} here", amount.currency);
                problems.add(Problem::at(place, message).allowed("one currency in all tariffs"));
            }
            Some(_) => {}
        }
    }
}

fn tariff(reader: &Reader<'_>, named: Named<'_>, used: &mut Names, currency: &mut CurrencyOfAll) -> Option<TariffSpec> {
    let problems = reader.problems();
    let before = problems.count();
    let name: Field<String> = reader.get("name");
    used.add(&name, "tariff", problems);
    let links: Field<&'static str> = reader.get("links");
    let links = if links.value == Relationship::Peering.name() { Relationship::Peering } else { Relationship::Transit };
    let seller = party(reader, "seller", named);
    let buyer = party(reader, "buyer", named);
    let terms = reader.one_of("terms").and_then(|chosen| terms(&chosen, currency, problems));
    if problems.count() == before {
        check_parties(reader, links, seller.as_ref(), buyer.as_ref(), named);
        let free = matches!(terms, Some(Terms::SettlementFree));
        if links == Relationship::Peering && !free && seller.is_none() {
            let message = format!("the peering tariff `{}` does not say who pays", name.value);
            let advice = "name the ISP that is paid (`seller`) and the one that pays (`buyer`), or choose the terms \
                          `\"settlement-free\"`";
            problems.add(Problem::at(reader.place(), message).advice(advice));
        }
    }
    Some(TariffSpec { name: name.value, links, seller, buyer, terms: terms? })
}

fn party(reader: &Reader<'_>, key: &str, named: Named<'_>) -> Option<Party> {
    let problems = reader.problems();
    let name = reader.optional::<String>(key).filter(|name| name.ok)?;
    let set = match named {
        Named::In(set) => set,
        Named::Unknown => return Some(Party { name: name.value, number: AsNumber(0) }),
        Named::Nowhere => {
            let message = format!("`{key}` needs an underlay that names its ISPs; this one does not");
            problems.add(Problem::at(name.place, message).advice("write the ISPs out in `[underlay.isps]`"));
            return None;
        }
    };
    let number = set.isps.iter().find(|isp| isp.name == name.value).and_then(|isp| isp.ases.first().copied());
    if number.is_none() && !set.isps.is_empty() {
        let known = || set.isps.iter().map(|isp| isp.name.as_str());
        problems.add(
            Problem::at(name.place, format!("the underlay has no ISP `{}`", name.value))
                .allowed(ticked(known()))
                .nearest(nearest(&name.value, known())),
        );
    }
    Some(Party { name: name.value, number: number? })
}

/// A buyer comes with a seller, and the two have such a link.
fn check_parties(
    reader: &Reader<'_>,
    links: Relationship,
    seller: Option<&Party>,
    buyer: Option<&Party>,
    named: Named<'_>,
) {
    let problems = reader.problems();
    let (seller, buyer) = match (seller, buyer) {
        (None, None) => return,
        (None, Some(_)) => {
            let place = reader.key_place("buyer").unwrap_or(reader.place());
            let message = "the tariff names a buyer, but no seller";
            problems.add(Problem::at(place, message).allowed("`seller` alone, `seller` and `buyer`, or neither"));
            return;
        }
        (Some(seller), buyer) => (seller, buyer),
    };
    if buyer.is_some_and(|buyer| buyer.name == seller.name) {
        let place = reader.key_place("buyer").unwrap_or(reader.place());
        let message = format!("`{}` would pay itself: it is the tariff's seller and its buyer", seller.name);
        problems.add(Problem::at(place, message).allowed("another ISP than `seller`"));
        return;
    }
    if links == Relationship::Peering && buyer.is_none() {
        let place = reader.key_place("seller").unwrap_or(reader.place());
        let message = "a peering tariff names both ISPs or none";
        problems.add(Problem::at(place, message).advice("add `buyer`: the ISP that pays"));
        return;
    }
    let Named::In(set) = named else { return };
    let owner = |number| set.isps.iter().find(|isp| isp.ases.contains(&number)).map(|isp| isp.name.as_str());
    let joins = |a: Option<&str>, b: Option<&str>| {
        a == Some(&seller.name) && b != a && buyer.is_none_or(|buyer| b == Some(&buyer.name))
    };
    let linked = set.links.iter().any(|link| {
        let (a, b) = (owner(link.a), owner(link.b));
        match (links, link.relationship) {
            (Relationship::Transit, LinkRelationship::ProviderCustomer) => joins(a, b),
            (Relationship::Peering, LinkRelationship::Peering) => joins(a, b) || joins(b, a),
            _ => false,
        }
    });
    if !linked {
        let place = reader.key_place("seller").unwrap_or(reader.place());
        let message = match (links, buyer) {
            (Relationship::Transit, Some(buyer)) => {
                format!("no AS of `{}` is a provider of an AS of `{}`", seller.name, buyer.name)
            }
            (Relationship::Transit, None) => format!("no AS of `{}` is a provider of another ISP's", seller.name),
            (Relationship::Peering, buyer) => {
                let buyer = buyer.map(|buyer| buyer.name.as_str()).unwrap_or_default();
                format!("no AS of `{}` peers with an AS of `{buyer}`", seller.name)
            }
        };
        problems.add(Problem::at(place, message).allowed("ISPs that such a link joins"));
    }
}

/// Two tariffs for the same ISPs and links: nobody could say which holds.
fn refuse_twice(tariff: &TariffSpec, others: &[TariffSpec], reader: &Reader<'_>) {
    let name = |party: &Option<Party>| party.as_ref().map(|party| party.name.clone());
    let both = |tariff: &TariffSpec| (name(&tariff.seller), name(&tariff.buyer));
    let mirrored = |tariff: &TariffSpec| (name(&tariff.buyer), name(&tariff.seller));
    let same = |other: &&TariffSpec| {
        let peering = tariff.links == Relationship::Peering && both(other) == mirrored(tariff);
        other.links == tariff.links && (both(other) == both(tariff) || peering)
    };
    if let Some(other) = others.iter().find(same) {
        let message = format!("the tariffs `{}` and `{}` are for the same ISPs and links", other.name, tariff.name);
        reader.problems().add(Problem::at(reader.place(), message).allowed("one tariff for each"));
    }
}

fn terms(chosen: &Chosen<'_>, currency: &mut CurrencyOfAll, problems: &Problems) -> Option<Terms> {
    match chosen.name {
        "percentile" => chosen.with_table(|table| {
            let price: Field<RatePrice> = table.get("price");
            let overage = table.optional::<RatePrice>("overage");
            currency.check(&price.value.amount, price.place, price.ok, problems);
            if let Some(overage) = &overage {
                currency.check(&overage.value.amount, overage.place, overage.ok, problems);
            }
            let commit: Field<BitRate> = table.get("commit");
            Terms::Percentile {
                price: price.value,
                commit: commit.value,
                overage: overage.map_or(price.value, |overage| overage.value),
                direction: direction(table),
            }
        }),
        "per-volume" => chosen.with_table(|table| {
            let price: Field<VolumePrice> = table.get("price");
            currency.check(&price.value.amount, price.place, price.ok, problems);
            Terms::PerVolume { price: price.value, direction: direction(table) }
        }),
        "flat" => {
            let fee: Field<Amount> = chosen.scalar()?;
            currency.check(&fee.value, fee.place, fee.ok, problems);
            Some(Terms::Flat(if fee.ok { fee.value.money } else { Money::ZERO }))
        }
        _ => Some(Terms::SettlementFree),
    }
}

fn direction(table: &Reader<'_>) -> DirectionRule {
    DirectionRule::named(table.get::<&'static str>("direction").value).unwrap_or(DirectionRule::Higher)
}

fn month(reader: &Reader<'_>) -> Option<MonthSpec> {
    let problems = reader.problems();
    let days: Field<u32> = reader.get("days");
    let hour: Field<u32> = reader.get("hour");
    let weights = reader.list::<f64>("daily-profile")?;
    let place = reader.key_place("daily-profile").unwrap_or(reader.place());
    if weights.iter().any(|weight| !weight.ok) {
        return None;
    }
    let values: Vec<f64> = weights.iter().map(|weight| weight.value).collect();
    let Ok(weights) = <[f64; 24]>::try_from(values.as_slice()) else {
        let message = format!("`daily-profile` has {} weights", values.len());
        problems.add(Problem::at(place, message).allowed("24 of them, one for each hour of a day"));
        return None;
    };
    let Some(profile) = MonthSpec::profile_of(&weights) else {
        let message = "a weight of `daily-profile` has more than six decimals";
        problems.add(Problem::at(place, message).allowed("numbers from 0 to 1000000, in steps of 0.000001"));
        return None;
    };
    let spec = MonthSpec { days: days.value, hour: u8::try_from(hour.value.min(23)).unwrap_or(23), profile };
    if hour.ok && spec.measured_weight() == 0 {
        let message =
            format!("the simulated time stands for hour {}, in which `daily-profile` has no demand", spec.hour);
        problems.add(Problem::at(hour.place, message).allowed("an hour with a weight above 0"));
        return None;
    }
    Some(spec)
}
