//! Known answers of file swarming, by hand.

mod beginners;
mod choking;
mod fallback;
mod outstanding;
mod pieces;
mod stage;
mod super_seeding;
