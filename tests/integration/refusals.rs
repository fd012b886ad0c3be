//! Refusals: what people read when a scenario is wrong. Each message is compared with a committed snapshot.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests; only test functions are exempt by default"
)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use peerscape::scenario::{Overrides, ScenarioErrorKind, load};
use peerscape::selection::{Catalog, CatalogEntry, Group, Needs, Rank, Requester, Strategy};

#[derive(Debug)]
struct Indifferent;
impl Strategy for Indifferent {
    fn rank(&self, _: &Requester, _: &Group) -> Rank {
        Rank(0)
    }
}

/// A catalog of its own, so that a new strategy does not change these messages.
fn catalog() -> Catalog {
    ["as-hops", "random", "same-as"].into_iter().fold(Catalog::default(), |catalog, name| {
        catalog.with(CatalogEntry {
            name,
            summary: "",
            reference: "",
            needs: Needs { network_information: name != "random", ..Needs::default() },
            build: Arc::new(|_: &toml::Table, _: &Catalog| Ok(Arc::new(Indifferent) as Arc<dyn Strategy>)),
        })
    })
}

pub(crate) const SOUND: &str = r#"format = 1
title = "A scenario to spoil"

[experiment]
replications = 2
baseline = "unmanaged"

[[underlay.isps.isp]]
name = "north"
ases = [64501]
[[underlay.isps.isp]]
name = "south"
ases = [64502]
[[underlay.isps.link]]
peers = [64501, 64502]

[population]
peers = 20
[[population.access]]
name = "adsl"
share = 0.6
down = "16 Mbit/s"
up = "1 Mbit/s"
[[population.access]]
name = "fibre"
share = 0.4
down = "100 Mbit/s"
up = "50 Mbit/s"
[population.seeds]
up = "10 Mbit/s"

[service.file-swarming]
size = "4 MiB"

[[arm]]
name = "unmanaged"
management = "none"
[[arm]]
name = "managed"
[arm.oms]
order = ["same-as"]
[arm.unis]
"#;

/// The message for the sound scenario with `from` replaced by `to` (pair by pair), and its kind.
fn refusal(changes: &[(&str, &str)]) -> (String, ScenarioErrorKind) {
    let mut text = SOUND.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    refusal_of(text.as_bytes(), &Overrides::default())
}

pub(crate) fn refusal_of(content: &[u8], overrides: &Overrides) -> (String, ScenarioErrorKind) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spoilt.toml");
    fs::write(&path, content).unwrap();
    message(&path, folder.path(), overrides)
}

/// The messages for `sound` with `from` replaced by `to`, case by case.
#[track_caller]
pub(crate) fn refused_one_by_one(sound: &str, cases: &[(&str, &str)]) -> String {
    let mut messages = String::new();
    for (from, to) in cases {
        assert!(sound.contains(from), "{from}");
        let text = sound.replacen(from, to, 1);
        let (message, kind) = refusal_of(text.as_bytes(), &Overrides::default());
        assert_eq!(kind, ScenarioErrorKind::Invalid, "{to}");
        // Whoever reads it finds the place, and what would have been right.
        assert!(message.contains(" --> spoilt.toml:"), "{message}");
        assert!(message.contains("= note: ") || message.contains("= help: "), "{message}");
        messages += &message;
        messages.push('\n');
    }
    messages
}

fn message(path: &Path, folder: &Path, overrides: &Overrides) -> (String, ScenarioErrorKind) {
    let errors = load(path, overrides, &catalog()).expect_err("the scenario is refused");
    let shown = errors.render(false).replace(&format!("{}/", folder.display()), "");
    (shown, errors.kind())
}

/// A test per refusal: its name is the snapshot's.
macro_rules! refused {
    ($($name:ident: $($from:literal => $to:literal),+;)+) => {$(
        #[test]
        fn $name() {
            let (message, kind) = refusal(&[$(($from, $to)),+]);
            assert_eq!(kind, ScenarioErrorKind::Invalid);
            insta::assert_snapshot!(stringify!($name), message);
        }
    )+};
}

