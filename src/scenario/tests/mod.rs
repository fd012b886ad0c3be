//! Tests of the room as a whole: files in, specs or errors out.

mod fixtures;
mod keys;
mod mistakes;
mod mutations;
mod profiles;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::load::from_text;
use super::{Overrides, Resolved, ScenarioErrorKind, ScenarioErrors, load};
use crate::management::ManagementSpec;
use crate::population::{AfterCompletion, Arrivals, Crowd, DrawnCrowd};
use crate::random::Distribution;
use crate::selection::{Catalog, CatalogEntry, Group, Needs, Rank, Requester, Strategy};
use crate::services::ServiceSpec;
use crate::underlay::Source;
use crate::units::{AsNumber, BitRate, Bytes, SimDuration};
use fixtures::{FULL, SHORT};

#[derive(Debug)]
struct Indifferent;
impl Strategy for Indifferent {
    fn rank(&self, _: &Requester, _: &Group) -> Rank {
        Rank(0)
    }
}

/// A catalog with the standard's names; `weighted` has a parameter.
pub(super) fn catalog() -> Catalog {
    let entry = |name: &'static str, network_information: bool| CatalogEntry {
        name,
        summary: "",
        reference: "",
        needs: Needs { network_information, ..Needs::default() },
        build: Arc::new(move |parameters: &toml::Table, _: &Catalog| {
            match parameters.keys().find(|key| *key != "weight") {
                Some(key) => Err(format!("unknown parameter `{key}`")),
                None => Ok(Arc::new(Indifferent) as Arc<dyn Strategy>),
            }
        }),
    };
    Catalog::default()
        .with(entry("random", false))
        .with(entry("same-as", true))
        .with(entry("as-hops", true))
        .with(entry("weighted", false))
}

/// A folder for one test's files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

fn load_text(text: &str) -> Result<Resolved, ScenarioErrors> {
    load_with(text, &Overrides::default())
}

fn load_with(text: &str, overrides: &Overrides) -> Result<Resolved, ScenarioErrors> {
    from_text(Path::new("test.toml"), text.to_owned(), overrides, &catalog())
}

fn drawn(resolved: &Resolved) -> &DrawnCrowd {
    match &resolved.population.crowd {
        Crowd::Drawn(drawn) => drawn,
        Crowd::Hosts(file) => panic!("hosts of {}", file.path),
    }
}

fn set(path: &str, value: &str) -> Overrides {
    Overrides { seed: None, set: vec![(path.to_owned(), value.to_owned())] }
}

/// The messages of all errors, in order.
fn messages(result: Result<Resolved, ScenarioErrors>) -> Vec<String> {
    result.expect_err("refused").problems.into_iter().map(|problem| problem.message).collect()
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn defaults_are_filled_in() {
    let resolved = load_text(SHORT).unwrap();
    assert_eq!((resolved.name.as_str(), resolved.title.as_str()), ("test", "short"));
    assert_eq!((resolved.experiment.seed, resolved.experiment.seed_defaulted), (1, true));
    assert_eq!(resolved.experiment.deadline, SimDuration::from_secs(86_400));
    assert_eq!(resolved.underlay.latency.hop, SimDuration::from_millis(15));
    assert_eq!(drawn(&resolved).arrivals, Arrivals::AllAtOnce);
    assert_eq!(resolved.discovery.interval, Some(SimDuration::from_secs(1_800)));
    let ServiceSpec::FileSwarming(service) = &resolved.arms[0].service else { panic!("file swarming") };
    assert_eq!((service.piece, service.block), (Bytes::new(256 << 10), Bytes::new(16 << 10)));
    assert_eq!((service.choking.slots, service.seeding.slots), (4, 4));
    let ManagementSpec::Unmanaged(tracker) = &resolved.arms[0].management else { panic!("unmanaged") };
    assert_eq!(tracker.service_time, Distribution::Constant(SimDuration::from_millis(1)));
}

#[test]
fn a_full_scenario_is_read_as_written() {
    let resolved = load_text(FULL).unwrap();
    assert_eq!(resolved.experiment.baseline, 1);
    assert!(!resolved.experiment.seed_defaulted);
    let Source::Isps(set) = &resolved.underlay.source else { panic!("isps") };
    assert_eq!(set.isps[2].ases, [AsNumber(64_514)]);
    let mbit = |n: u64| Some(BitRate::new(n * 1_000_000));
    // `up` runs from the customer to the provider; `a` is the provider.
    assert_eq!((set.links[0].a, set.links[0].capacity_ab, set.links[0].capacity_ba), (AsNumber(1), mbit(20), mbit(10)));
    assert_eq!((set.links[1].capacity_ab, set.links[1].capacity_ba), (mbit(30), mbit(30)));
    let mean = SimDuration::from_secs(600);
    assert_eq!(resolved.population.after_completion, AfterCompletion::StayFor(Distribution::Exponential { mean }));
    assert_eq!(drawn(&resolved).access[0].up, BitRate::ZERO);
    assert_eq!(resolved.discovery.interval, None);
    let ManagementSpec::Managed(managed) = &resolved.arms[1].management else { panic!("managed") };
    let names: Vec<&str> = managed.oms.order.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["same-as", "weighted", "as-hops"]);
    assert_eq!(managed.unis.as_ref().map(|unis| unis.max_age), Some(SimDuration::from_secs(1_200)));
    assert!(matches!(resolved.arms[2].service, ServiceSpec::ClientServer(_)));
}

