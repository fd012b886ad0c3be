//! The fingerprint of a run: a hash of what happened, not of how the engine got there.

use xxhash_rust::xxh3::xxh3_64;

use crate::units::SimTime;

/// The kinds of facts. The numbers are part of the fingerprint: never renumber, only add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum FactKind {
    /// A peer arrived. Object: its AS index.
    Join = 1,
    /// A peer left.
    Leave = 2,
    /// A connection was made. Object: the other peer.
    ConnectionMade = 3,
    /// A connection was lost. Object: the other peer.
    ConnectionLost = 4,
    /// A peer unchoked another.
    Unchoke = 5,
    /// A peer choked another.
    Choke = 6,
    /// A peer verified a piece. Object: the piece.
    PieceVerified = 7,
    /// A control message was delivered. Object: the message type.
    ControlDelivered = 8,
    /// A peer has the whole content.
    Completed = 9,
}

/// Facts of one instant are folded without order, instants are chained: simultaneous facts may be found in any order,
/// but nothing may happen at another nanosecond.
#[derive(Debug, Clone, Default)]
pub struct Fingerprint {
    chain: u64,
    instant: SimTime,
    facts: u64,
    sum: u64,
}

impl Fingerprint {
    /// Adds the fact that at `now` something of `kind` happened to `entity`, concerning `object`.
    pub fn fact(&mut self, now: SimTime, kind: FactKind, entity: u32, object: u32) {
        if now != self.instant {
            self.close_instant();
            self.instant = now;
        }
        let mut bytes = [0_u8; 9];
        bytes[0] = kind as u8;
        bytes[1..5].copy_from_slice(&entity.to_le_bytes());
        bytes[5..9].copy_from_slice(&object.to_le_bytes());
        self.sum = self.sum.wrapping_add(xxh3_64(&bytes));
        self.facts += 1;
    }

    fn close_instant(&mut self) {
        if self.facts == 0 {
            return;
        }
        let mut bytes = [0_u8; 32];
        for (place, word) in bytes.chunks_exact_mut(8).zip([self.chain, self.instant.as_nanos(), self.facts, self.sum])
        {
            place.copy_from_slice(&word.to_le_bytes());
        }
        self.chain = xxh3_64(&bytes);
        self.facts = 0;
        self.sum = 0;
    }

    /// The fingerprint of everything so far.
    pub fn finish(mut self) -> u64 {
        self.close_instant();
        self.chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(facts: &[(u64, u32)]) -> u64 {
        let mut fingerprint = Fingerprint::default();
        for (nanos, entity) in facts {
            fingerprint.fact(SimTime::from_nanos(*nanos), FactKind::Join, *entity, 0);
        }
        fingerprint.finish()
    }

    #[test]
    fn order_matters_between_instants_only() {
        assert_eq!(of(&[(1, 1), (1, 2), (2, 3)]), of(&[(1, 2), (1, 1), (2, 3)]));
        assert_ne!(of(&[(1, 1), (2, 2)]), of(&[(1, 2), (2, 1)]));
        assert_ne!(of(&[(1, 1), (2, 2)]), of(&[(1, 1), (3, 2)]));
        assert_ne!(of(&[(1, 1)]), of(&[(1, 1), (1, 1)]));
    }
}
