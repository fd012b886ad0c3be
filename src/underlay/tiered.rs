//! The source `tiered`: a generated graph that looks like the real one.
//!
//! **Model.** ASes are numbered from 1: first tier 1 (nobody's customers, all peers of one another), then the other
//! transit ASes, then the stubs.
//!
//! * *Attraction* of transit ASes follows a Zipf law with exponent 1.05 over their rank, which yields the heavy tail of
//!   customer counts. A stub takes a provider from tier 1 with probability 0.1, otherwise from the transit ASes below,
//!   both by attraction; transit AS k takes its providers by attraction among the transit ASes before it. Providers thus
//!   have lower numbers than their customers: no provider cycle can arise.
//! * *Multi-homing*: exactly `multihomed_share` of the stubs have two or more providers, a transit AS below tier 1 has
//!   with that probability; beyond two, one more with probability 0.3 each, six at most.
//! * Every transit AS has a customer: one that nobody chose gets a stub of its own.
//! * *Peering* below tier 1: one end uniform, the other by attraction, never between provider and customer, until there
//!   are `peering_degree` × transit ASes ÷ 2 links.
//! * *Siblings* change owners, not links: a transit AS (the ISP's main AS) takes over stubs that are its customers, 1 +
//!   Geometric(1/2) of them, until `sibling_share` of all ASes belong to ISPs of several ASes. Each further AS of an ISP
//!   is thus a customer of its main AS.
//! * *Subscribers*: the k-th stub of a seeded order has 10⁹·k^(−`subscriber_exponent`), rounded, at least 1; transit ASes
//!   have none.
//!
//! **Compared with the real graph** (January 2017, 56,272 ASes: 4.33 hops between stubs, 55.7 % of stubs multi-homed,
//! customers of transit ASes: median 2, largest 5,040): the tests below give the bands. Small graphs are shallower: about
//! 2.1 hops at 30 ASes, 2.5 at 60, 3.7 at 300, 4.0 at 1,000, 4.4 at 10,000.
//!
//! **Recommended defaults**: `ases` 300, `tier1` 5 (12 from 10,000 ASes on), `transit_share` 0.15 (real: 0.149),
//! `multihomed_share` 0.55, `peering_degree` 2, `sibling_share` 0.1, `subscriber_exponent` 1.
//!
//! **Chance.** Purpose [`Purpose::Underlay`]; each step has a stream of its own, so that ownership and subscribers leave
//! the links alone.

mod growth;

#[cfg(test)]
mod tests;

use self::growth::Growth;
use super::draft::{AsLink, Draft};
use super::{ImportReport, LinkRelationship, Tiered, UnderlayError};
use crate::random::{Purpose, Seed, Stream};
use crate::units::{AsIndex, AsNumber, IspIndex};

/// What a stream is for: the key below [`Purpose::Underlay`].
#[derive(Debug, Clone, Copy)]
enum StepKey {
    Transit = 1,
    Stubs = 2,
    Peering = 3,
    Owners = 4,
    Subscribers = 5,
}

/// Largest number of ASes.
const MOST_ASES: u32 = 100_000;
/// Largest full mesh of tier 1.
const MOST_TIER1: u32 = 200;
/// Subscribers of the first stub; rounding to whole ones makes the law equal on every machine.
const SUBSCRIBERS: f64 = 1e9;

/// Generates a graph.
pub(super) fn draft(tiered: &Tiered, seed: Seed) -> Result<Draft, UnderlayError> {
    let transit = check(tiered)?;
    let mut growth = Growth::new(tiered.ases, tiered.tier1, transit);
    growth.add_transit(tiered.multihomed_share, seed.stream(Purpose::Underlay, StepKey::Transit as u64));
    growth.add_stubs(tiered.multihomed_share, seed.stream(Purpose::Underlay, StepKey::Stubs as u64));
    let mut report = ImportReport { source: "tiered".to_owned(), ..ImportReport::default() };
    let wanted = (tiered.peering_degree * f64::from(transit) / 2.0).round() as u32;
    let made = growth.add_peering(wanted, seed.stream(Purpose::Underlay, StepKey::Peering as u64));
    if made < wanted {
        report
            .remarks
            .push(format!("tiered: room for {made} of {wanted} peering links below tier 1 (peering_degree)."));
    }
    let main_as = owners(tiered, &growth, transit, seed, &mut report);
    let (isp_of, isp_names) = number_isps(&main_as);
    let transit_link = |(provider, customer): (u32, u32)| {
        AsLink::unlimited(AsIndex(provider), AsIndex(customer), LinkRelationship::ProviderCustomer)
    };
    let peer_link = |(a, b): (u32, u32)| AsLink::unlimited(AsIndex(a), AsIndex(b), LinkRelationship::Peering);
    let mut links: Vec<AsLink> = growth.transit_links().map(transit_link).collect();
    links.extend(growth.peer_links().map(peer_link));
    links.sort_unstable_by_key(|link| (link.a, link.b));
    Ok(Draft {
        numbers: (1..=tiered.ases).map(AsNumber).collect(),
        isp_of,
        isp_names,
        subscribers: Some(subscribers(tiered, transit, seed)),
        links,
        delays: None,
        report,
    })
}

