//! The control plane: discovery and the arms' servers.

use super::{KnownAses, check_as, law, reports};
use crate::management::{
    Accept, ContactOrder, DiscoverySpec, ExternalQuota, Fill, ManagedSpec, ManagementSpec, NamedStrategy,
    NeighbourLimits, OmsSpec, Outage, ServerSpec, UnisSpec,
};
use crate::scenario::errors::{Problem, nearest};
use crate::scenario::reader::{Field, Reader};
use crate::scenario::scalar::wrong_type;
use crate::scenario::schema::{Shape, ticked};
use crate::scenario::tree::{Node, Place, Value};
use crate::selection::{Catalog, CatalogEntry, Needs};
use crate::units::{AsNumber, SimDuration, SimTime};

pub(super) struct Discovery {
    pub(super) spec: DiscoverySpec,
    pub(super) list: Field<u32>,
}

pub(super) fn discovery(reader: &Reader<'_>) -> Discovery {
    // Its keys stand here already; a name that there is not is refused.
    reader.optional::<&str>("client");
    let problems = reader.problems();
    let list: Field<u32> = reader.get("list");
    let wanted: Field<u32> = reader.get("wanted");
    let most: Field<u32> = reader.get("max-connections");
    if wanted.ok && most.ok && wanted.value > most.value {
        let place = if wanted.given { wanted.place } else { most.place };
        let message = format!("a peer wants {} connections, but accepts {} in all", wanted.value, most.value);
        problems.add(Problem::at(place, message).allowed("`wanted` of at most `max-connections`"));
    }
    let retry: Field<SimDuration> = reader.get("retry");
    let retry_max: Field<SimDuration> = reader.get("retry-max");
    if retry.ok && retry_max.ok && retry.value > retry_max.value {
        let place = if retry_max.given { retry_max.place } else { retry.place };
        let message = format!("the first wait of {} is longer than the longest of {}", retry.value, retry_max.value);
        problems.add(Problem::at(place, message).allowed("`retry` of at most `retry-max`"));
    }
    let spec = DiscoverySpec {
        list: list.value,
        interval: reader.get::<Option<SimDuration>>("interval").value,
        low_mark: reader.get("low-mark").value,
        min_interval: reader.get("min-interval").value,
        timeout: reader.get("timeout").value,
        retry: retry.value,
        retry_max: retry_max.value,
        wanted: wanted.value,
        max_connections: most.value,
        half_open: reader.get("half-open").value,
        connect_timeout: reader.get("connect-timeout").value,
        backoff: reader.get("backoff").value,
        attempts: reader.get("attempts").value,
        accumulate: reader.get("accumulate").value,
    };
    Discovery { spec, list }
}

/// The control plane of an arm.
pub(super) struct Control {
    pub(super) spec: ManagementSpec,
    pub(super) strategy_parameters: Vec<toml::Table>,
    pub(super) contacts: ContactOrder,
}

pub(super) fn arm(
    reader: &Reader<'_>,
    client_server: bool,
    list: &Field<u32>,
    known: &KnownAses,
    catalog: &Catalog,
) -> Control {
    let said = reader.optional::<&'static str>("management");
    let has_oms = reader.has("oms");
    check_choice(reader, said.as_ref(), has_oms);
    let managed = said.as_ref().filter(|s| s.ok).map_or(has_oms, |s| s.value == "managed");
    if client_server {
        check_client_server(reader);
    }
    // Whatever is there is read, so that its mistakes are shown even where it does not belong.
    let tracker = reader.optional_table("tracker").map(|table| server(&table, known));
    let order = reader.optional_table("oms").map(|table| oms(&table, list, known, catalog));
    let unis = reader
        .optional_table("unis")
        .map(|table| UnisSpec { server: server(&table, known), max_age: table.get("max-age").value });
    let (oms, strategies) = order.unwrap_or_else(|| (bare_oms(reader, known), Vec::new()));
    check_information(reader, &oms, &strategies, managed);
    let strategy_parameters = strategies.into_iter().map(|s| s.parameters).collect();
    let spec = if managed {
        ManagementSpec::Managed(ManagedSpec { oms, unis })
    } else {
        ManagementSpec::Unmanaged(tracker.unwrap_or_else(|| default_server(reader)))
    };
    Control { spec, strategy_parameters, contacts: contacts(reader) }
}

