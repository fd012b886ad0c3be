//! The strategies a scenario may name.

use std::sync::Arc;

use super::{
    AsHops, Biased, HighestBandwidth, LowestLatency, Needs, Random, RarestHolders, SameAs, SameIsp, Strategy,
    TransitCost, Weighted,
};

/// Builds a strategy from its parameter table (empty when the scenario names it by a plain string) and the catalog, for
/// those that name others. The error is a sentence for people.
pub type Build = dyn Fn(&toml::Table, &Catalog) -> Result<Arc<dyn Strategy>, String> + Send + Sync;

/// One strategy of the catalog.
#[derive(Clone)]
pub struct CatalogEntry {
    /// Its name in scenario files, kebab-case.
    pub name: &'static str,
    /// One line for `peerscape list`.
    pub summary: &'static str,
    /// Where it comes from.
    pub reference: &'static str,
    /// What it cannot work without.
    pub needs: Needs,
    /// Makes one.
    pub build: Arc<Build>,
}

/// The strategies a scenario may name, in alphabetical order.
#[derive(Clone, Default)]
pub struct Catalog {
    entries: Vec<CatalogEntry>,
}

impl Catalog {
    /// The strategies that come with Peerscape.
    pub fn standard() -> Self {
        let network = Needs { network_information: true, ..Needs::default() };
        let uplinks = Needs { uplinks: true, ..Needs::default() };
        Self::default()
            .with(CatalogEntry {
                name: "as-hops",
                summary: "fewest AS hops first",
                reference: "Aggarwal, Feldmann, Scheideler (2007): Can ISPs and P2P users cooperate for improved \
                            performance? ACM SIGCOMM CCR 37(3)",
                needs: network,
                build: without_parameters(AsHops),
            })
            .with(CatalogEntry {
                name: "biased",
                summary: "peers of the requester's ISP first, and few connections to others",
                reference: "Bindal et al. (2006): Improving traffic locality in BitTorrent via biased neighbor \
                            selection. ICDCS",
                needs: network,
                build: without_parameters(Biased),
            })
            .with(CatalogEntry {
                name: "highest-bandwidth",
                summary: "highest reported upload capacity first",
                reference: "RFC 5694 (2009), 5.1: the view of the user",
                needs: uplinks,
                build: without_parameters(HighestBandwidth),
            })
            .with(CatalogEntry {
                name: "lowest-latency",
                summary: "shortest one-way delay first, as the network tells it",
                reference: "RFC 5694 (2009), 5.1: the view of the user; RFC 9439 (2023): `delay-ow`",
                needs: Needs { delays: true, ..network },
                build: without_parameters(LowestLatency),
            })
            .with(CatalogEntry {
                name: "random",
                summary: "chance decides",
                reference: "Cohen (2003): Incentives build robustness in BitTorrent; BEP 3",
                needs: Needs::default(),
                build: without_parameters(Random),
            })
            .with(CatalogEntry {
                name: "rarest-holders",
                summary: "holders of the rarest pieces that the requester lacks first",
                reference: "RFC 5694 (2009), 5.1: the view of the content's operator",
                needs: Needs { pieces: true, ..Needs::default() },
                build: without_parameters(RarestHolders),
            })
            .with(CatalogEntry {
                name: "same-as",
                summary: "peers of the requester's AS first",
                reference: "ISO/IEC TR 20002, 8.3.1; Bindal et al. (2006): Improving traffic locality in BitTorrent \
                            via biased neighbor selection. ICDCS",
                needs: Needs::default(),
                build: without_parameters(SameAs),
            })
            .with(CatalogEntry {
                name: "same-isp",
                summary: "peers of the requester's ISP first, whatever their AS",
                reference: "ISO/IEC TR 20002, 8.3.1; RFC 5632 (2009): Comcast's ISP experiences in a P4P technical trial",
                needs: network,
                build: without_parameters(SameIsp),
            })
            .with(CatalogEntry {
                name: "transit-cost",
                summary: "own ISP, then behind customers, peers, providers",
                reference: "RFC 5694 (2009), 5.1: the view of the network's operator; Gao (2001): On inferring autonomous system \
                            relationships in the Internet. IEEE/ACM ToN 9(6)",
                needs: Needs { ways_out: true, ..network },
                build: without_parameters(TransitCost),
            })
            .with(CatalogEntry {
                name: "weighted",
                summary: "several strategies, by the weighted mean of the places they give",
                reference: "Dwork, Kumar, Naor, Sivakumar (2001): Rank aggregation methods for the Web. WWW10",
                needs: Needs::default(),
                build: Arc::new(|parameters, catalog| Ok(Arc::new(Weighted::read(parameters, catalog)?))),
            })
    }

    /// This catalog with one more strategy; it replaces one of the same name.
    #[must_use]
    pub fn with(mut self, entry: CatalogEntry) -> Self {
        self.entries.retain(|e| e.name != entry.name);
        self.entries.push(entry);
        self.entries.sort_by_key(|e| e.name);
        self
    }

    /// All entries, by name.
    pub fn entries(&self) -> &[CatalogEntry] {
        &self.entries
    }

    /// The entry called `name`.
    pub fn get(&self, name: &str) -> Option<&CatalogEntry> {
        self.entries.iter().find(|e| e.name == name)
    }
}

/// A builder for a strategy that takes no parameters.
fn without_parameters(strategy: impl Strategy + Copy + 'static) -> Arc<Build> {
    Arc::new(move |parameters: &toml::Table, _: &Catalog| match parameters.keys().next() {
        None => Ok(Arc::new(strategy)),
        Some(key) => Err(format!("unknown parameter `{key}`; this strategy takes none")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_sorted_documented_and_buildable() {
        let catalog = Catalog::standard();
        let names: Vec<_> = catalog.entries().iter().map(|e| e.name).collect();
        assert_eq!(
            names,
            [
                "as-hops",
                "biased",
                "highest-bandwidth",
                "lowest-latency",
                "random",
                "rarest-holders",
                "same-as",
                "same-isp",
                "transit-cost",
                "weighted"
            ]
        );
        for entry in catalog.entries() {
            assert!(!entry.summary.is_empty() && !entry.reference.is_empty(), "{}", entry.name);
            let parameters = if entry.name == "weighted" { "as-hops = 1\nsame-as = 1" } else { "" };
            assert!((entry.build)(&parameters.parse().unwrap(), &catalog).is_ok(), "{}", entry.name);
        }
    }

    #[test]
    fn a_parameter_that_nobody_reads_is_refused() {
        let catalog = Catalog::standard();
        let table: toml::Table = "weight = 2".parse().unwrap();
        let error = (catalog.get("random").unwrap().build)(&table, &catalog).unwrap_err();
        assert!(error.contains("`weight`"), "{error}");
    }

    #[test]
    fn one_more_strategy_takes_its_place_and_replaces_its_namesake() {
        let entry = |summary| CatalogEntry {
            name: "nobody",
            summary,
            reference: "test",
            needs: Needs::default(),
            build: without_parameters(Random),
        };
        let catalog = Catalog::standard().with(entry("first")).with(entry("second"));
        assert_eq!(catalog.entries().len(), Catalog::standard().entries().len() + 1);
        assert_eq!(catalog.get("nobody").map(|e| e.summary), Some("second"));
        assert!(catalog.entries().is_sorted_by_key(|e| e.name));
    }
}
