//! The gallery scenario after Bindal et al. 2006, with a tenth of the content: fewer external neighbours bring fewer
//! copies into an ISP, and nobody waits much longer.

use crate::simulate::{resolve_file, run_all};

const SCENARIO: &str = "scenarios/locality/bindal-2006.toml";

#[test]
fn fewer_external_neighbours_bring_fewer_copies_at_no_cost_in_time() {
    let fewer = [("service.file-swarming.size", "9800 kB"), ("experiment.replications", "1")];
    let scenario = resolve_file(SCENARIO, &fewer);
    let runs: Vec<_> = run_all(&scenario).into_iter().map(|mut runs| runs.remove(0).run).collect();
    let copies: Vec<f64> = runs.iter().map(|run| run.isp_redundancy.unwrap()).collect();
    assert!(copies.is_sorted_by(|more, fewer| more > fewer), "{copies:?}");
    // n (N - n) / (N - 1); the band of D6.
    assert!((copies[0] - 50.0 * 650.0 / 699.0).abs() < 0.5, "{copies:?}");
    assert!(copies[3] >= 1.0 && copies[3] <= 0.25 * copies[0], "{copies:?}");
    // The band of D7 for the median.
    for run in &runs {
        let ratio = run.completion_median_s.unwrap() / runs[0].completion_median_s.unwrap();
        assert!((ratio - 1.0).abs() < 0.15, "{}: {ratio}", run.arm);
    }
}
