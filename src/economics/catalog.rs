//! The terms that a tariff may have.

use crate::catalog::Alternative;

/// The terms, in alphabetical order.
pub const TERMS: [Alternative; 4] = [
    Alternative { name: "flat", summary: "a fee per month, whatever is carried", reference: "", needs: "" },
    Alternative { name: "per-volume", summary: "a price per GB carried", reference: "", needs: "" },
    Alternative {
        name: "percentile",
        summary: "the 95th percentile of 5-minute samples: a commit, and a price of what is billed above it",
        reference: "Norton 2014; Dimitropoulos et al. 2009",
        needs: "at least 20 samples (100 minutes)",
    },
    Alternative { name: "settlement-free", summary: "nobody pays", reference: "", needs: "" },
];
