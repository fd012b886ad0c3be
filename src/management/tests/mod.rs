//! The control plane in a little world of its own: fixed latency, who is here, who refuses.

mod announcing;
mod contacting;
mod limits;
mod orders;
mod serving;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::guidance::{NetworkView, WayOut};
use crate::metrics::{Recorded, Recorder};
use crate::random::{Distribution, Seed};
use crate::selection::{AsHops, Strategy};
use crate::units::{AsIndex, BitRate, Identity, PeerRef, PeerSlot, SimDuration, SimTime};

const LATENCY: SimDuration = SimDuration::from_secs(2);
/// Ten ASes on a line, each an ISP.
const ASES: u32 = 10;

fn secs(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

fn at(seconds: u64) -> SimTime {
    SimTime::ZERO.saturating_add(secs(seconds))
}

fn peer(slot: u32) -> PeerRef {
    PeerRef { slot: PeerSlot(slot), generation: 0 }
}

struct Line;

impl NetworkView for Line {
    fn as_count(&self) -> usize {
        ASES as usize
    }
    fn hops(&self, from: AsIndex, to: AsIndex) -> Option<u8> {
        Some(from.0.abs_diff(to.0) as u8)
    }
    fn same_isp(&self, a: AsIndex, b: AsIndex) -> bool {
        a == b
    }
    fn delay(&self, from: AsIndex, to: AsIndex) -> Option<SimDuration> {
        self.hops(from, to).map(|hops| SimDuration::from_millis(u64::from(hops)))
    }
    fn way_out(&self, from: AsIndex, to: AsIndex) -> Option<WayOut> {
        Some(if from == to { WayOut::OwnIsp } else { WayOut::Provider })
    }
}

/// What happens in the little world.
#[derive(Debug)]
enum Event {
    Message {
        to: Endpoint,
        from: Endpoint,
        sent: SimTime,
        message: Message,
    },
    Timer(Timer),
    ContactEnds {
        from: PeerRef,
        to: PeerRef,
        external: bool,
    },
    Join {
        who: PeerHandle,
        complete: bool,
    },
    Complete(PeerRef),
    /// `silently`: its goodbye reaches nobody.
    Leave {
        who: PeerRef,
        silently: bool,
    },
    Disconnect(PeerRef, PeerRef),
}

#[derive(Default)]
struct Connections(BTreeSet<(PeerRef, PeerRef)>);

impl Neighbourhood for Connections {
    fn connections(&self, peer: PeerSlot) -> u32 {
        self.0.iter().filter(|(a, _)| a.slot == peer).count() as u32
    }
    /// Slots stand for ISPs here: even ones are of one, odd ones of another.
    fn external(&self, peer: PeerSlot) -> u32 {
        self.0.iter().filter(|(a, b)| a.slot == peer && a.slot.0 % 2 != b.slot.0 % 2).count() as u32
    }
    fn connected(&self, peer: PeerSlot, other: PeerRef) -> bool {
        self.0.iter().any(|(a, b)| a.slot == peer && *b == other)
    }
}

struct Held<'a>(&'a BTreeMap<PeerSlot, u64>);

impl Holdings for Held<'_> {
    fn pieces(&self, peer: PeerSlot) -> (Arc<[u64]>, u32) {
        (vec![self.0.get(&peer).copied().unwrap_or(0)].into(), 8)
    }
}

/// The little world.
struct Little {
    plane: ControlPlane,
    discovery: DiscoverySpec,
    now: SimTime,
    events: BTreeMap<(SimTime, u64), Event>,
    scheduled: u64,
    recorder: Recorder,
    connections: Connections,
    present: BTreeSet<PeerRef>,
    /// Peers that refuse every contact.
    closed: BTreeSet<PeerRef>,
    /// Contacts that were begun: when, who, whom.
    contacts: Vec<(SimTime, PeerRef, PeerRef)>,
    /// What peers hold, by slot: pieces of eight.
    held: BTreeMap<PeerSlot, u64>,
    /// Messages that were sent: when, by whom, what.
    sent: Vec<(SimTime, Endpoint, Message)>,
}

