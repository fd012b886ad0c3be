//! The water level of one resource, given what its flows could have elsewhere.

/// What one flow asks of a resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    /// The level that binds the flow elsewhere (other resources, its cap), in bit/s per unit of weight.
    pub(super) elsewhere: f64,
    /// Its weight.
    pub(super) weight: f64,
    /// Whose demand this is.
    pub(super) flow: u32,
}

/// A resource whose demands come this close to its capacity counts as exactly filled, hence as a bottleneck.
///
/// Far above the rounding of a sum of 10⁴ terms, far below the 10⁻⁹ to which the twins agree.
pub(super) const FILLED: f64 = 1.0 - 1e-12;

/// Newton steps before sorting; each is a pass over the demands, and most levels need one or two.
const NEWTON_STEPS: usize = 8;

/// The level L at which Σ weight · min(L, elsewhere) = `capacity`; infinite where the demands do not fill it.
///
/// The left side is increasing, concave and piecewise linear in L, so Newton's method lands at or below the solution
/// after one step from anywhere and climbs to it in finitely many. `guess` is the last level: a good guess costs one
/// pass. A resource that is exactly filled has the largest of the demands' levels (the tie rule).
pub(super) fn water_level(capacity: f64, demands: &mut [Demand], guess: f64) -> f64 {
    if demands.is_empty() {
        return f64::INFINITY;
    }
    let mut level = guess;
    for _ in 0..NEWTON_STEPS {
        let cut = Cut::at(level, demands);
        if cut.free_weight == 0.0 {
            // Everybody is bound elsewhere below `level`.
            if cut.bound > capacity {
                // The guess was too high: begin below every kink.
                level = 0.0;
                continue;
            }
            return if cut.bound < capacity * FILLED { f64::INFINITY } else { cut.below };
        }
        let next = (capacity - cut.bound) / cut.free_weight;
        if cut.below < next && next <= cut.above {
            return next;
        }
        level = next;
    }
    by_sorting(capacity, demands)
}

/// The demands divided at a level.
struct Cut {
    /// Rate of the flows bound elsewhere below the level.
    bound: f64,
    /// Weight of the others.
    free_weight: f64,
    /// Highest level below the cut.
    below: f64,
    /// Lowest level at or above the cut.
    above: f64,
}

impl Cut {
    fn at(level: f64, demands: &[Demand]) -> Self {
        let mut cut = Self { bound: 0.0, free_weight: 0.0, below: f64::NEG_INFINITY, above: f64::INFINITY };
        for demand in demands {
            if demand.elsewhere < level {
                cut.bound += demand.weight * demand.elsewhere;
                cut.below = cut.below.max(demand.elsewhere);
            } else {
                cut.free_weight += demand.weight;
                cut.above = cut.above.min(demand.elsewhere);
            }
        }
        cut
    }
}

/// The same level in O(n log n) whatever the demands.
fn by_sorting(capacity: f64, demands: &mut [Demand]) -> f64 {
    demands.sort_unstable_by(|a, b| a.elsewhere.total_cmp(&b.elsewhere).then(a.flow.cmp(&b.flow)));
    let mut free_weight: f64 = demands.iter().map(|d| d.weight).sum();
    let mut bound = 0.0;
    for demand in demands.iter() {
        let level = (capacity - bound) / free_weight;
        if level <= demand.elsewhere {
            return level;
        }
        bound += demand.weight * demand.elsewhere;
        free_weight -= demand.weight;
    }
    let highest = demands.last().map_or(f64::INFINITY, |d| d.elsewhere);
    if bound < capacity * FILLED { f64::INFINITY } else { highest }
}

/// A rate in whole bit/s: rounded down, but not by the dust of floating point.
///
/// A third of 9 bit/s may come out one rounding below 3. The dust forgiven is 2⁻⁴³ of the rate, at most a quarter bit/s.
pub(super) fn whole(rate: f64) -> u64 {
    const DUST: f64 = 1.0 / (1_u64 << 43) as f64;
    (rate + (rate * DUST).min(0.25)) as u64
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
mod tests {
    use super::*;

    fn demands(levels: &[f64], weight: impl Fn(usize) -> f64) -> Vec<Demand> {
        let flow = |(i, &elsewhere): (usize, &f64)| Demand { elsewhere, weight: weight(i), flow: i as u32 };
        levels.iter().enumerate().map(flow).collect()
    }

    /// The rate that a level gives out.
    fn given(level: f64, demands: &[Demand]) -> f64 {
        demands.iter().map(|d| d.weight * level.min(d.elsewhere)).sum()
    }

    /// Levels in a geometric row take Newton's method one step each: sorting must take over, and find the same.
    #[test]
    fn fills_exactly_from_any_guess() {
        let levels: Vec<f64> = (0..40).map(|i| 1.5_f64.powi(i)).collect();
        let all = demands(&levels, |i| 1.0 + (i % 3) as f64);
        let most = given(f64::INFINITY, &all);
        for share in [1e-9, 1e-6, 0.001, 0.1, 0.5, 0.9, 0.999_999] {
            let capacity = most * share;
            let sorted = by_sorting(capacity, &mut all.clone());
            assert!((given(sorted, &all) / capacity - 1.0).abs() < 1e-12);
            for guess in [0.0, 1e-3, 1.0, 1e3, 1e6, 1e9, f64::INFINITY] {
                let level = water_level(capacity, &mut all.clone(), guess);
                assert!((level / sorted - 1.0).abs() < 1e-12, "guess {guess}, share {share}: {level} is not {sorted}");
            }
        }
    }

    #[test]
    fn exactly_filled_is_a_bottleneck_and_less_is_not() {
        let all = demands(&[1.0, 2.0, 4.0], |_| 1.0);
        for guess in [0.0, 3.0, 5.0, f64::INFINITY] {
            assert_eq!(water_level(7.0, &mut all.clone(), guess), 4.0);
            assert_eq!(water_level(7.1, &mut all.clone(), guess), f64::INFINITY);
            assert_eq!(water_level(6.0, &mut all.clone(), guess), 3.0);
            assert_eq!(water_level(0.0, &mut all.clone(), guess), 0.0);
        }
        assert_eq!(by_sorting(7.0, &mut all.clone()), 4.0);
        assert_eq!(by_sorting(7.1, &mut all.clone()), f64::INFINITY);
        assert_eq!(water_level(7.0, &mut [], 1.0), f64::INFINITY);
    }

    #[test]
    fn whole_rates_do_not_lose_a_bit_to_rounding() {
        assert_eq!(whole(2.999_999_999_999_999_6), 3);
        assert_eq!(whole(2.999_999_999), 2);
        for n in 1..2_000_u64 {
            // n equal flows of a capacity that divides get exactly their part, by whatever route.
            let capacity = n * 12_347;
            assert_eq!(whole(capacity as f64 / n as f64), 12_347);
            assert_eq!(whole((1.0 / n as f64) * capacity as f64), 12_347);
        }
    }
}
