//! Swarms that nobody has measured for us yet: what `params.json` may set beside the four known swarms reaches the
//! scenario, and the scenario runs.

use std::sync::atomic::AtomicBool;

use peerscape::population::{AfterCompletion, Crowd, HostRole};
use peerscape::services::ServiceSpec;
use peerscape::services::file_swarming::{FileSwarmingSpec, SeedOrder};
use peerscape::units::{BitRate, Bytes, SimDuration};
use peerscape::world::Prepared;

use super::data::{self, Host, Params};
use super::setting;
use crate::simulate::shared_data;

/// Three ISPs with a narrow link between each two, a cache in the last, two free riders, small pieces, ten slots of
/// which two are optimistic, departures on completion.
fn changed(mut params: Params) -> Params {
    params.config.n_isp = 3;
    params.config.link_kibps = 100.0;
    params.config.leave = true;
    params.config.k_external = 2;
    params.config.list_size = 6;
    params.piece_bytes = 64 << 10;
    params.choke.unchoke_slots = 10;
    "fastest_upload".clone_into(&mut params.choke.seed);
    for host in &mut params.hosts {
        host.isp = host.id % 3;
        host.freerider = [3, 4].contains(&host.id);
    }
    let cache =
        Host { id: 21, role: "cache".into(), cls: "cache".into(), isp: 2, up: 300_000, ..params.hosts[0].clone() };
    params.hosts.push(cache);
    params
}

fn swarming(service: &ServiceSpec) -> &FileSwarmingSpec {
    let ServiceSpec::FileSwarming(spec) = service else { panic!("a swarm") };
    spec
}

#[test]
fn measured_swarms_of_other_kinds_become_scenarios() {
    let test = "measured_swarms_of_other_kinds_become_scenarios";
    let Some(folder) = shared_data(test, "swarms/c2_man8k1/1") else { return };
    let mut repetition = data::read(&folder);
    repetition.params = changed(repetition.params);
    let params = &repetition.params;
    let scenario = setting::resolve(params, 1, 1, &[]).unwrap();

    let Crowd::Hosts(file) = &scenario.population.crowd else { panic!("hosts") };
    let roles = HostRole::ALL.map(|role| file.count(role));
    assert_eq!(roles, [18, 2, 1, 1], "leechers, free riders, seeds, caches");
    assert_eq!(file.hosts.last().unwrap().up, BitRate::new(2_400_000));
    assert_eq!(scenario.population.after_completion, AfterCompletion::Leave);
    assert_eq!(scenario.discovery.list, 6);
    let mut once = params.clone();
    once.config.interval = None;
    assert_eq!(setting::resolve(&once, 1, 1, &[]).unwrap().discovery.interval, None, "a single announce");
    let spec = swarming(&scenario.arms[0].service);
    assert_eq!((spec.piece, spec.choking.slots, spec.choking.optimistic), (Bytes::new(64 << 10), 8, 2));
    assert_eq!(spec.choking.round, SimDuration::from_secs(15));
    assert_eq!(spec.seeding.order, SeedOrder::FastestFirst);

    let prepared = Prepared::new(&scenario, 1, u64::MAX).unwrap();
    let outcome = prepared.run(0, 0, &AtomicBool::new(false)).unwrap();
    assert_eq!((outcome.run.ended.as_str(), outcome.run.peers_completed), ("all-complete", 20));
    let limited: Vec<_> = outcome.links.iter().filter_map(|link| link.capacity_bps).collect();
    assert!(!limited.is_empty() && limited.iter().all(|capacity| *capacity == 819_200), "{limited:?}");
    let riders: Vec<_> = outcome.peers.iter().filter(|peer| peer.role == "free-rider").collect();
    assert!(riders.len() == 2 && riders.iter().all(|peer| peer.uploaded_bytes == 0), "free riders upload nothing");
    assert!(outcome.run.cache_copies.unwrap() > 0.0, "the cache serves");
}

#[test]
fn measured_swarms_with_an_unknown_policy_are_refused() {
    let Some(folder) = shared_data("measured_swarms_with_an_unknown_policy_are_refused", "swarms/c2_man8k1/1") else {
        return;
    };
    let mut params = data::read(&folder).params;
    "psychic".clone_into(&mut params.config.policy);
    let refused = setting::resolve(&params, 1, 1, &[]).err().unwrap();
    assert!(refused.contains("psychic"), "{refused}");
    "random".clone_into(&mut params.config.policy);
    params.config.settings.insert("choking_algorithm".to_owned(), 2.into());
    assert_eq!(setting::not_modelled(&params), ["choking_algorithm = 2"]);
}
