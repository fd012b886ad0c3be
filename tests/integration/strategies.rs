//! Peer selection seen from scenario files: a strategy of one's own, orders without a cut, quotas of outsiders.

use std::sync::Arc;

use peerscape::experiment::{ExperimentResult, Finding};
use peerscape::selection::{Catalog, CatalogEntry, Group, Needs, Rank, Requester, Strategy};

use crate::runs::{ONE_BY_ONE, outcome, resolved_with, run, run_text};

/// Most AS hops first: the opposite of what an ISP would ask for.
#[derive(Debug)]
struct FarthestFirst;

impl Strategy for FarthestFirst {
    fn rank(&self, _: &Requester, group: &Group) -> Rank {
        let hops = group.as_hops.and_then(|told| told.value);
        Rank(hops.map_or(u64::MAX, |hops| u64::from(u8::MAX - hops)))
    }
}

fn with_farthest_first() -> Catalog {
    Catalog::standard().with(CatalogEntry {
        name: "farthest-first",
        summary: "most AS hops first",
        reference: "a test",
        needs: Needs { network_information: true, ..Needs::default() },
        build: Arc::new(|_, _| Ok(Arc::new(FarthestFirst))),
    })
}

/// Eighty peers in four ISPs, two of them behind each of two providers. A list holds everybody: nothing is cut. A peer
/// wants more connections than its ISP has peers, so that no ISP stays among itself. All are equally far in time: what
/// is told of distances decides, not who answers first.
const EVERYBODY_LISTED: &str = r#"
format = 1
title = "Does the order of a list matter when nobody is cut from it?"
experiment = { replications = 6, baseline = "random" }
underlay.latency.hop = "0 s"
underlay.isps.isp = [
  { name = "west", ases = [1] }, { name = "east", ases = [2] },
  { name = "a", ases = [11] }, { name = "b", ases = [12] }, { name = "c", ases = [21] }, { name = "d", ases = [22] },
]
underlay.isps.link = [
  { peers = [1, 2] },
  { provider = 1, customer = 11 }, { provider = 1, customer = 12 },
  { provider = 2, customer = 21 }, { provider = 2, customer = 22 },
]
population.peers = 80
population.placement = { uniform = { over = "stubs" } }
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
discovery = { list = 100, wanted = 24, max-connections = 40, low-mark = 4 }
service.file-swarming = { size = "8 MiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "random", oms = { order = ["random"] } },
  { name = "same-as", oms = { order = ["same-as"] } },
]
"#;

/// That `arm` differs from the baseline in its local share as `finding` says, and by how much at least: the end of the
/// confidence interval that is nearer to zero.
#[track_caller]
fn least_difference(result: &ExperimentResult, arm: &str, metric: &str, finding: Finding) -> f64 {
    let row = result.comparison_of(arm, metric).unwrap();
    assert_eq!(row.verdict, finding.name(), "{row:?}");
    row.ci_low.unwrap().abs().min(row.ci_high.unwrap().abs())
}

#[test]
fn a_strategy_from_outside_lowers_the_local_share() {
    let arm = r#"  { name = "farthest", oms = { order = ["farthest-first"] }, unis = {} },"#;
    let text = EVERYBODY_LISTED.replace("arm = [", &format!("arm = [\n{arm}"));
    let against = |baseline: &str| {
        let set = [("experiment.baseline", baseline)];
        run(&resolved_with(&text, &set, &with_farthest_first()), &ONE_BY_ONE)
    };
    // A quarter of all pairs are in one ISP, and so is about a quarter of the bytes of random lists.
    let random = against("random");
    let share = random.comparison_of("farthest", "local_share").unwrap().baseline_mean.unwrap();
    assert!((0.2..0.3).contains(&share), "{share}");
    // At least half of that goes away; from lists that put locals first, at least as much as there was at random.
    assert!(least_difference(&random, "farthest", "local_share", Finding::Lower) > share / 2.0);
    let same_as = against("same-as");
    assert!(least_difference(&same_as, "farthest", "local_share", Finding::Lower) > share);
    // Who is far is several AS links away.
    assert!(least_difference(&random, "farthest", "mean_as_hops", Finding::Higher) > 0.0);
}

#[test]
fn an_order_without_a_cut_has_an_effect() {
    let result = run_text(EVERYBODY_LISTED, &[]);
    for replication in 0..6 {
        let [same_as, random] = ["same-as", "random"].map(|arm| &outcome(&result, arm, replication).run);
        assert_eq!((same_as.ended.as_str(), random.ended.as_str()), ("all-complete", "all-complete"));
        // Nothing is cut: everybody gets the same peers listed, in another order. (The run ends with the last completion:
        // lists for the last to complete may not have come by then.)
        assert!(same_as.lists.abs_diff(random.lists) <= 2, "{} and {}", same_as.lists, random.lists);
        let [same_as, random] = [same_as, random].map(|run| run.list_external_share.unwrap());
        assert!((same_as - random).abs() < 0.01, "{same_as} and {random}");
    }
    let random = result.comparison_of("same-as", "local_share_random").unwrap().baseline_mean.unwrap();
    // Random lists give the random share, within four standard errors (five degrees of freedom: 99 %).
    let of_random = result.summary_of("random", "local_share").unwrap();
    let error = of_random.standard_deviation.unwrap() / 6_f64.sqrt();
    assert!((of_random.mean.unwrap() - random).abs() < 4.0 * error, "{of_random:?}, and {random}");
    let least = least_difference(&result, "same-as", "local_share", Finding::Higher);
    assert!(least > random, "more than twice the random share: it rises by {least} at least");
}

