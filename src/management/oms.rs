//! The Overlay Management Server: lists that are good for the requester (ISO/IEC TR 20002, 8.2.3, 8.3.1).
//!
//! A list is candidates → filter → order → cut, drawn by `selection`. Where the arm has a UNIS, the OMS asks it how
//! the network looks from the requester's AS, unless it was told less than `max_age` ago. Requests wait for the
//! answer; several from one AS wait for one query. A query without an answer is repeated, each time after twice the
//! wait; there is no silent fall-back to lists without network information.
//!
//! Where strategies need to know what peers reported of themselves, it keeps their last reports (`activity`): the part of
//! the standard's PAMS that lists are made of, without a server of its own.

use std::collections::BTreeMap;

use super::activity::Activity;
use super::effect::{Context, Effect, Timer, TimerOwner};
use super::message::{Announce, Endpoint, ListEntry, Message, ServerIndex};
use super::registry::Registry;
use super::server::TIMER_ASK_AGAIN;
use super::spec::{DiscoverySpec, OmsSpec, Reports};
use super::tracker::Announced;
use crate::guidance::{CostRow, Details};
use crate::selection::{ExternalQuota, Group, ListRequest, Reported, Requester, Strategy, draw_partly_guided};
use crate::units::{AsIndex, PeerRef, SimDuration, SimTime};
use std::sync::Arc;

/// Where to ask about the network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Advisor {
    pub(super) unis: ServerIndex,
    pub(super) max_age: SimDuration,
}

/// What the OMS knows of the network from one AS, and who waits to know.
#[derive(Debug, Default)]
struct Known {
    told: Option<Told>,
    waiting: Vec<Announced>,
    query: Option<Query>,
}

#[derive(Debug, Clone)]
struct Told {
    costs: CostRow,
    as_of: SimTime,
}

/// A query under way.
#[derive(Debug, Clone, Copy)]
struct Query {
    number: u32,
    wait: SimDuration,
}

/// The OMS.
#[derive(Debug)]
pub(super) struct Oms {
    registry: Registry,
    order: Vec<Arc<dyn Strategy>>,
    external: Option<ExternalQuota>,
    unguided: f64,
    /// Whether entries say who is external.
    flagged: bool,
    advisor: Option<Advisor>,
    /// How long to wait for an answer of UNIS: as long as peers wait for theirs; at most `patience_max`.
    patience: SimDuration,
    patience_max: SimDuration,
    /// By AS; grown on demand.
    known: Vec<Known>,
    /// The AS of each query under way, by its number.
    queries: BTreeMap<u32, AsIndex>,
    asked: u32,
    /// What peers reported; empty where they report nothing.
    activity: Activity,
    reports: Reports,
    details: Details,
    sample: usize,
}

impl Oms {
    pub(super) fn new(spec: &OmsSpec, discovery: &DiscoverySpec, advisor: Option<Advisor>) -> Self {
        Self {
            registry: Registry::new(discovery.interval),
            order: spec.order.iter().map(|named| Arc::clone(&named.strategy)).collect(),
            external: spec.external,
            unguided: spec.unguided,
            flagged: spec.neighbours.is_some(),
            advisor,
            patience: discovery.timeout,
            patience_max: discovery.timeout.max(discovery.retry_max),
            known: Vec::new(),
            queries: BTreeMap::new(),
            asked: 0,
            activity: Activity::default(),
            reports: spec.reports,
            details: spec.details(),
            sample: spec.sample as usize,
        }
    }

    /// Keeps the registry and what is known of members; true when an answer is expected.
    fn register(&mut self, cx: &Context, announced: Announced) -> bool {
        if self.reports != Reports::default() {
            for gone in self.registry.expire(cx.now) {
                self.activity.forget(gone);
            }
            if announced.announce == Announce::Stopped {
                self.activity.forget(announced.peer);
            } else {
                self.activity.announced(cx.now, announced.peer, announced.uplink, announced.complete);
            }
        }
        announced.register(cx, &mut self.registry)
    }

    /// A peer has reported what it holds.
    pub(super) fn reported(&mut self, cx: &Context, peer: PeerRef, held: &Arc<[u64]>, pieces: u32) {
        self.activity.reported(cx.now, peer, held, pieces);
    }

    pub(super) fn announced(&mut self, cx: &mut Context, server: ServerIndex, announced: Announced) {
        let answer = self.register(cx, announced);
        let patience = self.patience;
        let known = self.known_from(announced.as_index);
        // Whatever the peer asked before is overtaken.
        known.waiting.retain(|waiting| waiting.peer != announced.peer);
        if !answer {
            return;
        }
        if announced.want == 0 {
            announced.answer(cx, server, Vec::new());
            return;
        }
        let told = known.told.clone();
        match (self.advisor, told) {
            (None, _) => self.answer(cx, server, announced, None),
            (Some(advisor), Some(told)) if cx.now.since(told.as_of) <= advisor.max_age => {
                self.answer(cx, server, announced, Some(&told));
            }
            (Some(advisor), _) => {
                let known = self.known_from(announced.as_index);
                known.waiting.push(announced);
                if known.query.is_none() {
                    self.ask(cx, server, advisor, announced.as_index, patience);
                }
            }
        }
    }

