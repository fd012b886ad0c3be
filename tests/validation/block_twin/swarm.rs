//! The state of a swarm and its clock: every message, every block, every second of every peer is an event.

use std::collections::{BTreeMap, VecDeque};

use peerscape::random::{Purpose, Seed, Stream};

use super::picker::{BlockId, Download};
use super::setting::{Choker, Setting};

/// What one end of a connection tells the other.
#[derive(Debug, Clone)]
pub(super) enum Message {
    Interested,
    NotInterested,
    /// With the requests that are rejected.
    Choke(Vec<BlockId>),
    Unchoke,
    Have(usize),
    Request(BlockId),
    Reject(BlockId),
    Cancel(BlockId),
    /// A whole block.
    Piece(BlockId),
}

#[derive(Debug, Clone)]
pub(super) enum Event {
    Arrive(usize),
    Announce(usize),
    Connected(usize, usize),
    Receive(usize, Message),
    Second(usize),
    Round(usize),
    Reweigh(usize),
}

/// One side of a connection: what its owner knows, has asked for and serves.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub(super) owner: usize,
    pub(super) other: usize,
    pub(super) mate: usize,
    pub(super) open: bool,
    /// Its place in the owner's list of connections. The client orders them by their addresses in memory: those of a seed
    /// that waits for peers come one by one, so that they stand in the order of their beginning; those of a leecher begin
    /// many at once, among others that end: by lot.
    pub(super) place: u64,
    /// Pieces that the other has told of.
    pub(super) offers: Vec<bool>,
    pub(super) interested: bool,
    pub(super) wanted_by_other: bool,
    pub(super) choking: bool,
    pub(super) choked: bool,
    pub(super) optimistic: bool,
    pub(super) unchoked_at: f64,
    pub(super) optimistic_at: f64,
    /// Requests sent and not answered.
    pub(super) asked: Vec<BlockId>,
    /// Blocks reserved and not asked for yet.
    pub(super) reserved: VecDeque<BlockId>,
    pub(super) queue: usize,
    pub(super) slow_start: bool,
    pub(super) hungry: bool,
    pub(super) asked_at: f64,
    /// Payload received in this second, in the last, and smoothed, in bytes per second.
    pub(super) got_in_second: f64,
    pub(super) got_last_second: f64,
    pub(super) rate: f64,
    pub(super) got_in_round: f64,
    pub(super) got: f64,
    /// Blocks to send, the first under way.
    pub(super) serving: VecDeque<BlockId>,
    pub(super) left_of_first: f64,
    pub(super) flow: f64,
    pub(super) weight: f64,
    pub(super) sent_in_round: f64,
    pub(super) sent_since_unchoke: f64,
    /// When the last message towards the other end arrives.
    pub(super) last_arrival: f64,
}

#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) ends: Vec<usize>,
    pub(super) download: Download,
    pub(super) present: bool,
    pub(super) to_round: u32,
    pub(super) to_optimistic: u32,
    pub(super) rounds: u32,
    pub(super) completed: Option<f64>,
    pub(super) first_piece: Option<f64>,
    pub(super) up_is_full: bool,
    pub(super) duplicates: u64,
}

pub(super) struct Swarm<'a> {
    pub(super) setting: &'a Setting,
    pub(super) now: f64,
    pub(super) peers: Vec<Peer>,
    pub(super) ends: Vec<End>,
    pub(super) dice: Stream,
    events: BTreeMap<(u64, u64), Event>,
    count: u64,
    /// Whether flows began, ended or changed their weights since rates were computed.
    pub(super) changed: bool,
    pub(super) active: Vec<usize>,
    pub(super) seen: super::result::Seen,
}

