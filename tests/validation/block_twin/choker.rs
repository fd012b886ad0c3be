//! Who may download: rounds, optimistic slots, and what happens between rounds.

use peerscape::services::file_swarming::{ChokeOrder, SeedOrder};

use super::setting::Choker;
use super::swarm::{Message, Swarm};

impl Swarm<'_> {
    fn all_slots(&self, peer: usize) -> usize {
        let choking = &self.setting.spec.choking;
        let regular =
            if self.peers[peer].download.complete() { self.setting.spec.seeding.slots } else { choking.slots };
        (regular + choking.optimistic) as usize
    }

    fn unchoked(&self, peer: usize) -> usize {
        self.peers[peer].ends.iter().filter(|end| !self.ends[**end].choking).count()
    }

    /// The other end says that it wants something.
    pub(super) fn interested(&mut self, end: usize) {
        self.ends[end].wanted_by_other = true;
        let peer = self.ends[end].owner;
        if !self.ends[end].choking {
            self.tell(end, Message::Unchoke);
        } else if self.setting.hosts[peer].up > 0.0 && self.unchoked(peer) < self.all_slots(peer) {
            self.unchoke(end);
        }
    }

    /// The other end says that it wants nothing any more: its slot is free at once.
    pub(super) fn not_interested(&mut self, end: usize) {
        self.ends[end].wanted_by_other = false;
        if self.ends[end].choking {
            return;
        }
        let peer = self.ends[end].owner;
        match self.setting.choker {
            Choker::Client => {
                if self.ends[end].optimistic {
                    self.peers[peer].to_optimistic = 0;
                }
                self.peers[peer].to_round = 0;
                self.choke(end);
            }
            Choker::Crate => {
                self.choke(end);
                self.refill(peer);
            }
        }
    }

    fn unchoke(&mut self, end: usize) {
        self.ends[end].choking = false;
        self.ends[end].unchoked_at = self.now;
        self.ends[end].sent_since_unchoke = 0.0;
        self.tell(end, Message::Unchoke);
    }

    /// Blocks that were handed to the socket still go; the others are rejected.
    pub(super) fn choke(&mut self, end: usize) {
        self.ends[end].choking = true;
        self.ends[end].optimistic = false;
        let kept = self.committed_blocks(end);
        let rejected = self.ends[end].serving.split_off(kept);
        self.changed |= kept == 0;
        self.tell(end, Message::Choke(rejected.into()));
    }

    /// Interested neighbours, best first.
    fn in_order(&mut self, peer: usize) -> Vec<usize> {
        let mut ends: Vec<usize> =
            self.peers[peer].ends.iter().copied().filter(|end| self.ends[*end].wanted_by_other).collect();
        self.dice.shuffle(&mut ends);
        let complete = self.peers[peer].download.complete();
        let keys: Vec<[f64; 4]> = ends.iter().map(|end| self.key(*end, complete)).collect();
        let mut order: Vec<usize> = (0..ends.len()).collect();
        order.sort_by(|a, b| {
            keys[*a]
                .iter()
                .zip(&keys[*b])
                .map(|(a, b)| a.total_cmp(b))
                .find(|c| c.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        order.into_iter().map(|place| ends[place]).collect()
    }

    /// The smallest comes first; ties by lot, the client's as its selection leaves them.
    fn key(&self, end: usize, complete: bool) -> [f64; 4] {
        let spec = &self.setting.spec;
        let state = &self.ends[end];
        let quota = f64::from(spec.seeding.quota_pieces) * spec.piece.get() as f64;
        let used_up = !state.choking
            && state.sent_since_unchoke > quota
            && self.now - state.unchoked_at > spec.seeding.quota_time.as_secs_f64();
        let sent = if state.choking { 0.0 } else { state.sent_in_round };
        let given = match spec.choking.order {
            ChokeOrder::TitForTat => -state.got_in_round,
            ChokeOrder::Random => 0.0,
        };
        if self.setting.choker == Choker::Client {
            return [given, f64::from(u8::from(used_up)), -sent, state.unchoked_at];
        }
        // An optimistic slot becomes a regular one only for more than equal merit.
        let optimistic = f64::from(u8::from(state.optimistic));
        if !complete {
            return [given, optimistic, 0.0, 0.0];
        }
        match spec.seeding.order {
            SeedOrder::FastestFirst | SeedOrder::AntiLeech | SeedOrder::Random => [-state.sent_in_round, 0.0, 0.0, 0.0],
            // As in `choker.cpp`: not who has used up its quota, most served first, then whose last unchoke is longest ago.
            SeedOrder::RoundRobin => [f64::from(u8::from(used_up)), -sent, state.unchoked_at, optimistic],
        }
    }

    /// Crate: gives free slots to those who wait, best first.
    fn refill(&mut self, peer: usize) {
        let free = self.all_slots(peer).saturating_sub(self.unchoked(peer));
        let waiting: Vec<usize> = self.in_order(peer).into_iter().filter(|end| self.ends[*end].choking).collect();
        if self.setting.hosts[peer].up > 0.0 {
            for end in waiting.into_iter().take(free) {
                self.unchoke(end);
            }
        }
    }

    /// One choke round.
    pub(super) fn round(&mut self, peer: usize) {
        if self.setting.hosts[peer].up > 0.0 {
            match self.setting.choker {
                Choker::Crate => self.crate_round(peer),
                Choker::Client => self.client_round(peer),
            }
        }
        for end in self.peers[peer].ends.clone() {
            self.ends[end].got_in_round = 0.0;
            self.ends[end].sent_in_round = 0.0;
        }
    }

    fn crate_round(&mut self, peer: usize) {
        let optimistic = self.setting.spec.choking.optimistic as usize;
        let regular = self.all_slots(peer) - optimistic;
        let mut order = self.in_order(peer);
        let contested = order.len() > regular + optimistic;
        let rotate = self.peers[peer].rounds.is_multiple_of(self.setting.spec.choking.optimistic_rounds);
        self.peers[peer].rounds += 1;
        if contested {
            order[regular..].sort_by(|a, b| {
                let class = |end: usize| {
                    let stays = !rotate && self.ends[end].optimistic;
                    if stays { 0 } else { 1 + u8::from(!self.ends[end].choking) }
                };
                let last = |end: usize| self.ends[end].optimistic_at;
                class(*a).cmp(&class(*b)).then(last(*a).total_cmp(&last(*b)))
            });
        }
        let kept = order.len().min(regular + optimistic);
        for end in order.split_off(kept) {
            if !self.ends[end].choking {
                self.choke(end);
            }
        }
        for (place, end) in order.into_iter().enumerate() {
            let luck = contested && place >= regular;
            if luck && !self.ends[end].optimistic {
                self.ends[end].optimistic_at = self.now;
            }
            self.ends[end].optimistic = luck;
            if self.ends[end].choking {
                self.unchoke(end);
            }
        }
    }

    /// `session_impl::recalculate_unchoke_slots`: of the best `slots`, in the order in which the selection leaves them, all
    /// but `optimistic` are regular.
    fn client_round(&mut self, peer: usize) {
        let slots = self.all_slots(peer);
        let complete = self.peers[peer].download.complete();
        let ends = self.peers[peer].ends.iter().copied().filter(|end| self.ends[*end].wanted_by_other);
        let mut ends: Vec<usize> = ends.collect();
        ends.sort_by_key(|end| self.ends[*end].place);
        let mut order: Vec<([f64; 4], usize)> = ends.into_iter().map(|end| (self.key(end, complete), end)).collect();
        if order.len() > slots {
            select(&mut order, slots);
        }
        let regular = slots - self.setting.spec.choking.optimistic as usize;
        for (place, (_, end)) in order.into_iter().enumerate() {
            if place < regular {
                if self.ends[end].choking {
                    self.unchoke(end);
                } else if self.ends[end].optimistic {
                    self.ends[end].optimistic = false;
                    self.peers[peer].to_optimistic = 0;
                }
            } else if !self.ends[end].choking && !self.ends[end].optimistic {
                self.choke(end);
            }
        }
    }

    /// `session_impl::recalculate_optimistic_unchoke_slots`: who waited longest for one, ties by the order of connections.
    pub(super) fn optimistic_round(&mut self, peer: usize) {
        let mut candidates: Vec<usize> = self.peers[peer].ends.clone();
        candidates.retain(|end| {
            let end = &self.ends[*end];
            end.wanted_by_other && (end.choking || end.optimistic)
        });
        candidates.sort_by_key(|end| self.ends[*end].place);
        candidates.sort_by(|a, b| self.ends[*a].optimistic_at.total_cmp(&self.ends[*b].optimistic_at));
        let lucky = self.setting.spec.choking.optimistic as usize;
        for (place, end) in candidates.into_iter().enumerate() {
            if place < lucky {
                if self.ends[end].choking {
                    self.unchoke(end);
                    self.ends[end].optimistic = true;
                    self.ends[end].optimistic_at = self.now;
                }
            } else if self.ends[end].optimistic {
                self.choke(end);
            }
        }
    }
}

fn before(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a.partial_cmp(b) == Some(std::cmp::Ordering::Less)
}

/// Brings the `nth` smallest to the front by quickselect with the median of three as pivot (Hoare 1961; `std::nth_element`).
/// What matters here is the order that it leaves: elements stay where they are unless a partition moves them.
fn select<T: Copy>(items: &mut [([f64; 4], T)], nth: usize) {
    let (mut first, mut last) = (0, items.len());
    while last - first > 3 {
        let (a, b, c) = (first + 1, first + (last - first) / 2, last - 1);
        let mut median = [a, b, c];
        median.sort_by(|x, y| items[*x].0.partial_cmp(&items[*y].0).unwrap_or(std::cmp::Ordering::Equal));
        items.swap(first, median[1]);
        let pivot = items[first].0;
        let (mut low, mut high) = (first + 1, last);
        let cut = loop {
            while before(&items[low].0, &pivot) {
                low += 1;
            }
            high -= 1;
            while before(&pivot, &items[high].0) {
                high -= 1;
            }
            if low >= high {
                break low;
            }
            items.swap(low, high);
            low += 1;
        };
        if cut <= nth {
            first = cut;
        } else {
            last = cut;
        }
    }
    items[first..last].sort_by(|x, y| x.0.partial_cmp(&y.0).unwrap_or(std::cmp::Ordering::Equal));
}
