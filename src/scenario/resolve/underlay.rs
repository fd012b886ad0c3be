//! The underlay; reads the file of AS relationships that a scenario names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{KnownAses, Names};
use crate::scenario::errors::Problem;
use crate::scenario::load::ReadError;
use crate::scenario::packed::read_data;
use crate::scenario::reader::{Field, Reader};
use crate::scenario::schema::ticked;
use crate::underlay::{
    AsRelationshipsText, Isp, IspSet, LatencySpec, Link, LinkRelationship, Source, Tiered, UnderlaySpec,
};
use crate::units::{AsNumber, BitRate, SimDuration};

/// The largest file of AS relationships, packed or not; the one of January 2017 has 7 MB.
pub(in crate::scenario) const LARGEST_FILE: u64 = 256 << 20;
/// First of the private AS numbers (RFC 6996), given to ISPs that name none.
const FIRST_PRIVATE: u32 = 64_512;
/// Most ISPs of a mesh: 32,640 links, which `resolved.toml` writes out.
const LARGEST_MESH: usize = 256;
/// The keys of `[underlay]` of which exactly one is given.
pub(in crate::scenario) const SOURCES: [&str; 3] = ["isps", "tiered", "as-relationships"];

/// The underlay's spec with what other parts of the file are checked against.
pub(super) struct Underlay {
    pub(super) spec: UnderlaySpec,
    pub(super) known: KnownAses,
}

pub(super) fn resolve(reader: &Reader<'_>, folder: &Path) -> Underlay {
    let latency = reader.table("latency");
    let latency = LatencySpec { inside: latency.get("inside").value, hop: latency.get("hop").value };
    let given: Vec<&str> = SOURCES.into_iter().filter(|name| reader.has(name)).collect();
    let headers = "exactly one of `[underlay.isps]`, `[underlay.tiered]`, `[underlay.as-relationships]`";
    if let [_, .., last] = given.as_slice() {
        let place = reader.key_place(last).unwrap_or(reader.place());
        let message = format!("the underlay has several sources: {}", ticked(given.iter().copied()));
        reader.problems().add(Problem::at(place, message).allowed(headers));
    } else if given.is_empty() && reader.given() {
        let message = "the underlay has no source of an AS graph";
        let advice = "`[underlay.tiered]` generates one";
        reader.problems().add(Problem::at(reader.place(), message).allowed(headers).advice(advice));
    }
    let mut known = None;
    let mut source = Source::Isps(IspSet { isps: Vec::new(), links: Vec::new() });
    if let Some(table) = reader.optional_table("isps") {
        let (set, ases) = isps(&table, latency);
        known = ases;
        source = Source::Isps(set);
    }
    if let Some(table) = reader.optional_table("tiered") {
        let (spec, ases) = tiered(&table);
        known = ases;
        source = Source::Tiered(spec);
    }
    if let Some(table) = reader.optional_table("as-relationships") {
        let (text, ases) = as_relationships(&table, folder);
        known = ases;
        source = Source::AsRelationships(text);
    }
    if given.len() != 1 {
        known = None;
    }
    Underlay { spec: UnderlaySpec { source, latency }, known }
}

fn isps(reader: &Reader<'_>, latency: LatencySpec) -> (IspSet, KnownAses) {
    let problems = reader.problems();
    let before = problems.count();
    let mut names = Names::default();
    let mut owned: BTreeSet<AsNumber> = BTreeSet::new();
    let mut isps = Vec::new();
    for (position, isp) in reader.tables("isp").iter().enumerate() {
        let name: Field<String> = isp.get("name");
        names.add(&name, "ISP", problems);
        let default =
            Field { value: AsNumber(FIRST_PRIVATE + position as u32), place: isp.place(), ok: true, given: false };
        let ases = isp.list::<AsNumber>("ases");
        if ases.as_ref().is_some_and(Vec::is_empty) && matches!(isp.raw("ases"), Some(n) if is_empty_list(n)) {
            let message = format!("ISP `{}` owns no AS", name.value);
            let place = isp.key_place("ases").unwrap_or(isp.place());
            problems.add(Problem::at(place, message).allowed("at least one AS number"));
        }
        let ases = ases.unwrap_or_else(|| vec![default]);
        for number in &ases {
            if number.ok && !owned.insert(number.value) {
                let how = if number.given { "" } else { ", which it was given for want of `ases`" };
                let message = format!("AS {} is owned twice{how}", number.value);
                problems.add(Problem::at(number.place, message).allowed("each AS has one owner"));
            }
        }
        isps.push(Isp {
            name: name.value,
            ases: ases.into_iter().map(|number| number.value).collect(),
            subscribers: isp.get("subscribers").value,
            latency: isp.optional("latency").map_or(latency.inside, |given| given.value),
        });
    }
    // A set with mistakes says nothing about which ASes were meant: one mistake, one message.
    let known = (problems.count() == before).then_some(owned);
    let mut pairs = BTreeSet::new();
    let written = reader.tables("link");
    let mut links: Vec<Link> =
        written.iter().filter_map(|table| link(table, latency.hop, &known, &mut pairs)).collect();
    if let Some(table) = reader.optional_table("mesh") {
        mesh(&table, latency.hop, &isps, &mut links);
    }
    (IspSet { isps, links }, known)
}

