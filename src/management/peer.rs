//! The peer's own side of the control plane: announce, wait, repeat, contact.
//!
//! **Announces.** A peer announces itself when it joins, when it has everything, when it leaves, and every `interval`
//! in between. Without an answer after `timeout` the announce has failed; it is repeated after `retry`, which doubles
//! with each further failure up to `retry_max`. A peer that has fewer than `low_mark` connections and nobody to
//! contact announces early, `min_interval` after its last announce at the soonest. Without an `interval` there is no
//! refresh, early or regular.
//!
//! **Contacts.** Listed peers are contacted one by one in the order told, while connections and attempts under way
//! are fewer than `wanted` and attempts fewer than `half_open`. A failed one rests for `backoff`, doubled with each
//! further failure, and takes its old place again, up to `attempts` times. With `accumulate` a new list adds to those
//! known; without it the neighbourhood follows the list: whom it does not name is not contacted any more, and connections
//! that this peer has opened to such peers are closed. What others opened stays.
//!
//! **Order of contacts.** As told, unless the arm says otherwise: by BEP 40's priority of the two addresses, or by
//! round-trip time. Then each new entry of a list is probed at once, and nobody of them is contacted before all have
//! answered or the time for it is over; those who did not answer come last.
//!
//! **Limits of neighbours** (an arm may have them): an external peer is contacted only while external neighbours and
//! attempts at external peers are fewer than their limit, likewise internal ones; others wait in the table meanwhile.
//!
//! **Reports.** Where the arm asks for them, announces say what the uplink carries, and a peer that lacks something reports
//! the pieces it holds every so often, counted from its arrival.
//!
//! **A complete peer** does the same: it looks for peers that lack something (libtorrent's
//! `seeding_outgoing_connections`, on by default; mainline's rule of early announces below `min_peers` holds for seeds
//! too). Where a list brings nobody, the wait before the next early announce doubles, up to `interval`: at the end of
//! a swarm seeds do not ask every minute for peers that do not exist.

use super::address::PeerAddress;
use super::effect::{ContactOutcome, Context, Effect, PeerHandle, Timer, TimerOwner};
use super::listed::{Backoff, Listed, doubled};
use super::message::{Announce, Endpoint, ListEntry, Message, ServerIndex};
use super::spec::{Accept, ContactOrder, DiscoverySpec, NeighbourLimits, Reports};
use crate::units::{PeerRef, SimDuration, SimTime};

/// Timer: an announce should have been answered by now; token: the request.
const TIMER_ANSWER_DUE: u8 = 0;
/// Timer: the next announce; token: the plan.
const TIMER_ANNOUNCE: u8 = 1;
/// Timer: a listed peer that failed may be contacted again.
const TIMER_CONTACT: u8 = 2;

/// Timer: the next report of the pieces held.
const TIMER_REPORT: u8 = 3;
/// Timer: probes have had their time; token: the list they belong to.
const TIMER_PROBES: u8 = 4;

/// Announces of one peer are at least so far apart, whatever the scenario says: a peer must not spin in one instant.
const SHORTEST_WAIT: SimDuration = SimDuration::from_millis(1);

/// All peers' own sides, by slot.
#[derive(Debug)]
pub(super) struct Peers {
    discovery: DiscoverySpec,
    limits: NeighbourLimits,
    reports: Reports,
    contacts: ContactOrder,
    /// Where peers announce themselves.
    server: ServerIndex,
    sides: Vec<Option<Side>>,
}

/// A contact attempt that has ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub(super) target: PeerRef,
    /// As its effect said.
    pub(super) external: bool,
    pub(super) outcome: ContactOutcome,
}

/// Why the next announce is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// None is.
    Nothing,
    /// The interval is over.
    Regular,
    /// The last one failed.
    Retry,
    /// Too few connections.
    Early,
}

