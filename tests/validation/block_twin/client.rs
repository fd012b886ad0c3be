//! What a peer does with a message: ask for blocks, store them, tell others.

use super::picker::{BlockId, Wish};
use super::setting::Choker;
use super::swarm::{Event, Message, Swarm};

/// libtorrent: `whole_pieces_threshold` speaks of at most this many bytes.
const MOST_CONTIGUOUS: f64 = 8.0 * 1024.0 * 1024.0;
/// libtorrent `min_request_queue`, `max_out_request_queue`.
const QUEUE: (usize, usize) = (2, 500);

impl Swarm<'_> {
    pub(super) fn receive(&mut self, end: usize, message: Message) {
        if !self.ends[end].open {
            return;
        }
        let peer = self.ends[end].owner;
        match message {
            Message::Interested => self.interested(end),
            Message::NotInterested => self.not_interested(end),
            Message::Unchoke => {
                self.ends[end].choked = false;
                self.ask(end);
            }
            Message::Choke(rejected) => {
                self.ends[end].choked = true;
                self.ends[end].hungry = false;
                let reserved = std::mem::take(&mut self.ends[end].reserved);
                for block in reserved.into_iter().chain(rejected) {
                    self.give_up(end, block);
                }
                self.stir(peer);
            }
            Message::Reject(block) => {
                self.give_up(end, block);
                if self.ends[end].reserved.is_empty() && self.ends[end].asked.len() < 2 {
                    self.ask(end);
                }
                self.stir(peer);
            }
            Message::Have(piece) => {
                self.ends[end].offers[piece] = true;
                self.count_copy(peer, piece);
                if !self.peers[peer].download.have[piece] && !self.ends[end].interested {
                    self.reconsider(end);
                } else if self.ends[end].hungry && self.setting.retry_after().is_none() {
                    self.ask(end);
                }
            }
            Message::Request(block) => self.serve(end, block),
            Message::Cancel(block) => {
                let kept = self.committed_blocks(end);
                let place = self.ends[end].serving.iter().position(|other| *other == block);
                if let Some(place) = place.filter(|place| *place >= kept) {
                    let _ = self.ends[end].serving.remove(place);
                    self.tell(end, Message::Reject(block));
                }
            }
            Message::Piece(block) => self.store(end, block),
        }
    }

    /// Interest follows from what the other has told of.
    pub(super) fn reconsider(&mut self, end: usize) {
        let have = &self.peers[self.ends[end].owner].download.have;
        let wants = self.ends[end].offers.iter().zip(have).any(|(offered, have)| *offered && !have);
        if wants == self.ends[end].interested {
            return;
        }
        self.ends[end].interested = wants;
        if wants {
            self.tell(end, Message::Interested);
            self.ask(end);
        } else {
            self.ends[end].slow_start = false;
            self.tell(end, Message::NotInterested);
        }
    }

    /// Asks for blocks until the queue is full, if the other lets it.
    pub(super) fn ask(&mut self, end: usize) {
        let state = &self.ends[end];
        let peer = state.owner;
        if state.choked || !state.interested || self.peers[peer].download.complete() {
            return;
        }
        let outstanding = state.asked.len() + state.reserved.len();
        if let Some(room) = state.queue.checked_sub(outstanding).filter(|room| *room > 0) {
            self.reserve(end, room);
        }
        while self.ends[end].asked.len() < self.ends[end].queue {
            let Some(block) = self.ends[end].reserved.pop_front() else {
                break;
            };
            self.ends[end].asked.push(block);
            self.ends[end].asked_at = self.now;
            self.tell(end, Message::Request(block));
        }
    }

    fn reserve(&mut self, end: usize, room: usize) {
        let spec = &self.setting.spec;
        let peer = self.ends[end].owner;
        let ahead = (self.ends[end].rate * spec.pieces.slow_piece.as_secs_f64()).min(MOST_CONTIGUOUS);
        let mut whole = (ahead / spec.piece.get() as f64) as usize;
        if !spec.pieces.contiguous {
            whole = whole.min(1);
        }
        let contiguous = whole * self.setting.blocks(0);
        let wish = Wish {
            end,
            offers: &self.ends[end].offers,
            count: room,
            contiguous,
            connections: self.peers[peer].ends.len(),
        };
        let picked = self.peers[peer].download.pick(wish, &spec.pieces, &mut self.dice);
        let idle = self.ends[end].asked.is_empty() && self.ends[end].reserved.is_empty();
        let busy_allowed = idle && spec.pieces.end_game && self.peers[peer].download.all_under_way();
        let mut room = room;
        let mut busy = None;
        for block in picked {
            if contiguous == 0 && room == 0 {
                break;
            }
            let asked = &mut self.peers[peer].download.blocks[block.0][block.1].asked;
            if asked.is_empty() {
                asked.push(end);
                self.ends[end].reserved.push_back(block);
                room = room.saturating_sub(1);
            } else if room > 0 && busy_allowed {
                busy = Some(block);
            }
        }
        self.ends[end].hungry = room > 0;
        if let Some(block) = busy.filter(|_| room > 0 && self.ends[end].reserved.is_empty()) {
            self.peers[peer].download.blocks[block.0][block.1].asked.push(end);
            self.ends[end].reserved.push_back(block);
        }
    }

    /// A block will not come on this connection.
    fn give_up(&mut self, end: usize, block: BlockId) {
        let peer = self.ends[end].owner;
        self.ends[end].asked.retain(|other| *other != block);
        self.peers[peer].download.blocks[block.0][block.1].asked.retain(|other| *other != end);
    }

    pub(super) fn drop_requests(&mut self, end: usize) {
        let asked = std::mem::take(&mut self.ends[end].asked);
        let reserved = std::mem::take(&mut self.ends[end].reserved);
        for block in asked.into_iter().chain(reserved) {
            self.give_up(end, block);
        }
    }

    /// Connections that had found nothing look again, where that is the rule.
    fn stir(&mut self, peer: usize) {
        if self.setting.retry_after().is_none() {
            for end in self.peers[peer].ends.clone() {
                if self.ends[end].hungry {
                    self.ask(end);
                }
            }
        }
    }

    /// A block came.
    fn store(&mut self, end: usize, block: BlockId) {
        let peer = self.ends[end].owner;
        self.give_up(end, block);
        if self.ends[end].slow_start {
            self.ends[end].queue += 1;
        }
        self.adapt_queue(end);
        let (piece, number) = block;
        let state = &mut self.peers[peer].download.blocks[piece][number];
        if state.arrived {
            self.peers[peer].duplicates += self.setting.block_bytes(piece, number);
        } else {
            state.arrived = true;
            for other in std::mem::take(&mut state.asked) {
                self.cancel(other, block);
            }
            if self.peers[peer].download.blocks[piece].iter().all(|block| block.arrived) {
                self.verified(peer, piece);
            }
        }
        if self.ends[end].open {
            self.ask(end);
        }
        self.stir(peer);
    }

    /// The block is not wanted any more: taken back if it was not asked for yet; otherwise its answer is awaited.
    fn cancel(&mut self, end: usize, block: BlockId) {
        if let Some(place) = self.ends[end].reserved.iter().position(|other| *other == block) {
            let _ = self.ends[end].reserved.remove(place);
        } else {
            self.tell(end, Message::Cancel(block));
        }
    }

    fn verified(&mut self, peer: usize, piece: usize) {
        let now = self.now;
        let download = &mut self.peers[peer].download;
        download.have[piece] = true;
        download.have_count += 1;
        let complete = download.complete();
        self.peers[peer].first_piece.get_or_insert(now);
        self.seen.verified(piece, now);
        for end in self.peers[peer].ends.clone() {
            self.tell(end, Message::Have(piece));
            if self.ends[end].interested {
                self.reconsider(end);
            }
        }
        if complete {
            self.peers[peer].completed = Some(now);
            self.seen.completed();
            for end in self.peers[peer].ends.clone() {
                if self.peers[self.ends[end].other].download.complete() {
                    self.disconnect(end);
                }
            }
        }
    }

    /// How many blocks to ask for ahead.
    fn adapt_queue(&mut self, end: usize) {
        let block = self.setting.spec.block.get() as f64;
        let state = &mut self.ends[end];
        if !state.slow_start {
            state.queue = (self.setting.queue * state.rate / block) as usize;
        }
        state.queue = state.queue.clamp(QUEUE.0, QUEUE.1);
    }

    /// Once a second: rates are measured, idle connections look again, rounds are due.
    pub(super) fn second(&mut self, peer: usize) {
        for end in self.peers[peer].ends.clone() {
            if let Some(pause) = self.setting.retry_after()
                && self.ends[end].hungry
                && self.ends[end].asked.is_empty()
                && self.ends[end].reserved.is_empty()
                && self.now - self.ends[end].asked_at >= pause
            {
                self.ends[end].asked_at = self.now;
                self.ask(end);
            }
            let state = &mut self.ends[end];
            let (got, last) = (state.got_in_second, state.got_last_second);
            if state.slow_start && !state.choked && last > 0.0 && last + 5000.0 >= got {
                state.slow_start = false;
            }
            state.rate = state.rate * 0.8 + got * 0.2;
            state.got_last_second = got;
            state.got_in_second = 0.0;
            self.adapt_queue(end);
        }
        if self.setting.choker == Choker::Client {
            self.due_rounds(peer);
        }
        self.at(self.now + 1.0, Event::Second(peer));
    }

    fn due_rounds(&mut self, peer: usize) {
        if self.peers[peer].ends.is_empty() {
            return;
        }
        let choking = &self.setting.spec.choking;
        let seconds = choking.round.as_secs_f64().ceil() as u32;
        self.peers[peer].to_round = self.peers[peer].to_round.saturating_sub(1);
        if self.peers[peer].to_round == 0 {
            self.peers[peer].to_round = seconds;
            self.round(peer);
        }
        self.peers[peer].to_optimistic = self.peers[peer].to_optimistic.saturating_sub(1);
        if self.peers[peer].to_optimistic == 0 {
            self.peers[peer].to_optimistic = seconds * choking.optimistic_rounds;
            self.optimistic_round(peer);
        }
    }
}
