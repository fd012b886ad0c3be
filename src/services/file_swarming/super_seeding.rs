//! Super-seeding: an initial seed that pretends to have nothing (BEP 16, "Superseeding", Hoffman 2008).
//!
//! The seed tells each neighbour of one piece, by a HAVE that takes its time; nothing else can be requested from it. It
//! tells of the next when the neighbour has announced that one and another neighbour has announced it too (BEP 16;
//! libtorrent `strict_super_seeding`). Told is the piece of which fewest neighbours have been told or have announced it,
//! ties by lot. What has been told stays told.
//!
//! BEP 16 does not say what happens when nobody can pass a piece on. Here a neighbour is told of the next piece without
//! that when no other neighbour of the seed lacks anything, and all that have what they were told of are when nobody has
//! been interested in the seed for [`PATIENCE`].
//!
//! **Limits**: what a seed reveals is no copy to rarest-first at the neighbour, as seeds never are.

use std::collections::{BTreeMap, VecDeque};

use super::masks::Relation;
use super::swarm::{FileSwarming, timer};
use crate::overlay::ConnId;
use crate::random::Purpose;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::{PeerSlot, SimDuration, SimTime};

/// A seed without an interested neighbour for so long tells of more pieces.
const PATIENCE: SimDuration = SimDuration::from_secs(10);

/// No piece.
const NONE: u32 = u32::MAX;

/// What a super-seed told the neighbour at one of its ends, and heard from it.
#[derive(Debug)]
struct Told {
    /// Pieces it told of.
    of: Vec<u64>,
    /// Pieces that the neighbour announced.
    announced: Vec<u64>,
    /// The piece told of last, or `NONE`.
    last: u32,
    /// When the neighbour hears of it.
    known: SimTime,
    /// Whether another neighbour has announced it.
    spread: bool,
    /// HAVEs of the neighbour under way, in order of time.
    coming: VecDeque<(u32, SimTime)>,
}

/// A super-seed.
#[derive(Debug, Default)]
struct Seed {
    /// Per piece: neighbours that were told of it or announced it.
    copies: Vec<u32>,
    /// Counts what was told: a clock set before is out of date.
    stamp: u32,
    /// Whether a clock runs.
    waits: bool,
}

/// All super-seeds; empty where seeds are ordinary ones.
#[derive(Debug, Default)]
pub(super) struct SuperSeeds {
    /// By the seed's end.
    told: BTreeMap<u32, Told>,
    /// By slot.
    seeds: BTreeMap<u32, Seed>,
    /// The super-seed's end of the connection looked at (`mask_unknown`), if it has one.
    looked_at: Option<ConnId>,
}

impl SuperSeeds {
    pub(super) fn bytes(&self) -> u64 {
        let told = self.told.values().map(|told| {
            let words = told.of.capacity() + told.announced.capacity();
            size_of::<Told>() + words * 8 + told.coming.capacity() * size_of::<(u32, SimTime)>()
        });
        let seeds = self.seeds.values().map(|seed| size_of::<Seed>() + seed.copies.capacity() * 4);
        (told.sum::<usize>() + seeds.sum::<usize>()) as u64
    }
}

impl FileSwarming {
    fn super_seeds(&self, peer: PeerSlot) -> bool {
        self.spec.seeding.super_seeding && self.peers[peer].source
    }

    /// A peer has joined.
    pub(super) fn prepare_super_seed(&mut self, peer: PeerSlot) {
        if self.super_seeds(peer) {
            let pieces = self.pieces.pieces() as usize;
            let seed = self.super_seeds.seeds.entry(peer.0).or_default();
            *seed = Seed { copies: vec![0; pieces], stamp: seed.stamp + 1, waits: false };
        }
    }

    /// The owner of `end` has met its neighbour, whose bitfield it knows; a super-seed tells of a first piece.
    pub(super) fn begin_super_seeding(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let (peer, neighbour) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        if !self.super_seeds(peer) {
            return;
        }
        let announced = self.pieces.have(neighbour).to_vec();
        if let Some(seed) = self.super_seeds.seeds.get_mut(&peer.0) {
            for (copies, piece) in seed.copies.iter_mut().zip(0..) {
                *copies += u32::from(is_set(&announced, piece));
            }
        }
        let of = vec![0; announced.len()];
        let coming = VecDeque::new();
        let told = Told { of, announced, last: NONE, known: SimTime::ZERO, spread: false, coming };
        self.super_seeds.told.insert(end.0, told);
        if !self.peers[neighbour].complete {
            self.reveal(cx, end);
        }
    }

