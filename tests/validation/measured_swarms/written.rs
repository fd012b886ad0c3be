//! CSV tables for `notebooks/validation.py`, below `results/validation`.

use std::path::{Path, PathBuf};

use super::ablation::Row;
use super::compare::Compared;
use super::quantity::Quantity;

/// Set: tables are written.
const WRITE: &str = "PEERSCAPE_WRITE_VALIDATION";

/// Where a table goes, if it is asked for.
fn target(name: &str) -> Option<PathBuf> {
    std::env::var_os(WRITE)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/validation");
    std::fs::create_dir_all(&folder).unwrap();
    Some(folder.join(name))
}

fn number(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map_or(String::new(), |value| value.to_string())
}

/// `swarms.csv`: predicted beside measured.
pub(super) fn swarms(swarms: &[Compared]) {
    let Some(path) = target("swarms.csv") else { return };
    let mut table = csv::Writer::from_path(path).unwrap();
    table
        .write_record([
            "scenario",
            "quantity",
            "unit",
            "predicted_mean",
            "predicted_sd",
            "predicted_n",
            "prediction_low",
            "prediction_high",
            "measured_mean",
            "measured_sd",
            "measured_n",
        ])
        .unwrap();
    for swarm in swarms {
        for quantity in Quantity::ALL {
            let (predicted, measured) = (swarm.predicted(quantity), swarm.measured(quantity));
            if predicted.is_none() && measured.is_none() {
                continue;
            }
            let (name, unit) = quantity.name_and_unit();
            let interval = predicted.map(|sample| sample.interval_for_mean_of(swarm.repetitions()));
            let mut record = vec![swarm.name.clone(), name.to_owned(), unit.to_owned()];
            record.extend([
                number(predicted.map(|sample| sample.mean)),
                number(predicted.map(|sample| sample.deviation)),
                predicted.map_or(String::new(), |sample| sample.n.to_string()),
                number(interval.map(|interval| interval.0)),
                number(interval.map(|interval| interval.1)),
                number(measured.map(|sample| sample.mean)),
                number(measured.map(|sample| sample.deviation)),
                measured.map_or(String::new(), |sample| sample.n.to_string()),
            ]);
            table.write_record(record).unwrap();
        }
    }
    table.flush().unwrap();
}

/// `ablation.csv`: each mechanism switched off alone.
pub(super) fn ablation(rows: &[Row]) {
    let Some(path) = target("ablation.csv") else { return };
    let mut table = csv::Writer::from_path(path).unwrap();
    table
        .write_record([
            "mechanism",
            "key",
            "value",
            "scenario",
            "quantity",
            "unit",
            "base_mean",
            "change_mean",
            "change_standard_error",
            "n",
            "censored",
        ])
        .unwrap();
    for row in rows {
        let (name, unit) = row.quantity.name_and_unit();
        table
            .write_record([
                row.mechanism,
                row.key,
                row.value,
                &row.swarm,
                name,
                unit,
                &number(Some(row.base.mean)),
                &number(Some(row.change.mean)),
                &number(Some(row.change.error())),
                &row.change.n.to_string(),
                &row.censored.to_string(),
            ])
            .unwrap();
    }
    table.flush().unwrap();
}