fn contacts(reader: &Reader<'_>) -> ContactOrder {
    let Some(chosen) = reader.one_of("contacts") else { return ContactOrder::AsListed };
    match chosen.name {
        "round-trip" => ContactOrder::RoundTrip {
            timeout: chosen.with_table(|table| table.get("timeout").value).unwrap_or_default(),
        },
        "peer-priority" => ContactOrder::PeerPriority,
        _ => ContactOrder::AsListed,
    }
}

/// `management` and the tables that are there must agree.
fn check_choice(reader: &Reader<'_>, said: Option<&Field<&'static str>>, has_oms: bool) {
    let problems = reader.problems();
    let at = |key: &str| reader.key_place(key).unwrap_or(reader.place());
    match said.map(|s| s.value) {
        None if !has_oms => problems.add(
            Problem::at(reader.place(), "the arm does not say how it is managed")
                .allowed("`management = \"none\"`, or an `[arm.oms]`"),
        ),
        Some("none") => {
            for key in ["oms", "unis"] {
                if reader.has(key) {
                    let message = format!("an unmanaged arm has no `{key}`");
                    let advice = "remove it, or remove `management = \"none\"`";
                    problems.add(Problem::at(at(key), message).allowed("`[arm.tracker]`").advice(advice));
                }
            }
        }
        Some("managed") if !has_oms => problems.add(
            Problem::at(said.map_or(reader.place(), |s| s.place), "a managed arm needs an OMS")
                .advice("add `[arm.oms]`, for example with `order = [\"same-as\"]`"),
        ),
        _ => {}
    }
    if has_oms && said.is_none_or(|s| s.value != "none") && reader.has("tracker") {
        problems.add(
            Problem::at(at("tracker"), "a managed arm has no `tracker`: peers announce to the OMS")
                .advice("move its keys to `[arm.oms]`, or remove it"),
        );
    }
}

/// With the client-server service nobody needs lists.
fn check_client_server(reader: &Reader<'_>) {
    for key in ["tracker", "oms", "unis", "contacts"] {
        if let Some(place) = reader.key_place(key) {
            let message = format!("`{key}` has no effect with the client-server service: peers need no lists");
            reader.problems().add(Problem::at(place, message).advice("remove it, and write `management = \"none\"`"));
        }
    }
}

/// Strategies and quotas that need network information need a UNIS, and a UNIS needs somebody who asks it.
fn check_information(reader: &Reader<'_>, oms: &OmsSpec, strategies: &[Ordering], managed: bool) {
    let problems = reader.problems();
    let has_unis = reader.has("unis");
    let advice = "add `[arm.unis]`";
    let mut wanted = false;
    for strategy in strategies {
        wanted |= strategy.needs.asks_unis();
        if strategy.needs.asks_unis() && !has_unis && managed {
            let message = format!("strategy `{}` needs network information, which nobody supplies", strategy.name);
            problems.add(Problem::at(strategy.place, message).advice(advice));
        }
    }
    let limited = oms.neighbours.is_some_and(|limits| limits.external.is_some() || limits.internal.is_some());
    let table = reader.optional_table("oms");
    for (key, there, what) in
        [("external", oms.external.is_some(), "a quota of outsiders"), ("neighbours", limited, "a limit of neighbours")]
    {
        wanted |= there;
        let place = table.as_ref().and_then(|table| table.key_place(key));
        if let (Some(place), true, false, true) = (place, there, has_unis, managed) {
            let message = format!("{what} needs network information, which nobody supplies");
            problems.add(Problem::at(place, message).advice(advice));
        }
    }
    let understood = strategies.iter().all(|s| s.understood) && managed;
    if let (Some(place), false, true) = (reader.key_place("unis"), wanted, understood) {
        let message = "nothing in this arm asks for network information";
        let advice = "remove `[arm.unis]`, or add a strategy that needs it (such as `same-as`) to `[arm.oms]`";
        problems.add(Problem::at(place, message).advice(advice));
    }
}

