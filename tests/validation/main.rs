//! Models against theory, published figures and measured data. One file per group, tests named after their row.