    /// The connection of `end` closes: what its neighbour has does not count any more.
    pub(super) fn end_super_seeding(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let Some(told) = self.super_seeds.told.remove(&end.0) else { return };
        let peer = cx.overlay.owner(end);
        if let Some(seed) = self.super_seeds.seeds.get_mut(&peer.0) {
            for (copies, piece) in seed.copies.iter_mut().zip(0..) {
                *copies -= u32::from(is_set(&told.of, piece) || is_set(&told.announced, piece));
            }
        }
        self.wait_for_interest(cx, peer);
    }

    /// The super-seed tells the neighbour at `end` of one more piece, if it knows one that the neighbour lacks.
    fn reveal(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let peer = cx.overlay.owner(end);
        let Some(piece) = self.rarest_untold(cx, end) else { return };
        let known = self.tell_have(cx, end, piece);
        let spread = cx
            .overlay
            .connections_of(peer)
            .filter(|other| *other != end)
            .any(|other| self.super_seeds.told.get(&other.0).is_some_and(|told| is_set(&told.announced, piece)));
        if let Some(told) = self.super_seeds.told.get_mut(&end.0) {
            set(&mut told.of, piece);
            (told.last, told.known, told.spread) = (piece, known, spread);
        }
        if let Some(seed) = self.super_seeds.seeds.get_mut(&peer.0) {
            seed.copies[piece as usize] += 1;
            seed.stamp += 1;
            seed.waits = false;
        }
        if self.overhead.counts_messages() {
            let state = &mut self.peers[peer];
            state.messages_in_window += super::overhead::HAVE;
            state.account.messages += super::overhead::HAVE;
            self.wire_messages.haves += 1;
        }
        let mate = cx.overlay.mate(end);
        if cx.polling || !self.masks.has(mate, Relation::Wants) || self.masks.has(mate, Relation::Starved) {
            Self::wake(cx, mate, known);
        }
    }

    /// Of the pieces that the neighbour has neither announced nor been told of, one with fewest copies, by lot.
    fn rarest_untold(&mut self, cx: &ServiceContext<'_>, end: ConnId) -> Option<u32> {
        let peer = cx.overlay.owner(end);
        let told = self.super_seeds.told.get(&end.0)?;
        let copies = &self.super_seeds.seeds.get(&peer.0)?.copies;
        let untold =
            || (0..).zip(copies).filter(|(piece, _)| !is_set(&told.of, *piece) && !is_set(&told.announced, *piece));
        let fewest = untold().map(|(_, copies)| *copies).min()?;
        let rarest = || untold().filter(|(_, copies)| **copies == fewest).map(|(piece, _)| piece);
        let state = &mut self.peers[peer];
        state.choices += 1;
        let draw = cx.seed.draw(Purpose::PieceChoice, u64::from(cx.identity(peer).0), u64::from(state.choices));
        let place = (u128::from(draw) * rarest().count() as u128) >> 64;
        rarest().nth(place as usize)
    }

    /// The owner of `end` has verified `piece`, and tells a super-seed at the other end.
    pub(super) fn tell_super_seed(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, piece: u32) {
        let mate = cx.overlay.mate(end);
        if !self.super_seeds(cx.overlay.owner(mate)) {
            return;
        }
        let at = self.have_arrives(cx, end);
        if let Some(told) = self.super_seeds.told.get_mut(&mate.0) {
            told.coming.push_back((piece, at));
            let (owner, other) = (cx.overlay.owner(mate), cx.overlay.owner(end));
            let stamp = cx.overlay.epoch(mate);
            cx.timer(at, owner, other, ServiceTimer { kind: timer::SEED_HEARS, subject: mate.0, stamp }, false);
        }
    }

    /// HAVEs have come to the super-seed's `end`.
    pub(super) fn super_seed_hears(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let peer = cx.overlay.owner(end);
        while let Some(told) = self.super_seeds.told.get_mut(&end.0)
            && let Some((piece, at)) = told.coming.front().copied()
            && at <= cx.now
        {
            told.coming.pop_front();
            set(&mut told.announced, piece);
            let counted = is_set(&told.of, piece);
            if let Some(seed) = self.super_seeds.seeds.get_mut(&peer.0) {
                seed.copies[piece as usize] += u32::from(!counted);
            }
            self.has_spread(cx, end, piece);
        }
        self.wait_for_interest(cx, peer);
    }

    /// The neighbour at `end` has announced `piece`: whoever was told of it may be told of the next.
    fn has_spread(&mut self, cx: &mut ServiceContext<'_>, end: ConnId, piece: u32) {
        let peer = cx.overlay.owner(end);
        let mut ready = Vec::new();
        for other in cx.overlay.connections_of(peer) {
            if let Some(told) = self.super_seeds.told.get_mut(&other.0)
                && told.last == piece
            {
                told.spread |= other != end;
                if told.is_had() && (told.spread || self.is_alone(cx, other)) {
                    ready.push(other);
                }
            }
        }
        for other in ready {
            self.reveal(cx, other);
        }
    }

