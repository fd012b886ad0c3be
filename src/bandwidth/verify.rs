//! Invariants, checked whole.

use super::identity::NONE;
use super::{Network, TransferId};

impl Network {
    /// Checks every invariant of the room; costs a pass over everything.
    ///
    /// # Panics
    /// When a resource carries more than its capacity or another load than its flows' rates, or when what is missing
    /// of a transfer and what its flows moved do not add up to its amount.
    pub fn verify(&self) {
        self.verify_clocks();
        for (i, resource) in self.resources.iter().enumerate() {
            let flows = self.members.of(resource.flows);
            let load: u64 = flows.iter().map(|&f| self.flows[f as usize].rate).sum();
            assert!(load == resource.load, "resource {i}: its load is not the sum of its flows' rates");
            assert!(resource.queued || load <= resource.capacity, "resource {i} carries more than its capacity");
            for (position, &f) in flows.iter().enumerate() {
                let hop = self.flows[f as usize].path.iter().position(|&s| s as usize == i);
                let known = hop.map(|h| self.anchors[f as usize].position[h] as usize);
                assert!(known == Some(position), "resource {i} and flow {f} do not know one another");
            }
        }
        for (i, transfer) in self.transfers.iter().enumerate().filter(|(_, t)| t.open) {
            // Amounts are compared at the transfer's last settlement, or at the latest of its flows'.
            let id = TransferId(i as u32);
            let now = self.transfer_flows(id).map(|f| self.flows[f.index()].settled).fold(transfer.settled, u64::max);
            let at = crate::units::SimTime::from_nanos(now);
            let moved: u64 = self.transfer_flows(id).map(|f| self.moved(at, f)).sum();
            assert!(moved + self.missing(at, id) == transfer.kept, "transfer {i}: its bytes are not conserved");
            let total: u64 = self.transfer_flows(id).map(|f| self.flows[f.index()].rate).sum();
            assert!(total == transfer.total, "transfer {i}: its rate is not the sum of its flows' rates");
            let lead = self.transfer_flows(id).next().map_or(NONE, |f| self.anchors[f.index()].clock);
            assert!(lead == transfer.clock, "transfer {i}: its clock is not its lead's");
        }
    }
}
