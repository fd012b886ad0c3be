//! Gates as pipelines meet them: `check`, `bless`, exit codes, JUnit, and the baselines of the gallery.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::cli::SMALL;

/// A folder with a result and a baseline blessed from it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("small.toml", SMALL);
        place.expect(0, &["run", "small.toml", "--quiet", "--out", "result"]);
        // Tests run from trees with uncommitted changes, too.
        place.expect(0, &["bless", "result", "--baseline", "base", "--force"]);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Changes a file by replacing the first `from` after `marker`.
    fn change(&self, name: &str, marker: &str, from: &str, to: &str) {
        let text = self.read(name);
        let (before, after) = text.split_at(text.find(marker).unwrap());
        assert!(after.contains(from), "{from} after {marker} in {text}");
        self.write(name, &format!("{before}{}", after.replacen(from, to, 1)));
    }

    /// Runs the program and returns both streams, with the exit code asserted.
    #[track_caller]
    fn expect(&self, code: i32, args: &[&str]) -> Streams {
        let output = peerscape(self.folder.path(), args);
        let streams = Streams::of(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{}\n{}", streams.out, streams.err);
        streams
    }
}

struct Streams {
    out: String,
    err: String,
}

impl Streams {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { out: text(&output.stdout), err: text(&output.stderr) }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {}", self.out))
    }
}

