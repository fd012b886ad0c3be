//! D22, one line: how many external partners a measured list policy brings.
//!
//! In the measured swarm `c2_man8k1` each list names one external peer, and in the end each leecher had exchanged bytes
//! with about seven: lists accumulate, and connections of others count. Here only that is compared; what the swarm does
//! with its connections is another test's.

use super::simulate::{mean_and_error, resolve, run_all, shared_data};

/// Two ISPs of ten leechers, a seed in the first. File, lines, delays, slots and rounds are those in the swarm's
/// `params.json`; the list policy too: lists of eight, one external, own ISP first, never filled up with further
/// externals, announced every 30 s and never in between. All that are listed are contacted.
const SWARM: &str = r#"
format = 1
title = "Lists of eight with one external peer, every 30 s"
experiment = { replications = 10, deadline = "30 min" }
underlay.latency = { inside = "8 ms", hop = "22 ms" }
underlay.isps.isp = [{ name = "one", ases = [1] }, { name = "two", ases = [2] }]
underlay.isps.link = [{ peers = [1, 2] }]
population.peers = 20
population.placement.table = [{ as = 1, peers = 10 }, { as = 2, peers = 10 }]
population.access = [{ name = "std", share = 1.0, down = "4194304 bit/s", up = "1048576 bit/s" }]
population.arrivals.flash-crowd.decay = "1 s"
population.seeds = { up = "2097152 bit/s", as = 1 }
discovery = { list = 8, interval = "30 s", low-mark = 0, wanted = 64, max-connections = 64 }
service.file-swarming = { size = "16 MiB", piece = "256 KiB", choking = { slots = 7, optimistic = 1, round = "15 s" } }
arm = [{ name = "managed", oms = { order = ["same-as"], external = { min = 1, max = 1 } }, unis = {} }]
"#;

/// External connections per leecher over a run: mean and standard error over replications.
fn external_connections(set: &[(&str, &str)]) -> (f64, f64) {
    let scenario = resolve(SWARM, set);
    let runs = run_all(&scenario).remove(0);
    let mean = |run: &peerscape::metrics::RunOutcome| {
        let leechers = run.peers.iter().filter(|peer| peer.role == "peer");
        let external: u32 = leechers.map(|peer| peer.connections_external).sum();
        f64::from(external) / 20.0
    };
    mean_and_error(&runs.iter().map(mean).collect::<Vec<_>>())
}

/// External partners per leecher in the three repetitions: at least (bytes were exchanged) and at most (more packets
/// than those of an attempt were).
fn measured(path: &std::path::Path) -> (f64, f64) {
    let (mut exchanged, mut connected) = (0_u32, 0_u32);
    for repetition in ["1", "2", "3"] {
        let mut pairs = csv::Reader::from_path(path.join(repetition).join("pairs.csv")).unwrap();
        let header = pairs.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|title| title == name).unwrap();
        let (source, destination) = (column("src"), column("dst"));
        let (from, to) = (column("src_isp"), column("dst_isp"));
        let (bytes, packets) = (column("payload_by_downloader"), column("packets"));
        let mut seen = [std::collections::BTreeSet::new(), std::collections::BTreeSet::new()];
        for row in pairs.records().map(Result::unwrap).filter(|row| row[from] != row[to]) {
            let value = |column: usize| row[column].parse::<u64>().unwrap();
            for (set, counts) in seen.iter_mut().zip([value(bytes) > 0, value(packets) > 4]) {
                if counts {
                    set.extend([(value(source), value(destination)), (value(destination), value(source))]);
                }
            }
        }
        // Host 0 is the seed.
        let partners = |set: &std::collections::BTreeSet<(u64, u64)>| set.iter().filter(|pair| pair.0 != 0).count();
        exchanged += partners(&seen[0]) as u32;
        connected += partners(&seen[1]) as u32;
    }
    (f64::from(exchanged) / 60.0, f64::from(connected) / 60.0)
}

#[test]
fn d22_one_external_peer_a_list_becomes_seven_partners() {
    let every_30_s = external_connections(&[]);
    let once = external_connections(&[("discovery.interval", "\"never\"")]);
    let forgetful = external_connections(&[("discovery.accumulate", "false")]);
    println!("every 30 s: {every_30_s:?}; once: {once:?}; without accumulation: {forgetful:?}");
    // One list on joining and one on completing, each with one external peer, and as many inbound.
    assert!(once.0 < 4.0 && once.0 + 3.0 < every_30_s.0, "refreshes bring new peers");
    let Some(path) = shared_data("d22_one_external_peer_a_list_becomes_seven_partners", "swarms/c2_man8k1") else {
        return;
    };
    let (exchanged, connected) = measured(&path);
    println!("measured: {exchanged:.2} exchanged bytes, {connected:.2} were connected");
    assert!(every_30_s.0 >= exchanged - 3.0 * every_30_s.1, "{every_30_s:?} against {exchanged} that exchanged bytes");
    assert!(every_30_s.0 <= connected + 3.0 * every_30_s.1, "{every_30_s:?} against {connected} that were connected");
}