/// One peer's side.
#[derive(Debug)]
struct Side {
    handle: PeerHandle,
    complete: bool,
    /// What the next announce says.
    say: Announce,
    /// Number of the last announce.
    request: u32,
    /// Reports sent.
    reports: u32,
    /// Lists whose entries were probed.
    probes: u32,
    /// Whether that one has no answer yet.
    unanswered: bool,
    /// Failures in a row.
    failures: u32,
    /// Lists in a row that left nobody to contact.
    fruitless: u32,
    announced_at: SimTime,
    plan: Plan,
    plan_at: SimTime,
    plan_token: u32,
    listed: Listed,
    /// Whom the last list named, sorted; kept only where it matters who is listed.
    last_list: Vec<PeerRef>,
    /// To whom it opened a connection, since closed or not; kept only where connections follow the lists.
    opened: Vec<PeerRef>,
    /// Attempts under way.
    under_way: u32,
    /// Those of them at external peers.
    under_way_external: u32,
    /// The timer that is set for the next end of a rest.
    wake_at: SimTime,
}

impl Peers {
    pub(super) fn new(
        discovery: &DiscoverySpec,
        limits: NeighbourLimits,
        reports: Reports,
        contacts: ContactOrder,
        server: ServerIndex,
    ) -> Self {
        Self { discovery: discovery.clone(), limits, reports, contacts, server, sides: Vec::new() }
    }

    /// Whether `to` may accept a contact of `from`, as far as lists go.
    pub(super) fn vouched(&self, from: PeerRef, to: PeerRef) -> bool {
        let names = |who: PeerRef, other: PeerRef| {
            let side = self.sides.get(who.slot.index()).and_then(Option::as_ref);
            side.is_some_and(|side| side.handle.peer == who && side.last_list.binary_search(&other).is_ok())
        };
        self.limits.accept == Accept::Any || names(to, from) || names(from, to)
    }

    /// Whether it is here.
    pub(super) fn present(&self, peer: PeerRef) -> Option<&PeerHandle> {
        let side = self.sides.get(peer.slot.index())?.as_ref()?;
        (side.handle.peer == peer).then_some(&side.handle)
    }

    pub(super) fn joined(&mut self, cx: &mut Context, who: PeerHandle, complete: bool) {
        let slot = who.peer.slot.index();
        if self.sides.len() <= slot {
            self.sides.resize_with(slot + 1, || None);
        }
        self.sides[slot] = Some(Side::new(who, complete));
        self.announce(cx, who.peer);
        self.plan_report(cx, who.peer);
    }

    /// The next report, unless the peer is complete: its announce said that it holds everything.
    fn plan_report(&mut self, cx: &mut Context, who: PeerRef) {
        let Some(interval) = self.reports.pieces else { return };
        if side(&mut self.sides, who).is_some_and(|side| !side.complete) {
            let timer = Timer { owner: TimerOwner::Peer(who), kind: TIMER_REPORT, token: 0 };
            cx.out.push(Effect::Timer { at: cx.now.saturating_add(interval.max(SHORTEST_WAIT)), timer });
        }
    }

    fn report(&mut self, cx: &mut Context, who: PeerRef) {
        let Some(side) = side(&mut self.sides, who).filter(|side| !side.complete) else { return };
        side.reports = side.reports.wrapping_add(1);
        let (held, pieces) = cx.holdings.pieces(who.slot);
        let message = Message::ActivityReport { identity: side.handle.identity, number: side.reports, held, pieces };
        cx.out.push(Effect::Send { from: Endpoint::Peer(who), to: Endpoint::Server(self.server), message });
        self.plan_report(cx, who);
    }

    pub(super) fn completed(&mut self, cx: &mut Context, who: PeerRef) {
        let Some(side) = side(&mut self.sides, who) else { return };
        side.complete = true;
        side.say = Announce::Completed;
        side.failures = 0;
        side.fruitless = 0;
        side.listed = Listed::default();
        self.announce(cx, who);
    }

