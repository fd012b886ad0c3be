//! What was measured: `params.json`, `peers.csv`, `pairs.csv` and `summary.json` of a repetition.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::quantity::{Figures, Quantity, median};

/// Utilisation in the first minute, as the README of the data says; the files do not tell.
const FIRST_MINUTE: f64 = 0.62;

/// `params.json`: everything that was set.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Params {
    pub(super) scenario: String,
    pub(super) rep: u32,
    pub(super) config: Config,
    pub(super) piece_bytes: u64,
    pub(super) block_bytes: u64,
    pub(super) file_bytes: u64,
    pub(super) mtu: u64,
    pub(super) choke: Choke,
    pub(super) hosts: Vec<Host>,
}

/// The part of `params.json` that describes the network and the lists.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Config {
    pub(super) n_isp: u32,
    pub(super) policy: String,
    pub(super) list_size: u32,
    pub(super) k_external: u32,
    /// Seconds between announces; none: a single one.
    #[serde(default)]
    pub(super) interval: Option<f64>,
    pub(super) classes: Vec<Class>,
    pub(super) leave: bool,
    pub(super) lat_intra_ms: f64,
    pub(super) lat_inter_ms: f64,
    /// Capacity between the ISPs, per direction, KiB/s; 0: not limited.
    pub(super) link_kibps: f64,
    pub(super) timeout: f64,
    /// Settings of the client, by libtorrent's names.
    #[serde(default)]
    pub(super) settings: BTreeMap<String, serde_json::Value>,
}

/// An access class, rates in KiB/s.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) n: u32,
    pub(super) up: f64,
    pub(super) down: f64,
}

/// Unchoking.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Choke {
    pub(super) unchoke_interval_s: u32,
    pub(super) optimistic_interval_s: u32,
    pub(super) unchoke_slots: u32,
    pub(super) seed: String,
    /// A number, or the rule of libtorrent in words.
    pub(super) optimistic_slots: serde_json::Value,
}

/// One host.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Host {
    pub(super) id: u32,
    pub(super) role: String,
    pub(super) cls: String,
    pub(super) isp: u32,
    #[serde(rename = "up_Bps")]
    pub(super) up: u64,
    #[serde(rename = "down_Bps")]
    pub(super) down: u64,
    /// Seconds since the start of the run; negative: it was there before.
    pub(super) arrival: f64,
    pub(super) freerider: bool,
}

impl Host {
    /// Whether it downloads: neither a seed nor a cache.
    pub(super) fn downloads(&self) -> bool {
        !["seed", "cache"].contains(&self.role.as_str())
    }
}

#[derive(Debug, Deserialize)]
struct PeerLine {
    id: u32,
    freerider: u8,
    arrival: f64,
    first_piece_t: Option<f64>,
    complete_t: Option<f64>,
    payload_down: u64,
    redundant: u64,
}

#[derive(Debug, Deserialize)]
struct PairLine {
    src: u32,
    dst: u32,
    src_isp: u32,
    dst_isp: u32,
    payload_by_downloader: u64,
}

#[derive(Debug, Deserialize)]
struct Summary {
    mean: f64,
    makespan: f64,
    util_to_first_done_all: f64,
}

/// One repetition of a measured swarm.
#[derive(Debug, Clone)]
pub(super) struct Repetition {
    pub(super) params: Params,
    pub(super) figures: Figures,
    /// For each downloading host, in the order of `params.json`: whether times are over it.
    pub(super) counted: Vec<bool>,
}

/// Folders of `swarm` that hold a `params.json`: its repetitions.
pub(super) fn repetition_folders(swarm: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(swarm) else { return Vec::new() };
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.join("params.json").exists()).collect();
    found.sort();
    found
}

/// Reads a repetition and works out its figures.
pub(super) fn read(folder: &Path) -> Repetition {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let params: Params = serde_json::from_str(&text("params.json")).unwrap();
    let summary: Summary = serde_json::from_str(&text("summary.json")).unwrap();
    let peers: Vec<PeerLine> = rows(&text("peers.csv"));
    let pairs: Vec<PairLine> = rows(&text("pairs.csv"));
    let downloading: Vec<&Host> = params.hosts.iter().filter(|host| host.downloads()).collect();
    // Times are over whom the measurement's own summary took: everybody, or everybody but the free riders.
    let mut times = Figures::default();
    for free_riders_too in [true, false] {
        let counted: Vec<bool> = downloading.iter().map(|host| free_riders_too || !host.freerider).collect();
        let of = |line: &&PeerLine| downloading.iter().any(|host| host.id == line.id);
        let lines = peers.iter().filter(of).filter(|line| free_riders_too || line.freerider == 0);
        times = completion_figures(&lines.collect::<Vec<_>>());
        let same = |quantity, theirs: f64| times.get(quantity).is_some_and(|ours| (ours - theirs).abs() < 0.05);
        if same(Quantity::Mean, summary.mean) && same(Quantity::Last, summary.makespan) {
            let mut figures = other_figures(&params, &peers, &pairs);
            figures.set(Quantity::UtilisationToFirstCompletion, summary.util_to_first_done_all);
            // One number, not three.
            if (params.scenario.as_str(), params.rep) == ("a_base", 1) {
                figures.set(Quantity::UtilisationFirstMinute, FIRST_MINUTE);
            }
            figures.extend(times);
            return Repetition { params, figures, counted };
        }
    }
    panic!("{}: not the times of {summary:?}: {times:?}", folder.display());
}

