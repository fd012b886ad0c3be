//! `peerscape list`.

use std::fmt::Write as _;

use clap::ValueEnum as _;
use serde_json::{Value, json};

use super::Exit;
use super::arguments::{CatalogName, Format, ListArguments};
use super::console::Console;
use crate::catalog::Alternative;
use crate::selection::Catalog;
use crate::services::file_swarming;
use crate::{economics, management, population, random, scenario, services, underlay};

/// One catalog as it is shown.
pub(super) struct Shown {
    pub(super) title: &'static str,
    /// Where a scenario names one of them.
    pub(super) key: &'static str,
    pub(super) entries: Vec<Entry>,
}

pub(super) struct Entry {
    pub(super) name: String,
    pub(super) summary: String,
    pub(super) reference: String,
    pub(super) needs: String,
}

/// Every catalog.
pub(super) fn catalogs(strategies: &Catalog) -> Vec<Shown> {
    CatalogName::value_variants().iter().filter_map(|name| shown(*name, strategies)).collect()
}

pub(super) fn list(arguments: &ListArguments, strategies: &Catalog, console: &mut Console<'_>) -> Result<Exit, Exit> {
    if arguments.catalog == Some(CatalogName::Keys) {
        console.say(&keys(arguments.format))?;
        return Ok(Exit::Done);
    }
    let catalogs = match arguments.catalog {
        Some(name) => shown(name, strategies).into_iter().collect(),
        None => catalogs(strategies),
    };
    console.say(&match arguments.format {
        Format::Text if arguments.catalog == Some(CatalogName::Clients) => {
            format!("{}\n{}", catalogs.iter().map(text).collect::<String>(), profiles())
        }
        Format::Text => catalogs.iter().map(text).collect::<Vec<_>>().join("\n"),
        Format::Json => format!("{:#}\n", Value::Object(catalogs.iter().map(document).collect())),
    })?;
    Ok(Exit::Done)
}

fn shown(name: CatalogName, strategies: &Catalog) -> Option<Shown> {
    let entry = |name: &str, summary: &str, reference: &str, needs: &str| Entry {
        name: name.to_owned(),
        summary: summary.to_owned(),
        reference: reference.to_owned(),
        needs: needs.to_owned(),
    };
    let alternatives = |all: &[Alternative]| -> Vec<Entry> {
        all.iter().map(|one| entry(one.name, one.summary, one.reference, one.needs)).collect()
    };
    Some(match name {
        CatalogName::Strategies => Shown {
            title: "strategies",
            key: "arm.*.oms.order",
            entries: strategies
                .entries()
                .iter()
                .map(|s| entry(s.name, s.summary, s.reference, &s.needs.in_words()))
                .collect(),
        },
        CatalogName::Underlays => {
            Shown { title: "underlays", key: "underlay", entries: alternatives(&underlay::catalog::SOURCES) }
        }
        CatalogName::Placements => Shown {
            title: "placements",
            key: "population.placement",
            entries: alternatives(&population::catalog::PLACEMENTS),
        },
        CatalogName::Arrivals => Shown {
            title: "arrivals",
            key: "population.arrivals",
            entries: alternatives(&population::catalog::ARRIVALS),
        },
        CatalogName::Laws => {
            Shown { title: "laws", key: "population.session", entries: alternatives(&random::catalog::LAWS) }
        }
        CatalogName::Services => {
            Shown { title: "services", key: "service", entries: alternatives(services::catalog::CATALOG) }
        }
        CatalogName::ContactOrders => Shown {
            title: "contact orders",
            key: "arm.*.contacts",
            entries: alternatives(management::catalog::CONTACT_ORDERS),
        },
        CatalogName::ChokeOrders => Shown {
            title: "choke orders",
            key: "service.file-swarming.choking.order",
            entries: alternatives(file_swarming::catalog::CHOKE_ORDERS),
        },
        CatalogName::SeedOrders => Shown {
            title: "seed orders",
            key: "service.file-swarming.seeding.order",
            entries: alternatives(file_swarming::catalog::SEED_ORDERS),
        },
        CatalogName::PieceOrders => Shown {
            title: "piece orders",
            key: "service.file-swarming.pieces.order",
            entries: alternatives(file_swarming::catalog::PIECE_ORDERS),
        },
        CatalogName::Tariffs => Shown {
            title: "terms of tariffs",
            key: "tariff.*.terms",
            entries: alternatives(&economics::catalog::TERMS),
        },
        CatalogName::Clients => Shown {
            title: "clients",
            key: "service.file-swarming.client, discovery.client",
            entries: alternatives(file_swarming::catalog::CLIENTS),
        },
        CatalogName::Keys => return None,
    })
}

fn text(catalog: &Shown) -> String {
    let mut text = format!("{} (key `{}`)\n", catalog.title, catalog.key);
    let width = catalog.entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for entry in &catalog.entries {
        let _ = writeln!(text, "  {:width$}  {}", entry.name, entry.summary);
        for (label, what) in [("needs", &entry.needs), ("source", &entry.reference)] {
            if !what.is_empty() {
                let _ = writeln!(text, "  {:width$}  {label}: {what}", "");
            }
        }
    }
    text
}

/// The keys of all client profiles, as scenario text.
fn profiles() -> String {
    let profile = |client: &Alternative| {
        let keys = scenario::client_profile(client.name).unwrap_or_default();
        format!("---- {} ----\n{keys}", client.name)
    };
    file_swarming::catalog::CLIENTS.iter().map(profile).collect::<Vec<_>>().join("\n")
}

fn document(catalog: &Shown) -> (String, Value) {
    let entries = catalog.entries.iter().map(|entry| {
        let mut document = json!({
            "name": entry.name, "summary": entry.summary, "reference": entry.reference, "needs": entry.needs,
        });
        if let Some(keys) = scenario::client_profile(&entry.name) {
            document["keys"] = json!(keys);
        }
        document
    });
    (catalog.title.to_owned(), json!({ "key": catalog.key, "entries": entries.collect::<Vec<_>>() }))
}

fn keys(format: Format) -> String {
    let keys = scenario::accepted_keys();
    match format {
        Format::Json => {
            let all = keys
                .iter()
                .map(|key| json!({ "path": key.path, "default": key.default, "allowed": key.allowed, "doc": key.doc }));
            format!("{:#}\n", json!({ "keys": all.collect::<Vec<_>>() }))
        }
        Format::Text => {
            let mut text = String::new();
            for key in &keys {
                let default = key.default.as_deref().unwrap_or("must be given");
                let _ =
                    writeln!(text, "{}\n    {}\n    default: {default}; allowed: {}", key.path, key.doc, key.allowed);
            }
            text
        }
    }
}
