//! Hosts: a population given one by one, as a measurement lists it.
//!
//! Nothing is drawn: who, where and when is the same in every replication. The k-th downloading host of the file is peer k
//! (counted from 0), whenever it arrives; seeds are numbered likewise among themselves.

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
            listed.classes.push(AccessClass { name, share: 0.0, down, up });
            listed.classes.len() as u32 - 1
        });
        listed.classes[class as usize].share += share;
        if host.role.has_everything() {
            let (up, down, arrival) = (host.up, host.down, host.arrival);
            let identity = Identity::seed(listed.seeds.len() as u32);
            let class = Some(class as usize);
            listed.seeds.push(InitialSeed { identity, as_index, class, up, down, arrival, departure: None });
        } else {
            listed.arrivals.push(host.arrival);
            listed.class_of.push(class);
            listed.place_of.push(as_index);
        }
    }
    Ok(listed)
}
