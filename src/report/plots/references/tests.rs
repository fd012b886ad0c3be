//! The plot as text: well-formed, on its canvas, axes that hold every number.

use super::*;
use crate::experiment::synthetic::{outcome, references, resolved};
use crate::experiment::{RunId, Unit, analyse};

fn svg(arms: usize, replications: u32) -> String {
    let names: Vec<String> = (0..arms).map(|arm| format!("arm {arm} <&>")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let scenario = Resolved { references: references(), ..resolved(&names, replications) };
    let runs = (0..arms).flat_map(|arm| (0..replications).map(move |replication| RunId { arm, replication }));
    let result = analyse(&scenario, runs.map(|run| outcome(&scenario, run)).collect());
    draw(&result, &scenario).unwrap().unwrap().svg
}

/// Every value of a numeric attribute.
fn numbers(svg: &str, attribute: &str) -> Vec<i32> {
    let begin = format!(" {attribute}=\"");
    let values = svg.split(begin.as_str()).skip(1).filter_map(|rest| rest.split_once('"'));
    values.map(|(value, _)| value.parse().unwrap_or_else(|_| panic!("{attribute}={value}"))).collect()
}

#[test]
fn drawing_is_well_formed_and_stays_on_its_canvas() {
    for (arms, replications) in [(1, 1), (1, 10), (4, 2), (8, 10), (90, 3)] {
        let svg = svg(arms, replications);
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{arms} arms");
        // The canvas is drawn at twice its size, which its view box says.
        let (_, view) = svg.split_once("viewBox=\"0 0 ").unwrap();
        let (width, height) = view.split_once('"').unwrap().0.split_once(' ').unwrap();
        let (width, height): (i32, i32) = (width.parse().unwrap(), height.parse().unwrap());
        for (attributes, end) in [(["x", "cx"], width), (["y", "cy"], height)] {
            for place in attributes.iter().flat_map(|attribute| numbers(&svg, attribute)) {
                assert!((0..=end).contains(&place), "{arms} arms: {place} of {end}");
            }
        }
        // A dot in the legend and one per panel and arm that has a value, each with its white ring. The panel of
        // the last completion has none where somebody is censored.
        let dots = svg.matches("<circle").count() / 2;
        assert!(dots > 3 * arms && dots <= 4 * arms + 1, "{arms} arms: {dots} dots");
        assert!(svg.contains("arm 0 &lt;&amp;&gt;") && svg.contains("Kumar and Ross"), "{arms} arms");
    }
}

fn row(numbers: [f64; 3], prediction: (f64, f64)) -> ReferenceRow {
    let [mean, low, high] = numbers.map(Some);
    let (prediction_low, prediction_high) = (Some(prediction.0), Some(prediction.1));
    ReferenceRow { mean, prediction_low, prediction_high, low, high, ..ReferenceRow::default() }
}

#[test]
fn axes_hold_every_number_and_do_not_follow_intervals_below_zero() {
    let ends = |row: &ReferenceRow, unit: Unit| {
        let marks = marks(&[row], &unit.scale(1.0));
        (marks[0], marks[marks.len() - 1])
    };
    assert_eq!(ends(&row([390.0, 380.0, 420.0], (361.0, 421.0)), Unit::Seconds), (340.0, 440.0));
    assert_eq!(ends(&row([1.3, 1.0, 4.0], (1.2, 1.4)), Unit::Number), (0.0, 5.0));
    assert_eq!(ends(&row([0.1, 0.05, 0.2], (-0.3, 0.5)), Unit::Share), (0.0, 60.0));
    assert_eq!(ends(&row([0.9, 0.8, 0.95], (0.7, 1.3)), Unit::Share), (60.0, 100.0));
    assert_eq!(ends(&row([-3.0, -5.0, 2.0], (-4.0, -2.0)), Unit::Number), (-6.0, 4.0));
    // Differences of a millionth are not blown up.
    let (low, high) = ends(&row([500.0, 499.9999, 500.0001], (500.0, 500.0)), Unit::Seconds);
    assert!(high - low >= 5.0 && low < 499.0 && high > 501.0, "{low} to {high}");
}
