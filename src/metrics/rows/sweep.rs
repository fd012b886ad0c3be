//! `sweep.csv`.

use super::row;

row! {
    /// One row per swept key and value; only where the scenario has a `[sweep]`. Every table with a column `arm` then has, after it, `base_arm` (the arm's name in the scenario) and the columns named here, empty where the key is one of another arm.
    "sweep.csv" => SweepRow {
        /// Path of the swept key.
        key: String,
        /// The column that other tables have for it; numbers in its unit, names where values are no numbers.
        column: String,
        /// Its name in names of arms and in plots.
        label: String,
        /// The arm whose key it is; empty: it is common to all arms, which stand again, with the baseline, at each of its values.
        of_arm: Option<String>,
        /// `s`, `bytes`, `bps`, or empty: plain numbers and words.
        unit: Option<String>,
        /// `linear` or `log` for plots; empty for values that are no numbers.
        scale: Option<String>,
        /// Position of the value, counted from 0.
        position: u32,
        /// Name of the value.
        value: String,
        /// The value in its unit; empty where it is no number.
        number: Option<f64>,
    }
}
