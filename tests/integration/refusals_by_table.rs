//! Refusals over all tables of a scenario: every message is compared with a committed snapshot, one for each table, and says
//! the line, what stands there and what may stand there.

use crate::refusals::{SOUND, refused_one_by_one};

/// The messages for the sound scenario with `from` replaced by `to`, case by case.
#[track_caller]
fn refused(cases: &[(&str, &str)]) -> String {
    refused_one_by_one(SOUND, cases)
}

#[test]
fn of_the_experiment() {
    insta::assert_snapshot!(refused(&[
        ("replications = 2", "replications = \"two\""),
        ("replications = 2", "deadline = \"0 s\""),
        ("replications = 2", "deadline = \"2 hours\""),
        ("replications = 2", "deadline = \"1 h 30 min\""),
        ("replications = 2", "confidence = 95"),
        ("replications = 2", "warm-up = \"25 h\""),
        ("replications = 2", "sampling = \"1 ms\""),
        ("replications = 2", "seed = -1"),
        ("format = 1", "format = 2"),
    ]));
}

#[test]
fn of_the_underlay() {
    insta::assert_snapshot!(refused(&[
        ("peers = [64501, 64502]", "peers = [64501, 64502]\ncapacity = 10"),
        ("peers = [64501, 64502]", "peers = [64501, 64502]\ncapacity = \"0 Mbit/s\""),
        ("peers = [64501, 64502]", "peers = [64501, 64502]\ncapacity = { upp = \"1 Mbit/s\" }"),
        ("peers = [64501, 64502]", "provider = 64501"),
        ("peers = [64501, 64502]", "peers = [64501]"),
        ("ases = [64502]", "ases = [64502]\nlatency = \"fast\""),
        ("ases = [64502]", "ases = []"),
        ("name = \"south\"", "name = \"north\""),
        ("[population]\n", "[underlay.latency]\nhops = \"15 ms\"\n[population]\n"),
    ]));
}

#[test]
fn of_the_population() {
    insta::assert_snapshot!(refused(&[
        ("peers = 20", "peers = 0"),
        ("share = 0.6", "share = 60"),
        ("peers = 20", "peers = 20\nplacement = \"by-subscriber\""),
        ("peers = 20", "peers = 20\nplacement = { table = [{ as = 64501, peers = 19 }] }"),
        ("peers = 20", "peers = 20\narrivals = { list = { times = [\"0 s\", \"1 s\"] } }"),
        ("peers = 20", "peers = 20\narrivals = \"poisson\""),
        ("peers = 20", "peers = 20\nafter-completion = \"left\""),
        ("peers = 20", "peers = 20\nhosts = \"hosts.csv\""),
        ("up = \"10 Mbit/s\"", "up = \"10 mbit/s\""),
        ("up = \"10 Mbit/s\"", "up = \"10 Mbit/s\"\nas = 64503"),
    ]));
}

#[test]
fn of_discovery() {
    let table = |keys: &str| format!("[discovery]\n{keys}\n[service.file-swarming]");
    let keys = [
        "list = 0",
        "wanted = 65",
        "wanted = 30\nmax-connections = 20",
        "interval = \"always\"",
        "retry = \"1 h\"",
        "numwant = 50",
        "accumulate = 1",
    ];
    let cases: Vec<String> = keys.iter().map(|keys| table(keys)).collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|to| ("[service.file-swarming]", to.as_str())).collect();
    insta::assert_snapshot!(refused(&cases));
}

#[test]
fn of_the_service() {
    insta::assert_snapshot!(refused(&[
        ("size = \"4 MiB\"", "size = \"4 MB/s\""),
        ("size = \"4 MiB\"", "size = \"4 MiB\"\nblock = \"1 MiB\""),
        ("size = \"4 MiB\"", "size = \"4 MiB\"\npieces = { order = \"rarest\" }"),
        ("size = \"4 MiB\"", "size = \"4 MiB\"\nchoking = { slots = 0, optimistic = 0 }"),
        ("size = \"4 MiB\"", "size = \"4 MiB\"\nchoking = { round = \"1 ms\" }"),
        ("size = \"4 MiB\"", "size = \"4 MiB\"\nwire = \"nothing\""),
        ("size = \"4 MiB\"", "size = \"4 MiB\"\ntcp = { shares = { log-normal = { sigma = 0 } } }"),
        ("size = \"4 MiB\"", "size = \"4 MiB\"\nclient = \"libtorrent\""),
        ("[service.file-swarming]", "[service.filesharing]"),
    ]));
}

#[test]
fn of_the_arms() {
    insta::assert_snapshot!(refused(&[
        ("order = [\"same-as\"]", "order = [\"same-as\"]\nexternal = { min = 8, max = 4 }"),
        ("order = [\"same-as\"]", "order = [\"same-as\"]\nexternal = { max = 4 }"),
        ("order = [\"same-as\"]", "order = [\"same-as\"]\nexternal = { min = 60, max = 70 }"),
        ("order = [\"same-as\"]", "order = \"same-as\""),
        ("order = [\"same-as\"]", "order = [\"same-as\", \"same-as\"]"),
        ("order = [\"same-as\"]", "order = [\"same-as\"]\nneighbours = { accept = \"nobody\" }"),
        ("order = [\"same-as\"]", "order = [\"same-as\"]\noutages = [{ from = \"2 h\", until = \"1 h\" }]"),
        ("order = [\"same-as\"]", "order = [\"same-as\"]\nunguided = 1.5"),
        ("[arm.unis]", "[arm.unis]\nas = 64503"),
        ("[arm.unis]", "[arm.unsi]"),
        ("management = \"none\"", "management = \"none\"\nunis = {}"),
        ("management = \"none\"", ""),
    ]));
}

#[test]
fn of_references() {
    let entry = |keys: &str| format!("[arm.unis]\n[[reference]]\nlabel = \"l\"\nsource = \"s\"\n{keys}\n");
    let keys = [
        "metric = \"local_shar\"\nvalue = 0.5",
        "metric = \"local_share\"",
        "metric = \"local_share\"\nvalue = \"half\"",
        "metric = \"local_share\"\nlow = 0.9\nhigh = 0.1",
        "metric = \"local_share\"\nvalue = 0.5\nwithin = -1",
    ];
    let cases: Vec<String> = keys.iter().map(|keys| entry(keys)).collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|to| ("[arm.unis]\n", to.as_str())).collect();
    insta::assert_snapshot!(refused(&cases));
}
