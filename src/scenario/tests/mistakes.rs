//! Mistakes, each with its one message.

use super::fixtures::{FULL, SHORT};
use super::{load_with, messages};
use crate::scenario::Overrides;

/// Each line: changes to FULL (`path=value`, separated by `;`), and the one message that they cause.
const REFUSED: &str = r#"
underlay.isps.isp.s.ases=[2] -> AS 2 is owned twice
underlay.isps.isp.s.ases=[] -> ISP `s` owns no AS
underlay.isps.isp.s.name=n -> a second ISP is called `n`
underlay.isps.link.0.customer=1 -> AS 1 is linked to itself
underlay.isps.link.2={ peers = [2, 1] } -> AS 2 and AS 1 are linked twice
underlay.isps.link.2={ peers = [2, 77] } -> the underlay has no AS 77
underlay.isps.link.2={ peers = [2] } -> a peering link has two ends
underlay.isps.link.2={ provider = 2 } -> the link has a provider, but no customer
underlay.isps.link.2={ capacity = "1 Mbit/s" } -> the link has no ends
underlay.isps.link.2.peers=[1, 3] -> the link is a transit link and a peering link at once
underlay.isps.link.0.capacity={} -> `capacity` limits neither direction
underlay.isps.link.0.capacity=0 bit/s -> `underlay.isps.link.capacity` is out of range
underlay.isps.isp.s.latency=-1 ms -> `underlay.isps.isp.latency` is negative
underlay.isps.link.0.latency=1 -> `underlay.isps.link.latency` has the wrong type: an integer
underlay.isps.mesh={ capacity = "0 bit/s" } -> `underlay.isps.mesh.capacity` is out of range
underlay.isps.isp=[{ name = "n", ases = [1, 2, 3, 64514] }];underlay.isps.mesh={} -> a mesh joins 2 to 256 ISPs, and there are 1
underlay.tiered={} -> the underlay has several sources: `isps`, `tiered`
population.peers=4;population.arrivals=all-at-once -> the table places 3 peers, but the population has 4
population.arrivals={ list = { times = ["0 s"] } } -> 1 arrival times for 3 peers
population.arrivals={ list = { times = ["0 s", "2 s", "1 s"] } } -> `times` are not ascending: 1 s after 2 s
population.arrivals=flash-crowd -> `flash-crowd` needs parameters in `population.arrivals`
population.arrivals={ all-at-once = {}, flash-crowd = { decay = "1 s" } } -> `population.arrivals` has several alternatives: `all-at-once`, `flash-crowd`
population.arrivals={ all-at-once = { x = 1 } } -> unknown key `x`: `all-at-once` has no parameters
population.arrivals={ poisson = {} } -> missing `mean-gap` in `population.arrivals.poisson`
population.arrivals={ uniform = { within = "0 s" } } -> `population.arrivals.uniform.within` is out of range
population.caches={ up = "1 Mbit/s" } -> the client-server service has no use for caches
arm.three.service={ file-swarming = { size = "10 MiB" } };population.caches={ up = "1 Mbit/s", isps = ["x"] } -> the underlay has no ISP `x`
arm.three.service={ file-swarming = { size = "10 MiB" } };population.caches={ up = "1 Mbit/s", isps = ["n", "n"] } -> a second ISP with a cache is called `n`
arm.three.service={ file-swarming = { size = "10 MiB" } };population.caches={ up = "1 Mbit/s", isps = [] } -> `isps` is empty: no ISP would have a cache
arm.three.service={ file-swarming = { size = "10 MiB" } };population.caches={ up = "0 bit/s" } -> `population.caches.up` is out of range
population.access.0.share=0.6 -> the shares of the access classes sum to 0.9
population.access.0.down=0 bit/s -> `population.access.down` is out of range
population.access.0.name=fibre -> a second access class is called `fibre`
population.seeds.up=0 bit/s -> `population.seeds.up` is out of range
population.seeds.as=9 -> the underlay has no AS 9
population.placement={ by-weight = [{ as = 1, weight = 0 }] } -> all weights are 0, so that peers cannot be placed
population.placement={ by-weight = [{ as = 1, weight = 1 }, { as = 1, weight = 1 }] } -> AS 1 is named twice
population.after-completion={ stay-for = { exponential = {} } } -> missing `mean` in `population.after-completion.stay-for.exponential`
experiment.confidence=1 -> `experiment.confidence` is out of range
experiment.confidence=nan -> `experiment.confidence` is out of range
experiment.replications=0 -> `experiment.replications` is out of range
experiment.deadline=0 s -> `experiment.deadline` is out of range
experiment.deadline=20000 d -> `experiment.deadline` is out of range
experiment.sampling=1 ms -> `sampling` every 1 ms until 2 h is too many samples
experiment.warm-up=2 h -> the warm-up of 2 h lasts until the deadline, 2 h
experiment.horizon=3 h -> the horizon, 3 h, is after the deadline, 2 h
experiment.warm-up=3 s; experiment.horizon=2 s -> the horizon, 2 s, is not after the warm-up of 3 s
experiment.baseline=tow -> the baseline `tow` is no arm
service.file-swarming.block=1 MiB -> a block of 1 MiB is larger than a piece of 128 KiB
service.file-swarming.size=10 GiB -> 10 GiB in pieces of 128 KiB are 81920 pieces
service.file-swarming.wire={ mtu = "68 B", packet-header = "68 B" } -> packets of 68 B have no room beside headers of 68 B
service.file-swarming.choking={ slots = 0, optimistic = 0 } -> no upload slot at all: `slots` and `optimistic` are both 0
service.file-swarming.block=16 KiB; service.file-swarming.seeding={ super-seeding = true }; service.file-swarming.pieces={ store-and-forward = false } -> a super-seed tells of whole pieces, but without store-and-forward blocks are passed on
discovery.wanted=41 -> a peer wants 41 connections, but accepts 40 in all
discovery.max-connections=65 -> `discovery.max-connections` is out of range
discovery.retry=20 min -> the first wait of 20 min is longer than the longest of 10 min
arm.one.name=two -> a second arm is called `two`
arm.one.oms={} -> an unmanaged arm has no `oms`
arm.two.tracker={} -> a managed arm has no `tracker`: peers announce to the OMS
arm.two.oms.external.min=9 -> at least 9 outsiders, but at most 8
arm.two.oms.external={ min = 41, max = 50 } -> at least 41 outsiders do not fit on a list of 40
arm.two.oms.order=["random"];arm.two.oms={} -> nothing in this arm asks for network information
arm.two.oms.order=["as-hops", "as-hops"] -> strategy `as-hops` is named twice: the second has nothing left to order
arm.two.oms.order=[{ weighted = { wieght = 1 } }] -> strategy `weighted`: unknown parameter `wieght`
arm.two.oms.order=same-as -> `arm.oms.order` has the wrong type: a string
arm.two.oms.outages=[{ from = "2 s", until = "2 s" }] -> an outage from 2 s until 2 s has no length
reference.0.metric=completion_mena_s -> `metric` is no numeric column of `runs.csv`: `completion_mena_s`
reference.0.metric=fingerprint -> `metric` is no numeric column of `runs.csv`: `fingerprint`
reference.1.against=bound -> `against` is no numeric column of `runs.csv`: `bound`
reference.1.against=last_completion_s -> `last_completion_s` is held against itself
reference.0.arm=tow -> the reference's arm `tow` is no arm
reference.0.against=bound_s -> the reference has both a `value` and a column to be held `against`
reference.0.within=0.1 -> the reference has two bands: `within`, and `low` or `high`
reference.2={ metric = "local_share", source = "s", label = "l" } -> the reference gives nothing to hold the metric against
reference.2={ metric = "local_share", within = 0.1, high = 1, source = "s", label = "l" } -> the reference has two bands: `within`, and `low` or `high`
reference.2={ metric = "local_share", value = 0, within = 0.1, source = "s", label = "l" } -> `within` is relative to `value`, and there is none or it is 0
reference.0.low=700 -> the band begins at 700 and ends at 660
reference.0.value=700 -> the reference 700 lies outside its own band
reference.0.value=nan -> `reference.value` is out of range
reference.0.label= -> `reference.label` is not a proper name
reference.2={ metric = "completion_mean_s", value = 1, source = "s", label = "fluid model" } -> a second reference for `completion_mean_s` is called `fluid model`
reference=[] -> `reference` is empty
tariff.0.name=pair -> a second tariff is called `pair`
tariff.0.links=transti -> unknown value of `tariff.links`
tariff.0.terms={} -> `tariff.terms` is empty
tariff.0.terms=percentile -> `percentile` needs parameters in `tariff.terms`
tariff.0.terms.percentile.price=2 EUR -> `tariff.terms.percentile.price` is not a number followed by a unit
tariff.0.terms.percentile.price=2 EUR per MB -> unknown unit `MB` in `tariff.terms.percentile.price`
tariff.0.terms.percentile.price=2 per Mbit/s -> `tariff.terms.percentile.price` has no unit
tariff.0.terms.percentile.price=2 -> `tariff.terms.percentile.price` has the wrong type: an integer
tariff.0.terms.percentile.overage=3 EUO per Mbit/s -> unknown unit `EUO` in `tariff.terms.percentile.overage`
tariff.0.terms.percentile.direction=hihger -> unknown value of `tariff.terms.percentile.direction`
tariff.2.terms.flat=12.50 USD -> prices in two currencies: EUR before, USD here
tariff.2.terms.flat=-1 EUR -> `tariff.terms.flat` is negative
tariff.2.terms.flat=0.0000001 EUR -> `tariff.terms.flat` is not a whole number of millionths of the currency
tariff.pair.seller=x -> the underlay has no ISP `x`
tariff.pair.seller=n -> no AS of `n` is a provider of an AS of `default`
tariff.2.seller=default -> no AS of `default` peers with an AS of `n`
tariff.pair={ name = "pair", links = "transit", buyer = "default", terms = "settlement-free" } -> the tariff names a buyer, but no seller
tariff.pair={ name = "pair", links = "transit", seller = "default", terms = "settlement-free" } -> no AS of `default` is a provider of another ISP's
tariff.pair={ name = "pair", links = "peering", seller = "s", terms = "settlement-free" } -> a peering tariff names both ISPs or none
tariff.pair={ name = "pair", links = "peering", terms = { flat = "1 EUR" } } -> the peering tariff `pair` does not say who pays
tariff.pair={ name = "pair", links = "transit", terms = "settlement-free" } -> the tariffs `list` and `pair` are for the same ISPs and links
tariff.pair={ name = "pair", links = "peering", seller = "n", buyer = "s", terms = "settlement-free" } -> the tariffs `pair` and `paid peering` are for the same ISPs and links
tariff=[{ name = "p", links = "peering", terms = "settlement-free" }] -> no tariff is for transit in general
billing.month.hour=24 -> `billing.month.hour` is out of range
billing.month.daily-profile=[1, 2] -> `daily-profile` has 2 weights
billing.month.daily-profile=[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1] -> the simulated time stands for hour 20, in which `daily-profile` has no demand
billing.month.daily-profile=[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.1234567, 1, 1, 1] -> a weight of `daily-profile` has more than six decimals
arm.three.tracker={} -> `tracker` has no effect with the client-server service: peers need no lists
arm.three.service.client-server.slots=0 -> `arm.service.client-server.slots` is out of range
arm.three.service.client-server.seeds=1 -> unknown key `seeds` in `arm.service.client-server`
arm=[] -> `arm` is empty
bandwidth=fair -> unknown alternative `fair` of `bandwidth`
"#;

