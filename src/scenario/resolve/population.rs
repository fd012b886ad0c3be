//! The population.

use std::collections::BTreeSet;

use super::law::lifetime;
use super::underlay::Underlay;
use super::{Names, Surroundings, check_as, hosts, sessions, subscribers, traces};
use crate::population::{
    AccessClass, AfterCompletion, Arrivals, CachesSpec, Crowd, DrawnCrowd, Host, HostRole, Placement, PlacementRange,
    PopulationSpec, SeedsSpec,
};
use crate::scenario::chosen::Chosen;
use crate::scenario::errors::{Problem, Problems, nearest};
use crate::scenario::keys::SAID_BY_HOSTS;
use crate::scenario::reader::{Field, Reader};
use crate::scenario::schema::ticked;
use crate::scenario::tree::{Place, Value};
use crate::underlay::{IspSet, LinkRelationship, Source};
use crate::units::{AsNumber, BitRate, SimTime};

/// How far the shares of access classes may be from 1 in all.
const SHARE_SLACK: f64 = 1e-9;

pub(super) fn resolve(reader: &Reader<'_>, underlay: &Underlay, surroundings: &Surroundings<'_>) -> PopulationSpec {
    let crowd = match reader.optional::<String>("hosts") {
        Some(file) => {
            refuse_what_hosts_say(reader);
            let has_caches = reader.has("caches");
            Crowd::Hosts(hosts::read(&file, has_caches, underlay, surroundings, reader.problems()))
        }
        None => Crowd::Drawn(drawn(reader, underlay, surroundings)),
    };
    let sessions = sessions::resolve(reader, &crowd, surroundings);
    PopulationSpec {
        crowd,
        sessions,
        after_completion: match reader.one_of("after-completion") {
            Some(chosen) if chosen.name == "leave" => AfterCompletion::Leave,
            Some(chosen) if chosen.name == "stay-for" => {
                AfterCompletion::StayFor(lifetime(chosen.one_of(), surroundings, reader.problems()))
            }
            _ => AfterCompletion::Stay,
        },
        caches: reader.optional_table("caches").map(|table| caches(&table, underlay)),
    }
}

fn refuse_what_hosts_say(reader: &Reader<'_>) {
    for name in SAID_BY_HOSTS {
        if let Some(place) = reader.key_place(name) {
            let message = format!("`{name}` stands beside `hosts`, whose file says it");
            reader.problems().add(Problem::at(place, message).allowed("either `hosts` or this key"));
        }
    }
}

fn drawn(reader: &Reader<'_>, underlay: &Underlay, surroundings: &Surroundings<'_>) -> DrawnCrowd {
    let peers: Field<u32> = reader.get("peers");
    let placement =
        reader.one_of("placement").and_then(|chosen| placement(&chosen, &peers, underlay, surroundings, reader));
    DrawnCrowd {
        peers: peers.value,
        access: access(reader),
        placement: placement.unwrap_or(Placement::BySubscribers),
        arrivals: reader
            .one_of("arrivals")
            .and_then(|chosen| arrivals(&chosen, &peers, reader, surroundings))
            .unwrap_or(Arrivals::AllAtOnce),
        seeds: seeds(&reader.table("seeds"), underlay),
    }
}

fn access(reader: &Reader<'_>) -> Vec<AccessClass> {
    let problems = reader.problems();
    let mut names = Names::default();
    let mut sum = 0.0;
    let mut sound = true;
    let mut last = reader.place();
    let mut classes = Vec::new();
    for class in reader.tables("access") {
        let name: Field<String> = class.get("name");
        names.add(&name, "access class", problems);
        let share: Field<f64> = class.get("share");
        if share.ok && share.value <= 0.0 {
            let message = format!("access class `{}` has no peers", name.value);
            problems.add(Problem::at(share.place, message).allowed("a share above 0"));
            sound = false;
        }
        sum += share.value;
        sound &= share.ok;
        last = share.place;
        classes.push(AccessClass {
            name: name.value,
            share: share.value,
            down: class.get("down").value,
            up: class.get("up").value,
            free_rider: class.get("free-rider").value,
        });
    }
    if sound && !classes.is_empty() && (sum - 1.0).abs() > SHARE_SLACK {
        // Rounded, so that 0.1 + 0.2 is shown as 0.3.
        let shown = (sum * 1e9).round() / 1e9;
        let message = format!("the shares of the access classes sum to {shown}");
        problems.add(Problem::at(last, message).allowed("shares that sum to 1"));
    }
    classes
}

