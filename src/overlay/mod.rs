//! Membership and connections as data; knows no piece, no choke.
//!
//! **May import**: `units`.
