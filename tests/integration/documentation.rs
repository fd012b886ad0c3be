//! The documentation says what the program does: README's `console` blocks are executed, the table of scenario keys in
//! `docs/models.md` is generated, links lead somewhere.
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

/// The text with what its `console` blocks print today; how many commands they hold.
fn executed(text: &str, folder: &Path) -> (String, usize) {
    let (mut current, mut commands) = (String::new(), 0);
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        if inside && line == "```\n" {
            inside = false;
        } else if inside && let Some(command) = line.strip_prefix("$ ") {
            commands += 1;
            current.push_str(line);
            current.push_str(&output_of(command.trim_end(), folder));
            continue;
        } else if inside {
            continue;
        } else if line == "```console\n" {
            inside = true;
        }
        current.push_str(line);
    }
    (current, commands)
}

#[test]
#[cfg(unix)]
fn readme_shows_what_the_program_prints() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("scenarios")).unwrap();
    fs::copy(root().join("scenarios/minimal.toml"), folder.path().join("scenarios/minimal.toml")).unwrap();
    let committed = read("README.md");
    let (current, commands) = executed(&committed, folder.path());
    assert!(commands >= 4, "README's tour has {commands} commands");
    compare("README.md", &committed, &current);
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
    for file in ["README.md", "docs/models.md", "docs/limitations.md", "docs/performance.md", "docs/gates.md"] {
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
