//! The servers of an arm: quotas and limits that nobody can reach, orders that cannot matter, outages that never come.

use std::collections::BTreeMap;

use super::{Setting, chosen, counted};
use crate::management::{ManagedSpec, ManagementSpec, OmsSpec, ServerSpec};
use crate::services::ServiceSpec;
use crate::units::{IspIndex, SimTime};

/// Strategies that look at nothing but where ASes are.
const BY_PLACE: [&str; 6] = ["as-hops", "biased", "lowest-latency", "same-as", "same-isp", "transit-cost"];

pub(super) fn advise(setting: &mut Setting<'_>) {
    let scenario = setting.scenario;
    let crowd = Crowd::of(setting);
    for arm in &scenario.arms {
        if !matches!(arm.service, ServiceSpec::FileSwarming(_)) {
            continue;
        }
        let path = format!("arm.{}", arm.name);
        match &arm.management {
            ManagementSpec::Unmanaged(tracker) => outages(setting, &format!("{path}.tracker"), tracker),
            ManagementSpec::Managed(managed) => {
                let oms = format!("{path}.oms");
                outages(setting, &oms, &managed.oms.server);
                quota(setting, &oms, &managed.oms, &crowd);
                neighbours(setting, &oms, &managed.oms, &crowd);
                order(setting, &oms, &managed.oms, &crowd);
                unis(setting, &path, managed);
            }
        }
    }
}

/// How hosts are spread, at most, over all replications.
struct Crowd {
    /// The most hosts outside the ISP of a peer.
    outsiders: u32,
    /// The most others inside the ISP of a peer.
    insiders: u32,
    /// The most ASes with hosts.
    ases: usize,
}

impl Crowd {
    fn of(setting: &Setting<'_>) -> Self {
        let mut crowd = Self { outsiders: 0, insiders: 0, ases: 0 };
        for population in setting.populations() {
            let mut by_isp: BTreeMap<IspIndex, u32> = BTreeMap::new();
            let mut hosts = 0;
            let peers = (0..population.peers()).map(|peer| population.as_index(crate::units::Identity(peer)));
            let sources = population.seeds().iter().chain(population.caches()).map(|source| source.as_index);
            for place in peers.chain(sources) {
                *by_isp.entry(setting.prepared.underlay.isp_of(place)).or_default() += 1;
                hosts += 1;
            }
            crowd.ases = crowd.ases.max(population.ases_in_use().len());
            for inside in by_isp.values() {
                crowd.outsiders = crowd.outsiders.max(hosts - inside);
                crowd.insiders = crowd.insiders.max(inside - 1);
            }
        }
        crowd
    }
}

fn outages(setting: &mut Setting<'_>, path: &str, server: &ServerSpec) {
    let deadline = setting.scenario.experiment.deadline;
    for (position, outage) in server.outages.iter().enumerate() {
        if outage.from >= SimTime::ZERO.saturating_add(deadline) {
            let message = format!("it would begin after the deadline, {deadline}.");
            setting.advise(format!("{path}.outages.{position}.from"), message);
        }
    }
}

fn quota(setting: &mut Setting<'_>, path: &str, oms: &OmsSpec, crowd: &Crowd) {
    let Some(quota) = oms.external else { return };
    let list = setting.scenario.discovery.list;
    if crowd.outsiders == 0 {
        let message = "all hosts are in one ISP: there are no outsiders, and the quota has no effect.";
        setting.advise(format!("{path}.external"), message);
        return;
    }
    if quota.max > list {
        let message =
            format!("a list has at most {list} entries, so that a limit of {} outsiders never binds.", quota.max);
        setting.advise(format!("{path}.external.max"), message);
    } else if quota.max > crowd.outsiders {
        let message = format!(
            "there are at most {}, so that a limit of {} never binds.",
            counted(crowd.outsiders, "outsider", "outsiders"),
            quota.max
        );
        setting.advise(format!("{path}.external.max"), message);
    }
    if quota.min > crowd.outsiders {
        let message = format!(
            "there are at most {}, so that a list never has {}.",
            counted(crowd.outsiders, "outsider", "outsiders"),
            quota.min
        );
        setting.advise(format!("{path}.external.min"), message);
    }
}

fn neighbours(setting: &mut Setting<'_>, path: &str, oms: &OmsSpec, crowd: &Crowd) {
    let Some(limits) = oms.neighbours else { return };
    let connections = setting.scenario.discovery.max_connections;
    for (name, limit, most, who) in [
        ("external", limits.external, crowd.outsiders, "hosts of other ISPs"),
        ("internal", limits.internal, crowd.insiders, "other hosts of an ISP"),
    ] {
        let Some(limit) = limit else { continue };
        let key = format!("{path}.neighbours.{name}");
        if limit > connections {
            let message = format!(
                "a peer has at most {connections} connections, so that a limit of {limit} neighbours never binds."
            );
            setting.advise(key, message);
        } else if limit > most {
            let message = format!("there are at most {most} {who}, so that a limit of {limit} never binds.");
            setting.advise(key, message);
        }
    }
}

fn order(setting: &mut Setting<'_>, path: &str, oms: &OmsSpec, crowd: &Crowd) {
    let names: Vec<&str> = oms.order.iter().map(|named| named.name.as_str()).collect();
    let by_chance = names.iter().all(|name| *name == "random");
    let limited = oms.external.is_some() || oms.neighbours.is_some();
    let key = format!("{path}.order");
    if by_chance && !limited {
        let message = "this OMS orders by chance and limits nothing: its lists are those of an unmanaged tracker.";
        setting.advise(key, message);
        return;
    }
    if oms.unguided >= 1.0 {
        let message = "whole lists are drawn by lot: neither `order` nor `external` has an effect.";
        setting.advise(format!("{path}.unguided"), message);
        return;
    }
    if by_chance {
        return;
    }
    if crowd.ases == 1 && names.iter().all(|name| BY_PLACE.contains(name)) {
        let message = "all hosts are in one AS: these strategies cannot tell one from another.";
        setting.advise(key, message);
        return;
    }
    let (discovery, others) = (&setting.scenario.discovery, setting.others);
    if discovery.list >= others && discovery.wanted >= others && !limited {
        let message = format!(
            "a list of {} names all {others} others and a peer connects to all of them: the order decides only whom it \
             contacts first.",
            discovery.list
        );
        setting.advise(key, message);
    }
}

fn unis(setting: &mut Setting<'_>, path: &str, managed: &ManagedSpec) {
    let Some(unis) = &managed.unis else { return };
    let path = format!("{path}.unis");
    outages(setting, &path, &unis.server);
    let deadline = setting.scenario.experiment.deadline;
    if unis.max_age >= deadline && chosen("arm.*.unis.max-age", &unis.max_age) {
        let message = format!("what the OMS was told is never as old by the deadline, {deadline}: it asks only once.");
        setting.advise(format!("{path}.max-age"), message);
    }
}
