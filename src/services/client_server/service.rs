//! The client-server service's events.

use std::collections::{BTreeMap, VecDeque};

use super::spec::ClientServerSpec;
use crate::bandwidth::{FlowId, TransferId};
use crate::metrics::FactKind;
use crate::overlay::ConnId;
use crate::services::context::{ServiceContext, ServiceEffect, ServiceTimer};
use crate::services::service::{PeerAccount, Role, Service, Volume};
use crate::units::{BitRate, Bytes, Identity, PeerSlot, SimTime};

const NANOBITS_PER_BYTE: u64 = 8_000_000_000;

/// A download is moved in segments of at most this size, so that nanobits stay far inside 64 bits; segments follow each
/// other without a gap.
const SEGMENT: u64 = 256 << 20;

#[derive(Debug, Clone, Default)]
struct Client {
    present: bool,
    source: bool,
    complete: bool,
    /// The connection to its origin, at the client's end.
    end: Option<ConnId>,
    flow: Option<FlowId>,
    transfer: Option<TransferId>,
    /// Bytes of segments finished.
    finished: u64,
    account: PeerAccount,
    doing: Doing,
    since: SimTime,
}

/// What a client is doing, for its time budget.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Doing {
    /// Not present, complete, or an origin.
    #[default]
    Nothing,
    /// Not connected to its origin yet.
    Connecting,
    /// Waiting for a slot of its origin.
    Queued,
    DownlinkBound,
    UplinkBound,
}

/// Every peer fetches everything from one origin.
#[derive(Debug)]
pub struct ClientServer {
    spec: ClientServerSpec,
    clients: Vec<Client>,
    origins: Vec<PeerSlot>,
    /// Per origin slot: clients that wait, and how many are served.
    waiting: Vec<VecDeque<PeerSlot>>,
    served: Vec<u32>,
    by_transfer: Vec<PeerSlot>,
    /// Per downlink resource: whose it is.
    downlink_owner: Vec<PeerSlot>,
    /// Clients whose state changed in this instant.
    dirty: Vec<PeerSlot>,
    /// Counts connections asked for.
    turn: usize,
    completed: u64,
    bytes: u64,
    /// Clients whose connection closes because they leave, or their origin does.
    orphans: Vec<PeerSlot>,
    /// Clients that are away and will come again.
    absent: BTreeMap<Identity, Client>,
}

impl ClientServer {
    /// A service without clients.
    pub fn new(spec: &ClientServerSpec) -> Self {
        Self {
            spec: spec.clone(),
            clients: Vec::new(),
            origins: Vec::new(),
            waiting: Vec::new(),
            served: Vec::new(),
            by_transfer: Vec::new(),
            downlink_owner: Vec::new(),
            dirty: Vec::new(),
            turn: 0,
            completed: 0,
            bytes: 0,
            orphans: Vec::new(),
            absent: BTreeMap::new(),
        }
    }

    /// Origins take turns; one that is gone is not asked.
    fn connect(&mut self, cx: &mut ServiceContext<'_>, client: PeerSlot) {
        let origin = self.origins.get(self.turn % self.origins.len().max(1)).copied();
        self.turn += 1;
        if let Some(to) = origin {
            cx.out.push(ServiceEffect::Connect { from: client, to });
        }
    }

    fn segment(&self, finished: u64) -> u64 {
        (self.spec.size.get() - finished).min(SEGMENT)
    }

    fn may_serve(&self, origin: PeerSlot) -> bool {
        self.spec.slots.is_none_or(|slots| self.served[origin.index()] < slots)
    }

    fn serve(&mut self, cx: &mut ServiceContext<'_>, client: PeerSlot) {
        let Some(end) = self.clients[client.index()].end else { return };
        let origin = cx.overlay.neighbour(end);
        self.served[origin.index()] += 1;
        let segment = self.segment(self.clients[client.index()].finished);
        let transfer = self.open_segment(cx, client, segment);
        let (from, to) = (*cx.lines.line(origin), *cx.lines.line(client));
        let mut path = vec![from.up];
        path.extend_from_slice(cx.lines.limited_links(from.as_index, to.as_index));
        path.push(to.down);
        let flow = cx.network.start_flow(cx.now, from.clock, &path, 1.0, None, transfer);
        self.clients[client.index()].flow = Some(flow);
        self.dirty.push(client);
    }

    fn open_segment(&mut self, cx: &mut ServiceContext<'_>, client: PeerSlot, segment: u64) -> TransferId {
        let transfer = cx.network.open_transfer(cx.now, segment * NANOBITS_PER_BYTE);
        let index = transfer.0 as usize;
        if self.by_transfer.len() <= index {
            self.by_transfer.resize(index + 1, PeerSlot(u32::MAX));
        }
        self.by_transfer[index] = client;
        self.clients[client.index()].transfer = Some(transfer);
        transfer
    }

