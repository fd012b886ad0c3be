//! The strategies a scenario may name.

use std::sync::Arc;

use super::{Needs, Strategy};

/// Builds a strategy from its parameter table (empty when the scenario names it by a plain string). The error is a
/// sentence for people.
pub type Build = dyn Fn(&toml::Table) -> Result<Arc<dyn Strategy>, String> + Send + Sync;

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
        Self::default()
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
