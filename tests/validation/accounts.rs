//! What must hold between the rows of every run, whatever the scenario.
//!
//! The run itself compares its three accounts to the byte when it ends (senders, receivers, connections) and asserts
//! that no piece is verified twice; here the *tables* are added up as a reader of the CSV files would.

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::PeerRow;
use peerscape::scenario::Resolved;
use peerscape::services::ServiceSpec;
use peerscape::units::{SimDuration, TableSeconds};

/// Asserts every identity between the tables of one run.
pub(crate) fn check(scenario: &Resolved, outcome: &RunOutcome) {
    let arm = scenario.arms.iter().find(|arm| arm.name == outcome.run.arm).unwrap();
    bytes_agree(outcome);
    isps_agree(outcome);
    links_agree(outcome);
    pieces_agree(&arm.service, outcome);
    lines_are_not_exceeded(outcome);
    for peer in outcome.peers.iter().filter(|peer| peer.downloads()) {
        time_budget_is_the_time_until_completion(outcome, peer);
    }
    counts_agree(outcome);
}

fn sum(values: impl Iterator<Item = u64>) -> u64 {
    values.sum()
}

/// Sent per sender, received per receiver, carried per pair of ASes (with the row `other`).
fn bytes_agree(outcome: &RunOutcome) {
    let run = &outcome.run;
    let uploaded = sum(outcome.peers.iter().map(|peer| peer.uploaded_bytes));
    let downloaded = sum(outcome.peers.iter().map(|peer| peer.downloaded_bytes));
    let carried = sum(outcome.traffic_matrix.iter().map(|row| row.bytes));
    assert_eq!(uploaded, downloaded, "uploaded = downloaded");
    assert_eq!(downloaded, carried, "downloaded = traffic matrix");
    let received = run.verified_bytes + run.partial_bytes + run.duplicate_bytes + run.failed_bytes;
    assert_eq!(received, downloaded, "verified + partial + duplicate + failed = downloaded");
    let duplicate = sum(outcome.peers.iter().map(|peer| peer.duplicate_bytes));
    assert_eq!(duplicate, run.duplicate_bytes, "duplicates");
    let local = sum(outcome.peers.iter().map(|peer| peer.downloaded_local_bytes));
    assert_eq!(local + run.inter_isp_bytes, downloaded, "local + between ISPs = downloaded");
    for peer in &outcome.peers {
        assert!(peer.downloaded_local_bytes <= peer.downloaded_bytes, "local is a part: {peer:?}");
    }
}

fn isps_agree(outcome: &RunOutcome) {
    let (run, isps) = (&outcome.run, &outcome.isps);
    let entered = sum(isps.iter().map(|isp| isp.in_bytes));
    let left = sum(isps.iter().map(|isp| isp.out_bytes));
    assert_eq!(entered, left, "into ISPs = out of ISPs");
    assert_eq!(entered, run.inter_isp_bytes, "isps.csv = runs.csv");
    for isp in isps {
        let peers = || outcome.peers.iter().filter(|peer| peer.isp == isp.name);
        let received = sum(peers().map(|peer| peer.downloaded_bytes));
        let sent = sum(peers().map(|peer| peer.uploaded_bytes));
        let local = sum(peers().map(|peer| peer.downloaded_local_bytes));
        assert_eq!(isp.in_bytes + isp.local_bytes, received, "received in {}", isp.name);
        assert_eq!(isp.out_bytes + isp.local_bytes, sent, "sent from {}", isp.name);
        assert_eq!(isp.local_bytes, local, "local in {}", isp.name);
        assert!(isp.same_as_bytes <= isp.local_bytes, "same AS is a part of same ISP");
        let arrived = peers().filter(|peer| peer.measured).count();
        let completed = peers().filter(|peer| peer.measured && peer.completion_s.is_some()).count();
        assert_eq!((isp.peers as usize, isp.peers_completed as usize), (arrived, completed), "{}", isp.name);
        assert_eq!(isp.peers_censored, isp.peers - isp.peers_completed);
    }
}

/// What crosses an ISP's border links, transit included: the difference of in and out is what its own peers received
/// and sent. Without transit customers both agree by themselves.
fn links_agree(outcome: &RunOutcome) {
    let of = |kind: &str| sum(outcome.links.iter().filter(|link| link.kind == kind).map(|link| link.bytes));
    let run = &outcome.run;
    assert_eq!(run.transit_up_bytes, of("transit-up"));
    assert_eq!(run.transit_down_bytes, of("transit-down"));
    assert_eq!(run.peering_bytes, of("peering"));
    assert_eq!(run.byte_hops, sum(outcome.links.iter().map(|link| link.bytes)), "byte-hops are bytes over links");
    for isp in &outcome.isps {
        let inward = isp.provider_in_bytes + isp.peering_in_bytes + isp.customer_in_bytes;
        let outward = isp.provider_out_bytes + isp.peering_out_bytes + isp.customer_out_bytes;
        assert_eq!(inward + isp.out_bytes, outward + isp.in_bytes, "what passes {} goes in and out", isp.name);
        if isp.customer_in_bytes == 0 && isp.customer_out_bytes == 0 && isp.ases == 1 {
            assert_eq!((inward, outward), (isp.in_bytes, isp.out_bytes), "{} carries for nobody else", isp.name);
        }
    }
    let crossing = || outcome.links.iter().filter(|link| !link.same_isp);
    let over_borders = sum(crossing().map(|link| link.bytes));
    let inward = outcome.isps.iter().map(|isp| isp.provider_in_bytes + isp.peering_in_bytes + isp.customer_in_bytes);
    assert_eq!(over_borders, sum(inward), "links.csv = isps.csv");
}

