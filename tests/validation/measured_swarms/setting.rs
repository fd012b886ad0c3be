//! From `params.json` to a scenario.
//!
//! The client stands in one place: `[discovery]` and `[service]` of `scenarios/validation/swarms/a_base.toml`. What
//! `params.json` says is laid over it, and the population is replaced by the measured hosts.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use peerscape::population::Crowd;
use peerscape::scenario::{Overrides, Resolved, load};
use peerscape::selection::Catalog;
use peerscape::units::BitRate;
use toml::{Table, Value};

use super::committed;
use super::data::{Host, Params, Repetition};
use super::quantity::SetUp;

/// The file of hosts beside a scenario.
const HOSTS: &str = "hosts.csv";
/// AS of the first ISP; one AS each.
const FIRST_AS: u32 = 64_500;

/// The scenario of a repetition, some keys set otherwise. `Err` says what is not known.
pub(super) fn resolve(params: &Params, seed: u64, replications: u32, set: &[(&str, &str)]) -> Result<Resolved, String> {
    load_beside_hosts(&scenario(params, seed, replications)?, params, set)
}

/// Loads a scenario that stands in one folder with the file of the measured hosts.
fn load_beside_hosts(text: &str, params: &Params, set: &[(&str, &str)]) -> Result<Resolved, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, text).unwrap();
    std::fs::write(folder.path().join(HOSTS), hosts(params)).unwrap();
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    load(&path, &Overrides { seed: None, set }, &Catalog::standard()).map_err(|errors| errors.render(false))
}

/// What the figures of its runs need to know.
pub(super) fn set_up(repetition: &Repetition) -> SetUp {
    let params = &repetition.params;
    let uplinks: u64 = params.hosts.iter().map(|host| host.up).sum();
    SetUp {
        isps: params.config.n_isp,
        zero: zero(params),
        uplinks: uplinks as f64,
        counted: repetition.counted.clone(),
    }
}

/// Second of the simulation at which the measurement's clock shows 0: the seed is there before.
fn zero(params: &Params) -> f64 {
    -params.hosts.iter().map(|host| host.arrival).fold(0.0, f64::min)
}

/// The scenario of a repetition as text.
fn scenario(params: &Params, seed: u64, replications: u32) -> Result<String, String> {
    let mut root: Table = std::fs::read_to_string(committed("a_base")).unwrap().parse().unwrap();
    let config = &params.config;
    root.insert("title".into(), params.scenario.clone().into());
    let experiment = table(&mut root, &["experiment"]);
    experiment.insert("seed".into(), seed.cast_signed().into());
    experiment.insert("replications".into(), i64::from(replications).into());
    experiment.insert("deadline".into(), seconds(config.timeout));
    root.insert("underlay".into(), underlay(params).into());
    root.insert("population".into(), population(params).into());

    let discovery = table(&mut root, &["discovery"]);
    discovery.insert("list".into(), i64::from(config.list_size).into());
    discovery
        .insert("interval".into(), config.interval.filter(|interval| *interval > 0.0).map_or("never".into(), seconds));
    let swarming = table(&mut root, &["service", "file-swarming"]);
    for (key, bytes) in [("size", params.file_bytes), ("piece", params.piece_bytes), ("block", params.block_bytes)] {
        swarming.insert(key.into(), format!("{bytes} B").into());
    }
    table(&mut root, &["service", "file-swarming", "wire"]).insert("mtu".into(), format!("{} B", params.mtu).into());
    let choking = table(&mut root, &["service", "file-swarming", "choking"]);
    let number = params.choke.optimistic_slots.as_u64().and_then(|number| u32::try_from(number).ok());
    let optimistic = number.unwrap_or((params.choke.unchoke_slots / 5).max(1));
    choking.insert("slots".into(), i64::from(params.choke.unchoke_slots - optimistic).into());
    choking.insert("optimistic".into(), i64::from(optimistic).into());
    choking.insert("round".into(), seconds(f64::from(params.choke.unchoke_interval_s)));
    let rounds = params.choke.optimistic_interval_s / params.choke.unchoke_interval_s;
    choking.insert("optimistic-rounds".into(), i64::from(rounds).into());
    let order = match params.choke.seed.as_str() {
        "round_robin" => "round-robin",
        "fastest_upload" => "fastest-first",
        "anti_leech" => "anti-leech",
        other => return Err(format!("{}: no such seed choking here: {other}", params.scenario)),
    };
    table(&mut root, &["service", "file-swarming", "seeding"]).insert("order".into(), order.into());
    root.insert("arm".into(), Value::Array(vec![arm(params)?.into()]));
    Ok(toml::to_string(&root).unwrap())
}

