//! The sources of an AS graph that a scenario may name.

/// One source of the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogEntry {
    /// Its name in scenario files.
    pub name: &'static str,
    /// One line for `peerscape list`.
    pub summary: &'static str,
    /// Where it comes from.
    pub reference: &'static str,
    /// What it cannot work without.
    pub needs: &'static str,
}

/// The sources, in alphabetical order.
pub const SOURCES: [CatalogEntry; 3] = [
    CatalogEntry {
        name: "as-relationships",
        summary: "a file of inferred AS relationships; every AS is its own ISP, subscribers are unknown",
        reference: "CAIDA serial-1 format; Luckie et al. 2013",
        needs: "a file",
    },
    CatalogEntry {
        name: "isps",
        summary: "a small set of ISPs, ASes and links written out in the scenario; links may have capacities",
        reference: "",
        needs: "at least one ISP",
    },
    CatalogEntry {
        name: "tiered",
        summary: "a generated graph with the path lengths, multi-homing and degree skew of the real one",
        reference: "fitted to the AS graph of January 2017 (Jin et al. 2020)",
        needs: "",
    },
];
