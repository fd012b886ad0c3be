//! D6: how many copies of the content enter an ISP under random lists.
//!
//! Setting of Bindal et al. 2006 ("Improving traffic locality in BitTorrent via biased neighbor selection"):
//! 14 ISPs with 50 peers each, uplinks of 100 kbit/s and downlinks of 1 Mbit/s, one initial seed of 400 kbit/s, 35
//! neighbours, 4 + 1 slots, 10 s rounds, 400 pieces of 245 kB, everybody within a short time.
//!
//! Under random lists each of the n_i = 50 copies that an ISP needs comes from one of the N − 1 = 699 other peers, of
//! whom N − n_i = 650 are outside: n_i(N − n_i)/(N − 1) = 46.49. The initial seed lives in an ISP of its own, as a
//! publisher would: what it sends (about 0.6 % of all bytes) always enters from outside, which adds 0.02. Duplicates of
//! the end game enter too: they add their share of all bytes.
//!
//! All one-way delays are 40 ms, whoever talks to whom: with different delays and one instant of arrival the peers of
//! ISPs near the tracker would register first, and early peers meet early peers.

use std::fmt::Write as _;

use peerscape::metrics::RunOutcome;

use super::accounts;
use super::simulate::{mean_and_error, resolve, run_all};

const ISPS: u32 = 14;
const PEERS_EACH: u32 = 50;

/// Every ISP buys transit from the one provider, in whose AS the tracker lives; the publisher does too.
fn setting() -> String {
    let mut text = String::from(
        r#"
format = 1
title = "D6: ISP redundancy under random lists"
experiment = { replications = 4, deadline = "12 h", sampling = "10 min" }
underlay.latency = { inside = "40 ms", hop = "0 ms" }
population.peers = 700
population.access = [{ name = "dsl", share = 1.0, down = "1 Mbit/s", up = "100 kbit/s" }]
population.arrivals.flash-crowd = { decay = "1 min" }
population.seeds = { up = "400 kbit/s", as = 200 }
discovery = { list = 50, wanted = 35, max-connections = 35 }
service.file-swarming.size = "98 MB"
service.file-swarming.piece = "245 kB"
service.file-swarming.choking = { slots = 4, optimistic = 1, round = "10 s" }
service.file-swarming.wire = "none"
arm = [{ name = "random", management = "none", tracker = { as = 300 } }]
"#,
    );
    text.push_str(
        "underlay.isps.isp = [{ name = \"transit\", ases = [300] }, { name = \"publisher\", ases = [200] },\n",
    );
    for isp in 1..=ISPS {
        writeln!(text, "  {{ name = \"isp-{isp}\", ases = [{isp}] }},").unwrap();
    }
    text.push_str("]\nunderlay.isps.link = [{ provider = 300, customer = 200 },\n");
    for isp in 1..=ISPS {
        writeln!(text, "  {{ provider = 300, customer = {isp} }},").unwrap();
    }
    text.push_str("]\npopulation.placement.table = [\n");
    for isp in 1..=ISPS {
        writeln!(text, "  {{ as = {isp}, peers = {PEERS_EACH} }},").unwrap();
    }
    text.push_str("]\n");
    text
}

fn expected() -> f64 {
    let (inside, all) = (f64::from(PEERS_EACH), f64::from(ISPS * PEERS_EACH));
    inside * (all - inside) / (all - 1.0)
}

/// The table of places must be shuffled over identities: in file order, "random" neighbours of one time would be
/// neighbours of one ISP.
fn assert_places_are_shuffled(outcome: &RunOutcome) {
    let peers: Vec<u32> = outcome.peers.iter().filter(|peer| peer.role == "peer").map(|peer| peer.as_number).collect();
    assert_eq!(peers.len(), 700);
    let same = peers.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64;
    // 699 pairs, each the same ISP with probability 49/699: 49 ± 6.7.
    assert!((same - 49.0).abs() < 4.0 * 6.7, "{same} neighbours in order of arrival are in one ISP");
}

#[test]
fn d06_random_lists_bring_46_49_copies_into_each_isp() {
    let scenario = resolve(&setting(), &[]);
    let runs = run_all(&scenario).remove(0);
    let mut redundancy = Vec::new();
    for outcome in &runs {
        accounts::check(&scenario, outcome);
        assert_eq!(outcome.run.ended, "all-complete");
        assert_places_are_shuffled(outcome);
        let run = &outcome.run;
        println!(
            "replication {}: redundancy {:.2}, duplicates {:.4}, seed copies {:.2}, external connections {:.4}, distance \
             to the bound {:.3}, mean completion {:.0} s",
            run.replication,
            run.isp_redundancy.unwrap(),
            run.duplicate_share.unwrap(),
            run.seed_copies.unwrap(),
            run.connection_external_share.unwrap(),
            run.distance_to_bound.unwrap(),
            run.completion_mean_s.unwrap()
        );
        redundancy.push(run.isp_redundancy.unwrap());
    }
    let (mean, error) = mean_and_error(&redundancy);
    println!("mean {mean:.3} ± {error:.3}, expected {:.3}", expected());
    assert!((expected() - 46.49).abs() < 0.01);
    assert!((mean - 46.49).abs() <= 0.5, "mean over {} seeds: {mean} ({redundancy:?})", runs.len());
}
