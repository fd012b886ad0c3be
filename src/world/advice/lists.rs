//! Lists and connections: limits that nobody can reach, waits shorter than a round trip.

use super::{Setting, chosen};
use crate::management::ManagementSpec;
use crate::services::ServiceSpec;
use crate::units::SimDuration;

pub(super) fn advise(setting: &mut Setting<'_>) {
    if !setting.swarms() {
        unused(setting);
        return;
    }
    limits(setting);
    waits(setting);
}

/// Clients of client-server know their server.
fn unused(setting: &mut Setting<'_>) {
    let discovery = &setting.scenario.discovery;
    let given = [
        ("list", chosen("discovery.list", &discovery.list)),
        ("wanted", chosen("discovery.wanted", &discovery.wanted)),
        ("max-connections", chosen("discovery.max-connections", &discovery.max_connections)),
        ("low-mark", chosen("discovery.low-mark", &discovery.low_mark)),
        ("min-interval", chosen("discovery.min-interval", &discovery.min_interval)),
        ("timeout", chosen("discovery.timeout", &discovery.timeout)),
    ];
    for (name, _) in given.into_iter().filter(|(_, chosen)| *chosen) {
        setting.advise(format!("discovery.{name}"), "no arm swarms, and clients of a server need no lists.");
    }
}

fn limits(setting: &mut Setting<'_>) {
    let discovery = setting.scenario.discovery.clone();
    let others = setting.others;
    let limits = [
        ("list", discovery.list, "a list never has as many entries"),
        ("wanted", discovery.wanted, "a peer never has as many connections"),
        ("max-connections", discovery.max_connections, "a peer never has as many connections"),
    ];
    for (name, value, what) in limits {
        let key = format!("discovery.{name}");
        if value > others && chosen(&key, &value) {
            setting.advise(key, format!("{what} as {value}: there are at most {others} others."));
        }
    }
    if discovery.low_mark > others && chosen("discovery.low-mark", &discovery.low_mark) {
        let message = format!(
            "a peer always has fewer connections than {}, because there are at most {others} others: it announces every \
             {} whenever nobody is left to contact.",
            discovery.low_mark, discovery.min_interval
        );
        setting.advise("discovery.low-mark", message);
    }
}

/// A wait shorter than any round trip decides nothing, and what is repeated after it makes a run crawl.
fn waits(setting: &mut Setting<'_>) {
    let discovery = setting.scenario.discovery.clone();
    let (Some(server), Some(peer)) = (to_a_server(setting), between_peers(setting)) else { return };
    if discovery.timeout <= server {
        let message = format!(
            "no announce is answered within {}: the shortest round trip to a server takes {server}.",
            discovery.timeout
        );
        setting.advise("discovery.timeout", message);
    }
    if discovery.connect_timeout <= peer {
        let message = format!(
            "no contact is answered within {}: the shortest round trip between hosts takes {peer}.",
            discovery.connect_timeout
        );
        setting.advise("discovery.connect-timeout", message);
    }
    for (name, value, shortest) in [
        ("min-interval", discovery.min_interval, server),
        ("retry", discovery.retry, server),
        ("retry-max", discovery.retry_max, server),
        ("backoff", discovery.backoff, peer),
    ] {
        let key = format!("discovery.{name}");
        if value < shortest && chosen(&key, &value) {
            let message = format!(
                "{value} is shorter than any round trip ({shortest}): the wait decides nothing, and what fails is \
                 repeated so often that a run may crawl."
            );
            setting.advise(key, message);
        }
    }
}

/// The shortest round trip between a host and a server of the control plane.
fn to_a_server(setting: &Setting<'_>) -> Option<SimDuration> {
    let prepared = setting.prepared;
    let mut shortest: Option<SimDuration> = None;
    for arm in &setting.scenario.arms {
        if !matches!(arm.service, ServiceSpec::FileSwarming(_)) {
            continue;
        }
        let number = match &arm.management {
            ManagementSpec::Unmanaged(tracker) => tracker.as_number,
            ManagementSpec::Managed(managed) => managed.oms.server.as_number,
        };
        let server = prepared.server_as(number);
        let routes = prepared.geography(0).routes();
        let ways = prepared.populations.first()?.ases_in_use();
        let least = ways.iter().filter_map(|place| routes.latency(*place, server)).min()?;
        shortest = Some(shortest.map_or(least, |known| known.min(least)));
    }
    shortest.map(|one_way| one_way * 2)
}

/// The shortest round trip between two hosts: inside an AS, as no route between ASes is shorter than all of those.
fn between_peers(setting: &Setting<'_>) -> Option<SimDuration> {
    let routes = setting.prepared.geography(0).routes();
    let ases = setting.prepared.populations.first()?.ases_in_use();
    ases.iter().filter_map(|place| routes.latency(*place, *place)).min().map(|one_way| one_way * 2)
}
