//! From a scenario's text to what its runs leave behind.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use peerscape::metrics::RunOutcome;
use peerscape::scenario::{Overrides, Resolved, load};
use peerscape::selection::Catalog;
use peerscape::world::Prepared;

/// Resolves a scenario given as text, after setting some keys by path.
pub(crate) fn resolve(text: &str, set: &[(&str, &str)]) -> Resolved {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, text).unwrap();
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let overrides = Overrides { seed: None, set };
    load(&path, &overrides, &Catalog::standard()).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

/// Resolves a scenario file of the repository, after setting some keys by path.
pub(crate) fn resolve_file(path: &str, set: &[(&str, &str)]) -> Resolved {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let overrides = Overrides { seed: None, set };
    load(&path, &overrides, &Catalog::standard()).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

/// All runs of a scenario, arm by arm, replication by replication.
pub(crate) fn run_all(scenario: &Resolved) -> Vec<Vec<RunOutcome>> {
    let prepared = Prepared::new(scenario, 1, u64::MAX).unwrap_or_else(|error| panic!("{error}"));
    let stop = AtomicBool::new(false);
    let replications = 0..scenario.experiment.replications;
    let run = |arm, replication| prepared.run(arm, replication, &stop).unwrap();
    (0..scenario.arms.len()).map(|arm| replications.clone().map(|r| run(arm, r)).collect()).collect()
}

/// A file below `../shared/data`; where it is missing, a loud line and `None`.
pub(crate) fn shared_data(test: &str, path: &str) -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let file = data.join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED {test}: ../shared/data is missing");
    None
}

/// The mean, and its standard error over replications.
pub(crate) fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// Asserts that two samples have the same mean within three standard errors of their difference, and that these are
/// at most `band` of the mean: a test too noisy to fail is none. Samples are paired by replication.
pub(crate) fn assert_same_mean(what: &str, a: &[f64], b: &[f64], band: f64) {
    assert_eq!(a.len(), b.len());
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let (difference, error) = mean_and_error(&differences);
    let (mean, _) = mean_and_error(a);
    let (other, _) = mean_and_error(b);
    assert!(
        3.0 * error <= band * mean.abs(),
        "{what}: too noisy to tell: {mean} against {other}, standard error of the difference {error}"
    );
    assert!(
        difference.abs() <= 3.0 * error,
        "{what}: {mean} against {other}, standard error of the difference {error}"
    );
}
