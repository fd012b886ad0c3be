//! `peerscape topology`: an AS graph looked at through the binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests; only test functions are exempt by default")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Serial-2 with some lines of three fields, and with everything that real files have: comments, a repeated line, a
/// contradictory one, a self loop, a provider cycle, islands.
const DIRTY: &str = "\
# source:topology|BGP|20990101|hand-made
# input clique: 10 20
10|20|0|bgp
10|30|-1|bgp
20|30|-1|bgp
20|40|-1|mlp
30|50|-1
30|60|-1
40|60|-1|bgp
30|40|0|mlp
30|40|0|bgp
50|30|-1|bgp
70|70|0|bgp
60|80|-1
80|90|-1
90|60|-1
100|110|0|ark
";

/// A scenario whose links have delays of their own.
const SCENARIO: &str = r#"format = 1
title = "Three ISPs in a row"
underlay.latency = { inside = "4 ms", hop = "10 ms" }
underlay.isps.isp = [{ name = "carrier", ases = [10] }, { name = "west", ases = [20] }, { name = "east", ases = [30] }]
underlay.isps.link = [{ provider = 10, customer = 20 }, { provider = 10, customer = 30, latency = "25 ms" }]
population.peers = 8
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming = { size = "1 MiB" }
arm = [{ name = "unmanaged", management = "none" }]
"#;

fn in_folder(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerscape"));
    command.current_dir(folder).arg("topology").args(args).stdin(Stdio::null()).output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("as-rel2.txt"), DIRTY).unwrap();
    fs::write(folder.path().join("row.toml"), SCENARIO).unwrap();
    folder
}

#[track_caller]
fn answer(args: &[&str]) -> String {
    let output = in_folder(folder().path(), args);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && err.is_empty(), "{err}");
    String::from_utf8(output.stdout).unwrap()
}

/// Exit code and message of a refusal, which goes to standard error alone.
#[track_caller]
fn refusal(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = in_folder(folder, args);
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&answer(args)).unwrap()
}

#[test]
fn info_counts_and_says_what_was_found() {
    insta::assert_snapshot!("topology_info", answer(&["info", "as-rel2.txt"]));
    insta::assert_snapshot!("topology_info_sample", answer(&["info", "as-rel2.txt", "--destinations", "3"]));
}

#[test]
fn routes_show_the_rule_of_each_hop() {
    insta::assert_snapshot!("topology_route", answer(&["route", "as-rel2.txt", "AS50", "60"]));
    insta::assert_snapshot!("topology_route_peer", answer(&["route", "as-rel2.txt", "10", "40"]));
    insta::assert_snapshot!("topology_route_none", answer(&["route", "as-rel2.txt", "50", "100"]));
    assert_eq!(answer(&["route", "as-rel2.txt", "50", "AS50"]), "AS50 to AS50: the same AS, no inter-AS link\n");
}

#[test]
fn routes_show_what_else_was_on_offer() {
    let folder = tempfile::tempdir().unwrap();
    let graph = "10|20|-1\n10|30|-1\n10|35|-1\n20|40|-1\n30|40|-1\n35|36|-1\n36|40|-1\n20|50|0\n40|50|0\n10|50|-1\n";
    fs::write(folder.path().join("offers.txt"), graph).unwrap();
    let routes = [("10", "40"), ("50", "40"), ("50", "30")];
    let route = |(from, to)| in_folder(folder.path(), &["route", "offers.txt", from, to]).stdout;
    let all = routes.map(|ends| String::from_utf8(route(ends)).unwrap().split("Rules").next().unwrap().to_owned());
    insta::assert_snapshot!("topology_route_offers", all.concat());
}

#[test]
fn a_valley_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("valley.txt"), "1|3|-1\n2|3|-1\n").unwrap();
    let output = in_folder(folder.path(), &["route", "valley.txt", "1", "2"]);
    insta::assert_snapshot!("topology_route_valley", String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(0), "a question that was answered");
}