fn rows<T: for<'a> Deserialize<'a>>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// Figures about times, over these leechers.
fn completion_figures(leechers: &[&PeerLine]) -> Figures {
    let done: Vec<(f64, f64)> = leechers.iter().filter_map(|peer| Some((peer.arrival, peer.complete_t?))).collect();
    let times: Vec<f64> = done.iter().map(|(arrival, completion)| completion - arrival).collect();
    let first_arrival = leechers.iter().map(|peer| peer.arrival).fold(f64::INFINITY, f64::min);
    let first_pieces: Vec<f64> = leechers.iter().filter_map(|peer| Some(peer.first_piece_t? - peer.arrival)).collect();
    let mut figures = Figures { censored: (leechers.len() - done.len()) as u64, ..Figures::default() };
    if times.is_empty() {
        return figures;
    }
    figures.set(Quantity::Mean, times.iter().sum::<f64>() / times.len() as f64);
    figures.set(Quantity::Median, median(times));
    figures.set(Quantity::Last, done.iter().map(|(_, completion)| *completion).fold(0.0, f64::max) - first_arrival);
    figures.set(Quantity::FirstPieceMean, first_pieces.iter().sum::<f64>() / first_pieces.len() as f64);
    figures
}

/// Figures about bytes and pieces, over everybody.
fn other_figures(params: &Params, peers: &[PeerLine], pairs: &[PairLine]) -> Figures {
    let downloading: BTreeSet<u32> = params.hosts.iter().filter(|host| host.downloads()).map(|host| host.id).collect();
    let leechers: Vec<&PeerLine> = peers.iter().filter(|peer| downloading.contains(&peer.id)).collect();
    let sum = |lines: &mut dyn Iterator<Item = &PairLine>| lines.map(|pair| pair.payload_by_downloader).sum::<u64>();
    let all = sum(&mut pairs.iter());
    let inter = sum(&mut pairs.iter().filter(|pair| pair.src_isp != pair.dst_isp));
    let mut fed: BTreeMap<u32, u64> = BTreeMap::new();
    for pair in pairs.iter().filter(|pair| !downloading.contains(&pair.src)) {
        *fed.entry(pair.dst).or_default() += pair.payload_by_downloader;
    }
    let mut fed: Vec<u64> = fed.into_values().collect();
    fed.sort_unstable_by(|a, b| b.cmp(a));
    let from_seeds: u64 = fed.iter().sum();

    let mut partners: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for pair in pairs.iter().filter(|pair| pair.src_isp != pair.dst_isp && pair.payload_by_downloader > 0) {
        if downloading.contains(&pair.src) && downloading.contains(&pair.dst) {
            partners.entry(pair.src).or_default().insert(pair.dst);
            partners.entry(pair.dst).or_default().insert(pair.src);
        }
    }
    let partners = partners.values().map(BTreeSet::len).sum::<usize>() as f64 / leechers.len() as f64;
    let received: u64 = leechers.iter().map(|peer| peer.payload_down).sum();
    let redundant: u64 = leechers.iter().map(|peer| peer.redundant).sum();
    let first_arrival = leechers.iter().map(|peer| peer.arrival).fold(f64::INFINITY, f64::min);
    let first_outside = leechers.iter().filter_map(|peer| peer.first_piece_t).fold(f64::INFINITY, f64::min);

    let mut figures = Figures::default();
    if params.config.n_isp > 1 {
        figures.set(Quantity::InterIspShare, inter as f64 / all as f64);
        figures.set(Quantity::ExternalPartners, partners);
    }
    for (role, quantity) in [("seed", Quantity::SeedCopies), ("cache", Quantity::CacheCopies)] {
        let of: BTreeSet<u32> = params.hosts.iter().filter(|host| host.role == role).map(|host| host.id).collect();
        if !of.is_empty() {
            let sent = sum(&mut pairs.iter().filter(|pair| of.contains(&pair.src)));
            figures.set(quantity, sent as f64 / params.file_bytes as f64);
        }
    }
    figures.set(Quantity::SeedTop8, fed.iter().take(8).sum::<u64>() as f64 / from_seeds as f64);
    figures.set(Quantity::FirstPieceAnywhere, first_outside - first_arrival);
    figures.set(Quantity::DuplicateShare, redundant as f64 / received as f64);
    figures
}
