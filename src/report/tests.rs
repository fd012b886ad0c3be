//! The room as a whole: a result is written, read, refused, replaced.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::experiment::synthetic::{outcome, references, resolved};
use crate::experiment::{Execution, PlanOrder, RunId, RunStore, Silent, analyse, execute};
use crate::metrics::rows::{Row, RunRow};
use crate::scenario::ReferenceSpec;

const ARMS: [&str; 3] = ["unmanaged", "same-as", "as-hops"];

fn experiment(arms: &[&str], replications: u32) -> (Resolved, ExperimentResult) {
    experiment_with(arms, replications, references())
}

fn experiment_with(arms: &[&str], replications: u32, references: Vec<ReferenceSpec>) -> (Resolved, ExperimentResult) {
    let resolved = Resolved { references, ..resolved(arms, replications) };
    let execution = Execution { jobs: 2, plan_order: PlanOrder::InOrder };
    let result = execute(&resolved, &|run| Ok(outcome(&resolved, run)), &execution, &Silent, &Silent).unwrap();
    (resolved, result)
}

fn write(path: &Path, arms: &[&str], replications: u32, force: bool) {
    write_experiment(path, &experiment(arms, replications), force);
}

fn write_experiment(path: &Path, (resolved, result): &(Resolved, ExperimentResult), force: bool) {
    let provenance = Provenance::of(resolved, result, "peerscape run scenarios/<example>.toml --seed 1");
    let folder = ResultsFolder::create(path, force).unwrap();
    let notes = ["Peers upload at a constant rate <script>alert(1)</script>.".to_owned()];
    write_all(&folder, result, resolved, "format = 1\n", &provenance, &notes).unwrap();
}

fn files(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    entries.map(|e| (e.file_name().into_string().unwrap(), std::fs::read(e.path()).unwrap())).collect()
}

#[test]
fn complete_result_has_every_file_and_the_same_bytes_again() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    write(&first, &ARMS, 10, false);
    write(&second, &ARMS, 10, false);
    if let Some(sample) = std::env::var_os("PEERSCAPE_SAMPLE_REPORT") {
        write(Path::new(&sample), &ARMS, 10, true);
    }
    let files_of_first = files(&first);
    let has = |name: &str| name == dictionary::REFERENCES_PLOT || !dictionary::OPTIONAL.contains(&name);
    let mut expected: Vec<_> = FILES.iter().map(|file| file.name.to_owned()).filter(|name| has(name)).collect();
    expected.sort();
    assert_eq!(files_of_first.keys().cloned().collect::<Vec<_>>(), expected);
    for (name, bytes) in files(&second) {
        assert!(files_of_first[&name] == bytes || name == "performance.csv", "{name} differs");
        assert!(!bytes.is_empty(), "{name} is empty");
    }
    assert_eq!(read_runs(&first).unwrap().len(), 30);
}

#[test]
fn page_is_self_contained_and_escapes_what_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("result"), &["<b>base</b>", "arm & \"co\""], 3, false);
    let page = String::from_utf8(files(&folder.path().join("result"))["report.html"].clone()).unwrap();
    for forbidden in ["<script", "<b>base", "<Nordic", "src=", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    // Addresses: only the name space of SVG, nothing is fetched.
    let addresses = page.matches("http").count();
    assert_eq!(addresses, page.matches("http://www.w3.org/2000/svg").count());
    assert!(page.contains("&#60;b&#62;base") && page.contains("arm &#38; &#34;co&#34;"));
    assert!(page.contains("No difference worth mentioning") || page.contains("Better"));
    // Each plot is inside, and each file linked.
    assert_eq!(page.matches("<svg").count(), 7);
    let has = |name: &str| name == dictionary::REFERENCES_PLOT || !dictionary::OPTIONAL.contains(&name);
    for file in FILES.iter().filter(|file| has(file.name)) {
        assert!(page.contains(&format!("href=\"{}\"", file.name)), "{}", file.name);
    }
}

#[test]
fn another_result_is_refused_without_force_and_strangers_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("my-notes.txt"), "mine").unwrap();
    write(path, &ARMS, 2, false);
    let before = files(path);
    let error = ResultsFolder::create(path, false).unwrap_err();
    assert!(matches!(error, StoreError::Occupied { .. }));
    assert!(error.to_string().contains("--force"), "{error}");
    assert_eq!(files(path), before);
    write(path, &ARMS[..2], 3, true);
    assert_eq!(read_runs(path).unwrap().len(), 6);
    assert_eq!(std::fs::read(path.join("my-notes.txt")).unwrap(), b"mine");
    let file = ResultsFolder::create(&path.join("my-notes.txt"), true).unwrap_err();
    assert!(matches!(file, StoreError::NotAFolder { .. }));
}

#[test]
fn plot_of_references_is_there_only_where_something_is_referred_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(path, &ARMS, 3, false);
    assert!(path.join("references.svg").is_file());
    write_experiment(path, &experiment_with(&ARMS, 3, Vec::new()), true);
    assert!(!path.join("references.svg").exists(), "a plot of the older result is left");
    let files = files(path);
    assert_eq!(String::from_utf8_lossy(&files["references.csv"]).lines().count(), 1);
    let page = String::from_utf8_lossy(&files["report.html"]);
    assert!(!page.contains("references.svg") && !page.contains("Held against"));
    assert_eq!(page.matches("<svg").count(), 6);
}

