//! What was run and compared, in words.

use std::fmt::Write as _;

use crate::experiment::plain_number;
use crate::management::{Accept, ContactOrder, ManagedSpec, ManagementSpec, NamedStrategy, NeighbourLimits};
use crate::scenario::{ArmSpec, Axis, Resolved};
use crate::selection::Fill;
use crate::services::ServiceSpec;
use crate::underlay::Source;

/// An arm in words.
#[derive(Debug, Clone)]
pub(super) struct ArmText {
    pub(super) name: String,
    pub(super) baseline: bool,
    pub(super) text: String,
}

/// The size of the experiment in a line, and what all arms have in common.
pub(super) fn setting(resolved: &Resolved) -> String {
    let count = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let line = format!(
        "{} × {}, {} each, over {}",
        count(resolved.arms.len(), "arm"),
        count(resolved.experiment.replications as usize, "replication"),
        peers(resolved),
        match &resolved.underlay.source {
            Source::AsRelationships(file) => format!("the ASes of {}", file.path),
            Source::Isps(set) => count(set.isps.len(), "ISP"),
            Source::Tiered(tiered) => format!("{} generated ASes", plain_number(f64::from(tiered.ases))),
        }
    );
    let line = match resolved.population.sessions.in_words() {
        Some(sessions) => format!("{line}; peers come and go: {sessions}"),
        None => line,
    };
    match common_service(resolved) {
        Some(spec) => format!("{line}; {}", service(spec)),
        None => line,
    }
}

/// The comment at the top of the scenario: a paragraph for each `Label: …`, whatever the width of the file's lines.
pub(super) fn preamble(resolved: &Resolved) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut begins = true;
    for line in resolved.preamble.iter().map(|line| line.trim()) {
        let label = line.split_once(": ").map_or("", |(label, _)| label);
        let labelled = label.starts_with(char::is_uppercase) && label.bytes().all(|byte| byte.is_ascii_alphabetic());
        match paragraphs.last_mut().filter(|_| !begins && !labelled && !line.is_empty()) {
            Some(last) => {
                last.push(' ');
                last.push_str(line);
            }
            None if !line.is_empty() => paragraphs.push(line.to_owned()),
            None => {}
        }
        begins = line.is_empty();
    }
    paragraphs
}

/// A swept key for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Swept<'a> {
    pub(super) key: &'a str,
    pub(super) values: String,
    /// Which arms it makes.
    pub(super) of: String,
}

/// What is swept.
pub(super) fn swept(resolved: &Resolved) -> Vec<Swept<'_>> {
    let axes = resolved.sweep.iter().flat_map(|sweep| &sweep.axes);
    let one = |axis: &'_ Axis| -> (String, String) {
        let names: Vec<&str> = axis.values.iter().map(|value| value.name.as_str()).collect();
        let of = match &axis.arm {
            Some(arm) => format!("{arm} alone"),
            None => "every arm, the baseline too, at each value".to_owned(),
        };
        (names.join(", "), of)
    };
    axes.map(|axis| {
        let (values, of) = one(axis);
        Swept { key: &axis.key, values, of }
    })
    .collect()
}

/// As [`arms`], where something is swept: each arm of the file once, as it is at its first point.
pub(super) fn arms_of_the_file(resolved: &Resolved) -> Vec<ArmText> {
    let mut texts = arms(resolved);
    let Some(sweep) = &resolved.sweep else { return texts };
    let mut position = 0;
    let mut known: Vec<&str> = Vec::new();
    texts.retain_mut(|text| {
        let Some(arm) = sweep.arms.get(position) else { return true };
        position += 1;
        let fresh = !known.contains(&arm.base.as_str());
        known.push(&arm.base);
        if text.name != arm.base {
            text.text = format!("{} (at the first point)", text.text);
        }
        text.name.clone_from(&arm.base);
        fresh
    });
    texts
}

/// How many peers there are; in a sweep perhaps not the same everywhere.
fn peers(resolved: &Resolved) -> String {
    let all: Vec<u32> = resolved.settings().iter().map(|setting| setting.population.peers()).collect();
    let (least, most) = (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(0));
    let number = |n: u32| if n < 1_000 { n.to_string() } else { plain_number(f64::from(n)) };
    match (least, most) {
        (1, 1) => "1 peer".to_owned(),
        (least, most) if least == most => format!("{} peers", number(most)),
        (least, most) => format!("{} to {} peers", number(least), number(most)),
    }
}

