//! Means, Student's t intervals of a mean and for one further value, correlation.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// A confidence interval, or a prediction interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Mean, spread and intervals of some numbers. Sums run in the order of the numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// How many there are.
    pub n: u32,
    /// Arithmetic mean; `None` when there are none.
    pub mean: Option<f64>,
    /// Standard deviation with the divisor n − 1; `None` below two.
    pub standard_deviation: Option<f64>,
    /// Interval of the mean, x̄ ± t·s/√n; `None` below two.
    pub interval: Option<Interval>,
    /// Prediction interval for one further number from the same source, x̄ ± t·s·√(1 + 1/n) (Hahn and Meeker 1991,
    /// chapter 4): it does not shrink to a point as n grows, for a single run keeps its own chance. Assumes that the
    /// numbers are close to normal, which no averaging makes them. `None` below two.
    pub prediction: Option<Interval>,
}

impl Sample {
    /// Describes `values` with intervals of level `confidence`, inside (0, 1).
    pub fn of(values: &[f64], confidence: f64) -> Self {
        let n = values.len();
        let mean = (n > 0).then(|| mean(values));
        let standard_deviation = mean.filter(|_| n > 1).map(|mean| (squares(values, mean) / (n - 1) as f64).sqrt());
        // Half of an interval is t·s over √n for the mean, over √(n/(n + 1)) for one further value.
        let around = |divisor: f64| {
            mean.zip(standard_deviation).map(|(mean, deviation)| {
                let half = student_t_quantile(0.5 + confidence / 2.0, (n - 1) as u32) * deviation / divisor;
                Interval { low: mean - half, high: mean + half }
            })
        };
        let size = n as f64;
        let (interval, prediction) = (around(size.sqrt()), around((size / (size + 1.0)).sqrt()));
        Self { n: n as u32, mean, standard_deviation, interval, prediction }
    }
}

/// The mean, shifted by the first value: exact when all values are equal, whatever their size.
fn mean(values: &[f64]) -> f64 {
    let first = values.first().copied().unwrap_or_default();
    first + values.iter().map(|value| value - first).sum::<f64>() / values.len() as f64
}

fn squares(values: &[f64], mean: f64) -> f64 {
    values.iter().map(|value| (value - mean) * (value - mean)).sum()
}

/// The p-quantile of Student's t distribution with `degrees` ≥ 1 degrees of freedom, by `statrs`, rounded to ten
/// significant digits: logarithms differ in their last bit between platforms, and tables must not.
pub fn student_t_quantile(p: f64, degrees: u32) -> f64 {
    let Ok(law) = StudentsT::new(0.0, 1.0, f64::from(degrees.max(1))) else {
        return f64::NAN; // unreachable: a positive number of degrees is always a law
    };
    let quantile = law.inverse_cdf(p.clamp(0.0, 1.0));
    format!("{quantile:.9e}").parse().unwrap_or(quantile)
}

