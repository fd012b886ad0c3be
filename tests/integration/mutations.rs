//! Whatever is in an input file: what was asked for or a refusal, never a panic, never memory without bound.
//!
//! [`mutate`] spoils a valid file; [`in_bounded_memory`] runs a test of this binary again in a process of its own whose
//! memory the system limits. Parsers of other inputs are tried by the same two, beside their own tests.

use std::fs;
use std::path::{Path, PathBuf};

use peerscape::scenario::{Overrides, Resolved, ScenarioErrors, load};
use peerscape::selection::Catalog;
use tempfile::TempDir;

use crate::runs::repository;
use crate::schema::{data, validator};

/// Address space of a process that parses mutated files. A gigabyte is what the binary, its libraries and the stacks of
/// its threads reserve without using it, and room for the largest file that any parser accepts.
#[cfg(target_os = "linux")]
const ADDRESS_SPACE_KIB: u64 = 1 << 20;

/// A generator for mutations: quality is of no concern here, the same sequence everywhere is.
pub(crate) struct Dice(u64);

impl Dice {
    /// Every seed has a sequence of its own (the finalizer of `SplitMix64`; Steele, Lea, Flood 2014).
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self(state ^ (state >> 31))
    }

    /// A number below `n`; 0 where `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// What parsers of text stumble over: structure of TOML, CSV and relationship files, numbers at the ends of their
/// ranges, text that is none.
const TOKENS: [&[u8]; 40] = [
    b"[",
    b"]",
    b"{",
    b"}",
    b"\"",
    b"=",
    b"\n",
    b"\r\n",
    b".",
    b",",
    b"|",
    b"#",
    b"[[arm]]\n",
    b"-1",
    b"0",
    b"00",
    b"1e309",
    b"4294967295",
    b"4294967296",
    b"9223372036854775807",
    b"18446744073709551616",
    b"nan",
    b"inf",
    b"\"never\"",
    b"\"0 s\"",
    b"\"1 Tbit/s\"",
    b"0.000000000000000001",
    b"{}",
    b"[]",
    b"true",
    b"'''",
    b"\"\"\"",
    "é".as_bytes(),
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"1979-05-27",
    b"|-1|",
    b"[[[[[[[[[[[[",
    b"{a={a={a={a={a=",
];

/// `bytes` with one to four mutations that the seed decides: parts cut out, doubled, exchanged, overwritten by tokens,
/// bits flipped, digits and whole values replaced.
pub(crate) fn mutate(seed: u64, bytes: &[u8]) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut mutated = bytes.to_vec();
    for _ in 0..=dice.below(4) {
        mutate_once(&mut mutated, &mut dice);
    }
    mutated
}

fn mutate_once(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let until = (at + dice.below(12)).min(bytes.len());
    let token = TOKENS[dice.below(TOKENS.len())];
    match dice.below(10) {
        0 => drop(bytes.drain(at..until)),
        1 => drop(bytes.splice(at..until, token.iter().copied())),
        2 => drop(bytes.splice(at..at, token.iter().copied())),
        3 => {
            // A whole value: from the next separator to the end of its cell or line.
            let from = position_after(bytes, at, b"=,|").unwrap_or(at);
            let to = bytes[from..].iter().position(|b| b",|\n".contains(b)).map_or(bytes.len(), |n| from + n);
            drop(bytes.splice(from..to, token.iter().copied()));
        }
        4 => {
            // A piece of the file once more, elsewhere.
            let from = dice.below(bytes.len() + 1);
            let piece = bytes[from..(from + 1 + dice.below(200)).min(bytes.len()).max(from)].to_vec();
            drop(bytes.splice(at..at, piece));
        }
        5 => {
            // A whole line, cut out or doubled.
            let from = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
            let to = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n + 1);
            let line = bytes[from..to].to_vec();
            drop(bytes.splice(from..to, line.repeat(2 * dice.below(2))));
        }
        6 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        // Another digit: the mutation that most often leaves a valid file.
        _ => {
            let digit = bytes.iter().skip(at).position(u8::is_ascii_digit).map(|n| at + n);
            if let Some(byte) = digit.and_then(|n| bytes.get_mut(n)) {
                *byte = b'0' + dice.below(10) as u8;
            }
        }
    }
}

/// The position behind the first of `wanted` at or after `at`.
fn position_after(bytes: &[u8], at: usize, wanted: &[u8]) -> Option<usize> {
    bytes[at..].iter().position(|b| wanted.contains(b)).map(|n| at + n + 1)
}

