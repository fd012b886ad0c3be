//! `peerscape topology info FILE`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{as_name, columns, graph};
use crate::cli::Exit;
use crate::cli::arguments::{Format, TopologyInfoArguments};
use crate::cli::console::{Console, printable};
use crate::experiment::plain_number;
use crate::selection::Catalog;
use crate::underlay::{Finding, ImportReport, Reachability, Spread, Survey, Underlay};

pub(super) fn info(
    arguments: &TopologyInfoArguments,
    strategies: &Catalog,
    console: &mut Console<'_>,
) -> Result<Exit, Exit> {
    let underlay = graph(&arguments.file, strategies, arguments.format, console)?.underlay;
    let survey = Survey::of(&underlay, arguments.destinations as usize);
    let name = arguments.file.display().to_string();
    console.say(&match arguments.format {
        Format::Text => printable(&text(&name, &underlay, &survey)),
        Format::Json => format!("{:#}\n", document(&name, &underlay, &survey)),
    })?;
    Ok(Exit::Done)
}

/// A count with thousands set apart.
fn count(n: u64) -> String {
    plain_number(n as f64)
}

/// A share in percent; nothing of nothing is 0.
fn percent(part: u64, whole: u64) -> String {
    if part > 0 && part.saturating_mul(2_000) < whole {
        return "under 0.1 %".to_owned();
    }
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

fn text(name: &str, underlay: &Underlay, survey: &Survey) -> String {
    let report = underlay.report();
    let mut text = format!("{name}: {} ASes, {} links\n\n", count(report.ases), count(report.links));
    text.push_str(&composition(report, survey));
    text.push_str("\ndegrees, over the ASes that have such neighbours\n");
    text.push_str(&degrees(survey));
    text.push_str("\nlevels: 1 has no provider, every other AS is one below its highest provider\n");
    text.push_str(&levels(survey));
    let _ = writeln!(text, "  longest chain of providers: {} links", survey.longest_chain);
    if !survey.largest.is_empty() {
        text.push_str("\nmost customers (cone: ASes reached by customers alone, itself included)\n");
        text.push_str(&largest(underlay, survey));
    }
    text.push_str("\nfound on the way, and what was done about it\n");
    let notes = report.notes();
    let prefix = format!("{}: ", report.source);
    for note in &notes {
        let _ = writeln!(text, "  {}", note.strip_prefix(&prefix).unwrap_or(note));
    }
    if notes.is_empty() {
        text.push_str("  nothing doubtful\n");
    }
    text.push('\n');
    text.push_str(&routes(&survey.reachability, report.ases));
    text
}

fn composition(report: &ImportReport, survey: &Survey) -> String {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String| rows.push([name.to_owned(), value]);
    if let Some(lines) = &report.lines {
        let (one, two) = (count(lines.serial_1), count(lines.serial_2));
        row(
            "lines",
            format!("{one} of three fields, {two} of four (with a source); {} comments", count(lines.comments)),
        );
        let mut sources: Vec<String> =
            lines.links_by_source.iter().map(|(source, links)| format!("{source} {}", count(*links))).collect();
        if lines.links_of_further_sources > 0 {
            sources.push(format!("further sources {}", count(lines.links_of_further_sources)));
        }
        if !sources.is_empty() {
            row("links by source", sources.join(", "));
        }
    }
    let (transit, peering) = (survey.transit_links, survey.peering_links);
    row("links", format!("{} between provider and customer, {} between peers", count(transit), count(peering)));
    let with_customers = report.ases - survey.stubs;
    row("ASes", format!("{} with customers, {} stubs", count(with_customers), count(survey.stubs)));
    let (several, share) = (survey.multihomed_stubs, percent(survey.multihomed_stubs, survey.stubs));
    row("stubs", format!("{} have several providers ({share})", count(several)));
    let tier1 = survey.tier1;
    let others = survey.provider_free - tier1.ases;
    row(
        "provider-free",
        format!(
            "{} with customers ({} of their {} pairs peer), {} stubs ({} of them without any link)",
            count(tier1.ases),
            count(tier1.peering),
            count(tier1.pairs),
            count(others),
            count(survey.isolated)
        ),
    );
    columns(&rows, 2)
}

fn degrees(survey: &Survey) -> String {
    let mut rows = vec![["", "ASes", "mean", "median", "95 % below", "largest"].map(str::to_owned)];
    for (name, spread) in kinds(survey) {
        let numbers = [u64::from(spread.median), u64::from(spread.p95), u64::from(spread.largest)].map(count);
        let [median, p95, largest] = numbers;
        rows.push([name.to_owned(), count(spread.ases), format!("{:.2}", spread.mean), median, p95, largest]);
    }
    columns(&rows, 1)
}

fn kinds(survey: &Survey) -> [(&'static str, Spread); 4] {
    [
        ("neighbours", survey.degrees),
        ("customers", survey.customers),
        ("providers", survey.providers),
        ("peers", survey.peers),
    ]
}

fn levels(survey: &Survey) -> String {
    let mut rows = vec![["level", "with customers", "stubs"].map(str::to_owned)];
    for (level, ases) in (1..).zip(&survey.levels) {
        rows.push([count(level), count(ases.transit), count(ases.stubs)]);
    }
    columns(&rows, 0)
}

fn largest(underlay: &Underlay, survey: &Survey) -> String {
    let mut rows = vec![["", "customers", "peers", "providers", "cone"].map(str::to_owned)];
    for one in &survey.largest {
        let [customers, peers, providers, cone] =
            [one.customers, one.peers, one.providers, one.cone].map(|n| count(u64::from(n)));
        rows.push([as_name(underlay, one.index), customers, peers, providers, cone]);
    }
    columns(&rows, 1)
}

fn routes(found: &Reachability, ases: u64) -> String {
    let error =
        |error: f64, decimals: usize| if found.exact { String::new() } else { format!(" ± {error:.decimals$}") };
    let mut text = if found.exact {
        format!("routes between all {} ASes\n", count(ases))
    } else {
        format!(
            "routes from all ASes to {} of {}, drawn by lot (± standard error; `--destinations` takes more)\n",
            count(found.destinations),
            count(ases)
        )
    };
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String| rows.push([name.to_owned(), value]);
    let without = format!("{:.2}{} %", 100.0 * found.unreachable_share(), error(100.0 * found.unreachable_error, 2));
    row("without a valley-free route", format!("{without} of {} pairs", count(found.pairs)));
    if let Some(mean) = found.mean_hops() {
        row("links of a route, mean", format!("{mean:.3}{}", error(found.hops_error, 3)));
    }
    let routed: u64 = found.by_hops.iter().sum();
    for (name, pairs) in [
        ("first link to a customer", found.by_customer),
        ("first link to a peer", found.by_peer),
        ("first link to a provider", found.by_provider),
    ] {
        row(name, percent(pairs, routed));
    }
    for (hops, pairs) in (1_u64..).zip(&found.by_hops).filter(|(_, pairs)| **pairs > 0) {
        row(&if hops == 1 { "1 link".to_owned() } else { format!("{hops} links") }, percent(*pairs, routed));
    }
    text.push_str(&columns(&rows, 2));
    text
}

fn document(name: &str, underlay: &Underlay, survey: &Survey) -> Value {
    let report = underlay.report();
    let spread = |spread: Spread| {
        json!({
            "ases": spread.ases, "mean": spread.mean, "median": spread.median, "p95": spread.p95,
            "largest": spread.largest,
        })
    };
    let finding = |finding: &Finding| json!({ "count": finding.count, "examples": finding.examples });
    let found = &survey.reachability;
    let degrees: serde_json::Map<String, Value> =
        kinds(survey).into_iter().map(|(name, of)| (name.to_owned(), spread(of))).collect();
    json!({
        "file": name,
        "ases": report.ases,
        "links": { "total": report.links, "transit": survey.transit_links, "peering": survey.peering_links },
        "lines": report.lines.as_ref().map(|lines| json!({
            "comments": lines.comments,
            "three_fields": lines.serial_1,
            "four_fields": lines.serial_2,
            "links_by_source": lines.links_by_source.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "links_of_further_sources": lines.links_of_further_sources,
        })),
        "stubs": { "total": survey.stubs, "multihomed": survey.multihomed_stubs },
        "provider_free": {
            "total": survey.provider_free,
            "with_customers": survey.tier1.ases,
            "pairs_with_customers": survey.tier1.pairs,
            "pairs_that_peer": survey.tier1.peering,
            "without_links": survey.isolated,
        },
        "degrees": degrees,
        "levels": survey.levels.iter().zip(1..).map(|(level, number)| {
            json!({ "level": number, "with_customers": level.transit, "stubs": level.stubs })
        }).collect::<Vec<_>>(),
        "longest_provider_chain_links": survey.longest_chain,
        "most_customers": survey.largest.iter().map(|one| json!({
            "as": underlay.number(one.index).0,
            "isp": underlay.isp_name(underlay.isp_of(one.index)),
            "customers": one.customers, "peers": one.peers, "providers": one.providers, "cone": one.cone,
        })).collect::<Vec<_>>(),
        "found": {
            "duplicate_lines": finding(&report.duplicates),
            "contradictory_lines": finding(&report.contradictions),
            "self_loops": finding(&report.self_loops),
            "provider_cycles": finding(&report.provider_cycles),
            "links_turned_into_peering": finding(&report.cycle_links),
            "ases_outside_the_largest_part": finding(&report.islands),
            "remarks": report.remarks,
        },
        "routes": {
            "destinations": found.destinations,
            "exact": found.exact,
            "pairs": found.pairs,
            "unreachable_pairs": found.unreachable,
            "unreachable_share": found.unreachable_share(),
            "unreachable_share_standard_error": found.unreachable_error,
            "mean_links": found.mean_hops(),
            "mean_links_standard_error": found.hops_error,
            "pairs_by_links": found.by_hops,
            "pairs_by_first_link": {
                "customer": found.by_customer, "peer": found.by_peer, "provider": found.by_provider,
            },
        },
    })
}
