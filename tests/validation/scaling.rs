//! The scaling gallery, small: how times and the owner's bytes grow with the number of receivers.
//!
//! RFC 5694, section 6; ISO/IEC TR 20002, 5.1.4 and 5.1.5. Closed forms: Kumar and Ross 2006.

use peerscape::metrics::rows::RunRow;

use crate::simulate::{resolve_file, run_all};

const SCENARIO: &str = "scenarios/scaling/flash-crowd.toml";
const SIZES: [u32; 3] = [20, 80, 320];

/// First replications of client-server, unmanaged and managed, for so many receivers.
fn runs(peers: u32) -> [RunRow; 3] {
    let peers = peers.to_string();
    let scenario = resolve_file(SCENARIO, &[("population.peers", &peers), ("experiment.replications", "1")]);
    let mut arms = run_all(&scenario).into_iter().map(|mut runs| runs.remove(0).run);
    [arms.next().unwrap(), arms.next().unwrap(), arms.next().unwrap()]
}

#[test]
fn a_servers_time_and_bytes_grow_with_the_crowd_and_a_swarms_hardly() {
    let content = 32_u64 << 20;
    let all = SIZES.map(runs);
    for (peers, arms) in SIZES.iter().zip(&all) {
        let [server, swarms @ ..] = arms;
        assert!(arms.iter().all(|run| run.peers_completed == *peers), "{peers}");
        // N·F/u_s by hand: 32 MiB each over 20 Mbit/s.
        let alone = f64::from(*peers) * (content * 8) as f64 / 20e6;
        assert!((server.client_server_s.unwrap() / alone - 1.0).abs() < 1e-9, "{peers}");
        let last = server.last_completion_s.unwrap();
        assert!((last / alone - 1.0).abs() < 0.001, "{peers}: {last} instead of {alone}");
        assert_eq!(server.origin_bytes, u64::from(*peers) * content, "a copy for each");
        for swarm in swarms {
            let (last, bound) = (swarm.last_completion_s.unwrap(), swarm.bound_s.unwrap());
            assert!(last >= bound && last <= 1.4 * bound, "{peers}, {}: {last}, bound {bound}", swarm.arm);
            assert!(last < alone, "{peers}, {}", swarm.arm);
            // No more than the line of the seed carries.
            assert!(swarm.origin_bytes as f64 * 8.0 <= 20e6 * (last + 10.0), "{peers}, {}", swarm.arm);
        }
    }
    // Four times the crowd: the server needs four times as long, a swarm of either kind a sixth longer at most, as the
    // bound does; the seed's bytes grow as little.
    let [_, few, many] = &all;
    let growth = |arm: usize, of: fn(&RunRow) -> f64| of(&many[arm]) / of(&few[arm]);
    let last = |run: &RunRow| run.last_completion_s.unwrap();
    let origin = |run: &RunRow| run.origin_bytes as f64;
    assert!((growth(0, last) - 4.0).abs() < 0.01);
    assert!((growth(0, origin) - 4.0).abs() < 1e-9);
    for swarm in [1, 2] {
        assert!(growth(swarm, last) < 1.3, "{}", growth(swarm, last));
        assert!(growth(swarm, origin) < 1.3, "{}", growth(swarm, origin));
        assert!(many[swarm].origin_bytes * 15 < many[0].origin_bytes);
    }
}
