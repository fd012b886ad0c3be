//! Which connections are to external neighbours, and how many each peer has, half-open inbound ones included.
//!
//! Who is external is what the OMS said when it listed one end to the other; both ends count it so.

use crate::overlay::ConnId;
use crate::units::PeerSlot;

#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    connected: u32,
    /// Contacts accepted, whose connections are not made yet.
    pending_in: u32,
}

/// External connections of all peers.
#[derive(Debug, Default)]
pub(super) struct ExternalPlaces {
    by_slot: Vec<Taken>,
    /// By word of connections: the external ones.
    masks: Vec<u64>,
}

impl ExternalPlaces {
    /// Somebody new is in a slot.
    pub(super) fn arrived(&mut self, slot: PeerSlot) {
        if self.by_slot.len() <= slot.index() {
            self.by_slot.resize(slot.index() + 1, Taken::default());
        }
        self.by_slot[slot.index()] = Taken::default();
    }

    /// External neighbours of a peer, those included whose contact it has accepted.
    pub(super) fn of(&self, slot: PeerSlot) -> u32 {
        let taken = self.by_slot[slot.index()];
        taken.connected + taken.pending_in
    }

    /// A peer has accepted a contact of an external one.
    pub(super) fn accepted(&mut self, slot: PeerSlot) {
        self.by_slot[slot.index()].pending_in += 1;
    }

    /// The contact that a peer had accepted has ended.
    pub(super) fn ended(&mut self, slot: PeerSlot) {
        let pending = &mut self.by_slot[slot.index()].pending_in;
        assert!(*pending > 0, "a contact ends once");
        *pending -= 1;
    }

    /// The end of a new connection at `slot` is external.
    pub(super) fn connected(&mut self, slot: PeerSlot, conn: ConnId) {
        if self.masks.len() <= conn.word() {
            self.masks.resize(conn.word() + 1, 0);
        }
        self.masks[conn.word()] |= conn.bit();
        self.by_slot[slot.index()].connected += 1;
    }

    /// The end of a connection at `slot` closes.
    pub(super) fn disconnected(&mut self, slot: PeerSlot, conn: ConnId) {
        let Some(mask) = self.masks.get_mut(conn.word()) else { return };
        if *mask & conn.bit() != 0 {
            *mask &= !conn.bit();
            self.by_slot[slot.index()].connected -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_contacts_count_until_they_end_and_only_external_ends_are_given_back() {
        let mut places = ExternalPlaces::default();
        let (one, two) = (PeerSlot(0), PeerSlot(1));
        places.arrived(one);
        places.arrived(two);
        places.accepted(one);
        assert_eq!((places.of(one), places.of(two)), (1, 0));
        places.ended(one);
        places.connected(one, ConnId(5));
        places.connected(two, ConnId(64));
        assert_eq!((places.of(one), places.of(two)), (1, 1));
        places.disconnected(one, ConnId(6));
        places.disconnected(one, ConnId(200));
        assert_eq!(places.of(one), 1, "connection 6 was internal, 200 unknown");
        places.disconnected(one, ConnId(5));
        places.disconnected(one, ConnId(5));
        assert_eq!(places.of(one), 0);
        places.accepted(two);
        places.arrived(two);
        assert_eq!(places.of(two), 0, "somebody else");
    }
}
