//! The generic discrete-event kernel: schedule, clock, loop. Contains no P2P word.
//!
//! **May import**: `units`.
