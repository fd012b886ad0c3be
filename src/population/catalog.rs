//! The placements and arrivals that a scenario may name.

use crate::catalog::Alternative;

/// Placements over ASes, in alphabetical order.
pub const PLACEMENTS: [Alternative; 4] = [
    Alternative {
        name: "by-subscribers",
        summary: "in proportion to the subscribers that the underlay, or a CSV file, knows of each AS",
        reference: "",
        needs: "an underlay that knows subscribers (`isps`, `tiered`), or a file",
    },
    Alternative {
        name: "by-weight",
        summary: "in proportion to weights given AS by AS",
        reference: "",
        needs: "weights",
    },
    Alternative {
        name: "table",
        summary: "exactly so many peers in each AS; who of them comes first is random",
        reference: "",
        needs: "counts that sum to the number of peers",
    },
    Alternative { name: "uniform", summary: "each AS (or each stub AS) equally likely", reference: "", needs: "" },
];

/// Arrival processes, in alphabetical order.
pub const ARRIVALS: [Alternative; 6] = [
    Alternative { name: "all-at-once", summary: "everybody at time zero", reference: "", needs: "" },
    Alternative {
        name: "flash-crowd",
        summary: "a Poisson process whose rate decays exponentially, given how many arrive in all",
        reference: "Guo et al. 2005; Kingman 1993, 2.4",
        needs: "",
    },
    Alternative {
        name: "list",
        summary: "at given times, one for each peer",
        reference: "",
        needs: "as many times as peers",
    },
    Alternative {
        name: "poisson",
        summary: "a Poisson process of constant rate, until all have arrived",
        reference: "Kingman 1993, 4.1",
        needs: "",
    },
    Alternative {
        name: "trace",
        summary: "the first arrival times of a CSV file",
        reference: "",
        needs: "a file with a column `arrival`, at least as many rows as peers",
    },
    Alternative {
        name: "uniform",
        summary: "independent and uniform in a window from time zero",
        reference: "",
        needs: "",
    },
];
