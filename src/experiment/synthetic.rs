//! Made-up outcomes for tests: shaped like those of a swarm, computed by arithmetic alone.

use crate::bandwidth::SharingSpec;
use crate::management::{DiscoverySpec, ManagementSpec, ServerSpec};
use crate::metrics::RunOutcome;
use crate::metrics::rows::TrafficMatrixRow;
use crate::metrics::rows::{IspRow, LinkRow, MessageRow, PeerRow, PerformanceRow, RunRow, TimeSeriesRow};
use crate::population::{
    AccessClass, AfterCompletion, Arrivals, Crowd, DrawnCrowd, Placement, PopulationSpec, SeedsSpec, SessionsSpec,
};
use crate::random::{Distribution, Purpose, Seed};
use crate::scenario::{Accepted, ArmSpec, ExperimentSpec, HeldAgainst, ReferenceSpec, Resolved};
use crate::services::ServiceSpec;
use crate::services::client_server::ClientServerSpec;
use crate::underlay::{IspSet, LatencySpec, Source, UnderlaySpec};
use crate::units::{BitRate, Bytes, SimDuration, TableSeconds};

use super::RunId;

const CONTENT: u64 = 64 << 20;
const ISPS: u32 = 24;

/// A scenario with these arms, the first one the baseline.
pub(crate) fn resolved(arms: &[&str], replications: u32) -> Resolved {
    let millis = SimDuration::from_millis;
    let rate = |bits: u64| BitRate::new(bits);
    let service_time = Distribution::Constant(millis(1));
    let server = ServerSpec { as_number: None, service_time, outages: Vec::new() };
    let arm = |name: &&str| ArmSpec {
        name: (*name).to_owned(),
        service: ServiceSpec::ClientServer(ClientServerSpec { size: Bytes::new(CONTENT), slots: None }),
        management: ManagementSpec::Unmanaged(server.clone()),
        contacts: crate::management::ContactOrder::AsListed,
    };
    Resolved {
        name: "synthetic/example".to_owned(),
        title: "Does locality-ordered peer listing cut transit in a flash crowd?".to_owned(),
        preamble: vec!["Question: made up for tests".to_owned(), "Expect: less transit".to_owned()],
        experiment: ExperimentSpec {
            seed: 1,
            seed_defaulted: true,
            replications,
            baseline: 0,
            deadline: SimDuration::from_secs(43_200),
            warm_up: SimDuration::ZERO,
            horizon: None,
            sampling: SimDuration::from_secs(10),
            confidence: 0.95,
            smallest_effect: 0.02,
            matrix_rows: 200,
        },
        underlay: UnderlaySpec {
            source: Source::Isps(IspSet { isps: Vec::new(), links: Vec::new() }),
            latency: LatencySpec { inside: millis(10), hop: millis(15) },
        },
        population: PopulationSpec {
            crowd: Crowd::Drawn(DrawnCrowd {
                peers: 300,
                access: vec![AccessClass {
                    name: "dsl".to_owned(),
                    share: 1.0,
                    down: rate(16_000_000),
                    up: rate(1_000_000),
                    free_rider: false,
                }],
                placement: Placement::BySubscribers,
                arrivals: Arrivals::AllAtOnce,
                seeds: SeedsSpec { count: 1, up: rate(4_000_000), as_number: None, departure: None },
            }),
            after_completion: AfterCompletion::Stay,
            caches: None,
            sessions: SessionsSpec::UNLIMITED,
        },
        sharing: SharingSpec { tolerance: 0.0 },
        discovery: DiscoverySpec {
            list: 50,
            interval: None,
            low_mark: 20,
            min_interval: millis(60_000),
            timeout: millis(15_000),
            retry: millis(15_000),
            retry_max: millis(600_000),
            wanted: 30,
            max_connections: 55,
            half_open: 8,
            connect_timeout: millis(3_000),
            backoff: millis(60_000),
            attempts: 3,
            accumulate: true,
        },
        arms: arms.iter().map(arm).collect(),
        references: Vec::new(),
        economics: None,
        checks: Vec::new(),
        sweep: None,
        as_written: crate::scenario::AsWritten::default(),
    }
}

