//! For tests of drawn samples: how far a sample lies from its law.

/// √n times the largest distance between the empirical and the given distribution function (Kolmogorov-Smirnov). Where
/// the law is right and n is large, it exceeds [`KS_ONE_IN_A_THOUSAND`] with probability 0.001.
pub(crate) fn kolmogorov_smirnov(mut sample: Vec<f64>, law: impl Fn(f64) -> f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let distance = |(k, x): (usize, &f64)| {
        let below = law(*x);
        (below - k as f64 / n).max((k as f64 + 1.0) / n - below)
    };
    sample.iter().enumerate().map(distance).fold(0.0, f64::max) * n.sqrt()
}

/// Quantile 0.999 of Kolmogorov's law, √(−ln(0.0005) ÷ 2).
pub(crate) const KS_ONE_IN_A_THOUSAND: f64 = 1.949;

#[test]
fn the_statistic_of_a_known_sample() {
    // Two points against the uniform law: the largest step is from 0.5 at 0.2.
    let found = kolmogorov_smirnov(vec![0.9, 0.2], |x| x);
    assert!((found - 0.4 * 2.0_f64.sqrt()).abs() < 1e-12, "{found}");
}