    pub(super) fn left(&mut self, cx: &mut Context, who: PeerRef) {
        let Some(side) = side(&mut self.sides, who) else { return };
        side.say = Announce::Stopped;
        let message = side.next_announce(&self.discovery, self.reports);
        cx.out.push(Effect::Send { from: Endpoint::Peer(who), to: Endpoint::Server(self.server), message });
        self.sides[who.slot.index()] = None;
    }

    pub(super) fn connection_lost(&mut self, cx: &mut Context, who: PeerRef) {
        self.look_around(cx, who);
    }

    pub(super) fn contact_ended(&mut self, cx: &mut Context, who: PeerRef, contact: Ended) {
        let Ended { target, external, outcome } = contact;
        match outcome {
            ContactOutcome::Connected => {}
            ContactOutcome::Refused => cx.recorder.contact_refused(),
            ContactOutcome::TimedOut => cx.recorder.contact_timed_out(),
        }
        let backoff = Backoff { first: self.discovery.backoff, attempts: self.discovery.attempts };
        let Some(side) = side(&mut self.sides, who) else { return };
        side.under_way = side.under_way.saturating_sub(1);
        side.under_way_external = side.under_way_external.saturating_sub(u32::from(external));
        // A refusal among the connected says only that the other one was faster.
        let met = cx.neighbourhood.connected(who.slot, target);
        let outcome = if met { ContactOutcome::Connected } else { outcome };
        side.listed.ended(cx.now, target, outcome, backoff);
        if outcome == ContactOutcome::Connected && !self.discovery.accumulate {
            side.opened.push(target);
        }
        self.look_around(cx, who);
    }

    /// A list has come.
    pub(super) fn listed(&mut self, cx: &mut Context, who: PeerRef, request: u32, entries: &[ListEntry]) {
        let Some(side) = side(&mut self.sides, who) else { return };
        if !side.unanswered || request != side.request {
            return;
        }
        side.unanswered = false;
        side.failures = 0;
        side.say = Announce::Update;
        // Listed neighbours are nobody to contact.
        let neighbourhood = cx.neighbourhood;
        let met = |entry: &ListEntry| entry.peer == who || neighbourhood.connected(who.slot, entry.peer);
        let wanted = side.wanted(cx, self.limits);
        let new = |entry: &ListEntry| !met(entry) && wanted(entry.external.unwrap_or(true));
        let nobody = side.listed.is_empty(&wanted) && !entries.iter().any(new);
        let own = PeerAddress::of(cx.seed, side.handle.as_index, side.handle.identity);
        let contacts = self.contacts;
        let place = |entry: &ListEntry| match contacts {
            ContactOrder::AsListed => Some(0),
            ContactOrder::RoundTrip { .. } => None,
            ContactOrder::PeerPriority => {
                let priority = own.priority(PeerAddress::of(cx.seed, entry.as_index, entry.identity));
                Some(u64::from(u32::MAX - priority))
            }
        };
        if self.discovery.accumulate {
            side.listed.add(entries, place);
        } else {
            side.listed.replace(entries, place);
            side.opened.retain(|to| {
                let named = entries.iter().any(|entry| entry.peer == *to);
                if !named {
                    cx.out.push(Effect::Disconnect { from: who, to: *to });
                }
                named
            });
        }
        if self.limits.accept == Accept::Listed {
            side.last_list = entries.iter().map(|entry| entry.peer).collect();
            side.last_list.sort_unstable();
        }
        side.fruitless = if nobody { side.fruitless.saturating_add(1) } else { 0 };
        side.plan_regular(cx, &self.discovery);
        self.probe(cx, who);
        self.look_around(cx, who);
    }