/// References of every kind: inside, outside, without a band, a ratio, of one arm.
pub(crate) fn references() -> Vec<ReferenceSpec> {
    let reference = |metric, against, accepted, label: &str| ReferenceSpec {
        metric,
        isp: None,
        arm: None,
        against,
        accepted,
        source: "Somebody <b> 2004, section 4".to_owned(),
        label: label.to_owned(),
    };
    let between = |low, high| Accepted::Between { low, high };
    vec![
        reference("completion_mean_s", HeldAgainst::Value(400.0), Accepted::Within(0.05), "fluid model"),
        ReferenceSpec {
            arm: Some(0),
            ..reference("completion_mean_s", HeldAgainst::Value(381.0), between(None, None), "measured & noted")
        },
        reference("last_completion_s", HeldAgainst::Column("bound_s"), between(Some(1.0), None), "Kumar and Ross"),
        reference("local_share", HeldAgainst::Band, between(Some(0.3), Some(0.5)), "published range"),
        reference("isp_redundancy", HeldAgainst::Value(11.5), between(None, None), "random lists"),
    ]
}

/// A uniform number in [0, 1) that is the same in every arm of a replication.
fn given(run: RunId, key: u64, counter: u64) -> f64 {
    Seed::new(7, run.replication).uniform(Purpose::Test, key, counter)
}

fn seconds(value: f64) -> TableSeconds {
    TableSeconds(SimDuration::from_nanos((value * 1e9) as u64))
}

/// A run in which arm 0 is random, and every further arm more local and a little faster or slower.
pub(crate) fn outcome(resolved: &Resolved, run: RunId) -> RunOutcome {
    let arm = resolved.arms[run.arm].name.clone();
    let peers = peers(resolved, run, &arm);
    let mut outcome = RunOutcome { run: run_row(resolved, run, &arm, &peers), peers, ..RunOutcome::default() };
    let total = outcome.run.verified_bytes as f64;
    outcome.isps = isps(resolved, run, &arm, &outcome.run, total);
    outcome.traffic_matrix = matrix(run, &arm, total);
    outcome.time_series = (0..40)
        .map(|n| TimeSeriesRow {
            arm: arm.clone(),
            replication: run.replication,
            time_s: seconds(f64::from(n) * 20.0),
            present: 300,
            complete: (n * 8).min(300) as u32,
            ..TimeSeriesRow::default()
        })
        .collect();
    outcome.links = vec![LinkRow {
        arm: arm.clone(),
        replication: run.replication,
        from_as: 100,
        to_as: 7,
        kind: "transit-up".to_owned(),
        bytes: outcome.run.transit_up_bytes,
        ..LinkRow::default()
    }];
    outcome.messages = messages(run, &arm);
    outcome.performance = PerformanceRow {
        arm,
        replication: run.replication,
        wall_s: 0.25,
        events: 123_456,
        pieces_per_second: Some(250_000.0),
        state_bytes: 1 << 24,
    };
    outcome.notes = vec!["Control messages do not compete with flows for capacity.".to_owned()];
    if run.arm == 2 && run.replication == 1 {
        outcome.notes.push("Three peers found <no> route & were left alone.".to_owned());
    }
    outcome
}

fn peers(resolved: &Resolved, run: RunId, arm: &str) -> Vec<PeerRow> {
    let speed = [1.0, 0.97, 1.08, 0.9][run.arm % 4];
    let peer = |n: u32| {
        let key = u64::from(n);
        let level = 400.0 + 60.0 * given(run, 1_000_000, 0);
        let time = level * speed * (0.55 + given(run, key, 1) * 0.5 + 0.9 * given(run, key, 2).powi(6));
        let censored = run.arm == 2 && given(run, key, 3) < 0.03;
        let isp = (given(run, key, 4).powi(2) * f64::from(ISPS)) as u32;
        PeerRow {
            arm: arm.to_owned(),
            replication: run.replication,
            peer: n,
            role: "peer".to_owned(),
            measured: true,
            as_number: 100 + isp,
            isp: format!("ISP {isp}"),
            access: Some("dsl".to_owned()),
            arrival_s: seconds(given(run, key, 5) * 60.0),
            completion_s: (!censored).then(|| seconds(time)),
            pieces: if censored { 200 } else { 256 },
            downloaded_bytes: CONTENT,
            ..PeerRow::default()
        }
    };
    let mut rows: Vec<PeerRow> = (0..resolved.population.peers()).map(peer).collect();
    let places: Vec<u32> = rows.iter().map(|row| row.as_number).collect();
    for row in &mut rows {
        row.as_peers = places.iter().filter(|place| **place == row.as_number).count() as u32;
    }
    rows.push(PeerRow {
        arm: arm.to_owned(),
        replication: run.replication,
        peer: 0,
        role: "seed".to_owned(),
        ..PeerRow::default()
    });
    rows
}

