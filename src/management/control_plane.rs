//! The control plane of one run: its servers, and every present peer's own side.

use std::sync::Arc;

use super::effect::{ContactOutcome, Context, Effect, PeerHandle, Timer, TimerOwner};
use super::message::{Endpoint, Message, ServerIndex, ServerKind};
use super::oms::{Advisor, Oms};
use super::peer::{Ended, Peers};
use super::server::{Desk, Request, ServerInfo, TIMER_ASK_AGAIN, TIMER_SERVED};
use super::spec::{ContactOrder, DiscoverySpec, ManagementSpec, ServerSpec};
use super::tracker::{Announced, Tracker};
use super::unis::Unis;
use crate::guidance::NetworkView;
use crate::metrics::FactKind;
use crate::units::{AsIndex, AsNumber, Identity, PeerRef, SimTime};

/// The control plane of one arm's run. It schedules nothing: each handler writes [effects](super::Effect) into the
/// context's outbox.
pub struct ControlPlane {
    servers: Vec<Server>,
    peers: Peers,
}

struct Server {
    desk: Desk,
    role: Role,
}

enum Role {
    Tracker(Tracker),
    Oms(Box<Oms>),
    Unis(Unis),
}

impl ControlPlane {
    /// The servers that `spec` asks for, and no peers yet. `view` is what UNIS will see; `server_as` says where a
    /// server lives whose scenario names this AS, or none.
    pub fn new(
        spec: &ManagementSpec,
        discovery: &DiscoverySpec,
        contacts: ContactOrder,
        view: Arc<dyn NetworkView + Send + Sync>,
        server_as: &dyn Fn(Option<AsNumber>) -> AsIndex,
    ) -> Self {
        let server = |index: u8, kind: ServerKind, server: &ServerSpec, role: Role| {
            let as_index = server_as(server.as_number);
            let identity = Identity::server(kind.number());
            Server { desk: Desk::new(server, ServerInfo { index: ServerIndex(index), kind, identity, as_index }), role }
        };
        let servers = match spec {
            ManagementSpec::Unmanaged(tracker) => {
                vec![server(0, ServerKind::Tracker, tracker, Role::Tracker(Tracker::new(discovery.interval)))]
            }
            ManagementSpec::Managed(managed) => {
                let advisor = managed.unis.as_ref().map(|unis| Advisor { unis: ServerIndex(1), max_age: unis.max_age });
                let oms = Box::new(Oms::new(&managed.oms, discovery, advisor));
                let mut servers = vec![server(0, ServerKind::Oms, &managed.oms.server, Role::Oms(oms))];
                if let Some(unis) = &managed.unis {
                    servers.push(server(1, ServerKind::Unis, &unis.server, Role::Unis(Unis::new(view))));
                }
                servers
            }
        };
        let limits = spec.neighbours().unwrap_or_default();
        Self { servers, peers: Peers::new(discovery, limits, spec.reports(), contacts, ServerIndex(0)) }
    }

    /// The servers, by index.
    pub fn servers(&self) -> Vec<ServerInfo> {
        self.servers.iter().map(|server| server.desk.info).collect()
    }