    /// Probes listed peers that have no round-trip time yet; those that answer in time are contacted first.
    fn probe(&mut self, cx: &mut Context, who: PeerRef) {
        let ContactOrder::RoundTrip { timeout } = self.contacts else { return };
        let Some(side) = side(&mut self.sides, who) else { return };
        let neighbourhood = cx.neighbourhood;
        let unknown: Vec<PeerRef> =
            side.listed.probing().filter(|other| *other != who && !neighbourhood.connected(who.slot, *other)).collect();
        if unknown.is_empty() {
            side.listed.release();
            return;
        }
        for other in unknown {
            let message = Message::Probe { sent: cx.now };
            cx.out.push(Effect::Send { from: Endpoint::Peer(who), to: Endpoint::Peer(other), message });
        }
        side.probes = side.probes.wrapping_add(1);
        let timer = Timer { owner: TimerOwner::Peer(who), kind: TIMER_PROBES, token: side.probes };
        cx.out.push(Effect::Timer { at: cx.now.saturating_add(timeout), timer });
    }

    /// A probe of `who` was answered after `after`; when all are, contacts begin.
    pub(super) fn probe_answered(&mut self, cx: &mut Context, who: PeerRef, other: PeerRef, after: SimDuration) {
        let Some(side) = side(&mut self.sides, who) else { return };
        side.listed.answered(other, after);
        if side.listed.probing().all(|other| other == who || cx.neighbourhood.connected(who.slot, other)) {
            side.listed.release();
            self.look_around(cx, who);
        }
    }

    pub(super) fn timer(&mut self, cx: &mut Context, who: PeerRef, kind: u8, token: u32) {
        let Some(side) = side(&mut self.sides, who) else { return };
        match kind {
            TIMER_ANSWER_DUE if side.unanswered && token == side.request => {
                side.failures = side.failures.saturating_add(1);
                let pause = doubled(self.discovery.retry, side.failures).min(self.discovery.retry_max);
                side.plan(cx, Plan::Retry, cx.now.saturating_add(pause));
            }
            TIMER_ANNOUNCE if side.plan != Plan::Nothing && token == side.plan_token => {
                if side.plan == Plan::Early && !side.is_lonely(cx, &self.discovery) {
                    side.plan_regular(cx, &self.discovery);
                } else {
                    self.announce(cx, who);
                }
            }
            TIMER_CONTACT => {
                if side.wake_at <= cx.now {
                    side.wake_at = SimTime::NEVER;
                }
                self.look_around(cx, who);
            }
            TIMER_REPORT => self.report(cx, who),
            TIMER_PROBES if token == side.probes => {
                side.listed.release();
                self.look_around(cx, who);
            }
            _ => {}
        }
    }

    fn announce(&mut self, cx: &mut Context, who: PeerRef) {
        let Some(side) = side(&mut self.sides, who) else { return };
        let message = side.next_announce(&self.discovery, self.reports);
        side.unanswered = true;
        side.announced_at = cx.now;
        side.plan = Plan::Nothing;
        cx.out.push(Effect::Send { from: Endpoint::Peer(who), to: Endpoint::Server(self.server), message });
        let timer = Timer { owner: TimerOwner::Peer(who), kind: TIMER_ANSWER_DUE, token: side.request };
        cx.out.push(Effect::Timer { at: cx.now.saturating_add(self.discovery.timeout.max(SHORTEST_WAIT)), timer });
    }

    /// Contacts listed peers as far as they are wanted; announces early where nobody is left.
    fn look_around(&mut self, cx: &mut Context, who: PeerRef) {
        let Some(side) = side(&mut self.sides, who) else { return };
        let connections = cx.neighbourhood.connections(who.slot);
        while connections.saturating_add(side.under_way) < self.discovery.wanted {
            if side.under_way >= self.discovery.half_open {
                return;
            }
            let neighbourhood = cx.neighbourhood;
            let connected = |other| other == who || neighbourhood.connected(who.slot, other);
            let wanted = side.wanted(cx, self.limits);
            let Some((to, external)) = side.listed.next(cx.now, connected, wanted) else {
                side.wake_after_rest(cx);
                break;
            };
            side.under_way += 1;
            side.under_way_external += u32::from(external);
            cx.recorder.contact();
            cx.out.push(Effect::Contact { from: who, to, external });
        }
        if self.discovery.interval.is_some() && !side.unanswered && side.is_lonely(cx, &self.discovery) {
            let wait = doubled(self.discovery.min_interval.max(SHORTEST_WAIT), side.fruitless);
            let soonest = side.announced_at.saturating_add(wait);
            let at = soonest.max(cx.now);
            if side.plan == Plan::Regular && at < side.plan_at {
                side.plan(cx, Plan::Early, at);
            }
        }
    }
}

