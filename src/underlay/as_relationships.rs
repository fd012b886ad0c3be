//! The source `as-relationships`: a file in CAIDA's serial-1 format.
//!
//! One relationship per line: `a|b|-1` (a is a provider of b) or `a|b|0` (a and b are peers); further fields are
//! ignored (real files mix lines of three and four fields); lines that begin with `#` and empty lines are skipped.
//! Each AS is an ISP of its own, called `AS<number>`; nobody knows subscribers. The policy for dirty lines is in the
//! room's doc.

use petgraph::graphmap::UnGraphMap;

use super::acyclic::break_provider_cycles;
use super::draft::{AsLink, Draft};
use super::{AsRelationshipsText, ImportReport, LinkRelationship, UnderlayError};
use crate::units::{AsIndex, AsNumber, IspIndex};

const EXPECTED: &str =
    "`provider|customer|-1` or `peer|peer|0` with AS numbers below 4294967296, or a comment after `#`";

/// What a line says of two ASes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// The first field is the provider of the second.
    Provides { provider: u32 },
    /// Settlement-free peers.
    Peers,
}

/// Reads a file of AS relationships; ASes come out by ascending number, links by ascending numbers of their ends.
pub(super) fn draft(file: &AsRelationshipsText) -> Result<Draft, UnderlayError> {
    let mut report = ImportReport { source: file.path.clone(), ..ImportReport::default() };
    let mut graph: UnGraphMap<u32, (Relation, usize)> = UnGraphMap::new();
    let mut malformed: Option<(usize, &str)> = None;
    let mut further = 0;
    for (position, line) in file.text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match parse(line) {
            Some((a, b, relation)) => add(&mut graph, &mut report, (a, b, relation), line, position + 1),
            None if malformed.is_none() => malformed = Some((position + 1, line)),
            None => further += 1,
        }
    }
    if let Some((line, text)) = malformed {
        let found = shortened(text);
        return Err(UnderlayError::Malformed {
            path: file.path.clone(),
            line,
            found,
            expected: EXPECTED,
            more: further,
        });
    }
    if graph.node_count() == 0 {
        return Err(UnderlayError::Empty { place: file.path.clone() });
    }
    let mut draft = lay_out(&graph, report);
    break_provider_cycles(&mut draft);
    Ok(draft)
}

fn parse(line: &str) -> Option<(u32, u32, Relation)> {
    let mut fields = line.split('|').map(str::trim);
    let (a, b, relation) = (fields.next()?, fields.next()?, fields.next()?);
    let (a, b) = (a.parse().ok()?, b.parse().ok()?);
    match relation {
        "-1" => Some((a, b, Relation::Provides { provider: a })),
        "0" => Some((a, b, Relation::Peers)),
        _ => None,
    }
}

/// The first line about two ASes wins.
fn add(
    graph: &mut UnGraphMap<u32, (Relation, usize)>,
    report: &mut ImportReport,
    (a, b, relation): (u32, u32, Relation),
    text: &str,
    line: usize,
) {
    if a == b {
        graph.add_node(a);
        report.self_loops.add(|| format!("line {line}: `{}`", shortened(text)));
        return;
    }
    match graph.edge_weight(a, b) {
        None => {
            graph.add_edge(a, b, (relation, line));
        }
        Some((earlier, first)) => {
            let finding = if *earlier == relation { &mut report.duplicates } else { &mut report.contradictions };
            finding.add(|| format!("line {line}: `{}` (first in line {first})", shortened(text)));
        }
    }
}

fn lay_out(graph: &UnGraphMap<u32, (Relation, usize)>, report: ImportReport) -> Draft {
    let mut numbers: Vec<AsNumber> = graph.nodes().map(AsNumber).collect();
    numbers.sort_unstable();
    let index = |number: u32| AsIndex(numbers.partition_point(|n| n.0 < number) as u32);
    let mut links: Vec<AsLink> = graph
        .all_edges()
        .map(|(a, b, (relation, _))| match *relation {
            Relation::Peers => AsLink::unlimited(index(a.min(b)), index(a.max(b)), LinkRelationship::Peering),
            Relation::Provides { provider } => {
                let customer = if provider == a { b } else { a };
                AsLink::unlimited(index(provider), index(customer), LinkRelationship::ProviderCustomer)
            }
        })
        .collect();
    links.sort_unstable_by_key(|link| (link.a, link.b));
    Draft {
        isp_of: (0..numbers.len()).map(|i| IspIndex(i as u32)).collect(),
        isp_names: numbers.iter().map(|number| format!("AS{number}")).collect(),
        numbers,
        subscribers: None,
        links,
        delays: None,
        report,
    }
}

/// At most 60 characters of a line, without control characters.
fn shortened(line: &str) -> String {
    let shown: String = line.chars().take(60).flat_map(char::escape_debug).collect();
    if line.chars().nth(60).is_some() { format!("{shown}…") } else { shown }
}
