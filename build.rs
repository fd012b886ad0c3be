//! Tells the program which commit and which compiler it is built from, for `provenance.json`.
//!
//! Sets `PEERSCAPE_COMMIT` and `PEERSCAPE_COMPILER`, unless the environment does. Never fails: what cannot be known (no
//! git, a source archive, somebody else's repository around this folder) is left unset, and `provenance.json` says null.
//! A tree with uncommitted changes is marked `-modified`.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    // Once one path is named, only named ones are watched.
    for path in ["build.rs", "Cargo.toml", "Cargo.lock", "src"] {
        println!("cargo:rerun-if-changed={path}");
    }
    set("PEERSCAPE_COMMIT", commit);
    set("PEERSCAPE_COMPILER", compiler);
}

fn set(variable: &str, value: impl FnOnce() -> Option<String>) {
    println!("cargo:rerun-if-env-changed={variable}");
    if env::var_os(variable).is_none()
        && let Some(value) = value()
    {
        println!("cargo:rustc-env={variable}={value}");
    }
}

fn compiler() -> Option<String> {
    output(&env::var("RUSTC").ok()?, &["--version"])
}

fn commit() -> Option<String> {
    // In a package made by `cargo package` there is no repository of ours.
    let here = Path::new(&env::var_os("CARGO_MANIFEST_DIR")?).canonicalize().ok()?;
    let top = output("git", &["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != here {
        return None;
    }
    // HEAD names a branch; its reflog grows with each commit, checkout and reset.
    for file in ["HEAD", "logs/HEAD"] {
        if let Some(path) = output("git", &["rev-parse", "--git-path", file])
            && Path::new(&path).exists()
        {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    let commit = output("git", &["rev-parse", "HEAD"])?;
    let watched = ["status", "--porcelain", "--", "build.rs", "Cargo.toml", "Cargo.lock", "src"];
    let modified = output("git", &watched)?;
    Some(if modified.is_empty() { commit } else { format!("{commit}-modified") })
}

/// Standard output of a command that succeeds, if it is one line or nothing.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
