//! Tests of the whole: through the binary, through the library, and of the source tree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking, helpers included")]

mod advice;
mod advice_money;
mod caida;
mod citation;
mod cli;
mod common_random_numbers;
mod common_random_numbers_in_the_gallery;
mod determinism;
mod documentation;
mod explain;
mod fingerprints;
mod gates;
mod hosts;
mod importers;
mod keys;
mod links;
mod management;
mod money;
mod mutated_results;
mod mutations;
mod own_strategy;
mod peer_selection;
mod refusals;
mod refusals_by_table;
mod refusals_of_money;
mod runs;
mod schema;
mod source_tree;
mod strategies;
mod subscribers;
mod sweep;
mod topology;
mod traces;