#[test]
fn an_oms_that_orders_by_chance_is_a_tracker() {
    // The same lots are drawn for the same requests: equal lists, hence equal downloads, to the byte.
    let result = run_text(EVERYBODY_LISTED, &[("experiment.replications", "2")]);
    for replication in 0..2 {
        let [tracker, oms] = ["unmanaged", "random"].map(|arm| outcome(&result, arm, replication));
        assert_eq!(tracker.peers.len(), oms.peers.len());
        for (one, other) in tracker.peers.iter().zip(&oms.peers) {
            assert_eq!((one.connections, one.connections_external), (other.connections, other.connections_external));
            assert_eq!(one.completion_s, other.completion_s);
        }
    }
}

/// Forty peers in two ISPs, twenty in each; one comes each second, asks once, and stays. The initial seed
/// asks once, too, before there is anybody.
fn one_by_one() -> String {
    let times: Vec<String> = (1..=40).map(|n| format!("\"{n} s\"")).collect();
    let scenario = r#"
format = 1
title = "Who is on a list?"
experiment = { replications = 2, deadline = "46 s" }
underlay.isps.isp = [{ name = "north", ases = [1] }, { name = "south", ases = [2] }]
underlay.isps.link = [{ peers = [1, 2] }]
population.peers = 40
population.placement = { table = [{ as = 1, peers = 20 }, { as = 2, peers = 20 }] }
population.arrivals = { list = { times = [TIMES] } }
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s", as = 1 }
discovery = { list = 12, wanted = 60, max-connections = 64, low-mark = 0, interval = "never" }
service.file-swarming = { size = "64 MiB" }
arm = [{ name = "managed", oms = { order = ["same-as"], external = { min = 0, max = 0 } }, unis = {} }]
"#;
    scenario.replace("TIMES", &times.join(", "))
}

struct Quota {
    min: u32,
    max: u32,
    ordered: bool,
}

impl Quota {
    fn toml(&self) -> String {
        let fill = if self.ordered { "ordered" } else { "none" };
        format!("{{ min = {}, max = {}, fill = \"{fill}\" }}", self.min, self.max)
    }

    /// Outsiders and insiders on a list of at most `length` entries, insiders first but for the guaranteed outsiders,
    /// when the swarm has so many of both.
    fn on_list(&self, length: u32, insiders: u32, outsiders: u32) -> (u32, u32) {
        let guaranteed = self.min.min(self.max);
        let room = length.saturating_sub(insiders);
        let wanted = if self.ordered { room } else { room.min(self.max) };
        let external = wanted.max(guaranteed).min(outsiders).min(length);
        (external, insiders.min(length - external))
    }
}

const QUOTAS: [Quota; 8] = [
    Quota { min: 0, max: 0, ordered: false },
    Quota { min: 3, max: 3, ordered: false },
    Quota { min: 0, max: 6, ordered: false },
    Quota { min: 4, max: 12, ordered: false },
    Quota { min: 12, max: 12, ordered: false },
    Quota { min: 0, max: 0, ordered: true },
    Quota { min: 2, max: 3, ordered: true },
    Quota { min: 2, max: 10_000, ordered: false },
];

#[test]
fn quotas_are_seen_in_the_share_of_outsiders_on_lists() {
    let text = one_by_one();
    let mut shares = Vec::new();
    for quota in QUOTAS {
        let result = run_text(&text, &[("arm.managed.oms.external", &quota.toml())]);
        for replication in 0..2 {
            let outcome = outcome(&result, "managed", replication);
            // Everybody before a peer, and the initial seed, is in the swarm when it asks.
            let (mut here, mut external, mut entries) = ([1, 0], 0, 0);
            for peer in outcome.peers.iter().filter(|peer| peer.role == "peer") {
                let own = peer.as_number as usize - 1;
                let (outsiders, insiders) = quota.on_list(12, here[own], here[1 - own]);
                external += outsiders;
                entries += outsiders + insiders;
                here[own] += 1;
            }
            assert_eq!(here, [21, 20]);
            // The initial seed's list, of nobody, is the forty-first.
            assert_eq!(outcome.run.lists, 40 + 1);
            let expected = f64::from(external) / f64::from(entries);
            assert_eq!(outcome.run.list_external_share, Some(expected), "{}", quota.toml());
            shares.push(expected);
        }
    }
    assert!(shares.iter().step_by(2).any(|share| *share > 0.6) && shares[0] == 0.0, "they differ: {shares:?}");
}

#[test]
fn quotas_are_seen_in_whom_a_peer_meets() {
    // The last peer contacts its list in the order given until it has the connections it wants; nobody else comes.
    let text = one_by_one();
    let meets = |quota: &Quota, wanted: &str| {
        let set = [("arm.managed.oms.external", quota.toml()), ("discovery.wanted", wanted.to_owned())];
        let set: Vec<(&str, &str)> = set.iter().map(|(path, value)| (*path, value.as_str())).collect();
        let result = run_text(&text, &set);
        let last = outcome(&result, "managed", 0).peers.iter().find(|row| row.peer == 39).unwrap().clone();
        (last.connections_external, last.connections - last.connections_external)
    };
    // All of its list: twelve entries, the swarm having more of both.
    for quota in QUOTAS {
        assert_eq!(meets(&quota, "60"), quota.on_list(12, 19, 20), "{}", quota.toml());
    }
    // The first six of its list: guaranteed outsiders stand first, others behind the insiders.
    assert_eq!(meets(&Quota { min: 4, max: 12, ordered: false }, "6"), (4, 2));
    assert_eq!(meets(&Quota { min: 0, max: 12, ordered: false }, "6"), (0, 6));
}
