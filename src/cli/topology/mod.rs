//! `peerscape topology`: looks at an AS graph without running anything.
//!
//! The graph is that of a file of AS relationships, or of a scenario (a file whose name ends in `.toml`), built just as a
//! run would build it.

mod info;
mod route;

use std::path::Path;

use super::Exit;
use super::arguments::{Format, TopologyArguments, TopologyQuestion};
use super::console::Console;
use super::run::{failed, refused};
use crate::random::Seed;
use crate::scenario::{self, Overrides};
use crate::selection::Catalog;
use crate::underlay::{LatencySpec, Source, Underlay, UnderlaySpec};
use crate::units::{AsIndex, SimDuration};

pub(super) fn topology(
    arguments: &TopologyArguments,
    strategies: &Catalog,
    console: &mut Console<'_>,
) -> Result<Exit, Exit> {
    match &arguments.question {
        TopologyQuestion::Info(arguments) => info::info(arguments, strategies, console),
        TopologyQuestion::Route(arguments) => route::route(arguments, strategies, console),
    }
}

/// A graph to look at.
struct Graph {
    underlay: Underlay,
    /// Whether it is a scenario's, which says how long links are.
    of_scenario: bool,
}

/// Builds the graph of a file, or says what is wrong with it.
fn graph(file: &Path, strategies: &Catalog, format: Format, console: &mut Console<'_>) -> Result<Graph, Exit> {
    let of_scenario = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let (spec, seed) = if of_scenario {
        let resolved = scenario::load(file, &Overrides::default(), strategies);
        let resolved = resolved.map_err(|errors| refused(&errors, format, console))?;
        (resolved.underlay, resolved.experiment.seed)
    } else {
        let file = scenario::read_as_relationships(file).map_err(|errors| refused(&errors, format, console))?;
        let latency = LatencySpec { inside: SimDuration::ZERO, hop: SimDuration::ZERO };
        (UnderlaySpec { source: Source::AsRelationships(file), latency }, 0)
    };
    // As `world` seeds it: the same graph in all replications.
    let underlay = Underlay::build(&spec, Seed::new(seed, u32::MAX));
    let underlay = underlay.map_err(|error| {
        let message = if of_scenario { format!("{}: {error}", file.display()) } else { error.to_string() };
        failed(Exit::Invalid, &message, format, console)
    })?;
    Ok(Graph { underlay, of_scenario })
}

/// `AS3356`, with the name of its ISP where that says more.
fn as_name(underlay: &Underlay, index: AsIndex) -> String {
    let number = format!("AS{}", underlay.number(index));
    let isp = underlay.isp_name(underlay.isp_of(index));
    if isp == number { number } else { format!("{number} ({isp})") }
}

/// Rows in columns: the first `texts` columns to the left, numbers to the right, two spaces between, two before.
fn columns<const N: usize>(rows: &[[String; N]], texts: usize) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (position, (cell, width)) in row.iter().zip(widths).enumerate() {
            line.push_str("  ");
            let (before, after) = match width - cell.chars().count() {
                space if position < texts => (0, space),
                space => (space, 0),
            };
            line.extend([" ".repeat(before).as_str(), cell, " ".repeat(after).as_str()]);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