/// The table at `path`, made where it is missing.
fn table<'a>(root: &'a mut Table, path: &[&str]) -> &'a mut Table {
    path.iter()
        .fold(root, |table, key| table.entry(*key).or_insert_with(|| Table::new().into()).as_table_mut().unwrap())
}

fn seconds(value: f64) -> Value {
    format!("{} ms", (value * 1e3).round()).into()
}

fn underlay(params: &Params) -> Table {
    let config = &params.config;
    let mut underlay = Table::new();
    let latency = table(&mut underlay, &["latency"]);
    let milliseconds = |value: f64| Value::from(format!("{} us", (value * 1e3).round()));
    latency.insert("inside".into(), milliseconds(config.lat_intra_ms));
    latency.insert("hop".into(), milliseconds(config.lat_inter_ms - config.lat_intra_ms));
    let isp = |isp: u32| {
        let ases = Value::Array(vec![i64::from(FIRST_AS + isp).into()]);
        Value::from(Table::from_iter([("name".to_owned(), format!("isp{isp}").into()), ("ases".to_owned(), ases)]))
    };
    let isps = table(&mut underlay, &["isps"]);
    isps.insert("isp".into(), (0..config.n_isp).map(isp).collect::<Vec<_>>().into());
    let mut links: Vec<Value> = Vec::new();
    for a in 0..config.n_isp {
        for b in a + 1..config.n_isp {
            let peers = Value::Array([a, b].map(|isp| Value::from(i64::from(FIRST_AS + isp))).to_vec());
            let mut link = Table::from_iter([("peers".to_owned(), peers)]);
            if config.link_kibps > 0.0 {
                link.insert("capacity".into(), format!("{} KiB/s", config.link_kibps).into());
            }
            links.push(link.into());
        }
    }
    if !links.is_empty() {
        isps.insert("link".into(), links.into());
    }
    underlay
}

/// Settings of the client in `params.json` that a scenario says, or that change nothing here; each is looked at when it
/// has another value.
const KNOWN_SETTINGS: [(&str, i64); 5] = [
    // Slots by number, not by rate.
    ("choking_algorithm", 0),
    // Also said by `choke.seed`.
    ("seed_choking_algorithm", -1),
    // Also said by `choke.unchoke_slots`.
    ("unchoke_slots_limit", -1),
    // No limit in a swarm of this size; the scenario says 64.
    ("connections_limit", -1),
    // Pieces that may be requested while choked: none.
    ("allowed_fast_set_size", 0),
];

/// What `params.json` sets and no scenario can say: named loudly, because the prediction leaves it out.
pub(super) fn not_modelled(params: &Params) -> Vec<String> {
    let named = params.config.settings.iter().filter(|(name, value)| match value {
        serde_json::Value::Bool(false) => false,
        serde_json::Value::Number(number) => !KNOWN_SETTINGS
            .iter()
            .any(|(known, usual)| known == name && (*usual < 0 || number.as_i64() == Some(*usual))),
        _ => true,
    });
    named.map(|(name, value)| format!("{name} = {value}")).collect()
}

/// The measured hosts, one row each.
fn hosts(params: &Params) -> String {
    let mut text = "isp,up,down,arrival,role,class\n".to_owned();
    for host in &params.hosts {
        let role = match host.role.as_str() {
            _ if host.freerider => "free-rider",
            other => other,
        };
        let arrival = ((host.arrival + zero(params)) * 1e9).round();
        let Host { isp, up, down, cls, .. } = host;
        let _ = writeln!(text, "isp{isp},{up} B/s,{down} B/s,{arrival} ns,{role},{cls}");
    }
    text
}

