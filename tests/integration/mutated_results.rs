//! Results, baselines and tolerance files under mutation: ten thousand spoilt files of each kind are read or refused, and what
//! is read can be compared, without panic and in bounded memory.

use std::fs;
use std::path::Path;

use peerscape::experiment::regression::hold;
use peerscape::report::{ReadResult, read_result, regression_json, regression_text};
use peerscape::scenario::{ToleranceSpec, load_tolerance};

use crate::mutations::{in_bounded_memory, mutate};
use crate::runs::{ONE_BY_ONE, files, resolved};

const MUTATIONS: u64 = 10_000;
const TABLES: [(&str, &str); 5] = [
    (
        "runs.csv",
        "arm,replication,seed,fingerprint,ended,completion_mean_s,local_share\na,0,1,00,all-complete,10,0.5\na,1,1,01,deadline,12.5,\n\"b, too\",0,1,02,all-complete,11,0.25\n\"b, too\",1,1,03,all-complete,11,0.75\n",
    ),
    ("summary.csv", "arm,metric,n,mean\na,completion_mean_s,2,11.25\n\"b, too\",local_share,2,0.5\n"),
    (
        "isps.csv",
        "arm,replication,isp,name,peers,in_bytes,completion_mean_s,class\na,0,0,north,3,1000,9.5,stub\na,1,0,north,4,900,,stub\na,1,1,south,1,5,3,tier-1\n\"b, too\",0,0,north,3,800,9,stub\n",
    ),
    (
        "groups.csv",
        "arm,partition,group,runs,n,completion_p95_s,standard_deviation_s\na,as-size,2-9,2,2,12,0.5\na,access,dsl,2,1,12,\n",
    ),
    (
        "checks.csv",
        "arm,metric,of,baseline,statistic,n,missing,mean,ci_low,ci_high,confidence,lowest,highest,min,max,passed,settled\na,local_share,value,,mean,1,1,0.5,,,0.95,0.5,0.5,0.1,,false,\n",
    ),
];
const TOLERANCES: &str = "format = 1\nconfidence = 0.9\n[default]\nintervals = true\n[[metric]]\nname = \"completion_*_s\"\nrelative = 0.02\nabsolute = 0.5\n[[metric]]\ntable = \"isps.csv\"\nname = \"in_*\"\narm = \"a\"\nignore = true\n";
const SMALL: &str = r#"format = 1
title = "Whose provenance is spoilt"
experiment = { replications = 4 }
underlay.isps.isp = [{ name = "one", ases = [1] }]
population.peers = 1
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming = { size = "256 KiB" }
arm = [{ name = "a", management = "none" }]
"#;

/// A results folder with the tables above, and what is read from it.
fn sound(folder: &Path) -> (ReadResult, Vec<u8>) {
    let provenance =
        files(&resolved(SMALL, &[]), &ONE_BY_ONE, "peerscape run small.toml").remove("provenance.json").unwrap();
    fs::write(folder.join("provenance.json"), &provenance).unwrap();
    for (name, text) in TABLES {
        fs::write(folder.join(name), text).unwrap();
    }
    (read_result(folder).unwrap(), provenance)
}

/// Whether a spoilt folder is read; where it is, it can be held against the sound one in every way.
fn is_read(folder: &Path, sound: &ReadResult, seed: u64) -> bool {
    let spoilt = match read_result(folder) {
        Ok(spoilt) => spoilt,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return false;
        }
    };
    // Either way round, exactly or within noise.
    let tolerance = ToleranceSpec::default();
    let stated = seed.is_multiple_of(2).then_some(&tolerance);
    let (result, baseline) = if seed % 4 < 2 { (sound, &spoilt) } else { (&spoilt, sound) };
    let held = hold(&result.stored, &baseline.stored, stated);
    assert!(!regression_text(&held, folder, folder).is_empty());
    if seed.is_multiple_of(16) {
        regression_json(&held, folder);
    }
    true
}

#[test]
#[ignore = "run by `ten_thousand_mutated_results_and_tolerances_are_read_or_refused` in a process of its own"]
fn mutated_results() {
    let folder = tempfile::tempdir().unwrap();
    let (sound, provenance) = sound(folder.path());
    let (mut read, mut refused) = (0_u32, 0_u32);
    for seed in 0..MUTATIONS {
        let (name, text) = TABLES[seed as usize % TABLES.len()];
        fs::write(folder.path().join(name), mutate(seed, text.as_bytes())).unwrap();
        if is_read(folder.path(), &sound, seed) {
            read += 1;
        } else {
            refused += 1;
        }
        fs::write(folder.path().join(name), text).unwrap();
    }
    assert!(read > 500 && refused > 500, "both outcomes are reached: {read} read, {refused} refused");
    let (mut read, mut refused) = (0_u32, 0_u32);
    for seed in 0..MUTATIONS {
        fs::write(folder.path().join("provenance.json"), mutate(seed, &provenance)).unwrap();
        if is_read(folder.path(), &sound, seed) { read += 1 } else { refused += 1 }
    }
    assert!(read > 500 && refused > 500, "both outcomes are reached: {read} read, {refused} refused");
}

#[test]
#[ignore = "run by `ten_thousand_mutated_results_and_tolerances_are_read_or_refused` in a process of its own"]
fn mutated_tolerances() {
    let folder = tempfile::tempdir().unwrap();
    let (sound, _) = sound(folder.path());
    let file = folder.path().join("tolerances.toml");
    let (mut read, mut refused) = (0_u32, 0_u32);
    for seed in 0..MUTATIONS {
        fs::write(&file, mutate(seed, TOLERANCES.as_bytes())).unwrap();
        match load_tolerance(&file, &sound.stored.measures(), &sound.stored.arms()) {
            Ok(tolerance) => {
                read += 1;
                hold(&sound.stored, &sound.stored, Some(&tolerance));
            }
            Err(errors) => {
                refused += 1;
                assert!(errors.count() > 0 && errors.render(false).contains("error"), "seed {seed}");
            }
        }
    }
    assert!(read > 500 && refused > 500, "both outcomes are reached: {read} read, {refused} refused");
}

#[test]
fn ten_thousand_mutated_results_and_tolerances_are_read_or_refused() {
    in_bounded_memory("mutated_results::mutated_results");
    in_bounded_memory("mutated_results::mutated_tolerances");
}
