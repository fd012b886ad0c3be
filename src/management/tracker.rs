//! The tracker of unmanaged overlays: it knows who is in the swarm and answers with random lists (BEP 3).

use super::effect::{Context, Effect};
use super::message::{Announce, Endpoint, ListEntry, Message, ServerIndex};
use super::registry::Registry;
use crate::random::{Purpose, Stream};
use crate::selection::{Candidate, Group, ListRequest, Requester, draw_list};
use crate::units::{AsIndex, BitRate, Identity, PeerRef, SimDuration};

/// An announce, as tracker and OMS handle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) announce: Announce,
    pub(super) peer: PeerRef,
    pub(super) identity: Identity,
    pub(super) as_index: AsIndex,
    pub(super) complete: bool,
    pub(super) uplink: Option<BitRate>,
    pub(super) want: u32,
    pub(super) request: u32,
}

impl Announced {
    /// Where this answer's lots are drawn: by who asks and its own count, so that who asks first does not matter, and
    /// a tracker and an OMS without an order draw alike.
    pub(super) fn stream(&self, cx: &Context) -> Stream {
        cx.seed.stream(Purpose::ListSample, (u64::from(self.identity.0) << 32) | u64::from(self.request))
    }

    /// Keeps the registry; true when an answer is expected.
    pub(super) fn register(&self, cx: &Context, registry: &mut Registry) -> bool {
        registry.expire(cx.now);
        if self.announce == Announce::Stopped {
            registry.remove(self.peer);
            return false;
        }
        registry.announce(cx.now, self.peer, self.identity, self.as_index, self.complete);
        true
    }

    /// Sends the answer.
    pub(super) fn answer(&self, cx: &mut Context, server: ServerIndex, entries: Vec<ListEntry>) {
        if self.want > 0 {
            cx.recorder.list(entries.len() as u64);
        }
        cx.out.push(Effect::Send {
            from: Endpoint::Server(server),
            to: Endpoint::Peer(self.peer),
            message: Message::List { request: self.request, entries },
        });
    }
}

/// The tracker.
#[derive(Debug)]
pub(super) struct Tracker {
    registry: Registry,
}

impl Tracker {
    pub(super) fn new(interval: Option<SimDuration>) -> Self {
        Self { registry: Registry::new(interval) }
    }

    pub(super) fn announced(&mut self, cx: &mut Context, server: ServerIndex, announced: Announced) {
        if !announced.register(cx, &mut self.registry) {
            return;
        }
        // A tracker knows addresses, not places: all candidates are one heap.
        let groups = self.registry.candidates(announced.peer, announced.complete, Group::unknown);
        let request = ListRequest {
            requester: Requester { as_index: announced.as_index },
            order: &[],
            external: None,
            entries: announced.want as usize,
            sample: 1,
        };
        let entries = draw_list(&request, &groups, &|_| Candidate::default(), &mut announced.stream(cx));
        announced.answer(cx, server, entries);
    }
}
