//! From `params.json` to a scenario.
//!
//! The client stands in one place: `[discovery]` and `[service]` of `scenarios/validation/swarms/a_base.toml`. What
//! `params.json` says is laid over it, and the population is replaced by the measured hosts.

use peerscape::scenario::{Overrides, Resolved, load};
use peerscape::selection::Catalog;
use toml::{Table, Value};

use super::committed;
use super::data::{Host, Params};
use super::quantity::SetUp;

/// AS of the first ISP; one AS each.
const FIRST_AS: u32 = 64_500;

/// The scenario of a repetition, some keys set otherwise. `Err` says what is not known.
pub(super) fn resolve(params: &Params, seed: u64, replications: u32, set: &[(&str, &str)]) -> Result<Resolved, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, scenario(params, seed, replications)?).unwrap();
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    load(&path, &Overrides { seed: None, set }, &Catalog::standard()).map_err(|errors| errors.render(false))
}

/// What the figures of its runs need to know.
pub(super) fn set_up(params: &Params) -> SetUp {
    let uplinks: u64 = params.hosts.iter().map(|host| host.up).sum();
    SetUp { isps: params.config.n_isp, zero: zero(params), uplinks: uplinks as f64 }
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
    experiment.insert("seed".into(), (seed as i64).into());
    experiment.insert("replications".into(), i64::from(replications).into());
    experiment.insert("deadline".into(), seconds(config.timeout));
    root.insert("underlay".into(), underlay(params).into());
    root.insert("population".into(), population(params).into());

    let discovery = table(&mut root, &["discovery"]);
    discovery.insert("list".into(), i64::from(config.list_size).into());
    discovery.insert("interval".into(), if config.interval > 0.0 { seconds(config.interval) } else { "never".into() });
    let swarming = table(&mut root, &["service", "file-swarming"]);
    for (key, bytes) in [("size", params.file_bytes), ("piece", params.piece_bytes), ("block", params.block_bytes)] {
        swarming.insert(key.into(), format!("{bytes} B").into());
    }
    table(&mut root, &["service", "file-swarming", "wire"]).insert("mtu".into(), format!("{} B", params.mtu).into());
    let choking = table(&mut root, &["service", "file-swarming", "choking"]);
    let optimistic = (params.choke.unchoke_slots / 5).max(1);
    choking.insert("slots".into(), i64::from(params.choke.unchoke_slots - optimistic).into());
    choking.insert("optimistic".into(), i64::from(optimistic).into());
    choking.insert("round".into(), seconds(f64::from(params.choke.unchoke_interval_s)));
    let rounds = params.choke.optimistic_interval_s / params.choke.unchoke_interval_s;
    choking.insert("optimistic-rounds".into(), i64::from(rounds).into());
    let order = match params.choke.seed.as_str() {
        "round_robin" => "round-robin",
        "fastest_upload" => "fastest-first",
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

fn population(params: &Params) -> Table {
    let leechers: Vec<&Host> = params.hosts.iter().filter(|host| host.downloads()).collect();
    let seeds: Vec<&Host> = params.hosts.iter().filter(|host| !host.downloads()).collect();
    let mut population = Table::new();
    population.insert("peers".into(), (leechers.len() as i64).into());
    let mut times: Vec<f64> = leechers.iter().map(|host| host.arrival + zero(params)).collect();
    times.sort_unstable_by(f64::total_cmp);
    let times: Vec<Value> = times.iter().map(|time| format!("{} us", (time * 1e6).round()).into()).collect();
    table(&mut population, &["arrivals", "list"]).insert("times".into(), times.into());
    let counted = |isp: u32| {
        let peers = leechers.iter().filter(|host| host.isp == isp).count() as i64;
        let number = i64::from(FIRST_AS + isp);
        Value::from(Table::from_iter([("as".to_owned(), number.into()), ("peers".to_owned(), peers.into())]))
    };
    let counts: Vec<Value> = (0..params.config.n_isp).map(counted).collect();
    table(&mut population, &["placement"]).insert("table".into(), counts.into());
    let class = |class: &super::data::Class| {
        Value::from(Table::from_iter([
            ("name".to_owned(), Value::from(class.name.clone())),
            ("share".to_owned(), (f64::from(class.n) / leechers.len() as f64).into()),
            ("up".to_owned(), format!("{} KiB/s", class.up).into()),
            ("down".to_owned(), format!("{} KiB/s", class.down).into()),
        ]))
    };
    population.insert("access".into(), params.config.classes.iter().map(class).collect::<Vec<_>>().into());
    let mut given = Table::new();
    given.insert("count".into(), (seeds.len() as i64).into());
    given.insert("up".into(), format!("{} B/s", seeds[0].up).into());
    given.insert("as".into(), i64::from(FIRST_AS + seeds[0].isp).into());
    population.insert("seeds".into(), given.into());
    let after = if params.config.leave { "leave" } else { "stay" };
    population.insert("after-completion".into(), after.into());
    population
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
