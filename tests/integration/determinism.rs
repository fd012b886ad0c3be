//! The same scenario gives the same bytes: on any number of threads, in any order, sampled at any period, in any process.

use std::fs;
use std::path::Path;
use std::process::Command;

use peerscape::cli;
use peerscape::experiment::{Execution, PlanOrder};
use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::PerformanceRow;
use peerscape::random::Seed;
use peerscape::scenario::{Overrides, Resolved, load};
use peerscape::selection::Catalog;
use peerscape::underlay::{AsRelationshipsText, LatencySpec, Source, Tiered, Underlay, UnderlaySpec};
use peerscape::units::AsIndex;

use crate::runs::{Files, differing, files, files_in, folder_with, repository, run_text};

/// Everything that can go another way: churn, free choices of every server, narrow links, outages, two services.
const RICH: &str = r#"
# Question: does anything depend on the machine?
format = 1
title = "A swarm with churn"
experiment = { replications = 3, seed = 11, deadline = "2 h" }
underlay.tiered = { ases = 60, tier1 = 4, sibling-share = 0.3 }
population.peers = 60
population.arrivals = { flash-crowd = { decay = "1 min" } }
population.after-completion = { stay-for = { exponential = { mean = "30 s" } } }
population.access = [
  { name = "adsl", share = 0.7, down = "16 Mbit/s", up = "1 Mbit/s" },
  { name = "fibre", share = 0.2, down = "50 Mbit/s", up = "20 Mbit/s" },
  { name = "free-rider", share = 0.1, down = "8 Mbit/s", up = "0 bit/s" },
]
population.seeds = { count = 2, up = "10 Mbit/s" }
discovery = { list = 10, wanted = 8, max-connections = 12, low-mark = 5, interval = "1 min", min-interval = "10 s" }
service.file-swarming = { size = "8 MiB" }

[[arm]]
name = "unmanaged"
management = "none"
[arm.tracker]
service-time = { exponential = { mean = "20 ms" } }
outages = [{ from = "20 s", until = "50 s" }]

[[arm]]
name = "managed"
[arm.oms]
order = ["as-hops"]
external = { min = 2, max = 6, fill = "ordered" }
service-time = { exponential = { mean = "20 ms" } }
[arm.unis]
service-time = { exponential = { mean = "50 ms" } }
outages = [{ from = "30 s", until = "40 s" }]
max-age = "20 s"

[[arm]]
name = "server"
management = "none"
[arm.service.client-server]
size = "8 MiB"
slots = 5
"#;

/// Files that say which scenario it was.
const SCENARIO_ITSELF: [&str; 2] = ["provenance.json", "resolved.toml"];

/// Runs the program as a function and reads what it wrote.
#[track_caller]
fn through_command_line(scenario: &Path, options: &[&str]) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("results");
    let mut args = vec!["peerscape".as_ref(), "run".as_ref(), scenario.as_os_str(), "--quiet".as_ref()];
    args.extend(["--out".as_ref(), results.as_os_str()]);
    args.extend(options.iter().map(AsRef::<std::ffi::OsStr>::as_ref));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run_with(args, &Catalog::standard(), &mut out, &mut err);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&err));
    files_in(&results)
}

#[track_caller]
fn assert_same(one: &Files, other: &Files, what: &str) {
    assert_eq!(differing(one, other), [""; 0], "{what}");
    assert!(one.len() >= 15, "{:?}", one.keys());
}

fn load_file(path: &Path) -> Resolved {
    load(path, &Overrides::default(), &Catalog::standard()).unwrap_or_else(|e| panic!("{}", e.render(false)))
}

/// One, two and eight threads, twice the same, and runs started in another order.
#[track_caller]
fn threads_and_order_leave_no_trace(scenario: &Path) {
    let first = through_command_line(scenario, &["--jobs", "1"]);
    for jobs in ["1", "2", "8"] {
        let again = through_command_line(scenario, &["--jobs", jobs]);
        assert_same(&first, &again, &format!("--jobs {jobs}"));
    }
    let resolved = load_file(scenario);
    let command = format!("peerscape run {}", scenario.display());
    for seed in 1..=3 {
        let execution = Execution { jobs: 2, plan_order: PlanOrder::Shuffled(seed) };
        assert_same(&first, &files(&resolved, &execution, &command), &format!("plan shuffled by {seed}"));
    }
}

#[test]
fn threads_and_order_leave_no_trace_in_the_minimal_scenario() {
    threads_and_order_leave_no_trace(&repository().join("scenarios/minimal.toml"));
}

#[test]
fn threads_and_order_leave_no_trace_in_a_swarm_with_churn() {
    let folder = folder_with(RICH, &[]);
    threads_and_order_leave_no_trace(&folder.path().join("trial.toml"));
}