/// Each arm in words, in the order of the scenario.
pub(super) fn arms(resolved: &Resolved) -> Vec<ArmText> {
    let common = common_service(resolved).is_some();
    let text = |arm: &ArmSpec| match (&arm.service, common) {
        (ServiceSpec::ClientServer(_), true) => "every peer knows the server".to_owned(),
        (ServiceSpec::ClientServer(_), false) => service(&arm.service),
        (ServiceSpec::FileSwarming(_), true) => management(arm),
        (ServiceSpec::FileSwarming(_), false) => format!("{}; {}", service(&arm.service), management(arm)),
    };
    let of = |(position, arm): (usize, &ArmSpec)| ArmText {
        name: arm.name.clone(),
        baseline: resolved.is_baseline(position) && resolved.arms.len() > 1,
        text: text(arm),
    };
    resolved.arms.iter().enumerate().map(of).collect()
}

/// The service of all arms, when they have the same.
fn common_service(resolved: &Resolved) -> Option<&ServiceSpec> {
    let (first, others) = resolved.arms.split_first()?;
    others.iter().all(|arm| arm.service == first.service).then_some(&first.service)
}

fn service(spec: &ServiceSpec) -> String {
    match spec {
        ServiceSpec::FileSwarming(spec) => match spec.size.get().div_ceil(spec.piece.get().max(1)) {
            1 => format!("peers swarm {} in one piece", spec.size),
            pieces => format!("peers swarm {} in {} pieces", spec.size, plain_number(pieces as f64)),
        },
        ServiceSpec::ClientServer(spec) => format!("every peer downloads {} from a server", spec.size),
    }
}

fn management(arm: &ArmSpec) -> String {
    let lists = lists(arm);
    match arm.contacts {
        ContactOrder::AsListed => lists,
        ContactOrder::RoundTrip { .. } => {
            format!("{lists}; peers contact the listed by round-trip time, which they measure")
        }
        ContactOrder::PeerPriority => format!("{lists}; peers contact the listed by a hash of both addresses (BEP 40)"),
    }
}

fn lists(arm: &ArmSpec) -> String {
    match &arm.management {
        ManagementSpec::Unmanaged(_) => "no management: a tracker answers with random peer lists".to_owned(),
        ManagementSpec::Managed(managed) => managed_text(managed),
    }
}

fn managed_text(managed: &ManagedSpec) -> String {
    let order: Vec<String> = managed.oms.order.iter().map(strategy).collect();
    let mut text = match order.as_slice() {
        [] => "managed: the Overlay Management Server (OMS) answers with random peer lists".to_owned(),
        order => format!(
            "managed: the Overlay Management Server (OMS) orders peer lists by {}, then by lot",
            order.join(", then by ")
        ),
    };
    if let Some(quota) = managed.oms.external {
        let fill = match quota.fill {
            Fill::None => "a list stays short when locals run out",
            Fill::Ordered => "further ones fill the list when locals run out",
        };
        let entries = match (quota.min.min(quota.max), quota.max) {
            (_, 0) => "no entry of a list is in another ISP".to_owned(),
            (0, 1) => "at most 1 entry of a list is in another ISP".to_owned(),
            (0, most) => format!("at most {most} entries of a list are in other ISPs"),
            (1, 1) => "1 entry of a list is in another ISP".to_owned(),
            (least, most) if least == most => format!("{most} entries of a list are in other ISPs"),
            (least, most) => format!("{least} to {most} entries of a list are in other ISPs"),
        };
        let _ = write!(text, "; {entries}, {fill}");
    }
    if managed.oms.unguided > 0.0 {
        let percent = plain_number(managed.oms.unguided * 100.0);
        let _ = write!(text, "; {percent} % of a list's entries are drawn by lot from everybody");
    }
    if let Some(limits) = managed.oms.neighbours {
        text.push_str(&neighbours(limits));
    }
    match (managed.oms.reports.uplink, managed.oms.reports.pieces) {
        (false, None) => {}
        (true, None) => text.push_str("; peers report their uplinks"),
        (uplink, Some(interval)) => {
            let uplinks = if uplink { "their uplinks, and " } else { "" };
            let _ = write!(text, "; peers report {uplinks}every {interval} the pieces they hold");
        }
    }
    if managed.unis.is_some() {
        text.push_str("; the Underlying Network Information Server (UNIS) tells the OMS how far ASes are apart");
    }
    text
}

