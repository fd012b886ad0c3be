//! A population from a CSV file, host by host: what it does to a run, and how bad files are refused.

use std::fs;

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::PeerRow;
use peerscape::scenario::{Overrides, Resolved, ScenarioErrorKind, load};
use peerscape::selection::Catalog;

use crate::runs::{ONE_BY_ONE, fingerprints, folder_with, run};

const SCENARIO: &str = r#"format = 1
title = "Six hosts of a file"
experiment.replications = 2
population.hosts = "hosts.csv"
service.file-swarming = { size = "2 MiB" }

[[underlay.isps.isp]]
name = "north"
ases = [1]
[[underlay.isps.isp]]
name = "south"
ases = [2]
[[underlay.isps.isp]]
name = "wide"
ases = [3, 4]
[[underlay.isps.link]]
peers = [1, 2]
[[underlay.isps.link]]
peers = [1, 3]

[[arm]]
name = "unmanaged"
management = "none"
[[arm]]
name = "client-server"
management = "none"
service.client-server = { size = "2 MiB" }
"#;

/// The number of the first initial seed.
const FIRST_SEED: u32 = 0xC000_0000;

/// Rows in no order of time or role; the columns neither.
const HOSTS: &str = "\
# Made up.
role,isp,up,down,arrival,class

leecher, north, 128 KiB/s, 512 KiB/s, 3 s,    slow
seed,    north, 2 Mbit/s,  2 Mbit/s,  0 s,    server
leecher, south, 3 Mbit/s,  8 Mbit/s,  500 ms, fast
leecher, south, 0 bit/s,   8 Mbit/s,  1 s,    fast
seed,    south, 1 Mbit/s,  1 Mbit/s,  4 s,    server
leecher, north, 128 KiB/s, 512 KiB/s, 2 s,    slow
";

fn resolved(scenario: &str, hosts: &str) -> Resolved {
    let folder = folder_with(scenario, &[("hosts.csv", hosts)]);
    match load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard()) {
        Ok(resolved) => resolved,
        Err(errors) => panic!("{}", errors.render(false)),
    }
}

fn outcomes(hosts: &str) -> Vec<RunOutcome> {
    run(&resolved(SCENARIO, hosts), &ONE_BY_ONE).outcomes
}

/// What the file says of a host, as the result table shows it: who, class, AS, ISP, up, down, arrival.
fn given(row: &PeerRow) -> (u32, &str, u32, &str, u64, u64, f64) {
    let class = row.access.as_deref().unwrap_or("");
    (row.peer, class, row.as_number, &row.isp, row.up_bps, row.down_bps, row.arrival_s.0.as_secs_f64())
}

#[test]
fn hosts_are_who_the_file_says_in_every_run() {
    let outcomes = outcomes(HOSTS);
    assert_eq!(outcomes.len(), 4);
    for outcome in &outcomes {
        assert_eq!(outcome.run.ended, "all-complete", "{}", outcome.run.arm);
        let expected = [
            (0, "slow", 1, "north", 1 << 20, 4 << 20, 3.0),
            (1, "fast", 2, "south", 3_000_000, 8_000_000, 0.5),
            (2, "fast", 2, "south", 0, 8_000_000, 1.0),
            (3, "slow", 1, "north", 1 << 20, 4 << 20, 2.0),
            (FIRST_SEED, "server", 1, "north", 2_000_000, 2_000_000, 0.0),
            (FIRST_SEED + 1, "server", 2, "south", 1_000_000, 1_000_000, 4.0),
        ];
        assert_eq!(outcome.peers.iter().map(given).collect::<Vec<_>>(), expected);
        assert_eq!(outcome.peers[2].uploaded_bytes, 0, "a line without an uplink");
        let sent = |row: usize| outcome.peers[row].uploaded_bytes;
        // A client asks its server once, when it comes.
        let swarm = outcome.run.arm == "unmanaged";
        assert_eq!(sent(5) > 0, swarm, "the seed that comes later serves as well");
        assert_eq!(sent(4) + sent(5), (outcome.run.seed_copies.unwrap() * f64::from(2 << 20)).round() as u64);
    }
}

/// The scenario without its client-server arm.
fn swarm() -> &'static str {
    SCENARIO.split("[[arm]]\nname = \"client-server\"").next().unwrap()
}

