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
        needs: Needs { network_information: true },
        build: Arc::new(|_| Ok(Arc::new(FarthestFirst))),
    })
}

/// Eighty peers in four ISPs, two of them behind each of two providers. A list holds everybody: nothing is cut.
const EVERYBODY_LISTED: &str = r#"
format = 1
title = "Does the order of a list matter when nobody is cut from it?"
experiment = { replications = 6, baseline = "random" }
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
discovery = { list = 100, wanted = 8, max-connections = 12, low-mark = 4 }
service.file-swarming = { size = "8 MiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "random", oms = { order = ["random"] } },
  { name = "same-as", oms = { order = ["same-as"] } },
  { name = "as-hops", oms = { order = ["as-hops"] }, unis = {} },
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
    // A quarter of all pairs are in one ISP. What is not local at random lists is nearly everything: of the quarter that
    // is, at least half goes away; against lists that put locals first the distance is at least as large again.
    let random = against("random");
    let share = random.comparison_of("farthest", "local_share").unwrap().baseline_mean.unwrap();
    assert!(least_difference(&random, "farthest", "local_share", Finding::Lower) > share / 2.0);
    let same_as = against("same-as");
    assert!(least_difference(&same_as, "farthest", "local_share", Finding::Lower) > share);
    // Who is far is several AS links away.
    assert!(least_difference(&random, "farthest", "mean_as_hops", Finding::Higher) > 0.0);
}

#[test]
fn an_order_without_a_cut_has_an_effect() {
    let result = run_text(EVERYBODY_LISTED, &[]);
    for arm in ["same-as", "as-hops"] {
        for replication in 0..6 {
            let run = &outcome(&result, arm, replication).run;
            // Nothing is cut: the first lists name everybody, so their outsiders are those of random lists.
            let random = &outcome(&result, "random", replication).run;
            assert_eq!(run.lists, random.lists);
        }
        let least = least_difference(&result, arm, "local_share", Finding::Higher);
        assert!(least > 0.1, "{arm}: the local share rises by {least} at least");
    }
    let lists = result.comparison_of("same-as", "list_external_share").unwrap();
    assert!(lists.relative_difference.unwrap().abs() < 0.05, "{lists:?}");
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

/// Forty peers in two ISPs, twenty in each, all there at once; their first lists are all they get.
const QUOTA: &str = r#"
format = 1
title = "Who is on a list?"
experiment = { replications = 1 }
underlay.isps.isp = [{ name = "north", ases = [1] }, { name = "south", ases = [2] }]
underlay.isps.link = [{ peers = [1, 2] }]
population.peers = 40
population.placement = { table = [{ as = 1, peers = 20 }, { as = 2, peers = 20 }] }
population.arrivals = { list = { times = [TIMES] } }
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s", as = 1 }
discovery = { list = 30, wanted = 10, max-connections = 20, low-mark = 2, interval = "never" }
service.file-swarming = { size = "64 MiB" }
arm = [{ name = "managed", oms = { order = ["same-as"], external = { min = 0, max = 0 } }, unis = {} }]
"#;

/// Everybody is in the swarm, and nobody has left it, when the last of them asks.
fn quota_scenario() -> String {
    let times: Vec<String> = (0..40).map(|n| format!("\"{} s\"", if n == 39 { 20 } else { 0 })).collect();
    QUOTA.replace("TIMES", &times.join(", "))
}

/// Connections that the last peer makes, all and external ones, under a quota.
fn last_peers_connections(external: &str, wanted: &str) -> (u32, u32) {
    let set = [
        ("arm.managed.oms.external", external),
        ("discovery.wanted", wanted),
        ("discovery.max-connections", "64"),
        ("experiment.deadline", "40 s"),
    ];
    let result = run_text(&quota_scenario(), &set);
    let last = outcome(&result, "managed", 0).peers.iter().find(|row| row.peer == 39).unwrap().clone();
    (last.connections, last.connections_external)
}

#[test]
fn quotas_are_seen_in_whom_a_peer_meets() {
    // The last peer finds 19 insiders (20 where the initial seed is) and 20 outsiders (or 21), and contacts its list in
    // the order given until it has the connections it wants.
    let (all, external) = last_peers_connections("{ min = 0, max = 0 }", "60");
    assert!(external == 0 && (19..=20).contains(&all), "no outsider, and every insider: {all}, {external}");
    let (all, external) = last_peers_connections("{ min = 4, max = 4 }", "10");
    assert_eq!((all, external), (10, 4), "the guaranteed outsiders stand first, insiders behind them");
    let (all, external) = last_peers_connections("{ min = 0, max = 4 }", "10");
    assert_eq!((all, external), (10, 0), "outsiders that nobody guarantees stand behind the insiders");
    let (all, external) = last_peers_connections("{ min = 0, max = 4 }", "60");
    assert!(external == 4 && all <= 24, "a short list: every insider and four outsiders: {all}, {external}");
    let (all, external) = last_peers_connections("{ min = 0, max = 4, fill = \"ordered\" }", "60");
    assert_eq!(all, 30, "a full list: when insiders run out, outsiders fill it; {external} of them");
    assert!((10..=11).contains(&external), "{external}");
}

#[test]
fn quotas_are_seen_in_the_share_of_outsiders_on_lists() {
    let share = |external: &str| {
        let set = [("arm.managed.oms.external", external), ("discovery.list", "12"), ("experiment.deadline", "40 s")];
        let result = run_text(&quota_scenario(), &set);
        outcome(&result, "managed", 0).run.list_external_share.unwrap()
    };
    assert_eq!(share("{ min = 0, max = 0 }"), 0.0);
    // 3 of 12, as soon as the swarm has nine insiders to list besides: a few early lists are shorter and hold more.
    let least = share("{ min = 3, max = 3 }");
    assert!((3.0 / 12.0..0.35).contains(&least), "{least}");
    // Up to six, but insiders go first and fill the list: outsiders are on early lists only.
    assert!(share("{ min = 0, max = 6 }") < least);
    assert_eq!(share("{ min = 12, max = 12 }"), 1.0, "nobody else while there are twelve outsiders");
}
