//! The end of a run: books are closed and compared.

use super::costs::RunBills;
use crate::engine::FutureEventList;
use crate::metrics::rows::PerformanceRow;
use crate::metrics::{Ending, Recorded, RunOutcome};
use crate::overlay::ConnId;
use crate::population::HostRole;
use crate::services::ServiceEffect;
use crate::underlay::{LinkLoads, fold_links};
use crate::units::{AsIndex, PeerSlot, SimDuration, SimTime};
use crate::world::event::{Event, Key, Moment};
use crate::world::state::{World, with_service};

/// A run that is over.
pub(super) struct Closed {
    pub(super) ending: Ending,
    pub(super) ended_at: SimTime,
    /// (source, destination, bytes), sorted by destination.
    pub(super) matrix: Vec<(AsIndex, AsIndex, u64)>,
    pub(super) loads: LinkLoads,
    pub(super) recorded: Recorded,
    /// Where the scenario has tariffs.
    pub(super) money: Option<RunBills>,
}

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    /// Closes the books and fills the rows.
    pub(in crate::world) fn outcome(mut self, ending: Ending, replication: u32) -> RunOutcome {
        let ended_at = match ending {
            Ending::Deadline => SimTime::ZERO.saturating_add(self.prepared.scenario.experiment.deadline),
            Ending::AllComplete | Ending::PieceLost => self.kernel.now(),
        };
        // A run shorter than a minute is looked at as it ends.
        self.observe(Moment::FirstMinute, ended_at);
        self.close_books(ended_at);
        self.network.verify();
        let matrix = std::mem::take(&mut self.traffic).finish();
        self.compare_accounts(&matrix);
        let loads = fold_links(&self.prepared.underlay, &matrix);
        let recorded = std::mem::take(&mut self.recorder).finish();
        let money = self.link_samples.take().map(|samples| self.money(samples.finish(ended_at), &loads));
        let closed = Closed { ending, ended_at, matrix, loads, recorded, money };
        let performance = PerformanceRow {
            events: self.kernel.taken(),
            state_bytes: self.service.state_bytes(),
            ..PerformanceRow::default()
        };
        let mut outcome = RunOutcome {
            run: self.run_row(&closed),
            isps: self.isp_rows(&closed),
            peers: self.peer_rows(&closed),
            time_series: std::mem::take(&mut self.samples),
            traffic_matrix: self.matrix_rows(&closed),
            links: self.link_rows(&closed),
            costs: self.cost_rows(&closed),
            messages: closed.recorded.messages,
            performance,
            notes: Vec::new(),
        };
        label(&mut outcome, &self.arm.name, replication);
        outcome
    }

    /// The slots in which somebody is.
    pub(super) fn present(&self) -> Vec<PeerSlot> {
        (0..self.overlay.slot_count() as u32)
            .map(PeerSlot)
            .filter(|slot| self.overlay.is_current(self.overlay.peer_ref(*slot)))
            .collect()
    }

    /// Everybody present closes the account, as of `end`; bytes not yet folded go into the matrix.
    fn close_books(&mut self, end: SimTime) {
        let present = self.present();
        for slot in &present {
            let account = with_service!(self, |service, cx| {
                cx.now = end;
                service.close(cx, *slot)
            });
            self.person_mut(*slot).account = account;
        }
        for slot in &present {
            let connections: Vec<ConnId> = self.overlay.connections_of(*slot).collect();
            for conn in connections {
                self.fold(conn);
            }
        }
        for effect in std::mem::take(&mut self.service_effects) {
            // Nothing happens any more; what was carried until now counts.
            if let ServiceEffect::Carried { from, to, bytes } = effect {
                self.count_carried(from, to, bytes);
            }
        }
    }

    /// Three accounts, kept apart during the run, must agree to the byte: what senders sent, what receivers received,
    /// what connections carried.
    fn compare_accounts(&self, matrix: &[(AsIndex, AsIndex, u64)]) {
        let sent: u64 = self.people.everybody().map(|person| person.account.sent).sum();
        let received: u64 = self.people.everybody().map(|person| person.account.received()).sum();
        let carried: u64 = matrix.iter().map(|(_, _, bytes)| bytes).sum();
        assert!(
            sent == received && received == carried,
            "bytes are conserved: {sent} sent, {received} received, {carried} carried"
        );
        let whole: u64 = self.people.everybody().map(|person| person.account.verified).sum();
        assert!(whole == self.service.progress().1, "verified bytes are counted once");
    }

    pub(super) fn completion(person: &crate::world::people::Person) -> Option<SimDuration> {
        person.account.completed.map(|at| at.since(person.arrival))
    }

    pub(super) fn isp_name(&self, index: AsIndex) -> String {
        let underlay = &self.prepared.underlay;
        underlay.isp_name(underlay.isp_of(index)).to_owned()
    }
}

/// Every row says which run it is from.
fn label(outcome: &mut RunOutcome, arm: &str, replication: u32) {
    macro_rules! label {
        ($($rows:expr),+) => {
            $(for row in $rows {
                row.arm = arm.to_owned();
                row.replication = replication;
            })+
        };
    }
    label!(
        std::iter::once(&mut outcome.run),
        &mut outcome.isps,
        &mut outcome.peers,
        &mut outcome.time_series,
        &mut outcome.traffic_matrix,
        &mut outcome.links,
        &mut outcome.costs,
        &mut outcome.messages,
        std::iter::once(&mut outcome.performance)
    );
}

/// The word of `peers.csv` for what somebody is.
pub(super) const fn role(role: HostRole, client_server: bool) -> &'static str {
    match role {
        HostRole::Leecher => "peer",
        HostRole::FreeRider => "free-rider",
        HostRole::Seed if client_server => "origin",
        HostRole::Seed => "seed",
        HostRole::Cache => "cache",
    }
}
