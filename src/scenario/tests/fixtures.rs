//! Scenarios that the tests vary.

/// The fewest keys that make a scenario.
pub(super) const SHORT: &str = r#"
format = 1
title = "short"
underlay.tiered = {}
population.peers = 10
population.access = [{ name = "dsl", share = 1.0, down = "8 Mbit/s", up = "1 Mbit/s" }]
population.seeds = { up = "10 Mbit/s" }
service.file-swarming.size = "1 MiB"
arm = [{ name = "a", management = "none" }]
"#;

/// Every table and most keys, with an explicit set of ISPs.
pub(super) const FULL: &str = r#"
# Question: what?
#   indented
format = 1
title = "a \"full\" scenario"

[experiment]
seed = 7
replications = 3
baseline = "two"
deadline = "2 h"
sampling = "15 s"
confidence = 0.9
smallest-effect = 0.05
matrix-rows = 100

[underlay.latency]
inside = "5 ms"
hop = "20 ms"

[[underlay.isps.isp]]
name = "n"
ases = [1, 2]
subscribers = 2.5
[[underlay.isps.isp]]
name = "s"
ases = [3]
[[underlay.isps.isp]]
name = "default"
[[underlay.isps.link]]
provider = 1
customer = 2
capacity = { up = "10 Mbit/s", down = "20 Mbit/s" }
[[underlay.isps.link]]
peers = [1, 3]
capacity = "30 Mbit/s"
[[underlay.isps.link]]
provider = 3
customer = 64514

[population]
peers = 3
arrivals = { list = { times = ["0 s", "1.5 s", "3 min"] } }
placement = { table = [{ as = 2, peers = 2 }, { as = 64514, peers = 1 }] }
after-completion = { stay-for = { exponential = { mean = "10 min" } } }
[[population.access]]
name = "adsl"
share = 0.7
down = "16 Mbit/s"
up = "0 bit/s"
[[population.access]]
name = "fibre"
share = 0.3
down = "100 Mbit/s"
up = "50 Mbit/s"
[population.seeds]
count = 2
up = "20 Mbit/s"
as = 3
departure = "1 h"

[bandwidth.max-min]
tolerance = 0.01

[discovery]
list = 40
interval = "never"
low-mark = 10
min-interval = "30 s"
timeout = "10 s"
retry = "5 s"
retry-max = "10 min"
wanted = 20
max-connections = 40
half-open = 4
connect-timeout = "5 s"
backoff = "30 s"
attempts = 2

[service.file-swarming]
size = "10 MiB"
piece = "128 KiB"
block = "8 KiB"
choking = { slots = 3, optimistic = 2, round = "5 s", optimistic-rounds = 2, order = "random" }
seeding = { slots = 5, order = "fastest-first", quota-pieces = 7, quota-time = "30 s" }
pieces = { random-first = 1, order = "sequential", end-game = false, pipeline = 8, slow-piece = "10 s" }
wire = { packet-header = "40 B", mtu = "1400 B", packets-per-ack = 1, messages = false }

[[arm]]
name = "one"
management = "none"
[arm.tracker]
as = 1
service-time = { exponential = { mean = "3 ms" } }
outages = [{ from = "0 s", until = "60 s" }, { from = "90 s", until = "2 min" }]

[[arm]]
name = "two"
management = "managed"
[arm.oms]
order = ["same-as", { weighted = { weight = 2.5 } }, "as-hops"]
external = { min = 4, max = 8, fill = "ordered" }
as = 2
service-time = "4 ms"
outages = [{ from = "1 s", until = "2 s" }]
[arm.unis]
as = 3
service-time = { constant = "5 ms" }
outages = [{ from = "3 s", until = "4 s" }]
max-age = "20 min"

[[arm]]
name = "three"
management = "none"
[arm.service.client-server]
size = "10 MiB"
slots = 4

[[reference]]
metric = "completion_mean_s"
arm = "two"
value = 600.0
low = 540
high = 660.0
source = "A book, section 4"
label = "fluid model"
[[reference]]
metric = "last_completion_s"
against = "bound_s"
within = 0.4
source = "Another book"
label = "bound"
[[reference]]
metric = "local_share"
high = 0.5
source = "A measurement"
label = "measured"

[[tariff]]
name = "list"
links = "transit"
terms = { percentile = { price = "2 EUR per Mbit/s", commit = "1 Mbit/s", overage = "3 EUR per Mbit/s" } }
[[tariff]]
name = "pair"
links = "transit"
seller = "s"
buyer = "default"
terms = { per-volume = { price = "0.01 EUR per GB" } }
[[tariff]]
name = "paid peering"
links = "peering"
seller = "s"
buyer = "n"
terms = { flat = "12.50 EUR" }
[billing.month]
days = 31
hour = 20
daily-profile = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3.5, 3, 2, 1]

[[check]]
metric = "local_share"
arm = "three"
min = 0.1
max = 0.9
"#;
