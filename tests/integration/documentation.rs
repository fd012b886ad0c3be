//! The documentation says what the program does: `console` blocks of README and `docs` are executed and compared with what
//! they show, the table of scenario keys in `docs/models.md` is generated, links lead somewhere.
//!
//! `PEERSCAPE_WRITE_DOCUMENTATION=1 cargo test --release --test integration documentation` writes both anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use peerscape::scenario;

const BEGIN: &str = "<!-- keys:begin -->\n";
const END: &str = "<!-- keys:end -->";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Compares a committed text with the one it should be, or writes it.
#[track_caller]
fn compare(file: &str, committed: &str, current: &str) {
    if committed == current {
        return;
    }
    if std::env::var_os("PEERSCAPE_WRITE_DOCUMENTATION").is_some() {
        fs::write(root().join(file), current).unwrap();
        return;
    }
    let difference = committed.lines().zip(current.lines()).find(|(was, is)| was != is);
    let (was, is) = difference.unwrap_or(("(the end, or fewer lines)", "(the end, or more lines)"));
    panic!(
        "{file} is out of date. First difference:\n  it says   {was}\n  should be {is}\n\
         PEERSCAPE_WRITE_DOCUMENTATION=1 cargo test --release --test integration documentation"
    );
}

fn keys_table() -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let mut table = "\n| key | default | allowed | effect |\n| --- | --- | --- | --- |\n".to_owned();
    // An arm's own service has the keys of the scenario's; models.md says so above the table.
    for key in scenario::accepted_keys().into_iter().filter(|key| !key.path.starts_with("arm.*.service.")) {
        // Defaults are TOML text, or words where absence is a value of its own.
        let default = match &key.default {
            None => "–".to_owned(),
            Some(text) if text.starts_with(['"', '[', '{']) || text.parse::<f64>().is_ok() => format!("`{text}`"),
            Some(text) if ["true", "false"].contains(&text.as_str()) => format!("`{text}`"),
            Some(words) => words.clone(),
        };
        let (allowed, doc) = (cell(&key.allowed), cell(key.doc));
        let _ = writeln!(table, "| `{}` | {} | {allowed} | {doc} |", key.path, cell(&default));
    }
    table.push('\n');
    table
}

#[test]
fn models_list_every_scenario_key() {
    let committed = read("docs/models.md");
    let (before, rest) = committed.split_once(BEGIN).expect("docs/models.md has the first marker");
    let (_, after) = rest.split_once(END).expect("docs/models.md has the second marker");
    compare("docs/models.md", &committed, &format!("{before}{BEGIN}{}{END}{after}", keys_table()));
}

/// Standard output of a command line, run by a shell in `folder` with the program on its path.
fn output_of(line: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_peerscape")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("`{line}`: {error}"));
    assert!(output.status.success(), "`{line}`: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// On the line before a block whose commands would take too long: their scenarios are only validated.
const VALIDATED: &str = "<!-- validated only -->";

/// The command as it is executed: from a clone the program is run by cargo.
fn command(line: &str) -> String {
    ["cargo run --release -- ", "cargo run --quiet --release -- "]
        .iter()
        .find_map(|cargo| line.strip_prefix(cargo))
        .map_or_else(|| line.to_owned(), |arguments| format!("peerscape {arguments}"))
}

/// `peerscape run SCENARIO …` as `peerscape validate SCENARIO …`, with the options that both know.
fn validated(line: &str) -> String {
    let line = command(line);
    let arguments = line.strip_prefix("peerscape run ").unwrap_or_else(|| panic!("`{line}` runs no scenario"));
    let mut kept = Vec::new();
    let mut words = arguments.split(' ');
    while let Some(word) = words.next() {
        match word {
            "--out" => drop(words.next()),
            "--force" | "--quiet" => {}
            _ => kept.push(word),
        }
    }
    format!("peerscape validate {}", kept.join(" "))
}

/// Whether this is what is shown: a line `...` stands for any lines, and `…` within a line for any text (a wall-clock time).
fn is_shown(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|skipped| is_shown(rest, &printed[skipped..])),
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(first, others)| is_shown_line(line, first) && is_shown(rest, others))
        }
    }
}

fn is_shown_line(shown: &str, printed: &str) -> bool {
    match shown.split_once('…') {
        None => shown == printed,
        Some((before, after)) => printed.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| is_shown_line(after, &rest[at..]))
        }),
    }
}

