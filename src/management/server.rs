//! What every server has: a queue in front of one desk, and times in which it is down.
//!
//! Requests (announces, network queries) are served one at a time, first come, first served, each for a service time
//! drawn for it. Answers take no service time. What arrives during an outage is lost; what waits or is being served
//! when an outage begins is lost too. What the server has stored survives.

use std::collections::VecDeque;

use super::effect::{Context, Effect, Timer, TimerOwner};
use super::message::{Endpoint, Message, ServerIndex, ServerKind};
use super::spec::{Outage, ServerSpec};
use crate::metrics::FactKind;
use crate::random::{Distribution, Purpose};
use crate::units::{AsIndex, Identity, SimDuration, SimTime};

/// Requests that may wait at one server; further ones are lost.
const QUEUE_LIMIT: usize = 1 << 20;
/// Timer: the request at the desk is done.
pub(super) const TIMER_SERVED: u8 = 0;
/// Timer: the OMS has no answer from UNIS yet.
pub(super) const TIMER_ASK_AGAIN: u8 = 1;

/// A server as the world knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerInfo {
    /// Its position in the control plane.
    pub index: ServerIndex,
    /// What it is.
    pub kind: ServerKind,
    /// Who it is: key of its random draws and of its place among simultaneous events.
    pub identity: Identity,
    /// The AS it lives in.
    pub as_index: AsIndex,
}

/// A message at a server.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub(super) from: Endpoint,
    pub(super) from_kind: &'static str,
    pub(super) sent: SimTime,
    pub(super) message: Message,
}

/// The queue and the desk.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) info: ServerInfo,
    service_time: Distribution,
    /// By beginning.
    outages: Vec<Outage>,
    waiting: VecDeque<Request>,
    serving: Option<Request>,
    /// Of the request being served; timers with another one are out of date.
    token: u32,
    /// The last time anything happened here.
    seen: SimTime,
}

impl Desk {
    pub(super) fn new(spec: &ServerSpec, info: ServerInfo) -> Self {
        let mut outages = spec.outages.clone();
        outages.sort_by_key(|outage| outage.from);
        Self {
            info,
            service_time: spec.service_time.clone(),
            outages,
            waiting: VecDeque::new(),
            serving: None,
            token: 0,
            seen: SimTime::ZERO,
        }
    }

    /// Whether it is down at `now`.
    pub(super) fn is_down(&self, now: SimTime) -> bool {
        self.outages.iter().any(|outage| outage.from <= now && now < outage.until)
    }

    /// Catches up with outages since the last event: whatever was waiting or being served is lost. True when there
    /// was one.
    pub(super) fn catch_up(&mut self, cx: &mut Context) -> bool {
        let seen = std::mem::replace(&mut self.seen, cx.now);
        let interrupted = self.outages.iter().any(|o| seen < o.from && o.from <= cx.now && o.from < o.until);
        if interrupted {
            // The request being served was delivered; it merely stays without an answer.
            self.serving = None;
            self.token = self.token.wrapping_add(1);
            for request in self.waiting.drain(..) {
                cx.recorder.lost(request.from_kind, self.info.kind.name(), request.message.name());
            }
        }
        interrupted
    }

    /// Takes in a request that has arrived, or loses it. The request to handle now, when it takes no time.
    pub(super) fn arrive(&mut self, cx: &mut Context, request: Request) -> Option<Request> {
        if self.is_down(cx.now) || self.waiting.len() >= QUEUE_LIMIT {
            cx.recorder.lost(request.from_kind, self.info.kind.name(), request.message.name());
            return None;
        }
        self.waiting.push_back(request);
        if self.serving.is_some() { None } else { self.take_up(cx) }
    }

    /// The request that was being served, when `token` is its timer's.
    pub(super) fn served(&mut self, token: u32) -> Option<Request> {
        if token == self.token { self.serving.take() } else { None }
    }

    /// Takes up the next request. The request to handle now, when it takes no time.
    pub(super) fn take_up(&mut self, cx: &mut Context) -> Option<Request> {
        let request = self.waiting.pop_front()?;
        self.deliver(cx, &request);
        let time = self.service_time_of(cx, &request);
        if time == SimDuration::ZERO {
            return Some(request);
        }
        self.token = self.token.wrapping_add(1);
        self.serving = Some(request);
        let timer = Timer { owner: TimerOwner::Server(self.info.index), kind: TIMER_SERVED, token: self.token };
        cx.out.push(Effect::Timer { at: cx.now.saturating_add(time), timer });
        None
    }

    /// Writes down that a message was taken up.
    pub(super) fn deliver(&self, cx: &mut Context, request: &Request) {
        let delay = cx.now.since(request.sent);
        cx.recorder.delivered(request.from_kind, self.info.kind.name(), request.message.name(), delay);
        cx.recorder.fact(cx.now, FactKind::ControlDelivered, self.info.identity.0, request.message.code());
    }

    /// Keyed by who asks and its own count, so that it does not matter who asks first; equal for tracker and OMS.
    fn service_time_of(&self, cx: &Context, request: &Request) -> SimDuration {
        let (key, counter) = match request.message {
            Message::Announce { identity, request: number, .. } => (u64::from(identity.0), u64::from(number)),
            Message::NetworkQuery { as_index, .. } => ((1 << 32) | u64::from(as_index.0), request.sent.as_nanos()),
            Message::ActivityReport { identity, number, .. } => (u64::from(identity.0), (1 << 32) | u64::from(number)),
            Message::List { .. }
            | Message::NetworkAnswer { .. }
            | Message::Probe { .. }
            | Message::ProbeAnswer { .. } => {
                return SimDuration::ZERO;
            }
        };
        self.service_time.draw(cx.seed, Purpose::ServiceTime, key, counter)
    }
}
