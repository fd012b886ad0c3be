//! `peerscape topology route FILE A B`.

use serde_json::{Value, json};

use super::{Graph, as_name, columns, graph};
use crate::cli::Exit;
use crate::cli::arguments::{Format, TopologyRouteArguments};
use crate::cli::console::{Console, printable};
use crate::cli::run::failed;
use crate::selection::Catalog;
use crate::underlay::{Hop, NoRoute, Offers, RouteClass, RouteTable, Rule, Underlay};
use crate::units::{AsIndex, AsNumber, SimDuration};

/// Numbers that a refusal suggests.
const SUGGESTED: usize = 3;
/// Digits of a number for each of which one may be wrong, for another number to be worth suggesting.
const DIGITS_PER_EDIT: usize = 3;

pub(super) fn route(
    arguments: &TopologyRouteArguments,
    strategies: &Catalog,
    console: &mut Console<'_>,
) -> Result<Exit, Exit> {
    let graph = graph(&arguments.file, strategies, arguments.format, console)?;
    let file = arguments.file.display().to_string();
    let mut find = |number| {
        graph
            .underlay
            .index_of(number)
            .ok_or_else(|| failed(Exit::Usage, &unknown(&file, number, &graph.underlay), arguments.format, console))
    };
    let (from, to) = (find(arguments.from)?, find(arguments.to)?);
    let found = graph.underlay.explain_route(from, to);
    console.say(&match arguments.format {
        Format::Text => printable(&text(&graph, from, to, &found)),
        Format::Json => format!("{:#}\n", document(&graph, from, to, &found)),
    })?;
    Ok(Exit::Done)
}

/// What to say of a number that is not there.
fn unknown(file: &str, number: AsNumber, underlay: &Underlay) -> String {
    let wanted = number.to_string();
    let mut near: Vec<(usize, AsNumber)> = (0..underlay.as_count() as u32)
        .map(|index| underlay.number(AsIndex(index)))
        .map(|known| (strsim::damerau_levenshtein(&wanted, &known.to_string()), known))
        .filter(|(edits, _)| *edits <= wanted.len().div_ceil(DIGITS_PER_EDIT))
        .collect();
    near.sort_unstable();
    let fewest = near.first().map(|(edits, _)| *edits);
    near.retain(|(edits, _)| Some(*edits) == fewest);
    let near: Vec<String> = near.iter().take(SUGGESTED).map(|(_, known)| format!("AS{known}")).collect();
    let count = underlay.as_count();
    match near.split_last() {
        None => format!("{file} has no AS{number}, nor a number like it, among its {count} ASes"),
        Some((only, [])) => format!("{file} has no AS{number} among its {count} ASes; the nearest number is {only}"),
        Some((last, others)) => format!(
            "{file} has no AS{number} among its {count} ASes; the nearest numbers are {} and {last}",
            others.join(", ")
        ),
    }
}

/// One-way delay, where the graph knows any.
fn delay(graph: &Graph, from: AsIndex, to: AsIndex) -> Option<SimDuration> {
    // A table of two ASes always fits.
    let table = RouteTable::build(&graph.underlay, &[from, to], u64::MAX).ok()?;
    table.latency(from, to).filter(|_| graph.of_scenario)
}

fn text(graph: &Graph, from: AsIndex, to: AsIndex, found: &Result<Vec<Hop>, NoRoute>) -> String {
    let underlay = &graph.underlay;
    let ends = format!("{} to {}", as_name(underlay, from), as_name(underlay, to));
    let hops = match found {
        Ok(hops) => hops,
        Err(reason) => return format!("{ends}: no route\n\n{}\n", missing(underlay, reason)),
    };
    let delay = delay(graph, from, to).map(|delay| format!(", {delay} one way")).unwrap_or_default();
    let links = match hops.len() {
        0 => return format!("{ends}: the same AS, no inter-AS link{delay}\n"),
        1 => "1 inter-AS link".to_owned(),
        links => format!("{links} inter-AS links"),
    };
    let mut rows = vec![["", "from", "to", "which is its", "chosen because"].map(str::to_owned)];
    for (number, hop) in (1..).zip(hops) {
        rows.push([
            format!("{number}"),
            as_name(underlay, hop.from),
            as_name(underlay, hop.to),
            class(hop.class).to_owned(),
            reason(hop),
        ]);
    }
    format!(
        "{ends}: {links}{delay}\n\n{}\nRules: a customer's route before a peer's before a provider's; then the shortest; then \
         the lowest AS number.\nNeighbours tell routes of customers to everybody, others to customers only.\n",
        columns(&rows, 5)
    )
}

