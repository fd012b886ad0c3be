//! Hosts: a population given one by one, as a measurement lists it.
//!
//! Nothing is drawn: who, where and when is the same in every replication. The k-th downloading host of the file is peer k
//! (counted from 0), whenever it arrives; seeds and caches are numbered likewise, each among themselves.

use std::collections::BTreeMap;

use super::census::InitialSeed;
use super::placement::find;
use super::{AccessClass, PopulationError};
use crate::underlay::Underlay;
use crate::units::{AsIndex, AsNumber, BitRate, Identity, SimTime};

/// Where errors about hosts come from.
const HOSTS: &str = "`hosts`";

/// What a host is in the swarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostRole {
    /// Comes with nothing, downloads and uploads.
    Leecher,
    /// Comes with nothing, downloads and never uploads.
    FreeRider,
    /// Has everything when it comes.
    Seed,
    /// A provider's cache: has everything when it comes; counted apart from seeds.
    Cache,
}

impl HostRole {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Leecher, Self::FreeRider, Self::Seed, Self::Cache];

    /// Whether it has everything when it comes.
    pub const fn has_everything(self) -> bool {
        matches!(self, Self::Seed | Self::Cache)
    }
}

/// One host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The AS it lives in.
    pub as_number: AsNumber,
    /// Uplink, wire bits per second; zero: it never uploads.
    pub up: BitRate,
    /// Downlink, wire bits per second, above 0.
    pub down: BitRate,
    /// When it comes.
    pub arrival: SimTime,
    /// What it is.
    pub role: HostRole,
    /// Name of its access class, a label.
    pub class: String,
}

/// A file of hosts.
#[derive(Debug, Clone, PartialEq)]
pub struct HostFile {
    /// Its path, as the scenario wrote it.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its hosts, in the order of the file; at least one downloads.
    pub hosts: Vec<Host>,
}

impl HostFile {
    /// How many hosts have this role.
    pub fn count(&self, role: HostRole) -> u32 {
        self.hosts.iter().filter(|host| host.role == role).count() as u32
    }
}

/// The hosts of a file, in the form of a population.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) arrivals: Vec<SimTime>,
    pub(super) class_of: Vec<u32>,
    pub(super) place_of: Vec<AsIndex>,
    pub(super) classes: Vec<AccessClass>,
    pub(super) seeds: Vec<InitialSeed>,
    pub(super) caches: Vec<InitialSeed>,
}