fn run_row(resolved: &Resolved, run: RunId, arm: &str, peers: &[PeerRow]) -> RunRow {
    let times: Vec<f64> = peers.iter().filter_map(|peer| peer.completion_s).map(|time| time.0.as_secs_f64()).collect();
    let mut sorted = times.clone();
    sorted.sort_by(f64::total_cmp);
    let arrived = resolved.population.peers();
    let quantile = |q: f64| sorted.get((q * f64::from(arrived)).ceil() as usize - 1).copied();
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let received = CONTENT * u64::from(arrived);
    let bytes = |share: f64| (share * received as f64) as u64;
    let noise = 0.04 * (given(run, 2_000_000, 0) - 0.5) + 0.01 * (given(run, 2_000_000, 1 + run.arm as u64) - 0.5);
    let local = [0.08, 0.62, 0.41, 0.3][run.arm % 4] + noise;
    let censored = arrived - times.len() as u32;
    RunRow {
        arm: arm.to_owned(),
        replication: run.replication,
        seed: resolved.experiment.seed,
        fingerprint: format!("{:016x}", Seed::new(7, run.replication).draw(Purpose::Test, run.arm as u64, 99)),
        ended: if censored > 0 { "deadline" } else { "all-complete" }.to_owned(),
        ended_at_s: seconds(sorted.last().copied().unwrap_or(0.0) + 60.0),
        peers: arrived,
        peers_completed: times.len() as u32,
        peers_censored: censored,
        completion_mean_s: Some(mean),
        completion_median_s: quantile(0.5),
        completion_p95_s: quantile(0.95),
        completion_p99_s: quantile(0.99),
        last_completion_s: sorted.last().copied().filter(|_| censored == 0),
        bound_s: Some(201.3),
        distance_to_bound: sorted.last().map(|last| last / 201.3).filter(|_| censored == 0),
        first_piece_mean_s: Some(12.5 + noise),
        local_share: Some(local),
        same_as_share: Some(local * 0.8),
        inter_isp_share: Some(1.0 - local),
        local_share_random: Some(0.074 + 0.1 * noise.abs()),
        local_share_possible: Some(0.92),
        inter_isp_bytes: bytes(1.0 - local),
        peering_bytes: bytes((1.0 - local) * 0.3),
        transit_up_bytes: bytes((1.0 - local) * 1.4),
        transit_down_bytes: bytes((1.0 - local) * 1.5),
        byte_hops: bytes((1.0 - local) * 3.2),
        mean_as_hops: Some((1.0 - local) * 3.2),
        isp_redundancy: Some((1.0 - local) * 12.5),
        piece_transfers: 256 * u64::from(arrived),
        verified_bytes: received,
        duplicate_bytes: received / 500,
        duplicate_share: Some(0.002),
        overhead_bytes: received / 20,
        overhead_share: Some(0.05),
        control_bytes: 1_500_000 + 2_000 * run.arm as u64,
        uplink_utilisation: Some(0.83 - noise.abs()),
        seed_copies: Some(4.2 + noise),
        fairness_jain: Some(0.71),
        busiest_1pct_share: Some(0.04),
        lists: 900,
        list_external_share: Some(1.0 - local),
        connection_external_share: Some(1.0 - local),
        contacts: 9_000,
        contacts_refused: 700,
        contacts_timed_out: 0,
        guidance_age_mean_s: (run.arm > 0).then_some(31.0),
        nothing_wanted_mean_s: Some(mean * 0.02 * (1.0 + run.arm as f64)),
        choked_mean_s: Some(mean * 0.21),
        waiting_mean_s: Some(mean * 0.05),
        downlink_bound_mean_s: Some(mean * 0.08),
        uplink_bound_mean_s: Some(mean * (0.64 - 0.02 * run.arm as f64)),
        ..RunRow::default()
    }
}