#[test]
fn a_resolved_scenario_is_a_scenario_that_resolves_to_itself() {
    let variants: Vec<String> = [
        r"population.placement='{ by-weight = [{ as = 1, weight = 0.1 }, { as = 3, weight = 2 }] }'",
        r#"population.placement='{ uniform = { over = "all" } }'"#,
        r#"population.arrivals='{ flash-crowd = { decay = "90 s" } }'"#,
        "population.after-completion=leave",
        "service.file-swarming.wire=none",
        "title=tricky \u{1F600} \\ \" text",
        "experiment.confidence=0.30000000000000004",
    ]
    .map(|option| option.replace('\'', ""))
    .to_vec();
    let mut texts: Vec<String> = vec![SHORT.to_owned(), FULL.to_owned()];
    for option in variants {
        let (path, value) = option.split_once('=').unwrap();
        texts.push(load_with(FULL, &set(path, value)).unwrap().to_toml());
    }
    for text in texts {
        let once = load_text(&text).unwrap().to_toml();
        let again = load_text(&once).unwrap_or_else(|errors| panic!("{errors}\n{once}"));
        assert_eq!(again.to_toml(), once);
        assert!(!again.experiment.seed_defaulted);
    }
    let full = load_text(FULL).unwrap();
    let again = load_text(&full.to_toml()).unwrap();
    assert_eq!(again.preamble, full.preamble);
    assert_eq!((again.underlay, again.population), (full.underlay, full.population));
    assert_eq!((again.experiment, again.discovery), (full.experiment, full.discovery));
}

#[test]
fn scenarios_of_the_repository_load_and_resolve_to_themselves() {
    for (file, name) in [
        ("scenarios/minimal.toml", "minimal"),
        ("scenarios/client-server.toml", "client-server"),
        ("scenarios/managed-vs-unmanaged/file-swarming.toml", "managed-vs-unmanaged/file-swarming"),
    ] {
        let resolved = load(&repository(file), &Overrides::default(), &catalog()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(resolved.name, name);
        let once = resolved.to_toml();
        assert_eq!(load_text(&once).unwrap_or_else(|e| panic!("{e}\n{once}")).to_toml(), once, "{file}");
    }
    let minimal = fs::read_to_string(repository("scenarios/minimal.toml")).unwrap();
    assert!(minimal.lines().count() <= 16, "one of them names the schema");
    let main = fs::read_to_string(repository("scenarios/managed-vs-unmanaged/file-swarming.toml")).unwrap();
    for (line, word) in main.lines().skip(1).zip(["Question", "Source", "Expect", "Takes"]) {
        assert!(line.starts_with(&format!("# {word}: ")), "{line}");
    }
    for line in main.lines().skip(5).filter(|line| !line.is_empty() && !["[arm.oms]", "[arm.unis]"].contains(line)) {
        let obvious = ["title = ", "name = ", "share = ", "down = ", "up = ", "count = ", "[[population.access]]"];
        assert!(line.contains('#') || obvious.iter().any(|o| line.starts_with(o)), "no comment: {line}");
    }
}

#[test]
fn all_errors_of_a_file_are_shown_in_its_order() {
    let text = SHORT
        .replace("title = \"short\"", "titel = \"short\"")
        .replace("peers = 10", "peers = \"ten\"")
        .replace("8 Mbit/s", "8 Mbps")
        .replace("1 MiB", "0 B")
        .replace("management = \"none\"", "management = \"nobody\", oms = { order = [\"same-ass\"] }");
    let errors = load_text(&text).unwrap_err();
    assert_eq!(errors.kind(), ScenarioErrorKind::Invalid);
    let json = errors.to_json();
    let found: Vec<(u64, &str)> = json["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["line"].as_u64().unwrap(), error["message"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (1, "missing `title` in the scenario"),
            (3, "unknown key `titel`"),
            (5, "`population.peers` has the wrong type: a string"),
            (6, "unknown unit `Mbps` in `population.access.down`"),
            (8, "`service.file-swarming.size` is out of range"),
            (9, "unknown value of `arm.management`"),
            (9, "unknown strategy `same-ass`"),
        ]
    );
    assert_eq!(json["errors"][1]["nearest"], "title");
    assert_eq!(json["errors"][2]["text"], "\"ten\"");
    assert_eq!((&json["errors"][3]["column"], &json["errors"][3]["nearest"]), (&58.into(), &"Mbit/s".into()));
    assert_eq!(json["errors"][6]["nearest"], "same-as");
    let rendered = errors.render(false);
    assert_eq!(rendered.matches("error: ").count(), 7);
    assert!(!rendered.contains('\u{1b}'), "no control characters off a terminal");
    assert!(errors.render(true).contains('\u{1b}'));
}

