//! A resolved scenario as a scenario file.

use std::fmt::{Display, Write as _};
use std::path::Path;

use super::relative::relative_path;
use super::resolved::{Accepted, ArmSpec, CheckSpec, HeldAgainst, ReferenceSpec, Resolved};
use super::write_economics::write_economics;
use super::write_law::law;
use super::write_service::write_service;
use crate::management::{Accept, ContactOrder, DiscoverySpec, Fill, ManagementSpec, OmsSpec, Reports, ServerSpec};
use crate::population::{
    AfterCompletion, Arrivals, Crowd, DrawnCrowd, Placement, PlacementRange, PopulationSpec, Session, SessionsSpec,
    Start,
};
use crate::services::ServiceSpec;
use crate::underlay::{IspSet, Link, LinkRelationship, Source, Tiered, UnderlaySpec};
use crate::units::{BitRate, SimDuration, SimTime};

impl Resolved {
    /// This scenario as a TOML file that reproduces its results: all defaults written out, the seed too, the leading
    /// comments kept. A path of a file that it names is kept as the scenario wrote it, so that the text loads from the
    /// scenario's own folder; see [`to_toml_in`](Self::to_toml_in) for another one.
    pub fn to_toml(&self) -> String {
        self.write(None)
    }

    /// As [`to_toml`](Self::to_toml), to be loaded from `folder`: relative paths of files that the scenario names are
    /// rewritten so that they lead from `folder` to the same files. Absolute paths stay as they are, and a relative
    /// path never becomes absolute (between two drives of a system that has drives it is kept as written).
    pub fn to_toml_in(&self, folder: &Path) -> String {
        self.write(Some(folder))
    }

    fn write(&self, folder: Option<&Path>) -> String {
        match &self.sweep {
            Some(sweep) => self.write_swept(sweep, folder),
            None => self.write_as_is(folder),
        }
    }

    /// Without its sweep.
    pub(super) fn write_as_is(&self, folder: Option<&Path>) -> String {
        let mut toml = Toml::default();
        for line in &self.preamble {
            toml.line(format!("# {line}").trim_end());
        }
        if !self.preamble.is_empty() {
            toml.line("");
        }
        toml.plain("format", 1);
        toml.text("title", &self.title);
        self.write_experiment(&mut toml);
        let path = |path: &str| match folder {
            Some(folder) => relative_path(path, &self.as_written.folder, folder),
            None => path.to_owned(),
        };
        write_underlay(&mut toml, &self.underlay, &path);
        write_population(&mut toml, &self.population, &path);
        toml.table("bandwidth.max-min");
        toml.float("tolerance", self.sharing.tolerance);
        write_discovery(&mut toml, &self.discovery);
        let first = || self.arms.first().map(|arm| &arm.service);
        // A swept key must find the service where the file had it.
        let swept = self.as_written.swept;
        let shared = if swept { self.as_written.service.as_ref() } else { first() };
        if let Some(service) = shared {
            write_service(&mut toml, "service", service);
        }
        let none = Vec::new();
        for (position, arm) in self.arms.iter().enumerate() {
            let parameters = self.as_written.strategy_parameters.get(position).unwrap_or(&none);
            write_arm(&mut toml, arm, parameters);
            let own = self.as_written.own_service.get(position).copied().unwrap_or(false);
            if if swept { own } else { Some(&arm.service) != shared } {
                write_service(&mut toml, "arm.service", &arm.service);
            }
        }
        for reference in &self.references {
            self.write_reference(&mut toml, reference);
        }
        if let Some(economics) = &self.economics {
            write_economics(&mut toml, economics);
        }
        for check in &self.checks {
            self.write_check(&mut toml, check);
        }
        toml.0
    }

    fn write_experiment(&self, toml: &mut Toml) {
        let experiment = &self.experiment;
        toml.table("experiment");
        toml.plain("seed", experiment.seed);
        toml.plain("replications", experiment.replications);
        if let Some(baseline) = self.arms.get(experiment.baseline) {
            toml.text("baseline", &baseline.name);
        }
        toml.quantity("deadline", experiment.deadline);
        toml.quantity("warm-up", experiment.warm_up);
        if let Some(horizon) = experiment.horizon {
            toml.quantity("horizon", horizon);
        }
        toml.quantity("sampling", experiment.sampling);
        toml.float("confidence", experiment.confidence);
        toml.float("smallest-effect", experiment.smallest_effect);
        toml.plain("matrix-rows", experiment.matrix_rows);
    }

    fn write_check(&self, toml: &mut Toml, check: &CheckSpec) {
        toml.element("check");
        toml.text("metric", check.metric);
        if let Some(arm) = check.arm.and_then(|position| self.arms.get(position)) {
            toml.text("arm", &arm.name);
        }
        toml.text("of", check.of.name());
        toml.text("statistic", check.statistic.name());
        for (key, bound) in [("min", check.min), ("max", check.max)] {
            if let Some(bound) = bound {
                toml.float(key, bound);
            }
        }
    }

