//! Control messages: who says what to whom, and how large it is.

use std::sync::Arc;

use crate::guidance::{CostRow, Details};
use crate::units::{AsIndex, BitRate, Identity, PeerRef, SimTime};

/// A server's position in its arm's control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerIndex(pub u8);

/// What a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServerKind {
    /// The tracker of unmanaged overlays.
    Tracker,
    /// Overlay Management Server.
    Oms,
    /// Underlying Network Information Server.
    Unis,
}

/// Somebody who sends or receives control messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// A peer.
    Peer(PeerRef),
    /// A server.
    Server(ServerIndex),
}

/// Why a peer announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announce {
    /// It joined.
    Started,
    /// Regularly, or because it has too few neighbours.
    Update,
    /// It has everything now.
    Completed,
    /// It leaves; no answer is expected.
    Stopped,
}

/// A peer on a list: how it can be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListEntry {
    /// Where.
    pub peer: PeerRef,
    /// Who: with the AS it stands for address and port.
    pub identity: Identity,
    /// The AS its address belongs to.
    pub as_index: AsIndex,
    /// Whether it is of another ISP than who asked, as far as the OMS was told. Said only where neighbours are limited.
    pub external: Option<bool>,
}

/// A control message.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Peer → tracker or OMS.
    Announce {
        /// Why.
        announce: Announce,
        /// Who.
        identity: Identity,
        /// From where.
        as_index: AsIndex,
        /// Whether it has everything.
        complete: bool,
        /// What its uplink carries; said only where the arm asks for it.
        uplink: Option<BitRate>,
        /// List entries it asks for; 0: none.
        want: u32,
        /// The peer's number for this request: answers to another one are ignored.
        request: u32,
    },
    /// Tracker or OMS → peer: a peer list, best first.
    List {
        /// The request it answers.
        request: u32,
        /// The listed peers.
        entries: Vec<ListEntry>,
    },
    /// OMS → UNIS: what does the network look like from this AS?
    NetworkQuery {
        /// The AS.
        as_index: AsIndex,
        /// What is asked for besides hops and ownership.
        details: Details,
    },
    /// UNIS → OMS: the answer.
    NetworkAnswer {
        /// The AS.
        as_index: AsIndex,
        /// Distances from it.
        costs: CostRow,
        /// When UNIS looked.
        as_of: SimTime,
    },
    /// Peer → OMS: what it has done so far. Nobody answers.
    ActivityReport {
        /// Who.
        identity: Identity,
        /// Its own count of reports.
        number: u32,
        /// The pieces it holds, bit by bit, low first.
        held: Arc<[u64]>,
        /// Pieces of the content.
        pieces: u32,
    },
    /// Peer → peer: are you there?
    Probe {
        /// When it was sent; the answer says so again.
        sent: SimTime,
    },
    /// Peer → peer: yes.
    ProbeAnswer {
        /// When the probe was sent.
        sent: SimTime,
    },
}