/// Looks up where the hosts live; hosts with the same line and class share an access class.
pub(super) fn listed(
    file: &HostFile,
    underlay: &Underlay,
    reachable: &dyn Fn(AsIndex) -> bool,
) -> Result<Listed, PopulationError> {
    let mut listed = Listed::default();
    let mut known: BTreeMap<(&str, BitRate, BitRate, HostRole), u32> = BTreeMap::new();
    let share = 1.0 / file.hosts.len() as f64;
    for host in &file.hosts {
        let as_index = find(underlay, HOSTS, host.as_number)?;
        if !reachable(as_index) {
            return Err(PopulationError::OutOfReach { place: HOSTS, number: host.as_number });
        }
        let class = *known.entry((&host.class, host.up, host.down, host.role)).or_insert_with(|| {
            let (name, up, down) = (host.class.clone(), host.up, host.down);
            let free_rider = host.role == HostRole::FreeRider;
            listed.classes.push(AccessClass { name, share: 0.0, down, up, free_rider });
            listed.classes.len() as u32 - 1
        });
        listed.classes[class as usize].share += share;
        let source = |identity| InitialSeed {
            identity,
            as_index,
            class: Some(class as usize),
            up: host.up,
            down: host.down,
            arrival: host.arrival,
            departure: None,
        };
        match host.role {
            HostRole::Seed => listed.seeds.push(source(Identity::seed(listed.seeds.len() as u32))),
            HostRole::Cache => listed.caches.push(source(Identity::cache(listed.caches.len() as u32))),
            HostRole::Leecher | HostRole::FreeRider => {
                listed.arrivals.push(host.arrival);
                listed.class_of.push(class);
                listed.place_of.push(as_index);
            }
        }
    }
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::tests::star;
    use crate::population::{AfterCompletion, CachesSpec, Crowd, Population, PopulationSpec, SessionsSpec};
    use crate::random::Seed;

    fn host(as_number: u32, role: HostRole, up: u64, arrival: u64, class: &str) -> Host {
        Host {
            as_number: AsNumber(as_number),
            up: BitRate::new(up),
            down: BitRate::new(1_000),
            arrival: SimTime::from_nanos(arrival),
            role,
            class: class.to_owned(),
        }
    }

    fn spec(hosts: Vec<Host>, caches: Option<CachesSpec>) -> PopulationSpec {
        let file = HostFile { path: String::new(), text: String::new(), hosts };
        PopulationSpec {
            crowd: Crowd::Hosts(file),
            after_completion: AfterCompletion::Leave,
            caches,
            sessions: SessionsSpec::UNLIMITED,
        }
    }

    fn build(spec: &PopulationSpec, replication: u32) -> Result<Population, PopulationError> {
        Population::build(spec, &star(&[1.0, 1.0, 1.0]), &|index| index.0 != 3, Seed::new(3, replication))
    }

    #[test]
    fn hosts_keep_their_order_and_nothing_is_drawn() {
        use HostRole::{Cache, FreeRider, Leecher, Seed as Server};
        let hosts = vec![
            host(2, Leecher, 5, 9, "a"),
            host(1, Server, 7, 4, "s"),
            host(1, FreeRider, 5, 3, "a"),
            host(2, Cache, 8, 0, "c"),
            host(2, Leecher, 5, 1, "a"),
            host(1, Cache, 8, 2, "c"),
        ];
        let spec = spec(hosts, None);
        assert_eq!((spec.peers(), spec.seeds(), spec.caches_of_file()), (3, 1, 2));
        for replication in 0..2 {
            let population = build(&spec, replication).unwrap();
            let peers: Vec<Identity> = (0..population.peers()).map(Identity).collect();
            let given = |peer: &Identity| {
                let class = population.access(*peer);
                (
                    population.as_index(*peer).0,
                    population.arrival(*peer).as_nanos(),
                    population.role(*peer),
                    class.up.get(),
                )
            };
            let expected = [(2, 9, Leecher, 5), (1, 3, FreeRider, 5), (2, 1, Leecher, 5)];
            assert_eq!(peers.iter().map(given).collect::<Vec<_>>(), expected);
            // One class for each line, name and role.
            assert_eq!(population.access_class(peers[0]), population.access_class(peers[2]));
            assert_ne!(population.access_class(peers[0]), population.access_class(peers[1]));
            let shares: f64 = population.classes().iter().map(|class| class.share).sum();
            assert!((shares - 1.0).abs() < 1e-12, "{shares}");
            let source = |source: &InitialSeed| (source.identity, source.as_index.0, source.arrival.as_nanos());
            assert_eq!(population.seeds().iter().map(source).collect::<Vec<_>>(), [(Identity::seed(0), 1, 4)]);
            let expected = [(Identity::cache(0), 2, 0), (Identity::cache(1), 1, 2)];
            assert_eq!(population.caches().iter().map(source).collect::<Vec<_>>(), expected);
            assert_eq!(population.ases_in_use(), [1, 2].map(AsIndex));
        }
    }

    #[test]
    fn caches_of_the_scenario_come_after_those_of_the_file() {
        let hosts = vec![host(2, HostRole::Leecher, 5, 0, "a"), host(1, HostRole::Cache, 7, 0, "c")];
        let caches = CachesSpec { up: BitRate::new(9), isps: None };
        let population = build(&spec(hosts, Some(caches)), 0).unwrap();
        let cache = |cache: &InitialSeed| (cache.identity, cache.as_index.0, cache.up.get());
        let expected = [(Identity::cache(0), 1, 7), (Identity::cache(1), 2, 9)];
        assert_eq!(population.caches().iter().map(cache).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn hosts_out_of_reach_and_swarms_without_content_are_refused() {
        let refused = |hosts| build(&spec(hosts, None), 0).unwrap_err().to_string();
        let leecher = |number| host(number, HostRole::Leecher, 5, 0, "a");
        assert_eq!(
            refused(vec![leecher(3)]),
            "`hosts` puts somebody into AS 3, from which no route leads to the servers of the control plane"
        );
        assert_eq!(refused(vec![leecher(9)]), "`hosts` names AS 9, which the underlay does not have");
        assert_eq!(refused(vec![leecher(1)]), "`seeds` = 0; expected 1 to 268435456");
        let seed = host(1, HostRole::Seed, 5, 0, "a");
        assert_eq!(refused(vec![seed]), "`peers` = 0; expected 1 to 3221225472");
    }
}