    fn write_reference(&self, toml: &mut Toml, reference: &ReferenceSpec) {
        toml.element("reference");
        toml.text("metric", reference.metric);
        if let Some(isp) = &reference.isp {
            toml.text("isp", isp);
        }
        if let Some(arm) = reference.arm.and_then(|position| self.arms.get(position)) {
            toml.text("arm", &arm.name);
        }
        match reference.against {
            HeldAgainst::Value(value) => toml.float("value", value),
            HeldAgainst::Column(column) => toml.text("against", column),
            HeldAgainst::Arm(position) => {
                if let Some(other) = self.arms.get(position) {
                    toml.text("relative-to", &other.name);
                }
            }
            HeldAgainst::Band => {}
        }
        match reference.accepted {
            Accepted::Within(share) => toml.float("within", share),
            Accepted::Between { low, high } => {
                for (key, end) in [("low", low), ("high", high)] {
                    if let Some(end) = end {
                        toml.float(key, end);
                    }
                }
            }
        }
        toml.text("source", &reference.source);
        toml.text("label", &reference.label);
    }
}

/// TOML text under construction.
#[derive(Default)]
pub(super) struct Toml(pub(super) String);

impl Toml {
    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }
    pub(super) fn table(&mut self, path: &str) {
        self.line(&format!("\n[{path}]"));
    }
    pub(super) fn element(&mut self, path: &str) {
        self.line(&format!("\n[[{path}]]"));
    }
    /// Integers, flags and ready-made TOML values.
    pub(super) fn plain(&mut self, key: &str, value: impl Display) {
        let _ = writeln!(self.0, "{key} = {value}");
    }
    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.plain(key, quote(value));
    }
    /// Quantities never need escapes.
    pub(super) fn quantity(&mut self, key: &str, value: impl Display) {
        let _ = writeln!(self.0, "{key} = \"{value}\"");
    }
    pub(super) fn float(&mut self, key: &str, value: f64) {
        self.plain(key, float(value));
    }
}

