//! `runs.csv`.

use super::{Row, row};
use crate::units::{TableMoney, TableSeconds};

row! {
    /// One row per run (arm × replication), with every scalar metric.
    "runs.csv" => RunRow {
        /// Name of the arm.
        arm: String,
        /// Replication, counted from 0.
        replication: u32,
        /// Root seed of the experiment; with the replication it fixes every draw.
        seed: u64,
        /// Hash of all facts of the run, as 16 hexadecimal digits.
        fingerprint: String,
        /// Why the run ended: `all-complete` (every measured peer), `deadline` or `piece-lost` (no peer that is here or will come can complete).
        ended: String,
        /// Simulated time at which the run ended.
        ended_at_s: TableSeconds,
        /// Measured peers: those that arrived inside the window of measurement (all, unless the scenario has a warm-up or a horizon); initial seeds not counted. Columns about completion, first pieces, fairness and what peers spent their time on are over them; bytes and shares of bytes are over the whole run and everybody.
        peers: u32,
        /// Measured peers that verified their last piece.
        peers_completed: u32,
        /// Measured peers that did not complete before the run ended or they left; every mean leaves them out.
        peers_censored: u32,
        /// Mean time from arrival to completion, over completed peers.
        completion_mean_s: Option<f64>,
        /// Median completion time over all arrivals; empty when it is censored.
        completion_median_s: Option<f64>,
        /// 95th percentile of completion time over all arrivals; empty when it is censored.
        completion_p95_s: Option<f64>,
        /// 99th percentile of completion time over all arrivals; empty when it is censored.
        completion_p99_s: Option<f64>,
        /// Time from the first arrival to the last completion of measured peers; empty when one is censored.
        last_completion_s: Option<f64>,
        /// Minimum distribution time after Kumar and Ross 2006, max(F/u_s, F/d_min, N·F/(u_s + Σu_i)), for the peers that arrived; u_s with caches, Σu_i without free riders; empty when some are not measured.
        bound_s: Option<f64>,
        /// last_completion_s ÷ bound_s.
        distance_to_bound: Option<f64>,
        /// Mean time from arrival to the first verified piece.
        first_piece_mean_s: Option<f64>,
        /// Share of received payload bytes whose sender is in the same ISP: the headline locality.
        local_share: Option<f64>,
        /// Share of received payload bytes whose sender is in the same AS.
        same_as_share: Option<f64>,
        /// Share of received payload bytes that crossed between ISPs.
        inter_isp_share: Option<f64>,
        /// Local share that random lists would give: Σ n_i(n_i − 1)/(N(N − 1)) over ISPs.
        local_share_random: Option<f64>,
        /// Largest local share possible when one copy must enter each ISP that has peers but neither initial seed nor cache.
        local_share_possible: Option<f64>,
        /// Payload bytes that crossed between ISPs.
        inter_isp_bytes: u64,
        /// Payload bytes that crossed a peering link, once for each such link.
        peering_bytes: u64,
        /// Payload bytes sent from a customer to its provider, once for each such link.
        transit_up_bytes: u64,
        /// Payload bytes sent from a provider to its customer, once for each such link.
        transit_down_bytes: u64,
        /// Payload bytes × inter-AS links crossed.
        byte_hops: u64,
        /// byte_hops ÷ received payload bytes: the mean number of inter-AS links a byte crossed.
        mean_as_hops: Option<f64>,
        /// Copies of the content that entered an ISP with peers, mean over ISPs (ISP redundancy, Bindal 2006).
        isp_redundancy: Option<f64>,
        /// Pieces verified by peers.
        piece_transfers: u64,
        /// Payload bytes in verified pieces.
        verified_bytes: u64,
        /// Payload bytes received of pieces that were not complete at the end.
        partial_bytes: u64,
        /// Payload bytes received twice (end game).
        duplicate_bytes: u64,
        /// Payload bytes received but lost: pieces that failed their hash check, or were given up.
        failed_bytes: u64,
        /// duplicate_bytes ÷ received payload bytes.
        duplicate_share: Option<f64>,
        /// Bytes of packet headers and acknowledgements charged to access links.
        overhead_bytes: u64,
        /// Bytes of control messages: peers, trackers and management servers, and the peer-wire protocol.
        control_bytes: u64,
        /// overhead_bytes ÷ received payload bytes.
        overhead_share: Option<f64>,
        /// Payload sent ÷ what the uplinks of peers (free riders apart), seeds and caches could have carried from each one's arrival until the last completion (or the end).
        uplink_utilisation: Option<f64>,
        /// Payload bytes sent by initial seeds and origin servers ÷ size of the content.
        seed_copies: Option<f64>,
        /// Payload bytes sent by caches ÷ size of the content; empty without caches.
        cache_copies: Option<f64>,
        /// Jain's index of uploaded ÷ downloaded payload over completed peers.
        fairness_jain: Option<f64>,
        /// Share of payload sent by the busiest 1 % of senders (at least one).
        busiest_1pct_share: Option<f64>,
        /// Peer lists answered.
        lists: u64,
        /// Share of list entries that are in another ISP than the requester; empty when nothing was listed.
        list_external_share: Option<f64>,
        /// Share of connections whose ends are in different ISPs; empty when there were none.
        connection_external_share: Option<f64>,
        /// Contact attempts made.
        contacts: u64,
        /// Contact attempts refused by the other peer (full or already connected).
        contacts_refused: u64,
        /// Contact attempts that timed out: the listed peer was gone or unreachable.
        contacts_timed_out: u64,
        /// Mean age of the network information that lists were built from; empty without UNIS.
        guidance_age_mean_s: Option<f64>,
        /// Mean time per completed peer in which no neighbour had anything it lacked.
        nothing_wanted_mean_s: Option<f64>,
        /// Mean time per completed peer in which every neighbour that had something choked it.
        choked_mean_s: Option<f64>,
        /// Mean time per completed peer in which it was unchoked and nothing flowed: round trips, or everything was requested elsewhere.
        waiting_mean_s: Option<f64>,
        /// Mean time per completed peer in which its own downlink was the limit.
        downlink_bound_mean_s: Option<f64>,
        /// Mean time per completed peer in which the uplinks of its senders (or links between ISPs) were the limit.
        uplink_bound_mean_s: Option<f64>,
        /// Mean number of peers present that still download, over the window of measurement; an exact integral.
        leechers_mean: Option<f64>,
        /// Mean number of peers present that have everything, over the window of measurement; initial seeds not counted.
        seeds_mean: Option<f64>,
        /// Payload that peers sent while they downloaded ÷ payload that their uplinks could have carried in that time, inside the window of measurement; the uplinks of free riders left out.
        leecher_effectiveness: Option<f64>,
        /// The same for peers that have everything; initial seeds not counted.
        seed_effectiveness: Option<f64>,
        /// Mean completion time of the fluid model (Qiu and Srikant 2004), max(1/c, (1/μ − η_s/γ)/η), with this run's leecher_effectiveness η and seed_effectiveness η_s; μ, c: payload rates of up- and downlink in contents a second, 1/γ: mean stay after completion. Empty with several access classes, with sessions or patience (the model has nobody who gives up), and where complete peers stay for good.
        fluid_completion_s: Option<f64>,
        /// Bytes on the wire that uplinks carried in the first minute (or until the run ended) ÷ what they could have carried, each from its owner's arrival on; payload with headers, acknowledgements and peer-wire messages; initial seeds and caches included, free riders left out.
        uplink_utilisation_first_minute: Option<f64>,
        /// The same until the first peer had everything; empty when nobody did.
        uplink_utilisation_to_first_completion: Option<f64>,
        /// Share of the payload sent by initial seeds that went to the 8 peers who got most of it; empty when they sent nothing.
        best_fed_share: Option<f64>,
        /// Time, from the start of the run, at which the last piece had its first copy outside the initial seeds; empty when some piece never had one, and for client-server.
        last_unique_piece_s: Option<f64>,
        /// Mean age of what peers had reported of themselves (uplink, pieces held), over the list entries chosen by it; empty where no strategy asks for reports.
        report_age_mean_s: Option<f64>,
        /// Payload bytes that crossed a transit link in either direction, once for each such link: transit_up_bytes + transit_down_bytes.
        transit_bytes: u64,
        /// Payload bytes sent by initial seeds and origin servers, fallback included.
        origin_bytes: u64,
        /// Payload bytes that stalled peers fetched from initial seeds directly; empty where the arm has no fallback.
        fallback_bytes: Option<u64>,
        /// Time that one server of the initial seeds' uplink would need alone: max(N·F/u_s, F/d_min) (Kumar and Ross 2006, section 2), wire rates, everybody there at once; empty when some peers are not measured.
        client_server_s: Option<f64>,
        /// Measured peers that left for good before they had everything (premature departure); counted in peers_censored, too.
        peers_left_early: u32,
        /// Mean number of sessions of a measured peer; 1 where nobody comes again.
        sessions_mean: Option<f64>,
        /// Mean time in which a measured peer was there, all its sessions together.
        online_mean_s: Option<f64>,
        /// Sum over transit contracts of the level that the simulated time by itself is billed at (95th percentile of 5-minute samples), bits per second; empty without percentile tariffs and below 20 samples.
        transit_billed_bps: Option<u64>,
        /// What volume tariffs cost for the simulated time, all contracts, in the scenario's currency; empty without one.
        volume_cost: Option<TableMoney>,
        /// What all ISPs together pay for transit in a month, in the scenario's currency; empty without tariffs, and where one of the bills is not known (costs.csv says which).
        transit_paid_per_month: Option<TableMoney>,
        /// What ISPs of class `stub` (those that sell no transit) pay in a month, less what they receive; empty where there are none or a bill is not known.
        stub_paid_per_month: Option<TableMoney>,
        /// What ISPs of class `transit` (those that sell and buy transit) pay in a month, less what they receive: below 0 they earn; empty likewise.
        transit_isp_paid_per_month: Option<TableMoney>,
        /// What ISPs of class `tier-1` (those that sell transit and buy none) receive in a month, less what they pay; empty likewise.
        tier1_received_per_month: Option<TableMoney>,
    }
}

impl RunRow {
    /// Columns that say which run it was or why it ended, and are no metrics.
    pub const IDENTITY_COLUMNS: [&'static str; 5] = ["arm", "replication", "seed", "fingerprint", "ended"];

    /// The names of all scalar metrics, which are the numeric columns, in the order of the columns.
    pub fn metric_names() -> impl Iterator<Item = &'static str> {
        Self::COLUMNS.iter().map(|column| column.name).filter(|name| !Self::IDENTITY_COLUMNS.contains(name))
    }
}