/// Runs the ignored test `name` (its path inside this binary) in a process of its own with bounded memory: what asks
/// for more is ended by the failed allocation, and the test fails. Where the system cannot limit memory (it can on
/// Linux), the process runs without a limit.
#[track_caller]
pub(crate) fn in_bounded_memory(name: &str) {
    let program = std::env::current_exe().unwrap();
    let test = ["--exact", name, "--ignored", "--nocapture", "--test-threads=1"];
    #[cfg(target_os = "linux")]
    let mut command = {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("ulimit -v {ADDRESS_SPACE_KIB} && exec \"$0\" \"$@\"")]).arg(program).args(test);
        shell
    };
    #[cfg(not(target_os = "linux"))]
    let mut command = {
        let mut direct = std::process::Command::new(program);
        direct.args(test);
        direct
    };
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name}: {}\n{out}\n{err}", output.status);
    assert!(out.contains("1 passed"), "`{name}` is a test of this binary:\n{out}");
}

/// Every file below `folder` with this extension, sorted.
pub(crate) fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A folder with the files that the repository's scenarios name, and those scenarios.
fn scenarios_with_their_files() -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let scenarios = files_below(&repository().join("scenarios"), "toml");
    for beside in scenarios.iter().filter_map(|file| file.parent()) {
        for file in fs::read_dir(beside).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
    }
    (folder, scenarios)
}

/// What the program says of a scenario with these bytes, which stands beside the files that it names.
fn read(bytes: &[u8], file: &Path) -> Result<Resolved, ScenarioErrors> {
    fs::write(file, bytes).unwrap();
    load(file, &Overrides::default(), &Catalog::standard())
}

#[test]
#[ignore = "run by `ten_thousand_mutated_scenarios_are_read_or_refused` in a process of its own"]
fn mutated_scenarios() {
    let (mut accepted, mut refused) = (0_u32, 0_u32);
    let (folder, files) = scenarios_with_their_files();
    let file = folder.path().join("mutated.toml");
    let schema = validator();
    for seed in 0..10_000_u64 {
        let original = &files[seed as usize % files.len()];
        let mutated = mutate(seed, &fs::read(original).unwrap());
        match read(&mutated, &file) {
            Ok(scenario) => {
                accepted += 1;
                // What the schema refuses, the program refuses too; but a sweep may give a key that a schema misses.
                let data = data(std::str::from_utf8(&mutated).unwrap());
                let refused: Vec<String> = schema
                    .iter_errors(&data)
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .filter(|complaint| data.get("sweep").is_none() || !complaint.ends_with("is a required property"))
                    .collect();
                assert!(refused.is_empty(), "seed {seed} of {}: {refused:?}", original.display());
                if seed % 8 == 0 {
                    let once = scenario.to_toml();
                    let again = read(once.as_bytes(), &file);
                    let again = again.unwrap_or_else(|e| panic!("seed {seed} of {}: {e}", original.display()));
                    assert_eq!(again.to_toml(), once, "seed {seed} of {}", original.display());
                }
            }
            Err(errors) => {
                refused += 1;
                assert!(errors.count() > 0, "seed {seed} of {}", original.display());
                let text = errors.render(seed % 2 == 0);
                assert!(text.contains("error"), "seed {seed} of {}", original.display());
                // As many messages as are of use, however long the file.
                assert!(text.len() < 1 << 20, "seed {seed} of {}: {} bytes", original.display(), text.len());
            }
        }
    }
    assert!(accepted > 1_000 && refused > 1_000, "both outcomes are reached: {accepted} accepted, {refused} refused");
}

#[test]
fn ten_thousand_mutated_scenarios_are_read_or_refused() {
    in_bounded_memory("mutations::mutated_scenarios");
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "run by `memory_is_bounded` in a process of its own"]
fn more_memory_than_allowed() {
    std::hint::black_box(Vec::<u8>::with_capacity((ADDRESS_SPACE_KIB as usize) << 10));
}

#[test]
#[cfg(target_os = "linux")]
#[should_panic(expected = "memory allocation")]
fn memory_is_bounded() {
    in_bounded_memory("mutations::more_memory_than_allowed");
}

#[test]
fn mutations_repeat_and_differ() {
    let bytes = b"peers = 20\nup = \"1 Mbit/s\"\n1|2|-1\n";
    let mutated: Vec<Vec<u8>> = (0..200).map(|seed| mutate(seed, bytes)).collect();
    assert_eq!(mutated, (0..200).map(|seed| mutate(seed, bytes)).collect::<Vec<_>>());
    let mut different = mutated.clone();
    different.sort();
    different.dedup();
    assert!(different.len() > 150, "{} different ones", different.len());
    for seed in 0..200 {
        mutate(seed, b"");
    }
}
