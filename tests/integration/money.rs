//! Money through the whole program: what one ISP pays another receives, samples are the links' bytes, nothing is guessed.

use peerscape::experiment::ExperimentResult;
use peerscape::metrics::RunOutcome;
use peerscape::units::{Money, TableMoney};

use crate::keys::MONEY_TEXT;
use crate::runs::{fingerprints, run_text};

fn result(set: &[(&str, &str)]) -> ExperimentResult {
    run_text(MONEY_TEXT, set)
}

fn total(amounts: impl Iterator<Item = Option<TableMoney>>) -> Money {
    amounts.map(|amount| amount.expect("every bill of a month is known").0).sum()
}

fn check_conservation(outcome: &RunOutcome) {
    let costs = total(outcome.costs.iter().map(|row| row.paid_per_month));
    let paid = total(outcome.isps.iter().map(|row| row.paid_per_month));
    let received = total(outcome.isps.iter().map(|row| row.received_per_month));
    assert!(costs > Money::ZERO);
    assert_eq!((paid, received), (costs, costs), "to the cent");
    // ISP by ISP, from the contracts alone.
    for isp in &outcome.isps {
        let of = |side: fn(&peerscape::metrics::rows::CostRow) -> &str| {
            total(outcome.costs.iter().filter(|row| side(row) == isp.name).map(|row| row.paid_per_month))
        };
        assert_eq!(isp.paid_per_month.unwrap().0, of(|row| &row.buyer), "{}", isp.name);
        assert_eq!(isp.received_per_month.unwrap().0, of(|row| &row.seller), "{}", isp.name);
    }
    // Classes together pay what they receive.
    let [stub, transit] = [outcome.run.stub_paid_per_month, outcome.run.transit_isp_paid_per_month];
    let net = |amount: Option<TableMoney>| amount.map_or(Money::ZERO, |amount| amount.0);
    assert_eq!(net(stub) + net(transit), net(outcome.run.tier1_received_per_month));
    for row in &outcome.costs {
        assert_eq!(row.paid_per_month.unwrap().0, row.paid_per_month.unwrap().0.to_cent());
    }
}

