//! Each law against closed forms: moments, the distribution function, residual lives; pinned first draws.

use super::*;
use crate::random::kolmogorov_smirnov::{KS_ONE_IN_A_THOUSAND, kolmogorov_smirnov};

const MINUTE: u64 = 60_000_000_000;

fn minutes(minutes: f64) -> SimDuration {
    SimDuration::from_nanos((minutes * MINUTE as f64).round() as u64)
}

fn sample_of(values: &[(f64, f64)]) -> Distribution {
    let values: Vec<(SimDuration, f64)> = values.iter().map(|(value, weight)| (minutes(*value), *weight)).collect();
    Distribution::Empirical(Empirical::new(String::new(), String::new(), &values).unwrap())
}

/// A law, its distribution function in minutes, and its first two moments.
struct Case {
    law: Distribution,
    below: fn(f64) -> f64,
    mean: f64,
    square: f64,
}

fn continuous() -> Vec<Case> {
    let gamma = libm::tgamma;
    let e = std::f64::consts::E;
    vec![
        Case {
            law: Distribution::Exponential { mean: minutes(10.0) },
            below: |x| 1.0 - (-x / 10.0).exp(),
            mean: 10.0,
            square: 200.0,
        },
        Case {
            law: Distribution::Uniform { from: minutes(2.0), until: minutes(5.0) },
            below: |x| ((x - 2.0) / 3.0).clamp(0.0, 1.0),
            mean: 3.5,
            square: 13.0,
        },
        Case {
            law: Distribution::Weibull { shape: 2.0, scale: minutes(3.0) },
            below: |x| 1.0 - (-(x / 3.0).powi(2)).exp(),
            mean: 3.0 * gamma(1.5),
            square: 9.0,
        },
        Case {
            law: Distribution::Weibull { shape: 0.61511, scale: minutes(169.5385) },
            below: |x| 1.0 - (-(x / 169.5385).powf(0.61511)).exp(),
            mean: 169.5385 * gamma(1.0 + 1.0 / 0.61511),
            square: 169.5385 * 169.5385 * gamma(1.0 + 2.0 / 0.61511),
        },
        Case {
            law: Distribution::LogNormal { median: minutes(4.0), sigma: 1.0 },
            below: |x| 0.5 * libm::erfc(-(x / 4.0).ln() / std::f64::consts::SQRT_2),
            mean: 4.0 * e.sqrt(),
            square: 16.0 * e * e,
        },
        Case {
            law: Distribution::Pareto { minimum: minutes(1.0), shape: 5.0 },
            below: |x| 1.0 - x.max(1.0).powi(-5),
            mean: 1.25,
            square: 5.0 / 3.0,
        },
    ]
}

fn in_minutes(duration: SimDuration) -> f64 {
    duration.as_nanos() as f64 / MINUTE as f64
}

const N: u64 = 40_000;

#[test]
fn draws_follow_their_distribution_functions_and_means_are_exact() {
    for Case { law, below, mean, square } in continuous() {
        let draws: Vec<f64> = (0..N).map(|k| in_minutes(law.draw(Seed::new(2, 0), Purpose::Test, k, 0))).collect();
        let found = kolmogorov_smirnov(draws.clone(), below);
        assert!(found < KS_ONE_IN_A_THOUSAND, "{law:?}: {found}");
        let exact = in_minutes(law.mean().unwrap());
        assert!((exact / mean - 1.0).abs() < 1e-9, "{law:?}: mean {exact}, expected {mean}");
        let error = ((square - mean * mean) / N as f64).sqrt();
        let average = draws.iter().sum::<f64>() / N as f64;
        assert!((average - mean).abs() < 3.29 * error, "{law:?}: mean of draws {average} ± {error}, expected {mean}");
    }
}