    /// Whether no other neighbour of the end's owner lacks anything.
    fn is_alone(&self, cx: &ServiceContext<'_>, end: ConnId) -> bool {
        cx.overlay
            .connections_of(cx.overlay.owner(end))
            .all(|other| other == end || self.peers[cx.overlay.neighbour(other)].complete)
    }

    /// If nobody is interested in a super-seed, its patience begins to run out.
    /// Asked after each HAVE (news of lost interest come before the HAVE that ended it) and each departure.
    fn wait_for_interest(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot) {
        if self.masks.any(cx.overlay, peer, Relation::Wanted) {
            return;
        }
        if let Some(seed) = self.super_seeds.seeds.get_mut(&peer.0)
            && !seed.waits
        {
            seed.waits = true;
            let timer = ServiceTimer { kind: timer::PATIENCE, subject: peer.0, stamp: seed.stamp };
            cx.timer(cx.now.saturating_add(PATIENCE), peer, peer, timer, false);
        }
    }

    /// Nobody has been interested in a super-seed for long: who has what it was told of is told of more.
    pub(super) fn patience_ends(&mut self, cx: &mut ServiceContext<'_>, peer: PeerSlot, stamp: u32) {
        let Some(seed) = self.super_seeds.seeds.get_mut(&peer.0) else { return };
        if seed.stamp != stamp || !self.peers[peer].present {
            return;
        }
        seed.waits = false;
        if self.masks.any(cx.overlay, peer, Relation::Wanted) {
            return;
        }
        let ends: Vec<ConnId> = cx.overlay.connections_of(peer).collect();
        for end in ends {
            if self.super_seeds.told.get(&end.0).is_some_and(Told::is_had) {
                self.reveal(cx, end);
            }
        }
    }

    /// From now on the `end` is looked at: notes whether the other is a super-seed's, and masks what it tells just now.
    pub(super) fn look_at_super_seed(&mut self, cx: &ServiceContext<'_>, end: ConnId) {
        self.super_seeds.looked_at = None;
        if !self.super_seeds(cx.overlay.neighbour(end)) {
            return;
        }
        let mate = cx.overlay.mate(end);
        self.super_seeds.looked_at = Some(mate);
        if let Some((piece, _)) = self.told_just_now(cx, end) {
            self.masked.push(piece);
        }
    }

    /// The piece of which `end` will hear from a super-seed, and when.
    pub(super) fn told_just_now(&self, cx: &ServiceContext<'_>, end: ConnId) -> Option<(u32, SimTime)> {
        let told = self.super_seeds.told.get(&cx.overlay.mate(end).0)?;
        (told.last != NONE && told.known > cx.now).then_some((told.last, told.known))
    }

    /// What the end looked at may see of the other's pieces, before masking.
    fn shown(&self, holder: PeerSlot) -> &[u64] {
        match self.super_seeds.looked_at {
            None => self.pieces.have(holder),
            Some(end) => self.super_seeds.told.get(&end.0).map_or(&[], |told| &told.of),
        }
    }

    /// Whether `holder`, at the other end of the connection looked at, shows a piece that `peer` lacks.
    pub(super) fn shows_something(&self, peer: PeerSlot, holder: PeerSlot) -> bool {
        self.pieces.is_interesting(peer, self.shown(holder), &self.masked)
    }

    /// Whether `holder`, at the other end of the connection looked at, shows `piece`.
    pub(super) fn shows(&self, holder: PeerSlot, piece: u32) -> bool {
        let shown = self.shown(holder);
        !shown.is_empty() && is_set(shown, piece) && !self.masked.contains(&piece)
    }

    /// Writes what `peer` could request anew of what `holder` shows it into `candidates`; tells how many.
    pub(super) fn find_candidates(&mut self, peer: PeerSlot, holder: PeerSlot) -> u32 {
        let mut candidates = std::mem::take(&mut self.candidates);
        let found = self.pieces.candidates(peer, self.shown(holder), &self.masked, &mut candidates);
        self.candidates = candidates;
        found
    }
}

impl Told {
    /// Whether the neighbour has announced what it was told of.
    fn is_had(&self) -> bool {
        self.last == NONE || is_set(&self.announced, self.last)
    }
}

fn is_set(words: &[u64], piece: u32) -> bool {
    words[piece as usize / 64] >> (piece % 64) & 1 != 0
}

fn set(words: &mut [u64], piece: u32) {
    words[piece as usize / 64] |= 1 << (piece % 64);
}