    fn serve_next(&mut self, cx: &mut ServiceContext<'_>, origin: PeerSlot) {
        while self.may_serve(origin) {
            let Some(next) = self.waiting[origin.index()].pop_front() else { return };
            self.serve(cx, next);
        }
    }

    /// Stops a client's download; what was moved is counted, whole bytes only.
    fn stop(&mut self, cx: &mut ServiceContext<'_>, client: PeerSlot) {
        let state = &mut self.clients[client.index()];
        let (Some(flow), Some(transfer), Some(end)) = (state.flow.take(), state.transfer.take(), state.end) else {
            return;
        };
        let moved = cx.network.stop_flow(cx.now, flow) / NANOBITS_PER_BYTE;
        cx.network.close_transfer(transfer);
        state.finished += moved;
        state.account.partial = state.finished;
        let origin = cx.overlay.neighbour(end);
        self.clients[origin.index()].account.sent += moved;
        cx.overlay.count_sent(cx.overlay.mate(end), moved);
        self.served[origin.index()] -= 1;
    }

    /// Adds the time since the last change to what the client was doing.
    fn spend_time(&mut self, now: SimTime, slot: PeerSlot) {
        let state = &mut self.clients[slot.index()];
        let time = now.since(state.since);
        state.since = now;
        let budget = &mut state.account.budget;
        match state.doing {
            Doing::Nothing => {}
            Doing::Connecting => budget.nothing_wanted += time,
            Doing::Queued => budget.choked += time,
            Doing::DownlinkBound => budget.downlink_bound += time,
            Doing::UplinkBound => budget.uplink_bound += time,
        }
    }

    fn update_doing(&mut self, cx: &ServiceContext<'_>, slot: PeerSlot) {
        let state = &self.clients[slot.index()];
        let doing = match (state.end, state.flow) {
            _ if !state.present || state.complete => Doing::Nothing,
            (None, _) => Doing::Connecting,
            (Some(_), None) => Doing::Queued,
            (Some(_), Some(_)) if cx.network.is_saturated(cx.lines.line(slot).down) => Doing::DownlinkBound,
            (Some(_), Some(_)) => Doing::UplinkBound,
        };
        if doing != state.doing {
            self.spend_time(cx.now, slot);
            self.clients[slot.index()].doing = doing;
        }
    }

    fn complete(&mut self, cx: &mut ServiceContext<'_>, client: PeerSlot, end: ConnId) {
        let size = self.spec.size.get();
        self.dirty.push(client);
        let state = &mut self.clients[client.index()];
        state.complete = true;
        state.account.verified = size;
        state.account.partial = 0;
        // The content counts as one piece, here as in `progress`.
        state.account.pieces = 1;
        state.account.first_piece = Some(cx.now);
        state.account.completed = Some(cx.now);
        self.completed += 1;
        self.bytes += size;
        cx.recorder.fact(cx.now, FactKind::Completed, cx.identity(client).0, 0);
        cx.out.push(ServiceEffect::Completed(client));
        cx.out.push(ServiceEffect::Disconnect(end));
    }
}

impl Service for ClientServer {
    fn content(&self) -> Bytes {
        self.spec.size
    }

    fn payload_rate(&self, wire: BitRate) -> BitRate {
        wire
    }

    fn progress(&self) -> (u64, u64) {
        (self.completed, self.bytes)
    }

    fn joined(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, role: Role) {
        if self.clients.len() <= slot.index() {
            self.clients.resize(slot.index() + 1, Client::default());
            self.waiting.resize(slot.index() + 1, VecDeque::new());
            self.served.resize(slot.index() + 1, 0);
        }
        let source = role == Role::Source;
        let kept = self.absent.remove(&cx.identity(slot)).unwrap_or_default();
        let complete = source || kept.complete;
        self.clients[slot.index()] = Client {
            present: true,
            source,
            complete,
            since: cx.now,
            finished: kept.finished,
            account: kept.account,
            ..Client::default()
        };
        let line = *cx.lines.line(slot);
        cx.network.set_capacity(line.up, line.wire_up);
        cx.network.set_capacity(line.down, line.wire_down);
        if source {
            self.origins.push(slot);
            return;
        }
        let down = line.down.0 as usize;
        if self.downlink_owner.len() <= down {
            self.downlink_owner.resize(down + 1, PeerSlot(u32::MAX));
        }
        self.downlink_owner[down] = slot;
        self.dirty.push(slot);
        if !complete {
            self.connect(cx, slot);
        }
    }

    fn left(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot, returns: bool) -> PeerAccount {
        self.spend_time(cx.now, slot);
        let state = &mut self.clients[slot.index()];
        state.doing = Doing::Nothing;
        state.present = false;
        let account = state.account;
        if returns {
            self.absent.insert(cx.identity(slot), state.clone());
        }
        if state.source {
            self.origins.retain(|origin| *origin != slot);
            if self.origins.is_empty() {
                cx.out.push(ServiceEffect::ContentLost);
            }
            // Another goes on where this one stopped.
            for client in std::mem::take(&mut self.orphans) {
                self.connect(cx, client);
            }
        }
        self.orphans.retain(|client| *client != slot);
        account
    }

