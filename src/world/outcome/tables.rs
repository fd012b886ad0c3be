//! The tables beside `runs.csv`.

use super::close::{Closed, role};
use super::scalars::{mean_seconds, ratio};
use crate::engine::FutureEventList;
use crate::metrics::rows::{IspRow, LinkRow, PeerRow, TrafficMatrixRow};
use crate::services::ServiceSpec;
use crate::underlay::LinkKind;
use crate::units::{IspIndex, SimDuration, SimTime, TableSeconds};
use crate::world::event::{Event, Key};
use crate::world::people::Person;
use crate::world::state::World;

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    pub(super) fn isp_rows(&self, closed: &Closed) -> Vec<IspRow> {
        let underlay = &self.prepared.underlay;
        let mut rows: Vec<IspRow> = (0..underlay.isp_count() as u32)
            .map(|isp| IspRow {
                isp,
                name: underlay.isp_name(IspIndex(isp)).to_owned(),
                ases: underlay.isp_ases(IspIndex(isp)).len() as u32,
                class: underlay.isp_class(IspIndex(isp)).name().to_owned(),
                ..IspRow::default()
            })
            .collect();
        let mut completions: Vec<Vec<SimDuration>> = vec![Vec::new(); rows.len()];
        let mut inhabited = vec![false; rows.len()];
        for person in self.people.everybody() {
            inhabited[underlay.isp_of(person.as_index).index()] = true;
        }
        let mut arrived_in = vec![false; rows.len()];
        for person in self.arrived() {
            arrived_in[underlay.isp_of(person.as_index).index()] = true;
        }
        for person in self.measured() {
            let isp = underlay.isp_of(person.as_index).index();
            rows[isp].peers += 1;
            completions[isp].extend(Self::completion(person));
        }
        self.add_traffic(&mut rows, closed);
        let concerned = Self::add_money(&mut rows, closed);
        let content = self.service.content().get();
        for (row, completions) in rows.iter_mut().zip(completions) {
            row.peers_completed = completions.len() as u32;
            row.peers_censored = row.peers - row.peers_completed;
            row.completion_mean_s = mean_seconds(completions.into_iter());
            row.local_share = ratio(row.local_bytes, row.local_bytes + row.in_bytes);
            row.redundancy = ratio(row.in_bytes, content).filter(|_| arrived_in[row.isp as usize]);
        }
        let crossed = |row: &IspRow| {
            row.provider_in_bytes
                + row.provider_out_bytes
                + row.peering_in_bytes
                + row.peering_out_bytes
                + row.customer_in_bytes
                + row.customer_out_bytes
        };
        rows.retain(|row| inhabited[row.isp as usize] || crossed(row) > 0 || concerned[row.isp as usize]);
        rows
    }

    fn add_traffic(&self, rows: &mut [IspRow], closed: &Closed) {
        let underlay = &self.prepared.underlay;
        for (source, destination, bytes) in &closed.matrix {
            let (from, to) = (underlay.isp_of(*source).index(), underlay.isp_of(*destination).index());
            if from == to {
                rows[to].local_bytes += bytes;
                rows[to].same_as_bytes += if source == destination { *bytes } else { 0 };
            } else {
                rows[from].out_bytes += bytes;
                rows[to].in_bytes += bytes;
            }
        }
        for link in closed.loads.links.iter().filter(|link| !link.same_isp) {
            let (from, to) = (underlay.isp_of(link.from).index(), underlay.isp_of(link.to).index());
            match link.kind {
                LinkKind::TransitUp => {
                    rows[from].provider_out_bytes += link.bytes;
                    rows[to].customer_in_bytes += link.bytes;
                }
                LinkKind::TransitDown => {
                    rows[from].customer_out_bytes += link.bytes;
                    rows[to].provider_in_bytes += link.bytes;
                }
                LinkKind::Peering => {
                    rows[from].peering_out_bytes += link.bytes;
                    rows[to].peering_in_bytes += link.bytes;
                }
            }
        }
    }

    pub(super) fn peer_rows(&self, closed: &Closed) -> Vec<PeerRow> {
        // Of the population, not of those who arrived before the run ended: the same in all arms.
        let mut as_peers = vec![0; self.prepared.underlay.as_count()];
        for person in &self.people.peers {
            as_peers[person.as_index.index()] += 1;
        }
        self.people.everybody().map(|person| self.peer_row(person, closed, &as_peers)).collect()
    }

    fn peer_row(&self, person: &Person, closed: &Closed, as_peers: &[u32]) -> PeerRow {
        let account = &person.account;
        let since_arrival = |at: SimTime| TableSeconds(at.since(person.arrival));
        let client_server = matches!(self.arm.service, ServiceSpec::ClientServer(_));
        let classes = self.population.classes();
        PeerRow {
            peer: person.identity.0,
            role: role(person.role, client_server).to_owned(),
            as_number: self.prepared.underlay.number(person.as_index).0,
            isp: self.isp_name(person.as_index),
            access: person.access.map(|class| classes[class].name.clone()),
            up_bps: person.up.get(),
            down_bps: person.down.get(),
            arrival_s: since_start(person.arrival),
            first_connection_s: person.first_connection.map(since_arrival),
            first_piece_s: account.first_piece.map(since_arrival),
            completion_s: account.completed.map(since_arrival),
            stay_s: person.left.map(since_arrival),
            pieces: account.pieces,
            downloaded_bytes: account.received(),
            downloaded_local_bytes: person.downloaded_local,
            duplicate_bytes: account.duplicate,
            uploaded_bytes: account.sent,
            connections: person.connections,
            connections_external: person.connections_external,
            partners_external: person.partners_external,
            nothing_wanted_s: TableSeconds(account.budget.nothing_wanted),
            choked_s: TableSeconds(account.budget.choked),
            waiting_s: TableSeconds(account.budget.waiting),
            downlink_bound_s: TableSeconds(account.budget.downlink_bound),
            uplink_bound_s: TableSeconds(account.budget.uplink_bound),
            as_peers: as_peers[person.as_index.index()],
            measured: !person.identity.is_seed() && self.prepared.window().measures(person.arrival),
            fallback_bytes: account.from_origin,
            sessions: person.sessions,
            online_s: TableSeconds(person.online(closed.ended_at)),
            left_early: person.left_early,
            ..PeerRow::default()
        }
    }

    /// The largest entries, then one row that makes the sum exact.
    pub(super) fn matrix_rows(&self, closed: &Closed) -> Vec<TrafficMatrixRow> {
        let mut entries: Vec<(u64, u32, u32)> = closed
            .matrix
            .iter()
            .map(|(source, destination, bytes)| {
                let underlay = &self.prepared.underlay;
                (*bytes, underlay.number(*source).0, underlay.number(*destination).0)
            })
            .collect();
        entries.sort_unstable_by_key(|(bytes, source, destination)| (std::cmp::Reverse(*bytes), *source, *destination));
        let kept = (self.prepared.scenario.experiment.matrix_rows as usize).min(entries.len());
        let mut rows: Vec<TrafficMatrixRow> = entries[..kept]
            .iter()
            .map(|(bytes, source, destination)| TrafficMatrixRow {
                source_as: source.to_string(),
                destination_as: destination.to_string(),
                bytes: *bytes,
                pairs: 1,
                ..TrafficMatrixRow::default()
            })
            .collect();
        if kept < entries.len() {
            rows.push(TrafficMatrixRow {
                source_as: "other".to_owned(),
                destination_as: "other".to_owned(),
                bytes: entries[kept..].iter().map(|(bytes, _, _)| bytes).sum(),
                pairs: (entries.len() - kept) as u64,
                ..TrafficMatrixRow::default()
            });
        }
        rows
    }

    /// How long a limited direction of a link was full.
    fn full_for(&self, link: &crate::underlay::LinkLoad, closed: &Closed) -> Option<TableSeconds> {
        let limited = self.prepared.underlay.limited_between(link.from, link.to)?;
        Some(TableSeconds(self.full_links.total(limited.index(), closed.ended_at)))
    }

    pub(super) fn link_rows(&self, closed: &Closed) -> Vec<LinkRow> {
        let seconds = closed.ended_at.as_secs_f64();
        let row = |link: &crate::underlay::LinkLoad| LinkRow {
            from_as: self.prepared.underlay.number(link.from).0,
            to_as: self.prepared.underlay.number(link.to).0,
            kind: link.kind.name().to_owned(),
            same_isp: link.same_isp,
            bytes: link.bytes,
            mean_bps: (seconds > 0.0).then(|| link.bytes as f64 * 8.0 / seconds),
            capacity_bps: link.capacity.map(crate::units::BitRate::get),
            full_s: self.full_for(link, closed),
            p95_bps: closed.money.as_ref().and_then(|money| money.percentile(link.from, link.to)),
            ..LinkRow::default()
        };
        closed.loads.links.iter().map(row).collect()
    }
}

fn since_start(at: SimTime) -> TableSeconds {
    TableSeconds(at.since(SimTime::ZERO))
}
