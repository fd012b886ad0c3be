//! Advice about tariffs, sessions and fallback: what is said before and after the runs, and that it is true.

use peerscape::experiment::ExperimentResult;
use peerscape::units::Money;
use peerscape::world::{Advice, Prepared, PreparedSettings};

use crate::keys::MONEY_TEXT;
use crate::runs::{MEMORY, ONE_BY_ONE, resolved, run};

/// Advice before the runs, after them, and the runs.
fn all(text: &str, set: &[(&str, &str)]) -> (Vec<Advice>, Vec<Advice>, ExperimentResult) {
    let scenario = resolved(text, set);
    let before = Prepared::new(&scenario, 1, MEMORY).unwrap().advice();
    let result = run(&scenario, &ONE_BY_ONE);
    let after = PreparedSettings::new(&scenario, 1, MEMORY).unwrap().advice_after(&result.outcomes);
    (before, after, result)
}

#[track_caller]
fn only(advice: &[Advice]) -> &Advice {
    assert_eq!(advice.len(), 1, "{advice:?}");
    &advice[0]
}

#[test]
fn tariffs_that_all_bind_get_none() {
    let (before, after, result) = all(MONEY_TEXT, &[]);
    assert_eq!((before, after), (vec![], vec![]));
    assert!(result.outcomes.iter().flat_map(|outcome| &outcome.costs).any(|row| row.tariff == "list"));
}

#[test]
fn a_window_too_short_for_a_percentile_is_said_before_the_runs() {
    let (before, after, result) = all(MONEY_TEXT, &[("experiment.horizon", "99 min")]);
    insta::assert_snapshot!("advice_few_samples", only(&before));
    assert_eq!(after, [], "once");
    assert!(result.outcomes.iter().flat_map(|outcome| &outcome.costs).all(|row| row.paid_per_month.is_none()));
    let (before, ..) = all(MONEY_TEXT, &[("experiment.horizon", "100 min")]);
    assert_eq!(before, []);
    // Flat fees need no samples.
    let flat = [("experiment.horizon", "99 min"), ("tariff.list.terms", "{ flat = \"3 EUR\" }")];
    let (before, _, result) = all(MONEY_TEXT, &flat);
    insta::assert_snapshot!("advice_flat", only(&before));
    assert!(result.outcomes.iter().flat_map(|outcome| &outcome.costs).all(|row| row.paid_per_month.is_some()));
}

#[test]
fn a_run_too_short_for_a_percentile_is_said_after_it() {
    let text = MONEY_TEXT.replace(", horizon = \"2 h\"", "");
    let (before, after, result) = all(&text, &[("population.arrivals", "all-at-once")]);
    assert_eq!(before, []);
    insta::assert_snapshot!("advice_short_runs", only(&after));
    assert!(result.outcomes.iter().all(|outcome| outcome.run.transit_paid_per_month.is_none()));
}

#[test]
fn a_commit_that_is_never_reached_is_said_after_the_runs() {
    let commit = [("tariff.list.terms.percentile.commit", "1 Gbit/s")];
    let (before, after, result) = all(MONEY_TEXT, &commit);
    assert_eq!(before, []);
    let said = only(&after);
    assert_eq!(said.key, "tariff.list.terms.percentile.commit");
    assert!(said.message.contains("1 Gbit/s"), "{said}");
    // 1,000 Mbit/s at 2 EUR, for every contract of every run.
    for row in result.outcomes.iter().flat_map(|outcome| &outcome.costs).filter(|row| row.tariff == "list") {
        assert_eq!(row.paid_per_month.unwrap().0, row.fixed_per_month.0);
        assert_eq!(row.paid_per_month.unwrap().0, Money::from_micros(2_000_000_000));
    }
}

#[test]
fn a_tariff_that_nobody_pays_by_is_named() {
    // Everybody lives in the south and the east; the north would sell to the east over a link that no route takes.
    let own = r#"{ name = "own", links = "transit", seller = "north", buyer = "east", terms = { flat = "9 EUR" } }"#;
    let list = r#"{ name = "list", links = "transit", terms = { percentile = { price = "2 EUR per Mbit/s" } } }"#;
    let head = MONEY_TEXT.split("[[tariff]]").next().unwrap();
    let text = format!("{head}\n[[tariff]]\nname = \"x\"\nlinks = \"transit\"\nterms = \"settlement-free\"\n");
    let tariffs = format!("[{list}, {own}]");
    let set = [
        ("population.placement", "{ table = [{ as = 2, peers = 30 }, { as = 3, peers = 30 }] }"),
        ("population.seeds", "{ up = \"10 Mbit/s\", as = 2 }"),
        ("arm.unmanaged.tracker.as", "2"),
        ("arm.managed.oms.as", "2"),
        ("arm.managed.unis.as", "2"),
        ("tariff", tariffs.as_str()),
    ];
    let (before, _, result) = all(&text, &set);
    insta::assert_snapshot!("advice_unused_tariff", only(&before));
    assert!(result.outcomes.iter().flat_map(|outcome| &outcome.costs).all(|row| row.tariff != "own"));
    // Everybody in one place: nothing is paid at all.
    let set = [
        ("population.placement", "{ table = [{ as = 2, peers = 60 }] }"),
        ("population.seeds", "{ up = \"10 Mbit/s\", as = 2 }"),
        ("arm.unmanaged.tracker.as", "2"),
        ("arm.managed.oms.as", "2"),
        ("arm.managed.unis.as", "2"),
        ("tariff", tariffs.as_str()),
    ];
    let (before, _, result) = all(&text, &set);
    assert!(before.iter().any(|one| one.key == "tariff" && one.message.contains("nothing to pay")), "{before:?}");
    assert!(before.iter().all(|one| !one.key.starts_with("tariff.")), "{before:?}");
    assert!(result.outcomes.iter().all(|outcome| outcome.costs.is_empty()));
}

#[test]
fn patience_that_lasts_gaps_and_stalls_that_never_come_are_said_after_the_runs() {
    let short = [
        ("experiment.horizon", "2 h"),
        ("population.patience", "3 h"),
        ("population.session", "2 h"),
        ("population.gap", "1 min"),
        ("service.file-swarming.fallback", "{ after = \"1 h\" }"),
        ("tariff", "[{ name = \"free\", links = \"transit\", terms = \"settlement-free\" }]"),
    ];
    let head = MONEY_TEXT.split("[[tariff]]").next().unwrap();
    let (before, after, result) = all(head, &short);
    assert_eq!(before, []);
    let said: Vec<String> = after.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("advice_presence_after_runs", said.join("\n"));
    for outcome in &result.outcomes {
        assert!(outcome.peers.iter().all(|peer| !peer.left_early && peer.sessions <= 1));
        assert_eq!(outcome.run.fallback_bytes, Some(0));
    }
    // Where somebody does, nothing is said.
    let short = [
        ("population.patience", "20 s"),
        ("population.session", "3 s"),
        ("population.gap", "2 s"),
        ("service.file-swarming.fallback", "{ after = \"100 ms\" }"),
    ];
    let (before, after, _) = all(head, &short);
    assert_eq!((before, after), (vec![], vec![]));
}
