//! Known answers of file swarming.
