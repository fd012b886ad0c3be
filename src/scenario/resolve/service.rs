//! Services.

use crate::scenario::chosen::Chosen;
use crate::scenario::errors::Problem;
use crate::scenario::reader::{Field, Reader};
use crate::services::ServiceSpec;
use crate::services::client_server::ClientServerSpec;
use crate::services::file_swarming::{
    ChokeOrder, ChokingSpec, FallbackSpec, FileSwarmingSpec, MessageDelay, Partial, PieceOrder, PiecesSpec, Refill,
    Retry, SeedOrder, SeedingSpec, Shares, TcpSpec, Ties, WireSpec,
};
use crate::units::{Bytes, SimDuration};

/// Piece indices are 16 bits wide.
const MOST_PIECES: u64 = 65_535;

/// The service that a file chose; `None`: it was wrong (recorded).
pub(super) fn resolve(chosen: &Chosen<'_>) -> Option<ServiceSpec> {
    match chosen.name {
        "client-server" => chosen.with_table(|table| {
            ServiceSpec::ClientServer(ClientServerSpec {
                size: table.get("size").value,
                slots: table.optional("slots").map(|slots| slots.value),
            })
        }),
        _ => chosen.with_table(|table| ServiceSpec::FileSwarming(file_swarming(table))),
    }
}

/// Stands in for a service that was refused.
pub(super) fn placeholder() -> ServiceSpec {
    ServiceSpec::ClientServer(ClientServerSpec { size: Bytes::new(1), slots: None })
}

fn file_swarming(reader: &Reader<'_>) -> FileSwarmingSpec {
    let problems = reader.problems();
    // Its keys stand here already; a name that there is not is refused.
    reader.optional::<&str>("client");
    let size: Field<Bytes> = reader.get("size");
    let piece: Field<Bytes> = reader.get("piece");
    let block: Field<Bytes> = reader.get("block");
    if piece.ok && block.ok && block.value > piece.value {
        let message = format!("a block of {} is larger than a piece of {}", block.value, piece.value);
        let place = if block.given { block.place } else { piece.place };
        problems.add(Problem::at(place, message).allowed("blocks of at most a piece"));
    }
    if size.ok && piece.ok && size.value.get().div_ceil(piece.value.get()) > MOST_PIECES {
        let pieces = size.value.get().div_ceil(piece.value.get());
        let least = Bytes::new(size.value.get().div_ceil(MOST_PIECES).next_power_of_two());
        let place = if piece.given { piece.place } else { size.place };
        problems.add(
            Problem::at(place, format!("{} in pieces of {} are {pieces} pieces", size.value, piece.value))
                .allowed(format!("1 to {MOST_PIECES} pieces"))
                .advice(format!("`piece = \"{least}\"` is large enough")),
        );
    }
    let choking = choking(&reader.table("choking"));
    let pieces = pieces(&reader.table("pieces"));
    if size.ok && block.ok && !pieces.store_and_forward && size.value.get().div_ceil(block.value.get()) > MOST_PIECES {
        let blocks = size.value.get().div_ceil(block.value.get());
        let message =
            format!("without store-and-forward {} are passed on in {blocks} blocks of {}", size.value, block.value);
        let place = if block.given { block.place } else { size.place };
        problems.add(Problem::at(place, message).allowed(format!("at most {MOST_PIECES} blocks")));
    }
    if piece.ok && block.ok && !pieces.store_and_forward && !piece.value.get().is_multiple_of(block.value.get()) {
        let message = format!("a piece of {} is not a whole number of blocks of {}", piece.value, block.value);
        let place = if piece.given { piece.place } else { block.place };
        problems.add(Problem::at(place, message).allowed("whole blocks, where `store-and-forward` is off"));
    }
    let seeding_reader = reader.table("seeding");
    let seeding = seeding(&seeding_reader, choking.slots);
    if seeding.super_seeding && !pieces.store_and_forward {
        let message = "a super-seed tells of whole pieces, but without store-and-forward blocks are passed on";
        let place = seeding_reader.get::<bool>("super-seeding").place;
        problems.add(Problem::at(place, message).allowed("`pieces.store-and-forward = true`"));
    }
    FileSwarmingSpec {
        size: size.value,
        piece: piece.value,
        block: block.value,
        seeding,
        choking,
        pieces,
        wire: wire(reader),
        tcp: tcp(&reader.table("tcp")),
        fallback: reader.optional_table("fallback").map(|table| FallbackSpec { after: table.get("after").value }),
    }
}