    fn connected(&mut self, cx: &mut ServiceContext<'_>, initiator: ConnId) {
        let client = cx.overlay.owner(initiator);
        let origin = cx.overlay.neighbour(initiator);
        self.dirty.push(client);
        self.clients[client.index()].end = Some(initiator);
        self.waiting[origin.index()].push_back(client);
        self.serve_next(cx, origin);
    }

    fn disconnecting(&mut self, cx: &mut ServiceContext<'_>, conn: ConnId) {
        let mate = cx.overlay.mate(conn);
        let (a, b) = (cx.overlay.owner(conn), cx.overlay.owner(mate));
        let (client, origin) = if self.clients[a.index()].source { (b, a) } else { (a, b) };
        self.dirty.push(client);
        self.stop(cx, client);
        self.clients[client.index()].end = None;
        self.waiting[origin.index()].retain(|waiting| *waiting != client);
        self.serve_next(cx, origin);
        if !self.clients[client.index()].complete {
            // One of the two leaves; `left` tells which.
            self.orphans.push(client);
        }
    }

    fn contact_failed(&mut self, cx: &mut ServiceContext<'_>, from: PeerSlot) {
        self.connect(cx, from);
    }

    fn transfer_done(&mut self, cx: &mut ServiceContext<'_>, transfer: TransferId) {
        let client = self.by_transfer[transfer.0 as usize];
        let state = &self.clients[client.index()];
        let (Some(flow), Some(end)) = (state.flow, state.end) else { return };
        let origin = cx.overlay.neighbour(end);
        let bytes = cx.network.moved(cx.now, flow) / NANOBITS_PER_BYTE;
        self.clients[origin.index()].account.sent += bytes;
        cx.overlay.count_sent(cx.overlay.mate(end), bytes);
        self.clients[client.index()].finished += bytes;
        let left = self.segment(self.clients[client.index()].finished);
        if left > 0 {
            let next = self.open_segment(cx, client, left);
            cx.network.redirect_flow(cx.now, flow, next);
        } else {
            let state = &mut self.clients[client.index()];
            state.flow = None;
            state.transfer = None;
            cx.network.stop_flow(cx.now, flow);
            self.served[origin.index()] -= 1;
            self.complete(cx, client, end);
        }
        cx.network.close_transfer(transfer);
    }

    fn timer(&mut self, _cx: &mut ServiceContext<'_>, _timer: ServiceTimer) {}

    fn instant_ends(&mut self, cx: &mut ServiceContext<'_>) {
        for slot in std::mem::take(&mut self.dirty) {
            self.update_doing(cx, slot);
        }
        for resource in cx.network.touched_resources() {
            if let Some(owner) = self.downlink_owner.get(resource.index())
                && owner.index() < self.clients.len()
            {
                self.update_doing(cx, *owner);
            }
        }
    }

    fn is_complete(&self, slot: PeerSlot) -> bool {
        self.clients[slot.index()].complete
    }

    fn close(&mut self, cx: &mut ServiceContext<'_>, slot: PeerSlot) -> PeerAccount {
        // Downloads stop with whoever of the two is closed first: the origin's account must hold what they moved.
        let ends: Vec<ConnId> = cx.overlay.connections_of(slot).collect();
        for end in ends {
            let client = if self.clients[slot.index()].source { cx.overlay.neighbour(end) } else { slot };
            self.stop(cx, client);
        }
        self.spend_time(cx.now, slot);
        self.clients[slot.index()].account
    }

    fn volume(&self, cx: &ServiceContext<'_>, slot: PeerSlot) -> Volume {
        let under_way: u64 = self.under_way(cx, slot).iter().map(|(_, bytes)| bytes).sum();
        let payload = self.clients[slot.index()].account.sent + under_way;
        Volume { payload, wire: payload }
    }

    fn under_way(&self, cx: &ServiceContext<'_>, sender: PeerSlot) -> Vec<(PeerSlot, u64)> {
        if !self.clients[sender.index()].source {
            return Vec::new();
        }
        let to = |end: ConnId| {
            let client = cx.overlay.neighbour(end);
            let flow = self.clients[client.index()].flow?;
            Some((client, cx.network.moved(cx.now, flow) / NANOBITS_PER_BYTE))
        };
        cx.overlay.connections_of(sender).filter_map(to).collect()
    }

    fn flows(&self) -> u32 {
        self.served.iter().sum()
    }

    fn state_bytes(&self) -> u64 {
        (self.clients.capacity() * size_of::<Client>()) as u64
    }
}
