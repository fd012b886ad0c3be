//! Addresses that stand for a peer's place, and BEP 40's priority of a pair of them.
//!
//! Each AS in use has one /16 of its own (as long as there are at most 65,536 of them), so that peers of one AS share their
//! first two bytes and hardly ever more; the last two and the port are drawn for each identity, and are the same in all
//! arms. Two peers that draw the same address are behind one NAT to BEP 40, which then looks at their ports.

use crc::{CRC_32_ISCSI, Crc};

use crate::random::{Purpose, Seed};
use crate::units::{AsIndex, Identity};

/// CRC-32C (Castagnoli), as BEP 40 has it.
const CRC_32C: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// An IPv4 address and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PeerAddress {
    pub(super) ip: [u8; 4],
    pub(super) port: u16,
}

impl PeerAddress {
    /// The address of a peer.
    pub(super) fn of(seed: Seed, as_index: AsIndex, identity: Identity) -> Self {
        // An odd factor permutes the 16-bit numbers: neighbouring positions get distant networks.
        let [high, low] = (as_index.0 as u16).wrapping_mul(0x9E37).to_be_bytes();
        let [a, b, c, d, ..] = seed.draw(Purpose::Address, u64::from(identity.0), 0).to_be_bytes();
        Self { ip: [high, low, a, b], port: u16::from_be_bytes([c, d]) }
    }

    /// BEP 40: both ends compute the same number; higher is preferred.
    pub(super) fn priority(self, other: Self) -> u32 {
        if self.ip == other.ip {
            let (low, high) = (self.port.min(other.port), self.port.max(other.port));
            let [[a, b], [c, d]] = [low.to_be_bytes(), high.to_be_bytes()];
            return CRC_32C.checksum(&[a, b, c, d]);
        }
        let mask: [u8; 4] = if self.ip[..3] == other.ip[..3] {
            [0xFF; 4]
        } else if self.ip[..2] == other.ip[..2] {
            [0xFF, 0xFF, 0xFF, 0x55]
        } else {
            [0xFF, 0xFF, 0x55, 0x55]
        };
        let masked = |ip: [u8; 4]| std::array::from_fn::<u8, 4, _>(|at| ip[at] & mask[at]);
        let mut ends = [masked(self.ip), masked(other.ip)];
        ends.sort_unstable();
        CRC_32C.checksum(ends.as_flattened())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(ip: [u8; 4], port: u16) -> PeerAddress {
        PeerAddress { ip, port }
    }

    #[test]
    fn priorities_are_those_of_the_standard() {
        let client = address([123, 213, 32, 10], 51_413);
        // The first and the third are BEP 40's own; the others are what its rules give, as clients compute them.
        for (other, expected) in [
            (address([98, 76, 54, 32], 6_881), 0xEC2D_7224),
            (address([123, 213, 33, 234], 6_881), 0xF618_50A9),
            (address([123, 213, 32, 234], 6_881), 0x9956_8189),
            (address([123, 213, 32, 10], 6_881), 0x9F85_2E9F),
        ] {
            assert_eq!(client.priority(other), expected, "{other:?}");
            assert_eq!(other.priority(client), expected, "both ends agree");
        }
    }

    #[test]
    fn an_as_is_a_network_of_its_own() {
        let seed = Seed::new(1, 0);
        let mut networks: Vec<[u8; 2]> = (0..=u32::from(u16::MAX))
            .map(|index| PeerAddress::of(seed, AsIndex(index), Identity(0)).ip)
            .map(|ip| [ip[0], ip[1]])
            .collect();
        networks.sort_unstable();
        networks.dedup();
        assert_eq!(networks.len(), 1 << 16);
        let [one, other] = [1, 2].map(|identity| PeerAddress::of(seed, AsIndex(7), Identity(identity)));
        assert_eq!(one.ip[..2], other.ip[..2]);
        assert_ne!(one, other);
    }
}
