//! Known answers, twins and properties.

mod draw;
mod known;
mod reference;
mod twins;