fn is_empty_list(node: &crate::scenario::tree::Node) -> bool {
    matches!(&node.value, crate::scenario::tree::Value::Array(items) if items.is_empty())
}

fn link(
    reader: &Reader<'_>,
    hop: SimDuration,
    known: &KnownAses,
    pairs: &mut BTreeSet<(AsNumber, AsNumber)>,
) -> Option<Link> {
    let problems = reader.problems();
    let (up, down) = capacity(reader);
    let shapes = "either `provider` and `customer`, or `peers = [one, other]`";
    let refuse = |message: &str| problems.add(Problem::at(reader.place(), message).allowed(shapes));
    let (a, b, relationship) = match (reader.has("provider"), reader.has("customer"), reader.has("peers")) {
        (true, true, false) => (reader.get("provider"), reader.get("customer"), LinkRelationship::ProviderCustomer),
        (false, false, true) => match reader.list::<AsNumber>("peers")?.as_slice() {
            [a, b] => (a.clone(), b.clone(), LinkRelationship::Peering),
            [] if !matches!(reader.raw("peers"), Some(node) if is_empty_list(node)) => return None,
            _ => {
                let place = reader.key_place("peers").unwrap_or(reader.place());
                problems.add(Problem::at(place, "a peering link has two ends").allowed("two AS numbers"));
                return None;
            }
        },
        (_, _, true) => return refuse_both(reader, shapes),
        (true, false, false) => {
            refuse("the link has a provider, but no customer");
            return None;
        }
        (false, true, false) => {
            refuse("the link has a customer, but no provider");
            return None;
        }
        (false, false, false) => {
            refuse("the link has no ends");
            return None;
        }
    };
    super::check_as(&a, known, problems);
    super::check_as(&b, known, problems);
    if a.ok && b.ok && a.value == b.value {
        let message = format!("AS {} is linked to itself", a.value);
        problems.add(Problem::at(b.place, message).allowed("two different ASes"));
    } else if a.ok && b.ok && !pairs.insert((a.value.min(b.value), a.value.max(b.value))) {
        let message = format!("AS {} and AS {} are linked twice", a.value, b.value);
        problems.add(Problem::at(reader.place(), message).allowed("one link between two ASes"));
    }
    // `up` runs from the customer to the provider, or from the first peer to the second.
    let (capacity_ab, capacity_ba) = match relationship {
        LinkRelationship::ProviderCustomer => (down, up),
        LinkRelationship::Peering => (up, down),
    };
    let latency = reader.optional("latency").map_or(hop, |given| given.value);
    Some(Link { a: a.value, b: b.value, relationship, capacity_ab, capacity_ba, latency })
}

/// A peering link between the first ASes of every two ISPs that no written link joins, ISPs in the order of the file.
fn mesh(reader: &Reader<'_>, hop: SimDuration, isps: &[Isp], links: &mut Vec<Link>) {
    if !(2..=LARGEST_MESH).contains(&isps.len()) {
        let message = format!("a mesh joins 2 to {LARGEST_MESH} ISPs, and there are {}", isps.len());
        reader.problems().add(Problem::at(reader.place(), message).advice("write the links out as `link`"));
        return;
    }
    let capacity = reader.optional("capacity").map(|rate| rate.value);
    let latency = reader.optional("latency").map_or(hop, |given| given.value);
    let owner: BTreeMap<AsNumber, usize> =
        isps.iter().enumerate().flat_map(|(at, isp)| isp.ases.iter().map(move |number| (*number, at))).collect();
    let owners = |link: &Link| Some((*owner.get(&link.a)?, *owner.get(&link.b)?));
    let joined: BTreeSet<(usize, usize)> =
        links.iter().filter_map(owners).map(|(one, other)| (one.min(other), one.max(other))).collect();
    for (at, one) in isps.iter().enumerate() {
        for (behind, other) in isps.iter().enumerate().skip(at + 1) {
            // An ISP without ASes has been reported.
            if let (Some(a), Some(b), false) = (one.ases.first(), other.ases.first(), joined.contains(&(at, behind))) {
                let (a, b, relationship) = (*a, *b, LinkRelationship::Peering);
                links.push(Link { a, b, relationship, capacity_ab: capacity, capacity_ba: capacity, latency });
            }
        }
    }
}