#[test]
fn options_change_values_by_name_position_and_bare_text() {
    let overrides = Overrides {
        seed: Some(99),
        set: [
            ("experiment.seed", "5"),
            ("experiment.deadline", "90 min"),
            ("arm.two.oms.external.min", "2"),
            ("arm.0.tracker.as", "3"),
            ("underlay.isps.link.1.capacity", "{ up = \"1 Mbit/s\" }"),
            ("title", "\"quoted\""),
        ]
        .map(|(path, value)| (path.to_owned(), value.to_owned()))
        .to_vec(),
    };
    let resolved = load_with(FULL, &overrides).unwrap();
    assert_eq!((resolved.experiment.seed, resolved.experiment.seed_defaulted), (99, false));
    assert_eq!(resolved.experiment.deadline, SimDuration::from_secs(5_400));
    assert_eq!(resolved.title, "quoted");
    let Source::Isps(isps) = &resolved.underlay.source else { panic!("isps") };
    assert_eq!((isps.links[1].capacity_ab, isps.links[1].capacity_ba), (Some(BitRate::new(1_000_000)), None));
    let ManagementSpec::Managed(managed) = &resolved.arms[1].management else { panic!("managed") };
    assert_eq!(managed.oms.external.map(|external| external.min), Some(2));
    let ManagementSpec::Unmanaged(tracker) = &resolved.arms[0].management else { panic!("unmanaged") };
    assert_eq!(tracker.as_number, Some(AsNumber(3)));
    // A table that the file does not have is made.
    assert_eq!(load_with(SHORT, &set("experiment.replications", "2")).unwrap().experiment.replications, 2);
}

#[test]
fn errors_of_options_name_the_option() {
    for (path, value, message) in [
        ("experiment.replications", "many", "`experiment.replications` has the wrong type: a string"),
        ("experiment.replication", "3", "unknown key `replication` in `experiment`"),
        ("arm.twoo.name", "x", "`arm` has no element `twoo`"),
        ("arm.7.name", "x", "`arm` has no element `7`"),
        ("title.text", "x", "`title` is a string: it has no key `text`"),
        ("title", "\"open", "not TOML: invalid basic string, expected `\"`"),
        ("experiment..seed", "1", "`experiment..seed` is not a path"),
    ] {
        let errors = load_with(FULL, &set(path, value)).unwrap_err();
        assert_eq!(errors.problems[0].message, message);
        assert_eq!(errors.to_json()["errors"][0]["option"], "--set", "{message}");
        assert!(errors.render(false).contains(&format!("{path}={value}")), "{}", errors.render(false));
    }
    let huge = Overrides { seed: Some(u64::MAX), set: Vec::new() };
    assert_eq!(load_with(SHORT, &huge).unwrap_err().to_json()["errors"][0]["option"], "--seed");
}

#[test]
fn files_that_cannot_be_read_are_missing_inputs() {
    let folder = Folder::new();
    let missing = load(&folder.0.path().join("no.toml"), &Overrides::default(), &catalog()).unwrap_err();
    assert_eq!(missing.kind(), ScenarioErrorKind::InputMissing);
    let directory = load(folder.0.path(), &Overrides::default(), &catalog()).unwrap_err();
    assert_eq!(directory.kind(), ScenarioErrorKind::InputMissing);
    let named = SHORT.replace("underlay.tiered = {}", "underlay.as-relationships.file = \"no.txt\"");
    let errors = load_text(&named).unwrap_err();
    assert_eq!((errors.count(), errors.kind()), (1, ScenarioErrorKind::InputMissing));
    // Another mistake in the same file must be corrected first.
    let errors = load_text(&named.replace("format = 1", "format = 2")).unwrap_err();
    assert_eq!((errors.count(), errors.kind()), (2, ScenarioErrorKind::Invalid));
}