/// Nothing is regular, nothing early, one list, nobody wanted in excess.
fn discovery() -> DiscoverySpec {
    DiscoverySpec {
        list: 50,
        interval: None,
        low_mark: 0,
        min_interval: secs(60),
        timeout: secs(15),
        retry: secs(5),
        retry_max: secs(40),
        wanted: 40,
        max_connections: 55,
        half_open: 100,
        connect_timeout: secs(20),
        backoff: secs(100),
        attempts: 3,
        accumulate: true,
    }
}

/// A server with a service time of 1 s.
fn server() -> ServerSpec {
    ServerSpec { as_number: None, service_time: Distribution::Constant(secs(1)), outages: Vec::new() }
}

fn down(from: u64, until: u64) -> ServerSpec {
    ServerSpec { outages: vec![Outage { from: at(from), until: at(until) }], ..server() }
}

fn by_hops() -> Vec<NamedStrategy> {
    vec![NamedStrategy { name: "as-hops".to_owned(), strategy: Arc::new(AsHops) as Arc<dyn Strategy> }]
}

/// OMS and UNIS; the OMS asks again after `max_age`.
fn managed(oms: ServerSpec, unis: ServerSpec, max_age: SimDuration) -> ManagementSpec {
    ManagementSpec::Managed(ManagedSpec {
        oms: OmsSpec { order: by_hops(), ..OmsSpec::by_lot(oms) },
        unis: Some(UnisSpec { server: unis, max_age }),
    })
}

impl Little {
    fn new(management: &ManagementSpec, discovery: DiscoverySpec) -> Self {
        Self::with_contacts(management, discovery, ContactOrder::AsListed)
    }

    fn with_contacts(management: &ManagementSpec, discovery: DiscoverySpec, contacts: ContactOrder) -> Self {
        Self {
            plane: ControlPlane::new(management, &discovery, contacts, Arc::new(Line), &|_| AsIndex(0)),
            discovery,
            now: SimTime::ZERO,
            events: BTreeMap::new(),
            scheduled: 0,
            recorder: Recorder::default(),
            connections: Connections::default(),
            present: BTreeSet::new(),
            closed: BTreeSet::new(),
            contacts: Vec::new(),
            held: BTreeMap::new(),
            sent: Vec::new(),
        }
    }

    fn schedule(&mut self, when: SimTime, event: Event) {
        assert!(when >= self.now, "{event:?} is asked for in the past");
        self.events.insert((when, self.scheduled), event);
        self.scheduled += 1;
    }

    /// Peer `slot` arrives at `seconds` in AS `as_index`.
    fn join(&mut self, seconds: u64, slot: u32, as_index: u32, complete: bool) {
        let uplink = BitRate::new(1_000 * u64::from(slot));
        let who = PeerHandle { peer: peer(slot), identity: Identity(slot), as_index: AsIndex(as_index), uplink };
        self.schedule(at(seconds), Event::Join { who, complete });
    }

    /// Runs until `seconds`, included.
    fn run_until(&mut self, seconds: u64) {
        while let Some((&(when, number), _)) = self.events.first_key_value()
            && when <= at(seconds)
        {
            let Some(event) = self.events.remove(&(when, number)) else { return };
            self.now = when;
            self.happen(event);
        }
    }

    fn happen(&mut self, event: Event) {
        match &event {
            Event::Join { who, .. } => drop(self.present.insert(who.peer)),
            Event::Leave { who, .. } => drop(self.present.remove(who)),
            Event::Disconnect(a, b) => {
                self.connections.0.retain(|pair| *pair != (*a, *b) && *pair != (*b, *a));
            }
            _ => {}
        }
        let outcome = match event {
            Event::ContactEnds { from, to, .. } => self.outcome(from, to),
            _ => ContactOutcome::Refused,
        };
        let mut out = Outbox::new();
        let mut cx = Context {
            now: self.now,
            seed: Seed::new(1, 0),
            out: &mut out,
            recorder: &mut self.recorder,
            neighbourhood: &self.connections,
            holdings: &Held(&self.held),
        };
        let plane = &mut self.plane;
        match event {
            Event::Message { to: Endpoint::Peer(who), from, message, .. } if !self.present.contains(&who) => {
                cx.recorder.lost(plane.endpoint_kind(from), "peer", message.name());
            }
            Event::Message { to, from, sent, message } => plane.message(&mut cx, to, from, sent, message),
            Event::Timer(timer) => plane.timer(&mut cx, timer),
            Event::ContactEnds { from, to, external } => plane.contact_ended(&mut cx, from, to, external, outcome),
            Event::Join { who, complete } => plane.peer_joined(&mut cx, who, complete),
            Event::Complete(who) => plane.peer_completed(&mut cx, who),
            Event::Leave { who, silently } => {
                plane.peer_left(&mut cx, who);
                if silently {
                    out.clear();
                }
            }
            Event::Disconnect(a, b) => {
                for who in [a, b] {
                    plane.connection_lost(&mut cx, who);
                }
            }
        }
        for effect in out {
            self.carry_out(effect);
        }
    }

