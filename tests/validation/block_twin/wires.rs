//! Lines, flows of blocks, and how long messages take.

use super::fair::{Flow, rates};
use super::picker::BlockId;
use super::swarm::{Event, Message, Swarm};

/// An uplink with less than this share unused is full.
const FULL: f64 = 0.99;

impl Swarm<'_> {
    /// Weighted max-min rates of all connections that have a block to send. What acknowledgements take from an uplink
    /// follows from the rates: computed twice.
    pub(super) fn share_lines(&mut self) {
        self.active = (0..self.ends.len()).filter(|end| !self.ends[*end].serving.is_empty()).collect();
        let peers = self.peers.len();
        let flows: Vec<Flow> = self
            .active
            .iter()
            .map(|end| {
                let end = &self.ends[*end];
                Flow { path: vec![end.owner, peers + end.other], weight: end.weight }
            })
            .collect();
        let wire = 1.0 + self.setting.headers;
        let mut acknowledged = vec![0.0; peers];
        let mut flow_rates = Vec::new();
        for _ in 0..2 {
            let up =
                self.setting.hosts.iter().zip(&acknowledged).map(|(host, acks)| (host.up - acks).max(0.1 * host.up));
            let down = self.setting.hosts.iter().map(|host| host.down);
            let capacities: Vec<f64> = up.chain(down).map(|capacity| capacity / wire).collect();
            flow_rates = rates(&capacities, &flows);
            acknowledged.fill(0.0);
            for (end, rate) in self.active.iter().zip(&flow_rates) {
                acknowledged[self.ends[*end].other] += rate * self.setting.acknowledgements;
            }
        }
        for end in &mut self.ends {
            end.flow = 0.0;
        }
        let mut used = acknowledged;
        for (end, rate) in self.active.iter().zip(&flow_rates) {
            self.ends[*end].flow = *rate;
            used[self.ends[*end].owner] += rate * wire;
        }
        for (peer, used) in used.iter().enumerate() {
            self.peers[peer].up_is_full = *used > FULL * self.setting.hosts[peer].up;
        }
        self.seen.used = used;
    }

    /// Moves all flows on to `time`.
    pub(super) fn advance(&mut self, time: f64) {
        let span = time - self.now;
        self.seen.advance(self.now, time);
        self.now = time;
        for place in 0..self.active.len() {
            let number = self.active[place];
            let moved = (self.ends[number].flow * span).min(self.ends[number].left_of_first);
            let end = &mut self.ends[number];
            end.left_of_first -= moved;
            end.sent_in_round += moved;
            end.sent_since_unchoke += moved;
            let mate = &mut self.ends[number ^ 1];
            mate.got_in_second += moved;
            mate.got_in_round += moved;
            mate.got += moved;
        }
    }

    /// Blocks whose last byte has left.
    pub(super) fn send_finished_blocks(&mut self) {
        for place in 0..self.active.len() {
            let end = self.active[place];
            if self.ends[end].left_of_first > 1e-3 || self.ends[end].serving.is_empty() {
                continue;
            }
            if let Some(block) = self.ends[end].serving.pop_front() {
                let delay = self.setting.delay_between(self.ends[end].owner, self.ends[end].other);
                self.at(self.now + delay, Event::Receive(end ^ 1, Message::Piece(block)));
            }
            match self.ends[end].serving.front() {
                Some(block) => self.ends[end].left_of_first = self.setting.block_bytes(block.0, block.1) as f64,
                None => self.changed = true,
            }
        }
    }

    /// A request arrived.
    pub(super) fn serve(&mut self, end: usize, block: BlockId) {
        if self.ends[end].choking {
            self.tell(end, Message::Reject(block));
            return;
        }
        if self.ends[end].serving.is_empty() {
            self.ends[end].left_of_first = self.setting.block_bytes(block.0, block.1) as f64;
            self.changed = true;
        }
        self.ends[end].serving.push_back(block);
    }

    /// Blocks that have been handed to the socket: the one under way, and further ones as far as they are in by half.
    pub(super) fn committed_blocks(&self, end: usize) -> usize {
        let state = &self.ends[end];
        let mut ahead = state.left_of_first;
        let mut count = state.serving.len().min(1);
        for block in state.serving.iter().skip(1) {
            let bytes = self.setting.block_bytes(block.0, block.1) as f64;
            if ahead + bytes / 2.0 > self.setting.committed() {
                break;
            }
            ahead += bytes;
            count += 1;
        }
        count
    }

    /// Sends a message to the other end; where messages wait behind data, after what has been committed.
    pub(super) fn tell(&mut self, end: usize, message: Message) {
        let state = &self.ends[end];
        let mut delay = self.setting.delay_between(state.owner, state.other);
        if let Some(queue) = self.setting.uplink_queue() {
            if self.peers[state.owner].up_is_full {
                delay += queue;
            }
            if !state.serving.is_empty() && state.flow > 0.0 {
                let waiting: u64 =
                    state.serving.iter().skip(1).map(|block| self.setting.block_bytes(block.0, block.1)).sum();
                let waiting = (state.left_of_first + waiting as f64).min(self.setting.committed());
                delay += waiting / state.flow;
            }
        }
        let at = (self.now + delay).max(state.last_arrival);
        self.ends[end].last_arrival = at;
        self.at(at, Event::Receive(end ^ 1, message));
    }
}