#[test]
fn roles_are_those_of_the_file() {
    let hosts = HOSTS
        .replace("leecher, south, 3 Mbit/s", "free-rider, south, 3 Mbit/s")
        .replace("seed,    south", "cache,   south");
    for outcome in run(&resolved(swarm(), &hosts), &ONE_BY_ONE).outcomes {
        assert_eq!(outcome.run.ended, "all-complete");
        let roles: Vec<&str> = outcome.peers.iter().map(|peer| peer.role.as_str()).collect();
        assert_eq!(roles, ["peer", "free-rider", "peer", "peer", "seed", "cache"]);
        assert_eq!(outcome.peers[1].uploaded_bytes, 0, "3 Mbit/s up, and nobody gets anything of it");
        assert!(outcome.peers[5].uploaded_bytes > 0);
        let copies = |row: usize| outcome.peers[row].uploaded_bytes as f64 / f64::from(2 << 20);
        assert_eq!((outcome.run.seed_copies, outcome.run.cache_copies), (Some(copies(4)), Some(copies(5))));
    }
}

#[test]
fn hosts_leave_after_completion_when_told() {
    let leaving = swarm().replace("population.hosts", "population.after-completion = \"leave\"\npopulation.hosts");
    for outcome in run(&resolved(&leaving, HOSTS), &ONE_BY_ONE).outcomes {
        for peer in outcome.peers.iter().filter(|peer| peer.downloads()) {
            assert_eq!(peer.stay_s, peer.completion_s, "{peer:?}");
        }
        assert!(outcome.peers.iter().all(|peer| peer.downloads() || peer.stay_s.is_none()), "seeds stay");
    }
}

#[test]
fn a_seed_serves_only_once_it_is_there() {
    // The only seed comes at 20 s: nothing can be whole before, and nobody gives the content up as lost.
    let late = "role,as,up,down,arrival\nleecher,1,1 Mbit/s,8 Mbit/s,0 s\nseed,2,4 Mbit/s,4 Mbit/s,20 s\n";
    for outcome in run(&resolved(swarm(), late), &ONE_BY_ONE).outcomes {
        assert_eq!(outcome.run.ended, "all-complete");
        let first = outcome.peers[0].first_piece_s.unwrap().0.as_secs_f64();
        assert!(first > 20.0 && first < 60.0, "first piece at {first} s");
    }
}

#[test]
fn the_order_of_columns_and_comments_change_nothing() {
    let other = "as,class,arrival,role,down,up\n\
                 1,slow,3 s,leecher,512 KiB/s,128 KiB/s\n\
                 1,server,0 s,seed,2 Mbit/s,2 Mbit/s\n# between\n\n\
                 2,fast,0.5 s,leecher,8 Mbit/s,3000 kbit/s\n\
                 2,fast,1 s,leecher,8 Mbit/s,0 bit/s\n\
                 2,\"server\",4000 ms,seed,1 Mbit/s,1 Mbit/s\n\
                 1,slow,2 s,leecher,512 KiB/s,\"1048576 bit/s\"\n";
    assert_eq!(
        fingerprints(&run(&resolved(SCENARIO, HOSTS), &ONE_BY_ONE)),
        fingerprints(&run(&resolved(SCENARIO, other), &ONE_BY_ONE))
    );
}

#[test]
fn a_scenario_with_hosts_is_written_back_for_any_folder() {
    let folder = folder_with(SCENARIO, &[("hosts.csv", HOSTS)]);
    let one = load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard()).unwrap();
    let below = folder.path().join("results/trial");
    fs::create_dir_all(&below).unwrap();
    let text = one.to_toml_in(&below);
    assert!(text.contains("hosts = \"../../hosts.csv\""), "{text}");
    fs::write(below.join("resolved.toml"), &text).unwrap();
    let two = load(&below.join("resolved.toml"), &Overrides::default(), &Catalog::standard()).unwrap();
    assert_eq!(one.to_toml(), two.to_toml_in(folder.path()));
    assert_eq!(fingerprints(&run(&one, &ONE_BY_ONE)), fingerprints(&run(&two, &ONE_BY_ONE)));
}

/// The message for these hosts, and its kind.
fn refusal(scenario: &str, hosts: Option<&str>) -> (String, ScenarioErrorKind) {
    let files: Vec<(&str, &str)> = hosts.map(|hosts| ("hosts.csv", hosts)).into_iter().collect();
    let folder = folder_with(scenario, &files);
    let refused = load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard());
    let errors = refused.expect_err("the hosts are refused");
    (errors.render(false).replace(&format!("{}/", folder.path().display()), ""), errors.kind())
}

