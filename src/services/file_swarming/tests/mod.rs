//! Known answers of file swarming, by hand.

mod choking;
mod pieces;
mod stage;
mod super_seeding;
