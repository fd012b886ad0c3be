//! Every table of every run adds up, whatever happens in it.
//!
//! The run itself stops when its accounts disagree by a byte; [`accounts::check`] adds up the tables. One case for each
//! thing that can break a book: churn, cuts by the deadline, free riders, end game, two kinds of service, limited links,
//! departing seeds, odd sizes.

use peerscape::metrics::RunOutcome;
use peerscape::scenario::Resolved;

use super::accounts;
use super::simulate::{resolve, run_all};

/// Three ISPs, one of them with two ASes, transit and peering; an unmanaged and a managed arm.
const SWARM: &str = r#"
format = 1
title = "Books"
experiment = { replications = 2, deadline = "3 h", sampling = "20 s", matrix-rows = 1000 }
underlay.latency = { inside = "7 ms", hop = "13 ms" }
underlay.isps.isp = [
  { name = "transit", ases = [10] },
  { name = "north", ases = [21, 22] },
  { name = "south", ases = [31] },
  { name = "west", ases = [41] },
]
underlay.isps.link = [
  { provider = 10, customer = 21 }, { provider = 21, customer = 22 }, { provider = 10, customer = 31 },
  { provider = 10, customer = 41 }, { peers = [31, 41] },
]
population.peers = 60
population.placement = { uniform = { over = "all" } }
population.access = [
  { name = "adsl", share = 0.5, down = "8 Mbit/s", up = "768 kbit/s" },
  { name = "vdsl", share = 0.3, down = "25 Mbit/s", up = "5 Mbit/s" },
  { name = "fibre", share = 0.2, down = "50 Mbit/s", up = "50 Mbit/s" },
]
population.seeds = { count = 2, up = "5 Mbit/s" }
discovery = { list = 20, wanted = 15 }
service.file-swarming = { size = "9999999 B", piece = "64 KiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "as-hops", oms = { order = ["as-hops"], external = { min = 2, max = 8 } }, unis = {} },
]
"#;

fn check_all(set: &[(&str, &str)]) -> (Resolved, Vec<RunOutcome>) {
    let scenario = resolve(SWARM, set);
    let outcomes: Vec<RunOutcome> = run_all(&scenario).into_iter().flatten().collect();
    for outcome in &outcomes {
        accounts::check(&scenario, outcome);
    }
    (scenario, outcomes)
}

fn ended(outcomes: &[RunOutcome]) -> Vec<&str> {
    outcomes.iter().map(|outcome| outcome.run.ended.as_str()).collect()
}

#[test]
fn books_agree_when_all_is_well() {
    let (_, outcomes) = check_all(&[]);
    for outcome in &outcomes {
        let run = &outcome.run;
        assert_eq!((run.ended.as_str(), run.verified_bytes, run.failed_bytes), ("all-complete", 60 * 9_999_999, 0));
        assert_eq!(run.piece_transfers, 60 * 153, "152 whole pieces and a short one");
        assert!(run.inter_isp_bytes > 0 && run.peering_bytes > 0 && run.transit_up_bytes > 0);
    }
}

#[test]
fn books_agree_under_churn() {
    for (stay, arrivals) in [
        ("\"leave\"", "{ flash-crowd = { decay = \"90 s\" } }"),
        ("\"leave\"", "\"all-at-once\""),
        ("{ stay-for = \"5 s\" }", "{ flash-crowd = { decay = \"2 min\" } }"),
        ("{ stay-for = { exponential = { mean = \"20 s\" } } }", "{ flash-crowd = { decay = \"1 min\" } }"),
    ] {
        let set = [("population.after-completion", stay), ("population.arrivals", arrivals)];
        let (_, outcomes) = check_all(&set);
        assert!(outcomes.iter().all(|outcome| outcome.peers.iter().any(|peer| peer.stay_s.is_some())), "some left");
    }
}

/// Cut at instants that mean nothing to the run: pieces are under way, contacts and announces too.
#[test]
fn books_agree_when_the_deadline_cuts() {
    for deadline in ["1 ms", "97 ms", "1 s", "7777777777 ns", "15.3 s", "17 s"] {
        let (_, outcomes) = check_all(&[("experiment.deadline", deadline)]);
        assert_eq!(ended(&outcomes), ["deadline"; 4], "{deadline}");
    }
    let set = [("experiment.deadline", "17 s"), ("population.after-completion", "leave")];
    let (_, outcomes) = check_all(&set);
    assert!(outcomes.iter().any(|outcome| outcome.run.partial_bytes > 0), "something was under way");
}