fn peerscape(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerscape"));
    command.current_dir(folder).args(args).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn a_result_passes_against_its_own_baseline() {
    let place = Place::new();
    let said = place.expect(0, &["check", "result", "--baseline", "base"]).out;
    assert!(said.contains("cell by cell") && said.contains("all equal"), "{said}");
    // A whole results folder is a baseline, too, and compared as a whole.
    let whole = place.expect(0, &["check", "result", "--baseline", "result"]).out;
    let (before, compared) = whole.split_once("passed: ").unwrap();
    assert!(compared.contains("peers.csv") && !compared.contains("performance.csv"), "{whole}");
    assert!(before.ends_with("not compared: performance.csv (wall clocks)\n"), "{whole}");
    let kept: Vec<String> =
        fs::read_dir(place.path("base")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(kept.len(), peerscape::report::BASELINE_FILES.len(), "{kept:?}");
}

#[test]
fn one_digit_of_a_baseline_is_exit_99() {
    let place = Place::new();
    // Some digit of the second arm's mean completion time in its last run.
    let line = place.read("base/runs.csv").lines().last().unwrap().to_owned();
    let header = place.read("base/runs.csv").lines().next().unwrap().to_owned();
    let column = header.split(',').position(|name| name == "completion_mean_s").unwrap();
    let value = line.split(',').nth(column).unwrap();
    let digit = if value.ends_with('5') { '6' } else { '5' };
    let changed = format!("{}{digit}", &value[..value.len() - 1]);
    place.change("base/runs.csv", &line, value, &changed);
    let checked = place.expect(99, &["check", "result", "--baseline", "base", "--junit", "gates.xml"]);
    let row = checked.out.lines().find(|line| line.starts_with("completion_mean_s  as-hops")).unwrap();
    for part in ["  noise (", "runs.csv (1 of 3 runs)"] {
        assert!(row.contains(part), "{part} in {}", checked.out);
    }
    assert!(checked.out.contains("\nFAILED: 1 of "), "{}", checked.out);
    let document = place.expect(99, &["check", "result", "--baseline", "base", "--format", "json"]).json();
    assert_eq!((&document["passed"], &document["regression"]["failures"]), (&false.into(), &1.into()));
    let differing = &document["regression"]["differing"][0];
    for (key, value) in [("metric", "completion_mean_s"), ("arm", "as-hops"), ("noise", "noise"), ("allowed", "exact")]
    {
        assert_eq!(differing[key], value, "{differing}");
    }
    let junit = place.read("gates.xml");
    assert!(junit.contains("failures=\"1\"") && junit.contains("<failure message="), "{junit}");
    assert!(junit.contains("name=\"runs.csv completion_mean_s in as-hops\""), "{junit}");
    // The same for a table that is computed from it, and for the provenance's word on the models: then noise decides.
    let place = Place::new();
    place.change("base/summary.csv", "\nas-hops,local_share,", "0.", "1.");
    let said = place.expect(99, &["check", "result", "--baseline", "base"]).out;
    assert!(said.contains("local_share") && said.contains("summary.csv"), "{said}");
    let place = Place::new();
    let models = format!("\"model_version\": {}", peerscape::world::MODEL_VERSION);
    place.change("base/provenance.json", "", &models, "\"model_version\": 4000000000");
    place.change("base/runs.csv", &line, value, &changed);
    let said = place.expect(0, &["check", "result", "--baseline", "base"]).out;
    assert!(said.contains("model version: 4000000000 in the baseline"), "{said}");
    assert!(said.contains("1 differ as far as allowed"), "{said}");
}

#[test]
fn tolerance_files_decide_and_their_mistakes_are_exit_65() {
    let place = Place::new();
    place.expect(0, &["run", "small.toml", "--quiet", "--out", "other", "--seed", "2"]);
    place.expect(99, &["check", "other", "--baseline", "base"]);
    let check = |code: i32, text: &str| {
        place.write("tolerances.toml", text);
        place.expect(code, &["check", "other", "--baseline", "base", "--tolerance", "tolerances.toml"])
    };
    check(0, "format = 1\n");
    let tight = "format = 1\n[[metric]]\nname = \"completion_*_s\"\nabsolute = 1e-9\n";
    let said = check(99, tight).out;
    assert!(said.contains("completion_mean_s") && said.contains("allowed: ± 0.000000001"), "{said}");
    assert!(!said.contains("local_share"), "what is within noise passes: {said}");
    let refused = check(65, "format = 1\n[[metric]]\nname = \"complet_mean_s\"\nrelative = 0.1\n").err;
    assert!(refused.contains("tolerances.toml:3:") && refused.contains("`completion_mean_s`"), "{refused}");
    place.expect(2, &["check", "other", "--tolerance", "tolerances.toml"]);
    place.expect(66, &["check", "other", "--baseline", "base", "--tolerance", "nowhere.toml"]);
}

/// `SMALL` with checks.
fn with_checks(checks: &str) -> String {
    format!("{SMALL}check = [{checks}]\n")
}

#[test]
fn a_check_of_the_scenario_decides_how_the_run_ends() {
    let place = Place::new();
    let passes = r#"{ metric = "local_share", min = 0.1 }, { metric = "completion_mean_s", arm = "as-hops", of = "relative-difference", max = 0.5 }"#;
    place.write("passes.toml", &with_checks(passes));
    let run = place.expect(0, &["run", "passes.toml", "--out", "good"]);
    assert!(run.out.contains("3 checks passed") && !run.err.contains("error"), "{} {}", run.out, run.err);
    place.expect(0, &["check", "good"]);
    let fails = r#"{ metric = "local_share", arm = "as-hops", min = 0.99 }, { metric = "completion_p95_s", statistic = "every-run", max = 1000 }"#;
    place.write("fails.toml", &with_checks(fails));
    let run = place.expect(99, &["run", "fails.toml", "--out", "bad", "--junit", "reports/run.xml"]);
    assert!(run.out.contains("1 of 3 checks FAILED") && run.out.contains("bad/report.html"), "{}", run.out);
    assert!(run.err.ends_with("error: 1 of 3 checks failed\n"), "{}", run.err);
    // Everything was written all the same, and the failure is in the table, the page and for build servers.
    assert!(place.read("bad/checks.csv").contains("as-hops,local_share,value,,mean,3,0,"));
    assert!(place.read("bad/report.html").contains("1 of 3 checks of the scenario failed."));
    let junit = place.read("reports/run.xml");
    assert!(junit.contains("tests=\"3\"") && junit.contains("failures=\"1\""), "{junit}");
    let quiet = place.expect(99, &["run", "fails.toml", "--out", "bad", "--force", "--quiet"]);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", "error: 1 of 3 checks failed\n"));
    let document = place.expect(99, &["run", "fails.toml", "--out", "bad", "--force", "--format", "json"]).json();
    assert_eq!(document["checks"][0]["passed"], false);
    // Later, from the folder alone: answered anew from the runs, whatever the table of checks says.
    let said = place.expect(99, &["check", "bad"]).out;
    assert!(said.contains("at least 99.0 %") && said.ends_with("1 of 3 checks FAILED\n"), "{said}");
    place.change("bad/checks.csv", "local_share", ",false,", ",true,");
    let document = place.expect(99, &["check", "bad", "--format", "json", "--junit", "check.xml"]).json();
    assert_eq!((&document["passed"], &document["checks"][0]["passed"]), (&false.into(), &false.into()));
    assert_eq!(place.read("check.xml"), junit);
    // The resolved scenario checks the same.
    place.expect(99, &["run", "bad/resolved.toml", "--quiet", "--out", "again"]);
    assert_eq!(place.read("again/checks.csv"), place.read("bad/checks.csv").replacen(",true,", ",false,", 1));
    // A result that fails its own checks is no baseline; one without checks needs one.
    let refused = place.expect(65, &["bless", "bad", "--baseline", "new"]).err;
    assert!(refused.contains("1 of 3 checks of its scenario failed"), "{refused}");
    let refused = place.expect(65, &["check", "result"]).err;
    assert!(refused.contains("nothing to check"), "{refused}");
}

#[test]
fn other_models_are_compared_isp_by_isp_and_what_is_not_compared_is_said() {
    let place = Place::new();
    let models = format!("\"model_version\": {}", peerscape::world::MODEL_VERSION);
    place.change("base/provenance.json", "", &models, "\"model_version\": 4000000000");
    let said = place.expect(0, &["check", "result", "--baseline", "base"]).out;
    for part in [
        "(95 % as a whole)",
        "cells of runs.csv, isps.csv, groups.csv, messages.csv",
        "summary.csv, comparisons.csv, references.csv, checks.csv (computed from runs.csv)",
        "links.csv (not in the baseline)",
        "performance.csv (wall clocks)",
        "costs.csv (empty in the baseline)",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    // A terabyte enters one ISP in every run of the baseline.
    let text = place.read("base/isps.csv");
    let column = text.lines().next().unwrap().split(',').position(|name| name == "in_bytes").unwrap();
    let edited = text.lines().map(|line| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if cells[0] == "as-hops" && cells.contains(&"south".to_owned()) {
            cells[column] = "1000000000000".to_owned();
        }
        cells.join(",") + "\n"
    });
    let edited: String = edited.collect();
    place.write("base/isps.csv", &edited);
    let said = place.expect(99, &["check", "result", "--baseline", "base", "--junit", "gates.xml"]).out;
    let row = said.lines().find(|line| line.starts_with("in_bytes")).unwrap();
    for part in ["as-hops", "more than noise (", "isps.csv, south; allowed: noise"] {
        assert!(row.contains(part), "{part} in {said}");
    }
    assert!(said.contains("\nFAILED: 1 of "), "{said}");
    assert!(place.read("gates.xml").contains("name=\"isps.csv in_bytes in as-hops\""));
    let document = place.expect(99, &["check", "result", "--baseline", "base", "--format", "json"]).json();
    let failing = document["regression"]["differing"].as_array().unwrap().iter().find(|one| one["passed"] == false);
    assert_eq!(failing.unwrap()["cell"], "south");
    assert!(document["regression"]["not_compared"].as_array().unwrap().iter().any(|one| one["table"] == "peers.csv"));
    // A tolerance for that table and column lets it pass; one for a table that is not there is a mistake.
    let tolerance = |table: &str| {
        format!(
            "format = 1\n[default]\nintervals = true\n[[metric]]\ntable = \"{table}\"\nname = \"in_*\"\nignore = true\n"
        )
    };
    place.write("t.toml", &tolerance("isps.csv"));
    place.expect(0, &["check", "result", "--baseline", "base", "--tolerance", "t.toml"]);
    place.write("t.toml", &tolerance("sips.csv"));
    let refused = place.expect(65, &["check", "result", "--baseline", "base", "--tolerance", "t.toml"]).err;
    assert!(refused.contains("`isps.csv`"), "{refused}");
    // An ISP that is gone, and a table.
    place.write("base/isps.csv", &text.replace(",south,", ",west,"));
    let said = place.expect(99, &["check", "result", "--baseline", "base"]).out;
    assert!(said.contains("isps.csv, west") && said.contains("isps.csv: south"), "{said}");
    place.write("base/isps.csv", &text);
    fs::remove_file(place.path("result/isps.csv")).unwrap();
    let said = place.expect(99, &["check", "result", "--baseline", "base"]).out;
    assert!(said.contains("the table") && said.contains("missing"), "{said}");
}

#[test]
fn other_seeds_pass_within_noise_in_every_table() {
    let place = Place::new();
    place.write("t.toml", "format = 1\n");
    for seed in ["2", "3", "4"] {
        place.expect(0, &["run", "small.toml", "--quiet", "--out", "other", "--force", "--seed", seed]);
        let more = ["check", "other", "--baseline", "base", "--tolerance", "t.toml"];
        let said = place.expect(0, &more).out;
        assert!(said.contains("isps.csv"), "{said}");
    }
    // More replications, too; without a tolerance file the message says what to do.
    place.expect(0, &["run", "small.toml", "--quiet", "--out", "more", "--set", "experiment.replications=5"]);
    place.expect(0, &["check", "more", "--baseline", "base", "--tolerance", "t.toml"]);
    let said = place.expect(99, &["check", "more", "--baseline", "base"]).out;
    assert!(said.contains("runs: 6 in the baseline, 10 in the result") && said.contains("run as many"), "{said}");
}

#[test]
fn what_is_no_result_is_refused() {
    let place = Place::new();
    let said = place.expect(66, &["check", "nowhere", "--baseline", "base"]).err;
    assert!(said.contains("nowhere") && said.contains("no such folder"), "{said}");
    fs::create_dir(place.path("empty")).unwrap();
    place.expect(66, &["check", "result", "--baseline", "empty"]);
    let said = place.expect(66, &["check", "empty", "--baseline", "base", "--format", "json"]).json();
    assert_eq!(said["exit_code"], 66);
    place.change("base/runs.csv", "", "\n", ",\n");
    let said = place.expect(65, &["check", "result", "--baseline", "base"]).err;
    assert!(said.contains("runs.csv"), "{said}");
    // What lost its end differs in nothing, and is refused or fails all the same.
    let place = Place::new();
    let cut = |name: &str, lines: usize| {
        let whole = place.read(name);
        let kept = whole.split_inclusive('\n').take(lines).map(str::len).sum();
        place.write(name, &whole[..kept]);
        whole
    };
    for (file, lines, code, words) in [
        ("base/runs.csv", 1, 65, "it has 0 runs, and `provenance.json` speaks of 6"),
        ("base/runs.csv", 4, 65, "it has 3 runs"),
        ("base/summary.csv", 0, 65, "it is empty"),
        ("base/summary.csv", 1, 99, "further rows"),
        ("base/comparisons.csv", 1, 99, "further rows"),
        ("base/isps.csv", 7, 99, "further rows"),
        ("result/isps.csv", 7, 99, "the arm"),
        ("result/summary.csv", 1, 99, "the arm"),
    ] {
        let whole = cut(file, lines);
        let said = place.expect(code, &["check", "result", "--baseline", "base"]);
        assert!(said.out.contains(words) || said.err.contains(words), "{file}: {}{}", said.out, said.err);
        place.write(file, &whole);
    }
    place.expect(0, &["check", "result", "--baseline", "base"]);
    place.write("base/provenance.json", "{}");
    let said = place.expect(65, &["check", "result", "--baseline", "base"]).err;
    assert!(said.contains("provenance.json"), "{said}");
    fs::create_dir(place.path("result/runs-in-progress")).unwrap();
    let said = place.expect(66, &["bless", "result", "--baseline", "new"]).err;
    assert!(said.contains("interrupted") && !place.path("new").exists(), "{said}");
}

#[test]
fn bless_says_what_changes_and_objects() {
    let place = Place::new();
    place.expect(0, &["run", "small.toml", "--quiet", "--out", "other", "--seed", "2"]);
    let before = place.read("base/runs.csv");
    let blessed = place.expect(0, &["bless", "other", "--baseline", "base", "--force"]).out;
    assert!(blessed.contains("completion_mean_s") && blessed.contains("base now is other"), "{blessed}");
    assert_ne!(place.read("base/runs.csv"), before);
    place.expect(0, &["check", "other", "--baseline", "base"]);
    let again = place.expect(0, &["bless", "other", "--baseline", "base", "--force"]).out;
    assert!(again.contains("base says the same as before"), "{again}");
    // A whole result is not turned into half of another one.
    let refused = place.expect(74, &["bless", "other", "--baseline", "result", "--force"]).err;
    assert!(refused.contains("holds a whole result"), "{refused}");
    // An edited table does not become a baseline, and neither does what cannot be explained.
    let fingerprint = place.read("other/runs.csv").lines().nth(1).unwrap().split(',').nth(3).unwrap().to_owned();
    place.change("other/runs.csv", "", &fingerprint, "0000000000000000");
    let kept = place.read("base/runs.csv");
    let refused = place.expect(65, &["bless", "other", "--baseline", "base"]).err;
    assert!(refused.contains("speak of different runs") && refused.contains("was not raised"), "{refused}");
    assert_eq!(place.read("base/runs.csv"), kept);
    fs::remove_file(place.path("other/summary.csv")).unwrap();
    let refused = place.expect(65, &["bless", "other", "--baseline", "new"]).err;
    assert!(refused.contains("`summary.csv` is missing"), "{refused}");
}

/// The folder of committed baselines; each stands where its scenario does below `scenarios`.
const BASELINES: &str = "baselines";
/// Blesses instead of checking.
const WRITE: &str = "PEERSCAPE_WRITE_BASELINES";
/// Replications of a committed baseline: small tables, and an idea of the noise.
const REPLICATIONS: &str = "experiment.replications=3";
/// Of these every run takes seconds.
const LONG: [&str; 1] = ["managed-vs-unmanaged/file-swarming"];

/// Names of the scenarios that have a baseline.
fn blessed(folder: &Path, prefix: &str, into: &mut Vec<String>) {
    // None yet: the count of the caller fails.
    if !folder.is_dir() {
        return;
    }
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.path().join("provenance.json").is_file() {
            into.push(name.clone());
        }
        blessed(&entry.path(), &format!("{name}/"), into);
    }
}

/// Runs a scenario of the gallery and holds it against its baseline (or makes it the baseline).
fn gate(name: &str) {
    let repository = crate::runs::repository();
    let folder = tempfile::tempdir().unwrap();
    let (scenario, baseline) = (format!("scenarios/{name}.toml"), format!("{BASELINES}/{name}"));
    let result = folder.path().join("result");
    let result = result.to_str().unwrap();
    let expect = |code: i32, args: &[&str]| {
        let output = peerscape(repository, args);
        let streams = Streams::of(&output);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}: `docs/gates.md` says how to bless what is meant to change\n{}\n{}",
            streams.out,
            streams.err
        );
        streams.out
    };
    expect(0, &["run", &scenario, "--set", REPLICATIONS, "--quiet", "--out", result]);
    if std::env::var_os(WRITE).is_some() {
        println!("{}", expect(0, &["bless", result, "--baseline", &baseline, "--force"]));
    }
    let said = expect(0, &["check", result, "--baseline", &baseline]);
    let models = format!("\"model_version\": {},", peerscape::world::MODEL_VERSION);
    let provenance = fs::read_to_string(repository.join(&baseline).join("provenance.json")).unwrap();
    assert!(
        provenance.contains(&models),
        "the baseline of {name} is of other models: bless it, see docs/gates.md\n{said}"
    );
    // One digit of what is committed, and the gate closes.
    let copy = folder.path().join("edited");
    fs::create_dir(&copy).unwrap();
    for file in fs::read_dir(repository.join(&baseline)).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    let runs = fs::read_to_string(copy.join("runs.csv")).unwrap();
    let column = runs.lines().next().unwrap().split(',').position(|name| name == "inter_isp_bytes").unwrap();
    let cell = runs.lines().nth(1).unwrap().split(',').nth(column).unwrap();
    let digit = if cell.starts_with('1') { "2" } else { "1" };
    let edited = runs.replacen(&format!(",{cell},"), &format!(",{digit}{},", &cell[1..]), 1);
    assert_ne!(edited, runs);
    fs::write(copy.join("runs.csv"), edited).unwrap();
    let said = expect(99, &["check", result, "--baseline", copy.to_str().unwrap()]);
    assert!(said.contains("FAILED: 1 of"), "{said}");
}

fn gallery() -> Vec<String> {
    let mut names = Vec::new();
    blessed(&crate::runs::repository().join(BASELINES), "", &mut names);
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    names
}

#[test]
fn gallery_comes_to_its_baselines() {
    gallery().iter().filter(|name| !LONG.contains(&name.as_str())).for_each(|name| gate(name));
}

#[test]
#[ignore = "long"]
fn gallery_comes_to_its_long_baselines() {
    gallery().iter().filter(|name| LONG.contains(&name.as_str())).for_each(|name| gate(name));
}
