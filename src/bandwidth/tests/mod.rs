//! Known answers, twins and properties.

mod draw;
mod known;
mod ledger;
mod reference;
mod throughput;
mod twins;
