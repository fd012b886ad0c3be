//! What control messages are called and how large they are on the wire.
//!
//! Sizes are those of the UDP tracker protocol (BEP 15, van der Spek 2008), network and transport headers included,
//! for the OMS too: the standard leaves the format open, and equal formats keep the arms comparable. The handshake
//! that hands out a connection id (BEP 15, "connect") is left out, in bytes and in time.

use super::message::{Announce, Message, ServerKind};
use crate::guidance::Details;
use crate::units::Bytes;

/// IPv4 (RFC 791, no options) and UDP (RFC 768) headers.
const UDP_HEADERS: u64 = 20 + 8;
/// IPv4 and TCP (RFC 9293, no options) headers.
const TCP_HEADERS: u64 = 20 + 20;
/// TCP payload of an Ethernet frame: 1,500 bytes (RFC 894) less headers.
const SEGMENT: u64 = 1_500 - TCP_HEADERS;
/// BEP 15: announce request.
const ANNOUNCE: u64 = 98;
/// BEP 15: announce response without peers.
const LIST: u64 = 20;
/// BEP 15: address and port of a peer.
const LIST_ENTRY: u64 = 6;
/// Ours: an uplink in kbit/s, in announces of arms that ask for it.
const UPLINK: u64 = 4;
/// Ours, in the manner of BEP 15: connection (8), action (4), transaction (4), content (20), peer (20). A bit for each
/// piece follows, as in BEP 3's bitfield.
const ACTIVITY_REPORT: u64 = 56;
/// UDP payload of an Ethernet frame: 1,500 bytes (RFC 894) less headers.
const DATAGRAM: u64 = 1_500 - UDP_HEADERS;
/// BEP 5: a `ping` query, as its example has it.
const PROBE: u64 = 56;
/// BEP 5: the response.
const PROBE_ANSWER: u64 = 47;
/// Ours: whether a listed peer is of another ISP, where neighbours are limited.
const LIST_FLAG: u64 = 1;
/// Ours, in the manner of BEP 15: action (4; it says which details are asked for), transaction (4), AS number (4).
const NETWORK_QUERY: u64 = 12;
/// Ours: action (4), transaction (4), AS number (4), time (8).
const NETWORK_ANSWER: u64 = 20;
/// Ours: AS number (4), hops (1), whether it is the same ISP (1).
const NETWORK_ENTRY: u64 = 6;
/// Ours: a delay in microseconds.
const DELAY: u64 = 4;
/// Ours: on which kind of link the route leaves the ISP.
const WAY_OUT: u64 = 1;

impl Message {
    /// Type, as in `messages.csv`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Announce { .. } => "announce",
            Self::List { .. } => "list",
            Self::NetworkQuery { .. } => "network-query",
            Self::NetworkAnswer { .. } => "network-answer",
            Self::ActivityReport { .. } => "activity-report",
            Self::Probe { .. } => "probe",
            Self::ProbeAnswer { .. } => "probe-answer",
        }
    }

    /// Bytes on the wire, headers included. Network information goes over TCP, without its handshake and
    /// acknowledgements.
    pub fn size(&self) -> Bytes {
        Bytes::new(match self {
            Self::Announce { uplink, .. } => UDP_HEADERS + ANNOUNCE + uplink.map_or(0, |_| UPLINK),
            Self::List { entries, .. } => {
                let flags = entries.iter().filter(|entry| entry.external.is_some()).count() as u64;
                UDP_HEADERS + LIST + LIST_ENTRY * entries.len() as u64 + LIST_FLAG * flags
            }
            Self::NetworkQuery { .. } => segmented(NETWORK_QUERY),
            Self::NetworkAnswer { costs, .. } => {
                let Details { delays, ways_out } = costs.details();
                let entry = NETWORK_ENTRY + DELAY * u64::from(delays) + WAY_OUT * u64::from(ways_out);
                segmented(NETWORK_ANSWER + entry * costs.hops.len() as u64)
            }
            Self::ActivityReport { pieces, .. } => {
                let payload = ACTIVITY_REPORT + u64::from(*pieces).div_ceil(8);
                payload + UDP_HEADERS * payload.div_ceil(DATAGRAM)
            }
            Self::Probe { .. } => UDP_HEADERS + PROBE,
            Self::ProbeAnswer { .. } => UDP_HEADERS + PROBE_ANSWER,
        })
    }

    /// Number in the fingerprint's facts. Never renumber, only add.
    pub(super) const fn code(&self) -> u32 {
        match self {
            Self::Announce { announce: Announce::Started, .. } => 1,
            Self::Announce { announce: Announce::Update, .. } => 2,
            Self::Announce { announce: Announce::Completed, .. } => 3,
            Self::Announce { announce: Announce::Stopped, .. } => 4,
            Self::List { .. } => 5,
            Self::NetworkQuery { .. } => 6,
            Self::NetworkAnswer { .. } => 7,
            Self::ActivityReport { .. } => 8,
            Self::Probe { .. } => 9,
            Self::ProbeAnswer { .. } => 10,
        }
    }
}

