//! Weighted max-min fair rates by progressive filling, the way it is defined: the level of all flows rises until a
//! resource is full; the flows through it stay where they are, the others rise on (Bertsekas and Gallager 1992, 6.5.2).

/// Two access lines, and perhaps a link between them.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub(super) path: Vec<usize>,
    pub(super) weight: f64,
}

/// One rate per flow, in the unit of `capacities`.
pub(super) fn rates(capacities: &[f64], flows: &[Flow]) -> Vec<f64> {
    let mut rates = vec![0.0; flows.len()];
    let mut fixed = vec![false; flows.len()];
    let mut left = capacities.to_vec();
    let mut weight = vec![0.0; capacities.len()];
    for flow in flows {
        for resource in &flow.path {
            weight[*resource] += flow.weight;
        }
    }
    let mut remaining = flows.len();
    while remaining > 0 {
        let mut full = (f64::INFINITY, usize::MAX);
        for (resource, weight) in weight.iter().enumerate() {
            if *weight > 1e-9 {
                let level = left[resource].max(0.0) / weight;
                if level < full.0 {
                    full = (level, resource);
                }
            }
        }
        let (level, resource) = full;
        assert!(resource < capacities.len(), "every flow crosses a resource");
        for (flow, number) in flows.iter().zip(0..) {
            let number: usize = number;
            if fixed[number] || !flow.path.contains(&resource) {
                continue;
            }
            fixed[number] = true;
            remaining -= 1;
            rates[number] = level * flow.weight;
            for resource in &flow.path {
                left[*resource] -= rates[number];
                weight[*resource] -= flow.weight;
            }
        }
        weight[resource] = 0.0;
    }
    rates
}

#[test]
fn progressive_filling_gives_the_published_rates() {
    // D4: capacities A = 10, B = 8; flows {A}, {A,B}, {B}, {B}.
    let flow = |path: &[usize], weight| Flow { path: path.to_vec(), weight };
    let flows = [flow(&[0], 1.0), flow(&[0, 1], 1.0), flow(&[1], 1.0), flow(&[1], 1.0)];
    for (rate, expected) in rates(&[10.0, 8.0], &flows).iter().zip([22.0 / 3.0, 8.0 / 3.0, 8.0 / 3.0, 8.0 / 3.0]) {
        assert!((rate - expected).abs() < 1e-9);
    }
    // Weights 1 and 3 on one line.
    assert_eq!(rates(&[8.0], &[flow(&[0], 1.0), flow(&[0], 3.0)]), [2.0, 6.0]);
}