#[test]
fn scenarios_have_names_and_delays() {
    insta::assert_snapshot!("topology_route_of_scenario", answer(&["route", "row.toml", "20", "30"]));
    assert_eq!(json(&["route", "row.toml", "20", "30", "--format", "json"])["one_way_delay_s"], 0.039);
    assert_eq!(json(&["info", "row.toml", "--format", "json"])["stubs"]["total"], 2);
    assert!(answer(&["info", "row.toml"]).contains("nothing doubtful"));
}

#[test]
fn json_has_the_same_numbers() {
    let info = json(&["info", "as-rel2.txt", "--format", "json"]);
    assert_eq!((&info["ases"], &info["links"]["total"]), (&11.into(), &12.into()));
    assert_eq!(info["lines"]["links_by_source"], serde_json::json!({ "ark": 1, "bgp": 4, "mlp": 2 }));
    assert_eq!(info["found"]["provider_cycles"]["count"], 1);
    let by_links = info["routes"]["pairs_by_links"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap());
    let routed: u64 = by_links.sum();
    assert_eq!(routed + info["routes"]["unreachable_pairs"].as_u64().unwrap(), 11 * 10);
    let route = json(&["route", "as-rel2.txt", "50", "60", "--format", "json"]);
    assert_eq!((&route["reachable"], &route["links"]), (&true.into(), &2.into()));
    assert_eq!(route["hops"][1]["rule"], "relationship");
    assert_eq!(route["hops"][1]["offers"]["peers"]["shortest_links"], 2);
    let none = json(&["route", "as-rel2.txt", "50", "100", "--format", "json"]);
    assert_eq!((&none["reachable"], &none["no_route"]["reason"]), (&false.into(), &"not-connected".into()));
}

#[test]
fn packed_files_give_the_same_answer() {
    let folder = folder();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(DIRTY.as_bytes()).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    bzip2.write_all(DIRTY.as_bytes()).unwrap();
    let plain = answer(&["info", "as-rel2.txt"]).replace("as-rel2.txt", "FILE");
    for (name, bytes) in [("as-rel2.txt.gz", gzip.finish().unwrap()), ("as-rel2.txt.bz2", bzip2.finish().unwrap())] {
        fs::write(folder.path().join(name), bytes).unwrap();
        let output = in_folder(folder.path(), &["info", name]);
        assert_eq!(String::from_utf8(output.stdout).unwrap().replace(name, "FILE"), plain);
    }
}

#[test]
fn refusals_say_what_is_wrong_and_end_by_the_documented_codes() {
    let folder = folder();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("page.txt", b"<html>\n1|2|0\n");
    write("early.txt.gz", &[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x33]);
    write("binary.txt.bz2", b"\x00\xff");
    write("row2.toml", SCENARIO.replace("customer = 20", "customer = 21").as_bytes());
    let cases = [
        (2, vec!["route", "as-rel2.txt", "10", "61"]),
        (2, vec!["route", "as-rel2.txt", "4200000000", "10"]),
        (2, vec!["route", "as-rel2.txt", "AS10x", "10"]),
        (2, vec!["route", "as-rel2.txt", "10"]),
        (2, vec!["info", "as-rel2.txt", "--destinations", "0"]),
        (66, vec!["info", "nowhere.txt"]),
        (65, vec!["info", "page.txt"]),
        (65, vec!["info", "early.txt.gz"]),
        (65, vec!["info", "binary.txt.bz2"]),
        (65, vec!["info", "row2.toml"]),
    ];
    let mut all = String::new();
    for (code, args) in cases {
        let (found, message) = refusal(folder.path(), &args);
        assert_eq!(found, code, "{args:?}: {message}");
        all += &["$ peerscape topology ", &args.join(" "), "\n", &message, "\n"].concat();
    }
    insta::assert_snapshot!("topology_refusals", all);
    let output = in_folder(folder.path(), &["route", "as-rel2.txt", "10", "61", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["exit_code"], 2);
}
