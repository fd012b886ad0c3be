//! The scenarios whose keys are changed, each small, and busy enough for every key to matter.

/// A scenario and the files that it names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base {
    pub(super) text: &'static str,
    pub(super) files: &'static [(&'static str, &'static str)],
}

/// What surrounds a swarm of 24 peers and 32 pieces.
///
/// Chosen so that things bind: links between ISPs are narrow, lists are short, connections are few (refusals), peers
/// leave soon after their completion (listed peers are gone), servers are down while the crowd arrives (retries).
macro_rules! swarm {
    ($service:literal, $arm_service:literal) => {
        concat!(
            r#"
format = 1
title = "Every key has an effect"

[experiment]
seed = 7
replications = 2
baseline = "tracker"
deadline = "1 h"
sampling = "10 s"
confidence = 0.9
smallest-effect = 0.02
matrix-rows = 5

[underlay.latency]
inside = "5 ms"
hop = "20 ms"
[[underlay.isps.isp]]
name = "north"
ases = [1, 2]
subscribers = 2
[[underlay.isps.isp]]
name = "south"
ases = [3, 4]
[[underlay.isps.isp]]
name = "east"
[[underlay.isps.link]]
provider = 1
customer = 2
[[underlay.isps.link]]
peers = [1, 3]
capacity = "3 Mbit/s"
[[underlay.isps.link]]
provider = 3
customer = 64514
capacity = { up = "1 Mbit/s", down = "2 Mbit/s" }
[[underlay.isps.link]]
provider = 3
customer = 4
[[underlay.isps.link]]
provider = 1
customer = 4
[[underlay.isps.link]]
peers = [2, 64514]

[population]
peers = 24
arrivals = { flash-crowd = { decay = "20 s" } }
placement = "by-subscribers"
after-completion = { stay-for = { exponential = { mean = "8 s" } } }
[[population.access]]
name = "adsl"
share = 0.6
down = "8 Mbit/s"
up = "1 Mbit/s"
[[population.access]]
name = "fibre"
share = 0.4
down = "50 Mbit/s"
up = "10 Mbit/s"
[population.seeds]
count = 2
up = "6 Mbit/s"
as = 3
departure = "20 min"

[bandwidth.max-min]
tolerance = 0.01

[discovery]
list = 6
interval = "30 s"
low-mark = 4
min-interval = "8 s"
timeout = "5 s"
retry = "3 s"
retry-max = "5 s"
wanted = 5
max-connections = 7
half-open = 2
connect-timeout = "4 s"
backoff = "5 s"
attempts = 2
"#,
            $service,
            r#"
[[arm]]
name = "tracker"
management = "none"
"#,
            $arm_service,
            r#"
[arm.tracker]
as = 1
service-time = { exponential = { mean = "5 ms" } }
outages = [{ from = "0 s", until = "12 s" }, { from = "30 s", until = "40 s" }]

[[arm]]
name = "managed"
"#,
            $arm_service,
            r#"
[arm.oms]
order = ["as-hops"]
external = { min = 2, max = 3, fill = "none" }
as = 1
service-time = "4 ms"
outages = [{ from = "1 s", until = "9 s" }]
[arm.unis]
as = 3
service-time = { constant = "3 ms" }
outages = [{ from = "2 s", until = "11 s" }]
max-age = "15 s"
"#
        )
    };
}

/// One service for all arms.
pub(super) const SHARED: Base = Base {
    text: swarm!(
        r#"
[service.file-swarming]
size = "4 MiB"
piece = "128 KiB"
block = "16 KiB"
choking = { slots = 3, optimistic = 1, round = "5 s", optimistic-rounds = 3, order = "tit-for-tat" }
seeding = { slots = 2, order = "round-robin", quota-pieces = 4, quota-time = "10 s" }
pieces = { random-first = 3, order = "rarest-first", end-game = true, pipeline = 4, slow-piece = "2 s" }
wire = { packet-header = "52 B", mtu = "1500 B", packets-per-ack = 2, messages = true }
"#,
        ""
    ),
    files: &[],
};

