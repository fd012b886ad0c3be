//! D15: the 95th percentile of 5-minute samples, to the bit and to the cent.

use peerscape::economics::{DirectionRule, MonthSpec, SAMPLE, Terms, Traffic, bill, free_samples, percentile};
use peerscape::units::{BitRate, Bytes, Money, SimDuration};

/// The worked example, in thousandths: read as Gbit/s, every sample is a whole number of bytes.
const INBOUND: [u64; 20] =
    [139, 653, 201, 116, 84, 32, 47, 185, 198, 203, 276, 370, 971, 233, 218, 182, 169, 126, 131, 157];
const OUTBOUND: [u64; 20] =
    [1347, 1435, 1229, 523, 438, 231, 347, 689, 940, 1248, 1385, 1427, 3988, 1265, 1221, 1013, 992, 874, 896, 1002];

/// Bytes in five minutes at this many Mbit/s.
fn sample(rate: u64) -> u64 {
    let bytes = rate * 1_000_000 * (SAMPLE.as_nanos() / 1_000_000_000);
    assert_eq!(bytes % 8, 0);
    bytes / 8
}

fn traffic<'a>(inbound: &'a [u64], outbound: &'a [u64]) -> Traffic<'a> {
    Traffic {
        to_seller: outbound,
        to_buyer: inbound,
        bytes_to_seller: Bytes::new(outbound.iter().sum()),
        bytes_to_buyer: Bytes::new(inbound.iter().sum()),
        time: SimDuration::from_secs(300 * inbound.len() as u64),
    }
}

fn terms(direction: DirectionRule) -> Terms {
    let price = "1 EUR per Mbit/s".parse().unwrap();
    Terms::Percentile { price, commit: BitRate::ZERO, overage: price, direction }
}

#[test]
fn d15_the_worked_example_is_billed_exactly() {
    let (inbound, outbound) = (INBOUND.map(sample), OUTBOUND.map(sample));
    assert_eq!(percentile(&inbound), Some(sample(653)));
    assert_eq!(percentile(&outbound), Some(sample(1435)));
    let flat = MonthSpec { days: 30, hour: 0, profile: [1_000_000; 24] };
    for (direction, level) in [
        (DirectionRule::Higher, 1_435_000_000),
        (DirectionRule::Average, 1_044_000_000),
        (DirectionRule::Sum, 2_088_000_000),
    ] {
        let bill = bill(&terms(direction), Some(&flat), &traffic(&inbound, &outbound));
        assert_eq!(bill.to_buyer, Some(BitRate::new(653_000_000)));
        assert_eq!(bill.to_seller, Some(BitRate::new(1_435_000_000)));
        assert_eq!(bill.level, Some(BitRate::new(level)), "{direction:?}");
        // A month of such samples, at 1 EUR per Mbit/s.
        assert_eq!(bill.month, Some(Money::from_micros(i128::from(level))), "{direction:?}");
    }
}

#[test]
fn d15_a_month_has_8640_samples_of_which_432_are_free() {
    let samples = 30 * SimDuration::from_secs(86_400).as_nanos() / SAMPLE.as_nanos();
    assert_eq!((samples, free_samples(samples as usize)), (8_640, 432));
    // 432 samples may be as high as they like; one more is billed.
    let mut month: Vec<u64> = vec![7; 8_640];
    month[..432].fill(1_000_000);
    assert_eq!(percentile(&month), Some(7));
    month[432] = 1_000_000;
    assert_eq!(percentile(&month), Some(1_000_000));
}

#[test]
fn d15_fewer_than_twenty_samples_have_no_percentile() {
    assert_eq!(percentile(&[1; 19]), None);
    assert_eq!(percentile(&[1; 20]), Some(1));
    let bill = bill(&terms(DirectionRule::Higher), None, &traffic(&[1; 19], &[1; 19]));
    assert_eq!((bill.to_seller, bill.level, bill.month), (None, None, None));
}
