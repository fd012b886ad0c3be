//! The placements and arrivals that a scenario may name.

/// One law of a catalog.
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

/// Placements over ASes, in alphabetical order.
pub const PLACEMENTS: [CatalogEntry; 4] = [
    CatalogEntry {
        name: "by-subscribers",
        summary: "in proportion to the subscribers that the underlay knows of each AS",
        reference: "",
        needs: "an underlay that knows subscribers (`isps`, `tiered`)",
    },
    CatalogEntry {
        name: "by-weight",
        summary: "in proportion to weights given AS by AS",
        reference: "",
        needs: "weights",
    },
    CatalogEntry {
        name: "table",
        summary: "exactly so many peers in each AS; who of them comes first is random",
        reference: "",
        needs: "counts that sum to the number of peers",
    },
    CatalogEntry { name: "uniform", summary: "each AS (or each stub AS) equally likely", reference: "", needs: "" },
];

/// Arrival processes, in alphabetical order.
pub const ARRIVALS: [CatalogEntry; 3] = [
    CatalogEntry { name: "all-at-once", summary: "everybody at time zero", reference: "", needs: "" },
    CatalogEntry {
        name: "flash-crowd",
        summary: "a Poisson process whose rate decays exponentially, given how many arrive in all",
        reference: "Guo et al. 2005; Kingman 1993, 2.4",
        needs: "",
    },
    CatalogEntry {
        name: "list",
        summary: "at given times, one for each peer",
        reference: "",
        needs: "as many times as peers",
    },
];