pub(super) fn quote(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The shortest text that reads back as the same number.
pub(super) fn float(value: f64) -> String {
    toml::Value::Float(value).to_string()
}

fn instant(time: SimTime) -> SimDuration {
    SimDuration::from_nanos(time.as_nanos())
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn write_underlay(toml: &mut Toml, underlay: &UnderlaySpec, path: &dyn Fn(&str) -> String) {
    toml.table("underlay.latency");
    toml.quantity("inside", underlay.latency.inside);
    toml.quantity("hop", underlay.latency.hop);
    match &underlay.source {
        Source::Isps(set) => write_isps(toml, set),
        Source::Tiered(tiered) => write_tiered(toml, tiered),
        Source::AsRelationships(file) => {
            toml.table("underlay.as-relationships");
            toml.text("file", &path(&file.path));
        }
    }
}

fn write_isps(toml: &mut Toml, set: &IspSet) {
    for isp in &set.isps {
        toml.element("underlay.isps.isp");
        toml.text("name", &isp.name);
        toml.plain("ases", format!("[{}]", joined(isp.ases.iter().map(ToString::to_string))));
        toml.float("subscribers", isp.subscribers);
        toml.quantity("latency", isp.latency);
    }
    for link in &set.links {
        toml.element("underlay.isps.link");
        match link.relationship {
            LinkRelationship::ProviderCustomer => {
                toml.plain("provider", link.a);
                toml.plain("customer", link.b);
            }
            LinkRelationship::Peering => toml.plain("peers", format!("[{}, {}]", link.a, link.b)),
        }
        toml.quantity("latency", link.latency);
        write_capacity(toml, link);
    }
}

fn write_capacity(toml: &mut Toml, link: &Link) {
    let (up, down) = match link.relationship {
        LinkRelationship::ProviderCustomer => (link.capacity_ba, link.capacity_ab),
        LinkRelationship::Peering => (link.capacity_ab, link.capacity_ba),
    };
    let one = |key: &str, rate: Option<BitRate>| rate.map(|rate| format!("{key} = \"{rate}\""));
    let both: Vec<String> = [one("up", up), one("down", down)].into_iter().flatten().collect();
    if !both.is_empty() {
        toml.plain("capacity", format!("{{ {} }}", both.join(", ")));
    }
}

fn write_tiered(toml: &mut Toml, tiered: &Tiered) {
    toml.table("underlay.tiered");
    toml.plain("ases", tiered.ases);
    toml.plain("tier1", tiered.tier1);
    toml.float("transit-share", tiered.transit_share);
    toml.float("multihomed-share", tiered.multihomed_share);
    toml.float("peering-degree", tiered.peering_degree);
    toml.float("sibling-share", tiered.sibling_share);
    toml.float("subscriber-exponent", tiered.subscriber_exponent);
}

fn write_population(toml: &mut Toml, population: &PopulationSpec, path: &dyn Fn(&str) -> String) {
    toml.table("population");
    match &population.crowd {
        Crowd::Drawn(drawn) => write_drawn(toml, drawn, population.sessions.say_arrivals(), path),
        Crowd::Hosts(file) => toml.text("hosts", &path(&file.path)),
    }
    let after = match &population.after_completion {
        AfterCompletion::Stay => "\"stay\"".to_owned(),
        AfterCompletion::Leave => "\"leave\"".to_owned(),
        AfterCompletion::StayFor(time) => format!("{{ stay-for = {} }}", law(time, path)),
    };
    toml.plain("after-completion", after);
    write_sessions(toml, &population.sessions, path);
    if let Crowd::Drawn(drawn) = &population.crowd {
        write_classes_and_seeds(toml, drawn);
    }
    if let Some(caches) = &population.caches {
        toml.table("population.caches");
        toml.quantity("up", caches.up);
        if let Some(isps) = &caches.isps {
            toml.plain("isps", format!("[{}]", joined(isps.iter().map(|name| quote(name)))));
        }
    }
}

fn write_drawn(toml: &mut Toml, population: &DrawnCrowd, say_arrivals: bool, path: &dyn Fn(&str) -> String) {
    toml.plain("peers", population.peers);
    let placement = match &population.placement {
        Placement::Uniform { over: PlacementRange::Stubs } => "{ uniform = { over = \"stubs\" } }".to_owned(),
        Placement::Uniform { over: PlacementRange::All } => "{ uniform = { over = \"all\" } }".to_owned(),
        Placement::BySubscribers => "{ by-subscribers = {} }".to_owned(),
        Placement::BySubscriberFile(file) => format!(
            "{{ by-subscribers = {{ file = {}, as-column = {}, subscribers-column = {} }} }}",
            quote(&path(&file.path)),
            quote(&file.as_column),
            quote(&file.subscribers_column)
        ),
        Placement::ByWeight(rows) => {
            let row = |(number, weight): &(_, f64)| format!("{{ as = {number}, weight = {} }}", float(*weight));
            format!("{{ by-weight = [{}] }}", joined(rows.iter().map(row)))
        }
        Placement::Table(rows) => {
            let row = |(number, peers): &(_, u32)| format!("{{ as = {number}, peers = {peers} }}");
            format!("{{ table = [{}] }}", joined(rows.iter().map(row)))
        }
    };
    toml.plain("placement", placement);
    if say_arrivals {
        return;
    }
    let arrivals = match &population.arrivals {
        Arrivals::AllAtOnce => "{ all-at-once = {} }".to_owned(),
        Arrivals::List(times) => {
            let times = joined(times.iter().map(|time| format!("\"{}\"", instant(*time))));
            format!("{{ list = {{ times = [{times}] }} }}")
        }
        Arrivals::Uniform { within } => format!("{{ uniform = {{ within = \"{within}\" }} }}"),
        Arrivals::Poisson { mean_gap } => format!("{{ poisson = {{ mean-gap = \"{mean_gap}\" }} }}"),
        Arrivals::Trace(trace) => format!("{{ trace = {} }}", quote(&path(&trace.path))),
        Arrivals::FlashCrowd { decay } => format!("{{ flash-crowd = {{ decay = \"{decay}\" }} }}"),
    };
    toml.plain("arrivals", arrivals);
}

fn write_sessions(toml: &mut Toml, sessions: &SessionsSpec, path: &dyn Fn(&str) -> String) {
    match &sessions.session {
        Session::Unlimited => {}
        Session::Drawn(session) => toml.plain("session", law(session, path)),
        Session::Trace(trace) => toml.plain("session", format!("{{ trace = {} }}", quote(&path(&trace.path)))),
    }
    for (key, time) in [("gap", &sessions.gap), ("patience", &sessions.patience)] {
        if let Some(time) = time {
            toml.plain(key, law(time, path));
        }
    }
    toml.text("start", if sessions.start == Start::Stationary { "stationary" } else { "fresh" });
}

fn write_classes_and_seeds(toml: &mut Toml, population: &DrawnCrowd) {
    for class in &population.access {
        toml.element("population.access");
        toml.text("name", &class.name);
        toml.float("share", class.share);
        toml.quantity("down", class.down);
        toml.quantity("up", class.up);
        toml.plain("free-rider", class.free_rider);
    }
    let seeds = &population.seeds;
    toml.table("population.seeds");
    toml.plain("count", seeds.count);
    toml.quantity("up", seeds.up);
    if let Some(number) = seeds.as_number {
        toml.plain("as", number);
    }
    if let Some(departure) = seeds.departure {
        toml.quantity("departure", instant(departure));
    }
}

fn write_discovery(toml: &mut Toml, discovery: &DiscoverySpec) {
    toml.table("discovery");
    toml.plain("list", discovery.list);
    match discovery.interval {
        Some(interval) => toml.quantity("interval", interval),
        None => toml.text("interval", "never"),
    }
    toml.plain("low-mark", discovery.low_mark);
    toml.quantity("min-interval", discovery.min_interval);
    toml.quantity("timeout", discovery.timeout);
    toml.quantity("retry", discovery.retry);
    toml.quantity("retry-max", discovery.retry_max);
    toml.plain("wanted", discovery.wanted);
    toml.plain("max-connections", discovery.max_connections);
    toml.plain("half-open", discovery.half_open);
    toml.quantity("connect-timeout", discovery.connect_timeout);
    toml.quantity("backoff", discovery.backoff);
    toml.plain("attempts", discovery.attempts);
    toml.plain("accumulate", discovery.accumulate);
}

fn write_arm(toml: &mut Toml, arm: &ArmSpec, parameters: &[toml::Table]) {
    toml.element("arm");
    toml.text("name", &arm.name);
    match arm.contacts {
        // The client-server service refuses it: nobody is contacted.
        _ if matches!(arm.service, ServiceSpec::ClientServer(_)) => {}
        ContactOrder::RoundTrip { timeout } => {
            toml.plain("contacts", format!("{{ round-trip = {{ timeout = \"{timeout}\" }} }}"));
        }
        order => toml.text("contacts", order.name()),
    }
    match &arm.management {
        ManagementSpec::Unmanaged(tracker) => {
            toml.text("management", "none");
            // The client-server service refuses a tracker: nobody would ask it.
            if !matches!(arm.service, ServiceSpec::ClientServer(_)) {
                toml.table("arm.tracker");
                write_server(toml, tracker);
            }
        }
        ManagementSpec::Managed(managed) => {
            toml.text("management", "managed");
            write_oms(toml, &managed.oms, parameters);
            if let Some(unis) = &managed.unis {
                toml.table("arm.unis");
                write_server(toml, &unis.server);
                toml.quantity("max-age", unis.max_age);
            }
        }
    }
}

fn write_oms(toml: &mut Toml, oms: &OmsSpec, parameters: &[toml::Table]) {
    toml.table("arm.oms");
    let entries = oms.order.iter().enumerate().map(|(position, strategy)| match parameters.get(position) {
        Some(table) if !table.is_empty() => {
            format!("{{ {} = {} }}", strategy.name, toml::Value::Table(table.clone()))
        }
        _ => quote(&strategy.name),
    });
    toml.plain("order", format!("[{}]", joined(entries)));
    if let Some(external) = &oms.external {
        let fill = match external.fill {
            Fill::None => "none",
            Fill::Ordered => "ordered",
        };
        let (min, max) = (external.min, external.max);
        toml.plain("external", format!("{{ min = {min}, max = {max}, fill = \"{fill}\" }}"));
    }
    toml.float("unguided", oms.unguided);
    if oms.reports != Reports::default() {
        let pieces = oms.reports.pieces.map_or_else(|| "never".to_owned(), |interval| interval.to_string());
        toml.plain("reports", format!("{{ uplink = {}, pieces = \"{pieces}\" }}", oms.reports.uplink));
    }
    if oms.order.iter().any(|named| named.strategy.scores()) {
        toml.plain("sample", oms.sample);
    }
    if let Some(limits) = oms.neighbours {
        let accept = match limits.accept {
            Accept::Any => "any",
            Accept::Listed => "listed",
        };
        let count = |key: &str, count: Option<u32>| count.map(|count| format!("{key} = {count}, ")).unwrap_or_default();
        let (external, internal) = (count("external", limits.external), count("internal", limits.internal));
        toml.plain("neighbours", format!("{{ {external}{internal}accept = \"{accept}\" }}"));
    }
    write_server(toml, &oms.server);
}

fn write_server(toml: &mut Toml, server: &ServerSpec) {
    if let Some(number) = server.as_number {
        toml.plain("as", number);
    }
    toml.plain("service-time", law(&server.service_time, &str::to_owned));
    if !server.outages.is_empty() {
        let outages = server
            .outages
            .iter()
            .map(|outage| format!("{{ from = \"{}\", until = \"{}\" }}", instant(outage.from), instant(outage.until)));
        toml.plain("outages", format!("[{}]", joined(outages)));
    }
}