/// The text with what its `console` blocks print today (where that is not what they show); how many commands they hold.
fn executed(text: &str, folder: &Path) -> (String, usize) {
    let (mut current, mut commands) = (String::new(), 0);
    let (mut inside, mut only_validated, mut before) = (false, false, "");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        current.push_str(line);
        if line == "```console\n" {
            inside = true;
            only_validated = before.trim_end() == VALIDATED;
        } else if line == "```\n" {
            inside = false;
        } else if inside && let Some(typed) = line.strip_prefix("$ ") {
            commands += 1;
            let end = lines[at..].iter().position(|l| l.starts_with("$ ") || *l == "```\n").map_or(at, |n| at + n);
            let shown: String = lines[at..end].concat();
            at = end;
            if only_validated {
                output_of(&validated(typed.trim_end()), folder);
                current.push_str(&shown);
                continue;
            }
            let printed = output_of(&command(typed.trim_end()), folder);
            let (wanted, found): (Vec<&str>, Vec<&str>) = (shown.lines().collect(), printed.lines().collect());
            current.push_str(if is_shown(&wanted, &found) { &shown } else { &printed });
        }
        before = line;
    }
    (current, commands)
}

/// A folder with the repository's scenarios, as a reader of the documentation has them.
fn clone_of_scenarios() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut folders = vec![PathBuf::from("scenarios")];
    while let Some(inner) = folders.pop() {
        fs::create_dir_all(folder.path().join(&inner)).unwrap();
        for entry in fs::read_dir(root().join(&inner)).unwrap() {
            let path = inner.join(entry.unwrap().file_name());
            if root().join(&path).is_dir() {
                folders.push(path);
            } else {
                fs::copy(root().join(&path), folder.path().join(&path)).unwrap();
            }
        }
    }
    folder
}

/// README and every page of `docs`.
fn pages() -> Vec<String> {
    let mut pages = vec!["README.md".to_owned()];
    let found = crate::mutations::files_below(&root().join("docs"), "md");
    pages.extend(found.iter().map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/")));
    pages
}

#[test]
#[cfg(unix)]
fn console_blocks_show_what_the_program_prints() {
    let folder = clone_of_scenarios();
    for page in pages() {
        let committed = read(&page);
        let (current, commands) = executed(&committed, folder.path());
        let least = match page.as_str() {
            "README.md" | "docs/commands.md" => 4,
            _ => 0,
        };
        assert!(commands >= least, "{page} has {commands} commands");
        compare(&page, &committed, &current);
    }
}

#[test]
fn scenarios_that_the_documentation_names_are_there() {
    let mut named = 0;
    for page in pages() {
        let text = read(&page);
        for (at, _) in text.match_indices("scenarios/") {
            let path: String =
                text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || "/._-".contains(*c)).collect();
            if let Some(stem) = path.strip_suffix(".toml") {
                named += 1;
                assert!(root().join(format!("{stem}.toml")).is_file(), "{page}: {path}");
            }
        }
    }
    assert!(named > 10, "{named}");
}

#[test]
fn shown_output_may_leave_out_lines_and_times() {
    let shown =
        |shown: &str, printed: &str| is_shown(&shown.lines().collect::<Vec<_>>(), &printed.lines().collect::<Vec<_>>());
    assert!(shown("a\nb\n", "a\nb\n") && !shown("a\n", "a\nb\n") && !shown("a\nb\n", "a\n"));
    assert!(shown("a\n...\nd", "a\nb\nc\nd") && shown("a\n...\n", "a") && !shown("a\n...\nc", "a\nb"));
    assert!(shown("took … s at N = …", "took 3.5 s at N = 10") && !shown("took … s", "took 3.5 min"));
    assert_eq!(validated("cargo run --release -- run a.toml --out x --set b=1"), "peerscape validate a.toml --set b=1");
}

#[test]
fn readme_begins_with_the_two_commands() {
    let readme = read("README.md");
    let first = readme.find("\ncargo run --release -- run scenarios/managed-vs-unmanaged/file-swarming.toml\n");
    let second = readme.find("\ncargo test --release\n");
    assert!(first.is_some() && first < second, "README's first command is the main job, the second the tests");
    assert!(root().join("scenarios/managed-vs-unmanaged/file-swarming.toml").is_file());
}

#[test]
fn links_of_the_documentation_lead_somewhere() {
    let files = [
        "README.md",
        "docs/models.md",
        "docs/limitations.md",
        "docs/performance.md",
        "docs/commands.md",
        "docs/gates.md",
    ];
    for file in files {
        let text = read(file);
        let folder = root().join(file).parent().unwrap().to_owned();
        let targets: Vec<&str> =
            text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target).collect();
        assert!(file == "docs/performance.md" || !targets.is_empty(), "{file} has links");
        for target in targets.into_iter().filter(|target| !target.starts_with("http")) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { root().join(file) } else { folder.join(path) };
            assert!(path.exists(), "{file}: {target}");
            if !anchor.is_empty() {
                let linked = fs::read_to_string(&path).unwrap();
                let found = linked.lines().filter(|line| line.starts_with('#')).any(|line| anchor_of(line) == anchor);
                assert!(found, "{file}: no heading #{anchor}");
            }
        }
    }
}

/// A heading as the anchor that Markdown renderers give it.
fn anchor_of(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars();
    kept.filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-')
        .map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() })
        .collect()
}
