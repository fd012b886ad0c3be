//! Laws of durations.

use super::Surroundings;
use super::csv_file::{self, Csv, Header, Row};
use crate::random::{Distribution, Empirical};
use crate::scenario::chosen::Chosen;
use crate::scenario::errors::{Problem, Problems};
use crate::scenario::reader::{Field, Reader};
use crate::scenario::schema::{Shape, ticked};
use crate::units::SimDuration;

const VALUE: &str = "value";
const WEIGHT: &str = "weight";
const COLUMNS: [&str; 2] = [VALUE, WEIGHT];
/// Stands for a law that was refused.
const REFUSED: Distribution = Distribution::Constant(SimDuration::from_secs(1));

/// The law of a server's service time.
pub(super) fn service_time(chosen: Option<Chosen<'_>>) -> Distribution {
    chosen.map_or(REFUSED, |law| match law.name {
        "exponential" => law.with_table(exponential).unwrap_or(REFUSED),
        _ => constant(&law),
    })
}

/// The law of a session, a gap, a stay.
pub(super) fn lifetime(
    chosen: Option<Chosen<'_>>,
    surroundings: &Surroundings<'_>,
    problems: &Problems,
) -> Distribution {
    let Some(law) = chosen else { return REFUSED };
    let table = |read: &dyn Fn(&Reader<'_>) -> Distribution| law.with_table(read).unwrap_or(REFUSED);
    match law.name {
        "exponential" => table(&exponential),
        "uniform" => table(&uniform),
        "weibull" => {
            table(&|keys| Distribution::Weibull { shape: keys.get("shape").value, scale: keys.get("scale").value })
        }
        "log-normal" => {
            table(&|keys| Distribution::LogNormal { median: keys.get("median").value, sigma: keys.get("sigma").value })
        }
        "pareto" => {
            table(&|keys| Distribution::Pareto { minimum: keys.get("minimum").value, shape: keys.get("shape").value })
        }
        "empirical" => law.scalar().map_or(REFUSED, |named| empirical(&named, surroundings, problems)),
        _ => constant(&law),
    }
}

fn constant(law: &Chosen<'_>) -> Distribution {
    law.scalar().map_or(REFUSED, |field| Distribution::Constant(field.value))
}

fn exponential(keys: &Reader<'_>) -> Distribution {
    Distribution::Exponential { mean: keys.get("mean").value }
}

fn uniform(keys: &Reader<'_>) -> Distribution {
    let (from, until): (Field<SimDuration>, Field<SimDuration>) = (keys.get("from"), keys.get("until"));
    if from.ok && until.ok && until.value < from.value {
        let message = format!("`until`, {}, is less than `from`, {}", until.value, from.value);
        keys.problems().add(Problem::at(until.place, message).allowed("at least `from`"));
        return REFUSED;
    }
    Distribution::Uniform { from: from.value, until: until.value }
}

/// A file of durations, one in each row.
fn empirical(named: &Field<String>, surroundings: &Surroundings<'_>, problems: &Problems) -> Distribution {
    let Some(file) = csv_file::open(named, surroundings, problems) else { return REFUSED };
    let before = problems.count();
    let found = file.read(surroundings, problems, |csv| {
        let values = values(csv);
        let refuse = |message: &str, allowed: &str| {
            problems.add(Problem::at(named.place, format!("`{}` {message}", file.shown)).allowed(allowed));
        };
        if problems.count() > before {
            return None;
        }
        if values.is_empty() {
            refuse("has no duration", "at least one row");
        } else if values.iter().all(|(_, weight)| *weight <= 0.0) {
            refuse("gives weight 0 to every duration", "a weight above 0");
        }
        Empirical::new(named.value.clone(), file.text.clone(), &values).ok()
    });
    found.flatten().map_or(REFUSED, Distribution::Empirical)
}

fn values(csv: &Csv<'_>) -> Vec<(SimDuration, f64)> {
    let mut values = Vec::new();
    let check = |header: &Header| csv.require(header, &[VALUE], &ticked(COLUMNS));
    csv.read(&COLUMNS, check, |row| values.extend(value(row)));
    values
}

fn value(row: &Row<'_>) -> Option<(SimDuration, f64)> {
    let duration: Field<SimDuration> = row.value(VALUE, &Shape::duration(0));
    if !row.header.has(WEIGHT) {
        return duration.ok.then_some((duration.value, 1.0));
    }
    let weight: Field<f64> = row.number(WEIGHT, &Shape::Number { min: 0.0, max: 1e12, open: false });
    (duration.ok && weight.ok).then_some((duration.value, weight.value))
}
