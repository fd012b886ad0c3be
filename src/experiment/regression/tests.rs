use std::fmt::Write as _;

use super::*;
use crate::random::{Purpose, Seed};
use crate::scenario::load_tolerance;

const ARMS: [&str; 2] = ["unmanaged", "same-as"];

fn table(file: &str, text: &str) -> StoredTable {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    StoredTable { file: file.to_owned(), columns: lines.next().unwrap(), rows: lines.collect() }
}

/// Two arms of four runs: a completion time, a share that is empty in one run, a text; and what is computed from them.
fn stored() -> StoredResult {
    let runs = "arm,replication,seed,ended,completion_mean_s,local_share\n\
                unmanaged,0,1,all-complete,10,0.5\nunmanaged,1,1,all-complete,12,0.25\n\
                unmanaged,2,1,deadline,14,\nunmanaged,3,1,all-complete,16,0.75\n\
                same-as,0,1,all-complete,11,0.5\nsame-as,1,1,all-complete,11,0.5\n\
                same-as,2,1,all-complete,11,0.5\nsame-as,3,1,all-complete,11,0.5\n";
    let summary = "arm,metric,n,mean\nunmanaged,completion_mean_s,4,13\nunmanaged,local_share,3,0.5\n\
                   same-as,completion_mean_s,4,11\nsame-as,local_share,4,0.5\n";
    let peers = "arm,replication,peer,completion_s\nunmanaged,0,0,9.5\nunmanaged,0,1,10.5\nsame-as,0,0,11\n";
    StoredResult {
        origin: Origin { scenario: "s".to_owned(), model_version: 1, seed: 1, runs: 8, ..Origin::default() },
        tables: vec![
            table("runs.csv", runs),
            table("summary.csv", summary),
            table("peers.csv", peers),
            table("performance.csv", "arm,replication,wall_s\nunmanaged,0,0.5\n"),
        ],
    }
}