fn class(class: RouteClass) -> &'static str {
    match class {
        RouteClass::Own => "self",
        RouteClass::Customer => "customer",
        RouteClass::Peer => "peer",
        RouteClass::Provider => "provider",
    }
}

fn offers_of(hop: &Hop) -> [(&'static str, Offers); 3] {
    [("customer", hop.customers), ("peer", hop.peers), ("provider", hop.providers)]
}

fn number(n: u32, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Why this link, with what was on offer.
fn reason(hop: &Hop) -> String {
    let own = class(hop.class);
    let chosen =
        offers_of(hop).into_iter().find(|(name, _)| *name == own).map(|(_, offers)| offers).unwrap_or_default();
    let links = number(u32::from(chosen.shortest), "link");
    let others: Vec<String> = offers_of(hop)
        .into_iter()
        .filter(|(name, offers)| *name != own && offers.count > 0)
        .map(|(name, offers)| {
            let best = if offers.count > 1 { "at best " } else { "" };
            format!("{} ({best}{})", number(offers.count, name), number(u32::from(offers.shortest), "link"))
        })
        .collect();
    let before = if others.is_empty() { String::new() } else { format!("; goes before {}", others.join(" and ")) };
    match hop.rule {
        Rule::OnlyOffer => "nobody else offers a route".to_owned(),
        Rule::Relationship => format!("the only {own} that offers a route{before}"),
        Rule::Shortest => format!("shortest of {} ({links}){before}", number(chosen.count, own)),
        Rule::LowestNumber => {
            format!("lowest number of {} with {links}{}{before}", number(chosen.as_short, own), longer(chosen))
        }
    }
}

fn longer(chosen: Offers) -> String {
    match chosen.count - chosen.as_short {
        0 => String::new(),
        longer => format!(" ({longer} longer)"),
    }
}

fn missing(underlay: &Underlay, reason: &NoRoute) -> String {
    match reason {
        NoRoute::NotConnected => "No links join the two at all: they are in different parts of the graph.".to_owned(),
        NoRoute::Valley { way, unwilling } => {
            let names: Vec<String> = way.iter().map(|index| as_name(underlay, *index)).collect();
            format!(
                "Links join them, for instance {}; but {} would carry traffic of one provider or peer to another there, for \
                 which nobody pays it, and does not tell of such a route.",
                names.join(" > "),
                as_name(underlay, *unwilling)
            )
        }
    }
}

fn document(graph: &Graph, from: AsIndex, to: AsIndex, found: &Result<Vec<Hop>, NoRoute>) -> Value {
    let underlay = &graph.underlay;
    let number = |index: AsIndex| underlay.number(index).0;
    let offers = |offers: Offers| json!({ "count": offers.count, "shortest_links": (offers.count > 0).then_some(offers.shortest), "as_short": offers.as_short });
    let hop = |hop: &Hop| {
        json!({
            "from": number(hop.from),
            "to": number(hop.to),
            "relationship": class(hop.class),
            "rule": hop.rule.name(),
            "links_left": hop.links_left,
            "offers": {
                "customers": offers(hop.customers), "peers": offers(hop.peers), "providers": offers(hop.providers),
            },
        })
    };
    let (hops, missing) = match found {
        Ok(hops) => (Some(hops.iter().map(hop).collect::<Vec<_>>()), None),
        Err(NoRoute::NotConnected) => (None, Some(json!({ "reason": "not-connected" }))),
        Err(NoRoute::Valley { way, unwilling }) => {
            let way: Vec<u32> = way.iter().map(|index| number(*index)).collect();
            (None, Some(json!({ "reason": "valley", "way": way, "unwilling": number(*unwilling) })))
        }
    };
    json!({
        "from": number(from),
        "to": number(to),
        "reachable": hops.is_some(),
        "links": hops.as_ref().map(Vec::len),
        "one_way_delay_s": delay(graph, from, to).map(SimDuration::as_secs_f64),
        "hops": hops,
        "no_route": missing,
    })
}
