//! What a run approximates, said in the report.

use crate::scenario::Resolved;
use crate::services::ServiceSpec;
use crate::services::file_swarming::MessageDelay;

/// Sentences about what the models leave out in this scenario.
pub(super) fn of(scenario: &Resolved) -> Vec<String> {
    let mut notes = Vec::new();
    let swarm = scenario.arms.iter().find_map(|arm| match &arm.service {
        ServiceSpec::FileSwarming(spec) => Some(spec),
        ServiceSpec::ClientServer(_) => None,
    });
    notes.push(
        "Bandwidth is shared max-min fairly between fluid flows: no packets, no TCP dynamics, no loss.".to_owned(),
    );
    if scenario.sharing.tolerance > 0.0 {
        notes.push(format!(
            "Rates may differ from exact max-min shares: changes of a water level below {} % are not passed on.",
            scenario.sharing.tolerance * 100.0
        ));
    }
    if let Some(swarm) = swarm {
        notes.push(
            "Within a piece, bytes are fluid: blocks appear as the pipeline's depth and as at most one block of \
             duplicate for each sender that joins in the end game."
                .to_owned(),
        );
        notes.push(match swarm.tcp.messages {
            MessageDelay::AtOnce => {
                "Interest and choking take effect at once; HAVEs arrive one path latency later, and \
                                     the first byte one round trip after an unchoke."
                    .to_owned()
            }
            MessageDelay::BehindData { .. } => {
                "Peer-wire messages wait behind a full send buffer and, on a full uplink, \
                                                a queue of constant length."
                    .to_owned()
            }
        });
        if swarm.wire.acknowledgements || swarm.wire.messages {
            notes.push(
                "Acknowledgements and peer-wire messages take their share of an uplink with the delay of one choke \
                 round."
                    .to_owned(),
            );
        }
        if swarm.fallback.is_some() {
            notes.push(
                "Stalled peers know the initial seeds and reach them without a limit of connections; each fetch is one \
                 fluid flow."
                    .to_owned(),
            );
        }
        notes.push(
            "Handshakes, bitfields and messages to and from servers have sizes and delays, and do not compete with \
             flows for capacity."
                .to_owned(),
        );
    }
    if scenario.arms.iter().any(|arm| matches!(arm.service, ServiceSpec::ClientServer(_))) {
        notes.push("Client-server transfers carry no protocol overhead, and clients know their server.".to_owned());
    }
    notes
}
