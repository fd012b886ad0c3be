//! The program as people and pipelines meet it: through the binary, by exit code, streams and files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Ends in well under a second: eight peers, four pieces, two arms, three replications.
pub(crate) const SMALL: &str = r#"# Question: does the command line work?
format = 1
title = "Eight peers in two ISPs"
experiment = { replications = 3 }
underlay.isps.isp = [{ name = "north", ases = [64501] }, { name = "south", ases = [64502] }]
underlay.isps.link = [{ peers = [64501, 64502] }]
population.peers = 8
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming = { size = "1 MiB" }
arm = [
  { name = "unmanaged", management = "none" },
  { name = "as-hops", oms = { order = ["as-hops"] }, unis = {} },
]
"#;

/// A folder of its own with `small.toml` in it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("small.toml"), SMALL).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerscape"));
        command.current_dir(self.folder.path()).args(args).stdin(Stdio::null());
        command
    }

    fn peerscape(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }
}

#[track_caller]
fn assert_code(output: &Output, code: i32) {
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "standard error:\n{err}");
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e} in {}", out(output)))
}

/// Neither colours nor cursor movements nor carriage returns.
#[track_caller]
fn assert_plain(output: &Output) {
    for (stream, bytes) in [("output", &output.stdout), ("error", &output.stderr)] {
        let text = String::from_utf8_lossy(bytes);
        let control: Vec<char> = text.chars().filter(|c| c.is_control() && *c != '\n').collect();
        assert!(control.is_empty(), "standard {stream} holds {control:?}");
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[test]
fn help_is_an_answer_and_documents_the_exit_codes() {
    let place = Place::new();
    let help = place.peerscape(&["--help"]);
    assert_code(&help, 0);
    assert!(help.stderr.is_empty());
    for word in ["run", "validate", "list", "0  done", "2  usage", "65", "66", "74", "130  interrupted"] {
        assert!(out(&help).contains(word), "{word} in {}", out(&help));
    }
    let run = place.peerscape(&["run", "--help"]);
    for option in ["--out", "--jobs", "--seed", "--set", "--force", "--format", "--quiet", "--memory-limit"] {
        assert!(out(&run).contains(option), "{option}");
    }
    let version = place.peerscape(&["--version"]);
    assert_code(&version, 0);
    assert_eq!(out(&version), format!("peerscape {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_senseless_command_line_is_exit_2() {
    let place = Place::new();
    for args in [
        &[][..],
        &["fly"],
        &["run"],
        &["run", "small.toml", "--jobs", "0"],
        &["run", "small.toml", "--jobs", "many"],
        &["run", "small.toml", "--seed", "-1"],
        &["run", "small.toml", "--seed", "9223372036854775808"],
        &["run", "small.toml", "--set", "experiment.replications"],
        &["run", "small.toml", "--format", "xml"],
        &["run", "small.toml", "--memory-limit", "4 parsec"],
        &["list", "planets"],
    ] {
        let output = place.peerscape(args);
        assert_code(&output, 2);
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{args:?}");
        assert_plain(&output);
    }
    assert_eq!(names_in(place.folder.path()), ["small.toml"], "nothing was written");
}

#[test]
fn a_missing_scenario_is_exit_66() {
    let place = Place::new();
    for command in ["run", "validate"] {
        let output = place.peerscape(&[command, "nowhere.toml"]);
        assert_code(&output, 66);
        assert!(err(&output).contains("nowhere.toml"), "{}", err(&output));
        assert!(output.stdout.is_empty());
    }
    let output = place.peerscape(&["validate", "nowhere.toml", "--format", "json"]);
    assert_code(&output, 66);
    assert!(json(&output)["errors"].is_array());
}

#[test]
fn a_missing_data_file_is_exit_66() {
    let place = Place::new();
    let text = SMALL.replace("underlay.isps.link = [{ peers = [64501, 64502] }]\n", "");
    let line = text.lines().find(|l| l.starts_with("underlay.isps")).unwrap().to_owned();
    let text = text.replace(&line, "underlay.as-relationships.file = \"as-rel.txt\"");
    fs::write(place.path("relations.toml"), text).unwrap();
    let output = place.peerscape(&["run", "relations.toml"]);
    assert_code(&output, 66);
    assert!(err(&output).contains("as-rel.txt"), "{}", err(&output));
}

#[test]
fn an_invalid_scenario_is_exit_65_with_every_error_and_its_place() {
    let place = Place::new();
    let text = SMALL.replace("population.peers = 8", "population.peeers = 8").replace("2 Mbit/s", "2 Mbps");
    fs::write(place.path("wrong.toml"), text).unwrap();
    for command in ["run", "validate"] {
        let output = place.peerscape(&[command, "wrong.toml"]);
        assert_code(&output, 65);
        assert_plain(&output);
        let text = err(&output);
        for part in ["wrong.toml:7:", "peeers", "`peers`", "wrong.toml:8:", "Mbps"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    let output = place.peerscape(&["run", "wrong.toml", "--format", "json"]);
    assert_code(&output, 65);
    assert!(json(&output)["errors"].as_array().unwrap().len() >= 2);
    assert_eq!(names_in(place.folder.path()), ["small.toml", "wrong.toml"], "no results folder");
}

#[test]
fn set_and_seed_change_the_scenario_and_are_judged_like_it() {
    let place = Place::new();
    let args = ["validate", "small.toml", "--format", "json", "--seed", "77", "--set", "experiment.replications=4"];
    let output = place.peerscape(&args);
    assert_code(&output, 0);
    let document = json(&output);
    assert_eq!((&document["seed"], &document["replications"], &document["runs"]), (&77.into(), &4.into(), &8.into()));
    let output = place.peerscape(&["validate", "small.toml", "--set", "experiment.replicatons=4"]);
    assert_code(&output, 65);
    assert!(err(&output).contains("--set") && err(&output).contains("`replications`"), "{}", err(&output));
}

#[test]
fn validate_says_what_would_run_and_writes_nothing() {
    let place = Place::new();
    let output = place.peerscape(&["validate", "small.toml"]);
    assert_code(&output, 0);
    assert_plain(&output);
    for part in ["Eight peers in two ISPs", "2 arms", "3 replications", "6 runs", "8 peers", "unmanaged", "as-hops"] {
        assert!(out(&output).contains(part), "{part} in {}", out(&output));
    }
    assert!(err(&output).lines().all(|line| line.starts_with("advice: ")), "{}", err(&output));
    assert_eq!(names_in(place.folder.path()), ["small.toml"]);
}

#[test]
fn list_prints_every_name_of_every_catalog() {
    let place = Place::new();
    let all = place.peerscape(&["list"]);
    assert_code(&all, 0);
    assert_plain(&all);
    let strategies = peerscape::selection::Catalog::standard();
    let strategies = strategies.entries().iter().map(|e| e.name);
    let underlays = peerscape::underlay::catalog::SOURCES.iter().map(|e| e.name);
    let placements = peerscape::population::catalog::PLACEMENTS.iter().map(|e| e.name);
    let arrivals = peerscape::population::catalog::ARRIVALS.iter().map(|e| e.name);
    let laws = peerscape::random::catalog::LAWS.iter().map(|e| e.name);
    let listed: Vec<String> =
        out(&all).lines().filter_map(|l| l.strip_prefix("  ")?.split_whitespace().next()).map(str::to_owned).collect();
    let catalogs = [
        ("strategies", strategies.collect::<Vec<_>>()),
        ("underlays", underlays.collect()),
        ("placements", placements.collect()),
        ("arrivals", arrivals.collect()),
        ("laws", laws.collect()),
    ];
    for (catalog, names) in catalogs {
        let document = json(&place.peerscape(&["list", catalog, "--format", "json"]));
        let entries = document[catalog]["entries"].as_array().unwrap();
        let in_json: Vec<&str> = entries.iter().map(|e| e["name"].as_str().unwrap()).collect();
        assert_eq!(in_json, names);
        for name in names {
            assert!(listed.iter().any(|l| l == name), "`{name}` of {catalog} in {listed:?}");
        }
    }
    let keys = json(&place.peerscape(&["list", "keys", "--format", "json"]));
    assert_eq!(keys["keys"].as_array().unwrap().len(), peerscape::scenario::accepted_keys().len());
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_is_no_error() {
    use std::os::fd::AsFd as _;
    let place = Place::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let writer = Stdio::from(writer.as_fd().try_clone_to_owned().unwrap());
    let output = place.command(&["list", "keys"]).stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_code(&output, 0);
    assert!(output.stderr.is_empty(), "{}", err(&output));
}

#[test]
#[cfg(target_os = "linux")]
fn standard_output_that_cannot_be_written_is_exit_74() {
    let place = Place::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = place.command(&["list"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_code(&output, 74);
    assert!(err(&output).contains("standard output"), "{}", err(&output));
}

#[test]
fn results_that_cannot_be_written_are_exit_74() {
    let place = Place::new();
    fs::write(place.path("file"), "not a folder").unwrap();
    for target in ["file", "file/below"] {
        let output = place.peerscape(&["run", "small.toml", "--out", target]);
        assert_code(&output, 74);
        assert!(err(&output).contains(target), "{}", err(&output));
        assert_plain(&output);
    }
    assert_eq!(fs::read_to_string(place.path("file")).unwrap(), "not a folder");
}

#[test]
fn another_result_is_replaced_only_by_force() {
    let place = Place::new();
    let older = place.path("older");
    fs::create_dir(&older).unwrap();
    fs::write(older.join("runs.csv"), "somebody's").unwrap();
    let refused = place.peerscape(&["run", "small.toml", "--out", "older"]);
    assert_code(&refused, 74);
    assert!(err(&refused).contains("--force") && err(&refused).contains("older"), "{}", err(&refused));
    assert_eq!(names_in(&older), ["runs.csv"]);
    assert_eq!(fs::read_to_string(older.join("runs.csv")).unwrap(), "somebody's");

    let forced = place.peerscape(&["run", "small.toml", "--out", "older", "--force"]);
    assert_code(&forced, 0);
    let runs = fs::read_to_string(older.join("runs.csv")).unwrap();
    assert_eq!(runs.lines().count(), 1 + 6, "a header and a row per run:\n{runs}");
}

#[test]
fn run_writes_results_prints_the_verdict_and_names_the_page() {
    let place = Place::new();
    let output = place.peerscape(&["run", "small.toml"]);
    assert_code(&output, 0);
    assert_plain(&output);
    let text = out(&output);
    let page = Path::new("results").join("small").join("report.html");
    for part in ["Eight peers in two ISPs", "baseline unmanaged", "as-hops", &page.display().to_string()] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(err(&output).contains("run 6 of 6 finished"), "{}", err(&output));
    let names = names_in(&place.path("results/small"));
    for file in ["runs.csv", "summary.csv", "comparisons.csv", "resolved.toml", "provenance.json", "report.html"] {
        assert!(names.iter().any(|n| n == file), "{file} in {names:?}");
    }
    assert!(!names.iter().any(|n| n.starts_with('.') || n == "runs-in-progress"), "{names:?}");

    let again = place.peerscape(&["run", "small.toml"]);
    assert_code(&again, 74);
}

#[test]
fn quiet_is_quiet_and_json_is_one_document() {
    let place = Place::new();
    let quiet = place.peerscape(&["run", "small.toml", "--quiet", "--out", "a"]);
    assert_code(&quiet, 0);
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty(), "{}{}", out(&quiet), err(&quiet));
    let output = place.peerscape(&["run", "small.toml", "--format", "json", "--out", "b"]);
    assert_code(&output, 0);
    assert_eq!(json(&output)["results"], "b");
    assert_eq!(json(&output)["baseline"], "unmanaged");
}

/// Everything but what depends on the machine and on the way in which it was asked for.
fn comparable(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let names = names_in(folder).into_iter().filter(|n| n != "performance.csv");
    names.map(|n| (n.clone(), fs::read(folder.join(n)).unwrap())).collect()
}

#[test]
fn threads_change_no_byte_and_the_resolved_scenario_reproduces_the_result() {
    let place = Place::new();
    for (jobs, folder) in [("1", "one"), ("2", "two"), ("8", "eight")] {
        assert_code(&place.peerscape(&["run", "small.toml", "--quiet", "--jobs", jobs, "--out", folder]), 0);
        assert!(comparable(&place.path(folder)) == comparable(&place.path("one")), "{jobs} threads");
    }
    fs::copy(place.path("one/resolved.toml"), place.path("small-resolved.toml")).unwrap();
    assert_code(&place.peerscape(&["run", "small-resolved.toml", "--quiet", "--out", "again"]), 0);
    let read = |folder: &str| fs::read(place.path(folder).join("runs.csv")).unwrap();
    assert!(read("again") == read("one"));
    assert_code(&place.peerscape(&["run", "small.toml", "--quiet", "--seed", "2", "--out", "other"]), 0);
    assert!(read("other") != read("one"), "another seed, another result");
}

#[test]
fn a_scenario_too_large_for_memory_is_refused_with_its_estimate() {
    let place = Place::new();
    let output = place.peerscape(&["run", "small.toml", "--memory-limit", "1 kB"]);
    assert_code(&output, 65);
    assert!(err(&output).contains("--memory-limit"), "{}", err(&output));
    assert!(!place.path("results").exists());
}

/// An experiment of many runs is told to stop after the first have finished.
#[test]
#[cfg(unix)]
fn ctrl_c_keeps_and_names_finished_runs() {
    use std::io::{BufRead as _, BufReader, Read as _};
    let place = Place::new();
    let args = ["run", "small.toml", "--jobs", "1", "--set", "experiment.replications=10000", "--out", "r"];
    let mut child = place.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut first = "advice: ".to_owned();
    while first.starts_with("advice: ") {
        first.clear();
        lines.read_line(&mut first).unwrap();
    }
    assert!(first.starts_with("run "), "{first}");
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("interrupted") && rest.contains("unmanaged, replication 0"), "{rest}");
    let kept = names_in(&place.path("r/runs-in-progress"));
    assert!(kept.iter().any(|n| n == "arm-0-replication-0"), "{kept:?}");
    assert!(!place.path("r/runs.csv").exists());
}