    /// UNIS has answered.
    pub(super) fn told(
        &mut self,
        cx: &mut Context,
        server: ServerIndex,
        as_index: AsIndex,
        costs: CostRow,
        as_of: SimTime,
    ) {
        let told = Told { costs, as_of };
        let known = self.known_from(as_index);
        if known.told.as_ref().is_none_or(|older| older.as_of <= as_of) {
            known.told = Some(told.clone());
        }
        let query = known.query.take();
        let waiting = std::mem::take(&mut known.waiting);
        if let Some(query) = query {
            self.queries.remove(&query.number);
        }
        for announced in waiting {
            self.answer(cx, server, announced, Some(&told));
        }
    }

    /// A query's time is up.
    pub(super) fn ask_again(&mut self, cx: &mut Context, server: ServerIndex, number: u32) {
        let Some(as_index) = self.queries.remove(&number) else { return };
        let Some(advisor) = self.advisor else { return };
        let longest = self.patience_max;
        let known = self.known_from(as_index);
        let Some(query) = known.query.take() else { return };
        // Nobody waits any more when everybody has left.
        if !known.waiting.is_empty() {
            let wait = query.wait.saturating_mul(2).min(longest);
            self.ask(cx, server, advisor, as_index, wait);
        }
    }

    /// An outage: requests in hand are forgotten, what is stored is kept.
    pub(super) fn interrupted(&mut self) {
        for (_, as_index) in std::mem::take(&mut self.queries) {
            let known = self.known_from(as_index);
            known.waiting.clear();
            known.query = None;
        }
    }

    fn ask(&mut self, cx: &mut Context, server: ServerIndex, advisor: Advisor, as_index: AsIndex, wait: SimDuration) {
        self.asked = self.asked.wrapping_add(1);
        let number = self.asked;
        self.queries.insert(number, as_index);
        self.known_from(as_index).query = Some(Query { number, wait });
        cx.out.push(Effect::Send {
            from: Endpoint::Server(server),
            to: Endpoint::Server(advisor.unis),
            message: Message::NetworkQuery { as_index, details: self.details },
        });
        let timer = Timer { owner: TimerOwner::Server(server), kind: TIMER_ASK_AGAIN, token: number };
        cx.out.push(Effect::Timer { at: cx.now.saturating_add(wait), timer });
    }

    fn answer(&self, cx: &mut Context, server: ServerIndex, announced: Announced, told: Option<&Told>) {
        debug_assert!(announced.announce != Announce::Stopped, "who leaves is not answered");
        let describe = |as_index| describe(cx.now, announced.as_index, as_index, told);
        let groups = self.registry.candidates(announced.peer, announced.complete, describe);
        let order: Vec<&dyn Strategy> = self.order.iter().map(|strategy| &**strategy).collect();
        let request = ListRequest {
            requester: Requester { as_index: announced.as_index },
            order: &order,
            external: self.external,
            entries: announced.want as usize,
            sample: self.sample,
        };
        let seen = self.activity.seen_by(cx.now, announced.peer, self.reports.pieces.is_some());
        let look = |entry: ListEntry| seen.candidate(entry.peer);
        let mut entries = draw_partly_guided(&request, self.unguided, &groups, &look, &mut announced.stream(cx));
        if order.iter().any(|strategy| strategy.scores()) {
            for age in entries.iter().flat_map(|entry| look(*entry).ages()) {
                cx.recorder.report_age(age);
            }
        }
        if self.flagged {
            for entry in &mut entries {
                entry.external = Some(describe(entry.as_index).same_isp.is_none_or(|same| !same.value));
            }
        }
        if let Some(told) = told {
            cx.recorder.guidance_age(cx.now.since(told.as_of));
        }
        announced.answer(cx, server, entries);
    }

    fn known_from(&mut self, as_index: AsIndex) -> &mut Known {
        let at = as_index.index();
        if self.known.len() <= at {
            self.known.resize_with(at + 1, Known::default);
        }
        &mut self.known[at]
    }
}

/// What the OMS knows of the peers of `of`, seen from `from`. Which AS an address belongs to it knows from the
/// announce itself; the rest it was told, or not.
fn describe(now: SimTime, from: AsIndex, of: AsIndex, told: Option<&Told>) -> Group {
    let age = told.map_or(SimDuration::ZERO, |told| now.since(told.as_of));
    let same_isp = told.and_then(|told| told.costs.is_same_isp(of));
    let in_row = told.is_some_and(|told| of.index() < told.costs.hops.len());
    Group {
        as_index: of,
        same_as: Some(Reported { value: from == of, age: SimDuration::ZERO }),
        same_isp: same_isp.map(|value| Reported { value, age }),
        as_hops: told.filter(|_| in_row).map(|told| Reported { value: told.costs.hops_to(of), age }),
        delay: told.and_then(|told| told.costs.delay_to(of)).map(|value| Reported { value, age }),
        way_out: told.and_then(|told| told.costs.way_out_to(of)).map(|value| Reported { value, age }),
    }
}