/// Each arm has a service of its own.
pub(super) const OWN: Base = Base {
    text: swarm!(
        "",
        r#"
[arm.service.file-swarming]
size = "4 MiB"
piece = "128 KiB"
block = "16 KiB"
choking = { slots = 3, optimistic = 1, round = "5 s", optimistic-rounds = 3, order = "tit-for-tat" }
seeding = { slots = 2, order = "round-robin", quota-pieces = 4, quota-time = "10 s" }
pieces = { random-first = 3, order = "rarest-first", end-game = true, pipeline = 4, slow-piece = "2 s" }
wire = { packet-header = "52 B", mtu = "1500 B", packets-per-ack = 2, messages = true }
"#
    ),
    files: &[],
};

/// Peers fetch from origin servers, in one arm with a service of its own.
pub(super) const CLIENT_SERVER: Base = Base {
    text: r#"
format = 1
title = "Every key of the client-server service has an effect"
experiment = { replications = 1 }
underlay.isps.isp = [{ name = "one", ases = [1] }]
population.peers = 10
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { count = 2, up = "20 Mbit/s" }
service.client-server = { size = "2 MiB", slots = 2 }
arm = [
  { name = "shared", management = "none" },
  { name = "own", management = "none", service = { client-server = { size = "2 MiB", slots = 2 } } },
]
"#,
    files: &[],
};

/// A generated AS graph.
pub(super) const TIERED: Base = Base {
    text: r#"
format = 1
title = "Every key of the generator has an effect"
experiment = { replications = 1 }
underlay.tiered = { ases = 24, tier1 = 3, transit-share = 0.3 }
population.peers = 20
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming = { size = "2 MiB" }
arm = [{ name = "managed", oms = { order = ["as-hops"], external = { min = 1, max = 4 } }, unis = {} }]
"#,
    files: &[],
};

/// An AS graph from a file.
pub(super) const FROM_FILE: Base = Base {
    text: r#"
format = 1
title = "The file has an effect"
experiment = { replications = 1 }
underlay.as-relationships.file = "one.txt"
population.peers = 10
population.placement = { uniform = {} }
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming = { size = "1 MiB" }
arm = [{ name = "unmanaged", management = "none" }]
"#,
    files: &[("one.txt", "1|2|-1\n1|3|-1\n1|4|-1\n"), ("other.txt", "1|2|-1\n2|3|-1\n3|4|-1\n")],
};

/// Hosts from a file.
pub(super) const HOSTS: Base = Base {
    text: r#"
format = 1
title = "The hosts have an effect"
experiment = { replications = 1 }
underlay.isps.isp = [{ name = "one", ases = [1] }]
population.hosts = "one.csv"
service.file-swarming = { size = "1 MiB" }
arm = [{ name = "unmanaged", management = "none" }]
"#,
    files: &[
        ("one.csv", "isp,role,up,down,arrival\none,seed,4 Mbit/s,4 Mbit/s,0 s\none,leecher,1 Mbit/s,9 Mbit/s,1 s\n"),
        ("other.csv", "isp,role,up,down,arrival\none,seed,3 Mbit/s,4 Mbit/s,0 s\none,leecher,1 Mbit/s,9 Mbit/s,1 s\n"),
    ],
};

