//! Models against theory, published figures and measured data. One file per group, tests named after their row.
//!
//! Every test goes the whole way that a user's scenario goes: text → `scenario::load` → `Prepared` → run. Conditions and
//! sources stand at each test. Stochastic means are compared within three standard errors over replications of one
//! root seed, so that a test either passes always or never.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::doc_markdown, reason = "formulas and names of papers, not code")]
#![allow(clippy::float_cmp, reason = "times compared so are whole nanoseconds")]

mod accounts;
mod bindal_gallery;
mod block_twin;
mod client_server_bound;
mod conservation;
mod d02_piece_rounds;
mod d03_fluid_model;
mod d05_processor_sharing;
mod d06_isp_redundancy;
mod d07_biased_neighbours;
mod d08_kad_churn;
mod d09_flash_crowd;
mod d15_percentile_billing;
mod d16_queue_without_waiting;
mod d17_guided_swarm;
mod d22_external_partners;
mod end_of_a_run;
mod max_min;
mod measured_swarms;
mod metamorphic;
mod real_graph;
mod scaling;
mod simulate;
mod steady_state;
mod swarm_bound;
mod window;
mod worst_served;
