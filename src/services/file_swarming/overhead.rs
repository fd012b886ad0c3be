//! What protocols add to the payload: packet headers, acknowledgements, peer-wire messages.
//!
//! *Headers* shrink a line: payload capacity = wire ÷ (1 + header share), where a packet of `mtu` bytes carries
//! `mtu − packet_header`, and a block of payload carries one 13-byte PIECE header (BEP 3). *Acknowledgements* for what a
//! peer downloads leave through its own uplink, `acknowledgement` bytes for every `packets_per_ack` data packets (RFC 5681,
//! section 4.2: at least every second segment; selective acknowledgements add 8 bytes a block and 4, RFC 2018); REQUESTs (17 bytes a block) and HAVEs (9 bytes a piece and neighbour,
//! BEP 3) leave there too. Both are charged as a reserve on the uplink, updated at choke rounds from the traffic of the
//! window before.

use super::spec::WireSpec;
use crate::units::{BitRate, Bytes, SimDuration};

/// BEP 3: length prefix, id, index, begin.
pub(super) const PIECE_HEADER: u64 = 13;
/// BEP 3: length prefix, id, index, begin, length.
pub(super) const REQUEST: u64 = 17;
/// BEP 3: length prefix, id: CHOKE, UNCHOKE, INTERESTED, NOT INTERESTED.
pub(super) const STATE: u64 = 5;
/// BEP 3: length prefix, id, index.
pub(super) const HAVE: u64 = 9;

/// The reserve never takes more than this share of an uplink (TCP slows down before acknowledgements starve data).
const LARGEST_RESERVE: (u64, u64) = (9, 10);

/// Exact conversions between wire and payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Overhead {
    /// payload = wire × `payload` ÷ `wire`.
    payload: u128,
    wire: u128,
    header: u64,
    segment: u64,
    /// 0: acknowledgements are not charged.
    packets_per_ack: u64,
    acknowledgement: u64,
    messages: bool,
    block: u64,
}

impl Overhead {
    pub(super) fn new(spec: &WireSpec, block: Bytes) -> Self {
        let segment = spec.mtu.get() - spec.packet_header.get();
        let block = block.get();
        let piece_header = if spec.messages { PIECE_HEADER } else { 0 };
        // wire ÷ payload = (mtu ÷ segment) × (1 + piece header ÷ block)
        Self {
            payload: u128::from(segment) * u128::from(block),
            wire: u128::from(spec.mtu.get()) * u128::from(block + piece_header),
            header: spec.packet_header.get(),
            segment,
            packets_per_ack: if spec.acknowledgements { u64::from(spec.packets_per_ack) } else { 0 },
            acknowledgement: spec.acknowledgement.get(),
            messages: spec.messages,
            block,
        }
    }

    pub(super) const fn packet_header(&self) -> u64 {
        self.header
    }

    pub(super) const fn counts_messages(&self) -> bool {
        self.messages
    }

    /// Time that a small message, a HAVE in a packet of its own, takes on a line; none on a line without capacity.
    pub(super) fn time_of_a_message(&self, wire: BitRate) -> SimDuration {
        let bits = (self.header + HAVE) * 8;
        SimDuration::from_nanos((bits * 1_000_000_000).checked_div(wire.get()).unwrap_or(0))
    }

    /// Payload rate that a wire rate carries, rounded down.
    pub(super) fn payload_rate(&self, wire: BitRate) -> BitRate {
        BitRate::new((u128::from(wire.get()) * self.payload / self.wire) as u64)
    }

    /// Bytes on the wire of data packets that carry `payload` bytes, rounded down.
    pub(super) fn wire_bytes(&self, payload: u64) -> u64 {
        (u128::from(payload) * self.wire / self.payload) as u64
    }

    /// Bytes of acknowledgements that `payload` received bytes cause.
    pub(super) fn acknowledgements(&self, payload: u64) -> u64 {
        let per_ack = self.packets_per_ack * self.segment;
        (u128::from(payload) * u128::from(self.acknowledgement)).checked_div(u128::from(per_ack)).unwrap_or(0) as u64
    }

    /// Bytes of packet headers around `payload` sent bytes.
    pub(super) fn headers(&self, payload: u64) -> u64 {
        (u128::from(payload) * u128::from(self.header) / u128::from(self.segment)) as u64
    }

    /// Blocks in so many bytes.
    pub(super) const fn blocks(&self, bytes: u64) -> u64 {
        bytes.div_ceil(self.block)
    }

    /// The payload rate that acknowledgements and messages of one window take from an uplink.
    pub(super) fn reserve(&self, received: u64, messages: u64, window: SimDuration, line: BitRate) -> u64 {
        let wire_bits = u128::from(self.acknowledgements(received) + messages) * 8;
        let wire_rate = wire_bits * 1_000_000_000 / u128::from(window.as_nanos().max(1));
        let payload_rate = (wire_rate * self.payload / self.wire) as u64;
        payload_rate.min(line.get() / LARGEST_RESERVE.1 * LARGEST_RESERVE.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_headers_payload_is_wire() {
        let spec = WireSpec::NONE;
        let overhead = Overhead::new(&spec, Bytes::new(16_384));
        assert_eq!(overhead.payload_rate(BitRate::new(1_000_003)).get(), 1_000_003);
        assert_eq!(overhead.acknowledgements(1 << 30), 0);
        assert_eq!(overhead.headers(1 << 30), 0);
    }

    #[test]
    fn headers_and_acknowledgements_by_hand() {
        let spec = WireSpec {
            packet_header: Bytes::new(52),
            mtu: Bytes::new(1500),
            packets_per_ack: 2,
            acknowledgement: Bytes::new(52),
            acknowledgements: true,
            messages: true,
        };
        let overhead = Overhead::new(&spec, Bytes::new(16_384));
        // 1,448 of 1,500 bytes, and 16,384 of 16,397: 0.964568…
        assert_eq!(overhead.payload_rate(BitRate::new(1_000_000)).get(), 964_567);
        // A thousand full segments: 500 acknowledgements of 52 bytes.
        assert_eq!(overhead.acknowledgements(1_448_000), 26_000);
        assert_eq!(overhead.headers(1_448_000), 52_000);
        // 1,448 blocks with their 13 bytes each, in packets of 1,448 bytes: 16,397 packets.
        assert_eq!(overhead.wire_bytes(1_448 * 16_384), 1_500 * 16_397);
        let reserve = overhead.reserve(1_448_000, 0, SimDuration::from_secs(10), BitRate::new(10_000_000));
        // 26,000 bytes in ten seconds: 20,800 bit/s on the wire, 20,063 of payload.
        assert_eq!(reserve, 20_063);
    }
}