/// The same for SHORT, whose underlay is generated.
const REFUSED_TIERED: &str = r#"
underlay.tiered.tier1=100 -> 100 tier-1 ASes are more than the 45 transit ASes (300 × 0.15)
underlay.tiered.ases=20 -> 5 tier-1 ASes are more than the 3 transit ASes (20 × 0.15)
underlay.tiered={ ases = 10, tier1 = 1, transit-share = 0.1 } -> stubs cannot have several providers where a single AS provides transit
underlay.tiered.transit-share=0.6 -> `underlay.tiered.transit-share` is out of range
population.seeds.as=301 -> the underlay has no AS 301
population.caches={ up = "1 Mbit/s", isps = ["x"] } -> `isps` needs an underlay that names its ISPs; this one does not
arm.a.tracker.as=301 -> the underlay has no AS 301
population.peers=9999999;service.file-swarming={ size = "1 TiB", piece = "128 MiB" } -> 9999999 peers × 1 TiB is more than a run can count
arm.a.service={ file-swarming = { size = "1 MiB" } } -> no arm uses the scenario's service: each has its own
arm.a={ name = "a" } -> the arm does not say how it is managed
arm.a={ name = "a", management = "managed" } -> a managed arm needs an OMS
service={} -> `service` is empty
service=file-swarming -> `file-swarming` needs parameters in `service`
billing.month={ hour = 20, daily-profile = [] } -> `billing` has no effect without a tariff
tariff=[{ name = "a", links = "transit", seller = "AS1", terms = "settlement-free" }] -> `seller` needs an underlay that names its ISPs; this one does not
underlay={} -> the underlay has no source of an AS graph
format=2 -> `format` is out of range
title= -> `title` is empty
"#;

#[test]
fn each_mistake_is_one_message() {
    let lines = |base, text: &'static str| text.lines().filter(|l| !l.is_empty()).map(move |line| (base, line));
    for (base, line) in lines(FULL, REFUSED).chain(lines(SHORT, REFUSED_TIERED)) {
        let (options, message) = line.split_once(" -> ").unwrap();
        let set = options.split(';').map(|option| option.split_once('=').unwrap());
        let set = set.map(|(path, value)| (path.to_owned(), value.to_owned())).collect();
        let errors = load_with(base, &Overrides { seed: None, set });
        assert_eq!(messages(errors), [message], "{options}");
    }
}
