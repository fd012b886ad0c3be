//! What a peer has sent up to an instant, for metrics: a look that settles nothing.

use super::peers::End;
use super::swarm::{FileSwarming, NANOBITS_PER_BYTE};
use crate::overlay::ConnId;
use crate::services::context::ServiceContext;
use crate::services::service::Volume;
use crate::units::PeerSlot;

impl FileSwarming {
    /// Payload sent, and all that this put on the uplink: data packets with their headers, acknowledgements of what was
    /// received, REQUESTs and HAVEs. Bytes under way count once they are whole.
    pub(super) fn volume_until(&self, cx: &ServiceContext<'_>, slot: PeerSlot) -> Volume {
        let account = &self.peers[slot].account;
        let payload = account.sent + self.sent_under_way(cx, slot).iter().map(|(_, bytes)| bytes).sum::<u64>();
        let received = account.verified + account.duplicate + account.failed + self.bytes_under_way(cx, slot);
        let beside = self.overhead.acknowledgements(received) + account.messages;
        Volume { payload, wire: self.overhead.wire_bytes(payload) + beside }
    }

    /// Whole bytes that a peer's flows have moved since they were last settled, by receiver.
    pub(super) fn sent_under_way(&self, cx: &ServiceContext<'_>, sender: PeerSlot) -> Vec<(PeerSlot, u64)> {
        let over = |end: ConnId| {
            let End { flow, credited, .. } = self.ends[end.index()];
            let bytes = (flow != End::NO_FLOW).then(|| (cx.network.moved(cx.now, flow) - credited) / NANOBITS_PER_BYTE);
            bytes.map(|bytes| (cx.overlay.neighbour(end), bytes))
        };
        let from_the_swarm = cx.overlay.connections_of(sender).filter_map(over);
        from_the_swarm.chain(self.fallback_under_way(cx, sender)).collect()
    }

    /// What a peer has of pieces that are not whole yet, in whole bytes.
    pub(super) fn bytes_under_way(&self, cx: &ServiceContext<'_>, slot: PeerSlot) -> u64 {
        let missing = |transfer| cx.network.missing(cx.now, transfer);
        let pools = self.pools.places(slot).map(|(_, pool)| {
            let amount = (self.piece_length(pool.piece) + pool.duplicate) * NANOBITS_PER_BYTE;
            (amount - missing(pool.transfer)) / NANOBITS_PER_BYTE
        });
        let blocks = self
            .pools
            .busy(slot)
            .map(|block| (block.size * NANOBITS_PER_BYTE - missing(block.pool.transfer)) / NANOBITS_PER_BYTE);
        // A pool that fell into parts lacks what they lack.
        let twice: u64 = self.pools.parts(slot).map(|(_, part)| part.duplicate).sum();
        let parts = self.pools.parts(slot).map(|(_, part)| missing(part.transfer).div_ceil(NANOBITS_PER_BYTE));
        pools.sum::<u64>() + twice - parts.sum::<u64>() + blocks.sum::<u64>() + self.pools.all_early(slot)
    }
}