fn placement(
    chosen: &Chosen<'_>,
    peers: &Field<u32>,
    underlay: &Underlay,
    surroundings: &Surroundings<'_>,
    population: &Reader<'_>,
) -> Option<Placement> {
    let problems = population.problems();
    match chosen.name {
        "uniform" => {
            let over: Field<&'static str> = chosen.with_table(|table| table.get("over"))?;
            if over.value == "all" {
                return Some(Placement::Uniform { over: PlacementRange::All });
            }
            if let Source::Isps(set) = &underlay.spec.source {
                let providers: BTreeSet<AsNumber> = set
                    .links
                    .iter()
                    .filter(|link| link.relationship == LinkRelationship::ProviderCustomer)
                    .map(|link| link.a)
                    .collect();
                let mut ases = set.isps.iter().flat_map(|isp| &isp.ases).peekable();
                if ases.peek().is_some() && ases.all(|number| providers.contains(number)) {
                    let message = "there is no stub to place peers in: every AS has customers";
                    problems.add(Problem::at(over.place, message).allowed("`over = \"all\"`"));
                }
            }
            Some(Placement::Uniform { over: PlacementRange::Stubs })
        }
        "by-subscribers" => {
            let file = chosen.with_table(|table| subscribers::read(table, &underlay.known, surroundings));
            if let Some(file) = file.flatten() {
                return Some(Placement::BySubscriberFile(file));
            }
            if let Source::Isps(set) = &underlay.spec.source
                && !set.isps.is_empty()
                && set.isps.iter().all(|isp| isp.subscribers <= 0.0)
            {
                let message = "no ISP has subscribers, so that peers cannot be placed by them";
                problems.add(Problem::at(chosen.place, message).allowed("`subscribers` above 0 for an ISP"));
            }
            Some(Placement::BySubscribers)
        }
        "by-weight" => chosen.with_tables(|tables| {
            let weights = numbered(tables, "weight", underlay);
            if weights.iter().all(|(_, weight)| weight.ok && weight.value <= 0.0) && !weights.is_empty() {
                let message = "all weights are 0, so that peers cannot be placed";
                problems.add(Problem::at(chosen.place, message).allowed("a weight above 0"));
            }
            Placement::ByWeight(weights.into_iter().map(|(number, weight)| (number, weight.value)).collect())
        }),
        _ => chosen.with_tables(|tables| {
            let counts = numbered::<u32>(tables, "peers", underlay);
            let sum: u64 = counts.iter().map(|(_, count)| u64::from(count.value)).sum();
            let sound = peers.ok && !counts.is_empty() && counts.iter().all(|(_, count)| count.ok);
            if sound && sum != u64::from(peers.value) {
                let message = format!("the table places {sum} peers, but the population has {}", peers.value);
                problems.add(Problem::at(chosen.place, message).allowed("counts that sum to `population.peers`"));
            }
            Placement::Table(counts.into_iter().map(|(number, count)| (number, count.value)).collect())
        }),
    }
}