#[test]
fn files_that_are_no_text_or_too_large_are_invalid() {
    let folder = Folder::new();
    let broken = folder.put("broken.toml", b"format = 1\ntitle = \"\xff\"\n");
    let errors = load(&broken, &Overrides::default(), &catalog()).unwrap_err();
    assert_eq!(errors.kind(), ScenarioErrorKind::Invalid);
    assert!(errors.to_string().contains("is not UTF-8 text (byte 21, line 2)"), "{errors}");
    for empty in ["", "\n  \n"] {
        assert_eq!(messages(load_text(empty)), ["the scenario is empty"]);
    }
    let huge = folder.put("huge.toml", vec![b'#'; (16 << 20) + 1]);
    let errors = load(&huge, &Overrides::default(), &catalog()).unwrap_err();
    assert!(errors.to_string().contains("is larger than 16 MiB, the limit"), "{errors}");
    assert!(messages(load_text(&format!("a = {}", "[".repeat(100_000))))[0].starts_with("not TOML"));
}

#[test]
fn as_relationships_are_read_beside_the_scenario_and_named_ases_checked() {
    let text = SHORT.replace("underlay.tiered = {}", "underlay.as-relationships.file = \"data/as-rel.txt\"");
    let folder = Folder::new();
    folder.put("in/data/as-rel.txt", "# comment\n1|2|-1\n1|3|0\n");
    let path = folder.put("in/scenario.toml", &text);
    let resolved = load(&path, &Overrides::default(), &catalog()).unwrap();
    let Source::AsRelationships(file) = &resolved.underlay.source else { panic!("as-relationships") };
    assert!(file.text.contains("1|3|0"));
    assert!(resolved.to_toml().contains("file = \"data/as-rel.txt\""));
    // Written for another folder, the path leads back to the same file.
    let results = folder.0.path().join("out/deep");
    fs::create_dir_all(&results).unwrap();
    let rewritten = resolved.to_toml_in(&results);
    assert!(rewritten.contains("file = \"../../in/data/as-rel.txt\""), "{rewritten}");
    let again = load(&folder.put("out/deep/resolved.toml", &rewritten), &Overrides::default(), &catalog()).unwrap();
    assert_eq!(again.to_toml_in(&results), rewritten);
    assert_eq!(resolved.to_toml_in(path.parent().unwrap()), resolved.to_toml());

    let elsewhere = text.replace("up = \"10 Mbit/s\" }", "up = \"10 Mbit/s\", as = 9 }");
    let errors = load(&folder.put("in/other.toml", elsewhere), &Overrides::default(), &catalog());
    assert_eq!(messages(errors), ["the underlay has no AS 9"]);
    folder.put("in/data/as-rel.txt", "nothing\n");
    let errors = load(&path, &Overrides::default(), &catalog()).unwrap_err();
    assert!(errors.to_string().contains("holds no AS relationship"), "{errors}");
}

#[test]
fn names_come_from_the_folder_called_scenarios() {
    let folder = Folder::new();
    for (path, name) in [("scenarios/a/b.toml", "a/b"), ("elsewhere/c.d.toml", "c.d"), ("scenarios/x.toml", "x")] {
        let resolved = load(&folder.put(path, SHORT), &Overrides::default(), &catalog()).unwrap();
        assert_eq!(resolved.name, name);
    }
}

#[test]
fn needs_without_a_supplier_are_refused_with_advice() {
    let arm = r#"arm = [{ name = "a", oms = { order = ["same-as"], external = { min = 1, max = 2 } } }]"#;
    let text = SHORT.replace(r#"arm = [{ name = "a", management = "none" }]"#, arm);
    let errors = load_text(&text).unwrap_err();
    assert_eq!(errors.count(), 2);
    assert_eq!(errors.to_string().matches("add `[arm.unis]`").count(), 2);
    let unneeded = text.replace("\"same-as\"", "").replace(", external = { min = 1, max = 2 }", "");
    assert!(load_text(&unneeded).is_ok());
}

#[test]
fn many_errors_stay_readable() {
    let text = (0..5_000).map(|n| format!("key{n} = 1")).collect::<Vec<_>>().join("\n");
    let errors = load_text(&text).unwrap_err();
    assert!(errors.count() >= 5_000);
    assert!(errors.render(false).trim_end().ends_with("more errors"));
}