/// A population of hosts that a file lists, which stands beside the scenario.
fn population(params: &Params) -> Table {
    let after = if params.config.leave { "leave" } else { "stay" };
    Table::from_iter([("hosts", HOSTS), ("after-completion", after)].map(|(key, value)| (key.to_owned(), value.into())))
}

fn arm(params: &Params) -> Result<Table, String> {
    let config = &params.config;
    let mut arm = Table::new();
    arm.insert("name".into(), params.scenario.clone().into());
    if config.policy == "random" {
        arm.insert("management".into(), "none".into());
        return Ok(arm);
    }
    if config.policy != "managed" {
        return Err(format!("{}: no such policy here: {}", params.scenario, config.policy));
    }
    let oms = table(&mut arm, &["oms"]);
    oms.insert("order".into(), Value::Array(vec!["same-as".into()]));
    let external = table(oms, &["external"]);
    external.insert("min".into(), i64::from(config.k_external).into());
    external.insert("max".into(), i64::from(config.k_external).into());
    external.insert("fill".into(), "none".into());
    table(&mut arm, &["unis"]);
    Ok(arm)
}

/// What a scenario says beside title, seeds and population, all defaults filled in; its population is replaced by the
/// measured hosts so that both sides of a comparison have the same.
fn beside_population(scenario: &str, params: &Params) -> Table {
    let mut root: Table = scenario.parse().unwrap();
    root.insert("population".into(), population(params).into());
    let resolved = load_beside_hosts(&toml::to_string(&root).unwrap(), params, &[]).unwrap();
    let mut root: Table = resolved.to_toml().parse().unwrap();
    root.remove("title");
    let experiment = table(&mut root, &["experiment"]);
    for key in ["seed", "replications"] {
        experiment.remove(key);
    }
    root
}

/// Where the committed scenario of a swarm says something else than `params.json` laid over the common client; `None`:
/// there is no committed scenario.
pub(super) fn disagreements(params: &Params) -> Option<Vec<String>> {
    let path = committed(&params.scenario);
    let text = std::fs::read_to_string(&path).ok()?;
    let mut found = Vec::new();
    let theirs = beside_population(&scenario(params, 1, 1).unwrap(), params);
    differences("", &beside_population(&text, params).into(), &theirs.into(), &mut found);
    let resolved =
        load(&path, &Overrides::default(), &Catalog::standard()).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let Crowd::Drawn(population) = &resolved.population.crowd else { panic!("the population is written out") };
    let mut classes: Vec<String> = population
        .access
        .iter()
        .map(|class| {
            let n = (class.share * f64::from(population.peers)).round();
            format!("{n} of {}: {} up, {} down", class.name, class.up, class.down)
        })
        .collect();
    let mut measured: Vec<String> = params
        .config
        .classes
        .iter()
        .map(|class| {
            let rate = |kib: f64| BitRate::new((kib * 8192.0) as u64);
            format!("{} of {}: {} up, {} down", class.n, class.name, rate(class.up), rate(class.down))
        })
        .collect();
    let seed = |up: BitRate, number: u32| format!("a seed in AS {number}: {up} up");
    classes.push(seed(population.seeds.up, population.seeds.as_number.map_or(0, |number| number.0)));
    let seeds = params.hosts.iter().filter(|host| host.role == "seed");
    measured.extend(seeds.map(|host| seed(BitRate::new(8 * host.up), FIRST_AS + host.isp)));
    if classes != measured {
        found.push(format!("population: {classes:?} instead of {measured:?}"));
    }
    Some(found)
}

/// Paths at which two documents differ.
fn differences(path: &str, a: &Value, b: &Value, found: &mut Vec<String>) {
    match (a, b) {
        (Value::Table(a), Value::Table(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let path = format!("{path}.{key}");
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => differences(&path, a, b, found),
                    (a, b) => found.push(format!("{path}: {a:?} instead of {b:?}")),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (place, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}.{place}"), a, b, found);
            }
        }
        _ if a == b => {}
        _ => found.push(format!("{path}: {a} instead of {b}")),
    }
}
