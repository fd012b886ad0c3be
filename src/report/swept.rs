//! What a sweep adds to tables: `sweep.csv`, and columns with the swept values in every table of arms.

use std::collections::BTreeMap;

use super::store::StoreError;
use super::tables::{File, table};
use crate::metrics::rows::SweepRow;
use crate::scenario::{Resolved, Sweep};

/// The first column of every table that speaks of arms.
const ARM: &str = "arm";
/// The column that holds an arm's name in the scenario file.
pub(super) const BASE_ARM: &str = "base_arm";

/// Adds what a sweep adds; changes nothing where nothing is swept.
pub(super) fn with_swept_values(files: Vec<File>, resolved: &Resolved) -> Result<Vec<File>, StoreError> {
    let Some(sweep) = &resolved.sweep else { return Ok(files) };
    let cells = cells(resolved, sweep);
    let mut wide = files.into_iter().map(|file| widen(file, sweep, &cells)).collect::<Result<Vec<File>, _>>()?;
    wide.push(table(&rows(sweep), resolved.experiment.seed)?);
    Ok(wide)
}

fn rows(sweep: &Sweep) -> Vec<SweepRow> {
    let mut rows = Vec::new();
    for axis in &sweep.axes {
        for (position, value) in axis.values.iter().enumerate() {
            rows.push(SweepRow {
                key: axis.key.clone(),
                column: axis.column.clone(),
                label: axis.label.clone(),
                of_arm: axis.arm.clone(),
                unit: Some(axis.unit.suffix().trim_start_matches('_').to_owned()).filter(|unit| !unit.is_empty()),
                scale: value.number.map(|_| if axis.logarithmic { "log" } else { "linear" }.to_owned()),
                position: position as u32,
                value: value.name.clone(),
                number: value.number,
            });
        }
    }
    rows
}

/// For each arm its name in the file and its swept values.
fn cells<'a>(resolved: &'a Resolved, sweep: &'a Sweep) -> BTreeMap<&'a [u8], Vec<String>> {
    let of_arm = |(position, arm): (usize, &'a crate::scenario::ArmSpec)| {
        let base = sweep.arms.get(position).map(|swept| swept.base.clone()).unwrap_or_default();
        let value = |axis: usize| match sweep.value(position, axis) {
            Some(value) => value.number.map_or_else(|| value.name.clone(), |number| number.to_string()),
            None => String::new(),
        };
        (arm.name.as_bytes(), std::iter::once(base).chain((0..sweep.axes.len()).map(value)).collect())
    };
    resolved.arms.iter().enumerate().map(of_arm).collect()
}

fn widen(file: File, sweep: &Sweep, cells: &BTreeMap<&[u8], Vec<String>>) -> Result<File, StoreError> {
    let (name, bytes) = file;
    let encode = |error: csv::Error| StoreError::Encode { file: name.to_owned(), reason: error.to_string() };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut record = csv::ByteRecord::new();
    let mut header = true;
    while reader.read_byte_record(&mut record).map_err(encode)? {
        let arm = record.get(0).unwrap_or_default();
        if header && arm != ARM.as_bytes() {
            return Ok((name, bytes));
        }
        writer.write_field(arm).map_err(encode)?;
        if header {
            writer.write_field(BASE_ARM).map_err(encode)?;
            sweep.axes.iter().try_for_each(|axis| writer.write_field(&axis.column)).map_err(encode)?;
        } else {
            let of_arm = cells.get(arm);
            assert!(of_arm.is_some(), "{name}: every row is of an arm of the scenario");
            of_arm.into_iter().flatten().try_for_each(|cell| writer.write_field(cell)).map_err(encode)?;
        }
        record.iter().skip(1).try_for_each(|field| writer.write_field(field)).map_err(encode)?;
        writer.write_record(None::<&[u8]>).map_err(encode)?;
        header = false;
    }
    let bytes =
        writer.into_inner().map_err(|error| StoreError::Encode { file: name.to_owned(), reason: error.to_string() })?;
    Ok((name, bytes))
}
