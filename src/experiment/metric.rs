//! The numeric columns of `runs.csv`, found from the row type itself.

use serde_json::Value;

use crate::metrics::rows::{IspRow, RunRow};

/// Columns that say which run it was or why it ended, and are no metrics.
pub const IDENTITY_COLUMNS: [&str; 5] = RunRow::IDENTITY_COLUMNS;

/// The names of all scalar metrics, in the order of the columns.
pub fn metric_names() -> impl Iterator<Item = &'static str> {
    RunRow::metric_names()
}

/// The values of a run's metrics in the order of [`metric_names`]; `None` where the run has none.
pub fn metric_values(row: &RunRow) -> Vec<Option<f64>> {
    // Serialisation of a plain struct of numbers and texts into a JSON value cannot fail; were it to, every metric
    // would be missing, and the tests below fail.
    let value = serde_json::to_value(row).unwrap_or_default();
    metric_names().map(|name| value.get(name).and_then(number)).collect()
}

/// The value of a numeric column of `isps.csv`.
pub(super) fn isp_metric(row: &IspRow, name: &str) -> Option<f64> {
    serde_json::to_value(row).unwrap_or_default().get(name).and_then(number)
}

/// Times are exact decimal texts in tables; everything else is a number already.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rows::Row;
    use crate::units::{SimDuration, TableSeconds};

    #[test]
    fn every_column_is_an_identity_or_a_number() {
        let text = RunRow::COLUMNS.iter().map(|column| column.name);
        for name in IDENTITY_COLUMNS {
            assert!(text.clone().any(|column| column == name), "{name}");
        }
        // Columns without Option have a value in any row, the others only where one was set.
        let row = RunRow {
            ended_at_s: TableSeconds(SimDuration::from_millis(1_500)),
            local_share: Some(0.25),
            inter_isp_bytes: 1 << 40,
            fingerprint: "1234567890123456".to_owned(),
            ..RunRow::default()
        };
        let values: Vec<_> = metric_names().zip(metric_values(&row)).collect();
        let of = |name: &str| values.iter().find(|(metric, _)| *metric == name).and_then(|(_, value)| *value);
        assert_eq!(of("ended_at_s"), Some(1.5));
        assert_eq!(of("local_share"), Some(0.25));
        assert_eq!(of("inter_isp_bytes"), Some((1_u64 << 40) as f64));
        assert_eq!(of("completion_mean_s"), None);
        assert_eq!(of("fingerprint"), None);
        assert_eq!(values.len(), RunRow::COLUMNS.len() - IDENTITY_COLUMNS.len());
        // As JSON, every column that is not empty is a metric or an identity: nothing is dropped in silence.
        let json = serde_json::to_value(&row).unwrap();
        for column in RunRow::COLUMNS {
            let cell = json.get(column.name).unwrap();
            let known = cell.is_null() || IDENTITY_COLUMNS.contains(&column.name) || number(cell).is_some();
            assert!(known, "{}", column.name);
        }
    }
}
