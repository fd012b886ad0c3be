//! Ways in which a peer may choose whom to contact among those it was told of.

use crate::catalog::Alternative;

/// In which order a peer contacts listed peers.
pub const CONTACT_ORDERS: &[Alternative] = &[
    Alternative { name: "as-listed", summary: "in the order in which they were told", reference: "", needs: "" },
    Alternative {
        name: "peer-priority",
        summary: "highest canonical peer priority first, a hash of both addresses",
        reference: "BEP 40 (Norberg, Brown 2012)",
        needs: "",
    },
    Alternative {
        name: "round-trip",
        summary: "shortest round-trip time first, measured by a probe of each listed address",
        reference: "ISO/IEC TR 20002, annex A.1, on what plain P2P does; BEP 5 for the probe",
        needs: "",
    },
];
