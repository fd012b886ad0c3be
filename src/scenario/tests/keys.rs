//! Every accepted key is read and changes what is resolved.

use std::collections::BTreeSet;

use super::fixtures::{FULL, SHORT};
use super::{load_text, load_with, set};
use crate::scenario::{Overrides, accepted_keys};

/// A value for each key that differs from the one in its base scenario; each must change the resolved scenario.
#[expect(clippy::too_many_lines, reason = "one line per key")]
fn changes() -> Vec<(&'static str, &'static str, &'static str)> {
    const TABLE: &str = r"population.placement={ table = [{ as = 2, peers = 2 }, { as = 3, peers = 1 }] }";
    const SWARM: &str = r#"arm.three.service={ file-swarming = { size = "10 MiB" } }"#;
    const CACHES: &str =
        r#"arm.three.service={ file-swarming = { size = "10 MiB" } };population.caches={ up = "1 Mbit/s" }"#;
    const CROWD: &str = r#"population.arrivals={ flash-crowd = { decay = "1 min" } }"#;
    const UNIFORM: &str = r"population.placement={ uniform = {} }";
    const WEIGHT: &str = r"population.placement={ by-weight = [{ as = 2, weight = 1 }, { as = 3, weight = 2 }] }";
    const PEERING: &str = r#"tariff.2={ name = "free", links = "peering", terms = "settlement-free" }"#;
    const LINKS: &str = "underlay.isps.link=[{ provider = 1, customer = 2 }, { peers = [1, 3] }, \
                         { provider = 3, customer = 64514 }, { provider = 3, customer = 2 }, \
                         { provider = 1, customer = 64514 }]";
    vec![
        ("title", "", "other"),
        ("experiment.seed", "", "8"),
        ("experiment.replications", "", "4"),
        ("experiment.baseline", "", "one"),
        ("experiment.deadline", "", "3 h"),
        ("experiment.warm-up", "", "10 s"),
        ("experiment.horizon", "", "1 h"),
        ("experiment.sampling", "", "16 s"),
        ("experiment.confidence", "", "0.99"),
        ("experiment.smallest-effect", "", "0.01"),
        ("experiment.matrix-rows", "", "101"),
        ("underlay.latency.inside", "", "6 ms"),
        ("underlay.latency.hop", "", "21 ms"),
        ("underlay.isps.isp.*.name", PEERING, "west"),
        ("underlay.isps.isp.*.ases", "", "[1, 2, 4]"),
        ("underlay.isps.isp.*.subscribers", "", "3"),
        ("underlay.isps.isp.*.latency", "", "9 ms"),
        ("underlay.isps.link.*.latency", "", "9 ms"),
        ("underlay.isps.mesh.capacity", "underlay.isps.mesh={}", "9 Mbit/s"),
        ("underlay.isps.mesh.latency", "underlay.isps.mesh={}", "9 ms"),
        ("underlay.isps.link.*.provider", "", "3"),
        ("underlay.isps.link.*.customer", "", "64514"),
        ("underlay.isps.link.1.peers", "", "[2, 3]"),
        ("underlay.isps.link.*.capacity", "", "1 Mbit/s"),
        ("underlay.isps.link.*.capacity.up", "", "1 Mbit/s"),
        ("underlay.isps.link.*.capacity.down", "", "1 Mbit/s"),
        ("population.peers", "population.arrivals=all-at-once;population.placement=by-subscribers", "4"),
        ("population.access.*.name", "", "dsl"),
        ("population.access.*.down", "", "17 Mbit/s"),
        ("population.access.*.up", "", "1 Mbit/s"),
        ("population.access.*.free-rider", "", "true"),
        ("population.placement", "", "by-subscribers"),
        ("population.placement.uniform.over", UNIFORM, "all"),
        ("population.placement.by-weight.*.as", WEIGHT, "1"),
        ("population.placement.by-weight.*.weight", WEIGHT, "3"),
        ("population.placement.table.*.as", TABLE, "1"),
        ("population.arrivals", "", "all-at-once"),
        ("population.arrivals.list.times", "", r#"["0 s", "0 s", "0 s"]"#),
        ("population.arrivals.flash-crowd.decay", CROWD, "2 min"),
        ("population.arrivals.uniform.within", r#"population.arrivals={ uniform = { within = "3 s" } }"#, "4 s"),
        ("population.arrivals.poisson.mean-gap", r#"population.arrivals={ poisson = { mean-gap = "3 s" } }"#, "4 s"),
        ("population.caches.up", CACHES, "2 Mbit/s"),
        ("population.caches.isps", CACHES, r#"["s"]"#),
        ("population.after-completion", "", "stay"),
        ("population.after-completion.stay-for", "", "1 min"),
        ("population.after-completion.stay-for.exponential.mean", "", "1 min"),
        ("population.session", "", "5 min"),
        ("population.gap", "population.session=5 min", "6 min"),
        ("population.patience", "", "1 h"),
        ("population.seeds.count", "", "3"),
        ("population.seeds.up", "", "1 Mbit/s"),
        ("population.seeds.as", "", "1"),
        ("population.seeds.departure", "", "2 h"),
        ("bandwidth.max-min.tolerance", "", "0.02"),
        ("discovery.list", "", "41"),
        ("discovery.interval", "", "1 min"),
        ("discovery.low-mark", "", "11"),
        ("discovery.min-interval", "", "31 s"),
        ("discovery.timeout", "", "11 s"),
        ("discovery.retry", "", "6 s"),
        ("discovery.retry-max", "", "11 min"),
        ("discovery.wanted", "", "21"),
        ("discovery.max-connections", "", "41"),
        ("discovery.half-open", "", "5"),
        ("discovery.connect-timeout", "", "6 s"),
        ("discovery.backoff", "", "31 s"),
        ("discovery.attempts", "", "3"),
        ("discovery.accumulate", "", "false"),
        ("service.file-swarming.size", "", "11 MiB"),
        ("service.file-swarming.piece", "", "64 KiB"),
        ("service.file-swarming.block", "", "4 KiB"),
        ("service.file-swarming.choking.slots", "", "4"),
        ("service.file-swarming.choking.optimistic", "", "1"),
        ("service.file-swarming.choking.round", "", "6 s"),
        ("service.file-swarming.choking.optimistic-rounds", "", "3"),
        ("service.file-swarming.choking.order", "", "tit-for-tat"),
        ("service.file-swarming.choking.optimistic-unchoke", "", "false"),
        ("service.file-swarming.choking.ties", "", "turn"),
        ("service.file-swarming.choking.rounds", "", "false"),
        ("service.file-swarming.choking.refill", "", "next-second"),
        ("service.file-swarming.pieces.strict-priority", "", "false"),
        ("service.file-swarming.pieces.strict-end-game", "", "true"),
        ("service.file-swarming.pieces.prioritize-partials", "", "true"),
        ("service.file-swarming.pieces.speed-average", "", "5 s"),
        ("service.file-swarming.pieces.contiguous", "", "true"),
        ("service.file-swarming.pieces.store-and-forward", "", "false"),
        ("service.file-swarming.pieces.partial", "", "drop"),
        ("service.file-swarming.pieces.queue", "", "3 s"),
        ("service.file-swarming.pieces.retry", "", "timed"),
        ("service.file-swarming.pieces.retry.timed.first", "service.file-swarming.pieces.retry={timed={}}", "3 s"),
        ("service.file-swarming.pieces.retry.timed.every", "service.file-swarming.pieces.retry={timed={}}", "4 s"),
        ("service.file-swarming.pieces.pipelining", "", "false"),
        ("service.file-swarming.pieces.start-lag", "", "false"),
        ("service.file-swarming.wire.acknowledgements", "", "false"),
        ("service.file-swarming.tcp.shares", "", "log-normal"),
        (
            "service.file-swarming.tcp.shares.log-normal.sigma",
            "service.file-swarming.tcp.shares={log-normal={}}",
            "0.5",
        ),
        (
            "service.file-swarming.tcp.shares.log-normal.redraw",
            "service.file-swarming.tcp.shares={log-normal={}}",
            "20 s",
        ),
        ("service.file-swarming.tcp.messages", "", "behind-data"),
        (
            "service.file-swarming.tcp.messages.behind-data.send-buffer",
            "service.file-swarming.tcp.messages={behind-data={}}",
            "20 KiB",
        ),
        (
            "service.file-swarming.tcp.messages.behind-data.queue",
            "service.file-swarming.tcp.messages={behind-data={}}",
            "1 s",
        ),
        ("service.file-swarming.seeding.slots", "", "6"),
        ("service.file-swarming.seeding.order", "", "round-robin"),
        ("service.file-swarming.seeding.quota-pieces", "", "8"),
        ("service.file-swarming.seeding.quota-time", "", "31 s"),
        ("service.file-swarming.pieces.random-first", "", "2"),
        ("service.file-swarming.pieces.order", "", "random"),
        ("service.file-swarming.pieces.end-game", "", "true"),
        ("service.file-swarming.pieces.pipeline", "", "9"),
        ("service.file-swarming.pieces.slow-piece", "", "11 s"),
        ("service.file-swarming.wire", "", "none"),
        ("service.file-swarming.wire.packet-header", "", "41 B"),
        ("service.file-swarming.wire.mtu", "", "1401 B"),
        ("service.file-swarming.wire.packets-per-ack", "", "2"),
        ("service.file-swarming.wire.acknowledgement", "", "61 B"),
        ("service.file-swarming.wire.messages", "", "true"),
        ("service.file-swarming.seeding.super-seeding", "", "true"),
        ("service.file-swarming.client", "", "libtorrent-2"),
        ("service.file-swarming.fallback.after", "service.file-swarming.fallback={ after = \"9 s\" }", "8 s"),
        ("discovery.client", "discovery={}", "mainline"),
        ("arm.*.name", "experiment.baseline=two", "first"),
        ("arm.*.tracker.as", "", "2"),
        ("arm.*.tracker.service-time", "", "1 ms"),
        ("arm.*.tracker.service-time.exponential.mean", "", "1 ms"),
        ("arm.*.tracker.outages.*.from", "", "1 s"),
        ("arm.*.tracker.outages.*.until", "", "61 s"),
        ("arm.two.oms.order", "", r#"["same-as"]"#),
        ("arm.two.oms.external.min", "", "5"),
        ("arm.two.oms.external.max", "", "9"),
        ("arm.two.oms.external.fill", "", "none"),
        ("arm.two.oms.unguided", "", "0.1"),
        ("arm.two.contacts", "", "peer-priority"),
        ("arm.two.contacts.round-trip.timeout", "arm.two.contacts={ round-trip = {} }", "3 s"),
        ("arm.two.oms.reports.uplink", "arm.two.oms.reports={ pieces = \"9 s\" }", "true"),
        ("arm.two.oms.reports.pieces", "arm.two.oms.reports={ uplink = true }", "9 s"),
        ("arm.two.oms.neighbours.external", "arm.two.oms.neighbours={ external = 2 }", "3"),
        ("arm.two.oms.neighbours.internal", "arm.two.oms.neighbours={ internal = 2 }", "3"),
        ("arm.two.oms.neighbours.accept", "arm.two.oms.neighbours={ internal = 2 }", "listed"),
        ("arm.two.oms.as", "", "1"),
        ("arm.two.oms.service-time", "", "1 ms"),
        ("arm.two.oms.service-time.constant", "arm.two.oms.service-time={ constant = \"9 ms\" }", "1 ms"),
        ("arm.two.oms.outages.*.from", "", "0 s"),
        ("arm.two.oms.outages.*.until", "", "3 s"),
        ("arm.two.unis.as", "", "1"),
        ("arm.two.unis.service-time", "", "1 ms"),
        ("arm.two.unis.service-time.constant", "", "1 ms"),
        ("arm.two.unis.outages.*.from", "", "2 s"),
        ("arm.two.unis.outages.*.until", "", "5 s"),
        ("arm.two.unis.max-age", "", "1 min"),
        ("reference.*.metric", "", "completion_median_s"),
        ("reference.*.arm", "", "one"),
        ("reference.*.value", "", "601"),
        ("reference.*.low", "", "500"),
        ("reference.*.high", "", "700"),
        ("reference.*.source", "", "section 5"),
        ("reference.*.label", "", "other"),
        ("reference.1.against", "", "first_piece_mean_s"),
        ("reference.1.within", "", "0.5"),
        ("tariff.*.name", "", "other"),
        ("tariff.2.links", LINKS, "transit"),
        ("tariff.pair.seller", LINKS, "n"),
        ("tariff.pair.buyer", LINKS, "n"),
        ("tariff.*.terms", "", "settlement-free"),
        ("tariff.*.terms.percentile.price", "", "2.5 EUR per Mbit/s"),
        ("tariff.*.terms.percentile.commit", "", "2 Mbit/s"),
        ("tariff.*.terms.percentile.overage", "", "2 EUR per Mbit/s"),
        ("tariff.*.terms.percentile.direction", "", "sum"),
        ("tariff.2.terms.flat", "", "12.51 EUR"),
        ("tariff.1.terms.per-volume.price", "", "1 EUR per TB"),
        ("tariff.1.terms.per-volume.direction", "", "average"),
        ("billing.month.days", "", "30"),
        ("billing.month.hour", "", "19"),
        ("billing.month.daily-profile", "", "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]"),
        ("check.*.metric", "", "same_as_share"),
        ("check.*.arm", "", "one"),
        ("check.*.of", "", "difference"),
        ("check.*.statistic", "", "every-run"),
        ("check.*.min", "", "0.2"),
        ("check.*.max", "", "0.8"),
        ("arm.three.service.client-server.size", "", "11 MiB"),
        ("arm.three.service.client-server.slots", "", "5"),
        ("arm.three.service.file-swarming.size", SWARM, "11 MiB"),
        ("arm.three.service.file-swarming.piece", SWARM, "64 KiB"),
    ]
}

#[test]
fn every_key_changes_the_resolved_scenario() {
    let apply = |path: &str, before: &str, value: &str| {
        let mut overrides = Overrides::default();
        for option in before.split(';').filter(|option| !option.is_empty()) {
            let (path, value) = option.split_once('=').unwrap();
            overrides.set.push((path.to_owned(), value.to_owned()));
        }
        let base = load_with(FULL, &overrides).unwrap_or_else(|e| panic!("{path}: {e}")).to_toml();
        overrides.set.push((path.replace('*', "0"), value.to_owned()));
        (base, load_with(FULL, &overrides).unwrap_or_else(|e| panic!("{path}: {e}")).to_toml())
    };
    for (path, before, value) in changes() {
        let (base, changed) = apply(path, before, value);
        assert_ne!(base, changed, "{path} has no effect");
    }
    // Keys that cannot be changed alone, each with the reason and, where it has one, its own test.
    let others = [
        "format",                                        // 1 is the only one
        "population.access.*.share",                     // shares sum to 1
        "population.placement.table.*.peers",            // counts sum to `peers`
        "population.after-completion.stay-for.constant", // a law like the others
        "arm.*.management",                              // decides which tables may be there
        "underlay.as-relationships.file",                // another source
        "arm.*.oms.sample",                              // needs a strategy of the standard catalog: integration test
        "population.hosts",                              // instead of other keys
        "population.placement.by-subscribers.file",      // a file: integration test
        "population.arrivals.trace",                     // a file
        "population.start",                              // needs other arrivals
    ];
    let covered: BTreeSet<String> = changes()
        .iter()
        .map(|(path, _, _)| *path)
        .chain(others)
        .map(|path| path.replace("arm.two.", "arm.*.").replace("arm.three.", "arm.*.").replace("link.1", "link.*"))
        .map(|path| path.replace("reference.1", "reference.*"))
        .map(|path| {
            path.replace("tariff.1", "tariff.*").replace("tariff.2", "tariff.*").replace("tariff.pair", "tariff.*")
        })
        .collect();
    for key in accepted_keys() {
        let table = key.allowed.contains("table") || key.allowed == "no parameters" || key.allowed.contains("one of");
        let elsewhere = key.path.starts_with("arm.*.service.file-swarming")
            || key.path.starts_with("service.client-server")
            || key.path.starts_with("underlay.tiered")
            // Their paths hold paths; `tests/integration/keys` tries them.
            || key.path.starts_with("sweep.")
            // Laws of drawn times: one reader for all.
            || ["session", "gap", "patience", "after-completion.stay-for"]
                .iter()
                .any(|time| key.path.starts_with(&format!("population.{time}.")))
            // One law for all servers.
            || key.path.contains("service-time.");
        assert!(table || elsewhere || covered.contains(&key.path), "`{}` is not tried", key.path);
    }
}

#[test]
fn every_key_of_a_tiered_underlay_changes_the_resolved_scenario() {
    let base = load_text(SHORT).unwrap().to_toml();
    let keys: Vec<String> =
        accepted_keys().into_iter().map(|k| k.path).filter(|p| p.starts_with("underlay.tiered.")).collect();
    assert_eq!(keys.len(), 7);
    for key in keys {
        let value = if key.ends_with("ases") {
            "200"
        } else if key.ends_with("tier1") {
            "6"
        } else {
            "0.4"
        };
        assert_ne!(load_with(SHORT, &set(&key, value)).unwrap().to_toml(), base, "{key}");
    }
}

#[test]
fn accepted_keys_are_unique_and_documented() {
    let keys = accepted_keys();
    let paths: BTreeSet<&str> = keys.iter().map(|key| key.path.as_str()).collect();
    assert_eq!(paths.len(), keys.len());
    assert!(keys.iter().all(|key| !key.doc.is_empty() && !key.allowed.is_empty()));
    assert!(paths.contains("arm.*.oms.external.min") && paths.contains("population.arrivals.flash-crowd.decay"));
    let piece = keys.iter().find(|key| key.path == "service.file-swarming.piece").unwrap();
    assert_eq!(piece.default.as_deref(), Some("\"256 KiB\""));
}
