//! The twin on the hosts of the four measured swarms: predicted beside measured.
//!
//! Settings are those of the client and of the experiment (`params.json` of each repetition); nothing is fitted.

use std::path::Path;

use peerscape::services::file_swarming::{
    ChokeOrder, ChokingSpec, FileSwarmingSpec, MessageDelay, Partial, PieceOrder, PiecesSpec, Refill, Retry, SeedOrder,
    SeedingSpec, Shares, TcpSpec, Ties, WireSpec,
};
use peerscape::units::{Bytes, SimDuration};
use serde_json::Value;

use super::result::Outcome;
use super::setting::{Choker, Host, Lists, Setting};
use super::swarm::Swarm;
use super::table;
use crate::simulate::{mean_and_error, shared_data};

const SWARMS: [&str; 4] = ["a_base", "b_het", "c2_man8k1", "c2_rand8"];

/// libtorrent 2.0.8: 8 slots of which one optimistic; rounds of 15 s, optimistic 30 s; quota of 20 pieces and a minute;
/// `initial_picker_threshold` 4, `whole_pieces_threshold` 20 s, strict end game.
fn client(size: u64, piece: u64) -> FileSwarmingSpec {
    FileSwarmingSpec {
        fallback: None,
        size: Bytes::new(size),
        piece: Bytes::new(piece),
        block: Bytes::new(16_384),
        choking: ChokingSpec {
            slots: 7,
            optimistic: 1,
            round: SimDuration::from_secs(15),
            optimistic_rounds: 2,
            optimistic_unchoke: true,
            ties: Ties::Turn,
            rounds: true,
            refill: Refill::NextSecond,
            order: ChokeOrder::TitForTat,
        },
        seeding: SeedingSpec {
            slots: 7,
            order: SeedOrder::RoundRobin,
            quota_pieces: 20,
            quota_time: SimDuration::from_secs(60),
            super_seeding: false,
        },
        pieces: PiecesSpec {
            queue: Some(SimDuration::from_secs(3)),
            strict_end_game: true,
            random_first: 4,
            order: PieceOrder::RarestFirst,
            strict_priority: false,
            prioritize_partials: true,
            end_game: true,
            pipeline: 16,
            slow_piece: SimDuration::from_secs(20),
            speed_average: Some(SimDuration::from_secs(5)),
            contiguous: true,
            store_and_forward: true,
            partial: Partial::Keep,
            retry: Retry::Timed { first: SimDuration::from_secs(5), every: SimDuration::from_secs(5) },
            pipelining: true,
            start_lag: true,
        },
        // The twin has its own account of headers and acknowledgements, see `setting`.
        wire: WireSpec::NONE,
        tcp: TcpSpec {
            shares: Shares::LogNormal { sigma: 0.7, redraw: SimDuration::from_secs(30) },
            messages: MessageDelay::BehindData {
                send_buffer: Bytes::new(30 * 1024),
                queue: SimDuration::from_millis(300),
            },
        },
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The hosts and lists of one repetition, and the client's rules.
fn setting(params: &Value) -> Setting {
    let config = &params["config"];
    let number = |value: &Value| value.as_f64().unwrap();
    let hosts = params["hosts"].as_array().unwrap().iter().map(|host| Host {
        up: number(&host["up_Bps"]),
        down: number(&host["down_Bps"]),
        isp: host["isp"].as_u64().unwrap() as usize,
        arrival: number(&host["arrival"]),
        seed: host["role"] == "seed",
    });
    let size = config["list_size"].as_u64().unwrap() as usize;
    let lists = match config["policy"].as_str().unwrap() {
        "random" => Lists::Random(size),
        _ => Lists::OwnFirst { size, external: config["k_external"].as_u64().unwrap() as usize },
    };
    Setting {
        hosts: hosts.collect(),
        spec: client(params["file_bytes"].as_u64().unwrap(), params["piece_bytes"].as_u64().unwrap()),
        choker: Choker::Client,
        queue: 3.0,
        delay: (number(&config["lat_intra_ms"]) / 1000.0, number(&config["lat_inter_ms"]) / 1000.0),
        lists,
        announce: 0.0,
        interval: number(&config["interval"]),
        headers: 0.04,
        acknowledgements: 0.04,
        deadline: number(&config["timeout"]),
    }
}

/// What the twin is run with.
#[derive(Debug, Clone, Copy)]
struct Variant {
    name: &'static str,
    change: fn(&mut Setting),
}

const VARIANTS: [Variant; 4] = [
    Variant { name: "unequal shares, messages wait", change: |_| {} },
    Variant { name: "equal shares, messages wait", change: |setting| setting.spec.tcp.shares = Shares::Equal },
    Variant {
        name: "unequal shares, messages at once",
        change: |setting| setting.spec.tcp.messages = MessageDelay::AtOnce,
    },
    Variant {
        name: "equal shares, messages at once",
        change: |setting| {
            setting.spec.tcp.shares = Shares::Equal;
            setting.spec.tcp.messages = MessageDelay::AtOnce;
        },
    },
];

const HEADER: &str = "| swarm | | mean, s | first, s | last, s | utilisation | first minute | first piece, s | last unique, s | best fed | duplicates | inter-ISP | seed copies |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

fn row(swarm: &str, name: &str, outcomes: &[Outcome]) -> String {
    let column = |digits: usize, value: fn(&Outcome) -> f64| {
        let values: Vec<f64> = outcomes.iter().map(value).collect();
        let (mean, error) = mean_and_error(&values);
        if mean.is_nan() { "–".to_owned() } else { format!("{mean:.digits$} ± {error:.digits$}") }
    };
    let columns = [
        column(1, Outcome::mean),
        column(1, |outcome| outcome.first),
        column(1, |outcome| outcome.last),
        column(3, |outcome| outcome.utilisation),
        column(3, |outcome| outcome.utilisation_of_first_minute),
        column(1, |outcome| outcome.first_piece),
        column(1, |outcome| outcome.last_unique),
        column(3, |outcome| outcome.best_fed),
        column(4, |outcome| outcome.duplicates),
        column(3, |outcome| outcome.inter_isp),
        column(2, |outcome| outcome.seed_copies),
    ];
    format!("| {swarm} | {name} | {} |", columns.join(" | "))
}

/// The measured counterpart, repetition by repetition, from the tables beside `params.json`.
fn measured(folder: &Path) -> Outcome {
    let summary = read(&folder.join("summary.json"));
    let number = |key: &str| summary[key].as_f64().unwrap();
    let mut table = csv::Reader::from_path(folder.join("peers.csv")).unwrap();
    let heads = table.headers().unwrap().clone();
    let place = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let (role, first_piece, arrival, complete) =
        (place("role"), place("first_piece_t"), place("arrival"), place("complete_t"));
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let leechers: Vec<&csv::StringRecord> = rows.iter().filter(|row| &row[role] == "leecher").collect();
    let time = |row: &csv::StringRecord, place: usize| row[place].parse::<f64>().unwrap();
    let mut pairs = csv::Reader::from_path(folder.join("pairs.csv")).unwrap();
    let mut fed: Vec<f64> =
        pairs.records().map(Result::unwrap).filter(|row| &row[0] == "0").map(|row| row[5].parse().unwrap()).collect();
    fed.sort_by(|a, b| b.total_cmp(a));
    Outcome {
        download_times: leechers.iter().map(|row| time(row, complete) - time(row, arrival)).collect(),
        last: leechers.iter().map(|row| time(row, complete)).fold(0.0, f64::max),
        first: leechers.iter().map(|row| time(row, complete)).fold(f64::INFINITY, f64::min),
        utilisation: number("util_to_first_done_all"),
        utilisation_of_first_minute: f64::NAN,
        first_piece: leechers.iter().map(|row| time(row, first_piece)).sum::<f64>() / leechers.len() as f64,
        last_unique: f64::NAN,
        best_fed: fed.iter().take(8).sum::<f64>() / fed.iter().sum::<f64>(),
        duplicates: number("redundant") / number("payload_total"),
        inter_isp: number("inter_share_payload"),
        seed_copies: number("seed_payload_copies"),
    }
}

/// The bands of D22, and the one to three and a half per cent of redundant blocks that were measured.
fn within_bands(swarm: &str, measured: &[Outcome], predicted: &[Outcome]) {
    let mean = |of: &[Outcome], value: fn(&Outcome) -> f64| of.iter().map(value).sum::<f64>() / of.len() as f64;
    let off = |value: fn(&Outcome) -> f64| mean(predicted, value) - mean(measured, value);
    let relative = off(Outcome::mean) / mean(measured, Outcome::mean);
    assert!(relative.abs() <= if swarm == "b_het" { 0.12 } else { 0.07 }, "{swarm}: mean off by {relative}");
    assert!(off(|outcome| outcome.utilisation).abs() <= 0.05, "{swarm}: utilisation");
    let share = if swarm == "c2_man8k1" { 0.05 } else { 0.07 };
    assert!(off(|outcome| outcome.inter_isp).abs() <= share, "{swarm}: inter-ISP share");
    let duplicates = mean(predicted, |outcome| outcome.duplicates);
    assert!((0.01..=0.035).contains(&duplicates), "{swarm}: duplicates {duplicates}");
}

#[test]
#[ignore = "long"]
fn d22_the_twin_on_the_measured_swarms() {
    let mut rows = vec![HEADER.to_owned()];
    for swarm in SWARMS {
        let Some(folder) = shared_data("d22_the_twin_on_the_measured_swarms", &format!("swarms/{swarm}")) else {
            return;
        };
        let repetitions = ["1", "2", "3"].map(|repetition| folder.join(repetition));
        let found: Vec<Outcome> = repetitions.iter().map(|folder| measured(folder)).collect();
        rows.push(row(swarm, "measured", &found));
        for variant in VARIANTS {
            let mut outcomes = Vec::new();
            for folder in &repetitions {
                let mut setting = setting(&read(&folder.join("params.json")));
                (variant.change)(&mut setting);
                outcomes.extend((0..3).map(|replication| Swarm::new(&setting, replication).run()));
            }
            rows.push(row(swarm, variant.name, &outcomes));
            if variant.name == VARIANTS[0].name {
                within_bands(swarm, &found, &outcomes);
            }
        }
    }
    table::publish("measured swarms", &rows);
}