#[test]
fn a_sampling_period_changes_the_time_series_alone() {
    let folder = folder_with(RICH, &[]);
    let scenarios = [repository().join("scenarios/minimal.toml"), folder.path().join("trial.toml")];
    for scenario in scenarios {
        let first = through_command_line(&scenario, &[]);
        // One that hits choke rounds and whole seconds, one that hits nothing, one beyond the end.
        for period in ["1 s", "777 ms", "3 h"] {
            let other = through_command_line(&scenario, &["--set", &format!("experiment.sampling={period}")]);
            let mut differing = differing(&first, &other);
            // The page prints the command that gives it again, and the command names the period.
            differing.retain(|name| !SCENARIO_ITSELF.contains(&name.as_str()) && name != "report.html");
            assert_eq!(differing, ["time_series.csv"], "{period}");
            let page = |files: &Files| {
                let text = String::from_utf8(files["report.html"].clone()).unwrap();
                let text = text.replace(&format!(" --set &#39;experiment.sampling={period}&#39;"), "");
                // Advice on the period itself is about the period.
                let text = text.replace("<li>", "\n<li>").replace("</li>", "</li>\n");
                text.lines()
                    .filter(|line| !line.trim().is_empty() && !line.contains("sampling"))
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            let (one, two) = (page(&first), page(&other));
            let line = one.lines().zip(two.lines()).find(|(one, two)| one != two);
            assert!(one == two, "{period}: the page differs in more than its command: {line:?}");
        }
    }
}

/// What a run leaves, without what it cost and without its sampling.
fn facts(outcome: &RunOutcome) -> RunOutcome {
    RunOutcome { performance: PerformanceRow::default(), ..outcome.clone() }
}

#[test]
fn more_replications_change_none_before() {
    let few = run_text(RICH, &[("experiment.replications", "1")]);
    let many = run_text(RICH, &[]);
    for outcome in &few.outcomes {
        let same = crate::runs::outcome(&many, &outcome.run.arm, outcome.run.replication);
        assert_eq!(outcome.run, same.run);
        assert!(facts(outcome) == facts(same), "{} of {}", outcome.run.replication, outcome.run.arm);
    }
}

/// Tells this test's other processes what to hash: the path of a file of AS relationships, or `tiered`.
const PRINT_HASH_OF: &str = "PEERSCAPE_TEST_ROUTES_OF";

fn underlay(source: &str) -> Underlay {
    let source = if source == "tiered" {
        Source::Tiered(Tiered {
            ases: 1_000,
            tier1: 8,
            transit_share: 0.15,
            multihomed_share: 0.55,
            peering_degree: 3.0,
            sibling_share: 0.1,
            subscriber_exponent: 1.0,
        })
    } else {
        let text = fs::read_to_string(source).unwrap();
        Source::AsRelationships(AsRelationshipsText { path: source.to_owned(), text })
    };
    let latency = LatencySpec { inside: "10 ms".parse().unwrap(), hop: "15 ms".parse().unwrap() };
    Underlay::build(&UnderlaySpec { source, latency }, Seed::new(1, u32::MAX)).unwrap()
}

fn hash_over_all_routes(source: &str) -> String {
    let underlay = underlay(source);
    let everybody: Vec<AsIndex> = (0..underlay.as_count() as u32).map(AsIndex).collect();
    format!("{:016x}", underlay.routes_hash(&everybody))
}

/// Runs this test in twenty processes, each with memory laid out and maps seeded anew.
#[track_caller]
fn twenty_processes_agree(test: &str, source: &str) {
    let marker = "hash over all routes: ";
    if let Ok(source) = std::env::var(PRINT_HASH_OF) {
        println!("\n{marker}{}", hash_over_all_routes(&source));
        return;
    }
    let here = hash_over_all_routes(source);
    for process in 0..20 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", &format!("determinism::{test}"), "--nocapture"]);
        // Threads decide nothing either.
        command.env(PRINT_HASH_OF, source).env("RAYON_NUM_THREADS", (process % 4 + 1).to_string());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let hash = said.lines().find_map(|line| line.strip_prefix(marker));
        assert_eq!(hash, Some(here.as_str()), "process {process}: {said}{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn twenty_processes_give_one_hash_over_all_routes_of_a_generated_graph() {
    twenty_processes_agree("twenty_processes_give_one_hash_over_all_routes_of_a_generated_graph", "tiered");
}

#[test]
fn twenty_processes_give_one_hash_over_all_routes_of_a_real_graph() {
    let name = "twenty_processes_give_one_hash_over_all_routes_of_a_real_graph";
    let path = repository().join("../shared/data/asrel/asrel_201701_core1000.txt");
    if !path.exists() {
        eprintln!("SKIPPED {name}: ../shared/data is missing");
        return;
    }
    twenty_processes_agree(name, &path.display().to_string());
}