refused! {
    unknown_key: "replications" => "replicatons";
    key_in_the_wrong_table: "peers = 20" => "peers = 20\ndeadline = \"2 h\"";
    wrong_type: "peers = 20" => "peers = \"20\"";
    number_where_a_quantity_belongs: "size = \"4 MiB\"" => "size = 4194304";
    unknown_unit: "\"16 Mbit/s\"" => "\"16 Mbps\"";
    out_of_range: "replications = 2" => "replications = 0";
    unknown_strategy: "[\"same-as\"]" => "[\"same-sa\"]";
    unknown_baseline: "baseline = \"unmanaged\"" => "baseline = \"unmanged\"";
    network_information_without_unis: "[arm.unis]" => "";
    unis_that_nobody_asks: "[\"same-as\"]" => "[\"random\"]";
    shares_that_do_not_sum_to_one: "share = 0.4" => "share = 0.5";
    two_sources_of_the_underlay: "[population]" => "[underlay.tiered]\n[population]";
    no_source_of_the_underlay:
        "[[underlay.isps.isp]]\nname = \"north\"\nases = [64501]\n" => "[underlay.latency]\n",
        "[[underlay.isps.isp]]\nname = \"south\"\nases = [64502]\n[[underlay.isps.link]]\npeers = [64501, 64502]\n" => "";
    as_owned_twice: "[64502]\n" => "[64501]\n";
    link_to_an_unknown_as: "[64501, 64502]" => "[64501, 64503]";
    duplicate_arm: "name = \"managed\"" => "name = \"unmanaged\"";
    missing_keys: "[population.seeds]\nup = \"10 Mbit/s\"\n" => "[population.seeds]\n", "size = \"4 MiB\"" => "";
    several_alternatives:
        "peers = 20" => "peers = 20\narrivals = { all-at-once = {}, flash-crowd = { decay = \"5 min\" } }";
    unknown_alternative: "peers = 20" => "peers = 20\narrivals = { flashcrowd = { decay = \"5 min\" } }";
    too_many_pieces: "\"4 MiB\"" => "\"64 GiB\"";
    toml_syntax: "peers = 20" => "peers = ";
    unknown_reference_metric: "[arm.unis]\n" => "[arm.unis]\n[[reference]]\nmetric = \"completion_mean\"\nvalue = 600.0
within = 0.1\nsource = \"Qiu and Srikant 2004\"\nlabel = \"fluid model\"\n";
    reference_of_an_unknown_arm: "[arm.unis]\n" => "[arm.unis]\n[[reference]]\nmetric = \"completion_mean_s\"
arm = \"manged\"\nvalue = 600.0\nsource = \"Qiu and Srikant 2004\"\nlabel = \"fluid model\"\n";
    reference_outside_its_band: "[arm.unis]\n" => "[arm.unis]\n[[reference]]\nmetric = \"completion_mean_s\"
value = 600.0\nlow = 610\nhigh = 660\nagainst = \"bound_s\"\nlabel = \"fluid model\"\n";
    check_of_an_unknown_metric: "[arm.unis]\n" => "[arm.unis]\n[[check]]\nmetric = \"locale_share\"\nmin = 0.6\n";
    check_of_an_unknown_arm: "[arm.unis]\n" => "[arm.unis]\n[[check]]\nmetric = \"local_share\"
arm = \"manged\"\nmin = 0.6\n";
    check_without_a_bound: "[arm.unis]\n" => "[arm.unis]\n[[check]]\nmetric = \"local_share\"\n";
    check_that_nothing_satisfies: "[arm.unis]\n" => "[arm.unis]\n[[check]]\nmetric = \"local_share\"
statistic = \"median\"\nmin = 0.6\nmax = 0.5\n";
    check_of_the_baseline_against_itself: "[arm.unis]\n" => "[arm.unis]\n[[check]]\nmetric = \"local_share\"
arm = \"unmanaged\"\nof = \"difference\"\nmin = 0.1\n";
    check_of_an_interval_without_one:
        "replications = 2" => "replications = 1",
        "[arm.unis]\n" => "[arm.unis]\n[[check]]\nmetric = \"local_share\"\nstatistic = \"interval\"\nmin = 0.6\n";
    everything_at_once:
        "title" => "titel",
        "replications = 2" => "replications = 2.5",
        "ases = [64501]" => "ases = [0]",
        "peers = 20" => "peers = -1",
        "\"16 Mbit/s\"" => "\"16\"",
        "[\"same-as\"]" => "[\"same-as\", \"ashops\"]",
        "management = \"none\"" => "management = \"managed\"";
}

#[test]
fn missing_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no-such-file.toml");
    let (message, kind) = message(&path, folder.path(), &Overrides::default());
    assert_eq!(kind, ScenarioErrorKind::InputMissing);
    insta::assert_snapshot!("missing_scenario", message);
}

#[test]
fn missing_as_relationships() {
    let text = SOUND.replace("[population]\n", "[underlay.as-relationships]\nfile = \"as-rel.txt\"\n[population]\n");
    let isps = text.find("[[underlay.isps.isp]]").unwrap();
    let end = text.find("[underlay.as-relationships]").unwrap();
    let text = format!("{}{}", &text[..isps], &text[end..]);
    let (message, kind) = refusal_of(text.as_bytes(), &Overrides::default());
    assert_eq!(kind, ScenarioErrorKind::InputMissing);
    insta::assert_snapshot!("missing_as_relationships", message);
}

#[test]
fn not_utf_8() {
    let (message, kind) = refusal_of(b"format = 1\ntitle = \"\xc3\x28\"\n", &Overrides::default());
    assert_eq!(kind, ScenarioErrorKind::Invalid);
    insta::assert_snapshot!("not_utf_8", message);
}

#[test]
fn empty_file() {
    insta::assert_snapshot!("empty_file", refusal_of(b"", &Overrides::default()).0);
}

#[test]
fn option_out_of_range() {
    let set =
        vec![("population.peers".to_owned(), "many".to_owned()), ("arm.manged.oms.order".to_owned(), "[]".to_owned())];
    let (message, _) = refusal_of(SOUND.as_bytes(), &Overrides { seed: None, set });
    insta::assert_snapshot!("option_out_of_range", message);
}

#[test]
fn the_scenario_to_spoil_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound.toml");
    fs::write(&path, SOUND).unwrap();
    assert!(load(&path, &Overrides::default(), &catalog()).is_ok());
}
