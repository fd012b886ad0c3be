//! What gates came to as JUnit XML, which build servers read.
//!
//! One suite per kind of gate, one case per thing that was compared. No time stamps: the same result gives the same bytes.

use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::check_text::{bounds, found, interval, remark, subject};
use super::store::{StoreError, write_file};
use crate::experiment::regression::{Compared, Regression};
use crate::metrics::rows::CheckRow;

/// One gate for [`write_junit`].
#[derive(Debug, Clone, Copy)]
pub struct JunitGates<'a> {
    /// Name of the scenario.
    pub scenario: &'a str,
    /// The comparison with a baseline, if there was one.
    pub regression: Option<&'a Regression>,
    /// The checks of the scenario.
    pub checks: &'a [CheckRow],
}

/// Writes the gates as JUnit XML to `path`, atomically.
///
/// # Errors
/// When the file cannot be written.
pub fn write_junit(path: &Path, gates: &JunitGates<'_>) -> Result<(), StoreError> {
    write_file(path, junit(gates)?.as_bytes())
}

fn junit(gates: &JunitGates<'_>) -> Result<String, StoreError> {
    let mut report = Report::new("peerscape");
    if !gates.checks.is_empty() {
        let mut suite = TestSuite::new(format!("{}: checks", gates.scenario));
        suite.add_test_cases(gates.checks.iter().map(|check| check_case(gates.scenario, check)));
        report.add_test_suite(suite);
    }
    if let Some(regression) = gates.regression {
        let mut suite = TestSuite::new(format!("{}: baseline", gates.scenario));
        suite.add_test_cases(regression.compared.iter().map(|compared| case(gates.scenario, compared)));
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| StoreError::Encode { file: "JUnit XML".to_owned(), reason: error.to_string() })
}

fn check_case(scenario: &str, check: &CheckRow) -> TestCase {
    let status = if check.passed {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type("check");
        status.set_message(format!("found {}, allowed {}", found(check), bounds(check)));
        let lines = [("interval of the mean", interval(check)), ("remark", remark(check))];
        let lines = lines
            .iter()
            .filter(|(_, text)| !text.is_empty() && text != "–")
            .map(|(name, text)| format!("{name}: {text}"));
        status.set_description(lines.collect::<Vec<_>>().join("\n"));
        status
    };
    let mut case = TestCase::new(format!("{} in {}: {}", subject(check), check.arm, bounds(check)), status);
    case.set_classname(format!("peerscape.{scenario}.checks"));
    case
}

fn case(scenario: &str, compared: &Compared) -> TestCase {
    let arm = compared.arm.as_deref().map(|arm| format!(" in {arm}")).unwrap_or_default();
    let mut case = TestCase::new(format!("{} {}{arm}", compared.table, compared.metric), status(compared));
    case.set_classname(format!("peerscape.{scenario}.baseline"));
    case
}

fn status(compared: &Compared) -> TestCaseStatus {
    if compared.ignored {
        let mut status = TestCaseStatus::skipped();
        status.set_message("ignored by the tolerance file");
        return status;
    }
    if compared.passed {
        return TestCaseStatus::success();
    }
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
    let (expected, found) = (side(&compared.expected), side(&compared.found));
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type("regression");
    status.set_message(format!("expected {expected}, found {found} (allowed: {})", compared.rule));
    let number = |number: Option<f64>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
    let mut lines = vec![
        format!("absolute difference: {}", number(compared.absolute)),
        format!("relative difference: {}", number(compared.relative)),
        format!("noise: {}", compared.noise_of().name()),
    ];
    if let Some(band) = compared.noise {
        lines.push(format!("other seeds would give {} to {}", band.low, band.high));
    }
    if !compared.cell.is_empty() {
        lines.push(format!("at {}; {} of {} cells differ", compared.cell, compared.differing, compared.cells));
    }
    status.set_description(lines.join("\n"));
    status
}