fn refuse_both(reader: &Reader<'_>, shapes: &str) -> Option<Link> {
    let place = reader.key_place("peers").unwrap_or(reader.place());
    let message = "the link is a transit link and a peering link at once";
    reader.problems().add(Problem::at(place, message).allowed(shapes));
    None
}

/// Capacities (up, down).
fn capacity(reader: &Reader<'_>) -> (Option<BitRate>, Option<BitRate>) {
    match reader.raw("capacity") {
        None => (None, None),
        Some(node) if node.entries().is_some() => {
            let table = reader.table("capacity");
            if !table.has("up") && !table.has("down") {
                let message = "`capacity` limits neither direction";
                table.problems().add(Problem::at(table.place(), message).allowed("`up`, `down`, or both"));
            }
            (table.optional("up").map(|rate| rate.value), table.optional("down").map(|rate| rate.value))
        }
        Some(_) => {
            let both = reader.optional("capacity").map(|rate| rate.value);
            (both, both)
        }
    }
}

fn tiered(reader: &Reader<'_>) -> (Tiered, KnownAses) {
    let problems = reader.problems();
    let ases: Field<u32> = reader.get("ases");
    let tier1: Field<u32> = reader.get("tier1");
    let transit_share: Field<f64> = reader.get("transit-share");
    let multihomed_share: Field<f64> = reader.get("multihomed-share");
    let transit = (f64::from(ases.value) * transit_share.value).round() as u32;
    let share = transit_share.value;
    if ases.ok && tier1.ok && transit_share.ok {
        let given = [(tier1.given, tier1.place), (ases.given, ases.place)].into_iter().find(|(given, _)| *given);
        let place = given.map_or(transit_share.place, |(_, place)| place);
        if tier1.value > transit {
            let message = format!(
                "{} tier-1 ASes are more than the {transit} transit ASes ({} × {share})",
                tier1.value, ases.value
            );
            problems.add(Problem::at(place, message).allowed("`tier1` of at most `ases` × `transit-share`"));
        } else if transit < 2 && multihomed_share.ok && multihomed_share.value > 0.0 {
            let message = "stubs cannot have several providers where a single AS provides transit";
            let advice = "raise `tier1` or `transit-share`, or set `multihomed-share = 0`";
            problems.add(Problem::at(place, message).advice(advice));
        }
    }
    // The generator numbers its ASes from 1.
    let known = ases.ok.then(|| (1..=ases.value).map(AsNumber).collect());
    let spec = Tiered {
        ases: ases.value,
        tier1: tier1.value,
        transit_share: transit_share.value,
        multihomed_share: multihomed_share.value,
        peering_degree: reader.get("peering-degree").value,
        sibling_share: reader.get("sibling-share").value,
        subscriber_exponent: reader.get("subscriber-exponent").value,
    };
    (spec, known)
}

fn as_relationships(reader: &Reader<'_>, folder: &Path) -> (AsRelationshipsText, KnownAses) {
    let problems = reader.problems();
    let file: Field<String> = reader.get("file");
    let nothing = |path: String| (AsRelationshipsText { path, text: String::new() }, None);
    if !file.ok {
        return nothing(file.value);
    }
    let path = folder.join(&file.value);
    let shown = path.display();
    let text = match read_data(&path, LARGEST_FILE) {
        Ok(text) => text,
        Err(ReadError::Unreadable(error)) => {
            problems.add(
                Problem::at(file.place, format!("cannot read `{shown}`: {error}"))
                    .missing_input()
                    .advice("paths are relative to the scenario file's folder"),
            );
            return nothing(file.value);
        }
        Err(ReadError::Invalid(message)) => {
            problems.add(Problem::at(file.place, format!("`{shown}` {message}")));
            return nothing(file.value);
        }
    };
    let ases: BTreeSet<AsNumber> = text.lines().filter_map(ends_of).flatten().collect();
    if ases.is_empty() {
        problems.add(
            Problem::at(file.place, format!("`{shown}` holds no AS relationship"))
                .allowed("lines such as `174|7018|0` (peers) or `174|64500|-1` (provider, customer)"),
        );
        return nothing(file.value);
    }
    (AsRelationshipsText { path: file.value, text }, Some(ases))
}

/// The two ASes of a line of such a file.
fn ends_of(line: &str) -> Option<[AsNumber; 2]> {
    let mut fields = line.trim().split('|');
    let a = fields.next()?.parse().ok()?;
    let b = fields.next()?.parse().ok()?;
    matches!(fields.next()?, "-1" | "0").then_some([AsNumber(a), AsNumber(b)])
}
