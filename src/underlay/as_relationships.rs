//! The source `as-relationships`: a file in CAIDA's serial-1 or serial-2 format.
//!
//! One relationship per line: `a|b|-1` (a is a provider of b) or `a|b|0` (a and b are peers). Serial-2 has a fourth
//! field, the source of the inference (`bgp`, `mlp` …), which is counted and otherwise makes no difference; real files
//! mix lines of three and four fields. Lines that begin with `#` and empty lines are skipped. Each AS is an ISP of its
//! own, called `AS<number>`; nobody knows subscribers. The policy for dirty lines is in the room's doc.

use petgraph::graphmap::UnGraphMap;

use super::acyclic::break_provider_cycles;
use super::draft::{AsLink, Draft};
use super::{AsRelationshipsText, ImportReport, LinkRelationship, RelationshipLines, UnderlayError};
use crate::units::{AsIndex, AsNumber, IspIndex};

const EXPECTED: &str = "`provider|customer|-1` or `peer|peer|0` with AS numbers below 4294967296 and at most one more \
                        field (the source of the inference), or a comment after `#`";
/// Most links of a file, ten times those of the Internet's graph: bounds the memory that a file can ask for.
const MOST_LINKS: usize = 5_000_000;
/// Sources of inference that are counted by name; the rest is counted together.
const MOST_SOURCES: usize = 20;

/// What a line says of two ASes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// The first field is the provider of the second.
    Provides { provider: u32 },
    /// Settlement-free peers.
    Peers,
}

/// A line that is a relationship.
#[derive(Debug, Clone, Copy)]
struct Relationship<'line> {
    a: u32,
    b: u32,
    relation: Relation,
    /// Where the inference comes from; empty: serial-1.
    source: &'line str,
}

/// Reads a file of AS relationships; ASes come out by ascending number, links by ascending numbers of their ends.
pub(super) fn draft(file: &AsRelationshipsText) -> Result<Draft, UnderlayError> {
    let mut report = ImportReport { source: file.path.clone(), ..ImportReport::default() };
    let mut graph: UnGraphMap<u32, (Relation, usize)> = UnGraphMap::new();
    let mut malformed: Option<(usize, &str)> = None;
    let mut further = 0;
    let mut lines = RelationshipLines::default();
    for (position, line) in file.text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            lines.comments += u64::from(!line.is_empty());
            continue;
        }
        match parse(line) {
            Some(relationship) => {
                let is_new = add(&mut graph, &mut report, relationship, line, position + 1);
                count(&mut lines, relationship.source, is_new);
                if graph.edge_count() > MOST_LINKS {
                    return Err(UnderlayError::TooManyLinks { path: file.path.clone(), limit: MOST_LINKS });
                }
            }
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
    report.lines = Some(lines);
    let mut draft = lay_out(&graph, report);
    break_provider_cycles(&mut draft);
    Ok(draft)
}

fn parse(line: &str) -> Option<Relationship<'_>> {
    let mut fields = line.split('|').map(str::trim);
    let (a, b, relation) = (fields.next()?, fields.next()?, fields.next()?);
    let (a, b) = (a.parse().ok()?, b.parse().ok()?);
    let relation = match relation {
        "-1" => Relation::Provides { provider: a },
        "0" => Relation::Peers,
        _ => return None,
    };
    let source = fields.next().unwrap_or_default();
    fields.next().is_none().then_some(Relationship { a, b, relation, source })
}

/// Counts a line by its form, and a new link by the source of its inference.
fn count(lines: &mut RelationshipLines, source: &str, is_new: bool) {
    if source.is_empty() {
        lines.serial_1 += 1;
        return;
    }
    lines.serial_2 += 1;
    if !is_new {
        return;
    }
    let known = lines.links_by_source.iter().position(|(known, _)| known == source);
    match known {
        Some(at) => lines.links_by_source[at].1 += 1,
        None if lines.links_by_source.len() < MOST_SOURCES => lines.links_by_source.push((shortened(source), 1)),
        None => lines.links_of_further_sources += 1,
    }
}

/// The first line about two ASes wins; whether this was it.
fn add(
    graph: &mut UnGraphMap<u32, (Relation, usize)>,
    report: &mut ImportReport,
    Relationship { a, b, relation, .. }: Relationship<'_>,
    text: &str,
    line: usize,
) -> bool {
    if a == b {
        graph.add_node(a);
        report.self_loops.add(|| format!("line {line}: `{}`", shortened(text)));
        return false;
    }
    match graph.edge_weight(a, b) {
        None => {
            graph.add_edge(a, b, (relation, line));
            true
        }
        Some((earlier, first)) => {
            let finding = if *earlier == relation { &mut report.duplicates } else { &mut report.contradictions };
            finding.add(|| format!("line {line}: `{}` (first in line {first})", shortened(text)));
            false
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
