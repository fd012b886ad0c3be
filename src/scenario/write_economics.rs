//! Tariffs and bills as tables of a scenario file.

use super::write::Toml;
use crate::economics::{EconomicsSpec, Terms};
use crate::units::{Amount, Currency};

pub(super) fn write_economics(toml: &mut Toml, economics: &EconomicsSpec) {
    for tariff in &economics.tariffs {
        toml.element("tariff");
        toml.text("name", &tariff.name);
        toml.text("links", tariff.links.name());
        for (key, party) in [("seller", &tariff.seller), ("buyer", &tariff.buyer)] {
            if let Some(party) = party {
                toml.text(key, &party.name);
            }
        }
        write_terms(toml, &tariff.terms, economics.currency);
    }
    if let Some(month) = &economics.month {
        toml.table("billing.month");
        toml.plain("days", month.days);
        toml.plain("hour", month.hour);
        let weights: Vec<String> = month.weights().map(|weight| toml::Value::Float(weight).to_string()).collect();
        toml.plain("daily-profile", format!("[{}]", weights.join(", ")));
    }
}

fn write_terms(toml: &mut Toml, terms: &Terms, currency: Option<Currency>) {
    match terms {
        Terms::SettlementFree => toml.text("terms", terms.name()),
        Terms::Flat(fee) => {
            // A fee is a price, and a scenario with a price has a currency.
            if let Some(currency) = currency {
                let fee = Amount { money: *fee, currency };
                toml.plain("terms", format!("{{ flat = \"{fee}\" }}"));
            }
        }
        Terms::Percentile { price, commit, overage, direction } => {
            toml.table("tariff.terms.percentile");
            toml.quantity("price", price);
            toml.quantity("commit", commit);
            toml.quantity("overage", overage);
            toml.text("direction", direction.name());
        }
        Terms::PerVolume { price, direction } => {
            toml.table("tariff.terms.per-volume");
            toml.quantity("price", price);
            toml.text("direction", direction.name());
        }
    }
}