#[test]
fn books_agree_with_free_riders_and_slow_lines() {
    let riders = r#"[{ name = "rider", share = 0.6, down = "8 Mbit/s", up = "0 bit/s" },
                     { name = "giver", share = 0.4, down = "8 Mbit/s", up = "3 Mbit/s" }]"#;
    let (_, outcomes) = check_all(&[("population.access", riders)]);
    for outcome in &outcomes {
        let riders = outcome.peers.iter().filter(|peer| peer.access.as_deref() == Some("rider"));
        assert!(riders.clone().count() > 10 && riders.clone().all(|peer| peer.uploaded_bytes == 0));
        assert_eq!(outcome.run.ended, "all-complete");
    }
    let slow = r#"[{ name = "modem", share = 0.2, down = "56 kbit/s", up = "1 bit/s" },
                   { name = "dsl", share = 0.8, down = "8 Mbit/s", up = "1 Mbit/s" }]"#;
    check_all(&[("population.access", slow), ("experiment.deadline", "6 min")]);
}

/// Free riders with uplinks, caches beside the seeds, and two further ways to arrive.
#[test]
fn books_agree_with_caches_and_peers_that_will_not_upload() {
    let riders = r#"[{ name = "rider", share = 0.3, down = "8 Mbit/s", up = "3 Mbit/s", free-rider = true },
                     { name = "giver", share = 0.7, down = "8 Mbit/s", up = "3 Mbit/s" }]"#;
    let isps = r#"{ up = "4 Mbit/s", isps = ["north", "west"] }"#;
    for (caches, count, arrivals) in [
        ("{ up = \"4 Mbit/s\" }", 4, "{ uniform = { within = \"30 s\" } }"),
        (isps, 2, "{ poisson = { mean-gap = \"700 ms\" } }"),
    ] {
        let set = [("population.access", riders), ("population.caches", caches), ("population.arrivals", arrivals)];
        let (_, outcomes) = check_all(&set);
        for outcome in &outcomes {
            assert_eq!(outcome.run.ended, "all-complete");
            let of = |role: &str| outcome.peers.iter().filter(|peer| peer.role == role).collect::<Vec<_>>();
            let riders = of("free-rider");
            assert!(riders.len() > 5 && riders.iter().all(|peer| peer.uploaded_bytes == 0 && peer.up_bps == 3_000_000));
            assert_eq!((of("seed").len(), of("cache").len()), (2, count));
            let copies = |role: &str| of(role).iter().map(|peer| peer.uploaded_bytes).sum::<u64>() as f64 / 9_999_999.0;
            assert_eq!(outcome.run.seed_copies, Some(copies("seed")));
            assert_eq!(outcome.run.cache_copies, Some(copies("cache")));
            assert!(copies("cache") > 0.1, "caches serve");
            // Kumar and Ross 2006, with the caches among the sources and the free riders' uplinks left out.
            let up = |role: &str| of(role).iter().map(|peer| peer.up_bps as f64).sum::<f64>();
            let (bits, source) = (9_999_999.0 * 8.0, up("seed") + up("cache"));
            let whole = 60.0 * bits / (source + up("peer"));
            let bound = (bits / source).max(bits / 8e6).max(whole);
            assert!((outcome.run.bound_s.unwrap() / bound - 1.0).abs() < 1e-12);
        }
    }
}

/// Few large pieces, many slots: nearly everything is end game.
#[test]
fn books_agree_in_the_end_game() {
    let set = [
        ("service.file-swarming.size", "1000001 B"),
        ("service.file-swarming.piece", "250 kB"),
        ("service.file-swarming.block", "16 KiB"),
        ("service.file-swarming.choking", "{ slots = 12, optimistic = 2, round = \"1 s\" }"),
    ];
    let (_, outcomes) = check_all(&set);
    assert!(outcomes.iter().all(|outcome| outcome.run.duplicate_bytes > 0), "pieces were joined");
    let without =
        check_all(&[set[0], set[1], set[2], set[3], ("service.file-swarming.pieces", "{ end-game = false }")]);
    assert!(without.1.iter().all(|outcome| outcome.run.duplicate_bytes == 0), "without end game nothing comes twice");
}

