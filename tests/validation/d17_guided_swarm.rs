//! D17: guided lists in an ISP that uploads more than it downloads.
//!
//! RFC 5632 (2009): Comcast's trial of P4P in July 2008. Setting, source and expectation stand in
//! `scenarios/validation/theory/d17-guided-swarm.toml`; only order and bands are compared.

use peerscape::metrics::RunOutcome;
use peerscape::metrics::rows::IspRow;

use super::accounts;
use super::simulate::{mean_and_error, resolve_file, run_all};

const ISP: &str = "cable";

/// What one run means for the ISP.
struct Seen {
    incoming: f64,
    outgoing: f64,
    local: f64,
    completion: f64,
}

fn see(outcome: &RunOutcome) -> Seen {
    assert_eq!(outcome.run.ended, "all-complete");
    let isp: &IspRow = outcome.isps.iter().find(|isp| isp.name == ISP).unwrap();
    let own = || outcome.peers.iter().filter(|peer| peer.isp == ISP);
    // What its peers sent and did not leave it is what they received and did not enter it.
    let (sent, received) =
        own().fold((0, 0), |(up, down), peer| (up + peer.uploaded_bytes, down + peer.downloaded_bytes));
    assert_eq!(sent - isp.out_bytes, isp.local_bytes, "internal upload");
    assert_eq!(received - isp.in_bytes, isp.local_bytes, "internal download");
    Seen {
        incoming: isp.in_bytes as f64,
        outgoing: isp.out_bytes as f64,
        local: isp.local_bytes as f64,
        completion: isp.completion_mean_s.unwrap(),
    }
}

/// Mean and standard error of a quantity of paired runs.
fn paired(random: &[Seen], guided: &[Seen], of: impl Fn(&Seen, &Seen) -> f64) -> (f64, f64) {
    mean_and_error(&random.iter().zip(guided).map(|(random, guided)| of(random, guided)).collect::<Vec<_>>())
}

#[test]
#[ignore = "long"]
fn d17_guided_lists_save_an_isp_more_incoming_than_outgoing_bytes() {
    let scenario = resolve_file("scenarios/validation/theory/d17-guided-swarm.toml", &[]);
    let runs = run_all(&scenario);
    runs.iter().flatten().for_each(|outcome| accounts::check(&scenario, outcome));
    let seen: Vec<Vec<Seen>> = runs.iter().map(|runs| runs.iter().map(see).collect()).collect();
    let (random, coarse, fine) = (&seen[0], &seen[1], &seen[2]);

    let ratio = paired(random, random, |run, _| run.outgoing / run.incoming);
    let local = paired(random, random, |run, _| run.local / (run.local + run.incoming));
    println!(
        "random: outgoing ÷ incoming {:.3} ± {:.3}, local share {:.4} ± {:.4}",
        ratio.0, ratio.1, local.0, local.1
    );
    let mut cuts = Vec::new();
    for (name, guided) in [("coarse", coarse), ("fine", fine)] {
        let incoming = paired(random, guided, |random, guided| 1.0 - guided.incoming / random.incoming);
        let outgoing = paired(random, guided, |random, guided| 1.0 - guided.outgoing / random.outgoing);
        let volume = paired(random, guided, |random, guided| {
            (guided.outgoing + guided.local) / (random.outgoing + random.local) - 1.0
        });
        let completion = paired(random, guided, |random, guided| guided.completion / random.completion);
        println!(
            "{name}: incoming cut by {:.3} ± {:.3}, outgoing by {:.3} ± {:.3}, uplink volume {:+.4} ± {:.4}, completion \
             × {:.3} ± {:.3}",
            incoming.0, incoming.1, outgoing.0, outgoing.1, volume.0, volume.1, completion.0, completion.1
        );
        cuts.push((name, incoming, outgoing, volume));
    }
    // Ratios of bytes and of times, coarse ÷ fine: at most 1, as far as the runs can tell.
    let worse = [
        ("incoming", paired(fine, coarse, |fine, coarse| coarse.incoming / fine.incoming)),
        ("outgoing", paired(fine, coarse, |fine, coarse| coarse.outgoing / fine.outgoing)),
        ("completion", paired(fine, coarse, |fine, coarse| coarse.completion / fine.completion)),
    ];
    for (what, (ratio, error)) in worse {
        println!("coarse ÷ fine, {what}: {ratio:.4} ± {error:.4}");
    }

    // The conditions of the trial, within a tenth.
    assert!((ratio.0 / 2.5 - 1.0).abs() < 0.1, "outgoing ÷ incoming under random lists: {}", ratio.0);
    assert!((local.0 / 0.16 - 1.0).abs() < 0.1, "local share under random lists: {}", local.0);
    for (name, incoming, outgoing, volume) in cuts {
        assert!((0.70..=0.95).contains(&incoming.0), "{name}: incoming cut by {}", incoming.0);
        assert!((0.20..=0.60).contains(&outgoing.0), "{name}: outgoing cut by {}", outgoing.0);
        assert!(outgoing.0 < incoming.0, "{name}: the outgoing is cut less");
        assert!(volume.0.abs() <= 0.05, "{name}: access uplink volume {:+}", volume.0);
        for (_, error) in [incoming, outgoing, volume] {
            assert!(3.0 * error <= 0.05, "{name}: too noisy");
        }
    }
    for (what, (ratio, error)) in worse {
        assert!(ratio <= 1.0 + 3.0 * error, "coarse guidance is worse: {what} {ratio}");
    }
}