fn isps(resolved: &Resolved, run: RunId, arm: &str, row: &RunRow, total: f64) -> Vec<IspRow> {
    let weight = |isp: u32| 1.0 / f64::from(isp + 1);
    let weights: f64 = (0..ISPS).map(weight).sum();
    let isp = |isp: u32| {
        let bytes = total * weight(isp) / weights;
        // Mid-sized ISPs carry more in the managed arms: somebody has to lose.
        let shift = if run.arm > 0 && isp % 7 == 3 { 3.2 } else { 1.0 };
        let inter =
            row.inter_isp_share.unwrap_or(0.0) * shift * (0.9 + 0.2 * given(run, 3_000_000 + u64::from(isp), 0));
        let part = |share: f64| (bytes * share) as u64;
        IspRow {
            arm: arm.to_owned(),
            replication: run.replication,
            isp,
            name: format!("ISP {isp} <Nordic & Sons>"),
            ases: 1,
            peers: (f64::from(resolved.population.peers()) * weight(isp) / weights) as u32,
            completion_mean_s: row.completion_mean_s.map(|mean| mean * (1.0 + 0.01 * f64::from(isp % 5))),
            in_bytes: part(inter),
            local_bytes: part(1.0 - inter.min(1.0)),
            provider_in_bytes: part(inter * 0.7),
            provider_out_bytes: part(inter * 0.6),
            ..IspRow::default()
        }
    };
    (0..ISPS).map(isp).collect()
}

fn matrix(run: RunId, arm: &str, total: f64) -> Vec<TrafficMatrixRow> {
    let mut rows = Vec::new();
    for source in 0..ISPS {
        for destination in 0..ISPS {
            let gravity = 1.0 / f64::from((source + 1) * (destination + 1));
            let local = if source == destination { 1.0 + 30.0 * (run.arm % 3) as f64 } else { 1.0 };
            let noise = 0.2 + 1.6 * given(run, u64::from(source * 1000 + destination) + 4_000_000, run.arm as u64);
            let bytes = (total * 0.02 * gravity * gravity * local * noise) as u64;
            if bytes > 2_000_000 {
                rows.push(TrafficMatrixRow {
                    arm: arm.to_owned(),
                    replication: run.replication,
                    source_as: (100 + source * 211).to_string(),
                    destination_as: (100 + destination * 211).to_string(),
                    bytes,
                    pairs: 1,
                });
            }
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.bytes));
    rows.push(TrafficMatrixRow {
        arm: arm.to_owned(),
        replication: run.replication,
        source_as: "other".to_owned(),
        destination_as: "other".to_owned(),
        bytes: 123_456_789,
        pairs: 321,
    });
    rows
}

fn messages(run: RunId, arm: &str) -> Vec<MessageRow> {
    let row = |from: &str, to: &str, message: &str, messages: u64, bytes: u64| MessageRow {
        arm: arm.to_owned(),
        replication: run.replication,
        from: from.to_owned(),
        to: to.to_owned(),
        message: message.to_owned(),
        messages,
        bytes: messages * bytes,
        lost: u64::from(run.replication == 0),
        delay_mean_s: Some(0.08),
    };
    if run.arm == 0 {
        vec![row("peer", "tracker", "announce", 900, 120), row("tracker", "peer", "list", 900, 350)]
    } else {
        vec![
            row("oms", "peer", "list", 900, 350),
            row("oms", "unis", "network-query", 60, 80),
            row("peer", "oms", "announce", 900, 120),
            row("unis", "oms", "network-answer", 60, 900),
        ]
    }
}
