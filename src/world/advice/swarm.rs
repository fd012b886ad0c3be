//! Keys of a service for which there is no occasion.

use super::{Setting, chosen};
use crate::services::ServiceSpec;
use crate::services::client_server::ClientServerSpec;
use crate::services::file_swarming::{ChokeOrder, FileSwarmingSpec, PieceOrder, SeedOrder, Shares, Ties};

pub(super) fn advise(setting: &mut Setting<'_>) {
    let scenario = setting.scenario;
    let first = scenario.arms.first().map(|arm| &arm.service);
    let shared = scenario.arms.iter().all(|arm| Some(&arm.service) == first);
    for (position, arm) in scenario.arms.iter().enumerate() {
        if shared && position > 0 {
            return;
        }
        let path = if shared { "service".to_owned() } else { format!("arm.{}.service", arm.name) };
        match &arm.service {
            ServiceSpec::FileSwarming(spec) => Swarm { setting, spec, path: format!("{path}.file-swarming") }.advise(),
            ServiceSpec::ClientServer(spec) => client_server(setting, spec, &format!("{path}.client-server")),
        }
    }
}

fn client_server(setting: &mut Setting<'_>, spec: &ClientServerSpec, path: &str) {
    let peers = setting.scenario.population.peers();
    if let Some(slots) = spec.slots
        && slots > peers
    {
        let message = format!("{slots} slots are never all taken: there are {peers} peers.");
        setting.advise(format!("{path}.slots"), message);
    }
}

struct Swarm<'s, 'a> {
    setting: &'s mut Setting<'a>,
    spec: &'s FileSwarmingSpec,
    path: String,
}

impl Swarm<'_, '_> {
    /// Advice about a key, unless it holds its default.
    fn if_chosen<T: std::str::FromStr + PartialEq>(&mut self, key: &str, value: &T, message: &str) {
        if chosen(&format!("service.file-swarming.{key}"), value) {
            self.say(key, message);
        }
    }

    fn say(&mut self, key: &str, message: impl Into<String>) {
        self.setting.advise(format!("{}.{key}", self.path), message);
    }

    fn advise(&mut self) {
        self.slots();
        self.choking();
        self.pieces();
        self.lines();
    }

    fn slots(&mut self) {
        let neighbours = self.setting.others.min(self.setting.scenario.discovery.max_connections);
        let spec = self.spec;
        let all = spec.choking.slots.saturating_add(spec.choking.optimistic);
        let message = format!("{all} slots serve everybody at once: a peer has at most {neighbours} neighbours.");
        if all > neighbours {
            self.if_chosen("choking.slots", &spec.choking.slots, &message);
        }
        if spec.seeding.slots > neighbours && spec.seeding.slots != spec.choking.slots {
            let slots = spec.seeding.slots;
            let message = format!("{slots} slots serve everybody at once: a seed has at most {neighbours} neighbours.");
            self.say("seeding.slots", message);
        }
    }

    fn choking(&mut self) {
        let (choking, seeding) = (&self.spec.choking, &self.spec.seeding);
        if choking.optimistic == 0 {
            let message = "there is no optimistic slot (`optimistic = 0`).";
            self.if_chosen("choking.optimistic-rounds", &choking.optimistic_rounds, message);
        }
        let by_lot = choking.order == ChokeOrder::Random || choking.ties != Ties::Turn;
        if seeding.order == SeedOrder::Random && by_lot {
            let message = "only orders by turn have quotas, and here all slots are given by lot.";
            self.if_chosen("seeding.quota-pieces", &seeding.quota_pieces, message);
            self.if_chosen("seeding.quota-time", &seeding.quota_time, message);
        }
    }

    fn pieces(&mut self) {
        let spec = self.spec;
        let count = spec.size.get().div_ceil(spec.piece.get().max(1));
        if count == 1 {
            let message = "the content is a single piece: nobody has anything to pass on before it has everything.";
            self.if_chosen("piece", &spec.piece, message);
        }
        if count > 1 && u64::from(spec.seeding.quota_pieces) > count {
            let message = format!("a receiver has everything after {count} pieces, before its quota is used up.");
            self.if_chosen("seeding.quota-pieces", &spec.seeding.quota_pieces, &message);
        }
        let pieces = &spec.pieces;
        if pieces.order == PieceOrder::Random {
            let message = "`order = \"random\"` chooses at random in any case.";
            self.if_chosen("pieces.random-first", &pieces.random_first, message);
        } else if u64::from(pieces.random_first) >= count {
            let message = format!("all {count} pieces are chosen at random: `order` has no effect.");
            self.if_chosen("pieces.random-first", &pieces.random_first, &message);
        }
        if pieces.strict_end_game && !pieces.end_game {
            self.say("pieces.strict-end-game", "there is no end game (`end-game = false`).");
        }
        if !pieces.pipelining {
            let message = "blocks are not requested ahead (`pipelining = false`).";
            self.if_chosen("pieces.pipeline", &pieces.pipeline, message);
        }
    }

    fn lines(&mut self) {
        let spec = self.spec;
        if !spec.wire.acknowledgements {
            let message = "acknowledgements are not charged (`acknowledgements = false`, or `wire = \"none\"`).";
            self.if_chosen("wire.packets-per-ack", &spec.wire.packets_per_ack, message);
        }
        if let Shares::LogNormal { redraw, .. } = spec.tcp.shares {
            let deadline = self.setting.scenario.experiment.deadline;
            if self.setting.others == 1 {
                self.say(
                    "tcp.shares.log-normal",
                    "two hosts have a single connection, which shares its lines with none.",
                );
            } else if redraw >= deadline {
                let message = format!("every weight is drawn once: a run ends at {deadline} at the latest.");
                self.say("tcp.shares.log-normal.redraw", message);
            }
        }
    }
}