/// A test per refusal: its name is the snapshot's, the file is [`HOSTS`] with texts replaced.
macro_rules! refused {
    ($($name:ident: $($from:literal => $to:literal),+;)+) => {$(
        #[test]
        fn $name() {
            let mut hosts = HOSTS.to_owned();
            for (from, to) in [$(($from, $to)),+] {
                assert!(hosts.contains(from), "{from}");
                hosts = hosts.replacen(from, to, 1);
            }
            let (message, kind) = refusal(SCENARIO, Some(&hosts));
            assert_eq!(kind, ScenarioErrorKind::Invalid);
            insta::assert_snapshot!(concat!("hosts_", stringify!($name)), message);
        }
    )+};
}

refused! {
    unknown_isp: "leecher, south" => "leecher, souht";
    isp_of_several_ases: "leecher, south" => "leecher, wide";
    negative_rate: "3 Mbit/s" => "-3 Mbit/s";
    bad_unit: "128 KiB/s, 512" => "128 Kbps, 512";
    no_unit: "500 ms" => "0.5";
    seed_without_an_uplink: "2 Mbit/s,  2 Mbit/s,  0 s" => "0 bit/s,  2 Mbit/s,  0 s";
    missing_column: "arrival,class" => "class";
    unknown_column: "arrival,class" => "arival,class";
    duplicate_column: "isp,up,down" => "isp,up,up";
    two_columns_of_place: "class" => "as";
    unknown_role: "leecher, north, 128 KiB/s, 512 KiB/s, 2 s" => "leacher, north, 128 KiB/s, 512 KiB/s, 2 s";
    too_few_values: "3 Mbit/s,  8 Mbit/s,  500 ms, fast" => "3 Mbit/s,  8 Mbit/s,  500 ms";
    empty_class: "500 ms, fast" => "500 ms,";
    no_seed: "seed,    north" => "leecher, north", "seed,    south" => "leecher, south";
    no_server_at_the_start: "2 Mbit/s,  0 s" => "2 Mbit/s,  1 s";
    cache_of_a_server: "seed,    south" => "cache,   south";
    several_mistakes: "seed,    north" => "sead, nort", "8 Mbit/s,  500 ms" => "8 Mbit,  -500 ms";
}

#[test]
fn nobody_downloads() {
    let hosts = "isp,up,down,arrival,role\nnorth,1 Mbit/s,1 Mbit/s,0 s,seed\n";
    insta::assert_snapshot!("hosts_no_leecher", refusal(SCENARIO, Some(hosts)).0);
}

#[test]
fn an_empty_file() {
    insta::assert_snapshot!("hosts_empty_file", refusal(SCENARIO, Some("# nothing\n\n")).0);
}

#[test]
fn unknown_as() {
    let hosts = "as,up,down,arrival,role\n1,1 Mbit/s,1 Mbit/s,0 s,seed\n7,1 Mbit/s,1 Mbit/s,0 s,leecher\n\
                 one,1 Mbit/s,1 Mbit/s,0 s,leecher\n";
    insta::assert_snapshot!("hosts_unknown_as", refusal(SCENARIO, Some(hosts)).0);
}

#[test]
fn isps_of_an_underlay_without_names() {
    let tiered = SCENARIO.split("[[underlay").next().unwrap();
    let arm = "[underlay.tiered]\n[[arm]]\nname = \"unmanaged\"\nmanagement = \"none\"\n";
    insta::assert_snapshot!("hosts_nameless_isps", refusal(&format!("{tiered}\n{arm}"), Some(HOSTS)).0);
}

#[test]
fn keys_that_the_file_says_itself() {
    let crowded = SCENARIO.replace(
        "population.hosts",
        "population.peers = 3\npopulation.seeds.up = \"1 Mbit/s\"\npopulation.after-completion = \"leave\"\npopulation.hosts",
    );
    insta::assert_snapshot!("hosts_beside_peers", refusal(&crowded, Some(HOSTS)).0);
}

#[test]
fn a_missing_file() {
    let (message, kind) = refusal(SCENARIO, None);
    assert_eq!(kind, ScenarioErrorKind::InputMissing);
    insta::assert_snapshot!("hosts_missing_file", message);
}