#[test]
fn residual_lives_have_the_density_of_renewal_theory() {
    // Independent of how they are drawn: F_r(x) = ∫₀ˣ (1 − F) ÷ mean, by the trapezoidal rule on a fine grid.
    for Case { law, below, mean, square } in continuous() {
        let draw = |k| in_minutes(law.draw_residual(Seed::new(4, 0), Purpose::Test, k, 0).unwrap());
        let draws: Vec<f64> = (0..N).map(draw).collect();
        let most = draws.iter().copied().fold(0.0, f64::max);
        let steps = 400_000_usize;
        let width = most / steps as f64;
        let mut through = vec![0.0; steps + 1];
        for step in 1..=steps {
            let (a, b) = ((step - 1) as f64 * width, step as f64 * width);
            through[step] = through[step - 1] + width * (1.0 - f64::midpoint(below(a), below(b))) / mean;
        }
        let found = kolmogorov_smirnov(draws.clone(), |x| through[((x / width).round() as usize).min(steps)]);
        assert!(found < KS_ONE_IN_A_THOUSAND, "{law:?}: {found}");
        // E[residual] = E[X²] ÷ 2 E[X].
        let average = draws.iter().sum::<f64>() / N as f64;
        let spread = draws.iter().map(|x| (x - average).powi(2)).sum::<f64>() / (N * N) as f64;
        let expected = square / (2.0 * mean);
        assert!((average - expected).abs() < 3.29 * spread.sqrt(), "{law:?}: {average}, expected {expected}");
    }
}

#[test]
fn the_residual_of_a_constant_is_uniform_and_of_nothing_there_is_none() {
    let law = Distribution::Constant(minutes(8.0));
    let draw = |k| in_minutes(law.draw_residual(Seed::new(5, 0), Purpose::Test, k, 0).unwrap());
    let found = kolmogorov_smirnov((0..N).map(draw).collect(), |x| x / 8.0);
    assert!(found < KS_ONE_IN_A_THOUSAND, "{found}");
    for law in [
        Distribution::Constant(SimDuration::ZERO),
        Distribution::Pareto { minimum: minutes(1.0), shape: 1.0 },
        Distribution::LogNormal { median: minutes(1.0), sigma: 9.0 },
    ] {
        assert_eq!(law.draw_residual(Seed::new(5, 0), Purpose::Test, 0, 0), None, "{law:?}");
    }
}

#[test]
fn measured_values_are_drawn_by_weight_and_lives_under_way_by_weight_times_length() {
    let law = sample_of(&[(1.0, 3.0), (99.0, 0.0), (2.0, 1.0), (6.0, 1.0)]);
    // (3·1 + 2 + 6) ÷ 5.
    assert_eq!(law.mean(), Some(minutes(2.2)));
    let draws: Vec<f64> = (0..N).map(|k| in_minutes(law.draw(Seed::new(6, 0), Purpose::Test, k, 0))).collect();
    // Pearson's chi-square, 2 degrees of freedom: 13.82 is exceeded once in a thousand.
    let cells = [(1.0, 0.6), (2.0, 0.2), (6.0, 0.2)];
    let count = |value: f64| draws.iter().filter(|x| (**x - value).abs() < 1e-9).count() as f64;
    let chi: f64 = cells.iter().map(|(x, p)| (count(*x) - N as f64 * p).powi(2) / (N as f64 * p)).sum();
    assert!(chi < 13.82, "chi-square {chi}");
    assert!(count(99.0) < 0.5, "of weight 0");
    // Residual: density (1 − F) ÷ 2.2 is 1, 0.4, 0.2 (÷ 2.2) on [0, 1), [1, 2), [2, 6).
    let draw = |k| in_minutes(law.draw_residual(Seed::new(6, 0), Purpose::Test, k, 0).unwrap());
    let through = |x: f64| (x.min(1.0) + 0.4 * (x.min(2.0) - 1.0).max(0.0) + 0.2 * (x - 2.0).max(0.0)) / 2.2;
    let found = kolmogorov_smirnov((0..N).map(draw).collect(), through);
    assert!(found < KS_ONE_IN_A_THOUSAND, "{found}");
}

#[test]
fn values_that_are_no_law_are_refused() {
    let of = |values: &[(SimDuration, f64)]| Empirical::new(String::new(), String::new(), values).unwrap_err();
    let value = minutes(1.0);
    assert_eq!(of(&[]), EmpiricalError::Empty);
    for weights in [[0.0, 0.0], [1.0, -1.0], [1.0, f64::NAN], [f64::INFINITY, 1.0]] {
        assert_eq!(of(&[(value, weights[0]), (value, weights[1])]), EmpiricalError::Weights, "{weights:?}");
    }
}

