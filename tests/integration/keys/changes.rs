//! Every accepted key once, with another value and with what that changes.

use super::scenarios::{
    Base, CLIENT_SERVER, FROM_FILE, HOSTS, MONEY, ON_AND_OFF, OWN, SESSION_TRACE, SHARED, SUBSCRIBERS, TIERED, TRACES,
};

/// What a change is seen in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Effect {
    /// Something else happens: a run's fingerprint changes.
    Behaviour,
    /// The same happens (all fingerprints stay), and exactly these files change, besides the scenario itself
    /// (`resolved.toml`, `provenance.json`).
    Output(&'static [&'static str]),
    /// The same happens, and arms have other names: every file that speaks of them changes.
    Names,
}

/// One key with another value.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// As `--set` wants it.
    pub(super) path: String,
    pub(super) value: &'static str,
    pub(super) base: Base,
    /// Set in both scenarios: makes a base in which the key is there.
    pub(super) before: Vec<(String, &'static str)>,
    /// Further values of the *same* key, or of the table that it asks for, that cannot be left as they are.
    pub(super) with: Vec<(String, &'static str)>,
    pub(super) effect: Effect,
    /// The alternative that is chosen, where `path` alone does not say so.
    pub(super) chooses: Option<&'static str>,
}

impl Change {
    fn new(path: &str, value: &'static str) -> Self {
        let (before, with) = (Vec::new(), Vec::new());
        Self { path: path.to_owned(), value, base: SHARED, before, with, effect: Effect::Behaviour, chooses: None }
    }

    fn of(mut self, base: Base) -> Self {
        self.base = base;
        self
    }

    fn before(mut self, path: &str, value: &'static str) -> Self {
        self.before.push((path.to_owned(), value));
        self
    }

    fn with(mut self, path: &str, value: &'static str) -> Self {
        self.with.push((path.to_owned(), value));
        self
    }

    fn choosing(mut self, alternative: &'static str) -> Self {
        self.chooses = Some(alternative);
        self
    }

    fn output(mut self, files: &'static [&'static str]) -> Self {
        self.effect = Effect::Output(files);
        self
    }
}

fn change(path: &str, value: &'static str) -> Change {
    Change::new(path, value)
}

pub(super) fn experiment() -> Vec<Change> {
    const RELATIVE_TO_BASELINE: &[&str] =
        &["comparisons.csv", "completion.svg", "groups.csv", "over_time.svg", "report.html", "traffic.svg"];
    const WITH_INTERVALS: &[&str] =
        &["comparisons.csv", "groups.csv", "over_time.svg", "report.html", "summary.csv", "traffic.svg"];
    vec![
        change("title", "another").output(&["report.html"]),
        change("experiment.seed", "8"),
        change("experiment.replications", "1"),
        change("experiment.deadline", "40 s"),
        change("experiment.baseline", "managed").output(RELATIVE_TO_BASELINE),
        change("experiment.warm-up", "1 s").output(&[
            "comparisons.csv",
            "completion.svg",
            "groups.csv",
            "isps.csv",
            "peers.csv",
            "report.html",
            "runs.csv",
            "summary.csv",
        ]),
        change("experiment.horizon", "15 s"),
        change("experiment.sampling", "7 s").output(&["time_series.csv"]),
        change("experiment.confidence", "0.5").output(WITH_INTERVALS),
        change("experiment.smallest-effect", "5").output(&["comparisons.csv", "groups.csv", "report.html"]),
        change("experiment.matrix-rows", "3").output(&["report.html", "traffic_matrix.csv", "traffic_matrix.svg"]),
        change("bandwidth.max-min.tolerance", "0.05"),
    ]
}

