//! How an alternative that a scenario may name describes itself.
//!
//! **What lives here.** [`Alternative`]: name, summary, reference, needs. Every room with alternatives lists each of
//! them once, in its own `catalog.rs`; `peerscape list` prints them all.
//!
//! **May import**: nothing of the house (floor 0). **Goes next**: the catalogs of the rooms above, and `cli`.
//! Peer-selection strategies have entries of their own (`selection::CatalogEntry`), which also build them: a program
//! may add to that catalog.

/// One alternative of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    /// Its name in scenario files, kebab-case.
    pub name: &'static str,
    /// One line for `peerscape list`.
    pub summary: &'static str,
    /// Where it comes from; empty when it needs no source.
    pub reference: &'static str,
    /// What it cannot work without; empty when nothing.
    pub needs: &'static str,
}