#[test]
fn what_one_isp_pays_another_receives() {
    let volume = r#"{ per-volume = { price = "7.77 EUR per GB", direction = "average" } }"#;
    for set in [&[][..], &[("tariff.list.terms", volume)], &[("tariff.list.terms", r#"{ flat = "3.33 EUR" }"#)]] {
        for outcome in &result(set).outcomes {
            check_conservation(outcome);
        }
    }
}

#[test]
fn the_samples_of_links_are_their_bytes_whatever_the_sampling_period() {
    let one = result(&[("experiment.sampling", "7 s")]);
    let other = result(&[("experiment.sampling", "11 min")]);
    for (one, other) in one.outcomes.iter().zip(&other.outcomes) {
        assert_eq!(one.costs, other.costs);
        // The window is the whole run: contracts carry what their links carry.
        let links: u64 = one.links.iter().filter(|link| !link.same_isp).map(|link| link.bytes).sum();
        let horizon: u64 = one.costs.iter().map(|row| row.in_bytes + row.out_bytes).sum();
        assert!(horizon <= links && horizon > links * 9 / 10, "{horizon} of {links}");
        assert!(one.costs.iter().all(|row| row.samples == 24));
        // A contract with a single link has that link's percentile.
        for row in &one.costs {
            let number = |name: &str| ["north", "south", "east"].iter().position(|n| *n == name).unwrap() as u32 + 1;
            let (from, to) = (number(&row.buyer), number(&row.seller));
            let link = one.links.iter().find(|link| (link.from_as, link.to_as) == (from, to));
            assert_eq!(link.and_then(|link| link.p95_bps).unwrap_or(0), row.p95_out_bps.unwrap(), "{row:?}");
        }
    }
}

#[test]
fn without_a_horizon_everything_is_billed() {
    // As many peers as complete within the time, and nobody to wait for: the window ends with the run.
    let text = MONEY_TEXT.replace(", horizon = \"2 h\"", "");
    for outcome in &run_text(&text, &[]).outcomes {
        let links: u64 = outcome.links.iter().filter(|link| !link.same_isp).map(|link| link.bytes).sum();
        let billed: u64 = outcome.costs.iter().map(|row| row.in_bytes + row.out_bytes).sum();
        assert_eq!(billed, links);
    }
}

#[test]
fn too_few_samples_give_no_percentile_and_no_cost() {
    // 19 samples fit into 95 minutes and a bit, 20 into 100 minutes.
    for (horizon, samples, known) in [("99 min", 19, false), ("100 min", 20, true)] {
        for outcome in &result(&[("experiment.horizon", horizon)]).outcomes {
            for row in &outcome.costs {
                assert_eq!(row.samples, samples);
                for level in [row.p95_in_bps, row.p95_out_bps, row.billed_bps, row.month_billed_bps] {
                    assert_eq!(level.is_some(), known, "{row:?}");
                }
                assert_eq!(row.paid_per_month.is_some(), known);
                // The commit is paid whatever is carried: 0.1 Mbit/s at 2 EUR.
                assert_eq!(row.fixed_per_month.to_string(), "0.20");
            }
            assert_eq!(outcome.run.transit_paid_per_month.is_some(), known);
            assert_eq!(outcome.run.transit_billed_bps.is_some(), known);
        }
    }
}

#[test]
fn samples_begin_with_the_window_of_measurement() {
    for outcome in &result(&[("experiment.warm-up", "7 min")]).outcomes {
        // 113 minutes.
        assert!(outcome.costs.iter().all(|row| row.samples == 22));
    }
}

#[test]
fn tariffs_change_no_run() {
    let with = result(&[]);
    let without = run_text(MONEY_TEXT.split("[[tariff]]").next().unwrap(), &[]);
    assert_eq!(fingerprints(&with), fingerprints(&without));
    for (with, without) in with.outcomes.iter().zip(&without.outcomes) {
        assert_eq!(with.peers, without.peers);
        assert_eq!(with.traffic_matrix, without.traffic_matrix);
        assert_eq!(with.run.ended_at_s, without.run.ended_at_s);
        assert!(without.costs.is_empty() && without.run.transit_paid_per_month.is_none());
        assert!(without.isps.iter().all(|isp| isp.paid_per_month.is_none() && !isp.class.is_empty()));
    }
}

/// One peer who never hears of a swarm and fetches everything from the origin, two transit links away, at 1 Mbit/s.
const FALLBACK: &str = r#"
format = 1
title = "What the origin sends is billed"
experiment = { replications = 1, horizon = "2 h", deadline = "2 h" }
[underlay.isps]
isp = [{ name = "content", ases = [1] }, { name = "carrier", ases = [2] }, { name = "eyeballs", ases = [3] }]
link = [{ provider = 1, customer = 2 }, { provider = 2, customer = 3 }]
[population]
peers = 1
placement = { table = [{ as = 3, peers = 1 }] }
access = [{ name = "line", share = 1.0, down = "16 Mbit/s", up = "2 Mbit/s" }]
seeds = { up = "1 Mbit/s", as = 1 }
[service.file-swarming]
size = "300 MB"
piece = "1 MB"
wire = "none"
fallback = { after = "30 s" }
[[arm]]
name = "only"
management = "none"
tracker = { outages = [{ from = "0 s", until = "24 h" }] }
[[tariff]]
name = "list"
links = "transit"
terms = { percentile = { price = "2 EUR per Mbit/s" } }
[[tariff]]
name = "by volume"
links = "transit"
seller = "carrier"
terms = { per-volume = { price = "1 EUR per GB" } }
"#;

#[test]
fn bytes_from_the_fallback_origin_are_in_the_samples_of_the_links_they_cross() {
    let result = run_text(FALLBACK, &[]);
    let outcome = &result.outcomes[0];
    // 300 MB at 1 Mbit/s: 2,400 s of two hours, seven whole samples of 24; the highest is free, the next is full.
    let size = 300_000_000;
    assert_eq!((outcome.run.fallback_bytes, outcome.run.origin_bytes), (Some(size), size));
    assert_eq!(outcome.run.inter_isp_bytes, size, "nothing went by the swarm");
    assert_eq!(outcome.costs.len(), 2);
    for row in &outcome.costs {
        assert_eq!((row.samples, row.in_bytes, row.out_bytes), (24, size, 0), "{row:?}");
        assert_eq!((row.p95_in_bps, row.p95_out_bps), (Some(1_000_000), Some(0)), "{row:?}");
    }
    let cost = |tariff: &str| outcome.costs.iter().find(|row| row.tariff == tariff).unwrap();
    assert_eq!(cost("list").billed_bps, Some(1_000_000));
    assert_eq!(cost("by volume").volume_cost.unwrap().to_string(), "0.30");
    // The links tell the same, in the direction from the origin alone.
    let links: Vec<(u32, u32, u64)> = outcome.links.iter().map(|link| (link.from_as, link.to_as, link.bytes)).collect();
    assert_eq!(links, [(1, 2, size), (2, 3, size)]);
    // Beside a swarm: whatever crosses a link is in its samples, and some of it came from the origin.
    let swarm = run_text(
        FALLBACK,
        &[
            ("population.peers", "12"),
            ("population.placement", "{ table = [{ as = 2, peers = 6 }, { as = 3, peers = 6 }] }"),
            ("service.file-swarming.size", "8 MB"),
            ("service.file-swarming.fallback.after", "1 s"),
            ("arm.only.tracker.outages", r#"[{ from = "20 s", until = "24 h" }]"#),
            ("discovery", "{ list = 2, wanted = 2, low-mark = 1 }"),
        ],
    );
    let outcome = &swarm.outcomes[0];
    let fallback = outcome.run.fallback_bytes.unwrap();
    assert!(fallback > 0 && fallback < outcome.run.inter_isp_bytes + outcome.run.piece_transfers * 1_000_000);
    for (from, to) in [(1, 2), (2, 3)] {
        let of = |from: u32, to: u32| {
            let found = outcome.links.iter().find(|link| (link.from_as, link.to_as) == (from, to));
            found.map_or(0, |link| link.bytes)
        };
        let name = |number: u32| ["content", "carrier", "eyeballs"][number as usize - 1];
        let row = outcome.costs.iter().find(|row| (row.seller.as_str(), row.buyer.as_str()) == (name(from), name(to)));
        let row = row.unwrap();
        assert_eq!((row.in_bytes, row.out_bytes), (of(from, to), of(to, from)));
    }
    // Everything the origin sent left its ISP over the one link.
    let link = outcome.links.iter().find(|link| (link.from_as, link.to_as) == (1, 2)).unwrap();
    assert_eq!(link.bytes, outcome.run.origin_bytes);
}
