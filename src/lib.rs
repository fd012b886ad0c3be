//! Peerscape: what changes, for whom and at what cost, when a peer-to-peer network is managed?
//!
//! A scenario file goes in; simulated peers, ISPs and servers live through it; tables, plots and a report come out.
//! The rooms below stand on floors and import downward only; `ARCHITECTURE.md` has the table.

pub mod catalog;
pub mod units;

pub mod engine;
pub mod metrics;
pub mod random;

pub mod underlay;

pub mod bandwidth;
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