/// Checks every parameter and says how many ASes provide transit.
fn check(tiered: &Tiered) -> Result<u32, UnderlayError> {
    let refuse =
        |parameter, found: String, expected: String| Err(UnderlayError::Parameter { parameter, found, expected });
    if !(10..=MOST_ASES).contains(&tiered.ases) {
        return refuse("ases", tiered.ases.to_string(), format!("10 to {MOST_ASES}"));
    }
    let most = MOST_TIER1.min(tiered.ases / 2);
    if !(1..=most).contains(&tiered.tier1) {
        let expected = format!("1 to {most}, at most half of `ases` ({})", tiered.ases);
        return refuse("tier1", tiered.tier1.to_string(), expected);
    }
    let ranges = [
        ("transit_share", tiered.transit_share, 0.0, 0.5),
        ("multihomed_share", tiered.multihomed_share, 0.0, 1.0),
        ("peering_degree", tiered.peering_degree, 0.0, 1_000.0),
        ("sibling_share", tiered.sibling_share, 0.0, 1.0),
        ("subscriber_exponent", tiered.subscriber_exponent, 0.0, 4.0),
    ];
    for (parameter, value, low, high) in ranges {
        if !(low..=high).contains(&value) {
            return refuse(parameter, value.to_string(), format!("a number from {low} to {high}"));
        }
    }
    let asked = (tiered.transit_share * f64::from(tiered.ases)).round() as u32;
    let transit = asked.clamp(tiered.tier1, tiered.ases / 2);
    if transit < 2 && tiered.multihomed_share > 0.0 {
        let expected = "0, because a single AS provides transit (`tier1`, `transit_share`)".to_owned();
        return refuse("multihomed_share", tiered.multihomed_share.to_string(), expected);
    }
    Ok(transit)
}

/// The main AS of each AS's ISP.
fn owners(tiered: &Tiered, growth: &Growth, transit: u32, seed: Seed, report: &mut ImportReport) -> Vec<u32> {
    let mut main_as: Vec<u32> = (0..tiered.ases).collect();
    let wanted = (tiered.sibling_share * f64::from(tiered.ases)).round() as u32;
    let mut stream = seed.stream(Purpose::Underlay, StepKey::Owners as u64);
    let mut order: Vec<u32> = (0..transit).collect();
    stream.shuffle(&mut order);
    let mut sizes = vec![1_u32; transit as usize];
    let mut grouped = 0;
    // The first round draws sizes; should it not suffice, the second takes whatever is left.
    for round in 0..2 {
        for main in &order {
            let size = &mut sizes[*main as usize];
            let limit = if round == 0 { 2 + geometric(&mut stream) } else { tiered.ases };
            for stub in growth.customers_of(*main).iter().filter(|customer| **customer >= transit) {
                // A first sibling adds two ASes to the count: itself and the main AS.
                let adds = if *size == 1 { 2 } else { 1 };
                if *size >= limit || grouped + adds > wanted {
                    break;
                }
                if main_as[*stub as usize] == *stub {
                    main_as[*stub as usize] = *main;
                    *size += 1;
                    grouped += adds;
                }
            }
        }
    }
    // One AS short of the wanted number is rounding: a new group needs two.
    if grouped + 1 < wanted {
        let remark = format!("tiered: {grouped} of {wanted} ASes could be given siblings (sibling_share).");
        report.remarks.push(remark);
    }
    main_as
}

/// Heads before the first tail of a fair coin.
fn geometric(stream: &mut Stream) -> u32 {
    stream.word().trailing_ones()
}

/// ISPs in the order of their main ASes, named `ISP<number of the main AS>`.
fn number_isps(main_as: &[u32]) -> (Vec<IspIndex>, Vec<String>) {
    let mut isp_of = vec![IspIndex(0); main_as.len()];
    let mut names = Vec::new();
    for (index, main) in main_as.iter().enumerate() {
        // A main AS provides transit to its siblings, hence comes before them.
        isp_of[index] = if *main as usize == index {
            names.push(format!("ISP{}", main + 1));
            IspIndex(names.len() as u32 - 1)
        } else {
            isp_of[*main as usize]
        };
    }
    (isp_of, names)
}

fn subscribers(tiered: &Tiered, transit: u32, seed: Seed) -> Vec<f64> {
    let mut order: Vec<u32> = (transit..tiered.ases).collect();
    seed.stream(Purpose::Underlay, StepKey::Subscribers as u64).shuffle(&mut order);
    let mut subscribers = vec![0.0; tiered.ases as usize];
    for (place, stub) in order.iter().enumerate() {
        let law = SUBSCRIBERS * libm::pow(place as f64 + 1.0, -tiered.subscriber_exponent);
        subscribers[*stub as usize] = law.round().max(1.0);
    }
    subscribers
}