    fn outcome(&mut self, from: PeerRef, to: PeerRef) -> ContactOutcome {
        if !self.present.contains(&to) {
            ContactOutcome::TimedOut
        } else if self.closed.contains(&to) || self.connections.0.contains(&(from, to)) {
            ContactOutcome::Refused
        } else {
            self.connections.0.extend([(from, to), (to, from)]);
            ContactOutcome::Connected
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send { from, to, message } => {
                let names = (self.plane.endpoint_kind(from), self.plane.endpoint_kind(to), message.name());
                self.recorder.sent(names.0, names.1, names.2, 1, message.size().get());
                self.sent.push((self.now, from, message.clone()));
                let sent = self.now;
                self.schedule(self.now + LATENCY, Event::Message { to, from, sent, message });
            }
            Effect::Timer { at, timer } => self.schedule(at, Event::Timer(timer)),
            Effect::Disconnect { from, to } => self.schedule(self.now, Event::Disconnect(from, to)),
            Effect::Contact { from, to, external } => {
                self.contacts.push((self.now, from, to));
                // Whoever is here answers after a second.
                let wait = if self.present.contains(&to) { secs(1) } else { self.discovery.connect_timeout };
                self.schedule(self.now + wait, Event::ContactEnds { from, to, external });
            }
        }
    }

    /// When `who` began to contact whom.
    fn contacts_of(&self, slot: u32) -> Vec<(u64, u32)> {
        let own = self.contacts.iter().filter(|(_, from, _)| *from == peer(slot));
        own.map(|(when, _, to)| (whole_seconds(*when), to.slot.0)).collect()
    }

    /// When `who` announced what.
    fn announces_of(&self, slot: u32) -> Vec<(u64, Announce)> {
        let own = self.sent.iter().filter(|(_, from, _)| *from == Endpoint::Peer(peer(slot)));
        own.filter_map(|(when, _, message)| match message {
            Message::Announce { announce, .. } => Some((whole_seconds(*when), *announce)),
            _ => None,
        })
        .collect()
    }

    /// The lists sent, in order: when, and the slots listed.
    fn lists(&self) -> Vec<(u64, Vec<u32>)> {
        let lists = self.sent.iter().filter_map(|(when, _, message)| match message {
            Message::List { entries, .. } => {
                Some((whole_seconds(*when), entries.iter().map(|e| e.peer.slot.0).collect()))
            }
            _ => None,
        });
        lists.collect()
    }

    /// The queries of UNIS, in order: when, and from which AS.
    fn queries(&self) -> Vec<(u64, u32)> {
        let queries = self.sent.iter().filter_map(|(when, _, message)| match message {
            Message::NetworkQuery { as_index, .. } => Some((whole_seconds(*when), as_index.0)),
            _ => None,
        });
        queries.collect()
    }

    fn count_sent(&self, name: &str) -> usize {
        self.sent.iter().filter(|(_, _, message)| message.name() == name).count()
    }

    fn finish(self) -> Recorded {
        self.recorder.finish()
    }
}

fn whole_seconds(when: SimTime) -> u64 {
    assert!(when.as_nanos().is_multiple_of(1_000_000_000), "every event of these tests is at a whole second");
    when.as_nanos() / 1_000_000_000
}