    /// Kind of sender or receiver as in `messages.csv`: `peer`, `tracker`, `oms`, `unis`.
    pub fn endpoint_kind(&self, endpoint: Endpoint) -> &'static str {
        match endpoint {
            Endpoint::Peer(_) => "peer",
            Endpoint::Server(index) => self.servers[usize::from(index.0)].desk.info.kind.name(),
        }
    }

    /// A peer has arrived: it announces itself. `complete`: it has everything.
    pub fn peer_joined(&mut self, cx: &mut Context, who: PeerHandle, complete: bool) {
        self.peers.joined(cx, who, complete);
    }

    /// A peer has everything now: it says so, and looks for peers that lack something.
    pub fn peer_completed(&mut self, cx: &mut Context, who: PeerRef) {
        self.peers.completed(cx, who);
    }

    /// A peer leaves: it says so and waits for no answer. Its slot may be given to another.
    pub fn peer_left(&mut self, cx: &mut Context, who: PeerRef) {
        self.peers.left(cx, who);
    }

    /// A present peer has lost a connection: it may contact the next listed peer, or announce itself early.
    pub fn connection_lost(&mut self, cx: &mut Context, who: PeerRef) {
        self.peers.connection_lost(cx, who);
    }

    /// A contact attempt of `who`, asked for by an effect, has ended. `external`: as the effect said.
    pub fn contact_ended(
        &mut self,
        cx: &mut Context,
        who: PeerRef,
        target: PeerRef,
        external: bool,
        outcome: ContactOutcome,
    ) {
        self.peers.contact_ended(cx, who, Ended { target, external, outcome });
    }

    /// Whether the lists allow `to` to accept a contact of `from`: always, unless the arm says `accept = "listed"`.
    pub fn vouched(&self, from: PeerRef, to: PeerRef) -> bool {
        self.peers.vouched(from, to)
    }

    /// A message has arrived at `to`, sent at `sent`. What arrives for a peer that is gone is the world's to count.
    pub fn message(&mut self, cx: &mut Context, to: Endpoint, from: Endpoint, sent: SimTime, message: Message) {
        let from_kind = self.endpoint_kind(from);
        match to {
            Endpoint::Peer(who) => {
                let Some(handle) = self.peers.present(who) else { return };
                cx.recorder.fact(cx.now, FactKind::ControlDelivered, handle.identity.0, message.code());
                cx.recorder.delivered(from_kind, "peer", message.name(), cx.now.since(sent));
                match (message, from) {
                    (Message::List { request, entries }, _) => self.peers.listed(cx, who, request, &entries),
                    (Message::Probe { sent }, _) => {
                        let message = Message::ProbeAnswer { sent };
                        cx.out.push(Effect::Send { from: to, to: from, message });
                    }
                    (Message::ProbeAnswer { sent }, Endpoint::Peer(other)) => {
                        self.peers.probe_answered(cx, who, other, cx.now.since(sent));
                    }
                    _ => {}
                }
            }
            Endpoint::Server(index) => {
                let request = Request { from, from_kind, sent, message };
                self.servers[usize::from(index.0)].arrive(cx, request);
            }
        }
    }

    /// A timer's time has come.
    pub fn timer(&mut self, cx: &mut Context, timer: Timer) {
        match timer.owner {
            TimerOwner::Peer(who) => self.peers.timer(cx, who, timer.kind, timer.token),
            TimerOwner::Server(index) => self.servers[usize::from(index.0)].timer(cx, timer.kind, timer.token),
        }
    }
}

impl Server {
    fn arrive(&mut self, cx: &mut Context, request: Request) {
        self.catch_up(cx);
        let next = if let Message::NetworkAnswer { .. } = request.message {
            // An answer does not queue: it takes no work.
            if self.desk.is_down(cx.now) {
                cx.recorder.lost(request.from_kind, self.desk.info.kind.name(), request.message.name());
                return;
            }
            self.desk.deliver(cx, &request);
            Some(request)
        } else {
            self.desk.arrive(cx, request)
        };
        if let Some(request) = next {
            self.handle(cx, request);
        }
    }

    fn timer(&mut self, cx: &mut Context, kind: u8, token: u32) {
        self.catch_up(cx);
        match kind {
            TIMER_SERVED => {
                let Some(request) = self.desk.served(token) else { return };
                self.handle(cx, request);
                // Requests that take no time are handled at once, the first other one is taken up.
                while let Some(request) = self.desk.take_up(cx) {
                    self.handle(cx, request);
                }
            }
            TIMER_ASK_AGAIN => {
                if let Role::Oms(oms) = &mut self.role {
                    oms.ask_again(cx, self.desk.info.index, token);
                }
            }
            _ => {}
        }
    }

    fn catch_up(&mut self, cx: &mut Context) {
        if self.desk.catch_up(cx)
            && let Role::Oms(oms) = &mut self.role
        {
            oms.interrupted();
        }
    }

    fn handle(&mut self, cx: &mut Context, request: Request) {
        let server = self.desk.info.index;
        match (&mut self.role, request.message, request.from) {
            (
                role @ (Role::Tracker(_) | Role::Oms(_)),
                Message::Announce { announce, identity, as_index, complete, uplink, want, request },
                Endpoint::Peer(peer),
            ) => {
                let announced = Announced { announce, peer, identity, as_index, complete, uplink, want, request };
                match role {
                    Role::Tracker(tracker) => tracker.announced(cx, server, announced),
                    Role::Oms(oms) => oms.announced(cx, server, announced),
                    Role::Unis(_) => {}
                }
            }
            (Role::Oms(oms), Message::NetworkAnswer { as_index, costs, as_of }, _) => {
                oms.told(cx, server, as_index, costs, as_of);
            }
            (Role::Oms(oms), Message::ActivityReport { held, pieces, .. }, Endpoint::Peer(peer)) => {
                oms.reported(cx, peer, &held, pieces);
            }
            (Role::Unis(unis), Message::NetworkQuery { as_index, details }, from) => {
                unis.asked(cx, server, from, as_index, details);
            }
            (_, message, from) => {
                debug_assert!(false, "nobody sends {} from {from:?} to this server", message.name());
            }
        }
    }
}
