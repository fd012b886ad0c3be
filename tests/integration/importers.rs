//! Importers under mutation: ten thousand spoilt files of each kind are read or refused, without panic and in bounded
//! memory.

use std::fs;
use std::io::Write;
use std::path::Path;

use peerscape::random::Seed;
use peerscape::scenario::{Overrides, load, read_as_relationships};
use peerscape::selection::Catalog;
use peerscape::underlay::{LatencySpec, Source, Underlay, UnderlaySpec};
use peerscape::units::SimDuration;

use crate::mutations::{in_bounded_memory, mutate};
use crate::runs::folder_with;

const MUTATIONS: u64 = 10_000;
const SERIAL_1: &str = "# inferred clique: 10 20\n10|20|0\n10|30|-1\n20|30|-1\n20|40|-1\n30|50|-1\n40|60|-1\n30|40|0\n";
const SERIAL_2: &str =
    "# source:topology\n10|20|0|bgp\n10|30|-1|bgp\n20|30|-1|bgp\n20|40|-1|mlp\n30|50|-1\n40|60|-1|bgp\n";
const SCENARIO: &str = r#"format = 1
title = "Files to spoil"
underlay.as-relationships.file = "graph.txt"
population.after-completion = "stay"
service.file-swarming = { size = "256 KiB" }
arm = [{ name = "unmanaged", management = "none" }]
"#;
const BY_SUBSCRIBERS: &str = r#"population.peers = 9
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
population.placement.by-subscribers.file = "spoilt.csv"
"#;
const SUBSCRIBERS: &str =
    "# Made up.\nname,subscribers,as\n\"Three, Ltd\",300,AS30\nFour,100.5,40\nFifty,0,50\nOther,1e3,65000\n";
const HOSTS: &str = "as,role,up,down,arrival,class\n10,seed,4 Mbit/s,4 Mbit/s,0 s,server\n\
                     30,leecher,1 Mbit/s,9 Mbit/s,1 s,slow\n# between\n40,free-rider,128 KiB/s,9 Mbit/s,1.5 s,\"slow\"\n";

const ARRIVALS: &str = "# measured\narrival\n0 s\n1.5 s\n2 s\n20 s\n1 min\n61 s\n62 s\n63 s\n1 h\n";
const SESSIONS: &str = "peer,from,until\n0,0 s,20 s\n1,1 s,9 s\n# between\n1,15 s,\n2,3 s,\n";
const LAW: &str = "value,weight\n4 s,1\n\"9 s\",2.5\n1 min,0.125\n";
const DRAWN: &str = r#"population.peers = 9
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Whether a file of relationships gives a graph; where it does, the graph can be used.
fn gives_a_graph(file: &Path) -> bool {
    let text = match read_as_relationships(file) {
        Ok(text) => text,
        Err(errors) => {
            assert!(errors.count() > 0 && !errors.render(false).is_empty());
            return false;
        }
    };
    let latency = LatencySpec { inside: SimDuration::ZERO, hop: SimDuration::ZERO };
    match Underlay::build(&UnderlaySpec { source: Source::AsRelationships(text), latency }, Seed::new(1, 0)) {
        Ok(underlay) => {
            let server = underlay.default_server_as();
            assert_eq!(underlay.route_tree(server).hops(server), Some(0));
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

/// Packs a file.
type Pack = fn(&[u8]) -> Vec<u8>;

fn spoil_relationships(original: &str, pack: Option<Pack>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("as-rel.txt");
    let (mut graphs, mut refused) = (0_u32, 0_u32);
    for seed in 0..MUTATIONS {
        // What was packed may be spoilt before or after.
        let bytes = match pack {
            None => mutate(seed, original.as_bytes()),
            Some(pack) if seed % 2 == 0 => pack(&mutate(seed, original.as_bytes())),
            Some(pack) => mutate(seed, &pack(original.as_bytes())),
        };
        fs::write(&file, bytes).unwrap();
        if gives_a_graph(&file) { graphs += 1 } else { refused += 1 }
    }
    assert!(graphs > 500 && refused > 500, "both outcomes are reached: {graphs} graphs, {refused} refused");
}

/// A scenario that names `spoilt.csv`.
fn spoil_csv(keys: &str, original: &str) {
    let folder = folder_with(&format!("{SCENARIO}{keys}"), &[("graph.txt", SERIAL_1)]);
    let (scenario, file) = (folder.path().join("trial.toml"), folder.path().join("spoilt.csv"));
    let (mut accepted, mut refused) = (0_u32, 0_u32);
    let catalog = Catalog::standard();
    for seed in 0..MUTATIONS {
        fs::write(&file, mutate(seed, original.as_bytes())).unwrap();
        match load(&scenario, &Overrides::default(), &catalog) {
            Ok(_) => accepted += 1,
            Err(errors) => {
                refused += 1;
                assert!(errors.count() > 0 && errors.render(false).contains("error"), "seed {seed}");
            }
        }
    }
    assert!(accepted > 500 && refused > 500, "both outcomes are reached: {accepted} accepted, {refused} refused");
}

#[test]
#[ignore = "run by `ten_thousand_mutations_of_each_file` in a process of its own"]
fn mutated_relationships() {
    for original in [SERIAL_1, SERIAL_2] {
        spoil_relationships(original, None);
    }
    spoil_relationships(SERIAL_2, Some(gzip));
    spoil_relationships(SERIAL_1, Some(bzip2));
}

#[test]
#[ignore = "run by `ten_thousand_mutations_of_each_file` in a process of its own"]
fn mutated_subscribers_and_hosts() {
    spoil_csv(BY_SUBSCRIBERS, SUBSCRIBERS);
    spoil_csv("population.hosts = \"spoilt.csv\"\n", HOSTS);
}

#[test]
#[ignore = "run by `ten_thousand_mutations_of_each_file` in a process of its own"]
fn mutated_traces_and_laws() {
    spoil_csv(&format!("{DRAWN}population.arrivals.trace = \"spoilt.csv\"\n"), ARRIVALS);
    let three = DRAWN.replace("peers = 9", "peers = 3");
    spoil_csv(&format!("{three}population.session.trace = \"spoilt.csv\"\n"), SESSIONS);
    spoil_csv(&format!("{DRAWN}population.session.empirical = \"spoilt.csv\"\n"), LAW);
}

#[test]
fn ten_thousand_mutations_of_each_file_are_read_or_refused() {
    in_bounded_memory("importers::mutated_relationships");
    in_bounded_memory("importers::mutated_subscribers_and_hosts");
    in_bounded_memory("importers::mutated_traces_and_laws");
}
