//! Arms × replications: parallel execution, statistics, comparison.
