//! Provider cycles: finding them, and breaking them where the input is not the scenario author's.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::draft::Draft;
use super::{LinkRelationship, UnderlayError};
use crate::units::AsNumber;

/// Groups of more than one AS that are indirectly their own providers, each ascending by position.
fn provider_cycles(graph: &DiGraph<(), u32>) -> Vec<Vec<usize>> {
    // Kosaraju's, because petgraph's Tarjan recurses as deep as the longest chain.
    let mut groups: Vec<Vec<usize>> = kosaraju_scc(graph)
        .into_iter()
        .filter(|group| group.len() > 1)
        .map(|group| {
            let mut group: Vec<usize> = group.into_iter().map(NodeIndex::index).collect();
            group.sort_unstable();
            group
        })
        .collect();
    groups.sort_unstable();
    groups
}

/// Breaks every provider cycle by the policy of the room's doc, and reports it.
pub(super) fn break_provider_cycles(draft: &mut Draft) {
    let customers = draft.customer_counts();
    let groups = provider_cycles(&draft.transit_graph());
    let mut group_of = vec![None; draft.numbers.len()];
    for (group, members) in groups.iter().enumerate() {
        for member in members {
            group_of[*member] = Some(group);
        }
        let shown: Vec<String> = members.iter().take(4).map(|m| format!("AS{}", draft.numbers[*m])).collect();
        let rest = if members.len() > 4 { format!(" and {} more", members.len() - 4) } else { String::new() };
        draft.report.provider_cycles.add(|| format!("{}{rest}", shown.join(", ")));
    }
    // Sorts the likelier provider first.
    let standing = |index: usize| (std::cmp::Reverse(customers[index]), draft.numbers[index]);
    for link in &mut draft.links {
        let (a, b) = (link.a.index(), link.b.index());
        let inside = link.is_transit() && group_of[a].is_some() && group_of[a] == group_of[b];
        if inside && standing(a) > standing(b) {
            link.relationship = LinkRelationship::Peering;
            let text = || format!("`{}|{}|-1`", draft.numbers[a], draft.numbers[b]);
            draft.report.cycle_links.add(text);
        }
    }
}

/// Refuses a graph with a provider cycle, naming one.
pub(super) fn refuse_provider_cycles(draft: &Draft) -> Result<(), UnderlayError> {
    let graph = draft.transit_graph();
    let Some(group) = provider_cycles(&graph).into_iter().next() else { return Ok(()) };
    Err(UnderlayError::ProviderCycle { cycle: one_cycle(draft, &graph, &group) })
}

/// Walks customers inside `group` until an AS comes twice; the walk between is a cycle.
fn one_cycle(draft: &Draft, graph: &DiGraph<(), u32>, group: &[usize]) -> Vec<AsNumber> {
    let mut walk = vec![group[0]];
    loop {
        let here = NodeIndex::new(walk[walk.len() - 1]);
        let next = graph.neighbors(here).map(NodeIndex::index).filter(|n| group.contains(n)).min();
        let Some(next) = next else { return walk.iter().map(|i| draft.numbers[*i]).collect() };
        if let Some(start) = walk.iter().position(|seen| *seen == next) {
            return walk[start..].iter().map(|i| draft.numbers[*i]).collect();
        }
        walk.push(next);
    }
}
