//! The Underlying Network Information Server: it tells how the network looks from an AS (ISO/IEC TR 20002, 8.2.4).

use std::sync::Arc;

use super::effect::{Context, Effect};
use super::message::{Endpoint, Message, ServerIndex};
use crate::guidance::{CostRow, Details, NetworkInformation, NetworkView};
use crate::units::AsIndex;

/// UNIS.
pub(super) struct Unis {
    information: NetworkInformation,
}

impl Unis {
    pub(super) fn new(view: Arc<dyn NetworkView + Send + Sync>) -> Self {
        Self { information: NetworkInformation::new(view) }
    }

    /// Answers with distances as of now; of an AS that it does not know it tells nothing.
    pub(super) fn asked(
        &mut self,
        cx: &mut Context,
        server: ServerIndex,
        from: Endpoint,
        as_index: AsIndex,
        details: Details,
    ) {
        let costs = self.information.row(as_index, details).unwrap_or_else(|| CostRow::nothing(as_index));
        cx.out.push(Effect::Send {
            from: Endpoint::Server(server),
            to: from,
            message: Message::NetworkAnswer { as_index, costs, as_of: cx.now },
        });
    }
}