impl<'a> Swarm<'a> {
    pub(super) fn new(setting: &'a Setting, replication: u32) -> Self {
        let mut dice = Seed::new(0xB10C, replication).stream(Purpose::Test, 0);
        let peers = setting
            .hosts
            .iter()
            .map(|host| Peer {
                ends: Vec::new(),
                download: Download::new((0..setting.pieces()).map(|piece| setting.blocks(piece)), host.seed, &mut dice),
                present: false,
                to_round: 0,
                to_optimistic: 0,
                rounds: 0,
                completed: None,
                first_piece: None,
                up_is_full: false,
                duplicates: 0,
            })
            .collect();
        let start = setting.hosts.iter().map(|host| host.arrival).fold(0.0, f64::min);
        let mut swarm = Self {
            setting,
            now: start,
            peers,
            ends: Vec::new(),
            dice,
            events: BTreeMap::new(),
            count: 0,
            changed: false,
            active: Vec::new(),
            seen: super::result::Seen::new(setting),
        };
        // Seeds are there before those who come in the same instant, and wait for them.
        for seeds in [true, false] {
            for (peer, host) in setting.hosts.iter().enumerate().filter(|(_, host)| host.seed == seeds) {
                swarm.at(host.arrival, Event::Arrive(peer));
            }
        }
        swarm
    }

    /// Times are kept in nanoseconds from ten seconds before the start, so that they sort as numbers.
    pub(super) fn at(&mut self, time: f64, event: Event) {
        self.count += 1;
        let nanos = ((time.max(self.now) + 10.0) * 1e9) as u64;
        self.events.insert((nanos, self.count), event);
    }

