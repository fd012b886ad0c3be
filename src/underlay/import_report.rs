//! What was found on the way from a source to a graph.

/// How many examples a [`Finding`] keeps.
const EXAMPLES: usize = 5;

/// Something found in the input: how often, and a few examples.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// How often it was found.
    pub count: u64,
    /// The first few, as texts for people.
    pub examples: Vec<String>,
}

impl Finding {
    /// Counts one more; `example` is asked for its text only while examples are still kept.
    pub(super) fn add(&mut self, example: impl FnOnce() -> String) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(example());
        }
    }

    fn note(&self, one: &str, many: &str, done: &str) -> Option<String> {
        (self.count > 0).then(|| {
            let what = if self.count == 1 { one } else { many };
            let first = if (self.examples.len() as u64) < self.count { ", for example " } else { ": " };
            format!("{} {what} {done}{first}{}.", self.count, self.examples.join("; "))
        })
    }
}

/// The lines of a file of AS relationships.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RelationshipLines {
    /// Comment lines.
    pub comments: u64,
    /// Relationships in three fields.
    pub serial_1: u64,
    /// Relationships in four fields.
    pub serial_2: u64,
    /// Links by the source of the inference that the fourth field names, in order of appearance; of several lines about
    /// a link the first counts.
    pub links_by_source: Vec<(String, u64)>,
    /// Links of sources beyond the first twenty.
    pub links_of_further_sources: u64,
}

/// What was found on the way from a source to a graph, and what was done about it (the policy is in the room's doc).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// The file or the source's name.
    pub source: String,
    /// ASes in the graph.
    pub ases: u64,
    /// Links in the graph.
    pub links: u64,
    /// The lines of a file of AS relationships; `None`: another source.
    pub lines: Option<RelationshipLines>,
    /// Lines that repeat an earlier line: ignored.
    pub duplicates: Finding,
    /// Lines that contradict an earlier line: ignored.
    pub contradictions: Finding,
    /// Lines that link an AS to itself: ignored.
    pub self_loops: Finding,
    /// Groups of ASes that are indirectly their own providers.
    pub provider_cycles: Finding,
    /// Links of such groups that became peering links.
    pub cycle_links: Finding,
    /// ASes without any connection to the largest part of the graph.
    pub islands: Finding,
    /// Things a generator could not do as asked.
    pub remarks: Vec<String>,
}

impl ImportReport {
    /// One sentence for each kind of finding; empty when there is nothing to say.
    pub fn notes(&self) -> Vec<String> {
        let findings = [
            self.duplicates.note("line repeats", "lines repeat", "an earlier one (ignored)"),
            self.contradictions.note("line contradicts", "lines contradict", "an earlier one (the first wins)"),
            self.self_loops.note("line links", "lines link", "an AS to itself (ignored)"),
            self.provider_cycles.note("group", "groups", "of ASes indirectly its own provider"),
            self.cycle_links.note("link", "links", "of such groups taken as peering instead"),
            self.islands.note("AS has", "ASes have", "no connection to the largest part of the graph"),
        ];
        findings.into_iter().flatten().map(|n| format!("{}: {n}", self.source)).chain(self.remarks.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_how_many_and_show_a_few() {
        let mut report = ImportReport { source: "as-rel.txt".to_owned(), ..ImportReport::default() };
        assert!(report.notes().is_empty());
        report.self_loops.add(|| "line 3: `7|7|0`".to_owned());
        for line in 0..7 {
            report.duplicates.add(|| format!("line {line}"));
        }
        assert_eq!(
            report.notes(),
            [
                "as-rel.txt: 7 lines repeat an earlier one (ignored), for example line 0; line 1; line 2; line 3; line 4.",
                "as-rel.txt: 1 line links an AS to itself (ignored): line 3: `7|7|0`.",
            ]
        );
    }
}