#[test]
fn books_agree_at_odd_sizes() {
    for (size, piece, block) in
        [("1 B", "1 B", "1 B"), ("7 B", "3 B", "2 B"), ("65537 B", "64 KiB", "10 kB"), ("1 MB", "1 MB", "300 kB")]
    {
        let set = [
            ("service.file-swarming.size", size),
            ("service.file-swarming.piece", piece),
            ("service.file-swarming.block", block),
        ];
        let (_, outcomes) = check_all(&set);
        assert_eq!(ended(&outcomes), ["all-complete"; 4], "{size} in pieces of {piece}");
    }
}

#[test]
fn books_agree_with_limited_links_between_isps() {
    let links = r#"[
      { provider = 10, customer = 21, capacity = { up = "1 Mbit/s", down = "2 Mbit/s" } },
      { provider = 21, customer = 22 },
      { provider = 10, customer = 31, capacity = "700 kbit/s" },
      { provider = 10, customer = 41 },
      { peers = [31, 41], capacity = "1500 kbit/s" },
    ]"#;
    let (_, outcomes) = check_all(&[("underlay.isps.link", links)]);
    let busiest = outcomes
        .iter()
        .flat_map(|outcome| &outcome.links)
        .filter_map(|link| link.mean_bps.zip(link.capacity_bps))
        .map(|(mean, capacity)| mean / capacity as f64)
        .fold(0.0, f64::max);
    assert!(busiest > 0.5 && busiest <= 1.0, "links are in use: {busiest}");
}

#[test]
fn books_agree_when_seeds_leave() {
    for departure in ["0 s", "1 s", "6 s", "15 s", "40 s"] {
        let (_, outcomes) = check_all(&[("population.seeds.departure", departure)]);
        if ["0 s", "1 s", "6 s"].contains(&departure) {
            // Two seeds of 5 Mbit/s need 8 s for one copy.
            assert_eq!(ended(&outcomes), ["piece-lost"; 4], "{departure}");
        }
    }
    let set = [("population.seeds.departure", "25 s"), ("population.after-completion", "leave")];
    check_all(&set);
}

#[test]
fn books_agree_for_a_server_and_its_clients() {
    let service = |spec: &str| format!("{{ client-server = {spec} }}");
    for (spec, deadline, departure) in [
        ("{ size = \"5 MB\" }", "3 h", "3 h"),
        ("{ size = \"5 MB\", slots = 3 }", "3 h", "3 h"),
        ("{ size = \"5000003 B\", slots = 7 }", "33.3 s", "3 h"),
        ("{ size = \"600 MB\" }", "1 h", "3 h"),
        ("{ size = \"5 MB\", slots = 3 }", "3 h", "60 s"),
    ] {
        let set = [
            ("service", service(spec)),
            ("experiment.deadline", format!("\"{deadline}\"")),
            ("population.seeds.departure", format!("\"{departure}\"")),
            ("arm", "[{ name = \"server\", management = \"none\" }]".to_owned()),
            ("population.arrivals", "{ flash-crowd = { decay = \"20 s\" } }".to_owned()),
            ("population.after-completion", "leave".to_owned()),
        ];
        let set: Vec<(&str, &str)> = set.iter().map(|(key, value)| (*key, value.as_str())).collect();
        check_all(&set);
    }
}

/// The traffic matrix is cut to a few rows: the row `other` makes its sum exact, and nothing else changes.
#[test]
fn the_row_other_makes_the_matrix_exact() {
    let (_, whole) = check_all(&[]);
    let (_, cut) = check_all(&[("experiment.matrix-rows", "3")]);
    for (whole, cut) in whole.iter().zip(&cut) {
        let pairs: u64 = cut.traffic_matrix.iter().map(|row| row.pairs).sum();
        assert_eq!((cut.traffic_matrix.len(), pairs), (4, whole.traffic_matrix.len() as u64));
        assert_eq!(cut.traffic_matrix[3].source_as, "other");
        assert_eq!(cut.traffic_matrix[..3], whole.traffic_matrix[..3]);
        assert_eq!((&cut.run, &cut.isps, &cut.peers), (&whole.run, &whole.isps, &whole.peers));
    }
}