#[test]
fn references_in_table_and_words() {
    let (resolved, result) = experiment(&ARMS, 10);
    let csv = tables::tables(&result).unwrap().into_iter().find(|(name, _)| *name == "references.csv").unwrap().1;
    insta::assert_snapshot!("references_csv", String::from_utf8(csv).unwrap());
    let text = verdict_text(&result, &resolved);
    let held: Vec<&str> =
        text.lines().skip_while(|line| !line.starts_with("held against")).take_while(|line| !line.is_empty()).collect();
    insta::assert_snapshot!("references_text", held.join("\n"));
    let json: serde_json::Value = serde_json::from_str(&verdict_json(&result, &resolved)).unwrap();
    let references = json["references"].as_array().unwrap();
    assert_eq!(references.len(), result.references.len());
    let sentences: Vec<&str> = references.iter().map(|reference| reference["sentence"].as_str().unwrap()).collect();
    insta::assert_snapshot!("references_sentences", sentences.join("\n"));
}

#[test]
fn interrupted_experiment_keeps_its_runs_until_the_result_is_complete() {
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().join("result");
    let scenario = resolved(&ARMS, 2);
    let folder = ResultsFolder::create(&path, false).unwrap();
    let run = RunId { arm: 1, replication: 1 };
    folder.keep(run, &outcome(&scenario, run)).unwrap();
    let kept = folder.runs_in_progress().join("arm-1-replication-1");
    assert_eq!(read_runs(&kept).unwrap(), [outcome(&scenario, run).run]);
    // Nothing half-written is left beside it.
    assert_eq!(std::fs::read_dir(folder.runs_in_progress()).unwrap().count(), 1);
    let error = ResultsFolder::create(&path, false).unwrap_err().to_string();
    assert!(error.contains("1 finished run of an interrupted experiment"), "{error}");
    write(&path, &ARMS, 2, true);
    assert!(!folder.runs_in_progress().exists());
}

#[test]
fn failed_write_names_the_file_and_loses_no_finished_run() {
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().join("result");
    let (scenario, result) = experiment(&ARMS, 1);
    let folder = ResultsFolder::create(&path, false).unwrap();
    let run = RunId { arm: 0, replication: 0 };
    folder.keep(run, &outcome(&scenario, run)).unwrap();
    // Something in the way that cannot be replaced by a file.
    std::fs::create_dir_all(path.join("report.html/in-the-way")).unwrap();
    let provenance = Provenance::of(&scenario, &result, "peerscape run x.toml");
    let error = write_all(&folder, &result, &scenario, "", &provenance, &[]).unwrap_err();
    assert!(error.to_string().contains("report.html"), "{error}");
    assert_eq!(read_runs(&folder.runs_in_progress().join("arm-0-replication-0")).unwrap().len(), 1);
    // No half-written file is left behind.
    assert!(std::fs::read_dir(&path).unwrap().all(|e| !e.unwrap().file_name().to_string_lossy().starts_with('.')));
}

#[cfg(unix)]
#[test]
fn files_are_as_readable_as_other_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().join("result");
    write(&path, &ARMS, 1, false);
    std::fs::write(path.join("ordinary"), "").unwrap();
    let mode = |name: &str| std::fs::metadata(path.join(name)).unwrap().permissions().mode();
    assert_eq!(mode(RunRow::FILE), mode("ordinary"));
}