fn server(reader: &Reader<'_>, known: &KnownAses) -> ServerSpec {
    let as_number = reader.optional::<AsNumber>("as");
    if let Some(number) = &as_number {
        check_as(number, known, reader.problems());
    }
    ServerSpec {
        as_number: as_number.map(|number| number.value),
        service_time: law::service_time(reader.one_of("service-time")),
        outages: outages(reader),
    }
}

/// The server of an arm that does not describe it.
fn default_server(arm: &Reader<'_>) -> ServerSpec {
    server(&arm.absent_table("tracker"), &None)
}

fn bare_oms(arm: &Reader<'_>, known: &KnownAses) -> OmsSpec {
    OmsSpec::by_lot(server(&arm.absent_table("oms"), known))
}

fn outages(reader: &Reader<'_>) -> Vec<Outage> {
    let problems = reader.problems();
    let mut previous = SimTime::ZERO;
    let mut outages = Vec::new();
    for table in reader.tables("outages") {
        let from: Field<SimTime> = table.get("from");
        let until: Field<SimTime> = table.get("until");
        if from.ok && until.ok && until.value <= from.value {
            let message = format!("an outage from {} until {} has no length", from.value, until.value);
            problems.add(Problem::at(until.place, message).allowed("`until` after `from`"));
        } else if from.ok && until.ok && from.value < previous {
            let message = format!("an outage from {} begins before the one before it has ended", from.value);
            problems.add(Problem::at(from.place, message).allowed("outages in ascending order that do not overlap"));
        }
        previous = until.value;
        outages.push(Outage { from: from.value, until: until.value });
    }
    outages
}

fn oms(reader: &Reader<'_>, list: &Field<u32>, known: &KnownAses, catalog: &Catalog) -> (OmsSpec, Vec<Ordering>) {
    let mut order = Vec::new();
    let mut named = Vec::new();
    match reader.raw("order") {
        Some(Node { value: Value::Array(items), .. }) => {
            for item in items {
                let (ordering, strategy) = ordering(item, reader, &order, catalog);
                named.extend(strategy);
                order.push(ordering);
            }
        }
        Some(node) => reader.problems().add(*wrong_type(node, &Shape::Strategies, &reader.path_of("order"))),
        None => {}
    }
    let neighbours = reader.optional_table("neighbours").map(|table| neighbours(&table));
    let said = reader.optional_table("external").map(|table| external(&table, list));
    let biased = order.iter().zip(&named).find(|(_, named)| named.strategy.limits_connections());
    let limit = neighbours.and_then(|limits| limits.external);
    let external = match (biased, limit) {
        (Some((ordering, _)), None) => {
            let message = format!("strategy `{}` limits connections as well as lists: to how many?", ordering.name);
            let advice = "say how many external neighbours: `neighbours = { external = 1 }`";
            reader.problems().add(Problem::at(ordering.place, message).advice(advice));
            said
        }
        // A list of exactly as many outsiders as a peer may have.
        (Some(_), Some(k)) => said.or(Some(ExternalQuota { min: k.min(list.value), max: k, fill: Fill::None })),
        (None, _) => said,
    };
    let unguided = reader.get("unguided").value;
    let needs = order.iter().fold(Needs::default(), |needs, ordering| needs.and(ordering.needs));
    let (reports, sample) = (reports::reports(reader, &order), reports::sample(reader, &order, &named));
    (
        OmsSpec { server: server(reader, known), order: named, external, unguided, neighbours, needs, reports, sample },
        order,
    )
}

fn neighbours(reader: &Reader<'_>) -> NeighbourLimits {
    let count = |key: &str| reader.optional::<u32>(key).filter(|field| field.ok).map(|field| field.value);
    let accept = match reader.get("accept").value {
        "listed" => Accept::Listed,
        _ => Accept::Any,
    };
    let limits = NeighbourLimits { external: count("external"), internal: count("internal"), accept };
    if limits == NeighbourLimits::default() && !["external", "internal"].iter().any(|key| reader.has(key)) {
        let message = "`neighbours` limits nothing";
        let advice = "say how many: `neighbours = { external = 1 }`, or remove it";
        reader.problems().add(Problem::at(reader.place(), message).advice(advice));
    }
    limits
}