fn tolerance(text: &str) -> ToleranceSpec {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.toml");
    std::fs::write(&path, text).unwrap();
    let stored = stored();
    load_tolerance(&path, &stored.measures(), &ARMS).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

fn failing(regression: &Regression) -> Vec<String> {
    let failing = regression.compared.iter().filter(|compared| !compared.passed);
    failing.map(|c| format!("{} {} {}", c.table, c.metric, c.arm.as_deref().unwrap_or("-"))).collect()
}

fn differing(regression: &Regression) -> usize {
    regression.compared.iter().filter(|compared| compared.differs()).count()
}

#[test]
fn a_result_equals_itself() {
    let regression = hold(&stored(), &stored(), None);
    assert_eq!((regression.mode, regression.passed(), differing(&regression)), (Mode::Exact, true, 0));
    assert_eq!(regression.tables, ["runs.csv", "summary.csv", "peers.csv"], "wall clocks are not compared");
    assert!(regression.notes.is_empty() && regression.new.is_empty());
}

#[test]
fn any_single_cell_that_differs_fails_by_name() {
    for (place, original) in stored().tables.iter().enumerate().take(3) {
        for (row, cells) in original.rows.iter().enumerate() {
            for (column, name) in original.columns.iter().enumerate() {
                let mut baseline = stored();
                baseline.tables[place].rows[row][column].push('1');
                let regression = hold(&stored(), &baseline, None);
                assert!(!regression.passed(), "{} {row} {name}", original.file);
                if original.key_columns().contains(&name.as_str()) {
                    continue; // then a row is missing and another one too many
                }
                let metric = original.column("metric").map_or(name.as_str(), |at| cells[at].as_str());
                assert_eq!(failing(&regression), [format!("{} {metric} {}", original.file, cells[0])]);
                let compared = regression.compared.iter().find(|compared| !compared.passed).unwrap();
                assert_eq!(compared.differing, 1);
            }
        }
    }
}

#[test]
fn what_is_new_passes_and_what_is_gone_fails() {
    let mut more = stored();
    more.tables[0].columns.push("further".to_owned());
    more.tables[0].rows.iter_mut().for_each(|row| row.push("1".to_owned()));
    let arm = ["third", "0", "1", "all-complete", "9", "0.5", "1"].map(str::to_owned).to_vec();
    more.tables[0].rows.push(arm);
    let metric = ["unmanaged", "further", "4", "1"].map(str::to_owned).to_vec();
    more.tables[1].rows.insert(2, metric);
    // Baselines keep some tables only: a table that they lack is not even new.
    more.tables.push(table("costs.csv", "arm\nunmanaged\n"));
    let new = ["runs.csv: column further", "runs.csv: arm third", "summary.csv: metric further"];
    let regression = hold(&more, &stored(), None);
    assert!(regression.passed(), "{:?}", failing(&regression));
    assert_eq!(regression.new, new);
    // The other way round the same things are missing.
    let regression = hold(&stored(), &more, None);
    let gone =
        ["runs.csv column further -", "runs.csv the arm third", "summary.csv rows unmanaged", "costs.csv the table -"];
    assert_eq!(failing(&regression), gone);
    // One run more of an arm that is known is no new thing: a peer, a run too many.
    let mut longer = stored();
    longer.tables[2].rows.push(["same-as", "0", "1", "3"].map(str::to_owned).to_vec());
    assert_eq!(failing(&hold(&longer, &stored(), None)), ["peers.csv further rows same-as"]);
    // Within tolerances: a metric and an arm that are gone.
    let open = tolerance("format = 1\n[default]\nrelative = 1000\n");
    let gone = failing(&hold(&stored(), &more, Some(&open)));
    assert_eq!(
        gone,
        [
            "runs.csv further unmanaged",
            "runs.csv further same-as",
            "runs.csv completion_mean_s third",
            "runs.csv local_share third",
            "runs.csv further third",
            "costs.csv the table -"
        ]
    );
    let regression = hold(&more, &stored(), Some(&open));
    assert!(regression.passed());
    assert_eq!(regression.new, ["runs.csv: column further", "runs.csv: arm third"]);
}

/// What a scenario gets besides is new; rows that a table lost are not.
#[test]
fn a_first_tariff_and_a_further_check_are_new_and_a_table_cut_short_is_wrong() {
    let with = |name: &str, text: &str| {
        let mut result = stored();
        result.tables.push(table(name, text));
        result
    };
    let costs = |rows: &str| with("costs.csv", &format!("arm,replication,buyer,seller,links,tariff,in_bytes{rows}"));
    let regression = hold(&costs("\nunmanaged,0,a,b,transit,list,5"), &costs(""), None);
    assert!(regression.passed());
    assert_eq!(regression.new, ["costs.csv: its first rows"]);
    let more = costs("\nunmanaged,0,a,b,transit,list,5\nunmanaged,0,a,c,transit,list,5");
    let regression = hold(&more, &costs("\nunmanaged,0,a,b,transit,list,5"), None);
    assert_eq!(failing(&regression), ["costs.csv further rows unmanaged"]);
    let checks = |rows: &str| with("checks.csv", &format!("arm,metric,of,statistic,min{rows}"));
    let (one, two) = (
        "\nunmanaged,local_share,value,mean,0.1",
        "\nunmanaged,local_share,value,mean,0.1\nunmanaged,local_share,value,every-run,0.2",
    );
    let regression = hold(&checks(two), &checks(one), None);
    assert!(regression.passed());
    assert_eq!(regression.new, ["checks.csv: row on local_share"]);
    assert_eq!(failing(&hold(&checks(one), &checks(two), None)), ["checks.csv rows unmanaged"]);
    let mut short = stored();
    short.tables[1].rows.clear();
    let wrong = ["summary.csv further rows same-as", "summary.csv further rows unmanaged"];
    assert_eq!(failing(&hold(&stored(), &short, None)), wrong);
}

#[test]
fn band_is_the_interval_of_student() {
    // Twice four replications 10, 12, 14, 16: s = √(20/3), √(1/4 + 1/4); four pairs of metric and arm share 5 %.
    // Bonferroni's t for four comparisons and 6 degrees of freedom is 3.521 (Bailey 1977).
    let regression = hold(&stored(), &stored(), None);
    let of = |arm: &str, metric: &str| {
        let found = regression.compared.iter().find(|c| c.arm.as_deref() == Some(arm) && c.metric == metric);
        found.unwrap().noise.unwrap()
    };
    let band = of("unmanaged", "completion_mean_s");
    let factor = (band.high - 13.0) / ((20.0_f64 / 3.0).sqrt() * 0.5_f64.sqrt());
    assert!((factor - 3.521).abs() < 0.001, "{factor}");
    assert!((13.0 - band.low - (band.high - 13.0)).abs() < 1e-9);
    assert_eq!(regression.noisy, 4);
    // What never varied has no noise.
    assert_eq!(of("same-as", "completion_mean_s"), NoiseBand { low: 11.0, high: 11.0, mean: 11.0 });
    // Where only the result varies, that is the spread: s² = (0 + 4·2²)/6.
    let mut varies = stored();
    varies.tables[0].rows[4..].iter_mut().zip(["9", "13", "9", "13"]).for_each(|(row, text)| row[4] = text.to_owned());
    let regression = hold(&varies, &stored(), None);
    let changed = regression.compared.iter().find(|compared| !compared.passed).unwrap();
    let half = changed.noise.unwrap().high - 11.0;
    assert!((half / (16.0_f64 / 6.0 / 2.0).sqrt() - 3.521).abs() < 0.001, "{half}");
    // Two single replications say nothing about chance.
    let mut single = stored();
    single.tables[0].rows.retain(|row| row[1] == "0");
    let regression = hold(&single, &single, Some(&ToleranceSpec::default()));
    assert!(regression.compared.iter().all(|compared| compared.noise_of() == Noise::Unknown));
    assert_eq!(regression.noisy, 0);
}

/// A result whose metrics are close to normal: sums of twelve uniform numbers, shifted by `shift` standard deviations.
fn drawn(seed: u64, replications: u64, metrics: usize, shift: f64) -> StoredResult {
    let mut text = "arm,replication".to_owned();
    for metric in 0..metrics {
        let _ = write!(text, ",m{metric}");
    }
    for replication in 0..replications {
        let mut stream = Seed::new(seed, replication as u32).stream(Purpose::Test, 0);
        let _ = write!(text, "\na,{replication}");
        for _ in 0..metrics {
            let sum: u64 = (0..12).map(|_| stream.below(1_000_001)).sum();
            let _ = write!(text, ",{}", sum as f64 / 1e6 - 6.0 + shift);
        }
    }
    StoredResult { tables: vec![table("runs.csv", &text)], ..StoredResult::default() }
}

#[test]
fn chance_passes_as_often_as_promised_and_changes_do_not() {
    let default = ToleranceSpec::default();
    let passes = |metrics: usize, shift: f64, comparisons: u64| {
        let pass = |of: &u64| {
            hold(&drawn(2 * of + 1, 5, metrics, shift), &drawn(2 * of, 10, metrics, 0.0), Some(&default)).passed()
        };
        (0..comparisons).filter(pass).count() as f64 / comparisons as f64
    };
    // One metric: 95 % exactly, but for the sampling error of 2,000 comparisons, four standard errors of which are 2 %.
    let single = passes(1, 0.0, 2_000);
    assert!((single - 0.95).abs() < 0.02, "{single}");
    // Twenty independent ones: (1 − 0.05/20)^20 = 95.1 % as a whole; one by one it would be 36 %.
    let many = passes(20, 0.0, 500);
    assert!((many - 0.951).abs() < 0.04, "{many}");
    // A shift by four standard deviations is noticed nearly always.
    let shifted = passes(20, 4.0, 100);
    assert!(shifted < 0.02, "{shifted}");
}

#[test]
fn two_model_versions_are_compared_within_noise() {
    let mut baseline = stored();
    baseline.origin.model_version = 2;
    baseline.tables[0].rows[0][4] = "10.5".to_owned();
    let regression = hold(&stored(), &baseline, None);
    assert_eq!((regression.mode, differing(&regression)), (Mode::OtherModels, 1));
    assert!(regression.passed(), "{:?}", failing(&regression));
    let changed = regression.compared.iter().find(|compared| compared.differs()).unwrap();
    assert_eq!((changed.noise_of(), changed.rule.as_str()), (Noise::Noise, "noise"));
    assert_eq!((changed.expected.as_deref(), changed.found.as_deref()), (Some("13.125"), Some("13")));
    assert_eq!((changed.absolute, changed.relative), (Some(-0.125), Some(-0.125 / 13.125)));
    assert_eq!(regression.notes, ["model version: 2 in the baseline, 1 in the result"]);
    baseline.tables[0].rows[0][4] = "99".to_owned();
    let regression = hold(&stored(), &baseline, None);
    assert!(regression.passed(), "the spread of such a baseline allows much");
    // What never varied is allowed nothing.
    baseline.tables[0].rows[4..].iter_mut().for_each(|row| row[4] = "11.001".to_owned());
    assert_eq!(failing(&hold(&stored(), &baseline, None)), ["runs.csv completion_mean_s same-as"]);
}

#[test]
fn stated_tolerances_decide() {
    let mut baseline = stored();
    baseline.tables[0].rows[4..].iter_mut().for_each(|row| row[4] = "10".to_owned());
    let passes = |limits: &str| {
        let spec = tolerance(&format!(
            "format = 1\n[default]\nexact = true\n[[metric]]\nname = \"completion_mean_s\"\narm = \"same-as\"\n{limits}\n"
        ));
        let regression = hold(&stored(), &baseline, Some(&spec));
        assert_eq!(regression.mode, Mode::Stated);
        regression.passed()
    };
    // 10 became 11: by 1, or 10 %; the ends pass.
    assert!(passes("relative = 0.1") && !passes("relative = 0.0999"));
    assert!(passes("absolute = 1.0") && !passes("absolute = 0.999"));
    assert!(passes("absolute = 1.0\nrelative = 0.01"), "one limit that allows it is enough");
    assert!(!passes("intervals = true") && !passes("exact = true") && passes("ignore = true"));
    // Equal means of other runs pass everything but `exact`.
    baseline.tables[0].rows[4..]
        .iter_mut()
        .zip(["9", "13", "9", "13"])
        .for_each(|(row, text)| row[4] = text.to_owned());
    let same_mean = |limits: &str| {
        let spec = tolerance(&format!("format = 1\n[default]\n{limits}\n"));
        hold(&stored(), &baseline, Some(&spec)).passed()
    };
    assert!(same_mean("absolute = 0") && !same_mean("exact = true"));
}

#[test]
fn another_origin_is_said() {
    let mut baseline = stored();
    baseline.origin.seed = 2;
    baseline.origin.inputs = vec![("as.txt".to_owned(), "00".to_owned())];
    let mut result = stored();
    result.origin.inputs = vec![("as.txt".to_owned(), "01".to_owned())];
    let notes = hold(&result, &baseline, None).notes;
    assert_eq!(notes[0], "root seed: 2 in the baseline, 1 in the result");
    assert!(notes[1].contains("`as.txt` has another content"), "{notes:?}");
    assert!(notes[2].contains("tolerance file"), "{notes:?}");
}

/// Five replications of one arm in which each of `isps` ISPs has a small number of peers and some bytes, drawn by `seed`; a
/// fee that never varies. `shift` is added to the bytes of the first ISP.
fn isps(seed: u64, isps: u64, shift: f64) -> StoredResult {
    let (mut runs, mut text) =
        ("arm,replication,m".to_owned(), "arm,replication,name,class,peers,in_bytes,fee".to_owned());
    for replication in 0..5_u64 {
        let mut stream = Seed::new(seed, replication as u32).stream(Purpose::Test, 0);
        let _ = write!(runs, "\na,{replication},{}", stream.below(1_000));
        for isp in 0..isps {
            // Close to Poisson: of 1,000 chances each. The first ISP is never empty.
            let mean = if isp == 0 { 30 } else { 1 + isp % 3 };
            let peers = (0..1_000).filter(|_| stream.below(1_000) < mean).count();
            let bytes: u64 = (0..12).map(|_| stream.below(1_000_001)).sum();
            let bytes = bytes as f64 + if isp == 0 { shift } else { 0.0 };
            if peers > 0 {
                let _ = write!(text, "\na,{replication},i{isp},stub,{peers},{bytes},7");
            }
        }
    }
    StoredResult { tables: vec![table("runs.csv", &runs), table("isps.csv", &text)], ..StoredResult::default() }
}

#[test]
fn chance_passes_and_changes_do_not_isp_by_isp() {
    let default = ToleranceSpec::default();
    let held = |comparison: u64, shift: f64| {
        hold(&isps(2 * comparison + 1, 40, shift), &isps(2 * comparison, 40, 0.0), Some(&default))
    };
    // 120 cells, 40 of them small counts that often stand still by chance in both: the whole passes with 95 % at least.
    let passed = (0..100).filter(|of| held(*of, 0.0).passed()).count();
    assert!(passed >= 90, "{passed} of 100");
    // Twenty standard deviations in one ISP of forty.
    let changed = held(0, 2e7);
    assert_eq!(failing(&changed), ["isps.csv in_bytes a"]);
    let line = changed.compared.iter().find(|compared| !compared.passed).unwrap();
    assert_eq!((line.cell.as_str(), line.noise_of()), ("i0", Noise::More));
    // A fee that nowhere varies may not change at all, whatever else does.
    let mut dearer = isps(2, 40, 0.0);
    dearer.tables[1].rows.iter_mut().filter(|row| row[2] == "i3").for_each(|row| row[6] = "8".to_owned());
    assert_eq!(failing(&hold(&dearer, &isps(0, 40, 0.0), Some(&default))), ["isps.csv fee a"]);
}

#[test]
fn half_of_the_risk_is_that_of_single_metrics() {
    let (result, baseline) = (isps(1, 4, 0.0), isps(0, 4, 0.0));
    let regression = hold(&result, &baseline, Some(&ToleranceSpec::default()));
    let alone = |of: &StoredResult| StoredResult { tables: vec![of.tables[0].clone()], ..of.clone() };
    let width = |regression: &Regression| {
        let band = regression.compared.iter().find(|c| c.table == "runs.csv").unwrap().noise.unwrap();
        band.high - band.low
    };
    // One metric: t(0.9875, 8) = 2.7515 beside t(0.975, 8) = 2.3060.
    let single = width(&hold(&alone(&result), &alone(&baseline), Some(&ToleranceSpec::default())));
    assert!((width(&regression) / single - 2.7515 / 2.3060).abs() < 1e-3);
    assert_eq!(regression.noisy, 1 + 4 * 3);
    assert_eq!(regression.not_compared, []);
}

#[test]
fn groups_are_compared_by_the_spread_they_state() {
    let groups = |mean: f64, n: u32| {
        let cell = if n > 0 { mean.to_string() } else { String::new() };
        let text = format!(
            "arm,partition,group,runs,peers,n,completion_p95_s,standard_deviation_s\na,as-size,1,10,3,10,50,2\na,access,dsl,10,3,{n},{cell},2"
        );
        let runs = "arm,replication,m\na,0,1\na,1,1";
        let tables = vec![table("runs.csv", runs), table("groups.csv", &text)];
        StoredResult { tables, ..StoredResult::default() }
    };
    let default = ToleranceSpec::default();
    let held = |mean: f64, n: u32| hold(&groups(mean, n), &groups(20.0, 10), Some(&default));
    // Two cells share 2.5 %: t(1 − 0.0125/2, 18) = 2.7745, times 2·√(2/10).
    let regression = held(21.0, 10);
    let line = regression.compared.iter().find(|c| c.table == "groups.csv").unwrap();
    assert_eq!((line.cell.as_str(), line.differing, line.cells), ("access dsl", 1, 2));
    let band = line.noise.unwrap();
    assert!(((band.high - band.low) / 2.0 - 2.7745 * 2.0 * 0.2_f64.sqrt()).abs() < 1e-3, "{band:?}");
    assert!(regression.passed() && !held(23.0, 10).passed());
    // A group that was always served by then, and never is now.
    assert_eq!(failing(&held(20.0, 0)), ["groups.csv completion_p95_s a"]);
}