fn pieces_agree(service: &ServiceSpec, outcome: &RunOutcome) {
    let run = &outcome.run;
    let pieces = sum(outcome.peers.iter().map(|peer| u64::from(peer.pieces)));
    assert_eq!(run.piece_transfers, pieces, "piece transfers");
    let (size, whole) = match service {
        ServiceSpec::FileSwarming(spec) => (spec.size.get(), spec.size.get().div_ceil(spec.piece.get())),
        ServiceSpec::ClientServer(spec) => (spec.size.get(), 1),
    };
    let complete = outcome.peers.iter().filter(|peer| peer.completion_s.is_some());
    assert!(run.verified_bytes >= complete.clone().count() as u64 * size, "whoever completed has everything");
    for peer in complete {
        assert_eq!(u64::from(peer.pieces), whole, "no piece twice, none missing: {peer:?}");
        assert!(peer.downloaded_bytes - peer.duplicate_bytes == size, "{peer:?}");
    }
    for peer in outcome.peers.iter().filter(|peer| peer.completion_s.is_none()) {
        assert!(u64::from(peer.pieces) < whole, "whoever has all pieces has completed: {peer:?}");
    }
    if let (Some(last), true) = (outcome.time_series.last(), run.peers > 0) {
        assert!(last.pieces <= run.piece_transfers && last.verified_bytes <= run.verified_bytes);
    }
    assert!(outcome.time_series.is_sorted_by_key(|row| (row.time_s, row.pieces)));
}

/// No access line and no link carried more than its capacity over the time it was there. The bytes of pieces are whole:
/// a line may be ahead of its capacity by less than one byte for each connection.
fn lines_are_not_exceeded(outcome: &RunOutcome) {
    let ended = outcome.run.ended_at_s.0.as_secs_f64();
    for peer in &outcome.peers {
        let (up, down) = (peer.up_bps as f64, peer.down_bps as f64);
        let here = presence(outcome, peer).as_secs_f64();
        let slack = 8.0 * (f64::from(peer.connections) + 1.0);
        assert!(peer.uploaded_bytes as f64 * 8.0 <= up * here + slack, "uplink of {peer:?}");
        assert!(peer.downloaded_bytes as f64 * 8.0 <= down * here + slack, "downlink of {peer:?}");
    }
    for link in outcome.links.iter().filter(|link| link.capacity_bps.is_some()) {
        let capacity = link.capacity_bps.unwrap_or_default() as f64;
        assert!(link.bytes as f64 * 8.0 <= capacity * ended * (1.0 + 1e-12) + 8.0, "{link:?}");
    }
    if let Some(distance) = outcome.run.distance_to_bound {
        assert!(distance >= 1.0 - 1e-12, "below the Kumar-Ross bound: {distance}");
    }
}

/// From arrival to departure or the end.
fn presence(outcome: &RunOutcome, peer: &PeerRow) -> SimDuration {
    peer.stay_s.map_or_else(|| outcome.run.ended_at_s.0 - peer.arrival_s.0, |stay| stay.0)
}

fn time_budget_is_the_time_until_completion(outcome: &RunOutcome, peer: &PeerRow) {
    let parts = [peer.nothing_wanted_s, peer.choked_s, peer.waiting_s, peer.downlink_bound_s, peer.uplink_bound_s];
    let total = parts.into_iter().map(|TableSeconds(part)| part).fold(SimDuration::ZERO, |sum, part| sum + part);
    let here = peer.completion_s.map_or_else(|| presence(outcome, peer), |done| done.0);
    assert_eq!(total, here, "the time budget is exact: {peer:?}");
}

fn counts_agree(outcome: &RunOutcome) {
    let run = &outcome.run;
    let peers: Vec<&PeerRow> = outcome.peers.iter().filter(|peer| peer.measured).collect();
    let completed = peers.iter().filter(|peer| peer.completion_s.is_some()).count();
    assert_eq!((run.peers as usize, run.peers_completed as usize), (peers.len(), completed));
    assert_eq!(run.peers_censored, run.peers - run.peers_completed);
    if run.peers_censored > 0 {
        assert!(run.last_completion_s.is_none() && run.distance_to_bound.is_none(), "a censored run has no last");
    }
    if run.ended == "all-complete" {
        assert_eq!(run.peers_censored, 0, "all complete");
    }
    let seeds = outcome.peers.iter().filter(|peer| !peer.downloads());
    assert!(seeds.clone().count() > 0);
    for seed in seeds {
        assert_eq!((seed.downloaded_bytes, seed.pieces), (0, 0), "who has everything fetches nothing: {seed:?}");
    }
}