pub(super) fn underlay() -> Vec<Change> {
    const LINKS: &str = "underlay.isps.link";
    const INSIDE_ISPS: &str = "[{ provider = 1, customer = 2 }, { provider = 3, customer = 4 }]";
    const MESH: &str = "underlay.isps.mesh";
    vec![
        change("underlay.latency.inside", "6 ms"),
        change("underlay.latency.hop", "21 ms"),
        change("underlay.isps.isp.0.name", "arctic").output(&["isps.csv", "peers.csv"]),
        change("underlay.isps.isp.0.ases", "[1]").with("underlay.isps.isp.1.ases", "[2, 3, 4]"),
        change("underlay.isps.isp.0.subscribers", "4"),
        change("underlay.isps.link.2.provider", "1"),
        change("underlay.isps.link.4.customer", "64514"),
        change("underlay.isps.link.5.peers", "[2, 4]"),
        change("underlay.isps.link.1.capacity", "1 Mbit/s"),
        change("underlay.isps.link.2.capacity.up", "100 kbit/s"),
        change("underlay.isps.link.2.capacity.down", "1 Mbit/s"),
        change("underlay.isps.isp.0.latency", "9 ms"),
        change("underlay.isps.link.1.latency", "44 ms"),
        change("underlay.isps.mesh.capacity", "1 Mbit/s").before(LINKS, INSIDE_ISPS).before(MESH, "{}"),
        change("underlay.isps.mesh.latency", "44 ms").before(LINKS, INSIDE_ISPS).before(MESH, "{}"),
        change("underlay.tiered.ases", "26").of(TIERED),
        change("underlay.tiered.tier1", "4").of(TIERED),
        change("underlay.tiered.transit-share", "0.4").of(TIERED),
        change("underlay.tiered.multihomed-share", "0.1").of(TIERED),
        change("underlay.tiered.peering-degree", "0.0").of(TIERED),
        change("underlay.tiered.sibling-share", "0.9").of(TIERED),
        change("underlay.tiered.subscriber-exponent", "0.2").of(TIERED),
        change("underlay.as-relationships.file", "other.txt").of(FROM_FILE),
    ]
}

