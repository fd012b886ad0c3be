//! A resolved service as tables of a scenario file.

use super::write::Toml;
use crate::services::ServiceSpec;
use crate::services::file_swarming::{
    ChokeOrder, FileSwarmingSpec, MessageDelay, Partial, PieceOrder, Refill, Retry, SeedOrder, Shares, Ties,
};

pub(super) fn write_service(toml: &mut Toml, path: &str, service: &ServiceSpec) {
    match service {
        ServiceSpec::FileSwarming(spec) => write_file_swarming(toml, &format!("{path}.file-swarming"), spec),
        ServiceSpec::ClientServer(spec) => {
            toml.table(&format!("{path}.client-server"));
            toml.quantity("size", spec.size);
            if let Some(slots) = spec.slots {
                toml.plain("slots", slots);
            }
        }
    }
}

fn write_file_swarming(toml: &mut Toml, path: &str, spec: &FileSwarmingSpec) {
    toml.table(path);
    toml.quantity("size", spec.size);
    toml.quantity("piece", spec.piece);
    toml.quantity("block", spec.block);
    toml.table(&format!("{path}.choking"));
    toml.plain("slots", spec.choking.slots);
    toml.plain("optimistic", spec.choking.optimistic);
    toml.quantity("round", spec.choking.round);
    toml.plain("optimistic-rounds", spec.choking.optimistic_rounds);
    let order = match spec.choking.order {
        ChokeOrder::TitForTat => "tit-for-tat",
        ChokeOrder::Random => "random",
    };
    toml.text("order", order);
    let ties = match spec.choking.ties {
        Ties::Lot => "lot",
        Ties::LastingLot => "lasting-lot",
        Ties::Turn => "turn",
    };
    toml.text("ties", ties);
    toml.plain("optimistic-unchoke", spec.choking.optimistic_unchoke);
    toml.plain("rounds", spec.choking.rounds);
    let refill = match spec.choking.refill {
        Refill::AtOnce => "at-once",
        Refill::NextSecond => "next-second",
        Refill::AtRound => "at-round",
    };
    toml.text("refill", refill);
    toml.table(&format!("{path}.seeding"));
    toml.plain("slots", spec.seeding.slots);
    let order = match spec.seeding.order {
        SeedOrder::RoundRobin => "round-robin",
        SeedOrder::FastestFirst => "fastest-first",
        SeedOrder::AntiLeech => "anti-leech",
        SeedOrder::Random => "random",
    };
    toml.text("order", order);
    toml.plain("quota-pieces", spec.seeding.quota_pieces);
    toml.quantity("quota-time", spec.seeding.quota_time);
    toml.plain("super-seeding", spec.seeding.super_seeding);
    toml.table(&format!("{path}.pieces"));
    toml.plain("random-first", spec.pieces.random_first);
    let order = match spec.pieces.order {
        PieceOrder::RarestFirst => "rarest-first",
        PieceOrder::Random => "random",
        PieceOrder::Sequential => "sequential",
    };
    toml.text("order", order);
    toml.plain("strict-priority", spec.pieces.strict_priority);
    toml.plain("prioritize-partials", spec.pieces.prioritize_partials);
    toml.plain("end-game", spec.pieces.end_game);
    toml.plain("strict-end-game", spec.pieces.strict_end_game);
    toml.plain("pipeline", spec.pieces.pipeline);
    toml.quantity("slow-piece", spec.pieces.slow_piece);
    match spec.pieces.speed_average {
        Some(window) => toml.quantity("speed-average", window),
        None => toml.text("speed-average", "none"),
    }
    toml.plain("contiguous", spec.pieces.contiguous);
    toml.plain("store-and-forward", spec.pieces.store_and_forward);
    let partial = match spec.pieces.partial {
        Partial::Keep => "keep",
        Partial::Drop => "drop",
    };
    toml.text("partial", partial);
    match spec.pieces.queue {
        Some(queue) => toml.quantity("queue", queue),
        None => toml.text("queue", "none"),
    }
    match spec.pieces.retry {
        Retry::AtOnce => toml.text("retry", "at-once"),
        Retry::Timed { first, every } => {
            toml.line(&format!("retry = {{ timed = {{ first = \"{first}\", every = \"{every}\" }} }}"));
        }
    }
    toml.plain("pipelining", spec.pieces.pipelining);
    toml.plain("start-lag", spec.pieces.start_lag);
    toml.table(&format!("{path}.wire"));
    toml.quantity("packet-header", spec.wire.packet_header);
    toml.quantity("mtu", spec.wire.mtu);
    toml.plain("packets-per-ack", spec.wire.packets_per_ack);
    toml.quantity("acknowledgement", spec.wire.acknowledgement);
    toml.plain("acknowledgements", spec.wire.acknowledgements);
    toml.plain("messages", spec.wire.messages);
    write_tcp(toml, path, spec);
    if let Some(fallback) = &spec.fallback {
        toml.table(&format!("{path}.fallback"));
        toml.quantity("after", fallback.after);
    }
}

fn write_tcp(toml: &mut Toml, path: &str, spec: &FileSwarmingSpec) {
    toml.table(&format!("{path}.tcp"));
    match spec.tcp.shares {
        Shares::Equal => toml.text("shares", "equal"),
        Shares::LogNormal { .. } => {}
    }
    match spec.tcp.messages {
        MessageDelay::AtOnce => toml.text("messages", "at-once"),
        MessageDelay::BehindData { .. } => {}
    }
    if let Shares::LogNormal { sigma, redraw } = spec.tcp.shares {
        toml.table(&format!("{path}.tcp.shares.log-normal"));
        toml.float("sigma", sigma);
        toml.quantity("redraw", redraw);
    }
    if let MessageDelay::BehindData { send_buffer, queue } = spec.tcp.messages {
        toml.table(&format!("{path}.tcp.messages.behind-data"));
        toml.quantity("send-buffer", send_buffer);
        toml.quantity("queue", queue);
    }
}