fn choking(reader: &Reader<'_>) -> ChokingSpec {
    let slots: Field<u32> = reader.get("slots");
    let optimistic: Field<u32> = reader.get("optimistic");
    if slots.ok && optimistic.ok && slots.value + optimistic.value == 0 {
        let place = if slots.given { slots.place } else { optimistic.place };
        problems_no_slot(reader, place);
    }
    ChokingSpec {
        slots: slots.value,
        optimistic: optimistic.value,
        round: reader.get("round").value,
        optimistic_rounds: reader.get("optimistic-rounds").value,
        order: match reader.get("order").value {
            "random" => ChokeOrder::Random,
            _ => ChokeOrder::TitForTat,
        },
        ties: match reader.get("ties").value {
            "turn" => Ties::Turn,
            "lasting-lot" => Ties::LastingLot,
            _ => Ties::Lot,
        },
        optimistic_unchoke: reader.get("optimistic-unchoke").value,
        rounds: reader.get("rounds").value,
        refill: match reader.get("refill").value {
            "next-second" => Refill::NextSecond,
            "at-round" => Refill::AtRound,
            _ => Refill::AtOnce,
        },
    }
}

fn problems_no_slot(reader: &Reader<'_>, place: crate::scenario::tree::Place) {
    reader.problems().add(
        Problem::at(place, "no upload slot at all: `slots` and `optimistic` are both 0")
            .allowed("at least one slot")
            .advice("for peers that never upload, set `up = \"0 bit/s\"` in their access class"),
    );
}

fn seeding(reader: &Reader<'_>, choking_slots: u32) -> SeedingSpec {
    let slots = reader.optional::<u32>("slots").map_or(choking_slots, |slots| slots.value);
    if slots == 0 && !reader.has("slots") {
        let message = "seeds would have no upload slot: `seeding.slots` defaults to `choking.slots`, which is 0";
        reader.problems().add(Problem::at(reader.place(), message).allowed("`seeding.slots` of at least 1"));
    }
    SeedingSpec {
        slots,
        order: match reader.get("order").value {
            "fastest-first" => SeedOrder::FastestFirst,
            "anti-leech" => SeedOrder::AntiLeech,
            "random" => SeedOrder::Random,
            _ => SeedOrder::RoundRobin,
        },
        quota_pieces: reader.get("quota-pieces").value,
        quota_time: reader.get("quota-time").value,
        super_seeding: reader.get("super-seeding").value,
    }
}

fn pieces(reader: &Reader<'_>) -> PiecesSpec {
    PiecesSpec {
        random_first: reader.get("random-first").value,
        order: match reader.get("order").value {
            "random" => PieceOrder::Random,
            "sequential" => PieceOrder::Sequential,
            _ => PieceOrder::RarestFirst,
        },
        strict_priority: reader.get("strict-priority").value,
        prioritize_partials: reader.get("prioritize-partials").value,
        end_game: reader.get("end-game").value,
        strict_end_game: reader.get("strict-end-game").value,
        pipeline: reader.get("pipeline").value,
        slow_piece: reader.get("slow-piece").value,
        speed_average: reader.get::<Option<SimDuration>>("speed-average").value,
        contiguous: reader.get("contiguous").value,
        store_and_forward: reader.get("store-and-forward").value,
        partial: match reader.get("partial").value {
            "drop" => Partial::Drop,
            _ => Partial::Keep,
        },
        queue: reader.get::<Option<SimDuration>>("queue").value,
        retry: reader
            .one_of("retry")
            .and_then(|chosen| {
                chosen.with_table(|table| Retry::Timed {
                    first: table.get("first").value,
                    every: table.get("every").value,
                })
            })
            .unwrap_or(Retry::AtOnce),
        pipelining: reader.get("pipelining").value,
        start_lag: reader.get("start-lag").value,
    }
}

fn wire(reader: &Reader<'_>) -> WireSpec {
    if reader.is_word("wire", "none") {
        return WireSpec::NONE;
    }
    let table = reader.table("wire");
    let packet_header: Field<Bytes> = table.get("packet-header");
    let mtu: Field<Bytes> = table.get("mtu");
    if packet_header.ok && mtu.ok && mtu.value <= packet_header.value {
        let message = format!("packets of {} have no room beside headers of {}", mtu.value, packet_header.value);
        let place = if mtu.given { mtu.place } else { packet_header.place };
        table.problems().add(Problem::at(place, message).allowed("an `mtu` larger than `packet-header`"));
    }
    WireSpec {
        packet_header: packet_header.value,
        mtu: mtu.value,
        packets_per_ack: table.get("packets-per-ack").value,
        acknowledgement: table.optional("acknowledgement").map_or(packet_header.value, |size| size.value),
        acknowledgements: table.get("acknowledgements").value,
        messages: table.get("messages").value,
    }
}

fn tcp(reader: &Reader<'_>) -> TcpSpec {
    let shares = reader.one_of("shares").and_then(|chosen| {
        chosen.with_table(|table| Shares::LogNormal {
            sigma: table.get("sigma").value,
            redraw: table.get("redraw").value,
        })
    });
    let messages = reader.one_of("messages").and_then(|chosen| {
        chosen.with_table(|table| MessageDelay::BehindData {
            send_buffer: table.get("send-buffer").value,
            queue: table.get("queue").value,
        })
    });
    TcpSpec { shares: shares.unwrap_or(Shares::Equal), messages: messages.unwrap_or(MessageDelay::AtOnce) }
}