/// Tariffs, and traffic between ISPs for two hours.
pub(crate) const MONEY_TEXT: &str = r#"
format = 1
title = "Every key of money has an effect"
experiment = { replications = 2, horizon = "2 h", deadline = "4 h" }
[[underlay.isps.isp]]
name = "north"
ases = [1]
[[underlay.isps.isp]]
name = "south"
ases = [2]
[[underlay.isps.isp]]
name = "east"
ases = [3]
[underlay.isps]
link = [{ provider = 1, customer = 2 }, { provider = 1, customer = 3 }, { provider = 2, customer = 3 }]
[population]
peers = 60
placement = "by-subscribers"
arrivals = { poisson = { mean-gap = "2 min" } }
after-completion = "leave"
access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
seeds = { up = "10 Mbit/s", as = 1 }
[service.file-swarming]
size = "16 MiB"
[[arm]]
name = "unmanaged"
management = "none"
[[arm]]
name = "managed"
oms = { order = ["as-hops"], external = { min = 1, max = 4 } }
unis = {}
[[tariff]]
name = "list"
links = "transit"
[tariff.terms.percentile]
price = "2 EUR per Mbit/s"
commit = "100 kbit/s"
overage = "4 EUR per Mbit/s"
[[tariff]]
name = "peers"
links = "peering"
terms = "settlement-free"
[billing.month]
hour = 20
daily-profile = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2.5, 2, 2, 1]
"#;
pub(super) const MONEY: Base = Base { text: MONEY_TEXT, files: &[] };
/// A crowd with measured arrivals and stays.
pub(super) const TRACES: Base = Base {
    text: r#"
format = 1
title = "Measured times have an effect"
experiment = { replications = 1, horizon = "3 min", deadline = "10 min" }
underlay.isps.isp = [{ name = "one", ases = [1] }]
population.peers = 12
population.arrivals.trace = "arrivals.csv"
population.after-completion = { stay-for = "5 s" }
population.access = [{ name = "dsl", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "2 Mbit/s" }
service.file-swarming = { size = "2 MiB", piece = "128 KiB" }
arm = [{ name = "unmanaged", management = "none" }]
"#,
    files: &[
        ("arrivals.csv", "arrival\n0 s\n1 s\n2 s\n3 s\n4 s\n5 s\n6 s\n7 s\n8 s\n9 s\n10 s\n11 s\n12 s\n"),
        ("more.csv", "arrival\n0 s\n1 s\n2 s\n3 s\n4 s\n5 s\n6 s\n7 s\n8 s\n9 s\n10 s\n30 s\n"),
        ("stays.csv", "value,weight\n4 s,1\n9 s,2\n"),
        ("long-stays.csv", "value\n14 s\n19 s\n"),
    ],
};

/// Sessions from a file.
pub(super) const SESSION_TRACE: Base = Base {
    text: r#"
format = 1
title = "Measured sessions have an effect"
experiment = { replications = 1, deadline = "10 min" }
underlay.isps.isp = [{ name = "one", ases = [1] }]
population.peers = 3
population.session.trace = "one.csv"
population.access = [{ name = "dsl", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "2 Mbit/s" }
service.file-swarming = { size = "2 MiB", piece = "128 KiB" }
arm = [{ name = "unmanaged", management = "none" }]
"#,
    files: &[
        ("one.csv", "peer,from,until\n0,0 s,20 s\n1,1 s,9 s\n1,15 s,\n2,3 s,\n"),
        ("later.csv", "peer,from,until\n0,0 s,20 s\n1,1 s,9 s\n1,16 s,\n2,3 s,\n"),
    ],
};

/// Peers that come and go for ever.
pub(super) const ON_AND_OFF: Base = Base {
    text: r#"
format = 1
title = "A stationary start has an effect"
experiment = { replications = 1, deadline = "5 min" }
underlay.isps.isp = [{ name = "one", ases = [1] }]
population.peers = 12
population.session = { weibull = { shape = 0.6, scale = "40 s" } }
population.gap = { exponential = { mean = "40 s" } }
population.access = [{ name = "dsl", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "2 Mbit/s" }
service.file-swarming = { size = "2 MiB", piece = "128 KiB" }
arm = [{ name = "unmanaged", management = "none" }]
"#,
    files: &[],
};
/// Subscribers from a file.
pub(super) const SUBSCRIBERS: Base = Base {
    text: r#"
format = 1
title = "The subscribers have an effect"
experiment = { replications = 1 }
underlay.as-relationships.file = "graph.txt"
population.peers = 10
population.placement.by-subscribers.file = "one.csv"
population.access = [{ name = "dsl", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming = { size = "1 MiB" }
arm = [{ name = "unmanaged", management = "none" }]
"#,
    files: &[
        ("graph.txt", "1|2|-1\n1|3|-1\n1|4|-1\n"),
        ("one.csv", "as,subscribers,asn,users\n2,10,3,1\n3,1,4,10\n4,5,2,1\n"),
        ("other.csv", "as,subscribers\n2,1\n3,10\n"),
    ],
};
