//! Tables with a column per arm, cut where arms are many: each part repeats the baseline.

use super::grid::{Grid, GridRow};
use crate::scenario::Resolved;

/// Columns of arms side by side at most: what fits into the page and onto paper.
const SIDE_BY_SIDE: usize = 5;
/// Parts that stand open; those after them are folded.
const OPEN: usize = 2;
/// Parts that the page has at all.
const MOST: usize = 8;

/// A table in its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    pub(super) open: Vec<Grid>,
    pub(super) folded: Vec<Grid>,
    /// What is folded: `6 further arms`; empty where nothing is.
    pub(super) summary: String,
    /// What is not on the page at all, and where it is; empty where all is here.
    pub(super) missing: String,
}

/// The columns of each part, as positions of arms: a setting's baseline, then some of its other arms. Small settings share
/// a part.
fn columns(resolved: &Resolved) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for setting in resolved.settings() {
        let position = |name: &str| resolved.arms.iter().position(|arm| arm.name == name);
        let arms: Vec<usize> = setting.arms.iter().filter_map(|arm| position(&arm.name)).collect();
        if arms.len() <= SIDE_BY_SIDE {
            match parts.last_mut().filter(|last| last.len() + arms.len() <= SIDE_BY_SIDE) {
                Some(last) => last.extend(arms),
                None => parts.push(arms),
            }
            continue;
        }
        let baseline = arms.get(setting.experiment.baseline).copied();
        let others: Vec<usize> = arms.into_iter().filter(|arm| Some(*arm) != baseline).collect();
        // As many parts as needed, all about equally wide.
        let count = others.len().div_ceil(SIDE_BY_SIDE - 1);
        for chunk in others.chunks(others.len().div_ceil(count)) {
            parts.push(baseline.iter().chain(chunk).copied().collect());
        }
    }
    parts
}

/// Cuts a grid whose columns are the arms of a scenario.
pub(super) fn cut(grid: &Grid, resolved: &Resolved) -> Parts {
    let columns = columns(resolved);
    let part = |columns: &Vec<usize>| Grid {
        head: grid.head.iter().take(1).chain(columns.iter().filter_map(|n| grid.head.get(n + 1))).cloned().collect(),
        rows: grid.rows.iter().map(|row| only(row, columns)).collect(),
        ..Grid::default()
    };
    let shown = |parts: &[Vec<usize>]| {
        let mut arms: Vec<usize> = parts.concat();
        arms.sort_unstable();
        arms.dedup();
        arms.len()
    };
    let (open, all) = (&columns[..columns.len().min(OPEN)], &columns[..columns.len().min(MOST)]);
    let folded = shown(all) - shown(open);
    let missing = resolved.arms.len() - shown(all);
    Parts {
        open: open.iter().map(part).collect(),
        folded: all[open.len()..].iter().map(part).collect(),
        summary: match folded {
            0 => String::new(),
            1 => "1 further arm".to_owned(),
            n => format!("{n} further arms"),
        },
        missing: match missing {
            0 => String::new(),
            n => format!("{n} of {} arms are left out here; the tables have all of them.", resolved.arms.len()),
        },
    }
}

fn only(row: &GridRow, columns: &[usize]) -> GridRow {
    GridRow { cells: columns.iter().filter_map(|column| row.cells.get(*column)).cloned().collect(), ..row.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, arm_head};
    use super::*;
    use crate::experiment::synthetic;

    fn parts_of(arms: usize) -> Parts {
        let names: Vec<String> = (0..arms).map(|n| format!("a{n}")).collect();
        let resolved = synthetic::resolved(&names.iter().map(String::as_str).collect::<Vec<_>>(), 2);
        let cells = names.iter().map(Cell::of).collect();
        let rows = vec![GridRow { name: "metric".to_owned(), remark: String::new(), cells }];
        cut(&Grid { head: arm_head("", &resolved), rows, ..Grid::default() }, &resolved)
    }

    #[test]
    fn every_arm_is_in_one_part_and_the_baseline_in_all() {
        for arms in 1..40 {
            let parts = parts_of(arms);
            let all: Vec<&Grid> = parts.open.iter().chain(&parts.folded).collect();
            let mut seen = Vec::new();
            for part in &all {
                let cells: Vec<&str> = part.rows[0].cells.iter().map(|cell| cell.text.as_str()).collect();
                assert_eq!(cells[0], "a0");
                assert!(cells.len() <= SIDE_BY_SIDE && part.head.len() == cells.len() + 1);
                seen.extend(cells[1..].iter().map(|name| (*name).to_owned()));
            }
            let expected: Vec<String> = (1..arms.min(33)).map(|n| format!("a{n}")).collect();
            assert_eq!(&seen[..expected.len()], expected);
            assert_eq!(parts.missing.is_empty(), seen.len() == arms - 1, "{arms}: {}", parts.missing);
            assert_eq!(parts.summary.is_empty(), parts.folded.is_empty());
        }
    }
}
