//! Who pays for locality: `scenarios/worst-served.toml`.
//!
//! Lists that look at distance alone must let the group next to the source have it to itself, and starve the far ones: in
//! sign and order, by intervals over replications, never by a number. Nothing in the scenario but lists and links tells
//! the groups apart: a test says so.

use peerscape::experiment::{Partition, Sample, analyse};
use peerscape::metrics::rows::GroupRow;
use peerscape::population::{Crowd, Placement};
use peerscape::scenario::Resolved;

use super::simulate::{resolve_file, run_all};

const SCENARIO: &str = "scenarios/worst-served.toml";
/// Groups by peers of the same AS: the towns, and the city in which the seed is.
const TOWNS: &str = "2-9";
const CITY: &str = "100-299";
const CITY_AS: u32 = 200;

fn row<'a>(rows: &'a [GroupRow], arm: &str, group: &str) -> &'a GroupRow {
    rows.iter().find(|row| row.arm == arm && row.group == group).unwrap()
}

/// Interval of the mean over replications of a number per run.
fn interval(scenario: &Resolved, values: &[f64]) -> (f64, f64) {
    let interval = Sample::of(values, scenario.experiment.confidence).interval.unwrap();
    (interval.low, interval.high)
}

#[test]
fn lists_by_distance_alone_starve_small_ases_and_favour_the_one_at_the_source() {
    let scenario = resolve_file(SCENARIO, &[]);
    let runs = run_all(&scenario);
    let result = analyse(&scenario, runs.iter().flatten().cloned().collect());
    let groups = &result.groups;

    // Random lists: the groups differ by less than a tenth, though one of them has the seed.
    let (towns, city) = (row(groups, "unmanaged", TOWNS), row(groups, "unmanaged", CITY));
    assert!(towns.ci_high_s.unwrap() < 1.1 * city.ci_low_s.unwrap(), "{towns:?} {city:?}");
    // Lists by distance: the towns lose and the city gains, each by its paired interval.
    let (towns, city) = (row(groups, "naive", TOWNS), row(groups, "naive", CITY));
    assert!(towns.difference_ci_low_s.unwrap() > 0.0 && towns.verdict.as_deref() == Some("higher"), "{towns:?}");
    assert!(city.difference_ci_high_s.unwrap() < 0.0, "{city:?}");
    assert_eq!(result.worst_served("naive", Partition::AsSize).unwrap().group, TOWNS);
    assert!(towns.ci_low_s.unwrap() > city.ci_high_s.unwrap(), "{towns:?} {city:?}");
    // Some entries by lot: no such harm, the towns do better than with distance alone.
    let mixed = row(groups, "mixed", TOWNS);
    assert!(mixed.ci_high_s.unwrap() < towns.ci_low_s.unwrap(), "{mixed:?} {towns:?}");
    assert!(mixed.difference_ci_high_s.unwrap() < towns.difference_ci_low_s.unwrap(), "{mixed:?} {towns:?}");

    // By the mechanism that the scenario is about: the seed's partners are of its own city, and hardly anybody of a town
    // has a connection out of its region.
    let external = |arm: usize| -> Vec<f64> {
        let seeds = runs[arm].iter().map(|run| run.peers.iter().find(|peer| peer.role == "seed").unwrap());
        seeds.map(|seed| f64::from(seed.connections_external) / f64::from(seed.connections)).collect()
    };
    let (random, naive) = (external(0), external(1));
    let differences: Vec<f64> = naive.iter().zip(&random).map(|(naive, random)| naive - random).collect();
    assert!(interval(&scenario, &differences).1 < 0.0, "{naive:?} against {random:?}");
    // The mean over everybody hides most of it.
    let mean = result.comparison_of("naive", "completion_mean_s").unwrap();
    assert!(mean.relative_difference.unwrap() < towns.relative_difference.unwrap() / 2.0, "{mean:?}");
}

#[test]
fn nothing_but_lists_and_links_tells_the_groups_apart() {
    let scenario = resolve_file(SCENARIO, &[]);
    let Crowd::Drawn(crowd) = &scenario.population.crowd else { panic!("its peers are drawn") };
    assert_eq!(crowd.access.len(), 1);
    let Placement::Table(places) = &crowd.placement else { panic!("its peers are placed by a table") };
    let city: u32 = places.iter().filter(|(number, _)| number.0 == CITY_AS).map(|(_, peers)| *peers).sum();
    assert!(city > 100 && places.iter().all(|(number, peers)| number.0 == CITY_AS || *peers == 5));
    assert!(scenario.arms.iter().all(|arm| arm.service == scenario.arms[0].service));
    // With the seed in a town's AS instead, that very AS is no longer among the starved: the place of the source decides.
    let moved = resolve_file(SCENARIO, &[("population.seeds.as", "301"), ("experiment.replications", "6")]);
    let runs = run_all(&moved);
    let mean_completion = |number: std::ops::Range<u32>| -> Vec<f64> {
        let of = |run: &peerscape::metrics::RunOutcome| {
            let peers = run.peers.iter().filter(|peer| peer.role == "peer" && number.contains(&peer.as_number));
            let times: Vec<f64> = peers.filter_map(|peer| peer.completion_s.map(|time| time.0.as_secs_f64())).collect();
            times.iter().sum::<f64>() / times.len() as f64
        };
        runs[1].iter().map(of).collect()
    };
    let (near, far) = (mean_completion(301..302), mean_completion(401..1_200));
    let differences: Vec<f64> = near.iter().zip(&far).map(|(near, far)| near - far).collect();
    assert!(interval(&moved, &differences).1 < 0.0, "near {near:?}, far {far:?}");
}