    /// Runs until every leecher is complete, or the deadline.
    pub(super) fn run(mut self) -> super::result::Outcome {
        while self.now < self.setting.deadline && self.peers.iter().any(|peer| !peer.download.complete()) {
            if self.changed {
                self.share_lines();
                self.changed = false;
            }
            let event_at = self.events.first_key_value().map_or(f64::INFINITY, |((at, _), _)| *at as f64 / 1e9 - 10.0);
            let block_at = self
                .active
                .iter()
                .map(|end| self.now + self.ends[*end].left_of_first / self.ends[*end].flow.max(1e-9))
                .fold(f64::INFINITY, f64::min);
            let next = event_at.min(block_at).max(self.now);
            assert!(next.is_finite(), "somebody still has something to do");
            self.advance(next);
            if block_at <= event_at {
                self.send_finished_blocks();
            } else if let Some((_, event)) = self.events.pop_first() {
                self.handle(event);
            }
        }
        super::result::Outcome::of(&self)
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Arrive(peer) => self.arrive(peer),
            Event::Announce(peer) => self.announce(peer),
            Event::Connected(a, b) => self.connect(a, b),
            Event::Receive(end, message) => self.receive(end, message),
            Event::Second(peer) => self.second(peer),
            Event::Round(peer) => {
                self.round(peer);
                self.at(self.now + self.setting.spec.choking.round.as_secs_f64(), Event::Round(peer));
            }
            Event::Reweigh(end) => self.reweigh(end),
        }
    }

    fn arrive(&mut self, peer: usize) {
        self.peers[peer].present = true;
        self.announce(peer);
        let phase = self.dice.uniform();
        self.at(self.now + phase, Event::Second(peer));
        if self.setting.choker == Choker::Crate {
            let phase = self.dice.uniform() * self.setting.spec.choking.round.as_secs_f64();
            self.at(self.now + phase, Event::Round(peer));
        }
    }

    /// The tracker answers, and the peer connects to everybody on the list.
    fn announce(&mut self, peer: usize) {
        use super::setting::Lists;
        let mut others: Vec<usize> = (0..self.peers.len()).filter(|p| *p != peer && self.peers[*p].present).collect();
        self.dice.shuffle(&mut others);
        let isp = |peer: usize| self.setting.hosts[peer].isp;
        match self.setting.lists {
            Lists::Random(size) => others.truncate(size),
            Lists::OwnFirst { size, external } => {
                let (mut own, mut foreign): (Vec<usize>, Vec<usize>) =
                    others.into_iter().partition(|other| isp(*other) == isp(peer));
                foreign.truncate(external.min(size));
                own.truncate(size - foreign.len());
                own.append(&mut foreign);
                others = own;
            }
        }
        let up = self.setting.hosts[peer].up;
        let asked = if up > 0.0 { self.now + self.setting.announce / up } else { self.now };
        for other in others {
            // TCP, then handshakes and bitfields.
            let round_trip = 2.0 * self.setting.delay_between(peer, other);
            self.at(asked + 2.0 * round_trip, Event::Connected(peer, other));
        }
        self.at(self.now + self.setting.interval, Event::Announce(peer));
    }

    fn connect(&mut self, a: usize, b: usize) {
        let known = self.peers[a].ends.iter().any(|end| self.ends[*end].other == b);
        if known || (self.peers[a].download.complete() && self.peers[b].download.complete()) {
            return;
        }
        let first = self.ends.len();
        for (owner, other, mate) in [(a, b, first + 1), (b, a, first)] {
            let offers = self.peers[other].download.have.clone();
            for (piece, offered) in offers.iter().enumerate() {
                if *offered {
                    self.count_copy(owner, piece);
                }
            }
            let weight = self.draw_weight();
            let lot = self.dice.word();
            self.ends.push(End {
                owner,
                other,
                mate,
                open: true,
                place: if self.setting.hosts[owner].seed { self.ends.len() as u64 } else { lot },
                offers,
                interested: false,
                wanted_by_other: false,
                choking: true,
                choked: true,
                optimistic: false,
                unchoked_at: self.now,
                optimistic_at: -1.0,
                asked: Vec::new(),
                reserved: VecDeque::new(),
                queue: 4,
                slow_start: true,
                hungry: false,
                asked_at: self.now,
                got_in_second: 0.0,
                got_last_second: 0.0,
                rate: 0.0,
                got_in_round: 0.0,
                got: 0.0,
                serving: VecDeque::new(),
                left_of_first: 0.0,
                flow: 0.0,
                weight,
                sent_in_round: 0.0,
                sent_since_unchoke: 0.0,
                last_arrival: self.now,
            });
            self.peers[owner].ends.push(mate ^ 1);
        }
        for end in [first, first + 1] {
            // Pairs of ends are neighbours: the mate of an even one is the next.
            debug_assert!(self.ends[end].mate == end ^ 1);
            if let Some((_, lasts)) = self.setting.unequal() {
                let at = self.now + self.dice.uniform() * lasts;
                self.at(at, Event::Reweigh(end));
            }
            self.reconsider(end);
        }
    }

    pub(super) fn disconnect(&mut self, end: usize) {
        for end in [end, end ^ 1] {
            self.drop_requests(end);
            let owner = self.ends[end].owner;
            self.ends[end].open = false;
            self.changed |= !self.ends[end].serving.is_empty();
            self.ends[end].serving.clear();
            self.peers[owner].ends.retain(|other| *other != end);
            for piece in 0..self.ends[end].offers.len() {
                if self.ends[end].offers[piece] {
                    self.peers[owner].download.copies[piece] -= 1;
                }
            }
        }
    }

    fn draw_weight(&mut self) -> f64 {
        let Some((sigma, _)) = self.setting.unequal() else {
            return 1.0;
        };
        // Box and Muller 1958.
        let (u, v) = (1.0 - self.dice.uniform(), self.dice.uniform());
        (sigma * (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()).exp()
    }

    fn reweigh(&mut self, end: usize) {
        if let Some((_, lasts)) = self.setting.unequal()
            && self.ends[end].open
        {
            self.ends[end].weight = self.draw_weight();
            self.changed = true;
            self.at(self.now + lasts, Event::Reweigh(end));
        }
    }

    pub(super) fn count_copy(&mut self, peer: usize, piece: usize) {
        let lot = self.dice.word();
        let download = &mut self.peers[peer].download;
        download.copies[piece] += 1;
        download.lot[piece] = lot;
    }
}
