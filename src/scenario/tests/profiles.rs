//! Client profiles: what they bring, and that a scenario's own keys win.

use std::path::Path;

use super::fixtures::SHORT;
use super::{load_text, load_with, set};
use crate::catalog::Alternative;
use crate::scenario::profiles::PROFILES;
use crate::scenario::{Overrides, Resolved, load};
use crate::selection::Catalog;
use crate::services::ServiceSpec;
use crate::services::file_swarming::catalog::CLIENTS;
use crate::services::file_swarming::{
    FileSwarmingSpec, MessageDelay, PieceOrder, Retry, SeedOrder, Shares, Ties, WireSpec,
};
use crate::units::{Bytes, SimDuration};

const SERVICE: &str = "service.file-swarming";

fn with(options: &[(&str, &str)]) -> Resolved {
    let set = options.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    load_with(SHORT, &Overrides { seed: None, set }).unwrap_or_else(|e| panic!("{options:?}: {}", e.render(false)))
}

fn swarm(scenario: &Resolved) -> &FileSwarmingSpec {
    match &scenario.arms[0].service {
        ServiceSpec::FileSwarming(spec) => spec,
        ServiceSpec::ClientServer(_) => panic!("no swarm"),
    }
}

fn of(client: &str) -> Resolved {
    with(&[("service.file-swarming.client", client), ("discovery.client", client)])
}

#[test]
fn catalog_keys_and_files_name_the_same_clients() {
    let files: Vec<&str> = PROFILES.iter().map(|(name, _)| *name).collect();
    let catalog: Vec<&str> = CLIENTS.iter().map(|Alternative { name, .. }| *name).collect();
    assert_eq!(files, catalog);
    for name in files {
        of(name);
    }
    let refused = load_with(SHORT, &set("service.file-swarming.client", "azureus")).unwrap_err().render(false);
    assert!(catalog.iter().all(|name| refused.contains(name)), "{refused}");
    assert!(load_with(SHORT, &set("discovery.client", "main-line")).unwrap_err().render(false).contains("mainline"));
}

#[test]
fn every_value_of_a_profile_has_a_source() {
    for (name, text) in PROFILES {
        for (line, before) in text.lines().zip(std::iter::once("").chain(text.lines())) {
            let plain = line.is_empty() || line.starts_with(['#', '[']);
            assert!(plain || line.contains("# ") || before.starts_with('#'), "{name}: no source for `{line}`");
        }
    }
}

#[test]
fn the_libtorrent_profile_is_the_client_of_every_measured_swarm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/validation/swarms");
    let mut swarms = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let spelled_out = load(&path, &Overrides::default(), &Catalog::standard()).unwrap();
        let client = swarm(&spelled_out).clone();
        let profile = FileSwarmingSpec { size: client.size, piece: client.piece, ..swarm(&of("libtorrent-2")).clone() };
        assert_eq!(profile, client, "{}", path.display());
        swarms += 1;
    }
    assert_eq!(swarms, 4);
}

#[test]
fn profiles_bring_the_values_of_their_sources() {
    let libtorrent = of("libtorrent-2");
    assert_eq!((libtorrent.discovery.list, libtorrent.discovery.low_mark), (200, 0));
    let mainline = of("mainline");
    let client = swarm(&mainline);
    assert_eq!((client.choking.slots, client.choking.optimistic, client.seeding.slots), (3, 1, 3));
    assert_eq!((client.seeding.order, client.pieces.pipeline), (SeedOrder::FastestFirst, 5));
    assert_eq!((mainline.discovery.wanted, mainline.discovery.max_connections), (35, 55));
    let bindal = of("bindal-2006");
    let client = swarm(&bindal);
    assert_eq!((client.choking.slots, client.choking.optimistic), (4, 1));
    assert_eq!((client.choking.round, client.pieces.order), (SimDuration::from_secs(10), PieceOrder::RarestFirst));
    assert_eq!((&client.wire, bindal.discovery.wanted), (&WireSpec::NONE, 35));
}

#[test]
fn what_a_scenario_writes_wins_key_by_key() {
    let client = |options: &[(&str, &str)]| {
        swarm(&with(&[&[("service.file-swarming.client", "libtorrent-2")], options].concat())).clone()
    };
    let profile = client(&[]);
    // Deep inside a table that the profile fills as well; the rest of the table stays the profile's.
    let changed = client(&[("service.file-swarming.choking", "{ slots = 2 }")]);
    assert_eq!(
        (changed.choking.slots, changed.choking.round, changed.choking.ties),
        (2, profile.choking.round, Ties::Turn)
    );
    // Inside an alternative that both choose.
    let changed = client(&[("service.file-swarming.tcp.shares", "{ log-normal = { sigma = 0.3 } }")]);
    assert_eq!(changed.tcp.shares, Shares::LogNormal { sigma: 0.3, redraw: SimDuration::from_secs(30) });
    assert_eq!(changed.tcp.messages, profile.tcp.messages);
    // Another alternative, by name or as a table: the profile's parameters are left out.
    let changed = client(&[
        ("service.file-swarming.tcp.messages", "at-once"),
        ("service.file-swarming.pieces.retry", "{ at-once = {} }"),
        ("service.file-swarming.wire", "none"),
    ]);
    assert_eq!((changed.tcp.messages, changed.pieces.retry), (MessageDelay::AtOnce, Retry::AtOnce));
    assert_eq!(changed.wire, WireSpec::NONE);
    // A table where the profile has a word.
    let bindal =
        with(&[(&format!("{SERVICE}.client"), "bindal-2006"), (&format!("{SERVICE}.wire"), "{ mtu = \"600 B\" }")]);
    assert_eq!(swarm(&bindal).wire.mtu, Bytes::new(600));
}

#[test]
fn each_arm_may_have_a_client_of_its_own() {
    let arms = r#"[
        { name = "shared", management = "none" },
        { name = "own", management = "none", service.file-swarming = { size = "1 MiB", client = "mainline" } },
    ]"#;
    let scenario = with(&[("arm", arms), ("service.file-swarming.client", "libtorrent-2")]);
    let slots: Vec<u32> = scenario
        .arms
        .iter()
        .map(|arm| match &arm.service {
            ServiceSpec::FileSwarming(spec) => spec.choking.slots,
            ServiceSpec::ClientServer(_) => 0,
        })
        .collect();
    assert_eq!(slots, [7, 3]);
}

#[test]
fn the_resolved_scenario_holds_plain_keys() {
    for (name, _) in PROFILES {
        let text = of(name).to_toml();
        assert!(!text.contains("client ="), "{name}");
        assert_eq!(load_text(&text).unwrap().to_toml(), text, "{name}");
    }
}

#[test]
fn a_value_of_a_profile_that_does_not_fit_is_shown_in_the_profile() {
    let overrides = set("discovery", r#"{ client = "libtorrent-2", max-connections = 8 }"#);
    let refused = load_with(SHORT, &overrides).unwrap_err().render(false);
    assert!(refused.contains("client profile libtorrent-2:"), "{refused}");
}