impl Side {
    fn new(handle: PeerHandle, complete: bool) -> Self {
        Self {
            handle,
            complete,
            say: Announce::Started,
            request: 0,
            reports: 0,
            probes: 0,
            unanswered: false,
            failures: 0,
            fruitless: 0,
            announced_at: SimTime::ZERO,
            plan: Plan::Nothing,
            plan_at: SimTime::NEVER,
            plan_token: 0,
            listed: Listed::default(),
            last_list: Vec::new(),
            opened: Vec::new(),
            under_way: 0,
            under_way_external: 0,
            wake_at: SimTime::NEVER,
        }
    }

    fn next_announce(&mut self, discovery: &DiscoverySpec, reports: Reports) -> Message {
        self.request = self.request.wrapping_add(1);
        let asks = self.say != Announce::Stopped;
        Message::Announce {
            announce: self.say,
            identity: self.handle.identity,
            as_index: self.handle.as_index,
            complete: self.complete,
            uplink: reports.uplink.then_some(self.handle.uplink),
            want: if asks { discovery.list } else { 0 },
            request: self.request,
        }
    }

    /// Whether an external (or another) peer may be contacted now: as neighbours and attempts are now.
    fn wanted(&self, cx: &Context, limits: NeighbourLimits) -> impl Fn(bool) -> bool + use<> {
        let slot = self.handle.peer.slot;
        let external = cx.neighbourhood.external(slot);
        let internal = cx.neighbourhood.connections(slot).saturating_sub(external);
        let used_external = external + self.under_way_external;
        let used_internal = internal + self.under_way.saturating_sub(self.under_way_external);
        move |external| limits.has_room(external, used_internal, used_external)
    }

    /// Too few connections and nobody to contact: neither now nor in an attempt under way.
    fn is_lonely(&self, cx: &Context, discovery: &DiscoverySpec) -> bool {
        self.under_way == 0
            && cx.neighbourhood.connections(self.handle.peer.slot) < discovery.low_mark.min(discovery.wanted)
    }

    fn plan_regular(&mut self, cx: &mut Context, discovery: &DiscoverySpec) {
        match discovery.interval {
            None => self.plan = Plan::Nothing,
            Some(interval) => {
                let at = self.announced_at.saturating_add(interval.max(SHORTEST_WAIT)).max(cx.now);
                self.plan(cx, Plan::Regular, at);
            }
        }
    }

    fn plan(&mut self, cx: &mut Context, plan: Plan, at: SimTime) {
        self.plan = plan;
        self.plan_at = at;
        self.plan_token = self.plan_token.wrapping_add(1);
        let timer = Timer { owner: TimerOwner::Peer(self.handle.peer), kind: TIMER_ANNOUNCE, token: self.plan_token };
        cx.out.push(Effect::Timer { at, timer });
    }

    fn wake_after_rest(&mut self, cx: &mut Context) {
        let Some(at) = self.listed.next_rest_ends() else { return };
        if at < self.wake_at {
            self.wake_at = at;
            let timer = Timer { owner: TimerOwner::Peer(self.handle.peer), kind: TIMER_CONTACT, token: 0 };
            cx.out.push(Effect::Timer { at, timer });
        }
    }
}

/// The side of a peer that is here.
fn side(sides: &mut [Option<Side>], who: PeerRef) -> Option<&mut Side> {
    sides.get_mut(who.slot.index())?.as_mut().filter(|side| side.handle.peer == who)
}
