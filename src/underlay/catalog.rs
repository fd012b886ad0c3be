//! The sources of an AS graph that a scenario may name.

use crate::catalog::Alternative;

/// The sources, in alphabetical order.
pub const SOURCES: [Alternative; 3] = [
    Alternative {
        name: "as-relationships",
        summary: "a file of inferred AS relationships; every AS is its own ISP, subscribers are unknown",
        reference: "CAIDA serial-1 and serial-2 formats; Luckie et al. 2013, Giotsas et al. 2013",
        needs: "a file",
    },
    Alternative {
        name: "isps",
        summary: "a small set of ISPs, ASes and links written out in the scenario; links may have capacities",
        reference: "",
        needs: "at least one ISP",
    },
    Alternative {
        name: "tiered",
        summary: "a generated graph with the path lengths, multi-homing and degree skew of the real one",
        reference: "fitted to the AS graph of January 2017 (Jin et al. 2020)",
        needs: "",
    },
];
