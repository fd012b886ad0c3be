//! Peerscape: what changes, for whom and at what cost, when a peer-to-peer network is managed?
//!
//! A scenario file goes in; simulated peers, ISPs and servers live through it; tables, plots and a report come out.
//! `README.md` is the way in for users, `docs/models.md` has every model, default and source. As a library:
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//!
//! use peerscape::experiment::{Execution, PlanOrder, Silent, execute};
//! use peerscape::scenario::{self, Overrides};
//! use peerscape::selection::Catalog;
//! use peerscape::world::Prepared;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // 1. A file becomes a scenario in which every default is filled in, or a list of everything wrong with it.
//! let scenario = scenario::load("scenarios/minimal.toml".as_ref(), &Overrides::default(), &Catalog::standard())
//!     .map_err(|errors| errors.render(false))?;
//! // 2. What all runs share is built once: underlay, routes, populations.
//! let prepared = Prepared::new(&scenario, 1, 1 << 30)?;
//! // 3. Every arm runs in every replication.
//! let stop = AtomicBool::new(false);
//! let run = |id: peerscape::experiment::RunId| prepared.run(id.arm, id.replication, &stop);
//! let execution = Execution { jobs: 1, plan_order: PlanOrder::InOrder };
//! let result = execute(&scenario, &run, &execution, &Silent, &Silent)?;
//! // 4. Means, paired differences and verdicts.
//! let verdict = result.comparison_of("same-as", "local_share").ok_or("no such metric")?;
//! assert_eq!(verdict.verdict, "higher");
//! assert!(result.outcomes.iter().all(|outcome| outcome.run.peers_censored == 0));
//! # Ok(())
//! # }
//! ```
//!
//! The rooms below stand on floors and import downward only; `ARCHITECTURE.md` has the table.

pub mod catalog;
pub mod units;

pub mod engine;
pub mod metrics;
pub mod random;

pub mod underlay;

pub mod bandwidth;
pub mod economics;
pub mod guidance;
pub mod population;

pub mod overlay;

pub mod selection;

pub mod management;

pub mod services;

pub mod scenario;

pub mod world;

pub mod experiment;

pub mod report;

pub mod cli;
