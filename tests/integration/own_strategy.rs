//! A strategy defined outside the crate, named by a scenario file, and what it does to the share of local traffic.

use std::fs;
use std::sync::Arc;

use peerscape::cli;
use peerscape::selection::{Catalog, CatalogEntry, Group, Needs, Rank, Requester, Strategy};

/// Peers of the requester's ISP first, or last.
#[derive(Debug)]
struct ByIsp {
    own_first: bool,
}

impl Strategy for ByIsp {
    fn rank(&self, _: &Requester, group: &Group) -> Rank {
        Rank(match group.same_isp.map(|told| told.value) {
            Some(own) => u64::from(own != self.own_first),
            None => 2,
        })
    }
}

fn entry(name: &'static str, own_first: bool) -> CatalogEntry {
    CatalogEntry {
        name,
        summary: "for this test",
        reference: "",
        needs: Needs { network_information: true, ..Needs::default() },
        build: Arc::new(move |_, _| Ok(Arc::new(ByIsp { own_first }))),
    }
}

/// Sixty peers in three ISPs of two ASes each; short lists, so that their order decides who meets whom.
const SCENARIO: &str = r#"
format = 1
title = "Does a strategy from outside keep traffic inside?"
experiment = { replications = 3, baseline = "unmanaged" }
underlay.isps.isp = [
  { name = "a", ases = [1, 2] }, { name = "b", ases = [3, 4] }, { name = "c", ases = [5, 6] },
]
underlay.isps.link = [
  { provider = 1, customer = 2 }, { provider = 3, customer = 4 }, { provider = 5, customer = 6 },
  { peers = [1, 3] }, { peers = [3, 5] }, { peers = [1, 5] },
]
population.peers = 60
population.placement = { uniform = { over = "all" } }
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
discovery = { list = 8, wanted = 8, low-mark = 4 }
service.file-swarming = { size = "8 MiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "inside", oms = { order = ["own-isp"], external = { min = 2, max = 8, fill = "ordered" } }, unis = {} },
  { name = "outside", oms = { order = ["other-isp"] }, unis = {} },
]
"#;

#[test]
fn a_strategy_from_outside_is_named_by_a_scenario_and_moves_the_local_share() {
    let folder = tempfile::tempdir().unwrap();
    let (scenario, results) = (folder.path().join("own.toml"), folder.path().join("results"));
    fs::write(&scenario, SCENARIO).unwrap();
    let catalog = Catalog::standard().with(entry("own-isp", true)).with(entry("other-isp", false));
    let args = ["peerscape".as_ref(), "run".as_ref(), scenario.as_os_str(), "--out".as_ref(), results.as_os_str()];
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run_with(args, &catalog, &mut out, &mut err);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&err));

    let mut reader = csv::Reader::from_path(results.join("runs.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (arm, share) = (column("arm"), column("local_share"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let shares = |name: &str| -> Vec<f64> {
        rows.iter().filter(|row| &row[arm] == name).map(|row| row[share].parse().unwrap()).collect()
    };
    let (outside, unmanaged, inside) = (shares("outside"), shares("unmanaged"), shares("inside"));
    assert_eq!([outside.len(), unmanaged.len(), inside.len()], [3; 3]);
    // The same peers at the same places in all arms: the order holds in every replication, not only on average.
    for replication in 0..3 {
        let order = [outside[replication], unmanaged[replication], inside[replication]];
        assert!(order.is_sorted_by(|a, b| a < b), "local shares outside, unmanaged, inside: {order:?}");
    }
}

#[test]
fn without_the_catalog_the_scenario_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("own.toml");
    fs::write(&scenario, SCENARIO).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["peerscape".as_ref(), "validate".as_ref(), scenario.as_os_str()];
    assert_eq!(cli::run_with(args, &Catalog::standard(), &mut out, &mut err), 65);
    let message = String::from_utf8(err).unwrap();
    assert!(message.contains("own-isp") && message.contains("as-hops"), "{message}");
}