/// Rows of an AS and its number, each AS once.
fn numbered<T: crate::scenario::scalar::Typed>(
    tables: &[Reader<'_>],
    key: &str,
    underlay: &Underlay,
) -> Vec<(AsNumber, Field<T>)> {
    let mut seen = BTreeSet::new();
    tables
        .iter()
        .map(|table| {
            let number: Field<AsNumber> = table.get("as");
            check_as(&number, &underlay.known, table.problems());
            if number.ok && !seen.insert(number.value) {
                let message = format!("AS {} is named twice", number.value);
                table.problems().add(Problem::at(number.place, message).allowed("each AS once"));
            }
            (number.value, table.get(key))
        })
        .collect()
}

fn arrivals(
    chosen: &Chosen<'_>,
    peers: &Field<u32>,
    population: &Reader<'_>,
    surroundings: &Surroundings<'_>,
) -> Option<Arrivals> {
    let problems = population.problems();
    match chosen.name {
        "list" => chosen.with_table(|table| {
            let times: Vec<Field<SimTime>> = table.list("times").unwrap_or_default();
            if let Some(pair) = times.windows(2).find(|pair| pair.iter().all(|t| t.ok) && pair[1].value < pair[0].value)
            {
                let message = format!("`times` are not ascending: {} after {}", pair[1].value, pair[0].value);
                problems.add(Problem::at(pair[1].place, message).allowed("times in ascending order"));
            }
            let is_list = matches!(table.raw("times"), Some(node) if matches!(node.value, Value::Array(_)));
            if peers.ok && is_list && times.len() != peers.value as usize {
                let place = table.key_place("times").unwrap_or(chosen.place);
                let message = format!("{} arrival times for {} peers", times.len(), peers.value);
                problems.add(Problem::at(place, message).allowed("one time for each peer"));
            }
            Arrivals::List(times.into_iter().map(|time| time.value).collect())
        }),
        "trace" => {
            chosen.scalar().map(|named| Arrivals::Trace(traces::arrivals(&named, peers, surroundings, problems)))
        }
        "flash-crowd" => chosen.with_table(|table| Arrivals::FlashCrowd { decay: table.get("decay").value }),
        "uniform" => chosen.with_table(|table| Arrivals::Uniform { within: table.get("within").value }),
        "poisson" => chosen.with_table(|table| Arrivals::Poisson { mean_gap: table.get("mean-gap").value }),
        _ => Some(Arrivals::AllAtOnce),
    }
}

fn seeds(reader: &Reader<'_>, underlay: &Underlay) -> SeedsSpec {
    let up: Field<BitRate> = reader.get("up");
    let as_number = reader.optional::<AsNumber>("as");
    if let Some(number) = &as_number {
        check_as(number, &underlay.known, reader.problems());
    }
    SeedsSpec {
        count: reader.get("count").value,
        up: up.value,
        as_number: as_number.map(|number| number.value),
        departure: reader.optional("departure").map(|time| time.value),
    }
}

fn caches(reader: &Reader<'_>, underlay: &Underlay) -> CachesSpec {
    let problems = reader.problems();
    let place = reader.key_place("isps").unwrap_or(reader.place());
    let names: Option<Vec<Field<String>>> = reader.list("isps");
    if let Some(names) = &names {
        match &underlay.spec.source {
            Source::Isps(set) if underlay.known.is_some() => {
                let mut once = Names::default();
                for name in names.iter().filter(|name| name.ok) {
                    check_isp(name, set, problems);
                    once.add(name, "ISP with a cache", problems);
                }
            }
            // A set with mistakes says nothing about which ISPs were meant.
            Source::Isps(_) => {}
            Source::Tiered(_) | Source::AsRelationships(_) => {
                let message = "`isps` needs an underlay that names its ISPs; this one does not";
                problems.add(Problem::at(place, message).allowed("caches in every ISP that has peers"));
            }
        }
        if matches!(reader.raw("isps"), Some(node) if matches!(&node.value, Value::Array(items) if items.is_empty())) {
            let message = "`isps` is empty: no ISP would have a cache";
            problems.add(Problem::at(place, message).allowed("at least one name, or no `caches`"));
        }
    }
    CachesSpec {
        up: reader.get("up").value,
        isps: names.map(|names| names.into_iter().map(|name| name.value).collect()),
    }
}

/// Refuses the name of an ISP that the underlay does not have.
fn check_isp(name: &Field<String>, set: &IspSet, problems: &Problems) {
    let names = || set.isps.iter().map(|isp| isp.name.as_str());
    if !names().any(|known| known == name.value) {
        problems.add(
            Problem::at(name.place, format!("the underlay has no ISP `{}`", name.value))
                .allowed(ticked(names().take(10)))
                .nearest(nearest(&name.value, names())),
        );
    }
}

/// Refuses populations that the client-server service cannot serve: clients ask their server when they come, and no list
/// tells them of a cache.
pub(super) fn check_origins(population: &PopulationSpec, place: Place, problems: &Problems) {
    let refuse = |message: &str, allowed: &str| problems.add(Problem::at(place, message).allowed(allowed));
    let server = |host: &Host| host.role == HostRole::Seed && host.arrival == SimTime::ZERO;
    let at_once = match &population.crowd {
        Crowd::Drawn(_) => true,
        // A file that was refused has no hosts.
        Crowd::Hosts(file) => file.hosts.is_empty() || file.hosts.iter().any(server),
    };
    if population.caches_of_file() > 0 || population.caches.is_some() {
        refuse("the client-server service has no use for caches", "file swarming, or no caches");
    } else if !at_once {
        refuse("no server is there when the first client may come", "a host with role `seed` that arrives at `0 s`");
    }
}
