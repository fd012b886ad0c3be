//! What an ISP *tells* about its network. Guidance is never the truth by construction: it has an age.
//!
//! **May import**: `units`, `underlay`.

mod cost;

pub use cost::CostRow;
