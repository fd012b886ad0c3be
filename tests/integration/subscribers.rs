//! Subscribers from a CSV file: whom they place where, and how bad files are refused.

use std::fs;

use peerscape::scenario::{Overrides, Resolved, ScenarioErrors, load};
use peerscape::selection::Catalog;
use peerscape::world::Prepared;

use crate::runs::{MEMORY, ONE_BY_ONE, folder_with, run};

const SCENARIO: &str = r#"format = 1
title = "Subscribers of a file"
experiment = { replications = 1 }
underlay.as-relationships.file = "graph.txt"
population.peers = 200
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming = { size = "256 KiB" }
arm = [{ name = "unmanaged", management = "none" }]

[population.placement.by-subscribers]
file = "subscribers.csv"
"#;
const GRAPH: &str = "1|2|-1\n1|3|-1\n1|4|-1\n";
/// With what such files have: a mark at the beginning, comments, columns of no interest, quotes, an AS from elsewhere.
const SUBSCRIBERS: &str = "\u{feff}# Made up.\nname,subscribers,as\n\"Two, Ltd\",300,AS2\r\n\nThree,100.5,3\n# none\nFour,0,4\nOther,1e3,65000\n";

fn read(scenario: &str, subscribers: &[u8]) -> Result<Resolved, ScenarioErrors> {
    let folder = folder_with(scenario, &[("graph.txt", GRAPH)]);
    fs::write(folder.path().join("subscribers.csv"), subscribers).unwrap();
    load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard())
}

fn resolved(scenario: &str, subscribers: &str) -> Resolved {
    read(scenario, subscribers.as_bytes()).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn peers_live_where_the_file_has_subscribers() {
    let scenario = resolved(SCENARIO, SUBSCRIBERS);
    let count = |number: u32| {
        let result = run(&scenario, &ONE_BY_ONE);
        result.outcomes[0].peers.iter().filter(|peer| peer.downloads() && peer.as_number == number).count()
    };
    let (two, three) = (count(2), count(3));
    // Three quarters of 200, with three standard deviations.
    assert_eq!((two + three, count(1), count(4)), (200, 0, 0));
    assert!((130..=169).contains(&two), "{two}");
    let notes = Prepared::new(&scenario, 1, MEMORY).unwrap().notes();
    let of_file: Vec<&String> = notes.iter().filter(|note| note.starts_with("subscribers.csv")).collect();
    assert_eq!(
        of_file,
        [
            "subscribers.csv: 1 of 4 ASes, with 71.4 % of the subscribers, are not in the underlay and were left out, for \
             example AS65000.",
            "subscribers.csv: 1 of the underlay's 4 ASes have no row and hold no peers.",
        ]
    );
}

#[test]
fn other_columns_and_packed_files_will_do() {
    let named = format!("{SCENARIO}as-column = \"ASN\"\nsubscribers-column = \"Users (est.)\"\n");
    let file = "Rank,ASN,Users (est.),as\n1,2,300,9\n2,3,100.5,9\n3,4,0,9\n4,65000,1000,9\n";
    let plain = resolved(SCENARIO, SUBSCRIBERS);
    let other = resolved(&named, file);
    let fingerprint = |scenario: &Resolved| run(scenario, &ONE_BY_ONE).outcomes[0].run.fingerprint.clone();
    assert_eq!(fingerprint(&plain), fingerprint(&other));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, SUBSCRIBERS.as_bytes()).unwrap();
    let packed = read(SCENARIO, &gzip.finish().unwrap()).unwrap();
    assert_eq!(packed.population, plain.population);
}

#[test]
fn bad_files_are_refused_by_line_and_reason() {
    let mut all = String::new();
    let mut refuse = |scenario: &str, file: &[u8]| {
        let folder = folder_with(scenario, &[("graph.txt", GRAPH)]);
        fs::write(folder.path().join("subscribers.csv"), file).unwrap();
        let loaded = load(&folder.path().join("trial.toml"), &Overrides::default(), &Catalog::standard());
        let text = loaded.expect_err("refused").render(false);
        all += &text.replace(&format!("{}/", folder.path().display()), "");
        all.push('\n');
    };
    for rows in [
        "as,subscribers\n2,10\nAS,5\n+3,5\n4294967295,5\n",
        "as,subscribers\n2,1 000\n3,-1\n4,nan\n",
        "as,subscribers\n2,1\n3\n",
        "# Made up.\nas,subscribers\n2,1\n3,7\n2,2\n",
        "AS,subscribers\n2,1\n",
        "as,subscribers,as\n2,1,2\n",
        "as,subscribers\n65000,1\n2,0\n",
        "# nothing\n",
    ] {
        refuse(SCENARIO, rows.as_bytes());
    }
    refuse(SCENARIO, b"as,subscribers\n2,\xff\n");
    refuse(&SCENARIO.replace("subscribers.csv", "nowhere.csv"), b"");
    refuse(&SCENARIO.replace("file = \"subscribers.csv\"", "as-column = \"asn\""), b"");
    insta::assert_snapshot!("subscribers_refusals", all);
}
