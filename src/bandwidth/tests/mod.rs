//! Known answers, twins and properties.

mod known;
