//! What the results must satisfy.

use super::reference::column;
use crate::metrics::rows::RunRow;
use crate::scenario::errors::{Problem, Problems, nearest};
use crate::scenario::reader::{Field, Reader};
use crate::scenario::resolved::{ArmSpec, CheckOf, CheckSpec, CheckStatistic, ExperimentSpec};
use crate::scenario::schema::ticked;

/// Checks of one scenario.
const MOST_CHECKS: usize = 1_000;

pub(super) fn resolve(file: &Reader<'_>, arms: &[ArmSpec], experiment: &ExperimentSpec) -> Vec<CheckSpec> {
    let readers = file.tables("check");
    if let Some(extra) = readers.get(MOST_CHECKS) {
        let allowed = format!("at most {MOST_CHECKS} checks");
        file.problems().add(Problem::at(extra.place(), "too many checks").allowed(allowed));
    }
    readers.iter().map(|reader| check(reader, arms, experiment)).collect()
}

fn check(reader: &Reader<'_>, arms: &[ArmSpec], experiment: &ExperimentSpec) -> CheckSpec {
    let problems = reader.problems();
    let metric = column(&reader.get("metric"), "metric", "runs.csv", RunRow::metric_names, reader);
    let named = reader.optional::<String>("arm");
    let arm = named.as_ref().and_then(|wanted| arm_of(wanted, arms, problems));
    let of = match reader.get::<&'static str>("of").value {
        "difference" => CheckOf::Difference,
        "relative-difference" => CheckOf::RelativeDifference,
        _ => CheckOf::Value,
    };
    let statistic: Field<&'static str> = reader.get("statistic");
    let place = statistic.place;
    let statistic = match statistic.value {
        "interval" => CheckStatistic::Interval,
        "every-run" => CheckStatistic::EveryRun,
        _ => CheckStatistic::Mean,
    };
    if statistic == CheckStatistic::Interval && experiment.replications < 2 {
        let message = "a single replication gives no confidence interval to check";
        problems
            .add(Problem::at(place, message).advice("use 2 replications at the very least, or another `statistic`"));
    }
    if of != CheckOf::Value && (arms.len() < 2 || arm == Some(experiment.baseline)) {
        let message = "the baseline arm cannot be compared with itself";
        let advice = "name another arm, or check its `value`";
        problems.add(Problem::at(named.map_or(reader.place(), |named| named.place), message).advice(advice));
    }
    let (min, max) = (reader.optional::<f64>("min"), reader.optional::<f64>("max"));
    match (&min, &max) {
        (None, None) => {
            let message = "the check has no bound";
            problems.add(Problem::at(reader.place(), message).allowed("`min`, `max` or both"));
        }
        (Some(min), Some(max)) if min.ok && max.ok && min.value > max.value => {
            let message = format!("nothing is at least {} and at most {}", min.value, max.value);
            problems.add(Problem::at(max.place, message).allowed("`max` of at least `min`"));
        }
        _ => {}
    }
    let number = |field: Option<Field<f64>>| field.map(|field| field.value);
    CheckSpec { metric: metric.unwrap_or_default(), arm, of, statistic, min: number(min), max: number(max) }
}

/// The position of the arm that a check speaks of.
fn arm_of(wanted: &Field<String>, arms: &[ArmSpec], problems: &Problems) -> Option<usize> {
    let position = arms.iter().position(|arm| arm.name == wanted.value);
    if position.is_none() && wanted.ok && !arms.is_empty() {
        let names = || arms.iter().map(|arm| arm.name.as_str());
        problems.add(
            Problem::at(wanted.place, format!("the check's arm `{}` is no arm", wanted.value))
                .allowed(format!("the name of an arm: {}", ticked(names())))
                .nearest(nearest(&wanted.value, names())),
        );
    }
    position
}
