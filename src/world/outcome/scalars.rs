//! `runs.csv`: every scalar metric of a run.

use super::close::Closed;
use crate::engine::FutureEventList;
use crate::metrics::rows::RunRow;
use crate::population::HostRole;
use crate::services::file_swarming::FileSwarmingSpec;
use crate::services::{ServiceSpec, TimeBudget};
use crate::units::{SimDuration, SimTime, TableSeconds};
use crate::world::event::{Event, Key};
use crate::world::people::Person;
use crate::world::state::World;

/// a ÷ b, or nothing when b is zero.
pub(super) fn ratio(a: u64, b: u64) -> Option<f64> {
    (b > 0).then(|| a as f64 / b as f64)
}

/// Whether somebody's uplink serves others.
pub(super) fn uploads(person: &Person) -> bool {
    person.role != HostRole::FreeRider
}

/// Mean of durations in seconds; the sum is exact.
pub(super) fn mean_seconds(durations: impl Iterator<Item = SimDuration>) -> Option<f64> {
    let (mut sum, mut count) = (0_u128, 0_u64);
    for duration in durations {
        sum += u128::from(duration.as_nanos());
        count += 1;
    }
    (count > 0).then(|| sum as f64 / count as f64 / 1e9)
}

/// The smallest completion time that at least a share `p` of all arrivals reached; empty where it is censored.
fn quantile(sorted: &[SimDuration], arrivals: usize, p: f64) -> Option<f64> {
    let place = ((p * arrivals as f64).ceil() as usize).max(1) - 1;
    sorted.get(place).map(|duration| duration.as_secs_f64())
}

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    pub(super) fn run_row(&self, closed: &Closed) -> RunRow {
        let mut row = RunRow {
            seed: self.prepared.scenario.experiment.seed,
            fingerprint: format!("{:016x}", closed.recorded.fingerprint),
            ended: closed.ending.name().to_owned(),
            ended_at_s: TableSeconds(closed.ended_at.since(SimTime::ZERO)),
            ..RunRow::default()
        };
        self.completion_columns(&mut row, closed);
        self.locality_columns(&mut row, closed);
        self.byte_columns(&mut row, closed);
        self.fairness_columns(&mut row);
        self.discovery_columns(&mut row, closed);
        self.budget_columns(&mut row);
        self.window_columns(&mut row, closed);
        self.moment_columns(&mut row, closed);
        self.money_columns(&mut row, closed);
        row
    }

    /// Those whose own times count: they arrived inside the window of measurement.
    pub(super) fn measured(&self) -> impl Iterator<Item = &Person> {
        let window = self.prepared.window();
        self.arrived().filter(move |person| window.measures(person.arrival))
    }

    pub(super) fn arrived(&self) -> impl Iterator<Item = &Person> {
        self.people.peers.iter().filter(|person| person.arrived)
    }

    fn completion_columns(&self, row: &mut RunRow, closed: &Closed) {
        let arrivals = self.measured().count();
        let mut completions: Vec<SimDuration> = self.measured().filter_map(Self::completion).collect();
        completions.sort_unstable();
        row.peers = arrivals as u32;
        row.peers_completed = completions.len() as u32;
        row.peers_censored = row.peers - row.peers_completed;
        row.peers_left_early = self.measured().filter(|person| person.left_early).count() as u32;
        let sessions = self.measured().map(|person| u64::from(person.sessions)).sum();
        row.sessions_mean = ratio(sessions, arrivals as u64);
        row.online_mean_s = mean_seconds(self.measured().map(|person| person.online(closed.ended_at)));
        row.completion_mean_s = mean_seconds(completions.iter().copied());
        row.completion_median_s = quantile(&completions, arrivals, 0.5);
        row.completion_p95_s = quantile(&completions, arrivals, 0.95);
        row.completion_p99_s = quantile(&completions, arrivals, 0.99);
        row.first_piece_mean_s = mean_seconds(
            self.measured().filter_map(|person| person.account.first_piece.map(|at| at.since(person.arrival))),
        );
        if row.peers == self.arrived().count() as u32 {
            row.bound_s = self.bound();
            row.client_server_s = self.client_server();
        }
        let first = self.measured().map(|person| person.arrival).min();
        let last = self.measured().filter_map(|person| person.account.completed).max();
        if let (Some(first), Some(last), 0) = (first, last, row.peers_censored) {
            row.last_completion_s = Some(last.since(first).as_secs_f64());
        }
        row.distance_to_bound = row.last_completion_s.zip(row.bound_s).map(|(last, bound)| last / bound);
    }

    /// Kumar & Ross 2006: `max(F/u_s`, `F/d_min`, `N·F/(u_s` + `Σu_i`)), wire rates, for those who arrived; caches count
    /// in `u_s`, free riders not in `Σu_i`.
    fn bound(&self) -> Option<f64> {
        let bits = self.service.content().bits() as f64;
        let source: u64 = self.people.sources().map(|seed| seed.up.get()).sum();
        let uplinks: u64 = self.arrived().filter(|person| uploads(person)).map(|person| person.up.get()).sum();
        let slowest = self.arrived().map(|person| person.down.get()).min()?;
        let peers = self.arrived().count() as f64;
        let times = [bits / source as f64, bits / slowest as f64, peers * bits / (source as f64 + uplinks as f64)];
        Some(times.into_iter().fold(0.0, f64::max))
    }

    /// Kumar & Ross 2006, section 2: `max(N·F/u_s`, `F/d_min`), wire rates, for those who arrived.
    fn client_server(&self) -> Option<f64> {
        let bits = self.service.content().bits() as f64;
        let seeds = self.people.sources().filter(|source| source.role == HostRole::Seed);
        let source: u64 = seeds.map(|seed| seed.up.get()).sum();
        let slowest = self.arrived().map(|person| person.down.get()).min()?;
        let peers = self.arrived().count() as f64;
        (source > 0 && slowest > 0).then(|| f64::max(peers * bits / source as f64, bits / slowest as f64))
    }

    fn locality_columns(&self, row: &mut RunRow, closed: &Closed) {
        let underlay = &self.prepared.underlay;
        let (mut same_as, mut same_isp, mut all) = (0, 0, 0);
        for (source, destination, bytes) in &closed.matrix {
            all += bytes;
            same_as += if source == destination { *bytes } else { 0 };
            same_isp += if underlay.isp_of(*source) == underlay.isp_of(*destination) { *bytes } else { 0 };
        }
        row.same_as_share = ratio(same_as, all);
        row.local_share = ratio(same_isp, all);
        row.inter_isp_share = ratio(all - same_isp, all);
        row.inter_isp_bytes = all - same_isp;
        row.peering_bytes = closed.loads.peering;
        row.transit_up_bytes = closed.loads.transit_up;
        row.transit_down_bytes = closed.loads.transit_down;
        row.transit_bytes = closed.loads.transit_up + closed.loads.transit_down;
        row.byte_hops = closed.loads.byte_hops;
        row.mean_as_hops = ratio(closed.loads.byte_hops, all);
        let (random, possible, redundancy) = self.local_share_references(closed);
        row.local_share_random = random;
        row.local_share_possible = possible;
        row.isp_redundancy = redundancy;
    }

    /// What random lists would give, what is possible, and the copies that entered an ISP with peers.
    fn local_share_references(&self, closed: &Closed) -> (Option<f64>, Option<f64>, Option<f64>) {
        let underlay = &self.prepared.underlay;
        let mut peers = vec![0_u64; underlay.isp_count()];
        let mut sources = vec![false; underlay.isp_count()];
        for person in self.arrived() {
            peers[underlay.isp_of(person.as_index).index()] += 1;
        }
        for seed in self.people.sources() {
            sources[underlay.isp_of(seed.as_index).index()] = true;
        }
        let all: u64 = peers.iter().sum();
        let populated = peers.iter().filter(|count| **count > 0).count() as u64;
        let must_enter = peers.iter().zip(&sources).filter(|(count, source)| **count > 0 && !**source).count() as u64;
        let pairs: u64 = peers.iter().map(|count| count * count.saturating_sub(1)).sum();
        let mut entered = 0;
        for (source, destination, bytes) in &closed.matrix {
            let (from, to) = (underlay.isp_of(*source), underlay.isp_of(*destination));
            if from != to && peers[to.index()] > 0 {
                entered += bytes;
            }
        }
        let copies = ratio(entered, self.service.content().get());
        (
            ratio(pairs, all * all.saturating_sub(1)),
            ratio(all - must_enter.min(all), all),
            copies.filter(|_| populated > 0).map(|copies| copies / populated as f64),
        )
    }

    fn byte_columns(&self, row: &mut RunRow, closed: &Closed) {
        let sum = |of: fn(&Person) -> u64| self.people.everybody().map(of).sum::<u64>();
        row.piece_transfers = self.service.progress().0;
        row.verified_bytes = sum(|person| person.account.verified);
        row.partial_bytes = sum(|person| person.account.partial);
        row.duplicate_bytes = sum(|person| person.account.duplicate);
        row.failed_bytes = sum(|person| person.account.failed);
        row.overhead_bytes = sum(|person| person.account.overhead);
        row.control_bytes = closed.recorded.messages.iter().map(|message| message.bytes).sum();
        let received = sum(|person| person.account.received());
        row.duplicate_share = ratio(row.duplicate_bytes, received);
        row.overhead_share = ratio(row.overhead_bytes, received);
        let copies = |role: HostRole| {
            let sent = self.people.sources().filter(|source| source.role == role).map(|source| source.account.sent);
            ratio(sent.sum(), self.service.content().get())
        };
        row.seed_copies = copies(HostRole::Seed);
        row.cache_copies = copies(HostRole::Cache).filter(|_| !self.people.caches.is_empty());
        let origins = self.people.sources().filter(|source| source.role == HostRole::Seed);
        row.origin_bytes = origins.map(|origin| origin.account.sent).sum();
        row.fallback_bytes = match &self.arm.service {
            ServiceSpec::FileSwarming(FileSwarmingSpec { fallback: Some(_), .. }) => {
                Some(sum(|person| person.account.from_origin))
            }
            _ => None,
        };
        row.uplink_utilisation = self.utilisation(closed);
    }

    /// Payload sent ÷ what the uplinks could have carried from each one's arrival until the last completion; free riders
    /// offer nothing.
    fn utilisation(&self, closed: &Closed) -> Option<f64> {
        let last = self.arrived().filter_map(|person| person.account.completed).max();
        let until = if self.arrived().any(|person| person.account.completed.is_none()) {
            closed.ended_at
        } else {
            last.unwrap_or(closed.ended_at)
        };
        let (mut sent, mut possible) = (0_u64, 0_u128);
        for person in self.people.everybody().filter(|person| uploads(person)) {
            let time = person.online(until);
            sent += person.account.sent;
            possible += u128::from(person.up.get()) * u128::from(time.as_nanos()) / 8_000_000_000;
        }
        (possible > 0).then(|| sent as f64 / possible as f64)
    }

    fn fairness_columns(&self, row: &mut RunRow) {
        let ratios: Vec<f64> = self
            .measured()
            .filter(|person| person.account.completed.is_some())
            .filter_map(|person| ratio(person.account.sent, person.account.received()))
            .collect();
        let sum: f64 = ratios.iter().sum();
        let squares: f64 = ratios.iter().map(|ratio| ratio * ratio).sum();
        row.fairness_jain = (squares > 0.0).then(|| sum * sum / (ratios.len() as f64 * squares));
        let mut sent: Vec<u64> = self.people.everybody().map(|person| person.account.sent).collect();
        sent.sort_unstable_by(|a, b| b.cmp(a));
        let busiest = sent.len().div_ceil(100);
        row.busiest_1pct_share = ratio(sent[..busiest].iter().sum(), sent.iter().sum());
    }

    fn discovery_columns(&self, row: &mut RunRow, closed: &Closed) {
        let recorded = &closed.recorded;
        row.lists = recorded.lists;
        row.list_external_share = ratio(recorded.list_external, recorded.list_entries);
        let connections: u64 = self.people.everybody().map(|person| u64::from(person.connections)).sum();
        let external: u64 = self.people.everybody().map(|person| u64::from(person.connections_external)).sum();
        row.connection_external_share = ratio(external, connections);
        row.contacts = recorded.contacts;
        row.contacts_refused = recorded.contacts_refused;
        row.contacts_timed_out = recorded.contacts_timed_out;
        row.guidance_age_mean_s = recorded.guidance_age_mean_s;
        row.report_age_mean_s = recorded.report_age_mean_s;
    }

    fn budget_columns(&self, row: &mut RunRow) {
        let mean = |of: fn(&TimeBudget) -> SimDuration| {
            mean_seconds(
                self.measured()
                    .filter(|person| person.account.completed.is_some())
                    .map(|person| of(&person.account.budget)),
            )
        };
        row.nothing_wanted_mean_s = mean(|budget| budget.nothing_wanted);
        row.choked_mean_s = mean(|budget| budget.choked);
        row.waiting_mean_s = mean(|budget| budget.waiting);
        row.downlink_bound_mean_s = mean(|budget| budget.downlink_bound);
        row.uplink_bound_mean_s = mean(|budget| budget.uplink_bound);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_over_all_arrivals() {
        let sorted: Vec<SimDuration> = (1..=8).map(SimDuration::from_secs).collect();
        assert_eq!(quantile(&sorted, 8, 0.5), Some(4.0));
        assert_eq!(quantile(&sorted, 16, 0.5), Some(8.0));
        assert_eq!(quantile(&sorted, 10, 0.95), None);
        assert_eq!(quantile(&[], 0, 0.5), None);
    }

    #[test]
    fn means_of_nothing_are_empty() {
        assert_eq!(mean_seconds(std::iter::empty()), None);
        assert_eq!(mean_seconds([1, 2].map(SimDuration::from_secs).into_iter()), Some(1.5));
        assert_eq!(ratio(1, 0), None);
    }
}
