//! What a swarm of the twin is made of: hosts, the file and the client's rules (the crate's own specification types),
//! and the mechanisms that the twin can switch.

use peerscape::services::file_swarming::{FileSwarmingSpec, MessageDelay, Refill, Retry, SeedOrder, Shares};

/// One peer. Rates in bytes per second on the wire, times in seconds.
#[derive(Debug, Clone)]
pub(super) struct Host {
    pub(super) up: f64,
    pub(super) down: f64,
    pub(super) isp: usize,
    pub(super) arrival: f64,
    pub(super) seed: bool,
}

/// What the tracker answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// So many at random.
    Random(usize),
    /// So many, own ISP first, at most `external` of others, never filled up with further ones.
    OwnFirst { size: usize, external: usize },
}

/// Who decides about slots, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choker {
    /// As the crate's `docs/models.md` says: `slots` and `optimistic` besides, a slot given up is filled at once.
    Crate,
    /// As libtorrent 2.0.8 does (`session_impl`, `choker.cpp`): the optimistic slots are among the `slots`, a slot given
    /// up brings a whole round at the next tick of one second, and one of the best `slots` is left out for the optimistic.
    Client,
}

/// A swarm.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) hosts: Vec<Host>,
    pub(super) spec: FileSwarmingSpec,
    pub(super) choker: Choker,
    /// Seconds of the measured rate that a receiver asks for ahead on a connection, at least two blocks; four, and one more per
    /// block received, until the rate stops growing by 5,000 bytes/s each second (libtorrent `request_queue_time`,
    /// `peer_connection::second_tick`).
    pub(super) queue: f64,
    /// One-way delay inside an ISP and between two, in seconds.
    pub(super) delay: (f64, f64),
    pub(super) lists: Lists,
    /// Bytes of an announce, which leaves through the peer's uplink: who comes in the same instant with a faster line is known
    /// to others first.
    pub(super) announce: f64,
    /// Seconds between announces.
    pub(super) interval: f64,
    /// Wire bytes per payload byte at the sender, minus one.
    pub(super) headers: f64,
    /// Wire bytes of acknowledgements on the receiver's uplink per payload byte received.
    pub(super) acknowledgements: f64,
    /// Seconds after which a run is given up.
    pub(super) deadline: f64,
}

impl Setting {
    /// Which choker the rules of a specification mean.
    pub(super) fn choker_of(spec: &FileSwarmingSpec) -> Choker {
        let known = matches!(spec.seeding.order, SeedOrder::RoundRobin | SeedOrder::FastestFirst);
        assert!(known && spec.choking.rounds && spec.choking.optimistic_unchoke, "the twin knows no other rules");
        assert!(spec.choking.refill != Refill::AtRound, "the twin gives slots between rounds");
        if spec.choking.refill == Refill::NextSecond { Choker::Client } else { Choker::Crate }
    }

    /// Whether idle connections look again as soon as anything changed, or only now and then (so many seconds).
    pub(super) fn retry_after(&self) -> Option<f64> {
        match self.spec.pieces.retry {
            Retry::AtOnce => None,
            Retry::Timed { every, .. } => Some(every.as_secs_f64()),
        }
    }

    /// Bytes that a sender has handed to its socket: they are delivered whatever comes, and messages wait behind them.
    pub(super) fn committed(&self) -> f64 {
        match self.spec.tcp.messages {
            MessageDelay::AtOnce => 0.0,
            MessageDelay::BehindData { send_buffer, .. } => send_buffer.get() as f64,
        }
    }

    /// Seconds in the queue of a full uplink; `None`: messages take the propagation delay alone.
    pub(super) fn uplink_queue(&self) -> Option<f64> {
        match self.spec.tcp.messages {
            MessageDelay::AtOnce => None,
            MessageDelay::BehindData { queue, .. } => Some(queue.as_secs_f64()),
        }
    }

    /// Standard deviation of a weight's logarithm, and how long a weight lasts.
    pub(super) fn unequal(&self) -> Option<(f64, f64)> {
        match self.spec.tcp.shares {
            Shares::Equal => None,
            Shares::LogNormal { sigma, redraw } => Some((sigma, redraw.as_secs_f64())),
        }
    }

    pub(super) fn pieces(&self) -> usize {
        self.spec.size.get().div_ceil(self.spec.piece.get()) as usize
    }

    pub(super) fn piece_bytes(&self, piece: usize) -> u64 {
        let piece_size = self.spec.piece.get();
        piece_size.min(self.spec.size.get() - piece as u64 * piece_size)
    }

    pub(super) fn blocks(&self, piece: usize) -> usize {
        self.piece_bytes(piece).div_ceil(self.spec.block.get()) as usize
    }

    pub(super) fn block_bytes(&self, piece: usize, block: usize) -> u64 {
        let block_size = self.spec.block.get();
        block_size.min(self.piece_bytes(piece) - block as u64 * block_size)
    }

    pub(super) fn delay_between(&self, a: usize, b: usize) -> f64 {
        if self.hosts[a].isp == self.hosts[b].isp { self.delay.0 } else { self.delay.1 }
    }
}
