//! What a peer has sent up to an instant, for metrics: a look that settles nothing.

use super::peers::End;
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE};
use crate::services::context::ServiceContext;
use crate::services::service::Volume;
use crate::units::PeerSlot;

impl FileSwarming {
    /// Payload sent, and all that this put on the uplink: data packets with their headers, acknowledgements of what was
    /// received, REQUESTs and HAVEs. Bytes under way count once they are whole.
    pub(super) fn volume_until(&self, cx: &ServiceContext<'_>, slot: PeerSlot) -> Volume {
        let account = &self.peers[slot].account;
        let mut payload = account.sent;
        for end in cx.overlay.connections_of(slot) {
            let End { flow, credited, .. } = self.ends[end.index()];
            if flow != End::NO_FLOW {
                payload += (cx.network.moved(cx.now, flow) - credited) / NANOBITS_PER_BYTE;
            }
        }
        payload += self.fallback_under_way(cx, slot);
        let mut received = account.verified + account.duplicate + account.failed;
        for (_, pool) in self.pools.places(slot) {
            let amount = (self.piece_length(pool.piece) + pool.duplicate) * NANOBITS_PER_BYTE;
            received += (amount - cx.network.missing(cx.now, pool.transfer)) / NANOBITS_PER_BYTE;
        }
        let beside = self.overhead.acknowledgements(received) + account.messages;
        Volume { payload, wire: self.overhead.wire_bytes(payload) + beside }
    }
}