#[test]
fn extremes_can_be_drawn() {
    let temporary = tempfile::tempdir().unwrap();
    // A single run, and more arms than there are colours, with long names.
    write(&temporary.path().join("single"), &ARMS[..1], 1, false);
    let names: Vec<String> =
        (0..11).map(|n| format!("arm {n} with a name that is much too long for a legend")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    write(&temporary.path().join("many"), &names, 2, false);
    if let Some(sample) = std::env::var_os("PEERSCAPE_SAMPLE_REPORT") {
        write(&Path::new(&sample).join("single"), &ARMS[..1], 1, true);
        write(&Path::new(&sample).join("many"), &names, 2, true);
    }
    // An experiment in which nothing happened.
    let scenario = resolved(&ARMS, 1);
    let empty = execute(
        &scenario,
        &|run| {
            let mut outcome = crate::metrics::RunOutcome::default();
            outcome.run.arm = scenario.arms[run.arm].name.clone();
            Ok(outcome)
        },
        &Execution { jobs: 1, plan_order: PlanOrder::InOrder },
        &Silent,
        &Silent,
    )
    .unwrap();
    let provenance = Provenance::of(&scenario, &empty, "peerscape run x.toml");
    let folder = ResultsFolder::create(&temporary.path().join("empty"), false).unwrap();
    write_all(&folder, &empty, &scenario, "", &provenance, &[]).unwrap();
}

#[test]
fn verdicts_for_terminal_and_machine() {
    let (resolved, result) = experiment(&["unmanaged", "same-as"], 10);
    let text = verdict_text(&result, &resolved);
    if std::env::var_os("PEERSCAPE_SAMPLE_REPORT").is_some() {
        eprintln!("{text}");
    }
    assert!(text.lines().any(|line| line.starts_with("traffic between ISPs") && line.contains("lower by")), "{text}");
    assert!(text.contains("unmanaged: 0 of 3000 peers censored"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    let json: serde_json::Value = serde_json::from_str(&verdict_json(&result, &resolved)).unwrap();
    let verdicts = json["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), result.verdicts.len());
    let inter = verdicts.iter().find(|v| v["comparison"]["metric"] == "inter_isp_bytes").unwrap();
    assert_eq!((&inter["comparison"]["verdict"], &inter["improves"]), (&"lower".into(), &true.into()));
    // A single arm has nothing to compare, but means.
    let (resolved, result) = experiment(&["alone"], 2);
    assert!(result.verdicts.is_empty());
    assert!(verdict_text(&result, &resolved).contains("mean completion time"), "{}", verdict_text(&result, &resolved));
}

/// The same experiment, in which these first replications of an arm ended before a twentieth of its peers was left.
fn censored(replications: u32, in_baseline: u32, in_arm: u32) -> (Resolved, ExperimentResult) {
    let (resolved, result) = experiment(&["unmanaged", "same-as"], replications);
    let mut outcomes = result.outcomes;
    for outcome in &mut outcomes {
        let ended_early = if outcome.run.arm == "unmanaged" { in_baseline } else { in_arm };
        if outcome.run.replication < ended_early {
            outcome.run.completion_p95_s = None;
            outcome.run.peers_censored = outcome.run.peers / 10;
        }
    }
    let result = analyse(&resolved, outcomes);
    (resolved, result)
}

fn text_and_page(experiment: &(Resolved, ExperimentResult)) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    write_experiment(folder.path(), experiment, true);
    let page = String::from_utf8(files(folder.path())["report.html"].clone()).unwrap();
    (verdict_text(&experiment.1, &experiment.0), page)
}

#[test]
fn a_censored_percentile_is_called_censored() {
    let line = |text: &str| text.lines().find(|line| line.starts_with("95th percentile")).unwrap().to_owned();
    let cases = [
        (5, 5, 5, "censored in 5 of 5 runs of both"),
        (5, 0, 5, "censored in 5 of 5 runs"),
        (5, 5, 0, "censored unmanaged in 5 of 5 runs"),
        (5, 1, 4, "censored in 4 of 5 runs, unmanaged in 1 of 5 runs"),
    ];
    for (runs, in_baseline, in_arm, words) in cases {
        let experiment = censored(runs, in_baseline, in_arm);
        let (text, page) = text_and_page(&experiment);
        assert!(line(&text).ends_with(words), "{}", line(&text));
        assert!(text.contains("after the end of the run"), "{text}");
        assert!(!text.contains("not enough runs"), "{text}");
        assert!(page.contains("Censored: the value lies after the end of runs") && !page.contains("Not enough runs"));
        let verdict = experiment.1.verdicts.iter().find(|v| v.headline.metric == "completion_p95_s").unwrap();
        assert!(verdict.sentence.contains("It lies after the end of the run"), "{}", verdict.sentence);
        // The table of comparisons keeps its word.
        assert_eq!(verdict.comparison.verdict, "not-enough-runs");
    }
    // Some pairs are left: they are compared, and counted.
    let (text, page) = text_and_page(&censored(5, 0, 2));
    assert!(line(&text).ends_with("(3 of 5 pairs)"), "{}", line(&text));
    assert!(page.contains("censored in 2 of 5 runs"));
    // A single run is too few, censored or not.
    let (text, _) = text_and_page(&censored(1, 1, 1));
    assert!(line(&text).ends_with("not enough runs"), "{}", line(&text));
    // Nothing is censored: nothing is said of it.
    let (text, page) = text_and_page(&experiment(&["unmanaged", "same-as"], 5));
    assert!(!text.contains("after the end") && !page.contains("Censored: the value"), "{text}");
}

#[test]
fn page_of_many_arms_keeps_its_tables_narrow_and_says_what_is_left_out() {
    let names: Vec<String> = (0..40).map(|n| format!("arm-{n}")).collect();
    let experiment = experiment(&names.iter().map(String::as_str).collect::<Vec<_>>(), 2);
    let (_, page) = text_and_page(&experiment);
    let widest = page.split("<thead>").skip(1).map(|head| {
        head.split("</thead>").next().unwrap().split("</tr>").map(|row| row.matches("<th").count()).max().unwrap()
    });
    assert!(widest.max().unwrap() <= 8, "a table has too many columns");
    assert!(page.contains("8 further arms") || page.contains("24 further arms"), "arms are folded");
    assert!(page.contains("of 40 arms are left out here"));
    let drawn = page.matches("12 of 40 arms drawn, evenly spaced; all are in").count();
    assert!(drawn >= 3, "completion, traffic and courses over time say so: {drawn}");
}