/// Limits of a peer's neighbourhood.
fn neighbours(limits: NeighbourLimits) -> String {
    let of = |limit: Option<u32>, whose: &str| {
        limit.map(|most| format!("{most} {} in {whose}", if most == 1 { "neighbour" } else { "neighbours" }))
    };
    let both = [of(limits.external, "other ISPs"), of(limits.internal, "its own")];
    let both: Vec<String> = both.into_iter().flatten().collect();
    let mut text = String::new();
    if !both.is_empty() {
        let _ = write!(text, "; a peer has at most {} at a time", both.join(" and "));
    }
    if limits.accept == Accept::Listed {
        text.push_str("; two peers connect only while the OMS has one of them on the list it last sent the other");
    }
    text
}

/// A strategy by its name; a mixture by its parts.
fn strategy(named: &NamedStrategy) -> String {
    let parts: Vec<String> = named
        .strategy
        .parts()
        .iter()
        .map(|part| format!("{} % {}", plain_number(f64::from(part.millionths) / 1e4), part.name))
        .collect();
    if parts.is_empty() { named.name.clone() } else { format!("a mixture of {}", parts.join(" and ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::synthetic;
    use crate::scenario::{Overrides, load};
    use crate::selection::Catalog;

    fn scenario(file: &str) -> Resolved {
        let path = format!("{}/scenarios/{file}", env!("CARGO_MANIFEST_DIR"));
        load(path.as_ref(), &Overrides::default(), &Catalog::standard()).unwrap_or_else(|_| panic!("{file} is valid"))
    }

    #[test]
    fn arms_say_what_differs_and_the_setting_what_does_not() {
        let minimal = scenario("minimal.toml");
        assert_eq!(
            setting(&minimal),
            "2 arms × 5 replications, 30 peers each, over 2 ISPs; peers swarm 8 MiB in 32 pieces"
        );
        let arms = arms(&minimal);
        assert_eq!(arms[0].text, "no management: a tracker answers with random peer lists");
        assert!(arms[0].baseline && !arms[1].baseline);
        assert_eq!(
            arms[1].text,
            "managed: the Overlay Management Server (OMS) orders peer lists by same-as, then by lot; 2 to 8 entries of a \
             list are in other ISPs, a list stays short when locals run out; the Underlying Network Information Server \
             (UNIS) tells the OMS how far ASes are apart"
        );
    }

    #[test]
    fn services_that_differ_are_named_arm_by_arm() {
        let scenario = scenario("client-server.toml");
        assert!(!setting(&scenario).contains("16 MiB"));
        let arms = arms(&scenario);
        assert_eq!(arms[0].text, "every peer downloads 16 MiB from a server");
        assert!(arms[1].text.starts_with("peers swarm 16 MiB in 64 pieces; no management"), "{}", arms[1].text);
    }

    #[test]
    fn comments_flow_in_paragraphs() {
        let mut resolved = synthetic::resolved(&["only"], 1);
        let lines =
            ["Question: who", "wins?", "Source: Doe (2001): a book", "", "More: of this.", "All: of", "it", "", "End"];
        resolved.preamble = lines.map(str::to_owned).to_vec();
        let paragraphs = ["Question: who wins?", "Source: Doe (2001): a book", "More: of this.", "All: of it", "End"];
        assert_eq!(preamble(&resolved), paragraphs);
    }

    #[test]
    fn limits_that_set_arms_apart_are_named() {
        let arms = arms(&scenario("validation/theory/d07-biased-neighbours.toml"));
        let of = |name: &str| &arms.iter().find(|arm| arm.name == name).unwrap().text;
        assert!(of("k-17").contains("150 entries of a list are in other ISPs"), "{}", of("k-17"));
        assert!(
            of("k-17").contains("at most 17 neighbours in other ISPs and 18 neighbours in its own at a time"),
            "{}",
            of("k-17")
        );
        let arms = self::arms(&scenario("worst-served.toml"));
        assert!(arms[2].text.contains("20 % of a list's entries are drawn by lot"), "{}", arms[2].text);
        let texts: std::collections::BTreeSet<&String> = arms.iter().map(|arm| &arm.text).collect();
        assert_eq!(texts.len(), arms.len(), "every arm reads differently");
    }

    #[test]
    fn a_single_arm_is_no_baseline() {
        assert!(!arms(&synthetic::resolved(&["only"], 1))[0].baseline);
    }
}