impl ServerKind {
    /// Name in result tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tracker => "tracker",
            Self::Oms => "oms",
            Self::Unis => "unis",
        }
    }

    /// Number of the server's identity: its own for each kind, so that switching one on renumbers none.
    pub(super) const fn number(self) -> u32 {
        match self {
            Self::Tracker => 0,
            Self::Oms => 1,
            Self::Unis => 2,
        }
    }
}

fn segmented(payload: u64) -> u64 {
    payload + TCP_HEADERS * payload.div_ceil(SEGMENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guidance::CostRow;
    use crate::management::ListEntry;
    use crate::units::{AsIndex, Identity, PeerRef, SimTime};

    #[test]
    fn sizes_are_those_of_the_udp_tracker_protocol() {
        let announce = Message::Announce {
            announce: Announce::Started,
            identity: Identity(0),
            as_index: AsIndex(0),
            complete: false,
            uplink: None,
            want: 50,
            request: 1,
        };
        assert_eq!(announce.size(), Bytes::new(126));
        let entry = ListEntry { peer: PeerRef::default(), identity: Identity(0), as_index: AsIndex(0), external: None };
        let list = Message::List { request: 1, entries: vec![entry; 50] };
        // BEP 15 counts 618 bytes for connect (16 + 16), announce (98) and 50 peers (320), with 42 bytes of Ethernet,
        // IP and UDP headers each: the same payloads as here.
        let connect = 16 + 16 + 2 * 42;
        let ethernet = 14;
        assert_eq!(announce.size().get() + list.size().get() + 2 * ethernet + connect, 618);
        let flagged = ListEntry { external: Some(true), ..entry };
        let flagged = Message::List { request: 1, entries: vec![flagged; 50] };
        assert_eq!(flagged.size().get() - list.size().get(), 50);
    }

    #[test]
    fn network_information_pays_for_every_segment() {
        let answer = |ases: usize| Message::NetworkAnswer {
            as_index: AsIndex(0),
            costs: CostRow {
                hops: vec![0; ases].into(),
                same_isp: vec![true; ases].into(),
                ..CostRow::nothing(AsIndex(0))
            },
            as_of: SimTime::ZERO,
        };
        assert_eq!(Message::NetworkQuery { as_index: AsIndex(0), details: Details::default() }.size(), Bytes::new(52));
        assert_eq!(answer(240).size(), Bytes::new(1_500));
        assert_eq!(answer(241).size(), Bytes::new(1_466 + 80));
    }

    #[test]
    fn details_and_reports_have_their_price() {
        let row = |delays: bool, ways_out: bool| CostRow {
            hops: vec![0; 10].into(),
            same_isp: vec![true; 10].into(),
            delays: delays.then(|| vec![0; 10].into()),
            ways_out: ways_out.then(|| vec![None; 10].into()),
            ..CostRow::nothing(AsIndex(0))
        };
        let size = |costs| Message::NetworkAnswer { as_index: AsIndex(0), costs, as_of: SimTime::ZERO }.size().get();
        assert_eq!(size(row(false, false)), 40 + 20 + 10 * 6);
        assert_eq!(size(row(true, false)), 40 + 20 + 10 * 10);
        assert_eq!(size(row(true, true)), 40 + 20 + 10 * 11);
        let report = |pieces: u32| {
            Message::ActivityReport { identity: Identity(0), number: 1, held: Vec::new().into(), pieces }.size().get()
        };
        assert_eq!(report(257), 28 + 56 + 33);
        assert_eq!(report(8 * (1_472 - 56)), 1_500, "one full datagram");
        assert_eq!(report(8 * (1_472 - 56) + 1), 1_500 + 28 + 1);
    }

    #[test]
    fn a_probe_is_a_ping_of_the_distributed_hash_table() {
        let sent = SimTime::ZERO;
        // The examples of BEP 5.
        let query = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe";
        let response = "d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re";
        assert_eq!(Message::Probe { sent }.size(), Bytes::new(28 + query.len() as u64));
        assert_eq!(Message::ProbeAnswer { sent }.size(), Bytes::new(28 + response.len() as u64));
    }
}