/// Pearson's correlation of paired values; `None` below two pairs or when either side does not vary.
pub fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.len() != y.len() || x.len() < 2 {
        return None;
    }
    let (mean_x, mean_y) = (mean(x), mean(y));
    let spread = (squares(x, mean_x) * squares(y, mean_y)).sqrt();
    let common: f64 = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    (spread > 0.0).then(|| (common / spread).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_published_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2 (three decimals).
        for (p, degrees, published) in [
            (0.975, 1, 12.706),
            (0.975, 2, 4.303),
            (0.975, 4, 2.776),
            (0.975, 9, 2.262),
            (0.975, 29, 2.045),
            (0.975, 100, 1.984),
            (0.95, 9, 1.833),
            (0.99, 5, 3.365),
            (0.995, 9, 3.250),
            (0.999, 3, 10.215),
        ] {
            let quantile = student_t_quantile(p, degrees);
            assert!((quantile - published).abs() <= 0.0005, "t({p}, {degrees}) = {quantile}, published {published}");
        }
    }

    #[test]
    fn quantiles_agree_with_closed_forms() {
        // One degree: tan(π(p − ½)). Two degrees: (2p − 1)·√(2 ÷ (4p(1 − p))).
        for p in [0.55, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9995] {
            let one = (std::f64::consts::PI * (p - 0.5)).tan();
            let two = (2.0 * p - 1.0) * (2.0 / (4.0 * p * (1.0 - p))).sqrt();
            for (degrees, exact) in [(1, one), (2, two)] {
                let quantile = student_t_quantile(p, degrees);
                assert!((quantile / exact - 1.0).abs() < 1e-8, "t({p}, {degrees}) = {quantile}, exact {exact}");
            }
        }
    }

    #[test]
    fn hand_example() {
        // 1, 2, 3, 4, 5: mean 3, s = √2.5, half-width 2.776445·√2.5/√5 = 2.776445·0.707107 = 1.963243.
        let sample = Sample::of(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95);
        let interval = sample.interval.unwrap();
        assert_eq!(sample.mean, Some(3.0));
        assert!((sample.standard_deviation.unwrap() - 2.5_f64.sqrt()).abs() < 1e-15);
        assert!((interval.high - 4.963_243).abs() < 1e-6 && (interval.low - 1.036_757).abs() < 1e-6, "{interval:?}");
    }

    #[test]
    fn prediction_by_hand() {
        // The same numbers: half-width 2.776445·√2.5·√(1 + 1/5) = 2.776445·√3 = 4.808944.
        let prediction = Sample::of(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).prediction.unwrap();
        assert!((prediction.high - 7.808_944).abs() < 1e-6 && (prediction.low + 1.808_944).abs() < 1e-6);
        // Two numbers, one degree of freedom: mean 1, s = √2, t = tan(0.475 π) = 12.706205.
        let prediction = Sample::of(&[0.0, 2.0], 0.95).prediction.unwrap();
        assert!((prediction.high - (1.0 + 12.706_205 * 3_f64.sqrt())).abs() < 1e-4, "{prediction:?}");
    }

    /// A sample of a normal law with mean 10 and standard deviation 3, and one further number.
    fn normal_sample(experiment: u64, n: u64) -> (Vec<f64>, f64) {
        let law = statrs::distribution::Normal::new(10.0, 3.0).unwrap();
        let seed = crate::random::Seed::new(experiment, 0);
        let draw = |k| law.inverse_cdf(seed.uniform(crate::random::Purpose::Test, k, 0));
        ((0..n).map(draw).collect(), draw(n))
    }

    #[test]
    fn prediction_covers_one_further_value_as_often_as_it_promises() {
        // Exact for normal samples of any size (Hahn and Meeker 1991, 4.7): 20,000 experiments, 3 standard errors.
        for (n, level) in [(2, 0.95), (5, 0.95), (10, 0.95), (5, 0.8)] {
            let covered = (0..20_000_u64).filter(|experiment| {
                let (values, further) = normal_sample(*experiment, n);
                let prediction = Sample::of(&values, level).prediction.unwrap();
                prediction.low <= further && further <= prediction.high
            });
            let share = covered.count() as f64 / 20_000.0;
            let error = (level * (1.0 - level) / 20_000.0_f64).sqrt();
            assert!((share - level).abs() <= 3.0 * error, "n = {n}, level {level}: {share}");
        }
    }

    #[test]
    fn few_or_equal_values() {
        assert_eq!(
            Sample::of(&[], 0.95),
            Sample { n: 0, mean: None, standard_deviation: None, interval: None, prediction: None }
        );
        assert_eq!(Sample::of(&[7.0], 0.95).interval, None);
        assert_eq!(Sample::of(&[7.0], 0.95).prediction, None);
        assert_eq!(Sample::of(&[7.0], 0.95).mean, Some(7.0));
        let equal = Sample::of(&[0.1, 0.1, 0.1], 0.95);
        assert_eq!(equal.interval, Some(Interval { low: 0.1, high: 0.1 }));
        assert_eq!(equal.prediction, equal.interval);
    }

    #[test]
    fn correlation_of_lines_and_of_a_hand_example() {
        let x = [1.0, 2.0, 3.0];
        assert_eq!(correlation(&x, &[10.0, 20.0, 30.0]), Some(1.0));
        assert_eq!(correlation(&x, &[3.0, 2.0, 1.0]), Some(-1.0));
        // Deviations (−1, 0, 1) and (0, −1, 1): 1 ÷ √(2·2).
        assert_eq!(correlation(&x, &[2.0, 1.0, 3.0]), Some(0.5));
        assert_eq!(correlation(&x, &[5.0, 5.0, 5.0]), None);
        assert_eq!(correlation(&[1.0], &[1.0]), None);
    }
}
