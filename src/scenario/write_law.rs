//! A law of durations as a value of a scenario file.

use super::write::{float, quote};
use crate::random::Distribution;

/// `path`: how the path of a file is written.
pub(super) fn law(law: &Distribution, path: &dyn Fn(&str) -> String) -> String {
    match law {
        Distribution::Constant(duration) => format!("{{ constant = \"{duration}\" }}"),
        Distribution::Exponential { mean } => format!("{{ exponential = {{ mean = \"{mean}\" }} }}"),
        Distribution::Uniform { from, until } => {
            format!("{{ uniform = {{ from = \"{from}\", until = \"{until}\" }} }}")
        }
        Distribution::Weibull { shape, scale } => {
            format!("{{ weibull = {{ shape = {}, scale = \"{scale}\" }} }}", float(*shape))
        }
        Distribution::LogNormal { median, sigma } => {
            format!("{{ log-normal = {{ median = \"{median}\", sigma = {} }} }}", float(*sigma))
        }
        Distribution::Pareto { minimum, shape } => {
            format!("{{ pareto = {{ minimum = \"{minimum}\", shape = {} }} }}", float(*shape))
        }
        Distribution::Empirical(sample) => format!("{{ empirical = {} }}", quote(&path(sample.path()))),
    }
}