#[test]
fn both_ends_of_a_uniform_law_are_drawn_and_a_point_is_allowed() {
    let draw = |from, until, k| {
        let [from, until] = [from, until].map(SimDuration::from_nanos);
        Distribution::Uniform { from, until }.draw(Seed::new(7, 0), Purpose::Test, k, 0).as_nanos()
    };
    let mut found: Vec<u64> = (0..200).map(|k| draw(5, 7, k)).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, [5, 6, 7]);
    assert_eq!(draw(9, 9, 0), 9);
}

#[test]
fn heavy_tails_end_before_time_does() {
    let law = Distribution::Pareto { minimum: minutes(1e6), shape: 0.05 };
    let longest = (0..1_000).map(|k| law.draw(Seed::new(8, 0), Purpose::Test, k, 0)).max().unwrap();
    assert_eq!(longest, SimDuration::from_nanos(1 << 62));
    assert_eq!(law.mean(), None);
}

#[test]
fn gamma_variables_have_their_moments() {
    for shape in [1.0, 1.5, 2.6257, 8.0] {
        let mut stream = Stream::from_word(9);
        let draws: Vec<f64> = (0..N).map(|_| gamma::draw(shape, &mut stream)).collect();
        let mean = draws.iter().sum::<f64>() / N as f64;
        assert!((mean - shape).abs() < 3.29 * (shape / N as f64).sqrt(), "shape {shape}: mean {mean}");
        // Var of (G − shape)²: the fourth central moment is 3 shape² + 6 shape.
        let variance = draws.iter().map(|g| (g - shape).powi(2)).sum::<f64>() / N as f64;
        let error = ((2.0 * shape * shape + 6.0 * shape) / N as f64).sqrt();
        assert!((variance - shape).abs() < 3.29 * error, "shape {shape}: variance {variance}");
    }
}

#[test]
fn exponential_has_its_mean_and_variance() {
    let law = Distribution::Exponential { mean: SimDuration::from_secs(10) };
    let n = 40_000;
    let draws: Vec<f64> = (0..n).map(|k| law.draw(Seed::new(3, 0), Purpose::Test, k, 0).as_secs_f64()).collect();
    let mean = draws.iter().sum::<f64>() / n as f64;
    let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    // Three standard errors: sd of the mean 10/√n = 0.05, of the variance 100·√(8/n) = 1.41.
    assert!((mean - 10.0).abs() < 0.15, "mean {mean}");
    assert!((variance - 100.0).abs() < 4.3, "variance {variance}");
}

#[test]
fn first_draws_are_pinned() {
    let second = SimDuration::from_secs(1);
    let first = |law: &Distribution| -> Vec<u64> {
        (0..3).map(|k| law.draw(Seed::new(1, 0), Purpose::Test, k, 0).as_nanos()).collect()
    };
    let residual = |law: &Distribution| -> Vec<u64> {
        (0..3).map(|k| law.draw_residual(Seed::new(1, 0), Purpose::Test, k, 0).unwrap().as_nanos()).collect()
    };
    let laws = [
        Distribution::Exponential { mean: second },
        Distribution::Uniform { from: second, until: second * 3 },
        Distribution::Weibull { shape: 0.5, scale: second },
        Distribution::LogNormal { median: second, sigma: 1.5 },
        Distribution::Pareto { minimum: second, shape: 2.5 },
    ];
    let found: Vec<_> = laws.iter().map(|law| (first(law), residual(law))).collect();
    let expected: Vec<(Vec<u64>, Vec<u64>)> =
        PINNED.iter().map(|(fresh, left)| (fresh.to_vec(), left.to_vec())).collect();
    assert_eq!(found, expected);
}

/// (first draws, first residual draws), in the order of the laws.
const PINNED: [([u64; 3], [u64; 3]); 5] = [
    ([3_318_288_369, 849_845_022, 65_073_141], [184_160_701, 3_434_447_154, 715_404_690]),
    ([1_881_461_972, 1_442_297_638, 1_155_134_934], [894_248_183, 2_223_539_935, 577_774_344]),
    ([671_286_244, 2_276_837_796, 6_536_240_261], [509_504_323, 8_288_593_250, 3_176_143_579]),
    ([799_575_557, 315_852_916, 118_547_853], [657_204_836, 11_651_825_832, 5_230_883_768]),
    ([1_387_811_769, 1_828_631_303, 2_780_533_654], [4_999_835_266, 1_372_029_572, 272_972_775]),
];