fn external(reader: &Reader<'_>, list: &Field<u32>) -> ExternalQuota {
    let problems = reader.problems();
    let min: Field<u32> = reader.get("min");
    let max: Field<u32> = reader.get("max");
    if min.ok && max.ok && min.value > max.value {
        let message = format!("at least {} outsiders, but at most {}", min.value, max.value);
        problems.add(Problem::at(min.place, message).allowed("`min` of at most `max`"));
    }
    if min.ok && list.ok && min.value > list.value {
        let message = format!("at least {} outsiders do not fit on a list of {}", min.value, list.value);
        problems.add(Problem::at(min.place, message).allowed("`min` of at most `discovery.list`"));
    }
    let fill = match reader.get("fill").value {
        "ordered" => Fill::Ordered,
        _ => Fill::None,
    };
    ExternalQuota { min: min.value, max: max.value, fill }
}

/// An entry of the OMS's order as the file has it.
pub(super) struct Ordering {
    pub(super) name: String,
    pub(super) place: Place,
    parameters: toml::Table,
    pub(super) needs: Needs,
    pub(super) understood: bool,
}

fn ordering(
    item: &Node,
    reader: &Reader<'_>,
    before: &[Ordering],
    catalog: &Catalog,
) -> (Ordering, Option<NamedStrategy>) {
    let problems = reader.problems();
    let path = reader.path_of("order");
    let mut ordering = Ordering {
        name: String::new(),
        place: item.place,
        parameters: toml::Table::new(),
        needs: Needs::default(),
        understood: false,
    };
    match &item.value {
        Value::Text(name) => ordering.name.clone_from(name),
        Value::Table(entries) if entries.len() == 1 => {
            for entry in entries {
                ordering.name.clone_from(&entry.key);
                ordering.place = entry.key_place;
                match entry.node.to_plain() {
                    toml::Value::Table(table) => ordering.parameters = table,
                    _ => problems.add(
                        Problem::at(entry.node.place, format!("the parameters of `{}` are no table", entry.key))
                            .allowed(format!("`{{ {} = {{ parameter = … }} }}`", entry.key)),
                    ),
                }
            }
        }
        Value::Table(_) => {
            problems.add(
                Problem::at(item.place, format!("an entry of `{path}` names exactly one strategy"))
                    .allowed(Shape::Strategies.allowed()),
            );
            return (ordering, None);
        }
        _ => {
            problems.add(*wrong_type(item, &Shape::Strategies, &path));
            return (ordering, None);
        }
    }
    let Some(entry) = catalog.get(&ordering.name) else {
        let names = || catalog.entries().iter().map(|entry| entry.name);
        problems.add(
            Problem::at(ordering.place, format!("unknown strategy `{}`", ordering.name))
                .allowed(ticked(names()))
                .nearest(nearest(&ordering.name, names())),
        );
        return (ordering, None);
    };
    if before.iter().any(|other| other.name == ordering.name) {
        let message = format!("strategy `{}` is named twice: the second has nothing left to order", ordering.name);
        problems.add(Problem::at(ordering.place, message).allowed("each strategy once"));
    }
    let strategy = build(entry, &ordering, reader, catalog);
    let parts = strategy.as_ref().map_or(Needs::default(), |named| named.strategy.parts_need());
    ordering.needs = entry.needs.and(parts);
    ordering.understood = strategy.is_some();
    (ordering, strategy)
}

fn build(entry: &CatalogEntry, ordering: &Ordering, reader: &Reader<'_>, catalog: &Catalog) -> Option<NamedStrategy> {
    match (entry.build)(&ordering.parameters, catalog) {
        Ok(strategy) => Some(NamedStrategy { name: entry.name.to_owned(), strategy }),
        Err(message) => {
            let message = format!("strategy `{}`: {}", entry.name, message.trim_end_matches('.'));
            reader.problems().add(Problem::at(ordering.place, message));
            None
        }
    }
}