pub(super) fn population() -> Vec<Change> {
    const PLACEMENT: &str = "population.placement";
    const WEIGHTS: &str = "{ by-weight = [{ as = 2, weight = 1 }, { as = 4, weight = 1 }] }";
    const COUNTS: &str = "{ table = [{ as = 2, peers = 14 }, { as = 4, peers = 10 }] }";
    const AFTER: &str = "population.after-completion";
    const TIMES: &str = r#"{ list = { times = ["0 s", "1 s", "2 s", "3 s"] } }"#;
    vec![
        change("population.peers", "23"),
        change("population.access.0.name", "copper").output(&["groups.csv", "peers.csv", "report.html"]),
        change("population.access.0.share", "0.3").with("population.access.1.share", "0.7"),
        change("population.access.0.down", "4 Mbit/s"),
        change("population.access.0.up", "2 Mbit/s"),
        change(PLACEMENT, "{ uniform = {} }"),
        change("population.access.0.free-rider", "true"),
        change("population.placement.uniform.over", "all").before(PLACEMENT, "{ uniform = {} }"),
        change(PLACEMENT, "by-subscribers")
            .choosing("population.placement.by-subscribers")
            .before(PLACEMENT, "{ uniform = {} }"),
        change("population.placement.by-subscribers.file", "other.csv").of(SUBSCRIBERS),
        change("population.placement.by-subscribers.as-column", "asn").of(SUBSCRIBERS),
        change("population.placement.by-subscribers.subscribers-column", "users").of(SUBSCRIBERS),
        change("population.placement.by-weight.0.as", "64514").before(PLACEMENT, WEIGHTS),
        change("population.placement.by-weight.0.weight", "3").before(PLACEMENT, WEIGHTS),
        change("population.placement.table.0.as", "64514").before(PLACEMENT, COUNTS),
        change("population.placement.table.0.peers", "10")
            .with("population.placement.table.1.peers", "14")
            .before(PLACEMENT, COUNTS),
        change("population.arrivals", "all-at-once").choosing("population.arrivals.all-at-once"),
        change("population.arrivals.flash-crowd.decay", "25 s"),
        change("population.arrivals.list.times", r#"["0 s", "1 s", "2 s", "4 s"]"#)
            .before("population.peers", "4")
            .before("population.arrivals", TIMES),
        change("population.arrivals.uniform.within", "25 s")
            .before("population.arrivals", r#"{ uniform = { within = "20 s" } }"#),
        change("population.arrivals.poisson.mean-gap", "2 s")
            .before("population.arrivals", r#"{ poisson = { mean-gap = "1 s" } }"#),
        change("population.caches.up", "2 Mbit/s").before("population.caches.up", "1 Mbit/s"),
        change("population.caches.isps", r#"["south"]"#).before("population.caches.up", "1 Mbit/s"),
        change(AFTER, "stay").choosing("population.after-completion.stay"),
        change(AFTER, "leave").choosing("population.after-completion.leave"),
        change("population.after-completion.stay-for", "9 s").before(AFTER, r#"{ stay-for = "8 s" }"#),
        change("population.after-completion.stay-for.constant", "9 s")
            .before(AFTER, r#"{ stay-for = { constant = "8 s" } }"#),
        change("population.after-completion.stay-for.exponential.mean", "9 s"),
        change("population.arrivals.trace", "more.csv").of(TRACES),
        change("population.seeds.count", "1"),
        change("population.seeds.up", "3 Mbit/s"),
        change("population.seeds.as", "2"),
        change("population.seeds.departure", "30 s"),
        change("population.hosts", "other.csv").of(HOSTS),
    ]
    .into_iter()
    .chain(lifetime("population.after-completion.stay-for", &[]))
    .chain(sessions())
    .collect()
}

/// Sessions of every kind.
fn sessions() -> Vec<Change> {
    const SESSION: (&str, &str) = ("population.session", "15 s");
    const GAP: &str = r#"{ exponential = { mean = "8 s" } }"#;
    const ON_OFF: &str = r#"{ exponential = { mean = "20 s" } }"#;
    let constant = |key: &str, value: &'static str| {
        let path = format!("population.{key}");
        let other = change(&format!("{path}.constant"), "16 s").before(&path, value).of(TRACES);
        if key == "gap" { other.before(SESSION.0, SESSION.1) } else { other }
    };
    let mean = |key: &str| {
        let path = format!("population.{key}");
        let other = change(&format!("{path}.exponential.mean"), "17 s").before(&path, ON_OFF).of(TRACES);
        if key == "gap" { other.before(SESSION.0, SESSION.1) } else { other }
    };
    let mut changes = vec![
        change("population.session", "16 s").before("population.session", "15 s").of(TRACES),
        change("population.gap", GAP).before(SESSION.0, SESSION.1).of(TRACES),
        change("population.patience", "6 s").of(TRACES),
        change("population.session.trace", "later.csv").of(SESSION_TRACE),
        change("population.start", "stationary").of(ON_AND_OFF),
    ];
    for key in ["session", "gap", "patience"] {
        let before: &[(&str, &'static str)] = if key == "gap" { &[SESSION] } else { &[] };
        changes.extend(lifetime(&format!("population.{key}"), before));
        changes.push(constant(key, r#"{ constant = "9 s" }"#));
        changes.push(mean(key));
    }
    changes
}

/// The laws of a drawn time at `path`, and their parameters.
fn lifetime(path: &str, before: &[(&str, &'static str)]) -> Vec<Change> {
    const UNIFORM: &str = r#"{ uniform = { from = "4 s", until = "9 s" } }"#;
    const WEIBULL: &str = r#"{ weibull = { shape = 0.8, scale = "8 s" } }"#;
    const LOG_NORMAL: &str = r#"{ log-normal = { median = "8 s", sigma = 0.5 } }"#;
    const PARETO: &str = r#"{ pareto = { minimum = "5 s", shape = 2.0 } }"#;
    let key = |law: &'static str, key: &str, value: &'static str| {
        let given =
            before.iter().fold(Change::new(&format!("{path}.{key}"), value), |c, (key, text)| c.before(key, text));
        given.before(path, law).of(TRACES)
    };
    vec![
        key(UNIFORM, "uniform.from", "1 s"),
        key(UNIFORM, "uniform.until", "20 s"),
        key(WEIBULL, "weibull.shape", "0.5"),
        key(WEIBULL, "weibull.scale", "12 s"),
        key(LOG_NORMAL, "log-normal.median", "12 s"),
        key(LOG_NORMAL, "log-normal.sigma", "1.5"),
        key(PARETO, "pareto.minimum", "9 s"),
        key(PARETO, "pareto.shape", "1.2"),
        key(r#"{ empirical = "stays.csv" }"#, "empirical", "long-stays.csv"),
    ]
}

pub(super) fn discovery() -> Vec<Change> {
    vec![
        change("discovery.list", "4"),
        change("discovery.interval", "20 s"),
        change("discovery.low-mark", "1"),
        change("discovery.min-interval", "4 s"),
        change("discovery.timeout", "4 s"),
        change("discovery.retry", "2 s"),
        change("discovery.retry-max", "4 s"),
        change("discovery.wanted", "4"),
        change("discovery.max-connections", "5"),
        change("discovery.half-open", "1"),
        change("discovery.connect-timeout", "2 s"),
        change("discovery.backoff", "2 s"),
        change("discovery.attempts", "1"),
        change("discovery.client", "mainline").of(TIERED),
        change("discovery.accumulate", "false"),
    ]
}

/// Keys of file swarming, in the scenario's service and in an arm's own.
pub(super) fn file_swarming() -> Vec<Change> {
    let keys: [(&str, &'static str); 26] = [
        ("client", "libtorrent-2"),
        ("size", "3 MiB"),
        ("piece", "64 KiB"),
        ("block", "8 KiB"),
        ("choking.slots", "2"),
        ("choking.optimistic", "2"),
        ("choking.round", "6 s"),
        ("choking.optimistic-rounds", "2"),
        ("choking.order", "random"),
        ("choking.ties", "lasting-lot"),
        ("seeding.slots", "3"),
        ("seeding.order", "fastest-first"),
        ("seeding.quota-pieces", "8"),
        ("seeding.quota-time", "2 s"),
        ("pieces.random-first", "0"),
        ("pieces.order", "sequential"),
        ("pieces.end-game", "false"),
        ("pieces.pipeline", "2"),
        ("pieces.slow-piece", "8 s"),
        ("wire", "none"),
        ("wire.packet-header", "60 B"),
        ("wire.mtu", "600 B"),
        ("wire.packets-per-ack", "1"),
        ("wire.acknowledgement", "70 B"),
        ("wire.messages", "false"),
        ("seeding.super-seeding", "true"),
    ];
    let services = [("service.file-swarming", SHARED), ("arm.tracker.service.file-swarming", OWN)];
    let plain = services.iter().flat_map(|(service, base)| {
        keys.iter().map(|(key, value)| change(&format!("{service}.{key}"), value).of(*base)).collect::<Vec<_>>()
    });
    plain.chain(services.iter().flat_map(|(service, base)| client_mechanisms(service, *base))).collect()
}

/// Mechanisms of a real client: some need another one to be seen.
fn client_mechanisms(service: &str, base: Base) -> Vec<Change> {
    let own = service.starts_with("arm");
    let key = |key: &str| format!("{service}.{key}");
    let of = |name: &str, value: &'static str| change(&key(name), value).of(base);
    // Fast connections: several pieces in the time in which a slow one has one.
    let fast = |change: Change| change.before(&key("pieces.slow-piece"), "60 s");
    let timed = |change: Change| change.before(&key("pieces.retry"), r#"{ timed = { first = "2 s", every = "5 s" } }"#);
    let unequal =
        |change: Change| change.before(&key("tcp.shares"), r#"{ log-normal = { sigma = 0.7, redraw = "10 s" } }"#);
    let waiting = |change: Change| {
        change.before(&key("tcp.messages"), r#"{ behind-data = { send-buffer = "28960 B", queue = "300 ms" } }"#)
    };
    vec![
        of("choking.optimistic-unchoke", "false"),
        of("fallback.after", "3 s").before(&key("fallback"), r#"{ after = "9 s" }"#),
        of("choking.ties", "turn"),
        of("choking.rounds", "false"),
        of("choking.refill", "next-second"),
        of("seeding.order", "anti-leech"),
        of("seeding.order", "random"),
        of("pieces.strict-priority", "false"),
        of("pieces.prioritize-partials", "true"),
        of("pieces.speed-average", "5 s"),
        waiting(of("pieces.strict-end-game", "true")),
        fast(of("pieces.contiguous", "true")),
        fast(of("pieces.queue", "2 s")),
        of("pieces.retry", "{ timed = {} }"),
        timed(of("pieces.retry.timed.first", "9 s")),
        timed(of("pieces.retry.timed.every", "1 s")),
        timed(of("pieces.retry", "at-once")).choosing(if own {
            "arm.tracker.service.file-swarming.pieces.retry.at-once"
        } else {
            "service.file-swarming.pieces.retry.at-once"
        }),
        of("pieces.store-and-forward", "false"),
        of("pieces.partial", "drop"),
        waiting(of("pieces.pipelining", "false")),
        of("pieces.start-lag", "false"),
        of("wire.acknowledgements", "false"),
        unequal(of("tcp.shares", "equal")).choosing(if own {
            "arm.tracker.service.file-swarming.tcp.shares.equal"
        } else {
            "service.file-swarming.tcp.shares.equal"
        }),
        unequal(of("tcp.shares.log-normal.sigma", "0.3")),
        unequal(of("tcp.shares.log-normal.redraw", "3 s")),
        waiting(of("tcp.messages", "at-once")).choosing(if own {
            "arm.tracker.service.file-swarming.tcp.messages.at-once"
        } else {
            "service.file-swarming.tcp.messages.at-once"
        }),
        waiting(of("tcp.messages.behind-data.send-buffer", "4 KiB")),
        waiting(of("tcp.messages.behind-data.queue", "1 s")),
    ]
}

pub(super) fn arms() -> Vec<Change> {
    const EXPONENTIAL: &str = r#"{ exponential = { mean = "5 ms" } }"#;
    const EARLY: &str = r#"[{ from = "1 s", until = "9 s" }]"#;
    const LATER: &str = r#"[{ from = "50 min", until = "51 min" }]"#;
    const RENAMED: &[&str] = &[
        "comparisons.csv",
        "completion.svg",
        "groups.csv",
        "isps.csv",
        "links.csv",
        "messages.csv",
        "over_time.svg",
        "peers.csv",
        "report.html",
        "runs.csv",
        "summary.csv",
        "time_series.csv",
        "traffic.svg",
        "traffic_matrix.csv",
        "traffic_matrix.svg",
    ];
    let mut changes = vec![
        change("arm.managed.name", "led").output(RENAMED),
        change("arm.plain.management", "managed")
            .before("arm.tracker", r#"{ name = "plain", management = "none" }"#)
            .before("experiment.baseline", "plain")
            .with("arm.plain.oms", "{}"),
        change("arm.managed.oms.order", r#"["same-as"]"#),
        change("arm.managed.oms.external.min", "1"),
        change("arm.managed.oms.external.max", "4"),
        change("arm.managed.oms.external.fill", "ordered"),
        change("arm.managed.oms.unguided", "0.5"),
        change("arm.tracker.contacts", "as-listed")
            .before("arm.tracker.contacts", "peer-priority")
            .choosing("arm.tracker.contacts.as-listed"),
        change("arm.tracker.contacts", "peer-priority").choosing("arm.tracker.contacts.peer-priority"),
        change("arm.tracker.contacts", "round-trip").choosing("arm.tracker.contacts.round-trip"),
        change("arm.tracker.contacts.round-trip.timeout", "2 ms").before("arm.tracker.contacts", "{ round-trip = {} }"),
        change("arm.managed.oms.reports.uplink", "true").before("arm.managed.oms.reports", r#"{ pieces = "2 s" }"#),
        change("arm.managed.oms.reports.pieces", "3 s").before("arm.managed.oms.reports", r#"{ pieces = "2 s" }"#),
        change("arm.managed.oms.sample", "1")
            .before("arm.managed.oms.reports", "{ uplink = true }")
            .before("arm.managed.oms.order", r#"["highest-bandwidth"]"#),
        change("arm.managed.oms.neighbours.external", "1").before("arm.managed.oms.neighbours", "{ external = 2 }"),
        change("arm.managed.oms.neighbours.internal", "1").before("arm.managed.oms.neighbours", "{ internal = 2 }"),
        // Only stale entries are refused: lists must change while some of the last one are not contacted yet.
        change("arm.managed.oms.neighbours.accept", "listed")
            .before("arm.managed.oms.neighbours", "{ external = 2 }")
            .before("discovery.interval", "2 s"),
        change("arm.managed.unis.max-age", "1 h"),
        change("service.client-server.size", "3 MiB").of(CLIENT_SERVER),
        change("service.client-server.slots", "3").of(CLIENT_SERVER),
        change("arm.own.service.client-server.size", "3 MiB").of(CLIENT_SERVER),
        change("arm.own.service.client-server.slots", "3").of(CLIENT_SERVER),
    ];
    for server in ["arm.tracker.tracker", "arm.managed.oms", "arm.managed.unis"] {
        let at = |key: &str| format!("{server}.{key}");
        let time = at("service-time");
        changes.extend([
            change(&at("as"), "64514"),
            change(&time, "9 ms"),
            change(&at("service-time.constant"), "9 ms").before(&time, r#"{ constant = "5 ms" }"#),
            change(&at("service-time.exponential.mean"), "9 ms").before(&time, EXPONENTIAL),
            // Somebody must ask at its beginning, and UNIS is asked only while the OMS is there.
            change(&at("outages.0.from"), "5 s")
                .before("arm.managed.oms.outages", if server.ends_with("unis") { LATER } else { EARLY })
                .before("population.arrivals", r#"{ flash-crowd = { decay = "5 s" } }"#),
            change(&at("outages.0.until"), "6 s"),
        ]);
    }
    changes
}

/// What results are held against changes no run.
pub(super) fn references() -> Vec<Change> {
    const NUMBER: &str =
        r#"[{ metric = "completion_mean_s", value = 60, low = 30, high = 90, source = "s", label = "l" }]"#;
    const SHARE: &str = r#"[{ metric = "completion_mean_s", value = 60, within = 0.3, source = "s", label = "l" }]"#;
    const RATIO: &str = r#"[{ metric = "last_completion_s", against = "bound_s", source = "s", label = "l" }]"#;
    const OF_AN_ISP: &str = r#"[{ metric = "in_bytes", isp = "north", relative-to = "tracker", low = 0, high = 2, source = "s", label = "l" }]"#;
    const ALL: &[&str] = &["references.csv", "references.svg", "report.html"];
    let of =
        |key: &str, value, base| change(&format!("reference.0.{key}"), value).before("reference", base).output(ALL);
    vec![
        of("metric", "first_piece_mean_s", NUMBER),
        of("arm", "managed", NUMBER),
        of("value", "61", NUMBER),
        of("low", "31", NUMBER),
        of("high", "91", NUMBER),
        of("within", "0.2", SHARE),
        of("against", "first_piece_mean_s", RATIO),
        of("isp", "south", OF_AN_ISP),
        of("relative-to", "managed", OF_AN_ISP),
        of("label", "other", NUMBER),
        of("source", "other", NUMBER).output(&["references.csv", "report.html"]),
    ]
}

/// What results must satisfy changes no run. All of these pass: the exit code is 0.
pub(super) fn checks() -> Vec<Change> {
    const CHECK: &str = r#"[{ metric = "completion_mean_s", arm = "managed", min = 0, max = 100_000 }]"#;
    const PAIRED: &str =
        r#"[{ metric = "completion_mean_s", arm = "managed", of = "difference", min = -100_000, max = 100_000 }]"#;
    let of = |key: &str, value, base| {
        change(&format!("check.0.{key}"), value).before("check", base).output(&["checks.csv", "report.html"])
    };
    vec![
        of("metric", "first_piece_mean_s", CHECK),
        of("arm", "tracker", CHECK),
        of("of", "relative-difference", PAIRED),
        of("statistic", "every-run", CHECK),
        of("min", "1", CHECK),
        of("max", "90_000", CHECK),
    ]
}

/// How a key is swept; what values and their keys are called shows in tables, plots and the page.
pub(super) fn sweep() -> Vec<Change> {
    const LIST: &str = r#"{ values = [24, 8], label = "n" }"#;
    const RANGE: &str = "{ from = 6, to = 12, points = 3 }";
    let of = |key: &str, value, base| {
        change(&format!("sweep.discovery.list.{key}"), value).before("sweep.discovery.list", base)
    };
    vec![
        of("values", "[24, 6]", LIST),
        of("from", "8", RANGE),
        of("to", "24", RANGE),
        of("points", "4", RANGE),
        of("step", "2", "{ from = 6, to = 12, step = 3 }"),
        of("scale", "log", "{ from = 6, to = 48, points = 3 }"),
        Change { effect: Effect::Names, ..of("label", "other", LIST) },
        Change { effect: Effect::Names, ..of("names", r#"["many", "few"]"#, LIST) },
    ]
}

/// What ISPs pay one another changes no run.
pub(super) fn tariffs() -> Vec<Change> {
    const TABLE: &[&str] = &["costs.csv"];
    const NAMED: &str =
        r#"{ name = "named", links = "transit", seller = "south", buyer = "east", terms = { flat = "5 EUR" } }"#;
    // South and east peer; or north, of two ASes, both sells to south and peers with it.
    const PEERS: &str = "[{ provider = 1, customer = 2 }, { provider = 1, customer = 3 }, { peers = [2, 3] }]";
    const BOTH: &str =
        "[{ provider = 1, customer = 2 }, { provider = 1, customer = 3 }, { peers = [1, 4] }, { peers = [2, 4] }]";
    const PAID: &str =
        r#"{ name = "paid", links = "peering", seller = "south", buyer = "east", terms = { flat = "5 EUR" } }"#;
    const NORTH: &str =
        r#"{ name = "north", links = "transit", seller = "north", buyer = "south", terms = { flat = "5 EUR" } }"#;
    const VOLUME: &str = r#"{ per-volume = { price = "2 EUR per GB" } }"#;
    const OTHER_PROFILE: &str = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]";
    let of = |key: &str, value| change(&format!("tariff.{key}"), value).of(MONEY).output(MONEY_FILES);
    vec![
        of("0.name", "other").output(TABLE),
        of("1.links", "peering")
            .before("underlay.isps.isp.0.ases", "[1, 4]")
            .before("underlay.isps.link", BOTH)
            .before("tariff.1", NORTH),
        of("1.seller", "north").before("tariff.1", NAMED),
        of("1.buyer", "south")
            .before("underlay.isps.link", PEERS)
            .before("tariff.1", PAID)
            .with("tariff.1.seller", "east")
            .output(&["costs.csv", "isps.csv", "money.svg", "report.html"]),
        of("0.terms", "settlement-free").choosing("tariff.0.terms.settlement-free"),
        of("0.terms.flat", "6 EUR").before("tariff.0.terms", r#"{ flat = "5 EUR" }"#),
        of("0.terms.percentile.price", "3 EUR per Mbit/s"),
        of("0.terms.percentile.commit", "200 kbit/s"),
        of("0.terms.percentile.overage", "5 EUR per Mbit/s"),
        of("0.terms.percentile.direction", "sum"),
        of("0.terms.per-volume.price", "3 EUR per GB").before("tariff.0.terms", VOLUME),
        of("0.terms.per-volume.direction", "higher").before("tariff.0.terms", VOLUME),
        change("billing.month.days", "20").of(MONEY).before("tariff.0.terms", VOLUME).output(MONEY_FILES),
        change("billing.month.hour", "3").of(MONEY).output(MONEY_FILES),
        change("billing.month.daily-profile", OTHER_PROFILE).of(MONEY).output(MONEY_FILES),
    ]
}

/// The files in which money is.
const MONEY_FILES: &[&str] =
    &["comparisons.csv", "costs.csv", "isps.csv", "money.svg", "report.html", "runs.csv", "summary.csv"];
