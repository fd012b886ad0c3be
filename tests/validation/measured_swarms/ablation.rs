//! Each mechanism switched off alone: what it does to the predictions.
//!
//! Runs of a row and of the base have the same seeds (common random numbers), so differences are paired by run. Effects
//! do not add up: mechanisms make up for one another.

use std::path::PathBuf;

use super::compare::{Compared, Sample, predict};
use super::quantity::Quantity;

/// What changes: the mechanism's name, the key that names it, and its value. One key each; to add a row, add a line.
pub(super) const MECHANISMS: [(&str, &str, &str); 26] = [
    ("store-and-forward of pieces", "service.file-swarming.pieces.store-and-forward", "false"),
    ("pools of partial pieces", "service.file-swarming.pieces.partial", "\"drop\""),
    ("end game", "service.file-swarming.pieces.end-game", "false"),
    ("one block at a time in the end game", "service.file-swarming.pieces.strict-end-game", "false"),
    ("rarity before partial pieces", "service.file-swarming.pieces.strict-priority", "true"),
    ("partial pieces first at the beginning", "service.file-swarming.pieces.prioritize-partials", "false"),
    ("speed averaged over seconds", "service.file-swarming.pieces.speed-average", "\"none\""),
    ("neighbouring pieces together", "service.file-swarming.pieces.contiguous", "false"),
    ("pieces chosen ahead of need", "service.file-swarming.pieces.queue", "\"none\""),
    ("idle connections look again now and then", "service.file-swarming.pieces.retry", "\"at-once\""),
    ("unequal TCP shares", "service.file-swarming.tcp.shares", "\"equal\""),
    ("messages waiting behind data", "service.file-swarming.tcp.messages", "\"at-once\""),
    ("immediate slot refill", "service.file-swarming.choking.refill", "\"at-round\""),
    ("wire overhead", "service.file-swarming.wire", "\"none\""),
    ("acknowledgements on the uplink", "service.file-swarming.wire.acknowledgements", "false"),
    ("list accumulation", "discovery.accumulate", "false"),
    ("repeated announces", "discovery.interval", "\"never\""),
    ("the seed's choice of peers", "service.file-swarming.seeding.order", "\"random\""),
    ("turns between equals", "service.file-swarming.choking.ties", "\"lot\""),
    ("choke rounds", "service.file-swarming.choking.rounds", "false"),
    ("optimistic slots", "service.file-swarming.choking.optimistic-unchoke", "false"),
    ("request pipeline", "service.file-swarming.pieces.pipelining", "false"),
    ("start lag", "service.file-swarming.pieces.start-lag", "false"),
    ("rarest first", "service.file-swarming.pieces.order", "\"random\""),
    ("random first pieces", "service.file-swarming.pieces.random-first", "0"),
    ("tit-for-tat", "service.file-swarming.choking.order", "\"random\""),
];

/// What the table shows.
pub(super) const SHOWN: [Quantity; 4] =
    [Quantity::Mean, Quantity::Last, Quantity::UtilisationToFirstCompletion, Quantity::InterIspShare];

/// One swarm without one mechanism.
pub(super) struct Row {
    pub(super) mechanism: &'static str,
    pub(super) key: &'static str,
    pub(super) value: &'static str,
    pub(super) swarm: String,
    pub(super) quantity: Quantity,
    pub(super) base: Sample,
    /// Without − with, paired by run.
    pub(super) change: Sample,
    /// Peers that did not complete without the mechanism, in all runs.
    pub(super) censored: u64,
}

/// All rows; a mechanism whose key the scenario does not know is left out, loudly.
pub(super) fn rows(folders: &[PathBuf]) -> Vec<Row> {
    let base: Vec<Compared> = folders.iter().filter_map(|folder| told(folder, predict(folder, &[]))).collect();
    let mut rows = Vec::new();
    for (mechanism, key, value) in MECHANISMS {
        for (folder, base) in folders.iter().zip(&base) {
            let Some(without) = told(folder, predict(folder, &[(key, value)])) else { break };
            for quantity in SHOWN {
                let (Some(of_base), Some(change)) = (base.predicted(quantity), without.change(base, quantity)) else {
                    continue;
                };
                let (swarm, censored) = (base.name.clone(), without.censored());
                rows.push(Row { mechanism, key, value, swarm, quantity, base: of_base, change, censored });
            }
        }
    }
    rows
}

/// The prediction, or a loud line saying why there is none.
fn told(folder: &std::path::Path, predicted: Result<Compared, String>) -> Option<Compared> {
    let swarm = folder.file_name().unwrap_or_default().display();
    let first = |why: &str| why.lines().next().unwrap_or_default().to_owned();
    predicted.inspect_err(|why| eprintln!("LEFT OUT, ablation of {swarm}: {}", first(why))).ok()
}

/// The table as text: a line per mechanism, the mean over the swarms and the largest change in standard errors.
pub(super) fn table(rows: &[Row]) -> String {
    let mut lines = vec![format!(
        "{:34}{:14}{:>20}{:>20}{:>24}{:>20}",
        "without", "swarm", "mean, s", "last, s", "utilisation, pt", "share, pt"
    )];
    for (mechanism, _, _) in MECHANISMS {
        let mut swarms: Vec<&str> =
            rows.iter().filter(|row| row.mechanism == mechanism).map(|row| row.swarm.as_str()).collect();
        swarms.dedup();
        for swarm in swarms {
            let cell = |quantity: Quantity| {
                let found = rows
                    .iter()
                    .find(|row| row.mechanism == mechanism && row.swarm == swarm && row.quantity == quantity);
                let scale = if quantity.name_and_unit().1 == "share" { 100.0 } else { 1.0 };
                found.map_or("–".to_owned(), |row| {
                    format!("{:+.1} ± {:.1}", scale * row.change.mean, scale * row.change.error())
                })
            };
            let [mean, last, utilisation, share] = SHOWN.map(cell);
            lines.push(format!("{mechanism:34}{swarm:14}{mean:>20}{last:>20}{utilisation:>24}{share:>20}"));
        }
    }
    lines.join("\n")
}
