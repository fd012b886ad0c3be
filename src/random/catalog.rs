//! The laws of durations that a scenario may name.

use crate::catalog::Alternative;

/// Laws of durations, in alphabetical order.
pub const LAWS: [Alternative; 7] = [
    Alternative { name: "constant", summary: "always this long", reference: "", needs: "" },
    Alternative {
        name: "empirical",
        summary: "one of the durations of a CSV file, by weight",
        reference: "",
        needs: "a file with a column `value`, and `weight` where they differ",
    },
    Alternative {
        name: "exponential",
        summary: "memoryless, with this mean",
        reference: "Marsaglia & Tsang 2000",
        needs: "",
    },
    Alternative {
        name: "log-normal",
        summary: "the logarithm is normal, with this median and standard deviation",
        reference: "Wichura 1988 (AS 241)",
        needs: "",
    },
    Alternative {
        name: "pareto",
        summary: "a power law above a minimum",
        reference: "",
        needs: "a shape above 1 where a mean is needed",
    },
    Alternative { name: "uniform", summary: "between two durations", reference: "", needs: "" },
    Alternative {
        name: "weibull",
        summary: "stretched exponential: P(X > t) = e^(-(t / scale)^shape)",
        reference: "Weibull 1951; sessions: Stutzbach & Rejaie 2006, Steiner et al. 2009",
        needs: "",
    },
];
